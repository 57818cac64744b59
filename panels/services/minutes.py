"""The minutes of a meeting: its agenda, what is written, who was there, and what becomes final.

One person writes, whoever takes the minutes. What is being typed is a ``Draft`` of an item; it and
the item share one version that rises with every save, so that no page writes over a later text.
"""

import hashlib
import textwrap
import uuid
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import grants
from audit.errors import TransitionNotAllowed, allow
from audit.models import Look, Verb
from audit.services import look_of, looked_at_all, record
from drafts import services as drafts
from drafts.errors import StaleDraft
from drafts.models import Draft
from panels import entitlements, minutes_checks, policies
from panels.copies import TEAM, Minutes, Reader
from panels.mentions import Mentions
from panels.models import (
    AgendaItem,
    ItemAudience,
    ItemKind,
    MeetingAgency,
    MeetingGrant,
    MeetingPerson,
    MeetingPupil,
    MeetingState,
    MinutedAction,
    MinutesHandOver,
    MinutesVersion,
)
from panels.services import actions
from panels.services.meetings import locked, refuse_names
from schools.children import notes_open, open_now
from schools.policies import may_ask
from schools.services import involve

FORM = minutes_checks.FORM
LONGEST_TITLE = 150
# A purpose is told in a sentence or more: of it the title is the beginning.
OF_PURPOSE = 80
FINAL = "These minutes are final. Correct them first: that makes the next version."
CANCELLED = "This meeting was cancelled: it has no minutes."
CHANGED = "Something was changed after you opened this page. Look at it again, then go on."
CARRIED = (
    "This action was agreed at an earlier meeting. What becomes of it is said on its own page."
)
BEFORE, AFTER = (ItemKind.OPENING, ItemKind.LAST), (ItemKind.NEXT,)


@dataclass(frozen=True)
class Said:
    """What an item says and who may read it; ``agencies`` and ``schools`` where it is chosen."""

    discussion: str = ""
    decision: str = ""
    audience: str = ItemAudience.UNSAID
    agencies: list = field(default_factory=list)
    schools: list = field(default_factory=list)


def to_write(by, meeting):
    """The meeting, locked, if ``by`` takes its minutes and they are not final.

    PermissionDenied for anybody else; TransitionNotAllowed once they are, and when it is cancelled.
    """
    meeting = locked(meeting)
    allow(policies.writes_minutes(by, meeting))
    return _open(meeting)


def _open(meeting):
    if meeting.state == MeetingState.FINALISED:
        raise TransitionNotAllowed(FINAL)
    if meeting.state == MeetingState.CANCELLED:
        raise TransitionNotAllowed(CANCELLED)
    return meeting


# --- the agenda -----------------------------------------------------------------------------------


@transaction.atomic
def begin_agenda(by, meeting):
    """Begin the agenda: its standing items, and one for each theme or for the purpose.

    The open actions of the meeting before are brought forward. Where nobody takes the minutes yet,
    ``by`` does. Begun again it stays as it is; returns the items. PermissionDenied for who neither
    runs the meeting nor takes its minutes.
    """
    meeting = locked(meeting)
    allow(policies.reads_draft_minutes(by, meeting))
    _open(meeting)
    if meeting.items.exists():
        return list(meeting.items.all())
    if meeting.minuted_by_id is None:
        meeting.minuted_by = by
        meeting.save(update_fields=["minuted_by"])
        _open_children(by, by, meeting, "Takes the minutes")
    items = [
        *(_standing(meeting, kind) for kind in BEFORE),
        *(AgendaItem(meeting=meeting, title=title) for title in _subjects(meeting)),
        *(_standing(meeting, kind) for kind in AFTER),
    ]
    for position, item in enumerate(items):
        item.position = position
    AgendaItem.objects.bulk_create(items)
    actions.carry(by, meeting)
    record(by, Verb.START, meeting, agenda=len(items))
    return items


def _standing(meeting, kind):
    return AgendaItem(meeting=meeting, kind=kind, title=kind.label, audience=ItemAudience.EVERYBODY)


def _subjects(meeting):
    """What is talked about: each theme; without one the purpose, if it speaks of no child.

    Nor of a child of the meeting before, whose purpose was proposed for this one.
    """
    themes = [str(theme)[:LONGEST_TITLE] for theme in meeting.themes.all()]
    if themes:
        return themes
    first = (meeting.purpose.strip().splitlines() or [meeting.title])[0]
    title = textwrap.shorten(first, OF_PURPOSE, placeholder=" …")
    children = MeetingPupil.objects.filter(meeting__in=(meeting.pk, meeting.previous_id))
    mentions = Mentions(children.select_related("pupil"))
    return [meeting.title if mentions.in_text(title) else title]


