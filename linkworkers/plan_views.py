"""Plan who holds what: ask, wait, read what was found, plan again, apply."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from audit.services import looked
from linkworkers import board, planning, policies, services
from linkworkers.models import AllocationPlan, PlanState
from linkworkers.plan_forms import ApplyForm, CountyApplyForm, WishesForm
from linkworkers.plan_page import PlanPage, is_lost, wishes_of
from linkworkers.plan_words import Words
from schools.doors import council_only

# Earlier plans that the page offers to open again.
EARLIER = 5


@require_http_methods(["GET", "POST"])
def plan(request, plans_held):
    """``/allocations/plan/?hub=<code>``: ask for a plan; without a hub, of the colleges.

    ``plans_held()`` is ``{user id: plans for families}``, which whoever knows of plans hands in.
    """
    council_only(request)
    allow(policies.may_see_allocations(request.user))
    hub = _asked_hub(request)
    allow(policies.may_plan(request.user, hub))
    form = WishesForm(request.POST or None, user=request.user, hub=hub)
    if request.method == "POST" and form.is_valid():
        made = services.plan(request.user, hub, form.wishes, plans_held())
        return redirect("plan_result", made.pk)
    plans = AllocationPlan.objects.visible_to(request.user).filter(hub=hub)
    context = {
        "hub": hub,
        "form": form,
        "earlier": plans.select_related("asked_by")[:EARLIER],
        "nav": "allocations",
    }
    return render(request, "linkworkers/plan_new.html", context)


def _asked_hub(request):
    code = request.GET.get("hub")
    return board.hub_of(board.hubs_of(request.user), code) if code else None


@require_GET
def result(request, pk):
    """``/allocations/plan/<id>/``: what was found, what stands in the way, or please wait."""
    plan = _fetch(request, pk)
    if plan.state == PlanState.WAITING:
        context = {"plan": plan, "is_lost": is_lost(plan), "nav": "allocations"}
        return render(request, "linkworkers/plan_waiting.html", context)
    looked(request.user, plan, basis=policies.basis(request.user))
    return _page(request, plan)


@require_GET
def state(request, pk):
    """``/allocations/plan/<id>/state/``: ``{"state": "waiting"}``, for the page that waits."""
    return JsonResponse({"state": _fetch(request, pk).state})


@require_POST
def again(request, pk, plans_held):
    """``/allocations/plan/<id>/again/``: a new plan, with the wishes of this page.

    ``plans_held`` as in ``plan``. Where no plan holds, ``leave`` asks to plan the other schools
    and leave those as they are.
    """
    plan = _fetch(request, pk)
    allow(policies.may_plan(request.user, plan.hub))
    if plan.state == PlanState.WAITING:
        made = services.plan(request.user, plan.hub, plan.wishes, plans_held())
        return redirect("plan_result", made.pk)
    form = WishesForm(request.POST, user=request.user, hub=plan.hub, plan=plan)
    if not form.is_valid():
        return _page(request, plan, form)
    wishes = form.wishes
    if "leave" in request.POST and plan.state == PlanState.IMPOSSIBLE:
        stuck = {clash["school"] for clash in plan.outcome["clashes"] if clash["school"]}
        wishes["leave"] = sorted(stuck.union(wishes["leave"]))
    made = services.plan(request.user, plan.hub, wishes, plans_held())
    return redirect("plan_result", made.pk)


@require_POST
def apply(request, pk):
    """``/allocations/plan/<id>/apply/``: make the moves, if they are what the page wishes."""
    plan = _fetch(request, pk)
    allow(policies.may_plan(request.user, plan.hub))
    if plan.state != PlanState.READY:
        # Whoever presses twice finds the moves made, as they wished.
        if plan.state != PlanState.APPLIED:
            messages.warning(request, "There is no plan to apply yet. Look at it first.")
        return redirect("plan_result", pk)
    wishes = WishesForm(request.POST, user=request.user, hub=plan.hub, plan=plan)
    applied = _apply_form(plan)(request.POST)
    if not (wishes.is_valid() & applied.is_valid()):
        return _page(request, plan, wishes, applied)
    if wishes.differs:
        wishes.add_error(None, "You wish for something else now. Plan again, then apply the moves")
        return _page(request, plan, wishes, applied)
    try:
        services.apply(request.user, plan, **applied.facts)
    except ValidationError as refused:
        applied.add_error(None, refused)
        return _page(request, plan, wishes, applied)
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, _done(plan))
    return redirect("plan_result", pk)


def _done(plan):
    if plan.hub is None:
        return "The moves have been proposed. Each takes effect when every team manager agrees."
    return "The moves have been made. Everyone they concern is told."


def _fetch(request, pk):
    plans = AllocationPlan.objects.visible_to(request.user)
    plan = get_object_or_404(plans.select_related("hub", "asked_by", "applied_by"), pk=pk)
    return planning.as_seen_by(request.user, plan)


def _apply_form(plan):
    return CountyApplyForm if plan.hub is None else ApplyForm


def _page(request, plan, form=None, applied=None):
    """A plan that was found, or why none holds, with the forms as they stand."""
    user = request.user
    context = {"plan": plan, "nav": "allocations", "back": _allocations_of(plan.hub)}
    if plan.state != PlanState.APPLIED:
        form = form or WishesForm(user=user, hub=plan.hub, plan=plan)
        context |= {"form": form, "applied_form": applied or _apply_form(plan)()}
    if plan.state == PlanState.IMPOSSIBLE:
        words = Words(plan)
        context |= {
            "clashes": words.clashes(),
            "wishes": wishes_of(form, words),
            "left": [words.school(key) for key in plan.wishes.get("leave", [])],
            "may_leave": any(clash["school"] for clash in plan.outcome["clashes"]),
        }
        return render(request, "linkworkers/plan_impossible.html", context)
    page = PlanPage(plan, form)
    context |= {
        "page": page,
        "wishes": wishes_of(form, page.words) if form else [],
        "left": [page.words.school(key) for key in plan.wishes.get("leave", [])],
        "may_apply": plan.state == PlanState.READY
        and plan.is_whole
        and policies.may_apply(user, page.schools),
        "may_record_meeting": policies.may_record_meeting(user),
    }
    return render(request, "linkworkers/plan.html", context)


def _allocations_of(hub):
    query = f"?{urlencode({'hub': hub.code})}" if hub else ""
    return reverse("allocations") + query
