"""What register codes mean, and on which side of a line a child's attendance is."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from config.councils import PRESETS
from schools.attendance import (
    CODES,
    RETIRED,
    Meaning,
    Sessions,
    attendance_of,
    band_of,
    bands,
    sessions_of,
    ten_in_ten,
)
from schools.calendar import Calendar
from schools.models import AttendanceWeek
from tests.children import child
from tests.schools.test_calendar import TERMS, term

MONDAY = date(2026, 3, 2)
WEEK = timedelta(weeks=1)


# --- codes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "meaning"),
    [
        ("/ \\ L", Meaning.PRESENT),
        ("K V P W B", Meaning.APPROVED),
        ("C C1 C2 J1 M R S T I E", Meaning.AUTHORISED),
        ("G N O U", Meaning.UNAUTHORISED),
        ("D Q Y1 Y2 Y3 Y4 Y5 Y6 Y7 X Z #", Meaning.NOT_COUNTED),
    ],
)
def test_each_code_in_use_since_august_2024_has_its_meaning(codes, meaning):
    """domain-facts.md 2.5"""
    assert {code for code, means in CODES.items() if means is meaning} == set(codes.split())


@pytest.mark.parametrize(
    ("codes", "sessions"),
    [
        ("/\\/\\/\\/\\/\\", (10, 0, 0)),
        ("/\\ /\\ II /O U\\", (10, 4, 2)),
        ("/\\ L\\ C1C2 J1\\ EE", (10, 5, 0)),
        ("GNOU", (4, 4, 4)),
        ("KVPWB D", (5, 0, 0)),
        ("XX Y1Y4 QZ ##", (0, 0, 0)),
        ("i i / \\", (4, 2, 0)),
        ("   ", (0, 0, 0)),
    ],
)
def test_the_codes_of_a_week_are_counted(codes, sessions):
    assert sessions_of(codes) == Sessions(*sessions)


@pytest.mark.parametrize("code", sorted(RETIRED))
def test_a_retired_code_is_refused_with_what_to_enter_instead(code):
    with pytest.raises(ValueError, match=f"The code {code} is no longer in use. Enter"):
        sessions_of(f"/\\{code}")


@pytest.mark.parametrize("codes", ["A", "/1", "Y8", "C3", "Ⅰ", "ı", "\u202e/", "=1", "n/a"])
def test_a_code_that_is_none_is_refused(codes):
    with pytest.raises(ValueError, match="is no attendance code in use"):
        sessions_of(codes)


def test_a_week_has_fourteen_sessions_at_most():
    assert sessions_of("/" * 14).possible == 14
    with pytest.raises(ValueError, match="14 sessions at most"):
        sessions_of("/" * 15)


# --- lines ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("possible", "missed", "percent", "persistent", "severe"),
    [
        (10, 1, "90.0", True, False),
        (130, 13, "90.0", True, False),
        (390, 39, "90.0", True, False),
        (390, 38, "90.3", False, False),
        (2001, 200, "90.1", False, False),
        (2000, 201, "90.0", True, False),
        (10, 5, "50.0", True, True),
        (130, 65, "50.0", True, True),
        (131, 65, "50.4", True, False),
        (2001, 1000, "50.1", True, False),
        (10, 0, "100.0", False, False),
        (3, 1, "66.7", True, False),
        (10, 10, "0.0", True, True),
    ],
)
def test_exactly_ninety_is_persistent_and_exactly_fifty_is_severe(
    possible, missed, percent, persistent, severe
):
    """Missed 10% or more, 50% or more (domain-facts.md 2.5); what is shown never says otherwise."""
    sessions = Sessions(possible, missed)
    assert sessions.percent == Decimal(percent)
    assert (sessions.is_persistent, sessions.is_severe) == (persistent, severe)


@pytest.mark.parametrize("line", [90, 50])
def test_what_is_shown_is_on_the_same_side_of_the_line_as_the_child(line):
    """Every number of sessions that a year can have."""
    wrong = [
        (possible, missed)
        for possible in range(1, 391)
        for missed in range(possible + 1)
        if (Sessions(possible, missed).percent <= line)
        != Sessions(possible, missed).missed_at_least(100 - line)
    ]
    assert wrong == []


def test_without_a_possible_session_there_is_no_attendance():
    nothing = Sessions()
    assert nothing.percent is None
    assert not nothing.is_persistent
    assert not nothing.is_severe


@pytest.mark.parametrize(
    ("missed", "band"),
    [
        (0, "Under 5% missed"),
        (49, "Under 5% missed"),
        (50, "5% to under 10% missed"),
        (99, "5% to under 10% missed"),
        (100, "10% to under 20% missed"),
        (200, "20% to under 50% missed"),
        (499, "20% to under 50% missed"),
        (500, "50% or more missed"),
        (1000, "50% or more missed"),
    ],
)
def test_the_bands_begin_where_they_say(missed, band):
    assert str(band_of(Sessions(1000, missed))) == band


def test_a_council_has_bands_of_its_own(settings):
    settings.COUNCIL = PRESETS["east-sussex"]
    assert [band.first for band in bands()] == [0, 8, 21, 50]
    assert str(band_of(Sessions(100, 20))) == "8% to under 21% missed"


# --- ten in ten -------------------------------------------------------------------------------


def weeks(*unauthorised, start=MONDAY):
    return {start + n * WEEK: sessions for n, sessions in enumerate(unauthorised)}


@pytest.mark.parametrize(
    ("unauthorised", "reached"),
    [
        ((1,) * 10, 9),
        ((1,) * 9, None),
        ((0, 0, 10), 2),
        ((9, 0, 0, 0, 0, 0, 0, 0, 0, 1), 9),
        ((9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), None),
        ((5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 6), 13),
        ((5, 5, 5, 5), 1),
        ((), None),
    ],
)
def test_ten_unauthorised_sessions_in_any_ten_school_weeks(unauthorised, reached):
    """domain-facts.md 2.5: the window rolls, and the last time it was reached counts."""
    assert ten_in_ten(weeks(*unauthorised)) == (
        None if reached is None else MONDAY + reached * WEEK
    )


def test_weeks_without_a_session_are_no_school_weeks():
    """Half-term and holidays do not use up the ten weeks, and neither does the end of a year."""
    summer = weeks(1, 1, 1, 1, 1, start=date(2026, 6, 15))
    autumn = weeks(1, 1, 1, 1, 1, start=date(2026, 9, 7))
    assert ten_in_ten(summer | autumn) == date(2026, 10, 5)


# --- terms ------------------------------------------------------------------------------------


@pytest.fixture
def council():
    return Calendar(term(name) for name in TERMS)


@pytest.mark.parametrize(
    ("day", "start", "halves"),
    [
        (date(2025, 10, 1), date(2025, 9, 3), (date(2025, 5, 1), date(2025, 9, 3))),
        (date(2025, 10, 29), date(2025, 9, 3), (date(2025, 5, 1), date(2025, 9, 3))),
        (date(2025, 11, 3), date(2025, 9, 3), (date(2025, 9, 3), date(2025, 11, 3))),
        (date(2026, 1, 2), date(2025, 9, 3), (date(2025, 9, 3), date(2025, 11, 3))),
        (date(2026, 1, 5), date(2026, 1, 5), (date(2025, 11, 3), date(2026, 1, 5))),
        (date(2026, 8, 3), date(2026, 4, 13), (date(2026, 4, 13), date(2026, 6, 1))),
        (date(2026, 9, 1), date(2026, 9, 1), (date(2026, 6, 1), date(2026, 9, 1))),
    ],
)
def test_a_term_and_its_halves_begin_by_the_calendar(council, day, start, halves):
    """Of 2025/26 the dates are known, of the years beside it they go by the month."""
    assert council.term_start(day) == start
    assert council.half_starts(day) == halves


def test_before_the_first_lesson_of_september_the_last_half_is_of_the_summer(council):
    assert council.half_starts(date(2025, 9, 2)) == (date(2025, 1, 1), date(2025, 5, 1))


def test_attendance_of_gives_this_term_so_far_at_this_school(world, django_assert_num_queries):
    ada = child(world, "Ada")
    ben = child(world, "Ben")
    day = date(2026, 3, 4)
    for pupil, school, week, possible, missed in (
        (ada, world.oakfield, MONDAY, 10, 1),
        (ada, world.oakfield, MONDAY - WEEK, 9, 2),
        (ada, world.oakfield, MONDAY + WEEK, 10, 10),
        (ada, world.oakfield, date(2025, 12, 8), 10, 10),
        (ada, world.elmgate, MONDAY, 10, 10),
        (ben, world.oakfield, MONDAY, 0, 0),
    ):
        AttendanceWeek.objects.create(
            pupil=pupil, school=school, week=week, possible=possible, missed=missed
        )
    with django_assert_num_queries(2):
        assert attendance_of([ada, ben], world.oakfield, day) == {ada.pk: Decimal("84.2")}
    assert attendance_of([ada.pk], world.oakfield, day) == {ada.pk: Decimal("84.2")}
    assert attendance_of([], world.oakfield, day) == {}


# --- what attendance does not do ----------------------------------------------------------------


def test_nothing_that_reads_attendance_knows_of_levels():
    """rule 004-5: attendance alone never sets, preselects or suggests a level."""
    root = Path(settings.BASE_DIR)
    files = [
        *(root / "schools").glob("attendance*.py"),
        *(root / "templates/schools/attendance").rglob("*.html"),
        root / "schools/models/attendance.py",
    ]
    assert len(files) >= 7
    assert [
        path.name for path in files if re.search("level|continuum|threshold_met", path.read_text())
    ] == []
