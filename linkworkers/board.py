"""The allocations page of one hub: schools with a gap first, then all by phase (rule 001-47).

However many schools the hub has, it is read in a fixed number of queries.
"""

import math
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Max
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from linkworkers import policies
from linkworkers.load import bar_of, loads_of, with_load
from linkworkers.models import Allocation, AllocationKind, LinkWorker, WorkerKind
from linkworkers.weeks import week_of
from schools.calendar import Calendar, calendars_of
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
    ever held it, or when somebody does. ``calendar`` is the school's.
    """

    kind: AllocationKind
    held: Allocation | None
    coming: Allocation | None
    empty_since: object
    calendar: Calendar

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
        """How long it has been empty, in words: in school days where the terms are known."""
        if self.empty_since is None:
            return f"Never had a {self.kind.label.lower()}"
        since, today = timezone.localdate(self.empty_since), timezone.localdate()
        days, unit = (today - since).days, "day"
        if days == 0:
            return f"No {self.kind.label.lower()} since today"
        if self.calendar.knows(since, today):
            school_days = self.calendar.school_days_since(since, today)
            # Over a weekend or a holiday not one has passed yet.
            days, unit = (school_days, "school day") if school_days else (days, unit)
        return f"No {self.kind.label.lower()} for {days} {unit}{'' if days == 1 else 's'}"


@dataclass(frozen=True)
class Row:
    """One school of the page, with its two places and who covers it now, or None."""

    school: School
    primary: Place
    secondary: Place
    cover: Allocation | None
    may_allocate: bool

    @property
    def places(self):
        return (self.primary, self.secondary)

    @property
    def is_gap(self):
        """A place is empty, or a day of the week is without anybody (rule 001-48)."""
        return any(place.is_gap for place in self.places) or bool(self.week.missing)

    @cached_property
    def week(self):
        """The days on which the school has somebody."""
        there = [place.held for place in self.places if not place.is_gap]
        if self.cover:
            there.append(self.cover)
        return week_of(*(held.link_worker for held in there))

    @property
    def verb(self):
        """What there is to do: Resolve, Allocate, Propose, Name cover or Change."""
        if any(place.is_suspended for place in self.places):
            return "Resolve"
        if any(place.is_gap for place in self.places):
            return "Propose" if self.school.is_apc else "Allocate"
        return "Name cover" if self.is_gap else "Change"

    @property
    def path(self):
        """The page that does it."""
        if self.verb == "Name cover":
            return reverse("cover", args=[self.school.urn])
        here = reverse("allocate", args=[self.school.urn])
        return f"{here}?{urlencode({'kind': self.first_kind.value})}" if self.is_gap else here

    @property
    def first_kind(self):
        """The place to fill first."""
        return next((place.kind for place in self.places if place.is_gap), AllocationKind.PRIMARY)

    @property
    def waits_since(self):
        """Sorts the longest wait first, and days without anybody last.

        Before that, never having had anybody, or somebody deactivated, whose allocation says no
        day.
        """
        return min(
            (
                place.empty_since.timestamp() if place.empty_since else 0
                for place in self.places
                if place.is_gap
            ),
            default=math.inf,
        )


@dataclass(frozen=True)
class Carried:
    """One link worker of the right-hand rail: ``percent`` of a fair share, or None.

    ``plans`` is how many plans for families they hold beside their schools.
    """

    link_worker: LinkWorker
    percent: int | None
    as_primary: int
    as_secondary: int
    plans: int

    @property
    def bar(self):
        """The width of their bar, where a fair share is 100."""
        return bar_of(self.percent)


def hubs_of(user):
    """The hubs whose allocations the user may see, by name.

    The row for no hub yet is there only with schools, and last: it is no team's.
    """
    scope = scope_of(user)
    hubs = Hub.objects.all() if scope.county else Hub.objects.filter(pk__in=scope.manages)
    found = hubs.alias(has_schools=Count("schools")).exclude(code=Hub.NOT_YET, has_schools=0)
    return sorted(found, key=lambda hub: hub.code == Hub.NOT_YET)


def hub_of(hubs, code):
    """The one of ``hubs`` whose code an address names; Http404 for any other."""
    for hub in hubs:
        if hub.code == code:
            return hub
    raise Http404


def board_of(hub, user, words=""):
    """``[(heading, [Row, …]), …]`` for the hub's open schools that match ``words``.

    The schools with a gap come first, the longest wait on top.
    """
    schools = list(with_load(hub.schools.open().matching(words)))
    for school in schools:
        school.hub = hub
    rows = _rows(schools, user)
    gaps = sorted((row for row in rows if row.is_gap), key=lambda row: row.waits_since)
    groups = [(GAPS, gaps)]
    for heading, types in PHASES:
        groups.append((heading, [r for r in rows if not r.is_gap and r.school.type_group in types]))
    return [(heading, found) for heading, found in groups if found]


def gaps_in(groups):
    """How many schools of a ``board_of`` are not supported all week."""
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

    calendars = calendars_of(school.pk for school in schools)

    def place(school, kind):
        key = school.pk, kind.value
        holder = held.get(key)
        if holder is None:
            since = last_ended.get(key)
        else:
            since = holder.suspended_at
        return Place(kind, holder, coming.get(key), since, calendars[school.pk])

    def cover(school):
        named = held.get((school.pk, AllocationKind.COVER.value))
        return named if named and named.is_live and named.link_worker.user.is_active else None

    return [
        Row(
            school,
            place(school, AllocationKind.PRIMARY),
            place(school, AllocationKind.SECONDARY),
            cover(school),
            policies.may_allocate(user, school),
        )
        for school in schools
    ]


def carried_in(hubs, plans_held=None):
    """``[(hub, [Carried, …]), …]`` for each hub's link workers in post, who carries most first.

    Team managers, who carry less on purpose, stand at the end. ``plans_held`` is
    ``{user id: plans for families}``.
    """
    loads = loads_of(hubs, plans_held)
    teams = {hub.pk: [] for hub in hubs}
    for worker in loads.link_workers:
        held = Counter(allocation.kind for allocation in loads.held[worker.pk])
        teams[worker.hub_id].append(
            Carried(
                worker,
                loads.percent(worker),
                held[AllocationKind.PRIMARY],
                held[AllocationKind.SECONDARY],
                loads.plans[worker.pk],
            )
        )
    return [(hub, sorted(teams[hub.pk], key=_most_carried)) for hub in hubs]


def _most_carried(row):
    return row.link_worker.kind == WorkerKind.TM, -(row.percent or 0), str(row.link_worker)
