"""The short work that waits for one person: their part of My work."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from interventions.models import ShortIntervention, WorkState
from interventions.work_list import lines_of, named
from schools.scope import scope_of

# How far ahead a review shows, in days, and how much of it there is room for.
AHEAD, MOST = 14, 20


def mine(user):
    """The ``Line`` s of the open work a user does, where they have something to do next.

    Work under way shows from two weeks before its review on, or where none is set; the longest
    due stands first. Three queries.
    """
    soon = timezone.localdate() + timedelta(days=AHEAD)
    due = ~Q(state=WorkState.UNDER_WAY) | Q(review_on__isnull=True) | Q(review_on__lte=soon)
    rows = ShortIntervention.objects.visible_to(user).worked_by(user).filter(due).with_due_on()
    return lines_of(user, list(named(rows).order_by("due_on", "asked_on", "pk")[:MOST]))


def to_allocate(user):
    """The ``Line`` s of what a team manager has to allocate, the longest waiting first.

    Three queries; none for who manages no hub.
    """
    manages = scope_of(user).manages
    if not manages:
        return []
    rows = ShortIntervention.objects.visible_to(user).waiting().filter(hub_id__in=manages)
    return lines_of(user, list(named(rows)[:MOST]))
