"""The allocations page of one hub: schools with a gap first, then all by phase (rule 001-47).

However many schools the hub has, it is read in a fixed number of queries.
"""

from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils import timezone

from accounts.models import current
from linkworkers import policies
from linkworkers.models import Allocation, AllocationKind, LinkWorker
from linkworkers.weeks import week_of
from schools.models import Hub, School, SchoolType
from schools.scope import scope_of

GAPS = "Gaps first"
PHASES = (
    ("Secondary and all-through", {SchoolType.SECONDARY, SchoolType.ALL_THROUGH}),
    ("Colleges", {SchoolType.COLLEGE}),
    ("Alternative Provision Colleges", {SchoolType.APC}),
    ("Special", {SchoolType.SPECIAL}),
    ("Primary", {SchoolType.PRIMARY}),
    ("Nursery", {SchoolType.NURSERY}),
    ("Independent", {SchoolType.INDEPENDENT}),
)


@dataclass(frozen=True)
class Place:
    """One of a school's two places: who holds it, or since when nobody does.

    ``held`` may be suspended; ``coming`` begins later; ``empty_since`` is None when nobody has
    ever held it, or when somebody does.
    """

    kind: AllocationKind
    held: Allocation | None
    coming: Allocation | None
    empty_since: object = None

    @property
    def is_suspended(self):
        return self.held is not None and self.held.suspended_at is not None

    @property
    def is_deactivated(self):
        """Whoever holds it can no longer sign in."""
        return self.held is not None and not self.held.link_worker.user.is_active

    @property
    def is_gap(self):
        """Nobody supports the school here now."""
        return self.held is None or self.is_suspended or self.is_deactivated

    @property
    def waiting(self):
        """How long it has been empty, in words."""
        if self.empty_since is None:
            return f"Never had a {self.kind.label.lower()}"
        days = (timezone.localdate() - timezone.localdate(self.empty_since)).days
        if days == 0:
            return f"No {self.kind.label.lower()} since today"
        return f"No {self.kind.label.lower()} for {days} day{'' if days == 1 else 's'}"


@dataclass(frozen=True)
class Row:
    """One school of the page, with its two places."""

    school: School
    primary: Place
    secondary: Place
    may_allocate: bool

    @property
    def places(self):
        return (self.primary, self.secondary)

    @property
    def is_gap(self):
        return any(place.is_gap for place in self.places)

    @property
    def week(self):
        """The days on which the school has somebody."""
        return week_of(*(place.held.link_worker for place in self.places if not place.is_gap))

    @property
    def verb(self):
        """What there is to do: Resolve, Allocate, Propose or Change."""
        if any(place.is_suspended for place in self.places):
            return "Resolve"
        if not self.is_gap:
            return "Change"
        return "Propose" if self.school.is_apc else "Allocate"

    @property
    def first_kind(self):
        """The place to fill first."""
        return next((place.kind for place in self.places if place.is_gap), AllocationKind.PRIMARY)

    @property
    def waits_since(self):
        """Sorts the longest wait first; before that, never having had anybody, or somebody
        deactivated, whose allocation says no day."""
        return min(
            (place.empty_since.timestamp() if place.empty_since else 0)
            for place in self.places
            if place.is_gap
        )


def hubs_of(user):
    """The hubs whose allocations the user may see; the row for no hub yet only with schools."""
    scope = scope_of(user)
    hubs = Hub.objects.all() if scope.county else Hub.objects.filter(pk__in=scope.manages)
    return list(hubs.alias(has_schools=Count("schools")).exclude(code=Hub.NOT_YET, has_schools=0))


def board_of(hub, user, words=""):
    """``[(heading, [Row, …]), …]`` for the hub's open schools that match ``words``.

    The schools with a gap come first, the longest wait on top.
    """
    schools = list(hub.schools.open().matching(words))
    for school in schools:
        school.hub = hub
    rows = _rows(schools, user)
    gaps = sorted((row for row in rows if row.is_gap), key=lambda row: row.waits_since)
    groups = [(GAPS, gaps)]
    for heading, types in PHASES:
        groups.append((heading, [r for r in rows if not r.is_gap and r.school.type_group in types]))
    return [(heading, found) for heading, found in groups if found]


def gaps_in(groups):
    """How many schools of a ``board_of`` are without a primary or a secondary."""
    return sum(len(rows) for heading, rows in groups if heading == GAPS)


def _rows(schools, user):
    now = timezone.now()
    held, coming = {}, {}
    for allocation in (
        Allocation.objects.filter(school__in=schools)
        .not_ended(now)
        .with_names()
        .order_by("-starts_at")
    ):
        found = held if allocation.starts_at <= now else coming
        found[allocation.school_id, allocation.kind] = allocation
    last_ended = {
        (school_id, kind): ended
        for school_id, kind, ended in Allocation.objects.filter(
            school__in=schools, starts_at__lte=now, ends_at__lte=now
        )
        .order_by()
        .values_list("school", "kind")
        .annotate(Max("ends_at"))
    }

    def place(school, kind):
        key = school.pk, kind.value
        holder = held.get(key)
        if holder is None:
            since = last_ended.get(key)
        else:
            since = holder.suspended_at
        return Place(kind, holder, coming.get(key), since)

    return [
        Row(
            school,
            place(school, AllocationKind.PRIMARY),
            place(school, AllocationKind.SECONDARY),
            policies.may_allocate(user, school),
        )
        for school in schools
    ]


def loads_of(hub):
    """The hub's workers with ``as_primary`` and ``as_secondary``, the schools each holds now."""
    held = current(prefix="allocations__") & Q(allocations__suspended_at__isnull=True)
    return (
        LinkWorker.objects.in_post()
        .filter(hub=hub)
        .select_related("user")
        .annotate(
            as_primary=Count(
                "allocations", filter=held & Q(allocations__kind=AllocationKind.PRIMARY)
            ),
            as_secondary=Count(
                "allocations", filter=held & Q(allocations__kind=AllocationKind.SECONDARY)
            ),
        )
        .order_by("user__name")
    )
