"""What the database itself refuses, whoever writes to it."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from linkworkers.models import Allocation, CountyAgreement, LinkWorker
from schools.models import OwnChildConflict


def insert_allocation(world, school, user, kind, starts_at=None, ends_at=None, hub=None):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO linkworkers_allocation (id, school_id, hub_id, link_worker_id, kind,"
            " starts_at, ends_at, reason, handover_note, agreed_at_meeting, allocated_by_id,"
            " ended_why, ended_by_id)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, '', '', '', %s, '', %s)",
            [
                uuid.uuid4(),
                school.pk,
                (hub or school.hub).pk,
                user.link_worker.pk,
                kind,
                starts_at or timezone.now(),
                ends_at,
                world.manager.pk,
                ends_at and world.manager.pk,
            ],
        )


def insert_conflict(user, school):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO schools_ownchildconflict (id, user_id, school_id, starts_at)"
            " VALUES (%s, %s, %s, now())",
            [uuid.uuid4(), user.pk, school.pk],
        )


@pytest.mark.parametrize("kind", ["primary", "secondary"])
def test_an_allocation_to_a_school_with_a_conflict_is_refused(world, kind):
    """rule 001-53: every kind of allocation, in the database too."""
    OwnChildConflict.objects.create(user=world.former, school=world.larkmead)
    Allocation.objects.filter(pk=world.future_allocation.pk).update(
        ends_at=world.tomorrow, ended_by=world.service
    )
    with pytest.raises(IntegrityError, match="conflict declared"), transaction.atomic():
        insert_allocation(world, world.larkmead, world.former, kind)


def test_a_conflict_is_refused_while_the_allocation_stands(world):
    """rule 001-53: suspended first."""
    for user in (world.primary, world.secondary):
        with pytest.raises(IntegrityError, match="not suspended"), transaction.atomic():
            insert_conflict(user, world.oakfield)


def test_a_suspended_allocation_is_not_taken_up_while_the_conflict_stands(world):
    """rule 001-53."""
    held = Allocation.objects.filter(pk=world.conflicted_allocation.pk)
    with pytest.raises(IntegrityError, match="conflict declared"), transaction.atomic():
        held.update(suspended_at=None)


def test_a_school_has_one_of_each_kind_at_any_time(world):
    """rules 001-47, 001-48."""
    with pytest.raises(IntegrityError, match="one_of_each_kind"), transaction.atomic():
        insert_allocation(world, world.oakfield, world.former, "primary")
    with pytest.raises(IntegrityError, match="one_of_each_kind"), transaction.atomic():
        insert_allocation(world, world.larkmead, world.far_worker, "secondary")
    insert_allocation(world, world.larkmead, world.far_worker, "secondary", ends_at=world.tomorrow)


def test_the_secondary_is_somebody_else(world):
    """rule 001-48."""
    with pytest.raises(IntegrityError, match="two_different_people"), transaction.atomic():
        insert_allocation(world, world.beech, world.far_worker, "secondary")


def test_an_allocation_does_not_end_before_it_begins(world):
    with pytest.raises(IntegrityError, match="ends_after_start"), transaction.atomic():
        insert_allocation(
            world, world.larkmead, world.far_worker, "primary", ends_at=world.yesterday
        )


def test_the_copied_hub_is_the_schools_hub(world):
    """design.md 3: held true by a composite key, through a change of hub."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="hub_of_school"), transaction.atomic():
        insert_allocation(world, world.larkmead, world.far_worker, "primary", hub=world.coast)
    world.oakfield.hub = world.downs
    world.oakfield.save()
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.hub == world.downs


# --- what a row can never say --------------------------------------------------------------


def impossible(name, rows, **facts):
    """The database refuses to make the rows say this."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        assert rows.update(**facts)


@pytest.mark.parametrize("fte", [0, "-0.5", "1.01"])
def test_a_link_worker_works_a_part_of_full_time_or_all_of_it(world, fte):
    workers = LinkWorker.objects.filter(user=world.primary)
    impossible("link_worker_part_of_full_time", workers, fte=fte)
    assert workers.update(fte="0.05") == workers.update(fte=1) == 1


def test_an_allocation_ends_by_somebody_and_is_not_ended_before_that(world):
    held = Allocation.objects.filter(pk=world.primary_allocation.pk)
    impossible("allocation_ended_by_somebody", held, ends_at=world.tomorrow)
    impossible("allocation_ended_by_somebody", held, ended_by=world.manager)


def test_an_agreement_is_agreed_when_it_has_become_an_allocation(world):
    """rule 001-51."""
    CountyAgreement.objects.create(
        school=world.larkmead,
        link_worker=world.former.link_worker,
        kind="primary",
        proposed_by=world.manager,
    )
    proposals, name = CountyAgreement.objects.all(), "county_agreement_has_taken_effect"
    impossible(name, proposals, state="agreed")
    impossible(name, proposals, allocation=world.primary_allocation)
    assert proposals.update(state="agreed", allocation=world.primary_allocation)


def test_a_conflict_does_not_end_before_it_begins(world):
    conflicts = OwnChildConflict.objects.filter(user=world.conflicted)
    impossible("conflict_ends_after_start", conflicts, ends_at=world.long_ago)
