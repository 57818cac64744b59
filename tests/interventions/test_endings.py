"""How work ends, is stepped up or down, taken up again, and asked for anew."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from interventions import plan_notices
from interventions.agreement import agreement_of, with_refusal
from interventions.models import (
    Contact,
    EarlyHelpPlan,
    EndReason,
    LevelThree,
    Participant,
    ShortIntervention,
    StepUp,
    WorkKind,
    WorkState,
)
from interventions.services import endings
from interventions.services import work as work_services
from interventions.session_rules import answers_on, refusals
from notifications import kinds
from notifications.models import Message
from schools.calendar import Calendar
from schools.children import closed_children
from schools.models import Enrolment, Involvement
from tests.children import child, works_with
from tests.consultations.about_children import status_of
from tests.interventions.asking import facts, taking_part
from tests.interventions.short_work import agreed, day, plan_with, session, under_way, work
from tests.world import anew

SAID = {
    "end_words": "He is in school every day",
    "school_continues": "Breakfast club",
    "childs_view": "I like the mornings",
    "parents_view": "We are calmer",
    "family_told": "yes",
}


def closed(by, made, **facts):
    return endings.close(by, made, **{"closed_on": day(), "end_reason": "met", **SAID, **facts})


def stepped_up(by, made, to=StepUp.To.PLAN, **facts):
    facts = {
        "stepped_on": day(),
        "why": "It gets worse",
        "told_whom": "Dora Lead, DSL",
        "family_told": "yes",
        "family_why": "",
        "work_goes_on": False,
        **facts,
    }
    return endings.step_up(by, made, to=to, **facts)


# --- ending ---------------------------------------------------------------------------------


def test_ended_work_says_how_it_ended_and_what_the_school_goes_on_doing(world):
    made = closed(world.primary, under_way(world))
    made.refresh_from_db()
    assert (made.state, made.end_reason, made.closed_by) == ("closed", "met", world.primary)
    assert made.school_continues == "Breakfast club"
    assert (made.childs_view, made.parents_view) == ("I like the mornings", "We are calmer")
    assert Act.objects.get(verb=Verb.END).subject_id == str(made.pk)


def test_its_children_stay_on_current_work_for_twelve_school_weeks(world):
    """Design.md 3: an intervention's involvement ends 12 school weeks after closing."""
    closed(world.primary, under_way(world))
    ends_on = timezone.localdate(Involvement.objects.get().ends_at)
    assert ends_on - timedelta(days=1) == Calendar().day_after(day(), 12)


def test_who_handed_work_on_does_not_get_its_children_back_when_it_ends(world, ada):
    """Rule 001-58: the work of a colleague is nobody else's reason to read."""
    made = work_services.ask(world.primary, world.oakfield, facts(world), taking_part(ada))
    for worker in (world.other_worker, world.primary):
        work_services.allocate(world.manager, made, child_worker=worker, meeting_on=day())
    assert closed_children(anew(world.other_worker), [ada.pk]) == {ada.pk}
    closed(world.primary, made)
    assert closed_children(anew(world.other_worker), [ada.pk]) == {ada.pk}
    assert closed_children(anew(world.primary), [ada.pk]) == frozenset()


def test_a_child_who_was_taken_out_does_not_come_back_when_the_work_ends(world, ada):
    made = under_way(world, ada)
    ben = child(world, "Ben")
    came = works_with(world, ben)
    work_services.change_people(world.primary, made, add=[Participant(pupil=ben)])
    out = made.participants.get(pupil=ben).pk
    work_services.change_people(world.primary, made, remove=[out])
    came.delete()
    closed(world.primary, made)
    assert closed_children(anew(world.primary), [ben.pk]) == {ben.pk}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"closed_on": day(-1)}, "closed_on"),
        ({"closed_on": day(8)}, "closed_on"),
        ({"end_reason": "not_allocated"}, "end_reason"),
        ({"end_reason": "stepped_up"}, "end_reason"),
        ({"end_words": " "}, "end_words"),
        ({"family_told": ""}, "family_told"),
        ({"family_told": "no"}, "family_why"),
    ],
)
def test_an_ending_that_cannot_be_is_refused_with_a_sentence(world, facts, field):
    """Rule 003-53: whether the family knows is said; not ended before what was done in it."""
    made = under_way(world)
    session(world, made, ago=7)
    with pytest.raises(ValidationError) as refused:
        closed(world.primary, made, **facts)
    assert list(refused.value.message_dict) == [field]
    made.refresh_from_db()
    assert made.is_open


