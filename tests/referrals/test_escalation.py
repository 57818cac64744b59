"""What comes of a concern that nobody takes (rules 001-105 to 001-107, 001-111)."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
from audit.errors import TransitionNotAllowed
from notifications import kinds
from notifications.models import Message
from notifications.services import dispatch
from referrals.concern_timeline import days_of
from referrals.models import Concern, Decision, NoteKind
from referrals.services import concerns as services
from referrals.services import escalation
from referrals.services.escalation import database_now, plan
from tests.referrals.concerns import away, raised, told, told_at
from tests.world import anew

pytestmark = pytest.mark.django_db


def later(concern, hours, minutes=1):
    return concern.aware_at + timedelta(hours=hours, minutes=minutes)


def test_the_same_people_hear_again_then_more_then_everybody(world):
    """Rules 001-106 and 001-107: at 4, 12, 20, 23 and 24 hours, by night as by day."""
    concern = raised(world)
    for hours in (4, 12, 20, 23, 24):
        plan(later(concern, hours))
    assert told_at(concern, 0) == ["Maya"]
    assert told_at(concern, 4) == ["Maya"]
    assert told_at(concern, 23) == ["Maya"]
    assert told_at(concern, 24) == ["Maya", "Omar", "Seth"]


def test_after_the_breach_everybody_hears_every_four_hours(world):
    concern = raised(world)
    plan(later(concern, 24))
    plan(later(concern, 28))
    assert told_at(concern, 28) == ["Maya", "Omar", "Seth"]


def test_nothing_is_due_between_the_steps(world):
    concern = raised(world)
    before = Message.objects.count()
    plan(later(concern, 3, 59))
    assert Message.objects.count() == before


def test_planned_twice_it_is_written_once(world):
    """Two beats are harmless."""
    concern = raised(world)
    plan(later(concern, 4))
    Concern.objects.update(remind_at=concern.raised_at)
    plan(later(concern, 4))
    assert told_at(concern, 4) == ["Maya"]


def test_after_a_night_without_a_planner_only_the_step_reached_is_told(world):
    concern = raised(world)
    plan(later(concern, 21))
    assert told_at(concern, 20) == ["Maya"]
    assert told_at(concern, 4) == told_at(concern, 12) == []


def test_once_somebody_has_it_nobody_is_told_again_and_what_waits_is_held_back(world):
    concern = raised(world, hours_ago=5)
    services.acknowledge(anew(world.manager), concern)
    plan(later(concern, 24))
    assert told(concern) == ["Maya"]
    message = Message.objects.about(concern).get(kind="concern_raised")
    assert not kinds.get(message.kind).still_due(message)


def test_whoever_has_it_is_asked_to_decide_and_then_the_service_manager(world):
    concern = raised(world)
    services.acknowledge(anew(world.manager), concern)
    concern.refresh_from_db()
    for hours in (4, 12, 24, 48):
        plan(concern.acknowledged_at + timedelta(hours=hours, minutes=1))
    assert told_at(concern, "decide-4") == ["Maya"]
    assert told_at(concern, "decide-12") == ["Maya"]
    assert told_at(concern, "decide-24") == told_at(concern, "decide-48") == ["Maya", "Seth"]


@pytest.mark.parametrize("gone", ["deactivated", "absent", "out of the role"])
def test_when_whoever_has_it_cannot_act_the_service_manager_is_told_and_takes_it(world, gone):
    concern = raised(world)
    services.acknowledge(anew(world.manager), concern)
    with pytest.raises(TransitionNotAllowed):
        services.acknowledge(anew(world.service), concern)
    if gone == "deactivated":
        User.objects.filter(pk=world.manager.pk).update(is_active=False)
    elif gone == "absent":
        away(world.manager, world)
    else:
        world.manager.staff_roles.update(ends_at=world.yesterday)
    concern.refresh_from_db()
    plan(concern.acknowledged_at + timedelta(hours=4, minutes=1))
    assert "Seth" in told_at(concern, "decide-4")
    services.acknowledge(anew(world.service), concern)
    concern.refresh_from_db()
    assert concern.acknowledged_by == world.service


def decided(world):
    concern = raised(world)
    services.acknowledge(anew(world.manager), concern)
    services.decide(anew(world.manager), concern, Decision.OTHER, "The school watches")
    concern.refresh_from_db()
    return concern


def test_a_disagreement_is_chased_until_another_manager_answers_it(world):
    concern = decided(world)
    said = services.disagree(anew(world.primary), concern, "It is worse than that")
    for hours in (4, 12, 24, 48):
        plan(said.said_at + timedelta(hours=hours, minutes=1))
    assert told_at(concern, f"answer-{said.pk}-4") == ["Seth"]
    assert told_at(concern, f"answer-{said.pk}-48") == ["Seth"]
    services.answer(anew(world.service), said, "We went there")
    plan(said.said_at + timedelta(hours=73))
    assert told_at(concern, f"answer-{said.pk}-72") == []


def test_a_disagreement_with_what_was_closed_is_chased_as_well(world):
    concern = decided(world)
    services.close(anew(world.manager), concern)
    concern.refresh_from_db()
    assert concern.remind_at is None
    said = services.disagree(anew(world.primary), concern, "It is worse than that")
    plan(said.said_at + timedelta(hours=4, minutes=1))
    assert told_at(concern, f"answer-{said.pk}-4") == ["Seth"]


def test_who_decided_and_leaves_it_open_is_asked_every_week_whether_it_can_be_closed(world):
    """Design.md 3: the child stays on current work until 28 days after it is closed."""
    concern = decided(world)
    for days in (3, 7, 14):
        plan(concern.decided_at + timedelta(days=days, minutes=1))
    assert told(concern, "concern_to_close") == ["Maya", "Maya"]
    services.close(anew(world.manager), concern)
    plan(concern.decided_at + timedelta(days=21, minutes=1))
    assert told(concern, "concern_to_close") == ["Maya", "Maya"]


def test_once_a_disagreement_is_answered_nobody_is_to_be_reminded_of_it(world):
    concern = decided(world)
    services.close(anew(world.manager), concern)
    said = services.disagree(anew(world.primary), concern, "It is worse than that")
    services.answer(anew(world.service), said, "We went there")
    concern.refresh_from_db()
    assert concern.remind_at is None
    assert "asked whether it can be closed" not in str(days_of(concern, database_now()))


def test_who_is_asked_to_close_in_place_of_another_may_read_it(world):
    world.service.staff_roles.update(ends_at=world.yesterday)
    concern = decided(world)
    away(world.manager, world)
    plan(concern.decided_at + timedelta(days=7, minutes=1))
    message = Message.objects.about(concern).get(kind="concern_to_close")
    assert message.to == world.other_manager
    assert kinds.get(message.kind).may_receive(message)


def test_nobody_is_asked_to_close_what_waits_for_an_answer(world):
    """It cannot be closed before."""
    concern = decided(world)
    services.disagree(anew(world.primary), concern, "It is worse than that")
    plan(concern.decided_at + timedelta(days=7, minutes=1))
    assert told(concern, "concern_to_close") == []


def test_without_a_service_manager_another_manager_hears_that_nothing_is_decided(world):
    world.service.staff_roles.update(ends_at=world.yesterday)
    concern = raised(world)
    services.acknowledge(anew(world.manager), concern)
    concern.refresh_from_db()
    plan(concern.acknowledged_at + timedelta(hours=24, minutes=1))
    assert told_at(concern, "decide-24") == ["Maya", "Omar"]
    assert Concern.objects.visible_to(anew(world.other_manager)).exists()


def test_a_breach_after_a_corrected_time_is_told_although_there_was_one_before(world):
    """Rule 001-106: never a breach unannounced."""
    concern = raised(world, hours_ago=25)
    assert told_at(concern, 24) == ["Maya", "Omar", "Seth"]
    services.correct_aware(anew(world.primary), concern, concern.raised_at - timedelta(minutes=1))
    concern.refresh_from_db()
    plan(later(concern, 24))
    assert told_at(concern, 24) == ["Maya", "Maya", "Omar", "Omar", "Seth", "Seth"]


def test_a_correction_that_reaches_no_later_step_tells_nobody_again(world):
    concern = raised(world, hours_ago=5)
    for _ in range(2):
        services.correct_aware(
            anew(world.primary), concern, concern.aware_at + timedelta(minutes=20)
        )
    assert told(concern) == ["Maya"]
    assert concern.notes.count() == 1


def test_a_manager_whose_mailbox_takes_nothing_for_hours_is_not_the_only_one_told(world):
    concern = raised(world)
    Message.objects.about(concern).update(attempts=9)
    plan(later(concern, 4))
    assert told_at(concern, 4) == ["Maya", "Seth"]


def test_a_manager_who_has_not_joined_yet_is_not_the_only_one_told(world):
    User.objects.filter(pk=world.manager.pk).update(joined_at=None)
    assert told(raised(world)) == ["Maya", "Seth"]


def test_a_decided_concern_is_chased_no_more(world):
    concern = raised(world)
    services.acknowledge(anew(world.manager), concern)
    services.decide(anew(world.manager), concern, Decision.OTHER, "Nothing in it")
    plan(later(concern, 30))
    assert told(concern, "concern_to_decide") == []


def test_one_that_cannot_be_dealt_with_holds_up_no_other_and_is_tried_again(world, monkeypatch):
    """A poisoned row."""
    poisoned, other = raised(world, hours_ago=3.9), raised(world, hours_ago=3.9)
    real = escalation.to_tell

    def to_tell(concern, *rest):
        if concern.pk == poisoned.pk:
            raise RuntimeError
        return real(concern, *rest)

    monkeypatch.setattr(escalation, "to_tell", to_tell)
    plan(later(other, 4))
    assert told_at(other, 4) == ["Maya"]
    monkeypatch.undo()
    plan(later(other, 4, 3))
    assert told_at(poisoned, 4) == ["Maya"]


def test_a_manager_whom_no_message_reaches_is_not_the_last_to_be_told(world):
    concern = raised(world)
    message = Message.objects.about(concern).select_related("to").get()
    escalation.undeliverable(message)
    assert told(concern) == ["Maya", "Seth"]
    assert concern.notes.get().kind == NoteKind.NOT_DELIVERED


@pytest.mark.django_db(transaction=True)
def test_a_manager_deactivated_before_the_message_left_is_not_the_last_to_be_told(world):
    concern = raised(world)
    world.manager.is_active = False
    world.manager.save()
    dispatch()
    assert "Seth" in told(concern)


def test_as_many_queries_for_what_is_not_due(world, django_assert_num_queries):
    for _ in range(3):
        raised(world)
    now = database_now()
    with django_assert_num_queries(3):
        plan(now)


def test_finding_what_is_due_reads_no_more_than_that(world):
    """performance.md: at most 3.3 buffers for each due row, however many wait."""
    one = raised(world)
    now = database_now()
    fields = {
        field.attname: getattr(one, field.attname)
        for field in Concern._meta.concrete_fields
        if field.attname not in ("id", "reference", "remind_at")
    }
    Concern.objects.bulk_create(
        Concern(
            **fields,
            # Drawn by lot, two of so many may be the same, which only raising draws again.
            reference=f"{number:06d}",
            remind_at=now + timedelta(hours=1 if number % 25 else -1),
        )
        for number in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE referrals_concern")
    due = Concern.objects.due(now).select_for_update(skip_locked=True, no_key=True)[:200]
    plan = json.loads(due.explain(analyze=True, buffers=True, format="json"))[0]["Plan"]
    assert plan["Actual Rows"] == 200
    assert (plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]) / 200 <= 3.3
