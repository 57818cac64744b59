"""A manager's week in exceptions, and the message that says there is something."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services as accounts
from consultations.models import Action
from notifications import kinds
from notifications.cadence import Cadence
from notifications.models import Message
from overview import tasks
from overview.digest import Week, digest_of
from overview.notices import DIGEST, send_digests
from panels.models import Distribution, Meeting
from schools.calendar import calendars_of
from schools.models import Opening, Reason, SchoolGrant
from schools.years import school_year_of
from tests.children import child, children_of, works_with
from tests.overview.test_looks import opening
from tests.panels.meetings import council_terms, themed
from tests.panels.minutes import finalised, held
from tests.referrals.concerns import raised
from tests.referrals.support_requests import asked as ask
from tests.referrals.support_requests import dated
from tests.world import anew


@pytest.fixture
def last_week():
    return Week.before(timezone.localdate())


@pytest.fixture
def opened(world, last_week):
    """Two children of another's school, three times, by Oakfield's primary in the last week."""
    ada, bea = (child(world, name, school=world.elmgate) for name in ("Ada", "Bea"))
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


def test_children_of_a_school_one_held_at_the_time_are_no_exception(world, last_week):
    """The week tells of look-ups outside one's allocation; every reason has a page of its own."""
    at = last_week.instants[0] + timedelta(days=2)
    SchoolGrant.objects.filter(user=world.primary).update(starts_at=at - timedelta(days=1))
    here, moved = child(world, "Ada"), child(world, "Bea")
    for pupil in (here, moved):
        Opening.objects.filter(pk=opening(world.primary, pupil).pk).update(opened_at=at)
    assert digest_of(world.manager, last_week) == []
    day = timezone.localdate(at)
    moved.enrolments.update(ends_on=day - timedelta(days=1))
    moved.enrolments.create(school=world.elmgate, starts_on=day)
    [section] = digest_of(world.manager, last_week)
    assert [line.title for line in section.lines] == ["Priya Primary: 1 child"]
    moved.enrolments.filter(school=world.elmgate).update(starts_on=day + timedelta(days=1))
    moved.enrolments.filter(school=world.oakfield).update(ends_on=day)
    assert digest_of(world.manager, last_week) == []
    SchoolGrant.objects.filter(user=world.primary).update(starts_at=at + timedelta(days=1))
    [section] = digest_of(world.manager, last_week)
    assert [line.title for line in section.lines] == ["Priya Primary: 2 children"]


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
        (datetime(2030, 7, 8, 6, 30, tzinfo=UTC), True),
        (datetime(2030, 11, 25, 6, 30, tzinfo=UTC), False),
        (datetime(2030, 11, 25, 7, 30, tzinfo=UTC), True),
    ],
)
def test_it_is_sent_at_half_past_seven_here_in_summer_and_in_winter(
    world, monkeypatch, now, is_sent
):
    row = opening(world.primary, child(world, school=world.elmgate))
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


# --- what stands late now -------------------------------------------------------------------------


def week_of_now():
    return Week.before(timezone.localdate())


def section_of(user, key):
    """The lines of one section of the latest week, or none."""
    sections = digest_of(anew(user), week_of_now())
    return next((section.lines for section in sections if section.key == key), [])


@pytest.fixture
def meeting(world):
    """A CASO meeting over two hubs with the police, called."""
    children = children_of(world)
    works_with(world, children.ada)
    works_with(world, children.cleo, world.beech)
    return themed(world, children.ada, children.cleo)


def test_minutes_that_are_late_are_named_to_the_managers_of_the_hubs(world, meeting):
    """Rule 000-17."""
    held(meeting)
    assert section_of(world.manager, "minutes") == []
    long_ago = timezone.now() - timedelta(days=60)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=long_ago)
    for who in (world.manager, world.other_manager, world.service):
        [line] = section_of(who, "minutes")
        assert line.title == meeting.title
        assert "Cora Coordinator takes them" in line.why


