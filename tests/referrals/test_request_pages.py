"""The pages of requests for support: asking, logging, the lists, the answers, the wrong person."""

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Access
from consultations.models import Consultation, State
from drafts.models import UnsavedForm
from interventions.models import ShortIntervention
from linkworkers.models import Absence
from referrals import request_list, request_page
from referrals.models import RequestDisagreement, RequestOutcome, SupportRequest
from referrals.services import request_answers as answers
from referrals.services import requests
from schools.models import InsetDay
from tests.children import child, works_with
from tests.interventions.asking import posted as work_form
from tests.referrals.support_requests import WORDS, asked, facts, logged

NEW, LOG = "/requests/new/", "/requests/log/?school=900001"
URGENT, FIRST_FIELD = "This is not a referral", "<textarea"


def text(answer):
    return unescape(answer.content.decode())


def url(request, act=""):
    return f"{request.get_absolute_url()}{act and f'{act}/'}"


def calls(**changes):
    """A call from the school, as the form for logging is sent."""
    told = {
        "source": "school",
        "asked_name": "Olive Office",
        "asked_role": "Office manager",
        "channel": "phone",
        "received_on": "yesterday",
        "received_time": "9:15",
    }
    return {**facts(), **told, **changes}


# --- asking -------------------------------------------------------------------------------------


def test_a_school_asks_with_the_urgent_numbers_before_any_field(world, as_):
    """rules 001-97, 001-103"""
    client = as_(world.senco)
    page = text(client.get(NEW))
    assert page.index(URGENT) < page.index('name="wanted"')
    assert "What you type here is not a referral" in page
    sent = client.post(NEW, {**facts(), "id": (pk := uuid.uuid4())}, follow=True)
    assert sent.redirect_chain == [(f"/requests/{pk}/", 302)]
    assert "Your request has been sent" in text(sent)
    assert SupportRequest.objects.get().asked_by == world.senco
    again = client.post(NEW, {**facts(), "id": pk}, follow=True)
    assert "asked for already" in text(again)
    assert SupportRequest.objects.count() == 1


def test_a_day_without_school_says_who_reads_it_when_and_what_to_do(world, as_):
    """rule 003-29"""
    client = as_(world.dsl)
    today = timezone.localdate()
    InsetDay.objects.create(school=world.oakfield, day=today)
    nobody = request_page.nobody_reads(world.oakfield)
    assert nobody.until > today
    for page in (text(client.get(NEW)), text(client.get(url(asked(world))))):
        assert f"Nobody may read this before {nobody.until:%A %-d %B}" in page
        assert page.index("Nobody may read") < page.index(FIRST_FIELD)
    assert "do not wait: ring the" in text(client.get(NEW))


def test_on_a_school_day_nothing_is_said_of_holidays(world, as_, monkeypatch):
    monkeypatch.setattr(request_page, "nobody_reads", lambda school: None)
    assert "Nobody may read" not in text(as_(world.dsl).get(NEW))


def test_a_caso_meeting_about_one_child_points_to_a_consultation_first(world, as_):
    """rule 000-12"""
    client = as_(world.dsl)
    for about, sentence in (
        ("", "Select what the CASO meeting is about"),
        ("one", "comes after an Early help consultation"),
    ):
        page = text(client.post(NEW, facts(wanted="caso", about=about)))
        assert sentence in page
        assert WORDS in page
    client.post(NEW, facts(wanted="caso", about="several"))
    assert SupportRequest.objects.get().wanted == "caso"


def test_somebody_in_two_schools_says_for_which(world, as_):
    world.post(world.beech, world.senco, "senco")
    client = as_(world.senco)
    page = text(client.get(NEW))
    assert "?school=900001" in page
    assert "?school=900003" in page
    client.post(f"{NEW}?school=900003", facts())
    assert SupportRequest.objects.get().school == world.beech
    assert client.get(f"{NEW}?school=900002").status_code == 404


# --- logging ------------------------------------------------------------------------------------


