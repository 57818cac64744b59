"""Who hears what about allocations (design.md 5).

One message per person and change, whatever their parts in it (rule 003-1): the key of every
message about one change is the same but for the person. A message names the school and a day;
who and why wait behind sign-in.
"""

from dataclasses import dataclass

from django.urls import reverse

from accounts.notices import Notice, tell
from linkworkers import policies
from linkworkers.models import Allocation, CountyAgreement, CountyAnswer
from notifications import kinds
from schools.hub_managers import managers_of
from schools.models import OwnChildConflict
from schools.people import leads_of

ALLOCATED = "allocated"
ALLOCATION_ENDED = "allocation_ended"
ALLOCATION_STAYS = "allocation_stays"
SCHOOL_TOLD = "school_told"
ALLOCATION_CHANGED = "allocation_changed"
AGREEMENT_ASKED = "agreement_asked"
AGREEMENT_ANSWERED = "agreement_answered"
AGREEMENT_DROPPED = "agreement_dropped"
AGREEMENT_STAND_IN = "agreement_stand_in"
AGREEMENT_RECORDED = "agreement_recorded"
CONFLICT_DECLARED = "conflict_declared"

# How the keys of the messages about an end begin: they are due although the allocation is over.
OF_END = "allocation-end:"


# --- allocations ---------------------------------------------------------------------------


def allocated(allocation, predecessor, by):
    """Tell the new worker, the one they take over from (or None), the managers and the school."""
    workers, around = _of_beginning(allocation, predecessor, by)
    tell([*workers, *around], by)


def _of_beginning(allocation, predecessor, by):
    """``(notices to the workers, notices to those around them)`` of a new allocation."""
    change = f"allocation:{allocation.pk}"
    workers = [_of_change(ALLOCATED, change, allocation, allocation.link_worker.user)]
    if predecessor:
        former = predecessor.link_worker.user
        workers.append(_of_change(ALLOCATION_ENDED, change, predecessor, former))
    return workers, _around(change, allocation, knows=(by.pk, allocation.allocated_by_id))


def resumed(allocation, suspended_at, by):
    """Tell the worker, the managers and the school that a suspended allocation holds again."""
    change = f"allocation-resume:{allocation.pk}:{suspended_at.isoformat()}"
    worker = _of_change(ALLOCATED, change, allocation, allocation.link_worker.user)
    tell([worker, *_around(change, allocation, knows=(by.pk,))], by)


def ended(allocation, stay, by):
    """Tell the former worker, the managers and the school that an allocation has been ended.

    And, where it was called off before it began, those who ``stay``: whose allocations no longer
    end because of it.
    """
    change = f"{OF_END}{allocation.pk}"
    former = _of_change(ALLOCATION_ENDED, change, allocation, allocation.link_worker.user)
    staying = [_of_change(ALLOCATION_STAYS, change, held, held.link_worker.user) for held in stay]
    tell([former, *staying, *_around(change, allocation, knows=(by.pk,))], by)


def _around(change, allocation, knows):
    """The managers of the school's hub and of the worker's, but who ``knows``; and the school."""
    hubs = allocation.school.hub_id, allocation.link_worker.hub_id
    for manager in managers_of(*hubs).exclude(pk__in=knows).order_by("email"):
        yield _of_change(ALLOCATION_CHANGED, change, allocation, manager)
    for lead in leads_of(allocation.school).order_by("email"):
        yield _of_change(SCHOOL_TOLD, change, allocation, lead)


def _of_change(kind, change, allocation, to):
    return _notice(
        kind,
        f"{change}:{to.pk}",
        to=to,
        path=allocation.school.get_absolute_url(),
        about=allocation,
        context={"allocation": allocation, "school": allocation.school},
    )


# --- county agreements ---------------------------------------------------------------------


def agreement_asked(agreement, managers, by):
    """Ask each of these team managers to answer a proposal for a college (rule 001-51)."""
    tell(
        [
            _notice(
                AGREEMENT_ASKED,
                f"{AGREEMENT_ASKED}:{agreement.pk}:{manager.pk}",
                to=manager,
                path=reverse("agreement", args=[agreement.pk]),
                about=agreement,
                context={"school": agreement.school},
            )
            for manager in managers
        ],
        by,
    )


