"""A school's view of the meetings its people are invited to: their own parts and no other."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audit.models import Look
from audit.services import looked
from govuk.paging import newest_page
from interventions.acting import do
from panels import meeting_page, policies
from panels.meeting_views import appointment_file
from panels.models import Distribution, Meeting, MeetingState
from panels.services import people as services

PAGE = 30


def _fetch(request, pk):
    rows = Meeting.objects.at_school_of(request.user).named()
    return get_object_or_404(rows, pk=pk)


@require_GET
def shared_meetings(request):
    """``/shared/meetings/``: what somebody of a school is invited to, the latest first."""
    if not policies.is_invited_by_schools(request.user):
        raise Http404
    rows = Meeting.objects.at_school_of(request.user).named().prefetch_related("schools__school")
    found, newer, older = newest_page(rows, PAGE, "starts_at", request)
    looked(request.user, Meeting, Look.LIST, basis="school")
    context = {"newer": newer, "older": older, "nav": "shared_meetings"}
    context["lines"] = meeting_page.lines_of(found)
    return render(request, "panels/shared_meetings.html", context)


@require_GET
def shared_meeting(request, pk):
    """``/shared/meetings/<id>/``: date, place, who is there, and the school's own children."""
    meeting = _fetch(request, pk)
    own = meeting.people.filter(user=request.user, removed_at__isnull=True).first()
    context = {
        "meeting": meeting,
        "tag": meeting_page.tag_of(meeting),
        "when": meeting_page.when_text(meeting),
        "schools": [row.school for row in meeting.schools.select_related("school")],
        "agencies": [row.agency.name for row in meeting.agencies.select_related("agency")],
        "children": meeting_page.own_children(request.user, meeting),
        "own": own,
        "has_minutes": Distribution.objects.read_by(request.user)
        .filter(version__meeting=meeting)
        .exists(),
        "may_answer": meeting.state == MeetingState.CALLED and meeting.starts_at > timezone.now(),
        "nav": "shared_meetings",
    }
    return render(request, "panels/shared_meeting.html", context)


@require_POST
def answer(request, pk):
    """``/shared/meetings/<id>/answer/`` and ``/meetings/<id>/answer/``: coming, or apologies."""
    meeting = Meeting.objects.visible_to(request.user).filter(pk=pk).first()
    there = "meeting" if meeting else "shared_meeting"
    meeting = meeting or _fetch(request, pk)
    reply = request.POST.get("reply", "")
    if reply not in ("coming", "apologies"):
        raise Http404
    return do(
        request,
        None,
        lambda: services.answer(request.user, meeting, reply),
        "Your answer has been kept. The organiser sees it.",
        reverse(there, args=[pk]),
    )


@require_GET
def download(request, pk):
    """``/shared/meetings/<id>/invite.ics``: the appointment; it names no child."""
    return appointment_file(request, _fetch(request, pk), is_of_school=True)
