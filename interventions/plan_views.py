"""Early Help Plans on the team's side: whose there are, who holds them, that one ended."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import allow
from audit.models import Look
from audit.services import looked, looked_at_all
from consultations.children import discussable, looks_at
from consultations.models import Area, GuidanceLink
from govuk.forms import posted
from govuk.paging import newest_page
from interventions import plan_page, policies
from interventions.acting import do
from interventions.models import EarlyHelpPlan
from interventions.plan_forms import ChangePlanForm, EndPlanForm, HolderForm, NewPlanForm
from interventions.plan_import import PLANS
from interventions.services import plans
from schools.children import closed_children, notes_open
from schools.doors import ask_for_reason
from schools.import_views import import_page
from schools.models import School

PAGE = 50
NAV = {"nav": "interventions"}


def _staff_only(request):
    if not policies.may_see_plans(request.user):
        raise Http404


def of_open_plan(view):
    """For a view of ``(request, plan)`` about its children (rule 001-58).

    Http404 out of scope; the reason page while one of the children is closed to the viewer.
    """

    @wraps(view)
    def gated(request, pk):
        seen = EarlyHelpPlan.objects.visible_to(request.user).select_related(
            "school",
            "agency",
            "holder",
            "allocated_by",
            "asked_by",
            "recorded_by",
            "stepped_up_from",
        )
        plan = get_object_or_404(seen, pk=pk)
        children = plan.pupils.values_list("pk", flat=True)
        if closed := closed_children(request.user, children):
            return ask_for_reason(request, min(closed))
        return view(request, plan)

    return gated


@require_GET
def plan_list(request):
    """``/plans/``: open, asked of a school, or ended; naming no child."""
    _staff_only(request)
    show = request.GET.get("show", "")
    show = show if show in plan_page.SHOW else "open"
    rows, newer, older = newest_page(
        plan_page.plans_of(request.user, show), PAGE, "recorded_at", request
    )
    looked(request.user, EarlyHelpPlan, Look.LIST, basis="scope")
    context = {
        "lines": [plan_page.line_of(plan) for plan in rows],
        "show": show,
        "show_all": plan_page.SHOW.items(),
        "newer": newer,
        "older": older,
        "may_see_holders": policies.may_see_holders(request.user),
        "may_record": policies.own_schools(request.user).exists(),
    }
    return render(request, "interventions/plans/list.html", context | NAV)


@require_http_methods(["GET", "POST"])
def plan_new(request):
    """``/plans/new/?school=<urn>``: first the school, then for whom and who leads."""
    _staff_only(request)
    if "school" not in request.GET:
        context = {"schools": policies.own_schools(request.user)}
        return render(request, "interventions/plans/choose_school.html", context | NAV)
    school = get_object_or_404(
        School.objects.visible_to(request.user), urn=request.GET["school"][:6]
    )
    allow(policies.may_record_plan(request.user, school))
    pupils = discussable(request.user, school)
    # What a plan says of a child stands on the child's record.
    pupils = pupils.filter(pk__in=notes_open(request.user, pupils.values_list("pk", flat=True)))
    plan = EarlyHelpPlan(school=school, hub_id=school.hub_id)
    manages = policies.may_allocate_plan(request.user, plan)
    form = NewPlanForm(
        posted(request),
        pupils=pupils,
        candidates=plan_page.candidates(plan) if manages else [],
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = plans.start(request.user, school, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The plan is on record.")
            return redirect(made)
    looked_at_all(looks_at(request.user, plan, pupils))
    context = {"school": school, "form": form, "has_children": bool(pupils), "manages": manages}
    return render(request, "interventions/plans/new.html", context | NAV)


@require_GET
@of_open_plan
def plan(request, plan):
    """``/plans/<id>/``: who leads and holds it, since when, where it is kept, how it came."""
    pupils = plan_page.look_at(request.user, plan)
    context = {
        "plan": plan,
        "pupils": pupils,
        "who": plan_page.who_leads(plan),
        "when": plan_page.when_text(plan),
        "guidance": GuidanceLink.objects.filter(area=Area.TARGETED),
        **plan_page.acts_for(request.user, plan),
    }
    return render(request, "interventions/plans/plan.html", context | NAV)


@require_http_methods(["GET", "POST"])
@of_open_plan
def plan_change(request, plan):
    """``/plans/<id>/change/``: another lead, another level, where it is kept."""
    allow(policies.may_keep_plan(request.user, plan))
    gives_up = policies.may_give_up_plan(request.user, plan)
    form = ChangePlanForm(posted(request), plan=plan, gives_up=gives_up)
    return _answer(
        request,
        plan,
        form,
        lambda: plans.change(request.user, plan, **form.cleaned_data),
        "The plan has been changed.",
    ) or _form_page(request, plan, form, "Change the plan", "Save")


@require_http_methods(["GET", "POST"])
@of_open_plan
def plan_allocate(request, plan):
    """``/plans/<id>/allocate/``: to a link worker, at the weekly meeting (rule 001-86)."""
    allow(policies.may_allocate_plan(request.user, plan))
    form = HolderForm(posted(request), candidates=plan_page.candidates(plan))
    return _answer(
        request,
        plan,
        form,
        lambda: plans.allocate(request.user, plan, **form.cleaned_data),
        "The plan has been allocated. Whoever holds it now is told.",
    ) or _form_page(request, plan, form, "Allocate the plan", "Allocate")


@require_http_methods(["GET", "POST"])
@of_open_plan
def plan_end(request, plan):
    """``/plans/<id>/end/``: when and why, and whether the children's status ends too."""
    allow(policies.may_keep_plan(request.user, plan))
    statuses = plans.statuses_of(plan).select_related("kind")
    form = EndPlanForm(posted(request), statuses=statuses)
    return _answer(
        request,
        plan,
        form,
        lambda: plans.end(request.user, plan, **{"with_status": False} | form.cleaned_data),
        "The plan has ended.",
    ) or _form_page(request, plan, form, "End the plan", "End the plan")


@require_GET
def plan_holders(request):
    """``/plans/holders/``: who holds none, who holds more than two (rules 001-84, 001-85)."""
    _staff_only(request)
    allow(policies.may_see_holders(request.user))
    looked(request.user, EarlyHelpPlan, Look.LIST, basis="manager")
    context = {"teams": plan_page.holdings(request.user)}
    return render(request, "interventions/plans/holders.html", context | NAV)


@require_http_methods(["GET", "POST"])
def plans_import(request):
    """``/plans/import/``: the plans that schools lead, at the schools the person reaches."""
    _staff_only(request)
    return import_page(request, PLANS)


def _answer(request, plan, form, act, said):
    """Do it, say so, and go to the plan; None where the form is shown."""
    if plan.ends_on:
        messages.info(request, plans.ENDED)
        return redirect(plan)
    if request.method != "POST" or not form.is_valid():
        return None
    return do(request, form, act, said, plan)


def _form_page(request, plan, form, title, button):
    pupils = plan_page.look_at(request.user, plan)
    context = {"plan": plan, "pupils": pupils, "form": form, "title": title, "button": button}
    return render(request, "interventions/plans/form.html", context | NAV)
