"""Own-child conflicts: declared, withdrawn, and what they have suspended (rule 001-53)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from audit.models import Look
from audit.services import looked
from linkworkers import conflicts as history
from linkworkers import forms, policies, services
from linkworkers.acting import do
from schools.doors import council_only
from schools.models import OwnChildConflict, School

# A list to pick a school from; whoever sees this many types more of the name.
MOST_FOUND = 20


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
    return _page(request, form, list(found))


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
    return do(
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
    return do(
        request,
        lambda: services.withdraw_conflict(request.user, conflict),
        "The conflict has been withdrawn.",
        then=reverse("conflicts"),
    )


def _page(request, form, found):
    looked(request.user, OwnChildConflict, Look.LIST, basis=policies.basis(request.user))
    declared, withdrawn = history.declared_to(request.user)
    context = {
        "form": form,
        "found": found[:MOST_FOUND],
        "has_more": len(found) > MOST_FOUND,
        "person": getattr(form, "cleaned_data", {}).get("person"),
        "declared": declared,
        "withdrawn": withdrawn,
        "decides": policies.may_see_allocations(request.user),
        "suspended": history.to_resolve(request.user),
    }
    return render(request, "linkworkers/conflicts.html", context)
