import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from accounts.models import User
from audit.models import Act, Verb
from notifications.models import Message
from tests.world import PASSWORD

NEW = "another kettle lantern"
TOO_MANY = "Try again in 5 minutes"
WRONG = "Enter a correct email address and password"


def signed_in(client):
    return client.get("/session/").json()["signed_in"]


def said(response, *addresses):
    """The page without what differs on every request: tokens, nonces and what was typed."""
    text = response.content.decode()
    for changing in (r'name="csrfmiddlewaretoken" value="[^"]*"', r'nonce="[^"]*"'):
        text = re.sub(changing, "", text)
    for address in addresses:
        text = text.replace(address, "ADDRESS")
    return text


# --- signing in ----------------------------------------------------------------------------


def test_a_person_signs_in_with_their_address_in_any_case(client, person, sign_in):
    jo = person("jo")
    response = sign_in(" JO@Example.org ")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/session/").json()["user"] == str(jo.pk)
    assert Act.objects.get(verb=Verb.SIGN_IN).by == jo


def test_signing_in_leads_on_to_the_page_that_asked_for_it(client, person):
    person("jo")
    response = client.post(
        "/sign-in/", {"login": "jo@example.org", "password": PASSWORD, "next": "/schools/"}
    )
    assert response["Location"] == "/schools/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "///evil.example",
        "https:evil.example",
        "https://evil.example/",
        "http://127.0.0.1/",
        "http://localhost:9000/",
        "\\evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/%09/evil.example",
        "/\x00",
        "javascript:alert(1)",
        "schools/",
        "",
    ],
)
def test_next_never_leads_elsewhere(client, person, elsewhere):
    person("jo")
    response = client.post(
        "/sign-in/", {"login": "jo@example.org", "password": PASSWORD, "next": elsewhere}
    )
    assert response.status_code == 302
    target = urlsplit(response["Location"])
    assert (target.scheme, target.netloc) == ("", "")
    assert response["Location"].startswith("/")
    assert not response["Location"].startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/actions/", "/actions/"),
        ("http://elsewhere.example.org/actions/", "/"),
        ("", "/"),
    ],
)
def test_a_button_pressed_after_the_sign_in_ended_leads_back_to_its_page(client, db, referer, back):
    """The press itself is no page: somebody is told to do it again."""
    answer = client.post(f"/actions/{uuid4()}/done/", headers={"referer": referer}, follow=True)
    [(there, _)] = answer.redirect_chain
    assert there == f"/sign-in/?{urlencode({'next': back}, safe='/')}"
    assert "You were signed out before that was done" in answer.content.decode()


def test_the_session_has_a_new_key_after_signing_in(client, person, sign_in):
    person("jo")
    session = client.session
    session["kept"] = "from before"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in("jo@example.org")
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_who_is_signed_in_already_goes_home(client, person, sign_in):
    person("jo")
    sign_in("jo@example.org")
    assert client.get("/sign-in/")["Location"] == "/"


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        ({}, ["Enter your email address", "Enter your password"]),
        ({"login": "jo"}, ["Enter an email address in the correct format", "Enter your password"]),
        ({"login": "jo@example.org"}, ["Enter your password"]),
        ({"login": "jo@example.org\x00", "password": PASSWORD}, []),
        ({"login": "jo@example.org", "password": "x\x00y"}, []),
        ({"login": "jo@example.org", "password": "x" * 5000}, ["4,096 characters or fewer"]),
        ({"login": "‮" * 50 + "@example.org", "password": "x"}, []),
        ({"login": "mıke@example.org", "password": PASSWORD}, []),
        ({"login": "x" * 1_000_000, "password": "x"}, []),
        ({"login": "'; DROP TABLE accounts_user; --", "password": "x"}, []),
    ],
)
def test_what_is_missing_or_malformed_is_said_in_a_sentence(client, person, typed, sentences):
    person("mike")
    response = client.post("/sign-in/", typed)
    assert response.status_code == 200
    page = response.content.decode()
    assert 'href="#id_' in page
    for sentence in sentences:
        assert sentence in page
    assert not signed_in(client)


def test_the_password_typed_is_never_sent_back(client, person, sign_in):
    person("jo")
    assert (
        "a wrong pass phrase"
        not in sign_in("jo@example.org", "a wrong pass phrase").content.decode()
    )


def test_a_deactivated_person_is_told_whom_to_ask(client, person, sign_in):
    person("jo", is_active=False)
    response = sign_in("jo@example.org")
    assert response["Location"] == "/sign-in/closed/"
    assert "ask your manager" in client.get("/sign-in/closed/").content.decode()
    assert not signed_in(client)


def test_who_was_invited_and_has_not_joined_cannot_sign_in(client, person, sign_in):
    person("jo", password=None, joined_at=None)
    for password in (PASSWORD, "!", "None", "x"):
        assert WRONG in sign_in("jo@example.org", password).content.decode()


