"""Presence, visits, crises, enhanced support, attempts and focus: what each act keeps."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from linkworkers import services
from linkworkers.models import (
    Crisis,
    EngagementAttempt,
    EnhancedSupport,
    Focus,
    Presence,
    SupportCriterion,
    Visit,
)
from schools.models import OwnChildConflict

ONCE = uuid.UUID(int=7)
WORKERS = ("primary", "secondary", "former", "other_worker", "future", "far_worker")


@pytest.fixture
def today():
    return timezone.localdate()


def agree_presence(world, by=None, **facts):
    facts = {
        "kind": "visits",
        "frequency": "weekly",
        "reason": "To build the relationship",
        "agreed_on": timezone.localdate(),
        **facts,
    }
    return services.agree_presence(by or world.manager, world.oakfield, **facts)


def enhance(world, by=None, **facts):
    facts = {
        "criteria": list(SupportCriterion.objects.all()[:2]),
        "reason": "Nobody answers",
        "review_on": timezone.localdate() + timedelta(days=60),
        **facts,
    }
    return services.enhance(by or world.manager, world.oakfield, **facts)


def enter_crisis(world, by=None, **facts):
    facts = {"what_happened": "A fight at the gate", "happened_at": world.now, **facts}
    return services.enter_crisis(by or world.primary, world.oakfield, **facts)


def refusal(act):
    """``{field: sentence}`` of what the act refuses."""
    with pytest.raises(ValidationError) as refused:
        act()
    return {name: errors[0] for name, errors in refused.value.message_dict.items()}


# --- presence ------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["manager", "service"])
def test_the_managers_of_a_school_agree_its_presence(world, who):
    """Rule 001-76."""
    presence = agree_presence(world, getattr(world, who))
    assert presence.agreed_by == getattr(world, who)
    assert str(presence) == "Visits the school, every week"
    assert Act.objects.get(subject_id=str(presence.pk)).verb == Verb.AGREE


@pytest.mark.parametrize("who", [*WORKERS, "other_manager", "duty", "administrator", "dsl", "head"])
def test_nobody_else_agrees_a_presence(world, who):
    """Rule 001-76: the team manager and the school's leaders, so no link worker."""
    with pytest.raises(PermissionDenied):
        agree_presence(world, getattr(world, who))


def test_a_new_presence_ends_the_former_one_and_keeps_it(world):
    """Rule 001-76."""
    former = agree_presence(world)
    new = agree_presence(world, frequency="termly", reason="It goes well")
    former.refresh_from_db()
    assert former.ended_at == new.set_at
    assert former.reason == "To build the relationship"
    assert list(world.oakfield.presence_set.filter(ended_at=None)) == [new]


def test_agreeing_the_same_presence_twice_is_one_agreement(world):
    assert agree_presence(world) == agree_presence(world)
    assert Presence.objects.count() == 1


def test_a_presence_has_a_reason_and_was_agreed_by_now(world, today):
    """Rules 001-75 and 001-76."""
    assert refusal(lambda: agree_presence(world, reason=" ")) == {
        "reason": "Enter why this presence was agreed"
    }
    assert refusal(lambda: agree_presence(world, agreed_on=today + timedelta(days=1))) == {
        "agreed_on": "The day it was agreed must be today or in the past"
    }


def test_a_manager_whose_child_attends_decides_nothing_there(world, anew):
    """Rule 001-53."""
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    for act in (agree_presence, enhance, enter_crisis):
        with pytest.raises(PermissionDenied):
            act(world, anew(world.manager))


# --- visits --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["primary", "secondary", "manager"])
def test_who_works_with_the_school_logs_a_visit(world, today, who):
    """Rule 001-74."""
    visit = services.log_visit(getattr(world, who), world.oakfield, today)
    assert (visit.by, visit.day) == (getattr(world, who), today)


@pytest.mark.parametrize("who", ["former", "other_worker", "service", "duty", "dsl"])
def test_nobody_else_logs_a_visit(world, today, who):
    with pytest.raises(PermissionDenied):
        services.log_visit(getattr(world, who), world.oakfield, today)


