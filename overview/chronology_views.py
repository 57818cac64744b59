"""The chronology of a child, and that of a school."""

from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from audit.errors import allow
from audit.models import Look
from audit.services import look_of, looked, looked_at_all
from consultations.models import Area
from govuk.paging import Cursor
from overview.chronology import SOURCES, asked_for, chronology_of, schools_of
from overview.chronology_entries import Asked
from overview.chronology_forms import FilterForm
from overview.chronology_school import KINDS, school_chronology
from overview.school_facts import basis
from schools.children import Door, basis_of, keeps_record_of
from schools.doors import ask_for_reason, fetch_child
from schools.entitlements import predecessor_ids
from schools.models import School
from schools.scope import scope_of


def notes_of_child(view):
    """For a view of ``(request, pupil, …)`` that shows a child's notes (rule 001-58).

    Http404 where there is no such child for the user, the reason page where it is not open yet,
    and PermissionDenied for who sees no more than who the child is.
    """

    @wraps(view)
    def gated(request, pk, **rest):
        pupil, door = fetch_child(request, pk)
        if door is Door.REASON:
            return ask_for_reason(request, pk, then=request.get_full_path())
        allow(door is Door.NOTES)
        return view(request, pupil, **rest)

    return gated


def looked_at_child(request, pupil, thing=None, action=Look.VIEW):
    """Write down that a page of the child is opened, before it is made."""
    basis, reason = basis_of(request.user, pupil)
    looked(request.user, thing or pupil, action, basis=basis, child_id=pupil.pk, reason=reason)


@require_GET
@notes_of_child
def chronology(request, pupil):
    """``/pupils/<id>/chronology/``: filtered and in the order that the address says."""
    looked_at_child(request, pupil)
    context = {"pupil": pupil, "nav": "find", **of_child(request, pupil)}
    return render(request, "overview/chronology.html", context)


def of_child(request, pupil):
    """What ``overview/_chronology.html`` needs to show a page of the child's chronology.

    What it tells of other children is written down as a look at them.
    """
    schools = schools_of(request.user, pupil)
    asked = asked_for(request, schools)
    found = chronology_of(request.user, pupil, asked)
    looked_at_all([look for entry in found.entries for look in entry.looks])
    made = pupil.made_chronologies.select_related("made_by")
    return {
        "chronology": found,
        "asked": asked,
        "kinds": [("", "Everything"), *((kind, source.label) for kind, source in SOURCES.items())],
        "filters": FilterForm(asked, schools),
        "is_open": request.GET.get("open") == "all",
        "made": made,
        "may_make": keeps_record_of(request.user, pupil),
    }


@require_GET
def of_school(request, urn):
    """``/schools/<urn>/chronology/``: for its link workers and managers."""
    school = get_object_or_404(School.objects.visible_to(request.user), urn=urn)
    if not scope_of(request.user).reaches(school):
        raise Http404
    kind, area = request.GET.get("kind", ""), request.GET.get("area", "")
    asked = Asked(
        kind=kind if kind in KINDS else "",
        area=area if area in Area.values else "",
        cursor=Cursor.of(request),
    )
    school_ids = [school.pk, *predecessor_ids([school.pk]).get(school.pk, ())]
    found, looks = school_chronology(request.user, school, school_ids, asked)
    own = look_of(
        request.user,
        school,
        Look.LIST,
        basis=basis(request.user, school),
        school_id=school.pk,
    )
    looked_at_all([own, *looks])
    return render(
        request,
        "overview/chronology_school.html",
        {
            "school": school,
            "chronology": found,
            "asked": asked,
            "kinds": [("", "Everything"), *KINDS.items()],
            "filters": FilterForm(asked),
            "is_open": request.GET.get("open") == "all",
            "nav": "schools",
        },
    )
