"""Allocating, ending and resuming, and who may."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from consultations.models import Consultation
from linkworkers import services
from linkworkers.models import LinkWorker
from schools.entitlements import reach_predecessors
from schools.models import Hub, OwnChildConflict, SchoolGrant, SchoolLink, SchoolStatus
from schools.scope import scope_of


def allocate(world, by, user, kind="secondary", school=None, **facts):
    return services.allocate(by, school or world.elmgate, user.link_worker, kind, **facts)


def free_place(world):
    """Elmgate without the suspended secondary the world gives it."""
    world.conflicted_allocation.ends_at = timezone.now()
    world.conflicted_allocation.ended_by = world.manager
    world.conflicted_allocation.save()
    return world.elmgate


# --- allocate ------------------------------------------------------------------------------


def test_a_team_manager_allocates_within_the_hub(world, anew):
    """rule 001-50: allocation is agreed locally by the hub."""
    free_place(world)
    held = allocate(
        world, world.manager, world.former, handover_note="Ask for Jo.", agreed_at_meeting="Hub"
    )
    assert (held.kind, held.hub, held.allocated_by) == ("secondary", world.coast, world.manager)
    assert held.is_live
    assert world.elmgate.pk in scope_of(anew(world.former)).supports
    act = Act.objects.get(verb=Verb.ALLOCATE, subject_id=str(held.pk))
    assert (act.by, act.school_id) == (world.manager, world.elmgate.pk)


@pytest.mark.parametrize(
    "who",
    [
        "other_manager",
        "primary",
        "duty",
        "coordinator",
        "governance",
        "administrator",
        "dsl",
        "head_and_dsl",
    ],
)
def test_nobody_else_allocates(world, who):
    """rule 001-50: not another hub's manager, a link worker, a school or an administrator."""
    free_place(world)
    with pytest.raises(PermissionDenied):
        allocate(world, getattr(world, who), world.former)


def test_the_service_manager_allocates_in_every_hub(world):
    held = allocate(world, world.service, world.far_worker, school=world.larkmead, kind="primary")
    assert held.is_live


def test_the_link_worker_replaced_ends_at_the_same_instant_with_the_reason(world, anew):
    held = allocate(
        world,
        world.manager,
        world.former,
        kind="primary",
        school=world.oakfield,
        reason=" Knows the school ",
    )
    world.primary_allocation.refresh_from_db()
    before = world.primary_allocation
    assert before.ends_at == held.starts_at
    assert (before.ended_why, before.ended_by) == ("Knows the school", world.manager)
    assert world.oakfield.pk not in scope_of(anew(world.primary)).supports
    assert Act.objects.filter(verb=Verb.END, subject_id=str(before.pk)).exists()


def test_replacing_somebody_asks_why(world):
    with pytest.raises(ValidationError) as refused:
        allocate(world, world.manager, world.former, kind="primary", school=world.oakfield)
    assert refused.value.message_dict == {"reason": ["Enter why Priya Primary is replaced"]}
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.ends_at is None


def test_a_worker_of_another_hub_is_refused_whatever_the_reason(world):
    """rule 001-50: the hub allocates among its own; others may cover."""
    free_place(world)
    with pytest.raises(TransitionNotAllowed, match="works in another hub, Downs"):
        allocate(world, world.service, world.far_worker, reason="Nobody here on Fridays")


def test_who_moved_to_another_hub_may_swap_places_at_a_school_they_hold(world):
    """rule 001-50: their schools stay theirs."""
    LinkWorker.objects.filter(user=world.secondary).update(hub=world.downs)
    taker = {"primary": world.secondary, "secondary": world.primary}
    moves = [
        services.Move(world.oakfield, a.kind, taker[a.kind].link_worker, a, "They swap")
        for a in (world.primary_allocation, world.secondary_allocation)
    ]
    assert all(held.is_live for held in services.reallocate(world.manager, moves))


