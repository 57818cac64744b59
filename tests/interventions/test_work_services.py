"""Short work is asked for, allocated to one worker or two, passed on, or not allocated."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from interventions.models import (
    AskedBy,
    EndReason,
    LawfulBasis,
    Participant,
    ShortIntervention,
    WorkKind,
    WorkState,
)
from interventions.services import work as services
from notifications import kinds
from notifications.models import Message
from schools.children import closed_children
from schools.models import Involvement, OwnChildConflict
from tests.children import child, works_with
from tests.interventions.asking import facts, taking_part
from tests.interventions.short_work import agreed, day, session, under_way, work
from tests.world import anew


@pytest.fixture
def asked(world, ada):
    """Ada’s work, waiting to be allocated, with her mother."""
    return services.ask(
        world.primary, world.oakfield, facts(world), taking_part(ada, "Mary Mother")
    )


def allocate(world, made, **changes):
    choice = {"child_worker": world.primary, "meeting_on": timezone.localdate(), **changes}
    return services.allocate(world.manager, made, **choice)


# --- asking --------------------------------------------------------------------------------------


def test_work_is_asked_for_with_children_and_adults_and_waits_to_be_allocated(world, asked, ada):
    """rules 001-8, 001-83"""
    asked.refresh_from_db()
    assert (asked.state, asked.kind) == (WorkState.REQUESTED, WorkKind.DIRECT)
    assert asked.hub == world.coast
    assert asked.lawful_basis == LawfulBasis.PUBLIC_TASK
    assert [str(person) for person in asked.participants.all()] == [ada.name, "Mary Mother"]
    assert (asked.identified_at_school, asked.identified_by) == ("Dora Lead", world.primary)
    assert Act.objects.get(verb=Verb.ASK).subject_id == str(asked.pk)


def test_a_child_is_on_the_current_work_of_the_school_from_the_request_on(world, asked, ada):
    Involvement.objects.exclude(source_type="shortintervention").delete()
    assert closed_children(anew(world.secondary), [ada.pk]) == frozenset()
    assert closed_children(anew(world.other_worker), [ada.pk]) == {ada.pk}


def test_the_managers_of_the_hub_hear_that_work_waits_and_nothing_of_the_child(world, asked, ada):
    message = Message.objects.get(kind="work_asked")
    assert message.to == world.manager
    assert str(asked.pk) in message.body
    for secret in (ada.first_names, ada.surname, "Mornings", "dog", "Level"):
        assert secret not in message.subject + message.body
    kind = kinds.get("work_asked")
    assert kind.still_due(message)
    assert kind.may_receive(message)
    allocate(world, asked)
    assert not kind.still_due(message)


def test_a_manager_who_asks_is_not_told_of_it(world, ada):
    services.ask(world.manager, world.oakfield, facts(world), taking_part(ada))
    assert not Message.objects.filter(kind="work_asked").exists()


def test_asking_twice_with_one_page_asks_once(world, ada, asked):
    with pytest.raises(TransitionNotAllowed):
        services.ask(world.primary, world.oakfield, facts(world), taking_part(ada), pk=asked.pk)
    assert ShortIntervention.objects.count() == 1


def test_nobody_asks_at_a_school_that_is_not_theirs(world, ada):
    for user in (world.other_worker, world.far_worker, world.service, world.duty, world.dsl):
        with pytest.raises(PermissionDenied):
            services.ask(anew(user), world.oakfield, facts(world), taking_part(ada))


def test_work_without_a_child_is_refused(world):
    with pytest.raises(ValidationError, match="at least one child"):
        services.ask(
            world.primary, world.oakfield, facts(world), [Participant(name="A", relation="Aunt")]
        )


def test_a_child_who_is_not_open_to_whoever_asks_is_refused(world):
    stranger = child(world, "Sid")
    with pytest.raises(ValidationError, match="Give a reason"):
        services.ask(world.primary, world.oakfield, facts(world), taking_part(stranger))


def test_a_child_of_another_school_is_refused(world):
    cleo = child(world, "Cleo", school=world.elmgate)
    works_with(world, cleo, world.elmgate)
    with pytest.raises(ValidationError, match="is taught at another school"):
        services.ask(world.manager, world.oakfield, facts(world), taking_part(cleo))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"level_by": ""}, "level_by"),
        ({"level_reason": " "}, "level_reason"),
        ({"level": 3}, "level_three_as"),
        ({"level": 3, "level_three_as": "no"}, "level_three_as"),
        ({"family_told": "no"}, "family_why"),
        ({"asked_on": timezone.localdate() + timedelta(days=1)}, "asked_on"),
    ],
)
def test_a_request_that_says_too_little_is_refused_beside_its_field(world, ada, change, field):
    """rule 001-7"""
    with pytest.raises(ValidationError) as refused:
        services.ask(world.primary, world.oakfield, facts(world, **change), taking_part(ada))
    assert list(refused.value.message_dict) == [field]


def test_at_level_three_work_bridges_the_wait_for_a_lead_worker(world, ada):
    """rules 001-7, 001-81"""
    made = services.ask(
        world.primary,
        world.oakfield,
        facts(world, level=3, level_three_as="waiting"),
        taking_part(ada),
    )
    assert made.kind == WorkKind.BRIDGING
    assert allocate(world, made).state == WorkState.ALLOCATED


def test_at_level_three_direct_work_may_let_the_plan_close(world, ada):
    """rule 001-82"""
    made = services.ask(
        world.primary,
        world.oakfield,
        facts(world, level=3, level_three_as="would_close"),
        taking_part(ada),
    )
    assert made.kind == WorkKind.DIRECT


def test_the_way_to_go_on_at_level_three_is_kept_for_level_three_only(world, ada):
    made = services.ask(
        world.primary,
        world.oakfield,
        facts(world, level=2, level_three_as="waiting"),
        taking_part(ada),
    )
    assert (made.level_three_as, made.kind) == ("", WorkKind.DIRECT)


# --- allocating ----------------------------------------------------------------------------------


def test_the_manager_allocates_work_at_the_weekly_meeting(world, asked):
    """rule 001-86"""
    made = allocate(world, asked)
    made.refresh_from_db()
    assert made.state == WorkState.ALLOCATED
    assert (made.child_worker, made.parent_worker) == (world.primary, None)
    assert (made.allocated_by, made.meeting_on) == (world.manager, timezone.localdate())
    act = Act.objects.get(verb=Verb.ALLOCATE)
    assert act.detail == {"workers": [str(world.primary.pk)]}


def test_work_whose_family_agreed_before_it_was_allocated_can_start_at_once(world, asked):
    """rule 001-79"""
    agreed(world, asked, ago=0)
    assert allocate(world, asked).state == WorkState.CONSENTED


def test_only_managers_of_the_hub_allocate(world, asked):
    for user in (world.primary, world.other_manager, world.service, world.administrator):
        with pytest.raises(PermissionDenied):
            services.allocate(
                anew(user), asked, child_worker=world.primary, meeting_on=timezone.localdate()
            )


def test_child_and_parent_have_workers_of_their_own(world, asked):
    """rule 004-13"""
    made = allocate(world, asked, parent_worker=world.other_worker)
    assert made.worker_ids == {world.primary.pk, world.other_worker.pk}


def test_a_parents_worker_needs_an_adult_among_the_people(world, ada):
    made = services.ask(world.primary, world.oakfield, facts(world), taking_part(ada))
    with pytest.raises(ValidationError, match="Add the parent or carer"):
        allocate(world, made, parent_worker=world.secondary)


def test_the_worker_has_the_children_on_their_current_work(world, asked, ada):
    """A worker of the hub who does not support the school."""
    assert closed_children(anew(world.other_worker), [ada.pk]) == {ada.pk}
    allocate(world, asked, child_worker=world.other_worker)
    assert closed_children(anew(world.other_worker), [ada.pk]) == frozenset()
    assert ShortIntervention.objects.visible_to(anew(world.other_worker)).get() == asked


def test_work_is_not_allocated_without_the_date_of_the_meeting(world, asked):
    """rule 001-86"""
    with pytest.raises(ValidationError, match="weekly allocations meeting"):
        allocate(world, asked, meeting_on=None)


@pytest.mark.parametrize(
    ("days", "sentence"), [(1, "today or in the past"), (-1, "on or after the day")]
)
def test_the_meeting_is_not_in_the_future_and_not_before_the_request(world, asked, days, sentence):
    with pytest.raises(ValidationError, match=sentence):
        allocate(world, asked, meeting_on=timezone.localdate() + timedelta(days=days))


def test_work_is_allocated_to_somebody(world, asked):
    with pytest.raises(ValidationError, match="Select who works with the child"):
        allocate(world, asked, child_worker=None)


def test_nobody_who_left_or_whose_own_child_attends_does_the_work(world, asked):
    """rule 001-53"""
    OwnChildConflict.objects.create(
        user=world.other_worker, school=world.oakfield, starts_at=world.yesterday
    )
    worker = world.cover.link_worker
    worker.left_at = world.yesterday
    worker.save()
    for user in (world.other_worker, world.cover, world.far_worker, world.deactivated):
        with pytest.raises(ValidationError, match="Choose a worker from the list"):
            allocate(world, asked, child_worker=user)


def test_the_level_is_judged_before_work_is_allocated(world, ada):
    """rule 001-7"""
    made = services.ask(
        world.primary,
        world.oakfield,
        facts(world, level=None, level_by="", level_reason=""),
        taking_part(ada),
    )
    with pytest.raises(ValidationError, match="Enter the level of need"):
        allocate(world, made)


def test_at_level_four_work_goes_on_only_where_the_manager_says_why(world, ada):
    """rules 001-7, 001-81: support beside the social worker."""
    made = services.ask(world.primary, world.oakfield, facts(world, level=4), taking_part(ada))
    with pytest.raises(ValidationError, match="beside the social worker"):
        allocate(world, made)
    made = allocate(world, made, level_four_reason="The social worker asked for it")
    assert (made.level_four_by, made.state) == (world.manager, WorkState.ALLOCATED)


def test_the_database_refuses_level_three_and_four_besides(world):
    """rule 001-7"""
    for level in (3, 4):
        with pytest.raises(IntegrityError), transaction.atomic():
            work(world, child(world), state=WorkState.ALLOCATED, level=level)


def test_the_same_allocation_twice_is_answered_calmly(world, asked):
    allocate(world, asked)
    with pytest.raises(TransitionNotAllowed, match="already"):
        allocate(world, asked)
    assert Message.objects.filter(kind="work_allocated").count() == 1


def test_a_page_opened_before_somebody_else_allocated_changes_nothing(world, asked):
    allocate(world, asked)
    with pytest.raises(TransitionNotAllowed, match="Somebody else"):
        allocate(world, asked, child_worker=world.secondary, seen=(None, None))
    asked.refresh_from_db()
    assert asked.child_worker == world.primary


def test_closed_work_is_allocated_to_nobody(world):
    made = work(world, state=WorkState.CLOSED)
    with pytest.raises(TransitionNotAllowed):
        allocate(world, made, child_worker=world.secondary)


def test_everybody_concerned_is_told_once_and_nothing_of_the_child(world, asked, ada):
    """rule 003-1: the asker who becomes the worker hears of that alone."""
    allocate(world, asked, parent_worker=world.secondary)
    told = {(message.to, message.kind) for message in Message.objects.exclude(kind="work_asked")}
    assert told == {
        (world.primary, "work_allocated"),
        (world.secondary, "work_allocated"),
        (world.dsl, "work_school_told"),
        (world.head, "work_school_told"),
        (world.withheld, "work_school_told"),
    }
    for message in Message.objects.all():
        kind = kinds.get(message.kind)
        assert kind.may_receive(message), message.kind
        for secret in (ada.first_names, ada.surname, "Mary", "Mornings", "Level", "Priya"):
            assert secret not in message.subject + message.body


def test_no_message_is_written_for_a_lead_from_whom_the_work_is_withheld(world, ada):
    """Design.md 6.14: who is withheld from where it came from, or has a child there."""
    OwnChildConflict.objects.create(
        user=world.head, school=world.oakfield, starts_at=world.yesterday
    )
    made = services.ask(
        world.primary,
        world.oakfield,
        facts(world),
        taking_part(ada),
        consultation=world.shared,
    )
    allocate(world, made)
    told = Message.objects.filter(kind="work_school_told")
    assert [message.to for message in told] == [world.dsl]


def test_a_message_to_the_school_is_held_back_once_the_work_is_withheld(world, ada):
    """Design.md 6.14."""
    made = services.ask(world.primary, world.oakfield, facts(world), taking_part(ada))
    allocate(world, made)
    message = Message.objects.get(kind="work_school_told", to=world.withheld)
    kind = kinds.get(message.kind)
    assert kind.may_receive(message)
    ShortIntervention.objects.filter(pk=made.pk).update(consultation=world.shared)
    assert not kind.may_receive(Message.objects.get(pk=message.pk))


def test_whoever_asked_and_does_not_do_it_hears_that_it_is_allocated(world, asked):
    allocate(world, asked, child_worker=world.secondary)
    assert Message.objects.get(kind="work_allocated_told").to == world.primary


def test_work_under_way_passes_to_somebody_else(world, ada):
    made = under_way(world, ada)
    services.allocate(world.manager, made, child_worker=world.other_worker)
    made.refresh_from_db()
    assert (made.state, made.child_worker) == (WorkState.UNDER_WAY, world.other_worker)
    assert made.meeting_on == day(60)
    assert Message.objects.get(kind="work_allocated").to == world.other_worker
    former = Message.objects.get(kind="work_passed_on")
    assert former.to == world.primary
    assert kinds.get("work_passed_on").may_receive(former)


def test_a_former_worker_has_the_children_no_more_on_their_current_work(world, asked, ada):
    allocate(world, asked, child_worker=world.other_worker)
    allocate(world, asked, child_worker=world.secondary)
    assert closed_children(anew(world.other_worker), [ada.pk]) == {ada.pk}
    allocate(world, asked, child_worker=world.other_worker)
    assert closed_children(anew(world.other_worker), [ada.pk]) == frozenset()


# --- not allocated -------------------------------------------------------------------------------


def test_work_that_is_not_allocated_is_closed_for_a_reason_and_the_asker_told(world, asked):
    made = services.decline(world.manager, asked, "The school nurse sees her already")
    made.refresh_from_db()
    assert (made.state, made.end_reason) == (WorkState.CLOSED, EndReason.NOT_ALLOCATED)
    assert (made.closed_by, made.closed_on) == (world.manager, timezone.localdate())
    message = Message.objects.get(kind="work_declined")
    assert message.to == world.primary
    assert "nurse" not in message.body
    assert kinds.get("work_declined").may_receive(message)


def test_a_request_that_is_not_allocated_leaves_current_work_at_the_end_of_term(world, asked):
    services.decline(world.manager, asked, "Other support fits")
    ends_at = Involvement.objects.get(source_type="shortintervention").ends_at
    assert world.now < ends_at < world.now + timedelta(days=130)


def test_a_request_is_decided_once(world, asked):
    services.decline(world.manager, asked, "Other support fits")
    with pytest.raises(TransitionNotAllowed):
        services.decline(world.manager, asked, "Other support fits")
    assert Message.objects.filter(kind="work_declined").count() == 1


def test_not_allocating_needs_a_reason_and_a_manager_of_the_hub(world, asked):
    with pytest.raises(ValidationError):
        services.decline(world.manager, asked, " ")
    with pytest.raises(PermissionDenied):
        services.decline(world.primary, asked, "No")


# --- changing ------------------------------------------------------------------------------------


def test_a_request_is_changed_while_the_work_is_open(world, asked):
    services.change(world.secondary, asked, facts(world, area="neglect", level=1))
    asked.refresh_from_db()
    assert (asked.area, asked.level) == ("neglect", 1)
    closed = work(world, child(world, "Eve"), state=WorkState.CLOSED)
    with pytest.raises(TransitionNotAllowed):
        services.change(world.primary, closed, facts(world))


def test_who_only_reads_the_work_changes_nothing(world, asked):
    for user in (world.service, world.other_worker, world.other_manager):
        with pytest.raises(PermissionDenied):
            services.change(anew(user), asked, facts(world))


def test_a_worker_does_not_raise_work_to_level_four_and_a_manager_says_why(world, asked):
    """rule 001-7"""
    allocate(world, asked)
    with pytest.raises(ValidationError, match="team manager records Level 4"):
        services.change(world.primary, asked, facts(world, level=4))
    with pytest.raises(ValidationError, match="beside the social worker"):
        services.change(world.manager, asked, facts(world, level=4))
    made = services.change(
        world.manager, asked, facts(world, level=4), level_four_reason="Asked for by them"
    )
    assert made.level_four_by == world.manager
    made = services.change(world.primary, asked, facts(world, level=2))
    assert (made.level_four_by, made.level_four_reason) == (None, "")


def test_where_it_was_asked_for_stays_with_what_is_changed(world, ada):
    made = services.ask(
        world.primary,
        world.oakfield,
        facts(world, asked_by=AskedBy.CONSULTATION),
        taking_part(ada),
        consultation=world.completed,
    )
    kept = facts(world)
    del kept["asked_by"], kept["asked_who"]
    services.change(world.primary, made, kept)
    made.refresh_from_db()
    assert (made.asked_by, made.consultation) == (AskedBy.CONSULTATION, world.completed)


# --- who takes part ------------------------------------------------------------------------------


def test_a_child_who_takes_part_later_is_on_the_workers_current_work(world, asked):
    allocate(world, asked, child_worker=world.other_worker)
    ben = child(world, "Ben")
    works_with(world, ben)
    services.change_people(world.primary, asked, add=[Participant(pupil=ben)])
    assert asked.participants.count() == 3
    assert closed_children(anew(world.other_worker), [ben.pk]) == frozenset()
    services.change_people(world.primary, asked, remove=[asked.participants.get(pupil=ben).pk])
    assert closed_children(anew(world.other_worker), [ben.pk]) == {ben.pk}


def test_the_same_person_is_added_once(world, asked, ada):
    for _ in range(2):
        services.change_people(
            world.primary, asked, add=taking_part(ada, "mary mother", "Gran Canary")
        )
    assert asked.participants.count() == 3


def test_the_last_child_stays_among_the_people(world, asked, ada):
    with pytest.raises(ValidationError, match="At least one child"):
        services.change_people(world.primary, asked, remove=[asked.participants.get(pupil=ada).pk])


def test_whoever_is_named_in_a_confirmation_or_a_session_stays(world, ada):
    made = work(world, ada, state=WorkState.ALLOCATED, parent="Mary Mother")
    ben = child(world, "Ben")
    works_with(world, ben)
    services.change_people(world.primary, made, add=[Participant(pupil=ben)])
    mother, other = made.participants.get(name="Mary Mother"), made.participants.get(pupil=ben)
    agreed(world, made, people=[mother])
    session(world, made, people=[mother], completed=False)
    for person in (mother, other):
        with pytest.raises(ValidationError, match="stays among the people"):
            services.change_people(world.primary, made, remove=[person.pk])


def test_a_name_is_corrected(world, asked):
    mother = asked.participants.get(name="Mary Mother")
    mother.name, mother.has_responsibility = "Marie Mother", False
    services.change_people(world.primary, asked, change=[mother])
    kept = asked.participants.get(pk=mother.pk)
    assert (kept.name, kept.has_responsibility) == ("Marie Mother", False)


def test_nobody_from_another_piece_of_work_is_changed(world, asked):
    other = work(world, child(world, "Eve"), parent="Olga Other")
    olga = other.participants.get(name="Olga Other")
    olga.name = "Taken"
    services.change_people(world.primary, asked, change=[olga], remove=[olga.pk])
    assert other.participants.get(pk=olga.pk).name == "Olga Other"
