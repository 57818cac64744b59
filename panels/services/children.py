"""The children a meeting talks about: on what basis, and which agencies may read of each."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look, Verb
from audit.services import looked, record
from panels import policies
from panels.models import MeetingKind, MeetingPupil, MeetingState, PanelRecord
from panels.models.people import new_reference
from panels.services.meetings import locked, refuse_names, to_change, to_put_right
from schools.children import closed_children, notes_open
from schools.models import Enrolment, Involvement, Pupil
from schools.policies import may_ask
from schools.scope import scope_of
from schools.services import involve, involve_at

NO_CHILD = "No child is discussed at a school-led forum."
ON_IT = "This child is on the meeting already."
TAKEN_OFF = "This child has been taken off the meeting already."
NOT_FOUND = "No child of this school has that surname and date of birth. Check both with the school"


def find(meeting, school, surname, born_on):
    """The one child of ``school`` with this surname and date of birth; ValidationError if none.

    A panel's child may be at no school. There is no list to choose from: whoever adds a child
    knows who it is (rule 001-58).
    """
    found = Pupil.objects.filter(surname__iexact=surname.strip(), born_on=born_on)
    if school is not None:
        here = Enrolment.objects.filter(school=school, ends_on__isnull=True)
        found = found.filter(pk__in=here.values("pupil"))
    found = list(found[:2])
    if len(found) != 1:
        sentence = (
            NOT_FOUND if not found else "Several children match. Ask the school’s link worker"
        )
        raise ValidationError({"surname": sentence})
    return found[0]


@transaction.atomic
def add(by, meeting, pupil, school, *, basis, basis_words, agencies=()):
    """Put a child on the meeting, on a stated basis (domain-facts.md 3.5); returns the row.

    Who looks children up has opened the child for a reason before (rule 001-58); for a coordinator,
    who looks nobody up, the basis is the reason, and is logged as one. The child is on the current
    work of its school and of the organiser from then on. ValidationError at a forum (rule 001-95),
    for words that are missing, and for an agency that is not on the meeting; TransitionNotAllowed
    when the child is on it.
    """
    meeting = to_change(by, meeting)
    if not meeting.takes_children:
        raise ValidationError(NO_CHILD)
    if school is not None:
        allow(meeting.schools.filter(school=school).exists())
    excluded = scope_of(by).excluded
    allow(Pupil.objects.not_at(excluded).filter(pk=pupil.pk).exists())
    if may_ask(by):
        allow(not closed_children(by, [pupil.pk]))
    if meeting.pupils.filter(pupil=pupil).exists():
        raise TransitionNotAllowed(ON_IT)
    _check_basis(basis_words)
    agencies = _invited(meeting, agencies)
    if not may_ask(by):
        looked(
            by,
            pupil,
            Look.REASON,
            basis="meeting",
            child_id=pupil.pk,
            reason=basis_words.strip()[:200],
        )
    row = MeetingPupil.objects.create(
        meeting=meeting,
        pupil=pupil,
        school=school,
        reference=_free_reference(meeting),
        basis=basis,
        basis_words=basis_words.strip(),
        added_by=by,
    )
    row.shared_with.set(agencies)
    for user in {meeting.organiser, meeting.minuted_by or meeting.organiser}:
        # Who may give a reason reads no more of the child than that opens.
        if not may_ask(user) or notes_open(by if user == by else user, [pupil.pk]):
            involve([pupil.pk], meeting, user=user)
    if school is not None:
        involve_at(by, school, [pupil.pk], meeting)
    refuse_names(meeting, place=meeting.place, title=meeting.title)
    # The agenda may have been begun, and have taken over what is about the child.
    meeting.minuted_actions.filter(is_carried=True, action__pupil=pupil).update(child=row)
    record(by, Verb.ADD, meeting, school_id=row.school_id, child=str(pupil.pk))
    return row


def _free_reference(meeting):
    """One that stands for no other child of the meeting, which is locked."""
    taken = set(meeting.pupils.values_list("reference", flat=True))
    while (drawn := new_reference()) in taken:
        pass
    return drawn


@transaction.atomic
def change(by, row, *, basis, basis_words, agencies):
    """Change the basis, or which agencies may read of the child, until the minutes are final."""
    meeting = to_put_right(by, row.meeting)
    row = _still_on(meeting, row)
    _check_basis(basis_words)
    row.basis, row.basis_words = basis, basis_words.strip()
    row.save(update_fields=["basis", "basis_words"])
    row.shared_with.set(_invited(meeting, agencies))
    record(by, Verb.CHANGE, meeting, school_id=row.school_id, child=str(row.pupil_id))
    return row


@transaction.atomic
def remove(by, row):
    """Take a child off; who had them on current work through the meeting has them no longer.

    TransitionNotAllowed while an action of the agenda is about the child.
    """
    meeting = to_change(by, row.meeting)
    row = _still_on(meeting, row)
    if row.actions.filter(is_carried=False).exists():
        raise TransitionNotAllowed("An action is about this child. Change or remove it first.")
    row.actions.update(child=None)
    now = timezone.now()
    rows = Involvement.objects.current().filter(
        source_type=meeting._meta.model_name, source_id=meeting.pk, pupil=row.pupil_id
    )
    rows.update(ends_at=now)
    record(by, Verb.REMOVE, meeting, school_id=row.school_id, child=str(row.pupil_id))
    row.delete()
    return meeting


@transaction.atomic
def keep_panel_record(by, row, facts):
    """Keep the light record of a child at a placement panel; ``facts`` are its columns.

    The place is often found weeks after the panel, so that its minutes may be final by then.
    TransitionNotAllowed for another kind of meeting, and for a panel that was cancelled.
    """
    meeting = locked(row.meeting)
    allow(policies.may_run(by, meeting))
    row = _still_on(meeting, row)
    if meeting.kind != MeetingKind.PANEL or meeting.state == MeetingState.CANCELLED:
        raise TransitionNotAllowed("Only a placement panel keeps this record.")
    kept, _ = PanelRecord.objects.update_or_create(meeting_pupil=row, defaults=facts)
    record(by, Verb.CHANGE, meeting, school_id=row.school_id, child=str(row.pupil_id))
    return kept


def _still_on(meeting, row):
    """The row as it is now that the meeting is locked; TransitionNotAllowed if it is gone."""
    found = meeting.pupils.filter(pk=row.pk).first()
    if found is None:
        raise TransitionNotAllowed(TAKEN_OFF)
    return found


def _check_basis(words):
    if not words.strip():
        raise ValidationError(
            {"basis_words": "Enter who agreed and when, or why it is shared without agreement"}
        )


def _invited(meeting, agencies):
    """The agencies, if all are on the meeting; ValidationError otherwise."""
    agencies = list(agencies)
    there = set(meeting.agencies.values_list("agency", flat=True))
    if any(agency.pk not in there for agency in agencies):
        raise ValidationError({"agencies": "Choose from the agencies that are on the meeting"})
    return agencies
