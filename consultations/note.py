"""The shared version of a consultation: what its readers see, on page, print and PDF."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings

from accounts.models import User
from consultations import policies
from consultations.models import Audience, Consultation
from consultations.part_words import title_of
from schools.models import Pupil

# What of a child's part is read to make the note: nothing else of it ever leaves the team.
READ = (
    "subject",
    "cohort",
    "year_group",
    "shared_text",
    "advice",
    "third_party",
    "third_party_advised",
    "stored_on",
    "consultation",
    "pupil__first_names",
    "pupil__known_as",
    "pupil__surname",
    "stored_by__name",
)
# What of a draft is read to show the note that completing it would make.
FROM_DRAFT = (
    "held_at",
    "shared_text",
    "updates_given",
    "training_wanted",
    "resources",
    "next_on",
    "kind",
    "place",
)
REPORTED = "Somebody outside the school raised this. It is reported here, not checked."


@dataclass(frozen=True)
class Part:
    """What the note says of one child or group: ``text`` for the child's record, and advice.

    ``reported`` says so where somebody outside the school brought the worry: the school is told
    that much, and not who it was (rules 003-10 and 003-11).
    ``pupil`` is None where nobody is named. ``actions`` are those about this child.
    """

    pk: uuid.UUID
    pupil: Pupil | None
    title: str
    text: str
    advice: str
    reported: str
    actions: list
    stored_on: date | None
    stored_by: User | None


@dataclass(frozen=True)
class Note:
    """What one reader reads. Its rows are lists, or query-sets read when they are asked for.

    ``actions`` are all of them, in the order they are due. An outsider's copy holds some of the
    ``parts`` only, and ``text``, ``updates``, ``training``, ``resources``, ``next_on`` and
    ``additions`` are empty unless it ``is_general``.
    """

    consultation: Consultation
    took_part: Iterable
    parts: list
    actions: list
    additions: Iterable
    text: str
    updates: str
    training: str
    next_on: date | None
    resources: Iterable = ()
    is_whole: bool = True
    is_general: bool = True

    @property
    def from_school(self):
        """Who took part from the school: always listed (rule 001-64)."""
        return [a for a in self.took_part if a.from_school]

    @property
    def others(self):
        return [a for a in self.took_part if not a.from_school]

    @property
    def named(self):
        """The parts about a child by name, each of which makes an extract (rule 001-118)."""
        return [part for part in self.parts if part.pupil]

    @property
    def general_actions(self):
        """The actions about nobody in particular."""
        return [action for action in self.actions if action.about_id is None]


def shared_version(consultation, rows=None):
    """The whole ``Note`` of a consultation, read in four queries.

    ``rows`` are the children's parts, where the caller has read them.
    """
    if rows is None:
        rows = consultation.discussed.select_related("pupil", "stored_by").only(*READ)
    return _note(
        consultation,
        took_part=consultation.attendees.order_by("name"),
        rows=rows,
        actions=list(consultation.actions.select_related("owner_user", "owner_contact")),
        additions=consultation.addenda.filter(audience=Audience.SCHOOL).select_related("added_by"),
    )


def draft_version(consultation, content):
    """The ``Note`` that completing the draft with this ``Content`` would make, for the preview."""
    for name in FROM_DRAFT:
        setattr(consultation, name, content.fields[name])
    return _note(
        consultation,
        took_part=sorted(content.attendees, key=lambda a: a.name),
        rows=[part.row for part in content.children],
        actions=content.actions,
        additions=[],
    )


def _note(consultation, *, took_part, rows, actions, additions):
    return Note(
        consultation=consultation,
        took_part=took_part,
        parts=[_part(row, actions) for row in rows],
        actions=actions,
        additions=additions,
        text=consultation.shared_text,
        updates=consultation.updates_given,
        training=consultation.training_wanted,
        resources=consultation.resources,
        next_on=consultation.next_on,
    )


def _part(row, actions):
    return Part(
        pk=row.pk,
        pupil=row.pupil,
        title=title_of(row),
        text=row.shared_text,
        advice=row.advice,
        reported=_reported(row),
        actions=[action for action in actions if action.about_id == row.pk],
        stored_on=row.stored_on,
        stored_by=row.stored_by,
    )


def _reported(row):
    if not row.third_party:
        return ""
    front_door = settings.COUNCIL.front_door
    advised = f" They were advised to ring the {front_door} themselves."
    return REPORTED + (advised if row.third_party_advised else "")


def copy_of(note, chosen, *, is_general):
    """An outsider's copy of a ``Note``: the parts whose ids are ``chosen``, and their actions.

    What is about nobody in particular is in it where it ``is_general``; nothing of another child
    is (rules 001-118 and 003-47).
    """
    return replace(
        note,
        parts=[part for part in note.parts if part.pk in chosen],
        actions=[
            action
            for action in note.actions
            if action.about_id in chosen or (is_general and action.about_id is None)
        ],
        additions=note.additions if is_general else [],
        text=note.text if is_general else "",
        updates=note.updates if is_general else "",
        training=note.training if is_general else "",
        resources=note.resources if is_general else (),
        next_on=note.next_on if is_general else None,
        is_whole=False,
        is_general=is_general,
    )


def note_for(user, consultation):
    """The ``Note`` as ``user`` reads it, behind page, print, PDF and extract; six queries at most.

    The team, the school's leads and those who took part from the school read the whole; anybody
    else the copy that was made for them.
    """
    whole = shared_version(consultation)
    if policies.basis(user, consultation) != policies.ATTENDEE:
        return whole
    share = consultation.shares.filter(user=user).first()
    if share is None:
        return copy_of(whole, frozenset(), is_general=False)
    if share.from_school:
        return whole
    chosen = set(share.children.values_list("pk", flat=True)) if whole.parts else frozenset()
    return copy_of(whole, chosen, is_general=share.with_general)
