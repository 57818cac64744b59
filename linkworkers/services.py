"""What is done with link workers and allocations: one function per act.

Each locks its rows in one order (school, person, worker, agreement, allocation), asks the
policy, guards the state, saves, and writes down who did it, in one transaction with the grants
and messages that follow from it. Acts on an allocation and on a conflict lock the worker's row,
so that neither can overtake the other (rule 001-53).
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import grants
from accounts.models import User, current
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import date_of
from linkworkers import notices, policies
from linkworkers.entitlements import ALLOCATION, of_allocations
from linkworkers.models import (
    AgreementState,
    Allocation,
    AllocationKind,
    CountyAgreement,
    CountyAnswer,
    LinkWorker,
    WorkerKind,
    whole_week,
)
from schools.models import OwnChildConflict, School, SchoolGrant, SchoolStatus

CONFLICT = "Conflict declared"

# --- link workers --------------------------------------------------------------------------


@transaction.atomic
def appoint(by, user, *, hub, kind, line_manager=None, fte=1, working_days=None):
    """Make ``user`` a link worker of ``hub``, or bring one who came back to these facts.

    ``fte`` is a fraction of full time, ``working_days`` are ``Weekday`` numbers (default all
    five). Returns the ``LinkWorker``, as it stands when it is in post in that hub already.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    allow(policies.may_appoint(by, hub))
    facts = {
        "hub": hub,
        "kind": WorkerKind(kind),
        "line_manager": line_manager,
        "fte": fte,
        "working_days": whole_week() if working_days is None else sorted(working_days),
        "left_at": None,
    }
    link_worker = LinkWorker.objects.select_for_update(no_key=True).filter(user=user).first()
    if link_worker is None:
        link_worker = LinkWorker.objects.create(user=user, **facts)
        record(by, Verb.ADD, link_worker, hub=str(hub.pk))
    elif link_worker.left_at is not None or link_worker.hub != hub:
        allow(link_worker.left_at is not None or policies.may_change(by, link_worker))
        _save_facts(by, link_worker, facts)
    return link_worker


@transaction.atomic
def change(by, link_worker, *, hub, line_manager, fte, working_days):
    """Change a worker's hub, line manager and working pattern; their schools stay theirs."""
    link_worker = _locked_worker(link_worker)
    allow(policies.may_change(by, link_worker))
    facts = {
        "hub": hub,
        "line_manager": line_manager,
        "fte": fte,
        "working_days": sorted(working_days),
    }
    _save_facts(by, link_worker, facts)
    return link_worker


@transaction.atomic
def leave(by, link_worker):
    """Take a worker out of post; ``appoint`` brings them back.

    TransitionNotAllowed while they hold a school, suspended or yet to begin included: a school
    is allocated again before its link worker goes, so that it is nobody's by oversight.
    """
    link_worker = _locked_worker(link_worker)
    allow(policies.may_change(by, link_worker))
    if link_worker.allocations.not_ended().exists():
        raise TransitionNotAllowed(
            f"{link_worker} still holds schools. A team manager allocates those to somebody else,"
            " or ends the allocations, first."
        )
    if link_worker.left_at is None:
        _save_facts(by, link_worker, {"left_at": timezone.now()})
    return link_worker


def _save_facts(by, link_worker, facts):
    changed = [name for name, value in facts.items() if getattr(link_worker, name) != value]
    if changed:
        for name in changed:
            setattr(link_worker, name, facts[name])
        link_worker.save(update_fields=changed)
        record(by, Verb.CHANGE, link_worker, fields=changed)


# --- allocations ---------------------------------------------------------------------------


@transaction.atomic
def allocate(
    by,
    school,
    link_worker,
    kind,
    *,
    reason="",
    handover_note="",
    agreed_at_meeting="",
    starts_at=None,
):
    """Make ``link_worker`` the primary or secondary of ``school``; returns the ``Allocation``.

    From ``starts_at`` (default now; a past instant only where nobody's time changes) the worker
    supports the school, and whoever holds the kind then ends at that same instant with the same
    reason (rules 001-48, 001-50). ValidationError on ``reason`` where one is needed: to replace
    somebody, or for a worker of another hub. TransitionNotAllowed says in a sentence why the
    allocation cannot be, a college of rule 001-51 and a declared conflict (001-53) among it.
    """
    school, link_worker = _locked_school(school), _locked_worker(link_worker)
    allow(policies.may_allocate(by, school))
    if school.is_apc:
        raise TransitionNotAllowed(
            f"Every team manager agrees to an allocation at {school.name}. Propose it instead."
        )
    allocation = Allocation(
        school=school,
        hub_id=school.hub_id,
        link_worker=link_worker,
        kind=AllocationKind(kind),
        starts_at=starts_at or timezone.now(),
        reason=reason.strip(),
        handover_note=handover_note.strip(),
        agreed_at_meeting=agreed_at_meeting.strip(),
        allocated_by=by,
    )
    predecessor = _room_for(allocation)
    if not allocation.reason:
        _ask_reason(allocation, predecessor)
    return _take_effect(by, allocation, predecessor)


