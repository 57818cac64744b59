"""Actions of no one school whose owner is away: who runs the meeting hears when they are due.

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
from panels.minutes_chasing import managers_of
from panels.models import Meeting, MeetingSchool
from schools.calendar import calendars_of

OWNER_AWAY = "action_owner_away"


@transaction.atomic
def chase(today=None):
    """Tell who runs the meetings of what falls due while its owner is away on ``today``, a date.

    On the days on which its owner would hear: two days before, on the day and weekly after it. Done
    again it tells nobody anything. As many queries for a hundred actions as for one.
    """
    today = today or timezone.localdate()
    calendar = calendars_of()[None]
    if not calendar.is_school_day(today):
        return
    due = [
        (action, step)
        for action in _without_their_owner(today)
        if (step := step_of(action.due_on, today, calendar.next_school_day(today)))
    ]
    schools = Prefetch("schools", MeetingSchool.objects.only("meeting_id", "school_id", "hub_id"))
    meetings = Meeting.objects.select_related("organiser").prefetch_related(schools)
    meetings = meetings.in_bulk({action.source_id for action, _ in due})
    people = _who_is_there(meetings.values(), today)
    tell(
        [
            _notice(action, step, meetings[action.source_id], user)
            for action, step in due
            for user in people[action.source_id]
        ],
        User.objects.system("chasing"),
    )


def _without_their_owner(today):
    """The open actions of meetings that are of no one school, whose owner is not there."""
    rows = Action.objects.open().filter(
        source_type=MEETING,
        school__isnull=True,
        owner_user__isnull=False,
        due_on__range=(today - WATCHED, today + LONGEST_HOLIDAY),
    )
    rows = list(rows.select_related("owner_user"))
    away = away_among({row.owner_user for row in rows}, today)
    return [row for row in rows if row.owner_user_id in away or not row.owner_user.is_active]


def _who_is_there(meetings, today):
    """``{meeting id: [users]}``: its organiser or, while they are away, who manages its hubs."""
    away = away_among({meeting.organiser for meeting in meetings}, today)
    found = {
        meeting.pk: [meeting.organiser]
        for meeting in meetings
        if meeting.organiser.is_active and meeting.organiser_id not in away
    }
    return found | managers_of([meeting for meeting in meetings if meeting.pk not in found])


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
        still_due=lambda message: any(
            str(action.pk) == message.about_id
            for action in _without_their_owner(timezone.localdate())
        ),
        may_receive=_runs_it,
        label="Action of somebody who is away",
    )


def _runs_it(message):
    action = Action.objects.filter(pk=message.about_id).first()
    meeting = action and Meeting.objects.filter(pk=action.source_id).first()
    return bool(meeting) and message.to.is_active and policies.may_run(message.to, meeting)
