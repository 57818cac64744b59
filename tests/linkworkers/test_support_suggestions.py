"""When enhanced support is suggested, and in which words."""

from datetime import timedelta

import pytest
from django.db.models import DateTimeField, IntegerField, Value
from django.utils import timezone

from linkworkers import services
from linkworkers.models import EnhancedSupport, Focus, SupportCriterion
from linkworkers.suggestions import FACTS, suggestions_for, when_suggested
from schools.models import School


@pytest.fixture
def suggested(world):
    """``suggested(weeks, plans)``: ``{school's name: words}``.

    Each was last in touch so many weeks ago, and has so many plans for families.
    """

    def words(weeks=0, plans=None):
        at = None if weeks is None else timezone.now() - timedelta(weeks=weeks, hours=1)
        schools = School.objects.filter(hub=world.coast).annotate(
            last_contact_at=Value(at, DateTimeField()),
            open_plans=Value(plans, IntegerField()),
        )
        return {s.school.name.split()[0]: s.words for s in suggestions_for(schools)}

    return words


def with_free_meals(school, percent):
    school.free_meals = percent
    school.save()


def test_no_contact_for_long_is_a_reason(suggested):
    """Rule 001-54: non-engagement."""
    assert suggested(7) == {}
    assert suggested(9) == dict.fromkeys(("Elmgate", "Oakfield"), "no contact for 9 weeks")
    assert suggested(None) == dict.fromkeys(("Elmgate", "Oakfield"), "no contact recorded yet")


def test_free_school_meals_are_a_reason_from_the_councils_number_on(world, suggested, settings):
    """Rule 001-54: deprivation."""
    with_free_meals(world.oakfield, "29.9")
    assert suggested() == {}
    with_free_meals(world.oakfield, "41.2")
    assert suggested() == {"Oakfield": "41% free school meals"}


def test_many_plans_for_families_are_a_reason_and_so_is_none(suggested, settings):
    """Rule 001-54: many or no Early Help Plans; where nothing is known of them, neither."""
    many = settings.COUNCIL.enhanced_plans
    assert suggested(plans=None) == {}
    assert suggested(plans=many - 1) == {}
    assert suggested(plans=0)["Oakfield"] == "no Early Help Plan"
    assert suggested(plans=many)["Oakfield"] == f"{many} Early Help Plans"


def test_the_school_with_most_reasons_comes_first_with_all_of_them(world, suggested):
    with_free_meals(world.oakfield, 41)
    assert list(suggested(9).items()) == [
        ("Oakfield", "no contact for 9 weeks, 41% free school meals"),
        ("Elmgate", "no contact for 9 weeks"),
    ]


def test_a_criterion_that_is_no_longer_used_suggests_nothing(world, suggested):
    with_free_meals(world.oakfield, 41)
    criterion = SupportCriterion.objects.get(suggests="deprivation")
    services.change_criterion(world.administrator, criterion, name=criterion.name, is_used=False)
    assert suggested() == {}
    SupportCriterion.objects.update(is_used=False)
    assert suggested(9) == {}


def test_a_fact_that_nothing_is_known_of_suggests_nothing():
    assert "suspensions" not in FACTS
    assert when_suggested(SupportCriterion(suggests="suspensions")) == ""
    assert "30%" in when_suggested(SupportCriterion(suggests="deprivation"))


def test_a_school_that_has_enhanced_support_is_not_suggested(world, suggested):
    EnhancedSupport.objects.create(
        school=world.oakfield,
        hub=world.coast,
        reason="Quiet",
        decided_by=world.manager,
        review_on=world.tomorrow.date(),
    )
    assert list(suggested(9)) == ["Elmgate"]


@pytest.mark.parametrize(("weeks", "rests"), [(11, True), (13, False)])
def test_a_suggestion_rests_once_a_manager_has_decided_something(world, suggested, weeks, rests):
    """Rule 001-71: the manager has looked at the school."""
    at = timezone.now() - timedelta(weeks=weeks)
    Focus.objects.create(
        school=world.oakfield,
        hub=world.coast,
        decision="Call",
        decided_by=world.manager,
        decided_at=at,
    )
    EnhancedSupport.objects.create(
        school=world.elmgate,
        hub=world.coast,
        reason="Quiet",
        decided_by=world.manager,
        decided_at=at,
        review_on=at.date(),
        ended_at=at,
        ended_by=world.manager,
    )
    assert (suggested(9) == {}) is rests


def test_suggestions_take_as_many_queries_for_a_hundred_schools_as_for_one(
    world, django_assert_num_queries
):
    def ask():
        schools = School.objects.annotate(
            last_contact_at=Value(None, DateTimeField()), open_plans=Value(None, IntegerField())
        )
        with django_assert_num_queries(2):
            return suggestions_for(schools)

    few = len(ask())
    School.objects.bulk_create(
        School(urn=f"91{n:04}", name=f"School {n}", type_group="primary", hub=world.coast)
        for n in range(100)
    )
    assert len(ask()) == few + 100
