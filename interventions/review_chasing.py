"""Reviews that are due, told to whoever does the work: on the day, then every week.

A message holds the school, a date and a link.
"""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.notices import Notice, tell
from consultations.chasing import step_of
from interventions.models import ShortIntervention
from linkworkers.coverage import answering, away_among
from notifications import kinds
from schools.calendar import calendars_of

DUE = "review_due"
# Before its day a review is told on no page but the work's own.
AHEAD = "ahead"


@transaction.atomic
def chase(today=None):
    """Tell who does the work of the reviews due on ``today`` (a date, default today).

    Done again on the same day it tells nobody anything. As many queries for a hundred pieces of
    work as for one.
    """
    today = today or timezone.localdate()
    by = User.objects.system("chasing")
    soon = calendars_of()[None].next_school_day(today)
    due = list(
        ShortIntervention.objects.to_review(soon).select_related(
            "school", "child_worker", "parent_worker"
        )
    )
    calendars = calendars_of({work.school_id for work in due})
    away = away_among({user for work in due for user in work.workers}, today)
    instead = answering({work.school_id: work.school for work in due}.values(), today)
    notices = []
    for work in due:
        calendar = calendars[work.school_id]
        name = step_of(work.due_on, today, calendar.next_school_day(today))
        if not calendar.is_school_day(today) or name in ("", AHEAD):
            continue
        there = [user for user in work.workers if user.is_active and user.pk not in away]
        for user in there or instead[work.school_id].people:
            notices.append(_notice(work, name, user))
    tell(notices, by)


def _notice(work, name, user):
    return Notice(
        kind=DUE,
        key=f"{DUE}:{work.pk}:{work.due_on}:{name}:{user.pk}",
        to=user,
        path=work.get_absolute_url(),
        template=f"interventions/email/{DUE}.txt",
        context={"school": work.school, "due_on": work.due_on, "is_late": name != "day"},
        about=work,
    )


def register_kinds():
    """Make the outbox know the kind here; called once, when the app is ready."""
    kinds.register(DUE, still_due=_is_due, may_receive=_may_open, label="Review due")


def _is_due(message):
    soon = calendars_of()[None].next_school_day(timezone.localdate(message.created_at))
    return ShortIntervention.objects.to_review(soon).filter(pk=message.about_id).exists()


def _may_open(message):
    seen = ShortIntervention.objects.visible_to(message.to).filter(pk=message.about_id)
    return message.to.is_active and seen.exists()
