"""Minutes that are late: on My work, in the list, and told on the mornings of school days."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import Message
from panels import minutes_chasing
from panels.models import Meeting
from panels.services import minutes
from schools.calendar import calendars_of
from schools.models import OwnChildConflict
from tests.children import children_of
from tests.kept import kept
from tests.panels.meetings import themed
from tests.panels.minutes import again, agreed, final, held, item_of, taker, write

pytestmark = pytest.mark.django_db


@kept
def meeting(world):
    found = children_of(world)
    return held(themed(world, found.ada, found.cleo))


def school_days_ago(number):
    """The date after which so many school days have begun until the next school day."""
    calendar = calendars_of()[None]
    today = day = timezone.localdate()
    while not calendar.is_school_day(today):
        today += timedelta(days=1)
    while calendar.school_days_since(day, today) < number:
        day -= timedelta(days=1)
    return day, today


def held_days_ago(meeting, number):
    """The meeting as held so many school days ago; returns the morning to chase on."""
    day, today = school_days_ago(number)
    at = timezone.localtime().replace(year=day.year, month=day.month, day=day.day)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=at)
    return today


def told():
    return set(
        Message.objects.filter(kind=minutes_chasing.LATE).values_list("to__email", flat=True)
    )


def page(answer):
    return unescape(answer.content.decode())


def test_minutes_are_late_after_ten_school_days_and_the_taker_is_told_once(world, meeting):
    """Rule 000-17."""
    minutes_chasing.chase(held_days_ago(meeting, 10))
    assert told() == set()
    today = held_days_ago(meeting, 11)
    minutes_chasing.chase(today)
    minutes_chasing.chase(today)
    assert told() == {world.coordinator.email}
    assert Message.objects.filter(kind=minutes_chasing.LATE).count() == 1


def test_the_managers_of_the_hubs_are_told_a_school_week_later(world, meeting):
    """Rule 000-17."""
    OwnChildConflict.objects.create(user=world.other_manager, school=world.beech)
    minutes_chasing.chase(held_days_ago(meeting, 16))
    assert told() == {world.coordinator.email, world.manager.email}


def test_nobody_is_told_on_a_day_without_school(world, meeting):
    today = held_days_ago(meeting, 12)
    while calendars_of()[None].is_school_day(today):
        today += timedelta(days=1)
    minutes_chasing.chase(today)
    assert told() == set()


def test_nobody_is_told_of_final_minutes_nor_of_their_correction(world, meeting):
    item = item_of(meeting, "The bus")
    write(item, "A word")
    agreed(item, owner=meeting.agencies.first())
    final(meeting)
    today = held_days_ago(meeting, 20)
    minutes_chasing.chase(today)
    meeting = again(meeting)
    minutes.correct(taker(meeting), meeting)
    minutes_chasing.chase(today)
    assert told() == set()


def test_the_message_names_nobody_and_is_dropped_once_the_minutes_are_final(world, meeting):
    """Design.md 5."""
    minutes_chasing.chase(held_days_ago(meeting, 11))
    message = Message.objects.get(kind=minutes_chasing.LATE)
    words = message.subject + message.body
    for name in (meeting.title, world.oakfield.name, "CANARY", meeting.pupils.first().reference):
        assert name not in words
    assert meeting.reference in words


def test_late_minutes_stand_on_my_work_of_the_taker_and_the_managers(world, meeting, as_):
    """Rule 000-17."""
    held_days_ago(meeting, 20)
    for who in (world.coordinator, world.manager):
        assert "Its minutes are late" in page(as_(who).get("/"))
        listed = page(as_(who).get("/meetings/?show=minutes"))
        assert meeting.title in listed
        assert "Its minutes are late" in listed
    for who in (world.primary, world.service):
        assert "Its minutes are late" not in page(as_(who).get("/"))


def test_as_many_queries_for_ten_meetings_as_for_one(world):
    def queries():
        with CaptureQueriesContext(connection) as made:
            minutes_chasing.chase(today)
        Message.objects.filter(kind=minutes_chasing.LATE).delete()
        return len(made)

    found = children_of(world)
    meetings = [held(themed(world, found.ada, found.cleo)) for _ in range(4)]
    today = held_days_ago(meetings[0], 20)
    queries()
    few = queries()
    for one in meetings[1:]:
        held_days_ago(one, 20)
    assert queries() == few
