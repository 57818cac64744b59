"""The action plan of a meeting, and following its actions up, on both sides."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import allow
from audit.models import Look
from audit.services import look_of, looked, looked_at_all
from consultations.action_forms import MoveForm
from consultations.action_list import lines_of, school_line
from consultations.models import MEETING, Action
from consultations.services.actions import OUT
from govuk.forms import posted
from interventions.acting import do, unless_late
from panels import action_plan, policies
from panels.action_forms import CommentForm, HandOverForm
from panels.meeting_views import fetch, goers_only, page, too_late
from panels.models import Meeting, MinutedAction
from panels.services import actions as services


@require_GET
def plan(request, pk):
    """``/meetings/<id>/actions/``: who, what, by when, done by whom, what was said of it."""
    meeting = fetch(request, pk)
    show = request.GET.get("show", "")
    show = show if show in action_plan.SHOWS else action_plan.ALL
    found = action_plan.plan_of(request.user, meeting, show)
    basis = policies.basis(request.user, meeting)
    looked_at_all([look_of(request.user, meeting, basis=basis), *found.looks])
    return page(request, "actions/plan", meeting, plan=found, show=show, shows=action_plan.SHOWS)


@require_GET
def across(request):
    """``/meetings/actions/``: of all the meetings one runs; overdue, to do or done lately."""
    goers_only(request)
    show = request.GET.get("show", "")
    show = show if show in action_plan.LISTS else action_plan.OVERDUE
    looked(request.user, Action, Look.LIST, basis="meetings")
    context = {
        "listed": action_plan.actions_across(
            request.user,
            show,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        ),
        "show": show,
        "shows": action_plan.LISTS,
        "nav": "meetings",
    }
    return render(request, "panels/actions/across.html", context)


# --- following one up -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """An action as the viewer reaches it: where it is minuted, and from which side they come."""

    minuted: MinutedAction
    is_school: bool

    @property
    def action(self):
        return self.minuted.action

    @property
    def back(self):
        """Where its words are read."""
        return reverse("shared_list") if self.is_school else reverse("action_list")


def _find(request, pk):
    """The action where the viewer follows it up; Http404 where it is not theirs to see.

    Of several meetings it is minuted in, one they run comes first, then one they see. None for what
    is sent about one that a correction of the minutes took out.
    """
    rows = MinutedAction.objects.filter(action=pk).select_related(
        "meeting",
        "action__school",
        "action__about",
        "action__consultation",
        "action__owner_user",
        "action__owner_contact",
        "action__owner_agency",
    )
    rows = list(rows.order_by("-added_at"))
    this = Action.objects.filter(pk=pk)
    if not rows:
        gone = this.filter(source_type=MEETING)
        is_theirs = gone.visible_to(request.user).exists() or gone.for_school(request.user).exists()
        if request.method == "POST" and is_theirs:
            return None
        raise Http404
    seen = Meeting.objects.visible_to(request.user)
    seen = set(seen.filter(pk__in=[row.meeting_id for row in rows]).values_list("pk", flat=True))
    at = [row for row in rows if row.meeting_id in seen]
    for row in at:
        if policies.may_run(request.user, row.meeting):
            return _Found(row, is_school=False)
    if at or this.visible_to(request.user).exists():
        return _Found((at or rows)[0], is_school=False)
    if this.for_school(request.user).exists():
        return _Found(rows[0], is_school=True)
    raise Http404


@require_POST
def done(request, pk):
    """``/meetings/actions/<id>/done/``: its owner, or who runs the meeting, says it is done."""
    found = _find(request, pk)
    if found is None:
        return _taken_out(request)
    return do(
        request,
        None,
        lambda: services.tick(request.user, found.minuted),
        "Marked done.",
        _there(request, found),
    )


@require_http_methods(["GET", "POST"])
def comment(request, pk):
    """``/meetings/actions/<id>/comment/``: what its owner says of it, for who runs the meeting."""
    found = _find(request, pk)
    if found is None:
        return _taken_out(request)
    allow(policies.may_tick_action(request.user, found.action, found.minuted.meeting))
    form = CommentForm(posted(request))
    if request.method == "POST":
        answered = do(
            request,
            form,
            lambda: services.comment(request.user, found.minuted, form.cleaned_data["text"]),
            "Your comment has been kept. Whoever runs the meeting reads it.",
            _there(request, found),
        )
        if answered:
            return answered
    return _page(request, found, form, "Comment on an action", "Keep the comment")


@require_http_methods(["GET", "POST"])
def hand_over(request, pk):
    """``/meetings/actions/<id>/hand-over/``: to somebody else of the meeting, and why."""
    found = _to_hand_on(request, pk)
    if found is None:
        return _taken_out(request)
    form = HandOverForm(found.minuted, posted(request))
    if request.method == "POST":
        answered = do(
            request,
            form,
            lambda: services.hand_over(
                request.user, found.minuted, form.cleaned_data["reason"], form.owner
            ),
            "The action has been handed over.",
            unless_late(request, form, found.action, _there(request, found)),
        )
        if answered:
            return answered
    return _page(request, found, form, "Hand over an action", "Hand over")


@require_http_methods(["GET", "POST"])
def move(request, pk):
    """``/meetings/actions/<id>/move/``: another date, and why."""
    found = _to_hand_on(request, pk)
    if found is None:
        return _taken_out(request)
    form = MoveForm(posted(request))
    if request.method == "POST":
        answered = do(
            request,
            form,
            lambda: services.move(request.user, found.minuted, **form.cleaned_data),
            "The date of the action has moved.",
            unless_late(request, form, found.action, _there(request, found)),
        )
        if answered:
            return answered
    return _page(request, found, form, "Move the date of an action", "Move the date")


def _to_hand_on(request, pk):
    found = _find(request, pk)
    if found:
        allow(policies.may_hand_on_action(request.user, found.action, found.minuted.meeting))
    return found


def _taken_out(request):
    return too_late(request, OUT, "home")


def _there(request, found):
    """Back to the page the act was asked from, of those the viewer has."""
    back = request.POST.get("back", request.GET.get("back", ""))
    if back == "meeting" and not found.is_school:
        return reverse("meeting_actions", args=[found.minuted.meeting_id])
    if back == "across" and not found.is_school:
        return reverse("meeting_actions_across")
    if back == "school" and found.action.school:
        return found.action.school.get_absolute_url()
    if back == "home":
        return reverse("home")
    return found.back


def _page(request, found, form, heading, button):
    user, action = request.user, found.action
    if found.is_school:
        line = school_line(user, action)
        looks = [
            look_of(user, action, basis="school", child_id=pupil) for pupil in line.pupils or {None}
        ]
        looked_at_all(looks)
    else:
        [line] = lines_of(user, [action], timezone.localdate())
        looked(user, action, basis=policies.basis(user, found.minuted.meeting))
    context = {
        "line": line,
        "form": form,
        "heading": heading,
        "button": button,
        "there": _there(request, found),
        "back": request.POST.get("back", request.GET.get("back", "")),
        "changes": [] if found.is_school else action.changes.select_related("changed_by"),
        "nav": "shared" if found.is_school else "meetings",
    }
    return render(request, "panels/actions/change.html", context)