@transaction.atomic
def end(by, allocation, *, why):
    """End an allocation at once, or one that has not begun before it does; ``why`` is kept.

    The worker's access ends on the same instant; what they wrote stays theirs to read.
    ValidationError without ``why``; TransitionNotAllowed when it has ended already.
    """
    allocation = _locked_allocation(allocation)
    allow(policies.may_allocate(by, allocation.school))
    _refuse_ended(allocation)
    if not why.strip():
        raise ValidationError({"why": "Enter why the allocation ends"})
    _end(by, allocation, max(timezone.now(), allocation.starts_at), why.strip())
    notices.ended(allocation, by)
    return allocation


@transaction.atomic
def resume(by, allocation):
    """Take up a suspended allocation again, once no conflict stands between (rule 001-53).

    TransitionNotAllowed while the conflict is declared, or when there is nothing to resume.
    """
    allocation = _locked_allocation(allocation)
    allow(policies.may_allocate(by, allocation.school))
    _refuse_ended(allocation)
    if allocation.suspended_at is None:
        raise TransitionNotAllowed("This allocation is not suspended.")
    _refuse_conflict(allocation.school, allocation.link_worker)
    allocation.suspended_at = None
    allocation.save(update_fields=["suspended_at"])
    record(by, Verb.RESUME, allocation)
    grants.give(SchoolGrant, of_allocations([allocation]))
    return allocation


def _take_effect(by, allocation, predecessor):
    """Save a new allocation, its grants and its messages; end the one it takes over from."""
    if predecessor:
        _end(by, predecessor, allocation.starts_at, allocation.reason)
    allocation.save(force_insert=True)
    grants.give(SchoolGrant, of_allocations([allocation]))
    record(
        by,
        Verb.ALLOCATE,
        allocation,
        kind=allocation.kind,
        link_worker=str(allocation.link_worker_id),
    )
    notices.allocated(allocation, predecessor, by)
    return allocation


def _end(by, allocation, at, why):
    allocation.ends_at, allocation.ended_why, allocation.ended_by = at, why, by
    allocation.save(update_fields=["ends_at", "ended_why", "ended_by"])
    grants.end(SchoolGrant, ALLOCATION, [allocation.pk], at)
    record(by, Verb.END, allocation)


def _room_for(new):
    """The allocation that ``new`` takes over from, or None. TransitionNotAllowed without room."""
    school, worker = new.school, new.link_worker
    if school.status == SchoolStatus.CLOSED:
        raise TransitionNotAllowed(f"{school.name} is closed.")
    if not LinkWorker.objects.in_post().filter(pk=worker.pk).exists():
        raise TransitionNotAllowed(f"{worker} no longer works as a link worker.")
    _refuse_conflict(school, worker)
    overlapping = (
        school.allocations.not_ended(new.starts_at)
        .select_for_update(of=["self"], no_key=True)
        .with_names()
        .order_by("starts_at")
    )
    predecessor = None
    for held in overlapping:
        is_same_person = held.link_worker_id == worker.pk
        if held.kind != new.kind and not is_same_person:
            continue
        if is_same_person or held.has_ended or held.starts_at >= new.starts_at:
            raise TransitionNotAllowed(_why_no_room(held, is_same_person))
        predecessor = held
    return predecessor


def _why_no_room(held, is_same_person):
    who, role = held.link_worker, held.get_kind_display().lower()
    if held.has_ended:
        return (
            f"{who} was the {role} link worker until {date_of(held.ends_at)}. Choose a later day."
        )
    if not held.has_begun:
        return (
            f"{who} becomes the {role} link worker on {date_of(held.starts_at)}."
            " End that allocation first."
        )
    if not is_same_person:
        return (
            f"{who} is the {role} link worker since {date_of(held.starts_at)}. Choose a later day."
        )
    if held.suspended_at:
        return f"{who}’s allocation as {role} link worker is suspended. Resume it, or end it first."
    return f"{who} is already the {role} link worker of {held.school}."


