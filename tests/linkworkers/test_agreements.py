"""Allocations to Alternative Provision Colleges, which all team managers agree (rule 001-51)."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from govuk.words import long_date
from linkworkers import services
from linkworkers.models import Absence, AgreementState, AllocationKind, CountyAgreement
from notifications.models import Message
from schools.models import OwnChildConflict, School, SchoolType
from schools.scope import scope_of

THIRD = "third_manager"


@pytest.fixture
def proposal(world, college):
    """Proposed by the manager; the other manager has still to answer."""
    return services.propose(
        world.manager, college, world.former.link_worker, "primary", "Knows the college"
    )


def answers(agreement):
    return {answer.manager.name: answer.agrees for answer in agreement.answers.all()}


def test_a_college_is_never_allocated_directly(world, college):
    """rule 001-51."""
    for by in (world.manager, world.service):
        with pytest.raises(TransitionNotAllowed, match="Every team manager agrees"):
            services.allocate(by, college, world.former.link_worker, "primary", reason="Now")
    assert not college.allocations.exists()


def test_a_proposal_asks_every_team_manager_and_the_proposer_agrees_by_it(
    world, proposal, college, anew
):
    """rule 001-51: agreed by all, so nothing takes effect before."""
    assert answers(proposal) == {"Maya Manager": True, "Omar Othermanager": None}
    assert proposal.state == AgreementState.PROPOSED
    assert not college.allocations.exists()
    assert college.pk not in scope_of(anew(world.former)).supports
    assert Act.objects.filter(verb=Verb.PROPOSE, subject_id=str(proposal.pk)).exists()


def test_the_last_team_manager_to_agree_makes_it_take_effect(world, proposal, college, anew):
    """rule 001-51."""
    world.person(THIRD, "Tess Thirdmanager", "team_manager")
    agreed = services.agree(world.other_manager, proposal)
    assert agreed.state == AgreementState.AGREED
    held = college.allocations.get()
    assert agreed.allocation == held
    assert (held.kind, held.allocated_by, held.reason) == (
        "primary",
        world.manager,
        "Knows the college",
    )
    assert college.pk in scope_of(anew(world.former)).supports


def test_it_waits_for_all_who_were_in_post_when_it_was_proposed(world, college):
    """rule 001-51: every team manager, not a majority."""
    third = world.person(THIRD, "Tess Thirdmanager", "team_manager")
    proposal = services.propose(
        world.service, college, world.former.link_worker, "primary", "Knows the college"
    )
    services.agree(world.manager, proposal)
    services.agree(world.other_manager, proposal)
    assert not college.allocations.exists()
    services.agree(third, proposal)
    assert college.allocations.get().is_live


def test_a_team_manager_alone_in_post_agrees_by_proposing(world, college):
    world.other_manager.staff_roles.update(ends_at=world.now)
    proposal = services.propose(
        world.manager, college, world.former.link_worker, "primary", "Knows the college"
    )
    assert proposal.state == AgreementState.AGREED
    assert college.allocations.get() == proposal.allocation


def test_with_no_team_manager_in_post_nothing_is_agreed(world, college):
    """rule 001-51."""
    for manager in (world.manager, world.other_manager):
        manager.staff_roles.update(ends_at=world.now)
    with pytest.raises(TransitionNotAllowed, match="no team manager in post"):
        services.propose(world.service, college, world.former.link_worker, "primary", "Knows it")


def test_an_objection_closes_the_proposal_and_keeps_the_reason(world, proposal, college):
    """rule 001-51."""
    objected = services.object_to(world.other_manager, proposal, "Two colleges already")
    assert objected.state == AgreementState.OBJECTED
    assert objected.answers.get(manager=world.other_manager).reason == "Two colleges already"
    assert not college.allocations.exists()
    with pytest.raises(TransitionNotAllowed, match="settled: objected to"):
        services.agree(world.other_manager, proposal)


def test_an_objection_needs_a_reason(world, proposal):
    with pytest.raises(ValidationError, match="Enter why you object"):
        services.object_to(world.other_manager, proposal, " ")
    proposal.refresh_from_db()
    assert proposal.is_open


def test_a_team_manager_answers_once(world, college):
    world.person(THIRD, "Tess Thirdmanager", "team_manager")
    proposal = services.propose(
        world.manager, college, world.former.link_worker, "primary", "Knows the college"
    )
    services.agree(world.other_manager, proposal)
    with pytest.raises(TransitionNotAllowed, match="already answered"):
        services.agree(world.other_manager, proposal)


@pytest.mark.parametrize("who", ["service", "primary", "former", "dsl", "administrator", "duty"])
def test_only_a_team_manager_who_was_asked_answers(world, proposal, who):
    """rule 001-51."""
    for act in (services.agree, lambda by, it: services.object_to(by, it, "No")):
        with pytest.raises(PermissionDenied):
            act(getattr(world, who), proposal)


def test_a_team_manager_who_left_the_role_answers_no_more(world, proposal, anew):
    world.other_manager.staff_roles.update(ends_at=world.now)
    with pytest.raises(PermissionDenied):
        services.agree(anew(world.other_manager), proposal)


@pytest.mark.parametrize("who", ["other_manager", "former", "administrator", "dsl"])
def test_nobody_else_proposes(world, college, who):
    with pytest.raises(PermissionDenied):
        services.propose(
            getattr(world, who), college, world.former.link_worker, "primary", "Knows it"
        )


def test_a_second_click_makes_one_proposal(world, proposal, college):
    with pytest.raises(TransitionNotAllowed, match="already proposed"):
        services.propose(
            world.manager, college, world.former.link_worker, "primary", "Knows the college"
        )
    assert CountyAgreement.objects.count() == 1


def test_a_proposal_is_for_a_college_and_has_a_reason(world, college):
    worker = world.former.link_worker
    with pytest.raises(TransitionNotAllowed, match="allocated by its hub"):
        services.propose(world.manager, world.elmgate, worker, "secondary", "Knows it")
    with pytest.raises(ValidationError, match="Enter why you propose Fay Former"):
        services.propose(world.manager, college, worker, "primary", "")


def test_whoever_proposed_it_or_could_withdraws_it(world, proposal, college):
    with pytest.raises(PermissionDenied):
        services.withdraw(world.other_manager, proposal)
    withdrawn = services.withdraw(world.service, proposal)
    assert withdrawn.state == AgreementState.WITHDRAWN
    with pytest.raises(TransitionNotAllowed, match="settled: withdrawn"):
        services.agree(world.other_manager, proposal)
    again = services.propose(
        world.manager, college, world.former.link_worker, "primary", "Second try"
    )
    assert again.is_open


def test_a_conflict_stands_against_a_proposal(world, college):
    """rule 001-53: the way through the county is no way round."""
    OwnChildConflict.objects.create(user=world.former, school=college)
    with pytest.raises(TransitionNotAllowed) as refused:
        services.propose(world.manager, college, world.former.link_worker, "primary", "Knows it")
    assert str(refused.value) == "Conflict declared"


def test_a_conflict_declared_meanwhile_drops_the_proposal(world, proposal, college):
    """rule 001-53."""
    services.declare_conflict(world.former, college)
    proposal.refresh_from_db()
    assert proposal.state == AgreementState.WITHDRAWN
    with pytest.raises(TransitionNotAllowed):
        services.agree(world.other_manager, proposal)
    assert not college.allocations.exists()


def test_the_link_worker_replaced_at_a_college_ends_when_all_have_agreed(world, proposal, college):
    services.agree(world.other_manager, proposal)
    change = services.propose(
        world.manager, college, world.primary.link_worker, "primary", "Nearer to it"
    )
    before = college.allocations.get()
    assert before.is_live
    services.agree(world.other_manager, change)
    before.refresh_from_db()
    after = college.allocations.get(ends_at=None)
    assert before.ends_at == after.starts_at
    assert before.ended_why == "Nearer to it"
    assert after.link_worker == world.primary.link_worker


# --- a team manager who cannot answer ------------------------------------------------------


@pytest.fixture
def away(world):
    """The other manager is away today."""
    worker = world.link_worker(world.other_manager, world.downs, "tm")
    today = timezone.localdate()
    return Absence.objects.create(
        link_worker=worker, starts_on=today, ends_on=today, added_by=world.service
    )


def test_the_service_manager_answers_for_who_is_away(world, proposal, college, away):
    """rule 001-51: the answer stands as the manager's, given by the service manager."""
    services.answer_for(world.service, proposal, world.other_manager, True)
    answer = proposal.answers.get(manager=world.other_manager)
    assert (answer.agrees, answer.answered_by) == (True, world.service)
    assert college.allocations.get().is_live
    told = Message.objects.filter(kind="agreement_recorded")
    assert {message.to for message in told} == {world.other_manager, world.manager}
    assert Act.objects.filter(by=world.service, verb=Verb.AGREE).exists()