def test_a_call_is_logged_with_who_rang_and_when(world, as_):
    client = as_(world.primary)
    assert "If a child or adult is in danger now" in text(client.get(LOG))
    assert client.post(LOG, calls()).status_code == 302
    made = SupportRequest.objects.get()
    at = timezone.localtime(made.received_at)
    assert (made.asked_name, made.asked_role, made.channel) == (
        "Olive Office",
        "Office manager",
        "phone",
    )
    assert at.date() == timezone.localdate() - timedelta(days=1)
    assert (at.hour, at.minute) == (9, 15)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"received_on": "tomorrow"}, "must be today or in the past"),
        ({"received_on": "today", "received_time": "11:59pm"}, "must be in the past"),
        ({"received_on": "31/02/2026"}, "must be a real date"),
        ({"source": "front_door", "wanted": "caso"}, "Select one of these"),
        ({"source": "duty_manager"}, "Select who asked"),
        ({"asked_name": ""}, "Enter the name of who asked"),
        ({"contact": uuid.uuid4()}, "Choose who asked from the list"),
        ({"words": " "}, "Enter what it is about"),
        ({"channel": "page"}, "Select how it came"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do_and_nothing_is_lost(
    world, as_, changes, sentence
):
    page = text(as_(world.primary).post(LOG, calls(suits="SUITS-TYPED", **changes)))
    assert sentence in page
    assert "SUITS-TYPED" in page
    assert not SupportRequest.objects.exists()


def test_the_duty_manager_logs_from_the_page_of_any_school(world, as_):
    """rule 001-91"""
    client = as_(world.duty)
    assert "/requests/log/?school=900003" in text(client.get("/schools/900003/"))
    data = calls(source="duty_manager", wanted="short_work")
    answer = client.post("/requests/log/?school=900003", data, follow=True)
    assert "with the team managers alone" in text(answer)
    assert SupportRequest.objects.get().asked_by == world.duty


# --- the page -----------------------------------------------------------------------------------


def test_the_worker_reads_it_adds_to_it_and_the_school_follows(world, as_):
    made = asked(world)
    client = as_(world.primary)
    page = text(client.get(url(made)))
    assert WORDS in page
    assert f"/concerns/new/?request={made.pk}" in page
    assert "I have read this" in page
    client.post(url(made, "read"))
    client.post(url(made, "add"), {"text": "We can come on Monday", "id": (note := uuid.uuid4())})
    client.post(url(made, "add"), {"text": "We can come on Monday", "id": note})
    client = as_(world.dsl)
    page = text(client.get(url(made)))
    assert page.count("We can come on Monday") == 1
    assert "Read by Priya Primary" in page
    assert "/concerns/new/" not in page
    assert page.index(URGENT) < page.index(FIRST_FIELD)
    looks = Access.objects.filter(subject_type="referrals.supportrequest")
    assert {look.basis for look in looks.filter(user=world.dsl)} == {"school"}


def test_an_empty_note_comes_back_with_what_to_do(world, as_):
    made = asked(world)
    assert "Enter what you want to add" in text(as_(world.dsl).post(url(made, "add")))


def test_the_consultation_begins_with_the_words_in_its_draft(world, as_):
    made = asked(world)
    client = as_(world.primary)
    assert "It becomes a draft of yours" in text(client.get(url(made, "consultation")))
    data = {"text": "Monday at four", "seen": made.seen}
    answer = client.post(url(made, "consultation"), data, follow=True)
    draft = Consultation.objects.get(state=State.DRAFT, author=world.primary, support_requests=made)
    assert answer.redirect_chain == [(f"/consultations/{draft.pk}/edit/", 302)]
    assert WORDS in text(answer)
    twice = client.post(url(made, "consultation"), data, follow=True)
    assert "answered this request already" in text(twice)
    page = text(client.get(url(made)))
    assert f"/consultations/{draft.pk}/" in page
    page = text(as_(world.dsl).get(url(made)))
    assert "Monday at four" in page
    # Its draft is no page of the school's.
    assert f"{draft.pk}" not in page


def test_short_work_is_asked_for_on_its_own_form_filled_in(world, as_):
    ada = child(world)
    works_with(world, ada)
    made = logged(world, "front_door")
    client = as_(world.primary)
    page = text(client.get(url(made, "short-work")))
    assert WORDS in page
    assert "Freda Frontdoor, Practitioner" in page
    assert re.search(r'value="front_door"[^>]* checked', page)
    data = {**work_form(world, ada), "id": str(uuid.uuid4())}
    client.post(url(made, "short-work"), data)
    made.refresh_from_db()
    assert made.intervention == ShortIntervention.objects.get()
    assert made.outcome == RequestOutcome.SHORT_WORK
    again = client.post(url(made, "short-work"), {**data, "id": str(made.intervention_id)})
    assert again.url == url(made)
    late = client.post(url(made, "short-work"), {**data, "id": str(uuid.uuid4())})
    assert late.url == f"/unsaved/{UnsavedForm.objects.get().pk}/"
    assert ShortIntervention.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "data", "sentence"),
    [
        ("advice", {"text": " "}, "Enter the advice you gave"),
        ("decline", {"text": "Kept words"}, "Select why it is not taken up"),
        ("decline", {"why": "not_ours"}, "Enter what fits better"),
        ("decline", {"why": "nonsense", "text": "Kept words"}, "Select why it is not taken up"),
        ("pass-on", {"text": "Kept words"}, "Select who answers it"),
        ("pass-on", {"to": "nonsense", "text": "Kept words"}, "Select who answers it"),
    ],
)
def test_an_answer_that_lacks_something_comes_back(world, as_, act, data, sentence):
    made = asked(world)
    page = text(as_(world.manager).post(url(made, act), data))
    assert sentence in page
    assert "Kept words" not in data.values() or "Kept words" in page


