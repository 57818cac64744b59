"""Requests for support: who asks and logs, who hears, who answers, and what comes of it."""

import uuid
from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from consultations import services as consultations
from consultations.models import Consultation, Withholding
from drafts.models import Draft
from interventions.models import Participant, ShortIntervention
from linkworkers.models import Absence
from notifications import kinds
from notifications.models import Message
from referrals import request_chasing
from referrals.models import (
    RequestOutcome,
    RequestState,
    RequestStep,
    SupportRequest,
)
from referrals.services import request_answers as answers
from referrals.services import requests
from schools.models import ContactRole, HubGrant, InsetDay, Involvement, School
from tests.children import child, works_with
from tests.referrals.support_requests import WORDS, asked, dated, facts, logged
from tests.world import anew


def told(kind):
    return sorted(m.to.email.split("@")[0] for m in Message.objects.filter(kind=kind))


def sees(user, request):
    user = anew(user)
    return (
        SupportRequest.objects.visible_to(user).filter(pk=request.pk).exists(),
        SupportRequest.objects.at_school_of(user).filter(pk=request.pk).exists(),
    )


def away(world, user):
    today = timezone.localdate()
    Absence.objects.create(
        link_worker=user.link_worker, starts_on=today, ends_on=today, added_by=world.manager
    )


# --- asking -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dsl", "deputy", "head", "senco"])
def test_the_schools_own_people_ask_and_its_worker_hears_at_once(world, who):
    by = getattr(world, who)
    made = asked(world, by)
    assert (made.state, made.source, made.asked_by, made.hub) == (
        RequestState.RECEIVED,
        "school",
        by,
        world.coast,
    )
    assert (made.words, made.asked_name, made.received_at) == (WORDS, by.name, made.recorded_at)
    assert told("request_asked") == ["primary"]
    message = Message.objects.get(kind="request_asked")
    assert "Oakfield" in message.subject
    assert not any(word in message.subject + message.body for word in ("Year 4", by.name))
    assert not Involvement.objects.exists()


@pytest.mark.parametrize("role", [ContactRole.PASTORAL, ContactRole.ATTENDANCE])
def test_pastoral_and_attendance_leads_ask_too(world, role):
    world.post(world.oakfield, world.person("newcomer", "Nora New"), role)
    assert asked(world, world.newcomer).asked_role == role.label


@pytest.mark.parametrize(
    "who", ["unconfirmed", "other_dsl", "left_lead", "attendee", "primary", "manager", "duty"]
)
def test_nobody_else_asks_for_the_school(world, who):
    with pytest.raises(PermissionDenied):
        asked(world, getattr(world, who))


def test_a_champion_or_another_in_post_does_not_ask(world):
    world.post(world.oakfield, world.person("champion", "Cass C"), ContactRole.DA_CHAMPION)
    with pytest.raises(PermissionDenied):
        asked(world, world.champion)


def test_a_second_click_asks_once(world):
    pk = uuid.uuid4()
    requests.ask(world.dsl, world.oakfield, facts(), pk=pk)
    with pytest.raises(TransitionNotAllowed):
        requests.ask(world.dsl, world.oakfield, facts(), pk=pk)
    assert SupportRequest.objects.count() == RequestStep.objects.count() == 1


@pytest.mark.parametrize("changes", [{"words": " "}, {"wanted": "discussion"}, {"wanted": "x"}])
def test_it_says_what_is_wanted_and_why(world, changes):
    with pytest.raises(ValidationError):
        asked(world, **changes)


# --- logging ------------------------------------------------------------------------------------


def test_the_front_doors_request_reaches_the_primary_and_always_the_manager(world):
    """rules 001-88, 001-89, 001-90"""
    logged(world, "front_door", world.primary)
    # The worker who logged it knows; nothing keeps the copy from the manager.
    assert told("request_asked") == []
    assert told("request_copied") == ["manager"]
    logged(world, "front_door", world.manager, wanted="discussion")
    assert told("request_asked") == ["primary"]
    assert told("request_copied") == ["manager", "manager"]


