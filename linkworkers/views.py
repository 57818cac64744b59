"""Who supports which school: the allocations of a hub, and its link workers."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from linkworkers import board, forms, policies, services
from linkworkers.acting import do
from linkworkers.comparison import compare
from linkworkers.models import (
    PLACES,
    Allocation,
    AllocationKind,
    CountyAgreement,
    LinkWorker,
)
from schools.doors import council_only
from schools.models import School
from schools.people import leads_of


def _hub_page(hub):
    return f"{reverse('allocations')}?{urlencode({'hub': hub.code})}"


# --- allocations ---------------------------------------------------------------------------


@require_GET
def allocations(request, plans_held):
    """``/allocations/``: one hub's schools with their link workers, gaps first.

    ``plans_held()`` is ``{user id: plans for families}``, which whoever knows of plans hands in.
    """
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
        "carried": board.carried_in([hub], plans_held())[0][1] if hub else [],
        "may_plan_colleges": policies.may_plan(request.user, None),
        "proposals": _proposals(request.user),
        "nav": "allocations",
    }
    return render(request, "linkworkers/allocations.html", context)


def _chosen_hub(hubs, code):
    """The hub asked for, the first of the viewer's without being asked, or None for none."""
    return board.hub_of(hubs, code) if code else next(iter(hubs), None)


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
def allocate(request, urn, plans_held):
    """``/allocations/<urn>/?kind=secondary&with=<id>``: compare, choose, allocate or propose.

    ``plans_held`` as in ``allocations``.
    """
    schools = School.objects.visible_to(request.user).select_related("hub")
    school = get_object_or_404(schools, urn=urn)
    allow(policies.may_allocate(request.user, school))
    comparison = compare(
        school,
        _asked_kind(request),
        asked=request.GET.getlist("with"),
        chosen=request.POST.get("link_worker"),
        plans_held=plans_held(),
    )
    form_class = forms.ProposeForm if school.is_apc else forms.AllocateForm
    form = form_class(request.POST or None, comparison=comparison)
    if request.method == "POST" and form.is_valid():
        act = _propose if school.is_apc else _allocate
        try:
            made = act(request.user, school, form)
        except ValidationError as refused:
            form.add_error(None, refused)
        except TransitionNotAllowed as refused:
            if form.is_done:
                messages.warning(request, str(refused))
                return redirect("allocate", urn)
            form.add_error(None, str(refused))
        else:
            messages.success(request, _made(made))
            return redirect(_hub_page(school.hub))
    context = {
        "school": school,
        "form": form,
        "comparison": comparison,
        "proposals": school.county_agreements.open().with_names(),
        "leads": leads_of(school).order_by("name"),
        "enhanced": school.enhancedsupport_set.filter(ended_at=None)
        .prefetch_related("criteria")
        .first(),
        "feeders": school.feeders.all(),
        "nav": "allocations",
    }
    return render(request, "linkworkers/allocate.html", context)


def _asked_kind(request):
    asked = request.POST.get("kind") or request.GET.get("kind")
    return asked if asked in PLACES else AllocationKind.PRIMARY


def _allocate(user, school, form):
    held = school.allocations.filter(pk=form.cleaned_data["held"]).first()
    move = services.Move(school=school, held=held, **form.facts)
    [made] = services.reallocate(
        user,
        [move],
        agreed_at_meeting=form.cleaned_data["agreed_at_meeting"],
        starts_at=form.starts_at,
    )
    return made


def _propose(user, school, form):
    return services.propose(user, school, **form.facts)


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
        return do(
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
    return do(
        request,
        lambda: services.resume(request.user, allocation),
        f"{allocation.link_worker} supports {allocation.school} again.",
        then=reverse("allocate", args=[allocation.school.urn]),
    )


def _fetch_allocation(request, pk):
    allocations = Allocation.objects.visible_to(request.user).with_names()
    return get_object_or_404(allocations.select_related("school__hub"), pk=pk)


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
    context = {
        "form": form,
        "link_worker": link_worker,
        "keeps_absences": policies.may_keep_absences(request.user, link_worker),
        "may_move_schools": policies.may_move_from(request.user, link_worker),
        "nav": "allocations",
    }
    return render(request, "linkworkers/change.html", context)
