"""Take-up: which schools are drifting, for the managers who can do something about it."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.errors import allow
from audit.models import Look
from audit.services import looked
from documents.responses import csv_response
from linkworkers.board import hub_of, hubs_of
from overview import policies, take_up
from overview.take_up_forms import TakeUpForm
from overview.wording import SchoolTime
from schools.doors import council_only
from schools.models import School
from schools.scope import scope_of

COUNTY = "county"
HEADER = (
    "URN",
    "School",
    "Town",
    "Hub",
    "Primary link worker",
    "Whole weeks since last contact, without school holidays",
    "Last tried",
    "How",
    "School answered",
    "Enhanced support since",
    "Review by",
    "Focus adjusted on",
    "School nurse this term",
    "Open request",
)


@require_GET
def take_up_page(request):
    """``/take-up/``: the schools of a hub, the longest without contact first."""
    hubs, hub, form, schools = _asked(request)
    time = SchoolTime()
    rows, previous, following = take_up.page_of(
        _narrowed(schools, form, time),
        after=_urn(request, "after"),
        before=_urn(request, "before"),
    )
    drifting = take_up.drifting(schools, time)
    context = {
        "hubs": hubs,
        "hub": hub,
        "form": form,
        "rows": rows,
        "previous": previous,
        "following": following,
        "how_many_drift": drifting.count(),
        "longest": drifting.order_by(*take_up.ORDER).first(),
        "late_text": time.late_text,
        "bar": take_up.BAR,
        "nav": "take_up",
    }
    return render(request, "overview/take_up.html", context)


@require_GET
def take_up_csv(request):
    """``/take-up/csv/``: what the page shows, a row for each school."""
    _, _, form, schools = _asked(request)
    found = _narrowed(schools, form, SchoolTime()).select_related("hub").order_by(*take_up.ORDER)
    rows = map(_cells, take_up.rows_of(list(found)))
    return csv_response(f"take-up-{timezone.localdate()}.csv", HEADER, rows)


def _asked(request):
    """``(hubs, hub, form, schools)``: the viewer's hubs, the one asked for, and its schools.

    ``hub`` is None for all of them. It is written down who looked.
    """
    council_only(request)
    user = request.user
    allow(policies.may_see_take_up(user))
    hubs = hubs_of(user)
    asked = request.GET.get("hub", "")
    if asked == COUNTY:
        hub = None
    else:
        hub = hub_of(hubs, asked) if asked else next(iter(hubs), None)
    basis = "county" if scope_of(user).county else "manager"
    looked(user, School, Look.LIST, basis=basis)
    return hubs, hub, TakeUpForm(request.GET), take_up.schools_of(user, hub)


def _narrowed(schools, form, time):
    if not form.is_valid():
        return schools.none()
    return take_up.narrowed(schools, form.cleaned_data["show"], time)


def _urn(request, name):
    urn = request.GET.get(name, "")
    return urn if urn.isascii() and urn.isdigit() else None


def _cells(row):
    tried, enhanced, focus = row.tried, row.enhanced, row.focus
    return (
        row.school.urn,
        row.school.name,
        row.school.town,
        row.school.hub.name,
        row.primary,
        row.weeks,
        tried and tried.day,
        tried and tried.get_how_display(),
        tried and ("Yes" if tried.reached else "No"),
        enhanced and timezone.localdate(enhanced.decided_at),
        enhanced and enhanced.review_on,
        focus and timezone.localdate(focus.decided_at),
        row.with_nurse and row.with_nurse.text,
        row.request,
    )
