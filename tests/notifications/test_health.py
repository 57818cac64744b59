"""How sending stands."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from notifications.health import beat, health
from notifications.models import Heartbeat, Message

pytestmark = pytest.mark.django_db


def test_with_nothing_to_send_and_a_beat_all_is_well():
    beat()
    beat()
    now = health()
    assert now.oldest_unsent == timedelta()
    assert now.beat_silent < timedelta(seconds=30)
    assert now.beat_at == Heartbeat.objects.get().at
    assert now.is_sending


def test_only_what_has_still_to_go_out_has_an_age(write):
    for minutes, state in enumerate(["pending", "sending", "sent", "suppressed", "dead"], start=6):
        message = write(state)
        Message.objects.filter(pk=message.pk).update(
            state=state, created_at=Now() - timedelta(minutes=minutes)
        )
    beat()
    assert timedelta(minutes=7) <= health().oldest_unsent < timedelta(minutes=8)
    assert not health().is_sending


@pytest.mark.parametrize("minutes", [6, None])
def test_a_beat_that_is_silent_is_noticed(minutes):
    if minutes:
        Heartbeat.objects.create(name="beat", at=Now() - timedelta(minutes=minutes))
    assert not health().is_sending
