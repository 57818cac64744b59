"""What the pages of the minutes say: the agenda and its states, an item, and a version as read."""

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import chain, compress

from django.db.models import Q

from audit.models import Look
from audit.services import look_of, looked_at_all
from consultations.children import looks_at
from consultations.models import ActionSubject
from drafts.models import Draft
from govuk.words import clock, listed, long_date
from panels import policies
from panels.copies import TEAM, Minutes, Reader, closed_pupils, read
from panels.mentions import goes_on
from panels.minutes_checks import FORM, child_text
from panels.models import AgendaItem, ItemAudience, ItemKind
from schools.children import open_pupils
from schools.models import Pupil

# Alt with a digit says who is speaking.
KEYS = 9


@dataclass(frozen=True)
class AgendaLine:
    """An item as the agenda lists it: ``state`` in words, ``is_late`` where something is missing.

    ``number`` is its place from 1, ``is_written`` whether anything is in it.
    """

    item: AgendaItem
    number: int
    state: str
    is_written: bool
    is_late: bool = False
    is_closed: bool = False

    @property
    def title(self):
        """Of one that speaks of a child who is closed to who writes, only which it is."""
        return f"Item {self.number}" if self.is_closed else self.item.title


@dataclass(frozen=True)
class ActionLine:
    """An action as who takes the minutes sees it; ``owner`` and ``due`` may be missing yet."""

    row: object
    owner: str
    due: str
    about: str

    @property
    def is_done(self):
        return bool(self.row.action and self.row.action.done_at)


@dataclass(frozen=True)
class Speaker:
    """Who may speak: ``name`` goes into the text, ``key`` is the digit, where there is one."""

    name: str
    key: int | None


def agenda_of(minutes, typing=frozenset(), closed=frozenset()):
    """The ``AgendaLine`` of each item; ``typing`` are the ids of those with text that waits.

    ``closed`` are those of ``closed_items``.
    """
    of = {}
    for row in minutes.actions:
        of.setdefault(row.item_id, []).append(row)
    lines = [
        _line(minutes, item, number, of.get(item.pk, []), item.pk in typing)
        for number, item in enumerate(minutes.items, start=1)
    ]
    return [replace(line, is_closed=line.item.pk in closed) for line in lines]


def _line(minutes, item, number, actions, is_typed):
    is_written = bool(item.discussion or item.decision or actions)
    if is_typed:
        return AgendaLine(item, number, "Not saved in the minutes yet", is_written, is_late=True)
    if item.kind == ItemKind.OPENING and (state := _accepted(minutes)):
        return AgendaLine(item, number, state, is_written or state == ALL_ACCEPTED)
    if item.kind == ItemKind.LAST and actions:
        is_open = any(row.action and row.action.done_at is None for row in actions)
        return AgendaLine(item, number, "Some are open" if is_open else "All done", True)
    if not is_written:
        return AgendaLine(item, number, "Not started", False)
    if item.audience == ItemAudience.UNSAID:
        return AgendaLine(item, number, "No audience yet", True, is_late=True)
    return AgendaLine(item, number, audience_text(item), True)


ALL_ACCEPTED = "All accepted"


def _accepted(minutes):
    here = [row for row in [*minutes.people, *minutes.agencies] if row.attended]
    if not here:
        return ""
    return "Not all accepted" if any(row.accepted_at is None for row in here) else ALL_ACCEPTED


def actions_of(minutes, item, closed=frozenset()):
    """The ``ActionLine`` of each action of an item, as it is written now.

    Without what an earlier meeting agreed about one of the children ``closed``, as
    ``Reader.closed``: whoever takes the minutes need not open the child for it.
    """
    return [
        _action(row)
        for row in minutes.actions
        if row.item_id == item.pk and not (row.is_carried and minutes.about(row) & closed)
    ]


def _action(row):
    # What an earlier meeting agreed is as it is followed up, what this one agrees as it is written.
    due = (row.action if row.is_carried else row).due_on
    return ActionLine(
        row=row,
        owner=row.owner_text if row.is_carried else row.owner_named,
        due=long_date(due) if due else "",
        about=child_text(row.child) if row.child else "",
    )


def audience_text(item):
    """``Police and 2 schools``; for all or none of them the words of the choice."""
    if item.audience == ItemAudience.EVERYBODY:
        return "Everybody"
    if item.audience != ItemAudience.CHOSEN:
        return ItemAudience(item.audience).label
    agencies = sorted(agency.name for agency in item.agencies.all())
    schools = len(item.schools.all())
    if schools:
        agencies.append("1 school" if schools == 1 else f"{schools} schools")
    return listed(agencies)


def speakers_of(minutes):
    """Who may speak, agencies before schools, the first of them by a key."""
    agencies = dict.fromkeys(row.agency.name for row in minutes.agencies)
    names = [*agencies, *(school.name for school in minutes.schools)]
    return [
        Speaker(name, place if place <= KEYS else None)
        for place, name in enumerate(dict.fromkeys(names), start=1)
    ]


def held_back(minutes, item):
    """Of each child that an item speaks of: ``(row, child, names)`` of who reads it without that.

    ``names`` are the readers of the item whose copy leaves the paragraph out (rule 000-16).
    """
    spoken = minutes.mentions.in_text(f"{item.discussion}\n{item.decision}")
    found = []
    for child in minutes.children:
        names = [
            reader.name
            for reader in minutes.readers
            if child.pk in spoken
            and minutes.may_see(reader, item)
            and not minutes.may_read_of(reader, child)
        ]
        if names:
            found.append((child, child_text(child), listed(names)))
    return found


