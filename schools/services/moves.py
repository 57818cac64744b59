"""A child goes to another school, and what the two hand over (rules 003-22, 003-23)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import allow
from audit.models import Verb
from audit.services import record
from govuk.words import long_date
from schools import notices
from schools.children import may_change_child, may_hand_over
from schools.models import Enrolment, Move, Pupil, Setting
from schools.services.children import end_involvement, involve
from schools.services.transition import follow_moves

# How long a move stays on the current work of both schools' workers, and once it is complete.
HAND_OVER_DAYS, DONE_DAYS = 180, 28


@transaction.atomic
def move(by, pupil, *, setting=Setting.SCHOOL, school=None, elsewhere="", moved_on):
    """Record that a child learns somewhere else from a day on; returns the ``Move``.

    The link workers of both schools are told, and have the child on their current work while the
    schools hand over. The second of two clicks gets the move of the first. ValidationError for a
    day that cannot be, or the same place.
    """
    place = {"setting": setting, "school": school, "elsewhere": elsewhere}
    pupil = Pupil.objects.select_for_update(no_key=True).get(pk=pupil.pk)
    there = Enrolment.objects.filter(pupil=pupil, ends_on=None, **place)
    if done := pupil.moves.filter(new__in=there, moved_on=moved_on, recorded_by=by).first():
        return done
    allow(may_change_child(by, pupil))
    former = pupil.enrolments.filter(ends_on=None).select_related("school").first()
    _refuse(pupil, former, setting, school, elsewhere, moved_on)
    new = Enrolment(pupil=pupil, **place)
    moved = keep_move(by, former, new, moved_on)
    follow_moves(by, {moved: True})
    notices.tell_of_moves([moved], by)
    return moved


def keep_move(by, former, new, moved_on, *, opens_notes=True):
    """Write down that a child's ``former`` stay, if any, ended with the ``new``; the ``Move``.

    ``opens_notes``: the child is on the current work of both schools' workers. The caller tells
    them, and lets the child's transition entries follow.
    """
    if former:
        former.ends_on = moved_on
        former.save(update_fields=["ends_on"])
    new.starts_on = moved_on
    new.save()
    pupil, school = new.pupil, new.school
    moved = Move.objects.create(
        pupil=pupil, former=former, new=new, moved_on=moved_on, recorded_by=by
    )
    record(by, Verb.MOVE, pupil, school_id=school and school.pk)
    until = timezone.now() + timedelta(days=HAND_OVER_DAYS)
    for stay in filter(None, (former, new)):
        if stay.school and opens_notes:
            involve([pupil.pk], moved, school=stay.school, ends_at=until)
    return moved


@transaction.atomic
def hand_over(by, move, *, how_told, told_on, file_sent_on, file_received_on, note):
    """Note what the schools told and sent each other: a meeting, a call, or at least the file.

    ValidationError by field for days that do not follow one another.
    """
    move = (
        Move.objects.select_for_update(of=["self"])
        .select_related("pupil", "former__school", "new__school")
        .get(pk=move.pk)
    )
    allow(may_hand_over(by, move))
    wrong = {}
    if told_on and not how_told:
        wrong["how_told"] = "Select how the school was told"
    if how_told and not told_on:
        wrong["told_on"] = "Enter the day the school was told"
    if file_received_on and not file_sent_on:
        wrong["file_sent_on"] = "Enter the day the file was sent"
    elif file_received_on and file_received_on < file_sent_on:
        wrong["file_received_on"] = "The file cannot be received before it was sent"
    if wrong:
        raise ValidationError(wrong)
    was_complete = move.is_handed_over
    told = {
        "how_told": how_told,
        "told_on": told_on,
        "file_sent_on": file_sent_on,
        "file_received_on": file_received_on,
        "note": note,
    }
    changed = [name for name, value in told.items() if getattr(move, name) != value]
    for name in changed:
        setattr(move, name, told[name])
    if changed:
        move.save(update_fields=changed)
        record(by, Verb.HAND_OVER, move, fields=changed)
    if move.is_handed_over and not was_complete:
        end_involvement(move, timezone.now() + timedelta(days=DONE_DAYS))
    return move


def _refuse(pupil, former, setting, school, elsewhere, moved_on):
    if moved_on > timezone.localdate():
        raise ValidationError({"moved_on": "The day of the move must be today or in the past"})
    if pupil.born_on and moved_on < pupil.born_on:
        raise ValidationError({"moved_on": "The day of the move must be after they were born"})
    if former is None:
        return
    if former.starts_on and moved_on < former.starts_on:
        began = long_date(former.starts_on)
        raise ValidationError({"moved_on": f"The move must be on or after {began}, when they came"})
    if (former.setting, former.school, former.elsewhere) == (setting, school, elsewhere):
        field = "school" if school else "setting"
        raise ValidationError({field: "This is where they are now. Choose where they went"})