def test_actions_past_their_date_stand_by_their_meeting(world, meeting):
    """Rule 003-31."""
    version = finalised(world, meeting)
    assert section_of(world.manager, "actions") == []
    Action.objects.filter(source_id=meeting.pk).update(
        due_on=timezone.localdate() - timedelta(days=3)
    )
    [line] = section_of(world.manager, "actions")
    assert line.title == version.meeting.title
    assert line.why.startswith("1 overdue, the oldest since ")


def test_a_caso_meeting_that_a_school_waits_for_is_named(world):
    """Rule 000-15; a request for a consultation is not: nothing here is counted of those."""
    asked = dated(ask(world, wanted="caso"), timezone.now() - timedelta(days=20))
    dated(ask(world, wanted="consultation"), timezone.now() - timedelta(days=20))
    [line] = section_of(world.manager, "requests")
    assert (line.title, line.url) == (world.oakfield.name, f"/requests/{asked.pk}/")
    assert section_of(world.other_manager, "requests") == []


def test_a_copy_that_a_partner_never_opened_is_named(world, meeting):
    """Rule 000-18."""
    version = finalised(world, meeting)
    copy = Distribution.objects.create(
        version=version,
        agency=meeting.agencies.get(),
        copy={},
        minutes_on=timezone.localdate(),
        actions_sent_at=timezone.now() - timedelta(days=8),
    )
    [line] = section_of(world.manager, "copies")
    assert (line.title, line.why) == (meeting.title, "Police")
    Distribution.objects.filter(pk=copy.pk).update(opened_at=timezone.now())
    assert section_of(world.manager, "copies") == []


def test_a_school_without_a_targeting_support_meeting_is_named_towards_the_end(world, settings):
    year = school_year_of(timezone.localdate())
    assert section_of(world.manager, "targeting") == []
    council_terms(year)
    term = calendars_of()[None].dates_of(calendars_of()[None].term_on(timezone.localdate()))
    left = max((term.ends_on - timezone.localdate()).days / 7, 0)
    settings.TARGETING_WEEKS = left + 1, left + 0.5
    named = [line.title for line in section_of(world.manager, "targeting")]
    if timezone.localdate() <= term.ends_on:
        assert named == [world.elmgate.name, world.oakfield.name]


def test_a_week_long_past_tells_nothing_of_what_stands_now(world):
    dated(ask(world, wanted="caso"), timezone.now() - timedelta(days=20))
    assert section_of(world.manager, "requests")
    assert digest_of(world.manager, Week.before(week_of_now().first_day)) == []


def test_who_wants_no_emails_is_sent_no_digest_and_finds_it_on_its_page(world, opened, as_):
    accounts.choose_cadence(world.manager, Cadence.NONE)
    send_digests(timezone.localdate())
    message = Message.objects.get(kind=DIGEST, to=world.manager)
    assert (message.state, message.last_error) == ("suppressed", "not wanted")
    assert "Priya Primary: 2 children" in as_(world.manager).get("/digest/").content.decode()


def test_a_concern_reaches_a_manager_who_wants_no_emails(world):
    """Rule 001-106, design.md 5: concerns cannot be muted."""
    for who in (world.manager, world.service):
        accounts.choose_cadence(who, Cadence.NONE)
    raised(world)
    states = Message.objects.filter(kind="concern_raised").values_list("state", flat=True)
    assert set(states) == {"pending"}


def test_the_digest_costs_the_same_however_much_there_is(world, meeting):
    def cost():
        user = anew(world.service)
        with CaptureQueriesContext(connection) as captured:
            digest_of(user, week_of_now())
        return len(captured)

    ago = timezone.now() - timedelta(days=20)
    dated(ask(world, wanted="caso"), ago)
    cost()
    few = cost()
    for _ in range(5):
        dated(ask(world, wanted="caso"), ago)
        opening(world.primary, child(world, school=world.elmgate))
    assert cost() == few <= 14
