"""The schools of a meeting, and who is invited to it."""

from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from govuk.forms import posted
from interventions.acting import do, unless_late
from linkworkers.models import Allocation
from panels import meeting_forms, meeting_page, policies
from panels.meeting_views import fetch_to_run, page, too_late
from panels.models import MeetingPerson
from panels.services import people as services
from schools.models import School
from schools.roles import LEADS


def _form(request, meeting, form, title, **context):
    context |= {"form": form, "title": title, "back": meeting.get_absolute_url()}
    return page(request, "meeting_form", meeting, **context)


@require_http_methods(["GET", "POST"])
def add_school(request, pk):
    """``/meetings/<id>/schools/add/``."""
    meeting = fetch_to_run(request, pk)
    form = meeting_forms.SchoolForm(request.user, meeting, posted(request))
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: services.add_school(request.user, meeting, form.cleaned_data["school"]),
            "The school has been added. Choose who of it is invited.",
            meeting,
        )
        if done:
            return done
    return _form(request, meeting, form, "Add a school", button="Add this school")


@require_POST
def remove_school(request, pk, urn):
    """``/meetings/<id>/schools/<urn>/remove/``."""
    meeting = fetch_to_run(request, pk)
    school = get_object_or_404(School, urn=urn)
    return do(
        request,
        None,
        lambda: services.remove_school(request.user, meeting, school),
        f"{school.name} has been taken off the meeting.",
        meeting,
    )


@require_http_methods(["GET", "POST"])
def people(request, pk):
    """``/meetings/<id>/people/``: who of the council and of the schools is invited."""
    meeting = fetch_to_run(request, pk)
    form = meeting_forms.PeopleForm(meeting, posted(request), initial=_people_now(meeting))
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: services.choose_people(request.user, meeting, *form.chosen),
            "Who is invited has been saved.",
            meeting,
        )
        if done:
            return done
    return _form(request, meeting, form, "Who is invited")


def _people_now(meeting):
    """Who is invited; before anybody is, the schools' link workers, heads and leads."""
    there = list(MeetingPerson.objects.filter(meeting=meeting, removed_at__isnull=True))
    if there:
        return {
            "users": [row.user_id for row in there if row.contact_id is None],
            "contacts": [row.contact_id for row in there if row.contact_id],
        }
    held = Allocation.objects.covering().filter(school__in=meeting.schools.values("school"))
    leads = Q(roles__overlap=list(LEADS))
    return {
        "users": list(held.values_list("link_worker__user", flat=True)),
        "contacts": list(policies.contacts_for(meeting).filter(leads).values_list("pk", flat=True)),
    }


@require_http_methods(["GET", "POST"])
def add_agency(request, pk):
    """``/meetings/<id>/agencies/add/``: an agency that is relevant (rule 000-18)."""
    meeting = fetch_to_run(request, pk)
    form = meeting_forms.AgencyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: services.invite_agency(request.user, meeting, **form.chosen),
            "The agency is on the meeting.",
            unless_late(request, form, meeting, meeting),
        )
        if done:
            return done
    return _form(
        request,
        meeting,
        form,
        "Invite an agency",
        button="Invite this agency",
        lead_link=(reverse("agencies"), "How to use each contact is in the directory"),
    )


@require_POST
def remove_agency(request, pk, invited):
    """``/meetings/<id>/agencies/<id>/remove/``."""
    meeting = fetch_to_run(request, pk)
    row = meeting.agencies.filter(pk=invited).first()
    if row is None:
        return too_late(request, services.AGENCY_OFF, meeting)
    return do(
        request,
        None,
        lambda: services.remove_agency(request.user, meeting, row),
        "The agency has been taken off the meeting.",
        meeting,
    )


@require_http_methods(["GET", "POST"])
def replies(request, pk):
    """``/meetings/<id>/replies/``: what those invited answered, as they told the organiser."""
    meeting = fetch_to_run(request, pk)
    form = meeting_forms.RepliesForm(meeting_page.invited_of(meeting), posted(request))
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: _note(request.user, meeting, form.replies),
            "The answers have been saved.",
            meeting,
        )
        if done:
            return done
    return _form(request, meeting, form, "Who is coming")


@transaction.atomic
def _note(by, meeting, replies):
    for row, reply in replies:
        if row.reply != reply:
            services.note_reply(by, meeting, row, reply)