@dataclass(frozen=True)
class Effect:
    """What came of a proposal once the last manager had agreed.

    The ``allocation``, the one it took over from, or None, and the cover that ended, or None.
    """

    allocation: Allocation
    predecessor: Allocation | None
    cover: Allocation | None

    def notices(self, by):
        """``(notices to the workers, notices to those around them)``."""
        workers, around = _of_beginning(self.allocation, self.predecessor, by)
        if self.cover and self.cover.link_worker_id != self.allocation.link_worker_id:
            user = self.cover.link_worker.user
            change = f"{OF_END}{self.cover.pk}"
            workers.append(_of_change(ALLOCATION_ENDED, change, self.cover, user))
        return workers, around


def agreement_took_effect(effect, by, notices=()):
    """Tell everybody whom the allocation concerns, and these notices about the proposal.

    Who would hear of both hears once (rule 003-1): a worker what they hold, a manager how the
    proposal stands.
    """
    workers, around = effect.notices(by)
    first = {}
    for notice in [*workers, *notices, *around]:
        first.setdefault(notice.to.pk, notice)
    tell(first.values(), by)


def agreement_answered(agreement, answer, effect, by):
    """Tell whoever proposed it, but ``by``, that a team manager has agreed or objected.

    ``effect`` is the ``Effect`` of the last answer, or None.
    """
    if agreement.proposed_by_id == by.pk:
        notices = []
    else:
        notices = [_answer_to_proposer(agreement, answer)]
    _tell_with(effect, notices, by)


def _tell_with(effect, notices, by):
    if effect:
        agreement_took_effect(effect, by, notices)
    else:
        tell(notices, by)


def _answer_to_proposer(agreement, answer):
    return _notice(
        AGREEMENT_ANSWERED,
        f"{AGREEMENT_ANSWERED}:{agreement.pk}:{answer.manager_id}:{agreement.proposed_by_id}",
        to=agreement.proposed_by,
        path=reverse("agreement", args=[agreement.pk]),
        about=agreement,
        context={"school": agreement.school, "agreement": agreement},
    )


def agreement_dropped(agreement, by):
    """Tell whoever proposed it that it no longer stands, and not why (rule 001-53)."""
    proposer = _notice(
        AGREEMENT_DROPPED,
        f"{AGREEMENT_DROPPED}:{agreement.pk}:{agreement.proposed_by_id}",
        to=agreement.proposed_by,
        path=reverse("allocations"),
        about=agreement,
        context={"school": agreement.school},
    )
    tell([proposer], by)


def agreement_needs_stand_in(agreement, by):
    """Tell the service managers that a manager who was asked is away, so that they may answer."""
    tell(_of_agreement(AGREEMENT_STAND_IN, agreement, policies.service_managers(), by), by)


def agreement_recorded(agreement, people, effect, by):
    """Tell those for whom somebody answered, and whoever proposed it, how it stands.

    ``effect`` is the ``Effect`` of that answer, or None.
    """
    _tell_with(effect, _of_agreement(AGREEMENT_RECORDED, agreement, people, by), by)


def _of_agreement(kind, agreement, people, by):
    return [
        _notice(
            kind,
            f"{kind}:{agreement.pk}:{agreement.state}:{person.pk}",
            to=person,
            path=reverse("agreement", args=[agreement.pk]),
            about=agreement,
            context={"school": agreement.school, "agreement": agreement},
        )
        for person in people
        if person != by
    ]


# --- conflicts -----------------------------------------------------------------------------


def conflict_declared(conflict, by):
    """Tell those who can resolve it that an allocation is suspended, and nothing more.

    The managers of the school's hub; where none of them is free to, the service managers.
    """
    managers = managers_of(conflict.school.hub_id, free_at=conflict.school)
    if not managers.exists():
        managers = policies.service_managers()
    tell(
        [
            _notice(
                CONFLICT_DECLARED,
                f"{CONFLICT_DECLARED}:{conflict.pk}:{manager.pk}",
                to=manager,
                path=reverse("allocations"),
                about=conflict,
                context={},
            )
            for manager in managers.exclude(pk=by.pk).order_by("email")
        ],
        by,
    )


def _notice(kind, key, **message):
    return Notice(kind=kind, key=key, template=f"linkworkers/email/{kind}.txt", **message)


