"""Move the schools of a link worker who leaves or moves: choose, check, confirm."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import TransitionNotAllowed, allow
from govuk.words import date_of, listed
from linkworkers import board, policies, services
from linkworkers.models import LinkWorker
from linkworkers.reallocation import Reallocation
from linkworkers.reallocation_forms import ReallocateForm, gone_from
from schools.doors import council_only


@require_GET
def reallocations(request, plans_held):
    """``/allocations/move/``: whose schools move; ``plans_held()`` is ``{user id: plans}``."""
    council_only(request)
    allow(policies.may_see_allocations(request.user))
    context = {
        "teams": board.carried_in(board.hubs_of(request.user), plans_held()),
        "nav": "allocations",
    }
    return render(request, "linkworkers/reallocations.html", context)


@require_http_methods(["GET", "POST"])
def reallocate(request, pk, plans_held):
    """``/link-workers/<id>/move/``: to whom each school goes; checked, then confirmed.

    ``plans_held()`` is ``{user id: plans for families}``.
    """
    council_only(request)
    link_worker = get_object_or_404(LinkWorker.objects.with_names(), pk=pk)
    allow(policies.may_see_allocations(request.user))
    reallocation = Reallocation(request.user, link_worker, plans_held())
    allow(policies.may_move_from(request.user, link_worker) or reallocation.places)
    if request.method == "GET":
        return _choose(request, ReallocateForm(reallocation=reallocation))
    step = request.POST.get("step")
    gone = gone_from(request.POST, reallocation)
    if gone:
        return _choose_again(request, reallocation, _changed_hands(gone))
    form = ReallocateForm(request.POST, reallocation=reallocation, asks_reasons=step == "apply")
    if step == "back" or not form.is_valid():
        return _check(request, form) if form.lacks_only_reasons else _choose(request, form)
    if step != "apply":
        return _check(request, form)
    try:
        with transaction.atomic():
            made = services.reallocate(
                request.user,
                form.moves,
                agreed_at_meeting=form.cleaned_data["agreed_at_meeting"],
                starts_at=form.starts_at,
            )
    except TransitionNotAllowed as refused:
        anew = Reallocation(request.user, link_worker, plans_held())
        return _choose_again(request, anew, str(refused))
    messages.success(request, _made(made, link_worker))
    return redirect(f"{reverse('allocations')}?{urlencode({'hub': made[0].school.hub.code})}")


def _changed_hands(names):
    has = "has" if len(names) == 1 else "have"
    return f"{listed(names)} {has} changed hands meanwhile. The rest is as you chose it."


def _choose_again(request, reallocation, why):
    """The first page with what was typed, against how things stand by now."""
    form = ReallocateForm(request.POST, reallocation=reallocation)
    form.add_error(None, why)
    return _choose(request, form)


def _choose(request, form):
    context = {
        "form": form,
        "link_worker": form.reallocation.link_worker,
        "reallocation": form.reallocation,
        "nav": "allocations",
    }
    return render(request, "linkworkers/reallocate.html", context)


def _check(request, form):
    """What changes, with the exceptions that ask for a reason first."""
    context = {
        "form": form,
        "link_worker": form.reallocation.link_worker,
        "exceptions": form.exception_rows,
        "changes": form.changes,
        "loads": form.reallocation.before_and_after(form.choices),
        "nav": "allocations",
    }
    return render(request, "linkworkers/reallocate_check.html", context)


def _made(made, link_worker):
    schools = {allocation.school_id for allocation in made}
    number = "1 school has" if len(schools) == 1 else f"{len(schools)} schools have"
    when = "" if made[0].has_begun else f" from {date_of(made[0].starts_at)}"
    return f"{number} been moved from {link_worker}{when}. Everyone they concern is told."
