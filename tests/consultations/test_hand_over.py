"""A draft of somebody who is away goes to another worker of the school (design.md 3)."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from consultations import services
from consultations.models import Consultation, State
from drafts.models import Draft
from linkworkers.models import Absence
from notifications.models import Message
from schools.models import OwnChildConflict, SchoolGrant
from schools.scope import scope_of
from tests.children import child
from tests.consultations.children_typed import about
from tests.world import anew

WHY = "Priya is back after half term"


@pytest.fixture
def hand_over(world):
    """``hand_over(to, by)``: the draft of Oakfield, by its hub's manager to its secondary."""

    def act(to=None, by=None, reason=WHY):
        return services.hand_over(by or world.manager, world.draft, to or world.secondary, reason)

    return act


@pytest.mark.parametrize("who", ["secondary", "cover"])
def test_a_manager_hands_a_draft_to_another_worker_of_the_school(world, hand_over, who):
    to = getattr(world, who)
    hand_over(to)
    consultation = Consultation.objects.get(pk=world.draft.pk)
    assert (consultation.author, consultation.started_by) == (to, world.primary)
    assert (consultation.handed_over_by, consultation.handed_over_why) == (world.manager, WHY)
    draft = Draft.objects.get(target_id=world.draft.pk)
    assert (draft.user, draft.version) == (to, 2)
    act = Act.objects.get(verb=Verb.HAND_OVER)
    assert act.detail == {"former": str(world.primary.pk), "to": str(to.pk)}


def test_who_began_it_reads_on_and_writes_no_more(world, hand_over, as_):
    hand_over()
    seen = Consultation.objects.visible_to(anew(world.primary))
    assert seen.filter(pk=world.draft.pk).exists()
    newest = Consultation.objects.newest(anew(world.primary))
    assert [row.pk for row in newest].count(world.draft.pk) == 1
    client = as_(world.primary)
    page = client.get(f"/consultations/{world.draft.pk}/").content.decode()
    assert "Begun by Priya Primary, handed over to Sam Secondary" in page
    assert WHY in page
    assert client.get(f"/consultations/{world.draft.pk}/edit/").status_code == 403
    SchoolGrant.objects.filter(user=world.primary).update(ends_at=timezone.now())
    assert not scope_of(anew(world.primary)).supports
    assert Consultation.objects.visible_to(anew(world.primary)).filter(pk=world.draft.pk).exists()


def test_a_tab_left_open_by_who_began_it_is_stale(world, hand_over, as_):
    draft = Draft.objects.get(target_id=world.draft.pk)
    hand_over()
    posted = {"version": str(draft.version), "author": str(world.primary.pk), "shared_text": "x"}
    answer = as_(world.primary).post(f"/drafts/{draft.pk}/", posted, headers={"X-Autosave": "1"})
    assert answer.status_code == 409
    said = json.loads(answer.content)
    assert said["reason"] == "handed_over"
    assert "handed over to Sam Secondary. Copy your text" in said["message"]
    kept = Draft.objects.get(pk=draft.pk)
    assert kept.data == draft.data


def test_who_gets_it_finishes_it_and_both_names_stay(world, hand_over, as_):
    hand_over()
    client = as_(world.secondary)
    page = client.get(f"/consultations/{world.draft.pk}/edit/").content.decode()
    assert world.canary(world.oakfield, "draft", "internal") in page
    assert WHY in page
    Consultation.objects.filter(pk=world.draft.pk).update(
        state=State.SHARED, completed_at=world.now, shared_at=world.now, version=1
    )
    record = client.get(f"/consultations/{world.draft.pk}/").content.decode()
    assert "<dd>Priya Primary and Sam Secondary</dd>" in record
    note = as_(world.dsl).get(f"/shared/{world.draft.pk}/").content.decode()
    assert "With Priya Primary and Sam Secondary" in " ".join(note.split())
    assert WHY not in note


def test_both_are_told_and_nothing_personal_is_in_the_message(world, hand_over):
    hand_over()
    messages = Message.objects.filter(kind="consultation_handed_over")
    assert {message.to for message in messages} == {world.primary, world.secondary}
    for message in messages:
        text = message.subject + message.body
        assert WHY not in text
        assert "Sam" not in text


@pytest.mark.parametrize(
    "who", ["primary", "secondary", "other_manager", "service", "administrator", "duty", "dsl"]
)
def test_only_the_hubs_team_managers_hand_over(world, hand_over, who):
    with pytest.raises(PermissionDenied):
        hand_over(by=getattr(world, who))


@pytest.mark.parametrize("who", ["former", "far_worker", "conflicted", "deactivated", "manager"])
def test_only_who_supports_the_school_now_gets_it(world, hand_over, who):
    with pytest.raises(TransitionNotAllowed, match="does not support Oakfield"):
        hand_over(getattr(world, who))


def test_it_needs_a_reason_and_a_draft_and_somebody_else(world, hand_over):
    with pytest.raises(ValidationError, match="Enter why you hand it over"):
        hand_over(reason=" ")
    with pytest.raises(TransitionNotAllowed, match="writes this draft already"):
        hand_over(world.primary)
    with pytest.raises(TransitionNotAllowed, match="is completed"):
        services.hand_over(world.manager, world.completed, world.secondary, WHY)


def test_handed_on_again_it_keeps_who_began_it(world, hand_over):
    hand_over()
    hand_over(world.cover)
    assert Consultation.objects.get(pk=world.draft.pk).started_by == world.primary
    back = hand_over(world.primary)
    assert back.authors == [world.primary]


