"""A school that disagrees with a decision on short work says so and is answered (rule 003-39)."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from drafts.models import UnsavedForm
from interventions.models import Disagreement, Programme, ProgrammeCase, WorkState
from interventions.services import disagreements as services
from notifications.models import Message
from overview.short_work import to_decide
from schools import services as schools
from schools.models import Involvement
from tests.children import child
from tests.interventions.short_work import day, under_way, work
from tests.schools.test_unsaved import give_reason, text

WHY = "Ada still is not in school: <b>nobody</b> else helps her"
ANSWER = "We have looked again, and allocate it on Tuesday"


@pytest.fixture
def ended(world):
    """Work with Ada that was not allocated."""
    return work(world, state=WorkState.CLOSED, end_reason="not_allocated")


@pytest.fixture
def said(world, ended):
    """What the safeguarding lead said against that."""
    return services.disagree(world.dsl, ended, WHY)


def told(kind):
    return {message.to for message in Message.objects.filter(kind=kind)}


@pytest.mark.parametrize("who", ["dsl", "deputy", "head"])
@pytest.mark.parametrize("reason", ["not_allocated", "met", "stepped_down"])
def test_a_lead_says_that_the_school_disagrees_with_a_decision(world, ended, who, reason):
    """rule 003-39"""
    ended.end_reason = reason
    ended.save()
    by = getattr(world, who)
    made = services.disagree(by, ended, f"  {WHY} ")
    made.refresh_from_db()
    assert (made.why, made.decision, made.said_by) == (WHY, reason, by)
    assert Act.objects.get(verb=Verb.OBJECT).detail == {"disagreement": str(made.pk)}


@pytest.mark.parametrize(
    "who", ["senco", "unconfirmed", "other_dsl", "left_lead", "primary", "manager", "service"]
)
def test_nobody_else_says_it_for_the_school(world, ended, who):
    with pytest.raises(PermissionDenied):
        services.disagree(getattr(world, who), ended, WHY)


def test_somebody_withheld_from_the_consultation_it_came_from_says_nothing(world, ended):
    """design.md 6.14"""
    ended.consultation = world.shared
    ended.save()
    with pytest.raises(PermissionDenied):
        services.disagree(world.withheld, ended, WHY)


def test_it_needs_a_reason_and_a_decision_and_waits_for_one_answer_at_a_time(world, ended):
    with pytest.raises(ValidationError, match="Enter why your school disagrees"):
        services.disagree(world.dsl, ended, " ")
    with pytest.raises(TransitionNotAllowed, match="This work is open"):
        services.disagree(world.dsl, under_way(world), WHY)
    made = services.disagree(world.dsl, ended, WHY)
    assert services.disagree(world.dsl, ended, WHY) == made
    with pytest.raises(ValidationError, match="has said that it disagrees already"):
        services.disagree(world.head, ended, "As the deputy says")
    services.answer(world.manager, made, ANSWER)
    assert services.disagree(world.dsl, ended, "That was not done") != made


def test_the_hubs_managers_hear_of_it_and_nothing_personal_is_in_the_message(world, said):
    assert told("work_disagreed") == {world.manager}
    message = Message.objects.get(kind="work_disagreed")
    words = message.subject + message.body
    assert not any(name in words for name in ("Ada", "not in school", "Dora", "CANARY"))


def test_a_manager_finds_it_on_my_work_until_it_is_answered(world, said):
    [(title, url, *_)] = to_decide(world.manager)
    assert (title, url) == (str(world.oakfield), f"/interventions/{said.intervention_id}/")
    assert to_decide(world.other_manager) == []
    services.answer(world.manager, said, ANSWER)
    assert to_decide(world.manager) == []


def test_it_stands_on_the_desk_before_a_case_to_triage_and_is_late_after_a_week(world, said):
    programme = Programme.objects.create(name="Back", starts_on=day(30), made_by=world.manager)
    case = ProgrammeCase.objects.create(
        programme=programme,
        pupil=child(world, "Ben"),
        school=world.oakfield,
        hub=world.coast,
        asked_on=day(20),
        recorded_by=world.primary,
    )
    Disagreement.objects.update(said_at=timezone.now() - timedelta(days=8))
    first, second = to_decide(world.manager)
    assert first[1:3] == (
        f"/interventions/{said.intervention_id}/",
        "The school disagrees with a decision: answer it.",
    )
    assert first[-1]
    assert second[:3] == (
        str(world.oakfield),
        f"/interventions/programmes/cases/{case.pk}/",
        "Back: to triage.",
    )


@pytest.mark.parametrize("who", ["dsl", "deputy"])
def test_a_manager_answers_and_who_said_it_is_told(world, ended, who):
    said = services.disagree(getattr(world, who), ended, WHY)
    services.answer(world.manager, said, f" {ANSWER}")
    said.refresh_from_db()
    assert (said.answer, said.answered_by) == (ANSWER, world.manager)
    assert Act.objects.get(verb=Verb.REPLY).detail == {"disagreement": str(said.pk)}
    assert told("work_disagreement_answered") == {getattr(world, who)}
    assert ANSWER not in Message.objects.get(kind="work_disagreement_answered").body


def test_where_who_said_it_has_left_the_schools_other_leads_are_told(world, said):
    schools.end_contact(world.manager, world.dsl_post)
    services.answer(world.manager, said, ANSWER)
    assert told("work_disagreement_answered") == {world.head, world.withheld}


@pytest.mark.parametrize("who", ["primary", "other_manager", "service", "dsl"])
def test_only_the_hubs_managers_answer(world, said, who):
    with pytest.raises(PermissionDenied):
        services.answer(getattr(world, who), said, ANSWER)


def test_an_answer_has_words_and_is_given_once(world, said):
    with pytest.raises(ValidationError, match="Enter your answer"):
        services.answer(world.manager, said, " ")
    services.answer(world.manager, said, ANSWER)
    with pytest.raises(TransitionNotAllowed, match="answered already"):
        services.answer(world.manager, said, "Something else")


def test_from_the_schools_page_to_the_answer(world, ended, as_):
    """rule 003-39: said, met on the work's page, answered, and read by the school."""
    school, team = f"/shared/short-work/{ended.pk}/", f"/interventions/{ended.pk}/"
    lead = as_(world.dsl)
    assert "Why your school disagrees" in text(lead.get(school))
    assert "Enter why your school disagrees" in text(lead.post(f"{school}disagree/", {"why": ""}))
    page = text(lead.post(f"{school}disagree/", {"why": WHY}, follow=True))
    assert "answers here" in page
    assert "&lt;b&gt;nobody&lt;/b&gt;" in page
    assert "Why your school disagrees" not in page
    here = f"{team}disagreements/{Disagreement.objects.get().pk}/"
    worker = text(as_(world.primary).get(team))
    assert "&lt;b&gt;nobody&lt;/b&gt;" in worker
    assert here not in worker
    manager = as_(world.manager)
    assert here in text(manager.get(team))
    assert "&lt;b&gt;nobody&lt;/b&gt;" in text(manager.get(here))
    assert "Enter your answer" in text(manager.post(here, {"answer": ""}))
    assert ANSWER in text(manager.post(here, {"answer": ANSWER}, follow=True))
    read = text(as_(world.dsl).get(school))
    assert ANSWER in read
    assert "Why your school disagrees" in read


