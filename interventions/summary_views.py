"""The numbers of a term for a school's governors, to print and as a PDF."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from audit.models import Look
from audit.services import looked
from documents.pdf import PdfFailed, PdfUnavailable, pdf
from documents.responses import pdf_response
from interventions import policies
from interventions.summary import summary_of, terms_of
from schools.models import School


@require_GET
def school_summary(request, urn):
    """``/schools/<urn>/summary/?term=2026-autumn``: this term unless another is asked for."""
    school, terms, key = _asked(request, urn)
    looked(request.user, school, Look.VIEW, basis="summary")
    context = {
        "school": school,
        "terms": [(other, str(term)) for other, term in terms.items()],
        "key": key,
        "summary": summary_of(request.user, school, terms[key]),
        "is_team": policies.may_see_provision(request.user, school),
        "nav": "schools",
    }
    return render(request, "interventions/summary.html", context)


@require_GET
def school_summary_pdf(request, urn):
    """``/schools/<urn>/summary/pdf/``: the same on paper."""
    school, terms, key = _asked(request, urn)
    looked(request.user, school, Look.PDF, basis="summary")
    title = f"Summary for governors, {terms[key]}"
    html = render_to_string(
        "interventions/pdf/summary.html",
        {"school": school, "summary": summary_of(request.user, school, terms[key]), "title": title},
        request=request,
    )
    try:
        data = pdf(html, title=title)
    except (PdfFailed, PdfUnavailable):
        messages.warning(request, "The PDF could not be made. Print the page instead.")
        return redirect("school_summary", urn=urn)
    return pdf_response(data, f"summary-{school.urn}-{key}.pdf")


def _asked(request, urn):
    """``(school, terms, key)``; 404 for whoever has no part in the school."""
    school = get_object_or_404(School, urn=urn)
    if not policies.may_see_summary(request.user, school):
        raise Http404
    terms = terms_of(school)
    asked = request.GET.get("term", "")
    return school, terms, asked if asked in terms else next(iter(terms))
