"""The draft of a session of somebody who is away or has left goes to another (design.md 3)."""

import json
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from drafts.models import Draft
from interventions.models import Session
from interventions.services import sessions as services
from notifications.models import Message
from schools.models import Enrolment, Involvement, OwnChildConflict, SchoolGrant
from tests.children import child
from tests.interventions.session_typed import typed
from tests.interventions.short_work import day, session, under_way
from tests.world import anew

WHY = "Priya is back after half term"


@pytest.fixture
def made(world):
    return under_way(world)


@pytest.fixture
def draft(world, made):
    """What the primary worker has typed so far of a session with Ada."""
    return services.start(world.primary, made, uuid.uuid4(), day(1), typed(made))


@pytest.fixture
def hand_over(world, draft):
    """``hand_over(to, by)``: that draft, by the hub's manager to the secondary worker."""

    def act(to=None, by=None, reason=WHY):
        held = Session.objects.get(pk=draft.target_id)
        return services.hand_over(by or world.manager, held, to or world.secondary, reason)

    return act


@pytest.mark.parametrize("who", ["secondary", "cover"])
def test_a_manager_hands_a_draft_to_another_worker_of_the_school(world, hand_over, draft, who):
    to = getattr(world, who)
    hand_over(to)
    held = Session.objects.get()
    assert (held.author, held.started_by) == (to, world.primary)
    assert (held.handed_over_by, held.handed_over_why) == (world.manager, WHY)
    kept = Draft.objects.get(target_id=held.pk)
    assert (kept.user, kept.version, kept.data) == (to, 2, draft.data)
    act = Act.objects.get(verb=Verb.HAND_OVER)
    assert act.detail == {"former": str(world.primary.pk), "to": str(to.pk)}


def test_who_does_the_work_gets_it_wherever_they_support(world, made, hand_over):
    made.parent_worker = world.other_worker
    made.save()
    hand_over(world.other_worker)
    assert Session.objects.get().author == world.other_worker


def test_who_began_it_reads_on_and_writes_no_more(world, hand_over, as_):
    held = hand_over()
    client = as_(world.primary)
    page = client.get(f"/interventions/sessions/{held.pk}/").content.decode()
    assert "Begun by Priya Primary, handed over to Sam Secondary" in page
    assert WHY in page
    assert client.get(f"/interventions/sessions/{held.pk}/edit/").status_code == 403
    SchoolGrant.objects.filter(user=world.primary).update(ends_at=timezone.now())
    assert Session.objects.visible_to(anew(world.primary)).filter(pk=held.pk).exists()


def test_a_tab_left_open_by_who_began_it_is_stale(world, hand_over, draft, as_):
    hand_over()
    posted = {"version": "1", "author": str(world.primary.pk), "others_present": "x"}
    answer = as_(world.primary).post(f"/drafts/{draft.pk}/", posted, headers={"X-Autosave": "1"})
    assert answer.status_code == 409
    said = json.loads(answer.content)
    assert said["reason"] == "handed_over"
    assert "handed over to Sam Secondary. Copy your text" in said["message"]
    assert Draft.objects.get(pk=draft.pk).data == draft.data


def test_who_gets_it_completes_it_and_both_names_stay(world, hand_over, as_):
    held = hand_over()
    client = as_(world.secondary)
    page = client.get(f"/interventions/sessions/{held.pk}/edit/").content.decode()
    assert "Timetable with Ada" in page
    assert WHY in page
    client.post(f"/interventions/sessions/{held.pk}/complete/", {"version": "2", "give": "1"})
    record = client.get(f"/interventions/sessions/{held.pk}/").content.decode()
    assert "<dd>Priya Primary and Sam Secondary</dd>" in record
    [part] = Session.objects.get().parts.all()
    address = f"/shared/short-work/{held.intervention_id}/parts/{part.pk}/"
    note = as_(world.dsl).get(address).content.decode()
    assert "<dd>Priya Primary and Sam Secondary</dd>" in note
    assert WHY not in note


