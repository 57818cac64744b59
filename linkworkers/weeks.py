"""Which days of the working week somebody covers (rule 001-48)."""

from dataclasses import dataclass

from govuk.words import listed
from linkworkers.models import Weekday


@dataclass(frozen=True)
class Day:
    """One weekday: its ``letter``, whether it is ``covered``, and whether it is over."""

    name: str
    covered: bool
    is_over: bool = False

    @property
    def letter(self):
        return self.name[0]


@dataclass(frozen=True)
class Week:
    """Monday to Friday of one person or several, as ``linkworkers/_week.html`` draws it."""

    days: tuple

    @property
    def missing(self):
        """``Thursday and Friday``; empty when every day is covered."""
        return listed([day.name for day in self.days if not day.covered])

    @property
    def cover(self):
        """Of a school: who is missing when, as a sentence."""
        if self.missing:
            return f"Nobody on {self.missing}"
        left = [day for day in self.days if not day.is_over]
        if len(left) == len(self.days):
            return "Somebody is there all five days"
        return "Somebody is there on the days left" if left else "This week is over"

    @property
    def pattern(self):
        """Of one person: the days they work, as a sentence."""
        if self.missing:
            return f"Does not work on {self.missing}"
        return "Works all five days"


def week_of(*link_workers):
    """The ``Week`` that these link workers cover between them."""
    covered = {day for worker in link_workers for day in worker.working_days}
    return Week(tuple(Day(day.label, day.value in covered) for day in Weekday))
