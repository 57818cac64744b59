"""Families to whom no message goes, of which nothing is told to anybody who is not to know."""

from interventions.models import NoLinks
from schools.families import household_of


def stopped_among(pupil_ids):
    """The ids of the children for whom messages are stopped: of these, or at home with them."""
    stopped = NoLinks.objects.filter(pupil__in=household_of(pupil_ids))
    return set(stopped.values_list("pupil", flat=True))


def is_stopped(work):
    """Whether messages are stopped for a child of the work, or for one at home with them."""
    children = work.participants.filter(pupil__isnull=False).values_list("pupil", flat=True)
    return bool(stopped_among(children))
