"""The 24 hours of a concern, over nights, holidays and the Sundays when the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from referrals.clock import LIMIT, Clock, next_step, next_to_decide, step_at, to_decide_step

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def hours(number):
    return timedelta(hours=number)


def steps_from(aware_at):
    """The instants of all steps up to the breach, as one comes after the other."""
    at = aware_at
    while step_at(aware_at, at) < 24:
        at = next_step(aware_at, at)
        yield at


@pytest.mark.parametrize(
    ("elapsed", "step"),
    [(0, 0), (3.99, 0), (4, 4), (11.99, 4), (12, 12), (20, 20), (23, 23), (24, 24), (27.99, 24)],
)
def test_a_concern_reaches_its_steps_after_4_12_20_23_and_24_hours(elapsed, step):
    """Rule 001-106."""
    assert step_at(NOON, NOON + hours(elapsed)) == step


def test_after_the_breach_it_comes_back_every_four_hours_without_end():
    assert step_at(NOON, NOON + hours(100)) == 100
    assert next_step(NOON, NOON + hours(24)) == NOON + hours(28)
    assert next_step(NOON, NOON + hours(101)) == NOON + hours(104)


def test_a_time_a_little_ahead_is_the_first_step():
    assert step_at(NOON + timedelta(minutes=1), NOON) == 0


def aware_times():
    """On both Sundays every minute from 0:30 to 2:30, and 2pm of the days before (F-13)."""
    for day in (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)):
        yield (day - timedelta(hours=10)).astimezone(LONDON)
        first = day + timedelta(minutes=30) - timedelta(hours=int(day.month == 10))
        for minute in range(121):
            yield (first + timedelta(minutes=minute)).astimezone(LONDON)


def test_it_takes_24_elapsed_hours_in_all_244_cases_of_a_clock_change():
    """Rules 001-106 and 001-111; F-13."""
    cases = list(aware_times())
    assert len(cases) == 244
    for aware_at in cases:
        *_, last = steps_from(aware_at)
        assert last - aware_at.astimezone(UTC) == LIMIT


def test_christmas_and_a_weekend_stop_no_clock():
    """F-14: raised on 24 December at 4pm, the last step is on 25 December at 4pm."""
    *_, last = steps_from(datetime(2026, 12, 24, 16, tzinfo=UTC))
    assert last == datetime(2026, 12, 25, 16, tzinfo=UTC)


def test_whoever_has_it_is_reminded_to_decide_after_4_12_and_24_hours_and_then_daily():
    at = [next_to_decide(NOON, NOON + hours(n)) for n in (0, 4, 12, 24, 50)]
    assert [instant - NOON for instant in at] == [hours(n) for n in (4, 12, 24, 48, 72)]
    assert [to_decide_step(NOON, NOON + hours(n)) for n in (3, 4, 13, 24, 50)] == [
        None,
        4,
        12,
        24,
        48,
    ]


@pytest.mark.parametrize(
    ("elapsed", "state", "spoken"),
    [
        (0.5, "ok", "23 hours 30 minutes left"),
        (21.2, "soon", "2 hours 48 minutes left"),
        (23.75, "soon", "15 minutes left"),
        (24, "over", "0 minutes over"),
        (25, "over", "1 hour 0 minutes over"),
    ],
)
def test_the_clock_says_what_is_left_and_then_what_it_is_over(elapsed, state, spoken):
    clock = Clock(NOON, NOON + hours(elapsed))
    assert (clock.state, clock.spoken) == (state, spoken)


def test_once_held_the_clock_says_since_when():
    clock = Clock(NOON, NOON + hours(30), NOON + hours(20))
    assert (clock.state, clock.spoken, clock.percent) == ("held", "10 hours 0 minutes held", 83)