@transaction.atomic
def add_item(by, meeting, title, *, pk=None):
    """Add an item before the next meeting is talked about; returns it.

    ``pk`` was made with the page: a second click adds nothing. ValidationError without a title, and
    for one that names a child, since every reader of the item reads it.
    """
    meeting = to_write(by, meeting)
    if pk and (there := meeting.items.filter(pk=pk).first()):
        return there
    title = _title(meeting, title)
    items = list(meeting.items.all())
    ends = items and items[-1].kind == ItemKind.NEXT
    is_taken = pk is None or AgendaItem.objects.filter(pk=pk).exists()
    item = AgendaItem.objects.create(
        pk=uuid.uuid4() if is_taken else pk,
        meeting=meeting,
        title=title,
        position=items[-1].position + 1 if items else 0,
    )
    if ends:
        _place([*items[:-1], item, items[-1]])
    record(by, Verb.ADD, meeting, item=str(item.pk))
    return item


@transaction.atomic
def rename_item(by, item, title):
    """Call an item something else; as ``add_item``."""
    meeting = to_write(by, item.meeting)
    item = meeting.items.select_for_update().get(pk=item.pk)
    item.title = _title(meeting, title)
    item.save(update_fields=["title"])
    record(by, Verb.CHANGE, meeting, item=str(item.pk))
    return item


def _title(meeting, title):
    title = title.strip()
    if not title:
        raise ValidationError({"title": "Enter what the item is about"})
    refuse_names(meeting, title=title)
    return title


@transaction.atomic
def move_item(by, item, places):
    """Move an item up (-1) or down (1) on the agenda; at its end it stays where it is."""
    meeting = to_write(by, item.meeting)
    items = list(meeting.items.all())
    here = items.index(item)
    there = min(max(here + places, 0), len(items) - 1)
    items.insert(there, items.pop(here))
    _place(items)
    record(by, Verb.MOVE, meeting, item=str(item.pk))
    return items


def _place(items):
    for position, item in enumerate(items):
        item.position = position
    AgendaItem.objects.bulk_update(items, ["position"])


@transaction.atomic
def remove_item(by, item):
    """Take an item off the agenda, with what was written in it; returns the meeting.

    TransitionNotAllowed while actions follow from it.
    """
    meeting = to_write(by, item.meeting)
    if item.actions.exists():
        raise TransitionNotAllowed("Actions follow from this item. Remove them first.")
    drafts.consume(FORM, item.pk)
    record(by, Verb.REMOVE, meeting, item=str(item.pk))
    item.delete()
    return meeting


# --- what is written ------------------------------------------------------------------------------


@transaction.atomic
def keep(by, item, data, version):
    """Keep what is being typed in an item, ``{name: [values]}``; returns its draft.

    ``version`` is what the page last saw. StaleDraft when something else was saved since, unless it
    is the same text; PermissionDenied and TransitionNotAllowed as ``to_write``.
    """
    to_write(by, item.meeting)
    item = AgendaItem.objects.select_for_update().get(pk=item.pk)
    draft = Draft.objects.filter(form=FORM, target_id=item.pk).first()
    there = draft or as_draft(item)
    if version != there.version:
        raise StaleDraft(there)
    if draft:
        return drafts.save(by, draft.pk, data, version)
    draft = drafts.start(by, FORM, item.pk, data)
    draft.version = item.version + 1
    draft.save(update_fields=["version"])
    return draft


def as_draft(item):
    """What an item says in the form of a ``Draft`` that is not kept."""
    return Draft(
        form=FORM,
        target_id=item.pk,
        data=typed_of(item),
        version=item.version,
        saved_at=item.written_at or timezone.now(),
    )


def typed_of(item):
    """What the form of an item holds when nothing is being typed in it."""
    return {
        "audience": [item.audience],
        "agencies": [str(one.pk) for one in item.agencies.all()],
        "schools": [str(one.pk) for one in item.schools.all()],
        "discussion": [item.discussion],
        "decision": [item.decision],
    }


def is_same(one, other):
    """Whether two ``{name: [values]}`` of the form say the same of the item itself."""
    return all(_values(one, name) == _values(other, name) for name in typed_names())


def typed_names():
    return ("audience", "agencies", "schools", "discussion", "decision")


def _values(data, name):
    found = (value.replace("\r\n", "\n").strip() for value in data.get(name, []))
    return sorted(value for value in found if value)


