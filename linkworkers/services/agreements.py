"""County agreements: allocations to the colleges that every team manager agrees on (001-51)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import long_date
from linkworkers import notices, policies
from linkworkers.coverage import unable_to_answer
from linkworkers.models import (
    AgreementState,
    Allocation,
    AllocationKind,
    CountyAgreement,
    CountyAnswer,
)
from linkworkers.services.allocations import end_at, room_for, take_effect
from linkworkers.services.cover import stand_in
from linkworkers.services.locks import (
    locked_agreement,
    locked_school,
    locked_worker,
    locked_workers,
)

# A meeting longer ago than this is a slip of the pen, in days.
LONG_AGO = 366


@transaction.atomic
def propose(by, school, link_worker, kind, reason):
    """Propose an allocation to an Alternative Provision College; returns the ``CountyAgreement``.

    Every team manager in post is asked; a team manager who proposes agrees by that. It takes
    effect when the last of them has agreed (rule 001-51), which may be at once. ValidationError
    without a reason; TransitionNotAllowed where the allocation could not be now, or another
    proposal for the same place is waiting.
    """
    school, link_worker = locked_school(school), locked_worker(link_worker)
    allow(policies.may_allocate(by, school))
    if not school.is_apc:
        raise TransitionNotAllowed(f"{school.name} is allocated by its hub. Allocate it instead.")
    kind = AllocationKind(kind)
    if school.county_agreements.open().filter(kind=kind).exists():
        raise TransitionNotAllowed(
            f"A {kind.label.lower()} link worker is already proposed for {school.name}."
        )
    if not reason.strip():
        raise ValidationError({"reason": f"Enter why you propose {link_worker}"})
    managers = list(policies.team_managers())
    if not managers:
        raise TransitionNotAllowed("There is no team manager in post who could agree.")
    agreement = CountyAgreement(
        school=school,
        link_worker=link_worker,
        kind=kind,
        reason=reason.strip(),
        proposed_by=by,
    )
    room_for(_as_allocation(agreement))
    agreement.save()
    record(by, Verb.PROPOSE, agreement, link_worker=str(link_worker.pk))
    CountyAnswer.objects.bulk_create(
        CountyAnswer(
            agreement=agreement,
            manager=manager,
            agrees=True if manager == by else None,
            answered_at=agreement.proposed_at if manager == by else None,
            answered_by=by if manager == by else None,
        )
        for manager in managers
    )
    effect = _effect(by, agreement)
    if effect:
        notices.agreement_took_effect(effect, by)
    else:
        others = [manager for manager in managers if manager != by]
        notices.agreement_asked(agreement, others, by)
        if unable_to_answer((manager, school) for manager in others):
            notices.agreement_needs_stand_in(agreement, by)
    return agreement


@transaction.atomic
def agree(by, agreement):
    """Agree to a proposal, as a team manager who was asked; the last one makes it take effect.

    TransitionNotAllowed when it has been settled or answered already, or when the allocation
    can no longer be.
    """
    agreement, answer = _to_answer(by, agreement)
    _answer(by, answer, agrees=True)
    record(by, Verb.AGREE, agreement)
    notices.agreement_answered(agreement, answer, _effect(by, agreement), by)
    return agreement


@transaction.atomic
def object_to(by, agreement, reason):
    """Object to a proposal, as a team manager who was asked; that closes it, with the reason.

    ValidationError without a reason; TransitionNotAllowed as for ``agree``.
    """
    agreement, answer = _to_answer(by, agreement)
    if not reason.strip():
        raise ValidationError({"reason": "Enter why you object"})
    _answer(by, answer, agrees=False, reason=reason.strip())
    settle(agreement, AgreementState.OBJECTED)
    record(by, Verb.OBJECT, agreement)
    notices.agreement_answered(agreement, answer, None, by)
    return agreement


@transaction.atomic
def withdraw(by, agreement):
    """Take a proposal back before it is settled."""
    agreement = locked_agreement(agreement)
    allow(policies.may_withdraw(by, agreement))
    _refuse_settled(agreement)
    settle(agreement, AgreementState.WITHDRAWN)
    record(by, Verb.WITHDRAW, agreement)
    return agreement


@transaction.atomic
def answer_for(by, agreement, manager, agrees, reason=""):
    """Answer as the service manager for a team manager who cannot: away today, or gone.

    Gone is no longer signing in, or no longer a team manager: a proposal does not wait for them
    for ever. The answer stands as theirs, given by the service manager, and they are told.
    ValidationError to object without a reason; TransitionNotAllowed for a manager who is there,
    and as for ``agree``.
    """
    agreement = locked_agreement(agreement)
    answer = agreement.answers.select_related("manager").filter(manager=manager).first()
    allow(answer is not None and policies.may_stand_in(by, agreement))
    _refuse_settled(agreement)
    if answer.agrees is not None:
        raise TransitionNotAllowed(f"{answer.manager} has already been answered for.")
    if not unable_to_answer([(answer.manager, agreement.school)]):
        raise TransitionNotAllowed(
            f"{answer.manager} is not away, so they answer the proposal themselves."
        )
    if not agrees and not reason.strip():
        raise ValidationError({"reason": f"Enter why you object for {answer.manager}"})
    _answer(by, answer, agrees=agrees, reason=reason.strip())
    verb = Verb.AGREE if agrees else Verb.OBJECT
    record(by, verb, agreement, instead_of=str(answer.manager_id))
    effect = None
    if agrees:
        effect = _effect(by, agreement)
    else:
        settle(agreement, AgreementState.OBJECTED)
    notices.agreement_recorded(agreement, [answer.manager, agreement.proposed_by], effect, by)
    return agreement


@transaction.atomic
def agree_at_meeting(by, agreement, met_on, who_was_there):
    """Write down, as a team manager, that a county meeting agreed; it takes effect at once.

    ``met_on`` is the date of the meeting. Whoever has not answered agrees by it, and is told.
    ValidationError for a day to come or over a year ago, and without ``who_was_there``;
    TransitionNotAllowed as for ``agree``.
    """
    agreement = locked_agreement(agreement)
    allow(policies.may_record_agreement(by, agreement))
    _refuse_settled(agreement)
    today = timezone.localdate()
    if not today - timedelta(days=LONG_AGO) <= met_on <= today:
        raise ValidationError({"met_on": "The meeting must be today or within the last year"})
    if not who_was_there.strip():
        raise ValidationError({"who_was_there": "Enter who was at the meeting"})
    agreement.met_on, agreement.who_was_there = met_on, who_was_there.strip()
    agreement.save(update_fields=["met_on", "who_was_there"])
    waiting = list(agreement.answers.select_related("manager").filter(agrees=None))
    for answer in waiting:
        _answer(by, answer, agrees=True)
    record(by, Verb.AGREE, agreement, met_on=met_on.isoformat())
    effect = _effect(by, agreement)
    told = [*(answer.manager for answer in waiting), agreement.proposed_by]
    notices.agreement_recorded(agreement, told, effect, by)
    return agreement


@transaction.atomic
def name_interim(by, agreement, link_worker, ends_on):
    """Name who covers the college until a proposal is settled, to the date ``ends_on`` at most.

    The cover ends when the proposal takes effect; objected to or withdrawn, it keeps until its
    last day. Returns the agreement. As ``cover``; TransitionNotAllowed also once it is settled.
    """
    locked_school(agreement.school)
    link_worker = locked_workers(agreement.link_worker, link_worker)[link_worker.pk]
    agreement = locked_agreement(agreement)
    allow(policies.may_allocate(by, agreement.school))
    _refuse_settled(agreement)
    interim = stand_in(
        by,
        agreement.school,
        link_worker,
        timezone.localdate(),
        ends_on,
        "Until the proposal is settled",
    )
    agreement.interim = interim
    agreement.save(update_fields=["interim"])
    notices.allocated(interim, None, by)
    return agreement


def _to_answer(by, agreement):
    agreement = locked_agreement(agreement)
    answer = agreement.answers.filter(manager=by).first()
    allow(policies.may_answer(by, answer))
    _refuse_settled(agreement)
    if answer.agrees is not None:
        raise TransitionNotAllowed("You have already answered this proposal.")
    return agreement, answer


def _answer(by, answer, *, agrees, reason=""):
    answer.agrees, answer.reason = agrees, reason
    answer.answered_at, answer.answered_by = timezone.now(), by
    answer.save(update_fields=["agrees", "reason", "answered_at", "answered_by"])


def _effect(by, agreement):
    """Let the allocation take effect if nobody is left to answer: the ``Effect``, or None."""
    if agreement.answers.exclude(agrees=True).exists():
        return None
    allocation = _as_allocation(agreement)
    cover = _end_interim(by, agreement, allocation)
    predecessor = room_for(allocation)
    agreement.allocation = take_effect(by, allocation, predecessor)
    settle(agreement, AgreementState.AGREED)
    return notices.Effect(allocation, predecessor, cover)


def _end_interim(by, agreement, allocation):
    """End the cover that was to last until now, so that there is room for who covered it.

    Returns the cover, or None where nothing was to end.
    """
    interim = agreement.interim
    if interim is None or interim.has_ended:
        return None
    interim.school = agreement.school
    end_at(by, interim, allocation.starts_at, "The proposal has taken effect")
    return interim


def _as_allocation(agreement):
    return Allocation(
        school=agreement.school,
        hub_id=agreement.school.hub_id,
        link_worker=agreement.link_worker,
        kind=agreement.kind,
        starts_at=timezone.now(),
        reason=agreement.reason,
        agreed_at_meeting=(
            f"County meeting, {long_date(agreement.met_on)}"
            if agreement.met_on
            else "Agreed by every team manager"
        ),
        allocated_by=agreement.proposed_by,
    )


def settle(agreement, state):
    agreement.state = state
    agreement.save(update_fields=["state", "allocation"])


def _refuse_settled(agreement):
    if not agreement.is_open:
        raise TransitionNotAllowed(
            f"This proposal is settled: {agreement.get_state_display().lower()}."
        )
