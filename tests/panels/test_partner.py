"""An agency's contact reads their copy by a link and a code, and ticks off what they took on."""

import re
import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from audit.models import Access, Act
from notifications.models import Message
from panels.models import Distribution, MinutesLink
from panels.partner_views import ELSEWHERE
from panels.services import distribution, partners
from tests.kept import kept
from tests.panels.distribution import READ_BY, Themed, code_to, opened, paths_to, texts_in
from tests.panels.minutes import corrected
from tests.test_headers import faults
from tests.world import anew

pytestmark = pytest.mark.django_db

POLICE = "police@example.org"
GONE = "This page is not open"


@pytest.fixture(autouse=True)
def no_earlier_tries():
    cache.clear()


@kept
def made(world):
    found = Themed(world)
    found.final()
    found.send(found.agency_rows)
    return found


@pytest.fixture
def path(made):
    return paths_to(POLICE)[0]


def codes():
    return Message.objects.filter(kind="minutes_code")


def plain(answer):
    """The page without what differs each time: nonce, form token and the digits typed."""
    return re.sub(r'nonce="[^"]+"|value="\w+"', "", answer.text)


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


# --- getting in -----------------------------------------------------------------------------------


def test_the_answer_is_the_same_whatever_address_is_typed(path):
    """security.md 5.4 N-11: a link that was passed on gets nobody in."""
    seen = set()
    for address in ("somebody@example.org", POLICE, "POLICE@Example.org "):
        client = Client()
        answer = client.post(path, {"address": address})
        page = client.get(answer.url)
        seen.add((answer.status_code, answer.url, plain(page)))
        assert POLICE not in page.text
        assert "police" not in page.text.lower()
    assert len(seen) == 1
    assert set(codes().values_list("address", flat=True)) == {POLICE}
    assert codes().count() == 2


def test_before_the_code_nothing_of_the_meeting_shows(made, path):
    client = Client()
    for page in (client.get(path), client.post(path, {"address": POLICE}, follow=True)):
        assert not texts_in(page.text)
        for word in (made.meeting.title, made.meeting.reference, "Police", "CASO"):
            assert word not in page.text
    for place in ("pdf/", f"actions/{made.patrol.pk}/tick/"):
        client.get(f"{path}{place}")
        client.post(f"{path}{place}")
    made.patrol.refresh_from_db()
    assert made.patrol.action.done_at is None
    assert Distribution.objects.filter(opened_at__isnull=False).count() == 0


def test_the_code_opens_once_in_one_browser(path):
    client, _ = opened(POLICE, path)
    code = code_to(POLICE)
    assert client.get(path).status_code == 200
    other = Client()
    other.post(path, {"address": "somebody@example.org"})
    assert "This is not the code" in other.post(path, {"code": code}).text


def test_a_code_is_over_after_ten_minutes(path, time_machine):
    now = timezone.now()
    client = Client()
    client.post(path, {"address": POLICE})
    code = code_to(POLICE)
    time_machine.move_to(now + timedelta(minutes=10, seconds=1))
    assert "This is not the code" in client.post(path, {"code": code}).text
    client.post(path, {"address": POLICE})
    assert client.post(path, {"code": code_to(POLICE)}).status_code == 302


def test_ten_wrong_tries_close_the_code_and_not_the_link_and_nobody_is_told(path):
    client = Client()
    client.post(path, {"address": POLICE})
    code = code_to(POLICE)
    pages = {plain(client.post(path, {"code": wrong(code)})) for _ in range(10)}
    pages.add(plain(client.post(path, {"code": code})))
    assert len(pages) == 1
    client.post(path, {"address": POLICE})
    assert client.post(path, {"code": code_to(POLICE)}).status_code == 302


def test_few_codes_are_sent_for_one_link_and_nobody_is_told(path):
    for _ in range(7):
        answer = Client().post(path, {"address": POLICE})
        assert (answer.status_code, answer.url) == (302, path)
    assert codes().count() == 5


def test_whoever_tries_often_waits_a_minute(path):
    client = Client()
    answers = [client.post(path, {"code": "000000"}).status_code for _ in range(62)]
    assert answers[-1] == 429
    assert 429 not in answers[:60]


def test_the_code_is_mailed_apart_secret_and_says_nothing(made, path):
    Client().post(path, {"address": POLICE})
    message = codes().get()
    assert message.is_secret
    assert message.expires_at <= timezone.now() + timedelta(minutes=10)
    assert path not in message.body
    assert made.meeting.title not in message.subject + message.body
    link = MinutesLink.objects.get(token_hash=partners.digest(path.split("/")[2]))
    assert code_to(POLICE) not in link.code_hash


@pytest.mark.parametrize(
    "address",
    [
        "a,b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "x" * 320,
        "é@exämple.org",
        "",
        "\0",
    ],
)
def test_an_address_that_is_none_is_asked_for_again(path, address):
    """security.md 6.5"""
    answer = Client().post(path, {"address": address})
    assert answer.status_code in (200, 302)
    assert not codes().exists()


