"""Actions of no one school whose owner is not there: who runs the meeting hears of them when due.

Of a school, whoever answers for it stands in (``consultations.chasing``); an action that a meeting
of several schools agreed may have none. Who runs the meeting may do it or hand it over. A message
holds a date, a reference and a link.
"""

from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notices import Notice, tell
from consultations.chasing import LONGEST_HOLIDAY, WATCHED, step_of
from consultations.models import MEETING, Action
from linkworkers.coverage import away_among
from notifications import kinds
from panels import policies
from panels.minutes_chasing import closed_to, managers_of
from panels.models import Meeting, MeetingSchool
from schools.calendar import calendars_of

OWNER_AWAY = "action_owner_away"


@transaction.atomic
def chase(today=None):
    """Tell who runs the meetings of what falls due while its owner is not there on ``today``.

    On the days on which its owner would hear: two days before, on the day and weekly after it. Done
    again it tells nobody anything. As many queries for a hundred actions as for one.
    """
    today = today or timezone.localdate()
    calendar = calendars_of()[None]
    if not calendar.is_school_day(today):
        return
    due = [
        (action, meeting, step)
        for action, meeting in _without_their_owner(today)
        if (step := step_of(action.due_on, today, calendar.next_school_day(today)))
    ]
    people = _who_is_there({meeting for _, meeting, _ in due}, today)
    tell(
        [
            _notice(action, step, meeting, user)
            for action, meeting, step in due
            for user in people[meeting.pk]
        ],
        User.objects.system("chasing"),
    )


def _without_their_owner(today, **which):
    """``[(action, meeting)]`` of the open ones of no one school whose owner is not there."""
    rows = Action.objects.open().filter(
        source_type=MEETING,
        school__isnull=True,
        owner_user__isnull=False,
        due_on__range=(today - WATCHED, today + LONGEST_HOLIDAY),
        **which,
    )
    rows = list(rows.select_related("owner_user"))
    schools = Prefetch("schools", MeetingSchool.objects.only("meeting_id", "school_id", "hub_id"))
    meetings = Meeting.objects.select_related("organiser").prefetch_related(schools)
    meetings = meetings.in_bulk({row.source_id for row in rows})
    owned = [(row, meetings[row.source_id]) for row in rows]
    missing = _not_there({(row.owner_user, meeting) for row, meeting in owned}, today)
    return [(row, meeting) for row, meeting in owned if (row.owner_user, meeting) in missing]


def _not_there(people, today):
    """The ``(user, meeting)`` among these who can do nothing there today; three queries.

    Who is away, who has left, and whose own child attends one of its schools.
    """
    users = {user for user, _ in people}
    there = policies.going_to_meetings(users) - away_among(users, today)
    closed = closed_to({meeting for _, meeting in people})
    return {
        (user, meeting)
        for user, meeting in people
        if user.pk not in there or (user.pk, meeting.pk) in closed
    }


def _who_is_there(meetings, today):
    """``{meeting id: [users]}``: its organiser or, while they are not, who manages its hubs."""
    missing = {meeting for _, meeting in _not_there({(m.organiser, m) for m in meetings}, today)}
    found = {meeting.pk: [meeting.organiser] for meeting in meetings - missing}
    return found | managers_of(missing)


def _notice(action, step, meeting, to):
    return Notice(
        kind=OWNER_AWAY,
        key=f"{OWNER_AWAY}:{action.pk}:{action.due_on}:{step}:{to.pk}",
        to=to,
        path=reverse("meeting_actions", args=[meeting.pk]),
        template=f"panels/email/{OWNER_AWAY}.txt",
        context={"meeting": meeting, "due_on": action.due_on},
        about=action,
    )


def register_kinds():
    """Make the outbox know the kind here; called once, when the app is ready."""
    kinds.register(
        OWNER_AWAY,
        still_due=lambda message: bool(
            _without_their_owner(timezone.localdate(), pk=message.about_id)
        ),
        may_receive=_runs_it,
        label="Action of somebody who is away",
    )


def _runs_it(message):
    action = Action.objects.filter(pk=message.about_id).first()
    meeting = action and Meeting.objects.filter(pk=action.source_id).first()
    return bool(meeting) and message.to.is_active and policies.may_run(message.to, meeting)
