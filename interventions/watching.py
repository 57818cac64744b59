"""Families that said no are looked at again on the day that was set (rule 003-51)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from interventions import consent_notices
from interventions.models import ShortIntervention
from linkworkers.coverage import answering, away_among

# After days on which nothing ran, what came due on them is told as long as this.
CAUGHT_UP = timedelta(days=14)


@transaction.atomic
def remind(today=None):
    """Tell whoever does the work that its day to look again is ``today`` (a date), once for a day.

    Done again it tells nobody anything. As many queries for a hundred as for one.
    """
    today = today or timezone.localdate()
    due = list(
        ShortIntervention.objects.filter(watch_on__lte=today, watch_on__gt=today - CAUGHT_UP)
        .select_related("school", "child_worker", "parent_worker")
        .order_by("watch_on", "pk")
    )
    away = away_among({user for work in due for user in work.workers}, today)
    instead = answering({work.school_id: work.school for work in due}.values(), today)
    told = []
    for work in due:
        there = [user for user in work.workers if user.is_active and user.pk not in away]
        told += [(work, user) for user in there or instead[work.school_id].people]
    consent_notices.watch_due(told, User.objects.system("chasing"))
