"""The pages of a concern, as each person meets them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Access
from drafts.models import Draft
from notifications.models import Message
from referrals.models import Concern, Fallback
from referrals.services import concerns as services
from schools.models import Involvement, Pupil, School
from schools.services import involve
from tests.children import child
from tests.referrals.concerns import WORDS, raised, told, work_every_day
from tests.referrals.support_requests import asked
from tests.world import anew

pytestmark = pytest.mark.django_db
NEW = "/concerns/new/"


def url(name, concern):
    return reverse(f"concern_{name}", args=[concern.pk])


@pytest.fixture(autouse=True)
def on_any_day(world):
    work_every_day()


# --- raised -----------------------------------------------------------------------------------


def test_the_numbers_to_ring_stand_before_any_field(world, as_):
    """Rules 001-100, 001-103 and 001-109."""
    page = as_(world.primary).get(NEW).content.decode()
    assert page.index("Call 999") < page.index("<textarea")
    assert "Maya Manager, your manager, is told at once." in page


def test_one_press_raises_it_and_says_who_is_told(world, as_):
    response = as_(world.primary).post(NEW, {"words": WORDS, "id": uuid4()}, follow=True)
    assert Concern.objects.get().words == WORDS
    assert "Raised. Maya Manager is told now." in response.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"words": "\x00<script>", "about": "dog", "when": "earlier", "aware_day": "32/13"},
        {"when": "earlier", "aware_day": "1 January 2099", "aware_time": "9am"},
        {"when": "earlier", "aware_day": "yesterday", "aware_time": "late"},
        {"school": "=HYPERLINK()", "about_name": "x" * 5000, "told_words": "\u202e" * 900},
        {"words": "a" * 1_000_000, "id": "nonsense", "pupil": "nonsense"},
    ],
)
def test_nothing_that_is_typed_stops_it(world, as_, typed):
    """Design 6.13."""
    assert as_(world.primary).post(NEW, typed).status_code == 302
    assert told(Concern.objects.get()) == ["Maya"]


def test_a_time_that_makes_no_sense_is_kept_and_flagged(world, as_):
    typed = {"when": "earlier", "aware_day": "Sunday-ish", "aware_time": "tea time"}
    page = as_(world.primary).post(NEW, typed, follow=True).content.decode()
    assert Concern.objects.get().aware_words == "Sunday-ish tea time"
    assert "Put it right" in page


def test_a_day_and_a_time_are_when_the_clock_began(world, as_):
    typed = {"when": "earlier", "aware_day": "yesterday", "aware_time": "noon"}
    as_(world.primary).post(NEW, typed)
    aware_at = timezone.localtime(Concern.objects.get().aware_at)
    assert aware_at.hour == 12
    assert aware_at.date() == timezone.localdate() - timedelta(days=1)


def test_danger_asks_nothing_else(world, as_):
    as_(world.primary).post(NEW, {"danger": "1"})
    assert Concern.objects.get().is_danger


def test_a_school_is_found_by_its_name_and_kept_as_typed_otherwise(world, as_):
    as_(world.duty).post(NEW, {"school": "oakfield primary school"})
    as_(world.duty).post(NEW, {"school": "Some school in Hove"})
    schools = {(row.school, row.school_words) for row in Concern.objects.all()}
    assert schools == {(world.oakfield, ""), (None, "Some school in Hove")}


def test_what_is_typed_is_kept_before_it_is_raised_and_gone_after(world, as_):
    client, pk = as_(world.primary), uuid4()
    sent = {"words": WORDS, "id": pk, "author": world.primary.pk}
    kept = client.post(NEW, sent, headers={"X-Autosave": "1"}).json()
    assert not Concern.objects.exists()
    assert WORDS in client.get(kept["page_url"]).content.decode()
    assert "have not raised it" in client.get("/concerns/").content.decode()
    client.post(NEW, sent)
    assert not Draft.objects.filter(form=services.FORM).exists()
    assert Concern.objects.get().pk == pk


def test_what_is_kept_after_the_button_was_pressed_begins_nothing_new(world, as_):
    client, sent = as_(world.primary), {"words": WORDS, "id": uuid4()}
    client.post(NEW, sent)
    assert client.post(NEW, sent, headers={"X-Autosave": "1"}).status_code == 404
    assert not Draft.objects.filter(form=services.FORM).exists()


def test_a_draft_is_nobody_elses(world, as_):
    pk = uuid4()
    sent = {"words": WORDS, "id": pk, "author": world.primary.pk}
    as_(world.primary).post(NEW, sent, headers={"X-Autosave": "1"})
    assert WORDS not in as_(world.secondary).get(f"{NEW}?draft={pk}").content.decode()
    assert as_(world.secondary).post(f"/concerns/drafts/{pk}/discard/").status_code == 404
    assert as_(world.primary).post(f"/concerns/drafts/{pk}/discard/").status_code == 302


@pytest.mark.parametrize("key", ["dsl", "head", "senco", "attendee"])
def test_people_of_schools_read_what_to_do_instead(world, as_, key):
    """Rule 001-97."""
    client = as_(getattr(world, key))
    page = client.get(NEW).content.decode()
    assert "refer to the" in page
    assert "<textarea" not in page
    assert client.post(NEW, {"words": WORDS}).status_code == 403
    assert not Concern.objects.exists()


def test_from_a_childs_page_the_child_is_known(world, as_):
    pupil = child(world, "Theo", "Bramall")
    involve([pupil.pk], pupil, user=world.primary)
    page = as_(world.primary).get(f"{NEW}?pupil={pupil.pk}").content.decode()
    assert "Theo Bramall" in page


@pytest.mark.parametrize(
    ("key", "stays"), [("primary", True), ("far_worker", False), ("duty", False)]
)
def test_raising_opens_no_notes_and_who_has_them_open_goes_on_with_the_child(
    world, as_, key, stays
):
    """Rule 001-58, design.md 4: a reason opens identity alone to who works elsewhere."""
    pupil, raiser = child(world, "Theo", "Bramall"), getattr(world, key)
    client = as_(raiser)
    client.post(f"/pupils/{pupil.pk}/reason/", {"reason": "concern"})
    client.post(NEW, {"pupil": pupil.pk, "words": WORDS})
    concern = Concern.objects.get()
    assert concern.pupil == pupil
    assert Pupil.objects.on_current_work_of(raiser).contains(pupil) is stays
    assert WORDS in client.get(concern.get_absolute_url()).content.decode()


def test_from_a_request_its_words_need_no_retyping(world, as_):
    request = asked(world, words="canary-request-words")
    there = f"{NEW}?request={request.pk}"
    page = as_(world.primary).get(there).content.decode()
    assert "canary-request-words" in page
    assert 'value="Oakfield Primary School"' in page
    assert "canary-request-words" not in as_(world.far_worker).get(there).content.decode()


@pytest.mark.parametrize("name", ["school", "pupil", "draft", "request"])
@pytest.mark.parametrize("value", ["nonsense", "9" * 5000, "\u202e"])
def test_an_address_that_makes_no_sense_begins_an_empty_one(world, as_, name, value):
    assert as_(world.primary).get(NEW, {name: value}).status_code == 200


def test_a_child_who_is_not_open_is_not_named(world, as_):
    """Rule 001-58."""
    pupil = child(world, "Theo", "Bramall")
    client = as_(world.primary)
    assert "Theo" not in client.get(f"{NEW}?pupil={pupil.pk}").content.decode()
    client.post(NEW, {"words": WORDS, "pupil": pupil.pk})
    assert Concern.objects.get().pupil is None


# --- read and taken ---------------------------------------------------------------------------


def test_after_the_24_hours_the_page_says_that_a_manager_had_to_have_it(world, as_):
    page = as_(world.manager).get(raised(world, hours_ago=25).get_absolute_url()).content.decode()
    assert "A manager had to have it by" in page


def test_no_name_stands_in_the_subject_of_a_message(world):
    """Design 5."""
    concern = raised(world, hours_ago=25)
    services.acknowledge(anew(world.manager), concern)
    for message in Message.objects.about(concern):
        assert "Maya" not in message.subject
        assert "Priya" not in message.subject + message.body


def test_the_page_says_how_long_is_left_and_one_tap_takes_it(world, as_):
    concern = raised(world, hours_ago=21)
    client = as_(world.manager)
    page = client.get(concern.get_absolute_url()).content.decode()
    assert "hours 59 minutes left" in page
    assert "Nobody has this yet" in page
    page = client.post(url("acknowledge", concern), follow=True).content.decode()
    assert "Maya Manager has this" in page
    assert client.post(url("acknowledge", concern)).status_code == 302


@pytest.mark.parametrize(
    "key", ["secondary", "far_worker", "other_manager", "duty", "coordinator", "administrator"]
)
def test_whoever_was_not_told_finds_nothing(world, as_, key):
    concern, client = raised(world), as_(getattr(world, key))
    assert client.get(concern.get_absolute_url()).status_code == 404
    assert client.post(url("acknowledge", concern)).status_code == 404
    assert WORDS not in client.get("/concerns/").content.decode()
    assert concern.reference not in client.get("/concerns/").content.decode()


@pytest.mark.parametrize("key", ["dsl", "head", "attendee"])
def test_a_school_finds_nothing_of_a_concern(world, as_, key):
    concern, client = raised(world), as_(getattr(world, key))
    assert client.get(concern.get_absolute_url()).status_code == 404
    assert client.get("/concerns/").status_code == 404


def test_somebody_on_the_list_with_no_other_role_takes_what_was_sent_to_them(world, as_):
    """Design 4: being on a fallback list needs no other role."""
    leader = world.person("leader", "Lee Leader")
    Fallback.objects.create(
        about="adult", user=leader, role="Leadership team", added_by=world.administrator
    )
    concern = raised(world, about="adult", not_to_manager=True)
    client = as_(leader)
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/concerns/"
    assert client.post(url("acknowledge", concern), follow=True).status_code == 200
    concern.refresh_from_db()
    assert concern.acknowledged_by == leader


def test_somebody_without_a_role_reads_a_closed_one_for_28_days_and_finds_no_dead_link(world, as_):
    """Rule 001-58: who can give no reason opens no child for ever."""
    leader = world.person("leader", "Lee Leader")
    Fallback.objects.create(
        about="child", user=leader, role="Leadership team", added_by=world.administrator
    )
    concern = raised(world, not_to_manager=True, pupil=child(world, "Theo", "Bramall"))
    Concern.objects.update(hub=None)
    services.tell_of(concern, anew(world.primary), concern.aware_at + timedelta(hours=12))
    client = as_(leader)
    client.post(url("acknowledge", concern))
    page = client.get(concern.get_absolute_url()).content.decode()
    assert f"/pupils/{concern.pupil.pk}/" not in page
    assert world.oakfield.get_absolute_url() not in page
    services.decide(anew(leader), concern, "other", "Nothing in it")
    assert client.post(url("close", concern), follow=True).status_code == 200
    Involvement.objects.update(ends_at=timezone.now() - timedelta(days=1))
    assert client.get(concern.get_absolute_url()).status_code == 404


def test_opening_it_is_logged_and_shown_to_the_raiser(world, as_):
    concern = raised(world)
    as_(world.manager).get(concern.get_absolute_url())
    assert Access.objects.filter(user=world.manager, subject_id=str(concern.pk)).exists()
    assert concern.told.get(user=world.manager).opened_at
    page = as_(world.primary).get(concern.get_absolute_url()).content.decode()
    assert "opened" in page.lower()


def test_a_closed_concern_about_a_child_asks_for_a_reason_once_the_28_days_are_over(world, as_):
    """Rule 001-58."""
    concern = raised(world, pupil=child(world, "Theo", "Bramall"))
    manager = anew(world.manager)
    services.acknowledge(manager, concern)
    services.decide(manager, concern, "other", "Nothing in it")
    services.close(manager, concern)
    client = as_(world.manager)
    assert client.get(concern.get_absolute_url()).status_code == 200
    Involvement.objects.update(ends_at=timezone.now() - timedelta(days=1))
    assert "reason" in client.get(concern.get_absolute_url()).url


def test_a_manager_who_is_named_finds_no_trace_with_the_child_either(world, as_):
    """Design 6.14: not in who is involved, not in who looked at the child."""
    pupil = child(world, "Theo", "Bramall")
    concern = raised(world, words="Maya Manager shouted at him", pupil=pupil)
    as_(world.service).get(concern.get_absolute_url())
    involve([pupil.pk], pupil, user=world.manager)
    pages = (f"/pupils/{pupil.pk}/", f"/pupils/{pupil.pk}/looks/", "/", "/concerns/", "/digest/")
    for page in pages:
        answer = as_(world.manager).get(page)
        assert answer.status_code == 200, page
        assert concern.reference not in answer.content.decode()
        assert "told of a concern" not in answer.content.decode().lower(), page
    assert "Told of a concern" in as_(world.service).get(pages[1]).content.decode()


# --- decided, added to, disagreed -------------------------------------------------------------


def test_a_decision_without_a_reason_says_so_and_keeps_what_was_typed(world, as_):
    concern, client = raised(world), as_(world.manager)
    client.post(url("acknowledge", concern))
    typed = {"discussed": "canary-discussed", "decision": "children", "reason": ""}
    page = client.post(url("decide", concern), typed).content.decode()
    assert "Enter the reason" in page
    assert "canary-discussed" in page
    client.post(url("decide", concern), typed | {"reason": "canary-reason", "level": "4"})
    page = as_(world.primary).get(concern.get_absolute_url()).content.decode()
    assert "canary-reason" in page
    assert "Level 4" in page


@pytest.mark.parametrize("about", ["child", "adult"])
def test_either_service_is_a_decision_whomever_it_is_about(world, as_, about):
    """Rules 001-104 and 001-110: the parent of a child may need Adult Services."""
    concern, client = raised(world, about=about), as_(world.manager)
    client.post(url("acknowledge", concern))
    page = client.get(concern.get_absolute_url()).content.decode()
    assert 'value="children"' in page
    assert 'value="adults"' in page


def test_what_came_too_late_is_kept_for_who_typed_it(world, as_):
    concern = raised(world)
    manager = anew(world.manager)
    services.acknowledge(manager, concern)
    services.decide(manager, concern, "other", "Nothing in it")
    services.close(manager, concern)
    late = {
        "add": {"words": "canary-late-add"},
        "decide": {"decision": "other", "reason": "canary-late-decide"},
        "close": {"words": "canary-late-close"},
        "pass": {"to": world.other_manager.pk, "why": "canary-late-pass"},
    }
    for name, typed in late.items():
        page = as_(world.service).post(url(name, concern), typed, follow=True).content.decode()
        assert f"canary-late-{name}" in page


def test_an_answer_after_anothers_answer_is_kept_for_who_typed_it(world, as_):
    concern = raised(world)
    services.acknowledge(anew(world.manager), concern)
    said = services.disagree(anew(world.primary), concern, "It needs more")
    client = as_(world.service)
    services.pass_on(anew(world.manager), concern, world.other_manager)
    services.answer(anew(world.other_manager), said, "It does not")
    there = reverse("concern_objection", args=[concern.pk, said.pk])
    assert (
        "canary-late" in client.post(there, {"answer": "canary-late"}, follow=True).content.decode()
    )


def test_who_takes_it_reads_whom_not_to_tell_and_why(world, as_):
    concern = raised(world, not_to_manager=True, not_to_why="canary-why-not")
    page = as_(world.service).get(concern.get_absolute_url()).content.decode()
    assert "Do not tell Maya Manager" in page
    assert "canary-why-not" in page


def test_a_raiser_may_disagree_with_what_is_closed_already(world, as_):
    concern = raised(world)
    manager = anew(world.manager)
    services.acknowledge(manager, concern)
    services.decide(manager, concern, "other", "Nothing in it")
    services.close(manager, concern)
    page = as_(world.primary).get(concern.get_absolute_url()).content.decode()
    assert "I disagree with what is done about it" in page


@pytest.mark.parametrize("poison", ["\x00", "a" * 100_000, "\u202e<script>", "9" * 400, "=1+1"])
def test_nothing_that_is_typed_breaks_an_act(world, as_, poison):
    concern = raised(world)
    services.acknowledge(anew(world.manager), concern)
    names = ("words", "why", "answer", "reason", "discussed", "to", "pupil", "level", "decision")
    typed = dict.fromkeys((*names, "aware_day", "aware_time", "by_phone", "about"), poison)
    for name in ("add", "decide", "pass", "aware", "child", "close", "acknowledge"):
        assert as_(world.manager).post(url(name, concern), typed).status_code in (200, 302), name
    assert as_(world.primary).post(url("disagree", concern), typed).status_code in (200, 302)
    if said := concern.objections.first():
        there = reverse("concern_objection", args=[concern.pk, said.pk])
        assert as_(world.service).post(there, typed).status_code in (200, 302)


def test_the_raiser_decides_nothing(world, as_):
    concern = raised(world)
    typed = {"decision": "other", "reason": "Mine"}
    assert as_(world.primary).post(url("decide", concern), typed).status_code == 403


def test_the_raiser_adds_disagrees_and_is_answered(world, as_):
    concern = raised(world)
    as_(world.primary).post(url("add", concern), {"words": "canary-added"})
    as_(world.manager).post(url("acknowledge", concern))
    as_(world.primary).post(url("disagree", concern), {"why": "canary-why"})
    page = as_(world.service).get(concern.get_absolute_url()).content.decode()
    assert "canary-why" in page
    there = reverse("concern_objection", args=[concern.pk, concern.objections.get().pk])
    assert as_(world.manager).get(there).status_code == 403
    as_(world.service).post(there, {"answer": "canary-answer"})
    page = as_(world.primary).get(concern.get_absolute_url()).content.decode()
    assert "canary-added" in page
    assert "canary-answer" in page


def test_passing_on_asks_a_manager_who_may_be_told(world, as_):
    concern, client = raised(world, words="About Omar Othermanager"), as_(world.manager)
    page = client.get(url("pass", concern)).content.decode()
    assert "Seth Service" in page
    assert "Omar Othermanager" not in page.partition("<select")[2]
    client.post(url("pass", concern), {"to": world.service.pk})
    assert told(concern, "concern_passed") == ["Seth"]


def test_who_corrects_only_whom_it_is_about_leaves_the_school_as_it_was(world, as_):
    """Rule 001-53: where two schools have one name, too, or conflicts there would be forgotten."""
    School.objects.filter(pk=world.beech.pk).update(name=world.oakfield.name)
    concern = raised(world)
    page = as_(world.primary).get(url("correct", concern))
    typed = {"about": "adult", "school": page.context["form"]["school"].value()}
    as_(world.primary).post(url("correct", concern), typed)
    concern.refresh_from_db()
    assert (concern.about, concern.school) == ("adult", world.oakfield)


def test_a_correction_that_cannot_be_says_what_to_enter(world, as_):
    concern, client = raised(world), as_(world.primary)
    page = client.post(
        url("aware", concern), {"aware_day": "tomorrow", "aware_time": "9am"}
    ).content.decode()
    assert "must be in the past" in page


def test_a_named_manager_is_told_after_all_by_the_raiser_only(world, as_):
    concern = raised(world, words="I rang Maya Manager")
    there = reverse("concern_tell", args=[concern.pk, world.manager.pk])
    assert as_(world.service).post(there).status_code == 403
    as_(world.primary).post(there)
    assert "Maya" in told(concern)


# --- the lists --------------------------------------------------------------------------------


def test_the_list_takes_as_many_queries_for_many_as_for_one(world, as_, django_assert_num_queries):
    raised(world)
    client = as_(world.manager)
    client.get("/concerns/")
    with CaptureQueriesContext(connection) as one:
        client.get("/concerns/")
    for _ in range(3):
        raised(world)
    with django_assert_num_queries(len(one)):
        client.get("/concerns/")


def test_only_an_administrator_keeps_the_lists_of_who_is_told(world, as_):
    client = as_(world.administrator)
    typed = {"about": "child", "user": world.service.pk, "role": "Safeguarding lead"}
    client.post("/concerns/fallbacks/new/", typed)
    page = client.post("/concerns/fallbacks/new/", typed).content.decode()
    assert "is on this list already" in page
    row = Fallback.objects.get()
    assert as_(world.manager).get("/concerns/fallbacks/").status_code == 404
    assert as_(world.manager).post(f"/concerns/fallbacks/{row.pk}/end/").status_code == 403
    as_(world.administrator).post(f"/concerns/fallbacks/{row.pk}/end/")
    assert not Fallback.objects.now().exists()


def test_no_school_person_and_not_the_administrator_themselves_is_put_on_a_list(world, as_):
    """Design 5: never taken from a school's contacts. Being told opens concerns (design 1)."""
    client = as_(world.administrator)
    assert world.dsl.name not in client.get("/concerns/fallbacks/new/").content.decode()
    for user in (world.dsl, world.administrator):
        typed = {"about": "child", "user": user.pk, "role": "Lead"}
        assert client.post("/concerns/fallbacks/new/", typed).status_code == 200
    assert not Fallback.objects.exists()


def test_the_order_of_a_list_is_the_order_of_telling(world, as_):
    client = as_(world.administrator)
    for user in (world.duty, world.service):
        client.post(
            "/concerns/fallbacks/new/", {"about": "child", "user": user.pk, "role": "On call"}
        )
    second = Fallback.objects.get(user=world.service)
    client.post(f"/concerns/fallbacks/{second.pk}/up/", {"place": 1})
    assert [row.user for row in Fallback.objects.of("child")] == [world.service, world.duty]
    client.post(f"/concerns/fallbacks/{second.pk}/end/")
    for number in ("0", "1", "nonsense", ""):
        there = client.post(f"/concerns/fallbacks/{second.pk}/up/", {"place": number})
        assert there.status_code == 302