def test_the_managers_copy_leaves_whatever_became_of_the_request(world):
    """rule 001-90"""
    made = logged(world, "front_door", world.primary)
    answers.advise(world.primary, made, "Rang back")
    copy = Message.objects.get(kind="request_copied")
    kind = kinds.get(copy.kind)
    assert kind.still_due(copy)
    assert kind.may_receive(copy)


def test_the_secondary_or_the_cover_is_told_where_the_primary_is_away(world):
    """rule 001-89"""
    away(world, world.primary)
    logged(world, "front_door")
    assert told("request_asked") == ["secondary"]
    away(world, world.secondary)
    logged(world, "front_door")
    assert told("request_asked") == ["cover", "secondary"]
    away(world, world.cover)
    logged(world, "front_door")
    assert told("request_asked") == ["cover", "secondary"]
    assert told("request_copied") == ["manager"] * 3


@pytest.mark.parametrize("who", ["duty", "manager"])
def test_a_duty_managers_request_goes_to_the_team_manager_and_to_no_worker(world, who):
    """rule 001-91"""
    made = logged(world, "duty_manager", getattr(world, who))
    assert told("request_asked") == ([] if who == "manager" else ["manager"])
    assert told("request_copied") == []
    for worker in (world.primary, world.secondary, world.cover, world.coordinator):
        assert sees(worker, made) == (False, False)
        with pytest.raises(PermissionDenied):
            answers.advise(worker, made, "Mine")
    for lead in (world.dsl, world.head):
        assert sees(lead, made) == (False, False)
    for reader in (world.manager, world.service):
        assert sees(reader, made) == (True, False)
    assert sees(world.duty, made) == (who == "duty", False)


def test_the_manager_passes_a_duty_managers_request_on_and_then_the_worker_has_it(world):
    """rule 001-91"""
    made = logged(world, "duty_manager", world.duty)
    with pytest.raises(ValidationError, match="Choose somebody who supports"):
        requests.pass_on(world.manager, made, world.far_worker)
    requests.pass_on(world.manager, made, world.secondary, "You know the family")
    assert told("request_passed_on") == ["secondary"]
    assert sees(world.secondary, made) == (True, False)
    with pytest.raises(TransitionNotAllowed, match="has this request already"):
        requests.pass_on(world.manager, made, world.secondary)
    answers.advise(world.secondary, made, "Visited on Monday")
    assert told("request_answered") == ["duty"]


@pytest.mark.parametrize("who", ["primary", "secondary"])
def test_no_worker_logs_a_duty_managers_request(world, who):
    """rule 001-91"""
    with pytest.raises(PermissionDenied):
        logged(world, "duty_manager", getattr(world, who))


@pytest.mark.parametrize(
    "who", ["far_worker", "other_manager", "service", "coordinator", "administrator", "dsl"]
)
def test_only_who_works_with_the_school_and_the_duty_manager_log_for_it(world, who):
    with pytest.raises(PermissionDenied):
        logged(world, "school", getattr(world, who))


def test_a_call_from_the_school_is_followed_by_whoever_rang(world):
    earlier = world.now - timedelta(days=3)
    made = logged(
        world,
        "school",
        world.primary,
        wanted="advice",
        contact=world.senco_post,
        received_at=earlier,
    )
    assert (made.asked_name, made.asked_role, made.asked_by) == (
        world.senco.name,
        "SENCO",
        world.senco,
    )
    assert (made.received_at, made.recorded_by) == (earlier, world.primary)
    assert sees(world.senco, made) == (False, True)
    answers.advise(world.primary, made, "Try a walking bus")
    assert told("request_answered") == ["senco"]


