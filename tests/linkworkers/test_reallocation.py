"""Several places change hands at once: all or none, whoever holds them, told once each."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.grants import Entitlement, give
from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from consultations.models import Consultation
from linkworkers import services
from linkworkers.models import Allocation, CountyAgreement, LinkWorker
from linkworkers.services import Move, StaleMoves
from notifications import kinds
from notifications.models import Message
from schools.models import ContactRole, OwnChildConflict, School, SchoolGrant, SchoolType
from schools.scope import scope_of


def move(allocation, user, **facts):
    """The place of an allocation goes to somebody else."""
    facts.setdefault("reason", "CANARY-REASON")
    return Move(allocation.school, allocation.kind, user.link_worker, allocation, **facts)


def hold_schools(world, number, user):
    """``number`` schools of the coast, each with ``user`` as primary since long ago."""
    schools = School.objects.bulk_create(
        School(
            urn=str(910000 + n),
            name=f"Batch School {n:03}",
            type_group=SchoolType.PRIMARY,
            hub=world.coast,
        )
        for n in range(number)
    )
    held = Allocation.objects.bulk_create(
        Allocation(
            school=school,
            hub=world.coast,
            link_worker=user.link_worker,
            kind="primary",
            starts_at=world.long_ago,
            allocated_by=world.manager,
        )
        for school in schools
    )
    give(
        SchoolGrant,
        [
            Entitlement(user.pk, "support_school", a.school_id, "allocation", a.pk, world.long_ago)
            for a in held
        ],
    )
    return held


# --- all that moves ------------------------------------------------------------------------


def test_the_schools_of_one_worker_go_to_several_at_one_instant(world, anew, drift_at_schools):
    """rules 001-48, 001-50."""
    first, second = hold_schools(world, 2, world.former)
    made = services.reallocate(
        world.manager,
        [move(first, world.primary, handover_note="Ask for Jo."), move(second, world.secondary)],
        agreed_at_meeting=" Hub meeting ",
    )
    assert [a.school for a in made] == [first.school, second.school]
    assert {a.starts_at for a in made} == {made[0].starts_at}
    for before, after in zip((first, second), made, strict=True):
        before.refresh_from_db()
        assert (before.ends_at, before.ended_by) == (after.starts_at, world.manager)
        assert before.ended_why == after.reason == "CANARY-REASON"
        assert after.agreed_at_meeting == "Hub meeting"
    assert made[0].handover_note == "Ask for Jo."
    assert first.school_id in scope_of(anew(world.primary)).supports
    assert not {first.school_id, second.school_id} & scope_of(anew(world.former)).supports
    assert drift_at_schools() == []


def test_two_workers_swap_and_so_do_the_places_of_one_school(world, anew, drift_at_schools):
    world.other_allocation.refresh_from_db()
    services.reallocate(
        world.manager,
        [
            move(world.primary_allocation, world.secondary),
            move(world.secondary_allocation, world.primary),
        ],
    )
    assert dict(
        world.oakfield.allocations.filter(ends_at=None).values_list("kind", "link_worker__user")
    ) == {"primary": world.secondary.pk, "secondary": world.primary.pk}
    oakfield = world.oakfield.allocations.get(ends_at=None, kind="primary")
    services.reallocate(
        world.manager,
        [move(oakfield, world.other_worker), move(world.other_allocation, world.secondary)],
    )
    assert world.elmgate.pk in scope_of(anew(world.secondary)).supports
    assert world.elmgate.pk not in scope_of(anew(world.other_worker)).supports
    assert drift_at_schools() == []


def test_a_batch_may_take_over_on_a_day_to_come(world, drift_at_schools):
    [held] = hold_schools(world, 1, world.former)
    starts_at = world.now + timedelta(days=7)
    [made] = services.reallocate(world.manager, [move(held, world.primary)], starts_at=starts_at)
    held.refresh_from_db()
    assert held.ends_at == made.starts_at == starts_at
    assert drift_at_schools() == []


def test_the_new_worker_sees_the_whole_record_and_the_former_one_what_they_wrote(world, anew):
    """design.md 4."""
    [held] = hold_schools(world, 1, world.other_worker)
    services.reallocate(
        world.manager,
        [move(world.primary_allocation, world.other_worker), move(held, world.secondary)],
    )
    after = Consultation.objects.visible_to(anew(world.other_worker))
    assert {world.completed, world.shared} <= set(after)
    before = Consultation.objects.visible_to(anew(world.primary))
    assert world.completed in before
    assert world.shared not in before


def test_each_place_is_written_down_as_ended_and_allocated(world):
    held = hold_schools(world, 3, world.former)
    made = services.reallocate(world.manager, [move(a, world.primary) for a in held])
    acts = Act.objects.filter(by=world.manager)
    assert set(acts.filter(verb=Verb.END).values_list("subject_id", flat=True)) == {
        str(a.pk) for a in held
    }
    assert set(acts.filter(verb=Verb.ALLOCATE).values_list("subject_id", flat=True)) == {
        str(a.pk) for a in made
    }


# --- all or none ---------------------------------------------------------------------------


def test_a_place_that_changed_hands_meanwhile_stops_the_batch_and_is_named(world):
    first, second, third = hold_schools(world, 3, world.former)
    services.allocate(
        world.manager, second.school, world.secondary.link_worker, "primary", reason="Earlier"
    )
    services.end(world.manager, third, why="Left")
    moves = [move(held, world.primary) for held in (first, second, third)]
    with pytest.raises(StaleMoves) as stale:
        services.reallocate(world.manager, moves)
    assert stale.value.moves == moves[1:]
    assert str(stale.value) == (
        "Batch School 001 and Batch School 002 have changed hands meanwhile. Look again."
    )
    first.refresh_from_db()
    assert first.ends_at is None


def test_an_empty_place_that_was_filled_meanwhile_is_stale(world):
    LinkWorker.objects.filter(user__in=[world.future, world.former]).update(hub=world.downs)
    services.allocate(
        world.other_manager, world.beech, world.future.link_worker, "secondary", reason="Earlier"
    )
    late = Move(world.beech, "secondary", world.former.link_worker, None, "Needed")
    with pytest.raises(StaleMoves):
        services.reallocate(world.other_manager, [late])


def test_a_declared_conflict_stops_the_whole_batch(world):
    """rule 001-53."""
    first, second = hold_schools(world, 2, world.former)
    OwnChildConflict.objects.create(user=world.primary, school=second.school)
    with pytest.raises(TransitionNotAllowed) as refused:
        services.reallocate(
            world.manager, [move(first, world.primary), move(second, world.primary)]
        )
    assert str(refused.value) == "Batch School 001: Conflict declared"
    first.refresh_from_db()
    assert first.ends_at is None


def test_one_person_cannot_come_to_both_places_of_a_school(world):
    """rule 001-48: the secondary is a different person."""
    with pytest.raises(TransitionNotAllowed, match="needs two people"):
        services.reallocate(
            world.manager,
            [
                move(world.primary_allocation, world.former),
                move(world.secondary_allocation, world.former),
            ],
        )
    with pytest.raises(TransitionNotAllowed, match="already the secondary link worker"):
        services.reallocate(world.manager, [move(world.primary_allocation, world.secondary)])


def test_two_people_cannot_come_to_one_place(world):
    """rule 001-48: one primary."""
    with pytest.raises(TransitionNotAllowed, match="has one primary link worker"):
        services.reallocate(
            world.manager,
            [
                move(world.primary_allocation, world.former),
                move(world.primary_allocation, world.other_worker),
            ],
        )


def test_whoever_manages_only_one_of_the_hubs_moves_nothing(world):
    """rule 001-50: allocation is agreed locally by the hub."""
    with pytest.raises(PermissionDenied):
        services.reallocate(
            world.manager,
            [
                move(world.primary_allocation, world.former),
                move(world.far_allocation, world.former),
            ],
        )
    LinkWorker.objects.filter(user=world.future).update(hub=world.downs)
    assert services.reallocate(
        world.service,
        [move(world.primary_allocation, world.former), move(world.far_allocation, world.future)],
    )


def test_a_college_is_not_moved_without_the_county(world, college):
    """rule 001-51."""
    with pytest.raises(TransitionNotAllowed, match="Propose it instead"):
        services.reallocate(
            world.manager, [Move(college, "primary", world.former.link_worker, None)]
        )
    assert not CountyAgreement.objects.exists()


def test_replacing_somebody_asks_why_in_a_batch_too(world):
    with pytest.raises(ValidationError, match="Enter why Priya Primary is replaced"):
        services.reallocate(
            world.manager, [move(world.primary_allocation, world.former, reason=" ")]
        )


def test_nothing_is_moved_by_an_empty_batch(world):
    assert services.reallocate(world.manager, []) == []
    assert not Message.objects.exists()


def test_somebody_who_covers_the_school_ends_that_first(world):
    with pytest.raises(TransitionNotAllowed, match=r"Cole Cover covers .* End that cover first"):
        services.reallocate(world.manager, [move(world.primary_allocation, world.cover)])


# --- what it costs -------------------------------------------------------------------------


@pytest.mark.parametrize("number", [2, 100])
def test_a_batch_takes_the_same_queries_whatever_its_size(world, number):
    """performance.md: at most four for the grants."""
    held = hold_schools(world, number, world.former)
    batch = [move(a, world.primary) for a in held]
    manager = User.objects.get(pk=world.manager.pk)
    scope_of(manager)
    with CaptureQueriesContext(connection) as queries:
        services.reallocate(manager, batch)
    statements = [query["sql"] for query in queries]
    tables = ("schools_schoolgrant", 'FROM "auth_permission"', "schools_schoollink")
    grants = [sql for sql in statements if any(table in sql for table in tables)]
    assert len(grants) == 4
    assert len(statements) == 17
    assert SchoolGrant.objects.live().filter(user=world.primary).count() == number + 1


# --- who hears -----------------------------------------------------------------------------


def test_each_person_hears_once_of_all_that_concerns_them(world):
    """design.md 5; rule 003-1: one person, many roles, one message."""
    world.post(world.oakfield, world.former, ContactRole.HEAD)
    first, second = hold_schools(world, 2, world.primary)
    services.reallocate(
        world.service,
        [
            move(world.primary_allocation, world.former, handover_note="CANARY-NOTE"),
            move(first, world.former),
            move(second, world.secondary),
        ],
    )
    messages = {message.to_id: message for message in Message.objects.all()}
    assert len(messages) == Message.objects.count()
    told = {world.former, world.primary, world.secondary, world.manager}
    told |= {world.dsl, world.head, world.withheld}
    assert set(messages) == {person.pk for person in told}
    assert {message.kind for message in messages.values()} == {"reallocated"}
    former = messages[world.former.pk]
    assert former.subject == "Your schools have changed"
    assert "- primary link worker of Batch School 000, 910000\n" in former.body
    assert (
        "- primary link worker of Oakfield Primary School, Shoreham, 900001"
        " (a handover note is waiting for you behind sign-in)\n"
    ) in former.body
    assert "The link workers of your school have changed" in former.body
    assert "Batch School 001" not in former.body
    lost = messages[world.primary.pk].body
    assert lost.count("- primary link worker of") == 3
    assert "What you wrote yourself stays open to you, to read only." in lost
    assert messages[world.dsl.pk].subject == (
        "Your link workers have changed: Oakfield Primary School"
    )
    assert "/schools/900001/" in messages[world.dsl.pk].body
    assert messages[world.manager.pk].body.count("\n- ") == 3


def test_nothing_personal_is_in_a_summary(world):
    """design.md 5: a date, a place and a link."""
    [held] = hold_schools(world, 1, world.secondary)
    services.reallocate(
        world.service,
        [
            move(world.primary_allocation, world.former, handover_note="CANARY-NOTE"),
            move(held, world.former),
        ],
    )
    for message in Message.objects.all():
        text = message.subject + message.body
        assert "CANARY" not in text
        for person in (world.former, world.primary, world.secondary, world.service, world.dsl):
            assert person.name not in text


def test_a_summary_goes_only_to_whom_it_still_concerns(world):
    [held] = hold_schools(world, 1, world.primary)
    services.reallocate(
        world.service, [move(world.primary_allocation, world.former), move(held, world.former)]
    )
    kind = kinds.get("reallocated")
    for message in Message.objects.all():
        assert kind.may_receive(message)
    to_head = Message.objects.get(to=world.head)
    world.head_post.ends_at = world.now
    world.head_post.save()
    assert not kind.may_receive(to_head)
    gone = Message(kind="reallocated", to=world.manager, about_id=world.oakfield.pk)
    assert not kind.may_receive(gone)


def test_a_summary_is_sent_while_something_of_it_stands(world):
    """design.md 5: what was called off before it was sent is announced to nobody."""
    first, second = services.reallocate(
        world.manager,
        [
            move(world.primary_allocation, world.former),
            move(world.other_allocation, world.future),
        ],
        starts_at=world.now + timedelta(days=9),
    )
    messages = {message.to: message for message in Message.objects.filter(kind="reallocated")}
    due = kinds.get("reallocated").still_due
    assert all(due(message) for message in messages.values())
    services.end(world.manager, first, why="Not after all")
    still = {user.name for user, message in messages.items() if due(message)}
    assert still == {"Finn Future", "Olu Otherschool", "Hedy Both"}
    services.end(world.manager, second, why="Nor this")
    assert not any(due(message) for message in messages.values())
