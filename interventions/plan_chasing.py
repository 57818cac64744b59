"""Schools that were asked to start a plan and have not answered (rules 003-25, 003-35).

Their leads are reminded once, after ``settings.PLAN_ANSWER_DAYS`` school days; from then on the
link worker sees it in My work, to speak to the school. Only the school records what became of it.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from interventions import plan_notices
from interventions.models import EarlyHelpPlan, Lead
from schools.calendar import calendars_of
from schools.people import leads_by_school


@transaction.atomic
def remind(today=None):
    """Remind the leads of schools that have not answered by ``today`` (a date, default today).

    Done again it reminds nobody, and nobody is reminded on a day without school there. As many
    queries for a hundred plans as for one; two more for each lead.
    """
    today = today or timezone.localdate()
    waiting = unanswered(EarlyHelpPlan.objects.select_related("school"), today)
    calendars = calendars_of({plan.school_id for plan in waiting})
    due = {p.pk: p for p in waiting if calendars[p.school_id].is_school_day(today)}
    leads = leads_by_school({plan.school_id for plan in due.values()})
    told = []
    for user in {user for people in leads.values() for user in people}:
        theirs = EarlyHelpPlan.objects.at_school_of(user).filter(pk__in=due)
        told += [(due[pk], user) for pk in theirs.values_list("pk", flat=True)]
    plan_notices.remind(told, User.objects.system("chasing"))


def unanswered(plans, today):
    """Those of ``plans``, a query-set, that a school was asked for so long ago without an answer.

    The longest waiting first. Two queries at most.
    """
    days = settings.PLAN_ANSWER_DAYS
    # So many school days take as many days at the least.
    latest = today - timedelta(days=days)
    asked = list(plans.asked().filter(lead=Lead.SCHOOL, asked_at__date__lte=latest))
    calendars = calendars_of({plan.school_id for plan in asked}) if asked else {}
    return [
        plan
        for plan in asked
        if calendars[plan.school_id].school_days_since(timezone.localdate(plan.asked_at), today)
        >= days
    ]
