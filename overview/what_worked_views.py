"""What worked, for the managers who decide what goes on (rules 004-16 to 004-20)."""

from dataclasses import dataclass

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.errors import allow
from audit.models import Look
from audit.services import looked
from documents.responses import csv_response
from interventions.models import ShortIntervention
from interventions.small_numbers import FEW, FEWER
from linkworkers.board import hub_of, hubs_of
from overview import policies, what_worked
from overview.what_worked_forms import ToTakeForm, WhatWorkedForm, years_over
from overview.what_worked_told import GROUPS_HEADER, PATHWAYS_HEADER, ToldGroup, ToldPathways
from schools.doors import council_only
from schools.models import Hub
from schools.scope import scope_of

COUNTY = "county"


@dataclass(frozen=True)
class Asked:
    """What somebody asked for; ``groups`` and ``pathways`` are empty while the form is wrong.

    ``hub`` is None for all of the viewer's.
    """

    hubs: list
    hub: Hub | None
    form: WhatWorkedForm | ToTakeForm
    groups: list
    pathways: list


@require_GET
def what_worked_page(request):
    """``/what-worked/``: every number, for the team alone."""
    asked = _asked(request, Look.VIEW)
    context = {
        "asked": asked,
        "years": years_over(),
        "ended": sum(group.ended for group in asked.groups),
        "bar": what_worked.BAR,
        "nav": "what_worked",
    }
    return render(request, "overview/what_worked.html", context)


@require_GET
def what_worked_print(request):
    """``/what-worked/print/``: to take along, small groups kept back."""
    asked = _to_take(request, Look.PRINT)
    context = {
        "asked": asked,
        "groups": map(ToldGroup, asked.groups),
        "pathways": map(ToldPathways, asked.pathways),
        "few": FEW,
        "fewer": FEWER,
        "bar": what_worked.BAR,
        "nav": "what_worked",
    }
    return render(request, "overview/what_worked_print.html", context)


@require_GET
def what_worked_csv(request):
    """``/what-worked/csv/``: a row for each measure of each group, small groups kept back."""
    groups = _to_take(request, Look.LIST).groups
    rows = [row for group in groups for row in ToldGroup(group).rows]
    return csv_response(f"what-worked-{timezone.localdate()}.csv", GROUPS_HEADER, rows)


@require_GET
def pathways_csv(request):
    """``/what-worked/pathways/csv/``: where each programme's cases went, as above."""
    pathways = _to_take(request, Look.LIST).pathways
    rows = [row for one in pathways for row in ToldPathways(one).rows]
    return csv_response(f"pathways-{timezone.localdate()}.csv", PATHWAYS_HEADER, rows)


def _asked(request, look):
    """What was ``Asked``, of the viewer's hubs; it is written down who looked."""
    hubs = _hubs(request)
    wanted = request.GET.get("hub", "")
    hub = None if wanted in ("", COUNTY) else hub_of(hubs, wanted)
    return _found(request, look, hubs, hub, WhatWorkedForm(request.GET))


def _to_take(request, look):
    """As ``_asked``, of what leaves the team: a school year, and all the viewer's hubs at once.

    A hub's own numbers, taken from those of them all, would tell of a small one.
    """
    return _found(request, look, _hubs(request), None, ToTakeForm(request.GET))


def _hubs(request):
    council_only(request)
    allow(policies.may_see_what_worked(request.user))
    return hubs_of(request.user)


def _found(request, look, hubs, hub, form):
    user = request.user
    looked(user, ShortIntervention, look, basis="county" if scope_of(user).county else "manager")
    if not form.is_valid():
        return Asked(hubs, hub, form, [], [])
    period = form.period
    programme = form.cleaned_data["programme"]
    narrowed = {"hub": hub, "programme": programme}
    work = what_worked.ended_work(user, *period, area=form.cleaned_data["area"], **narrowed)
    pathways = what_worked.pathways_of(user, *period, **narrowed)
    return Asked(hubs, hub, form, what_worked.groups_of(work), pathways)
