"""A user's scope: which hubs and schools their grants reach, resolved once per request.

Every ``visible_to`` starts here and filters by equality on literal keys (performance.md).
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.db import connection
from django.db.models import Case, F, Value, When
from django.utils import timezone

from accounts.models import Role, StaffRole, current, in_force
from schools.models import HubGrant, OwnChildConflict, SchoolContact, SchoolGrant
from schools.querysets import asks_the_team, leads_its_school, opens_nothing_yet

EMPTY = frozenset()
# Whose allocations open schools: a grant alone opens nothing while the role waits for a yes.
HOLD_SCHOOLS = {Role.LINK_WORKER, Role.TEAM_MANAGER}
# They stand in the statement below for the person asked about and for the time.
SOMEBODY, SOME_TIME = uuid.UUID(int=0), datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Scope:
    """What one person's grants reach at one instant; ids of schools and hubs.

    ``supports`` schools as a link worker, ``manages`` hubs, ``reads_shared`` what was shared
    with a school, ``leads`` it as confirmed head or designated safeguarding lead, ``asks`` the
    team for support there, holds ``posts`` at schools, is ``excluded`` from schools their own child
    attends. A post that is nothing but an unconfirmed safeguarding one opens nothing: it is
    kept apart, in ``waiting``. ``county`` is a service manager's: every hub.
    """

    user_id: object = None
    roles: frozenset = EMPTY
    supports: frozenset = EMPTY
    manages: frozenset = EMPTY
    reads_shared: frozenset = EMPTY
    leads: frozenset = EMPTY
    asks: frozenset = EMPTY
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


@cache
def _statement():
    """``(sql, parameters)`` of ``(kind, key)`` of all that a person holds.

    Written once: every signed-in request asks it, and writing it took a third of its time.
    """
    pieces = [
        (SchoolGrant, F("permission__codename"), "content_object_id"),
        (HubGrant, F("permission__codename"), "content_object_id"),
        (
            SchoolContact,
            Case(
                When(opens_nothing_yet(), then=Value("waiting")),
                When(leads_its_school(), then=Value("lead")),
                When(asks_the_team(), then=Value("asks")),
                default=Value("post"),
            ),
            "school_id",
        ),
        (OwnChildConflict, Value("conflict"), "school_id"),
    ]
    queries = [
        _rows(model.objects.filter(current(SOME_TIME), user=SOMEBODY), kind, key)
        for model, kind, key in pieces
    ]
    duties = _rows(StaffRole.objects.filter(in_force(SOME_TIME), user=SOMEBODY), F("role"), "pk")
    return duties.union(*queries, all=True).query.sql_with_params()


def _held(user):
    """``{kind: {key, ...}}`` of all that the person holds now, in one query."""
    sql, parameters = _statement()
    given = {SOMEBODY: user.pk, SOME_TIME: timezone.now()}
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [given.get(value, value) for value in parameters])
        for kind, key in cursor:
            found.setdefault(kind, set()).add(key)
    return found


def _resolve(user):
    found = _held(user)
    roles = user.roles = frozenset(found.keys() & set(Role.values))
    excluded = frozenset(found.get("conflict", ()))
    reads_shared = frozenset(found.get("view_shared_record", ())) - excluded
    leads = frozenset(found.get("lead", ()))
    asks = frozenset(found.get("asks", ()))
    supports = EMPTY if roles.isdisjoint(HOLD_SCHOOLS) else found.get("support_school", EMPTY)
    manages = found.get("manage_hub", EMPTY) if Role.TEAM_MANAGER in roles else EMPTY
    return Scope(
        user_id=user.pk,
        roles=roles,
        supports=frozenset(supports) - excluded,
        manages=frozenset(manages),
        reads_shared=reads_shared,
        leads=leads & reads_shared,
        asks=asks - excluded | reads_shared,
        posts=leads.union(asks, found.get("post", ())),
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
