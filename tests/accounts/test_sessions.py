from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import services, sessions
from audit.models import Act, Verb

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
PAGE = "/account/"
AUTOSAVE = {"X-Autosave": "1"}


@pytest.fixture
def jo(client, person, sign_in, time_machine):
    """Signed in at nine."""
    time_machine.move_to(NINE, tick=False)
    user = person("jo")
    sign_in("jo@example.org")
    return user


@pytest.fixture
def at(time_machine):
    """``at(minutes=30)``: so long after nine."""

    def move(**after):
        time_machine.move_to(NINE + timedelta(**after), tick=False)

    return move


def stays_signed_in(client, hours, minutes=29, at=None):
    """Something is done every ``minutes`` for so many hours."""
    for number in range(1, hours * 60 // minutes + 1):
        at(minutes=number * minutes)
        assert client.get(PAGE).status_code == 200


# --- the limits ----------------------------------------------------------------------------


def test_a_session_lasts_until_its_user_has_done_nothing_for_thirty_minutes(client, jo, at):
    at(minutes=29, seconds=59)
    assert client.get(PAGE).status_code == 200
    at(minutes=59, seconds=58)
    assert client.get(PAGE).status_code == 200


def test_after_thirty_idle_minutes_a_page_leads_to_sign_in_and_back(client, jo, at):
    at(minutes=30, seconds=1)
    response = client.get(f"{PAGE}?tab=2", follow=True)
    assert response.redirect_chain == [("/sign-in/?next=/account/%3Ftab%3D2", 302)]
    assert "nothing happened for 30 minutes" in response.content.decode()
    assert Act.objects.get(verb=Verb.SIGN_OUT).detail == {"because": "idle"}


def test_after_thirty_idle_minutes_a_post_changes_nothing(client, jo, at):
    at(minutes=30, seconds=1)
    response = client.post(PAGE, {"name": "Somebody Else"})
    assert response["Location"] == "/sign-in/"
    jo.refresh_from_db()
    assert jo.name == "Jo"


def test_a_session_that_ran_out_is_gone_for_good(client, jo, at):
    old = client.cookies["sessionid"].value
    at(minutes=31)
    client.get(PAGE)
    assert not Session.objects.filter(session_key=old).exists()
    client.cookies["sessionid"] = old
    at(minutes=5)
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (1, 302)])
def test_a_session_lasts_twelve_hours_whatever_is_done(client, jo, at, seconds, status):
    stays_signed_in(client, 12, at=at)
    at(hours=12, seconds=seconds)
    assert client.get(PAGE).status_code == status
    if status == 302:
        assert Act.objects.get(verb=Verb.SIGN_OUT).detail == {"because": "absolute"}


def test_signing_in_again_starts_a_new_twelve_hours(client, jo, at, sign_in):
    stays_signed_in(client, 11, at=at)
    client.post("/sign-out/")
    sign_in("jo@example.org")
    for minutes in (11 * 60 + 5, 11 * 60 + 34, 12 * 60 + 3):
        at(minutes=minutes)
        assert client.get(PAGE).status_code == 200


def test_being_there_is_noted_at_most_once_a_minute(client, jo, at):
    def saves():
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return sum('UPDATE "django_session"' in query["sql"] for query in queries)

    at(seconds=59)
    assert saves() == 0
    at(seconds=60)
    assert saves() == 1
    at(seconds=61)
    assert saves() == 0


# --- what a page does by itself ------------------------------------------------------------


def test_autosave_does_not_keep_a_session_alive(client, jo, at):
    for minute in range(1, 30):
        at(minutes=minute)
        assert client.post(PAGE, {"name": "Jo"}, headers=AUTOSAVE).status_code == 302
    at(minutes=30, seconds=1)
    response = client.post(PAGE, {"name": "Jo Changed"}, headers=AUTOSAVE)
    assert response.status_code == 401
    assert "nothing happened for 30 minutes" in response.json()["message"]
    jo.refresh_from_db()
    assert jo.name == "Jo"


def test_autosave_of_nobody_is_answered_in_json_and_never_with_the_sign_in_page(client, db):
    response = client.post(PAGE, {"name": "Jo"}, headers=AUTOSAVE)
    assert response.status_code == 401
    assert response["Content-Type"] == "application/json"
    assert response.json() == {"message": "You are not signed in. Sign in to carry on."}


def test_asking_how_the_session_stands_does_not_extend_it(client, jo, at):
    at(minutes=29)
    answer = client.get("/session/").json()
    assert (answer["signed_in"], answer["user"]) == (True, str(jo.pk))
    assert answer["expires_in"] == 60
    at(minutes=30, seconds=1)
    answer = client.get("/session/").json()
    assert (answer["signed_in"], answer["user"], answer["expires_in"]) == (False, None, 0)
    assert client.get(PAGE).status_code == 302


def test_saying_that_one_is_there_extends_the_session(client, jo, at):
    at(minutes=29)
    assert client.post("/session/").json()["expires_in"] == 30 * 60
    at(minutes=58)
    assert client.get(PAGE).status_code == 200


