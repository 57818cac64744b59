"""Who hears of an allocation, once each, and of a conflict no more than that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linkworkers import services
from linkworkers.models import Absence
from notifications import kinds
from notifications.models import Message
from schools.models import ContactRole, HubGrant, OwnChildConflict


def told():
    """``{kind: {who}}`` of every message written, by the part of the address before the @."""
    found = {}
    for kind, address in Message.objects.values_list("kind", "address"):
        found.setdefault(kind, set()).add(address.partition("@")[0])
    return found


def replace_primary(world, **facts):
    return services.allocate(
        world.manager,
        world.oakfield,
        world.former.link_worker,
        "primary",
        reason="CANARY-REASON",
        **facts,
    )


def test_the_new_worker_the_former_one_and_the_school_hear_in_their_own_words(world):
    """design.md 5."""
    replace_primary(world, handover_note="CANARY-NOTE")
    assert told() == {
        "allocated": {"former"},
        "allocation_ended": {"primary"},
        "school_told": {"dsl", "head", "withheld"},
    }


def test_nothing_personal_is_in_a_message(world):
    """design.md 5: a date, a place and a link; who and why wait behind sign-in."""
    replace_primary(world, handover_note="CANARY-NOTE")
    for message in Message.objects.all():
        text = message.subject + message.body
        assert "CANARY" not in text
        for person in (world.former, world.primary, world.manager, world.dsl):
            assert person.name not in text
        assert "/schools/900001/" in message.body


def test_the_new_worker_is_told_that_a_handover_note_waits(world):
    replace_primary(world, handover_note="CANARY-NOTE")
    body = Message.objects.get(kind="allocated").body
    assert "You are the primary link worker of Oakfield Primary School" in body
    assert "handover note is waiting for you behind sign-in" in body


def test_a_person_with_several_parts_gets_one_message(world):
    """rule 003-1: one person, many roles, one message."""
    world.both_post.delete()
    world.post(world.elmgate, world.former, ContactRole.HEAD, ContactRole.DSL)
    world.conflicted_allocation.ends_at = world.now
    world.conflicted_allocation.ended_by = world.service
    world.conflicted_allocation.save()
    held = services.allocate(
        world.service, world.elmgate, world.manager.link_worker, "secondary", reason="Gap"
    )
    assert sorted(Message.objects.values_list("key", flat=True)) == sorted(
        f"allocation:{held.pk}:{user.pk}" for user in (world.manager, world.former)
    )


def test_the_managers_of_both_hubs_hear_unless_they_did_it(world):
    world.conflicted_allocation.ends_at = world.now
    world.conflicted_allocation.ended_by = world.service
    world.conflicted_allocation.save()
    today = timezone.localdate()
    services.cover(world.manager, world.elmgate, world.far_worker.link_worker, today, today)
    assert told()["allocation_changed"] == {"other.manager"}
    Message.objects.all().delete()
    services.end(world.service, world.elmgate.allocations.get(kind="primary"), why="Left")
    assert told() == {
        "allocation_ended": {"other.worker"},
        "allocation_changed": {"manager"},
        "school_told": {"head.and.dsl"},
    }


def test_managers_hear_of_a_cover_as_of_a_cover(world):
    services.end(world.service, world.cover_allocation, why="Back")
    body = Message.objects.get(kind="allocation_changed").body
    assert body.startswith("Who covers Oakfield Primary School")


def test_somebody_who_has_not_joined_gets_a_way_in(world):
    """design.md 3: the first message carries the invitation."""
    world.former.joined_at = None
    world.former.save()
    replace_primary(world)
    message = Message.objects.get(kind="allocated")
    assert message.is_secret
    assert message.expires_at is not None
    assert "/invitation/" in message.body


def test_an_allocation_that_ended_before_it_was_sent_is_not_announced(world):
    held = replace_primary(world)
    message = Message.objects.get(kind="allocated")
    kind = kinds.get("allocated")
    assert kind.still_due(message)
    assert kind.may_receive(message)
    services.end(world.manager, held, why="A mistake")
    assert not kind.still_due(message)


def test_a_head_who_left_meanwhile_is_not_told(world):
    replace_primary(world)
    message = Message.objects.get(kind="school_told", to=world.head)
    kind = kinds.get("school_told")
    assert kind.may_receive(message)
    world.head_post.ends_at = world.now
    world.head_post.save()
    assert not kind.may_receive(message)


def test_a_manager_who_left_the_hub_is_not_told(world):
    services.end(world.service, world.primary_allocation, why="Left")
    message = Message.objects.get(kind="allocation_changed")
    kind = kinds.get("allocation_changed")
    assert kind.may_receive(message)
    HubGrant.objects.filter(user=world.manager).update(ends_at=world.now)
    assert not kind.may_receive(message)


def test_an_end_to_come_names_its_day(world):
    replace_primary(world, starts_at=world.now + timedelta(days=9))
    message = Message.objects.get(kind="allocation_ended")
    assert "is ending" in message.subject
    assert kinds.get("allocation_ended").may_receive(message)


def test_an_allocation_called_off_says_so(world):
    services.end(world.other_manager, world.future_allocation, why="Plans changed")
    assert "You will not become the secondary" in Message.objects.get(kind="allocation_ended").body


def test_cover_that_ends_is_told_as_cover(world):
    services.end(world.service, world.cover_allocation, why="Back")
    message = Message.objects.get(kind="allocation_ended")
    assert message.subject == "Your cover of Oakfield Primary School has ended"
    assert message.body.startswith("You covered Oakfield Primary School")
    assert "link worker of" not in message.body


def is_due(message):
    return kinds.get(message.kind).still_due(message)


@pytest.mark.parametrize("kind", ["school_told", "allocation_changed", "allocated"])
def test_a_change_called_off_before_it_is_sent_is_not_announced(world, kind):
    """design.md 5: dispatch asks again, and suppresses."""
    to_come = services.allocate(
        world.service,
        world.oakfield,
        world.former.link_worker,
        "primary",
        reason="A fresh start",
        starts_at=world.tomorrow,
    )
    announced = list(Message.objects.filter(kind=kind))
    assert announced
    assert all(is_due(message) for message in announced)
    services.end(world.service, to_come, why="Not after all")
    assert not any(is_due(message) for message in announced)
    since = Message.objects.exclude(pk__in=[m.pk for m in announced]).filter(kind=kind)
    assert all(is_due(message) for message in since)


def test_a_change_replaced_before_it_is_sent_is_not_announced(world):
    replace_primary(world)
    first = list(Message.objects.filter(kind="school_told"))
    services.allocate(
        world.manager, world.oakfield, world.future.link_worker, "primary", reason="Better"
    )
    assert not any(is_due(message) for message in first)
    second = Message.objects.filter(kind="school_told").exclude(pk__in=[m.pk for m in first])
    assert len(second) == len(first)
    assert all(is_due(message) for message in second)


def test_whoever_stays_hears_so_and_no_longer_that_they_end(world):
    held = replace_primary(world, starts_at=world.tomorrow)
    ending = Message.objects.get(kind="allocation_ended")
    assert is_due(ending)
    services.end(world.manager, held, why="CANARY-WHY")
    assert not is_due(ending)
    stays = Message.objects.get(kind="allocation_stays")
    assert stays.to == world.primary
    assert "You stay the primary link worker of Oakfield" in stays.body
    assert "CANARY" not in stays.body
    assert is_due(stays)
    assert kinds.get("allocation_stays").may_receive(stays)
    replace_primary(world)
    assert not is_due(stays)


# --- county agreements ---------------------------------------------------------------------


def heard():
    """``[(kind, who), …]`` of the messages about what the last answer did."""
    asked = ("agreement_asked", "agreement_stand_in")
    return sorted(Message.objects.exclude(kind__in=asked).values_list("kind", "to__name"))


def test_the_county_meeting_and_the_allocation_it_made_are_one_message(world, college):
    """rule 003-1: the other manager hears how it stands, and not of the allocation besides."""
    college.hub = world.downs
    college.save()
    proposal = services.propose(
        world.service, college, world.former.link_worker, "primary", "Knows it"
    )
    services.agree_at_meeting(world.manager, proposal, timezone.localdate(), "All managers")
    assert heard() == [
        ("agreement_recorded", "Omar Othermanager"),
        ("agreement_recorded", "Seth Service"),
        ("allocated", "Fay Former"),
    ]
    assert "It has taken effect" in Message.objects.filter(kind="agreement_recorded")[0].body


def test_a_manager_who_proposed_themselves_hears_once(world, college):
    """rule 003-1: that they have the college, by the answer that gave it to them."""
    proposal = services.propose(
        world.manager, college, world.manager.link_worker, "primary", "I know it"
    )
    services.agree(world.other_manager, proposal)
    assert heard() == [("allocated", "Maya Manager")]


def test_the_service_managers_answer_that_makes_it_take_effect_is_one_message(world, college):
    """rule 003-1."""
    proposal = services.propose(
        world.manager, college, world.former.link_worker, "primary", "Knows it"
    )
    Absence.objects.create(
        link_worker=world.link_worker(world.other_manager, world.downs, "tm"),
        starts_on=timezone.localdate(),
        added_by=world.service,
    )
    services.answer_for(world.service, proposal, world.other_manager, True)
    assert heard() == [
        ("agreement_recorded", "Maya Manager"),
        ("agreement_recorded", "Omar Othermanager"),
        ("allocated", "Fay Former"),
    ]


def test_each_team_manager_is_asked_once_and_the_proposer_hears_the_answer(world, college):
    """rule 001-51."""
    proposal = services.propose(
        world.manager, college, world.former.link_worker, "primary", "CANARY-WHY"
    )
    asked = Message.objects.get()
    assert (asked.kind, asked.to) == ("agreement_asked", world.other_manager)
    assert asked.key == f"agreement_asked:{proposal.pk}:{world.other_manager.pk}"
    kind = kinds.get("agreement_asked")
    assert kind.still_due(asked)
    assert kind.may_receive(asked)
    services.agree(world.other_manager, proposal)
    assert not kind.still_due(asked)
    answered = Message.objects.get(kind="agreement_answered")
    assert answered.to == world.manager
    assert "has taken effect" in answered.body
    assert kinds.get("agreement_answered").may_receive(answered)
    assert "allocation_changed" not in told()
    assert not any("CANARY" in body for body in Message.objects.values_list("body", flat=True))


def test_an_objection_is_told_without_its_reason(world, college):
    proposal = services.propose(
        world.service, college, world.former.link_worker, "primary", "Knows it"
    )
    services.object_to(world.other_manager, proposal, "CANARY-OBJECTION")
    message = Message.objects.get(kind="agreement_answered")
    assert message.to == world.service
    assert "has objected" in message.body
    assert "CANARY" not in message.body


# --- conflicts -----------------------------------------------------------------------------


def test_the_manager_is_told_that_a_conflict_is_declared_and_nothing_more(world):
    """rule 001-53: neither who nor where."""
    conflict = services.declare_conflict(world.primary, world.oakfield)
    message = Message.objects.get()
    assert (message.kind, message.to) == ("conflict_declared", world.manager)
    assert message.key == f"conflict_declared:{conflict.pk}:{world.manager.pk}"
    assert message.subject == "Conflict declared"
    for word in ("Oakfield", "900001", world.primary.name):
        assert word not in message.body
    kind = kinds.get("conflict_declared")
    assert kind.still_due(message)
    assert kind.may_receive(message)
    services.withdraw_conflict(world.primary, conflict)
    assert not kind.still_due(message)


def test_a_conflict_that_suspends_nothing_disturbs_nobody(world):
    services.declare_conflict(world.primary, world.beech)
    assert not Message.objects.exists()


def test_where_the_manager_has_a_conflict_too_the_service_manager_is_told(world):
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    services.declare_conflict(world.primary, world.oakfield)
    assert told() == {"conflict_declared": {"service"}}


@pytest.mark.parametrize(
    "name",
    [
        "allocated",
        "allocation_ended",
        "allocation_stays",
        "school_told",
        "allocation_changed",
        "agreement_asked",
        "agreement_answered",
        "conflict_declared",
    ],
)
def test_nothing_is_sent_about_what_is_no_longer_there(world, name):
    message = Message(kind=name, to=world.manager, about_id="6b0c1a4e-0000-4000-8000-000000000000")
    kind = kinds.get(name)
    assert not (kind.still_due(message) and kind.may_receive(message))
