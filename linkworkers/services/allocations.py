"""Who holds a school: allocate, re-allocate, end, resume (rules 001-47 to 001-53)."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import grants
from accounts.models import current
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import act_of, record, record_all
from govuk.words import date_of, listed, long_date
from linkworkers import notices, policies, reallocation_notices
from linkworkers.entitlements import ALLOCATION, of_allocations
from linkworkers.models import PLACES, Allocation, AllocationKind, LinkWorker
from linkworkers.services.locks import (
    locked_allocation,
    locked_school,
    locked_schools,
    locked_workers,
)
from schools.models import OwnChildConflict, School, SchoolGrant, SchoolStatus

CONFLICT = "Conflict declared"


@dataclass(frozen=True)
class Move:
    """One place of one school goes to one worker.

    ``held`` is who held it when the mover looked, None for an empty place. ``reason`` is needed
    to replace somebody; the new worker reads ``handover_note``.
    """

    school: School
    kind: AllocationKind
    link_worker: LinkWorker
    held: Allocation | None
    reason: str = ""
    handover_note: str = ""


class StaleMoves(TransitionNotAllowed):
    """The places of ``moves`` are held by somebody else by now than the mover saw."""

    def __init__(self, moves):
        self.moves = list(moves)
        names = sorted({move.school.name for move in self.moves})
        has = "has" if len(names) == 1 else "have"
        super().__init__(f"{listed(names)} {has} changed hands meanwhile. Look again.")


@transaction.atomic
def reallocate(by, moves, *, agreed_at_meeting="", starts_at=None):
    """Make all these ``Move``s, or none; returns their ``Allocation``s, in order.

    They begin at one instant, ``starts_at`` (default now; a past instant only where nobody's time
    changes), and whoever held a place ends there at that same instant with the move's reason
    (rules 001-48, 001-50): two workers may swap, and so may the primary and secondary of one
    school. The number of queries does not depend on the number of moves, and everybody hears
    once of all that concerns them. ValidationError on ``reason`` where one is needed; StaleMoves
    for places that changed hands since the mover looked; TransitionNotAllowed says in a sentence
    why an allocation cannot be, a worker of another hub (001-50), a college of rule 001-51 and a
    declared conflict (001-53) among it.
    """
    moves = list(moves)
    if not moves:
        return []
    schools = locked_schools(move.school for move in moves)
    workers = locked_workers(*(move.link_worker for move in moves))
    for school in schools.values():
        allow(policies.may_allocate(by, school))
        _refuse_college(school)
    starts_at = starts_at or timezone.now()
    new = [
        Allocation(
            school=schools[move.school.pk],
            hub_id=schools[move.school.pk].hub_id,
            link_worker=workers[move.link_worker.pk],
            kind=AllocationKind(move.kind),
            starts_at=starts_at,
            reason=move.reason.strip(),
            handover_note=move.handover_note.strip(),
            agreed_at_meeting=agreed_at_meeting.strip(),
            allocated_by=by,
        )
        for move in moves
    ]
    predecessors = rooms_for(new, seen=[(move, move.held) for move in moves])
    for allocation, predecessor in zip(new, predecessors, strict=True):
        if not allocation.reason:
            _ask_reason(allocation, predecessor)
    changes = list(zip(new, predecessors, strict=True))
    made = all_take_effect(by, changes)
    _tell(changes, by)
    return made


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

    As ``reallocate``, whoever holds the place.
    """
    kind = AllocationKind(kind)
    locked_school(school)
    starts_at = starts_at or timezone.now()
    held = _holder(_held_at([school], starts_at), school.pk, kind, starts_at)
    move = Move(school, kind, link_worker, held, reason, handover_note)
    [allocation] = reallocate(by, [move], agreed_at_meeting=agreed_at_meeting, starts_at=starts_at)
    return allocation


@transaction.atomic
def end(by, allocation, *, why):
    """End an allocation at once, or one that has not begun before it does; ``why`` is kept.

    The worker's access ends on the same instant; what they wrote stays theirs to read. Whoever
    was to give way to one that is called off stays. ValidationError without ``why``;
    TransitionNotAllowed when it has ended already.
    """
    school = locked_school(allocation.school)
    yielding = _yielding_to(school, allocation)
    locked_workers(allocation.link_worker, *(held.link_worker for held in yielding))
    allocation = locked_allocation(allocation)
    allow(policies.may_allocate(by, allocation.school))
    _refuse_ended(allocation)
    if not why.strip():
        raise ValidationError({"why": "Enter why the allocation ends"})
    is_to_come = not allocation.has_begun
    end_at(by, allocation, max(timezone.now(), allocation.starts_at), why.strip())
    stay = _stay(by, school, yielding) if is_to_come else []
    notices.ended(allocation, stay, by)
    return allocation


