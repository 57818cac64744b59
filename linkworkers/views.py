"""Who supports which school: the allocations of a hub, proposals, link workers and conflicts."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import current
from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from audit.services import looked
from linkworkers import board, forms, policies, services
from linkworkers.comparison import candidates_for
from linkworkers.models import Allocation, AllocationKind, CountyAgreement, LinkWorker
from schools.doors import council_only
from schools.models import OwnChildConflict, School

# A list to pick a school from; whoever sees this many types more of the name.
MOST_FOUND = 20


def _hub_page(hub):
    return f"{reverse('allocations')}?{urlencode({'hub': hub.code})}"


# --- allocations ---------------------------------------------------------------------------


@require_GET
def allocations(request):
    """``/allocations/``: one hub's schools with their link workers, gaps first."""
    council_only(request)
    allow(policies.may_see_allocations(request.user))
    hubs = board.hubs_of(request.user)
    hub = _chosen_hub(hubs, request.GET.get("hub"))
    find = forms.FindForm(request.GET)
    words = find.cleaned_data["find"] if find.is_valid() else ""
    groups = board.board_of(hub, request.user, words) if hub and find.is_valid() else []
    context = {
        "hub": hub,
        "hubs": hubs,
        "find": find,
        "words": words,
        "groups": groups,
        "gaps": board.gaps_in(groups),
        "loads": board.loads_of(hub) if hub else [],
        "proposals": _proposals(request.user),
        "nav": "allocations",
    }
    return render(request, "linkworkers/allocations.html", context)


def _chosen_hub(hubs, code):
    """The hub asked for, the first of the viewer's without being asked, or None for none."""
    if not code:
        return next(iter(hubs), None)
    for hub in hubs:
        if hub.code == code:
            return hub
    raise Http404


def _proposals(user):
    """``[(agreement, whether it waits for the viewer), …]``, what waits for them first."""
    agreements = CountyAgreement.objects.visible_to(user).open().with_names()
    rows = [
        (
            agreement,
            any(a.manager_id == user.pk and a.agrees is None for a in agreement.answers.all()),
        )
        for agreement in agreements.prefetch_related("answers")
    ]
    return sorted(rows, key=lambda row: not row[1])


@require_http_methods(["GET", "POST"])
def allocate(request, urn):
    """``/allocations/<urn>/``: compare, choose and allocate; propose, for a county college."""
    schools = School.objects.visible_to(request.user).select_related("hub")
    school = get_object_or_404(schools, urn=urn)
    allow(policies.may_allocate(request.user, school))
    act, form_class = (
        (services.propose, forms.ProposeForm)
        if school.is_apc
        else (services.allocate, forms.AllocateForm)
    )
    form = form_class(request.POST or None, initial={"kind": _asked_kind(request)})
    if request.method == "POST" and form.is_valid():
        try:
            made = act(request.user, school, **form.facts)
        except ValidationError as refused:
            form.add_error(None, refused)
        except TransitionNotAllowed as too_late:
            messages.warning(request, str(too_late))
            return redirect("allocate", urn)
        else:
            messages.success(request, _made(made))
            return redirect(_hub_page(school.hub))
    candidates = candidates_for(school)
    conflicted = {c.link_worker.pk for c in candidates if c.has_conflict}
    context = {
        "school": school,
        "form": form,
        "held": [
            (held, bool(held.suspended_at) and held.link_worker_id not in conflicted)
            for held in school.allocations.not_ended().with_names().primary_first()
        ],
        "proposals": school.county_agreements.open().with_names(),
        "own_hub": [c for c in candidates if c.link_worker.hub_id == school.hub_id],
        "other_hubs": [c for c in candidates if c.link_worker.hub_id != school.hub_id],
        "nav": "allocations",
    }
    return render(request, "linkworkers/allocate.html", context)


def _asked_kind(request):
    asked = request.GET.get("kind")
    return asked if asked in AllocationKind.values else None


def _made(made):
    """What an allocation or a proposal has come to, as a sentence."""
    who, school, kind = made.link_worker, made.school, made.get_kind_display().lower()
    if isinstance(made, CountyAgreement) and made.allocation_id is None:
        return f"{who} has been proposed. Every team manager has been asked to agree."
    if isinstance(made, Allocation) and not made.has_begun:
        return f"{who} will be the {kind} link worker of {school}."
    return f"{who} is now the {kind} link worker of {school}."


@require_http_methods(["GET", "POST"])
def end(request, pk):
    """``/allocations/<id>/end/``: say why, and end it."""
    allocation = _fetch_allocation(request, pk)
    allow(policies.may_allocate(request.user, allocation.school))
    form = forms.EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _act(
            request,
            lambda: services.end(request.user, allocation, **form.cleaned_data),
            f"{allocation.link_worker}’s allocation has ended.",
            then=reverse("allocate", args=[allocation.school.urn]),
        )
    if allocation.has_ended:
        messages.warning(request, "This allocation has already ended.")
        return redirect("allocate", allocation.school.urn)
    context = {"allocation": allocation, "form": form, "nav": "allocations"}
    return render(request, "linkworkers/end.html", context)


@require_POST
def resume(request, pk):
    """``/allocations/<id>/resume/``: a suspended allocation, once no conflict stands."""
    allocation = _fetch_allocation(request, pk)
    return _act(
        request,
        lambda: services.resume(request.user, allocation),
        f"{allocation.link_worker} supports {allocation.school} again.",
        then=reverse("allocate", args=[allocation.school.urn]),
    )


