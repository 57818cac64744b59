"""The list of children who need more support when they change school (rules 001-33 to 001-40)."""

from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from schools import policies
from schools.calendar import calendars_of
from schools.children import Door, door_of
from schools.models import Pupil, Transition, TransitionReason, TransitionTalk
from schools.services.children import end_involvement, involve
from schools.years import NamedTerm, TermName, school_year_of

GONE = "This child has been taken off the list already."
# How many school years before the move a child can be put on the list.
YEARS_AHEAD = 2


@transaction.atomic
def add_to_transition(by, pupil, *, school_year, to, reasons, why="", support_in_place=""):
    """Put a child on the list of the school year in which they start at ``to``, or None.

    ``reasons`` are codes of ``TransitionReason``. Where they learn now is on record; somebody
    educated at home leaves no school (rule 001-37). The child is on the current work of the school
    they leave until the end of the autumn term of that year, and of the school to come where
    ``by`` has the child's notes open. PermissionDenied unless the child is open to ``by``, who
    works with one of the schools; ValidationError by field.
    """
    pupil = Pupil.objects.select_for_update(no_key=True).get(pk=pupil.pk)
    door = door_of(by, pupil)
    allow(door >= Door.IDENTITY)
    now_at = pupil.enrolments.filter(ends_on=None).select_related("school").first()
    transition = Transition(
        pupil=pupil, school_year=school_year, school=now_at and now_at.school, added_by=by
    )
    this_year = school_year_of(timezone.localdate())
    if not this_year <= school_year <= this_year + YEARS_AHEAD:
        raise ValidationError({"school_year": "Choose the school year from the list"})
    held = Transition.objects.filter(pupil=pupil, school_year=school_year, ended_at=None)
    if held.exists():
        raise ValidationError(
            {"school_year": f"The child is on the list of {transition.year_text} already"}
        )
    _fill(transition, to, reasons, why, support_in_place)
    allow(policies.may_keep_transition(by, transition.schools))
    transition.save(force_insert=True)
    record(by, Verb.ADD, transition)
    _involve(transition, _shown(transition, door))
    return transition


@transaction.atomic
def change_transition(by, transition, *, to, reasons, why="", support_in_place=""):
    """Change where the child goes, why they are on the list, or the support in place.

    Another school to come takes the former one's place on the child's current work. Where the
    school to come asked for the entry, saving it with the child's notes open shows it the notes.
    TransitionNotAllowed once the entry has ended; ValidationError by field.
    """
    transition = _locked(by, transition)
    door = door_of(by, transition.pupil)
    facts = ("to_id", "reasons", "why", "support_in_place")
    before = {name: getattr(transition, name) for name in facts}
    _fill(transition, to, reasons, why, support_in_place)
    changed = [name for name in facts if getattr(transition, name) != before[name]]
    shows_notes = door is Door.NOTES and transition.is_asked
    if changed:
        transition.save(update_fields=[name.removesuffix("_id") for name in changed])
    if changed or shows_notes:
        record(by, Verb.CHANGE, transition, fields=changed + ["notes"] * shows_notes)
    if "to_id" in changed:
        end_involvement(transition, timezone.now())
    if "to_id" in changed or shows_notes:
        _involve(transition, _shown(transition, door))
    return transition


def follow_moves(by, moves):
    """Take children's entries along to the schools they moved to: ``{Move: it opens the notes}``.

    A school that the child starts at with the entry's year is the one to come, any before it the
    one they leave. It takes the place of the other on the child's current work where the move
    opens the notes to it, and nowhere else (rule 001-58). An entry stays as it is when the child
    goes to no school of the register, or to one it has. One query where there is none.
    """
    came = {move.pupil_id: move for move in moves if move.new.school}
    entries = Transition.objects.lasting().filter(pupil__in=came).select_related("school", "to")
    entries = list(entries.order_by("pk").select_for_update(of=["self"], no_key=True))
    if not entries:
        return
    calendars = calendars_of([came[entry.pupil_id].new.school_id for entry in entries])
    for entry in entries:
        move = came[entry.pupil_id]
        school = move.new.school
        if school in entry.schools:
            continue
        starts_in = calendars[school.pk].starting_year(move.moved_on)
        side = "to" if starts_in >= entry.school_year else "school"
        former = getattr(entry, side)
        setattr(entry, side, school)
        entry.save(update_fields=[side])
        record(by, Verb.CHANGE, entry, fields=[side])
        if former:
            end_involvement(entry, timezone.now(), school=former)
        if moves[move]:
            _involve(entry, [school])


@transaction.atomic
def log_talk(by, transition, *, who, name, spoken_on, said=""):
    """Log that somebody was spoken to about the child; ``who`` is one of ``SpokenWith``.

    (rules 001-34, 001-35.) The second of two clicks logs nothing. TransitionNotAllowed once the
    entry has ended.
    """
    transition = _locked(by, transition)
    told = {"who": who, "name": name, "spoken_on": spoken_on, "said": said, "logged_by": by}
    if logged := transition.talks.filter(**told).first():
        return logged
    talk = TransitionTalk.objects.create(transition=transition, **told)
    record(by, Verb.LOG, transition)
    return talk


@transaction.atomic
def end_transition(by, transition):
    """Take the child off the list, and off the current work that it had put them on."""
    transition = _locked(by, transition)
    transition.ended_at = timezone.now()
    transition.save(update_fields=["ended_at"])
    record(by, Verb.END, transition)
    end_involvement(transition, transition.ended_at)
    return transition


def _locked(by, transition):
    transition = (
        Transition.objects.select_for_update(of=["self"], no_key=True)
        .select_related("school", "to", "pupil")
        .get(pk=transition.pk)
    )
    allow(policies.may_keep_transition(by, transition.schools))
    if transition.ended_at:
        raise TransitionNotAllowed(GONE)
    return transition


def _fill(transition, to, reasons, why, support_in_place):
    if to is None and transition.school is None:
        raise ValidationError(
            {"to": "Choose the school the child starts at: they leave no school of the register"}
        )
    if to == transition.school:
        raise ValidationError({"to": f"The child is at {to.name} now. Choose another school"})
    transition.to = to
    transition.reasons = [reason.value for reason in TransitionReason if reason in reasons]
    transition.why = why
    transition.support_in_place = support_in_place


def _shown(transition, door):
    """The schools on whose current work the entry puts the child.

    The one to come only where the child's notes are behind the ``door`` of who acts: nobody shows
    their own school, or any other, notes that they do not see (rule 001-58).
    """
    return [
        school
        for school in transition.schools
        if door is Door.NOTES or school.pk == transition.school_id
    ]


def _involve(transition, schools):
    """On the current work of the schools, each until its autumn term of the new year ends."""
    calendars = calendars_of([school.pk for school in schools])
    autumn = NamedTerm(transition.school_year, TermName.AUTUMN)
    for school in schools:
        _, last = calendars[school.pk].span_of(autumn)
        until = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
        if until > timezone.now():
            involve([transition.pupil_id], transition, school=school, ends_at=until)