def _yielding_to(school, allocation):
    """Who holds a place of the school until this allocation, yet to come, begins.

    Of both places, since two link workers may be to swap.
    """
    return list(
        school.allocations.filter(
            kind__in=PLACES, ends_at=allocation.starts_at, ends_at__gt=timezone.now()
        )
        .exclude(starts_at=F("ends_at"))
        .with_names()
    )


def _stay(by, school, yielding):
    """Give these allocations their open end back where nobody is to follow; returns them.

    Not to a worker who takes the school's other place then: two stay two different people
    (rule 001-48), until that is called off too.
    """
    yielding = list(
        Allocation.objects.select_for_update(of=["self"], no_key=True)
        .filter(pk__in=[held.pk for held in yielding])
        .with_names()
    )
    stay = []
    for held in yielding:
        held.school = school
        others = school.allocations.exclude(pk=held.pk).filter(
            Q(kind=held.kind) | Q(link_worker=held.link_worker)
        )
        if others.not_ended(held.ends_at).exists():
            continue
        held.ends_at, held.ended_by, held.ended_why = None, None, ""
        held.save(update_fields=["ends_at", "ended_by", "ended_why"])
        record(by, Verb.CHANGE, held, fields=["ends_at"])
        stay.append(held)
    grants.give(SchoolGrant, of_allocations(stay))
    return stay


@transaction.atomic
def resume(by, allocation):
    """Take up a suspended allocation again, once no conflict stands between (rule 001-53).

    TransitionNotAllowed while the conflict is declared, or when there is nothing to resume.
    """
    allocation = locked_allocation(allocation)
    allow(policies.may_allocate(by, allocation.school))
    _refuse_ended(allocation)
    if allocation.suspended_at is None:
        raise TransitionNotAllowed("This allocation is not suspended.")
    refuse_conflict(allocation.school, allocation.link_worker)
    suspended_at, allocation.suspended_at = allocation.suspended_at, None
    allocation.save(update_fields=["suspended_at"])
    record(by, Verb.RESUME, allocation)
    grants.give(SchoolGrant, of_allocations([allocation]))
    notices.resumed(allocation, suspended_at, by)
    return allocation


# --- what the acts share -------------------------------------------------------------------


def take_effect(by, allocation, predecessor):
    """Save a new allocation and end the one it takes over from; as ``all_take_effect``."""
    [allocation] = all_take_effect(by, [(allocation, predecessor)])
    return allocation


def all_take_effect(by, changes):
    """Save new allocations and their grants, and end those they take over from; nobody is told.

    ``changes`` are ``[(new, predecessor or None), …]``, all new ones of one instant. Every end
    comes before every beginning, so that two may change places.
    """
    ended = []
    for new, predecessor in changes:
        if predecessor:
            predecessor.ends_at, predecessor.ended_by = new.starts_at, by
            predecessor.ended_why = new.reason
            ended.append(predecessor)
    made = [new for new, _ in changes]
    if ended:
        Allocation.objects.bulk_update(ended, ["ends_at", "ended_by", "ended_why"])
        grants.end(SchoolGrant, ALLOCATION, [held.pk for held in ended], ended[0].ends_at)
    Allocation.objects.bulk_create(made)
    grants.give(SchoolGrant, of_allocations(made))
    record_all(
        [act_of(by, Verb.END, held) for held in ended]
        + [
            act_of(by, Verb.ALLOCATE, new, kind=new.kind, link_worker=str(new.link_worker_id))
            for new in made
        ]
    )
    return made


def _tell(changes, by):
    if len(changes) == 1:
        [(new, predecessor)] = changes
        notices.allocated(new, predecessor, by)
    else:
        reallocation_notices.reallocated(changes, by)


def end_at(by, allocation, at, why):
    """End an allocation and its grants at an instant, and write it down; nobody is told."""
    allocation.ends_at, allocation.ended_why, allocation.ended_by = at, why, by
    allocation.save(update_fields=["ends_at", "ended_why", "ended_by"])
    grants.end(SchoolGrant, ALLOCATION, [allocation.pk], at)
    record(by, Verb.END, allocation)


def room_for(new):
    """The allocation that ``new`` takes over from, or None. TransitionNotAllowed without room."""
    [predecessor] = rooms_for([new])
    return predecessor


