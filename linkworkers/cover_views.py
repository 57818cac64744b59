"""Cover: the schools without anybody this week or next, and who covers one meanwhile."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import TransitionNotAllowed, allow
from govuk.words import date_of, long_date
from linkworkers import policies, services
from linkworkers.board import hubs_of
from linkworkers.cover_forms import CoverForm
from linkworkers.coverage import HORIZON, uncovered
from linkworkers.models import Absence, Allocation, AllocationKind
from schools.doors import council_only
from schools.models import School


@require_GET
def coverage(request):
    """``/allocations/cover/``: the days nobody is there, now and next week, hub by hub."""
    council_only(request)
    allow(policies.may_see_allocations(request.user))
    hubs = hubs_of(request.user)
    today = timezone.localdate()
    rows = {hub.pk: [] for hub in hubs}
    for row in uncovered(School.objects.filter(hub__in=hubs)):
        rows[row.school.hub_id].append((row, policies.may_allocate(request.user, row.school)))
    context = {
        "groups": [(hub, rows[hub.pk]) for hub in hubs],
        "covers": [
            (cover, policies.may_allocate(request.user, cover.school))
            for cover in Allocation.objects.not_ended()
            .filter(hub__in=hubs, kind=AllocationKind.COVER)
            .select_related("school", "link_worker__user")
            .order_by("starts_at", "school__name")
        ],
        "away": Absence.objects.between(today, today + HORIZON)
        .filter(link_worker__hub__in=hubs)
        .select_related("link_worker__user"),
        "nav": "allocations",
    }
    return render(request, "linkworkers/coverage.html", context)


@require_http_methods(["GET", "POST"])
def cover(request, urn):
    """``/allocations/<urn>/cover/``: name who covers the school for a period."""
    schools = School.objects.visible_to(request.user).select_related("hub")
    school = get_object_or_404(schools, urn=urn)
    allow(policies.may_allocate(request.user, school))
    form = CoverForm(
        request.POST or None, school=school, initial={"starts_on": timezone.localdate()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            named = services.cover(request.user, school, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        except TransitionNotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request,
                f"{named.link_worker} covers {school} from {date_of(named.starts_at)} to"
                f" {long_date(named.last_day)}.",
            )
            return redirect("coverage")
    context = {
        "school": school,
        "form": form,
        "held": school.allocations.not_ended().with_names().primary_first(),
        "gaps": next(iter(uncovered(School.objects.filter(pk=school.pk))), None),
        "back": reverse("coverage"),
        "nav": "allocations",
    }
    return render(request, "linkworkers/cover.html", context)
