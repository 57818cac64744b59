"""How often somebody is written to, and what comes at once whatever they chose (issue 7, 9)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from notifications import cadence, kinds
from notifications.cadence import Cadence, held_until
from notifications.health import health
from notifications.models import Message
from notifications.services import dispatch, store
from tests.notifications.conftest import KIND, URGENT, states
from tests.world import anew

# A Tuesday at ten in London.
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
# What nobody mutes: concerns, domestic abuse, crises, and what guards accounts and records.
NEVER_WAIT = {
    "concern_added",
    "concern_decided",
    "concern_no_need",
    "concern_objected",
    "concern_objection_answered",
    "concern_passed",
    "concern_raised",
    "concern_taken",
    "concern_to_decide",
    "conflict_declared",
    "contact_to_confirm",
    "crisis_entered",
    "invitation",
    "many_children_opened",
    "notice_named",
    "notice_to_decide",
    "notice_to_read",
    "notice_waits",
    "own_name_opened",
    "password_reset",
    "role_to_confirm",
}


@pytest.fixture
def not_now(monkeypatch):
    """Whenever the tests run, it is not the time at which what is kept goes."""
    monkeypatch.setattr(cadence, "UNTIL", cadence.AT)


@pytest.fixture
def reader(db, not_now):
    """``reader(wanted)``: somebody who wants to be written to so often."""

    def make(wanted):
        return User.objects.create_user(f"{wanted}@example.org", "Rea Der", cadence=wanted)

    return make


@pytest.mark.parametrize(
    ("wanted", "now", "then"),
    [
        (Cadence.AT_ONCE, TUESDAY, None),
        (Cadence.DAILY, TUESDAY, datetime(2026, 11, 25, 7, 30, tzinfo=UTC)),
        (Cadence.WEEKLY, TUESDAY, datetime(2026, 11, 30, 7, 30, tzinfo=UTC)),
        # Over the night in which the clocks go back.
        (
            Cadence.DAILY,
            datetime(2026, 10, 24, 9, tzinfo=UTC),
            datetime(2026, 10, 25, 7, 30, tzinfo=UTC),
        ),
        # Before half past seven here, in summer: today, and on a Monday too.
        (
            Cadence.WEEKLY,
            datetime(2026, 7, 6, 5, tzinfo=UTC),
            datetime(2026, 7, 6, 6, 30, tzinfo=UTC),
        ),
        # What a tick writes that comes an hour late goes with the others, in summer too.
        (Cadence.WEEKLY, datetime(2026, 7, 6, 7, 31, tzinfo=UTC), None),
        (Cadence.DAILY, datetime(2026, 11, 24, 8, 31, tzinfo=UTC), None),
        # What is written at that time goes with the others.
        (Cadence.DAILY, datetime(2026, 11, 24, 7, 31, tzinfo=UTC), None),
        (Cadence.WEEKLY, datetime(2026, 11, 23, 7, 31, tzinfo=UTC), None),
        (
            Cadence.WEEKLY,
            datetime(2026, 11, 24, 7, 31, tzinfo=UTC),
            datetime(2026, 11, 30, 7, 30, tzinfo=UTC),
        ),
    ],
)
def test_it_goes_at_half_past_seven_here(wanted, now, then):
    assert held_until(wanted, now) == then


def test_who_wants_it_once_a_week_gets_it_then_and_nobody_has_to_look_after_it(
    reader, sink, write, make_due
):
    message = write(to=reader(Cadence.WEEKLY))
    assert message.held_until == message.next_try_at > timezone.now()
    assert dispatch() == 0
    Message.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert health().oldest_unsent == timedelta()
    make_due()
    dispatch()
    assert states() == {"one": "sent"}


def test_what_is_late_after_its_time_is_seen_from_outside(reader, write):
    write(to=reader(Cadence.DAILY))
    hour_ago = timezone.now() - timedelta(hours=1)
    Message.objects.update(created_at=hour_ago - timedelta(days=1), held_until=hour_ago)
    assert timedelta(minutes=59) < health().oldest_unsent < timedelta(minutes=61)


def test_who_wants_none_gets_none_and_the_record_says_so(reader, write):
    message = write(to=reader(Cadence.NONE))
    assert (message.state, message.last_error) == ("suppressed", "not wanted")


@pytest.mark.parametrize("wanted", Cadence)
def test_a_concern_ignores_it(reader, write, wanted):
    """Rule 001-106, design.md 5: it cannot be muted."""
    message = write(kind=URGENT, to=reader(wanted))
    assert (message.state, message.held_until) == ("pending", None)


def test_what_lets_somebody_in_or_has_a_date_ignores_it(reader, write):
    none = reader(Cadence.NONE)
    secret = write("secret", to=none, secret=True)
    invited = write("date", to=none, calendar=b"BEGIN:VCALENDAR")
    inbox = write("inbox")
    assert {one.state for one in (secret, invited, inbox)} == {"pending"}


def test_nothing_said_of_a_concern_and_nothing_that_guards_an_account_may_wait():
    never = {name for name, kind in kinds._kinds.items() if not kind.may_wait}
    assert {name for name in kinds._kinds if "concern" in name} <= never
    assert never >= NEVER_WAIT


def test_who_changes_their_mind_hears_what_was_kept(reader, write):
    somebody = reader(Cadence.WEEKLY)
    write(to=somebody)
    accounts.choose_cadence(somebody, Cadence.AT_ONCE)
    kept = Message.objects.get()
    assert kept.held_until <= timezone.now()
    assert kept.next_try_at <= timezone.now()
    write("two", to=User.objects.get(pk=somebody.pk))
    accounts.choose_cadence(somebody, Cadence.DAILY)
    write("three", to=User.objects.get(pk=somebody.pk))
    accounts.choose_cadence(somebody, Cadence.NONE)
    assert states() == {"one": "pending", "two": "pending", "three": "suppressed"}


def test_everybody_chooses_on_their_own_page(world, as_):
    client = as_(world.dsl)
    for nonsense in ("", "hourly", "daily\0"):
        page = client.post("/account/emails/", {"cadence": nonsense})
        assert "Select how often you want our emails" in page.content.decode()
    client.post("/account/emails/", {"cadence": "daily"})
    world.dsl.refresh_from_db()
    assert world.dsl.cadence == Cadence.DAILY
    assert "Once a day" in client.get("/account/").content.decode()


def test_what_was_kept_for_days_is_not_late_when_its_reader_wants_it_at_once(reader, write):
    """Who changes their mind calls nobody out of bed."""
    somebody = reader(Cadence.WEEKLY)
    write(to=somebody)
    Message.objects.update(created_at=timezone.now() - timedelta(days=3))
    accounts.choose_cadence(somebody, Cadence.AT_ONCE)
    assert health().oldest_unsent < timedelta(minutes=1)


def test_what_is_kept_bears_the_date_on_which_it_goes(reader, write):
    """A mailbox sorts by it: dated days ago, a message would come in below those that were read."""
    somebody = reader(Cadence.WEEKLY)
    message = write(to=somebody)
    assert parsedate_to_datetime(message.date_header) == message.held_until.replace(microsecond=0)
    accounts.choose_cadence(somebody, Cadence.AT_ONCE)
    message.refresh_from_db()
    assert parsedate_to_datetime(message.date_header) <= timezone.now()


def test_what_ends_is_not_kept_until_it_has_ended(reader, write):
    ends = timezone.now() + timedelta(minutes=10)
    assert write(to=reader(Cadence.WEEKLY), expires_at=ends).held_until is None


def test_the_page_of_messages_says_what_is_kept_and_what_nobody_wants(world, as_, not_now):
    for wanted, who in ((Cadence.WEEKLY, world.primary), (Cadence.NONE, world.dsl)):
        accounts.choose_cadence(who, wanted)
        store(KIND, wanted, to=anew(who), subject="A note was shared", body="Read it.")
    page = as_(world.administrator).get("/messages/").content.decode()
    until = timezone.localtime(Message.objects.get(key="weekly").held_until)
    assert f"Kept until {until:%-d %B %Y}, 7:30am" in page
    assert "No emails wanted" in page