def test_the_service_manager_objects_for_who_is_away_with_a_reason(world, proposal, away):
    """rule 001-51."""
    with pytest.raises(ValidationError, match="Enter why you object for Omar"):
        services.answer_for(world.service, proposal, world.other_manager, False)
    services.answer_for(world.service, proposal, world.other_manager, False, "He told me so")
    proposal.refresh_from_db()
    assert proposal.state == AgreementState.OBJECTED


def test_nobody_answers_for_a_manager_who_is_there(world, proposal):
    """rule 001-51."""
    with pytest.raises(TransitionNotAllowed, match="Omar Othermanager is not away"):
        services.answer_for(world.service, proposal, world.other_manager, True)


@pytest.mark.parametrize("how", ["deactivated", "no longer a team manager"])
def test_a_manager_who_left_does_not_block_for_ever(world, proposal, college, how):
    """rule 001-51."""
    if how == "deactivated":
        world.other_manager.is_active = False
        world.other_manager.save()
    else:
        world.other_manager.staff_roles.update(ends_at=world.now)
    services.answer_for(world.service, proposal, world.other_manager, True)
    assert college.allocations.get().is_live


@pytest.mark.parametrize("who", ["manager", "other_manager", "primary", "administrator", "dsl"])
def test_only_the_service_manager_answers_for_somebody(world, proposal, away, who):
    """rule 001-51."""
    with pytest.raises(PermissionDenied):
        services.answer_for(getattr(world, who), proposal, world.other_manager, True)


