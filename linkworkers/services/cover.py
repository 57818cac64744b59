"""Cover: somebody who looks after a school for a period, beside its two link workers."""

from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import grants
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import date_of, long_date
from linkworkers import notices, policies
from linkworkers.entitlements import of_allocations
from linkworkers.models import Allocation, AllocationKind, LinkWorker
from linkworkers.services.allocations import refuse_conflict
from linkworkers.services.locks import locked_school, locked_worker
from schools.models import SchoolGrant, SchoolStatus

# Somebody needed for longer than this is allocated, in days.
LONGEST = 366


@transaction.atomic
def cover(by, school, link_worker, starts_on, ends_on, reason=""):
    """Name who covers a school from a date to a date, both included; returns the ``Allocation``.

    A worker of any hub may, and at a college no other manager is asked: it goes by itself
    (rules 001-48, 001-51). ``end`` ends it early. ValidationError on ``starts_on`` or
    ``ends_on`` for dates that cannot be; TransitionNotAllowed for a closed school, somebody
    who cannot hold it, a declared conflict (rule 001-53), and where the worker has a place
    there or somebody covers it in that time.
    """
    school, link_worker = locked_school(school), locked_worker(link_worker)
    allow(policies.may_allocate(by, school))
    allocation = stand_in(by, school, link_worker, starts_on, ends_on, reason)
    notices.allocated(allocation, None, by)
    return allocation


def stand_in(by, school, link_worker, starts_on, ends_on, reason):
    """Save a cover and its grants, of a school and a worker that are locked; nobody is told."""
    _check_days(starts_on, ends_on)
    allocation = Allocation(
        school=school,
        hub_id=school.hub_id,
        link_worker=link_worker,
        kind=AllocationKind.COVER,
        starts_at=max(_midnight(starts_on), timezone.now()),
        ends_at=_midnight(ends_on + timedelta(days=1)),
        reason=reason.strip(),
        allocated_by=by,
        ended_by=by,
    )
    _refuse_without_room(allocation)
    allocation.save(force_insert=True)
    grants.give(SchoolGrant, of_allocations([allocation]))
    record(by, Verb.COVER, allocation, link_worker=str(link_worker.pk))
    return allocation


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))


def _check_days(starts_on, ends_on):
    today = timezone.localdate()
    if starts_on < today:
        raise ValidationError({"starts_on": "The first day must be today or later"})
    if starts_on > today + timedelta(days=LONGEST):
        raise ValidationError({"starts_on": "The first day must be within a year"})
    if ends_on < starts_on:
        raise ValidationError({"ends_on": f"The last day must be {long_date(starts_on)} or later"})
    if ends_on > today + timedelta(days=LONGEST):
        raise ValidationError(
            {"ends_on": "The last day must be within a year. Allocate somebody for longer"}
        )


def _refuse_without_room(new):
    school, worker = new.school, new.link_worker
    if school.status == SchoolStatus.CLOSED:
        raise TransitionNotAllowed(f"{school.name} is closed.")
    if not LinkWorker.objects.in_post().filter(pk=worker.pk).exists():
        raise TransitionNotAllowed(f"{worker} no longer works as a link worker.")
    refuse_conflict(school, worker)
    held_then = (
        school.allocations.not_ended(new.starts_at)
        .filter(starts_at__lt=new.ends_at)
        .select_for_update(of=["self"], no_key=True)
        .with_names()
        .order_by("starts_at")
    )
    for held in held_then:
        if held.link_worker_id == worker.pk and held.kind != AllocationKind.COVER:
            role = held.get_kind_display().lower()
            raise TransitionNotAllowed(
                f"{worker} is the {role} link worker of {school.name} in that time."
            )
        if held.kind == AllocationKind.COVER:
            raise TransitionNotAllowed(
                f"{held.link_worker} covers {school.name} from {date_of(held.starts_at)} to"
                f" {long_date(held.last_day)}. Choose other days, or end that cover first."
            )
