"""The acts on a recording task: made when a consultation is completed, done by a date."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import act_of, record, record_all
from consultations import policies, recording
from consultations.current_work import leave_current_work
from consultations.models import Destination, RecordingTask
from schools.calendar import calendars_of

# What a task keeps where another takes its place.
KEPT = (
    "discussed_id",
    "source_type",
    "source_id",
    "happened_on",
    "pupil_id",
    "school_id",
    "hub_id",
    "owner_id",
    "support_given",
    "with_whom",
    "analysis",
    "actions",
)
TOO_LATE = "This note is recorded already."


def tasks_of(by, consultation, about, attendees, calendar):
    """Where the note of each named child must go (rule 001-123): unsaved tasks; one query.

    ``about`` are the children's parts, ``attendees`` who took part, ``calendar`` the school's.
    """
    decisions = recording.decisions_for([part.pupil for part in about])
    due_on = recording.due_by(calendar)
    return [
        decision.task(
            discussed=part,
            pupil=part.pupil,
            school_id=consultation.school_id,
            hub_id=consultation.hub_id,
            owner=by,
            due_on=due_on,
            **recording.first_parts(part, attendees),
        )
        for part in about
        for decision in decisions[part.pupil_id]
    ]


@transaction.atomic
def make_tasks(by, consultation):
    """Write down ``tasks_of`` a consultation as it has been kept; returns the tasks.

    One query when it names no child, five otherwise, however many they are.
    """
    about = list(consultation.discussed.filter(pupil__isnull=False).select_related("pupil"))
    if not about:
        return []
    calendar = calendars_of([consultation.school_id])[consultation.school_id]
    attendees = list(consultation.attendees.all())
    return RecordingTask.objects.bulk_create(tasks_of(by, consultation, about, attendees, calendar))


@transaction.atomic
def refresh_tasks(by, tasks):
    """Replace the open tasks that no longer fit their child's status; returns the new ones.

    Done ones stay as they were. Two queries where every task fits.
    """
    stale = {task.pk: decision for task, decision in recording.moved(tasks).items()}
    if not stale:
        return []
    locked = list(RecordingTask.objects.open().select_for_update(of=("self",)).filter(pk__in=stale))
    due_on = recording.due_on({task.school_id for task in locked})
    RecordingTask.objects.filter(pk__in=[task.pk for task in locked]).update(
        replaced_at=timezone.now()
    )
    made = RecordingTask.objects.bulk_create(
        _instead(task, stale[task.pk], due_on[task.school_id]) for task in locked
    )
    record_all(act_of(by, Verb.CHANGE, task, to=task.to) for task in made)
    return made


def _instead(task, decision, due_on):
    """A task with the same parts for the place that a ``recording.Decision`` names."""
    return decision.task(**{name: getattr(task, name) for name in KEPT}, due_on=due_on)


@transaction.atomic
def decide(by, task, to, why):
    """Settle where a note goes that the guidance does not place; returns the task instead.

    ``to`` is one of ``recording.MAY_BE_CHOSEN``. PermissionDenied for who may not record it,
    ValidationError without a reason, TransitionNotAllowed when it is settled already.
    """
    task = _locked(task)
    allow(policies.may_record_task(by, task))
    if not task.is_open or task.to != Destination.ASK:
        raise TransitionNotAllowed("Where this note goes is settled already.")
    if to not in recording.MAY_BE_CHOSEN or not why.strip():
        raise ValidationError({"why": "Enter who said so, or why"})
    task.replaced_at = timezone.now()
    task.save(update_fields=["replaced_at"])
    chosen = _instead(task, recording.Decision(to, task.because), task.due_on)
    chosen.decided_why = why.strip()
    chosen.save(force_insert=True)
    record(by, Verb.DECIDE, chosen, to=to)
    return chosen


@transaction.atomic
def keep(by, task, texts):
    """Keep the parts of the text as they are typed, ``{field: text}``, until it is done.

    PermissionDenied for who may not record it; TransitionNotAllowed when it is recorded.
    """
    task = _locked(task)
    allow(policies.may_record_task(by, task))
    _refuse_late(task)
    _write(task, texts)
    record(by, Verb.CHANGE, task, fields=sorted(texts))
    return task


@transaction.atomic
def recorded(by, task, texts, on, told_on=None, told_whom=""):
    """The note is in the system of record since ``on``, a date, with the five parts.

    Where social care is open, ``told_on`` and ``told_whom`` say when which social worker got the
    same text. PermissionDenied for who may not record it; ValidationError for what is missing
    (rules 001-116, 001-117); TransitionNotAllowed when it is recorded, or nobody has settled
    where.
    """
    task = _locked(task)
    allow(policies.may_record_task(by, task))
    _refuse_late(task)
    if task.to == Destination.ASK:
        raise TransitionNotAllowed("Choose where this note is recorded first.")
    tells = task.to == Destination.MOSAIC_CHILD
    for name, text in texts.items():
        setattr(task, name, text)
    task.told_whom = told_whom if tells else ""
    lacking = recording.missing(task)
    if tells and told_on is None:
        lacking["told_on"] = "Enter when the social worker was told"
    if lacking:
        raise ValidationError(lacking)
    # What was pasted stays as it was, whatever becomes of the actions.
    task.actions = "" if recording.is_short(task) else recording.actions_of(task)
    task.done_on, task.done_by = on, by
    task.told_on = told_on if tells else None
    task.save(update_fields=[*recording.PARTS, "done_on", "done_by", "told_on", "told_whom"])
    record(by, Verb.DONE, task)
    if task.discussed:
        leave_current_work(task.discussed.consultation)
    return task


def _locked(task):
    return (
        RecordingTask.objects.select_for_update(of=("self",))
        .select_related("school", "pupil", "discussed__consultation")
        .with_actions()
        .get(pk=task.pk)
    )


def _refuse_late(task):
    if task.done_on:
        raise TransitionNotAllowed(TOO_LATE)
    if task.replaced_at:
        raise TransitionNotAllowed("The child’s status has changed: this note goes elsewhere now.")


def _write(task, texts):
    for name, text in texts.items():
        setattr(task, name, text)
    task.save(update_fields=list(texts))
