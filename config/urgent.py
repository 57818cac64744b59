"""Pages that must answer with everything else down: /urgent/ and /healthz."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.db.utils import Error as DatabaseError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe


@transaction.non_atomic_requests
@login_not_required
@require_safe
def urgent(request):
    """``/urgent/``: 999, the front door, out of hours (rules 001-100, 001-103).

    No session, no user, no database: rendered without a request, from settings alone.
    """
    return HttpResponse(render_to_string("urgent.html", {"council": settings.COUNCIL}))


@transaction.non_atomic_requests
@login_not_required
@require_safe
def healthz(request):
    """``/healthz``: "ok", or 503 "not ok" when the database does not answer; no more."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("not ok", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")
