"""One child's extract from a note: to copy, as a PDF, and stored on the child's own record."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from audit.services import looked
from consultations import extracts, policies
from consultations.note import note_for
from consultations.services import extracts as extract_services
from consultations.views import readable
from documents.pdf import PdfFailed, PdfUnavailable, pdf
from documents.responses import pdf_response
from govuk.words import date_of
from schools.children import basis_of, closed_children


@require_GET
def extract(request, pk, part_pk):
    """``/shared/<id>/extracts/<part id>/``: the text to copy; the team is told of other names."""
    note, part = _fetch(request, pk, part_pk)
    if _is_closed(request, note, part):
        return redirect("consultation_reason", pk=pk)
    _looked(request, note, part, Look.VIEW)
    is_team = not policies.is_on_school_side(request.user, note.consultation)
    return render(
        request,
        "consultations/extract.html",
        {
            "consultation": note.consultation,
            "part": part,
            "text": extracts.text_of(note, part),
            "others": extracts.others_named(note).get(part.pk, []) if is_team else [],
            "is_team": is_team,
            "may_act": not is_team,
            "nav": "schools" if is_team else "shared",
        },
    )


@require_GET
def extract_pdf(request, pk, part_pk):
    """``/shared/<id>/extracts/<part id>/pdf/``: nothing personal in its file name or properties."""
    note, part = _fetch(request, pk, part_pk)
    if _is_closed(request, note, part):
        return redirect("consultation_reason", pk=pk)
    _looked(request, note, part, Look.PDF)
    held_at = note.consultation.held_at
    title = f"Early help consultation, extract, {date_of(held_at)}"
    html = render_to_string(
        "consultations/pdf/extract.html",
        {"consultation": note.consultation, "note": note, "part": part, "title": title},
        request=request,
    )
    try:
        data = pdf(html, title=title)
    except (PdfFailed, PdfUnavailable):
        messages.warning(request, "The PDF could not be made. Copy the text instead.")
        return redirect("extract", pk=pk, part_pk=part_pk)
    held_on = timezone.localdate(held_at)
    return pdf_response(data, f"early-help-consultation-extract-{held_on:%Y-%m-%d}.pdf")


@require_POST
def extract_stored(request, pk, part_pk):
    """POST ``/shared/<id>/extracts/<part id>/stored/``: it is on the child's record there."""
    note, part = _fetch(request, pk, part_pk)
    allow(policies.may_act_for_school(request.user, note.consultation))
    try:
        extract_services.stored(request.user, note.consultation, part.pk)
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
    else:
        others = [other for other in note.named if other != part and not other.stored_on]
        messages.success(
            request,
            "Marked as stored."
            if others
            else "Marked as stored. Every child’s extract is stored now. Is the whole note stored "
            "too? Then say so below.",
        )
    return redirect("shared_note", pk=pk)


def _fetch(request, pk, part_pk):
    """``(note, part)`` as the user reads the note; 404 for a child who is not in their copy."""
    consultation = readable(request, pk)
    note = note_for(request.user, consultation)
    part = next((part for part in note.named if part.pk == part_pk), None)
    if part is None:
        raise Http404
    allow(policies.may_take_extracts(request.user, consultation))
    return note, part


def _is_closed(request, note, part):
    """Somebody of the team must give a reason first; what a school was given has no gate."""
    if policies.is_on_school_side(request.user, note.consultation):
        return False
    return bool(closed_children(request.user, [part.pupil.pk]))


def _looked(request, note, part, action):
    """One access-log row, which names the child."""
    user, consultation = request.user, note.consultation
    basis, reason = policies.basis(user, consultation), ""
    if not policies.is_on_school_side(user, consultation):
        basis, reason = basis_of(user, part.pupil)
    looked(user, consultation, action, basis=basis, child_id=part.pupil.pk, reason=reason)
