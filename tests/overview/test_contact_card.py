"""The contact card: whom a school contacts, and when (rule 000-6)."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from audit.models import Access
from govuk.words import long_date
from linkworkers.models import Allocation
from schools.models import Agency, AgencyContact, AlsoHere, OwnChildConflict

CARD = "/schools/900001/contact-card/"


@pytest.fixture
def card_of(as_, settings):
    def get(user, path=CARD):
        return " ".join(as_(user).get(path).content.decode().split())

    return get


@pytest.mark.parametrize("who", ["primary", "dsl", "deputy", "senco", "duty"])
def test_it_names_everybody_with_when_and_how(card_of, world, settings, who):
    """rules 000-4, 000-6"""
    agency = Agency.objects.get(name="Mental Health Support Team")
    desk = AgencyContact.objects.create(agency=agency, name="Duty desk", email="mhst@example.org")
    AlsoHere.objects.create(
        school=world.oakfield, agency=agency, contact=desk, when_to_contact="On Tuesdays"
    )
    world.primary.phone = "01632 960 555"
    world.primary.save()
    card = card_of(getattr(world, who))
    for text in (
        'href="tel:999"',
        settings.COUNCIL.front_door_phone,
        settings.COUNCIL.out_of_hours_phone,
        "Priya Primary",
        "01632 960 555",
        "primary@example.org",
        "Works all five days",
        "Sam Secondary",
        "When the primary link worker is away",
        "School nursing team West",
        "nurses.west@example.org",
        "On Tuesdays",
        "Duty desk",
        "mhst@example.org",
    ):
        assert text in card, text


def test_a_conflict_does_not_show_on_it(card_of, world):
    """rule 001-53"""
    assert OwnChildConflict.objects.filter(school=world.elmgate).exists()
    for who in (world.manager, world.head_and_dsl):
        card = card_of(who, "/schools/900002/contact-card/")
        assert "Connie Conflicted" not in card.replace(f">{who.name}<", "")
        assert "conflict" not in card.lower().replace("connie.conflicted", "")


def test_a_cover_is_there_until_its_last_day_and_not_the_day_after(card_of, world):
    """rule 001-48"""
    last_day = timezone.localdate() + timedelta(days=10)
    midnight = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min))
    Allocation.objects.filter(pk=world.cover_allocation.pk).update(ends_at=midnight)
    assert f"until {long_date(last_day)}" in card_of(world.dsl)


def test_without_a_link_worker_it_says_whom_to_ask(card_of, world):
    card = card_of(world.other_manager, "/schools/900004/contact-card/")
    assert "No link worker at present" in card
    assert "Finn Future" not in card


def test_notes_on_how_to_use_a_contact_stay_with_the_council(card_of, world):
    agency = Agency.objects.get(name="Police")
    Agency.objects.filter(pk=agency.pk).update(note="CANARY-agency")
    desk = AgencyContact.objects.create(agency=agency, name="Desk", note="CANARY-contact")
    AlsoHere.objects.create(school=world.oakfield, agency=agency, contact=desk)
    assert "CANARY" not in card_of(world.dsl)


def test_looking_is_written_down(card_of, world):
    card_of(world.dsl)
    look = Access.objects.filter(user=world.dsl).latest("at")
    assert (look.basis, look.school_id) == ("school", world.oakfield.pk)


def test_another_school_does_not_get_it(as_, world):
    assert as_(world.other_dsl).get(CARD).status_code == 404
