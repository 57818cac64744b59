"""The term's consultation with the school nurse: its date, its invitation, its cancellation."""

import io

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed
from audit.services import looked
from consultations import nurse, nurse_notices, policies
from consultations.models import NurseInvite
from consultations.nurse_forms import ConfirmForm, DateForm
from consultations.services import nurse as nurse_services
from documents.calendar import CONTENT_TYPE
from linkworkers.acting import do
from linkworkers.policies import basis_at
from schools.models import School
from schools.policies import may_change_school


def _fetch(request, pk):
    """An invitation of a school that the viewer supports or whose hub they manage, or 404."""
    rows = NurseInvite.objects.visible_to(request.user).select_related(
        "school__nursing_team", "team", "consultation", "invited_by", "confirmed_by"
    )
    return get_object_or_404(rows, pk=pk)


def _page(request, name, invite, status=200, **context):
    context |= {"invite": invite, "school": invite.school, "nav": "schools"}
    return render(request, f"consultations/nurse/{name}.html", context, status=status)


@require_http_methods(["GET", "POST"])
def at_school(request, urn):
    """``/schools/<urn>/nurse/``: on to this term's invitation, which a POST proposes."""
    school = get_object_or_404(School.objects.visible_to(request.user), urn=urn)
    if not policies.may_invite_nurse(request.user, school):
        raise Http404
    if request.method == "POST":
        try:
            invite = nurse_services.propose_at(request.user, school)
        except TransitionNotAllowed as too_late:
            messages.warning(request, str(too_late))
            return redirect(school)
        return redirect("nurse_invite_date", pk=invite.pk)
    standing = nurse.standings([school]).get(school.pk)
    if standing and standing.invite:
        return redirect("nurse_invite", pk=standing.invite.pk)
    context = {"school": school, "standing": standing, "nav": "schools"}
    return render(request, "consultations/nurse/propose.html", context)


@require_GET
def nurse_invite(request, pk):
    """``/nurse/<id>/``: when and where, who was sent what, and whether a nurse is confirmed."""
    invite = _fetch(request, pk)
    looked(request.user, invite, basis=basis_at(request.user, invite.school))
    return _invite_page(request, invite, ConfirmForm(initial={"version": invite.version}))


def _invite_page(request, invite, form):
    team = invite.school.nursing_team
    return _page(
        request,
        "invite",
        invite,
        form=form,
        messages_sent=nurse_notices.progress(invite),
        team=team,
        has_other_team=invite.is_invited and not invite.has_begun and team != invite.team,
        may_record=policies.may_record(request.user, invite.school),
    )


@require_http_methods(["GET", "POST"])
def set_date(request, pk):
    """``/nurse/<id>/date/``: what was agreed with the school; sending it invites everybody."""
    invite = _fetch(request, pk)
    if invite.is_held:
        messages.info(request, "This consultation has been held.")
        return redirect("nurse_invite", pk=pk)
    team = invite.school.nursing_team
    if team is None or not team.inbox:
        may_choose = may_change_school(request.user, invite.school)
        return _page(request, "no_team", invite, team=team, may_choose=may_choose)
    form = DateForm(request.POST or None, initial=_standing(invite, team))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            nurse_services.invite(request.user, invite, **form.agreed())
        except ValidationError as refused:
            form.add_error(None, refused)
        except TransitionNotAllowed as too_late:
            form.add_error(None, str(too_late))
            invite, status = _fetch(request, pk), 409
            form.show_again(_shown(invite, team))
        else:
            sentence = f"The invitation is on its way to the {team.name} nursing team."
            messages.success(request, sentence)
            return redirect("nurse_invite", pk=pk)
    leads = nurse.safeguarding_leads(invite.school_id)
    return _page(request, "date", invite, status=status, form=form, team=team, leads=leads)


def _standing(invite, team):
    """What the form begins with: what stands already, or an hour."""
    found = {"minutes": invite.minutes, "place": invite.place, **_shown(invite, team)}
    if invite.is_invited:
        at = timezone.localtime(invite.starts_at)
        found |= {"day": at.date(), "at": at.time()}
    return found


def _shown(invite, team):
    return {"version": str(invite.version), "inbox": team.inbox}


@require_POST
def confirm(request, pk):
    """``/nurse/<id>/confirm/``: the nursing team said that a nurse comes."""
    invite = _fetch(request, pk)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _invite_page(request, invite, form)
    return do(
        request,
        lambda: nurse_services.confirm(request.user, invite, **form.cleaned_data),
        "The nurse is marked as confirmed.",
        then=reverse("nurse_invite", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
def cancel(request, pk):
    """``/nurse/<id>/cancel/``: asked once more, then taken out of everybody's calendar."""
    invite = _fetch(request, pk)
    if request.method == "POST":
        return do(
            request,
            lambda: nurse_services.cancel(request.user, invite),
            "The invitation has been cancelled. Everybody who has it is told.",
            then=reverse("nurse_invite", args=[pk]),
        )
    if not invite.is_invited:
        messages.info(request, "There is no date to cancel.")
        return redirect("nurse_invite", pk=pk)
    return _page(request, "cancel", invite)


@require_GET
def download(request, pk):
    """``/nurse/<id>/invite.ics``: the appointment as everybody got it; it names no child."""
    invite = _fetch(request, pk)
    if not invite.is_invited:
        raise Http404
    day = timezone.localdate(invite.starts_at)
    people = nurse.recipients(invite.school, invite.team, day, invite.invited_by)
    return FileResponse(
        io.BytesIO(nurse.appointment(invite, people)),
        as_attachment=True,
        filename="invite.ics",
        content_type=CONTENT_TYPE,
        headers={"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"},
    )
