"""The home page and the page of a school: what everybody opens first."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import current
from audit.services import looked
from consultations.models import ConsultationGrant
from consultations.policies import may_record
from govuk.paging import Cursor
from linkworkers.holders import link_workers_of
from linkworkers.support import support_of
from notifications.health import health
from overview import policies
from overview.concerns import concerns_of
from overview.desk import desk_of, meetings_asked_for
from overview.meetings import has_late_actions, this_week
from overview.requests import at_school, with_requests
from overview.running import running_of
from overview.school_facts import answers_for, basis, open_actions, with_register_facts
from overview.timeline import EVERYTHING, filters_for, timeline_of
from overview.work import work_of
from panels.targeting import with_meetings
from referrals.concern_policies import may_raise
from referrals.models import DomesticAbuseNotice
from referrals.policies import sees_referrals_of
from schools.entitlements import predecessor_ids
from schools.models import School, SchoolContact
from schools.people import confirmers_of, people_of
from schools.policies import may_agree_attendees, may_change_school, may_edit_contacts
from schools.scope import scope_of
from schools.together import together_of


@require_GET
def home(request):
    """``/``: my work, by role; several roles stand under one another, in the roles' order."""
    user = request.user
    if not scope_of(user).is_council:
        return _home_without_role(request)
    order = request.GET.get("order", "")
    desk = desk_of(user) if policies.has_desk(user) else None
    running = running_of() if policies.runs_the_service(user) else []
    blocks = [*(desk.blocks if desk else []), *running]
    return render(
        request,
        "overview/home.html",
        {
            "now": timezone.localtime(),
            "order": order,
            "work": work_of(user, order) if policies.has_own_work(user) else None,
            "desk": desk,
            "running": running,
            "concerns": concerns_of(user),
            "meetings": this_week(user),
            "has_late_actions": has_late_actions(user),
            "asked": meetings_asked_for(user),
            "sending": health() if desk else None,
            "is_calm": not any(block.lines for block in blocks),
            "register_only": policies.sees_register_only(user),
            "nav": "home",
        },
    )


def _home_without_role(request):
    """School people and attendees read what was shared; a post or role in waiting says so."""
    scope = scope_of(request.user)
    granted = ConsultationGrant.objects.live().filter(user=request.user)
    if scope.reads_shared or scope.posts or granted.exists():
        return redirect("shared_list")
    if may_raise(request.user):
        # Somebody who is told of concerns and does nothing else here.
        return redirect("concerns")
    posts = [
        {"post": post, "confirmers": confirmers_of(post).order_by("name")}
        for post in SchoolContact.objects.current()
        .filter(user=request.user)
        .select_related("school")
    ]
    roles = request.user.staff_roles.filter(current())
    return render(
        request, "overview/nothing_yet.html", {"posts": posts, "roles": roles, "nav": "home"}
    )


def _register_page(request, urn):
    """Another school, for somebody in post at one: the public register's facts and no more."""
    if not scope_of(request.user).posts:
        raise Http404
    school = get_object_or_404(with_register_facts(School.objects.all()), urn=urn)
    return render(request, "overview/register.html", {"school": school, "nav": "schools"})


@require_GET
def school(request, urn):
    """``/schools/<urn>/``: facts, people, open actions and the timeline the viewer may see.

    Whoever has no relation to the school sees what the register holds, its link workers and
    whom to ask there, and nothing of what was discussed (design.md 4).
    """
    user = request.user
    seen = with_requests(with_register_facts(School.objects.visible_to(user)))
    school = with_meetings(seen).filter(urn=urn).first()
    if school is None:
        return _register_page(request, urn)
    looked(user, school, basis=basis(user, school), school_id=school.pk)
    reaches = scope_of(user).reaches(school)
    as_school = policies.reads_as_school(user, school)
    school_ids = [school.pk]
    if school.predecessors:
        school_ids += predecessor_ids([school.pk]).get(school.pk, ())
    filters = filters_for(user, school)
    show = request.GET.get("show", "")
    show = show if show in dict(filters) else EVERYTHING
    link_workers = link_workers_of(school, user)
    answers = answers_for(user, school, school_ids, link_workers) if reaches else []
    timeline = timeline_of(user, school, school_ids, show, Cursor.of(request))
    return render(
        request,
        "overview/school.html",
        {
            "school": school,
            "as_school": as_school,
            "reaches": reaches,
            "shows_timeline": reaches or as_school or timeline.terms,
            "answers": answers,
            "link_workers": link_workers,
            "support": support_of(school, user),
            "people": people_of(school, user),
            "together": together_of(school, user),
            "actions": [] if as_school else open_actions(user, school),
            "requests": at_school(user, school),
            "timeline": timeline,
            "filters": filters,
            "show": show,
            "may_record": may_record(user, school),
            "may_edit_contacts": may_edit_contacts(user, school),
            "may_agree_attendees": may_agree_attendees(user, school),
            "may_change_school": may_change_school(user, school),
            "sees_referrals": sees_referrals_of(user, school),
            "reads_notices": as_school and _has_notices(user, school),
            "nav": "schools",
        },
    )


def _has_notices(user, school):
    """Whether the user was told of a police notice about a child of their school."""
    return DomesticAbuseNotice.objects.at_school_of(user).filter(school=school).exists()
