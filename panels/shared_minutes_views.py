"""The minutes as a school reads them: the copy its people were sent, and nothing else."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from audit.models import Look
from documents.responses import pdf_response
from panels import copy_file
from panels.models import Distribution
from panels.services import readers


def _rows(request, pk):
    """The copies of the latest version somebody was sent, one for each of their schools; or 404."""
    rows = Distribution.objects.read_by(request.user).filter(version__meeting=pk)
    rows = list(rows.select_related("file", "version__meeting", "person__school"))
    if not rows:
        raise Http404
    return rows


@require_GET
def shared_minutes(request, pk):
    """``/shared/meetings/<id>/minutes/``: the school's copy as it was sent."""
    rows = _rows(request, pk)
    for row in rows:
        readers.opened(request.user, row)
    context = {
        "meeting": rows[0].version.meeting,
        "copies": [copy_file.context_of(row) | {"row": row} for row in rows],
        "nav": "shared_meetings",
    }
    return render(request, "panels/distribution/shared.html", context)


@require_GET
def shared_minutes_pdf(request, pk, copy):
    """``/shared/meetings/<id>/minutes/<copy>/pdf/``: the same as a tagged PDF."""
    row = next((row for row in _rows(request, pk) if row.pk == copy), None)
    if row is None:
        raise Http404
    data = copy_file.held(row)
    if data is None:
        messages.warning(request, "The PDF could not be made. Print the page instead.")
        return redirect("shared_minutes", pk=pk)
    readers.opened(request.user, row, Look.PDF)
    return pdf_response(data, copy_file.name_of(row))
