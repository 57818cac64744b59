"""What is done to the children on record, and opening one for a reason (rule 001-58)."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import allow
from audit.models import Look, Verb
from audit.services import act_of, looked, record_all
from schools.children import closed_children, may_ask
from schools.models import Involvement, Opening, Pupil, Reason
from schools.scope import scope_of


@transaction.atomic
def open_children(by, pupils, reason, words=""):
    """Give a reason for opening these children, in the sign-in of ``by``; returns the openings.

    Each holds until the sign-in ends and ``settings.CHILD_OPEN_HOURS`` at most. The access-log
    rows come before any page. PermissionDenied for who may not ask, and for children taught at a
    school that is closed to them; ValidationError for another reason of fewer than 10 characters.
    """
    allow(may_ask(by) and bool(by.sign_in))
    pupils = list(pupils)
    allow(
        len(pupils)
        == Pupil.objects.not_at(scope_of(by).excluded)
        .filter(pk__in=[pupil.pk for pupil in pupils])
        .count()
    )
    words = " ".join(words.split())
    if reason == Reason.OTHER and len(words) < 10:
        raise ValidationError({"words": "Enter your reason in at least 10 characters"})
    closed = closed_children(by, [pupil.pk for pupil in pupils])
    now = timezone.now()
    openings = Opening.objects.bulk_create(
        Opening(
            user=by,
            pupil=pupil,
            reason=reason,
            words=words,
            sign_in=by.sign_in,
            opened_at=now,
            ends_at=now + timedelta(hours=settings.CHILD_OPEN_HOURS),
        )
        for pupil in pupils
        if pupil.pk in closed
    )
    why = words or Reason(reason).label
    for opening in openings:
        looked(by, opening.pupil, Look.VIEW, basis="reason", child_id=opening.pupil_id, reason=why)
    record_all(act_of(by, Verb.OPEN, opening.pupil, reason=reason) for opening in openings)
    return openings


def involve(pupil_ids, source, *, school=None, user=None, ends_at=None):
    """Put children on the current work of a school's workers or of one person (design.md 3).

    ``source`` is the row it follows from. Said again, it holds on until ``ends_at``.
    """
    rows = [
        Involvement(
            pupil_id=pk,
            school=school,
            user=user,
            source_type=source._meta.model_name,
            source_id=source.pk,
            ends_at=ends_at,
        )
        for pk in pupil_ids
    ]
    return Involvement.objects.bulk_create(
        rows,
        update_conflicts=True,
        update_fields=["ends_at"],
        unique_fields=["pupil", "school", "user", "source_type", "source_id"],
    )


def end_involvement(source, at):
    """What ``source`` put on current work is on it until ``at``, which may lie ahead."""
    Involvement.objects.filter(source_type=source._meta.model_name, source_id=source.pk).update(
        ends_at=at
    )
