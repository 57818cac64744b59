"""Own-child conflicts: declared, withdrawn, and what they suspend (rule 001-53)."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import grants
from accounts.models import current
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from linkworkers import notices, policies
from linkworkers.entitlements import ALLOCATION
from linkworkers.models import AgreementState, Allocation
from linkworkers.services.agreements import settle
from linkworkers.services.locks import locked_person
from schools.models import OwnChildConflict, SchoolGrant


@transaction.atomic
def declare_conflict(by, school, user=None):
    """Declare that a child of ``user`` (default ``by``) attends ``school`` (rule 001-53).

    Their allocations there are suspended and what they open is closed at once; those who manage
    the school are told that a conflict is declared, and no more. Returns the
    ``OwnChildConflict``. TransitionNotAllowed when it is declared already.
    """
    user, link_worker = locked_person(user or by)
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
    user, link_worker = locked_person(conflict.user)
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
        settle(agreement, AgreementState.WITHDRAWN)
        record(by, Verb.WITHDRAW, agreement)
        if agreement.proposed_by_id != by.pk:
            notices.agreement_dropped(agreement, by)
    return held
