"""A real mail server to send to, and messages to send."""

import socket
import threading
from email import message_from_bytes

import environ
import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from notifications import kinds
from notifications.models import Message
from notifications.services import store

KIND = "test"


class Sink:
    """A mail server on a port of this machine that keeps what it accepts.

    ``answers`` maps an address to the reply its RCPT gets; ``reply_to_data`` is called with the
    message's id before it is accepted and may answer otherwise, or wait.
    """

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.accepted = []
        self.connections = 0
        self.answers = {}
        self.reply_to_data = None
        self.lock = threading.Lock()
        self.controller = None

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def ids(self):
        return [message["Message-ID"] for message in self.accepted]

    def up(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def down(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content)
        if self.reply_to_data and (answer := await self.reply_to_data(message["Message-ID"])):
            return answer
        with self.lock:
            self.accepted.append(message)
        return "250 OK"


@pytest.fixture
def sink(settings):
    """The mail server that is running and that Linkbook delivers to."""
    sink = Sink()
    settings.DELIVERY = environ.Env.email_url_config(sink.url)
    sink.up()
    yield sink
    sink.down()


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    """The registry with one kind more, KIND, which ``still_due`` and ``may_receive`` of the
    returned dictionary decide about."""
    answers = {"still_due": lambda message: True, "may_receive": lambda message: True}
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(
        KIND,
        label="Test message",
        still_due=lambda message: answers["still_due"](message),
        may_receive=lambda message: answers["may_receive"](message),
    )
    return answers


@pytest.fixture
def write():
    """``write(key)``: one message of kind KIND to a mailbox of the same name."""

    def write_one(key="one", **fields):
        fields = {"subject": "A note was shared", "body": "Read it.\n", **fields}
        if "to" not in fields:
            fields.setdefault("address", f"{key}@example.org")
        return store(KIND, key, **fields)

    return write_one


@pytest.fixture
def make_due():
    """``make_due()``: what waits for another attempt is due now, leases included."""

    def move():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE notifications_message SET next_try_at = now()")

    return move


def states():
    """``{key: state}`` of every message."""
    return dict(Message.objects.values_list("key", "state"))