def test_work_does_not_end_over_a_draft(world):
    made = under_way(world)
    session(world, made, completed=False)
    with pytest.raises(TransitionNotAllowed, match="still a draft"):
        closed(world.primary, made)


def test_work_ends_once_and_not_before_it_is_allocated(world):
    made = under_way(world)
    closed(world.primary, made)
    with pytest.raises(TransitionNotAllowed, match="ended already"):
        closed(world.primary, made)
    with pytest.raises(TransitionNotAllowed, match="waits to be allocated"):
        closed(world.primary, work(world, child(world, "Ben")))


def test_only_who_works_there_ends_it(world):
    made = under_way(world)
    for by in (world.dsl, world.other_worker, world.service, world.other_manager):
        with pytest.raises(PermissionDenied):
            closed(anew(by), made)


def open_plan(world, pupil, **fields):
    facts = {"lead_professional": "Dora Lead", "starts_on": day(100), **fields}
    return plan_with(world, pupil, **facts)


def test_where_level_three_is_over_the_plan_ends_too_if_asked(world):
    """Rule 001-82: direct work whose outcome is that Level 3 is over lets the plan close."""
    ada = child(world)
    status = status_of(world, ada, "Early Help Plan")
    plan, made = open_plan(world, ada), under_way(world, ada)
    assert endings.plans_to_end(world.primary, made) == [plan]
    closed(world.primary, made, end_reason="level_three_over", end_plan=True)
    plan.refresh_from_db()
    status.refresh_from_db()
    assert (plan.ends_on, status.ends_on) == (day(), day())
    assert plan.ended_why == "Level 3 no longer required, plan can close"


def test_the_plan_goes_on_where_nobody_asks_or_for_another_reason(world):
    """Rule 001-82."""
    ada, ben = child(world), child(world, "Ben")
    plans = [open_plan(world, ada), open_plan(world, ben)]
    closed(world.primary, under_way(world, ada), end_reason="level_three_over")
    closed(world.primary, under_way(world, ben), end_plan=True)
    for plan in plans:
        plan.refresh_from_db()
        assert plan.is_open


def test_a_social_worker_does_not_end_our_work(world):
    """Rule 003-36: opening to social care leaves the work as it is."""
    ada = child(world)
    made = under_way(world, ada)
    status_of(world, ada, "Child in need", social_worker="Sol Worker")
    made.refresh_from_db()
    assert made.state == WorkState.UNDER_WAY
    stepped_up(world.primary, made, StepUp.To.FRONT_DOOR, work_goes_on=True)
    made.refresh_from_db()
    assert (made.state, made.kind) == (WorkState.UNDER_WAY, WorkKind.DIRECT)


# --- who hears of it ------------------------------------------------------------------------


def told_of_end():
    return [message.to for message in Message.objects.filter(kind="work_ended").order_by("key")]


