"""A worker's own child attends: declared, private, and enforced (rule 001-53)."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from linkworkers import policies, services
from linkworkers.models import Allocation, LinkWorker
from notifications.models import Message
from schools.models import OwnChildConflict
from schools.scope import scope_of
from tests.world import World


def test_a_conflict_suspends_what_the_worker_holds_there_at_once(world, anew, drift_at_schools):
    """rule 001-53: also when it is declared after the allocation."""
    conflict = services.declare_conflict(world.primary, world.oakfield)
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.suspended_at is not None
    assert world.primary_allocation.ends_at is None
    assert conflict.ends_at is None
    scope = scope_of(anew(world.primary))
    assert world.oakfield.pk not in scope.supports
    assert world.oakfield.pk in scope.excluded
    act = Act.objects.get(verb=Verb.DECLARE)
    assert act.detail == {"suspended": [str(world.primary_allocation.pk)]}
    assert drift_at_schools() == []


def test_an_allocation_still_to_come_is_suspended_too(world, drift_at_schools):
    """rule 001-53."""
    services.declare_conflict(world.future, world.larkmead)
    world.future_allocation.refresh_from_db()
    assert world.future_allocation.suspended_at is not None
    assert drift_at_schools() == []


def test_any_council_person_declares_with_no_allocation(world):
    for who in ("duty", "coordinator", "governance", "administrator", "manager", "service"):
        conflict = services.declare_conflict(getattr(world, who), world.oakfield)
        assert conflict.user == getattr(world, who)


def test_a_manager_declares_for_their_own_team_only(world):
    services.declare_conflict(world.manager, world.beech, world.primary)
    with pytest.raises(PermissionDenied):
        services.declare_conflict(world.other_manager, world.beech, world.secondary)
    with pytest.raises(PermissionDenied):
        services.declare_conflict(world.primary, world.beech, world.secondary)


@pytest.mark.parametrize("who", ["dsl", "attendee", "deactivated"])
def test_people_outside_the_council_declare_nothing(world, who):
    with pytest.raises(PermissionDenied):
        services.declare_conflict(getattr(world, who), world.oakfield)


def test_a_second_click_declares_once(world):
    services.declare_conflict(world.primary, world.oakfield)
    with pytest.raises(TransitionNotAllowed, match="already been declared"):
        services.declare_conflict(world.primary, world.oakfield)
    assert OwnChildConflict.objects.filter(user=world.primary).count() == 1


def test_a_conflict_withdrawn_leaves_the_allocation_to_a_manager(world, anew):
    conflict = OwnChildConflict.objects.get(user=world.conflicted)
    withdrawn = services.withdraw_conflict(world.conflicted, conflict)
    assert withdrawn.ends_at is not None
    world.conflicted_allocation.refresh_from_db()
    assert world.conflicted_allocation.suspended_at is not None
    assert world.elmgate.pk not in scope_of(anew(world.conflicted)).supports
    with pytest.raises(TransitionNotAllowed, match="already been withdrawn"):
        services.withdraw_conflict(world.conflicted, conflict)


def test_nobody_else_withdraws_a_conflict(world):
    conflict = OwnChildConflict.objects.get(user=world.conflicted)
    for who in ("primary", "other_manager", "administrator", "dsl"):
        with pytest.raises(PermissionDenied):
            services.withdraw_conflict(getattr(world, who), conflict)
    services.withdraw_conflict(world.manager, conflict)


def test_a_manager_resumes_once_the_conflict_is_withdrawn(world, anew, drift_at_schools):
    """rule 001-53: not a moment before."""
    with pytest.raises(TransitionNotAllowed) as refused:
        services.resume(world.manager, world.conflicted_allocation)
    assert str(refused.value) == "Conflict declared"
    services.withdraw_conflict(world.conflicted, OwnChildConflict.objects.get())
    for who in ("conflicted", "other_manager", "administrator"):
        with pytest.raises(PermissionDenied):
            services.resume(getattr(world, who), world.conflicted_allocation)
    resumed = services.resume(world.manager, world.conflicted_allocation)
    assert resumed.is_live
    assert world.elmgate.pk in scope_of(anew(world.conflicted)).supports
    assert drift_at_schools() == []
    told = Message.objects.filter(about_id=str(resumed.pk)).values_list("kind", flat=True)
    assert {"allocated", "school_told"} <= set(told)
    with pytest.raises(TransitionNotAllowed, match="not suspended"):
        services.resume(world.manager, world.conflicted_allocation)


def test_a_suspended_allocation_is_ended_or_replaced(world):
    ended = services.end(world.manager, world.conflicted_allocation, why="Own child there")
    assert ended.has_ended
    held = services.allocate(
        world.manager, world.elmgate, world.former.link_worker, "secondary", reason=""
    )
    assert held.is_live
    with pytest.raises(TransitionNotAllowed, match="already ended"):
        services.resume(world.manager, world.conflicted_allocation)


def test_only_the_person_and_their_managers_see_a_conflict(world):
    """rule 001-53: the declaration is private."""
    seen_by = {
        who
        for who in (
            "primary",
            "conflicted",
            "manager",
            "other_manager",
            "service",
            "duty",
            "administrator",
            "governance",
            "coordinator",
            "head_and_dsl",
        )
        if policies.conflicts_open_to(getattr(world, who)).exists()
    }
    assert seen_by == {"conflicted", "manager", "service"}


# --- the history, and what is to resolve ----------------------------------------------------


def test_managers_and_the_person_see_who_declared_and_withdrew_it(world, as_):
    """rule 001-53: kept, and private."""
    conflict = services.declare_conflict(world.manager, world.beech, world.primary)
    services.withdraw_conflict(world.primary, conflict)
    for who in (world.manager, world.service, world.primary):
        page = as_(who).get("/conflicts/").content.decode()
        assert "Declared by Maya Manager, withdrawn by Priya Primary" in page, who
    for who in (world.secondary, world.other_manager, world.duty):
        assert "Beechcroft" not in as_(who).get("/conflicts/").content.decode(), who


def test_a_manager_finds_what_is_suspended_and_what_to_do_about_it(world, as_):
    """rule 001-53."""
    client = as_(world.manager)
    page = client.get("/conflicts/").content.decode()
    assert "Suspended allocations to resolve" in page
    assert f"/allocations/{world.conflicted_allocation.pk}/end/" in page
    assert f"/allocations/{world.elmgate.urn}/cover/" in page
    resume = f"/allocations/{world.conflicted_allocation.pk}/resume/"
    assert resume not in page
    services.withdraw_conflict(world.conflicted, OwnChildConflict.objects.get())
    assert resume in client.get("/conflicts/").content.decode()
    client.post(resume)
    assert "No allocation is suspended." in client.get("/conflicts/").content.decode()


def test_nobody_but_the_schools_managers_is_shown_what_is_suspended(world, as_):
    """rule 001-53."""
    for who in (world.conflicted, world.secondary, world.duty):
        page = as_(who).get("/conflicts/").content.decode()
        assert "Suspended allocations" not in page, who
    far = as_(world.other_manager).get("/conflicts/").content.decode()
    assert "No allocation is suspended." in far
    OwnChildConflict.objects.create(user=world.manager, school=world.elmgate)
    assert "No allocation is suspended." in as_(world.manager).get("/conflicts/").content.decode()


# --- two transactions at once --------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["allocate", "declare"])
def test_allocating_and_declaring_at_once_never_leave_both_standing(first, drift_at_schools):
    """rule 001-53: both acts lock the worker's row, so the second sees what the first did."""
    world = World()
    LinkWorker.objects.filter(user=world.future).update(hub=world.downs)

    def allocate():
        services.allocate(
            world.other_manager, world.beech, world.future.link_worker, "secondary", reason="Gap"
        )

    def declare():
        services.declare_conflict(world.future, world.beech)

    acts = {"allocate": allocate, "declare": declare}
    second = acts.pop({"allocate": "declare", "declare": "allocate"}[first])
    begun, outcome = threading.Event(), []

    def run_second():
        try:
            begun.set()
            second()
        except TransitionNotAllowed as refused:
            outcome.append(str(refused))
        finally:
            connection.close()

    other = threading.Thread(target=run_second)
    with transaction.atomic():
        acts[first]()
        other.start()
        begun.wait(5)
        _wait_until_blocked(other)
    other.join(10)
    assert not other.is_alive()
    assert OwnChildConflict.objects.filter(user=world.future, school=world.beech).exists()
    held = Allocation.objects.filter(school=world.beech, link_worker__user=world.future)
    if first == "allocate":
        assert held.get().suspended_at is not None
    else:
        assert outcome == ["Conflict declared"]
        assert not held.exists()
    assert drift_at_schools() == []


def _wait_until_blocked(thread):
    """Until the other connection waits for a lock of ours, or its thread is over."""
    while thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
                " AND pid <> pg_backend_pid() AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
        thread.join(0.02)
