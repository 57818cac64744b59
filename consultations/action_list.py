"""The actions of somebody: what they took on and what their schools did, due, overdue and done.

An action is due when it is agreed, not counted; the words of one that is about a child are held
back from whoever has not opened the child (rule 001-58).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from consultations.models import Action, ActionSubject, PupilDiscussed
from consultations.policies import may_hand_on, may_mark_done_for_school
from govuk.paging import DayCursor, page_around
from govuk.words import date_of, day_text
from schools.children import closed_children
from schools.scope import scope_of

MINE, SCHOOLS = "mine", "schools"
OPEN, OVERDUE, DONE = "open", "overdue", "done"
WHOSE = {MINE: "Mine", SCHOOLS: "My schools"}
SHOW = {OPEN: "To do", OVERDUE: "Overdue", DONE: "Done lately"}
# How long a done action stays on the list, in days, and how long a page is.
LATELY, PAGE = 28, 30
# Where an action without a date stands: last.
NO_DATE = date(9999, 12, 31)
IN_THE_NOTE = "About a child: it stands in the note"
HELD_BACK = "About a child. Open the note to read it."
CLOSED = "About a child who is not on your current work"
# A meeting's action about a child, for whoever took it on and is no lead of the school.
FOR_LEADS = "About a child: your head or safeguarding lead reads what it is"


@dataclass(frozen=True)
class Line:
    """One action as a list says it; ``what`` is held back for a child not open to the viewer.

    ``url`` is where it was agreed, empty for a meeting that the viewer may not be at.
    """

    action: Action
    what: str
    url: str
    due: str
    is_late: bool
    may_change: bool
    is_held_back: bool


@dataclass(frozen=True)
class Listed:
    """A page of actions, and the values of the edges to go on from, or None."""

    lines: list
    previous: str
    next: str


def chosen(request):
    """``(whose, show)`` of the address; nonsense is the first of each."""
    whose, show = request.GET.get("whose", ""), request.GET.get("show", "")
    return whose if whose in WHOSE else MINE, show if show in SHOW else OPEN


def actions_of(user, whose, show, *, after="", before=""):
    """The ``Listed`` page for a user; eight queries at most, however long it is."""
    seen = Action.objects.visible_to(user)
    scope = scope_of(user)
    if whose == MINE:
        seen = seen.filter(owner_user=user)
    elif not scope.county:
        seen = seen.filter(Q(school_id__in=scope.supports) | Q(hub_id__in=scope.manages))
    today = timezone.localdate()
    if show == DONE:
        since = timezone.now() - timedelta(days=LATELY)
        seen = seen.filter(done_at__gte=since)
    else:
        seen = seen.overdue(today) if show == OVERDUE else seen.open()
    seen = seen.annotate(due=Coalesce(F("due_on"), NO_DATE)).select_related(
        "school", "consultation", "owner_user", "owner_contact", "about"
    )
    page, has_previous, has_next = page_around(
        seen, ("due", "pk"), PAGE, after=DayCursor.read(after), before=DayCursor.read(before)
    )
    return Listed(
        lines_of(user, page, today),
        previous=_told(page[0]) if has_previous else "",
        next=_told(page[-1]) if has_next else "",
    )


def lines_of(user, actions, today):
    """The ``Line`` of each action, their ``about`` and ``school`` at hand; four queries at most."""
    about = _children_of(actions)
    closed = closed_children(user, set().union(*about.values()))
    return [
        Line(
            action,
            what=_held_back(action) if about[action.pk] & closed else action.what,
            url=_source_url(user, action),
            due=due_text(action, today),
            is_late=not action.done_at and action.due_on is not None and action.due_on < today,
            may_change=not action.done_at and may_hand_on(user, action),
            is_held_back=bool(about[action.pk] & closed),
        )
        for action in actions
    ]


def _held_back(action):
    return CLOSED if action.is_of_meeting else HELD_BACK


def _source_url(user, action):
    scope = scope_of(user)
    is_at = action.owner_user_id == user.pk or action.hub_id in scope.manages or scope.county
    return action.source_url if is_at or not action.is_of_meeting else ""


def _children_of(actions):
    """``{action id: ids of the children}`` its words may be about; two queries at most.

    What was agreed about nobody in particular is a text of its note, and that is closed while one
    of the note's children is.
    """
    notes = {action.consultation_id for action in actions if not action.about} - {None}
    named = defaultdict(set)
    if notes:
        parts = PupilDiscussed.objects.filter(consultation__in=notes, pupil__isnull=False)
        for note, pupil in parts.values_list("consultation", "pupil"):
            named[note].add(pupil)
    spoken_of = _children_spoken_of([action for action in actions if action.is_of_meeting])
    return {
        action.pk: spoken_of[action.pk] | ({child_of(action)} - {None})
        if action.about or action.pupil_id or action.is_of_meeting
        else named.get(action.consultation_id, set())
        for action in actions
    }


def _children_spoken_of(actions):
    """``{action id: ids of the children}`` that the words of meetings' actions speak of."""
    found = defaultdict(set)
    if actions:
        subjects = ActionSubject.objects.filter(action__in=actions, pupil__isnull=False)
        for action, pupil in subjects.values_list("action", "pupil"):
            found[action].add(pupil)
    return found


