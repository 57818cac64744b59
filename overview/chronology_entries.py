"""What a chronology is made of: entries of several kinds, and what an address asks of them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from consultations.models import Area
from govuk.paging import Cursor
from govuk.words import lower_first
from schools.models import School

PAGE = 50
# What ends on a day stands after what begins on it, and never at the same instant.
A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Entry:
    """One event. ``line`` says it; ``details`` are ``(label, text)`` of what else is on record.

    ``parts`` are what it holds on several children or groups: ``Entry`` objects of their own.
    ``entered_on`` is the day it was written down, where that was later; ``school_ids`` those of
    the schools that it tells of. ``looks`` are the access-log rows of the other children of whom
    its details speak, for whoever shows them.
    """

    at: datetime
    pk: uuid.UUID
    line: str
    is_significant: bool = False
    about: str = ""
    effect: str = ""
    action: str = ""
    outcome: str = ""
    source: str = ""
    details: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    entered_on: date | None = None
    url: str = ""
    age: str = ""
    school_ids: tuple = ()
    looks: list = field(default_factory=list)

    @property
    def day(self):
        return timezone.localdate(self.at)

    @property
    def key(self):
        """Which entry of the chronology it is, as a form names it."""
        return str(Cursor(self.at, self.pk))

    @property
    def consequences(self):
        """``(label, text)`` of what it meant, what was done and what came of it."""
        told = (("Effect", self.effect), ("Action", self.action), ("Outcome", self.outcome))
        return [(label, text) for label, text in told if text]

    @property
    def more(self):
        """What opens below the line: of a significant entry its consequences stand above."""
        return self.details if self.is_significant else [*self.consequences, *self.details]


@dataclass(frozen=True)
class Asked:
    """What the address of a chronology asks for; what it does not know, it leaves out."""

    kind: str = ""
    area: str = ""
    school: School | None = None
    significant: bool = False
    oldest_first: bool = False
    cursor: Cursor | None = None

    def of(self, rows, column, n):
        """The first ``n`` of ``rows`` beyond the page before, in the order of ``column``."""
        if self.cursor:
            beyond = self.cursor.newer if self.oldest_first else self.cursor.older
            rows = rows.filter(beyond(column))
        sign = "" if self.oldest_first else "-"
        return rows.order_by(f"{sign}{column}", f"{sign}pk")[:n]


@dataclass(frozen=True)
class Chronology:
    """A page of it; ``more`` is the cursor of what comes next, or empty."""

    entries: list
    more: str


@dataclass(frozen=True)
class Source:
    """One kind of entry: ``read(user, pupil, asked, n)`` gives its first ``n`` entries.

    ``has_areas``: they have key areas and may be significant; ``has_school``: they belong to a
    school; a ``quiet`` kind is shown only when it is asked for.
    """

    label: str
    read: Callable
    has_areas: bool = False
    has_school: bool = True
    quiet: bool = False

    def answers(self, asked):
        """Whether any entry of this kind can be among what is asked for."""
        if (asked.area or asked.significant) and not self.has_areas:
            return False
        return self.has_school or asked.school is None


def entered_later(at, day):
    """The day of the instant ``at`` where it is later than ``day``, else None."""
    entered_on = timezone.localdate(at)
    return entered_on if entered_on > day else None


def areas_text(codes):
    """``Attendance, neglect``: the key areas in words, in their order."""
    labels = [area.label for area in Area if area in codes]
    return ", ".join([*labels[:1], *map(lower_first, labels[1:])])
