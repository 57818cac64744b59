"""Raising a concern, and who has it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from audit.errors import TransitionNotAllowed
from linkworkers.models import LinkWorker
from notifications.models import Message
from referrals.models import About, Concern, Decision, Fallback, KeptWhy, NoteKind
from referrals.models import concerns as models
from referrals.services import concerns as services
from referrals.services.concerns import raise_concern
from referrals.services.escalation import database_now, plan
from schools.models import Involvement, OwnChildConflict, School
from schools.services import involve, open_children
from tests.children import child
from tests.referrals.concerns import WORDS, away, raised, told, told_at, work_every_day
from tests.world import anew

pytestmark = pytest.mark.django_db


def fallback(world, user, about="child"):
    return Fallback.objects.create(
        user=user, about=about, role="Safeguarding lead", added_by=world.administrator
    )


@pytest.fixture(autouse=True)
def on_any_day(world):
    work_every_day()


# --- raised -----------------------------------------------------------------------------------


def test_saving_tells_the_line_manager_at_once(world):
    """Rule 001-105."""
    concern = raised(world)
    assert told(concern) == ["Maya"]
    assert Message.objects.about(concern).get().is_urgent


@pytest.mark.parametrize(
    "key", ["primary", "other_worker", "duty", "coordinator", "governance", "administrator"]
)
def test_any_council_user_raises_one_about_anybody(world, key):
    """Rules 001-102 and 001-104: no allocation, no reason, no child record."""
    concern = raised(world, getattr(world, key), school=None, about_name="A girl at the station")
    assert told(concern)


@pytest.mark.parametrize("key", ["dsl", "head", "senco", "unconfirmed"])
def test_people_of_schools_raise_none_here(world, key):
    """Rule 001-97: they follow their own policy and ring the front door."""
    with pytest.raises(PermissionDenied):
        raised(world, getattr(world, key))


def test_an_empty_form_is_a_concern_too(world):
    """Design 6.13: no value of any field stops a concern being saved."""
    concern = raise_concern(anew(world.primary), "", is_danger=True)
    assert told(concern) == ["Maya"]
    assert concern.aware_at == concern.raised_at


@pytest.mark.parametrize("days", [-1, 366])
def test_a_time_that_cannot_be_is_kept_and_the_clock_runs_from_the_saving(world, days):
    aware_at = database_now() - timedelta(days=days)
    concern = raised(world, aware_at=aware_at)
    assert concern.aware_at == concern.raised_at
    assert str(aware_at.year) in concern.aware_words


def test_the_clock_starts_when_the_worker_became_aware(world):
    """Rule 001-106: not when they typed it, and the lateness shows."""
    concern = raised(world, hours_ago=5)
    assert concern.clock().left <= timedelta(hours=19)
    assert concern.typed_late >= timedelta(hours=5)


def test_a_concern_typed_after_24_hours_is_a_breach_at_once(world):
    """Rule 001-106: all team managers and the service manager hear it."""
    concern = raised(world, hours_ago=30)
    assert told(concern) == ["Maya", "Omar", "Seth"]


def test_a_double_click_raises_it_once(world):
    pk = uuid4()
    for _ in range(2):
        raise_concern(anew(world.primary), WORDS, pk=pk)
    assert Concern.objects.count() == 1
    assert Message.objects.count() == 1


def test_what_is_changed_on_a_page_gone_back_to_is_added(world):
    first = raised(world, pk=uuid4())
    for _ in range(2):
        again = raise_concern(anew(world.primary), "More of it", pk=first.pk)
    assert again.pk == first.pk
    assert [note.words for note in first.notes.all()] == ["More of it"]


def test_an_id_that_is_somebody_elses_raises_a_concern_of_ones_own(world):
    theirs = raised(world, world.secondary)
    mine = raise_concern(anew(world.primary), WORDS, pk=theirs.pk)
    assert mine.pk != theirs.pk
    assert told(mine) == ["Maya"]


def test_a_reference_that_is_taken_is_drawn_again(world, monkeypatch):
    first = raised(world)
    letters = iter(first.reference + "ABCDEF")
    monkeypatch.setattr(models, "choice", lambda among: next(letters))
    assert raised(world).reference == "ABCDEF"


def test_whatever_goes_wrong_with_telling_the_concern_is_saved_and_told_by_the_next_tick(
    world, monkeypatch
):
    """Rule 001-105: nobody finds that their concern was lost."""

    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr(services, "tell_of", broken)
    concern = raised(world)
    assert told(concern) == []
    monkeypatch.undo()
    plan()
    assert told(concern) == ["Maya"]


def test_told_by_phone_is_shown_and_stops_no_clock(world):
    concern = raised(world, told_words="Rang Maya at 2pm")
    assert concern.notes.get().kind == NoteKind.PHONED
    assert not concern.is_held
    assert told(concern) == ["Maya"]


def test_a_child_opens_to_who_was_told(world):
    """Design 6.2."""
    pupil = child(world, "Theo", "Bramall")
    concern = raised(world, pupil=pupil, school=None)
    assert concern.school == world.oakfield
    users = Involvement.objects.filter(source_id=concern.pk).values_list("user", flat=True)
    assert set(users) == {world.manager.pk}


def test_a_child_opens_to_who_was_told_once_the_child_is_named(world):
    """Design 6.2; the raiser here has opened identity alone."""
    concern = raised(world, world.duty)
    pupil = child(world, "Theo", "Bramall")
    duty = anew(world.duty)
    duty.sign_in = "x" * 64
    open_children(duty, [pupil], "concern")
    services.name_child(duty, concern, pupil)
    users = Involvement.objects.filter(source_id=concern.pk).values_list("user", flat=True)
    assert set(users) == {world.manager.pk}


# --- to whom ----------------------------------------------------------------------------------


def test_an_absent_manager_is_told_and_so_is_the_fallback_for_a_child(world):
    """Rule 001-107."""
    away(world.manager, world)
    fallback(world, world.duty)
    assert told(raised(world)) == ["Dot", "Maya"]


def test_on_a_day_the_manager_does_not_work_the_fallback_is_told_too(world):
    LinkWorker.objects.filter(user=world.manager).update(working_days=[])
    concern = raise_concern(anew(world.primary), WORDS, school=world.oakfield)
    assert told(concern) == ["Maya", "Seth"]


def test_an_adults_fallback_is_another_list(world):
    """Rules 001-110 and 001-112."""
    fallback(world, world.duty, "child")
    fallback(world, world.governance, "adult")
    concern = raised(world, about="adult", not_to_manager=True, not_to_why="It is about her")
    assert told(concern) == ["Gita"]


def test_a_concern_that_nobody_on_the_list_can_hear_goes_to_the_service_manager(world):
    """A fallback that leads nowhere holds nothing up."""
    fallback(world, world.deactivated, "adult")
    concern = raised(world, about="adult", not_to_manager=True)
    assert told(concern) == ["Seth"]


def test_the_raiser_keeps_it_from_their_manager_with_a_reason(world):
    concern = raised(world, not_to_manager=True, not_to_why="It concerns a friend of hers")
    assert "Maya" not in told(concern)
    kept = concern.kept_from.get()
    assert (kept.user, kept.because) == (world.manager, KeptWhy.NOT_TO)
    assert not Concern.objects.visible_to(anew(world.manager)).exists()


def test_a_manager_named_in_it_is_not_told_and_finds_no_trace(world):
    """Design 6.14."""
    concern = raised(world, words="The boy says that  maya manager shouted at him.")
    assert told(concern) == ["Seth"]
    assert not Concern.objects.visible_to(anew(world.manager)).exists()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Siân O'Brien", "Sian O’Brien"),
        ("Maya Jane Manager", "MAYA MANAGER’s car"),
        ("Anne-Marie Cole", "Anne\u2011Marie\u00a0Cole"),
        ("Maya Manager", "Ma\u200bya Manager"),
    ],
)
def test_a_name_is_found_however_it_is_typed(world, name, typed):
    """Design 6.14."""
    User.objects.filter(pk=world.manager.pk).update(name=name)
    assert told(raised(world, words=f"It was {typed}.")) == ["Seth"]


def test_a_manager_named_in_what_is_added_hears_no_more_and_the_next_are_told(world):
    """Design 6.14."""
    concern = raised(world)
    services.add(anew(world.primary), concern, "He says that it was Maya Manager")
    assert told(concern) == ["Maya", "Seth"]
    assert told(concern, "concern_added") == ["Seth"]
    assert not Concern.objects.visible_to(anew(world.manager)).exists()
    plan(concern.aware_at + timedelta(hours=4, minutes=1))
    assert told(concern) == ["Maya", "Seth", "Seth"]
    services.acknowledge(anew(world.service), concern)
    assert told(concern, "concern_no_need") == []


def test_a_manager_who_was_rung_is_told_on_and_so_is_who_has_it(world):
    concern = raised(world)
    services.add(anew(world.primary), concern, "Rang Maya Manager", NoteKind.PHONED)
    services.acknowledge(anew(world.manager), concern)
    services.add(anew(world.primary), concern, "As I said to Maya Manager")
    assert not concern.kept_from.exists()


def test_who_is_named_in_a_disagreement_is_not_the_one_who_answers_it(world):
    concern = held(world)
    services.disagree(anew(world.primary), concern, "Seth Service told Maya Manager to drop it")
    assert told(concern, "concern_objected") == ["Omar"]


def test_somebody_with_only_part_of_the_name_is_told(world):
    assert told(raised(world, words="Maya rang. The manager at the shop saw it.")) == ["Maya"]


def test_the_raiser_says_that_it_is_not_about_the_manager_and_they_are_told(world):
    concern = raised(world, words="I rang Maya Manager.")
    services.tell_after_all(anew(world.primary), concern, world.manager)
    assert "Maya" in told(concern)
    assert Concern.objects.visible_to(anew(world.manager)).exists()


def test_nobody_whose_own_child_attends_the_school_is_told(world):
    """Rule 001-53."""
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    concern = raised(world)
    assert "Maya" not in told(concern)
    assert not Concern.objects.visible_to(anew(world.manager)).exists()


def test_a_managers_own_concern_goes_to_their_line_manager(world):
    world.manager.link_worker.line_manager = world.service
    world.manager.link_worker.save()
    assert told(raised(world, world.manager)) == ["Seth"]


def test_a_manager_without_a_line_manager_does_not_tell_themselves(world):
    assert told(raised(world, world.manager)) == ["Seth"]


# --- taken ------------------------------------------------------------------------------------


def test_one_tap_takes_it_and_the_raiser_and_the_others_hear(world):
    concern = raised(world, hours_ago=30)
    services.acknowledge(anew(world.manager), concern)
    concern.refresh_from_db()
    assert concern.acknowledged_by == world.manager
    assert told(concern, "concern_taken") == ["Priya"]
    assert told(concern, "concern_no_need") == ["Omar", "Seth"]


def test_nobody_takes_their_own_concern(world):
    concern = raised(world, world.manager)
    with pytest.raises(PermissionDenied):
        services.acknowledge(anew(world.manager), concern)


@pytest.mark.parametrize("key", ["secondary", "other_manager", "duty", "coordinator", "dsl"])
def test_who_was_not_told_takes_nothing(world, key):
    with pytest.raises(PermissionDenied):
        services.acknowledge(anew(getattr(world, key)), raised(world))


def test_taking_it_twice_is_taking_it_once_and_a_second_manager_hears_who_has_it(world):
    concern = raised(world)
    for _ in range(2):
        services.acknowledge(anew(world.manager), concern)
    assert told(concern, "concern_taken") == ["Priya"]
    with pytest.raises(TransitionNotAllowed, match="Maya Manager has had this since"):
        services.acknowledge(anew(world.service), concern)


def test_a_colleague_who_was_asked_takes_it_over(world):
    concern = raised(world)
    services.acknowledge(anew(world.manager), concern)
    services.pass_on(anew(world.manager), concern, world.other_manager, "On leave from tonight")
    assert told(concern, "concern_passed") == ["Omar"]
    concern.refresh_from_db()
    assert concern.acknowledged_by == world.manager
    services.acknowledge(anew(world.other_manager), concern)
    concern.refresh_from_db()
    assert concern.acknowledged_by == world.other_manager


def test_each_taking_over_is_told_also_when_it_comes_back(world):
    concern = raised(world)
    services.acknowledge(anew(world.manager), concern)
    services.pass_on(anew(world.manager), concern, world.service)
    services.acknowledge(anew(world.service), concern)
    services.pass_on(anew(world.service), concern, world.manager)
    services.acknowledge(anew(world.manager), concern)
    assert told(concern, "concern_taken") == ["Priya"] * 3
    assert told(concern, "concern_no_need") == ["Maya", "Seth"]


def test_a_double_click_asks_a_colleague_once(world):
    concern = raised(world)
    for _ in range(2):
        services.pass_on(anew(world.manager), concern, world.service, "On leave")
    assert told(concern, "concern_passed") == ["Seth"]


def test_it_is_not_passed_to_somebody_kept_from_it(world):
    concern = raised(world, not_to_manager=True)
    with pytest.raises(ValidationError):
        services.pass_on(anew(world.service), concern, world.manager)


# --- decided ----------------------------------------------------------------------------------


def held(world, **fields):
    concern = raised(world, **fields)
    services.acknowledge(anew(world.manager), concern)
    return concern


def test_a_decision_is_a_second_act_and_the_raiser_hears_it(world):
    """Rule 001-104: the manager, the time, the level, the decision and its reason."""
    concern = held(world)
    made = services.decide(
        anew(world.manager), concern, Decision.CHILDREN, "Neglect", discussed="With Priya", level=4
    )
    concern.refresh_from_db()
    assert concern.decided_at
    assert (made.level, made.decided_by) == (4, world.manager)
    assert told(concern, "concern_decided") == ["Priya"]


def test_nothing_is_decided_before_somebody_has_it(world):
    with pytest.raises(TransitionNotAllowed):
        services.decide(anew(world.manager), raised(world), Decision.OTHER, "Because")


def test_a_later_decision_holds_and_the_earlier_stays(world):
    concern = held(world)
    services.decide(anew(world.manager), concern, Decision.OTHER, "First")
    services.decide(anew(world.manager), concern, Decision.SCHOOL, "Second")
    assert [row.reason for row in concern.decisions.all()] == ["Second", "First"]


def test_a_raiser_who_disagrees_is_heard_by_another_manager(world):
    concern = held(world)
    objection = services.disagree(anew(world.primary), concern, "It needs the front door")
    assert told(concern, "concern_objected") == ["Seth"]
    with pytest.raises(PermissionDenied):
        services.answer(anew(world.manager), objection, "No")
    for _ in range(2):
        services.answer(anew(world.service), objection, "You are right")
    assert told(concern, "concern_objection_answered") == ["Maya", "Priya"]


def test_whoever_has_it_hears_what_another_manager_decided(world):
    concern = held(world)
    services.decide(anew(world.service), concern, Decision.CHILDREN, "It cannot wait")
    assert told(concern, "concern_decided") == ["Maya", "Priya"]


def test_a_raiser_disagrees_with_what_was_closed_at_once_and_the_child_opens_for_28_days(world):
    concern = held(world, pupil=child(world, "Theo", "Bramall"))
    services.decide(anew(world.manager), concern, Decision.OTHER, "Nothing in it")
    services.close(anew(world.manager), concern)
    services.disagree(anew(world.primary), concern, "There is")
    assert told(concern, "concern_objected") == ["Seth"]
    assert not Involvement.objects.filter(source_id=concern.pk, ends_at=None).exists()


def test_only_the_raiser_disagrees(world):
    with pytest.raises(PermissionDenied):
        services.disagree(anew(world.service), held(world), "No")


def test_closing_lets_the_child_go_28_days_later(world):
    """Design 3."""
    concern = held(world, pupil=child(world, "Theo", "Bramall"))
    services.decide(anew(world.manager), concern, Decision.OTHER, "Nothing in it")
    services.close(anew(world.manager), concern)
    concern.refresh_from_db()
    ends = set(Involvement.objects.filter(source_id=concern.pk).values_list("ends_at", flat=True))
    assert ends == {concern.closed_at + timedelta(days=28)}


def test_a_concern_is_not_closed_over_a_disagreement(world):
    concern = held(world)
    services.decide(anew(world.manager), concern, Decision.OTHER, "Nothing in it")
    services.disagree(anew(world.primary), concern, "There is")
    with pytest.raises(TransitionNotAllowed):
        services.close(anew(world.manager), concern)


# --- added to ---------------------------------------------------------------------------------


def test_what_is_added_reaches_whoever_was_told_and_then_whoever_has_it(world):
    concern = raised(world)
    services.add(anew(world.primary), concern, "He has gone home")
    assert told(concern, "concern_added") == ["Maya"]
    services.acknowledge(anew(world.manager), concern)
    services.add(anew(world.manager), concern, "Spoke to the head")
    assert told(concern, "concern_added") == ["Maya", "Priya"]


def test_an_earlier_time_put_right_moves_the_clock_and_tells_who_is_due(world):
    concern = raised(world)
    services.correct_aware(anew(world.primary), concern, database_now() - timedelta(hours=25))
    assert told(concern) == ["Maya", "Maya", "Omar", "Seth"]
    with pytest.raises(ValidationError):
        services.correct_aware(anew(world.primary), concern, database_now() + timedelta(hours=1))


def test_an_adult_and_not_a_child_goes_to_the_other_list(world):
    """Rules 001-107 and 001-112: who is told follows from whom it is about, and where."""
    away(world.manager, world)
    fallback(world, world.duty, about="adult")
    concern = raised(world)
    assert "Dot" not in told(concern)
    services.correct_about(anew(world.primary), concern, About.ADULT, world.oakfield)
    concern.refresh_from_db()
    assert concern.about == About.ADULT
    assert "Dot" in told(concern)
    assert concern.notes.get().words == "Was: A child. Oakfield Primary School"


def test_the_school_put_right_takes_a_concern_to_its_managers_and_out_of_the_others(world):
    concern = raised(world, by=world.coordinator, school=world.oakfield)
    assert not Concern.objects.visible_to(anew(world.other_manager)).exists()
    services.correct_about(anew(world.coordinator), concern, About.CHILD, world.beech)
    assert Concern.objects.visible_to(anew(world.other_manager)).exists()
    services.correct_about(anew(world.coordinator), concern, About.CHILD, None, "Some nursery")
    concern.refresh_from_db()
    assert (concern.school, concern.school_text) == (None, "Some nursery")


def test_a_child_that_brings_a_school_brings_its_managers_at_once(world):
    away(world.manager, world)
    concern = raised(world, school=None)
    assert "Omar" not in told_at(concern, 0)
    cleo = child(world, "Cleo", school=world.beech)
    involve([cleo.pk], concern, user=world.primary)
    services.name_child(anew(world.primary), concern, cleo)
    assert "Omar" in told_at(concern, 0)


def test_where_the_school_put_right_keeps_out_who_has_it_others_are_asked_at_once(world):
    """Rules 001-53 and 001-106: it is not held by somebody who cannot read it."""
    concern = held(world, school=world.elmgate)
    OwnChildConflict.objects.create(
        user=world.manager, school=world.oakfield, starts_at=world.yesterday
    )
    services.correct_about(anew(world.primary), concern, About.CHILD, world.oakfield)
    assert not Concern.objects.visible_to(anew(world.manager)).exists()
    assert told(concern, "concern_to_decide") == ["Seth"]
    services.acknowledge(anew(world.service), concern)


def test_what_is_closed_is_corrected_no_more_and_not_by_who_may_not_read_it(world):
    concern = held(world)
    with pytest.raises(PermissionDenied):
        services.correct_about(anew(world.other_manager), concern, About.ADULT, None)
    services.decide(anew(world.manager), concern, Decision.OTHER, "No")
    services.close(anew(world.manager), concern)
    with pytest.raises(TransitionNotAllowed):
        services.correct_about(anew(world.primary), concern, About.ADULT, None)


def test_nobody_became_aware_after_they_raised_it(world):
    """Rule 001-106: a correction puts no clock off."""
    concern = raised(world)
    Concern.objects.update(raised_at=concern.raised_at - timedelta(hours=2))
    with pytest.raises(ValidationError, match="before it was raised"):
        services.correct_aware(anew(world.manager), concern, concern.aware_at)


def test_a_school_that_changes_hub_takes_its_concerns_to_the_new_hubs_managers(world):
    """Design 3."""
    concern = raised(world)
    assert not Concern.objects.visible_to(anew(world.other_manager)).exists()
    School.objects.filter(pk=world.oakfield.pk).update(hub=world.downs)
    assert Concern.objects.visible_to(anew(world.other_manager)).exists()
    plan(concern.aware_at + timedelta(hours=12, minutes=1))
    assert "Omar" in told(concern)


def test_a_raiser_who_leaves_leaves_no_concern_behind_that_nobody_hears_of(world):
    concern = raised(world, hours_ago=3.9)
    LinkWorker.objects.filter(user=world.primary).update(left_at=world.yesterday)
    User.objects.filter(pk=world.primary.pk).update(is_active=False)
    plan(concern.aware_at + timedelta(hours=4, minutes=1))
    assert told_at(concern, 4) == ["Maya"]
