"""School weeks of equal number before and after, and the sessions in them (rule 004-16)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum

from schools.attendance import Sessions, monday_of
from schools.models import AttendanceWeek

WEEK, TO_FRIDAY = timedelta(weeks=1), timedelta(days=4)
# How many school weeks are measured on each side (domain-facts.md 3.9).
LENGTHS = (6, 12)
# School weeks after the end of the work until it is asked whether the change lasted.
FOLLOW_UP = 12


@dataclass(frozen=True)
class Window:
    """Whole school weeks by their Mondays, the earliest first; weeks of holiday are left out."""

    mondays: tuple

    @property
    def first_day(self):
        return self.mondays[0]

    @property
    def last_day(self):
        return self.mondays[-1] + TO_FRIDAY


@dataclass(frozen=True)
class OnRecord:
    """The ``Sessions`` of a child in a ``Window``, and in how many of its weeks there are any."""

    sessions: Sessions
    weeks: int


def window_until(calendar, day, weeks):
    """The ``Window`` of the last so many school weeks whose Friday is not after ``day``."""
    monday = monday_of(day - TO_FRIDAY)
    found = []
    while len(found) < weeks:
        if calendar.school_days(monday, monday + TO_FRIDAY):
            found.append(monday)
        monday -= WEEK
    return Window(tuple(reversed(found)))


def on_record(pupil, window):
    """What the school registers sent for the child in the window, ``OnRecord``; one query.

    A child on two registers counts in both.
    """
    sums = AttendanceWeek.objects.filter(pupil=pupil, week__in=window.mondays).aggregate(
        possible=Sum("possible", default=0),
        missed=Sum("missed", default=0),
        weeks=Count("week", distinct=True),
    )
    return OnRecord(Sessions(sums["possible"], sums["missed"]), sums["weeks"])


def follow_up_on(calendar, closed_on: date):
    """The day on which 12 school weeks have passed since the work ended."""
    day = closed_on + FOLLOW_UP * WEEK
    while calendar.school_weeks_since(closed_on, day) < FOLLOW_UP:
        day += timedelta(days=1)
    return day
