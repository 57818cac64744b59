"""Marking a child's part significant for the chronology once the record is completed."""

from django.db import transaction

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations import policies
from consultations.children import open_among
from consultations.models import Audience, PupilDiscussed
from consultations.part_words import title_of
from consultations.services.consultations import addendum


@transaction.atomic
def mark_significant(by, part, line):
    """The part stands out in the chronology from here on, with this ``line``.

    The record keeps both as an addendum for the team; the school reads nothing of it.
    PermissionDenied for who may not add to the record, or to whom the child is not open;
    TransitionNotAllowed when it is marked already.
    """
    part = _locked(by, part)
    if part.is_significant:
        raise TransitionNotAllowed("This is marked as significant already.")
    former, part.is_significant, part.headline = part.headline, True, line
    instead = f" In place of: {former}" if former and former != line else ""
    return _kept(by, part, f"Marked as significant in the chronology: {line}{instead}")


@transaction.atomic
def take_back_significant(by, part):
    """The part stands out no longer; its line stays on record. Otherwise as ``mark_significant``.

    TransitionNotAllowed when it is not marked.
    """
    part = _locked(by, part)
    if not part.is_significant:
        raise TransitionNotAllowed("This is not marked as significant any more.")
    part.is_significant = False
    line = f": {part.headline}" if part.headline else ""
    return _kept(by, part, f"Taken back as significant in the chronology{line}")


def _locked(by, part):
    part = (
        PupilDiscussed.objects.select_for_update(of=("self",))
        .select_related("consultation__school", "pupil")
        .get(pk=part.pk)
    )
    allow(policies.may_add(by, part.consultation))
    allow(part.pupil_id is None or open_among(by, [part.pupil_id]) is not None)
    return part


def _kept(by, part, said):
    part.save(update_fields=["is_significant", "headline"])
    record(by, Verb.CHANGE, part, school_id=part.consultation.school_id, field="is_significant")
    addendum(by, part.consultation, f"{title_of(part)}. {said}", Audience.TEAM)
    return part