@transaction.atomic
def write_item(by, item, said, *, version):
    """Write an item: ``said`` is a ``Said``; what was being typed has its place by that.

    StaleDraft when something else was saved since the page saw ``version``; ValidationError for
    agencies or schools that are not of the meeting.
    """
    meeting = to_write(by, item.meeting)
    item = AgendaItem.objects.select_for_update().get(pk=item.pk)
    draft = Draft.objects.filter(form=FORM, target_id=item.pk).first()
    there = draft or as_draft(item)
    if version != there.version:
        raise StaleDraft(there)
    _check_readers(meeting, said)
    item.discussion, item.decision = _lines(said.discussion), _lines(said.decision)
    item.audience = said.audience
    item.version = version + 1
    item.written_at, item.written_by = timezone.now(), by
    item.save()
    is_chosen = said.audience == ItemAudience.CHOSEN
    item.agencies.set(said.agencies if is_chosen else [])
    item.schools.set(said.schools if is_chosen else [])
    drafts.consume(FORM, item.pk)
    record(by, Verb.CHANGE, meeting, item=str(item.pk))
    return item


def _lines(text):
    return text.replace("\r\n", "\n").strip()


def _check_readers(meeting, said):
    agencies = set(meeting.agencies.values_list("agency", flat=True))
    schools = set(meeting.schools.values_list("school", flat=True))
    there = agencies.issuperset(one.pk for one in said.agencies)
    if not (there and schools.issuperset(one.pk for one in said.schools)):
        raise ValidationError({"audience": "Choose from who is on the meeting"})


@transaction.atomic
def write_initials(by, item):
    """Write initials and reference where an item names a child of the meeting; returns it.

    TransitionNotAllowed while something is being typed in it.
    """
    meeting = to_write(by, item.meeting)
    item = AgendaItem.objects.select_for_update().get(pk=item.pk)
    if Draft.objects.filter(form=FORM, target_id=item.pk).exists():
        raise TransitionNotAllowed("Save what is being typed in this item first.")
    mentions = Minutes(meeting).mentions
    item.discussion = mentions.with_initials(item.discussion)
    item.decision = mentions.with_initials(item.decision)
    item.version += 1
    item.written_at, item.written_by = timezone.now(), by
    item.save()
    record(by, Verb.CHANGE, meeting, item=str(item.pk))
    return item


# --- who is here ----------------------------------------------------------------------------------


@transaction.atomic
def note_present(by, meeting, *, present, accepted):
    """Note who is here and who accepted terms of reference and confidentiality (peers.md F36).

    ``present`` and ``accepted`` are ids of its people and agencies; who accepted is here. When
    somebody accepted stays as it was noted first.
    """
    meeting = to_write(by, meeting)
    if not meeting.has_begun:
        raise TransitionNotAllowed("The meeting has not begun yet.")
    present, accepted = set(present) | set(accepted), set(accepted)
    now = timezone.now()
    for rows in (meeting.people.filter(removed_at__isnull=True), meeting.agencies.all()):
        rows.filter(pk__in=present).update(attended=True)
        rows.exclude(pk__in=present).update(attended=False)
        rows.filter(pk__in=accepted, accepted_at__isnull=True).update(accepted_at=now)
        rows.exclude(pk__in=accepted).update(accepted_at=None)
    record(by, Verb.CHANGE, meeting, present=len(present))
    return meeting


@transaction.atomic
def add_agency_here(by, meeting, agency, *, contact=None, name="", email=""):
    """Note an agency that came without an invitation; returns its row.

    It is there by one of its ``contact`` or by ``name``. Nothing is sent.
    """
    meeting = _to_add(by, meeting)
    said = {"name": contact.name, "email": contact.email} if contact else {}
    said = said or {"name": name.strip() or agency.name, "email": email}
    same = {"contact": contact} if contact else {"contact": None, "name": said["name"]}
    row = meeting.agencies.filter(agency=agency, **same).first()
    if row is None:
        row = MeetingAgency(meeting=meeting, agency=agency, contact=contact, **said)
    row.attended = True
    row.save()
    record(by, Verb.ADD, meeting, agency=str(agency.pk))
    return row


@transaction.atomic
def add_person_here(by, meeting, contact):
    """Note somebody of one of the schools who came without an invitation; returns the row.

    PermissionDenied for who may not be invited: of another school, or in a post nobody confirmed.
    """
    meeting = _to_add(by, meeting)
    allow(policies.contacts_for(meeting).filter(pk=contact.pk).exists())
    row = meeting.people.filter(contact=contact, removed_at__isnull=True).first()
    if row is None:
        row = MeetingPerson(
            meeting=meeting,
            contact=contact,
            user_id=contact.user_id,
            school_id=contact.school_id,
            name=contact.name,
        )
    row.attended = True
    row.save()
    if row.user_id:
        grants.give(MeetingGrant, [entitlements.of_person(row)])
    record(by, Verb.ADD, meeting, person=str(row.pk))
    return row