def test_who_was_not_asked_is_not_answered_for_and_nobody_twice(world, proposal, college, away):
    with pytest.raises(PermissionDenied):
        services.answer_for(world.service, proposal, world.primary, True)
    with pytest.raises(TransitionNotAllowed, match="already been answered for"):
        services.answer_for(world.service, proposal, world.manager, True)
    services.answer_for(world.service, proposal, world.other_manager, True)
    with pytest.raises(TransitionNotAllowed, match="settled: agreed"):
        services.answer_for(world.service, proposal, world.other_manager, True)


def test_a_service_manager_whose_own_child_attends_does_not(world, proposal, college, away, anew):
    """rule 001-53."""
    OwnChildConflict.objects.create(user=world.service, school=college)
    with pytest.raises(PermissionDenied):
        services.answer_for(anew(world.service), proposal, world.other_manager, True)


def test_the_service_manager_hears_that_somebody_asked_is_away(world, college, away):
    services.propose(world.manager, college, world.former.link_worker, "primary", "Knows it")
    [message] = Message.objects.filter(kind="agreement_stand_in")
    assert message.to == world.service
    assert "Omar" not in message.subject + message.body


# --- agreed at a county meeting ------------------------------------------------------------


def test_one_team_manager_records_what_a_county_meeting_agreed(world, proposal, college):
    """rule 001-51: with the day and who was there."""
    today = timezone.localdate()
    agreed = services.agree_at_meeting(
        world.other_manager, proposal, today, "All five team managers, Seth"
    )
    assert agreed.state == AgreementState.AGREED
    assert (agreed.met_on, agreed.who_was_there) == (today, "All five team managers, Seth")
    held = college.allocations.get()
    assert held.agreed_at_meeting == f"County meeting, {long_date(today)}"
    with pytest.raises(TransitionNotAllowed, match="settled: agreed"):
        services.agree_at_meeting(world.manager, proposal, today, "Again")


def test_those_it_was_recorded_for_are_told(world, proposal):
    services.agree_at_meeting(world.manager, proposal, timezone.localdate(), "Everybody")
    [message] = Message.objects.filter(kind="agreement_recorded")
    assert message.to == world.other_manager
    answer = proposal.answers.get(manager=world.other_manager)
    assert (answer.agrees, answer.answered_by) == (True, world.manager)


