"""School days and school weeks: the council's terms, a school's own, and neither."""

import re
from datetime import date, timedelta

import pytest

from schools.calendar import Calendar, bank_holidays, calendars_of
from schools.models import InsetDay, School, SchoolType, Term
from schools.years import read_year

TERMS = {
    "autumn": ("2025-09-03", "2025-12-19", "2025-10-27", "2025-10-31"),
    "spring": ("2026-01-05", "2026-03-27", "2026-02-16", "2026-02-20"),
    "summer": ("2026-04-13", "2026-07-22", "2026-05-25", "2026-05-29"),
}


def term(name, days=None, **fields):
    """A term of West Sussex 2025/26, or with ``days`` of its own."""
    starts_on, ends_on, half_from, half_to = map(date.fromisoformat, days or TERMS[name])
    return Term(
        school_year=2025,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        half_term_starts_on=half_from,
        half_term_ends_on=half_to,
        **fields,
    )


@pytest.fixture
def council():
    return Calendar(term(name) for name in TERMS)


@pytest.mark.parametrize(
    ("day", "is_school_day"),
    [
        (date(2025, 9, 2), False),
        (date(2025, 9, 3), True),
        (date(2025, 10, 24), True),
        (date(2025, 10, 27), False),
        (date(2025, 10, 31), False),
        (date(2025, 11, 3), True),
        (date(2025, 11, 8), False),
        (date(2025, 12, 19), True),
        (date(2025, 12, 22), False),
        (date(2026, 8, 12), False),
    ],
)
def test_a_school_day_is_a_weekday_in_term_and_outside_half_term(council, day, is_school_day):
    assert council.is_school_day(day) is is_school_day


def test_a_bank_holiday_in_term_is_no_school_day(council):
    assert not council.is_school_day(date(2026, 5, 4))
    assert council.is_school_day(date(2026, 5, 5))


def test_the_day_off_counts_and_not_the_holiday_that_falls_on_a_weekend():
    assert date(2026, 12, 28) in bank_holidays()
    assert date(2026, 12, 26) not in bank_holidays()


def test_without_dates_every_weekday_but_the_bank_holidays_is_a_school_day(council):
    assert council.is_school_day(date(2026, 10, 28))
    assert not council.is_school_day(date(2026, 10, 31))
    assert not council.is_school_day(date(2026, 12, 25))
    assert not council.knows(date(2026, 10, 28))


def test_a_year_with_a_term_missing_is_not_known():
    half = Calendar([term("autumn"), term("spring")])
    assert not half.knows(date(2025, 11, 3))
    assert half.is_school_day(date(2026, 6, 3))


def test_the_school_days_between_two_dates_leave_the_holiday_out(council):
    days = council.school_days(date(2025, 12, 18), date(2026, 1, 6))
    assert days == [
        date(2025, 12, 18),
        date(2025, 12, 19),
        date(2026, 1, 5),
        date(2026, 1, 6),
    ]
    assert council.school_days_since(date(2025, 12, 18), date(2026, 1, 6)) == 3
    assert council.school_days(date(2026, 1, 6), date(2025, 12, 18)) == []


def test_the_next_school_day_is_after_the_holiday(council):
    assert council.next_school_day(date(2025, 12, 19)) == date(2026, 1, 5)
    assert council.next_school_day(date(2026, 7, 22)) == date(2026, 9, 1)


def test_weeks_without_a_school_day_do_not_pass(council):
    wednesday = date(2025, 12, 10)
    assert council.school_weeks_since(wednesday, date(2025, 12, 17)) == 1
    assert council.school_weeks_since(wednesday, date(2026, 1, 4)) == 1
    assert council.school_weeks_since(wednesday, date(2026, 1, 6)) == 1
    assert council.school_weeks_since(wednesday, date(2026, 1, 7)) == 2


def test_a_week_of_one_school_day_passes(council):
    """The first of September: term begins on Wednesday, and the summer ends on one."""
    assert council.school_weeks_since(date(2026, 7, 15), date(2026, 7, 22)) == 1


