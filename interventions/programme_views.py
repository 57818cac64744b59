"""Programmes and the cases triaged against their criteria."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import allow
from audit.services import looked, looked_at_all
from consultations.children import discussable, looks_at
from interventions import policies, programme_forms, triage
from interventions.acting import do
from interventions.models import CaseState, Programme, ProgrammeCase, Side
from interventions.services import programmes
from schools.calendar import calendars_of
from schools.children import Door, basis_of, door_of
from schools.doors import ask_for_reason
from schools.models import School

NAV = {"nav": "interventions"}
# How many cases a programme's page shows of those decided.
LATELY = 50


@require_GET
def programme_list(request):
    """``/interventions/programmes/``: those that run, and those that are over."""
    _staff_only(request)
    today = timezone.localdate()
    every = list(Programme.objects.all())
    context = {
        "running": [p for p in every if p.ends_on is None or p.ends_on >= today],
        "over": [p for p in every if p.ends_on and p.ends_on < today],
        "may_keep": policies.may_keep_programmes(request.user),
    }
    return render(request, "interventions/programmes/list.html", context | NAV)


@require_http_methods(["GET", "POST"])
def programme_add(request):
    """``/interventions/programmes/new/``: with the criteria of a preset, or none."""
    _staff_only(request)
    allow(policies.may_keep_programmes(request.user))
    preset = triage.PRESETS["return"]
    form = programme_forms.NewProgrammeForm(
        request.POST or None,
        initial={
            "preset": "return",
            "name": preset.name,
            "about": preset.about,
            "starts_on": timezone.localdate(),
            "pathways": "\n".join(preset.pathways),
        },
    )
    if request.method == "POST" and form.is_valid():
        facts = {name: value for name, value in form.cleaned_data.items() if name != "preset"}
        programme = programmes.add_programme(request.user, facts, form.cleaned_data["preset"])
        messages.success(request, f"{programme} has been set up.")
        return redirect(programme)
    return _form_page(request, form, "Set up a programme", reverse("programmes"))


@require_http_methods(["GET", "POST"])
def programme_change(request, pk):
    """``/interventions/programmes/<id>/change/``."""
    programme = _fetch(request, pk)
    allow(policies.may_keep_programmes(request.user))
    form = programme_forms.ProgrammeForm(request.POST or None, programme=programme)
    if request.method == "POST" and form.is_valid():
        programmes.change_programme(request.user, programme, form.cleaned_data)
        messages.success(request, "The programme has been changed.")
        return redirect(programme)
    return _form_page(request, form, f"Change {programme}", programme.get_absolute_url())


@require_http_methods(["GET", "POST"])
def criterion(request, pk, criterion_pk=None):
    """``…/criteria/new/`` and ``…/criteria/<id>/``: add a rule, or change one."""
    programme = _fetch(request, pk)
    allow(policies.may_keep_programmes(request.user))
    rule = get_object_or_404(programme.criteria, pk=criterion_pk) if criterion_pk else None
    form = programme_forms.CriterionForm(request.POST or None, criterion=rule)
    if request.method == "POST" and form.is_valid():
        programmes.save_criterion(request.user, programme, form.cleaned_data, rule)
        messages.success(request, "The criterion has been saved.")
        return redirect(programme)
    title = "Change a criterion" if rule else "Add a criterion"
    return _form_page(request, form, title, programme.get_absolute_url())


@require_GET
def programme(request, pk):
    """``/interventions/programmes/<id>/``: its criteria and the cases, without a child's name."""
    found = _fetch(request, pk)
    cases = (
        ProgrammeCase.objects.visible_to(request.user)
        .filter(programme=found)
        .select_related("school", "pupil")
    )
    today = timezone.localdate()
    context = {
        "programme": found,
        "sides": _by_side(found.criteria.filter(is_used=True)),
        "unused": found.criteria.filter(is_used=False),
        "waiting": _waiting(cases.waiting()),
        "decided": cases.exclude(state=CaseState.WAITING).order_by("-decided_at")[:LATELY],
        "may_keep": policies.may_keep_programmes(request.user),
        "may_ask": policies.own_schools(request.user).exists() and found.runs_on(today),
    }
    return render(request, "interventions/programmes/programme.html", context | NAV)


