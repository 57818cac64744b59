"""What a chronology is made of: entries of several kinds, and what an address asks of them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from consultations.models import Area
from govuk.paging import Cursor, page_of
from govuk.words import lower_first
from schools.models import School

PAGE = 50
# As many as are looked through for a word at once, and as one print holds.
MOST = 500
# What ends on a day stands after what begins on it, and never at the same instant.
A_MOMENT = timedelta(seconds=1)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """One event. ``line`` says it; ``details`` are ``(label, text)`` of what else is on record.

    ``parts`` are what it holds on several children or groups: ``Entry`` objects of their own.
    ``entered_on`` is the day it was written down, where that was later; ``school_ids`` those of
    the schools that it tells of. ``looks`` are the access-log rows of the other children of whom
    its details speak, for whoever shows them; ``children`` those of ``open_pupils`` of whom it
    tells itself.
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
    children: tuple = ()

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

    def says(self, word):
        """Whether the word stands in anything that is shown of it, in any capitals."""
        told = (self.line, self.about, self.effect, self.action, self.outcome, self.source)
        told += tuple(text for _, text in self.details)
        return word.casefold() in "\n".join(told).casefold() or any(
            part.says(word) for part in self.parts
        )


@dataclass(frozen=True)
class Asked:
    """What the address of a chronology asks for; what it does not know, it leaves out.

    ``since`` and ``until`` are the first and the last day, ``author`` who recorded it.
    """

    kind: str = ""
    area: str = ""
    school: School | None = None
    significant: bool = False
    since: date | None = None
    until: date | None = None
    author: User | None = None
    word: str = ""
    oldest_first: bool = False
    cursor: Cursor | None = None

    @property
    def is_narrowed(self):
        """Whether it asks for less than everything."""
        days = self.since or self.until
        chosen = self.kind or self.area or self.school or self.significant
        return bool(chosen or days or self.author or self.word)

    def narrowed(self, rows, column, by):
        """Those of ``rows`` beyond the page before, of the days and the author asked for.

        ``column`` holds the instant of the event, ``by`` leads to who recorded it; empty where
        nobody is known to have.
        """
        if self.since:
            rows = rows.filter(**{f"{column}__gte": _beginning(self.since)})
        if self.until:
            rows = rows.filter(**{f"{column}__lt": _beginning(self.until + A_DAY)})
        if self.author:
            rows = rows.filter(**{by: self.author.pk}) if by else rows.none()
        if self.cursor:
            beyond = self.cursor.newer if self.oldest_first else self.cursor.older
            rows = rows.filter(beyond(column))
        return rows

    def of(self, rows, column, n, by):
        """The first ``n`` of the ``narrowed`` rows in the order of ``column``."""
        sign = "" if self.oldest_first else "-"
        rows = self.narrowed(rows, column, by)
        return rows.order_by(f"{sign}{column}", f"{sign}pk")[:n]


def _beginning(day):
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class AskedBy(Asked):
    """Asks the sources who recorded what they would read, and for none of it."""

    found: list = field(default_factory=list)

    def narrowed(self, rows, column, by):
        if by:
            self.found.append(rows.order_by().values_list(by))
        return rows.none()


@dataclass(frozen=True)
class Chronology:
    """A page of it; ``more`` is the cursor of what comes next, or empty."""

    entries: list
    more: str


@dataclass(frozen=True)
class Source:
    """One kind of entry: ``read(user, of, asked, n)`` gives the first ``n`` entries of somebody.

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


def page_from(sources, user, of, asked, size):
    """A page of the ``Chronology`` that these sources, ``{kind: Source}``, make together.

    ``of`` is whose it is. The number of queries does not depend on how many entries there are. A
    word is looked for in what the user reads, among ``MOST`` entries at a time.
    """
    depth = MOST if asked.word else size
    entries = [
        entry
        for kind, source in sources.items()
        if (kind == asked.kind or not (asked.kind or source.quiet)) and source.answers(asked)
        for entry in source.read(user, of, asked, depth + 1)
    ]
    entries.sort(key=lambda entry: (entry.at, entry.pk), reverse=not asked.oldest_first)
    page, beyond = page_of(entries, depth, "at")
    if asked.word:
        page, more = page_of([entry for entry in page if entry.says(asked.word)], size, "at")
        beyond = more or beyond
    return Chronology(page, beyond)


def authors_of(sources, user, of):
    """Who recorded something in a chronology that the user reads, by name; one query."""
    asked = AskedBy()
    for source in sources.values():
        source.read(user, of, asked, 1)
    first, *others = asked.found
    return list(User.objects.filter(pk__in=first.union(*others)).order_by("name"))


def entered_later(at, day):
    """The day of the instant ``at`` where it is later than ``day``, else None."""
    entered_on = timezone.localdate(at)
    return entered_on if entered_on > day else None


def areas_text(codes):
    """``Attendance, neglect``: the key areas in words, in their order."""
    labels = [area.label for area in Area if area in codes]
    return ", ".join([*labels[:1], *map(lower_first, labels[1:])])