def test_a_second_click_is_the_same_visit(world, today):
    first = services.log_visit(world.primary, world.oakfield, today)
    assert services.log_visit(world.primary, world.oakfield, today) == first
    assert Visit.objects.count() == 1
    assert Act.objects.filter(verb=Verb.LOG).count() == 1


def test_a_visit_is_logged_for_the_last_four_weeks(world, today):
    services.log_visit(world.primary, world.oakfield, today - timedelta(weeks=4))
    for day in (today + timedelta(days=1), today - timedelta(weeks=4, days=1)):
        assert refusal(lambda day=day: services.log_visit(world.primary, world.oakfield, day)) == {
            "day": "The day must be in the last 4 weeks"
        }


def test_a_visit_is_taken_back_on_the_day_it_was_logged(world, today):
    visit = services.log_visit(world.primary, world.oakfield, today - timedelta(days=3))
    services.remove_visit(world.primary, world.oakfield, visit.pk)
    assert not Visit.objects.exists()
    with pytest.raises(TransitionNotAllowed, match="removed already"):
        services.remove_visit(world.primary, world.oakfield, visit.pk)


def test_a_visit_logged_on_another_day_stays(world, today):
    visit = services.log_visit(world.primary, world.oakfield, today)
    Visit.objects.update(logged_at=world.yesterday)
    with pytest.raises(TransitionNotAllowed, match="on the day it was logged only"):
        services.remove_visit(world.primary, world.oakfield, visit.pk)


@pytest.mark.parametrize("who", ["secondary", "manager", "service"])
def test_nobody_takes_back_the_visit_of_somebody_else(world, today, who):
    visit = services.log_visit(world.primary, world.oakfield, today)
    with pytest.raises(PermissionDenied):
        services.remove_visit(getattr(world, who), world.oakfield, visit.pk)


# --- crisis response -----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["primary", "secondary", "manager", "service", "duty"])
def test_who_works_with_the_school_and_the_duty_manager_enter_a_crisis(world, who):
    """Rule 001-77."""
    crisis = enter_crisis(world, getattr(world, who))
    assert crisis.entered_by == getattr(world, who)
    assert not crisis.is_decided


@pytest.mark.parametrize("who", ["former", "other_worker", "other_manager", "coordinator", "dsl"])
def test_nobody_else_enters_a_crisis(world, who):
    with pytest.raises(PermissionDenied):
        enter_crisis(world, getattr(world, who))


def test_the_same_words_are_the_same_crisis_until_somebody_has_decided(world):
    """A second click, or the page sent again after going back, alerts nobody twice."""
    first = enter_crisis(world)
    assert enter_crisis(world, happened_at=world.yesterday) == first
    assert enter_crisis(world, what_happened="And now the police are there") != first
    services.decide_crisis(world.manager, first, needs_more=False, decision="They cope")
    assert enter_crisis(world) != first
    assert Crisis.objects.count() == 3


def test_the_same_words_on_another_day_are_another_crisis(world):
    """Rule 001-77: the managers are told again, though nobody has decided on the first."""
    first = enter_crisis(world, happened_at=world.yesterday)
    Crisis.objects.update(entered_at=world.now - timedelta(days=2))
    assert enter_crisis(world) != first


def test_a_crisis_has_happened(world):
    assert refusal(lambda: enter_crisis(world, what_happened=" \n")) == {
        "what_happened": "Enter what happened"
    }
    assert refusal(lambda: enter_crisis(world, happened_at=world.tomorrow)) == {
        "happened_time": "The time it happened must be now or in the past"
    }


@pytest.mark.parametrize("who", ["manager", "service"])
def test_a_manager_decides_whether_more_people_are_sent(world, who):
    """Rule 001-78."""
    crisis = services.decide_crisis(
        getattr(world, who), enter_crisis(world), needs_more=True, decision="Two more on Monday"
    )
    assert (crisis.needs_more, crisis.decision) == (True, "Two more on Monday")
    assert crisis.decided_by == getattr(world, who)


