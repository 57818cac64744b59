"""Pages about one child: finding, opening for a reason, adding, changing, family and moves."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from audit.services import looked
from drafts import unsaved
from drafts.asked import ASKED, keep, kept
from govuk.forms import posted_id
from schools import policies, services
from schools import pupil_forms as forms
from schools.children import Door, basis_of, closed_children, may_hand_over
from schools.doors import (
    ask_for_reason,
    askers_only,
    changes_child,
    fetch_child,
    gave_reason,
    safe_next,
)
from schools.families import family_of
from schools.find import BY_NAME, BY_NUMBER, find_children, found_of, log_shown
from schools.models import Move, Pupil, PupilStatus

CHANGED = (
    "Somebody else has changed this child’s record since you opened the page. Check what is there"
    " now in another tab, then save again to keep what is typed here"
)
# What is typed to find a child, as it is carried over to adding it.
TYPED = ("surname", "first_names", "born_on_day", "born_on_month", "born_on_year")


# --- finding, opening, adding --------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@unsaved.searches
def find(request):
    """``/pupils/find/``: what is sent leads to ``?asked=<id>``, the result.

    One can go back to it, and no address has a name. Each time it is shown is a search and logged.
    """
    askers_only(request)
    typed = request.POST or kept(request)
    form = forms.FindForm(typed)
    context = {
        "form": form,
        "may_import": policies.may_import_children(request.user),
        "nav": "find",
    }
    if typed and form.is_valid():
        if request.method == "POST":
            told = {name: request.POST.get(name, "") for name in (*TYPED, "number")}
            return redirect(f"{reverse('pupil_find')}?{urlencode({ASKED: keep(request, told)})}")
        wanted = form.wanted
        found, are_more = find_children(request.user, wanted)
        context |= {"found": found, "are_more": are_more, "is_result": True}
        context["typed"] = [(name, typed.get(name, "")) for name in TYPED]
        if wanted.number:
            context["typed"].append(("number", wanted.number))
    return render(request, "schools/pupils/find.html", context)


@require_http_methods(["GET", "POST"])
def give_reason(request, pk):
    """``/pupils/<id>/reason/``: nothing of the child is on this page (rule 001-58)."""
    pupil, door = fetch_child(request, pk)
    then = safe_next(request, otherwise=pupil.get_absolute_url())
    if door is not Door.REASON:
        return redirect(then)
    form = forms.ReasonForm(request.POST or None)
    if gave_reason(request, form, [pupil]):
        return redirect(then)
    context = {"form": form, "then": then, "nav": "find"}
    return render(request, "schools/pupils/reason.html", context)


@require_http_methods(["GET", "POST"])
def add(request):
    """``/pupils/add/``: a child not on record; those like it are shown first."""
    askers_only(request)
    schools = policies.schools_to_add_to(request.user)
    if "start" in request.POST:
        form = forms.AddForm(initial=_carried_over(request.POST), schools=schools)
        return _add_page(request, form, uuid.uuid4())
    pk = posted_id(request)
    form = forms.AddForm(request.POST or None, schools=schools)
    if request.method == "POST" and form.is_valid():
        anyway = "anyway" in request.POST
        try:
            pupil = services.add_pupil(request.user, anyway=anyway, once=pk, **form.told)
        except services.DuplicateChild as met:
            log_shown(request.user, met.candidates, BY_NUMBER if form.has_number else BY_NAME)
            born_on = form.cleaned_data.get("born_on")
            alike = found_of(request.user, met.candidates, born_on)
            if Pupil.objects.filter(pk=pk, added_by=request.user).exists():
                # The first of two children who are typed one over the other.
                pk = uuid.uuid4()
            return _add_page(request, form, pk, alike=alike)
        except TransitionNotAllowed as late:
            messages.info(request, str(late))
            return redirect(Pupil(pk=pk).get_absolute_url())
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "The child has been added.")
            return redirect(pupil.get_absolute_url())
    return _add_page(request, form, pk)


def _carried_over(typed):
    """What the add form starts with, from what was typed to find the child."""
    form = forms.FindForm(typed)
    form.is_valid()
    told = form.cleaned_data
    started = {name: told.get(name) for name in ("surname", "first_names", "born_on")}
    return started | {"upn": told.get("number", "")}


def _add_page(request, form, pk, alike=()):
    context = {"form": form, "pk": pk, "alike": alike, "nav": "find"}
    return render(request, "schools/pupils/add.html", context)


# --- changing ------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@changes_child
def change(request, pupil):
    """``/pupils/<id>/change/``: names, date of birth, the year they are taught in."""
    facts = {name: getattr(pupil, name) for name in forms.ChangeForm.FACTS}
    return _save(
        request,
        pupil,
        forms.ChangeForm(request.POST or None, initial=facts),
        lambda form: services.change_pupil(request.user, pupil, **form.facts),
        title="Change this child’s details",
        seen=forms.seen_of(facts),
    )


@require_http_methods(["GET", "POST"])
@changes_child
def identifiers(request, pupil):
    """``/pupils/<id>/identifiers/``: UPN, Mosaic number, CED number."""
    held = {row.kind: row.value for row in pupil.identifiers.all()}
    return _save(
        request,
        pupil,
        forms.IdentifiersForm(request.POST or None, initial=held),
        lambda form: services.set_identifiers(request.user, pupil, form.cleaned_data),
        title="What other systems call this child",
        seen=forms.seen_of(held),
    )


@require_http_methods(["GET", "POST"])
@changes_child
def add_status(request, pupil):
    """``/pupils/<id>/status/add/``: a plan, a social worker, what is being assessed."""
    return _save(
        request,
        pupil,
        forms.StatusForm(request.POST or None),
        lambda form: services.record_status(request.user, pupil, **form.cleaned_data),
        title="Add a status",
        now=pupil.statuses.filter(ends_on=None).select_related("kind"),
    )


@require_http_methods(["GET", "POST"])
@changes_child
def end_status(request, pupil, status):
    """``/pupils/<id>/status/<id>/end/``."""
    status = get_object_or_404(PupilStatus.objects.select_related("kind"), pk=status, pupil=pupil)
    return _save(
        request,
        pupil,
        forms.EndStatusForm(request.POST or None),
        lambda form: services.end_status(request.user, status, **form.cleaned_data),
        title=f"End “{status.kind}”",
        button="End this status",
    )


def _save(request, pupil, form, act, *, title, seen="", button="Save", **context):
    """The page of a form about a child, or the redirect after its act."""
    status = 200
    if request.method == "POST" and form.is_valid():
        if request.POST.get("seen", seen) == seen:
            try:
                act(form)
            except ValidationError as refused:
                form.add_error(None, refused)
            except TransitionNotAllowed as too_late:
                messages.warning(request, str(too_late))
                return redirect(pupil.get_absolute_url())
            else:
                messages.success(request, "The child’s record has been saved.")
                return redirect(pupil.get_absolute_url())
        else:
            form.add_error(None, CHANGED)
            status = 409
    context |= {"form": form, "title": title, "seen": seen, "button": button}
    return _page(request, pupil, "form", status=status, **context)


def _page(request, pupil, name, *, status=200, **context):
    """A page that shows the child, written down before it is made."""
    basis, reason = basis_of(request.user, pupil)
    looked(request.user, pupil, basis=basis, child_id=pupil.pk, reason=reason)
    context |= {"pupil": pupil, "nav": "find"}
    return render(request, f"schools/pupils/{name}.html", context, status=status)


# --- family --------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@changes_child
@unsaved.searches
def family(request, pupil):
    """``/pupils/<id>/family/``: who belongs with the child; posting finds another to link.

    Brothers and sisters who are closed to the viewer have no name here (rule 001-58).
    """
    form = forms.FindForm(request.POST or None)
    context = {"form": form, "kinship": forms.KinshipForm()}
    if request.method == "POST" and form.is_valid():
        found, context["are_more"] = find_children(request.user, form.wanted)
        context["found"] = [one for one in found if one.pupil != pupil]
    context["links"] = links = family_of(request.user, pupil)
    context["closed"] = closed_children(request.user, [relative.pupil.pk for relative in links])
    return _page(request, pupil, "family", **context)


@require_POST
@changes_child
def link(request, pupil, other):
    """``/pupils/<id>/family/<other id>/link/``: the two belong together."""
    relative, door = fetch_child(request, other)
    if door is Door.REASON:
        return ask_for_reason(request, other, then=reverse("pupil_family", args=[pupil.pk]))
    form = forms.KinshipForm(request.POST)
    if not form.is_valid():
        messages.warning(request, form.errors["kind"][0])
        return redirect("pupil_family", pupil.pk)
    try:
        services.link_family(request.user, pupil, relative, form.cleaned_data["kind"])
    except ValidationError as refused:
        messages.warning(request, refused.messages[0])
    else:
        messages.success(request, "The two children have been linked.")
    return redirect("pupil_family", pupil.pk)


@require_POST
@changes_child
def unlink(request, pupil, link):
    """``/pupils/<id>/family/<link id>/remove/``."""
    held = {relative.link.pk: relative.link for relative in family_of(request.user, pupil)}
    if link not in held:
        raise Http404
    try:
        services.unlink_family(request.user, pupil, held[link])
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, "The link has been removed.")
    return redirect("pupil_family", pupil.pk)


# --- moves ---------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@changes_child
def move(request, pupil):
    """``/pupils/<id>/move/``: to another school or setting; both schools' workers are told."""
    form = forms.MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            moved = services.move(
                request.user, pupil, moved_on=form.cleaned_data["moved_on"], **form.where
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "The move has been recorded.")
            return redirect("pupil_handover", pupil.pk, moved.pk)
    moves = pupil.moves.select_related("former__school", "new__school")
    return _page(request, pupil, "move", form=form, moves=moves)


@require_http_methods(["GET", "POST"])
def handover(request, pk, move):
    """``/pupils/<id>/moves/<id>/``: what the two schools hand over, ticked by workers of both."""
    pupil, door = fetch_child(request, pk)
    if door is Door.REASON:
        return ask_for_reason(request, pk)
    moves = Move.objects.select_related("pupil", "former__school", "new__school", "recorded_by")
    move = get_object_or_404(moves, pk=move, pupil=pupil)
    allow(may_hand_over(request.user, move))
    told = {name: getattr(move, name) for name in forms.HandOverForm.base_fields}
    form = forms.HandOverForm(request.POST or None, initial=told)
    seen, status = forms.seen_of(told), 200
    if request.method == "POST" and request.POST.get("seen", seen) != seen:
        form.add_error(None, CHANGED)
        status = 409
    elif request.method == "POST" and form.is_valid():
        try:
            services.hand_over(request.user, move, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "What was handed over has been saved.")
            return redirect("pupil_handover", pupil.pk, move.pk)
    return _page(request, pupil, "handover", status=status, form=form, move=move, seen=seen)
