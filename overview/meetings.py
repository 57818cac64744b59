"""The meetings of this week on My work: those somebody organises or is invited to."""

from datetime import timedelta

from django.utils import timezone

from panels.meeting_page import lines_of
from panels.models import Meeting
from panels.policies import goes_to_meetings

AHEAD = timedelta(days=7)
MOST = 12


def this_week(user):
    """The ``Line`` of each called meeting of the user's from today to a week ahead, and of those
    past that are not marked as held; three queries, none for who goes to no meetings.
    """
    if not goes_to_meetings(user):
        return []
    rows = Meeting.objects.visible_to(user).of(user).named().prefetch_related("schools__school")
    return lines_of(rows.to_come_or_close(timezone.now() + AHEAD)[:MOST])