def test_what_somebody_typed_too_late_is_kept_for_them(world, as_):
    made = asked(world)
    seen = made.seen
    answers.advise(world.manager, made, "Try this")
    client = as_(world.primary)
    page = text(client.post(url(made, "advice"), {"text": "Or that", "seen": seen}))
    assert "since you opened the page" in page
    assert "Or that" in page
    other = asked(world)
    requests.withdraw(world.dsl, other)
    late = client.post(url(other, "advice"), {"text": "Or that", "seen": other.seen})
    assert "Or that" in text(client.get(late.url))


def test_the_school_reads_why_it_is_not_taken_up_and_how_to_go_on(world, as_):
    made = asked(world)
    as_(world.primary).post(
        url(made, "decline"),
        {"why": "front_door", "text": "Ring them today", "seen": made.seen},
    )
    client = as_(world.dsl)
    page = text(client.get(url(made)))
    assert "Not taken up: It is for the front door" in page
    assert "Ring them today" in page
    assert "refer to the Integrated Front Door" in page
    client.post(url(made, "disagree"), {"why": "They have said no"})
    said = RequestDisagreement.objects.get()
    client = as_(world.manager)
    assert "They have said no" in text(client.get(url(made)))
    there = url(made, f"disagreements/{said.pk}")
    assert "They have said no" in text(client.get(there))
    client.post(there, {"answer": "We come on Monday"})
    assert "We come on Monday" in text(as_(world.dsl).get(url(made)))


def test_a_school_does_not_read_what_the_team_wrote_of_a_front_door_request(world, as_):
    made = logged(world, "front_door", words="CANARY-front-door-words")
    requests.add(world.primary, made, "CANARY-note")
    answers.advise(world.primary, made, "What we told them")
    page = text(as_(world.dsl).get(url(made)))
    assert "What we told them" in page
    assert "CANARY" not in page
    assert "Freda" not in page
    assert as_(world.dsl).post(url(made, "add"), {"text": "x"}).status_code == 403


def test_a_manager_gives_it_to_somebody_and_their_word_stays_in_the_team(world, as_):
    made = asked(world)
    client = as_(world.manager)
    client.post(url(made, "pass-on"), {"to": world.secondary.pk, "text": "CANARY-to-sam"})
    assert "CANARY-to-sam" in text(client.get(url(made)))
    page = text(as_(world.dsl).get(url(made)))
    assert "Given to Sam Secondary" in page
    assert "CANARY-to-sam" not in page


# --- lists --------------------------------------------------------------------------------------


