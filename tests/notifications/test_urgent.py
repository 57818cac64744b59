"""What is urgent leaves first, and who sent it hears when it never will."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from notifications import services
from notifications.models import Message
from notifications.services import HOLDS, dispatch, drain, enqueue_many, store, written
from tests.notifications.conftest import KIND, URGENT, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return User.objects.create_user("person@example.org", "Per Son")


@pytest.fixture
def lost(kind):
    """``[(key, state)]`` of the messages whose app was told that they will never arrive."""
    told = []
    kind["when_dead"] = lambda message: told.append((message.key, message.state))
    return told


def many(count, kind=KIND):
    enqueue_many(
        [
            written(kind, f"{kind}-{n}", subject="S", body="B", address=f"{n}@example.org")
            for n in range(count)
        ]
    )


def test_five_thousand_ordinary_messages_do_not_delay_an_urgent_one(sink, write):
    many(5000)
    urgent = write("urgent", kind=URGENT)
    assert dispatch() == 1
    assert sink.ids == [urgent.message_id]


def test_what_becomes_urgent_between_two_batches_is_the_next_to_leave(sink, write):
    batch = HOLDS[False].batch
    many(2 * batch)
    dispatch()
    urgent = write("urgent", kind=URGENT)
    dispatch()
    assert sink.ids[batch:] == [urgent.message_id]


def test_the_urgent_queue_takes_nothing_else(sink, write):
    many(3)
    write("urgent", kind=URGENT)
    drain(urgent_only=True)
    assert [kind for kind, state in Message.objects.values_list("kind", "state") if state == "sent"]
    assert set(Message.objects.filter(state="pending").values_list("kind", flat=True)) == {KIND}


def test_a_batch_of_urgent_messages_is_small_and_soon_taken_over(sink, write):
    many(7, URGENT)
    many(3)
    claimed = services._claim(HOLDS, urgent_only=False)
    assert [message.kind for message in claimed] == [URGENT] * 5
    assert claimed[0].lease_ends - claimed[0].claimed_at < timedelta(minutes=1)


def test_the_claim_costs_three_pages_a_message_however_much_was_sent(person):
    """performance.md, the due scan: what it costs follows what is due, not the table."""
    many(3000)
    Message.objects.update(state="sent")
    many(500, URGENT)
    Message.objects.filter(kind=URGENT).update(to=person)
    with transaction.atomic():
        plan = json.loads(
            Message.objects.to_send()
            .select_for_update(skip_locked=True)[:500]
            .explain(format="json", analyze=True, buffers=True)
        )[0]["Plan"]
    assert plan["Actual Rows"] == 500
    pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    assert pages / 500 <= 3.3
    assert "message_to_send" in json.dumps(plan)


# --- what will never arrive -------------------------------------------------------------------


def test_its_app_hears_of_a_refused_address_and_can_tell_another(sink, write, kind):
    """security.md 4.1: dead alerts a person and tries the next."""
    write("first", kind=URGENT)
    sink.answers["first@example.org"] = "550 5.1.1 first@example.org does not exist"
    kind["when_dead"] = lambda message: store(
        URGENT, "second", subject="S", body="B", address="second@example.org"
    )
    drain()
    assert states() == {"first": "dead", "second": "sent"}


def test_its_app_hears_of_a_message_that_is_no_mail_at_all(sink, write, lost):
    write("bad")
    Message.objects.update(subject="two\nlines")
    write("good")
    drain()
    assert states() == {"bad": "dead", "good": "sent"}
    assert lost == [("bad", "dead")]


def test_its_app_hears_of_a_message_that_is_too_large_for_the_server(sink, write, lost):
    write("large", body="x" * 5_000_000)
    write("small")
    sink.limit = 1_000_000
    drain()
    assert states() == {"large": "dead", "small": "sent"}
    assert lost == [("large", "dead")]


def test_its_app_hears_that_the_person_was_deactivated_meanwhile(sink, write, person, lost):
    write("one", kind=URGENT, to=person)
    User.objects.update(is_active=False)
    drain()
    assert lost == [("one", "suppressed")]


def test_its_app_hears_that_the_person_may_not_receive_it_any_more(sink, write, kind, lost):
    write("one", kind=URGENT)
    kind["may_receive"] = lambda message: False
    drain()
    assert lost == [("one", "suppressed")]


@pytest.mark.parametrize("fate", ["no longer due", "expired", "sent", "put off"])
def test_nobody_is_alarmed_by_what_is_no_loss(sink, write, kind, lost, fate):
    write("one", kind=URGENT)
    if fate == "no longer due":
        kind["still_due"] = lambda message: False
    if fate == "expired":
        Message.objects.update(expires_at=Now())
    if fate == "put off":
        sink.answers["one@example.org"] = "451 later"
    drain()
    assert lost == []


def test_nothing_is_given_up_while_its_app_cannot_be_told(sink, write, kind, make_due, caplog):
    """It is tried again after a pause, holds up nothing, and what the app wrote is undone."""
    write("one", kind=URGENT)
    write("other", kind=URGENT)
    sink.answers["one@example.org"] = "550 5.1.1 unknown"

    def fail(message):
        store(KIND, "half", subject="S", body="B", address="half@example.org")
        raise RuntimeError("nobody left: Ann Example")

    kind["when_dead"] = fail
    drain()
    assert states() == {"one": "pending", "other": "sent"}
    assert Message.objects.get(key="one").last_error == "RuntimeError"
    assert "Nobody could be told" in caplog.text
    told = []
    kind["when_dead"] = told.append
    make_due()
    drain()
    assert states() == {"one": "dead", "other": "sent"}
    assert len(told) == 1


def test_poisoned_messages_cost_one_attempt_a_pause_and_hold_up_nobody(sink, write, kind):
    """security.md 4.3, F-12"""
    for key in ("raises", "forgotten", "unsendable", "large"):
        write(key, kind=URGENT)
    Message.objects.filter(key="forgotten").update(kind="forgotten")
    Message.objects.filter(key="unsendable").update(address="ünsendable\n@example.org")
    Message.objects.filter(key="large").update(body="x" * 5_000_000)
    sink.limit = 1_000_000
    kind["still_due"] = lambda message: message.key != "raises" or {}["Ann Example"]
    many(30)
    drain()
    drain()
    found = states()
    assert {key: found.pop(key) for key in ("raises", "forgotten", "unsendable", "large")} == {
        "raises": "pending",
        "forgotten": "pending",
        "unsendable": "dead",
        "large": "dead",
    }
    assert set(found.values()) == {"sent"}
    assert set(Message.objects.exclude(kind=KIND).values_list("attempts", flat=True)) == {1}
