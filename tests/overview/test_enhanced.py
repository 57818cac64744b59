"""The list of enhanced support: due for review, suggested, and all that has it (rule 001-54)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Access
from consultations.models import Consultation
from linkworkers.models import EngagementAttempt, EnhancedSupport, SupportCriterion, Visit
from schools.models import OwnChildConflict, School
from tests.overview.test_home import section, text_of

PAGE = "/enhanced-support/"
NOT_OF_PLANS = re.compile(r"count\((?!.{,60}interventions_earlyhelpplan)", re.IGNORECASE)


def enhanced(world, school, days):
    support = EnhancedSupport.objects.create(
        school=school,
        hub_id=school.hub_id,
        reason="CANARY-REASON",
        decided_by=world.manager,
        review_on=timezone.localdate() + timedelta(days=days),
    )
    support.criteria.add(SupportCriterion.objects.first())
    return support


def test_what_is_due_for_review_comes_first(world, page_of):
    enhanced(world, world.oakfield, -1)
    enhanced(world, world.elmgate, 60)
    html = text_of(page_of(world.manager, PAGE))
    assert "Oakfield" in section(html, "due")
    assert "Review was due" in section(html, "due")
    assert "Elmgate" in section(html, "later")
    assert "Elmgate" not in section(html, "due")


def test_a_manager_sees_their_hubs_and_the_service_manager_all(world, page_of):
    enhanced(world, world.oakfield, 60)
    enhanced(world, world.beech, 60)
    for who, names in (("manager", {"Oakfield"}), ("service", {"Oakfield", "Beechcroft"})):
        later = section(text_of(page_of(getattr(world, who), PAGE)), "later")
        assert {name for name in ("Oakfield", "Beechcroft") if name in later} == names


def test_nothing_of_a_school_that_the_managers_child_attends(world, page_of):
    """Rule 001-53."""
    enhanced(world, world.oakfield, 60)
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    OwnChildConflict.objects.create(user=world.manager, school=world.elmgate)
    html = text_of(page_of(world.manager, PAGE))
    assert "Oakfield" not in html
    assert "Elmgate" not in html


def test_a_suggestion_says_why_and_leads_to_a_decision(world, page_of):
    Consultation.objects.update(held_at=timezone.now() - timedelta(weeks=9, hours=1))
    School.objects.filter(pk=world.oakfield.pk).update(free_meals=41)
    suggested = section(text_of(page_of(world.manager, PAGE)), "suggested")
    assert "Suggested: no contact for 9 weeks, 41% free school meals." in suggested
    assert "/schools/900001/enhanced-support/" in suggested
    assert suggested.index("Oakfield") < suggested.index("Elmgate")


@pytest.mark.parametrize("reached", [True, False])
def test_a_contact_of_any_kind_stops_the_suggestion(world, page_of, reached):
    """Rule 001-61: an attempt that nobody answered is no contact."""
    Consultation.objects.all().update(held_at=timezone.now() - timedelta(weeks=20))
    today = timezone.localdate()
    Visit.objects.create(school=world.elmgate, hub=world.coast, by=world.manager, day=today)
    EngagementAttempt.objects.create(
        school=world.oakfield,
        hub=world.coast,
        by=world.primary,
        day=today,
        how="phone",
        reached=reached,
    )
    suggested = section(text_of(page_of(world.manager, PAGE)), "suggested")
    assert "Elmgate" not in suggested
    assert ("Oakfield" in suggested) is not reached


def test_opening_the_list_is_written_down(world, page_of):
    for who, basis in (("manager", "manager"), ("service", "county")):
        user = getattr(world, who)
        page_of(user, PAGE)
        looked = Access.objects.get(user=user, subject_type="linkworkers.enhancedsupport")
        assert looked.basis == basis


def test_the_list_takes_as_many_queries_for_a_hundred_schools_as_for_one(world, queries_of):
    enhanced(world, world.oakfield, 60)
    few = queries_of(world.service, PAGE)
    schools = School.objects.bulk_create(
        School(urn=f"91{n:04}", name=f"School {n}", type_group="primary", hub=world.coast)
        for n in range(100)
    )
    for school in schools[:50]:
        enhanced(world, school, 5)
    many = queries_of(world.service, PAGE)
    assert len(many) == len(few), "\n".join(many)
    # Rule 001-124 is about consultations; plans for families are counted (rule 001-54).
    assert not [sql for sql in many if NOT_OF_PLANS.search(sql)]
