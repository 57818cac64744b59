"""Error pages: what happened, what to do, and the urgent numbers. None asks the database."""

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string


def _page(template, status):
    return HttpResponse(render_to_string(template, {"council": settings.COUNCIL}), status=status)


def bad_request(request, exception=None):
    return _page("400.html", 400)


def permission_denied(request, exception=None):
    return _page("403.html", 403)


def page_not_found(request, exception=None):
    return _page("404.html", 404)


def server_error(request):
    return _page("500.html", 500)


def csrf_failure(request, reason=""):
    """The form's token is old: signed out and in again since. The typed text is not lost."""
    return _page("csrf.html", 403)