def test_the_list_pages_on_and_back_and_says_no_total(world, as_, monkeypatch):
    """rule 001-124"""
    monkeypatch.setattr(request_list, "PAGE", 2)
    made = [asked(world, words=f"Request {n}") for n in range(5)]
    for n, one in enumerate(made):
        at = world.now - timedelta(hours=9 - n)
        SupportRequest.objects.filter(pk=one.pk).update(received_at=at, recorded_at=at)
    client, met, there = as_(world.primary), [], "/requests/"
    while there:
        page = text(client.get(there))
        met += re.findall(r'href="/requests/([0-9a-f-]{36})/"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        there = following and f"/requests/{following[1]}"
    assert met == [str(one.pk) for one in made]
    back = re.search(r'rel="prev" href="([^"]+)"', page)[1]
    assert str(made[3].pk) in text(client.get(f"/requests/{back}"))
    answers.advise(world.primary, made[0], "Here")
    answers.advise(world.primary, made[4], "Here")
    newest = re.findall(
        r'href="/requests/([0-9a-f-]{36})/"', text(client.get("/requests/?show=answered"))
    )
    assert newest == [str(made[4].pk), str(made[0].pk)]


@pytest.mark.parametrize("query", ["?show=nonsense", "?after=nonsense", "?before=9999~x"])
def test_a_nonsense_address_is_the_first_page(world, as_, query):
    asked(world)
    page = text(as_(world.primary).get(f"/requests/{query}"))
    assert "Oakfield Primary School" in page


def test_the_list_asks_as_much_for_many_as_for_one(world, as_):
    client = as_(world.manager)
    asked(world)
    client.get("/requests/")
    with CaptureQueriesContext(connection) as for_one:
        client.get("/requests/")
    for _ in range(3):
        asked(world)
        asked(world, world.head_and_dsl, school=world.elmgate)
    here = SupportRequest.objects.filter(school=world.oakfield).first()
    requests.pass_on(world.manager, here, world.secondary)
    with CaptureQueriesContext(connection) as for_many:
        page = text(client.get("/requests/"))
    assert "Elmgate" in page
    assert len(for_many) == len(for_one)


def test_each_finds_their_own_list_in_the_menu(world, as_):
    made = asked(world, world.senco)
    other = asked(world)
    for name in ("primary", "manager", "service", "duty", "coordinator"):
        assert 'href="/requests/"' in text(as_(getattr(world, name)).get("/"))
    page = text(as_(world.senco).get("/requests/ours/"))
    assert url(made) in page
    assert url(other) not in page
    for name in ("senco", "dsl"):
        home = text(as_(getattr(world, name)).get("/", follow=True))
        assert 'href="/requests/ours/"' in home
    for name in ("attendee", "unconfirmed"):
        home = text(as_(getattr(world, name)).get("/", follow=True))
        assert "/requests/" not in home


def test_what_waits_is_on_my_work_and_on_the_schools_page(world, as_):
    made = asked(world)
    SupportRequest.objects.update(received_at=world.long_ago)
    home = text(as_(world.secondary).get("/"))
    assert url(made) in home
    assert "Waiting" in home
    assert url(made) in text(as_(world.primary).get("/schools/900001/"))
    assert url(made) in text(as_(world.dsl).get("/schools/900001/"))
    assert url(made) not in text(as_(world.senco).get("/schools/900001/"))
    requests.pass_on(world.manager, made, world.primary)
    assert url(made) not in text(as_(world.secondary).get("/"))


@pytest.mark.parametrize(
    "who", ["far_worker", "other_manager", "former", "other_dsl", "senco", "governance"]
)
def test_the_wrong_person_gets_nowhere(world, as_, who):
    made, client = asked(world), as_(getattr(world, who))
    assert client.get(url(made)).status_code == 404
    for act in ("read", "add", "disagree"):
        assert client.post(url(made, act), {"text": "x"}).status_code == 404
    for act in ("consultation", "short-work", "advice", "meeting", "decline", "pass-on"):
        assert client.post(url(made, act), {"text": "x"}).status_code == 404
    assert made.steps.count() == 1


def test_what_was_given_to_somebody_who_is_not_there_is_on_the_others_work(world, as_):
    """rule 001-89: it waits on nobody's list otherwise."""
    made = asked(world)
    requests.pass_on(world.manager, made, world.secondary)
    work = as_(world.primary)
    assert made.get_absolute_url() not in work.get("/").content.decode()
    today = timezone.localdate()
    absence = Absence.objects.create(
        link_worker=world.secondary.link_worker,
        starts_on=today,
        ends_on=today,
        added_by=world.manager,
    )
    assert made.get_absolute_url() in work.get("/").content.decode()
    absence.delete()
    assert made.get_absolute_url() not in work.get("/").content.decode()
    world.secondary_allocation.ends_at = world.now
    world.secondary_allocation.ended_by = world.manager
    world.secondary_allocation.save()
    assert made.get_absolute_url() in work.get("/").content.decode()


def test_a_page_sent_again_with_other_words_loses_none(world, as_):
    school = as_(world.dsl)
    sent = {**facts(), "id": str(uuid.uuid4())}
    there = school.post("/requests/new/", sent).url
    assert school.post("/requests/new/", sent).url == there
    answer = school.post("/requests/new/", {**sent, "words": "And a third family"}, follow=True)
    assert "And a third family" in answer.content.decode()
