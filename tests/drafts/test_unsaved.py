"""What is sent after a sign-in has ended is kept for its writer alone (security.md F-20)."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import sessions
from drafts.models import UnsavedForm
from drafts.unsaved import KEPT_FOR
from linkworkers.models import Crisis, Focus
from tests.world import PASSWORD

HAPPENED = "A parent came to the gate.\r\nThe school rang “999”. <b>Twice</b>."


@pytest.fixture
def expired(client, world):
    """``expired(user)``: the client with a sign-in that has been idle for too long."""

    def sign_in_and_wait(user):
        client.logout()
        sign_in(client, user)
        session = client.session
        session[sessions.SEEN] -= settings.SESSION_IDLE_SECONDS
        session.save()
        return client

    return sign_in_and_wait


def sign_in(client, user, **more):
    return client.post("/sign-in/", {"login": user.email, "password": PASSWORD, **more})


class Fields(HTMLParser):
    """The hidden fields of the page's form to ``path``, as a browser sends them."""

    def __init__(self, html, path):
        super().__init__()
        self.path, self.sent, self._inside = path, {}, False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self._inside = attributes.get("action") == self.path
        elif tag == "input" and self._inside:
            self.sent.setdefault(attributes["name"], []).append(attributes.get("value", ""))


def send_again(client, page, path):
    return client.post(path, Fields(page.content.decode(), path).sent)


def crisis_at(school):
    return f"/schools/{school.urn}/crisis/"


def crisis(**changes):
    return {"what_happened": HAPPENED, "happened_on": "today", "happened_time": "0:00", **changes}


def test_a_form_sent_too_late_is_kept_shown_after_sign_in_and_saved_as_it_was(expired, world):
    path = crisis_at(world.oakfield)
    client = expired(world.primary)
    refused = client.post(path, crisis(), follow=True)
    assert "What you sent has been kept." in refused.content.decode()
    assert not Crisis.objects.exists()
    page = client.get(sign_in(client, world.primary).url)
    assert "What you sent has not been saved" in page.content.decode()
    assert "&lt;b&gt;Twice&lt;/b&gt;" in page.content.decode()
    send_again(client, page, path)
    assert Crisis.objects.get().what_happened == HAPPENED
    assert not UnsavedForm.objects.exists()


def test_what_cannot_be_saved_comes_back_on_its_own_page_with_what_to_change(expired, world):
    path = crisis_at(world.oakfield)
    client = expired(world.primary)
    client.post(path, crisis(happened_on="31/02/2026"))
    page = client.get(sign_in(client, world.primary).url)
    answer = send_again(client, page, path)
    assert "31/02/2026" in answer.content.decode()
    assert "There is a problem" in answer.content.decode()
    assert not UnsavedForm.objects.exists()


def test_another_person_who_signs_in_in_the_same_browser_finds_nothing_of_it(expired, world):
    client = expired(world.primary)
    client.post(crisis_at(world.oakfield), crisis())
    kept = UnsavedForm.objects.get()
    assert sign_in(client, world.secondary).url == "/"
    assert client.get(f"/unsaved/{kept.pk}/").status_code == 404
    assert client.post(f"/unsaved/{kept.pk}/discard/").status_code == 404
    client.post(crisis_at(world.oakfield), {"unsaved_form": kept.pk})
    assert UnsavedForm.objects.get() == kept


def test_its_writer_finds_it_at_the_next_sign_in_wherever_that_leads(expired, world):
    expired(world.primary).post(crisis_at(world.oakfield), crisis())
    kept = UnsavedForm.objects.get()
    elsewhere = type(expired(world.secondary))()
    there = sign_in(elsewhere, world.primary, next="/schools/").url
    assert there == f"/unsaved/{kept.pk}/?next=%2Fschools%2F"


def test_a_program_that_signs_in_is_answered_as_ever(expired, world):
    client = expired(world.primary)
    client.post(crisis_at(world.oakfield), crisis())
    signing = {"login": world.primary.email, "password": PASSWORD}
    answer = client.post("/sign-in/", signing, headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert "location" in answer.json()


def test_its_writer_can_throw_it_away(expired, world):
    client = expired(world.primary)
    client.post(crisis_at(world.oakfield), crisis())
    kept = UnsavedForm.objects.get()
    sign_in(client, world.primary)
    assert client.post(f"/unsaved/{kept.pk}/discard/").url == "/"
    assert not UnsavedForm.objects.exists()
    assert not Crisis.objects.exists()


def test_what_was_refused_when_sent_again_stays_kept(expired, world):
    """The worker has lost the school meanwhile: their words are still theirs to copy."""
    path = f"/schools/{world.beech.urn}/crisis/"
    client = expired(world.primary)
    client.post(path, crisis())
    page = client.get(sign_in(client, world.primary).url)
    assert send_again(client, page, path).status_code in (403, 404)
    assert UnsavedForm.objects.exists()


def test_the_last_of_two_forms_sent_to_one_page_is_kept(expired, world):
    path = f"/schools/{world.oakfield.urn}/focus/"
    for decision in ("First.", "Second."):
        expired(world.manager).post(path, {"decision": decision})
    assert UnsavedForm.objects.get().data["decision"] == ["Second."]
    assert not Focus.objects.exists()


def test_no_password_and_no_file_is_kept(expired, world):
    expired(world.primary).post(
        "/password/change/", {"oldpassword": PASSWORD, "password1": "x", "password2": "x"}
    )
    expired(world.manager).post(
        "/schools/contacts/import/", {"file": SimpleUploadedFile("contacts.csv", b"name")}
    )
    assert not UnsavedForm.objects.exists()


def test_a_press_of_a_button_alone_is_not_kept(expired, world):
    expired(world.primary).post("/account/sessions/")
    assert not UnsavedForm.objects.exists()


def test_a_character_that_the_database_cannot_hold_costs_nothing_else(expired, world):
    expired(world.manager).post(
        f"/schools/{world.oakfield.urn}/focus/", {"decision": "before\x00after", "x\x00y": "z"}
    )
    assert UnsavedForm.objects.get().data == {"decision": ["beforeafter"], "xy": ["z"]}


def test_a_megabyte_is_kept_whole(expired, world):
    text = "word " * 200_000
    expired(world.manager).post(f"/schools/{world.oakfield.urn}/focus/", {"decision": text})
    assert UnsavedForm.objects.get().data["decision"] == [text]


def test_after_a_fortnight_it_is_gone(expired, world):
    client = expired(world.primary)
    client.post(crisis_at(world.oakfield), crisis())
    UnsavedForm.objects.update(sent_at=timezone.now() - KEPT_FOR - timedelta(minutes=1))
    assert sign_in(client, world.primary).url == "/"
    expired(world.manager).post(f"/schools/{world.oakfield.urn}/focus/", {"decision": "Later."})
    assert [kept.user for kept in UnsavedForm.objects.all()] == [world.manager]


def test_nothing_of_it_is_in_the_session_or_in_an_address(expired, world):
    client = expired(world.primary)
    answer = client.post(crisis_at(world.oakfield), crisis())
    stored = [session.get_decoded() for session in Session.objects.all()]
    assert HAPPENED not in str(stored)
    assert "999" not in answer.url