def test_a_request_is_not_received_in_the_future(world):
    with pytest.raises(ValidationError) as refused:
        logged(world, "school", received_at=timezone.now() + timedelta(hours=1))
    assert "received_on" in refused.value.message_dict
    asked(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupportRequest.objects.update(received_at=world.tomorrow)


# --- who sees it --------------------------------------------------------------------------------


def test_who_sees_what_a_school_asked_for(world):
    made = asked(world)
    team = {"primary", "secondary", "cover", "manager", "service"}
    school = {"dsl", "deputy", "head", "withheld"}
    actors = (
        team
        | school
        | {
            *("former", "future", "other_worker", "conflicted", "far_worker", "other_manager"),
            *("duty", "coordinator", "governance", "administrator", "deactivated"),
            *("senco", "unconfirmed", "left_lead", "other_dsl", "head_and_dsl", "attendee"),
        }
    )
    found = {name: sees(getattr(world, name), made) for name in actors}
    assert {name for name, (team_side, _) in found.items() if team_side} == team
    assert {name for name, (_, own_side) in found.items() if own_side} == school


def test_a_senco_follows_what_they_asked_for_and_nothing_else(world):
    own, other = asked(world, world.senco), asked(world)
    assert sees(world.senco, own) == (False, True)
    assert sees(world.senco, other) == (False, False)
    world.senco_post.ends_at = world.yesterday
    world.senco_post.save()
    assert sees(world.senco, own) == (False, False)


def test_a_coordinator_sees_and_answers_what_is_for_a_caso_meeting(world):
    made, other = asked(world, wanted="caso"), asked(world)
    assert told("request_asked") == ["coordinator", "primary", "primary"]
    assert sees(world.coordinator, made) == (True, False)
    assert sees(world.coordinator, other) == (False, False)
    answers.call_meeting(world.coordinator, made, "In the second week of term")
    made.refresh_from_db()
    assert made.state == RequestState.MEETING
    assert made.is_open
    assert not made.waits
    with pytest.raises(PermissionDenied):
        answers.consult(world.coordinator, made)


def test_one_whose_own_child_attends_finds_nothing(world):
    """rule 001-53"""
    made = asked(world, world.head_and_dsl, school=world.elmgate)
    assert sees(world.conflicted, made) == (False, False)
    assert sees(world.other_worker, made) == (True, False)


def test_a_school_reads_of_the_front_doors_request_once_it_is_answered(world):
    made = logged(world, "front_door")
    assert sees(world.dsl, made) == (False, False)
    answers.advise(world.primary, made, "We spoke with the family's school")
    assert sees(world.dsl, made) == (False, True)
    assert sees(world.senco, made) == (False, False)
    # Who logged it can tell the front door, and the school's leads hear too (rule 001-88).
    assert told("request_answered") == ["deputy", "dsl", "head", "manager", "withheld"][1:]


def test_nobody_finds_a_trace_of_a_request_that_led_to_what_is_withheld_from_them(world):
    """design.md 6.14"""
    made = asked(world)
    made = answers.consult(world.primary, made)
    Withholding.objects.create(
        consultation=made.consultation,
        user=world.head,
        reason="-",
        instead=world.deputy_post,
        withheld_by=world.primary,
    )
    assert sees(world.head, made) == (False, False)
    assert sees(world.dsl, made) == (False, True)


# --- answering ----------------------------------------------------------------------------------


def test_reading_it_is_one_act_that_the_asker_hears_of(world):
    made = asked(world)
    read = requests.read(world.secondary, made)
    assert (read.state, read.acknowledged_by) == (RequestState.ACKNOWLEDGED, world.secondary)
    assert told("request_acknowledged") == ["dsl"]
    with pytest.raises(TransitionNotAllowed, match="read already"):
        requests.read(world.primary, made)


@pytest.mark.parametrize("who", ["former", "far_worker", "other_manager", "service", "duty", "dsl"])
def test_nobody_else_answers(world, who):
    made = asked(world)
    by = getattr(world, who)
    for act in (requests.read, answers.consult, answers.call_meeting):
        with pytest.raises(PermissionDenied):
            act(by, made)
    with pytest.raises(PermissionDenied):
        answers.decline(by, made, "not_ours", "No")


def test_accepting_makes_the_consultation_with_nothing_retyped(world):
    made = answers.consult(world.primary, asked(world), "On Monday at four")
    draft = Draft.objects.get(target_id=made.consultation_id)
    assert (made.outcome, made.consultation.author) == (RequestOutcome.CONSULTATION, world.primary)
    assert made.consultation.school == world.oakfield
    assert WORDS in draft.data["internal_notes"][0]
    assert "Mondays after school" in draft.data["internal_notes"][0]
    assert draft.data["contacts"] == [str(world.dsl_post.pk)]
    assert made.acknowledged_by == made.answered_by == world.primary
    assert told("request_answered") == ["dsl"]
    with pytest.raises(TransitionNotAllowed, match="answered this request already"):
        answers.consult(world.secondary, made)
    assert Consultation.objects.filter(state="draft", author=world.primary).count() == 2


def test_a_request_waits_again_when_its_draft_is_thrown_away(world):
    made = answers.consult(world.primary, asked(world))
    assert not SupportRequest.objects.waiting().exists()
    consultations.discard(world.primary, made.consultation)
    assert SupportRequest.objects.open().longest_waiting().get() == made
    again = answers.consult(world.secondary, SupportRequest.objects.get())
    assert again.consultation.author == world.secondary


def test_accepting_makes_the_short_work(world):
    ada = child(world)
    works_with(world, ada)
    made = logged(world, "front_door")
    work = answers.ask_for_work(
        world.primary,
        made,
        {
            "area": "attendance",
            "asked_by": "front_door",
            "asked_who": made.who_asked,
            "asked_on": timezone.localdate(),
            "hoped_for": made.words,
        },
        [Participant(pupil=ada)],
    )
    made.refresh_from_db()
    assert (made.intervention, made.outcome) == (work, RequestOutcome.SHORT_WORK)
    with pytest.raises(TransitionNotAllowed):
        answers.ask_for_work(world.primary, made, {}, [])
    assert ShortIntervention.objects.count() == 1


def test_what_is_refused_by_short_work_leaves_the_request_waiting(world):
    made = asked(world, wanted="short_work")
    with pytest.raises(ValidationError):
        answers.ask_for_work(world.primary, made, {"asked_on": timezone.localdate()}, [])
    made.refresh_from_db()
    assert made.waits


def test_not_taking_it_up_needs_a_reason_and_what_else_there_is(world):
    made = asked(world)
    with pytest.raises(ValidationError, match="Select why"):
        answers.decline(world.primary, made, "", "The school nurse")
    with pytest.raises(ValidationError, match="Enter what fits better"):
        answers.decline(world.primary, made, "other_support", " ")
    made = answers.decline(world.primary, made, "other_support", "The school nurse")
    assert (made.outcome, made.declined_why) == (RequestOutcome.DECLINED, "other_support")
    # It may be taken up after all, and what was said first stays on its timeline.
    answers.consult(world.manager, made)
    outcomes = made.steps.filter(kind="answered").values_list("outcome", "text")
    assert list(outcomes) == [("declined", "The school nurse"), ("consultation", "")]


def test_an_answer_sent_twice_is_given_once_and_a_second_ones_words_are_kept(world):
    made = asked(world)
    seen = made.seen
    answers.advise(world.primary, made, "Try this", seen=seen)
    with pytest.raises(TransitionNotAllowed, match="You have answered"):
        answers.advise(world.primary, made, "Try this", seen=seen)
    with pytest.raises(ValidationError, match="since you opened the page"):
        answers.advise(world.secondary, made, "Or that", seen=seen)
    made.refresh_from_db()
    answers.advise(world.secondary, made, "Or that", seen=made.seen)
    assert made.steps.filter(kind="answered").count() == 2


def test_both_sides_add_to_it_and_the_other_hears(world):
    made, pk = asked(world), uuid.uuid4()
    requests.add(world.head, made, "A third family", pk=pk)
    requests.add(world.head, made, "A third family", pk=pk)
    assert told("request_added") == ["primary"]
    note = requests.add(world.secondary, made, "We come on Monday")
    assert told("request_added") == ["dsl", "primary"]
    assert [step.from_school for step in made.steps.all()] == [True, True, False]
    with pytest.raises(PermissionDenied):
        requests.add(world.other_dsl, made, "Let me see")
    with pytest.raises(PermissionDenied):
        requests.add(world.dsl, made, "A third family", pk=note.pk)
    with pytest.raises(ValidationError):
        requests.add(world.dsl, made, " \n")


def test_the_school_withdraws_until_it_is_answered(world):
    made = asked(world, world.senco)
    with pytest.raises(PermissionDenied):
        requests.withdraw(world.primary, made)
    requests.withdraw(world.senco, made, "Solved")
    assert told("request_withdrawn") == ["primary"]
    message = Message.objects.get(kind="request_asked")
    assert not kinds.get(message.kind).still_due(message)
    with pytest.raises(TransitionNotAllowed):
        answers.advise(world.primary, made, "Too late")
    other = answers.advise(world.primary, asked(world), "Here is how")
    with pytest.raises(TransitionNotAllowed, match="answered or withdrawn already"):
        requests.withdraw(world.dsl, other)


def test_the_duty_manager_withdraws_their_own(world):
    made = logged(world, "duty_manager", world.duty)
    requests.withdraw(world.duty, made)
    assert told("request_withdrawn") == ["manager"]
    with pytest.raises(PermissionDenied):
        requests.withdraw(world.duty, logged(world, "duty_manager"))


def test_an_answer_reaches_the_schools_leads_where_the_asker_has_left(world):
    made = asked(world, world.senco)
    world.senco_post.ends_at = world.yesterday
    world.senco_post.save()
    answers.advise(world.primary, made, "Here is how")
    assert told("request_answered") == ["deputy", "dsl", "head", "withheld"][1:]


# --- a school that disagrees --------------------------------------------------------------------


def test_a_school_disagrees_with_an_answer_and_a_manager_answers(world):
    """rule 003-39"""
    made = asked(world)
    with pytest.raises(TransitionNotAllowed, match="has not been answered"):
        answers.disagree(world.dsl, made, "Too late")
    answers.decline(world.primary, made, "not_ours", "Ask the nurse")
    said = answers.disagree(world.dsl, made, "The nurse has said no")
    assert answers.disagree(world.dsl, made, "The nurse has said no") == said
    with pytest.raises(ValidationError, match="has said that it disagrees already"):
        answers.disagree(world.head, made, "So say I")
    with pytest.raises(PermissionDenied):
        answers.disagree(world.other_dsl, made, "Me too")
    assert told("request_disagreed") == ["manager"]
    with pytest.raises(PermissionDenied):
        answers.answer_disagreement(world.primary, said, "No")
    answers.answer_disagreement(world.manager, said, "We come on Monday")
    assert told("request_disagreement_answered") == ["dsl"]
    with pytest.raises(TransitionNotAllowed):
        answers.answer_disagreement(world.manager, said, "Twice")


# --- waiting ------------------------------------------------------------------------------------

TUESDAY, WEDNESDAY, FRIDAY = date(2026, 11, 10), date(2026, 11, 11), date(2026, 11, 13)


def on(day, hour=10):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def test_a_request_nobody_reads_is_told_to_the_worker_then_to_the_manager(world):
    """rule 001-55"""
    made = dated(asked(world), on(TUESDAY))
    request_chasing.chase(TUESDAY)
    assert told("request_waiting") == []
    request_chasing.chase(WEDNESDAY)
    request_chasing.chase(WEDNESDAY)
    assert told("request_waiting") == ["primary"]
    request_chasing.chase(WEDNESDAY + timedelta(days=1))
    assert told("request_waiting") == ["manager", "primary"]
    answers.advise(world.primary, made, "Here is how")
    message = Message.objects.filter(kind="request_waiting").first()
    assert not kinds.get(message.kind).still_due(message)
    request_chasing.chase(FRIDAY)
    assert len(told("request_waiting")) == 2


def test_weekends_inset_days_and_holidays_of_the_school_do_not_count(world):
    """rules 001-55, 003-29"""
    dated(asked(world), on(FRIDAY))
    monday = FRIDAY + timedelta(days=3)
    InsetDay.objects.create(school=world.oakfield, day=monday)
    for later in range(1, 4):
        request_chasing.chase(FRIDAY + timedelta(days=later))
    assert told("request_waiting") == []
    request_chasing.chase(monday + timedelta(days=1))
    assert told("request_waiting") == ["primary"]


def test_one_that_was_read_and_not_answered_is_told_later(world):
    """rule 001-55"""
    made = dated(asked(world), on(TUESDAY))
    requests.read(world.primary, made)
    SupportRequest.objects.update(acknowledged_at=on(TUESDAY, 12))
    request_chasing.chase(WEDNESDAY + timedelta(days=1))
    assert told("request_waiting") == []
    request_chasing.chase(FRIDAY)
    assert told("request_waiting") == ["primary"]
    request_chasing.chase(FRIDAY + timedelta(days=4))
    assert told("request_waiting") == ["manager", "primary"]


def test_a_duty_managers_request_that_waits_is_told_to_managers_alone(world):
    """rule 001-91"""
    dated(logged(world, "duty_manager", world.duty), on(TUESDAY))
    for day in (WEDNESDAY, WEDNESDAY + timedelta(days=1)):
        request_chasing.chase(day)
    assert told("request_waiting") == ["manager", "manager"]


def test_what_the_front_door_asks_waits_for_no_term(world):
    """rules 001-55, 001-89: only what a school asks counts in its school days."""
    dated(logged(world, "front_door", world.primary), on(FRIDAY))
    monday = FRIDAY + timedelta(days=3)
    InsetDay.objects.create(school=world.oakfield, day=monday)
    request_chasing.chase(monday)
    assert told("request_waiting") == ["primary"]


def test_where_nobody_supports_the_school_its_manager_hears(world):
    """rule 001-89"""
    world.primary_allocation.delete()
    for held in (world.secondary_allocation, world.cover_allocation):
        held.delete()
    asked(world)
    assert told("request_asked") == ["manager"]


def test_chasing_asks_as_much_for_many_as_for_one(world):
    with CaptureQueriesContext(connection) as for_one:
        dated(asked(world), on(TUESDAY))
        request_chasing.chase(WEDNESDAY)
    asked(world, world.head_and_dsl, school=world.elmgate)
    asked(world, world.other_dsl, school=world.beech, wanted="caso")
    SupportRequest.objects.update(received_at=on(TUESDAY), recorded_at=on(TUESDAY))
    with CaptureQueriesContext(connection) as for_many:
        request_chasing.chase(WEDNESDAY)
    assert told("request_waiting") == ["coordinator", "far.worker", "other.worker", "primary"]
    assert len(for_many) <= len(for_one)


def test_a_request_follows_its_school_to_another_hub(world):
    made = asked(world)
    School.objects.filter(pk=world.oakfield.pk).update(hub=world.downs)
    assert sees(world.manager, made) == (False, False)
    assert sees(world.other_manager, made) == (True, False)


def test_where_the_hub_has_no_manager_the_service_manager_passes_on_and_answers(world):
    """design.md 3: a school of "Not yet in a hub"; rule 001-91."""
    made = logged(world, "duty_manager", world.duty)
    with pytest.raises(PermissionDenied):
        requests.pass_on(world.service, made, world.secondary)
    HubGrant.objects.filter(user=world.manager).update(ends_at=world.now)
    for by in (world.other_manager, world.duty):
        with pytest.raises(PermissionDenied):
            requests.pass_on(by, made, world.secondary)
    made = requests.pass_on(anew(world.service), made, world.secondary)
    assert made.passed_to == world.secondary
    declined = answers.decline(world.primary, asked(world), "not_ours", "Ask the nurse")
    said = answers.disagree(world.dsl, declined, "The nurse has said no")
    assert told("request_disagreed") == ["service"]
    assert answers.answer_disagreement(anew(world.service), said, "We come").answered_at


def test_nothing_is_logged_for_a_school_that_has_closed(world):
    School.objects.filter(pk=world.oakfield.pk).update(status="closed")
    with pytest.raises(PermissionDenied):
        logged(world, "school", world.primary)


def test_where_the_manager_is_away_too_the_service_manager_hears(world):
    """rules 001-55, 001-91"""
    away(world, world.manager)
    made = logged(world, "duty_manager", world.duty)
    assert told("request_asked") == ["manager", "service"]
    assert requests.pass_on(anew(world.service), made, world.secondary)
    for user in (world.primary, world.secondary, world.cover):
        away(world, user)
    asked(world)
    assert told("request_asked") == ["manager", "manager", "service", "service"]