def test_the_schools_leads_and_whoever_asked_hear_once_that_it_ended(world):
    """Design.md 5; rule 003-1: one message for one person."""
    made = under_way(world, recorded_by=world.manager)
    closed(world.primary, made, end_words="CANARY-words", end_reason="not_engaged")
    told = [world.dsl, world.head, world.manager, world.withheld]
    assert sorted(told_of_end(), key=str) == sorted(told, key=str)
    for message in Message.objects.filter(kind="work_ended"):
        text = message.subject + message.body
        assert "Oakfield Primary School" in message.subject
        for secret in ("CANARY", "Ada", "Lovelace", "reach", "Priya"):
            assert secret not in text
        is_ours = message.to == world.manager
        assert (f"/interventions/{made.pk}/" in text) == is_ours
        assert (f"/shared/short-work/{made.pk}/" in text) != is_ours


def test_whoever_ends_work_they_asked_for_is_not_told_and_nor_is_who_may_not_read_it(world):
    """Design.md 6.14"""
    made = under_way(world, consultation=world.shared)
    closed(world.primary, made)
    assert set(told_of_end()) == {world.dsl, world.head}


def test_work_that_is_taken_up_and_ends_again_is_told_again(world):
    made = under_way(world)
    closed(world.primary, made)
    message = Message.objects.filter(kind="work_ended", to=world.dsl).get()
    kind = kinds.get(message.kind)
    assert kind.still_due(message)
    assert kind.may_receive(message)
    endings.reopen(world.primary, made, "It is needed again")
    assert not kind.still_due(message)
    closed(world.primary, made)
    assert told_of_end().count(world.dsl) == 2


def test_a_school_that_is_asked_for_a_plan_hears_of_that_and_not_of_the_end_as_well(world):
    """Rule 003-1: one message for one act."""
    stepped_up(world.primary, under_way(world, recorded_by=world.manager))
    assert told_of_end() == [world.manager]
    assert world.dsl in {message.to for message in asked_of(world)}


def test_work_that_goes_on_after_a_step_up_has_not_ended(world):
    stepped_up(world.primary, under_way(world), StepUp.To.FRONT_DOOR, work_goes_on=True)
    assert told_of_end() == []


def test_stepping_down_tells_the_school_that_it_ended(world):
    endings.step_down(world.primary, under_way(world), closed_on=day(), **SAID)
    assert world.dsl in told_of_end()


def test_the_schools_page_says_how_it_came_out_and_none_of_the_teams_words(world, as_):
    """Design.md 4: a school sees status, worker, dates and the notes it was given."""
    made = under_way(world)
    closed(world.primary, made, end_reason="partly_met", end_words="CANARY-words")
    page = as_(world.dsl).get(f"/shared/short-work/{made.pk}/").text
    assert "Some of it was reached" in page
    assert "CANARY-words" not in page


# --- stepping up and down --------------------------------------------------------------------


def asked_of(world):
    return Message.objects.filter(kind=plan_notices.ASKED).order_by("to__email")


def test_stepping_up_asks_the_school_to_start_a_plan(world):
    """Rules 003-25 and 003-35: with the history of the work attached, nothing retyped."""
    made = under_way(world)
    stepped_up(world.primary, made)
    made.refresh_from_db()
    plan = EarlyHelpPlan.objects.get()
    assert (made.state, made.end_reason) == ("closed", EndReason.STEPPED_UP)
    assert plan.stepped_up_from == made
    assert plan.waits_for_school
    assert list(plan.pupils.all()) == [made.participants.get().pupil]
    assert {message.to.name for message in asked_of(world)} == {
        "Dora Lead",
        "Hana Head",
        "Will Withheld",
    }


def test_the_message_to_the_school_says_nothing_of_the_child(world):
    made = under_way(world, goal="CANARY-goal")
    stepped_up(world.primary, made, why="CANARY-why")
    message = asked_of(world).first()
    assert "CANARY" not in message.subject + message.body
    assert f"/shared/plans/{EarlyHelpPlan.objects.get().pk}/" in message.body
    kind = kinds.get(message.kind)
    assert kind.still_due(message)
    assert kind.may_receive(message)
    EarlyHelpPlan.objects.update(ends_on=day())
    assert not kind.still_due(message)


