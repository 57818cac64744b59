"""A user's scope: which hubs and schools their grants reach, resolved once per request.

Every ``visible_to`` starts here and filters by equality on literal keys (performance.md).
"""

from dataclasses import dataclass

from django.db.models import Case, F, Value, When
from django.utils import timezone

from accounts.models import Role, StaffRole, current, in_force
from schools.models import HubGrant, OwnChildConflict, SchoolContact, SchoolGrant
from schools.querysets import leads_its_school, opens_nothing_yet

EMPTY = frozenset()
# Whose allocations open schools: a grant alone opens nothing while the role waits for a yes.
HOLD_SCHOOLS = {Role.LINK_WORKER, Role.TEAM_MANAGER}


@dataclass(frozen=True)
class Scope:
    """What one person's grants reach at one instant; ids of schools and hubs.

    ``supports`` schools as a link worker, ``manages`` hubs, ``reads_shared`` what was shared
    with a school, ``leads`` it as confirmed head or designated safeguarding lead, holds ``posts``
    at schools, is ``excluded`` from schools their own child
    attends. A post that is nothing but an unconfirmed safeguarding one opens nothing: it is
    kept apart, in ``waiting``. ``county`` is a service manager's: every hub.
    """

    user_id: object = None
    roles: frozenset = EMPTY
    supports: frozenset = EMPTY
    manages: frozenset = EMPTY
    reads_shared: frozenset = EMPTY
    leads: frozenset = EMPTY
    posts: frozenset = EMPTY
    waiting: frozenset = EMPTY
    excluded: frozenset = EMPTY

    @property
    def county(self):
        return Role.SERVICE_MANAGER in self.roles

    @property
    def is_council(self):
        """Holds a staff role, so may open the school register."""
        return bool(self.roles)

    @property
    def opens_register(self):
        """Every staff role but the information governance officer's opens the register."""
        return bool(self.roles - {Role.GOVERNANCE})

    def reaches(self, school):
        """The school is theirs as link worker or manager, and no conflict stands between."""
        return school.id not in self.excluded and (
            self.county or school.id in self.supports or school.hub_id in self.manages
        )

    def oversees(self, school):
        """They manage its hub, or the whole county, and no conflict stands between."""
        return school.id not in self.excluded and (self.county or school.hub_id in self.manages)

    def manages_school(self, school):
        """The school is in a hub they manage, and no conflict stands between."""
        return school.id not in self.excluded and school.hub_id in self.manages


def scope_of(user):
    """The user's ``Scope`` now: one query, kept on the instance (which lives one request).

    It reads the roles as well, and ``user.roles`` has them from then on.
    """
    if not user.is_authenticated or not user.is_active:
        return Scope()
    kept = getattr(user, "_scope", None)
    if kept is None:
        kept = user._scope = _resolve(user)
    return kept


def _resolve(user):
    now = timezone.now()
    found = {}
    pieces = [
        (SchoolGrant, F("permission__codename"), "content_object_id"),
        (HubGrant, F("permission__codename"), "content_object_id"),
        (
            SchoolContact,
            Case(
                When(opens_nothing_yet(), then=Value("waiting")),
                When(leads_its_school(), then=Value("lead")),
                default=Value("post"),
            ),
            "school_id",
        ),
        (OwnChildConflict, Value("conflict"), "school_id"),
    ]
    queries = [
        _rows(model.objects.filter(current(now), user=user), kind, key)
        for model, kind, key in pieces
    ]
    duties = _rows(StaffRole.objects.filter(in_force(now), user=user), F("role"), "pk")
    for kind, key in duties.union(*queries, all=True):
        found.setdefault(kind, set()).add(key)
    roles = user.roles = frozenset(found.keys() & set(Role.values))
    excluded = frozenset(found.get("conflict", ()))
    reads_shared = frozenset(found.get("view_shared_record", ())) - excluded
    leads = frozenset(found.get("lead", ()))
    supports = EMPTY if roles.isdisjoint(HOLD_SCHOOLS) else found.get("support_school", EMPTY)
    manages = found.get("manage_hub", EMPTY) if Role.TEAM_MANAGER in roles else EMPTY
    return Scope(
        user_id=user.pk,
        roles=roles,
        supports=frozenset(supports) - excluded,
        manages=frozenset(manages),
        reads_shared=reads_shared,
        leads=leads & reads_shared,
        posts=leads.union(found.get("post", ())),
        waiting=frozenset(found.get("waiting", ())),
        excluded=excluded,
    )


def _rows(rows, kind, key):
    """``(kind, key)`` of each row, to be read in one statement with those of other tables."""
    return (
        rows.annotate(scope_kind=kind, scope_key=F(key))
        .order_by()
        .values_list("scope_kind", "scope_key")
    )
