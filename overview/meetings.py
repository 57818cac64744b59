"""The meetings on My work: those of this week, and those whose minutes are late."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from panels.action_plan import of_meetings_run_by
from panels.meeting_page import lines_of
from panels.minutes_chasing import candidates_before, late_among
from panels.models import Meeting
from panels.policies import coordinates, goes_to_meetings

AHEAD = timedelta(days=7)
MOST = 12


def this_week(user):
    """The ``Line`` of each called meeting of the user's from today to a week ahead, of those past
    that are not marked as held, and of those they take the minutes of, run or manage whose minutes
    are late (rule 000-17); four queries, none for who goes to no meetings.
    """
    if not goes_to_meetings(user):
        return []
    rows = Meeting.objects.visible_to(user)
    now = timezone.now()
    mine = rows.of(user).to_come_or_close(now + AHEAD)
    to_finish = rows.minuted_or_run_by(user).to_finish(candidates_before(now))
    found = Meeting.objects.filter(
        Q(pk__in=mine.order_by().values("pk")) | Q(pk__in=to_finish.order_by().values("pk"))
    )
    # However much is late, what comes this week is among them.
    found = found.named().prefetch_related("schools__school").order_by("-starts_at", "-pk")
    found = list(found[:MOST])[::-1]
    late = late_among(found, timezone.localdate(now))
    is_held = {meeting.pk for meeting in found if meeting.held_at}
    return lines_of([row for row in found if row.pk in late or row.pk not in is_held], late)


def has_late_actions(user):
    """Whether an action of the meetings that a coordinator runs is overdue; one query."""
    if not coordinates(user):
        return False
    return of_meetings_run_by(user).overdue(timezone.localdate()).exists()
