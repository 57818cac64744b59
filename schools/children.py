"""The gate before a child: opened on current work, or for a reason (rule 001-58).

Every page, PDF and search hit that shows a child's notes asks here, for managers and former
workers too. What a school reads was shared with it and has no gate.
"""

from enum import IntEnum

from django.utils import timezone

from accounts.models import Role
from schools.models import Enrolment, Involvement, Opening, Pupil
from schools.scope import scope_of

# Whoever may ask for a child at all; a coordinator's come with their meetings.
MAY_ASK = frozenset({Role.LINK_WORKER, Role.TEAM_MANAGER, Role.DUTY_MANAGER, Role.SERVICE_MANAGER})


class Door(IntEnum):
    """How far a child's record is open to somebody."""

    # There is nothing here for them: 404.
    SHUT = 0
    # The reason page, with nothing of the child in it.
    REASON = 1
    # Identity, status and who is involved; no notes.
    IDENTITY = 2
    NOTES = 3


def may_ask(user):
    """True for roles that may look a child up for a reason."""
    return not MAY_ASK.isdisjoint(scope_of(user).roles)


def open_now(user, pupil_ids):
    """``(on_work, opened)``: the ids among these on current work, and opened with a reason.

    Two queries. A reason counts in the sign-in it was given in, until its end.
    """
    pupil_ids = list(pupil_ids)
    if not pupil_ids:
        return frozenset(), frozenset()
    on_work = (
        Pupil.objects.filter(pk__in=pupil_ids).on_current_work_of(user).values_list("pk", flat=True)
    )
    opened = Opening.objects.filter(
        user_id=scope_of(user).user_id,
        pupil__in=pupil_ids,
        sign_in=user.sign_in,
        ends_at__gt=timezone.now(),
    ).exclude(sign_in="")
    return frozenset(on_work), frozenset(opened.values_list("pupil_id", flat=True))


def closed_children(user, pupil_ids):
    """The ids among these for which the user must give a reason first."""
    on_work, opened = open_now(user, pupil_ids)
    return frozenset(pupil_ids) - on_work - opened


def door_of(user, pupil):
    """The ``Door`` of one child for this user; five queries at most."""
    scope = scope_of(user)
    if not may_ask(user):
        return Door.SHUT
    taught_at = Enrolment.objects.filter(pupil=pupil, ends_on__isnull=True).select_related("school")
    schools = [row.school for row in taught_at if row.school]
    if any(school.pk in scope.excluded for school in schools):
        return Door.SHUT
    on_work, opened = open_now(user, [pupil.pk])
    if on_work:
        return Door.NOTES
    if not opened:
        return Door.REASON
    if scope.county or any(scope.reaches(school) for school in schools):
        return Door.NOTES
    before = Involvement.objects.filter(pupil=pupil, school__isnull=False).select_related("school")
    return Door.NOTES if any(scope.reaches(i.school) for i in before) else Door.IDENTITY


def basis_of(user, pupil):
    """``(basis, reason)`` of a look at an open child, for the access log."""
    on_work, _ = open_now(user, [pupil.pk])
    if on_work:
        return "current work", ""
    given = (
        Opening.objects.filter(user=user, pupil=pupil, sign_in=user.sign_in)
        .order_by("-opened_at")
        .first()
    )
    if given is None:
        return "none", ""
    return "reason", given.words or given.get_reason_display()
