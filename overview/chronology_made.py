"""Making a chronology for a school's referral out of the child's own (rules 003-20, 003-37).

It names no other child: what was typed about one is pointed out before it is finished.
"""

from datetime import date

from django.db.models import Q

from consultations.extracts import name_of, words_in
from consultations.models import Exact, PupilDiscussed
from govuk.words import long_date
from overview.chronology import chronology_of
from overview.chronology_entries import Asked
from schools.models import FamilyLink, Pupil
from schools.scope import scope_of

# As many as one page can hold to choose from, the latest.
MOST = 300
TITLE = "Chronology for a referral"
TYPED = ("text", "effect", "action", "outcome", "source")


def to_choose_from(user, pupil):
    """The entries that it can begin with, earliest first."""
    latest = chronology_of(user, pupil, Asked(), size=MOST)
    return latest.entries[::-1]


def lines_of(entries):
    """These entries as the lines of a ``MadeChronology``."""
    return [
        {
            "on": entry.day.isoformat(),
            "text": entry.line if entry.is_significant else _with_about(entry),
            "effect": entry.effect,
            "action": entry.action,
            "outcome": entry.outcome,
            "source": entry.source,
            "schools": [str(pk) for pk in entry.school_ids],
        }
        for entry in entries
    ]


def _with_about(entry):
    return f"{entry.line}: {entry.about}" if entry.about else entry.line


def others_named(pupil, made):
    """Words of a ``MadeChronology`` that are names of other children near this one, as a list.

    Near are brothers, sisters and household, and children of the same consultations.
    """
    near = set().union(*map(name_of, _near(pupil))) - name_of(pupil)
    return [word.capitalize() for word in _words(made) if word in near]


def _near(pupil):
    links = FamilyLink.objects
    beside = PupilDiscussed.objects.filter(consultation__discussed__pupil=pupil)
    return Pupil.objects.filter(
        Q(pk__in=links.filter(one=pupil).values("other"))
        | Q(pk__in=links.filter(other=pupil).values("one"))
        | Q(pk__in=beside.filter(pupil__isnull=False).values("pupil"))
    ).exclude(pk=pupil.pk)


def _words(made):
    texts = [made.title, made.analysis]
    texts += [line.get(name, "") for line in made.lines for name in TYPED]
    return words_in("\n".join(texts))


def rows_of(user, made):
    """``[(when, day, line)]`` of it, for reading and printing; none of a school closed to the user.

    ``when`` is the date in words, as exact as it is known; ``day`` is None where no day is.
    """
    return [(*_dated(line), line) for line in made.lines_for(scope_of(user).excluded)]


def _dated(line):
    """``(when, day)`` of a line."""
    day = date.fromisoformat(line["on"])
    match line.get("exact"):
        case Exact.ABOUT:
            return f"about {long_date(day)}", day
        case Exact.MONTH:
            return f"{day:%B %Y}", None
        case Exact.YEAR:
            return str(day.year), None
    return long_date(day), day