# --- what the outbox asks before each sending ------------------------------------------------


def _allocation(message):
    return (
        Allocation.objects.filter(pk=message.about_id)
        .select_related("school", "link_worker__user")
        .first()
    )


def _still_held(message):
    allocation = _allocation(message)
    return allocation is not None and not allocation.has_ended and allocation.suspended_at is None


def _still_ends(message):
    allocation = _allocation(message)
    return allocation is not None and allocation.ends_at is not None


def _still_stays(message):
    allocation = _allocation(message)
    return allocation is not None and allocation.ends_at is None and not allocation.suspended_at


def _still_news(message):
    """It is about an end, or about a beginning that was neither called off nor replaced since."""
    allocation = _allocation(message)
    return allocation is not None and (message.key.startswith(OF_END) or not allocation.has_ended)


def is_the_worker(message):
    """The message is to the worker of the allocation it is about."""
    allocation = _allocation(message)
    return allocation is not None and message.to_id == allocation.link_worker.user_id


def leads_the_school(message):
    """The message is to a head or safeguarding lead of the allocation's school now."""
    allocation = _allocation(message)
    return allocation is not None and leads_of(allocation.school).filter(pk=message.to_id).exists()


def manages_either(message):
    """The message is to a manager, now, of the school's hub or the worker's."""
    allocation = _allocation(message)
    if allocation is None:
        return False
    hubs = allocation.school.hub_id, allocation.link_worker.hub_id
    return managers_of(*hubs).filter(pk=message.to_id).exists()


def _agreement(message):
    return CountyAgreement.objects.filter(pk=message.about_id).first()


def _still_asked(message):
    return CountyAnswer.objects.filter(
        agreement=message.about_id,
        agreement__state="proposed",
        manager=message.to,
        agrees__isnull=True,
    ).exists()


def _may_answer(message):
    seen = CountyAgreement.objects.visible_to(message.to)
    return seen.filter(pk=message.about_id).exists()


def _still_open(message):
    agreement = _agreement(message)
    return agreement is not None and agreement.is_open


def _stands_in(message):
    return policies.service_managers().filter(pk=message.to_id).exists()


def _proposed_it(message):
    agreement = _agreement(message)
    return agreement is not None and message.to_id == agreement.proposed_by_id


def _conflict(message):
    return (
        OwnChildConflict.objects.filter(pk=message.about_id, ends_at__isnull=True)
        .select_related("school")
        .first()
    )


def _still_declared(message):
    return _conflict(message) is not None


def _may_resolve(message):
    conflict = _conflict(message)
    return conflict is not None and policies.may_allocate(message.to, conflict.school)


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        ALLOCATED, still_due=_still_held, may_receive=is_the_worker, label="School allocated"
    )
    kinds.register(
        ALLOCATION_ENDED,
        still_due=_still_ends,
        may_receive=is_the_worker,
        label="Allocation ended",
    )
    kinds.register(
        ALLOCATION_STAYS,
        still_due=_still_stays,
        may_receive=is_the_worker,
        label="Allocation goes on",
    )
    kinds.register(
        SCHOOL_TOLD,
        still_due=_still_news,
        may_receive=leads_the_school,
        label="School told of its link worker",
    )
    kinds.register(
        ALLOCATION_CHANGED,
        still_due=_still_news,
        may_receive=manages_either,
        label="Managers told of an allocation",
    )
    kinds.register(
        AGREEMENT_ASKED,
        still_due=_still_asked,
        may_receive=_may_answer,
        label="Agreement to an allocation asked",
    )
    kinds.register(
        AGREEMENT_ANSWERED, may_receive=_proposed_it, label="Answer to a proposed allocation"
    )
    kinds.register(
        AGREEMENT_DROPPED, may_receive=_proposed_it, label="Proposed allocation no longer stands"
    )
    kinds.register(
        AGREEMENT_STAND_IN,
        still_due=_still_open,
        may_receive=_stands_in,
        label="Answer for an absent team manager asked",
    )
    kinds.register(
        AGREEMENT_RECORDED, may_receive=_may_answer, label="Answer given for a team manager"
    )
    kinds.register(
        CONFLICT_DECLARED,
        still_due=_still_declared,
        may_receive=_may_resolve,
        may_wait=False,
        label="Conflict declared",
    )