def _to_add(by, meeting):
    meeting = to_write(by, meeting)
    if meeting.state == MeetingState.ASKED or not meeting.has_begun:
        raise TransitionNotAllowed("The meeting has not begun yet. Invite them instead.")
    return meeting


# --- its actions ----------------------------------------------------------------------------------


@transaction.atomic
def add_action(by, item, what, *, owner=None, due_on=None, child=None, pk=None):
    """Add an action that follows from an item; returns it.

    ``owner`` is a ``MeetingPerson``, a ``MeetingAgency`` or nobody yet, ``child`` a
    ``MeetingPupil``. ``pk`` was made with the page: a second click adds nothing. ValidationError
    without what is to be done.
    """
    meeting = to_write(by, item.meeting)
    if pk and (there := meeting.minuted_actions.filter(pk=pk).first()):
        return there
    is_taken = pk is None or MinutedAction.objects.filter(pk=pk).exists()
    row = MinutedAction(
        pk=uuid.uuid4() if is_taken else pk, meeting=meeting, item=item, added_by=by
    )
    _set_action(meeting, row, what, owner, due_on, child)
    row.save(force_insert=True)
    record(by, Verb.ADD, meeting, action=str(row.pk))
    return row


@transaction.atomic
def change_action(by, row, what, *, owner=None, due_on=None, child=None):
    """Change an action of the minutes; as ``add_action``.

    TransitionNotAllowed for one that an earlier meeting agreed.
    """
    meeting = to_write(by, row.meeting)
    row = MinutedAction.objects.select_for_update(of=["self"]).get(pk=row.pk)
    if row.is_carried:
        raise TransitionNotAllowed(CARRIED)
    _set_action(meeting, row, what, owner, due_on, child)
    row.save()
    record(by, Verb.CHANGE, meeting, action=str(row.pk))
    return row


def _set_action(meeting, row, what, owner, due_on, child):
    if not what.strip():
        raise ValidationError({"what": "Enter what is to be done"})
    for one in filter(None, (owner, child)):
        allow(one.meeting_id == meeting.pk)
    row.what, row.due_on, row.child = what.strip(), due_on, child
    row.person = owner if isinstance(owner, MeetingPerson) else None
    row.agency = owner if isinstance(owner, MeetingAgency) else None


@transaction.atomic
def remove_action(by, row):
    """Take an action out of the minutes; TransitionNotAllowed for one of an earlier meeting.

    One that a version has given to somebody is over once the correction is final.
    """
    meeting = to_write(by, row.meeting)
    if row.is_carried:
        raise TransitionNotAllowed(CARRIED)
    record(by, Verb.REMOVE, meeting, action=str(row.pk))
    row.delete()
    return meeting


# --- who writes them ------------------------------------------------------------------------------


@transaction.atomic
def hand_over(by, meeting, to, why):
    """Somebody else takes the minutes from here on, with what is being typed; returns the meeting.

    The children of the meeting are on their current work by that. PermissionDenied for who neither
    runs the meeting nor takes its minutes, and for ``to`` who may not take them; ValidationError
    without a reason.
    """
    meeting = locked(meeting)
    allow(policies.reads_draft_minutes(by, meeting))
    allow(policies.minute_takers_for(meeting).filter(pk=to.pk).exists())
    if meeting.state == MeetingState.CANCELLED:
        raise TransitionNotAllowed(CANCELLED)
    if not why.strip():
        raise ValidationError({"reason": "Enter why you hand it over"})
    if meeting.minuted_by_id == to.pk:
        raise TransitionNotAllowed(f"{to.name} takes the minutes already.")
    MinutesHandOver.objects.create(
        meeting=meeting,
        former=meeting.minuted_by,
        to=to,
        why=why.strip(),
        handed_over_by=by,
    )
    former, meeting.minuted_by = meeting.minuted_by_id, to
    meeting.save(update_fields=["minuted_by"])
    being_typed = Draft.objects.filter(form=FORM, target_id__in=meeting.items.values("pk"))
    being_typed.update(user=to, version=F("version") + 1)
    _open_children(by, to, meeting, why.strip())
    record(by, Verb.HAND_OVER, meeting, former=str(former), to=str(to.pk))
    return meeting


