"""The acts on a chronology that is made for a school's referral."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations import policies
from consultations.models import MadeChronology
from schools.children import may_change_child

MOST_LINES = 200
FINISHED = "This chronology is finished. Make a new one to correct it."


class StaleChronology(Exception):
    """The draft was saved in another window since this page was made."""


@transaction.atomic
def start_chronology(by, pupil, title, lines):
    """A draft with these ``lines``, as ``MadeChronology`` holds them; returns it.

    PermissionDenied for who may not change what is on record of the child.
    """
    allow(may_change_child(by, pupil))
    made = MadeChronology.objects.create(
        pupil=pupil, title=title, lines=_in_order(lines), made_by=by
    )
    record(by, Verb.START, made)
    return made


@transaction.atomic
def save_chronology(by, made, version, *, title, analysis, lines):
    """Keep what was typed in a draft.

    PermissionDenied for anyone but its maker, while the child and every line are open to them;
    StaleChronology unless ``version`` is the one on record; TransitionNotAllowed once it is
    finished.
    """
    made = _locked(by, made)
    if made.version != version:
        raise StaleChronology
    made.title, made.analysis, made.lines = title, analysis, _in_order(lines)
    made.version += 1
    made.save(update_fields=["title", "analysis", "lines", "version"])
    record(by, Verb.CHANGE, made)
    return made


@transaction.atomic
def finish_chronology(by, made, version):
    """Lock it: nothing changes from here on.

    StaleChronology unless ``version``, the one that was read through, is the one on record;
    ValidationError without a line.
    """
    made = _locked(by, made)
    if made.version != version:
        raise StaleChronology
    if not made.lines:
        raise ValidationError("Keep at least one line")
    made.finished_at = timezone.now()
    made.save(update_fields=["finished_at"])
    record(by, Verb.COMPLETE, made)
    return made


@transaction.atomic
def discard_chronology(by, made):
    """Throw a draft away, text and all."""
    made = _locked(by, made)
    record(by, Verb.DISCARD, made)
    made.delete()


def _locked(by, made):
    made = (
        MadeChronology.objects.select_for_update(of=["self"])
        .select_related("pupil")
        .get(pk=made.pk)
    )
    allow(made.made_by_id == by.pk and may_change_child(by, made.pupil))
    allow(policies.may_read_all(by, made))
    if not made.is_draft:
        raise TransitionNotAllowed(FINISHED)
    return made


def _in_order(lines):
    if len(lines) > MOST_LINES:
        raise ValidationError(f"Choose {MOST_LINES} entries or fewer")
    return sorted(lines, key=lambda line: line["on"])
