"""Following up: the list of actions, and handing one over, moving its date or ending it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from audit.services import looked
from consultations import policies
from consultations.action_forms import HandOverForm, MoveForm
from consultations.action_list import SHOW, WHOSE, actions_of, chosen, lines_of
from consultations.models import MEETING, Action
from consultations.services import actions as action_services
from govuk.forms import posted
from schools.doors import council_only


@require_GET
def action_list(request):
    """``/actions/``: mine or my schools', to do, overdue or done lately; filters in the address."""
    council_only(request)
    whose, show = chosen(request)
    looked(request.user, Action, Look.LIST, basis="scope")
    return render(
        request,
        "consultations/actions.html",
        {
            "listed": actions_of(
                request.user,
                whose,
                show,
                after=request.GET.get("after", ""),
                before=request.GET.get("before", ""),
            ),
            "whose": whose,
            "whose_all": WHOSE,
            "show": show,
            "show_all": SHOW,
            "nav": "home",
        },
    )


@require_http_methods(["GET", "POST"])
def hand_over(request, pk):
    """``/actions/<id>/hand-over/``: to another worker or somebody at the school, and why."""
    action = _fetch(request, pk)
    form = HandOverForm(posted(request), user=request.user, action=action)
    if request.method == "POST" and form.is_valid():
        return _done(
            request,
            lambda: action_services.hand_over(
                request.user, action, form.cleaned_data["reason"], **form.new_owner
            ),
            "The action has been handed over.",
        )
    return _page(request, action, form, "Hand over an action", "Hand over")


@require_http_methods(["GET", "POST"])
def move(request, pk):
    """``/actions/<id>/move/``: another date, and why."""
    action = _fetch(request, pk)
    form = MoveForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return _done(
            request,
            lambda: action_services.move(request.user, action, **form.cleaned_data),
            "The date of the action has moved.",
        )
    return _page(request, action, form, "Move the date of an action", "Move the date")


@require_POST
def done_at_school(request, pk):
    """POST ``/shared/actions/<id>/done/``: a lead says what the school took on is done."""
    rows = Action.objects.for_school(request.user).exclude(source_type=MEETING)
    action = get_object_or_404(rows, pk=pk)
    try:
        action_services.done_at_school(request.user, action)
        messages.success(request, "Marked done.")
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
    return redirect("shared_list")


def _fetch(request, pk):
    """An action of one's own or of one's schools; 404 out of scope, 403 when only read.

    What a meeting agreed is followed up on the meeting's own pages.
    """
    action = get_object_or_404(
        Action.objects.visible_to(request.user)
        .exclude(source_type=MEETING)
        .select_related("school", "consultation", "owner_user", "owner_contact", "about"),
        pk=pk,
    )
    allow(policies.may_hand_on(request.user, action))
    return action


def _done(request, act, said):
    try:
        act()
        messages.success(request, said)
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
    return redirect("action_list")


def _page(request, action, form, heading, button):
    [line] = lines_of(request.user, [action], timezone.localdate())
    child = action.about.pupil_id if action.about and not line.is_held_back else None
    basis = "owner" if action.owner_user == request.user else "scope"
    looked(request.user, action, basis=basis, child_id=child)
    return render(
        request,
        "consultations/action_change.html",
        {
            "line": line,
            "form": form,
            "heading": heading,
            "button": button,
            "changes": action.changes.select_related("changed_by"),
            "nav": "home",
        },
    )
