"""The action plan of a meeting, and the actions of all the meetings somebody runs.

The words of an action, and what is said of it, are held back while they speak of a child who is not
open to the viewer (rule 001-58).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Prefetch
from django.db.models.functions import Coalesce
from django.utils import timezone

from consultations.action_list import CLOSED, DONE, LATELY, NO_DATE, OPEN, OVERDUE, due_text
from consultations.action_list import lines_of as lines_of_actions
from consultations.children import looks_at
from consultations.models import MEETING, Action, ActionSubject
from govuk.paging import DayCursor, page_around
from panels import policies
from panels.mentions import Mentions
from panels.models import ActionComment, Meeting, MinutedAction
from schools.children import open_pupils

ALL = "all"
SHOWS = {ALL: "All", OPEN: "To do", OVERDUE: "Overdue"}
LISTS = {OVERDUE: "Overdue", OPEN: "To do", DONE: "Done lately"}
OUR_TEAM = "Our team"
PAGE = 30


@dataclass(frozen=True)
class PlanLine:
    """An action of the plan; ``comments`` are those the viewer may read."""

    row: MinutedAction
    what: str
    due: str
    is_late: bool
    is_held_back: bool
    comments: list
    may_tick: bool
    may_hand_on: bool

    @property
    def action(self):
        return self.row.action

    @property
    def done_by(self):
        """Who said that it is done; empty where a correction ended it."""
        action = self.row.action
        return action.done_by.name if action.done_by else action.done_by_name


@dataclass(frozen=True)
class Plan:
    """``groups`` are ``(name, [PlanLine, …])`` of each agency, each school and the team.

    ``looks`` are the access-log rows of the children whose words it shows.
    """

    groups: list
    looks: list


def plan_of(user, meeting, show=ALL):
    """The ``Plan`` of a meeting for somebody of the council; eight queries, however long it is."""
    today = timezone.localdate()
    rows = list(_rows(meeting))
    if show == OPEN:
        rows = [row for row in rows if not row.action.done_at]
    elif show == OVERDUE:
        rows = [row for row in rows if _is_late(row.action, today)]
    children = list(meeting.pupils.select_related("pupil"))
    about = {row.pk: {subject.pupil_id for subject in row.action.subjects.all()} for row in rows}
    named = {child.pupil_id for child in children}.union(*about.values())
    opened = {pupil.pk: pupil for pupil in open_pupils(user).filter(pk__in=named)}
    reader = _Reader(user, meeting, children, opened.keys())
    groups = defaultdict(list)
    for row in rows:
        line = reader.line(row, about[row.pk], today)
        groups[_whose(row.action)].append(line)
    shown = set().union(*(about[row.pk] for row in rows)) & opened.keys()
    looks = looks_at(user, meeting, [opened[pk] for pk in shown])
    return Plan(sorted(groups.items(), key=_team_last), looks)


def _rows(meeting):
    comments = ActionComment.objects.select_related("said_by")
    subjects = ActionSubject.objects.filter(pupil__isnull=False)
    return (
        MinutedAction.objects.filter(meeting=meeting, action__isnull=False)
        .select_related(
            "action__school",
            "action__owner_user",
            "action__owner_contact__school",
            "action__owner_agency",
            "action__done_by",
        )
        .prefetch_related(
            Prefetch("action__comments", comments), Prefetch("action__subjects", subjects)
        )
        .order_by(F("action__due_on").asc(nulls_last=True), "added_at")
    )


class _Reader:
    """What one viewer may read and do; who may run the meeting is asked once."""

    def __init__(self, user, meeting, children, opened):
        self.user = user
        self.runs = policies.may_run(user, meeting)
        self.opened = opened
        self._mentions = Mentions(children)
        self._closed = {child.pk for child in children if child.pupil_id not in opened}

    def line(self, row, about, today):
        action = row.action
        is_held_back = bool(about - self.opened)
        comments = [] if is_held_back else [one for one in action.comments.all() if self._may(one)]
        return PlanLine(
            row,
            what=CLOSED if is_held_back else action.what,
            due=due_text(action, today),
            is_late=_is_late(action, today),
            is_held_back=is_held_back,
            comments=comments,
            may_tick=not action.done_at
            and (self.runs or policies.may_mark_done(self.user, action)),
            may_hand_on=not action.done_at
            and (self.runs or policies.may_hand_on(self.user, action)),
        )

    def _may(self, comment):
        return not self._mentions.in_text(comment.text) & self._closed


def _is_late(action, today):
    return action.done_at is None and action.due_on is not None and action.due_on < today


def _whose(action):
    if action.owner_agency:
        return action.owner_agency.name
    return action.owner_contact.school.name if action.owner_contact else OUR_TEAM


def _team_last(group):
    name, _ = group
    return name == OUR_TEAM, name


# --- across the meetings of one person ------------------------------------------------------------


@dataclass(frozen=True)
class MeetingLine:
    """An action of one of the viewer's meetings, as ``consultations.action_list.Line`` has it."""

    line: object
    meeting: Meeting


@dataclass(frozen=True)
class Listed:
    """A page of them, and the values of the edges to go on from, or None."""

    lines: list
    previous: str
    next: str


def of_meetings_run_by(user):
    """The actions that the meetings somebody runs agreed."""
    meetings = Meeting.objects.visible_to(user).run_by(user).order_by()
    return Action.objects.filter(source_type=MEETING, source_id__in=meetings.values("pk"))


def actions_across(user, show, *, after="", before=""):
    """The ``Listed`` page of the meetings that somebody runs, earliest due first; eight queries."""
    rows = of_meetings_run_by(user)
    today = timezone.localdate()
    if show == DONE:
        rows = rows.filter(done_at__gte=timezone.now() - timedelta(days=LATELY))
    else:
        rows = rows.overdue(today) if show == OVERDUE else rows.open()
    rows = rows.annotate(due=Coalesce(F("due_on"), NO_DATE)).select_related(
        "school", "owner_user", "owner_contact", "about"
    )
    page, has_previous, has_next = page_around(
        rows, ("due", "pk"), PAGE, after=DayCursor.read(after), before=DayCursor.read(before)
    )
    found = Meeting.objects.in_bulk({action.source_id for action in page})
    return Listed(
        [
            MeetingLine(line, found[line.action.source_id])
            for line in lines_of_actions(user, page, today)
        ],
        previous=_told(page[0]) if has_previous else "",
        next=_told(page[-1]) if has_next else "",
    )


def _told(action):
    return str(DayCursor(action.due, action.pk))
