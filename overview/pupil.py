"""A child's page: who they are and who is involved; with the notes open, the work with them too."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from consultations.action_list import lines_of
from consultations.models import Action, RecordingTask
from consultations.recording import SHORT, as_of_today
from govuk.words import day_text
from linkworkers.holders import LinkWorkers, link_workers_of
from schools.attendance import PERSISTENT, SEVERE, attendance_of
from schools.children import may_hand_over, open_now
from schools.families import family_of
from schools.models import Enrolment, Kinship
from schools.policies import may_discuss_attendance
from schools.scope import scope_of

# What made somebody involved, by the kind of act it follows from.
INVOLVED_BY = {
    "consultation": "since an Early help consultation",
    "meeting": "since a meeting",
    "move": "since a move between schools",
    "transition": "through the transition list",
    "pupil": "added the child",
}
# What is told to those named in it alone (design.md 4).
RESTRICTED = ["concern", "domesticabusenotice"]
RELATIVES = {
    Kinship.SIBLING: "A brother or sister",
    Kinship.HOUSEHOLD: "A child of the same home",
    Kinship.OTHER: "A relative",
}


@dataclass(frozen=True)
class Identity:
    """Who the child is, and who is involved: ``involved`` are ``(who, how, since)``."""

    now: Enrolment | None
    before: list
    statuses: list
    former_statuses: list
    link_workers: LinkWorkers | None
    involved: list


@dataclass(frozen=True)
class Task:
    """Something left to do about the child: what, more about it, when; ``state`` colours that."""

    what: str
    why: str
    when: str
    url: str = ""
    state: str = ""


@dataclass(frozen=True)
class Relative:
    """Another child of the family; one who is closed to the viewer has no name here."""

    words: str
    kinship: str
    url: str
    is_open: bool
    about: str = ""


@dataclass(frozen=True)
class Work:
    """What goes on with the child, for whoever has the notes open."""

    attendance: str = ""
    may_list_attendance: bool = False
    identifiers: list = field(default_factory=list)
    tasks: list = field(default_factory=list)
    actions: list = field(default_factory=list)
    family: list = field(default_factory=list)
    moves: list = field(default_factory=list)


def identity_of(user, pupil):
    """The ``Identity`` of a child; four queries. Schools closed to the user are left out."""
    closed = scope_of(user).excluded
    stays = [
        stay
        for stay in pupil.enrolments.select_related("school__hub")
        if stay.school_id not in closed
    ]
    now = next((stay for stay in stays if stay.ends_on is None), None)
    statuses = list(pupil.statuses.select_related("kind"))
    return Identity(
        now=now,
        before=[stay for stay in stays if stay is not now],
        statuses=[status for status in statuses if status.ends_on is None],
        former_statuses=[status for status in statuses if status.ends_on],
        link_workers=link_workers_of(now.school, user) if now and now.school else None,
        involved=_involved(pupil, closed),
    )


def _involved(pupil, closed):
    """Whose current work the child is on: each school and person once."""
    found = {}
    rows = pupil.involvements.current().exclude(school__in=closed).order_by("starts_at")
    rows = rows.exclude(source_type__in=RESTRICTED)
    for row in rows.select_related("school", "user"):
        who = f"Link workers of {row.school.name}" if row.school else row.user.name
        how = INVOLVED_BY.get(row.source_type, "")
        found.setdefault(who, (who, how, timezone.localdate(row.starts_at)))
    return list(found.values())


def work_with(user, pupil, identity):
    """The ``Work`` with a child whose notes are open to the user; a fixed number of queries."""
    school = identity.now.school if identity.now else None
    moves = pupil.moves.select_related("former__school", "new__school")
    today = timezone.localdate()
    return Work(
        attendance=_attendance(pupil, school) if school else "",
        may_list_attendance=bool(school and may_discuss_attendance(user, school)),
        identifiers=list(pupil.identifiers.all()),
        tasks=_tasks(user, pupil, today),
        actions=_actions(user, pupil, today),
        family=_family(user, pupil),
        moves=[move for move in moves if may_hand_over(user, move)],
    )


def _attendance(pupil, school):
    """How often the child was there this term, as a fact: no level follows from it."""
    percent = attendance_of([pupil], school).get(pupil.pk)
    if percent is None:
        return ""
    missed = next((line for line in (SEVERE, PERSISTENT) if percent <= 100 - line), None)
    return f"{percent}% this term" + (f": {missed}% or more missed" if missed else "")


def _tasks(user, pupil, today):
    """Where a note about the child is still to be recorded, as their status has it today."""
    tasks = RecordingTask.objects.visible_to(user).open().filter(pupil=pupil)
    return [
        Task(
            what=SHORT[task.to],
            why=task.school.name,
            when=_due(task.due_on, today),
            url=reverse("recording_task", args=[task.pk]),
            state="late" if task.is_late(today) else "",
        )
        for task in as_of_today(list(tasks.select_related("school", "pupil")))
    ]


def _actions(user, pupil, today):
    """What is open on the child; where it speaks of another who is closed, its words are not."""
    actions = Action.objects.visible_to(user).open().about_child(pupil)
    actions = actions.select_related("school", "about", "owner_user", "owner_contact")
    return [
        Task(
            what=line.what,
            why="You" if line.action.owner_user_id == user.pk else line.action.owner_text,
            when=line.due,
            state="late" if line.is_late else "",
        )
        for line in lines_of(user, actions, today)
    ]


def _due(due_on, today):
    if due_on is None:
        return "No date"
    return f"{'Was due' if due_on < today else 'Due'} {day_text(due_on, today)}"


def _family(user, pupil):
    relatives = family_of(user, pupil)
    on_work, opened = open_now(user, [relative.pupil.pk for relative in relatives])
    return [_relative(one, one.pupil.pk in on_work | opened) for one in relatives]


def _relative(one, is_open):
    kinship = one.link.kind
    if is_open:
        about = ", ".join(filter(None, [one.pupil.year_text, one.where]))
        url = one.pupil.get_absolute_url()
        return Relative(one.pupil.name, one.link.get_kind_display(), url, True, about)
    url = reverse("pupil_reason", args=[one.pupil.pk])
    return Relative(f"{RELATIVES[kinship]} on record", "", url, False)
