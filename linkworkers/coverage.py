"""Who answers for a school on a day, and the days on which nobody is there (rule 001-48).

A link worker is *away* on the days of an ``Absence``. The weekdays they do not work count for
the second question only: what comes on one of those waits a day or reaches the other worker.
However many schools there are, each question is answered in a fixed number of queries.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import current
from govuk.words import listed, long_date
from linkworkers import policies
from linkworkers.models import PLACES, Absence, Allocation, AllocationKind, whole_week
from linkworkers.weeks import Day, Week, week_of
from schools.hub_managers import management_of
from schools.models import OwnChildConflict, School

WEEK = timedelta(weeks=1)
# How far ahead a manager looks for gaps: this week and the next.
HORIZON = 2 * WEEK


def instant_on(day):
    """When it is asked who holds a school on ``day``: now for today, else at noon."""
    if day == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(day, time(12)))


def is_away(link_worker, first, last=None):
    """Condition for rows whose ``link_worker`` path is away on a day from ``first`` to ``last``."""
    return Exists(Absence.objects.between(first, last or first).filter(link_worker=link_worker))


# --- who answers ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Answering:
    """Who answers for a school: the worker of ``allocation``, or its hub's ``managers``.

    ``instead_of`` is the primary link worker who is away, or None. ``managers`` are users.
    """

    allocation: Allocation | None
    instead_of: object = None
    managers: tuple = ()

    @property
    def people(self):
        """The users who answer."""
        return [self.allocation.link_worker.user] if self.allocation else list(self.managers)


def answering(schools, day=None):
    """``{school id: Answering}`` on ``day`` (default today); three queries at most.

    The primary; while they are away, suspended or deactivated the secondary, then the cover;
    where none of them can, the managers of the hub whose own child does not attend the school.
    """
    schools = list(schools)
    day = day or timezone.localdate()
    by_school = defaultdict(list)
    for allocation in (
        Allocation.objects.live(instant_on(day))
        .filter(school__in=schools, link_worker__user__is_active=True)
        .annotate(is_away=is_away(OuterRef("link_worker"), day))
        .with_names()
        .primary_first()
    ):
        by_school[allocation.school_id].append(allocation)
    found = {}
    for school in schools:
        held = by_school[school.pk]
        away = [a.link_worker for a in held if a.is_away and a.kind == AllocationKind.PRIMARY]
        found[school.pk] = Answering(
            next((a for a in held if not a.is_away), None), away[0] if away else None
        )
    alone = [school for school in schools if found[school.pk].allocation is None]
    for school, managers in _managers_of(alone):
        found[school.pk] = Answering(None, found[school.pk].instead_of, tuple(managers))
    return found


def _managers_of(schools):
    """``(school, [users])``: who manages each school's hub and is free to decide about it."""
    if not schools:
        return
    of_hub = defaultdict(list)
    grants = management_of({school.hub_id for school in schools})
    for grant in grants.select_related("user").order_by("user__name"):
        of_hub[grant.content_object_id].append(grant.user)
    declared = set(
        OwnChildConflict.objects.filter(current(), school__in=schools).values_list("school", "user")
    )
    for school in schools:
        yield school, [u for u in of_hub[school.hub_id] if (school.pk, u.pk) not in declared]


def stood_in_for(user, day=None):
    """``{school id: name}`` of the absent primaries whose schools ``user`` supports; one query.

    ``user`` is the secondary there, or covers it.
    """
    day = day or timezone.localdate()
    own = Allocation.objects.live().filter(link_worker__user=user).exclude(kind="primary")
    return dict(
        Allocation.objects.live()
        .filter(
            is_away(OuterRef("link_worker"), day),
            kind=AllocationKind.PRIMARY,
            school__in=own.values("school"),
        )
        .values_list("school", "link_worker__user__name")
    )


def away_among(users, day=None):
    """The ids of those of these users who are away on ``day`` (default today); one query."""
    absences = Absence.objects.on(day or timezone.localdate())
    away = absences.filter(link_worker__user__in=[user.pk for user in users])
    return set(away.values_list("link_worker__user", flat=True))


