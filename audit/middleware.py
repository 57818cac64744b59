"""What the audit learns from a request by itself: who changes rows, and who was turned away."""

import logging
import uuid

import pghistory
from django.db import Error
from django.utils.functional import lazy

from audit.services import refused

logger = logging.getLogger(__name__)
REFUSALS = {403, 404}


def user_of(request):
    """The id of the signed-in user as text, or ""."""
    return str(request.user.pk or "")


def page_of(request):
    """The name of the URL pattern, or "" where none fits. Never the path."""
    match = request.resolver_match
    return (match and match.url_name) or ""


def target_of(request):
    """The id in the address as text, or "". A token is no id: only UUIDs count."""
    match = request.resolver_match
    values = match.kwargs.values() if match else ()
    return next((str(value) for value in values if isinstance(value, uuid.UUID)), "")


class HistoryContext:
    """Names the person and the page beside every change of a row that a request makes."""

    # Asked at a write, since most requests write nothing and some pages know no user.
    user = staticmethod(lazy(user_of, str))
    page = staticmethod(lazy(page_of, str))

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with pghistory.context(user=self.user(request), page=self.page(request)):
            return self.get_response(request)


class Refusals:
    """Keeps the answers 403 and 404 to signed-in people in the access log (design.md 2).

    Anonymous ones stay out, so that nobody outside can fill the table. The row has a
    transaction of its own: the request's is over, and was rolled back if the view raised.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code in REFUSALS:
            try:
                if request.user.is_authenticated:
                    refused(
                        request.user,
                        page_of(request),
                        subject_id=target_of(request),
                        status=response.status_code,
                    )
            except Error as error:
                logger.error("A refusal could not be kept: %s", type(error).__name__)
        return response
