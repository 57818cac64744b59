"""One note to record: the text to copy, its parts until it is done, and the day it was."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from audit.errors import TransitionNotAllowed, allow
from audit.services import looked
from consultations import policies, recording
from consultations.models import Destination, RecordingTask
from consultations.recording_forms import DecideForm, RecordingForm
from consultations.services import recording as recording_services
from schools.children import Door, basis_of, door_of
from schools.doors import ask_for_reason
from schools.find import BY_WORDS, log_shown

CHANGED = (
    "Somebody else has changed this text since you opened the page. Check what is there now in"
    " another tab, then save again to keep what is typed here"
)
MOVED = "The child’s status has changed, so this note goes elsewhere now."


@require_http_methods(["GET", "POST"])
def recording_task(request, pk):
    """``/recording/<id>/``: behind the child's gate (rule 001-58), for the text is of a child."""
    task = _fetch(request, pk)
    # What the school gets of direct work is given where it was written (rule 001-114).
    if task.source_type and task.to == Destination.SCHOOL:
        return redirect(task.source_url)
    door = door_of(request.user, task.pupil)
    if door == Door.REASON:
        return ask_for_reason(request, task.pupil_id)
    if door != Door.NOTES:
        raise Http404
    if task.replaced_at and request.method == "GET":
        return redirect("recording_task", pk=_instead_of(task).pk)
    if request.method == "GET":
        [task] = recording.as_of_today([task])
        return _page(request, task, _form(task))
    allow(policies.may_record_task(request.user, task))
    if instead := _moved(request, task):
        if request.POST.get("shown") != instead.to:
            _carry_over(request, task, instead)
            messages.info(request, MOVED)
            return redirect("recording_task", pk=instead.pk)
        task = _fetch(request, instead.pk)
    return _settled(request, task) if task.to == Destination.ASK else _written(request, task)


def _fetch(request, pk):
    tasks = RecordingTask.objects.visible_to(request.user).select_related(
        "pupil", "school", "owner", "done_by", "discussed__consultation"
    )
    return get_object_or_404(tasks.with_actions(), pk=pk)


def _moved(request, task):
    """The task that takes this one's place, by this act or before; None when it stands."""
    if task.replaced_at:
        return _instead_of(task)
    return next(iter(recording_services.refresh_tasks(request.user, [task])), None)


def _instead_of(task):
    """The task that took this one's place."""
    others = RecordingTask.objects.filter(
        discussed=task.discussed_id, source_id=task.source_id, pupil=task.pupil_id
    )
    return others.exclude(to=Destination.SCHOOL).get(replaced_at__isnull=True)


def _carry_over(request, task, instead):
    """What was typed for a task that stands no more goes on with the one in its place.

    Unless somebody has written there meanwhile.
    """
    if not recording.PARTS.keys() & request.POST.keys():
        return
    form = RecordingForm(request.POST, task=task)
    is_untouched = all(getattr(instead, part) == getattr(task, part) for part in recording.PARTS)
    if form.parts and instead.is_open and is_untouched and form.is_valid():
        recording_services.keep(request.user, instead, form.texts)


def _form(task, data=None, *, finishing=False):
    if task.to == Destination.ASK:
        return DecideForm(data)
    [decision] = recording.decisions_for([task.pupil])[task.pupil_id]
    return RecordingForm(data, task=task, social_worker=decision.social_worker, finishing=finishing)


def _settled(request, task):
    form = _form(task, request.POST)
    if not form.is_valid():
        return _page(request, task, form)
    try:
        chosen = recording_services.decide(request.user, task, **form.cleaned_data)
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
        return redirect("recording_task", pk=task.pk)
    return redirect("recording_task", pk=chosen.pk)


def _written(request, task):
    finishing = "done" in request.POST
    form = _form(task, request.POST, finishing=finishing)
    if task.is_open and request.POST.get("seen", form.seen) != form.seen:
        form.add_error(None, CHANGED)
        return _page(request, task, form, status=409)
    if not form.is_valid():
        return _page(request, task, form)
    try:
        if not finishing:
            recording_services.keep(request.user, task, form.texts)
            messages.success(request, "Text saved.")
            return redirect("recording_task", pk=task.pk)
        recording_services.recorded(
            request.user,
            task,
            form.texts,
            form.cleaned_data["done_on"],
            form.cleaned_data.get("told_on"),
            form.cleaned_data.get("told_whom", ""),
        )
    except ValidationError as error:
        form.refuse(error)
        return _page(request, task, form)
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
        return redirect("recording_task", pk=task.pk)
    messages.success(request, "Marked as recorded.")
    return redirect(task.source_url)


def _page(request, task, form, status=200):
    basis, reason = basis_of(request.user, task.pupil)
    looked(request.user, task, basis=basis, child_id=task.pupil_id, reason=reason)
    text = recording.text_of(task)
    others, strangers = recording.others_named(task, text)
    # That a name is on record is something found out about that child (rule 001-58).
    if strangers:
        log_shown(request.user, strangers, BY_WORDS)
    return render(
        request,
        "consultations/recording.html",
        {
            "task": task,
            "what": recording.SHORT[task.to],
            "occasion": recording.occasion(task),
            "form": form,
            "text": text,
            "is_short": recording.is_short(task),
            "lacking": recording.missing(task) if task.is_open else {},
            "others": others,
            "asks": task.to == Destination.ASK,
            "may_record": task.is_open and policies.may_record_task(request.user, task),
            "nav": "home",
        },
        status=status,
    )
