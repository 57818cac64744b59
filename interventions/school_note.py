"""One child's note of a session, as the school attaches it to its own record (rule 001-114).

It is made from that child's part alone: nothing of another child is in it (rule 001-118), and
nothing of the analysis, which stays in the team and in the systems of record.
"""

from dataclasses import dataclass

from consultations.models import Action
from govuk.words import date_of, listed, long_date
from interventions.models import Session, SessionAddendum, SessionPart

# The name under which actions and notes to record follow from a child's part of a session.
SOURCE = SessionPart._meta.model_name


@dataclass(frozen=True)
class SchoolNote:
    """What the school reads of one child's part: ``actions`` are those the school took on."""

    part: SessionPart
    session: Session
    with_whom: str
    actions: list
    additions: list

    @property
    def school(self):
        return self.session.intervention.school


def note_of(part):
    """The ``SchoolNote`` of a part with its session and the work; three queries."""
    return notes_of([part])[0]


def notes_of(parts):
    """The ``SchoolNote`` of each part, with session and work at hand; five queries at most."""
    actions = actions_of(parts)
    people = _people_of({part.session_id for part in parts})
    additions = {}
    for added in _additions_to(parts):
        additions.setdefault(added.part_id, []).append(added)
    return [
        SchoolNote(
            part=part,
            session=part.session,
            with_whom=with_whom(part.session, people[part.session_id], part.pupil),
            actions=[a for a in actions[part.pk] if a.owner_contact_id],
            additions=additions.get(part.pk, []),
        )
        for part in parts
    ]


def actions_of(parts):
    """``{part id: [Action, …]}`` of what was agreed in these parts; one query."""
    found = {part.pk: [] for part in parts}
    agreed = Action.objects.filter(source_type=SOURCE, source_id__in=found)
    for action in agreed.select_related("owner_user", "owner_contact", "done_by"):
        found[action.source_id].append(action)
    return found


def _people_of(session_ids):
    found = {pk: [] for pk in session_ids}
    through = Session.people.through.objects.filter(session__in=session_ids)
    for row in through.select_related("participant__pupil").order_by("participant__position"):
        found[row.session_id].append(row.participant)
    return found


def _additions_to(parts):
    added = SessionAddendum.objects.filter(part__in=parts, for_school=True)
    return added.select_related("added_by")


def with_whom(session, people, pupil):
    """Who was there, in the note of one child: no other child is named (rule 001-118)."""
    if not session.took_place:
        return ""
    there = [person_text(p) for p in people if p.pupil_id in (None, pupil.pk)]
    return listed([*there, *filter(None, [session.others_present.strip()])])


def person_text(person):
    """``Jane Lovelace (mother)``, or the child's name."""
    relation = f" ({person.relation})" if person.relation else ""
    return f"{person}{relation}"


def text_of(note):
    """The note as plain text, to paste into the school's own system."""
    session = note.session
    lines = [
        f"{session.what}, {long_date(session.held_on)}, {note.school.name}",
        note.part.pupil.name,
        "" if session.took_place else f"{session.get_attended_display()}.",
        f"With: {note.with_whom}" if note.with_whom else "",
        note.part.school_text,
    ]
    if note.actions:
        lines.append("\n".join(["The school’s actions:", *map(action_text, note.actions)]))
    lines += [f"Added on {date_of(a.added_at)}: {a.text}" for a in note.additions]
    return "\n\n".join(line.strip() for line in lines if line.strip())


def action_text(action):
    """One action on a line: what, who, by when."""
    when = f", by {long_date(action.due_on)}" if action.due_on else ""
    return f"{action.what.rstrip('.')}. {action.owner_text}{when}"
