"""What is done about the children of a consultation: kept, put on current work, linked."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations import policies
from consultations.children import discussable
from consultations.models import Naming, PupilDiscussed
from consultations.services.recording import tasks_of
from schools.calendar import calendars_of
from schools.services import involve_at

LONDON = ZoneInfo(settings.TIME_ZONE)


def check_children(by, consultation, content):
    """That everybody discussed by name may be, now, by ``by`` (rule 001-58); one query, if any.

    Returns the ids of those with ``is_elsewhere``, for ``kept_of_children``. ValidationError
    saying what to do: a reason has run out, the child is taught elsewhere, or the consultation is
    recorded without names.
    """
    named = {part.row.pupil_id for part in content.children} - {None}
    if not named:
        return set()
    if content.fields["naming"] == Naming.NO_NAMES:
        raise ValidationError("This consultation is recorded without names. Take the names out")
    open_now = discussable(by, consultation.school).with_elsewhere(consultation.school)
    found = dict(open_now.filter(pk__in=named).values_list("pk", "is_elsewhere"))
    if len(named) > len(found):
        raise ValidationError("Give a reason to open this child again")
    return {pk for pk, is_elsewhere in found.items() if is_elsewhere}


def kept_of_children(by, consultation, content, elsewhere):
    """What is kept of the children discussed: unsaved rows.

    Their parts with what hangs on them, and where the note of each named child must go. Those are
    on the school's current work from now on, until the end of the next term at the latest
    (design.md 3); ``current_work`` ends it before that. ``elsewhere`` are those whose notes may be
    closed to ``by``, as ``check_children`` found them. Three queries if anybody is named: the
    school's terms, the children's statuses, and current work.
    """
    parts = [part.row for part in content.children]
    for row in parts:
        row.consultation = consultation
    through = PupilDiscussed.vulnerabilities.through
    beside = [
        *(
            through(pupildiscussed=part.row, vulnerability_id=pk)
            for part in content.children
            for pk in set(part.vulnerabilities)
        ),
        *(signpost for part in content.children for signpost in part.signposts),
    ]
    named = [row for row in parts if row.pupil_id]
    if not named:
        return [*parts, *beside]
    calendar = calendars_of([consultation.school_id])[consultation.school_id]
    involve_at(
        by,
        consultation.school,
        [row.pupil_id for row in named],
        consultation,
        elsewhere=elsewhere,
        ends_at=end_of_next_term(calendar, consultation.held_at),
    )
    return [*parts, *beside, *tasks_of(by, consultation, named, content.attendees, calendar)]


def end_of_next_term(calendar, held_at):
    """The instant at which the term ends that follows the one of ``held_at``."""
    last = calendar.end_of_next_term(timezone.localdate(held_at))
    return datetime.combine(last + timedelta(days=1), time(), LONDON)


@transaction.atomic
def link(by, consultation, other):
    """Two consultations about brothers and sisters at two schools belong together (N-04).

    Neither shows the other's child. PermissionDenied unless ``by`` writes the one and may record
    at the school of the other; TransitionNotAllowed for one and the same school.
    """
    allow(consultation.author_id == by.pk and policies.may_record(by, other.school))
    check_linked(consultation, other.school)
    consultation.linked.add(other)
    record(by, Verb.LINK, consultation, other=str(other.pk))


def check_linked(consultation, school):
    """That a consultation of ``school``, or None, can be linked. TransitionNotAllowed otherwise.

    A page opened earlier may offer one of where a child was taught then.
    """
    if school is None:
        raise TransitionNotAllowed("This child is taught at no school of the register.")
    if consultation.school_id == school.pk:
        raise TransitionNotAllowed("Children at one school have their parts in one consultation.")
