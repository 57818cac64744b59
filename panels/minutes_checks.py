"""What to look at before minutes become final: some stands in the way, some may be left.

As many queries for five hundred items as for one. The text of a check names a child by initials and
reference alone.
"""

from dataclasses import dataclass

from drafts.models import Draft
from govuk.words import listed
from panels.copies import AGENCY, SCHOOL, Reader
from panels.mentions import folded
from panels.models import ItemAudience, ItemKind, MeetingState
from schools.models import Enrolment, Pupil
from schools.names import fold

# The form of the drafts of agenda items, as ``services.minutes`` keeps them.
FORM = "minutes"
PEOPLE, HELD, ADD = "people", "held", "add"


@dataclass(frozen=True)
class Check:
    """One thing to look at: a sentence, and where it is put right.

    ``item`` is its agenda item, ``action`` its action and ``place`` one of ``PEOPLE``, ``HELD`` and
    ``ADD``, where it is about any. ``names`` are the ids of the meeting's children whose names in
    ``item`` could be initials and reference instead.
    """

    text: str
    is_blocking: bool = True
    item: object = None
    action: object = None
    place: str = ""
    names: tuple = ()


def checks_of(minutes):
    """Every ``Check`` of these ``copies.Minutes``, what stands in the way first; two queries."""
    found = [
        *_meeting(minutes),
        *_unsaved(minutes),
        *_items(minutes),
        *_names(minutes),
        *_others(minutes),
        *_actions(minutes),
        *_children(minutes),
        *_accepted(minutes),
    ]
    return sorted(found, key=lambda check: not check.is_blocking)


def has_open_actions(minutes):
    """Whether there is something still to do (rule 000-14)."""
    return any(not (row.action and row.action.done_at) for row in minutes.actions)


def child_text(child):
    """``T.B. (P4172)``: what stands for a child of the meeting in its minutes."""
    return f"{child.pupil.initials} ({child.reference})"


def _text(item):
    return f"{item.discussion}\n{item.decision}"


def _is_written(item):
    return bool(item.discussion or item.decision)


def _meeting(minutes):
    if minutes.meeting.state != MeetingState.HELD:
        yield Check("The meeting is not marked as held yet.", place=HELD)
    if not any(row.attended for row in [*minutes.people, *minutes.agencies]):
        yield Check("Nobody is marked as present.", place=PEOPLE)
    if not any(map(_is_written, minutes.items)) and not minutes.actions:
        yield Check("Nothing is written yet.", place="" if minutes.items else ADD)


def _unsaved(minutes):
    """What was typed and has no place in its item yet."""
    ids = [item.pk for item in minutes.items]
    drafts = set(
        Draft.objects.filter(form=FORM, target_id__in=ids).values_list("target_id", flat=True)
    )
    for item in minutes.items:
        if item.pk in drafts:
            yield Check(f"“{item.title}” has text that is not saved in the minutes yet.", item=item)


def _items(minutes):
    acted = {row.item_id for row in minutes.actions}
    for item in minutes.items:
        says_something = _is_written(item) or item.pk in acted
        if says_something and item.audience == ItemAudience.UNSAID:
            yield Check(f"Nobody has said who may see “{item.title}”.", item=item)
        if item.kind == ItemKind.SUBJECT and not says_something:
            yield Check(f"Nothing is written about “{item.title}”.", is_blocking=False, item=item)


def _names(minutes):
    """A child who is named in full before readers who may not read of them (rule 000-16)."""
    children = {child.pk: child for child in minutes.everyone}
    for item in minutes.items:
        for pk in sorted(minutes.mentions.named_in(_text(item)), key=str):
            child = children[pk]
            kept_from = [
                reader.name
                for reader in minutes.readers
                if minutes.may_see(reader, item) and not minutes.may_read_of(reader, child)
            ]
            if kept_from:
                yield Check(
                    f"“{item.title}” names {child_text(child)}, and {listed(kept_from)} may not "
                    "read of this child. The paragraph is left out of that copy. Write the "
                    "initials and reference, or change who may read the item.",
                    is_blocking=False,
                    item=item,
                    names=(pk,),
                )