def test_a_school_that_is_in_no_hub_yet_may_be_given_to_anybody(world):
    """rule 001-47: every school has a link worker."""
    free_place(world)
    world.elmgate.hub = Hub.objects.get_or_create(code=Hub.NOT_YET)[0]
    world.elmgate.save()
    assert allocate(world, world.service, world.far_worker).is_live


def test_the_same_person_cannot_be_both(world):
    """rule 001-48: the secondary is a different person."""
    with pytest.raises(TransitionNotAllowed, match="already the secondary link worker"):
        allocate(
            world,
            world.manager,
            world.secondary,
            kind="primary",
            school=world.oakfield,
            reason="Promoted",
        )


def test_a_second_click_changes_nothing(world):
    free_place(world)
    allocate(world, world.manager, world.former)
    with pytest.raises(TransitionNotAllowed, match="already the secondary link worker of Elmgate"):
        allocate(world, world.manager, world.former)
    assert world.elmgate.allocations.filter(ends_at=None, kind="secondary").count() == 1


def test_a_conflict_stands_against_every_kind(world):
    """rule 001-53: primary and secondary, and no more is said than that."""
    OwnChildConflict.objects.create(user=world.future, school=world.beech)
    for kind in ("primary", "secondary"):
        with pytest.raises(TransitionNotAllowed) as refused:
            allocate(
                world,
                world.other_manager,
                world.future,
                kind=kind,
                school=world.beech,
                reason="Needed",
            )
        assert str(refused.value) == "Conflict declared"


def test_a_manager_whose_own_child_attends_does_not_decide_there(world, anew):
    """rule 001-53."""
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    with pytest.raises(PermissionDenied):
        allocate(
            world,
            anew(world.manager),
            world.former,
            kind="primary",
            school=world.oakfield,
            reason="Needed",
        )


def test_somebody_who_left_cannot_be_allocated(world):
    free_place(world)
    world.former.staff_roles.update(ends_at=timezone.now())
    with pytest.raises(TransitionNotAllowed, match="no longer works as a link worker"):
        allocate(world, world.manager, world.former)


def test_a_closed_school_cannot_be_allocated(world):
    world.elmgate.status = SchoolStatus.CLOSED
    world.elmgate.save()
    with pytest.raises(TransitionNotAllowed, match="is closed"):
        allocate(world, world.manager, world.former, reason="Needed")


def test_an_allocation_to_come_takes_over_on_its_day(world, anew, drift_at_schools):
    starts_at = world.now + timedelta(days=7)
    held = allocate(
        world,
        world.manager,
        world.former,
        kind="primary",
        school=world.oakfield,
        reason="Moves",
        starts_at=starts_at,
    )
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.ends_at == held.starts_at == starts_at
    assert world.oakfield.pk in scope_of(anew(world.primary)).supports
    assert world.oakfield.pk not in scope_of(anew(world.former)).supports
    assert drift_at_schools() == []


def test_nobody_is_put_before_an_allocation_that_is_agreed_to_come(world):
    with pytest.raises(TransitionNotAllowed, match="Finn Future becomes the secondary"):
        allocate(world, world.other_manager, world.far_worker, school=world.larkmead)


def test_time_that_somebody_held_is_not_rewritten(world):
    with pytest.raises(TransitionNotAllowed, match="until"):
        allocate(
            world,
            world.manager,
            world.other_worker,
            kind="primary",
            school=world.oakfield,
            reason="Entered late",
            starts_at=world.now - timedelta(days=30),
        )
    with pytest.raises(TransitionNotAllowed, match="is the primary link worker since"):
        allocate(
            world,
            world.manager,
            world.former,
            kind="primary",
            school=world.elmgate,
            reason="Entered late",
            starts_at=world.long_ago - timedelta(days=1),
        )


