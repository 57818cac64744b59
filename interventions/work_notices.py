"""Who hears that short work was asked for, allocated, passed on, not allocated, or has ended.

A message names the school and where to read on, never a child, a level or a reason.
"""

from django.urls import reverse

from accounts.models import User
from accounts.notices import Notice, tell
from interventions.models import EndReason, WorkState
from interventions.readers import (
    address_for,
    at_school,
    is_in_use,
    leads_told,
    may_open,
    may_read,
    may_speak,
    work_of,
)
from linkworkers.policies import service_managers
from notifications import kinds
from schools.hub_managers import managers_of

ASKED = "work_asked"
ALLOCATED = "work_allocated"
PASSED_ON = "work_passed_on"
ALLOCATED_TOLD = "work_allocated_told"
SCHOOL_TOLD = "work_school_told"
DECLINED = "work_declined"
ENDED = "work_ended"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(ASKED, still_due=_is_waiting, may_receive=may_open, label="Short work asked for")
    kinds.register(
        ALLOCATED, still_due=_is_open, may_receive=_does_it, label="Short work allocated"
    )
    kinds.register(
        PASSED_ON, still_due=_is_open, may_receive=is_in_use, label="Short work passed on"
    )
    kinds.register(
        ALLOCATED_TOLD, still_due=_is_open, may_receive=may_open, label="Request allocated"
    )
    kinds.register(
        SCHOOL_TOLD,
        still_due=_is_open,
        may_receive=may_speak,
        label="School told of short work",
    )
    kinds.register(
        DECLINED, still_due=_was_declined, may_receive=may_open, label="Request not allocated"
    )
    kinds.register(ENDED, still_due=_has_ended, may_receive=may_read, label="Short work ended")


def asked(work, by):
    """The managers of the hub hear that work waits to be allocated; the county where none is."""
    managers = managers_of(work.hub_id, free_at=work.school).exclude(pk=by.pk)
    if not managers_of(work.hub_id, free_at=work.school).exists():
        managers = service_managers().exclude(pk=by.pk)
    tell([_notice(ASKED, str(work.pk), work, user) for user in managers.order_by("email")], by)


def allocated(work, former, by):
    """Each worker, who did it before (ids), whoever asked and the school: one message each.

    Whoever is one of the workers hears of that and of nothing else (rule 003-1).
    """
    change = f"{work.pk}:{work.allocated_at.isoformat()}"
    told = {}
    for user in _people(work.worker_ids - former):
        told[user.pk] = _notice(ALLOCATED, change, work, user)
    for user in _people(former - work.worker_ids):
        told.setdefault(user.pk, _notice(PASSED_ON, change, work, user, reverse("interventions")))
    if not former:
        told.setdefault(
            work.recorded_by_id, _notice(ALLOCATED_TOLD, change, work, work.recorded_by)
        )
    for user in leads_told(work):
        told.setdefault(user.pk, _notice(SCHOOL_TOLD, change, work, user, at_school(work)))
    tell([notice for pk, notice in told.items() if pk != by.pk], by)


def declined(work, by):
    """Whoever recorded the request hears that it was decided; why is behind sign-in."""
    if work.recorded_by_id != by.pk:
        tell([_notice(DECLINED, str(work.pk), work, work.recorded_by)], by)


def ended(work, by, *, school_knows=False):
    """Whoever recorded the request and the school's leads hear that it ended, once for each end.

    ``school_knows``: what was done brought a message of its own to the leads (rule 003-1).
    """
    ends = f"{work.pk}:{work.reopenings.count()}"
    people = {work.recorded_by, *(() if school_knows else leads_told(work))} - {by}
    paths = {user: address_for(user, work) for user in sorted(people, key=lambda one: one.email)}
    tell([_notice(ENDED, ends, work, user, path) for user, path in paths.items() if path], by)


def _people(ids):
    return User.objects.filter(pk__in=ids).order_by("email")


def _notice(kind, change, work, to, path=""):
    return Notice(
        kind=kind,
        key=f"{kind}:{change}:{to.pk}",
        to=to,
        path=path or work.get_absolute_url(),
        template=f"interventions/email/{kind.removeprefix('work_')}.txt",
        context={"school": work.school},
        about=work,
    )


def _is_waiting(message):
    work = work_of(message)
    return work is not None and work.state == WorkState.REQUESTED


def _is_open(message):
    work = work_of(message)
    return work is not None and work.is_open


def _was_declined(message):
    work = work_of(message)
    return work is not None and work.end_reason == EndReason.NOT_ALLOCATED


def _has_ended(message):
    work = work_of(message)
    return work is not None and not work.is_open


def _does_it(message):
    work = work_of(message)
    return work is not None and may_open(message) and message.to_id in work.worker_ids