# --- who is closed to whoever writes --------------------------------------------------------------


def closed_items(user, meeting):
    """``{item id: ids of the pupils it speaks of who are closed to the user}``; often one query.

    Whatever is written or being typed in it counts, and what this meeting agreed there.
    """
    ids = _closed_to(user, meeting)
    if not ids:
        return {}
    minutes = Minutes(meeting)
    drafts = Draft.objects.filter(form=FORM, target_id__in=[item.pk for item in minutes.items])
    typed = {draft.target_id: chain.from_iterable(draft.data.values()) for draft in drafts}
    agreed = defaultdict(set)
    for row in minutes.actions:
        if not row.is_carried:
            agreed[row.item_id] |= minutes.about(row)
    found = {}
    for item in minutes.items:
        said = [item.title, item.discussion, item.decision, *typed.get(item.pk, ())]
        spoken = minutes.mentions.in_text("\n".join(said)) | agreed[item.pk]
        if closed := ids & _pupils(minutes, spoken):
            found[item.pk] = closed
    return found


def closed_in_action(user, row):
    """The ids of the children an action of the minutes is about who are closed to the user."""
    ids = _closed_to(user, row.meeting)
    if not ids:
        return ids
    minutes = Minutes(row.meeting)
    return ids & _pupils(minutes, minutes.about(row))


def _closed_to(user, meeting):
    """``closed_pupils`` of the meeting and of what it took over."""
    carried = ActionSubject.objects.filter(
        action__minuted_as__in=meeting.minuted_actions.filter(is_carried=True)
    )
    children = Q(pk__in=meeting.pupils.values("pupil")) | Q(pk__in=carried.values("pupil"))
    return closed_pupils(user, meeting, Pupil.objects.filter(children))


def _pupils(minutes, spoken):
    return {row.pupil_id for row in minutes.everyone if row.pk in spoken}


def references_of(minutes):
    """What stands for each child of the meeting in its minutes."""
    return [child_text(child) for child in minutes.children]


def here_of(minutes):
    """Who is here and who sent apologies, each as a sentence's list; empty where nobody is."""
    rows = [*minutes.people, *minutes.agencies]
    here = [_who(row) for row in rows if row.attended]
    away = [_who(row) for row in rows if not row.attended and row.reply == "apologies"]
    return ", ".join(here), ", ".join(away)


def _who(row):
    place = row.school.name if getattr(row, "school", None) else ""
    agency = getattr(row, "agency", None)
    place = place or (agency.name if agency and agency.name != row.name else "")
    return f"{row.name} ({place})" if place else row.name


def saved_text(draft, item):
    """When the text of an item was saved last; empty before."""
    if draft:
        return clock(draft.saved_at)
    return clock(item.written_at) if item.written_at else ""


# --- read -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """Minutes as somebody of the team reads them: a ``Copy``, and who is closed to them in it."""

    copy: object
    closed: list


def as_they_stand(user, meeting, action=Look.VIEW):
    """The ``Reading`` of minutes that are still written; writes the look."""
    minutes = Minutes(meeting)
    closed = look_at(user, minutes, action)
    made = minutes.copy_for(Reader(TEAM, closed=frozenset(row.pk for row in closed)))
    return Reading(made, closed)


def as_final(user, version, action=Look.VIEW):
    """The ``Reading`` of a version as it was made final; writes the look."""
    minutes = Minutes(version.meeting)
    closed = look_at(user, minutes, action)
    ids = {row.pk for row in closed}
    return Reading(_without(read(version.content), minutes.mentions, ids), closed)


def look_at(user, minutes, action=Look.VIEW):
    """The children who are closed to the user (rule 001-58); one look for each of the others."""
    ids = {row.pupil_id for row in minutes.everyone}
    opened = {pupil.pk: pupil for pupil in open_pupils(user).filter(pk__in=ids)}
    meeting = minutes.meeting
    others = Pupil.objects.filter(pk__in=ids - opened.keys())
    closed = closed_pupils(user, meeting, others) if ids - opened.keys() else set()
    basis = policies.basis(user, meeting)
    looked_at_all(
        [
            look_of(user, meeting, action, basis=basis),
            *looks_at(user, meeting, opened.values(), action),
            *(
                look_of(user, meeting, action, basis=basis, child_id=pk)
                for pk in ids - opened.keys() - closed
            ),
        ]
    )
    return [row for row in minutes.everyone if row.pupil_id in closed]


def _without(copy, mentions, closed):
    """The copy without what speaks of these children of the meeting."""
    if not closed:
        return copy

    def says(text):
        return bool(mentions.in_text(text) & closed)

    def is_closed(line, spoken_of=frozenset()):
        if says(line.what) or says(line.about):
            return True
        return bool(spoken_of & closed and goes_on(line.what) and not line.about)

    def without(item):
        said = [*item.paragraphs, *item.decision]
        about = mentions.in_paragraphs(said)
        told = [not found & closed for found in about]
        spoken_of = frozenset().union(*about)
        decided = told[len(item.paragraphs) :]
        return replace(
            item,
            paragraphs=list(compress(item.paragraphs, told)),
            decision=list(compress(item.decision, decided)),
            actions=[line for line in item.actions if not is_closed(line, spoken_of)],
        )

    items = [without(item) for item in copy.items if not says(item.title)]
    actions = [line for line in copy.actions if not is_closed(line)]
    return replace(copy, items=items, actions=actions)