def test_the_schools_it_grew_out_of_come_with_a_school(world, anew, drift_at_schools):
    """design.md 3: allocations at the successor also grant on its predecessors."""
    SchoolLink.objects.create(predecessor=world.elmgate, successor=world.larkmead, kind="Merged")
    reach_predecessors()
    held = allocate(
        world, world.other_manager, world.far_worker, kind="primary", school=world.larkmead
    )
    assert {world.larkmead.pk, world.elmgate.pk} <= scope_of(anew(world.far_worker)).supports
    services.end(world.other_manager, held, why="Wrong school")
    assert scope_of(anew(world.far_worker)).supports == {world.beech.pk}
    assert drift_at_schools() == []


# --- end -----------------------------------------------------------------------------------


def test_a_manager_ends_an_allocation_and_the_history_keeps_it(world, anew):
    ended = services.end(world.manager, world.primary_allocation, why="Left the team")
    assert (ended.ended_why, ended.ended_by) == ("Left the team", world.manager)
    assert world.oakfield.pk not in scope_of(anew(world.primary)).supports
    assert not SchoolGrant.objects.live().filter(source_id=ended.pk).exists()
    labels = list(ended.events.order_by("pgh_id").values_list("pgh_label", flat=True))
    assert labels == ["insert", "update"]
    assert ended in world.oakfield.allocations.filter(kind="primary")


def test_a_former_worker_keeps_what_they_wrote_and_nothing_else(world, anew):
    mine = world.completed
    services.end(world.manager, world.primary_allocation, why="Left the team")
    visible = Consultation.objects.visible_to(anew(world.primary))
    assert mine in visible
    assert world.shared not in visible


def test_an_allocation_to_come_is_called_off_before_it_begins(world, drift_at_schools):
    called_off = services.end(world.other_manager, world.future_allocation, why="Plans changed")
    assert called_off.ends_at == called_off.starts_at
    assert called_off.has_ended
    assert drift_at_schools() == []


def test_whoever_was_to_give_way_stays_when_the_change_is_called_off(world, anew, drift_at_schools):
    """rule 001-47: nobody is left without a primary by a change that does not come."""
    to_come = allocate(
        world,
        world.manager,
        world.former,
        "primary",
        world.oakfield,
        reason="A fresh start",
        starts_at=world.tomorrow,
    )
    services.end(world.manager, to_come, why="Not after all")
    stays = world.primary_allocation
    stays.refresh_from_db()
    assert (stays.ends_at, stays.ended_by, stays.ended_why) == (None, None, "")
    [grant] = SchoolGrant.objects.filter(user=world.primary, content_object=world.oakfield)
    assert grant.ends_at is None
    assert drift_at_schools() == []
    assert Act.objects.filter(verb=Verb.CHANGE, subject_id=str(stays.pk)).exists()


def test_a_swap_to_come_is_undone_once_both_halves_are_called_off(world, drift_at_schools):
    """rule 001-48: two different people at the school, all the way."""
    held = [world.primary_allocation, world.secondary_allocation]
    taker = {"primary": world.secondary, "secondary": world.primary}
    swap = services.reallocate(
        world.manager,
        [
            services.Move(world.oakfield, a.kind, taker[a.kind].link_worker, a, "They swap")
            for a in held
        ],
        starts_at=world.tomorrow,
    )
    services.end(world.manager, swap[0], why="Not after all")
    for allocation in held:
        allocation.refresh_from_db()
    assert all(allocation.ends_at == world.tomorrow for allocation in held)
    services.end(world.manager, swap[1], why="Nor this")
    for allocation in held:
        allocation.refresh_from_db()
    assert all(allocation.ends_at is None for allocation in held)
    assert drift_at_schools() == []


def test_ending_what_has_begun_brings_nobody_back(world):
    services.end(world.manager, world.primary_allocation, why="Left the team")
    world.former_allocation.refresh_from_db()
    assert world.former_allocation.ends_at == world.yesterday


@pytest.mark.parametrize("who", ["other_manager", "primary", "dsl", "administrator", "governance"])
def test_nobody_else_ends_an_allocation(world, who):
    with pytest.raises(PermissionDenied):
        services.end(getattr(world, who), world.primary_allocation, why="Because")


