"""Move the schools of a link worker who leaves or moves: choose, check, confirm."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import TransitionNotAllowed, allow
from govuk.words import listed
from linkworkers import board, policies, services
from linkworkers.models import LinkWorker
from linkworkers.reallocation import Reallocation
from linkworkers.reallocation_forms import ReallocateForm, gone_from
from schools.doors import council_only


@require_GET
def reallocations(request):
    """``/allocations/move/``: whose schools move."""
    council_only(request)
    allow(policies.may_see_allocations(request.user))
    context = {
        "teams": [(hub, board.carried_in(hub)) for hub in board.hubs_of(request.user)],
        "nav": "allocations",
    }
    return render(request, "linkworkers/reallocations.html", context)


@require_http_methods(["GET", "POST"])
def reallocate(request, pk):
    """``/link-workers/<id>/move/``: to whom each school goes; checked, then confirmed."""
    council_only(request)
    link_worker = get_object_or_404(LinkWorker.objects.with_names(), pk=pk)
    allow(policies.may_see_allocations(request.user))
    reallocation = Reallocation(request.user, link_worker)
    allow(policies.may_move_from(request.user, link_worker) or reallocation.places)
    if request.method == "GET":
        return _choose(request, ReallocateForm(reallocation=reallocation))
    step = request.POST.get("step")
    form = ReallocateForm(request.POST, reallocation=reallocation, asks_reasons=step == "apply")
    gone = gone_from(request.POST, reallocation)
    if gone:
        return _choose_again(request, form, gone)
    if step == "back" or not form.is_valid():
        return _check(request, form) if _only_reasons_miss(form) else _choose(request, form)
    if step != "apply":
        return _check(request, form)
    try:
        made = services.reallocate(
            request.user,
            form.moves,
            agreed_at_meeting=form.cleaned_data["agreed_at_meeting"],
            starts_at=form.starts_at,
        )
    except services.StaleMoves as stale:
        return _choose_again(request, form, sorted({m.school.name for m in stale.moves}))
    except (ValidationError, TransitionNotAllowed) as refused:
        form.add_error(None, refused if isinstance(refused, ValidationError) else str(refused))
        return _choose(request, form)
    messages.success(request, _made(made, link_worker))
    return redirect(f"{reverse('allocations')}?hub={made[0].school.hub.code}")