def test_somebody_withheld_from_where_the_work_came_from_hears_nothing(world):
    """Design.md 6.14: a withheld person finds no trace."""
    made = under_way(world, consultation=world.shared)
    stepped_up(world.primary, made)
    assert "Will Withheld" not in {message.to.name for message in asked_of(world)}
    assert not EarlyHelpPlan.objects.at_school_of(anew(world.withheld)).exists()
    assert EarlyHelpPlan.objects.at_school_of(anew(world.dsl)).exists()


def test_work_goes_on_beside_a_plan_only_while_the_family_waits_for_a_lead_worker(world):
    """Rule 001-81."""
    made = under_way(world)
    stepped_up(world.primary, made, work_goes_on=True)
    made.refresh_from_db()
    assert (made.state, made.kind) == (WorkState.UNDER_WAY, WorkKind.BRIDGING)
    assert (made.level, made.level_three_as) == (3, LevelThree.WAITING)


def test_to_the_front_door_goes_the_school_itself(world):
    """Rule 003-35: what is recorded is that the school was advised; nothing is sent."""
    made = under_way(world)
    step = stepped_up(world.primary, made, StepUp.To.FRONT_DOOR)
    assert step.told_whom == "Dora Lead, DSL"
    assert not EarlyHelpPlan.objects.exists()
    assert not Message.objects.exclude(kind="work_ended").exists()


def test_a_child_who_has_a_plan_is_not_stepped_up_to_another(world):
    ada = child(world)
    open_plan(world, ada)
    made = under_way(world, ada)
    with pytest.raises(ValidationError, match="There is a plan for Ada"):
        stepped_up(world.primary, made)
    made.refresh_from_db()
    assert made.is_open
    assert not made.step_ups.exists()


def test_of_siblings_the_one_without_a_plan_is_stepped_up_to_one_and_that_is_said(world, as_, ada):
    """Rule 003-25."""
    ben = child(world, "Ben")
    open_plan(world, ada)
    made = under_way(world, ada)
    Participant.objects.create(intervention=made, pupil=ben, position=1)
    works_with(world, ben)
    answer = as_(world.primary).post(
        f"{made.get_absolute_url()}step-up/",
        {
            "to": "plan",
            "stepped_on": "today",
            "why": "It gets worse",
            "told_whom": "Dora Lead, DSL",
            "goes_on": "yes",
            "family_told": "yes",
        },
        follow=True,
    )
    assert "for the children who have none yet" in answer.text
    assert list(EarlyHelpPlan.objects.get(stepped_up_from=made).pupils.all()) == [ben]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"stepped_on": day(-1)}, "stepped_on"),
        ({"stepped_on": day(71)}, "stepped_on"),
        ({"stepped_on": day(9)}, "stepped_on"),
        ({"why": ""}, "why"),
        ({"told_whom": " "}, "told_whom"),
        ({"family_told": "no"}, "family_why"),
    ],
)
def test_a_step_up_that_cannot_be_is_refused_with_a_sentence(world, facts, field):
    made = under_way(world)
    session(world, made, ago=7)
    with pytest.raises(ValidationError) as refused:
        stepped_up(world.primary, made, **facts)
    assert list(refused.value.message_dict) == [field]


def test_the_second_of_two_clicks_steps_up_once(world):
    made = under_way(world)
    stepped_up(world.primary, made, StepUp.To.FRONT_DOOR, work_goes_on=True)
    with pytest.raises(TransitionNotAllowed, match="recorded already"):
        stepped_up(world.primary, made, StepUp.To.FRONT_DOOR, work_goes_on=True)


def test_stepping_down_says_what_the_school_goes_on_doing(world):
    made = under_way(world)
    with pytest.raises(ValidationError, match="what the school goes on doing"):
        endings.step_down(world.primary, made, closed_on=day(), **{**SAID, "school_continues": " "})
    endings.step_down(world.primary, made, closed_on=day(), **SAID)
    made.refresh_from_db()
    assert made.end_reason == EndReason.STEPPED_DOWN
    assert Act.objects.filter(verb=Verb.STEP_DOWN).exists()


