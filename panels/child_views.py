"""The children of a meeting: added on a stated basis, each with its own audience."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.views.decorators.http import require_http_methods, require_POST

from govuk.forms import posted
from interventions.acting import do, unless_late
from panels import child_forms
from panels.meeting_views import fetch_to_run, page, too_late
from panels.models import MeetingKind
from panels.services import children as services
from schools.children import closed_children, open_pupils
from schools.doors import ask_for_reason
from schools.policies import may_ask

CLOSED = "This child is not on your current work any more."


def _form(request, meeting, form, title, **context):
    context |= {"form": form, "title": title, "back": meeting.get_absolute_url()}
    return page(request, "meeting_form", meeting, **context)


def _fetch_child(request, pk, child):
    """``(meeting, row)`` of a child of it; None for one that has been taken off."""
    meeting = fetch_to_run(request, pk)
    return meeting, meeting.pupils.select_related("meeting").filter(pk=child).first()


def _reason(request, meeting, pupil_id):
    """The reason page for a child who is closed to who looks children up (001-58); else None.

    Who looks nobody up is told that the child is closed by now, where they typed something.
    """
    if may_ask(request.user):
        closed = closed_children(request.user, [pupil_id])
        return ask_for_reason(request, pupil_id) if closed else None
    if open_pupils(request.user).filter(pk=pupil_id).exists():
        return None
    if request.method == "POST":
        return too_late(request, CLOSED, meeting)
    raise Http404


@require_http_methods(["GET", "POST"])
def add(request, pk):
    """``/meetings/<id>/children/add/``: by surname and date of birth, behind the reason gate."""
    meeting = fetch_to_run(request, pk)
    if not meeting.takes_children:
        raise Http404
    form = child_forms.ChildForm(meeting, posted(request))
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        school = found.get("school")
        try:
            # Taken out, so that it is none of the words that may have come too late.
            pupil = services.find(meeting, school, found.pop("surname"), found["born_on"])
        except ValidationError as refused:
            form.refuse(refused)
        else:
            if may_ask(request.user) and closed_children(request.user, [pupil.pk]):
                # What is kept until the reason is given waits behind it.
                request.POST = request.POST.copy()
                request.POST["pupil"] = str(pupil.pk)
                return ask_for_reason(request, pupil.pk)
            # Who it is was typed to look the child up, and is nothing to be kept (rule 001-58).
            request.POST = form.without_whom
            done = put_on(
                request,
                meeting,
                form,
                pupil,
                lambda: services.add(request.user, meeting, pupil, school, **form.facts),
            )
            if done:
                return done
    return _form(request, meeting, form, "Add a child", button="Add this child")


def put_on(request, meeting, form, pupil, act):
    """``do`` an act that puts a child on the meeting; what is said of one twice is said once."""
    record = meeting.pupils.filter(pupil=pupil).first() or meeting
    onwards = unless_late(request, form, record, meeting)
    return do(request, form, act, "The child is on the meeting.", onwards)


@require_http_methods(["GET", "POST"])
def change(request, pk, child):
    """``/meetings/<id>/children/<id>/``: the basis, and which agencies read of the child."""
    meeting, row = _fetch_child(request, pk, child)
    if row is None:
        return too_late(request, services.TAKEN_OFF, meeting)
    if gate := _reason(request, meeting, row.pupil_id):
        return gate
    now = {
        "basis": row.basis,
        "basis_words": row.basis_words,
        "agencies": row.shared_with.all(),
    }
    form = child_forms.AudienceForm(meeting, posted(request), initial=now)
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: services.change(request.user, row, **form.facts),
            "Who may read of this child has been saved.",
            unless_late(request, form, meeting, meeting),
        )
        if done:
            return done
    return _form(request, meeting, form, "Who may read of this child")


@require_POST
def remove(request, pk, child):
    """``/meetings/<id>/children/<id>/remove/``."""
    meeting, row = _fetch_child(request, pk, child)
    if row is None:
        return too_late(request, services.TAKEN_OFF, meeting)
    return do(
        request,
        None,
        lambda: services.remove(request.user, row),
        "The child has been taken off the meeting.",
        meeting,
    )


@require_http_methods(["GET", "POST"])
def panel_record(request, pk, child):
    """``/meetings/<id>/children/<id>/panel/``: the light record of a child at a panel."""
    meeting, row = _fetch_child(request, pk, child)
    if meeting.kind != MeetingKind.PANEL:
        raise Http404
    if row is None:
        return too_late(request, services.TAKEN_OFF, meeting)
    if gate := _reason(request, meeting, row.pupil_id):
        return gate
    record = getattr(row, "panel_record", None)
    form = child_forms.PanelRecordForm(
        posted(request), initial=child_forms.panel_record_now(record)
    )
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: services.keep_panel_record(request.user, row, form.cleaned_data),
            "The record has been saved.",
            unless_late(request, form, meeting, meeting),
        )
        if done:
            return done
    return _form(request, meeting, form, "What the panel decided")
