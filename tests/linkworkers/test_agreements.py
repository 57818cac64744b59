"""Allocations to Alternative Provision Colleges, which all team managers agree (rule 001-51)."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from linkworkers import services
from linkworkers.models import AgreementState, CountyAgreement
from schools.models import OwnChildConflict
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
