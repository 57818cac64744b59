"""Following up what was agreed: the list, handing over, another date, done by the school."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Access, Act, Verb
from consultations import notices
from consultations.action_list import HELD_BACK, IN_THE_NOTE
from consultations.models import Action, ActionChange, State
from consultations.services import actions as services
from notifications import kinds
from notifications.models import Message
from tests.children import child, works_with
from tests.consultations.about_children import action_about, part_about
from tests.world import anew

LATER = timezone.localdate() + timedelta(days=60)
STEP, NEXT = re.compile(r">Step (\d\d)<"), re.compile(r'rel="next" href="([^"]+)"')


@pytest.fixture
def mine(world):
    """The action of the completed consultation, which its author took on."""
    return world.completed.actions.get()


@pytest.fixture
def theirs(world):
    """What the headteacher took on in the shared note."""
    action = world.shared.actions.get()
    action.owner_user, action.owner_contact = None, world.head_post
    action.save()
    return action


def page(client, query=""):
    return client.get(f"/actions/{query}").content.decode()


def test_an_action_is_handed_over_for_a_reason(world, mine):
    services.hand_over(world.primary, mine, "On leave", user=world.secondary)
    mine.refresh_from_db()
    assert mine.owner_user == world.secondary
    change = ActionChange.objects.get()
    assert (change.was_owner, change.reason) == ("Priya Primary", "On leave")
    assert Act.objects.get(verb=Verb.HAND_OVER).subject_id == str(mine.pk)
    services.hand_over(world.secondary, mine, "The school does it", contact=world.senco_post)
    mine.refresh_from_db()
    assert (mine.owner_user, mine.owner_contact) == (None, world.senco_post)
    with pytest.raises(TransitionNotAllowed):
        services.hand_over(world.primary, mine, "Again", contact=world.senco_post)


def given():
    """``[(name, body)]`` of those who heard that an action is theirs now."""
    return list(Message.objects.filter(kind=notices.ACTION_GIVEN).values_list("to__name", "body"))


def test_the_new_owner_hears_that_an_action_is_theirs_and_nothing_of_it(world, mine):
    """design.md 5: nothing personal in a message."""
    Action.objects.filter(pk=mine.pk).update(what="CANARY-ring the aunt")
    services.hand_over(world.primary, mine, "CANARY-on leave", user=world.secondary)
    [(name, body)] = given()
    assert name == "Sam Secondary"
    assert "/actions/" in body
    assert "Oakfield Primary School" in body
    assert "CANARY" not in body
    services.hand_over(world.secondary, mine, "Back from leave", user=world.primary)
    services.hand_over(world.primary, mine, "Away again", user=world.secondary)
    assert [name for name, _ in given()].count("Sam Secondary") == 2


def test_who_takes_an_action_over_themselves_is_told_nothing(world, mine):
    services.hand_over(world.secondary, mine, "I do it", user=world.secondary)
    assert given() == []


def test_somebody_at_the_school_hears_of_an_action_where_they_read_the_note(world, mine, theirs):
    services.hand_over(world.primary, theirs, "She asked to", contact=world.dsl_post)
    [(name, body)] = given()
    assert name == "Dora Lead"
    assert f"/shared/{theirs.consultation_id}/" in body
    for contact in (world.withheld_post, world.left_post):
        services.hand_over(world.primary, theirs, "They do", contact=contact)
    services.hand_over(world.primary, mine, "Not shared yet", contact=world.dsl_post)
    assert len(given()) == 1


def test_that_an_action_is_theirs_is_not_said_once_it_is_done_or_somebody_elses(world, mine):
    services.hand_over(world.primary, mine, "On leave", user=world.secondary)
    message = Message.objects.get(kind=notices.ACTION_GIVEN)
    kind = kinds.get(message.kind)
    assert kind.still_due(message)
    assert kind.may_receive(message)
    services.hand_over(world.primary, mine, "Back", user=world.primary)
    assert not kind.still_due(message)
    services.hand_over(world.primary, mine, "Away", user=world.secondary)
    services.done(world.primary, mine)
    assert not kind.still_due(message)
    User.objects.filter(pk=world.secondary.pk).update(is_active=False)
    assert not kind.may_receive(Message.objects.get(pk=message.pk))


def test_a_date_moves_for_a_reason(world, mine):
    services.move(world.primary, mine, LATER, "The nurse is away")
    mine.refresh_from_db()
    assert mine.due_on == LATER
    assert ActionChange.objects.get().was_due_on == world.tomorrow.date()
    with pytest.raises(ValidationError):
        services.move(world.primary, mine, LATER, "  ")
    with pytest.raises(TransitionNotAllowed):
        services.move(world.primary, mine, LATER, "Twice")


def test_what_is_done_changes_no_more(world, mine):
    services.done(world.primary, mine)
    for act in (
        lambda: services.move(world.primary, mine, LATER, "Late"),
        lambda: services.hand_over(world.primary, mine, "Late", user=world.secondary),
        lambda: services.done(world.primary, mine),
    ):
        with pytest.raises(TransitionNotAllowed):
            act()


@pytest.mark.parametrize("who", ["other_worker", "far_worker", "service", "dsl", "governance"])
def test_nobody_else_hands_an_action_over(world, mine, who):
    with pytest.raises(PermissionDenied):
        services.hand_over(anew(getattr(world, who)), mine, "Mine now", user=world.other_worker)


def test_the_list_has_filters_in_its_address_and_no_numbers(world, mine, as_):
    """Rule 001-124."""
    client = as_(world.primary)
    shared = world.canary(world.oakfield, "shared", "action")
    assert mine.what in page(client)
    assert shared not in page(client)
    both = page(client, "?whose=schools")
    assert mine.what in both
    assert shared in both
    Action.objects.filter(pk=mine.pk).update(due_on=world.long_ago.date())
    late = page(client, "?whose=schools&show=overdue")
    assert mine.what in late
    assert shared not in late
    assert "result" not in late
    client.post(f"/actions/{mine.pk}/done/", {"back": "actions"})
    assert mine.what not in page(client, "?show=overdue")
    done = page(client, "?show=done")
    assert mine.what in done
    assert "Hand over" not in done
    assert "Nothing is overdue." in page(client, "?whose=x&show=overdue&after=~&before=x")


def test_the_words_of_an_action_about_a_child_wait_behind_the_gate(world, as_):
    """Rule 001-58: a list names no child who is not on the viewer's work."""
    pupil = child(world, "Ada")
    action_about(part_about(world.completed, pupil), world.primary, "Ring Ada’s aunt")
    for path in ("/actions/", "/"):
        for user in (world.primary, world.service):
            assert "aunt" not in as_(user).get(path).content.decode(), (path, user)
    assert HELD_BACK in page(as_(world.primary))
    works_with(world, pupil)
    assert "Ring Ada’s aunt" in page(as_(world.primary))