def test_a_manager_hands_over_on_the_page(world, as_):
    client = as_(world.manager)
    address = f"/consultations/{world.draft.pk}/hand-over/"
    assert address in client.get(f"/consultations/{world.draft.pk}/").content.decode()
    page = client.get(address).content.decode()
    assert "Sam Secondary" in page
    assert "Cole Cover" in page
    wrong = client.post(address, {"to": str(world.former.pk), "reason": "<b>Half term"})
    assert "Choose who finishes the draft" in wrong.content.decode()
    assert "&lt;b&gt;Half term" in wrong.content.decode()
    posted = {"to": str(world.secondary.pk), "reason": WHY}
    done = client.post(address, posted, follow=True).content.decode()
    assert "The draft has been handed over to Sam Secondary." in done
    again = client.post(address, posted, follow=True).content.decode()
    assert "Choose who finishes the draft" in again
    assert Act.objects.filter(verb=Verb.HAND_OVER).count() == 1


# --- about a child who is closed to who gets it -----------------------------------------------


@pytest.fixture
def ada_moved(world):
    """The draft is about Ada, who has since moved to the school of Sam's own child."""
    ada = child(world, "Ada")
    typed = about({"who": ada.pk, "worries": "CANARY-draft-ada"}, school=world.oakfield)
    Draft.objects.filter(target_id=world.draft.pk).update(
        data=typed | {"internal_notes": ["CANARY-internal-ada"]}
    )
    ada.enrolments.update(school=world.elmgate)
    OwnChildConflict.objects.create(
        user=world.secondary, school=world.elmgate, starts_at=world.yesterday
    )
    return ada


def autosaved(client, address):
    posted = {"version": "1", "shared_text": "x"}
    return client.post(address, posted, headers={"X-Autosave": "1"})


@pytest.mark.parametrize(
    "page", ["", "edit/", "edit/?check=1", "complete/", "reason/", "comments/"]
)
def test_who_gets_it_reads_nothing_of_a_child_whom_no_reason_opens(
    world, hand_over, as_, ada_moved, page
):
    """security.md N-08: what somebody else typed is held back, and stays as it was typed."""
    hand_over()
    before = Draft.objects.get(target_id=world.draft.pk)
    client = as_(world.secondary)
    assert client.get(f"/pupils/{ada_moved.pk}/").status_code == 404
    answer = client.get(f"/consultations/{world.draft.pk}/{page}", follow=True)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "The rest is not open to you." in html
    assert "Give a reason" not in html
    assert "CANARY-" not in html.replace("CANARY-900001-oakfield", "")
    assert Draft.objects.get(target_id=world.draft.pk).data == before.data


def test_one_child_whom_no_reason_opens_holds_back_the_parts_of_the_others(
    world, hand_over, as_, ada_moved
):
    """The texts of a draft are about all its children: no reason is asked for in vain."""
    ben = child(world, "Ben")
    Draft.objects.filter(target_id=world.draft.pk).update(
        data=about({"who": ada_moved.pk}, {"who": ben.pk}, school=world.oakfield)
    )
    hand_over()
    answer = as_(world.secondary).get(f"/consultations/{world.draft.pk}/edit/")
    assert answer.status_code == 200
    assert "The rest is not open to you." in answer.content.decode()


def test_who_wrote_it_all_keeps_their_own_words(world, as_, ada_moved):
    OwnChildConflict.objects.create(
        user=world.primary, school=world.elmgate, starts_at=world.yesterday
    )
    html = as_(world.primary).get(f"/consultations/{world.draft.pk}/edit/").content.decode()
    assert "CANARY-draft-ada" in html
    assert ada_moved.surname not in html


def test_a_stale_save_hands_out_nothing_of_a_child_who_is_closed(world, hand_over, as_):
    """security.md N-14: the answer to an autosave has the gate of the page."""
    ada = child(world, "Ada")
    Draft.objects.filter(target_id=world.draft.pk).update(
        data=about({"who": ada.pk, "worries": "CANARY-draft-ada"}, school=world.oakfield)
    )
    hand_over()
    client = as_(world.secondary)
    draft = Draft.objects.get(target_id=world.draft.pk)
    edit = f"/consultations/{world.draft.pk}/edit/"
    for address in (edit, f"/drafts/{draft.pk}/"):
        answer = autosaved(client, address)
        assert answer.status_code == 409
        said = json.loads(answer.content)
        assert (said["reason"], said["their_version"]) == ("version", 2)
        assert "theirs" not in said
    client.post(f"/consultations/{world.draft.pk}/reason/", {"reason": "cover", "words": ""})
    for address in (edit, f"/drafts/{draft.pk}/"):
        assert "CANARY-draft-ada" in autosaved(client, address).content.decode()
    assert Draft.objects.get(target_id=world.draft.pk).data == draft.data


# --- a reply while people are away ---------------------------------------------------------


def test_a_reply_goes_to_who_supports_the_school_and_to_managers_when_all_are_away(world):
    """rule 001-48."""
    today = timezone.localdate()

    def told(reply):
        services.reply(world.dsl, world.shared, reply)
        found = {m.to for m in Message.objects.filter(kind="consultation_replied")}
        Message.objects.all().delete()
        return found

    supporting = {world.primary, world.secondary, world.cover, world.former}
    assert told("First") == supporting
    for user in supporting:
        Absence.objects.create(
            link_worker=user.link_worker, starts_on=today, ends_on=today, added_by=user
        )
    assert told("Second") == supporting | {world.manager}
