"""Who hears of a crisis response, once each, and nothing of what happened."""

import pytest

from linkworkers import services
from notifications import kinds
from notifications.models import Message
from schools.models import OwnChildConflict


def enter(world, by):
    return services.enter_crisis(
        by, world.oakfield, what_happened="CANARY-CRISIS", happened_at=world.now
    )


def decide(world, crisis, by):
    return services.decide_crisis(by, crisis, needs_more=True, decision="CANARY-DECISION")


def told(kind):
    """Who was told, by the part of the address before the @."""
    addresses = Message.objects.filter(kind=kind).values_list("address", flat=True)
    return sorted(address.partition("@")[0] for address in addresses)


@pytest.mark.parametrize(
    ("who", "hear"),
    [
        ("primary", ["manager", "service"]),
        ("duty", ["manager", "service"]),
        ("manager", ["service"]),
        ("service", ["manager"]),
    ],
)
def test_the_hubs_managers_and_the_service_managers_hear_at_once(world, who, hear):
    """Rule 001-77."""
    enter(world, getattr(world, who))
    assert told("crisis_entered") == hear


def test_a_manager_whose_child_attends_hears_nothing(world):
    """Rule 001-53."""
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    enter(world, world.primary)
    assert told("crisis_entered") == ["service"]


def test_nothing_of_what_happened_is_in_a_message(world):
    """design.md 5: a place and a link; what happened waits behind sign-in."""
    crisis = enter(world, world.primary)
    decide(world, crisis, world.manager)
    assert told("crisis_decided") == ["primary"]
    for message in Message.objects.all():
        text = message.subject + message.body
        assert "Oakfield Primary School" in text
        assert f"/crises/{crisis.pk}/" in text
        assert "CANARY" not in text
        assert "Priya" not in text


def test_who_entered_it_hears_of_the_decision_only_if_they_may_read_it(world):
    decide(world, enter(world, world.duty), world.manager)
    decide(world, enter(world, world.manager), world.manager)
    assert told("crisis_decided") == []


def test_an_alert_is_not_sent_once_somebody_has_decided(world):
    crisis = enter(world, world.primary)
    alert = Message.objects.filter(kind="crisis_entered", to=world.manager).get()
    kind = kinds.get("crisis_entered")
    assert kind.still_due(alert)
    assert kind.may_receive(alert)
    decide(world, crisis, world.service)
    assert not kind.still_due(alert)


def test_an_alert_is_not_sent_to_a_manager_who_no_longer_decides_there(world):
    enter(world, world.primary)
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    alert = Message.objects.filter(kind="crisis_entered", to=world.manager).get()
    assert not kinds.get("crisis_entered").may_receive(alert)
