"""Attendance in half-day sessions: what a register's codes mean, and what sessions amount to.

All of it is whole numbers and decimals, so that at exactly 90.0% and 50.0% there is one answer.
Attendance is a fact to talk about with a school; nothing follows from it alone (rule 004-5).
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from schools.calendar import calendars_of
from schools.models import AttendanceWeek

# Of the possible sessions missed, in per cent, from here on (domain-facts.md 2.5).
PERSISTENT, SEVERE = 10, 50
# A penalty notice must be considered from here on: sessions, in so many school weeks.
UNAUTHORISED, SCHOOL_WEEKS = 10, 10
# Seven days of a morning and an afternoon.
MOST_SESSIONS = 14
TENTH = Decimal("0.1")


class Meaning(Enum):
    """What a code says about one session."""

    PRESENT = "present"
    APPROVED = "at an approved place"
    AUTHORISED = "authorised absence"
    UNAUTHORISED = "unauthorised absence"
    NOT_COUNTED = "not counted"


ABSENT = {Meaning.AUTHORISED, Meaning.UNAUTHORISED}
# In use since 19 August 2024.
CODES = {
    code: meaning
    for meaning, codes in {
        Meaning.PRESENT: "/ \\ L",
        Meaning.APPROVED: "K V P W B",
        Meaning.AUTHORISED: "C C1 C2 J1 M R S T I E",
        Meaning.UNAUTHORISED: "G N O U",
        Meaning.NOT_COUNTED: "D Q Y1 Y2 Y3 Y4 Y5 Y6 Y7 X Z #",
    }.items()
    for code in codes.split()
}
RETIRED = {
    "H": "Enter C for leave that was agreed, or G for a holiday that was not.",
    "J": "Enter J1 for an interview.",
    "Y": "Enter Y1 to Y7, which say why the child could not attend.",
}
ONE_CODE = re.compile(r"[A-Z][0-9]|\S")


@dataclass(frozen=True)
class Sessions:
    """How many half-day sessions were ``possible``, ``missed``, and of these ``unauthorised``."""

    possible: int = 0
    missed: int = 0
    unauthorised: int = 0

    def missed_at_least(self, percent):
        """Whether this share of the possible sessions was missed, or more; exact."""
        return self.possible > 0 and self.missed * 100 >= percent * self.possible

    @property
    def is_persistent(self):
        """10% or more missed: attendance of exactly 90.0% is persistent absence."""
        return self.missed_at_least(PERSISTENT)

    @property
    def is_severe(self):
        """50% or more missed: attendance of exactly 50.0% is severe absence."""
        return self.missed_at_least(SEVERE)

    @property
    def percent(self):
        """Attendance as a ``Decimal`` with one place, or None without a possible session.

        Rounded like a school's own system, but never from above down to a line such as 90.0 or
        50.0, which would show the child on its other side.
        """
        if not self.possible:
            return None
        attended = (self.possible - self.missed) * 100
        shown = (Decimal(attended) / self.possible).quantize(TENTH, ROUND_HALF_UP)
        is_above = attended > shown * self.possible
        return shown + TENTH if is_above and 100 - shown in lines() else shown


def sessions_of(codes):
    """The ``Sessions`` of a week's codes, such as ``/\\ /\\ II /O``; spaces are no session.

    ValueError with a sentence for a code that is unknown or retired, and for too many.
    """
    found = ONE_CODE.findall(codes.upper() if codes.isascii() else codes)
    if len(found) > MOST_SESSIONS:
        raise ValueError(f"A week has {MOST_SESSIONS} sessions at most.")
    for code in found:
        if code in RETIRED:
            raise ValueError(f"The code {code} is no longer in use. {RETIRED[code]}")
        if code not in CODES:
            raise ValueError(f"{code} is no attendance code in use since August 2024.")
    meanings = [CODES[code] for code in found]
    return Sessions(
        possible=sum(meaning is not Meaning.NOT_COUNTED for meaning in meanings),
        missed=sum(meaning in ABSENT for meaning in meanings),
        unauthorised=meanings.count(Meaning.UNAUTHORISED),
    )


@dataclass(frozen=True)
class Band:
    """Sessions missed, in per cent: from ``first`` to below ``end``, which the last has not."""

    first: int
    end: int | None

    def __str__(self):
        if self.end is None:
            return f"{self.first}% or more missed"
        lower = f"{self.first}% to under" if self.first else "Under"
        return f"{lower} {self.end}% missed"


def lines():
    """Every share missed, in per cent, at which something is said of a child."""
    council = settings.COUNCIL
    return {PERSISTENT, SEVERE, 100 - council.attendance_threshold, *council.attendance_bands}


def bands():
    """The council's bands, least missed first (``attendance_bands`` of its preset)."""
    edges = settings.COUNCIL.attendance_bands
    return [Band(*pair) for pair in zip((0, *edges), (*edges, None), strict=True)]


def band_of(sessions):
    """The ``Band`` of somebody with possible sessions."""
    return [band for band in bands() if sessions.missed_at_least(band.first)][-1]


def ten_in_ten(weeks):
    """When 10 unauthorised sessions in 10 school weeks were last reached: a Monday, or None.

    ``weeks`` holds the unauthorised sessions of one child in every school week, by its Monday. A
    week without a session, in half-term or holidays, is no school week and not among them; the
    ten may cross terms and years.
    """
    mondays = sorted(weeks)
    reached, was_over = None, False
    for at, monday in enumerate(mondays):
        window = mondays[max(at + 1 - SCHOOL_WEEKS, 0) : at + 1]
        is_over = sum(weeks[week] for week in window) >= UNAUTHORISED
        if is_over and not was_over:
            reached = monday
        was_over = is_over
    return reached


def monday_of(day):
    """The Monday of the week of a date."""
    return day - timedelta(days=day.weekday())


def attendance_of(pupils, school, day=None):
    """``{pupil id: attendance in per cent}`` at the school, in the term of ``day`` until then.

    ``pupils`` are children or their ids; whoever had no possible session is left out. Two queries.
    """
    day = day or timezone.localdate()
    term = calendars_of([school.pk])[school.pk].term_start(day)
    sums = (
        AttendanceWeek.objects.of(school)
        .filter(pupil__in=pupils, week__range=(monday_of(term), day), possible__gt=0)
        .values("pupil")
        .annotate(all_possible=Sum("possible"), all_missed=Sum("missed"))
        .order_by()
    )
    return {
        pk: Sessions(possible, missed).percent
        for pk, possible, missed in sums.values_list("pupil", "all_possible", "all_missed")
    }
