"""The action plan of a meeting: agreed, taken over by the next, ticked off, commented on.

An action is one ``consultations.Action`` wherever it shows. ``MinutedAction`` is where it stands in
the minutes: of the meeting that agreed it, and of each that took it over while it was open.
"""

from datetime import timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import act_of, record, record_all
from consultations.models import MEETING, Action, ActionChange, ActionSubject
from consultations.services import actions
from panels import action_notices, distribution_notices, policies
from panels.copies import AGENCY, SCHOOL, Minutes, Reader
from panels.models import (
    ActionComment,
    ItemKind,
    Meeting,
    MeetingAgency,
    MeetingState,
    MinutedAction,
)
from panels.services.meetings import locked
from schools.models import Involvement
from schools.services import end_involvement as leave_current_work

# How long the children of a meeting that agreed nothing stay on current work: as long as its
# minutes can be opened by a link.
WITHOUT_ACTIONS = timedelta(days=28)
LONGEST = ActionComment._meta.get_field("text").max_length
CORRECTED = (
    "what",
    "pupil",
    "school",
    "hub",
    "due_on",
    "owner_user",
    "owner_contact",
    "owner_agency",
    "owner_name",
)
NO_OWNER = "Say who does it, before the minutes become final: {}"


# --- agreed with the minutes ----------------------------------------------------------------------


@transaction.atomic
def agree(by, version):
    """Make the ``Action`` of everything that the minutes of this version agreed; their owners hear.

    ``by`` is who makes the minutes final. Done again with a correction it makes the new ones,
    changes the words of those it changed, and their owner and date unless they were handed over or
    moved since: a correction undoes nothing that was followed up. An open action that the
    correction took out is over without being done, and says so wherever it stands (rule 000-14).
    ValidationError for an action without an owner.
    """
    meeting = locked(version.meeting)
    allow(policies.may_run(by, meeting) or policies.writes_minutes(by, meeting))
    minutes = Minutes(meeting)
    own = [row for row in minutes.actions if not row.is_carried]
    if nobodys := next((row for row in own if not (row.action or row.owner_text)), None):
        raise ValidationError(NO_OWNER.format(nobodys.what))
    new = [row for row in own if row.action is None]
    _make(new, minutes)
    changed, given = _correct([row for row in own if row not in new], minutes)
    _note_subjects([*new, *changed], minutes)
    dropped = _drop(meeting, own)
    record_all(
        [
            *(act_of(by, Verb.AGREE, row.action) for row in new),
            *(act_of(by, Verb.CHANGE, row.action) for row in changed),
            *(act_of(by, Verb.REMOVE, action) for action in dropped),
        ]
    )
    action_notices.agreed(version, [row.action for row in [*new, *given]], by)
    _keep_on_current_work(version, meeting)
    for begun in meeting.followed_by.filter(items__kind=ItemKind.LAST):
        if begun.state != MeetingState.FINALISED:
            _take_over(by, begun)
    return [row.action for row in own]


def _make(rows, minutes):
    for row in rows:
        row.action = Action(
            source_type=MEETING, source_id=row.meeting_id, **_facts(row, minutes), **_owner(row)
        )
        row.action.due_on = row.due_on
    Action.objects.bulk_create(row.action for row in rows)
    MinutedAction.objects.bulk_update(rows, ["action"])


def _facts(row, minutes):
    """What an action says beside its owner and date: its words, its child and one school.

    The school is the child's, the owner's, or the meeting's only one; there may be none.
    """
    schools = {school.pk: school for school in minutes.schools}
    of_child, of_owner = row.child and row.child.school_id, row.person and row.person.school_id
    school = schools.get(of_child or of_owner)
    if school is None and len(schools) == 1:
        [school] = schools.values()
    return {
        "what": row.what,
        "pupil_id": row.child.pupil_id if row.child else None,
        "school_id": school.pk if school else None,
        "hub_id": school.hub_id if school else minutes.meeting.hub_id,
    }


def _owner(row):
    """The owner's columns of an ``Action``, from who is named in the minutes."""
    person, agency = row.person, row.agency
    return {
        "owner_user_id": person.user_id if person and not person.contact_id else None,
        "owner_contact_id": person.contact_id if person else None,
        "owner_agency_id": agency.agency_id if agency else None,
        "owner_name": agency.owner_text if agency else "",
    }