def test_unknown_years_pass_by_the_calendar():
    nothing = Calendar()
    for days in (0, 6, 7, 41, 42, 400):
        since = date(2026, 11, 22) - timedelta(days=days)
        assert nothing.school_weeks_since(since, date(2026, 11, 22)) == days // 7


@pytest.mark.parametrize("weeks", [1, 4, 6, 12])
def test_the_day_before_is_the_latest_that_is_so_many_school_weeks_ago(council, weeks):
    """However the day falls: what is asked of the database agrees with what a row says."""
    for n in range(0, 500, 3):
        today = date(2025, 9, 1) + timedelta(days=n)
        day = council.day_before(today, weeks)
        assert council.school_weeks_since(day, today) >= weeks
        assert council.school_weeks_since(day + timedelta(days=1), today) < weeks


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2025, 9, 1), "Autumn term 2025"),
        (date(2025, 12, 28), "Autumn term 2025"),
        (date(2026, 4, 2), "Spring term 2026"),
        (date(2026, 4, 20), "Summer term 2026"),
        (date(2026, 8, 20), "Summer term 2026"),
        (date(2027, 4, 20), "Spring term 2027"),
        (date(2027, 5, 1), "Summer term 2027"),
    ],
)
def test_a_day_is_in_the_term_it_falls_in_or_follows_and_without_dates_goes_by_the_month(
    council, day, words
):
    assert str(council.term_on(day)) == words


@pytest.mark.parametrize("text", ["2025/26", "2025-26", "2025/2026", " 2025/26 "])
def test_a_school_year_is_read_as_people_write_it(text):
    assert read_year(text) == 2025


@pytest.mark.parametrize("text", ["2025", "2025/27", "25/26", " ", "٢٠٢٥/٢٦"])
def test_what_is_no_school_year_is_refused(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        read_year(text)


# --- many schools ---------------------------------------------------------------------------


@pytest.fixture
def entered(world):
    """The council's year, Elmgate's own autumn, and an INSET day at Oakfield."""
    for name in TERMS:
        term(name).save()
    own = ("2025-09-08", "2025-12-12", "2025-10-20", "2025-10-31")
    term("autumn", own, school=world.elmgate).save()
    InsetDay.objects.create(school=world.oakfield, day=date(2025, 11, 3))
    return calendars_of([world.oakfield.pk, world.elmgate.pk, world.beech.pk])


def test_a_schools_own_term_stands_in_place_of_the_councils(world, entered):
    elmgate = entered[world.elmgate.pk]
    assert not elmgate.is_school_day(date(2025, 12, 15))
    assert not elmgate.is_school_day(date(2025, 10, 21))
    assert elmgate.is_school_day(date(2026, 3, 27))
    assert entered[None].is_school_day(date(2025, 12, 15))


def test_an_inset_day_is_no_school_day_at_that_school_alone(world, entered):
    monday = date(2025, 11, 3)
    assert not entered[world.oakfield.pk].is_school_day(monday)
    assert entered[world.beech.pk].is_school_day(monday)
    assert entered[None].is_school_day(monday)


def test_the_calendars_of_many_schools_take_one_query(world, entered, django_assert_num_queries):
    School.objects.bulk_create(
        School(urn=f"5{n:05}", name=f"School {n}", type_group=SchoolType.PRIMARY, hub=world.coast)
        for n in range(300)
    )
    schools = list(School.objects.all())
    InsetDay.objects.bulk_create(
        InsetDay(school=school, day=date(2025, 12, 1)) for school in schools
    )
    with django_assert_num_queries(1):
        calendars = calendars_of(school.pk for school in schools)
        days = [calendars[school.pk].is_school_day(date(2025, 12, 1)) for school in schools]
    assert not any(days)
    with django_assert_num_queries(1):
        assert calendars_of()[None].is_school_day(date(2025, 12, 1))
