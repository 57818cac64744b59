"""A real mail server to send to, and messages to send."""

import pytest
from django.db import connection

from notifications import kinds
from notifications.models import Message
from notifications.services import store

KIND = "test"


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
        store(KIND, key, **fields)
        return Message.objects.get(key=key)

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
