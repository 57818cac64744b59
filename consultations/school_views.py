"""The school's side: what was shared with us, stored in our system, a word back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from audit.services import look_of, looked, looked_at_all
from consultations import forms, policies, services
from consultations.action_list import school_lines
from consultations.models import Consultation
from consultations.note import note_for
from consultations.views import PAGE, looked_with_children, open_to_reader
from govuk.paging import Cursor, page_of
from schools.doors import ask_first
from schools.scope import scope_of


def _fetch(request, pk):
    """The consultation on the school's side, or 404: a withheld person finds no trace."""
    return get_object_or_404(
        Consultation.objects.shared_with(request.user).select_related(
            "school", "author", "started_by"
        ),
        pk=pk,
    )


@require_GET
def shared_list(request):
    """``/shared/``: to store, and stored. For whoever has something shared with them."""
    scope = scope_of(request.user)
    rows, older = page_of(
        Consultation.objects.newest_shared_with(request.user, Cursor.of(request), PAGE + 1),
        PAGE,
        "held_at",
    )
    if scope.roles and not rows:
        raise Http404
    lines, later = school_lines(request.user, request.GET.get("actions", ""))
    looked(request.user, Consultation, Look.LIST, basis="school")
    looked_at_all(
        [
            look_of(request.user, line.action, basis="school", child_id=pupil)
            for line in lines
            for pupil in line.pupils
        ]
    )
    return render(
        request,
        "consultations/shared_list.html",
        {
            "to_store": [row for row in rows if not row.stored_on],
            "stored": [row for row in rows if row.stored_on],
            "acts": scope.reads_shared,
            "actions": lines,
            "later_actions": later,
            "first_actions": "actions" not in request.GET,
            "several_schools": len({row.school_id for row in rows}) > 1,
            "older": older,
            "first_page": "before" not in request.GET,
            "nav": "shared",
        },
    )


@require_GET
def shared_note(request, pk):
    """``/shared/<id>/``: the note as the school reads it; opening it is remembered."""
    return _note_page(request, _fetch(request, pk))


def _note_page(request, consultation, stored_form=None, reply_form=None):
    note = note_for(request.user, consultation)
    # Somebody of the team may have been told of it too.
    pupils = open_to_reader(request.user, note)
    if pupils is None:
        return ask_first(request, reverse("consultation_reason", args=[consultation.pk]))
    looked_with_children(request, consultation, pupils)
    services.open_shared(request.user, consultation)
    may_act = policies.may_act_for_school(request.user, consultation)
    return render(
        request,
        "consultations/shared_note.html",
        {
            "consultation": consultation,
            "note": note,
            "may_act": may_act,
            "extracts": note.named if may_act else [],
            "all_stored": bool(note.named) and all(part.stored_on for part in note.named),
            "stored_form": stored_form
            or _stored_form(
                consultation,
                initial={"on": timezone.localdate(), "version": consultation.version},
            ),
            "reply_form": reply_form or forms.ReplyForm(),
            # A reply is between the school's leads and the team, not for a guest.
            "replies": consultation.replies.select_related("replied_by") if may_act else [],
            "nav": "shared",
        },
    )


def _stored_form(consultation, *args, **options):
    held_on = timezone.localdate(consultation.held_at)
    return forms.StoredForm(*args, held_on=held_on, **options)


@require_POST
def stored(request, pk):
    """POST ``/shared/<id>/stored/``: the note is in the school's own system (rule 001-65)."""
    consultation = _fetch(request, pk)
    allow(policies.may_act_for_school(request.user, consultation))
    form = _stored_form(consultation, request.POST)
    if not form.is_valid():
        return _note_page(request, consultation, stored_form=form)
    try:
        services.stored(
            request.user, consultation, form.cleaned_data["on"], form.cleaned_data["version"]
        )
        messages.success(request, "Marked as stored in your school’s system.")
    except TransitionNotAllowed as late:
        messages.warning(request, str(late))
    return redirect("shared_note", pk=pk)


@require_POST
def reply(request, pk):
    """POST ``/shared/<id>/reply/``: a word back to the link worker."""
    consultation = _fetch(request, pk)
    allow(policies.may_act_for_school(request.user, consultation))
    form = forms.ReplyForm(request.POST)
    if not form.is_valid():
        return _note_page(request, consultation, reply_form=form)
    services.reply(request.user, consultation, form.cleaned_data["text"], form.cleaned_data["once"])
    messages.success(request, "Your reply has been sent to your link worker.")
    return redirect("shared_note", pk=pk)
