"""Notes to record in the demonstration: one due, one late, one that nobody says where."""

from datetime import timedelta

from django.utils import timezone

from consultations.models import Consultation, PupilDiscussed, RecordingTask, State, Subject
from consultations.services.recording import make_tasks
from schools.calendar import calendars_of
from schools.models import PupilStatus
from schools.services import involve

LATE_BY = timedelta(days=3)
ADVICE = "A key adult at the gate each morning, and a call home on the first day of absence."
ANALYSIS = "Comes in when the day starts with practical work. The move of home is the main worry."


def tell_of_recording(school, worker):
    """Where the notes of the school's last consultation go, with the latest of them late.

    Its children are those of its parts; where it has none, the first three taught there are
    discussed. Nothing happens where the school has no consultation or no child.
    """
    held = (
        Consultation.objects.filter(school=school, author=worker)
        .exclude(state=State.DRAFT)
        .order_by("-held_at")
        .first()
    )
    if held is None or RecordingTask.objects.filter(school=school).exists():
        return
    if not held.discussed.filter(pupil__isnull=False).exists():
        _discuss(held)
    tasks = make_tasks(worker, held)
    if tasks:
        RecordingTask.objects.filter(pk=tasks[-1].pk).update(due_on=timezone.localdate() - LATE_BY)


def _discuss(held):
    """Three children of the school have a part of the consultation, the most known first."""
    here = held.school.enrolments.filter(ends_on__isnull=True)
    known = set(PupilStatus.objects.filter(ends_on__isnull=True).values_list("pupil", flat=True))
    pupils = sorted(here.values_list("pupil", flat=True), key=lambda pk: (pk not in known, str(pk)))
    PupilDiscussed.objects.bulk_create(
        PupilDiscussed(
            consultation=held,
            position=position,
            subject=Subject.PUPIL,
            pupil_id=pk,
            advice=ADVICE,
            analysis=ANALYSIS,
        )
        for position, pk in enumerate(pupils[:3])
    )
    calendar = calendars_of([held.school_id])[held.school_id]
    ends_on = calendar.end_of_next_term(timezone.localdate(held.held_at))
    ends_at = timezone.now() + (ends_on - timezone.localdate())
    involve(pupils[:3], held, school=held.school, ends_at=ends_at)
