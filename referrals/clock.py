"""The 24 hours of a concern: pure questions about instants (rules 001-105, 001-106, 001-111).

Elapsed time from when somebody became aware: over nights, weekends, bank holidays and the two
Sundays on which the clocks change. An hour here is 3,600 seconds.
"""

from dataclasses import dataclass
from datetime import UTC, timedelta

LIMIT = timedelta(hours=24)
# Told at once, and again after so many hours while no manager has it.
STEPS = (0, 4, 12, 20, 23, 24)
# From the breach on, everybody is told again after so many hours more.
AGAIN = 4
# Who has a concern and decides nothing is reminded so many hours after it was taken, then daily;
# so is who is to answer a raiser who disagrees.
TO_DECIDE = (4, 12, 24)
DAY = 24
# Who decided and does not close it is reminded so often.
TO_CLOSE = timedelta(days=7)
SOON = timedelta(hours=4)
HOUR = timedelta(hours=1)


def step_at(aware_at, now):
    """The step reached at ``now``, in hours: 0, 4, 12, 20, 23, 24, 28, 32, …"""
    hours = hours_between(aware_at, now)
    if hours < STEPS[-1]:
        return max(step for step in STEPS if step <= max(hours, 0))
    return STEPS[-1] + (hours - STEPS[-1]) // AGAIN * AGAIN


def next_step(aware_at, now):
    """The instant of the first step after ``now``."""
    step = step_at(aware_at, now)
    later = next((hours for hours in STEPS if hours > step), step + AGAIN)
    return aware_at.astimezone(UTC) + timedelta(hours=later)


def to_decide_step(since, now):
    """Hours after it was taken at which one is reminded by ``now``: None, 4, 12, 24, 48, 72, …"""
    hours = hours_between(since, now)
    if hours >= DAY:
        return hours // DAY * DAY
    return max((step for step in TO_DECIDE if step <= hours), default=None)


def next_to_decide(since, now):
    """The instant of the next reminder to decide: they go on until somebody does."""
    step = to_decide_step(since, now) or 0
    later = next((hours for hours in TO_DECIDE if hours > step), step + DAY)
    return since.astimezone(UTC) + timedelta(hours=later)


def to_close_step(decided_at, now):
    """The weeks for which it was decided and not closed."""
    return _elapsed(decided_at, now) // TO_CLOSE


def next_to_close(decided_at, now):
    """The instant of the next reminder to close."""
    weeks = to_close_step(decided_at, now) + 1
    return decided_at.astimezone(UTC) + weeks * TO_CLOSE


def hours_between(since, now):
    """The whole hours that have passed."""
    return _elapsed(since, now) // HOUR


def _elapsed(since, now):
    """Two instants of one zone are apart what their dials show, and those jump: so, in UTC."""
    return now.astimezone(UTC) - since.astimezone(UTC)


def spoken_hours(time):
    """``4 h 40 min`` of a ``timedelta``."""
    return f"{int(time // HOUR)} h {int(time % HOUR // timedelta(minutes=1))} min"


@dataclass(frozen=True)
class Clock:
    """How the 24 hours of a concern stand, to be shown."""

    aware_at: object
    now: object
    stopped_at: object = None

    @property
    def breach_at(self):
        """When the 24 hours end."""
        return self.aware_at + LIMIT

    @property
    def left(self):
        """The time left, a ``timedelta``: below zero once the hours are over."""
        return LIMIT - _elapsed(self.aware_at, self.stopped_at or self.now)

    @property
    def state(self):
        """``held`` once somebody has it, else ``ok``, ``soon`` or ``over``."""
        if self.stopped_at:
            return "held"
        if self.left <= timedelta(0):
            return "over"
        return "soon" if self.left <= SOON else "ok"

    @property
    def shown(self):
        """The time that stands large: what is left, what it is over, how long it is held."""
        if self.stopped_at:
            return _elapsed(self.stopped_at, self.now)
        return abs(self.left)

    @property
    def hours(self):
        return int(self.shown // HOUR)

    @property
    def minutes(self):
        return int(self.shown % HOUR // timedelta(minutes=1))

    @property
    def word(self):
        """What the time shown is."""
        if self.stopped_at:
            return "held"
        return "over" if self.state == "over" else "left"

    @property
    def percent(self):
        """How much of the 24 hours is gone, from 0 to 100."""
        return min(100, max(0, round(100 * (1 - self.left / LIMIT))))

    @property
    def spoken(self):
        """``2 hours 48 minutes left``: the whole, for who cannot see it large."""
        parts = [(self.hours, "hour"), (self.minutes, "minute")]
        said = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n or unit == "minute"]
        return f"{' '.join(said)} {self.word}"
