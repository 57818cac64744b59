"""Requests that wait too long: the link worker hears first, then the team manager (rule 001-55).

Days count from the day it came until it is read (``settings.REQUEST_READ_DAYS``), and from the day
it was read until it is answered (``settings.REQUEST_ANSWER_DAYS``). Each is a pair: after how many
days the worker is told, and after how many the manager. Of what a school asks they are its school
days; what the front door and the duty manager ask waits for no term, and counts working days.
"""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from referrals import request_notices
from referrals.models import RequestSource, SupportRequest
from referrals.request_people import Answerers
from schools.calendar import Calendar, calendars_of

# Without term dates every weekday counts that is no bank holiday.
WORKING_DAYS = Calendar()
WORKER, MANAGER = "worker", "manager"


@transaction.atomic
def chase(today=None):
    """Tell whoever is to answer of the requests that wait too long on ``today`` (default today).

    Done again it tells nobody anything anew, and nobody is told on a day that does not count. As
    many queries for a hundred requests as for one.
    """
    today = today or timezone.localdate()
    waiting = list(
        SupportRequest.objects.longest_waiting().select_related("school", "passed_to", "asked_by")
    )
    calendars = calendars_of({asked.school_id for asked in waiting})
    answerers = Answerers(waiting)
    told = []
    for asked in waiting:
        calendar = calendars[asked.school_id]
        step = step_of(asked, calendar, today)
        if not step or not _counting(asked, calendar).is_school_day(today):
            continue
        reading = "answer" if asked.acknowledged_at else "read"
        # One message for who is both (rule 003-1).
        people = dict.fromkeys(answerers.all(asked), WORKER)
        if step == MANAGER:
            people |= dict.fromkeys(answerers.managers(asked), MANAGER)
        told += [(asked, user, f"{reading}:{name}") for user, name in people.items()]
    request_notices.waiting(told, User.objects.system("chasing"))


def _counting(asked, calendar):
    return calendar if asked.source == RequestSource.SCHOOL else WORKING_DAYS


def days_waited(asked, calendar, today):
    """How many days have begun since it came or, once read, since then.

    ``calendar`` is its school's.
    """
    since = asked.acknowledged_at or asked.received_at
    return _counting(asked, calendar).school_days_since(timezone.localdate(since), today)


def days_text(asked, days):
    """``1 school day``, ``3 working days``."""
    unit = "school day" if asked.source == RequestSource.SCHOOL else "working day"
    return f"{days} {unit}{'' if days == 1 else 's'}"


def step_of(asked, calendar, today):
    """Who is to be told that it waits: ``WORKER``, ``MANAGER`` too, or empty for nobody yet."""
    worker, manager = (
        settings.REQUEST_ANSWER_DAYS if asked.acknowledged_at else settings.REQUEST_READ_DAYS
    )
    days = days_waited(asked, calendar, today)
    if days >= manager:
        return MANAGER
    return WORKER if days >= worker else ""
