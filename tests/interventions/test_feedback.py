"""A family says what it thought: on a device that shows nothing else, or by a link that is safe."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Act
from interventions.feedback_views import ELSEWHERE
from interventions.models import Feedback, NoLinks, Participant
from interventions.services import feedback as services
from interventions.services.work import change_people
from interventions.tasks import forget_addresses
from notifications import kinds
from notifications.models import Message, State
from notifications.services import dispatch
from schools.models import FamilyLink
from tests.children import child, works_with
from tests.interventions.short_work import under_way, work

pytestmark = pytest.mark.django_db

ADDRESS = "somebody.safe@example.org"
SECRET = "CANARY-900001-voice"


@pytest.fixture
def made(world):
    return under_way(world, parent="Pat Parent")


def child_of(made):
    return made.participants.get(pupil__isnull=False)


def parent_of(made):
    return made.participants.get(pupil=None)


def link(world, made, **facts):
    facts = {"address": ADDRESS, "is_safe": True, **facts}
    return services.ask_by_link(world.primary, made, parent_of(made), "parent", **facts)


def path_of(asked):
    """Where the message leads."""
    body = Message.objects.about(asked).get().body
    return re.search(r"(/feedback/[\w-]+/)", body)[1]


def hand(client, made, person, **data):
    return client.post(f"/interventions/{made.pk}/feedback/{person.pk}/hand/", data)


# --- a device handed over -----------------------------------------------------------------


def test_the_worker_is_signed_out_before_the_device_changes_hands(world, made, as_):
    """rule 004-19: what is on the device is not shown with it."""
    client = as_(world.primary)
    answer = hand(client, made, child_of(made), of="child")
    assert answer.status_code == 302
    assert "cache" in answer["Clear-Site-Data"]
    assert "What did you think?" in client.get(answer.url).text
    for address in (f"/interventions/{made.pk}/measures/", "/"):
        assert client.get(address).url.startswith("/sign-in/")


def test_the_child_answers_once_in_simple_words_and_nothing_leads_back(world, made, as_, client):
    """rules 003-38 and 004-19"""
    place = hand(as_(world.primary), made, child_of(made), of="child").url
    answer = client.post(place, {"helped": "5", "heard": "", "voice": SECRET})
    assert answer.url == "/feedback/thanks/"
    kept = Feedback.objects.get()
    assert (kept.of, kept.how, kept.helped, kept.heard, kept.voice) == (
        "child",
        "handed",
        5,
        None,
        SECRET,
    )
    again = client.get(place)
    assert again.status_code == 410
    assert SECRET not in again.text
    assert client.post(place, {"helped": "1"}).status_code == 410
    kept.refresh_from_db()
    assert kept.helped == 5


def test_the_questions_open_in_the_browser_that_was_handed_over_alone(world, made, as_, client):
    place = hand(as_(world.primary), made, child_of(made), of="child").url
    client.cookies.clear()
    assert client.get(place).status_code == 410
    assert client.post(place, {"code": "000000"}).status_code == 410
    assert client.post(place, {"helped": "5"}).status_code == 410
    assert Feedback.objects.get().answered_at is None


def test_leaving_at_once_closes_the_way_back(world, made, as_, client):
    place = hand(as_(world.primary), made, child_of(made), of="child").url
    left = client.get("/feedback/leave/")
    assert (left.status_code, left.url) == (302, ELSEWHERE)
    assert client.get(place).status_code == 410


def test_a_parent_who_does_not_take_part_answers_for_the_child(world, as_, client):
    made = under_way(world)
    answer = hand(as_(world.primary), made, child_of(made), of="parent")
    assert "How much did the support help?" in client.get(answer.url).text


def test_nobody_is_asked_before_the_work_has_begun(world, as_):
    made = work(world, state="allocated", parent="Pat Parent")
    with pytest.raises(TransitionNotAllowed):
        services.hand_over(world.primary, made, parent_of(made), "parent")
    client = as_(world.primary)
    page = client.get(f"/interventions/{made.pk}/feedback/{parent_of(made).pk}/hand/", follow=True)
    assert services.NOT_NOW in page.text
    assert hand(client, made, parent_of(made)).status_code == 302
    assert client.get("/").status_code == 200


def test_an_empty_answer_is_none_and_a_long_one_comes_back(world, made, as_, client):
    place = hand(as_(world.primary), made, parent_of(made)).url
    assert "Answer one question at least" in client.post(place, {"voice": "  "}).text
    long = "é" * 5_001
    html = client.post(place, {"voice": long}).text
    assert "5,000 characters or fewer" in html
    assert long in html
    for data in ({"helped": "6"}, {"heard": "0"}, {"voice": "a\x00b"}):
        answer = client.post(place, data)
        assert (answer.status_code, "There is a problem" in answer.text) == (200, True)
    assert Feedback.objects.get().answered_at is None


def test_what_is_typed_by_a_family_is_never_run(world, made, as_, client):
    place = hand(as_(world.primary), made, parent_of(made)).url
    hostile = "<script>alert(1)</script> \u202egnp.exe"
    assert client.post(place, {"voice": hostile}).status_code == 302
    html = as_(world.primary).get(f"/interventions/{made.pk}/measures/").text
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


# --- a link with a code -------------------------------------------------------------------


def test_the_message_names_nobody_no_school_and_no_team(world, made, settings):
    link(world, made)
    [message] = Message.objects.all()
    said = (message.subject + message.body).lower()
    people = [str(person) for person in made.participants.all()]
    for word in (*people, world.oakfield.name, world.primary.name, settings.COUNCIL.team):
        assert word.lower() not in said
    for word in ("school", "child", "support", "worker", "council", "help"):
        assert word not in said
    assert (message.to, message.address, message.is_secret) == (None, ADDRESS, True)


def test_neither_the_token_nor_the_code_is_kept(world, made):
    asked = link(world, made)
    token = path_of(asked).split("/")[2]
    code = services.code_of(asked)
    assert re.fullmatch("[0-9]{6}", code)
    assert code not in Message.objects.get().body
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f::text || e::text FROM interventions_feedback f, interventions_feedbackevent e"
        )
        kept = " ".join(row for (row,) in cursor.fetchall())
    assert token not in kept
    assert len(token) >= 43


def test_the_parent_answers_by_link_and_code_once(world, made, client):
    """rules 003-38 and 004-19"""
    asked = link(world, made)
    place = path_of(asked)
    assert "The 6 numbers you were given" in client.get(place).text
    code = services.code_of(asked)
    assert client.post(place, {"code": f" {code[:3]} {code[3:]} "}).url == place
    assert "How much did the support help?" in client.get(place).text
    assert client.post(place, {"helped": "4", "better": "Sooner"}).url == "/feedback/thanks/"
    asked.refresh_from_db()
    assert (asked.helped, asked.better, asked.contact, asked.token_hash) == (4, "Sooner", "", "")
    assert client.get(place).status_code == 410


def test_before_the_code_nothing_is_shown_or_kept(world, made, client):
    asked = link(world, made)
    answer = client.post(path_of(asked), {"helped": "5", "voice": "Not me"})
    assert "Enter the 6 numbers" in answer.text
    asked.refresh_from_db()
    assert asked.answered_at is None


def test_five_wrong_codes_close_the_link_and_the_right_one_comes_too_late(world, made, client):
    """security.md: a code is not guessed."""
    asked = link(world, made)
    place, code = path_of(asked), services.code_of(asked)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    statuses = [client.post(place, {"code": wrong}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 410]
    assert client.post(place, {"code": code}).status_code == 410
    asked.refresh_from_db()
    assert (asked.tries, asked.contact) == (5, "")


def test_many_tries_from_one_place_are_held_up(world, made, client, monkeypatch):
    monkeypatch.setattr(services, "TRIES", 1_000)
    place = path_of(link(world, made))
    statuses = [client.post(place, {"code": "x"}).status_code for _ in range(32)]
    assert statuses.count(429) == 2
    assert statuses[-1] == 429


@pytest.mark.parametrize("code", ["", " ", "１２３４５６", "12345", "\x00", "é" * 30, "9" * 5_000])
def test_nonsense_for_a_code_is_an_ordinary_answer(world, made, client, code):
    assert client.post(path_of(link(world, made)), {"code": code}).status_code == 200


def test_a_wrong_an_old_an_answered_and_a_handed_link_get_one_answer(world, made, client):
    asked = link(world, made)
    place = path_of(asked)
    Feedback.objects.filter(pk=asked.pk).update(expires_at=timezone.now())
    answers = [client.get(place), client.get("/feedback/no-such-token/")]
    assert {answer.status_code for answer in answers} == {410}
    assert len({re.sub(r'nonce="[^"]*"', "", answer.text) for answer in answers}) == 1


def test_a_link_stays_open_for_fourteen_days(world, made):
    asked = link(world, made)
    lasts = asked.expires_at - asked.asked_at
    assert timedelta(days=14) - timedelta(minutes=1) < lasts <= timedelta(days=14, seconds=1)


def test_the_same_form_sent_twice_asks_once_and_shows_the_same_code(world, made, as_):
    client = as_(world.primary)
    address = f"/interventions/{made.pk}/feedback/{parent_of(made).pk}/link/"
    once = re.search(r'name="once" value="([0-9a-f-]{36})"', client.get(address).text)[1]
    data = {"once": once, "address": ADDRESS, "is_safe": "on"}
    first, second = client.post(address, data), client.post(address, data)
    assert first.url == second.url
    [asked] = Feedback.objects.all()
    code = services.code_of(asked)
    assert f"{code[:3]} {code[3:]}" in client.get(first.url).text
    assert Message.objects.count() == 1


def test_a_second_link_waits_until_the_first_is_ended(world, made, as_):
    asked = link(world, made)
    place = path_of(asked)
    with pytest.raises(TransitionNotAllowed):
        link(world, made)
    client = as_(world.primary)
    end = f"/interventions/{made.pk}/feedback/asked/{asked.pk}/end/"
    assert client.post(end).status_code == 302
    assert client.get(place).status_code == 410
    assert "closed already" in client.post(end, follow=True).text
    assert link(world, made).pk != asked.pk


# --- a safe address -----------------------------------------------------------------------


def test_a_link_goes_to_an_address_that_is_marked_safe_today_alone(world, made):
    with pytest.raises(ValidationError, match="safe today"):
        link(world, made, is_safe=False)
    asked = link(world, made)
    assert asked.safe_on == timezone.localdate()
    message = Message.objects.get()
    assert kinds.get(message.kind).may_receive(message)
    Feedback.objects.update(safe_on=timezone.localdate() - timedelta(days=1))
    assert not kinds.get(message.kind).may_receive(message)


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b.c, d@e.f", '"a, b"@example.org', "a\r\nBcc: b@c.de", "a@" + "b" * 300],
)
def test_an_address_that_is_none_comes_back_with_a_sentence(world, made, as_, address):
    place = f"/interventions/{made.pk}/feedback/{parent_of(made).pk}/link/"
    answer = as_(world.primary).post(place, {"address": address, "is_safe": "on"})
    assert (answer.status_code, "There is a problem" in answer.text) == (200, True)
    assert not Feedback.objects.exists()


def test_the_address_is_forgotten_with_the_answer(world, made):
    asked = link(world, made)
    by = User.objects.system("feedback")
    services.answer(by, asked, helped=3)
    asked.refresh_from_db()
    assert (asked.contact, Message.objects.get().address) == ("", "")
    message = Message.objects.get()
    assert not kinds.get(message.kind).still_due(message)


@pytest.mark.parametrize("state", [State.SENT, State.SUPPRESSED, State.DEAD])
def test_the_address_is_forgotten_once_the_message_has_gone_or_never_will(world, made, state):
    asked = link(world, made)
    forget_addresses()
    asked.refresh_from_db()
    assert asked.contact == ADDRESS
    Message.objects.update(state=state)
    forget_addresses()
    forget_addresses()
    asked.refresh_from_db()
    assert (asked.contact, Message.objects.get().address) == ("", "")
    assert services.is_open(asked)


def test_the_address_is_forgotten_when_the_answer_does_not_come(world, made):
    asked = link(world, made)
    Feedback.objects.update(expires_at=timezone.now())
    assert services.forget_addresses() == 1
    assert services.forget_addresses() == 0
    asked.refresh_from_db()
    assert (asked.contact, asked.token_hash) == ("", "")


# --- a family to which nothing goes -------------------------------------------------------


def stop(world, made):
    services.stop_links(world.manager, child_of(made).pupil)


def test_no_link_is_offered_where_messages_are_stopped_and_nothing_says_why(world, made, as_):
    """A domestic-abuse notice is told to nobody who is not named in it."""
    client = as_(world.primary)
    page = f"/interventions/{made.pk}/measures/"
    assert "Send a link" in client.get(page).text
    stop(world, made)
    html = client.get(page).text
    assert "Send a link" not in html
    assert "Hand over this device" in html
    assert "Messages to this family" not in html


def sister_of(world, pupil, first, kind="sibling"):
    """A child who takes part in nothing, linked to ``pupil``."""
    other = child(world, first)
    one, two = sorted((pupil, other), key=lambda found: found.pk)
    FamilyLink.objects.create(one=one, other=two, kind=kind, added_by=world.manager)
    return other


def test_no_link_goes_to_a_home_in_which_messages_are_stopped_for_another_child(world, made, as_):
    """One telephone lies on one kitchen table; nothing says why."""
    sister = sister_of(world, child_of(made).pupil, "Bea")
    brother = sister_of(world, sister, "Cal", "household")
    asked = link(world, made)
    services.stop_links(world.manager, brother)
    with pytest.raises(TransitionNotAllowed, match="closed already"):
        services.end_link(world.primary, asked)
    with pytest.raises(TransitionNotAllowed, match=services.NOT_NOW):
        link(world, made)
    html = as_(world.primary).get(f"/interventions/{made.pk}/measures/").text
    assert "Send a link" not in html
    assert "Messages to this family" not in html


def test_a_message_that_waits_does_not_go_to_a_home_in_which_messages_are_stopped(world, made):
    link(world, made)
    message = Message.objects.get()
    sister = sister_of(world, child_of(made).pupil, "Bea")
    assert kinds.get(message.kind).may_receive(message)
    NoLinks.objects.create(pupil=sister, by=world.manager)
    assert not kinds.get(message.kind).may_receive(message)


def test_a_cousin_elsewhere_is_no_reason_to_stop_messages(world, made):
    cousin = sister_of(world, child_of(made).pupil, "Bea", "other")
    services.stop_links(world.manager, cousin)
    assert link(world, made)


def test_a_child_who_joins_and_gets_no_messages_closes_the_open_link(world, made, client):
    place = path_of(link(world, made))
    joins = child(world, "Bea")
    works_with(world, joins)
    services.stop_links(world.manager, joins)
    assert client.get(place).status_code == 200
    change_people(world.primary, made, add=[Participant(pupil=joins)])
    assert client.get(place).status_code == 410


def test_a_forged_link_gets_the_answer_of_anything_that_is_not_offered(world, made, as_):
    not_begun = work(world, state="allocated", parent="Pat Parent", pupil=child_of(made).pupil)
    stop(world, made)
    client = as_(world.primary)
    data = {"address": ADDRESS, "is_safe": "on"}
    said = []
    for one in (made, not_begun):
        answer = client.post(
            f"/interventions/{one.pk}/feedback/{parent_of(one).pk}/link/", data, follow=True
        )
        said.append((answer.redirect_chain[0][1], services.NOT_NOW in answer.text))
    assert said == [(302, True), (302, True)]
    assert not Feedback.objects.exists()
    assert not Message.objects.exists()


def test_a_message_that_waits_is_held_back_when_messages_are_stopped(world, made, client):
    asked = link(world, made)
    place = path_of(asked)
    stop(world, made)
    message = Message.objects.get()
    kind = kinds.get(message.kind)
    assert not (kind.still_due(message) and kind.may_receive(message))
    assert client.get(place).status_code == 410


def test_a_manager_says_whether_messages_go_to_a_family_and_gives_no_reason(world, made, as_):
    client = as_(world.manager)
    page = f"/interventions/{made.pk}/measures/"
    assert "Messages to this family: <b>allowed</b>" in client.get(page).text
    switch = f"/interventions/{made.pk}/messages/"
    for _ in range(2):
        assert client.post(switch, {"links": "none"}).status_code == 302
    assert "Messages to this family: <b>none</b>" in client.get(page).text
    assert NoLinks.objects.get().by == world.manager
    assert client.post(switch, {"links": "allowed"}).status_code == 302
    assert not NoLinks.objects.exists()
    assert as_(world.primary).post(switch, {"links": "none"}).status_code == 403


def test_who_works_there_does_not_decide_on_messages(world, made):
    for act in (services.stop_links, services.allow_links):
        with pytest.raises(PermissionDenied):
            act(world.primary, child_of(made).pupil)


# --- who may ------------------------------------------------------------------------------


def test_who_does_not_work_with_the_family_asks_nobody(world, made):
    for user in (world.other_worker, world.service, world.dsl):
        with pytest.raises(PermissionDenied):
            services.hand_over(user, made, parent_of(made), "parent")
        with pytest.raises(PermissionDenied):
            services.ask_by_link(user, made, parent_of(made), "parent", ADDRESS, is_safe=True)


def test_somebody_of_other_work_is_not_asked_here(world, made):
    other = under_way(world, pupil=child_of(made).pupil, parent="Oz Other")
    with pytest.raises(TransitionNotAllowed):
        services.hand_over(world.primary, made, parent_of(other), "parent")
    with pytest.raises(TransitionNotAllowed):
        services.hand_over(world.primary, made, parent_of(made), "child")


def test_asking_and_answering_are_written_down_without_a_word(world, made):
    asked, _ = services.hand_over(world.primary, made, child_of(made), "child")
    services.answer(User.objects.system("feedback"), asked, voice=SECRET)
    acts = Act.objects.filter(subject_id=str(asked.pk)).order_by("at")
    assert [act.verb for act in acts] == ["ask", "reply"]
    assert SECRET not in str([act.detail for act in acts])


def test_the_public_pages_know_nobody(world, made, client):
    asked = link(world, made)
    place = path_of(asked)
    pages = [client.get(place), client.get("/feedback/thanks/"), client.get("/feedback/x/")]
    client.post(place, {"code": services.code_of(asked)})
    pages.append(client.get(place))
    people = [str(person) for person in made.participants.all()]
    for page in pages:
        for name in (*people, world.oakfield.name, world.primary.name, "Linkbook"):
            assert name not in page.text
        assert page["Cache-Control"].find("no-store") >= 0
    for page in (pages[0], pages[-1]):
        assert reverse("feedback_leave") in page.text
        assert page["Referrer-Policy"] == "strict-origin"


@pytest.mark.django_db(transaction=True)
def test_the_text_with_the_link_is_erased_once_it_is_sent(world, sink):
    asked = link(world, under_way(world, parent="Pat Parent"))
    place = path_of(asked)
    dispatch()
    message = Message.objects.about(asked).get()
    assert (message.state, message.body) == (State.SENT, "")
    [arrived] = sink.accepted
    assert place in arrived.get_payload(decode=True).decode()


@pytest.mark.django_db(transaction=True)
def test_a_message_that_does_not_leave_on_the_day_does_not_leave(world, sink):
    """An address was safe on the day it was marked, and on no other."""
    asked = link(world, under_way(world, parent="Pat Parent"))
    Feedback.objects.update(safe_on=timezone.localdate() - timedelta(days=1))
    dispatch()
    message = Message.objects.about(asked).get()
    assert (message.state, message.body) == (State.SUPPRESSED, "")
    assert not sink.accepted
