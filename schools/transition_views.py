"""The transition list: children who need more support when they change school."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed
from audit.models import Look
from audit.services import looked
from schools import policies, services
from schools.children import Door, basis_of, door_of
from schools.doors import ask_for_reason, fetch_child
from schools.models import Setting, Transition, TransitionReason
from schools.pupil_forms import seen_of
from schools.transition_forms import TalkForm, TransitionForm
from schools.transition_list import coming_year, lists_of, years_of
from schools.years import year_text

# An entry is seen as one of the list, by who need not have the child on their current work.
BASIS = "transition list"
CHANGED = (
    "Somebody else has changed this entry since you opened the page. Check what is there now in"
    " another tab, then save again to keep what is typed here"
)


@require_GET
def transition(request):
    """``/transition/``: one school year, by school; opening it is one look."""
    _team_only(request)
    years = years_of(request.user, timezone.localdate())
    asked = request.GET.get("year", "")
    year = next((year for year in years if str(year) == asked), years[0])
    looked(request.user, Transition, Look.LIST, basis=BASIS, reason=year_text(year))
    context = {
        "years": [(other, year_text(other)) for other in years],
        "year": year,
        "year_text": year_text(year),
        "schools": lists_of(request.user, year),
        "nav": "transition",
    }
    return render(request, "schools/transition/list.html", context)


@require_http_methods(["GET", "POST"])
def add(request, pk):
    """``/transition/add/<pupil id>/``: for a child open to whoever adds them."""
    _team_only(request)
    pupil, door = fetch_child(request, pk)
    if door is Door.REASON:
        return ask_for_reason(request, pk)
    now_at = next(iter(pupil.now_at), None)
    form = TransitionForm(
        request.POST or None,
        initial=_begun(now_at),
        school=now_at and now_at.school,
        is_new=True,
    )
    if request.method == "POST" and form.is_valid():
        try:
            entry = services.add_to_transition(request.user, pupil, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(
                request,
                "The child is on the list. The link workers of both schools see it from now on.",
            )
            return redirect("transition_entry", entry.pk)
    basis, reason = basis_of(request.user, pupil)
    looked(request.user, pupil, basis=basis, reason=reason, child_id=pupil.pk)
    return _form_page(request, form, pupil, now_at=now_at, sees_notes=door is Door.NOTES)


@require_http_methods(["GET", "POST"])
def entry(request, pk):
    """``/transition/<id>/``: why, the support in place, who was spoken to; posting logs a talk."""
    entry = _fetch(request, pk)
    form = TalkForm(request.POST or None, initial={"spoken_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.log_talk(request.user, entry, **form.cleaned_data)
        except TransitionNotAllowed as too_late:
            messages.warning(request, str(too_late))
            return redirect("transition")
        messages.success(request, "Who you spoke to has been added.")
        return redirect("transition_entry", pk)
    looked(request.user, entry, basis=BASIS, child_id=entry.pupil_id)
    context = {
        "entry": entry,
        "talks": entry.talks.select_related("logged_by"),
        "form": form,
        **_asked(request, entry),
        "nav": "transition",
    }
    return render(request, "schools/transition/entry.html", context)


@require_http_methods(["GET", "POST"])
def change(request, pk):
    """``/transition/<id>/change/``: the school to come, the reasons, the support in place."""
    entry = _fetch(request, pk)
    facts = {name: getattr(entry, name) for name in ("to", "reasons", "why", "support_in_place")}
    form = TransitionForm(request.POST or None, initial=facts, school=entry.school, is_new=False)
    seen, status = seen_of(facts | {"to": entry.to_id}), 200
    asked = _asked(request, entry)
    if request.method == "POST" and request.POST.get("seen", seen) != seen:
        form.add_error(None, CHANGED)
        status = 409
    elif request.method == "POST" and form.is_valid():
        try:
            changed = services.change_transition(request.user, entry, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        except TransitionNotAllowed as too_late:
            messages.warning(request, str(too_late))
            return redirect("transition")
        else:
            shown = asked["is_asked"] and changed.to and not changed.is_asked
            messages.success(
                request,
                f"Saved. The link workers of {changed.to.name} see the child’s notes from now on."
                if shown
                else "The entry has been changed.",
            )
            return redirect("transition")
    looked(request.user, entry, basis=BASIS, child_id=entry.pupil_id)
    return _form_page(request, form, entry.pupil, status=status, entry=entry, seen=seen, **asked)


@require_POST
def end(request, pk):
    """``/transition/<id>/end/``."""
    entry = _fetch(request, pk)
    try:
        services.end_transition(request.user, entry)
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, "The child is off the list.")
    return redirect("transition")


def _team_only(request):
    if not policies.may_see_transition(request.user):
        raise Http404


def _fetch(request, pk):
    """The entry of one of the viewer's schools, or 404."""
    _team_only(request)
    entries = Transition.objects.visible_to(request.user).select_related("pupil", "added_by")
    return get_object_or_404(entries, pk=pk)


def _asked(request, entry):
    """Whether the school to come asked for the entry, and the viewer sees the child's notes."""
    is_asked = entry.is_asked
    sees_notes = is_asked and door_of(request.user, entry.pupil) is Door.NOTES
    return {"is_asked": is_asked, "sees_notes": sees_notes}


def _begun(now_at):
    """What the form starts with: where a child is educated at home, that is a reason."""
    at_home = now_at is not None and now_at.setting == Setting.HOME
    return {
        "school_year": coming_year(timezone.localdate()),
        "reasons": [TransitionReason.HOME] if at_home else [],
    }


def _form_page(request, form, pupil, *, status=200, **context):
    context |= {"form": form, "pupil": pupil, "nav": "transition"}
    return render(request, "schools/transition/form.html", context, status=status)
