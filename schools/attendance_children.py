"""The children of a school whose attendance is to be talked about (rules 001-12 to 001-15)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Max, Q, Sum
from django.db.models.functions import Coalesce

from schools.attendance import (
    PERSISTENT,
    SEVERE,
    Band,
    Sessions,
    band_of,
    bands,
    monday_of,
    ten_in_ten,
)
from schools.calendar import calendars_of
from schools.models import AttendanceWeek, Pupil

# How far back unauthorised sessions are looked at.
A_YEAR = timedelta(weeks=52)


@dataclass(frozen=True)
class Listed:
    """A child to discuss: their sessions this term, in this half of it and in the half before.

    ``reached`` is the Monday of the week in which 10 unauthorised sessions in 10 school weeks
    were last reached, or None.
    """

    pupil: Pupil
    term: Sessions
    half: Sessions
    before: Sessions
    reached: date | None

    @property
    def fall(self):
        """Points of attendance lost since the half before, below zero for a rise; or None."""
        if self.half.percent is None or self.before.percent is None:
            return None
        return self.before.percent - self.half.percent

    @property
    def rise(self):
        """The other way round, for a sentence about better attendance."""
        return None if self.fall is None else -self.fall


@dataclass(frozen=True)
class ToDiscuss:
    """The list of one school: ``groups`` of ``(Band, [Listed])``, most missed first.

    ``until`` is the last week in the register, as its Monday, or None without one.
    """

    threshold: int
    starts_on: date
    half_starts_on: date
    until: date | None
    groups: list[tuple[Band, list[Listed]]]

    @property
    def least_missed(self):
        """From which share of sessions missed, in per cent, a child is listed."""
        return 100 - self.threshold

    @property
    def persistent(self):
        return PERSISTENT

    @property
    def severe(self):
        return SEVERE

    @property
    def pupils(self):
        """``{id as text: Pupil}`` of everybody listed."""
        return {str(row.pupil.pk): row.pupil for _, rows in self.groups for row in rows}


def to_discuss(school, day):
    """The children taught at the school who are at or under the threshold this term.

    Those above it are not read beyond their sums. In each band the steepest fall comes first.
    Five queries, however many children.
    """
    threshold = settings.COUNCIL.attendance_threshold
    calendar = calendars_of([school.pk])[school.pk]
    starts_on = calendar.term_start(day)
    before, half = calendar.half_starts(day)
    sums = {
        pk: told
        for pk, told in _sums(school, day, starts_on, before, half).items()
        if told[0].missed_at_least(100 - threshold)
    }
    pupils = Pupil.objects.in_bulk(sums)
    reached = _reached(school, day, sums)
    groups = {band: [] for band in reversed(bands())}
    for pk, told in sums.items():
        groups[band_of(told[0])].append(Listed(pupils[pk], *told, reached.get(pk)))
    for rows in groups.values():
        rows.sort(key=_steepest_first)
    return ToDiscuss(
        threshold=threshold,
        starts_on=starts_on,
        half_starts_on=half,
        until=_register(school, day).aggregate(last=Max("week"))["last"],
        groups=[(band, rows) for band, rows in groups.items() if rows],
    )


def _steepest_first(row):
    fall = Decimal("-Infinity") if row.fall is None else row.fall
    return -fall, row.pupil.surname, row.pupil.first_names, row.pupil.pk


def _register(school, day):
    return AttendanceWeek.objects.of(school).filter(week__lte=day, possible__gt=0)


def _sums(school, day, starts_on, before, half):
    """``{pupil id: (term, half, half before)}``, each as ``Sessions``; one query."""
    term, before, half = map(monday_of, (starts_on, before, half))
    spans = {
        "term": Q(week__gte=term),
        "half": Q(week__gte=half),
        "before": Q(week__gte=before, week__lt=half),
    }
    columns = {
        f"{span}_{field}": Coalesce(Sum(field, filter=weeks), 0)
        for span, weeks in spans.items()
        for field in ("possible", "missed")
    }
    rows = (
        _register(school, day)
        .filter(
            week__gte=min(term, before),
            pupil__enrolments__school=school,
            pupil__enrolments__ends_on__isnull=True,
        )
        .values("pupil")
        .annotate(**columns)
        .order_by()
        .values_list("pupil", *columns)
    )
    return {
        pk: tuple(Sessions(*pair) for pair in zip(sums[::2], sums[1::2], strict=True))
        for pk, *sums in rows
    }


def _reached(school, day, pupil_ids):
    """``{pupil id: when 10 unauthorised sessions in 10 school weeks were reached}``; two queries.

    A school week is one in which any child of the school had a session.
    """
    register = _register(school, day).filter(week__gt=day - A_YEAR)
    school_weeks = register.order_by().values_list("week", flat=True).distinct()
    found = defaultdict(lambda: dict.fromkeys(school_weeks, 0))
    rows = register.filter(pupil__in=pupil_ids, unauthorised__gt=0)
    for pk, week, unauthorised in rows.values_list("pupil", "week", "unauthorised"):
        found[pk][week] = unauthorised
    return {pk: monday for pk, weeks in found.items() if (monday := ten_in_ten(weeks))}