def _fetch_allocation(request, pk):
    allocations = Allocation.objects.visible_to(request.user).with_names()
    return get_object_or_404(allocations.select_related("school__hub"), pk=pk)


def _act(request, act, done, then):
    """Do it and say so, or say why it is too late; then go on to ``then``."""
    try:
        act()
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, done)
    return redirect(then)


# --- county agreements ---------------------------------------------------------------------


@require_GET
def agreement(request, pk):
    """``/allocations/agreements/<id>/``: what is proposed, and who has answered."""
    return _agreement_page(request, _fetch_agreement(request, pk), forms.ObjectForm())


@require_POST
def agree(request, pk):
    """``/allocations/agreements/<id>/agree/``."""
    agreement = _fetch_agreement(request, pk)
    return _act(
        request,
        lambda: services.agree(request.user, agreement),
        "You have agreed.",
        then=reverse("agreement", args=[pk]),
    )


@require_POST
def object_to(request, pk):
    """``/allocations/agreements/<id>/object/``: with a reason."""
    agreement = _fetch_agreement(request, pk)
    form = forms.ObjectForm(request.POST)
    if not form.is_valid():
        return _agreement_page(request, agreement, form)
    return _act(
        request,
        lambda: services.object_to(request.user, agreement, **form.cleaned_data),
        "You have objected. The proposal is closed.",
        then=reverse("agreement", args=[pk]),
    )


@require_POST
def withdraw(request, pk):
    """``/allocations/agreements/<id>/withdraw/``."""
    agreement = _fetch_agreement(request, pk)
    return _act(
        request,
        lambda: services.withdraw(request.user, agreement),
        "The proposal has been withdrawn.",
        then=reverse("agreement", args=[pk]),
    )


def _fetch_agreement(request, pk):
    agreements = CountyAgreement.objects.visible_to(request.user).with_names()
    return get_object_or_404(agreements, pk=pk)


def _agreement_page(request, agreement, form):
    answers = list(agreement.answers.select_related("manager"))
    own = next((answer for answer in answers if answer.manager_id == request.user.pk), None)
    context = {
        "agreement": agreement,
        "answers": answers,
        "form": form,
        "may_answer": agreement.is_open
        and policies.may_answer(request.user, own)
        and own.agrees is None,
        "may_withdraw": agreement.is_open and policies.may_withdraw(request.user, agreement),
        "nav": "allocations",
    }
    return render(request, "linkworkers/agreement.html", context)


# --- link workers --------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def change(request, pk):
    """``/link-workers/<id>/change/``: hub, line manager and working pattern."""
    council_only(request)
    link_worker = get_object_or_404(LinkWorker.objects.with_names(), pk=pk)
    allow(policies.may_change(request.user, link_worker))
    facts = ("hub", "line_manager", "fte", "working_days")
    form = forms.LinkWorkerForm(
        request.POST or None, initial={fact: getattr(link_worker, fact) for fact in facts}
    )
    if request.method == "POST" and form.is_valid():
        services.change(request.user, link_worker, **form.cleaned_data)
        messages.success(request, f"{link_worker} has been changed.")
        return redirect(
            _hub_page(link_worker.hub) if policies.may_see_allocations(request.user) else "/"
        )
    context = {"form": form, "link_worker": link_worker, "nav": "allocations"}
    return render(request, "linkworkers/change.html", context)


# --- conflicts -----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def conflicts(request):
    """``/conflicts/``: one's own declarations and, for managers, their team's.

    A POST only looks for the school, so that no address says where somebody's child goes.
    """
    council_only(request)
    form = forms.FindSchoolForm(request.POST or None, team=policies.team_of(request.user))
    found = []
    if form.is_valid():
        found = School.objects.open().matching(form.cleaned_data["find"])[: MOST_FOUND + 1]
    return _conflicts_page(request, form, list(found))


@require_POST
def declare(request):
    """``/conflicts/declare/``: at the school that was found."""
    council_only(request)
    team = policies.team_of(request.user)
    form = forms.DeclareForm(request.POST, team=team)
    if not form.is_valid():
        messages.warning(request, "Look for the school and choose it from the list.")
        return redirect("conflicts")
    school, person = form.cleaned_data["school"], form.cleaned_data["person"]
    return _act(
        request,
        lambda: services.declare_conflict(request.user, school, person),
        "The conflict has been declared. Only managers see it.",
        then=reverse("conflicts"),
    )


@require_POST
def withdraw_conflict(request, pk):
    """``/conflicts/<id>/withdraw/``: the child no longer attends."""
    council_only(request)
    conflict = get_object_or_404(policies.conflicts_open_to(request.user), pk=pk)
    return _act(
        request,
        lambda: services.withdraw_conflict(request.user, conflict),
        "The conflict has been withdrawn.",
        then=reverse("conflicts"),
    )


def _conflicts_page(request, form, found):
    looked(request.user, OwnChildConflict, Look.LIST, basis=policies.basis(request.user))
    declared = policies.conflicts_open_to(request.user).filter(current())
    context = {
        "form": form,
        "found": found[:MOST_FOUND],
        "has_more": len(found) > MOST_FOUND,
        "person": getattr(form, "cleaned_data", {}).get("person"),
        "conflicts": declared.select_related("user", "school").order_by(
            "user__name", "school__name"
        ),
    }
    return render(request, "linkworkers/conflicts.html", context)
