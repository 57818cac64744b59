"""What a school gets beside its link workers: agreed, logged, entered, decided and reviewed."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from audit.services import looked
from linkworkers import policies, services, suggestions
from linkworkers import support_forms as forms
from linkworkers.models import Crisis, EnhancedSupport, SupportCriterion
from linkworkers.support_notices import deciders
from schools.doors import register_readers_only
from schools.forms import PlaceForm
from schools.models import School


def _fetch_school(request, urn):
    """A school whose support the viewer may see, or 404."""
    school = _in_register(request, urn)
    if not policies.may_see_support(request.user, school):
        raise Http404
    return school


def _in_register(request, urn):
    schools = School.objects.visible_to(request.user).select_related("hub")
    return get_object_or_404(schools, urn=urn)


def _saved(request, form, act, done, then):
    """The redirect after the form's act, done or too late; None while the form is to be shown.

    ``act`` takes nothing; what it refuses in a field stands beside that field.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        act()
    except ValidationError as refused:
        form.add_error(None, refused)
        return None
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, done)
    return redirect(then)


def _page(request, name, school, form, **context):
    context |= {"school": school, "form": form, "nav": "schools"}
    context["back"] = school.get_absolute_url()
    return render(request, f"linkworkers/support/{name}.html", context)


# --- presence ------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def agree_presence(request, urn):
    """``/schools/<urn>/presence/``: type and frequency agreed with the school's leaders."""
    school = _fetch_school(request, urn)
    allow(policies.may_decide_support(request.user, school))
    agreed = list(school.presence_set.select_related("agreed_by"))
    now = next((presence for presence in agreed if presence.ended_at is None), None)
    initial = {"kind": now.kind, "frequency": now.frequency} if now else {}
    form = forms.PresenceForm(request.POST or None, initial=initial)
    return _saved(
        request,
        form,
        lambda: services.agree_presence(request.user, school, **form.cleaned_data),
        "The agreed presence has been saved.",
        then=school,
    ) or _page(request, "presence", school, form, agreed=agreed)


@require_http_methods(["GET", "POST"])
def log_visit(request, urn):
    """``/schools/<urn>/visits/``: "I was here today", or on a day of the last weeks."""
    school = _fetch_school(request, urn)
    allow(policies.may_log_visit(request.user, school))
    form = forms.VisitForm(request.POST or None)
    return _saved(
        request,
        form,
        lambda: services.log_visit(request.user, school, **form.cleaned_data),
        "Your visit has been logged.",
        then=school,
    ) or _page(request, "visits", school, form, visits=_recent_visits(school))


def _recent_visits(school):
    since = timezone.localdate() - timedelta(weeks=services.VISIT_WEEKS)
    return school.visit_set.filter(day__gte=since).select_related("by")


@require_POST
def remove_visit(request, urn, pk):
    """``/schools/<urn>/visits/<id>/remove/``: one's own, on the day it was logged."""
    school = _fetch_school(request, urn)
    try:
        services.remove_visit(request.user, school, pk)
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, "Your visit has been removed.")
    return redirect(school)


# --- crisis response -----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def enter_crisis(request, urn):
    """``/schools/<urn>/crisis/``: tell the managers of an incident at once."""
    school = _in_register(request, urn)
    if not policies.may_enter_crisis(request.user, school):
        raise Http404
    now = timezone.localtime()
    form = forms.CrisisForm(
        request.POST or None, initial={"happened_on": now.date(), "happened_time": now.time()}
    )
    return _saved(
        request,
        form,
        lambda: services.enter_crisis(request.user, school, **form.facts),
        "The crisis response has been entered. " + _who_was_told(school, request.user)
        if request.method == "POST"
        else "",
        then=school,
    ) or _page(request, "crisis_enter", school, form)


def _who_was_told(school, by):
    if deciders(school, by).exists():
        return f"The managers of {school.name} have been told."
    return "There is no other manager to tell: ring a manager of the team yourself, now."


@require_GET
def crisis(request, pk):
    """``/crises/<id>/``: what happened, and what was decided."""
    return _crisis_page(request, _fetch_crisis(request, pk), forms.CrisisDecisionForm())


@require_POST
def decide_crisis(request, pk):
    """``/crises/<id>/decide/``: whether more people are sent, and what is done."""
    crisis = _fetch_crisis(request, pk)
    allow(policies.may_decide_support(request.user, crisis.school))
    form = forms.CrisisDecisionForm(request.POST)
    return _saved(
        request,
        form,
        lambda: services.decide_crisis(request.user, crisis, **form.cleaned_data),
        "The decision has been saved.",
        then=reverse("crisis", args=[pk]),
    ) or _crisis_page(request, crisis, form)


def _fetch_crisis(request, pk):
    crises = Crisis.objects.visible_to(request.user)
    return get_object_or_404(
        crises.select_related("school__hub", "entered_by", "decided_by"), pk=pk
    )


