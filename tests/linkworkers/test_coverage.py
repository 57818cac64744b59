"""Who answers for a school on a day, and the days nobody is there (rule 001-48)."""

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from govuk.words import long_date
from linkworkers import coverage, services
from linkworkers.models import Absence, Allocation, AllocationKind, LinkWorker
from schools.models import OwnChildConflict, School, SchoolType

# Next week's Wednesday, so that its week has days before it and after.
WEDNESDAY = timezone.localdate() + timedelta(days=9 - timezone.localdate().weekday())


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def away(world, today):
    """``away(user, first, last)``: absent from today plus ``first`` days to plus ``last``."""

    def add(user, first=0, last=0):
        return Absence.objects.create(
            link_worker=user.link_worker,
            starts_on=today + timedelta(days=first),
            ends_on=today + timedelta(days=last),
            added_by=user,
        )

    return add


def who_answers(school, day=None):
    return coverage.answering([school], day)[school.pk]


# --- who answers ---------------------------------------------------------------------------


def test_the_primary_answers_and_while_away_the_secondary_then_the_cover(world, away):
    """rule 001-48."""
    for expected in (world.primary, world.secondary, world.cover):
        assert who_answers(world.oakfield).people == [expected]
        away(expected)
    alone = who_answers(world.oakfield)
    assert alone.people == [world.manager]
    assert alone.instead_of == world.primary.link_worker


def test_on_another_day_the_absence_of_that_day_counts(world, away, today):
    away(world.primary, 3, 5)
    assert who_answers(world.oakfield, today + timedelta(days=2)).people == [world.primary]
    assert who_answers(world.oakfield, today + timedelta(days=4)).people == [world.secondary]
    assert who_answers(world.oakfield, today + timedelta(days=6)).people == [world.primary]


def test_who_is_suspended_or_deactivated_does_not_answer(world):
    """rule 001-53."""
    services.declare_conflict(world.primary, world.oakfield)
    assert who_answers(world.oakfield).people == [world.secondary]
    world.secondary.is_active = False
    world.secondary.save()
    assert who_answers(world.oakfield).people == [world.cover]


def test_a_cover_answers_to_its_last_day_and_no_longer(world, away, today):
    away(world.primary, 0, 30)
    away(world.secondary, 0, 30)
    last = world.cover_allocation.last_day
    assert who_answers(world.oakfield, last - timedelta(days=1)).people == [world.cover]
    assert who_answers(world.oakfield, last + timedelta(days=1)).people == [world.manager]


def test_a_manager_whose_own_child_attends_does_not_answer(world):
    """rule 001-53."""
    Allocation.objects.filter(school=world.elmgate).update(
        ends_at=timezone.now(), ended_by=world.service
    )
    assert who_answers(world.elmgate).people == [world.manager]
    OwnChildConflict.objects.create(user=world.manager, school=world.elmgate)
    assert who_answers(world.elmgate).people == []


def many_schools(world, number):
    """Schools of the coast, each with a primary of its own but every third."""
    schools = School.objects.bulk_create(
        School(
            urn=str(910_000 + n),
            name=f"School {n}",
            type_group=SchoolType.PRIMARY,
            hub=world.coast,
        )
        for n in range(number)
    )
    for school in schools[::3]:
        world.allocation(school, world.former, AllocationKind.PRIMARY)
    return schools


def test_answering_for_many_schools_takes_no_more_queries(world, away):
    away(world.former)

    def queries():
        schools = list(School.objects.all())
        with CaptureQueriesContext(connection) as captured:
            assert len(coverage.answering(schools)) == len(schools)
        return len(captured)

    few = queries()
    many_schools(world, 60)
    assert queries() == few == 3


# --- the days nobody is there --------------------------------------------------------------


@pytest.fixture
def pair(world):
    """Elmgate with Olu alone, all five days, since long."""
    return world.other_worker.link_worker


def rows(world, day=WEDNESDAY, school=None):
    found = School.objects.filter(pk=(school or world.elmgate).pk)
    return coverage.uncovered(found, day)


def test_a_school_with_somebody_there_all_days_is_not_listed(world, pair):
    assert rows(world) == []