def test_both_are_told_and_nothing_personal_is_in_the_message(world, hand_over):
    hand_over()
    messages = Message.objects.filter(kind="session_handed_over")
    assert {message.to for message in messages} == {world.primary, world.secondary}
    for message in messages:
        text = message.subject + message.body
        assert not any(name in text for name in (WHY, "Sam", "Priya Primary", "Ada"))


@pytest.mark.parametrize(
    "who", ["primary", "secondary", "other_manager", "service", "administrator", "duty", "dsl"]
)
def test_only_the_hubs_team_managers_hand_over(world, hand_over, who):
    with pytest.raises(PermissionDenied):
        hand_over(by=getattr(world, who))


@pytest.mark.parametrize("who", ["former", "far_worker", "conflicted", "deactivated", "manager"])
def test_only_who_works_there_now_gets_it(world, hand_over, who):
    with pytest.raises(TransitionNotAllowed, match="or support Oakfield"):
        hand_over(getattr(world, who))


def test_it_needs_a_reason_and_a_draft_and_somebody_else(world, hand_over):
    with pytest.raises(ValidationError, match="Enter why you hand it over"):
        hand_over(reason=" ")
    with pytest.raises(TransitionNotAllowed, match="writes this draft already"):
        hand_over(world.primary)
    done = session(world, under_way(world, child(world, "Ben")))
    with pytest.raises(TransitionNotAllowed, match="is completed"):
        services.hand_over(world.manager, done, world.secondary, WHY)


def test_a_manager_hands_over_on_the_page(world, draft, as_):
    client = as_(world.manager)
    here = f"/interventions/sessions/{draft.target_id}/"
    assert f"{here}hand-over/" in client.get(here).content.decode()
    page = client.get(f"{here}hand-over/").content.decode()
    assert "Sam Secondary" in page
    assert "Cole Cover" in page
    wrong = client.post(
        f"{here}hand-over/", {"to": str(world.former.pk), "reason": "<b>Half term"}
    ).content.decode()
    assert "Choose who finishes the draft" in wrong
    assert "&lt;b&gt;Half term" in wrong
    posted = {"to": str(world.secondary.pk), "reason": WHY}
    done = client.post(f"{here}hand-over/", posted, follow=True).content.decode()
    assert "The draft has been handed over to Sam Secondary." in done
    again = client.post(f"{here}hand-over/", posted, follow=True).content.decode()
    assert "Choose who finishes the draft" in again
    assert Act.objects.filter(verb=Verb.HAND_OVER).count() == 1


def test_a_stale_save_hands_out_nothing_of_a_child_who_is_closed(
    world, made, hand_over, draft, as_
):
    """security.md N-14: the answer to an autosave has the gate of the page."""
    held = hand_over()
    Involvement.objects.all().delete()
    client = as_(world.secondary)
    there = f"/interventions/sessions/{held.pk}"

    def saved(address):
        answer = client.post(address, {"version": "1"}, headers={"X-Autosave": "1"})
        assert answer.status_code == 409
        return answer.content.decode()

    for address in (f"{there}/edit/", f"/drafts/{draft.pk}/"):
        assert "theirs" not in json.loads(saved(address))
    client.post(f"{there}/reason/", {"reason": "cover", "words": ""})
    for address in (f"{there}/edit/", f"/drafts/{draft.pk}/"):
        assert "Timetable with Ada" in saved(address)


@pytest.mark.parametrize("page", ["", "edit/", "complete/", "reason/"])
def test_who_gets_it_reads_nothing_of_a_child_whom_no_reason_opens(
    world, hand_over, draft, as_, page
):
    """security.md N-08: Ada has moved to the school of Sam's own child."""
    Enrolment.objects.update(school=world.elmgate)
    OwnChildConflict.objects.create(
        user=world.secondary, school=world.elmgate, starts_at=world.yesterday
    )
    held = hand_over()
    answer = as_(world.secondary).get(f"/interventions/sessions/{held.pk}/{page}", follow=True)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "The rest is not open to you." in html
    assert "Give a reason" not in html
    assert "Timetable with Ada" not in html
    assert Draft.objects.get(target_id=held.pk).data == draft.data
