"""One child's note as the school was given it: to copy, as a PDF, and stored there."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audit.errors import allow
from audit.models import Look
from audit.services import looked
from documents.pdf import PdfFailed, PdfUnavailable, pdf
from documents.responses import pdf_response
from govuk.words import long_date
from interventions import school_note
from interventions.acting import do
from interventions.models import Session, SessionPart, ShortIntervention
from interventions.services import sessions as services
from schools.children import basis_of, closed_children


@require_GET
def shared_part(request, pk, part_pk):
    """``/shared/short-work/<id>/parts/<part id>/``: the text to copy into its own system."""
    part, is_team = _fetch(request, pk, part_pk)
    if _is_closed(request, part, is_team):
        return redirect("session_reason", pk=part.session_id)
    _looked(request, part, is_team, Look.VIEW)
    note = school_note.note_of(part)
    return render(
        request,
        "interventions/school_note.html",
        {
            "note": note,
            "part": part,
            "text": school_note.text_of(note),
            "is_team": is_team,
            "may_act": not is_team and part.stored_on is None,
            "nav": "interventions" if is_team else "shared_work",
        },
    )


@require_GET
def shared_part_pdf(request, pk, part_pk):
    """``/shared/short-work/<id>/parts/<part id>/pdf/``: nothing personal in its properties."""
    part, is_team = _fetch(request, pk, part_pk)
    if _is_closed(request, part, is_team):
        return redirect("session_reason", pk=part.session_id)
    _looked(request, part, is_team, Look.PDF)
    note, held_on = school_note.note_of(part), part.session.held_on
    title = f"Note for the school, {long_date(held_on)}"
    html = render_to_string(
        "interventions/pdf/school_note.html", {"note": note, "title": title}, request=request
    )
    try:
        data = pdf(html, title=title)
    except (PdfFailed, PdfUnavailable):
        messages.warning(request, "The PDF could not be made. Copy the text instead.")
        return redirect("shared_part", pk=pk, part_pk=part_pk)
    return pdf_response(data, f"note-for-school-{held_on:%Y-%m-%d}.pdf")


@require_POST
def shared_part_stored(request, pk, part_pk):
    """POST ``/shared/short-work/<id>/parts/<part id>/stored/``: it is on the record there."""
    part, is_team = _fetch(request, pk, part_pk)
    allow(not is_team)
    return do(
        request,
        None,
        lambda: services.stored(request.user, part),
        "Marked as stored on the child’s record.",
        reverse("shared_work", args=[pk]),
    )


def _fetch(request, pk, part_pk):
    """``(part, is_team)``: what the school was given, and what the team may preview; or 404."""
    parts = SessionPart.objects.exclude(school_text="").select_related(
        "pupil",
        "stored_by",
        "session__author",
        "session__started_by",
        "session__intervention__school",
    )
    given = parts.filter(pk=part_pk, session__intervention=pk, given_at__isnull=False)
    works = ShortIntervention.objects.at_school_of(request.user)
    if part := given.filter(session__intervention__in=works.order_by()).first():
        return part, False
    seen = Session.objects.visible_to(request.user).filter(completed_at__isnull=False)
    return get_object_or_404(parts, pk=part_pk, session__intervention=pk, session__in=seen), True


def _is_closed(request, part, is_team):
    """Somebody of the team must give a reason first; what a school was given has no gate."""
    return is_team and bool(closed_children(request.user, [part.pupil_id]))


def _looked(request, part, is_team, action):
    """One access-log row, which names the child."""
    basis, reason = "school", ""
    if is_team:
        basis, reason = basis_of(request.user, part.pupil)
    looked(request.user, part.session, action, basis=basis, child_id=part.pupil_id, reason=reason)
