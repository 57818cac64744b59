"""A school becomes an academy, or part of another: its children are taught there from then on."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from schools.attendance import attendance_of, monday_of
from schools.attendance_children import to_discuss
from schools.models import AttendanceWeek, Enrolment, Move, School, SchoolLink, SchoolStatus
from schools.succession import children_go_on
from tests.children import child

pytestmark = pytest.mark.django_db
CLOSED_ON = date(2026, 2, 1)


@pytest.fixture
def academy(world):
    """Oakfield closed on 1 February, and Beech alone followed it."""
    School.objects.filter(pk=world.oakfield.pk).update(
        status=SchoolStatus.CLOSED, closed_on=CLOSED_ON
    )
    SchoolLink.objects.create(predecessor=world.oakfield, successor=world.beech, kind="merged")
    return world.beech


def go_on():
    children_go_on(User.objects.system("register"))


def stays(pupil):
    rows = pupil.enrolments.order_by("starts_on")
    return [(row.school.name, row.starts_on, row.ends_on) for row in rows]


def test_the_children_of_a_closed_school_are_taught_at_the_one_that_follows_it(world, academy):
    ada = child(world)
    go_on()
    assert stays(ada) == [
        (world.oakfield.name, date(2024, 9, 2), CLOSED_ON),
        (academy.name, CLOSED_ON, None),
    ]
    assert not Move.objects.exists()
    assert not ada.involvements.exists()
    go_on()
    assert Enrolment.objects.filter(pupil=ada).count() == 2


def test_who_came_after_the_day_of_the_register_ends_no_stay_before_it_began(world, academy):
    late = child(world)
    Enrolment.objects.filter(pupil=late).update(starts_on=CLOSED_ON + timedelta(days=9))
    go_on()
    assert stays(late)[1][1:] == (CLOSED_ON + timedelta(days=9), None)


def test_the_day_is_the_one_on_which_the_other_took_over(world, academy):
    SchoolLink.objects.update(since=date(2026, 1, 5))
    ada = child(world)
    go_on()
    assert stays(ada)[1][1] == date(2026, 1, 5)


def test_of_a_school_that_was_split_nobody_is_taken_anywhere(world, academy):
    SchoolLink.objects.create(predecessor=world.oakfield, successor=world.larkmead, kind="split")
    ada = child(world)
    go_on()
    assert len(stays(ada)) == 1


@pytest.mark.parametrize("key", ["oakfield", "beech"])
def test_nobody_goes_on_from_an_open_school_nor_to_a_closed_one(world, academy, key):
    was_open = key == "oakfield"
    School.objects.filter(pk=getattr(world, key).pk).update(
        status=SchoolStatus.OPEN if was_open else SchoolStatus.CLOSED
    )
    ada = child(world)
    go_on()
    assert len(stays(ada)) == 1


def test_many_children_cost_as_many_queries_as_one(world, academy, django_assert_max_num_queries):
    for number in range(20):
        child(world, f"Ada{number}")
    with django_assert_max_num_queries(9):
        go_on()


def test_attendance_of_before_and_after_is_one(world, academy, django_assert_num_queries):
    """Rule 001-12: nobody drops off the list in the week in which a school becomes an academy."""
    today = timezone.localdate()
    ada = child(world)
    this_week = monday_of(today)
    for school, missed in ((world.oakfield, 5), (academy, 0)):
        AttendanceWeek.objects.create(
            pupil=ada, school=school, week=this_week, possible=5, missed=missed
        )
    go_on()
    assert list(to_discuss(academy, today).pupils.values()) == [ada]
    with django_assert_num_queries(2):
        assert attendance_of([ada], academy) == {ada.pk: 50}
