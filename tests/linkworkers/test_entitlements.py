"""The grants stay what the allocations say, whatever is done to them."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.grants import drift
from accounts.models import User
from audit.errors import TransitionNotAllowed
from linkworkers import services
from linkworkers.entitlements import of_all_allocations
from linkworkers.models import PLACES, Allocation, LinkWorker
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
def test_the_grants_are_right_after_five_hundred_random_acts():
    """Each act in a transaction of its own, as requests are; refusals are part of the game.

    It goes on past five hundred until chance has done every act, and 150 in all.
    """
    world = World()
    chance = random.Random(2026)  # noqa: S311
    school = School.objects.get(pk=world.larkmead.pk)
    SchoolLink.objects.create(predecessor=world.elmgate, successor=school, kind="Merged")
    reach_predecessors()
    done = Counter()
    for n in range(2000):
        if n >= 500 and done.keys() == ACTS.keys() and done.total() >= 150:
            break
        by = User.objects.get(pk=chance.choice([world.manager.pk, world.service.pk]))
        [act] = chance.choices(list(ACTS), ACTS.values())
        try:
            act(by, chance)
            done[act] += 1
        except (TransitionNotAllowed, ValidationError, PermissionDenied, LookupError):
            continue
        if n % 20 == 0:
            assert drift() == []
    assert drift() == []
    assert done.keys() == ACTS.keys()
    assert done.total() >= 150


def _pick(chance, rows):
    """One of the rows; IndexError, a LookupError, when there are none."""
    return chance.choice(list(rows.order_by("pk")))


def _starts_at(chance):
    return chance.choice([None, None, timezone.now() + timedelta(days=chance.randint(1, 9))])


def _allocate(by, chance):
    services.allocate(
        by,
        _pick(chance, School.objects.all()),
        _pick(chance, LinkWorker.objects.all()),
        chance.choice(PLACES),
        reason="By chance",
        starts_at=_starts_at(chance),
    )


def _reallocate(by, chance):
    """Some places that are held go to whoever holds another of them, or to anybody."""
    held = list(
        Allocation.objects.current().filter(ends_at=None).select_related("school").order_by("pk")
    )
    leaving = chance.sample(held, min(len(held), chance.randint(1, 4)))
    workers = list(LinkWorker.objects.order_by("pk"))
    takers = chance.choice([[a.link_worker for a in leaving], workers])
    services.reallocate(
        by,
        [
            services.Move(a.school, a.kind, worker, a, "By chance")
            for a, worker in zip(leaving, chance.sample(takers, len(leaving)), strict=True)
        ],
        starts_at=_starts_at(chance),
    )


def _end(by, chance):
    services.end(by, _pick(chance, Allocation.objects.not_ended()), why="By chance")


def _cover(by, chance):
    starts_on = timezone.localdate() + timedelta(days=chance.randint(0, 9))
    services.cover(
        by,
        _pick(chance, School.objects.all()),
        _pick(chance, LinkWorker.objects.all()),
        starts_on,
        starts_on + timedelta(days=chance.randint(0, 9)),
    )


def _declare(by, chance):
    worker = _pick(chance, LinkWorker.objects.all())
    services.declare_conflict(worker.user, _pick(chance, School.objects.all()))


def _withdraw(by, chance):
    conflict = _pick(chance, OwnChildConflict.objects.filter(ends_at=None))
    services.withdraw_conflict(conflict.user, conflict)


def _resume(by, chance):
    suspended = Allocation.objects.not_ended().exclude(suspended_at=None)
    services.resume(by, _pick(chance, suspended))


def _leave(by, chance):
    services.leave(by, _pick(chance, LinkWorker.objects.filter(left_at=None)))


def _come_back(by, chance):
    worker = _pick(chance, LinkWorker.objects.exclude(left_at=None))
    services.appoint(by, worker.user, hub=worker.hub, kind=worker.kind)


# Every act on what workers hold, and how often of all it is tried.
ACTS = {
    _allocate: 10,
    _reallocate: 6,
    _end: 3,
    _cover: 3,
    _declare: 2,
    _withdraw: 3,
    _resume: 4,
    _leave: 2,
    _come_back: 2,
}
