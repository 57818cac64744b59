"""The plans that a school leads or was asked to start, as its own people answer for them."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audit.models import Look
from audit.services import looked
from govuk.paging import newest_page
from interventions import plan_page
from interventions.acting import do
from interventions.models import EarlyHelpPlan
from interventions.plan_forms import DeclinedForm, EndPlanForm, StartedForm
from interventions.services import plans
from schools.scope import scope_of

PAGE = 50
NAV = {"nav": "shared_work"}


@require_GET
def shared_plans(request):
    """``/shared/plans/``: what the school was asked for, and the plans it leads; no names."""
    if not scope_of(request.user).reads_shared:
        raise Http404
    theirs = EarlyHelpPlan.objects.at_school_of(request.user)
    answered = plan_page.with_lines(theirs.exclude(starts_on=None, ends_on=None))
    rows, newer, older = newest_page(answered, PAGE, "recorded_at", request)
    looked(request.user, EarlyHelpPlan, Look.LIST, basis="school")
    context = {
        "asked": [plan_page.line_of(plan) for plan in plan_page.with_lines(theirs.asked())],
        "lines": [plan_page.line_of(plan) for plan in rows],
        "newer": newer,
        "older": older,
    }
    return render(request, "interventions/plans/shared_list.html", context | NAV)


@require_GET
def shared_plan(request, pk):
    """``/shared/plans/<id>/``: for whom it is asked, and the school's answer."""
    return _page(request, _fetch(request, pk))


@require_POST
def shared_plan_started(request, pk):
    """POST ``/shared/plans/<id>/started/``: only the school records that it started one."""
    plan = _fetch(request, pk)
    form = StartedForm(request.POST)
    return _answer(
        request,
        plan,
        form,
        lambda: plans.started(request.user, plan, **form.cleaned_data),
        "Thank you. The plan is on record as your school’s.",
        "started",
    )


@require_POST
def shared_plan_declined(request, pk):
    """POST ``/shared/plans/<id>/declined/``: the school will not, and says why."""
    plan = _fetch(request, pk)
    form = DeclinedForm(request.POST)
    return _answer(
        request,
        plan,
        form,
        lambda: plans.declined(request.user, plan, form.cleaned_data["why"]),
        "Thank you. Your link worker reads why.",
        "declined",
    )


@require_POST
def shared_plan_ended(request, pk):
    """POST ``/shared/plans/<id>/ended/``: a plan that the school leads has ended."""
    plan = _fetch(request, pk)
    form = EndPlanForm(request.POST)
    return _answer(
        request,
        plan,
        form,
        lambda: plans.end(request.user, plan, **form.cleaned_data),
        "Thank you. That the plan ended is on record.",
        "ended",
    )


def _fetch(request, pk):
    """A plan of the school's own, or 404: a withheld person finds no trace."""
    theirs = EarlyHelpPlan.objects.at_school_of(request.user)
    return get_object_or_404(
        theirs.select_related("school", "asked_by", "stepped_up_from"),
        pk=pk,
    )


def _answer(request, plan, form, act, said, name):
    there = reverse("shared_plan", args=[plan.pk])
    done = do(request, form, act, said, there) if form.is_valid() else None
    return done or _page(request, plan, **{name: form})


def _page(request, plan, started=None, declined=None, ended=None):
    pupils = plan_page.look_at_shared(request.user, plan)
    context = {
        "plan": plan,
        "pupils": pupils,
        "when": plan_page.when_text(plan),
        "started": started or StartedForm(),
        "declined": declined or DeclinedForm(),
        "ended": ended or EndPlanForm(),
    }
    return render(request, "interventions/plans/shared_plan.html", context | NAV)