def test_an_allocation_ends_with_a_reason_and_once(world):
    with pytest.raises(ValidationError, match="Enter why the allocation ends"):
        services.end(world.manager, world.primary_allocation, why="  ")
    services.end(world.manager, world.primary_allocation, why="Left")
    with pytest.raises(TransitionNotAllowed, match="already ended"):
        services.end(world.manager, world.primary_allocation, why="Left again")
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.ended_why == "Left"


# --- link workers --------------------------------------------------------------------------


def test_a_manager_appoints_in_their_own_hub_only(world):
    world.manager.link_worker.delete()
    worker = services.appoint(
        world.manager, world.manager, hub=world.coast, kind="tm", fte="0.6", working_days=[4, 0]
    )
    assert (worker.hub, worker.working_days) == (world.coast, [0, 4])
    with pytest.raises(PermissionDenied):
        services.appoint(world.manager, world.duty, hub=world.downs, kind="fsw")
    with pytest.raises(PermissionDenied):
        services.appoint(world.primary, world.duty, hub=world.coast, kind="fsw")


def test_appointing_twice_leaves_one_link_worker(world):
    first = services.appoint(world.administrator, world.duty, hub=world.coast, kind="fsw")
    again = services.appoint(world.administrator, world.duty, hub=world.coast, kind="fsw")
    assert first == again
    assert Act.objects.filter(subject_id=str(first.pk)).count() == 1


def test_nobody_takes_another_hubs_worker_by_appointing_them(world):
    with pytest.raises(PermissionDenied):
        services.appoint(world.manager, world.far_worker, hub=world.coast, kind="fsw")


def test_a_worker_who_comes_back_is_the_same_link_worker(world):
    worker = world.former.link_worker
    worker.left_at = timezone.now()
    worker.save()
    back = services.appoint(world.other_manager, world.former, hub=world.downs, kind="fsw")
    assert (back.pk, back.hub, back.left_at) == (worker.pk, world.downs, None)


def test_a_worker_leaves_once_they_hold_no_school(world):
    worker = world.primary.link_worker
    with pytest.raises(TransitionNotAllowed, match="still holds schools"):
        services.leave(world.manager, worker)
    services.end(world.manager, world.primary_allocation, why="They leave the council")
    assert services.leave(world.manager, worker).left_at is not None
    assert not LinkWorker.objects.in_post().filter(pk=worker.pk).exists()
    with pytest.raises(TransitionNotAllowed, match="no longer works"):
        services.allocate(world.manager, world.elmgate, worker, "secondary", reason="Cover")


@pytest.mark.parametrize("who", ["future", "conflicted"])
def test_a_school_to_come_or_suspended_is_still_held(world, who):
    with pytest.raises(TransitionNotAllowed, match="still holds schools"):
        services.leave(world.service, getattr(world, who).link_worker)


def test_leaving_twice_leaves_the_day_they_left(world):
    first = services.leave(world.manager, world.former.link_worker).left_at
    assert services.leave(world.manager, world.former.link_worker).left_at == first
    with pytest.raises(PermissionDenied):
        services.leave(world.other_manager, world.secondary.link_worker)


def test_a_manager_changes_where_and_when_a_worker_works(world):
    worker = services.change(
        world.manager,
        world.former.link_worker,
        hub=world.downs,
        line_manager=world.other_manager,
        fte="0.4",
        working_days=[3, 1],
    )
    assert (worker.hub, worker.working_days) == (world.downs, [1, 3])
    assert Act.objects.get(subject_id=str(worker.pk)).detail == {
        "fields": ["hub", "line_manager", "fte", "working_days"]
    }
    with pytest.raises(PermissionDenied):
        services.change(
            world.other_manager,
            world.secondary.link_worker,
            hub=world.downs,
            line_manager=None,
            fte=1,
            working_days=[0],
        )


# --- lists ---------------------------------------------------------------------------------