def test_the_system_s_own_users_cannot_sign_in(client, sign_in, db):
    User.objects.system("outbox")
    assert WRONG in sign_in("outbox@system.invalid", "!").content.decode()


# --- nobody learns who has an account ------------------------------------------------------


def test_a_known_and_an_unknown_address_are_refused_in_the_same_words(client, person, sign_in):
    person("jo")
    known = sign_in("jo@example.org", "a wrong pass phrase")
    unknown = sign_in("nobody@example.org", "a wrong pass phrase")
    assert known.status_code == unknown.status_code == 200
    assert WRONG in known.content.decode()
    assert said(known, "jo@example.org") == said(unknown, "nobody@example.org")


def test_a_known_and_an_unknown_address_get_the_same_answer_about_a_new_password(client, person):
    person("jo")
    answers = []
    for email in ("jo@example.org", "nobody@example.org"):
        response = client.post("/password/reset/", {"email": email})
        answers.append((response.status_code, response["Location"]))
    assert answers == [(302, "/password/reset/sent/")] * 2
    assert Message.objects.get().address == "jo@example.org"


def test_nobody_signs_up(client, db):
    assert client.get("/sign-up/").status_code == 404
    response = client.post("/sign-up/", {"email": "mallory@example.org", "password1": PASSWORD})
    assert response.status_code == 404
    assert not User.objects.exists()


# --- refusals are written down -------------------------------------------------------------


def test_a_wrong_password_is_written_on_the_person_s_record(person, sign_in):
    jo = person("jo")
    sign_in("jo@example.org", "a wrong pass phrase")
    act = Act.objects.get(verb=Verb.SIGN_IN_REFUSED)
    assert (act.by, act.subject_id, act.detail) == (jo, str(jo.pk), {"why": "password"})


def test_an_unknown_address_is_logged_without_the_address(sign_in, caplog, db):
    with caplog.at_level(logging.WARNING, "linkbook.security"):
        sign_in("nobody@example.org", "a wrong pass phrase")
    assert [record.name for record in caplog.records] == ["linkbook.security"]
    assert "nobody" not in caplog.text
    assert "wrong pass" not in caplog.text
    assert not Act.objects.exists()


# --- too many attempts ---------------------------------------------------------------------


def test_five_failures_close_an_account_for_five_minutes(client, person, sign_in, time_machine):
    """Even to the right password, in a sentence that says when to try again."""
    person("jo")
    time_machine.move_to("2026-11-23T09:00:00Z")
    for _ in range(5):
        assert WRONG in sign_in("jo@example.org", "a wrong pass phrase").content.decode()
    refused = sign_in("jo@example.org")
    assert refused.status_code == 200
    assert TOO_MANY in refused.content.decode()
    assert not signed_in(client)
    assert Act.objects.filter(verb=Verb.SIGN_IN_REFUSED, detail={"why": "limit"}).exists()
    time_machine.move_to("2026-11-23T09:05:01Z")
    assert sign_in("jo@example.org").status_code == 302


def test_an_unknown_address_is_closed_in_the_same_words(client, person, sign_in):
    person("jo")
    pages = []
    for email in ("jo@example.org", "nobody@example.org"):
        for _ in range(6):
            response = sign_in(email, "a wrong pass phrase")
        pages.append(said(response, email))
    assert TOO_MANY in pages[0]
    assert pages[0] == pages[1]


def test_a_colleague_behind_the_same_address_signs_in_after_ten_failures_of_another(
    person, sign_in
):
    """Schools share one address to the internet (security.md 6.1.1)."""
    person("jo")
    person("pat")
    shared = {"REMOTE_ADDR": "198.51.100.7"}
    for _ in range(10):
        sign_in("jo@example.org", "a wrong pass phrase", **shared)
    assert sign_in("pat@example.org", using=Client(), **shared).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_people_behind_one_address_sign_in_at_the_same_time(person, sign_in):
    """A school's staff arrive together; none waits for another's password to be checked."""
    emails = [person(f"jo{number}").email for number in range(10)]

    def arrive(email):
        try:
            return sign_in(email, using=Client(), REMOTE_ADDR="198.51.100.7").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(emails)) as doors:
        assert list(doors.map(arrive, emails)) == [302] * len(emails)


def test_attempts_are_counted_outside_the_transaction_of_the_request():
    """A refused request must not undo its count, nor a slow one keep others waiting."""
    view = resolve("/sign-in/").func
    assert "default" in view._non_atomic_requests


def test_too_many_requests_say_when_to_try_again(client, person):
    person("jo")
    for _ in range(6):
        response = client.post("/password/reset/", {"email": "jo@example.org"})
    assert response.status_code == 429
    assert "Wait one minute" in response.content.decode()


def test_a_new_password_reopens_a_closed_account(client, person, sign_in):
    person("jo")
    for _ in range(6):
        sign_in("jo@example.org", "a wrong pass phrase")
    choose_new_password(client, reset_link(client))
    assert sign_in("jo@example.org", NEW).status_code == 302


