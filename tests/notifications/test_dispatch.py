"""Sending what is written: each message once, whatever breaks on the way."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from notifications import services
from notifications.models import Message
from notifications.services import HOLDS, Hold, dispatch, drain
from tests.notifications.conftest import KIND, states


@pytest.fixture
def person(db):
    return User.objects.create_user("person@example.org", "Per Son")


def seconds_to_next_try(message):
    wait = Message.objects.annotate(wait=F("next_try_at") - Now()).get(pk=message.pk).wait
    return wait.total_seconds()


def test_a_message_arrives_with_its_headers(db, sink, write):
    message = write("one", subject="Early help consultation – Oakfield", body="Grüße\n")
    assert dispatch() == 1
    arrived = sink.accepted[0]
    assert arrived["To"] == "one@example.org"
    assert arrived["Message-ID"] == message.message_id
    assert arrived["Date"] == message.date_header
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["X-Linkbook-Kind"] == KIND
    assert arrived.get_payload(decode=True).decode() == "Grüße\r\n"
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == ("sent", 1, "")
    assert message.sent_at >= message.created_at
    assert message.body == "Grüße\n"


def test_what_is_sent_is_not_sent_again(db, sink, write):
    write("one")
    drain()
    drain()
    assert len(sink.accepted) == 1


def test_a_batch_goes_over_one_connection(db, sink, write):
    for number in range(5):
        write(str(number))
    assert dispatch() == 5
    assert (len(sink.accepted), sink.connections) == (5, 1)


def test_batches_go_over_one_connection_until_it_has_carried_many(db, sink, write, monkeypatch):
    monkeypatch.setattr("notifications.delivery.MOST_OVER_ONE", 2 * HOLDS[False].batch)
    number = 2 * HOLDS[False].batch + 1
    for key in range(number):
        write(str(key))
    drain()
    assert (len(sink.accepted), sink.connections) == (number, 2)


def test_a_connection_that_breaks_is_made_anew_for_the_next_message(db, sink, write):
    for key in ("broken", "next"):
        write(key)

    async def vanish_once(message_id):
        sink.reply_to_data = None
        sink.sever()

    sink.reply_to_data = vanish_once
    drain()
    assert states() == {"broken": "sending", "next": "sent"}
    assert sink.connections == 2


def test_a_worker_whose_lease_ran_out_marks_nothing(db, sink, write, kind):
    """Another has the message by then, and says what became of it."""
    message = write("one")

    def another_takes_it(message):
        Message.objects.update(next_try_at=Now() + timedelta(minutes=5))
        return True

    kind["still_due"] = another_takes_it
    drain()
    message.refresh_from_db()
    assert (message.state, message.sent_at) == ("sending", None)


def test_five_at_once_send_each_message_once(transactional_db, sink, write):
    for number in range(60):
        write(str(number))
    together = threading.Barrier(5)

    def work():
        together.wait()
        try:
            while dispatch({False: Hold(batch=5, lease=timedelta(minutes=2))}):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sink.ids) == len(set(sink.ids)) == 60
    assert set(states().values()) == {"sent"}


def test_a_server_that_is_down_loses_nothing_and_blames_no_message(db, sink, write):
    for number in range(3):
        write(str(number))
    sink.down()
    assert dispatch() == 0
    seen = set(Message.objects.values_list("state", "attempts", "last_error"))
    assert seen == {("pending", 0, "ConnectionRefusedError")}
    sink.up()
    drain()
    assert set(Message.objects.values_list("state", "last_error")) == {("sent", "")}
    assert len(sink.ids) == 3


def test_every_attempt_sends_the_same_message_id_and_date(db, sink, write, make_due):
    message = write("one")
    seen = []

    async def refuse_twice(message_id):
        seen.append(message_id)
        return "451 Come back later" if len(seen) < 3 else None

    sink.reply_to_data = refuse_twice
    for _ in range(3):
        drain()
        make_due()
    assert seen == [message.message_id] * 3
    assert [arrived["Date"] for arrived in sink.accepted] == [message.date_header]
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 3)


def test_a_later_please_puts_off_that_message_only(db, sink, write):
    greylisted = write("grey")
    write("other")
    sink.answers["grey@example.org"] = "451 4.7.1 grey@example.org is greylisted"
    drain()
    greylisted.refresh_from_db()
    assert states() == {"grey": "pending", "other": "sent"}
    assert greylisted.last_error == "SMTPRecipientsRefused 451"
    assert 2 < seconds_to_next_try(greylisted) <= 5


def test_the_pauses_grow_to_five_minutes_at_most_and_are_never_in_step():
    for attempts, longest in [(0, 5), (1, 10), (3, 40), (6, 300), (500, 300)]:
        pauses = {services._pause(attempts).total_seconds() for _ in range(50)}
        assert all(longest / 2 <= pause <= longest for pause in pauses)
        assert len(pauses) > 1


def test_an_address_that_does_not_exist_is_given_up(db, sink, write, caplog):
    gone = write("gone")
    write("other")
    sink.answers["gone@example.org"] = "550 5.1.1 gone@example.org does not exist"
    drain()
    gone.refresh_from_db()
    assert states() == {"gone": "dead", "other": "sent"}
    assert gone.last_error == "SMTPRecipientsRefused 550"
    assert str(gone.id) in caplog.text
    assert "gone@" not in caplog.text


def test_a_refusal_that_is_our_fault_is_tried_again(db, sink, write):
    write("one")
    sink.answers["one@example.org"] = "550 5.7.1 Relaying denied"
    drain()
    assert states() == {"one": "pending"}


def test_a_bad_row_does_not_hold_up_the_others(db, sink, write, kind):
    write("bad")
    for number in range(3):
        write(str(number))

    def fail_for_bad(message):
        if message.key == "bad":
            raise RuntimeError("no such share: Ann Example")
        return True

    kind["still_due"] = fail_for_bad
    assert dispatch() == 4
    assert states() == {"bad": "pending", "0": "sent", "1": "sent", "2": "sent"}
    assert Message.objects.get(key="bad").last_error == "RuntimeError"


def test_a_kind_that_no_app_knows_any_more_waits_and_is_seen(db, sink, write):
    message = write("one")
    Message.objects.update(kind="forgotten")
    drain()
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("pending", "UnknownKind")


@pytest.mark.parametrize("question", ["still_due", "may_receive"])
def test_a_message_that_should_not_go_any_more_is_held_back(db, sink, write, kind, question):
    write("one")
    kind[question] = lambda message: False
    drain()
    assert states() == {"one": "suppressed"}
    assert sink.accepted == []


def test_a_person_who_was_deactivated_gets_nothing(sink, write, person):
    write("one", to=person)
    User.objects.update(is_active=False)
    drain()
    assert states() == {"one": "suppressed"}
    assert sink.accepted == []


@pytest.mark.parametrize("outcome", ["sent", "dead", "suppressed", "expired"])
def test_a_secret_is_erased_once_it_is_done_with(db, sink, write, kind, outcome):
    expires_at = timezone.now() + timedelta(hours=-1 if outcome == "expired" else 1)
    message = write("one", secret=True, expires_at=expires_at, body="the way in")
    kind["still_due"] = lambda message: outcome != "suppressed"
    if outcome == "dead":
        sink.answers["one@example.org"] = "550 5.1.1 unknown"
    drain()
    message.refresh_from_db()
    assert message.body == ""
    assert message.state == ("dead" if outcome == "expired" else outcome)
    assert len(sink.accepted) == (outcome == "sent")


def test_a_secret_is_kept_while_it_waits(db, sink, write):
    message = write("one", secret=True, body="the way in")
    sink.answers["one@example.org"] = "451 later"
    drain()
    message.refresh_from_db()
    assert (message.state, message.body) == ("pending", "the way in")


def test_what_has_expired_says_so(db, sink, write):
    message = write("one", expires_at=timezone.now() - timedelta(seconds=1))
    drain()
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("dead", "expired")


def test_a_slow_server_keeps_no_worker_past_its_lease(db, sink, write, monkeypatch, settings):
    """What the server could still be taking when the lease ends is left to others."""
    for number in range(4):
        write(str(number))
    ticks = iter([0, 79, 81])
    clock = SimpleNamespace(monotonic=lambda: next(ticks))
    monkeypatch.setattr("notifications.services.time", clock)
    assert services.SLOWEST > settings.EMAIL_TIMEOUT
    assert dispatch() == 2
    assert sorted(Message.objects.values_list("state", "attempts")) == [
        ("pending", 0),
        ("pending", 0),
        ("sent", 1),
        ("sent", 1),
    ]


def test_a_batch_costs_six_queries_and_one_per_message(db, sink, write):
    counts = []
    for size in (5, 15):
        for number in range(size):
            write(f"{size}-{number}")
        with CaptureQueriesContext(connection) as queries:
            assert dispatch() == size
        counts.append(len(queries) - size)
    assert counts[0] == counts[1] <= 6


def test_the_command_sends_what_is_due(db, sink, write):
    write("one")
    call_command("dispatch")
    assert states() == {"one": "sent"}
