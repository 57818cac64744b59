"""How this year's targeting support meetings stand: a list by school and term."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.models import Look
from audit.services import looked
from govuk.paging import page_around
from linkworkers.board import hub_of, hubs_of
from panels import policies, targeting
from panels.models import Meeting, MeetingKind
from schools.models import School
from schools.years import TermName, school_year_of, year_text

PAGE = 50
ORDER = ("name", "urn")


@require_GET
def targeting_list(request):
    """``/targeting-support/?hub=``: yes or no for each school and term, by the school's name."""
    user = request.user
    if not policies.sees_targeting(user):
        raise Http404
    hubs = hubs_of(user)
    hub = hub_of(hubs, request.GET["hub"]) if request.GET.get("hub") else None
    schools = targeting.with_meetings(targeting.schools_of(user))
    schools = schools.filter(hub=hub) if hub else schools
    found, has_previous, has_next = page_around(
        schools,
        ORDER,
        PAGE,
        after=_edge(schools, request.GET.get("after", "")),
        before=_edge(schools, request.GET.get("before", "")),
    )
    standings = targeting.standings(found)
    to_close = [
        standing.meeting
        for terms in standings.values()
        for standing in terms.values()
        if standing.is_to_close
    ]
    to_close = Meeting.objects.visible_to(user).run_by(user).filter(pk__in=to_close)
    looked(user, School, Look.LIST, basis="scope")
    context = {
        "hubs": hubs,
        "hub": hub,
        "rows": [(school, _of_terms(standings[school.pk])) for school in found],
        "terms": [name.label for name in TermName],
        "year": year_text(school_year_of(timezone.localdate())),
        "to_close": set(to_close.values_list("pk", flat=True)),
        "previous": found[0].urn if found and has_previous else None,
        "following": found[-1].urn if found and has_next else None,
        "may_call": MeetingKind.TARGETING in policies.kinds_to_call(user),
        "nav": "meetings",
    }
    return render(request, "panels/targeting.html", context)


def _of_terms(standings):
    """``[(name, Standing or None)]`` of the three terms; None while a term has not begun."""
    by_name = {term.name: standing for term, standing in standings.items()}
    return [(name.label, by_name.get(name)) for name in TermName]


def _edge(schools, urn):
    """Where a page goes on: the order's values of the school with this URN, or None."""
    return schools.filter(urn=urn).values_list(*ORDER).first() if urn.isdecimal() else None
