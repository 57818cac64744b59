"""Error pages: what to do next, what was typed is not lost, and the urgent numbers.

Without the ``db`` fixture a query fails: these pages answer with the database down.
"""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import transaction
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_POST

from config import errors


def answering(error=None):
    @transaction.non_atomic_requests
    @login_not_required
    def view(request):
        if error:
            raise error
        return HttpResponse("fine")

    return view


urlpatterns = [
    path("fine/", answering()),
    path("bad/", answering(SuspiciousOperation)),
    path("forbidden/", answering(PermissionDenied)),
    path("absent/", answering(Http404)),
    path("broken/", answering(ZeroDivisionError)),
    path("button/", transaction.non_atomic_requests(login_not_required(require_POST(answering())))),
]
handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def client():
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/bad/", 400),
        ("/forbidden/", 403),
        ("/absent/", 404),
        ("/nowhere/", 404),
        ("/button/", 405),
        ("/broken/", 500),
    ],
)
def test_an_error_page_says_what_to_do_and_whom_to_ring(client, address, status):
    response = client.get(address)
    page = response.content.decode()
    assert response.status_code == status
    assert page.count("<h1") == 1
    assert 'href="tel:999"' in page
    assert "Traceback" not in page


def test_the_page_of_a_refused_method_is_as_long_as_its_headers_say(client):
    """A browser shows as much as it is promised, and a failure of its own for nothing."""
    response = client.get("/button/")
    assert response.headers["Content-Length"] == str(len(response.content))


def test_a_refused_method_names_those_the_address_takes(client):
    assert client.get("/button/").headers["Allow"] == "POST"


@pytest.mark.parametrize("address", ["/fine/", "/bad/", "/forbidden/", "/absent/", "/broken/"])
def test_no_answer_is_kept_by_a_browser_or_listed_by_a_search_engine(client, address):
    """security.md 2.3"""
    headers = client.get(address).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("address", ["/fine/", "/bad/", "/forbidden/", "/absent/", "/broken/"])
def test_no_answer_lets_a_script_in(client, address):
    """security.md 2.3"""
    policy = client.get(address).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize("address", ["/fine/?q=%00", "/fine/?a=1&b=x%00y", "/fine%00/"])
def test_a_null_character_in_an_address_is_a_page_and_no_crash(client, address):
    assert client.get(address).status_code in (400, 404)


def test_a_doubly_escaped_null_is_ordinary_text(client):
    assert client.get("/fine/?q=%2500").status_code == 200


def test_an_old_form_is_refused_and_says_how_to_come_back_to_what_was_typed(client):
    """The browser fetches the page again, so that it must be signed in before going back."""
    response = client.post("/fine/", {"notes": "an hour of writing"})
    page = response.content.decode()
    assert response.status_code == 403
    assert page.index("sign in") < page.index("go back")
    assert "most browsers put back what you typed" in page
    assert "an hour of writing" not in page