# --- a new password ------------------------------------------------------------------------


def reset_link(client, email="jo@example.org"):
    client.post("/password/reset/", {"email": email})
    body = Message.objects.filter(kind="password_reset").latest("created_at").body
    return urlsplit(re.search(r"http\S+", body)[0]).path


def choose_new_password(client, path, password=NEW, again=None):
    form = client.get(path, follow=True)
    page = form.redirect_chain[-1][0] if form.redirect_chain else path
    return client.post(page, {"password1": password, "password2": again or password})


def test_the_link_to_a_new_password_is_a_secret_message_of_the_outbox(client, person, settings):
    settings.SITE_URL = "https://linkbook.example.org"
    jo = person("jo")
    client.post("/password/reset/", {"email": "JO@example.org"}, headers={"host": "localhost"})
    message = Message.objects.get()
    assert (message.kind, message.to, message.is_secret) == ("password_reset", jo, True)
    assert message.expires_at is not None
    assert "https://linkbook.example.org/password/reset/key/" in message.body
    assert "Jo" not in message.subject + message.body


def test_a_new_password_replaces_the_old_one_and_the_link_works_once(client, person, sign_in):
    person("jo")
    link = reset_link(client)
    assert choose_new_password(client, link)["Location"] == "/password/reset/done/"
    assert "does not work any more" in client.get(link, follow=True).content.decode()
    assert WRONG in sign_in("jo@example.org", PASSWORD).content.decode()
    assert sign_in("jo@example.org", NEW)["Location"] == "/"


def test_a_new_password_by_mail_ends_every_session(client, person, sign_in):
    person("jo")
    sign_in("jo@example.org")
    other = Client()
    choose_new_password(other, reset_link(other))
    assert not signed_in(client)
    assert not signed_in(other)


def test_a_new_password_is_checked_and_asked_twice(client, person):
    jo = person("jo")
    link = reset_link(client)
    for first, second, sentence in (
        ("short", "short", "at least 12 characters"),
        ("linkbook2026!", "linkbook2026!", "does not rest on words"),
        (NEW, "another kettle lanterm", "not the same"),
    ):
        assert sentence in choose_new_password(client, link, first, second).content.decode()
    jo.refresh_from_db()
    assert jo.check_password(PASSWORD)


@pytest.mark.parametrize("key", ["x-y", "0-0", "f" * 32 + "-set-password", "a" * 4000 + "-b"])
def test_a_made_up_link_to_a_new_password_says_how_to_get_a_real_one(client, db, key):
    response = client.get(f"/password/reset/key/{key}/", follow=True)
    assert response.status_code == 200
    assert "Ask for a new link" in response.content.decode()


def test_who_has_not_joined_and_asks_for_a_password_gets_their_invitation_again(
    client, administrator, time_machine
):
    from accounts import services

    services.invite(administrator, "new@example.org", "Nell", ["coordinator"])
    time_machine.move_to(timezone.now() + timedelta(days=3))
    client.post("/password/reset/", {"email": "new@example.org"})
    assert list(Message.objects.values_list("kind", flat=True)) == ["invitation"] * 2


def test_changing_the_password_keeps_this_session_and_ends_the_others(client, person, sign_in):
    jo = person("jo")
    other = Client()
    sign_in("jo@example.org")
    sign_in("jo@example.org", using=other)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    wrong = client.post("/password/change/", {**typed, "oldpassword": "not the old one"})
    assert "Enter the password you sign in with now" in wrong.content.decode()
    assert client.post("/password/change/", typed)["Location"] == "/account/"
    assert signed_in(client)
    assert not signed_in(other)
    assert Act.objects.get(verb=Verb.CHANGE).detail == {"fields": ["password"]}
    jo.refresh_from_db()
    assert jo.check_password(NEW)


# --- signing out ---------------------------------------------------------------------------


def test_looking_at_the_sign_out_page_signs_nobody_out(client, person, sign_in):
    person("jo")
    sign_in("jo@example.org")
    assert "Do you want to sign out?" in client.get("/sign-out/").content.decode()
    assert signed_in(client)


def test_signing_out_ends_the_session_and_clears_the_browser(client, person, sign_in):
    jo = person("jo")
    sign_in("jo@example.org")
    old = client.cookies["sessionid"].value
    response = client.post("/sign-out/")
    assert response["Location"] == "/sign-in/"
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=old).exists()
    client.cookies["sessionid"] = old
    assert not signed_in(client)
    act = Act.objects.get(verb=Verb.SIGN_OUT)
    assert (act.by, act.detail) == (jo, {"because": "asked"})


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/sign-out/", "/password/reset/", "/password/change/", "/session/"]
)
def test_a_forged_post_is_refused(person, path):
    person("jo")
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get())
    assert client.post(path, {"login": "jo@example.org"}).status_code == 403
