"""Pages that must answer with everything else down: /urgent/ and /healthz."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.utils import Error as DatabaseError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from notifications.health import health

METRICS = """\
# ok
# HELP linkbook_oldest_unsent_seconds How long the oldest message that should be out has waited.
# TYPE linkbook_oldest_unsent_seconds gauge
linkbook_oldest_unsent_seconds {oldest:.0f}
# HELP linkbook_beat_silent_seconds How long ago Celery's beat was last seen.
# TYPE linkbook_beat_silent_seconds gauge
linkbook_beat_silent_seconds {silent:.0f}
"""


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
    """``/healthz``: 200 and whether messages go out, as Prometheus reads it; 503 "not ok" when
    the database does not answer. Late messages are no reason to take the pages away.

    ``NaN`` stands for a beat that was never seen.
    """
    try:
        now = health()
    except DatabaseError:
        return HttpResponse("not ok", content_type="text/plain", status=503)
    silent = float("nan") if now.beat_silent is None else now.beat_silent.total_seconds()
    body = METRICS.format(oldest=now.oldest_unsent.total_seconds(), silent=silent)
    return HttpResponse(body, content_type="text/plain; version=0.0.4")