@pytest.mark.parametrize(
    ("days", "who", "sentence"),
    [
        (1, "Everybody", "must be today or within the last year"),
        (-400, "Everybody", "must be today or within the last year"),
        (0, "  ", "Enter who was at the meeting"),
    ],
)
def test_a_meeting_has_a_day_that_was_and_people(world, proposal, days, who, sentence):
    met_on = timezone.localdate() + timedelta(days=days)
    with pytest.raises(ValidationError, match=sentence):
        services.agree_at_meeting(world.manager, proposal, met_on, who)
    proposal.refresh_from_db()
    assert proposal.is_open


@pytest.mark.parametrize("who", ["service", "primary", "administrator", "dsl"])
def test_only_a_team_manager_records_a_meeting(world, proposal, who):
    """rule 001-51."""
    with pytest.raises(PermissionDenied):
        services.agree_at_meeting(getattr(world, who), proposal, timezone.localdate(), "All")


def test_a_team_manager_whose_own_child_attends_records_no_meeting(
    world, as_, proposal, college, anew
):
    """rule 001-53: nobody decides alone who works where their own child goes."""
    OwnChildConflict.objects.create(user=world.other_manager, school=college)
    with pytest.raises(PermissionDenied):
        services.agree_at_meeting(
            anew(world.other_manager), proposal, timezone.localdate(), "Everybody"
        )
    page = as_(world.other_manager).get(f"/allocations/agreements/{proposal.pk}/").content.decode()
    assert "Record agreement given at a county meeting" not in page


# --- somebody meanwhile --------------------------------------------------------------------


@pytest.fixture
def interim(world, proposal):
    """Farah looks after the college for a fortnight at most."""
    ends_on = timezone.localdate() + timedelta(days=14)
    services.name_interim(world.manager, proposal, world.far_worker.link_worker, ends_on)
    return proposal.interim or CountyAgreement.objects.get(pk=proposal.pk).interim


def test_an_interim_worker_covers_the_college_until_it_is_agreed(
    world, proposal, college, interim, anew, drift_at_schools
):
    assert college.pk in scope_of(anew(world.far_worker)).supports
    services.agree(world.other_manager, proposal)
    interim.refresh_from_db()
    assert interim.has_ended
    assert college.pk not in scope_of(anew(world.far_worker)).supports
    assert college.pk in scope_of(anew(world.former)).supports
    assert drift_at_schools() == []
    told = Message.objects.filter(kind="allocation_ended")
    assert [message.to for message in told] == [world.far_worker]


def test_an_interim_worker_stays_to_the_last_day_when_it_is_objected_to(
    world, proposal, college, interim, anew
):
    services.object_to(world.other_manager, proposal, "Too far")
    interim.refresh_from_db()
    assert interim.is_live
    assert college.pk in scope_of(anew(world.far_worker)).supports


def test_who_is_proposed_may_cover_meanwhile(world, proposal, college):
    ends_on = timezone.localdate() + timedelta(days=14)
    services.name_interim(world.manager, proposal, world.former.link_worker, ends_on)
    services.agree(world.other_manager, CountyAgreement.objects.get())
    assert college.allocations.get(kind="primary").is_live
    assert not Message.objects.filter(kind="allocation_ended").exists()


def test_one_interim_worker_at_a_time(world, proposal, interim):
    ends_on = timezone.localdate() + timedelta(days=3)
    with pytest.raises(TransitionNotAllowed, match="Farah Farhub covers Coast"):
        services.name_interim(world.manager, proposal, world.future.link_worker, ends_on)


@pytest.mark.parametrize("who", ["other_manager", "primary", "administrator"])
def test_only_the_hub_of_the_college_names_somebody_meanwhile(world, proposal, who):
    with pytest.raises(PermissionDenied):
        services.name_interim(
            getattr(world, who), proposal, world.future.link_worker, timezone.localdate()
        )


def test_a_settled_proposal_needs_nobody_meanwhile(world, proposal):
    services.withdraw(world.manager, proposal)
    with pytest.raises(TransitionNotAllowed, match="settled: withdrawn"):
        services.name_interim(
            world.manager, proposal, world.future.link_worker, timezone.localdate()
        )


def test_who_can_no_longer_cover_the_college_is_not_said_to(world, as_, proposal, college, interim):
    """rule 001-53: a suspended cover covers nothing, and the page gives no reason."""
    services.declare_conflict(world.far_worker, college)
    page = as_(world.manager).get(f"/allocations/agreements/{proposal.pk}/").content.decode()
    assert "covers the college" not in page
    assert "Name somebody to cover the college meanwhile" in page
    assert "conflict declared" not in page.lower()