def _correct(rows, minutes):
    """``(rows, rows)``: whose action a correction changed, and of those who have another owner.

    What was followed up since stands.
    """
    since = ActionChange.objects.filter(action__in=[row.action for row in rows])
    handed_over = {change.action_id for change in since if change.is_hand_over}
    moved = {change.action_id for change in since if not change.is_hand_over}
    changed, given = [], []
    for row in rows:
        told = _facts(row, minutes)
        if row.action_id not in moved:
            told["due_on"] = row.due_on
        if row.action_id not in handed_over and (row.person or row.agency):
            owner = _owner(row)
            if any(getattr(row.action, name) != value for name, value in owner.items()):
                given.append(row)
            told |= owner
        if all(getattr(row.action, name) == value for name, value in told.items()):
            continue
        for name, value in told.items():
            setattr(row.action, name, value)
        changed.append(row)
    Action.objects.bulk_update([row.action for row in changed], CORRECTED)
    _correct_carried(changed)
    return changed, given


def _correct_carried(rows):
    """Say it in the same words where a later meeting has taken it over."""
    words = {row.action_id: row.what for row in rows}
    carried = list(MinutedAction.objects.filter(action__in=words, is_carried=True))
    for row in carried:
        row.what = words[row.action_id]
    MinutedAction.objects.bulk_update(carried, ["what"])


def _note_subjects(rows, minutes):
    """Keep whom the words of these actions speak of, for the lists that hold them back."""
    children = {child.pk: child for child in minutes.everyone}
    found = []
    for row in rows:
        about = {(children[pk].school_id, children[pk].pupil_id) for pk in minutes.about(row)}
        found += [
            ActionSubject(action=row.action, school_id=school, pupil_id=pupil)
            for school, pupil in about
        ]
        if row.action.school_id is None:
            found += [ActionSubject(action=row.action, school=school) for school in minutes.schools]
    ActionSubject.objects.filter(action__in=[row.action for row in rows]).delete()
    ActionSubject.objects.bulk_create(found)


def _drop(meeting, rows):
    """The open actions of the meeting that its minutes do not hold any more: over, not done."""
    kept = [row.action.pk for row in rows]
    gone = Action.objects.open().filter(source_type=MEETING, source_id=meeting.pk)
    gone = list(gone.exclude(pk__in=kept).select_for_update(of=["self"]))
    for action in gone:
        action.done_at, action.is_dropped = timezone.now(), True
    Action.objects.bulk_update(gone, ["done_at", "is_dropped"])
    return gone


# --- taken over from the meeting before -----------------------------------------------------------


@transaction.atomic
def carry(by, meeting):
    """Take the open actions of the meeting before into the minutes of this one; returns the rows.

    They are the same actions, never copies: what is ticked off meanwhile shows as done here. Done
    again it takes over what is not there yet. They stand under "Last actions", where the agenda
    has that item.
    """
    meeting = locked(meeting)
    allow(policies.may_run(by, meeting) or policies.writes_minutes(by, meeting))
    return _take_over(by, meeting)


def _take_over(by, meeting):
    there = MinutedAction.objects.filter(meeting=meeting, action__isnull=False)
    before = MinutedAction.objects.filter(
        meeting=_before(meeting), action__isnull=False, action__done_at__isnull=True
    )
    before = before.exclude(action__in=there.values("action")).select_related("action")
    before = before.order_by(F("action__due_on").asc(nulls_last=True), "added_at")
    children = dict(meeting.pupils.values_list("pupil", "pk"))
    last = meeting.items.filter(kind=ItemKind.LAST).first()
    return MinutedAction.objects.bulk_create(
        MinutedAction(
            meeting=meeting,
            item=last,
            what=row.action.what,
            child_id=children.get(row.action.pupil_id),
            due_on=row.action.due_on,
            action=row.action,
            is_carried=True,
            added_by_id=meeting.minuted_by_id,
        )
        for row in before
    )


def _before(meeting):
    """The id of the meeting it follows, or of the one before it in its series; None for none."""
    if meeting.previous_id or not meeting.series_id:
        return meeting.previous_id
    earlier = Meeting.objects.filter(series=meeting.series_id, starts_at__lt=meeting.starts_at)
    earlier = earlier.filter(state=MeetingState.FINALISED).order_by("-starts_at")
    return earlier.values_list("pk", flat=True).first()


# --- followed up ----------------------------------------------------------------------------------


@transaction.atomic
def tick(by, minuted, *, name=""):
    """An action of a meeting is done, as its owner says, or whoever runs the meeting.

    ``name`` is the owner's who has no account, as they were invited: the system is ``by`` then.
    PermissionDenied for who may not; TransitionNotAllowed when it is done already, and before it
    was agreed.
    """
    action = actions.done(by, _agreed(minuted), name=name, may=partial(_may_tick, minuted, name))
    for meeting in Meeting.objects.filter(minuted_actions__action=action):
        end_involvement(meeting)
    return action