def _others(minutes):
    """A child on record at the schools who is not of the meeting: no copy would leave them out."""
    open_items = [item for item in minutes.items if item.audience != ItemAudience.TEAM]
    texts = [(item, folded(f"{item.title}\n{_text(item)}")) for item in open_items]
    # What an earlier meeting agreed is not written here, and no agency reads of its child.
    lines = [(row, folded(row.what)) for row in minutes.actions if not row.is_carried]
    words = {word for _, text in [*texts, *lines] for word in text.split()}
    invited = {fold(row.name) for row in [*minutes.people, *minutes.agencies]}
    met = {}
    for way in _called(minutes):
        # Of all on record, few have a name whose words all occur.
        if way in invited or not words.issuperset(way.split()):
            continue
        for thing, text in [*texts, *lines]:
            if f" {way} " in text:
                met[thing] = True
    items = {item.pk: item for item in minutes.items}
    for thing in met:
        is_action = thing not in open_items
        title = thing.what if is_action else thing.title
        yield Check(
            f"“{title}” has the name of a child on record at the schools who is not on this "
            "meeting. Take it out.",
            item=items.get(thing.item_id) if is_action else thing,
            action=thing if is_action else None,
        )


def _called(minutes):
    """How somebody may write the names of the other children taught at the schools; one query."""
    ours = [child.pupil_id for child in minutes.children]
    here = Enrolment.objects.filter(school__in=minutes.schools, ends_on__isnull=True)
    names = (
        Pupil.objects.filter(pk__in=here.values("pupil"))
        .exclude(pk__in=ours)
        .values_list("first_names", "known_as", "surname")
    )
    for first_names, known_as, surname in names:
        firsts = {first_names, first_names.partition(" ")[0], known_as} - {""}
        yield from {fold(f"{first} {surname}") for first in firsts}


def _actions(minutes):
    items = {item.pk: item for item in minutes.items}
    children = {child.pk: child for child in minutes.everyone}
    for row in minutes.actions:
        at = {"item": items.get(row.item_id), "action": row}
        if not row.owner_text:
            yield Check(f"“{row.what}” has nobody to do it.", **at)
        if not (row.action or row).due_on:
            yield Check(f"“{row.what}” has no date.", **at)
        reader = _reader_of(row)
        if reader is None:
            continue
        for pk in sorted(minutes.about(row), key=str):
            if not minutes.may_read_of(reader, children[pk]):
                yield Check(
                    f"“{row.what}” is for {reader.name} and about {child_text(children[pk])}, of "
                    f"whom {reader.name} may not read. Give it to somebody else, or write it "
                    "without the child.",
                    **at,
                )


def _reader_of(row):
    """Whose copy the owner of an action reads; None for the council's own people."""
    if row.agency:
        return Reader(AGENCY, row.agency.agency_id, row.agency.agency.name)
    if row.person and row.person.school:
        return Reader(SCHOOL, row.person.school_id, row.person.school.name)
    return None


def _children(minutes):
    """Whoever the meeting was to talk about, and does not speak of."""
    spoken = set().union(
        *(minutes.mentions.in_text(_text(item)) for item in minutes.items),
        *(minutes.about(row) for row in minutes.actions),
    )
    for child in minutes.children:
        if child.pk not in spoken:
            yield Check(
                f"{child_text(child)} is on the meeting, and in no item and no action.",
                is_blocking=False,
            )


def _accepted(minutes):
    there = [row for row in [*minutes.people, *minutes.agencies] if row.attended]
    names = [row.name for row in there if row.accepted_at is None]
    if names:
        yield Check(
            f"Not noted that terms of reference and confidentiality were accepted by "
            f"{listed(names)}.",
            is_blocking=False,
            place=PEOPLE,
        )
