"""Moving many schools to a hub, panel area or nursing team: looked at first, then done."""

import hashlib
from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from audit.errors import allow
from schools import policies, services
from schools.doors import register_readers_only
from schools.geography_forms import TARGETS, AssignForm
from schools.models import School
from schools.scope import scope_of
from schools.services.geographies import places_of

MOST = 500
CHANGED = (
    "These schools have been changed since you looked. This is how they stand now: look again"
    " before you move any."
)


@dataclass(frozen=True)
class Move:
    """One school of the preview: ``changes`` are ``(which, from, to)`` in words."""

    school: School
    changes: list


@dataclass(frozen=True)
class Preview:
    """What would change. ``seen`` tells whether it still is what somebody looked at."""

    moves: list
    is_too_long: bool
    seen: str


@require_http_methods(["GET", "POST"])
def assign(request):
    """``/schools/geographies/assign/``: what is asked stands in the address, so that it can be
    looked at again; posting it moves the ticked schools."""
    register_readers_only(request)
    allow(policies.may_assign_hubs(request.user))
    only_hubs = not policies.may_assign_places(request.user)
    form = AssignForm(request.GET or None, only_hubs=only_hubs)
    if not form.is_valid():
        return _show(request, form)
    preview = _preview(request.user, form)
    if request.method == "GET" or preview.is_too_long:
        return _show(request, form, preview)
    if request.POST.get("seen") != preview.seen:
        return _show_again(request, form, preview)
    ticked = set(request.POST.getlist("school"))
    schools = [move.school for move in preview.moves if move.school.urn in ticked]
    if not schools:
        return _show(request, form, preview, ticked=ticked)
    try:
        moved = services.assign_geographies(request.user, schools, **form.targets)
    except services.StaleSchools:
        return _show_again(request, form, _preview(request.user, form))
    done = (
        "1 school has been moved." if len(moved) == 1 else f"{len(moved)} schools have been moved."
    )
    messages.success(request, done)
    return redirect("geographies_assign")


def _preview(user, form):
    """What ``form`` would change, for who may not touch the schools they declared a conflict at."""
    schools = (
        form.chosen()
        .exclude(pk__in=scope_of(user).excluded)
        .select_related("hub", "panel_area", "nursing_team")
    )
    targets = form.targets
    moves = [Move(school, changes) for school in schools if (changes := _changes(school, targets))]
    state = str([(move.school.urn, *map(str, places_of(move.school))) for move in moves])
    return Preview(
        moves=moves[:MOST],
        is_too_long=len(moves) > MOST,
        seen=hashlib.sha256(state.encode()).hexdigest(),
    )


def _changes(school, targets):
    changes = []
    for field, place in targets.items():
        now = getattr(school, field)
        if now != place:
            changes.append((TARGETS[field], now.name if now else "not set", place.name))
    return changes


def _show_again(request, form, preview):
    messages.warning(request, CHANGED)
    return _show(request, form, preview, status=409)


def _show(request, form, preview=None, *, ticked=None, status=200):
    """``ticked`` are the URNs that were posted; None before anything was, when all are ticked."""
    context = {
        "form": form,
        "preview": preview,
        "most": MOST,
        "ticked": ticked,
        "nobody_ticked": ticked is not None,
        "nav": "schools" if not policies.may_edit_geographies(request.user) else "geographies",
    }
    return render(request, "schools/assign.html", context, status=status)