def _crisis_page(request, crisis, form):
    user, school = request.user, crisis.school
    looked(user, crisis, basis=policies.basis_at(user, school))
    may_decide = not crisis.is_decided and policies.may_decide_support(user, school)
    return _page(request, "crisis", school, form, crisis=crisis, may_decide=may_decide)


# --- enhanced support ----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def enhance(request, urn):
    """``/schools/<urn>/enhanced-support/``: decide it, with criteria, reason and review."""
    school = _fetch_school(request, urn)
    allow(policies.may_decide_support(request.user, school))
    form = forms.EnhanceForm(request.POST or None)
    return _saved(
        request,
        form,
        lambda: services.enhance(request.user, school, **form.cleaned_data),
        f"{school.name} gets enhanced support.",
        then=school,
    ) or _page(request, "enhance", school, form)


@require_http_methods(["GET", "POST"])
def review(request, pk):
    """``/enhanced-support/<id>/review/``: let it go on until another day, or end it."""
    supports = EnhancedSupport.objects.visible_to(request.user)
    support = get_object_or_404(supports.select_related("school__hub", "decided_by"), pk=pk)
    school = support.school
    allow(policies.may_decide_support(request.user, school))
    if request.method == "GET" and support.ended_at is not None:
        messages.warning(request, f"The decision on {school} was reviewed or ended meanwhile.")
        return redirect(school)
    form = forms.ReviewForm(
        request.POST or None, support=support, initial={"criteria": support.criteria.all()}
    )
    return _saved(
        request,
        form,
        lambda: services.review(request.user, support, **form.cleaned_data),
        f"The review of {school.name} has been saved.",
        then=school,
    ) or _page(request, "review", school, form, support=support)


# --- take-up -------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def log_attempt(request, urn):
    """``/schools/<urn>/attempts/``: an attempt to engage, or a contact, in few fields."""
    school = _fetch_school(request, urn)
    form = forms.AttemptForm(request.POST or None, initial={"day": timezone.localdate()})
    return _saved(
        request,
        form,
        lambda: services.log_attempt(request.user, school, **form.cleaned_data),
        "Your contact with the school has been logged.",
        then=school,
    ) or _page(request, "attempt", school, form)


@require_http_methods(["GET", "POST"])
def adjust_focus(request, urn):
    """``/schools/<urn>/focus/``: a manager's decision, in their words."""
    school = _fetch_school(request, urn)
    allow(policies.may_decide_support(request.user, school))
    form = forms.FocusForm(request.POST or None)
    return _saved(
        request,
        form,
        lambda: services.adjust_focus(request.user, school, **form.cleaned_data),
        "Your decision has been saved.",
        then=school,
    ) or _page(
        request, "focus", school, form, decided=school.focus_set.select_related("decided_by")
    )


# --- criteria ------------------------------------------------------------------------------


@require_GET
def criteria(request):
    """``/support-criteria/``: why a school may need enhanced support, in the council's words."""
    _keeps_criteria(request)
    context = {
        "criteria": [
            (criterion, suggestions.when_suggested(criterion))
            for criterion in SupportCriterion.objects.all()
        ],
        "nav": "geographies",
    }
    return render(request, "linkworkers/support/criteria.html", context)


@require_http_methods(["GET", "POST"])
def add_criterion(request):
    """``/support-criteria/add/``."""
    _keeps_criteria(request)
    form = forms.CriterionForm(request.POST or None)
    return _save_criterion(
        request,
        form,
        lambda: services.add_criterion(request.user, **form.cleaned_data),
        "Add a criterion",
    )


@require_http_methods(["GET", "POST"])
def change_criterion(request, pk):
    """``/support-criteria/<id>/``: rename it, or stop using it."""
    _keeps_criteria(request)
    criterion = get_object_or_404(SupportCriterion, pk=pk)
    form = forms.CriterionChangeForm(
        request.POST or None, initial={"name": criterion.name, "is_used": criterion.is_used}
    )
    return _save_criterion(
        request,
        form,
        lambda: services.change_criterion(request.user, criterion, **form.cleaned_data),
        "Change a criterion",
    )


def _save_criterion(request, form, act, title):
    done, then = "The criterion has been saved.", reverse("support_criteria")
    context = {"form": form, "title": title, "back": then, "nav": "geographies"}
    return _saved(request, form, act, done, then) or render(
        request, "linkworkers/support/criterion.html", context
    )


@require_POST
def raise_criterion(request, pk):
    """``/support-criteria/<id>/raise/``: up by one place, from where it was seen."""
    _keeps_criteria(request)
    criterion = get_object_or_404(SupportCriterion, pk=pk)
    form = PlaceForm(request.POST)
    if form.is_valid():
        services.raise_criterion(request.user, criterion, form.cleaned_data["place"])
    return redirect("support_criteria")


def _keeps_criteria(request):
    register_readers_only(request)
    allow(policies.may_edit_criteria(request.user))
