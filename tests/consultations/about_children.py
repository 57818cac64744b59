"""Children's parts of a consultation and their statuses, written directly."""

from datetime import date

from consultations.models import Action, PupilDiscussed, Subject
from schools.models import PupilStatus, StatusKind


def part_about(consultation, pupil, **texts):
    """The part of a consultation that is about one child by name."""
    return PupilDiscussed.objects.create(
        consultation=consultation,
        position=consultation.discussed.count(),
        subject=Subject.PUPIL,
        pupil=pupil,
        **texts,
    )


def action_about(part, owner, what="Ring home", due_on=None, **fields):
    """An action agreed about the child of a part; ``owner`` is a user."""
    held = part.consultation
    return Action.objects.create(
        consultation=held,
        school=held.school,
        hub_id=held.hub_id,
        about=part,
        what=what,
        owner_user=owner,
        due_on=due_on,
        **fields,
    )


def status_of(world, pupil, name, **fields):
    """The child has had the status of this name since September."""
    return PupilStatus.objects.create(
        pupil=pupil,
        kind=StatusKind.objects.get(name=name),
        starts_on=date(2026, 9, 1),
        recorded_by=world.primary,
        **fields,
    )