def unable_to_answer(asked):
    """Which of these ``(team manager, school)`` cannot answer about it today, so that others do.

    Away, no longer signing in or no longer a team manager; or their own child attends the school
    (rule 001-53), which is why nobody is told which of these it is. Pairs of ids, three queries.
    """
    asked = list(asked)
    if not asked:
        return set()
    managers = [manager for manager, _ in asked]
    keys = {manager.pk for manager in managers}
    there = set(policies.team_managers().filter(pk__in=keys).values_list("pk", flat=True))
    cannot = keys - there | away_among(managers)
    declared = set(
        OwnChildConflict.objects.filter(current(), user__in=keys).values_list("user", "school")
    )
    pairs = {(manager.pk, school.pk) for manager, school in asked}
    return {pair for pair in pairs if pair[0] in cannot or pair in declared}


# --- the days nobody is there --------------------------------------------------------------


@dataclass(frozen=True)
class Uncovered:
    """An open school with ``days`` (dates, from today) of this week or next without anybody."""

    school: School
    days: tuple
    this_week: Week
    next_week: Week
    why: str


def uncovered(schools, today=None):
    """``[Uncovered, …]`` among a query-set of schools, the soonest and longest first.

    From ``today`` (default today) to the Friday of next week, Mondays to Fridays; four queries.
    """
    today = today or timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    last = monday + WEEK + timedelta(days=4)
    schools = list(
        schools.open()
        .exclude(Exists(_always_there(today, last)))
        .select_related("hub")
        .order_by("name", "urn")
    )
    held = defaultdict(list)
    allocations = list(
        Allocation.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now()) & Q(ends_at__gt=F("starts_at")),
            school__in=schools,
            starts_at__lte=instant_on(last),
        )
        .with_names()
        .primary_first()
    )
    for allocation in allocations:
        held[allocation.school_id].append(allocation)
    absences = defaultdict(list)
    workers = {allocation.link_worker_id for allocation in allocations}
    for absence in Absence.objects.between(today, last).filter(link_worker__in=workers):
        absences[absence.link_worker_id].append(absence)
    days = [monday + timedelta(days=n) for n in range(12) if n % 7 < 5]
    found = [_weeks_of(school, held[school.pk], absences, days, today) for school in schools]
    found = [row for row in found if row.days]
    return sorted(found, key=lambda row: (row.days[0], -len(row.days)))


def _always_there(first, last):
    """Allocations of a worker who is there every weekday, so that their school needs no look."""
    return (
        Allocation.objects.covering()
        .filter(
            ~is_away(OuterRef("link_worker"), first, last),
            Q(ends_at__isnull=True) | Q(ends_at__gt=instant_on(last)),
            school=OuterRef("pk"),
            link_worker__working_days__contains=whole_week(),
        )
        .order_by()
    )


def _weeks_of(school, held, absences, days, today):
    missing = [
        day
        for day in days
        if day >= today and not any(_is_there(allocation, absences, day) for allocation in held)
    ]
    first, second = (
        Week(tuple(Day(f"{day:%A}", day not in missing, day < today) for day in week))
        for week in (days[:5], days[5:])
    )
    return Uncovered(school, tuple(missing), first, second, _why(held, absences, days[-1]))


def _is_there(allocation, absences, day):
    at, worker = instant_on(day), allocation.link_worker
    return (
        allocation.suspended_at is None
        and worker.user.is_active
        and day.weekday() in worker.working_days
        and allocation.starts_at <= at
        and (allocation.ends_at is None or at < allocation.ends_at)
        and not any(absence.lasts_on(day) for absence in absences[worker.pk])
    )


def _why(held, absences, last):
    """Sentences: which place is empty, who is away, who stops before ``last``, and days off."""
    kinds = {allocation.kind for allocation in held}
    said = [f"No {kind.label.lower()}" for kind in PLACES if kind not in kinds]
    for allocation in held:
        worker = allocation.link_worker
        role = f"{worker} ({allocation.get_kind_display().lower()})"
        if not worker.user.is_active:
            said.append(f"{role} is deactivated")
        elif allocation.suspended_at:
            said.append(f"{role} is suspended")
        elif not allocation.has_begun:
            said.append(f"{role} begins on {long_date(timezone.localdate(allocation.starts_at))}")
        elif absences[worker.pk]:
            away = listed([absence.span for absence in absences[worker.pk]])
            said.append(f"{role} is away {away}")
        elif allocation.ends_at and allocation.last_day < last:
            said.append(f"{role} is there until {long_date(allocation.last_day)}")
        elif off := week_of(worker).missing:
            said.append(f"{role} does not work on {off}")
    return ". ".join(said)