def test_a_page_without_a_decision_asks_for_no_disagreement(world, as_):
    made = under_way(world)
    assert "disagree" not in text(as_(world.dsl).get(f"/shared/short-work/{made.pk}/"))


def test_what_is_said_while_another_waits_stays_on_the_page(world, ended, said, as_):
    school = f"/shared/short-work/{ended.pk}/"
    page = text(as_(world.head).post(f"{school}disagree/", {"why": "As the deputy says"}))
    assert "has said that it disagrees already" in page
    assert "As the deputy says" in page


def test_who_answers_too_late_has_their_words_back(world, ended, said, as_):
    services.answer(world.manager, said, ANSWER)
    here = f"/interventions/{ended.pk}/disagreements/{said.pk}/"
    late = as_(world.manager).post(here, {"answer": "Something else"}, follow=True)
    [(there, _)] = late.redirect_chain
    assert there.startswith("/unsaved/")
    page = text(late)
    assert "This has been answered already." in page
    assert "Something else" in page


def test_an_answer_sent_twice_is_one_answer(world, ended, said, as_):
    here = f"/interventions/{ended.pk}/disagreements/{said.pk}/"
    client = as_(world.manager)
    for _ in range(2):
        answered = client.post(here, {"answer": ANSWER}, follow=True)
        assert answered.redirect_chain == [(ended.get_absolute_url(), 302)]
        assert ANSWER in text(answered)


def test_an_answer_about_a_child_who_has_closed_is_kept(world, ended, said, as_):
    """rule 001-58"""
    Involvement.objects.all().delete()
    client = as_(world.manager)
    here = f"/interventions/{ended.pk}/disagreements/{said.pk}/"
    there = give_reason(client, client.post(here, {"answer": "CANARY: looked again"}))
    assert there == f"/unsaved/{UnsavedForm.objects.get().pk}/"


def test_a_disagreement_on_work_taken_up_again_stays_with_its_decision(world, ended, said, as_):
    ended.state, ended.end_reason, ended.closed_on, ended.closed_by = "requested", "", None, None
    ended.reopened_on = day()
    ended.save()
    page = text(as_(world.dsl).get(f"/shared/short-work/{ended.pk}/"))
    assert "Not allocated: other support fits better" in page
    assert "Why your school disagrees" not in page
