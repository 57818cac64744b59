"""What is done to the children on record, and opening one for a reason (rule 001-58)."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import allow
from audit.models import Look, Verb
from audit.services import act_of, look_of, looked_at_all, record_all
from schools import notices
from schools.children import closed_children, may_ask, notes_open
from schools.models import Involvement, Opening, Pupil, Reason
from schools.scope import scope_of

FEWEST_LETTERS, FEWEST_DIFFERENT = 10, 4


@transaction.atomic
def open_children(by, pupils, reason, words=""):
    """Give a reason for opening these children, in the sign-in of ``by``; returns the openings.

    Each holds until the sign-in ends and ``settings.CHILD_OPEN_HOURS`` at most; a child that is
    open already gets none, as after the first of two clicks. The access-log rows come before any
    page. Managers are told of a child who has the opener's own surname, and of many children in
    minutes. PermissionDenied for who may not ask, and for children taught at a school that is
    closed to them; ValidationError for words that say nothing.
    """
    allow(may_ask(by) and bool(by.sign_in))
    ids = {pupil.pk for pupil in pupils}
    reachable = Pupil.objects.not_at(scope_of(by).excluded).filter(pk__in=ids)
    pupils = list(reachable.order_by("pk").select_for_update(of=["self"], no_key=True))
    allow(len(pupils) == len(ids))
    reason, words = Reason(reason), checked_words(reason, words)
    closed = closed_children(by, ids)
    openings = _open(by, [pupil for pupil in pupils if pupil.pk in closed], reason, words)
    if openings:
        notices.tell_of_own_name(by, openings)
        if many_opened(by):
            notices.tell_of_many_children(by)
    return openings


def _open(by, pupils, reason, words):
    now = timezone.now()
    openings = Opening.objects.bulk_create(
        Opening(
            user=by,
            pupil=pupil,
            reason=reason,
            words=words,
            sign_in=by.sign_in,
            opened_at=now,
            ends_at=now + timedelta(hours=settings.CHILD_OPEN_HOURS),
        )
        for pupil in pupils
    )
    looked_at_all(
        look_of(
            by,
            pupil,
            Look.REASON,
            basis="reason",
            child_id=pupil.pk,
            reason=words or reason.label,
        )
        for pupil in pupils
    )
    record_all(act_of(by, Verb.OPEN, pupil, reason=reason) for pupil in pupils)
    return openings


def checked_words(reason, words):
    """The words of a reason on one line. ValidationError for those that say nothing.

    Another reason wants 10 letters, and words made of one or two letters are none.
    """
    words = " ".join(words.split())
    letters = [letter for letter in words.casefold() if letter.isalnum()]
    says_nothing = len(letters) < FEWEST_LETTERS or len(set(letters)) < FEWEST_DIFFERENT
    if reason == Reason.OTHER and says_nothing:
        raise ValidationError({"words": "Enter your reason in words, with at least 10 letters"})
    longest = Opening._meta.get_field("words").max_length
    if len(words) > longest:
        raise ValidationError({"words": f"Your reason must be {longest} characters or fewer"})
    return words


def many_opened(user):
    """Whether the user gave reasons for more children in a few minutes than is usual."""
    since = timezone.now() - timedelta(minutes=settings.MANY_CHILDREN_MINUTES)
    opened = Opening.objects.filter(user=user, opened_at__gte=since).values("pupil").distinct()
    return opened.count() > settings.MANY_CHILDREN


def involve(pupil_ids, source, *, school=None, user=None, ends_at=None):
    """Put children on the current work of a school's workers or of one person (design.md 3).

    ``source`` is the row it follows from. Said again, it holds on until ``ends_at``.
    """
    rows = [
        Involvement(
            pupil_id=pk,
            school=school,
            user=user,
            source_type=source._meta.model_name,
            source_id=source.pk,
            ends_at=ends_at,
        )
        for pk in pupil_ids
    ]
    return Involvement.objects.bulk_create(
        rows,
        update_conflicts=True,
        update_fields=["ends_at"],
        unique_fields=["pupil", "school", "user", "source_type", "source_id"],
    )


def involve_at(by, school, pupil_ids, source, *, elsewhere=None, ends_at=None):
    """``involve`` for a school: those of the children who are ``to_involve``."""
    known = to_involve(by, school, pupil_ids, elsewhere=elsewhere)
    return involve(known, source, school=school, ends_at=ends_at)


def to_involve(by, school, pupil_ids, *, elsewhere=None):
    """The ids of the children whom an act of ``by`` for ``school`` puts on somebody's current work.

    Not those whom ``by`` opened without the notes: their notes are all of other schools, and they
    are not taught here. Naming one in an act must not open what a reason does not open (rule
    001-58). ``elsewhere`` are their ids where the act knows them: ``Pupil.objects.with_elsewhere``.
    It takes one query otherwise, and those of ``notes_open`` where there is any.
    """
    if elsewhere is None:
        pupils = Pupil.objects.with_elsewhere(school).filter(is_elsewhere=True, pk__in=pupil_ids)
        elsewhere = set(pupils.values_list("pk", flat=True))
    held_back = elsewhere - notes_open(by, elsewhere) if elsewhere else elsewhere
    return [pk for pk in pupil_ids if pk not in held_back]


def end_involvement(source, at, *, school=None, pupils=None):
    """What ``source`` has on current work now is on it until ``at``, which may lie ahead.

    Only on that of the workers of ``school``, and only of these ``pupils``, where they are told.
    What has ended stays ended: who handed it on, or was taken out, does not get it back.
    """
    rows = Involvement.objects.current().filter(source_type=source._meta.model_name)
    if school:
        rows = rows.filter(school=school)
    if pupils is not None:
        rows = rows.filter(pupil__in=pupils)
    rows.filter(source_id=source.pk).update(ends_at=at)