def _ask_reason(allocation, predecessor):
    if allocation.link_worker.hub_id != allocation.school.hub_id:
        raise ValidationError(
            {"reason": f"Enter why {allocation.link_worker}, who works in another hub, is chosen"}
        )
    if predecessor:
        raise ValidationError({"reason": f"Enter why {predecessor.link_worker} is replaced"})


def _refuse_conflict(school, link_worker):
    if OwnChildConflict.objects.filter(current(), school=school, user=link_worker.user_id).exists():
        raise TransitionNotAllowed(CONFLICT)


def _refuse_ended(allocation):
    if allocation.has_ended:
        raise TransitionNotAllowed("This allocation has already ended.")


# --- county agreements: colleges of rule 001-51 --------------------------------------------


@transaction.atomic
def propose(by, school, link_worker, kind, reason):
    """Propose an allocation to an Alternative Provision College; returns the ``CountyAgreement``.

    Every team manager in post is asked; a team manager who proposes agrees by that. It takes
    effect when the last of them has agreed (rule 001-51), which may be at once. ValidationError
    without a reason; TransitionNotAllowed where the allocation could not be now, or another
    proposal for the same place is waiting.
    """
    school, link_worker = _locked_school(school), _locked_worker(link_worker)
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
    _room_for(_as_allocation(agreement))
    agreement.save()
    record(by, Verb.PROPOSE, agreement, link_worker=str(link_worker.pk))
    CountyAnswer.objects.bulk_create(
        CountyAnswer(
            agreement=agreement,
            manager=manager,
            agrees=True if manager == by else None,
            answered_at=agreement.proposed_at if manager == by else None,
        )
        for manager in managers
    )
    if not _agreed_by_all(by, agreement):
        others = [manager for manager in managers if manager != by]
        notices.agreement_asked(agreement, others, by)
    return agreement


@transaction.atomic
def agree(by, agreement):
    """Agree to a proposal, as a team manager who was asked; the last one makes it take effect.

    TransitionNotAllowed when it has been settled or answered already, or when the allocation
    can no longer be.
    """
    agreement, answer = _to_answer(by, agreement)
    _answer(answer, agrees=True)
    record(by, Verb.AGREE, agreement)
    _agreed_by_all(by, agreement)
    if agreement.proposed_by_id != by.pk:
        notices.agreement_answered(agreement, answer, by)
    return agreement


@transaction.atomic
def object_to(by, agreement, reason):
    """Object to a proposal, as a team manager who was asked; that closes it, with the reason.

    ValidationError without a reason; TransitionNotAllowed as for ``agree``.
    """
    agreement, answer = _to_answer(by, agreement)
    if not reason.strip():
        raise ValidationError({"reason": "Enter why you object"})
    _answer(answer, agrees=False, reason=reason.strip())
    _settle(agreement, AgreementState.OBJECTED)
    record(by, Verb.OBJECT, agreement)
    if agreement.proposed_by_id != by.pk:
        notices.agreement_answered(agreement, answer, by)
    return agreement


@transaction.atomic
def withdraw(by, agreement):
    """Take a proposal back before it is settled."""
    agreement = _locked_agreement(agreement)
    allow(policies.may_withdraw(by, agreement))
    _refuse_settled(agreement)
    _settle(agreement, AgreementState.WITHDRAWN)
    record(by, Verb.WITHDRAW, agreement)
    return agreement


def _to_answer(by, agreement):
    agreement = _locked_agreement(agreement)
    answer = agreement.answers.filter(manager=by).first()
    allow(policies.may_answer(by, answer))
    _refuse_settled(agreement)
    if answer.agrees is not None:
        raise TransitionNotAllowed("You have already answered this proposal.")
    return agreement, answer


def _answer(answer, *, agrees, reason=""):
    answer.agrees, answer.reason, answer.answered_at = agrees, reason, timezone.now()
    answer.save(update_fields=["agrees", "reason", "answered_at"])


def _agreed_by_all(by, agreement):
    """Let the allocation take effect if nobody is left to answer; True when it did."""
    if agreement.answers.exclude(agrees=True).exists():
        return False
    allocation = _as_allocation(agreement)
    agreement.allocation = _take_effect(by, allocation, _room_for(allocation))
    _settle(agreement, AgreementState.AGREED)
    return True


