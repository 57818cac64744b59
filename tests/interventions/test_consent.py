"""What the school confirms of the family's answer, and what follows from it."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from consultations.models import FamilyTold
from interventions import consent_page, session_rules, watching
from interventions.agreement import Standing, agreement_of
from interventions.models import (
    Answer,
    ConsentConfirmation,
    EndReason,
    Participant,
    ShortIntervention,
    WorkState,
)
from interventions.services import consent as consent_services
from notifications.models import Message
from tests.children import child
from tests.interventions.short_work import agreed, day, session, under_way, work

pytestmark = pytest.mark.django_db
GIVEN, LIMITED, REFUSED = Answer.GIVEN, Answer.LIMITED, Answer.REFUSED


@pytest.fixture
def made(world):
    """Allocated work with Ada and her mother."""
    return work(world, state=WorkState.ALLOCATED, parent="Jane Smith")


def confirm(by, made, answer=GIVEN, **said):
    facts = {
        "people": made.participants.all(),
        "obtained_on": day(5),
        "from_whom": "The mother",
        "obtained_by_name": "Dora Lead",
        "held_in": "CPOMS",
        **said,
    }
    return consent_services.confirm(by, made, answer, **facts)


def standings(made):
    fresh = ShortIntervention.objects.get(pk=made.pk)
    return [stand.standing for stand in agreement_of(fresh).stands]


def state_of(made):
    return ShortIntervention.objects.get(pk=made.pk).state


def told(kind):
    return {message.to for message in Message.objects.filter(kind=kind)}


def refusal(act):
    """The sentences an act is refused with, by field."""
    with pytest.raises(ValidationError) as refused:
        act()
    return refused.value.message_dict


# --- who says so ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dsl", "deputy", "head", "primary", "secondary", "manager"])
def test_the_schools_leads_and_who_does_the_work_confirm(world, made, who):
    """Rules 001-79 and 001-80: the school says so, here or to the worker."""
    said = confirm(getattr(world, who), made)
    assert said.confirmed_by == getattr(world, who)
    assert state_of(made) == WorkState.CONSENTED


@pytest.mark.parametrize(
    "who",
    ["senco", "unconfirmed", "left_lead", "other_dsl", "other_worker", "far_worker", "service"],
)
def test_nobody_else_confirms(world, made, who):
    """Rule 001-80: a lead who left, waits to be confirmed or is at another school is none."""
    with pytest.raises(PermissionDenied):
        confirm(getattr(world, who), made)
    assert state_of(made) == WorkState.ALLOCATED


def test_a_lead_withheld_from_the_consultation_says_nothing_of_the_work_it_led_to(world):
    from_note = work(world, state=WorkState.ALLOCATED, consultation=world.shared)
    with pytest.raises(PermissionDenied):
        confirm(world.withheld, from_note)
    assert confirm(world.dsl, from_note)


def test_the_other_side_is_told_and_the_message_holds_no_name_and_no_answer(world, made):
    confirm(world.dsl, made)
    assert told("agreement_confirmed") == {world.primary}
    Message.objects.all().delete()
    consent_services.withdraw(world.primary, made.consents.get(), day(1), "Too many appointments")
    assert told("agreement_withdrawn") == {world.dsl, world.head, world.withheld}
    for message in Message.objects.all():
        text = message.subject + message.body
        assert not any(
            word in text for word in ("Ada", "CANARY", "Smith", "appointments", "mother")
        )


def test_a_withheld_lead_hears_nothing_of_it(world):
    from_note = work(world, state=WorkState.ALLOCATED, consultation=world.shared)
    confirm(world.primary, from_note)
    assert told("agreement_confirmed") == {world.dsl, world.head}


# --- what a confirmation says ----------------------------------------------------------------


def test_agreement_takes_allocated_work_on_and_is_written_down(world, made):
    """Rule 001-23: consent comes before a child is met."""
    said = confirm(world.dsl, made, obtained_by=world.senco_post, obtained_by_name="ignored")
    assert said.obtained_by_name == "Selma Senco"
    assert standings(made) == [Standing.GIVEN, Standing.GIVEN]
    act = Act.objects.get(verb=Verb.CONFIRM)
    assert (act.by, act.subject_id) == (world.dsl, str(made.pk))


def test_an_answer_before_allocation_waits_with_the_request(world):
    asked = work(world)
    confirm(world.dsl, asked)
    assert state_of(asked) == WorkState.REQUESTED
    assert agreement_of(asked).is_whole


@pytest.mark.parametrize(
    ("answer", "said", "field"),
    [
        (GIVEN, {"people": []}, "people"),
        (GIVEN, {"from_whom": "  "}, "from_whom"),
        (GIVEN, {"held_in": ""}, "held_in"),
        (GIVEN, {"obtained_by_name": ""}, "obtained_by"),
        (LIMITED, {}, "limits"),
        (GIVEN, {"obtained_on": day(-1)}, "obtained_on"),
        (GIVEN, {"obtained_on": day(300)}, "obtained_on"),
    ],
)
def test_what_is_missing_or_cannot_be_is_refused_with_a_sentence(world, made, answer, said, field):
    """Rule 001-79: who at the school, when and for whom; never in the future."""
    assert list(refusal(lambda: confirm(world.dsl, made, answer, **said))) == [field]
    assert not made.consents.exists()


def test_a_refusal_needs_no_place_where_it_is_kept(world, made):
    assert confirm(world.dsl, made, REFUSED, held_in="").answer == REFUSED


def test_limits_are_kept_only_with_an_answer_that_has_them(world, made):
    assert confirm(world.dsl, made, limits="Not at home").limits == ""
    assert confirm(world.dsl, made, LIMITED, limits="Not at home").limits == "Not at home"
    assert standings(made) == [Standing.LIMITED, Standing.LIMITED]


def test_somebody_who_joins_later_is_confirmed_later(world, made):
    """Rule 001-79: each person is named."""
    confirm(world.dsl, made)
    father = Participant.objects.create(intervention=made, name="Joe Smith", position=2)
    assert standings(made)[2] == Standing.WAITING
    assert agreement_of(ShortIntervention.objects.get(pk=made.pk)).text == "Agreed for some"
    confirm(world.dsl, made, people=[father])
    assert standings(made) == [Standing.GIVEN] * 3


def test_the_same_page_sent_twice_confirms_once(world, made):
    once = uuid.uuid4()
    assert confirm(world.dsl, made, once=once) == confirm(world.dsl, made, once=once)
    assert ConsentConfirmation.objects.filter(intervention=made).count() == 1
    assert Message.objects.filter(kind="agreement_confirmed").count() == 1


def test_the_id_of_another_works_confirmation_opens_nothing(world, made):
    other = agreed(world, work(world, child(world, "Ben"), state=WorkState.ALLOCATED))
    with pytest.raises(PermissionDenied):
        confirm(world.dsl, made, once=other.pk)


def test_the_same_answer_again_is_too_late(world, made):
    confirm(world.dsl, made)
    with pytest.raises(TransitionNotAllowed, match="confirmed already"):
        confirm(world.primary, made)


def test_ended_work_takes_no_answer(world):
    ended = work(world, state=WorkState.CLOSED)
    with pytest.raises(TransitionNotAllowed, match="has ended"):
        confirm(world.dsl, ended)


# --- no, and no longer ------------------------------------------------------------------------


def test_a_refusal_leaves_other_contact_and_a_day_to_look_again(world, made):
    """Rules 003-50 to 003-52: a no is valid, and does not end the watchfulness."""
    confirm(world.dsl, made, REFUSED)
    assert state_of(made) == WorkState.ALLOCATED
    shown = consent_page.section(world.primary, ShortIntervention.objects.get(pk=made.pk))
    assert shown["is_refused"]
    assert shown["end_reason"] == EndReason.REFUSED
    assert consent_page.day_to_look(made) >= day() + timedelta(weeks=6)


def test_one_who_says_no_stops_nobody_else(world, made):
    ada, mother = made.participants.all()
    confirm(world.dsl, made, people=[mother])
    confirm(world.dsl, made, REFUSED, people=[ada])
    assert standings(made) == [Standing.REFUSED, Standing.GIVEN]
    assert not consent_page.section(world.primary, made)["is_refused"]


def test_who_agreed_does_not_refuse_but_withdraws(world, made):
    confirm(world.dsl, made)
    assert "withdrew" in refusal(lambda: confirm(world.dsl, made, REFUSED))["answer"][0]


def test_a_later_yes_follows_a_no_and_not_the_other_way_round(world, made):
    """Rule 003-51: in case they change their mind."""
    confirm(world.dsl, made, REFUSED, obtained_on=day(5))
    assert (
        "said no on"
        in refusal(lambda: confirm(world.dsl, made, obtained_on=day(6)))["obtained_on"][0]
    )
    ShortIntervention.objects.update(watch_on=day(-20))
    confirm(world.dsl, made, obtained_on=day(2), people=made.participants.all()[:1])
    assert ShortIntervention.objects.get(pk=made.pk).watch_on == day(-20)
    confirm(world.dsl, made, obtained_on=day(2), people=made.participants.all()[1:])
    assert standings(made) == [Standing.GIVEN, Standing.GIVEN]
    assert ShortIntervention.objects.get(pk=made.pk).watch_on is None
    assert state_of(made) == WorkState.CONSENTED


def test_withdrawing_ends_the_agreement_from_that_day(world, made):
    said = confirm(world.dsl, made)
    gone = consent_services.withdraw(world.dsl, said, day(2), "Too much")
    assert (gone.withdrawn_on, gone.withdrawn_by) == (day(2), world.dsl)
    assert gone.allows(day(3))
    assert not gone.allows(day(2))
    assert state_of(made) == WorkState.ALLOCATED
    assert consent_page.section(world.primary, made)["end_reason"] == EndReason.WITHDRAWN


def test_work_under_way_stays_so_when_they_withdraw(world):
    going = under_way(world)
    consent_services.withdraw(world.primary, going.consents.get(), day(1))
    assert state_of(going) == WorkState.UNDER_WAY


def test_where_one_withdraws_the_others_go_on(world, made):
    """Rule 001-79: who is named is known of each."""
    ada, mother = made.participants.all()
    said = confirm(world.dsl, made)
    gone = consent_services.withdraw(world.dsl, said, day(1), people=[ada])
    assert standings(made) == [Standing.WITHDRAWN, Standing.GIVEN]
    assert list(gone.people.all()) == [ada]
    assert list(ConsentConfirmation.objects.get(pk=said.pk).people.all()) == [mother]
    assert state_of(made) == WorkState.CONSENTED


def test_an_older_answer_that_is_typed_late_does_not_undo_the_limits_of_a_later_one(world, made):
    """Rule 001-79: the answer of the later day holds, on the page as for direct work."""
    confirm(world.dsl, made, LIMITED, obtained_on=day(5), limits="Not at home")
    confirm(world.dsl, made, obtained_on=day(30))
    assert standings(made) == [Standing.LIMITED, Standing.LIMITED]
    assert {said.answer for said in session_rules.answers_on(made, day()).values()} == {LIMITED}


def test_who_withdraws_leaves_every_agreement_they_gave(world, made):
    confirm(world.dsl, made, obtained_on=day(5))
    limited = confirm(world.dsl, made, LIMITED, obtained_on=day(3), limits="Not at home")
    consent_services.withdraw(world.dsl, limited, day(1))
    assert not any(said.allows(day()) for said in made.consents.all())


@pytest.mark.parametrize(("on", "people"), [(day(-1), None), (day(6), None), (day(1), [])])
def test_a_withdrawal_on_a_day_that_cannot_be_or_of_nobody_is_refused(world, made, on, people):
    said = confirm(world.dsl, made)
    refusal(lambda: consent_services.withdraw(world.dsl, said, on, people=people))
    assert agreement_of(made).is_whole


def test_withdrawing_twice_is_too_late(world, made):
    said = confirm(world.dsl, made)
    consent_services.withdraw(world.dsl, said, day(1))
    with pytest.raises(TransitionNotAllowed):
        consent_services.withdraw(world.primary, said, day(1))


def test_a_refusal_is_not_withdrawn(world, made):
    said = confirm(world.dsl, made, REFUSED)
    with pytest.raises(TransitionNotAllowed):
        consent_services.withdraw(world.dsl, said, day(1))


def test_nobody_outside_withdraws(world, made):
    said = confirm(world.dsl, made)
    for who in (world.other_dsl, world.far_worker, world.senco):
        with pytest.raises(PermissionDenied):
            consent_services.withdraw(who, said, day(1))


def test_direct_work_after_they_withdrew_is_pointed_out(world):
    going = under_way(world)
    session(world, going, ago=7)
    session(world, going, ago=2)
    consent_services.withdraw(world.dsl, going.consents.get(), day(3))
    shown = consent_page.section(world.primary, ShortIntervention.objects.get(pk=going.pk))
    assert [held.held_on for held in shown["late_work"]] == [day(2)]


# --- watching, and whether the family knows -----------------------------------------------------


def test_a_family_that_said_no_is_watched_when_the_work_has_ended(world):
    """Rules 003-51 and 003-52."""
    ended = work(world, state=WorkState.CLOSED, end_reason=EndReason.REFUSED)
    on = day() + timedelta(days=40)
    assert consent_services.watch(world.primary, ended, on).watch_on == on
    with pytest.raises(TransitionNotAllowed):
        consent_services.watch(world.primary, ended, on)
    assert consent_services.watch(world.primary, ended, None).watch_on is None


@pytest.mark.parametrize("ahead", [0, -3, 400])
def test_a_day_to_look_again_is_soon_and_to_come(world, made, ahead):
    assert "on" in refusal(lambda: consent_services.watch(world.primary, made, day(-ahead)))


def test_the_school_does_not_set_the_teams_day(world, made):
    with pytest.raises(PermissionDenied):
        consent_services.watch(world.dsl, made, day(-20))


def test_the_worker_hears_on_the_day_and_once(world, made):
    ShortIntervention.objects.filter(pk=made.pk).update(watch_on=day())
    watching.remind()
    watching.remind()
    [message] = Message.objects.filter(kind="watch_due")
    assert message.to == world.primary
    assert "CANARY" not in message.subject + message.body
    watching.remind(day(-1))
    assert Message.objects.filter(kind="watch_due").count() == 1


def test_nothing_is_said_before_the_day(world, made):
    ShortIntervention.objects.filter(pk=made.pk).update(watch_on=day(-1))
    watching.remind()
    assert not Message.objects.filter(kind="watch_due").exists()


def test_reminding_costs_the_same_for_more(world, made, django_assert_num_queries):
    ShortIntervention.objects.update(watch_on=day())
    watching.remind()
    Message.objects.all().delete()
    with django_assert_num_queries(7) as counted:
        watching.remind()
    for n in range(4):
        work(world, child(world, f"Child{n}"), state=WorkState.ALLOCATED, watch_on=day())
    with django_assert_num_queries(len(counted)):
        watching.remind()


def test_my_work_knows_what_to_look_at(world, made):
    ShortIntervention.objects.update(watch_on=day(2))
    assert list(consent_page.to_look_at(world.primary)) == [made]
    for who in (world.secondary, world.manager, world.far_worker, world.dsl):
        assert not consent_page.to_look_at(who).exists()


def test_what_nobody_does_is_looked_at_by_who_supports_the_school(world):
    asked = work(world, watch_on=day())
    assert list(consent_page.to_look_at(world.secondary)) == [asked]


def test_whether_the_family_knows_is_a_thing_of_its_own(world, made):
    """Rule 003-53: told, or why not; agreement and lawful basis are something else."""
    why = refusal(lambda: consent_services.tell_family(world.primary, made, FamilyTold.NO))
    assert why == {"why": ["Enter why the family is not told"]}
    consent_services.tell_family(world.primary, made, FamilyTold.NO, "It would put Ada at risk")
    fresh = ShortIntervention.objects.get(pk=made.pk)
    assert (fresh.family_told, fresh.lawful_basis) == (FamilyTold.NO, "public_task")
    assert standings(made) == [Standing.WAITING] * 2
    consent_services.tell_family(world.primary, made, FamilyTold.YES, "ignored")
    assert ShortIntervention.objects.get(pk=made.pk).family_why == ""
    with pytest.raises(TransitionNotAllowed):
        consent_services.tell_family(world.primary, made, FamilyTold.YES)
    with pytest.raises(PermissionDenied):
        consent_services.tell_family(world.dsl, made, FamilyTold.YES)