@dataclass(frozen=True)
class SchoolLine:
    """One action as the school's list says it; of one about a child its words are in the note.

    Of a meeting's, which has no note, the words stand here; ``pupils`` are the ids of the children
    of whom its reader reads by them.
    """

    action: Action
    what: str
    due: str
    is_late: bool
    may_mark_done: bool
    pupils: frozenset = frozenset()


def school_lines(user, after=""):
    """``(lines, later)``: what notes and meetings ask of somebody at a school, earliest first.

    A page of ``SchoolLine``, as far as it is open, and where the later ones begin or ""; ``after``
    is such a place. Two queries at most; for whoever is in post nowhere nothing.
    """
    today = timezone.localdate()
    seen = (
        Action.objects.for_school(user)
        .open()
        .annotate(due=Coalesce(F("due_on"), NO_DATE))
        .select_related("consultation", "owner_user", "owner_contact")
    )
    actions, _, has_later = page_around(seen, ("due", "pk"), PAGE, after=DayCursor.read(after))
    spoken_of = _children_spoken_of([action for action in actions if action.is_of_meeting])
    lines = [_school_line(user, action, spoken_of[action.pk], today) for action in actions]
    return lines, _told(actions[-1]) if has_later else ""


def school_line(user, action):
    """The ``SchoolLine`` of one meeting's action of ``for_school``; one query."""
    children = _children_spoken_of([action])[action.pk]
    return _school_line(user, action, children, timezone.localdate())


def _school_line(user, action, children, today):
    is_closed = children and action.owner_contact.school_id not in scope_of(user).reads_shared
    what = IN_THE_NOTE if action.about_id else action.what
    return SchoolLine(
        action,
        what=FOR_LEADS if is_closed else what,
        due=due_text(action, today),
        is_late=action.due_on is not None and action.due_on < today,
        may_mark_done=may_mark_done_for_school(user, action),
        pupils=frozenset() if is_closed else frozenset(children),
    )


def child_of(action):
    """The id of the child an action is about, or None."""
    return action.about.pupil_id if action.about else action.pupil_id


def due_text(action, today):
    """Due tomorrow; Was due on Friday 20 November; No date; Done 3 November 2026."""
    if action.is_dropped:
        return f"Taken out of the minutes {date_of(action.done_at)}"
    if action.done_at:
        return f"Done {date_of(action.done_at)}"
    if action.due_on is None:
        return "No date"
    return f"{'Was due' if action.due_on < today else 'Due'} {day_text(action.due_on, today)}"


def _told(action):
    return str(DayCursor(action.due, action.pk))
