"""How long the children of a consultation are on the current work of its school (design.md 3)."""

from django.utils import timezone

from consultations.models import RecordingTask
from schools.services import end_involvement


def leave_current_work(consultation):
    """Take its children off current work once nothing of what it led to is left to do.

    That is when its last action is done. A note still to be recorded is left to do as well, for
    whoever records it reads the child's part. Without any action the end set when it was
    completed holds.
    """
    actions = list(consultation.actions.values_list("done_at", flat=True))
    if not actions or None in actions:
        return
    tasks = RecordingTask.objects.open().filter(discussed__consultation=consultation)
    if not tasks.exists():
        end_involvement(consultation, timezone.now())
