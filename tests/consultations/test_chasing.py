"""What is chased on the mornings of school days: who hears, when, and only once (design.md 5)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.grants import Entitlement, give
from accounts.models import Role, User
from consultations import chasing, tasks
from consultations.chasing import chase, step_of
from consultations.models import Action, Attendee, Consultation, RecordingTask, Share, State
from consultations.services import actions
from consultations.services import recording as recording
from linkworkers.models import Absence
from notifications import kinds
from notifications.models import Message
from schools.calendar import calendars_of
from schools.models import HubGrant, OwnChildConflict
from tests.children import child, works_with
from tests.consultations.about_children import part_about, status_of

CHASED = (chasing.SHARE, chasing.UNSHARED, chasing.RECORDING, chasing.ACTION)


@pytest.fixture
def quiet(world):
    """Nothing of the world is late: a test makes late what it is about."""
    Action.objects.update(done_at=world.now, done_by=world.primary)
    Consultation.objects.filter(state=State.SHARED).update(stored_on=timezone.localdate())
    Share.objects.update(opened_at=world.now)
    Consultation.objects.filter(state=State.COMPLETED).delete()
    return world


@pytest.fixture
def morning(quiet):
    """``morning(n)``: the day of the nth school day from today on; 0 is today or the next."""
    calendar = calendars_of([quiet.oakfield.pk])[quiet.oakfield.pk]
    first = timezone.localdate()
    if not calendar.is_school_day(first):
        first = calendar.next_school_day(first)

    def nth(number):
        day = first
        for _ in range(number):
            day = calendar.next_school_day(day)
        return day

    return nth


def told():
    """``{(kind, name)}`` of the messages so far."""
    return {(m.kind, m.to.name) for m in Message.objects.filter(kind__in=CHASED)}


def at(day):
    return timezone.make_aware(datetime.combine(day, time(10)))


@pytest.fixture
def waiting(quiet, morning):
    """The shared note of Oakfield, given to its leads on the first morning and not opened."""
    Consultation.objects.filter(pk=quiet.shared.pk).update(stored_on=None, author=quiet.primary)
    quiet.shared.addenda.all().delete()
    Share.objects.filter(consultation=quiet.shared).update(shared_at=at(morning(0)), opened_at=None)
    return Consultation.objects.get(pk=quiet.shared.pk)


# --- shares --------------------------------------------------------------------------------


def test_a_share_that_waits_reaches_the_worker_on_day_five_and_the_manager_on_day_ten(
    world, waiting, morning
):
    chase(morning(4))
    assert told() == set()
    chase(morning(5))
    assert told() == {(chasing.SHARE, "Priya Primary")}
    chase(morning(9))
    assert len(told()) == 1
    chase(morning(10))
    assert told() == {(chasing.SHARE, "Priya Primary"), (chasing.SHARE, "Maya Manager")}


def test_a_second_run_tells_nobody_anything(world, waiting, morning):
    for _ in range(2):
        chase(morning(10))
    chase(morning(12))
    assert Message.objects.filter(kind=chasing.SHARE).count() == 2


def test_a_new_manager_hears_of_what_waits_and_nobody_hears_it_again(world, waiting, morning):
    chase(morning(10))
    world.person("a_manager", "Abe Amanager", Role.TEAM_MANAGER)
    give(
        HubGrant,
        [
            Entitlement(
                world.a_manager.pk,
                "manage_hub",
                world.coast.pk,
                "staff_role",
                world.a_manager.staff_roles.get().pk,
                world.long_ago,
            )
        ],
    )
    for _ in range(2):
        chase(morning(11))
    heard = Message.objects.filter(kind=chasing.SHARE).values_list("to__name", flat=True)
    assert sorted(heard) == ["Abe Amanager", "Maya Manager", "Priya Primary"]


def test_another_number_of_days_tells_nobody_again(world, waiting, morning, monkeypatch):
    chase(morning(10))
    monkeypatch.setattr(chasing, "SHARE_STEPS", {"managers": 9, "worker": 4})
    chase(morning(11))
    assert Message.objects.filter(kind=chasing.SHARE).count() == 2


def test_one_leads_tick_is_enough(world, waiting, morning):
    Share.objects.filter(consultation=waiting).update(opened_at=world.now)
    chase(morning(5))
    message = Message.objects.get(kind=chasing.SHARE)
    assert "stored in its own system" in message.body
    assert "opened them" not in message.body
    assert kinds.get(message.kind).still_due(message)
    Consultation.objects.filter(pk=waiting.pk).update(stored_on=timezone.localdate())
    assert not kinds.get(message.kind).still_due(message)
    chase(morning(10))
    assert Message.objects.filter(kind=chasing.SHARE).count() == 1


def test_somebody_told_by_phone_need_not_open_it(world, waiting, morning):
    Consultation.objects.filter(pk=waiting.pk).update(stored_on=timezone.localdate())
    Share.objects.filter(consultation=waiting).update(how="phone")
    chase(morning(10))
    assert told() == set()


def test_an_addition_begins_the_days_anew(world, waiting, morning):
    Consultation.objects.filter(pk=waiting.pk).update(version=2)
    waiting.addenda.create(
        audience="school", text="x", version=2, added_at=at(morning(3)), added_by=world.primary
    )
    chase(morning(7))
    assert told() == set()
    chase(morning(8))
    assert told() == {(chasing.SHARE, "Priya Primary")}


def test_nothing_is_chased_on_a_day_without_school(world, waiting, morning):
    day = morning(10)
    while calendars_of([world.oakfield.pk])[world.oakfield.pk].is_school_day(day):
        day += timedelta(days=1)
    chase(day)
    assert told() == set()


# --- who is there ---------------------------------------------------------------------------


def test_while_the_worker_is_away_the_secondary_hears(world, waiting, morning):
    Absence.objects.create(
        link_worker=world.primary.link_worker,
        starts_on=timezone.localdate(),
        added_by=world.manager,
    )
    chase(morning(5))
    assert told() == {(chasing.SHARE, "Sam Secondary")}


def test_an_author_who_left_the_school_hears_nothing_of_it(world, waiting, morning):
    """Rule 001-53 and the dates of the grants: whoever answers for the school hears."""
    Consultation.objects.filter(pk=waiting.pk).update(author=world.former)
    chase(morning(5))
    assert told() == {(chasing.SHARE, "Priya Primary")}


def test_a_manager_whose_own_child_attends_is_not_told(world, waiting, morning):
    """Rule 001-53."""
    OwnChildConflict.objects.create(
        school=world.oakfield, user=world.manager, starts_at=world.yesterday
    )
    chase(morning(10))
    assert told() == {(chasing.SHARE, "Priya Primary"), (chasing.SHARE, "Seth Service")}


# --- not shared ------------------------------------------------------------------------------


def test_a_note_nobody_shared_reaches_the_worker_after_one_day_and_the_manager_after_three(
    world, morning
):
    held = world.consultation(world.oakfield, world.primary, State.COMPLETED)
    held.actions.all().delete()
    Consultation.objects.filter(pk=held.pk).update(completed_at=at(morning(0)))
    chase(morning(0))
    assert told() == set()
    chase(morning(1))
    assert told() == {(chasing.UNSHARED, "Priya Primary")}
    chase(morning(3))
    assert told() == {(chasing.UNSHARED, "Priya Primary"), (chasing.UNSHARED, "Maya Manager")}
    message = Message.objects.filter(kind=chasing.UNSHARED).first()
    assert kinds.get(message.kind).still_due(message)
    Consultation.objects.filter(pk=held.pk).update(
        state=State.SHARED, shared_at=world.now, version=1
    )
    assert not kinds.get(message.kind).still_due(message)


# --- actions -------------------------------------------------------------------------------

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("due", "step"),
    [
        (MONDAY + timedelta(days=3), ""),
        (MONDAY + timedelta(days=2), "ahead"),
        (MONDAY + timedelta(days=1), "ahead"),
        (MONDAY, "day"),
        (MONDAY - timedelta(days=6), ""),
        (MONDAY - timedelta(days=7), "week-1"),
        (MONDAY - timedelta(days=20), "week-2"),
    ],
)
def test_an_action_is_told_two_days_before_on_the_day_and_weekly(due, step):
    """design.md 5."""
    assert step_of(due, MONDAY, MONDAY + timedelta(days=1)) == step


def test_what_falls_on_a_weekend_is_told_on_the_friday():
    friday, monday = MONDAY - timedelta(days=3), MONDAY
    assert step_of(friday + timedelta(days=1), friday, monday) == "day"
    assert step_of(monday, friday, monday) == "ahead"
    assert step_of(monday + timedelta(days=2), friday, monday) == ""


@pytest.fixture
def action(world, morning):
    """``action(owner)``: something of the shared note that is due on the fifth morning."""

    def make(owner_user=None, **owner):
        return Action.objects.create(
            consultation=world.shared,
            school=world.oakfield,
            hub=world.coast,
            what="CANARY-ring the aunt",
            owner_user=owner_user,
            due_on=morning(5),
            **owner,
        )

    return make


def test_the_owner_hears_first_and_the_link_worker_once_it_is_overdue(world, morning, action):
    made = action(world.secondary)
    chase(morning(5))
    assert told() == {(chasing.ACTION, "Sam Secondary")}
    week_later = morning(5) + timedelta(days=7)
    chase(week_later)
    assert told() == {(chasing.ACTION, "Sam Secondary"), (chasing.ACTION, "Priya Primary")}
    assert Message.objects.filter(kind=chasing.ACTION).count() == 3
    made.done_at, made.done_by = world.now, world.primary
    made.save()
    message = Message.objects.filter(kind=chasing.ACTION).first()
    assert not kinds.get(message.kind).still_due(message)
    chase(week_later + timedelta(days=7))
    assert Message.objects.filter(kind=chasing.ACTION).count() == 3


def test_somebody_at_the_school_hears_where_the_note_is_shared_with_them(world, morning, action):
    made = action(owner_contact=world.head_post)
    chase(morning(5))
    message = Message.objects.get(kind=chasing.ACTION)
    assert message.to == world.head
    assert f"/shared/{made.consultation_id}/" in message.body
    assert kinds.get(message.kind).may_receive(message)
    made.owner_contact = world.withheld_post
    made.save()
    Message.objects.all().delete()
    chase(morning(5))
    assert told() == {(chasing.ACTION, "Priya Primary")}


def test_a_new_owner_is_reminded_too(world, morning, action):
    made = action(world.primary)
    chase(morning(5))
    actions.hand_over(world.primary, made, "On leave", user=world.secondary)
    chase(morning(5))
    chase(morning(5))
    reminded = Message.objects.filter(kind=chasing.ACTION).values_list("to__name", flat=True)
    assert sorted(reminded) == ["Priya Primary", "Sam Secondary"]


def test_a_name_alone_is_followed_up_by_the_link_worker(world, morning, action):
    action(owner_name="Ada’s aunt")
    chase(morning(4))
    assert told() == set()
    chase(morning(5))
    assert told() == {(chasing.ACTION, "Priya Primary")}


# --- notes to record --------------------------------------------------------------------------


@pytest.fixture
def task(world, morning):
    """A note on a child that was to be recorded by the first morning."""
    pupil = child(world, "Ada")
    works_with(world, pupil)
    part_about(world.shared, pupil)
    [made] = recording.make_tasks(world.primary, world.shared)
    RecordingTask.objects.update(due_on=morning(0))
    return made


def test_a_note_not_recorded_reaches_its_owner_and_after_five_days_the_manager(
    world, morning, task
):
    chase(morning(0))
    assert told() == set()
    chase(morning(1))
    assert told() == {(chasing.RECORDING, "Priya Primary")}
    chase(morning(5))
    assert told() == {(chasing.RECORDING, "Priya Primary"), (chasing.RECORDING, "Maya Manager")}
    message = Message.objects.filter(kind=chasing.RECORDING).first()
    assert kinds.get(message.kind).still_due(message)
    recording.recorded(world.primary, task, {}, timezone.localdate())
    assert not kinds.get(message.kind).still_due(message)


def test_a_note_whose_owner_has_left_reaches_a_service_manager_where_there_is_no_manager(
    world, morning, task
):
    User.objects.filter(pk=world.primary.pk).update(is_active=False)
    HubGrant.objects.filter(user=world.manager).delete()
    chase(morning(5))
    message = Message.objects.get(kind=chasing.RECORDING, to=world.service)
    assert kinds.get(message.kind).may_receive(message)
    assert f"/consultations/{world.shared.pk}/" in message.body
    OwnChildConflict.objects.create(
        school=world.oakfield, user=world.service, starts_at=world.yesterday
    )
    message = Message.objects.get(pk=message.pk)
    assert not kinds.get(message.kind).may_receive(message)


def test_a_service_manager_is_told_of_no_late_note_while_the_hub_has_a_manager(
    world, morning, task
):
    chase(morning(5))
    message = Message.objects.get(kind=chasing.RECORDING, to=world.manager)
    message.to = world.service
    assert not kinds.get(message.kind).may_receive(message)


def test_the_morning_asks_again_where_a_status_has_changed(world, morning, task):
    """Rule 001-123."""
    status_of(world, task.pupil, "Early Help Plan")
    chase(morning(1))
    assert RecordingTask.objects.open().get().to == "mosaic"
    assert told() == set()


# --- all of it ------------------------------------------------------------------------------


def test_no_message_names_a_child_or_says_what_was_agreed(world, waiting, morning, task, action):
    """security.md N-30."""
    action(world.primary)
    chase(morning(5))
    chase(morning(10) + timedelta(days=4))
    messages = Message.objects.filter(kind__in=CHASED)
    assert {message.kind for message in messages} >= {
        chasing.SHARE,
        chasing.RECORDING,
        chasing.ACTION,
    }
    for message in messages:
        text = message.subject + message.body
        assert "CANARY" not in text
        assert "Ada" not in text
        assert "Oakfield Primary School" in text


def crowd(world, day):
    """Something of every kind that is late by the morning of ``day``."""
    held = Consultation.objects.create(
        school=world.oakfield,
        hub=world.coast,
        author=world.primary,
        state=State.SHARED,
        version=1,
        held_at=world.now,
        completed_at=world.now,
        shared_at=world.now,
    )
    world.share(held, world.dsl, "DSL")
    Attendee.objects.create(consultation=held, name="Nia")
    Consultation.objects.create(
        school=world.oakfield,
        hub=world.coast,
        author=world.primary,
        state=State.COMPLETED,
        held_at=world.now,
        completed_at=world.now,
    )
    part_about(held, child(world, "Ada", upn=None))
    recording.make_tasks(world.primary, held)
    Action.objects.create(
        consultation=held,
        school=world.oakfield,
        hub=world.coast,
        what="x",
        owner_contact=world.dsl_post,
        due_on=day,
    )


def test_a_hundred_consultations_take_as_many_queries_as_one(world, morning):
    day = morning(12)
    User.objects.system("chasing")
    crowd(world, day)
    with CaptureQueriesContext(connection) as few:
        chase(day)
    assert {kind for kind, _ in told()} == set(CHASED)
    Message.objects.all().delete()
    for _ in range(99):
        crowd(world, day)
    with CaptureQueriesContext(connection) as many:
        chase(day)
    assert len(many) == len(few), "\n".join(q["sql"][:200] for q in many)
    assert len(many) <= 26
    assert Message.objects.filter(kind=chasing.UNSHARED).count() == 200


@pytest.mark.parametrize(("hour", "runs"), [(6, False), (8, True)])
def test_the_task_waits_for_half_past_seven_in_london(monkeypatch, hour, runs):
    ran = []
    monkeypatch.setattr(chasing, "chase", lambda: ran.append(True))
    monkeypatch.setattr(
        tasks.timezone, "localtime", lambda: datetime(2026, 7, 1, hour, 30, tzinfo=UTC)
    )
    tasks.chase()
    assert bool(ran) == runs