def rooms_for(new, seen=()):
    """What each of these allocations takes over from, or None, in order; three queries.

    They begin at one instant, and each may take the place that another of them leaves.
    ``seen`` are ``[(move, who held the place when the mover looked), …]`` in the same order:
    StaleMoves where that is somebody else by now. TransitionNotAllowed without room.
    """
    held = _held_at([allocation.school for allocation in new], new[0].starts_at)
    predecessors = [
        _holder(held, allocation.school_id, allocation.kind, allocation.starts_at)
        for allocation in new
    ]
    if seen:
        _refuse_stale(seen, predecessors)
    in_post = set(
        LinkWorker.objects.in_post()
        .filter(pk__in={allocation.link_worker_id for allocation in new})
        .values_list("pk", flat=True)
    )
    conflicts = _conflicts_of(new)
    leaving = {predecessor.pk for predecessor in predecessors if predecessor}
    for allocation in new:
        why_not = _why_not(allocation, held, leaving, in_post, conflicts, new)
        if why_not:
            raise TransitionNotAllowed(why_not if len(new) == 1 else _naming(allocation, why_not))
    return predecessors


def _refuse_stale(seen, holders):
    """StaleMoves where a place is held by another than was seen, and than is to hold it."""
    stale = [
        move
        for (move, then), now in zip(seen, holders, strict=True)
        if then != now and (now is None or now.link_worker_id != move.link_worker.pk)
    ]
    if stale:
        raise StaleMoves(stale)


def _naming(allocation, sentence):
    """The sentence, with the school's name where several are spoken of."""
    name = allocation.school.name
    return sentence if name in sentence else f"{name}: {sentence}"


def _held_at(schools, at):
    """``{school id: [allocations that hold at ``at`` or later, …]}``, locked; one query."""
    held = {}
    for allocation in (
        Allocation.objects.filter(school__in=schools)
        .not_ended(at)
        .select_for_update(of=["self"], no_key=True)
        .with_names()
        .order_by("starts_at", "pk")
    ):
        held.setdefault(allocation.school_id, []).append(allocation)
    by_id = {school.pk: school for school in schools}
    for allocations in held.values():
        for allocation in allocations:
            allocation.school = by_id[allocation.school_id]
    return held


def _holder(held, school_id, kind, at):
    """Who of ``_held_at`` holds a place just before ``at``, and still does now; or None."""
    return next(
        (
            allocation
            for allocation in held.get(school_id, ())
            if allocation.kind == kind and allocation.starts_at < at and not allocation.has_ended
        ),
        None,
    )


def _conflicts_of(new):
    """``{(school id, user id)}`` of the conflicts declared at these schools; one query."""
    return set(
        OwnChildConflict.objects.filter(
            current(), school__in={allocation.school_id for allocation in new}
        ).values_list("school", "user")
    )


def _why_not(new, held, leaving, in_post, conflicts, batch):
    """Why there is no room for ``new``, as a sentence; None when there is."""
    school, worker = new.school, new.link_worker
    if school.status == SchoolStatus.CLOSED:
        return f"{school.name} is closed."
    if worker.pk not in in_post:
        return f"{worker} no longer works as a link worker."
    if (school.pk, worker.user_id) in conflicts:
        return CONFLICT
    if not policies.is_of_its_hub(worker, school) and not any(
        other.link_worker_id == worker.pk for other in held.get(school.pk, ())
    ):
        return (
            f"{worker} works in another hub, {worker.hub}, and can only cover {school.name}. Choose"
            " somebody of its own hub."
        )
    for other in batch:
        if other is not new and other.school_id == school.pk:
            if other.kind == new.kind:
                return f"{school.name} has one {new.get_kind_display().lower()} link worker."
            if other.link_worker_id == worker.pk:
                return f"{school.name} needs two people: {worker} cannot have both places."
    for other in held.get(school.pk, ()):
        is_same_person = other.link_worker_id == worker.pk
        if other.kind != new.kind and not is_same_person:
            continue
        if other.pk in leaving and not (is_same_person and other.kind == new.kind):
            continue
        return _why_no_room(other, is_same_person)
    return None


def _why_no_room(held, is_same_person):
    who, role = held.link_worker, held.get_kind_display().lower()
    if held.kind == AllocationKind.COVER and not held.has_ended:
        return f"{who} covers {held.school} until {long_date(held.last_day)}. End that cover first."
    if held.has_ended:
        return (
            f"{who} was the {role} link worker until {long_date(held.last_day)}."
            " Choose a later day."
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
    if predecessor:
        raise ValidationError({"reason": f"Enter why {predecessor.link_worker} is replaced"})


def refuse_conflict(school, link_worker):
    """TransitionNotAllowed while the worker's own child attends the school (rule 001-53)."""
    if OwnChildConflict.objects.filter(current(), school=school, user=link_worker.user_id).exists():
        raise TransitionNotAllowed(CONFLICT)


def _refuse_college(school):
    if school.is_apc:
        raise TransitionNotAllowed(
            f"Every team manager agrees to an allocation at {school.name}. Propose it instead."
        )


def _refuse_ended(allocation):
    if allocation.has_ended:
        raise TransitionNotAllowed("This allocation has already ended.")
