"""How times, days and lists read in a sentence."""

from datetime import UTC, date, datetime, time

import pytest

from govuk import words

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 7, 1, 8, 5, tzinfo=UTC), "9:05am"),
        (datetime(2026, 12, 1, 12, 0, tzinfo=UTC), "12:00pm"),
        (datetime(2026, 12, 1, 0, 30, tzinfo=UTC), "12:30am"),
    ],
)
def test_an_instant_is_told_by_the_clock_here(at, said):
    assert words.clock(at) == said


def test_a_time_without_a_day_is_told_as_it_stands():
    assert words.spoken(time(14, 15)) == "2:15pm"


def test_the_date_of_an_instant_is_the_date_here():
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert words.date_of(late) == "1 July 2026"
    assert words.month_of(late) == "July 2026"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (MONDAY, "today"),
        (date(2026, 11, 22), "yesterday"),
        (date(2026, 11, 24), "tomorrow"),
        (date(2026, 11, 20), "Friday 20 November"),
        (date(2025, 11, 3), "3 November 2025"),
    ],
)
def test_a_day_near_today_goes_by_its_name(day, said):
    assert words.day_text(day, MONDAY) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["Ann"], "Ann"), (["Ann", "Bo"], "Ann and Bo"), (["A", "B", "C"], "A, B and C")],
)
def test_a_list_reads_as_a_sentence_says_it(names, said):
    assert words.listed(names) == said


def test_an_abbreviation_keeps_its_capitals_inside_a_sentence():
    assert [words.lower_first(label) for label in ("Attendance", "SENCO")] == [
        "attendance",
        "SENCO",
    ]
