"""The actions of a meeting: agreed, carried, ticked off, handed over, chased."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from consultations.chasing import chase
from consultations.models import Action, ActionSubject
from notifications import kinds
from notifications.models import Message
from panels import action_chasing
from panels.copies import Minutes
from panels.models import ActionComment, Meeting, MinutedAction
from panels.services import actions, children, minutes
from schools.calendar import calendars_of
from schools.children import open_pupils
from schools.models import Involvement, OwnChildConflict
from tests.children import children_of
from tests.kept import kept
from tests.panels.meetings import about, called, invite, police, prepared, themed, with_agency
from tests.panels.minutes import (
    again,
    agenda,
    agreed,
    final,
    held,
    item_of,
    taker,
    write,
)
from tests.referrals.concerns import away
from tests.world import anew

pytestmark = pytest.mark.django_db
NEXT_WEEK = timedelta(days=7)


@kept
def meeting(world):
    """A themed meeting of two schools that was held, with a link worker and a written item."""
    found = children_of(world)
    made = themed(world, found.ada, found.cleo)
    contacts = [world.dsl_post, world.senco_post, world.other_dsl_post]
    made = held(invite(world, made, users=[world.primary], contacts=contacts))
    write(item_of(made, "The line"), "Two reports.", "We act together.")
    return made


def owner(meeting, name):
    """The person or the agency of the meeting whose name begins so."""
    rows = [*meeting.people.all(), *meeting.agencies.select_related("agency")]
    return next(row for row in rows if row.name.startswith(name))


def child_of(meeting, first):
    return meeting.pupils.select_related("pupil").get(pupil__first_names=first)


def act(meeting, what="Walk the line", *, whose="Dora", child=None, days=7):
    """An action of the meeting, minuted."""
    item = meeting.items.get(title="The line")
    return agreed(item, what, owner=owner(meeting, whose), child=child, days=days)


def plan(meeting):
    return {row.what: row.action for row in again(meeting).minuted_actions.all()}


# --- agreed --------------------------------------------------------------------------------------


def test_final_minutes_make_one_action_of_each_with_its_owner_school_and_child(world, meeting):
    """Rule 000-14."""
    ada = child_of(meeting, "Ada")
    act(meeting, "Ring home", child=ada)
    act(meeting, "Walk the line", whose="Police")
    act(meeting, "Tell the staff", whose="Otto")
    assert not Action.objects.filter(source_type="meeting").exists()
    final(meeting)
    made = plan(meeting)
    ring, walk, tell = made["Ring home"], made["Walk the line"], made["Tell the staff"]
    assert (ring.owner_contact, ring.pupil, ring.school) == (
        world.dsl_post,
        ada.pupil,
        world.oakfield,
    )
    assert walk.owner_agency.name == "Police"
    assert (walk.owner_name, walk.school, walk.hub) == ("Police duty desk, Police", None, None)
    assert (tell.school, tell.hub) == (world.beech, world.beech.hub)
    assert ring.due_on == timezone.localdate() + NEXT_WEEK
    assert Act.objects.filter(verb=Verb.AGREE, subject_type="consultations.action").count() == 3


def test_an_action_of_no_one_school_keeps_which_schools_and_children_it_may_speak_of(
    world, meeting
):
    """Rules 000-16, 001-58."""
    act(meeting, "Ask what Ada and Cleo saw", whose="Priya")
    final(meeting)
    [action] = plan(meeting).values()
    subjects = ActionSubject.objects.filter(action=action)
    assert {row.pupil.first_names for row in subjects if row.pupil} == {"Ada", "Cleo"}
    assert {row.school for row in subjects} == {world.oakfield, world.beech}


def test_each_owner_with_an_account_hears_once_and_nothing_of_it(world, meeting):
    act(meeting, "CANARY-one")
    act(meeting, "CANARY-two")
    act(meeting, "CANARY-three", whose="Police")
    final(meeting)
    message = Message.objects.get(kind="meeting_actions")
    assert message.to == world.dsl
    assert "CANARY" not in message.subject + message.body
    assert meeting.title not in message.subject + message.body
    assert kinds.get(message.kind).still_due(message)
    for action in plan(meeting).values():
        Action.objects.filter(pk=action.pk).update(done_at=timezone.now())
    assert not kinds.get(message.kind).still_due(Message.objects.get(pk=message.pk))


def test_a_correction_changes_adds_and_takes_out_and_makes_nothing_twice(world, meeting):
    kept, changed, gone = act(meeting, "Kept"), act(meeting, "Misspelt"), act(meeting, "Wrong")
    final(meeting)
    before = plan(meeting)
    minutes.correct(taker(meeting), again(meeting))
    minutes.change_action(
        taker(meeting),
        MinutedAction.objects.get(pk=changed.pk),
        "Spelt right",
        owner=owner(meeting, "Police"),
        due_on=kept.due_on,
    )
    minutes.remove_action(taker(meeting), MinutedAction.objects.get(pk=gone.pk))
    act(meeting, "New")
    final(meeting, what_changed="Three actions")
    after = plan(meeting)
    assert set(after) == {"Kept", "Spelt right", "New"}
    assert after["Kept"].pk == before["Kept"].pk
    assert after["Spelt right"].pk == before["Misspelt"].pk
    assert after["Spelt right"].owner_text == "Police duty desk, Police"
    assert after["Spelt right"].what == "Spelt right"
    taken_out = Action.objects.get(pk=before["Wrong"].pk)
    assert taken_out.is_dropped
    assert taken_out.done_by is None
    assert taken_out not in Action.objects.open()


def test_a_correction_undoes_no_date_that_was_moved_and_no_hand_over(world, meeting):
    row = act(meeting)
    final(meeting)
    row = MinutedAction.objects.get(pk=row.pk)
    later = timezone.localdate() + timedelta(days=21)
    by = anew(world.coordinator)
    actions.move(by, row, later, "The officer is away")
    actions.hand_over(by, row, "Better placed", owner(meeting, "Police"))
    minutes.correct(taker(meeting), again(meeting))
    row = MinutedAction.objects.get(pk=row.pk)
    minutes.change_action(
        taker(meeting), row, "Walk the whole line", owner=row.person, due_on=row.due_on
    )
    final(meeting, what_changed="A word")
    action = Action.objects.get(pk=row.action_id)
    assert (action.what, action.due_on) == ("Walk the whole line", later)
    assert action.owner_text == "Police duty desk, Police"


def test_who_neither_runs_the_meeting_nor_takes_its_minutes_agrees_and_carries_nothing(
    world, meeting
):
    act(meeting)
    version = final(meeting)
    for who in (world.primary, world.dsl, world.service, world.administrator):
        with pytest.raises(PermissionDenied):
            actions.agree(anew(who), version)
        with pytest.raises(PermissionDenied):
            actions.carry(anew(who), again(meeting))


# --- carried -------------------------------------------------------------------------------------


def following(world, meeting):
    """The next meeting, prepared from this one, with its agenda begun."""
    by = anew(world.coordinator)
    made = prepared(world, by, schools=[world.oakfield, world.beech])
    Meeting.objects.filter(pk=made.pk).update(previous=meeting)
    invite(world, again(made), contacts=[world.dsl_post])
    made = called(again(made))
    agenda(made)
    return again(made)


def test_the_next_meeting_opens_with_what_is_still_open_and_shows_what_is_ticked_off(
    world, meeting
):
    act(meeting, "Open")
    act(meeting, "Done before")
    final(meeting)
    rows = {row.what: row for row in again(meeting).minuted_actions.all()}
    actions.tick(anew(world.dsl), rows["Done before"])
    upcoming = following(world, meeting)
    [carried] = upcoming.minuted_actions.all()
    assert (carried.action, carried.is_carried, carried.item.kind) == (
        rows["Open"].action,
        True,
        "last",
    )
    assert actions.carry(anew(world.coordinator), upcoming) == []
    actions.tick(anew(world.dsl), rows["Open"])
    [carried] = again(upcoming).minuted_actions.select_related("action")
    assert carried.action.done_at
    assert Action.objects.filter(source_type="meeting").count() == 2


def test_words_that_are_corrected_are_corrected_where_they_were_taken_over(world, meeting):
    row = act(meeting, "Mispelt")
    final(meeting)
    upcoming = following(world, meeting)
    minutes.correct(taker(meeting), again(meeting))
    row = MinutedAction.objects.get(pk=row.pk)
    by = taker(meeting)
    minutes.change_action(by, row, "Misspelt", owner=row.person, due_on=row.due_on)
    final(meeting, what_changed="A letter")
    assert [one.what for one in upcoming.minuted_actions.all()] == ["Misspelt"]


def test_what_is_agreed_after_the_next_agenda_began_comes_into_it_too(world, meeting):
    act(meeting, "First")
    final(meeting)
    upcoming = following(world, meeting)
    minutes.correct(taker(meeting), again(meeting))
    act(meeting, "Forgotten")
    final(meeting, what_changed="One action was missing")
    assert {row.what for row in upcoming.minuted_actions.all()} == {"First", "Forgotten"}


# --- ticked off, commented on --------------------------------------------------------------------


def test_an_agency_ticks_and_comments_by_its_name_and_the_system_acts(world, meeting):
    row = act(meeting, whose="Police")
    final(meeting)
    row = MinutedAction.objects.get(pk=row.pk)
    system = User.objects.system("partner")
    actions.comment(system, row, " Walked it twice ", name="Police duty desk, Police")
    actions.comment(system, row, "Walked it twice", name="Police duty desk, Police")
    action = actions.tick(system, row, name="Police duty desk, Police")
    assert (action.done_by, action.done_by_name) == (None, "Police duty desk, Police")
    said = ActionComment.objects.get()
    assert (said.text, said.said_by_name) == ("Walked it twice", "Police duty desk, Police")
    with pytest.raises(TransitionNotAllowed):
        actions.tick(system, row, name="Police duty desk, Police")
    with pytest.raises(PermissionDenied):
        actions.tick(system, row)


@pytest.mark.parametrize("who", ["dsl", "head", "senco", "coordinator"])
def test_the_owner_their_schools_leads_and_who_runs_the_meeting_tick(world, meeting, who):
    row = act(meeting, whose="Dora" if who != "senco" else world.senco_post.name)
    final(meeting)
    row = MinutedAction.objects.get(pk=row.pk)
    action = actions.tick(anew(getattr(world, who)), row)
    assert action.done_by == getattr(world, who)


@pytest.mark.parametrize(
    "who", ["other_dsl", "far_worker", "duty", "governance", "administrator", "unconfirmed"]
)
def test_nobody_else_ticks_comments_or_moves(world, meeting, who):
    row = act(meeting)
    final(meeting)
    row, by = MinutedAction.objects.get(pk=row.pk), anew(getattr(world, who))
    for attempt in (
        lambda: actions.tick(by, row),
        lambda: actions.comment(by, row, "Mine"),
        lambda: actions.move(by, row, timezone.localdate(), "Mine"),
        lambda: actions.hand_over(by, row, "Mine", owner(meeting, "Police")),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_nothing_is_ticked_before_the_minutes_are_final(world, meeting):
    row = act(meeting)
    with pytest.raises(TransitionNotAllowed):
        actions.tick(anew(world.dsl), row)


@pytest.mark.parametrize("text", ["  ", "x" * 1001])
def test_a_comment_says_something_and_not_too_much(world, meeting, text):
    row = act(meeting)
    final(meeting)
    with pytest.raises(ValidationError):
        actions.comment(anew(world.dsl), MinutedAction.objects.get(pk=row.pk), text)


def test_nobody_is_given_an_action_whose_words_they_may_not_read(world, meeting):
    """Rule 000-16."""
    row = act(meeting, "Ring home about Cleo", whose="Otto")
    final(meeting)
    row = MinutedAction.objects.get(pk=row.pk)
    for name in ("Dora", "Police"):
        with pytest.raises(ValidationError):
            actions.hand_over(anew(world.coordinator), row, "Why", owner(meeting, name))


# --- current work --------------------------------------------------------------------------------


def on_work(world, meeting, first="Ada"):
    pupil = child_of(meeting, first).pupil
    return open_pupils(anew(world.coordinator)).filter(pk=pupil.pk).exists()


def test_a_meetings_children_leave_current_work_when_its_actions_are_done(world, meeting):
    """design.md 3."""
    one, two = act(meeting, "One"), act(meeting, "Two")
    final(meeting)
    actions.tick(anew(world.dsl), MinutedAction.objects.get(pk=one.pk))
    assert on_work(world, meeting)
    actions.tick(anew(world.dsl), MinutedAction.objects.get(pk=two.pk))
    assert not on_work(world, meeting)
    minutes.correct(taker(meeting), again(meeting))
    act(meeting, "Three")
    final(meeting, what_changed="An action was missing")
    assert on_work(world, meeting)


def test_of_a_meeting_that_agreed_nothing_they_leave_once_its_minutes_cannot_be_opened(
    world, meeting
):
    final(meeting, no_actions_why="All is in hand")
    ends = Involvement.objects.filter(source_type="meeting", source_id=meeting.pk)
    left = {row.ends_at - timezone.now() > timedelta(days=27) for row in ends}
    assert left == {True}


# --- chased --------------------------------------------------------------------------------------


def test_the_owner_of_an_action_is_chased_and_an_agency_is_not(world, meeting):
    # Nobody is chased at the weekend.
    days = {5: 2, 6: 1}.get(timezone.localdate().weekday(), 0)
    act(meeting, "The worker's", whose="Priya", days=days)
    act(meeting, "The lead's", days=days)
    act(meeting, "The agency's", whose="Police", days=days)
    final(meeting)
    made = plan(meeting)
    assert made["The worker's"].school is None
    chase(made["The worker's"].due_on)
    told = Message.objects.filter(kind="action_due", about_id__in=[one.pk for one in made.values()])
    assert {message.to for message in told} == {world.primary, world.dsl}
    for message in told:
        kind = kinds.get(message.kind)
        assert kind.still_due(message)
        assert kind.may_receive(message)
        assert "an action of a meeting" in message.subject


# --- what it costs -------------------------------------------------------------------------------


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("page", ["/meetings/{}/actions/", "/meetings/actions/?show=open"])
def test_a_plan_of_60_actions_costs_as_many_queries_as_one_of_3(world, meeting, as_, page):
    for n in range(3):
        act(meeting, f"Action {n} for Ada", whose=["Dora", "Police", "Priya"][n])
    with CaptureQueriesContext(connection) as first:
        final(meeting)
    client = as_(world.coordinator)
    address = page.format(meeting.pk)
    client.get(address)
    few = queries(client, address)
    minutes.correct(taker(meeting), again(meeting))
    item = meeting.items.get(title="The line")
    MinutedAction.objects.bulk_create(
        MinutedAction(
            meeting=meeting,
            item=item,
            what=f"More {n} for Cleo",
            person=owner(meeting, "Otto"),
            due_on=timezone.localdate(),
            added_by=world.coordinator,
        )
        for n in range(57)
    )
    with CaptureQueriesContext(connection) as many:
        final(meeting, what_changed="Many more")
    # A correction asks a few things more than a first version, however much it holds.
    assert len(many) < len(first) + 20
    assert queries(client, address) <= few


# --- in another order -----------------------------------------------------------------------------


def test_of_a_child_who_comes_onto_the_next_meeting_late_nobody_reads_what_was_taken_over(
    world, meeting
):
    """Rule 000-16: an action is about a child whatever its words say."""
    act(meeting, "Ring home", whose="Priya", child=child_of(meeting, "Cleo"))
    final(meeting)
    after = following(world, meeting)
    with_agency(after, *police())
    about(after, child_of(meeting, "Cleo").pupil, world.beech)
    made = Minutes(again(after))
    [police_copy] = [made.copy_for(one) for one in made.readers if one.name == "Police"]
    assert "Ring home" not in str(police_copy.as_json)


def test_a_reference_of_the_meeting_before_stands_for_the_child_in_the_next(world, meeting):
    """Rule 000-16: there the child has another one."""
    cleo = child_of(meeting, "Cleo")
    act(meeting, f"{cleo.reference}: a visit", whose="Priya")
    final(meeting)
    after = following(world, meeting)
    with_agency(after, *police())
    row = about(after, cleo.pupil, world.beech)
    row.reference = "P1111" if cleo.reference != "P1111" else "P2222"
    row.save()
    made = Minutes(again(after))
    [police_copy] = [made.copy_for(one) for one in made.readers if one.name == "Police"]
    assert cleo.reference not in str(police_copy.as_json)


def test_a_child_on_the_next_meeting_is_taken_off_though_an_action_was_taken_over(world, meeting):
    act(meeting, "Ring home", whose="Priya", child=child_of(meeting, "Cleo"))
    final(meeting)
    after = following(world, meeting)
    row = about(after, child_of(meeting, "Cleo").pupil, world.beech)
    MinutedAction.objects.filter(meeting=after).update(child=row)
    children.remove(anew(world.coordinator), row)
    assert again(after).minuted_actions.get().child is None


def test_who_is_given_an_action_by_a_correction_hears_of_it(world, meeting):
    """Rule 000-14."""
    row = act(meeting, "Walk the line", whose="Dora")
    final(meeting)
    Message.objects.all().delete()
    minutes.correct(taker(meeting), again(meeting))
    minutes.change_action(
        taker(meeting), row, "Walk the line", owner=owner(meeting, "Priya"), due_on=row.due_on
    )
    final(meeting, what_changed="The link worker walks it")
    [message] = Message.objects.filter(kind="meeting_actions")
    assert message.to == world.primary


def test_the_organiser_hears_that_somebody_said_something_of_an_action_and_not_what(world, meeting):
    """design.md 5."""
    row = act(meeting, whose="Dora")
    final(meeting)
    row.refresh_from_db()
    actions.comment(anew(world.dsl), row, "CANARY-said")
    actions.comment(anew(world.dsl), row, "CANARY-said")
    [message] = Message.objects.filter(kind="meeting_comment")
    assert message.to == world.coordinator
    assert "CANARY" not in message.subject + message.body
    actions.comment(anew(world.coordinator), row, "Thank you")
    assert Message.objects.filter(kind="meeting_comment").count() == 1


# --- while the owner is away ---------------------------------------------------------------------


def ours():
    return Action.objects.filter(source_type="meeting")


def due_today(meeting, whose):
    """An action of no one school, due on a school day that is taken for today."""
    agreed(meeting.items.get(title="The line"), "Walk the line", owner=owner(meeting, whose))
    final(meeting)
    action, today = ours().get(), timezone.localdate()
    while not calendars_of()[None].is_school_day(today):
        today += timedelta(days=1)
    ours().update(due_on=today)
    assert action.school is None
    return action, today


def hear_of_away():
    """Who heard that the owner of an action is away."""
    rows = Message.objects.filter(kind=action_chasing.OWNER_AWAY)
    return set(rows.values_list("to__email", flat=True))


def test_who_runs_the_meeting_hears_of_an_action_of_no_school_while_its_owner_is_away(
    world, meeting
):
    """Design.md 5: a school has whoever answers for it, and several schools have the organiser."""
    action, today = due_today(meeting, "Priya")
    action_chasing.chase(today)
    assert hear_of_away() == set()
    away(world.primary, world)
    action_chasing.chase(today)
    action_chasing.chase(today)
    assert hear_of_away() == {world.coordinator.email}
    [message] = Message.objects.filter(kind=action_chasing.OWNER_AWAY)
    assert "Priya" not in message.subject + message.body
    assert "Walk" not in message.subject + message.body
    kind = kinds.get(action_chasing.OWNER_AWAY)
    assert kind.still_due(message)
    assert kind.may_receive(message)
    row = MinutedAction.objects.get(action=action)
    actions.tick(anew(world.coordinator), row)
    assert not kind.still_due(message)


def test_while_the_organiser_is_away_too_the_managers_of_the_hubs_hear(world, meeting):
    _, today = due_today(meeting, "Priya")
    Meeting.objects.update(organiser=world.secondary)
    for user in (world.primary, world.secondary):
        away(user, world)
    action_chasing.chase(today)
    assert hear_of_away() == {world.manager.email, world.other_manager.email}


def test_an_action_of_one_school_has_whoever_answers_for_it_and_not_the_organiser(world, meeting):
    action, today = due_today(meeting, "Priya")
    ours().update(school=world.oakfield, hub=world.oakfield.hub)
    away(world.primary, world)
    action_chasing.chase(today)
    assert hear_of_away() == set()
    chase(today)
    told = Message.objects.filter(kind="action_due", about_id=str(action.pk))
    assert set(told.values_list("to__email", flat=True)) == {world.secondary.email}


def test_it_costs_the_same_for_many_actions_of_people_who_are_away(world, meeting):
    for number in range(4):
        item = meeting.items.get(title="The line")
        agreed(item, f"Walk {number}", owner=owner(meeting, "Priya"))
    final(meeting)
    away(world.primary, world)
    first = ours().first()
    today = timezone.localdate()
    while not calendars_of()[None].is_school_day(today):
        today += timedelta(days=1)

    def queries():
        with CaptureQueriesContext(connection) as made:
            action_chasing.chase(today)
        Message.objects.filter(kind=action_chasing.OWNER_AWAY).delete()
        return len(made)

    ours().filter(pk=first.pk).update(due_on=today)
    queries()
    few = queries()
    ours().update(due_on=today)
    assert queries() == few


def ends_post(user, meeting):
    user.staff_roles.update(ends_at=timezone.now())


def declares_a_conflict(user, meeting):
    school = meeting.schools.first().school
    OwnChildConflict.objects.create(user=user, school=school, starts_at=timezone.now())


@pytest.mark.parametrize("happens", [ends_post, declares_a_conflict])
def test_of_what_its_owner_may_not_read_any_more_who_runs_the_meeting_hears(
    world, meeting, happens
):
    """Their own message is held back, so that nobody else would know that it is due."""
    _, today = due_today(meeting, "Priya")
    happens(world.primary, meeting)
    action_chasing.chase(today)
    assert hear_of_away() == {world.coordinator.email}
    [message] = Message.objects.filter(kind=action_chasing.OWNER_AWAY)
    assert kinds.get(action_chasing.OWNER_AWAY).still_due(message)


@pytest.mark.parametrize("happens", [ends_post, declares_a_conflict])
def test_an_organiser_who_runs_the_meeting_no_more_is_stood_in_for(world, meeting, happens):
    """security.md 6.5: a message that its reader may not have is heard by nobody."""
    _, today = due_today(meeting, "Priya")
    Meeting.objects.update(organiser=world.secondary)
    happens(world.secondary, meeting)
    away(world.primary, world)
    action_chasing.chase(today)
    assert hear_of_away() == {world.manager.email, world.other_manager.email}


def test_to_ask_whether_one_action_is_chased_still_no_other_is_read(world, meeting):
    _, today = due_today(meeting, "Priya")
    away(world.primary, world)
    action_chasing.chase(today)
    [message] = Message.objects.filter(kind=action_chasing.OWNER_AWAY)
    with CaptureQueriesContext(connection) as made:
        assert kinds.get(action_chasing.OWNER_AWAY).still_due(message)
    assert message.about_id in next(q["sql"] for q in made if "consultations_action" in q["sql"])
