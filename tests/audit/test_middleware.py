"""Who changed a row, and who was turned away, as the middleware keeps it."""

import uuid
from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path

from accounts.models import User
from audit.models import Access, Context
from audit.services import looked

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "audit.middleware.HistoryContext",
    "audit.middleware.Refusals",
]


def update_phone(request, id):
    User.objects.filter(id=id).update(phone="01632 960 197")
    return HttpResponse("changed")


def change_by_sql(request, id):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET phone = '01632 960 196' WHERE id = %s", [id])
    return HttpResponse("changed")


def change_then_refuse(request, id):
    User.objects.filter(id=id).update(phone="01632 960 195")
    raise PermissionDenied


def hidden(request, token):
    raise Http404


def look(request):
    looked(request.user, request.user, basis="x" * 41)
    return HttpResponse("CANARY")


def nothing(request):
    return HttpResponse("read")


def change_after_a_savepoint(request, id):
    with suppress(PermissionDenied), transaction.atomic():
        change_then_refuse(request, id)
    return change_by_sql(request, id)


def read_in_a_savepoint(request):
    people = User.objects.filter(phone="01632 960 197")
    with transaction.atomic():
        list(people.union(people, all=True))
    return HttpResponse("read")


urlpatterns = [
    path("people/<uuid:id>/phone/", update_phone, name="person_phone"),
    path("people/<uuid:id>/sql/", change_by_sql, name="person_sql"),
    path("people/<uuid:id>/savepoint/", change_after_a_savepoint, name="person_savepoint"),
    path("people/<uuid:id>/refuse/", change_then_refuse, name="person_refuse"),
    path("hidden/<str:token>/", hidden, name="hidden"),
    path("look/", look, name="look"),
    path("nothing/", nothing, name="nothing"),
    path("savepoint/", read_in_a_savepoint, name="savepoint"),
]


def handler403(request, exception):
    return HttpResponse("no", status=403)


def handler404(request, exception):
    return HttpResponse("not here", status=404)


def handler500(request):
    return HttpResponse("broken", status=500)


@pytest.fixture(autouse=True)
def small_site(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = MIDDLEWARE


@pytest.fixture
def person(transactional_db):
    return User.objects.create_user("person@example.org", "Per Son")


@pytest.fixture
def signed_in(client, person):
    client.force_login(person)
    client.raise_request_exception = False
    return client


def last_event(person):
    return person.events.order_by("pgh_id").last()


@pytest.mark.parametrize("page", ["phone", "sql", "savepoint"])
def test_a_change_past_the_model_is_in_the_history_with_who_and_where(signed_in, person, page):
    signed_in.post(f"/people/{person.id}/{page}/")
    event = last_event(person)
    person.refresh_from_db()
    assert event.phone == person.phone != ""
    assert event.pgh_context.metadata == {"user": str(person.id), "page": f"person_{page}"}


def test_a_change_by_somebody_not_signed_in_names_nobody(client, person):
    client.post(f"/people/{person.id}/phone/")
    assert last_event(person).pgh_context.metadata == {"user": "", "page": "person_phone"}


def test_one_request_is_one_context(signed_in, person):
    before = Context.objects.count()
    signed_in.post(f"/people/{person.id}/phone/")
    signed_in.post(f"/people/{person.id}/sql/")
    assert Context.objects.count() == before + 2


def test_a_page_that_writes_nothing_asks_for_nobody(signed_in):
    with CaptureQueriesContext(connection) as queries:
        assert signed_in.get("/nothing/").status_code == 200
    assert {query["sql"] for query in queries} == {"BEGIN", "COMMIT"}


def test_neither_a_savepoint_nor_a_union_asks_for_anybody(signed_in):
    with CaptureQueriesContext(connection) as queries:
        assert signed_in.get("/savepoint/").status_code == 200
    asked = [query["sql"].split()[0] for query in queries]
    assert asked == ["BEGIN", "SAVEPOINT", "(SELECT", "RELEASE", "COMMIT"]


def test_a_refusal_is_kept_though_the_request_was_rolled_back(signed_in, person):
    response = signed_in.post(f"/people/{person.id}/refuse/")
    person.refresh_from_db()
    assert (response.status_code, person.phone) == (403, "")
    row = Access.objects.get()
    assert (row.user, row.status, row.action, row.subject_type, row.subject_id) == (
        person,
        403,
        "view",
        "person_refuse",
        str(person.id),
    )


def test_what_is_not_found_is_kept_without_its_token(signed_in, person):
    assert signed_in.get("/hidden/a-secret-token/").status_code == 404
    row = Access.objects.get()
    assert (row.user, row.status, row.subject_type, row.subject_id) == (person, 404, "hidden", "")


def test_an_address_that_does_not_exist_is_kept_by_its_status_only(signed_in):
    assert signed_in.get(f"/no/such/{uuid.uuid4()}/").status_code == 404
    row = Access.objects.get()
    assert (row.status, row.subject_type, row.subject_id) == (404, "", "")


def test_nobody_outside_can_fill_the_log(client, transactional_db):
    assert client.get("/hidden/a-secret-token/").status_code == 404
    assert client.post(f"/people/{uuid.uuid4()}/refuse/").status_code == 403
    assert not Access.objects.exists()


def test_a_refusal_that_cannot_be_kept_is_still_a_refusal(signed_in, monkeypatch, caplog):
    monkeypatch.setattr("audit.middleware.target_of", lambda request: "longer than any id" * 3)
    assert signed_in.get("/hidden/a/").status_code == 404
    assert not Access.objects.exists()
    assert "A refusal could not be kept: DataError" in caplog.text


def test_no_row_no_page(signed_in):
    """A look that cannot be written down is not given (security.md 2.12, 16.5)."""
    response = signed_in.get("/look/")
    assert response.status_code == 500
    assert b"CANARY" not in response.content
    assert not Access.objects.exists()