def _as_allocation(agreement):
    return Allocation(
        school=agreement.school,
        hub_id=agreement.school.hub_id,
        link_worker=agreement.link_worker,
        kind=agreement.kind,
        starts_at=timezone.now(),
        reason=agreement.reason,
        agreed_at_meeting="Agreed by every team manager",
        allocated_by=agreement.proposed_by,
    )


def _settle(agreement, state):
    agreement.state = state
    agreement.save(update_fields=["state", "allocation"])


def _refuse_settled(agreement):
    if not agreement.is_open:
        raise TransitionNotAllowed(
            f"This proposal is settled: {agreement.get_state_display().lower()}."
        )


# --- conflicts -----------------------------------------------------------------------------


@transaction.atomic
def declare_conflict(by, school, user=None):
    """Declare that a child of ``user`` (default ``by``) attends ``school`` (rule 001-53).

    Their allocations there are suspended and what they open is closed at once; those who manage
    the school are told that a conflict is declared, and no more. Returns the
    ``OwnChildConflict``. TransitionNotAllowed when it is declared already.
    """
    user, link_worker = _locked_person(user or by)
    allow(policies.may_declare_for(by, user, link_worker))
    if OwnChildConflict.objects.filter(current(), user=user, school=school).exists():
        raise TransitionNotAllowed("This conflict has already been declared.")
    suspended = _suspend(by, school, link_worker) if link_worker else []
    conflict = OwnChildConflict.objects.create(user=user, school=school)
    record(by, Verb.DECLARE, conflict, suspended=[str(pk) for pk in suspended])
    if suspended:
        notices.conflict_declared(conflict, by)
    return conflict


@transaction.atomic
def withdraw_conflict(by, conflict):
    """End a conflict, as the child no longer attends. Suspended allocations stay suspended.

    A manager resumes or ends those. TransitionNotAllowed when it was withdrawn already.
    """
    user, link_worker = _locked_person(conflict.user)
    allow(policies.may_declare_for(by, user, link_worker))
    conflict = OwnChildConflict.objects.select_for_update(no_key=True).get(pk=conflict.pk)
    if conflict.ends_at is not None:
        raise TransitionNotAllowed("This conflict has already been withdrawn.")
    conflict.ends_at = timezone.now()
    conflict.save(update_fields=["ends_at"])
    record(by, Verb.WITHDRAW, conflict)
    return conflict


def _suspend(by, school, link_worker):
    """Suspend what the worker holds at the school, and drop what is proposed; ids suspended."""
    now = timezone.now()
    # One that was called off before its day goes along: to the triggers its end is to come.
    held = list(
        school.allocations.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
        .filter(link_worker=link_worker, suspended_at__isnull=True)
        .select_for_update(no_key=True)
        .values_list("pk", flat=True)
    )
    Allocation.objects.filter(pk__in=held).update(suspended_at=now)
    grants.end(SchoolGrant, ALLOCATION, held, now)
    for agreement in school.county_agreements.open().filter(link_worker=link_worker):
        _settle(agreement, AgreementState.WITHDRAWN)
        record(by, Verb.WITHDRAW, agreement)
    return held


# --- locks and doors -----------------------------------------------------------------------


def _locked_school(school):
    return School.objects.select_for_update(no_key=True).get(pk=school.pk)


def _locked_worker(link_worker):
    return (
        LinkWorker.objects.select_for_update(of=["self"], no_key=True)
        .select_related("user", "hub")
        .get(pk=link_worker.pk)
    )


def _locked_person(user):
    """The user and their ``LinkWorker``, or None."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return user, LinkWorker.objects.select_for_update(no_key=True).filter(user=user).first()


def _locked_allocation(allocation):
    school = _locked_school(allocation.school)
    link_worker = _locked_worker(allocation.link_worker)
    allocation = Allocation.objects.select_for_update(no_key=True).get(pk=allocation.pk)
    allocation.school, allocation.link_worker = school, link_worker
    return allocation


def _locked_agreement(agreement):
    school = _locked_school(agreement.school)
    link_worker = _locked_worker(agreement.link_worker)
    agreement = (
        CountyAgreement.objects.select_for_update(of=["self"], no_key=True)
        .select_related("proposed_by")
        .get(pk=agreement.pk)
    )
    agreement.school, agreement.link_worker = school, link_worker
    return agreement