# --- again -----------------------------------------------------------------------------------


def test_ended_work_is_taken_up_again_where_it_was_with_what_its_ending_said(world):
    """Rule 003-54: asked again as soon as needed, with its history."""
    made = under_way(world)
    session(world, made, ago=7)
    closed(world.primary, made)
    endings.reopen(world.primary, made, "The mornings are hard again")
    made.refresh_from_db()
    assert (made.state, made.closed_on, made.end_words) == (WorkState.UNDER_WAY, None, "")
    kept = made.reopenings.get()
    assert (kept.end_reason, kept.end_words) == ("met", "He is in school every day")
    assert (kept.childs_view, kept.school_continues) == ("I like the mornings", "Breakfast club")
    held = Involvement.objects.filter(source_id=made.pk)
    assert {(row.school, row.user, row.ends_at) for row in held} == {
        (world.oakfield, None, None),
        (None, world.primary, None),
    }
    assert Act.objects.get(verb=Verb.REOPEN).subject_id == str(made.pk)


def test_taken_up_work_waits_where_nobody_who_did_it_is_in_post(world):
    """Rule 003-54: a team manager then allocates it, and hears that it waits."""
    made = work(world, state=WorkState.CLOSED, child_worker=world.former)
    world.former.staff_roles.update(ends_at=world.yesterday)
    endings.reopen(world.primary, made, "Needed again")
    made.refresh_from_db()
    assert made.state == WorkState.REQUESTED
    assert made.worker_ids == set()
    assert Message.objects.filter(kind="work_asked", to=world.manager).exists()


def test_who_takes_work_up_again_has_its_children_on_their_current_work_again(world, ada):
    """Rule 003-54; design.md 3: a worker of the hub who does not support the school."""
    made = work_services.ask(world.primary, world.oakfield, facts(world), taking_part(ada))
    made = work_services.allocate(
        world.manager, made, child_worker=world.other_worker, meeting_on=day()
    )
    closed(world.primary, made)
    endings.reopen(world.primary, made, "The mornings are hard again")
    held = Involvement.objects.filter(source_id=made.pk)
    assert {(row.school, row.user, row.ends_at) for row in held} == {
        (world.oakfield, None, None),
        (None, world.other_worker, None),
    }


def test_agreement_that_was_withdrawn_is_asked_for_again(world):
    """Rule 001-79: no direct work follows from agreement that does not stand any more."""
    made = under_way(world)
    made.consents.update(withdrawn_on=day(2))
    closed(world.primary, made, end_reason="withdrawn")
    endings.reopen(world.primary, made, "They want it again")
    made.refresh_from_db()
    assert made.state == WorkState.ALLOCATED
    agreed(world, made, ago=0)


@pytest.mark.parametrize("reason", ["refused", "withdrawn"])
def test_work_does_not_end_with_a_no_while_the_family_stands_as_agreeing(world, reason):
    """Rule 001-79: taken up again, it would go on by an agreement that is none."""
    made = under_way(world)
    with pytest.raises(ValidationError) as refused:
        closed(world.primary, made, end_reason=reason)
    assert "Record first that the family withdrew" in refused.value.message_dict["end_reason"][0]


@pytest.mark.parametrize(("ago", "state"), [(170, "consented"), (300, "allocated")])
def test_after_half_a_year_the_family_is_asked_again(world, ada, ago, state):
    """Rule 001-79: what they agreed to then was something else."""
    made = work(world, ada, asked_on=day(ago + 5), meeting_on=day(ago + 2))
    work_services.allocate(world.manager, made, child_worker=world.primary, meeting_on=day(ago))
    agreed(world, made, ago=ago)
    closed(world.primary, made)
    endings.reopen(world.primary, made, "The mornings are hard again")
    made.refresh_from_db()
    assert made.state == state
    people = list(made.participants.all())
    answers = answers_on(made, day())
    found = refusals(made, answers, contact=Contact.DIRECT, held_on=day(), people=people)
    assert ("people" in found) == (state == "allocated")
    listed = with_refusal(ShortIntervention.objects.all()).get()
    assert listed.is_refused == agreement_of(made).is_refused