@pytest.mark.parametrize("code", ["", "12", "１２３４５６", "\0", "1" * 5000, "<b>", "12 34 56"])
def test_what_is_no_code_opens_nothing(path, code):
    client = Client()
    client.post(path, {"address": POLICE})
    assert client.post(path, {"code": code}).status_code == 200
    assert texts_in(client.get(path).text) == set()


# --- one and the same page ------------------------------------------------------------------------


def test_wrong_over_and_called_back_links_are_answered_alike(made, world, as_, time_machine):
    """security.md 5.4 N-11 and N-12"""
    first, second = paths_to(POLICE)[0], paths_to("senss@example.org")[0]
    row = Distribution.objects.get(agency=made.row["Police"])
    distribution.revoke(anew(made.meeting.organiser), row, "It went astray")
    answers = [Client().get(place) for place in ("/minutes/no-such-token/", first)]
    signed_in = as_(world.dsl).get(second)
    now = timezone.now()
    assert Client().get(second).status_code == 200
    time_machine.move_to(now + timedelta(days=28, minutes=1))
    answers += [Client().get(second), Client().post(second, {"address": "senss@example.org"})]
    for answer in (*answers, signed_in):
        assert answer.status_code == 404
        assert GONE in answer.text
    bodies = {plain(answer) for answer in answers}
    assert len(bodies) == 1
    assert not codes().exists()


