"""What the team does for the pupils of a school: as the school reads it, and as the team does."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.models import Look
from audit.services import as_file, look_of, looked_at_all
from consultations.children import looks_at
from documents.responses import csv_response
from interventions import policies
from interventions.agreement import agreement_of
from interventions.disagreement_forms import DisagreeForm
from interventions.models import ProgrammeCase, ShortIntervention
from interventions.provision import HEADER, Line, cells_of, provision, year_asked
from interventions.school_side import BASIS, fetch_shared, look_at_shared
from interventions.session_page import given_to_school
from schools.children import open_pupils
from schools.models import School
from schools.scope import scope_of
from schools.years import year_text


@require_GET
def shared_work_list(request):
    """``/shared/short-work/``: for heads and safeguarding leads, a school year at a time."""
    found = _for_school(request)
    schools = School.objects.open().filter(pk__in=scope_of(request.user).reads_shared)
    context = {
        "for_school": True,
        "schools": schools.order_by("name"),
        "several_schools": len(found.school_ids) > 1,
        "csv": "shared_work_csv",
        "nav": "shared_work",
    }
    return render(request, "interventions/provision.html", context | _list_context(found))


@require_GET
def shared_work_csv(request):
    """``/shared/short-work/csv/``: what the page shows, a row for each child."""
    return _csv(_for_school(request, is_file=True))


@require_GET
def shared_work(request, pk):
    """``/shared/short-work/<id>/``: where one work stands, and the notes the school was given."""
    return shared_page(request, fetch_shared(request, pk))


def shared_page(request, work, disagree_form=None):
    """The work as its school reads it; ``disagree_form`` comes back with what is wrong in it."""
    look_at_shared(request.user, work)
    said = list(work.disagreements.select_related("said_by", "answered_by"))
    may_disagree = not work.is_open and all(one.answered_at for one in said)
    return render(
        request,
        "interventions/shared_work.html",
        {
            "work": work,
            "line": Line.of(work),
            "agreement": agreement_of(work),
            "may_confirm": work.is_open,
            "given": given_to_school(work),
            "may_act": True,
            "disagreements": said,
            "disagree_form": (disagree_form or DisagreeForm()) if may_disagree else disagree_form,
            "nav": "shared_work",
        },
    )


@require_GET
def school_provision(request, urn):
    """``/schools/<urn>/provision/``: for the school's link workers and the hub's managers."""
    school, found = _for_team(request, urn)
    context = {
        "school": school,
        "schools": [school],
        "csv": "school_provision_csv",
        "nav": "schools",
    }
    return render(request, "interventions/provision.html", context | _list_context(found))


@require_GET
def school_provision_csv(request, urn):
    """``/schools/<urn>/provision/csv/``: the same, a row for each child."""
    _, found = _for_team(request, urn, is_file=True)
    return _csv(found)


def _for_school(request, *, is_file=False):
    """What the school is shown; it is written down who saw each child, and what left as a file."""
    user = request.user
    if not scope_of(user).reads_shared:
        raise Http404
    found = provision(
        ShortIntervention.objects.at_school_of(user),
        ProgrammeCase.objects.at_school_of(user),
        year_asked(request.GET.get("year", "")),
    )
    seen = [None, *found.child_ids]
    looks = [look_of(user, ShortIntervention, Look.LIST, basis=BASIS, child_id=pk) for pk in seen]
    looked_at_all(as_file(looks) if is_file else looks)
    return found


def _for_team(request, urn, *, is_file=False):
    """``(school, Provision)``; 404 for whoever neither supports the school nor oversees it.

    Written down as for the school, each child who is named on the basis on which they are open.
    """
    user = request.user
    school = get_object_or_404(School.objects.visible_to(user), urn=urn)
    if not policies.may_see_provision(user, school):
        raise Http404
    found = provision(
        ShortIntervention.objects.visible_to(user).filter(school=school),
        ProgrammeCase.objects.visible_to(user).filter(school=school),
        year_asked(request.GET.get("year", "")),
        reader=user,
    )
    named = open_pupils(user).filter(pk__in=found.child_ids)
    looks = [
        look_of(user, ShortIntervention, Look.LIST, basis="scope", school_id=school.pk),
        *looks_at(user, ShortIntervention, named, Look.LIST),
    ]
    looked_at_all(as_file(looks) if is_file else looks)
    return school, found


def _list_context(found):
    return {
        "found": found,
        "years": [(year, year_text(year)) for year in found.years],
        "year_text": year_text(found.school_year),
    }


def _csv(found):
    """Nothing personal in its name: the day it was made."""
    return csv_response(f"provision-{timezone.localdate()}.csv", HEADER, cells_of(found))
