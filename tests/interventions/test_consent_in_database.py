"""What the database itself refuses, whoever writes (rule 001-79)."""

import pytest
from django.db import IntegrityError, transaction

from interventions.models import Answer, Participant
from tests.interventions.short_work import agreed, session, under_way, work

pytestmark = pytest.mark.django_db


def refused(constraint="direct work without a confirmation"):
    return pytest.raises(IntegrityError, match=constraint)


def test_direct_work_without_a_confirmation_is_refused(world):
    """rule 001-79"""
    made = work(world, state="allocated")
    with refused(), transaction.atomic():
        session(world, made)


def test_direct_work_before_the_day_of_the_answer_is_refused(world):
    """rule 001-79"""
    made = work(world, state="consented")
    agreed(world, made, ago=10)
    with refused(), transaction.atomic():
        session(world, made, ago=11)
    assert session(world, made, ago=10).pk


def test_direct_work_with_somebody_the_confirmation_does_not_name_is_refused(world):
    """rule 001-79"""
    made = under_way(world)
    sister = Participant.objects.create(intervention=made, name="An aunt", position=2)
    with refused(), transaction.atomic():
        session(world, made, people=[sister])


def test_direct_work_with_nobody_is_refused(world):
    made = under_way(world)
    with refused(), transaction.atomic():
        session(world, made, people=[])


def test_direct_work_from_the_day_of_withdrawal_on_is_refused(world):
    """rule 003-50"""
    made = work(world, state="consented")
    consent = agreed(world, made, ago=30)
    consent.withdrawn_on = consent.obtained_on.replace()
    consent.save()
    with refused(), transaction.atomic():
        session(world, made, ago=30)


def test_after_a_refusal_only_other_contact_is_kept(world):
    """rules 003-50 and 003-52"""
    made = work(world, state="allocated")
    agreed(world, made, answer=Answer.REFUSED, held_in="", people=[])
    with refused(), transaction.atomic():
        session(world, made)
    assert session(world, made, contact="other", other_kind="welfare").pk


def test_the_confirmation_of_other_work_allows_nothing_here(world):
    """rule 001-79"""
    other = under_way(world)
    made = work(world, state="consented")
    consent = agreed(world, other)
    consent.people.set(made.participants.all())
    with refused(), transaction.atomic():
        session(world, made)
