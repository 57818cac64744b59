"""Autosave over HTTP: the version and time in answer, and 409 instead of a loss."""

import json
import uuid

import pytest
from django.http import Http404
from django.test import RequestFactory

from accounts.models import User
from drafts import views
from drafts.models import Draft
from drafts.services import consume, start


@pytest.fixture
def writer(db):
    return User.objects.create_user("writer@example.org", "Wren Writer")


@pytest.fixture
def draft(writer):
    return start(writer, "note", uuid.uuid4(), {"text": ["first"]})


def posted(user, **fields):
    request = RequestFactory().post("/drafts/", fields)
    request.user = user
    return request


def answer_of(response):
    return response.status_code, json.loads(response.content)


def test_a_save_answers_its_version_its_time_and_where_the_next_one_goes(writer, draft):
    status, answer = answer_of(views.save(posted(writer, text="second", version="1"), draft))
    assert status == 200
    assert answer["version"] == 2
    assert answer["draft_url"] == f"/drafts/{draft.pk}/"
    assert answer["saved"].endswith(("am", "pm"))
    draft.refresh_from_db()
    assert draft.data == {"text": ["second"]}


def test_a_page_that_is_behind_is_given_the_newer_text_and_its_version(writer, draft):
    views.save(posted(writer, text="second", version="1"), draft)
    status, answer = answer_of(views.save(posted(writer, text="third", version="1"), draft))
    assert status == 409
    assert answer["reason"] == "version"
    assert (answer["theirs"], answer["their_version"]) == ({"text": ["second"]}, 2)
    draft.refresh_from_db()
    assert draft.data == {"text": ["second"]}


@pytest.mark.parametrize(
    "version",
    ["", "0", "-1", "1.0", " 1", "x", "١", "²", "1" * 400, "9" * 20, "\x00"],
)
def test_a_version_that_is_none_is_behind_and_never_an_error(writer, draft, version):
    status, answer = answer_of(views.save(posted(writer, text="lost", version=version), draft))
    assert (status, answer["theirs"]) == (409, {"text": ["first"]})


def test_a_save_without_a_version_is_behind(writer, draft):
    assert views.save(posted(writer, text="lost"), draft).status_code == 409


def test_a_page_opened_by_somebody_else_in_this_browser_saves_nothing(writer, draft):
    request = posted(writer, text="theirs", version="1", author=str(uuid.uuid4()))
    assert answer_of(views.save(request, draft)) == (409, {"reason": "user"})
    draft.refresh_from_db()
    assert draft.data == {"text": ["first"]}
    own = posted(writer, text="mine", version="1", author=str(writer.pk))
    assert views.save(own, draft).status_code == 200


def test_what_was_completed_or_discarded_meanwhile_is_not_found(writer, draft):
    consume(draft.form, draft.target_id)
    with pytest.raises(Http404):
        views.save(posted(writer, text="late", version="1"), draft)
    assert not Draft.objects.exists()


def test_over_http_only_its_author_finds_a_draft_and_only_until_it_is_consumed(world, client):
    draft = Draft.objects.get(target_id=world.draft.pk)
    address, typed = f"/drafts/{draft.pk}/", {"version": "1", "text": "more"}
    for who, status in (("manager", 404), ("dsl", 404), ("primary", 200)):
        client.force_login(
            getattr(world, who), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        assert client.post(address, typed).status_code == status, who
    assert client.get(address).status_code == 405
    consume(draft.form, draft.target_id)
    assert client.post(address, {**typed, "version": "2"}).status_code == 404