@transaction.atomic
def comment(by, minuted, text, *, name=""):
    """Say something about an action of a meeting: its owner, or whoever runs the meeting.

    The meeting's organiser hears that something was said. ``by`` and ``name`` as for ``tick``.
    ValidationError for words that are missing or too many; said twice, it is kept once.
    """
    action = Action.objects.select_for_update(of=["self"]).get(pk=_agreed(minuted).pk)
    allow(_may_tick(minuted, name, by, action))
    text = text.strip()
    if not text:
        raise ValidationError({"text": "Enter your comment"})
    if len(text) > LONGEST:
        raise ValidationError({"text": f"Your comment must be {LONGEST} characters or fewer"})
    said = {"said_by": None if name else by, "said_by_name": name}
    latest = action.comments.order_by("-said_at").first()
    if latest and latest.text == text and all(getattr(latest, key) == said[key] for key in said):
        return latest
    made = ActionComment.objects.create(action=action, text=text, **said)
    record(by, Verb.COMMENT, action)
    action_notices.commented(made, minuted.meeting, by)
    return made


@transaction.atomic
def hand_over(by, minuted, reason, owner):
    """Give an open action to somebody of the meeting, a person or an agency of it, for a reason.

    An agency that has its copy of the minutes gets a link to the action.
    PermissionDenied for who neither runs the meeting nor owns the action; ValidationError for an
    agency or a school that may not read of a child it speaks of, otherwise as of every action.
    """
    is_agency = isinstance(owner, MeetingAgency)
    contact = None if is_agency else owner.contact
    if is_agency or contact:
        _check_reads(minuted, owner, is_agency)
    action = actions.hand_over(
        by,
        _agreed(minuted),
        reason,
        user=None if is_agency or contact else owner.user,
        contact=contact,
        agency=owner.agency if is_agency else None,
        name=owner.owner_text if is_agency else "",
        may=partial(_may_hand_on, minuted),
    )
    if is_agency:
        distribution_notices.handed_over(minuted, owner)
    return action


def _check_reads(minuted, owner, is_agency):
    """Nobody gets an action whose words they may not read (rule 000-16)."""
    minutes = Minutes(minuted.meeting)
    reader = Reader(AGENCY, owner.agency_id) if is_agency else Reader(SCHOOL, owner.school_id)
    [row] = [row for row in minutes.actions if row.pk == minuted.pk]
    about = minutes.about(row)
    if any(not minutes.may_read_of(reader, one) for one in minutes.everyone if one.pk in about):
        name = owner.agency.name if is_agency else owner.school.name
        raise ValidationError({"to": f"{name} may not read of the child this action is about"})


@transaction.atomic
def move(by, minuted, due_on, reason):
    """Move the date of an open action, for a reason; who may as for ``hand_over``."""
    return actions.move(by, _agreed(minuted), due_on, reason, may=partial(_may_hand_on, minuted))


def _agreed(minuted):
    if minuted.action is None:
        raise TransitionNotAllowed("The minutes of this meeting are not final yet.")
    return minuted.action


def _may_tick(minuted, name, by, action):
    if by.is_system:
        return bool(name)
    return not name and policies.may_tick_action(by, action, minuted.meeting)


def _may_hand_on(minuted, by, action):
    return policies.may_hand_on_action(by, action, minuted.meeting)


# --- current work ---------------------------------------------------------------------------------


def end_involvement(meeting):
    """Take its children off current work once all its actions are done (design.md 3).

    What it took over counts like what it agreed. Nothing happens before its minutes are final.
    """
    if meeting.state != MeetingState.FINALISED:
        return
    rows = meeting.minuted_actions
    if rows.exists() and not rows.filter(action__done_at__isnull=True).exists():
        leave_current_work(meeting, timezone.now())


def _keep_on_current_work(version, meeting):
    """As long as something it agreed is open; a correction that adds an action opens it again."""
    rows = meeting.minuted_actions
    if not rows.exists():
        leave_current_work(meeting, timezone.now() + WITHOUT_ACTIONS)
    elif not rows.filter(action__done_at__isnull=True).exists():
        leave_current_work(meeting, timezone.now())
    elif version.number > 1:
        _put_back_on_current_work(meeting)


def _put_back_on_current_work(meeting):
    """On that of whose it was: what was closed to somebody stays so (rule 001-58)."""
    theirs = Q(user__in=[meeting.organiser_id, meeting.minuted_by_id])
    theirs |= Q(school__in=meeting.pupils.values("school"))
    rows = Involvement.objects.filter(theirs, pupil__in=meeting.pupils.values("pupil"))
    rows.filter(source_type=meeting._meta.model_name, source_id=meeting.pk).update(ends_at=None)