def test_a_decision_on_a_crisis_has_words_and_is_made_once(world):
    """Rule 001-78: a recorded decision."""
    crisis = enter_crisis(world)

    def decide(decision):
        return services.decide_crisis(world.manager, crisis, needs_more=False, decision=decision)

    assert refusal(lambda: decide("")) == {"decision": "Enter what was decided"}
    decide("The school copes")
    with pytest.raises(TransitionNotAllowed, match="Maya Manager has already decided"):
        decide("Otherwise")


@pytest.mark.parametrize("who", ["primary", "other_manager", "duty"])
def test_nobody_else_decides_on_a_crisis(world, who):
    with pytest.raises(PermissionDenied):
        services.decide_crisis(
            getattr(world, who), enter_crisis(world), needs_more=True, decision="Go"
        )


# --- enhanced support ----------------------------------------------------------------------


def test_a_manager_decides_enhanced_support_with_criteria_reason_and_review(world):
    """Rule 001-54."""
    support = enhance(world)
    assert [c.suggests for c in support.criteria.all()] == ["no_contact", "many_plans"]
    assert support.decided_by == world.manager
    assert Act.objects.get(subject_id=str(support.pk)).verb == Verb.ENHANCE


@pytest.mark.parametrize("who", [*WORKERS, "other_manager", "duty", "administrator", "dsl"])
def test_nobody_else_decides_enhanced_support(world, who):
    with pytest.raises(PermissionDenied):
        enhance(world, getattr(world, who))


def test_what_a_decision_lacks_is_said_beside_its_field(world, today):
    """Rule 001-54: criteria, reason and review date."""
    assert refusal(lambda: enhance(world, criteria=[])) == {
        "criteria": "Select why the school needs enhanced support"
    }
    assert refusal(lambda: enhance(world, reason="")) == {"reason": "Enter the reason"}
    for review_on in (today, today + timedelta(days=367)):
        assert refusal(lambda day=review_on: enhance(world, review_on=day)) == {
            "review_on": "The review must be after today and within a year"
        }


def test_a_school_has_enhanced_support_once(world):
    enhance(world)
    with pytest.raises(TransitionNotAllowed, match="has enhanced support already"):
        enhance(world)
    assert EnhancedSupport.objects.count() == 1


def test_a_closed_school_gets_no_more(world):
    world.oakfield.status = "closed"
    world.oakfield.save()
    for act in (enhance, agree_presence):
        with pytest.raises(TransitionNotAllowed, match="Oakfield Primary School is closed"):
            act(world)


def test_a_review_lets_it_go_on_and_keeps_what_was_decided(world, today):
    """Rule 001-54."""
    before = enhance(world)
    again = services.review(
        world.service,
        before,
        goes_on=True,
        criteria=list(SupportCriterion.objects.all()[2:3]),
        reason="Still quiet",
        review_on=today + timedelta(days=90),
    )
    before.refresh_from_db()
    assert (before.reason, before.ended_at) == ("Nobody answers", again.decided_at)
    assert (again.reason, again.decided_by) == ("Still quiet", world.service)
    assert EnhancedSupport.objects.get(ended_at=None) == again


def test_a_review_that_is_incomplete_changes_nothing(world):
    before = enhance(world)
    again = {"goes_on": True, "reason": "Still quiet", "criteria": before.criteria.all()}
    assert refusal(lambda: services.review(world.manager, before, **again)) == {
        "review_on": "Enter the day of the review"
    }
    assert EnhancedSupport.objects.get(ended_at=None) == before


def test_a_review_ends_it_with_the_reason_and_only_once(world):
    support = enhance(world)
    assert services.review(world.manager, support, goes_on=False, reason="They answer") is None
    support.refresh_from_db()
    assert (support.ended_by, support.ended_why) == (world.manager, "They answer")
    with pytest.raises(TransitionNotAllowed, match="meanwhile"):
        services.review(world.manager, support, goes_on=False, reason="Again")


# --- attempts and focus ----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["primary", "secondary", "manager", "service"])
def test_who_works_with_the_school_logs_an_attempt(world, today, who):
    """Rule 001-61."""
    attempt = services.log_attempt(
        getattr(world, who), world.oakfield, day=today, how="phone", reached=False
    )
    assert (attempt.by, str(attempt)) == (getattr(world, who), "Phone, no answer")


