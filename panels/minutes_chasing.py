"""Minutes that are late: who takes them hears first, then who manages the hub (rule 000-17).

On the mornings of school days, each person once. A message holds a date, a reference and a link.
"""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, current
from accounts.notices import Notice, tell
from notifications import kinds
from panels import policies
from panels.models import Meeting, MeetingSchool
from schools.calendar import calendars_of
from schools.hub_managers import managers_by_hub
from schools.models import OwnChildConflict

LATE = "minutes_late"
# School days after they are late until the hub's managers hear.
THEN_MANAGERS = 5
# Nothing older is chased.
WATCHED = timedelta(days=182)


def candidates_before(now):
    """Before this instant a meeting was held whose minutes can be late: in school days, or not."""
    return now - timedelta(days=settings.COUNCIL.minutes_within)


def late_among(meetings, today):
    """The ids of the held meetings whose minutes are late; one query, if any were held."""
    held = [meeting for meeting in meetings if meeting.held_at]
    if not held:
        return frozenset()
    calendar = calendars_of()[None]
    return frozenset(meeting.pk for meeting in held if days_late(meeting, calendar, today) > 0)


def days_late(meeting, calendar, today):
    """For how many school days the minutes of a meeting have been late; 0 or less before."""
    held_on = timezone.localdate(meeting.starts_at)
    return calendar.school_days_since(held_on, today) - settings.COUNCIL.minutes_within


@transaction.atomic
def chase(today=None):
    """Tell whose minutes are late on ``today``, a date; done again it tells nobody anything.

    As many queries for a hundred meetings as for one.
    """
    by = User.objects.system("chasing")
    today = today or timezone.localdate()
    calendar = calendars_of()[None]
    if not calendar.is_school_day(today):
        return
    now = timezone.now()
    rows = Meeting.objects.to_finish(candidates_before(now)).filter(starts_at__gt=now - WATCHED)
    schools = Prefetch("schools", MeetingSchool.objects.only("meeting_id", "school_id", "hub_id"))
    late = [
        (meeting, days)
        for meeting in rows.select_related("minuted_by").prefetch_related(schools)
        if (days := days_late(meeting, calendar, today)) > 0
    ]
    managers = managers_of([meeting for meeting, days in late if days > THEN_MANAGERS])
    tell([notice for meeting, days in late for notice in _notices(meeting, managers)], by)


def managers_of(meetings):
    """``{meeting id: [users]}`` of whoever manages its hubs and has no child at its schools."""
    in_hub = managers_by_hub({hub for meeting in meetings for hub in _hubs(meeting)})
    closed = closed_to(meetings)
    return {
        meeting.pk: [
            user
            for hub in _hubs(meeting)
            for user in in_hub.get(hub, [])
            if (user.pk, meeting.pk) not in closed
        ]
        for meeting in meetings
    }


def closed_to(meetings):
    """``{(user id, meeting id)}`` of whoever has a child at one of its schools; one query."""
    about = defaultdict(set)
    for meeting in meetings:
        for row in meeting.schools.all():
            about[row.school_id].add(meeting.pk)
    declared = OwnChildConflict.objects.filter(current(), school__in=about)
    return {
        (user, meeting)
        for user, school in declared.values_list("user", "school")
        for meeting in about[school]
    }


def _hubs(meeting):
    hubs = (meeting.hub_id, *(row.hub_id for row in meeting.schools.all()))
    return list(dict.fromkeys(hub for hub in hubs if hub))


def _notices(meeting, managers):
    told = [("taker", meeting.minuted_by)]
    told += [("managers", user) for user in managers.get(meeting.pk, [])]
    for step, user in told:
        if user.is_active:
            yield Notice(
                kind=LATE,
                key=f"{LATE}:{meeting.pk}:{step}:{user.pk}",
                to=user,
                path=reverse("minutes", args=[meeting.pk]),
                template=f"panels/email/{LATE}.txt",
                context={"meeting": meeting},
                about=meeting,
            )


def register_kinds():
    """Make the outbox know the kind here; called once, when the app is ready."""
    kinds.register(
        LATE,
        still_due=lambda message: (
            Meeting.objects.to_finish(timezone.now()).filter(pk=message.about_id).exists()
        ),
        may_receive=_reads,
        label="Minutes late",
    )


def _reads(message):
    meeting = Meeting.objects.visible_to(message.to).filter(pk=message.about_id).first()
    return meeting is not None and policies.reads_draft_minutes(message.to, meeting)
