"""The gate before a child: opened on current work, or for a reason (rule 001-58).

Every page, PDF and search hit that shows a child's notes asks here, for managers and former
workers too. What a school reads was shared with it and has no gate.
"""

from enum import IntEnum

from django.db.models import CharField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from schools.models import Enrolment, Involvement, Opening, Pupil, Reason
from schools.policies import may_ask, may_keep_children_of
from schools.scope import scope_of


class Door(IntEnum):
    """How far a child's record is open to somebody."""

    # There is nothing here for them: 404.
    SHUT = 0
    # The reason page, with nothing of the child in it.
    REASON = 1
    # Identity, status and who is involved; no notes.
    IDENTITY = 2
    NOTES = 3


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
    # A reason given before a conflict was declared opens nothing after it.
    if excluded := scope_of(user).excluded:
        opened = opened.filter(pupil__in=Pupil.objects.not_at(excluded))
    return frozenset(on_work), frozenset(opened.values_list("pupil_id", flat=True))


def notes_open(user, pupil_ids):
    """The ids among these whose notes are open to the user, as behind ``Door.NOTES``.

    Four queries at most, however many there are.
    """
    on_work, opened = open_now(user, pupil_ids)
    scope = scope_of(user)
    if scope.county or not opened:
        return on_work | opened
    taught = Enrolment.objects.filter(pupil__in=opened, school__isnull=False, ends_on__isnull=True)
    before = Involvement.objects.of_schools().filter(pupil__in=opened)
    rows = (*taught.select_related("school"), *before.select_related("school"))
    return on_work | {row.pupil_id for row in rows if scope.reaches(row.school)}


def open_pupils(user):
    """The children open to the user now, ready to be looked at: ``on_work``, or for a reason.

    A reason counts in the sign-in it was given in, and stands in ``why``: in words, or as one of
    ``Reason``. Children taught at a school that is closed to the user are not among them.
    """
    scope = scope_of(user)
    on_work = Involvement.objects.of_work(user).filter(pupil=OuterRef("pk"))
    given = Opening.objects.filter(
        user_id=scope.user_id,
        pupil=OuterRef("pk"),
        sign_in=user.sign_in,
        ends_at__gt=timezone.now(),
    ).exclude(sign_in="")
    words = given.order_by("-opened_at").values(
        why=Coalesce(NullIf("words", Value("")), "reason", output_field=CharField())
    )[:1]
    return (
        Pupil.objects.not_at(scope.excluded)
        .annotate(on_work=Exists(on_work), why=Subquery(words))
        .filter(Q(on_work=True) | Q(why__isnull=False))
    )


def basis_shown(pupil):
    """``(basis, reason)`` for the access log of a look at one of ``open_pupils``."""
    if pupil.on_work:
        return "current work", ""
    return "reason", dict(Reason.choices).get(pupil.why, pupil.why)


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
    before = Involvement.objects.of_schools().filter(pupil=pupil).select_related("school")
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


def may_change_child(user, pupil):
    """Change what is on record of a child: who reads their notes, and reaches their school.

    Who sees no more than who the child is changes nothing (security.md N-29).
    """
    if user.is_system:
        return True
    return keeps_record_of(user, pupil) and door_of(user, pupil) >= Door.NOTES


def keeps_record_of(user, pupil):
    """Keeps the records of the children of its school, for whoever has the child's notes open."""
    now = pupil.enrolments.filter(ends_on__isnull=True).select_related("school").first()
    return may_keep_children_of(user, now.school if now else None)


def may_hand_over(user, move):
    """Tick what two schools hand over: workers and managers of either, once the child is open."""
    if door_of(user, move.pupil) < Door.IDENTITY:
        return False
    schools = [stay.school for stay in (move.former, move.new) if stay and stay.school]
    return any(may_keep_children_of(user, school) for school in schools)
