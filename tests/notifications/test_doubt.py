"""What may have arrived: the way out is asked before it goes again (security.md 4.1)."""

import pytest
from django.db.models import F
from django.db.models.functions import Now

from notifications import services
from notifications.delivery import Courier
from notifications.models import Message
from notifications.services import dispatch, drain
from tests.notifications.conftest import states

pytestmark = pytest.mark.django_db


class Knowing(Courier):
    """The mail server, with somebody who answers for it."""

    answer = False
    asked = []

    def was_taken(self, message):
        self.asked.append(message.key)
        return self.answer


@pytest.fixture
def relay(settings, monkeypatch):
    settings.COURIER = f"{__name__}.Knowing"
    monkeypatch.setattr(Knowing, "asked", [])
    monkeypatch.setattr(Knowing, "answer", False)
    return Knowing


@pytest.fixture
def abandoned(write, make_due):
    """A message whose worker died with it, and whose lease has just run out."""
    write("one")
    services._claim(services.HOLDS, urgent_only=False)
    make_due()
    return Message.objects.get()


def age(seconds):
    """Let this much time pass for the doubt."""
    Message.objects.update(in_doubt_since=F("in_doubt_since") - services.timedelta(seconds=seconds))


def test_what_is_sent_for_the_first_time_needs_no_question(sink, relay, write):
    write("one")
    drain()
    assert relay.asked == []


def test_what_was_taken_is_not_sent_again(sink, relay, abandoned):
    relay.answer = True
    assert dispatch() == 1
    assert (states(), sink.ids) == ({"one": "sent"}, [])
    abandoned.refresh_from_db()
    assert abandoned.sent_at


def test_what_was_not_taken_is_sent(sink, relay, abandoned):
    drain()
    assert (states(), sink.ids) == ({"one": "sent"}, [abandoned.message_id])
    assert relay.asked == ["one"]


def test_while_nobody_knows_it_waits_but_a_minute_at_most(sink, relay, abandoned, make_due):
    """At least once beats at most once: a concern is never held up for long."""
    relay.answer = None
    for _ in range(3):
        drain()
        make_due()
    abandoned.refresh_from_db()
    assert (abandoned.state, abandoned.attempts, sink.ids) == ("pending", 1, [])
    age(seconds=61)
    drain()
    assert (states(), sink.ids) == ({"one": "sent"}, [abandoned.message_id])


def test_a_question_comes_back_in_seconds(sink, relay, abandoned):
    relay.answer = None
    drain()
    wait = Message.objects.annotate(wait=F("next_try_at") - Now()).get().wait
    assert 4 < wait.total_seconds() <= 5


def test_a_mail_server_cannot_be_asked_so_the_same_message_goes_again(sink, abandoned):
    drain()
    assert sink.ids == [abandoned.message_id]
    assert sink.accepted[0]["Date"] == abandoned.date_header


def test_a_connection_that_breaks_before_the_answer_leaves_a_doubt(sink, relay, write, make_due):
    write("one")

    async def vanish(message_id):
        sink.sever()

    sink.reply_to_data = vanish
    drain()
    message = Message.objects.get()
    assert (message.state, message.last_error) == ("sending", "SMTPServerDisconnected")
    assert dispatch() == 0, "it is put off"
    sink.reply_to_data = None
    relay.answer = True
    make_due()
    drain()
    assert (states(), relay.asked) == ({"one": "sent"}, ["one"])


@pytest.mark.parametrize("answer", ["451 later", "552 5.2.2 full", "550 5.7.1 no"])
def test_an_answer_leaves_none(sink, relay, write, make_due, answer):
    write("one")
    sink.answers["one@example.org"] = answer
    drain()
    make_due()
    drain()
    assert relay.asked == []


def test_a_server_out_of_reach_leaves_none(sink, relay, write):
    write("one")
    sink.down()
    drain()
    sink.up()
    drain()
    assert (states(), relay.asked) == ({"one": "sent"}, [])


def test_a_doubt_outlives_a_server_out_of_reach(sink, relay, abandoned):
    """The time for questions begins with the first that could be asked."""
    sink.down()
    drain()
    age(seconds=61)
    sink.up()
    relay.answer = None
    drain()
    assert sink.ids == []
    relay.answer = True
    Message.objects.update(next_try_at=Now())
    drain()
    assert (states(), sink.ids) == ({"one": "sent"}, [])


def test_what_is_no_longer_due_but_was_taken_counts_as_sent(sink, relay, abandoned, kind):
    relay.answer = True
    kind["still_due"] = lambda message: False
    drain()
    assert states() == {"one": "sent"}
