"""What the pages of a meeting say: who is in it, its children as far as they are open, its acts."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils import timezone

from audit.models import Look
from audit.services import look_of, looked_at_all
from consultations.children import looks_at
from govuk.words import day_text, spoken
from panels import policies
from panels.models import MeetingKind, MeetingPupil, MeetingState
from panels.services import organisers
from schools.calendar import calendars_of
from schools.children import open_pupils
from schools.models import Agency
from schools.policies import may_ask
from schools.scope import scope_of

COLOURS = {
    MeetingState.ASKED: "yellow",
    MeetingState.CALLED: "blue",
    MeetingState.HELD: "green",
    MeetingState.FINALISED: "green",
    MeetingState.CANCELLED: "grey",
}
# Within how many school days a place is to be found (domain-facts.md 2.7).
PLACE_DAYS = 20


@dataclass(frozen=True)
class ChildLine:
    """A child of a meeting; ``pupil`` is None while the child is closed to the viewer."""

    row: MeetingPupil
    pupil: object
    agencies: list
    place_by: object = None


@dataclass(frozen=True)
class Line:
    """A meeting in a list: nothing of a child in it."""

    meeting: object
    when: str
    where: str
    about: str
    has_late_minutes: bool = False

    @property
    def is_to_close(self):
        """Its day is over, and nobody has marked it as held or cancelled it."""
        at = self.meeting.starts_at
        is_past = at is not None and timezone.localdate(at) < timezone.localdate()
        return is_past and self.meeting.state == MeetingState.CALLED


def tag_of(meeting):
    """``(colour, words)`` of its state."""
    state = MeetingState(meeting.state)
    return COLOURS[state], state.label


def when_text(meeting, today=None):
    """``Thursday 3 December, 9:30am``; ``No date yet`` before it is called."""
    if meeting.starts_at is None:
        return "No date yet"
    at = timezone.localtime(meeting.starts_at)
    day = day_text(at.date(), today or timezone.localdate())
    return f"{day[:1].upper()}{day[1:]}, {spoken(at)}"


def lines_of(meetings, late=frozenset()):
    """The ``Line`` of each meeting, whose ``schools`` are at hand; of ``late`` ids minutes are."""
    today = timezone.localdate()
    return [_line(meeting, today, meeting.pk in late) for meeting in meetings]


def _line(meeting, today, is_late):
    about = [row.school.name for row in meeting.schools.all()]
    if meeting.panel_area:
        about.append(meeting.panel_area.name)
    where = meeting.place or ("Online" if meeting.online_url else "")
    return Line(meeting, when_text(meeting, today), where, ", ".join(about), is_late)


def children_of(user, meeting):
    """The ``ChildLine`` of each child of a meeting on the council's side, and writes the look.

    A child who is closed to the viewer has no name here (rule 001-58). Five queries at most.
    """
    rows = list(
        meeting.pupils.select_related("school", "panel_record__placed_at").prefetch_related(
            Prefetch("shared_with", Agency.objects.order_by("name"))
        )
    )
    opened = {pupil.pk: pupil for pupil in open_pupils(user).filter(pk__in=_ids(rows))}
    looked_at_all(
        [
            look_of(user, meeting, Look.VIEW, basis=policies.basis(user, meeting)),
            *looks_at(user, meeting, opened.values()),
        ]
    )
    is_panel = meeting.kind == MeetingKind.PANEL
    calendars = calendars_of(row.school_id for row in rows if row.school_id) if is_panel else {}
    return [
        ChildLine(
            row,
            opened.get(row.pupil_id),
            [agency.name for agency in row.shared_with.all()],
            place_by(row, calendars) if is_panel else None,
        )
        for row in rows
    ]


def children_before(user, meeting):
    """``(row, initials or reference)`` of each child of the meeting before, to be put on it anew.

    For who runs the meeting; one who is closed to them has the reference alone (rule 001-58).
    """
    rows = organisers.children_before(meeting) if policies.may_run(user, meeting) else []
    opened = open_pupils(user).filter(pk__in=_ids(rows)) if rows else []
    names = {pupil.pk: pupil.name for pupil in opened}
    return [(row, names.get(row.pupil_id, row.reference)) for row in rows]


def _ids(rows):
    return [row.pupil_id for row in rows]


def place_by(row, calendars):
    """The day by which a panel's child is to have a place; None before it is agreed."""
    record = getattr(row, "panel_record", None)
    if record is None or record.agreed_on is None:
        return None
    calendar, day = calendars.get(row.school_id) or calendars[None], record.agreed_on
    for _ in range(PLACE_DAYS):
        day = calendar.next_school_day(day)
    return day


def opens_children(user):
    """Whether a reason opens a child to the viewer, so that one is offered."""
    return may_ask(user)


def own_children(user, meeting):
    """The children of a meeting that a school's lead may find: their own school's, no other's.

    Confirmed heads and safeguarding leads alone (design.md 4).
    """
    here = scope_of(user).reads_shared
    rows = meeting.pupils.filter(school__in=here).select_related("pupil", "school")
    rows = list(rows.prefetch_related(Prefetch("shared_with", Agency.objects.order_by("name"))))
    looked_at_all(
        [
            look_of(user, meeting, Look.VIEW, basis="attendee"),
            *(
                look_of(user, meeting, Look.VIEW, basis="school", child_id=row.pupil_id)
                for row in rows
            ),
        ]
    )
    return rows


def invited_of(meeting):
    """``(row, name)`` of everybody invited, people before agencies, for forms and lists."""
    return [*people_of(meeting), *agencies_of(meeting)]


def people_of(meeting):
    rows = meeting.people.filter(removed_at__isnull=True).select_related("school", "contact")
    return [(row, _person_text(row)) for row in rows]


def _person_text(row):
    return f"{row.name}, {row.contact.role_text}, {row.school.name}" if row.contact else row.name


def agencies_of(meeting):
    rows = meeting.agencies.select_related("agency", "contact")
    return [(row, _agency_text(row)) for row in rows]


def _agency_text(row):
    return row.agency.name if row.name == row.agency.name else f"{row.agency.name}: {row.name}"