def test_an_attempt_is_logged_once_and_in_the_past_year(world, today):
    def log(day=today, by=world.primary, outcome=""):
        return services.log_attempt(
            by, world.oakfield, day=day, how="phone", reached=True, outcome=outcome, once=ONCE
        )

    first = log()
    assert log() == first
    assert log(outcome="They will ring back") != first
    assert log(by=world.secondary) != first
    assert EngagementAttempt.objects.count() == 3
    for day in (today + timedelta(days=1), today - timedelta(days=367)):
        assert refusal(lambda day=day: log(day)) == {
            "day": "The day must be today or in the past year"
        }


@pytest.mark.parametrize("who", ["former", "other_worker", "other_manager", "duty", "dsl"])
def test_nobody_else_logs_an_attempt(world, today, who):
    with pytest.raises(PermissionDenied):
        services.log_attempt(
            getattr(world, who), world.oakfield, day=today, how="phone", reached=True
        )


def test_a_manager_adjusts_focus_in_their_own_words(world):
    """Rule 001-71."""

    def adjust(decision):
        return services.adjust_focus(world.manager, world.oakfield, decision=decision)

    focus = adjust("Call the head each Monday")
    assert adjust("Call the head each Monday") == focus
    assert adjust("Visit instead") != focus
    assert refusal(lambda: adjust("  ")) == {"decision": "Enter what was decided"}
    assert Focus.objects.count() == 2


def test_the_same_decision_on_another_day_is_a_decision_anew(world):
    """Rule 001-71: a manager who decides again to go on as before has decided today."""
    first = services.adjust_focus(world.manager, world.oakfield, decision="Go on as now")
    Focus.objects.update(decided_at=world.now - timedelta(weeks=12))
    assert services.adjust_focus(world.manager, world.oakfield, decision="Go on as now") != first


@pytest.mark.parametrize("who", ["primary", "other_manager", "duty", "dsl"])
def test_nobody_else_adjusts_focus(world, who):
    with pytest.raises(PermissionDenied):
        services.adjust_focus(getattr(world, who), world.oakfield, decision="Visit")


# --- criteria ------------------------------------------------------------------------------


def names():
    return [criterion.name for criterion in SupportCriterion.objects.all()]


def test_the_administrator_words_and_orders_the_criteria(world):
    """Rule 001-54: the criteria are the council's to edit."""
    before = names()
    added = services.add_criterion(world.administrator, "A new head")
    assert names() == [*before, "A new head"]
    services.raise_criterion(world.administrator, added, len(before))
    assert names() == [*before[:-1], "A new head", before[-1]]
    services.change_criterion(world.administrator, added, name="A new leader", is_used=False)
    assert not SupportCriterion.objects.get(name="A new leader").is_used


def test_the_first_criterion_stays_first(world):
    before = names()
    services.raise_criterion(world.administrator, SupportCriterion.objects.first(), 0)
    assert names() == before


def test_a_criterion_raised_twice_from_one_place_moves_once(world):
    first, second, third, *rest = names()
    criterion = SupportCriterion.objects.get(name=third)
    for _press in range(2):
        services.raise_criterion(world.administrator, criterion, 2)
    assert names() == [first, third, second, *rest]


def test_what_a_criterion_said_before_is_kept(world):
    """design.md 3: every domain table is tracked."""
    criterion = SupportCriterion.objects.first()
    before = criterion.name
    services.change_criterion(world.administrator, criterion, name="In new words", is_used=True)
    history = criterion.events.order_by("pgh_id")
    assert [event.name for event in history] == [before, "In new words"]


def test_a_criterion_is_in_the_list_once(world):
    assert refusal(
        lambda: services.add_criterion(world.administrator, "many early help plans")
    ) == {"name": "This criterion is in the list already"}


@pytest.mark.parametrize("who", ["manager", "service", "primary"])
def test_nobody_else_edits_the_criteria(world, who):
    criterion = SupportCriterion.objects.first()
    for act in (
        lambda by: services.add_criterion(by, "New"),
        lambda by: services.change_criterion(by, criterion, name="New", is_used=True),
        lambda by: services.raise_criterion(by, criterion, 0),
    ):
        with pytest.raises(PermissionDenied):
            act(getattr(world, who))