def test_a_partner_in_a_browser_where_somebody_signs_in_is_out(world, path):
    client, _ = opened(POLICE, path)
    client.force_login(world.dsl, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(path).status_code == 404
    assert client.get(f"{path}pdf/").status_code == 404


def test_the_way_in_is_open_for_half_an_hour(path, time_machine):
    now = timezone.now()
    client, _ = opened(POLICE, path)
    time_machine.move_to(now + timedelta(minutes=31))
    assert "Minutes of a meeting" in client.get(path).text


def test_links_in_two_tabs_are_opened_each_by_its_own_code(made, path):
    """What was asked for or opened in one tab is not lost by another."""
    client, second = Client(), paths_to("senss@example.org")[0]
    client.post(path, {"address": POLICE})
    client.post(second, {"address": "senss@example.org"})
    for place, address in ((path, POLICE), (second, "senss@example.org")):
        assert client.post(place, {"code": code_to(address)}).status_code == 302
    for place, name in ((path, "Police"), (second, "SENSS")):
        assert texts_in(client.get(place).text) == READ_BY[name]
    client.post(path, {"address": POLICE})
    assert texts_in(client.get(second).text) == READ_BY["SENSS"]
    client.get("/minutes/leave/")
    for place in (path, second):
        assert texts_in(client.get(place).text) == set()


def test_a_code_typed_in_another_browser_opens_it_there(path):
    Client().post(path, {"address": POLICE})
    other = Client()
    assert other.post(path, {"code": code_to(POLICE)}).status_code == 302
    assert other.get(path).status_code == 200


def test_looking_at_a_link_uses_nothing_up(path):
    """Scanners of mail open every link, also with other methods."""
    client = Client()
    client.post(path, {"address": POLICE})
    code, scanner = code_to(POLICE), Client()
    for place in (path, f"{path}?again=1", f"{path}pdf/"):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert scanner.generic(method, place).status_code in (200, 302, 405)
    assert codes().count() == 1
    assert client.post(path, {"code": code}).status_code == 302


def test_every_page_of_a_link_keeps_itself_private(made, path, time_machine):
    """3.2.1 to 3.5.8 of ``tests/test_headers.py``, on pages that a walk by name does not reach."""
    client, now = Client(), timezone.now()
    client.post(path, {"address": "no address"})
    answers = [client.get(path), client.post(path, {"address": POLICE}), client.get(path)]
    answers += [client.post(path, {"code": "1"}), client.post(path, {"code": code_to(POLICE)})]
    place = f"{path}actions/{made.patrol.pk}/"
    answers += [client.get(path), client.get(f"{path}pdf/")]
    answers += [client.post(f"{place}comment/", {"text": text}) for text in ("", "Twice")]
    answers += [client.post(f"{place}tick/"), client.get("/minutes/leave/")]
    answers += [Client(enforce_csrf_checks=True).post(path, {"address": POLICE})]
    client, _ = opened(POLICE, path)
    time_machine.move_to(now + timedelta(minutes=31))
    answers.append(client.post(f"{place}comment/", {"text": "Late"}))
    made.version = corrected(made.meeting)
    made.send([made.row["Police"]], again=True)
    answers.append(opened(POLICE, path)[0].get(path))
    assert {answer.status_code for answer in answers} == {200, 302, 400, 401, 403}
    assert [faults(answer) for answer in answers] == [[]] * len(answers)


def test_one_link_opens_no_other(path):
    client, _ = opened(POLICE, path)
    other = paths_to("senss@example.org")[0]
    assert texts_in(client.get(other).text) == set()


def test_leaving_at_once_closes_the_way_back_and_nothing_is_kept(path):
    client, _ = opened(POLICE, path)
    page = client.get(path)
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "strict-origin"
    assert "Exit this page" in page.text
    left = client.get("/minutes/leave/")
    assert (left.status_code, left.url) == (302, ELSEWHERE)
    assert "cache" in left["Clear-Site-Data"]
    assert not texts_in(client.get(path).text)


def test_each_opening_is_written_down(made, path):
    client, _ = opened(POLICE, path)
    client.get(path)
    client.get(f"{path}pdf/")
    row = Distribution.objects.get(agency=made.row["Police"])
    looks = Access.objects.filter(subject_id=str(row.pk), basis="partner")
    assert sorted(looks.filter(child_id=None).values_list("action", flat=True)) == ["pdf", "view"]
    assert {look.user.email.partition("@")[0] for look in looks} == {"partner"}
    assert row.opened_at is not None


# --- their actions --------------------------------------------------------------------------------


def test_they_tick_and_comment_and_it_says_who(made, path):
    client, _ = opened(POLICE, path)
    place = f"{path}actions/{made.patrol.pk}/"
    assert client.post(f"{place}comment/", {"text": "Twice this week"}).url == path
    assert client.post(f"{place}tick/").url == path
    made.patrol.action.refresh_from_db()
    assert made.patrol.action.done_by_name == "Police duty desk, Police"
    said = made.patrol.action.comments.get()
    assert (said.text, said.said_by_name) == ("Twice this week", "Police duty desk, Police")
    page = client.get(path).text
    assert "Twice this week" in page
    assert "Done on" in page
    assert client.post(f"{place}tick/").url == path
    assert Act.objects.filter(verb="done", subject_id=str(made.patrol.action.pk)).count() == 1


def test_nobody_ticks_what_is_not_theirs(made):
    client, path = opened("senss@example.org")
    for action in (made.patrol, made.call):
        for act, data in (("tick", {}), ("comment", {"text": "Mine"})):
            assert client.post(f"{path}actions/{action.pk}/{act}/", data).status_code == 404
    made.patrol.action.refresh_from_db()
    assert made.patrol.action.done_at is None
    assert not made.patrol.action.comments.exists()


def test_a_comment_that_cannot_be_kept_is_shown_again(made, path):
    client, _ = opened(POLICE, path)
    place = f"{path}actions/{made.patrol.pk}/comment/"
    assert "Enter how it stands" in client.post(place, {"text": " "}).text
    long = "x" * 1001
    assert long in client.post(place, {"text": long}).text
    assert client.post(place, {"text": "<b>\u202e&"}).status_code == 302
    assert "&lt;b&gt;" in client.get(path).text


def test_what_is_typed_after_half_an_hour_is_not_lost(made, path, time_machine):
    now = timezone.now()
    client, _ = opened(POLICE, path)
    time_machine.move_to(now + timedelta(minutes=31))
    answer = client.post(f"{path}actions/{made.patrol.pk}/comment/", {"text": "Twice this week"})
    assert answer.status_code == 401
    assert "Twice this week" in answer.text
    assert not made.patrol.action.comments.exists()


def test_words_typed_for_a_link_that_leads_nowhere_meanwhile_are_shown(made, world, path):
    """Called back, or somebody signed in beside it: nothing is kept, nothing typed is lost."""
    place = f"{path}actions/{made.patrol.pk}/comment/"
    client, _ = opened(POLICE, path)
    client.force_login(world.dsl, backend="allauth.account.auth_backends.AuthenticationBackend")
    answers = [client.post(place, {"text": "Twice this <week>"})]
    client, _ = opened(POLICE, path)
    row = Distribution.objects.get(agency=made.row["Police"])
    distribution.revoke(anew(made.meeting.organiser), row, "It went astray")
    answers.append(client.post(place, {"text": "Twice this <week>"}))
    for answer in answers:
        assert answer.status_code == 404
        assert "Twice this &lt;week&gt;" in answer.text
    assert not made.patrol.action.comments.exists()


def test_forms_of_another_site_are_refused(path):
    client = Client(enforce_csrf_checks=True)
    assert client.post(path, {"address": POLICE}).status_code == 403
    assert not codes().exists()


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_are_one(world):
    made = Themed(world)
    made.final()
    made.send([made.row["Police"]])
    clients = [opened(POLICE)[0] for _ in range(2)]
    path = paths_to(POLICE)[0]
    answers = []

    def press(client):
        try:
            place = f"{path}actions/{made.patrol.pk}/tick/"
            answers.append(client.post(place).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302, 302]
    assert Act.objects.filter(verb="done", subject_id=str(made.patrol.action_id)).count() == 1
