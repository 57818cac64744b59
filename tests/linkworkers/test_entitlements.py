"""The grants stay what the allocations say, whatever is done to them."""

import random
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed
from linkworkers import services
from linkworkers.entitlements import of_all_allocations
from linkworkers.models import Allocation, AllocationKind, LinkWorker
from schools.entitlements import reach_predecessors
from schools.models import OwnChildConflict, School, SchoolGrant, SchoolLink
from tests.world import World


def test_the_world_begins_without_drift(world, drift_at_schools):
    assert drift_at_schools() == []


def test_a_grant_without_its_allocation_is_found(world, drift_at_schools):
    SchoolGrant.objects.filter(source_id=world.primary_allocation.pk).delete()
    [finding] = drift_at_schools()
    assert "should grant support_school" in finding


def test_every_allocation_is_read_in_two_queries(world, django_assert_num_queries):
    with django_assert_num_queries(2):
        sources = [entitlement.source_id for entitlement in of_all_allocations()]
    assert sorted(sources) == sorted(Allocation.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_grants_are_right_after_a_hundred_random_acts(seed, drift_at_schools):
    """Each act in a transaction of its own, as requests are; refusals are part of the game."""
    world = World()
    chance = random.Random(seed)  # noqa: S311
    school = School.objects.get(pk=world.larkmead.pk)
    SchoolLink.objects.create(predecessor=world.elmgate, successor=school, kind="Merged")
    reach_predecessors()
    done = 0
    for _ in range(100):
        by = User.objects.get(pk=chance.choice([world.manager.pk, world.service.pk]))
        try:
            chance.choice([_allocate, _allocate, _end, _declare, _withdraw, _resume])(by, chance)
            done += 1
        except (TransitionNotAllowed, PermissionDenied, LookupError):
            continue
        assert drift_at_schools() == []
    assert done > 30


def _pick(chance, rows):
    """One of the rows; IndexError, a LookupError, when there are none."""
    return chance.choice(list(rows.order_by("pk")))


def _allocate(by, chance):
    starts_at = chance.choice([None, None, timezone.now() + timedelta(days=chance.randint(1, 9))])
    services.allocate(
        by,
        _pick(chance, School.objects.all()),
        _pick(chance, LinkWorker.objects.all()),
        chance.choice(AllocationKind.values),
        reason="By chance",
        starts_at=starts_at,
    )


def _end(by, chance):
    services.end(by, _pick(chance, Allocation.objects.filter(ends_at=None)), why="By chance")


def _declare(by, chance):
    worker = _pick(chance, LinkWorker.objects.all())
    services.declare_conflict(worker.user, _pick(chance, School.objects.all()))


def _withdraw(by, chance):
    conflict = _pick(chance, OwnChildConflict.objects.filter(ends_at=None))
    services.withdraw_conflict(conflict.user, conflict)


def _resume(by, chance):
    services.resume(by, _pick(chance, Allocation.objects.exclude(suspended_at=None)))