def test_an_absence_uncovers_its_days_from_today_on(world, pair):
    Absence.objects.create(
        link_worker=pair,
        starts_on=WEDNESDAY - timedelta(days=2),
        ends_on=WEDNESDAY + timedelta(days=5),
        added_by=world.manager,
    )
    [row] = rows(world)
    assert row.days == tuple(WEDNESDAY + timedelta(days=n) for n in (0, 1, 2, 5))
    assert row.this_week.missing == "Wednesday, Thursday and Friday"
    assert [day.is_over for day in row.this_week.days] == [True, True, False, False, False]
    assert row.next_week.missing == "Monday"
    first, last = (long_date(WEDNESDAY + timedelta(days=n)) for n in (-2, 5))
    assert f"Olu Otherschool (primary) is away from {first} to {last}" in row.why


def test_a_pair_that_covers_the_week_between_them_is_enough(world, pair):
    """rule 001-48: support at all times in the working week."""
    LinkWorker.objects.filter(pk=pair.pk).update(working_days=[0, 1, 2])
    [row] = rows(world)
    assert row.this_week.missing == "Thursday and Friday"
    assert "does not work on Thursday and Friday" in row.why
    second = world.allocation(world.elmgate, world.far_worker, AllocationKind.COVER, **_period())
    LinkWorker.objects.filter(pk=second.link_worker_id).update(working_days=[3, 4])
    assert rows(world) == []


def _period():
    return {"ends_at": timezone.now() + timedelta(days=60)}


def test_a_suspended_or_deactivated_worker_covers_nothing(world, pair):
    """rule 001-53: what is suspended opens and covers nothing."""
    world.other_worker.is_active = False
    world.other_worker.save()
    [row] = rows(world)
    assert len(row.days) == 8
    assert "is deactivated" in row.why
    assert "is suspended" in row.why


def test_a_cover_is_there_on_its_days_only(world, pair):
    Absence.objects.create(
        link_worker=pair, starts_on=WEDNESDAY, ends_on=None, added_by=world.manager
    )
    ends_at = timezone.make_aware(datetime.combine(WEDNESDAY + timedelta(days=3), time.min))
    world.allocation(world.elmgate, world.cover, AllocationKind.COVER, ends_at=ends_at)
    [row] = rows(world)
    assert row.this_week.missing == ""
    assert row.next_week.missing == "Monday, Tuesday, Wednesday, Thursday and Friday"


def test_a_place_about_to_be_empty_is_said_to_be(world, pair):
    last_day = WEDNESDAY + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min))
    Allocation.objects.filter(school=world.elmgate, link_worker=pair).update(
        ends_at=midnight, ended_by=world.manager
    )
    [row] = rows(world)
    assert row.this_week.missing == "Friday"
    assert f"Olu Otherschool (primary) is there until {long_date(last_day)}" in row.why


def test_on_a_saturday_only_next_week_is_left(world, pair):
    Absence.objects.create(
        link_worker=pair, starts_on=WEDNESDAY, ends_on=None, added_by=world.manager
    )
    [row] = rows(world, WEDNESDAY + timedelta(days=3))
    assert row.days[0] == WEDNESDAY + timedelta(days=5)
    assert row.this_week.cover == "This week is over"


def test_a_closed_school_needs_nobody(world, pair):
    School.objects.filter(pk=world.elmgate.pk).update(status="closed")
    Absence.objects.create(link_worker=pair, starts_on=WEDNESDAY, added_by=world.manager)
    assert rows(world) == []


# --- the page ------------------------------------------------------------------------------


def test_a_manager_sees_the_gaps_of_their_hub_and_names_cover(world, as_, away):
    away(world.other_worker, 0, 20)
    page = as_(world.manager).get("/allocations/cover/").content.decode()
    assert "Elmgate School" in page
    assert f"/allocations/{world.elmgate.urn}/cover/" in page
    assert "Cole Cover" in page
    assert "Beechcroft" not in page
    far = as_(world.other_manager).get("/allocations/cover/").content.decode()
    assert "Elmgate" not in far


def test_the_page_takes_as_many_queries_for_many_schools_as_for_few(world, as_, away):
    """performance.md: the same for two schools as for sixty."""
    away(world.former, 0, 5)
    client = as_(world.service)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/allocations/cover/").status_code == 200
        return len(captured)

    queries()
    few = queries()
    many_schools(world, 60)
    assert queries() == few


def test_a_cover_is_ended_from_the_page_by_who_may_only(world, as_):
    """rule 001-53: a manager whose own child attends decides nothing there."""
    path = f"/allocations/{world.cover_allocation.pk}/end/"
    assert path in as_(world.manager).get("/allocations/cover/").content.decode()
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    page = as_(world.manager).get("/allocations/cover/").content.decode()
    assert "Cole Cover" in page
    assert path not in page
