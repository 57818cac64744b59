"""Error pages: what happened, what to do, and the urgent numbers. None asks the database."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.template.loader import render_to_string


def _page(template, status, **context):
    page = render_to_string(template, {"council": settings.COUNCIL, **context})
    return HttpResponse(page, status=status)


def bad_request(request, exception=None):
    """400, or 413 when more was sent than is taken in one go."""
    too_long = isinstance(exception, RequestDataTooBig)
    return _page("400.html", 413 if too_long else 400, too_long=too_long)


def permission_denied(request, exception=None):
    """403: signed in, and not theirs to do."""
    return _page("403.html", 403)


def page_not_found(request, exception=None):
    """404: not there, or not theirs to know of."""
    return _page("404.html", 404)


def method_not_allowed(response):
    """405: the page of a refused method is written into the answer that names those it takes."""
    response.content = _page("405.html", 405).content
    return response


def server_error(request):
    """500: something broke here."""
    return _page("500.html", 500)


def csrf_failure(request, reason=""):
    """The form's token is old: signed out and in again since. Nothing sent with it is kept."""
    return _page("csrf.html", 403)