def test_the_last_minutes_of_the_twelve_hours_are_told_as_they_are(client, jo, at):
    stays_signed_in(client, 12, at=at)
    at(hours=11, minutes=50)
    assert client.post("/session/").json()["expires_in"] == 10 * 60


def test_nobody_extends_a_session_that_is_over_or_never_was(client, jo, at):
    at(minutes=31)
    assert client.post("/session/").status_code == 401
    assert Client().post("/session/").status_code == 401


def test_the_token_of_the_session_page_lets_a_form_through(person, sign_in):
    person("jo")
    client = Client(enforce_csrf_checks=True)
    token = client.get("/session/").json()["csrf"]
    typed = {"login": "jo@example.org", "password": "wrong", "csrfmiddlewaretoken": token}
    assert client.post("/sign-in/", typed).status_code == 200
    assert client.get("/session/")["Cache-Control"].count("no-store") == 1


# --- ended from elsewhere ------------------------------------------------------------------


def test_deactivation_ends_the_session_on_the_next_request(client, jo, administrator):
    services.deactivate(administrator, jo)
    assert client.get(PAGE).status_code == 302
    assert client.post(PAGE, {"name": "Jo"}, headers=AUTOSAVE).status_code == 401


def test_reactivation_does_not_bring_old_sessions_back(client, jo, administrator):
    services.deactivate(administrator, jo)
    services.reactivate(administrator, jo)
    assert client.get(PAGE).status_code == 302


CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)


def test_a_person_sees_where_they_are_signed_in_and_nobody_elses(client, jo, person, sign_in):
    sign_in("jo@example.org", using=Client(), headers={"user-agent": CHROME})
    person("pat")
    sign_in("pat@example.org", using=Client(), headers={"user-agent": "Firefox/150 Linux"})
    page = client.get("/account/sessions/").content.decode()
    assert "Chrome on Windows" in page
    assert "Firefox" not in page
    assert page.count("this one") == 1


def test_a_person_ends_one_other_session_of_their_own(client, jo, person, sign_in):
    other, pats = Client(), Client()
    sign_in("jo@example.org", using=other)
    pat = person("pat")
    sign_in("pat@example.org", using=pats)
    theirs = pat.usersession_set.get()
    assert client.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    row = jo.usersession_set.get(session_key=other.cookies["sessionid"].value)
    client.post(f"/account/sessions/{row.pk}/end/")
    assert other.get(PAGE).status_code == 302
    assert client.get(PAGE).status_code == pats.get(PAGE).status_code == 200


def test_a_person_signs_out_everywhere_else(client, jo, sign_in):
    others = [Client(), Client()]
    for other in others:
        sign_in("jo@example.org", using=other)
    assert client.post("/account/sessions/").status_code == 302
    assert [other.get(PAGE).status_code for other in others] == [302, 302]
    assert client.get(PAGE).status_code == 200


def test_sessions_that_ran_out_are_not_listed(client, jo, sign_in, at):
    other = Client()
    sign_in("jo@example.org", using=other)
    at(minutes=20)
    client.get(PAGE)
    at(minutes=40)
    assert [row.session_key for row in sessions.of(jo)] == [client.cookies["sessionid"].value]


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/140 Safari/537", "Chrome on Chromebook"),
        ("Mozilla/5.0 (Android 16; Mobile) Firefox/150", "Firefox on Android"),
        ("curl/8", "Unknown browser"),
        ("<script>alert(1)</script>", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_device_is_named_as_a_person_knows_it(user_agent, device):
    assert sessions.device_of(user_agent).startswith(device)


# --- your account --------------------------------------------------------------------------


def test_a_person_changes_their_name_and_telephone_number(client, jo):
    response = client.post(PAGE, {"name": "Jo Jones", "phone": "01632 960 111"}, follow=True)
    assert "Your details have been changed" in response.content.decode()
    jo.refresh_from_db()
    assert (jo.name, jo.phone, jo.email) == ("Jo Jones", "01632 960 111", "jo@example.org")


@pytest.mark.parametrize(
    "typed",
    [{"name": ""}, {"name": "x\x00"}, {"name": "x" * 151}, {"name": "Jo", "phone": "0" * 31}],
)
def test_details_that_cannot_be_kept_are_said_and_stay_as_typed(client, jo, typed):
    response = client.post(PAGE, typed)
    assert response.status_code == 200
    assert "govuk-error-summary" in response.content.decode()
    jo.refresh_from_db()
    assert (jo.name, jo.phone) == ("Jo", "")


def test_a_name_of_markup_is_shown_as_typed(client, jo):
    typed = "<b>Jo</b> \u202eoJ"
    client.post(PAGE, {"name": typed})
    assert "&lt;b&gt;Jo&lt;/b&gt;" in client.get(PAGE).content.decode()
    jo.refresh_from_db()
    assert jo.name == typed
