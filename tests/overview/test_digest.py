"""A manager's week in exceptions, and the message that says there is something."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from notifications import kinds
from notifications.models import Message
from overview import tasks
from overview.digest import Week, digest_of
from overview.notices import DIGEST, send_digests
from schools.models import Opening, Reason
from tests.children import child
from tests.overview.test_looks import opening


@pytest.fixture
def last_week():
    return Week.before(timezone.localdate())


@pytest.fixture
def opened(world, last_week):
    """Two children, three times, by the primary link worker in the last week."""
    ada, bea = child(world, "Ada"), child(world, "Bea")
    at = last_week.instants[0] + timedelta(days=2)
    for pupil, reason, words in (
        (ada, Reason.COVER, ""),
        (ada, Reason.OTHER, "Asked by the police"),
        (bea, Reason.COVER, ""),
    ):
        row = opening(world.primary, pupil, reason, words)
        Opening.objects.filter(pk=row.pk).update(opened_at=at)
    return ada, bea


def sent():
    return {message.to.email for message in Message.objects.filter(kind=DIGEST)}


def test_a_week_is_the_seven_days_before_a_monday():
    week = Week.before(date(2026, 11, 25))
    assert (week.first_day, week.last_day) == (date(2026, 11, 16), date(2026, 11, 22))
    summer = Week.before(date(2026, 3, 30))
    assert [at.astimezone(UTC) for at in summer.instants] == [
        datetime(2026, 3, 23, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 23, tzinfo=UTC),
    ]


def test_it_names_who_opened_children_outside_their_work_and_how_many(world, opened, last_week):
    """Rule 001-58."""
    [section] = digest_of(world.manager, last_week)
    [line] = section.lines
    assert line.title == "Priya Primary: 2 children"
    assert "Covering for a colleague, or on duty and “Asked by the police”" in line.why
    assert digest_of(world.other_manager, last_week) == []
    assert digest_of(world.manager, Week.before(last_week.first_day)) == []


def test_the_message_goes_to_managers_who_have_an_exception_and_holds_nothing_of_it(world, opened):
    """design.md 5: nothing personal in a subject or a body."""
    send_digests(timezone.localdate())
    assert sent() == {"manager@example.org", "service@example.org"}
    for message in Message.objects.filter(kind=DIGEST):
        text = message.subject + message.body
        assert "/digest/?week=" in text
        for word in ("CANARY", "Ada", "Bea", "Priya", "police", "children", str(opened[0].pk)):
            assert word not in text, word


def test_sent_twice_it_arrives_once(world, opened):
    send_digests(timezone.localdate())
    send_digests(timezone.localdate())
    assert Message.objects.filter(kind=DIGEST).count() == 2


def test_what_is_no_longer_there_is_not_told(world, opened):
    send_digests(timezone.localdate())
    message = Message.objects.get(kind=DIGEST, to=world.manager)
    kind = kinds.get(DIGEST)
    assert kind.still_due(message)
    assert kind.may_receive(message)
    world.manager.staff_roles.update(ends_at=timezone.now())
    message = Message.objects.get(pk=message.pk)
    assert not kind.may_receive(message)
    Opening.objects.all().delete()
    assert not kind.still_due(message)


@pytest.mark.parametrize(
    ("now", "is_sent"),
    [
        (datetime(2026, 7, 6, 6, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 6, 30, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 7, 30, tzinfo=UTC), True),
    ],
)
def test_it_is_sent_at_half_past_seven_here_in_summer_and_in_winter(
    world, monkeypatch, now, is_sent
):
    row = opening(world.primary, child(world))
    Opening.objects.filter(pk=row.pk).update(opened_at=now - timedelta(days=3))
    monkeypatch.setattr(timezone, "now", lambda: now)
    tasks.send_digests()
    assert bool(sent()) is is_sent


def test_the_page_shows_the_week_and_the_weeks_before(world, opened, last_week, as_):
    client = as_(world.manager)
    html = client.get("/digest/").content.decode()
    assert "Priya Primary: 2 children" in html
    assert f"?week={last_week.first_day}" in html
    assert "CANARY" not in html
    earlier = client.get(f"/digest/?week={last_week.first_day}").content.decode()
    assert "Nothing in this week is for you to look at." in earlier
    for nonsense in ("x", "2026-13-45", "9999-01-01", "1999-01-01"):
        assert client.get("/digest/", {"week": nonsense}).status_code == 200


@pytest.mark.parametrize("who", ["primary", "duty", "dsl", "governance", "administrator"])
def test_the_page_is_for_managers(world, as_, who):
    assert as_(getattr(world, who)).get("/digest/").status_code == 404