def test_the_words_of_an_action_of_direct_work_wait_behind_the_gate_too(world, as_):
    """Rule 001-58."""
    pupil = child(world, "Ada")
    Action.objects.create(
        school=world.oakfield,
        hub=world.coast,
        source_type="sessionpart",
        source_id=world.completed.pk,
        pupil=pupil,
        what="Ring Ada’s aunt",
        owner_user=world.primary,
    )
    assert "aunt" not in page(as_(world.primary))
    works_with(world, pupil)
    assert "Ring Ada’s aunt" in page(as_(world.primary))


def test_the_list_goes_on_page_by_page_at_the_same_cost(world, mine, as_):
    client = as_(world.primary)
    page(client)
    with CaptureQueriesContext(connection) as few:
        page(client, "?whose=schools")
    Action.objects.bulk_create(
        Action(
            consultation=world.completed,
            school=world.oakfield,
            hub=world.coast,
            what=f"Step {number:02d}",
            owner_contact=world.senco_post,
            due_on=None if number > 55 else LATER + timedelta(days=number // 3),
        )
        for number in range(60)
    )
    with CaptureQueriesContext(connection) as many:
        html = page(client, "?whose=schools")
    assert len(many) == len(few)
    found = set(STEP.findall(html))
    while more := NEXT.search(html):
        html = page(client, unescape(more[1]))
        found |= set(STEP.findall(html))
    assert found == {f"{number:02d}" for number in range(60)}
    assert "Previous actions" in html


def test_an_action_is_handed_over_and_moved_from_its_pages(world, mine, as_):
    client = as_(world.primary)
    path = f"/actions/{mine.pk}/"
    html = client.get(f"{path}hand-over/").content.decode()
    assert "Sam Secondary" in html
    assert "Selma Senco" in html
    assert "Priya Primary (you)" not in html
    assert "Select who does it now" in client.post(f"{path}hand-over/", {}).content.decode()
    wrong = client.post(f"{path}hand-over/", {"to": "user:1", "reason": "Kept"}).content.decode()
    assert "Kept" in wrong
    data = {"to": f"contact:{world.senco_post.pk}", "reason": "They asked to"}
    assert client.post(f"{path}hand-over/", data).url == "/actions/"
    bad = client.post(f"{path}move/", {"due_on": "31 February", "reason": "x\x00"}).content.decode()
    assert "must be a real date" in bad
    assert (
        client.post(f"{path}move/", {"due_on": f"{LATER:%d/%m/%y}", "reason": "Later"}).url
        == "/actions/"
    )
    html = client.get(f"{path}move/").content.decode()
    assert "They asked to" in html
    assert "Handed over from Priya Primary" in html
    mine.refresh_from_db()
    assert (mine.owner_contact, mine.due_on) == (world.senco_post, LATER)


def test_an_action_does_not_move_to_a_day_that_is_over(world, mine, as_):
    """It would be past every reminder."""
    client, was = as_(world.primary), mine.due_on
    for day in ("yesterday", "15/1/2007"):
        html = client.post(f"/actions/{mine.pk}/move/", {"due_on": day, "reason": "Later"})
        assert "The new date must be today or in the future" in html.content.decode()
        assert Action.objects.get(pk=mine.pk).due_on == was
    client.post(f"/actions/{mine.pk}/move/", {"due_on": "today", "reason": "Sooner"})
    assert Action.objects.get(pk=mine.pk).due_on == timezone.localdate()


# --- the school ----------------------------------------------------------------------------


def test_a_lead_sees_the_schools_actions_and_marks_what_its_people_took_on(world, theirs, as_):
    html = as_(world.dsl).get("/shared/").content.decode()
    assert theirs.what in html
    assert f"/shared/actions/{theirs.pk}/done/" in html
    answer = as_(world.dsl).post(f"/shared/actions/{theirs.pk}/done/")
    assert answer.url == "/shared/"
    theirs.refresh_from_db()
    assert theirs.done_by == world.dsl
    again = as_(world.head).post(f"/shared/actions/{theirs.pk}/done/", follow=True)
    assert "done already" in again.content.decode()


def test_a_school_does_not_mark_done_what_a_link_worker_took_on(world, as_):
    action = world.shared.actions.get()
    html = as_(world.dsl).get("/shared/").content.decode()
    assert action.what in html
    assert f"/shared/actions/{action.pk}/done/" not in html
    assert as_(world.dsl).post(f"/shared/actions/{action.pk}/done/").status_code == 403


@pytest.mark.parametrize("who", ["withheld", "senco", "attendee", "other_dsl", "unconfirmed"])
def test_nobody_else_at_a_school_finds_its_actions(world, theirs, as_, who):
    """design.md 6.14: somebody withheld finds no trace."""
    user = getattr(world, who)
    assert theirs.what not in as_(user).get("/shared/", follow=True).content.decode()
    assert as_(user).post(f"/shared/actions/{theirs.pk}/done/").status_code == 404


def test_what_was_not_shared_is_no_action_of_the_schools(world, theirs, as_):
    world.completed.actions.update(owner_user=None, owner_contact=world.head_post)
    action = world.completed.actions.get()
    assert world.completed.state == State.COMPLETED
    assert action.what not in as_(world.dsl).get("/shared/").content.decode()
    assert as_(world.dsl).post(f"/shared/actions/{action.pk}/done/").status_code == 404


def test_an_action_about_a_child_stands_in_the_note_alone(world, as_):
    part = part_about(world.shared, child(world, "Ada"))
    action_about(part, world.former, "Ring Ada’s aunt")
    html = as_(world.dsl).get("/shared/").content.decode()
    assert "aunt" not in html
    assert IN_THE_NOTE in html


def test_every_action_of_a_school_is_reached_page_by_page(world, as_):
    Action.objects.bulk_create(
        Action(
            consultation=world.shared,
            school=world.oakfield,
            hub=world.coast,
            what=f"Step {number:02d}",
            owner_contact=world.head_post,
            due_on=None if number > 65 else LATER + timedelta(days=number // 3),
        )
        for number in range(70)
    )
    client = as_(world.dsl)
    html = client.get("/shared/").content.decode()
    assert "Earliest actions" not in html
    found = re.findall(r"Step (\d\d)</a>", html)
    while more := NEXT.search(html):
        html = client.get(f"/shared/{unescape(more[1])}").content.decode()
        found += re.findall(r"Step (\d\d)</a>", html)
    assert sorted(found) == [f"{number:02d}" for number in range(70)]
    assert found[0] < "03"
    assert "Earliest actions" in html


@pytest.mark.parametrize("place", ["", "x", "2027-01-15~x", "9" * 5_000])
def test_a_place_in_the_schools_list_that_is_none_is_its_beginning(world, theirs, as_, place):
    answer = as_(world.dsl).get("/shared/", {"actions": place})
    assert theirs.what in answer.content.decode()


def test_the_schools_list_costs_the_same_for_many_actions(world, theirs, as_):
    client = as_(world.dsl)
    client.get("/shared/")
    with CaptureQueriesContext(connection) as few:
        client.get("/shared/")
    Action.objects.bulk_create(
        Action(
            consultation=world.shared,
            school=world.oakfield,
            hub=world.coast,
            what=f"Step {number}",
            owner_contact=world.head_post,
            due_on=timezone.localdate(),
        )
        for number in range(20)
    )
    with CaptureQueriesContext(connection) as many:
        client.get("/shared/")
    assert len(many) == len(few)


def test_what_was_agreed_about_nobody_by_name_is_held_back_with_its_note(world, as_, mine):
    """rule 001-58: while a child of the note is closed, its texts are."""
    Action.objects.filter(pk=mine.pk).update(what="Ring the mother of the girl")
    pupil = child(world, "Ada")
    part_about(world.completed, pupil)
    client = as_(world.secondary)
    for path in ("/actions/?whose=schools", f"/actions/{mine.pk}/move/"):
        answer = client.get(path).content.decode()
        assert "Ring the mother" not in answer
        assert HELD_BACK in answer
    works_with(world, pupil)
    assert "Ring the mother" in page(client, "?whose=schools")


def test_a_look_at_an_action_about_a_child_is_one_at_the_child(world, as_):
    """security.md N-16: while the child is closed nothing of them is seen."""
    pupil = child(world, "Ada")
    action = action_about(part_about(world.completed, pupil), world.primary, "Ring home")
    client = as_(world.primary)
    client.get(f"/actions/{action.pk}/move/")
    assert not Access.objects.filter(child_id=pupil.pk).exists()
    works_with(world, pupil)
    client.get(f"/actions/{action.pk}/move/")
    assert Access.objects.get(child_id=pupil.pk).subject_id == str(action.pk)


def test_why_an_action_about_a_closed_child_moved_is_held_back(world, as_):
    pupil = child(world, "Ada")
    action = action_about(part_about(world.completed, pupil), world.primary, "Name a key adult")
    services.move(world.primary, action, LATER, "Ada was ill")
    client = as_(world.secondary)
    assert "was ill" not in client.get(f"/actions/{action.pk}/move/").content.decode()
    works_with(world, pupil)
    assert "was ill" in client.get(f"/actions/{action.pk}/move/").content.decode()