def _open_children(by, to, meeting, why):
    """Put its children on the current work of who takes the minutes; the reason is logged.

    Who may give a reason themselves gives one for a child who was closed to who hands over.
    """
    ids = set(meeting.pupils.values_list("pupil", flat=True))
    if may_ask(to):
        ids &= notes_open(by, ids) | notes_open(to, ids)
    on_work, _ = open_now(to, ids)
    looked_at_all(
        [
            look_of(by, meeting, Look.REASON, basis="meeting", child_id=pk, reason=why[:200])
            for pk in ids - on_work
        ]
    )
    involve(ids, meeting, user=to)


# --- final ----------------------------------------------------------------------------------------


def seen_of(minutes):
    """A text that differs once anything of the ``Minutes`` has changed, for ``finalise``."""
    parts = [
        minutes.meeting.state,
        *(f"{item.pk}:{item.position}:{item.title}:{item.version}" for item in minutes.items),
        *(
            f"{row.pk}:{row.what}:{row.due_on}:{row.person_id}:{row.agency_id}:{row.child_id}"
            for row in minutes.actions
        ),
        *(f"{row.pk}:{row.attended}" for row in [*minutes.people, *minutes.agencies]),
        *(
            f"{row.pk}:{sorted(agency.pk for agency in row.shared_with.all())}"
            for row in minutes.children
        ),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@transaction.atomic
def finalise(by, meeting, *, seen, no_actions_why="", what_changed=""):
    """Make the minutes final and read only; returns the ``MinutesVersion``.

    ``seen`` is ``seen_of`` what the page showed. Refused unless there is something still to do or a
    reason why no actions were agreed (rule 000-14), and while a check stands in the way; a
    correction says what changed (ValidationError). TransitionNotAllowed before the meeting is held,
    once it is final, and when something was changed meanwhile.
    """
    meeting = to_write(by, meeting)
    if meeting.state != MeetingState.HELD:
        raise TransitionNotAllowed("Mark the meeting as held first.")
    minutes = Minutes(meeting)
    if seen != seen_of(minutes):
        raise TransitionNotAllowed(CHANGED)
    blocking = [check.text for check in minutes_checks.checks_of(minutes) if check.is_blocking]
    if blocking:
        raise ValidationError(blocking)
    has_actions = minutes_checks.has_open_actions(minutes)
    if not has_actions and not no_actions_why.strip():
        raise ValidationError({"no_actions_why": "Enter why no actions were agreed"})
    number = meeting.versions.count() + 1
    if number > 1 and not what_changed.strip():
        raise ValidationError({"what_changed": "Enter what changed"})
    version = MinutesVersion.objects.create(
        meeting=meeting,
        number=number,
        finalised_by=by,
        what_changed=what_changed.strip() if number > 1 else "",
        no_actions_why="" if has_actions else no_actions_why.strip(),
        seen=seen,
    )
    actions.agree(by, version)
    version.content = Minutes(meeting).copy_for(Reader(TEAM)).as_json
    version.save(update_fields=["content"])
    meeting.state = MeetingState.FINALISED
    meeting.save(update_fields=["state"])
    record(by, Verb.COMPLETE, meeting, version=number)
    return version


@transaction.atomic
def correct(by, meeting):
    """Open final minutes again, to write their next version; returns the meeting.

    Everybody reads the version that is final until the next one is. PermissionDenied for who
    does not take the minutes; TransitionNotAllowed when they are not final.
    """
    meeting = locked(meeting)
    allow(policies.writes_minutes(by, meeting))
    if meeting.state != MeetingState.FINALISED:
        raise TransitionNotAllowed("These minutes are being written already.")
    meeting.state = MeetingState.HELD
    meeting.save(update_fields=["state"])
    record(by, Verb.REOPEN, meeting)
    return meeting


@transaction.atomic
def cancel_correction(by, meeting):
    """A correction that was opened by mistake: its minutes are final as they were.

    PermissionDenied for who does not take the minutes; TransitionNotAllowed where none is open, and
    once it has changed something: it is made final then, and says what.
    """
    meeting = to_write(by, meeting)
    version = meeting.versions.first()
    if version is None:
        raise TransitionNotAllowed("These minutes are not being corrected.")
    is_typed = Draft.objects.filter(form=FORM, target_id__in=meeting.items.values("pk")).exists()
    if is_typed or version.seen != seen_of(Minutes(meeting)):
        raise TransitionNotAllowed(
            "Something has been changed in this correction. Make it final, and say what."
        )
    meeting.state = MeetingState.FINALISED
    meeting.save(update_fields=["state"])
    record(by, Verb.CANCEL, meeting, version=version.number)
    return meeting