@require_http_methods(["GET", "POST"])
def case_ask(request, pk):
    """``/interventions/programmes/<id>/ask/``: first the school, then the child and who asked."""
    found = _fetch(request, pk)
    if "school" not in request.GET:
        context = {"programme": found, "schools": policies.own_schools(request.user)}
        return render(request, "interventions/programmes/choose_school.html", context | NAV)
    schools = School.objects.visible_to(request.user)
    school = get_object_or_404(schools, urn=request.GET["school"][:6])
    allow(policies.may_request(request.user, school))
    pupils = list(discussable(request.user, school))
    form = programme_forms.AskForm(request.POST or None, pupils=pupils)
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: programmes.ask(request.user, found, school=school, **form.cleaned_data),
            "The case waits for triage.",
            lambda case: reverse("programme_case", args=[case.pk]) if case else found,
        )
        if done:
            return done
    looked_at_all(looks_at(request.user, found, pupils))
    context = {"programme": found, "school": school, "form": form, "pupils": pupils}
    return render(request, "interventions/programmes/ask.html", context | NAV)


@require_http_methods(["GET", "POST"])
def programme_case(request, pk):
    """``/interventions/programmes/cases/<id>/``: triage, or what was decided; the child's gate."""
    cases = ProgrammeCase.objects.visible_to(request.user).select_related(
        "programme", "pupil", "school", "recorded_by", "decided_by", "intervention"
    )
    case = get_object_or_404(cases, pk=pk)
    door = door_of(request.user, case.pupil)
    if door is Door.REASON:
        return ask_for_reason(request, case.pupil_id)
    if door is not Door.NOTES:
        raise Http404
    may_triage = case.state == CaseState.WAITING and policies.may_triage(request.user, case)
    criteria = list(case.programme.criteria.filter(is_used=True))
    evidence = triage.evidence_for(case, criteria)
    form = programme_forms.TriageForm(
        request.POST or None, criteria=criteria, pathways=case.programme.pathways
    )
    if request.method == "POST":
        allow(policies.may_triage(request.user, case))
        if form.is_valid() and (done := _decided(request, case, form, evidence)):
            return done
    basis, reason = basis_of(request.user, case.pupil)
    looked(request.user, case, basis=basis, child_id=case.pupil_id, reason=reason)
    context = {
        "case": case,
        "form": form,
        "questions": _questions(form, evidence),
        "answers": case.answers.select_related("criterion"),
        "may_triage": may_triage,
    }
    return render(request, "interventions/programmes/case.html", context | NAV)


def _decided(request, case, form, evidence):
    """The answer after the act of a valid form; None where it refused a field."""
    answers = {c: (reply, evidence[c.pk]) for c, reply in form.replies.items()}
    reason = form.cleaned_data["reason"]
    if form.cleaned_data["decision"] == programme_forms.ACCEPT:
        act = partial(programmes.accept, request.user, case, answers, reason)
        said = "Accepted. The work waits to be allocated."
    else:
        pathway = form.chosen_pathway
        act = partial(programmes.redirect, request.user, case, answers, reason, pathway)
        said = f"Redirected to: {pathway}."
    return do(request, form, act, said, reverse("programme_case", args=[case.pk]))


def _staff_only(request):
    if not policies.may_see_programmes(request.user):
        raise Http404


def _fetch(request, pk):
    _staff_only(request)
    return get_object_or_404(Programme, pk=pk)


def _waiting(cases):
    """``[(ProgrammeCase, school days since it was asked for)]``, the longest waiting first."""
    cases, today = list(cases), timezone.localdate()
    calendars = calendars_of({case.school_id for case in cases})
    return [(c, calendars[c.school_id].school_days_since(c.asked_on, today)) for c in cases]


def _by_side(criteria):
    """``[(side in words, [Criterion])]``, in scope first."""
    criteria = list(criteria)
    return [(side.label, [c for c in criteria if c.side == side]) for side in Side]


def _questions(form, evidence):
    """``[(side in words, [(bound field, evidence)])]`` of the triage."""
    return [
        (side, [(form.question(c), evidence[c.pk]) for c in criteria])
        for side, criteria in _by_side(form.criteria)
    ]


def _form_page(request, form, title, back):
    context = {"form": form, "title": title, "back": back}
    return render(request, "form_page.html", context | NAV)
