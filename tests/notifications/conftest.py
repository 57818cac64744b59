"""A real mail server to send to, and messages to send."""

import pytest
from django.db import connection

from notifications import kinds
from notifications.models import Message
from notifications.services import store

KIND, URGENT = "test", "urgent_test"


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    """The registry with two kinds more, KIND and URGENT, which ``still_due``, ``may_receive``
    and ``when_dead`` of the returned dictionary decide about."""
    answers = {
        "still_due": lambda message: True,
        "may_receive": lambda message: True,
        "when_dead": lambda message: None,
    }
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    for name, label in ((KIND, "Test message"), (URGENT, "Urgent test message")):
        kinds.register(
            name,
            label=label,
            is_urgent=name == URGENT,
            still_due=lambda message: answers["still_due"](message),
            may_receive=lambda message: answers["may_receive"](message),
            when_dead=lambda message: answers["when_dead"](message),
        )
    return answers


@pytest.fixture
def write():
    """``write(key)``: one message, of KIND unless told otherwise, to a mailbox of that name."""

    def write_one(key="one", kind=KIND, **fields):
        fields = {"subject": "A note was shared", "body": "Read it.\n", **fields}
        if "to" not in fields:
            fields.setdefault("address", f"{key}@example.org")
        store(kind, key, **fields)
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