def test_work_is_not_taken_up_again_for_a_child_who_has_left_the_school(world):
    """Design.md 4: the old school's workers do not read on."""
    made = work(world, state=WorkState.CLOSED)
    Enrolment.objects.update(school=world.beech)
    Involvement.objects.update(school=None, user=world.primary)
    with pytest.raises(ValidationError) as refused:
        endings.reopen(world.primary, made, "Needed again")
    assert "taught at another school" in refused.value.message_dict["children"][0]


def test_it_is_taken_up_again_once_and_for_a_reason(world):
    made = work(world, state=WorkState.CLOSED)
    with pytest.raises(ValidationError):
        endings.reopen(world.primary, made, " ")
    endings.reopen(world.primary, made, "Needed again")
    with pytest.raises(TransitionNotAllowed):
        endings.reopen(world.primary, made, "Needed again")


AGAIN = {"asked_by": "school", "asked_who": "Dora", "hoped_for": "Calmer evenings"}


def ended(world, **fields):
    return work(world, state=WorkState.CLOSED, level_reason="Two of us saw it", **fields)


def test_new_work_from_old_has_its_people_and_its_history_and_nothing_is_retyped(world):
    """Rule 003-54."""
    made = ended(world, parent="Jane Adult", risks="A dog")
    new = endings.ask_again(world.primary, made, **AGAIN)
    assert (new.continues, new.state, new.risks) == (made, WorkState.REQUESTED, "A dog")
    assert (new.level, new.work_type, new.hub) == (made.level, made.work_type, made.hub)
    assert [str(person) for person in new.participants.all()] == [
        str(person) for person in made.participants.all()
    ]
    assert Involvement.objects.filter(source_id=new.pk, ends_at=None).exists()
    with pytest.raises(TransitionNotAllowed, match="asked for already"):
        endings.ask_again(world.primary, made, **AGAIN)
    assert Message.objects.filter(kind="work_asked", to=world.manager).exists()


def test_new_work_from_old_is_not_asked_for_a_child_who_has_left_the_school(world, as_):
    """Design.md 3: what a request asks of its children holds for one that goes on from another."""
    made = ended(world)
    ada = made.participants.get().pupil
    Enrolment.objects.filter(pupil=ada).update(school=world.beech)
    Involvement.objects.update(school=None, user=world.primary)
    page = posted(as_(world.primary), made, "again", **AGAIN).text
    assert f"{ada} is taught at another school. Ask for short work there" in page
    assert "Calmer evenings" in page
    assert not made.continued_by.exists()


def test_new_work_is_not_asked_for_beside_open_work(world):
    with pytest.raises(TransitionNotAllowed, match="still open"):
        endings.ask_again(
            world.primary, under_way(world), asked_by="school", asked_who="", hoped_for="More"
        )


# --- pages -----------------------------------------------------------------------------------


def posted(client, made, page, **data):
    return client.post(f"/interventions/{made.pk}/{page}/", data)


def test_the_page_of_a_step_up_shows_the_numbers_to_ring_before_any_field(world, as_):
    """Rules 003-35 and 001-103."""
    made = under_way(world)
    html = as_(world.primary).get(f"/interventions/{made.pk}/step-up/").content.decode()
    form = html.index('<form method="post" novalidate>')
    assert 0 < html.index("01632 960 101") < form
    assert 0 < html.index("Only the school refers") < form


