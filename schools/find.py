"""Finding one child, for who may ask: by surname and date of birth, or by an identifier.

There is no list of all children (rule 001-58). A search is written down before its page is made,
and every child it shows, never the words that were typed.
"""

from dataclasses import dataclass
from datetime import date

from audit.models import Look
from audit.services import look_of, looked_at_all
from schools.children import open_now
from schools.models import Pupil
from schools.names import fold
from schools.scope import scope_of

MOST = 10
BY_NAME, BY_NUMBER = "surname and date of birth", "identifier"
BY_FILE, BY_WORDS = "list of children from a file", "names in what was written"


def either_way(day):
    """The day and, where there is one, the date with its day and month changed round."""
    if day.day > 12 or day.day == day.month:
        return [day]
    return [day, day.replace(month=day.day, day=day.month)]


@dataclass(frozen=True)
class Wanted:
    """Whom somebody looks for. ``number`` is an identifier in capitals; the rest by name."""

    surname: str = ""
    first_names: str = ""
    day: date | None = None
    number: str = ""

    @property
    def days(self):
        """The days of ``either_way``."""
        return either_way(self.day)


@dataclass(frozen=True)
class Found:
    """A child of a result: whether it is ``open`` to the user now, and how it was met.

    ``is_swapped``: born on the typed date with its day and month changed round.
    """

    pupil: Pupil
    is_open: bool
    is_swapped: bool

    @property
    def where(self):
        """Where the child learns now, in words; empty when that is not known."""
        return self.pupil.now_at[0].where if self.pupil.now_at else ""


def find_children(user, wanted):
    """``(found, are_more)``: ten ``Found`` at most, nearest first; whether there are more.

    Children at a school that is closed to the user are left out. The look-up is logged.
    """
    pupils = list(_matching(wanted).not_at(scope_of(user).excluded).with_school()[: MOST + 1])
    shown = pupils[:MOST]
    log_shown(user, shown, BY_NUMBER if wanted.number else BY_NAME)
    return found_of(user, shown, wanted.day), len(pupils) > MOST


def found_of(user, pupils, day=None):
    """These children, which have ``now_at``, as the user meets them in a result."""
    on_work, opened = open_now(user, [pupil.pk for pupil in pupils])
    swapped = either_way(day)[1:] if day else []
    return [
        Found(pupil, pupil.pk in on_work or pupil.pk in opened, pupil.born_on in swapped)
        for pupil in pupils
    ]


def log_shown(user, pupils, how):
    """Write down one search, ``how`` it was made, and each child that it shows."""
    search = look_of(user, Pupil, Look.SEARCH, basis="search", reason=how)
    children = [
        look_of(user, pupil, Look.SEARCH, basis="search", child_id=pupil.pk) for pupil in pupils
    ]
    looked_at_all([search, *children])


def _matching(wanted):
    if wanted.number:
        return Pupil.objects.filter(identifiers__value=wanted.number).distinct()
    found = Pupil.objects.named_like(fold(wanted.surname), *wanted.days)
    if first := fold(wanted.first_names):
        found = found.named_like(first, *wanted.days)
    return found