# --- the page ------------------------------------------------------------------------------


def test_the_page_says_who_is_away_and_lets_the_service_manager_answer(world, as_, proposal, away):
    address = f"/allocations/agreements/{proposal.pk}/"
    seen = as_(world.manager).get(address).content.decode()
    assert "the service manager answers for them" in seen
    assert "Answer for them" not in seen
    client = as_(world.service)
    assert "Answer for them" in client.get(address).content.decode()
    wrong = client.post(f"{address}answer/", {"manager": str(world.other_manager.pk)})
    assert "Choose whether you agree or object" in wrong.content.decode()
    posted = {"manager": str(world.other_manager.pk), "agrees": "yes", "reason": ""}
    done = client.post(f"{address}answer/", posted, follow=True).content.decode()
    assert "recorded by Seth Service in their absence" in done


def test_answering_for_who_is_there_is_refused_on_the_page(world, as_, proposal):
    address = f"/allocations/agreements/{proposal.pk}/"
    client = as_(world.service)
    assert "Answer for them" not in client.get(address).content.decode()
    posted = {"manager": str(world.other_manager.pk), "agrees": "yes", "reason": "He is out"}
    answer = client.post(f"{address}answer/", posted)
    assert "Omar Othermanager is not away" in answer.content.decode()


def test_a_meeting_and_an_interim_worker_are_recorded_on_the_page(world, as_, proposal):
    address = f"/allocations/agreements/{proposal.pk}/"
    client = as_(world.manager)
    refused = client.post(f"{address}meeting/", {"met_on": "tomorrow", "who_was_there": "<i>Al"})
    assert "The day of the meeting must be today or in the past" in refused.content.decode()
    assert "&lt;i&gt;Al" in refused.content.decode()
    posted = {"link_worker": str(world.far_worker.link_worker.pk), "ends_on": "tomorrow"}
    named = client.post(f"{address}interim/", posted, follow=True).content.decode()
    assert "Farah Farhub covers the college until this is settled" in named
    posted = {"met_on": "today", "who_was_there": "Maya, Omar"}
    done = client.post(f"{address}meeting/", posted, follow=True).content.decode()
    assert "Agreed at a county meeting on" in done
    assert "recorded by Maya Manager from the county meeting" in done
    assert "Farah Farhub covers the college" not in done


def test_a_manager_whose_own_child_attends_neither_sees_nor_answers_the_proposal(world, as_):
    """Rules 001-51, 001-53: the service manager answers for them, and nothing says why."""
    college = world.larkmead
    School.objects.filter(pk=college.pk).update(type_group=SchoolType.APC)
    college.refresh_from_db()
    proposal = services.propose(
        world.other_manager,
        college,
        world.other_worker.link_worker,
        AllocationKind.PRIMARY,
        "Knows it",
    )
    OwnChildConflict.objects.create(user=world.manager, school=college)
    conflicted = User.objects.get(pk=world.manager.pk)
    assert not CountyAgreement.objects.visible_to(conflicted).filter(pk=proposal.pk).exists()
    with pytest.raises(PermissionDenied):
        services.agree(conflicted, proposal)
    page = as_(world.service).get(f"/allocations/agreements/{proposal.pk}/").text
    assert "Cannot answer" in page
    assert "conflict declared" not in page.lower()
    services.answer_for(world.service, proposal, world.manager, agrees=True)
    proposal.refresh_from_db()
    assert proposal.state == "agreed"


def test_a_proposal_dropped_by_a_conflict_is_told_to_whoever_made_it_without_the_reason(world):
    """Rule 001-53."""
    college = world.larkmead
    School.objects.filter(pk=college.pk).update(type_group=SchoolType.APC)
    college.refresh_from_db()
    proposal = services.propose(
        world.other_manager,
        college,
        world.other_worker.link_worker,
        AllocationKind.PRIMARY,
        "Knows it",
    )
    services.declare_conflict(world.other_worker, college)
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"
    told = Message.objects.get(kind="agreement_dropped")
    assert told.to == world.other_manager
    assert "conflict" not in (told.subject + told.body).lower()