def test_an_ending_with_a_draft_in_the_way_links_to_it_and_keeps_what_was_typed(world, as_):
    made = under_way(world)
    draft = session(world, made, completed=False)
    answer = posted(
        as_(world.primary),
        made,
        "end",
        closed_on="today",
        end_reason="met",
        end_words="<i>CANARY-end</i>",
        family_told="yes",
    )
    html = answer.content.decode()
    assert "Complete or discard the draft first" in html
    assert draft.get_absolute_url() in html
    assert "&lt;i&gt;CANARY-end" in html


def test_the_end_of_a_plan_is_offered_with_its_reason_only(world, as_):
    """Rule 001-82."""
    ada = child(world)
    made = under_way(world, ada)
    client = as_(world.primary)
    assert "End the plan" not in client.get(f"/interventions/{made.pk}/end/").content.decode()
    open_plan(world, ada)
    data = {"closed_on": "today", "end_words": "Well", "family_told": "yes", "end_plan": "on"}
    answer = posted(client, made, "end", end_reason="met", **data)
    assert "Untick this, or select" in answer.content.decode()
    answer = posted(client, made, "end", end_reason="level_three_over", **data)
    assert answer.status_code == 302
    assert EarlyHelpPlan.objects.get().ends_on == day()


def test_ending_twice_from_two_windows_is_answered_calmly(world, as_):
    made = under_way(world)
    client = as_(world.primary)
    data = {"closed_on": "today", "end_reason": "met", "end_words": "Well", "family_told": "yes"}
    for _ in range(2):
        assert posted(client, made, "end", **data).status_code == 302
    html = client.get(f"/interventions/{made.pk}/").content.decode()
    assert "This work has ended already." in html


def test_the_page_of_the_work_tells_its_whole_history(world, as_):
    """Rules 003-54 and 003-25."""
    made = under_way(world)
    closed(world.primary, made, end_words="CANARY-how-it-ended")
    endings.reopen(world.primary, made, "CANARY-why-again")
    stepped_up(world.primary, made, why="CANARY-why-up", work_goes_on=True)
    html = as_(world.primary).get(f"/interventions/{made.pk}/").content.decode()
    for told in ("CANARY-how-it-ended", "CANARY-why-again", "CANARY-why-up"):
        assert told in html
    assert "the school has not answered yet" in html


@pytest.mark.parametrize("page", ["end", "step-up", "step-down", "reopen", "again", "review"])
def test_nothing_typed_is_lost_and_no_text_breaks_a_page(world, as_, page):
    made = work(world, state=WorkState.CLOSED) if page in ("reopen", "again") else under_way(world)
    client = as_(world.primary)
    dates, words = (
        ("closed_on", "stepped_on", "reviewed_on", "next_on"),
        ("end_words", "text", "why"),
    )
    for text in ("a\x00b", "x" * 500_000, "\u202eevil", "=1+1", "<script>"):
        data = {**dict.fromkeys(dates, text[:5000]), **dict.fromkeys(words, text)}
        assert posted(client, made, page, **data).status_code in (200, 302)
    if page not in ("reopen", "again"):
        made.refresh_from_db()
        assert made.is_open


def test_as_many_queries_for_a_long_history_as_for_a_short_one(world, as_):
    made = under_way(world)
    client = as_(world.primary)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/interventions/{made.pk}/").status_code == 200
        return len(captured)

    closed(world.primary, made)
    endings.reopen(world.primary, made, "Needed again")
    stepped_up(world.primary, made, StepUp.To.FRONT_DOOR, work_goes_on=True)
    queries()
    few = queries()
    for ago in (3, 2, 1):
        ShortIntervention.objects.get(pk=made.pk).step_ups.create(
            to="front_door",
            stepped_on=day(ago),
            why="Worse",
            told_whom="Dora",
            family_told="yes",
            work_goes_on=True,
            by=world.secondary,
        )
        closed(world.primary, made)
        endings.reopen(world.primary, made, "Needed again")
    assert queries() == few
