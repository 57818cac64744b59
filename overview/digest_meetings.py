"""What stands late about meetings on the day of a manager's digest; nothing about consultations.

Each section is a ``digest.Section`` of the manager's hubs, or of the county; a line holds the name
of a meeting or school, which names no child, and leads to where it is dealt with.
"""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef
from django.urls import reverse
from django.utils import timezone

from consultations.models import MEETING, Action
from govuk.words import date_of, listed, long_date
from overview.digest_lines import Line, Section
from panels import targeting
from panels.minutes_chasing import candidates_before, late_among
from panels.models import Distribution, Meeting, MeetingState
from referrals.models import RequestState, SupportRequest
from schools.scope import scope_of

# The page has no more lines of one kind: what lies behind its link has all.
MOST = 10
# After so many days a partner who has not opened their copy is asked after.
UNOPENED = timedelta(days=7)


def minutes_late(user):
    """Meetings that were held, whose minutes are not final in time (rule 000-17)."""
    now = timezone.now()
    held = _meetings(user).to_finish(candidates_before(now)).select_related("minuted_by")[:MOST]
    late = late_among(held, timezone.localdate(now))
    return Section(
        "minutes",
        "Minutes that are not final",
        [
            Line(
                meeting.title,
                f"Held on {date_of(meeting.starts_at)}. {meeting.minuted_by.name} takes them.",
                meeting.get_absolute_url(),
            )
            for meeting in held
            if meeting.pk in late
        ],
        ("All minutes to finish", f"{reverse('meetings')}?show=minutes"),
    )


def actions_late(user):
    """Meetings with actions past their date, the oldest first (rule 003-31)."""
    late = Action.objects.overdue(timezone.localdate()).filter(
        source_type=MEETING, source_id__in=_meetings(user).order_by().values("pk")
    )
    rows = list(
        late.order_by()
        .values_list("source_id")
        .annotate(number=Count("pk"), since=Min("due_on"))
        .order_by("since", "source_id")[:MOST]
    )
    found = Meeting.objects.in_bulk([pk for pk, _, _ in rows])
    return Section(
        "actions",
        "Actions of meetings that are overdue",
        [
            Line(
                found[pk].title,
                f"{number} overdue, the oldest since {long_date(since)}",
                reverse("meeting_actions", args=[pk]),
            )
            for pk, number, since in rows
        ],
        ("Actions of my meetings", reverse("meeting_actions_across")),
    )


def requests_unanswered(user):
    """CASO meetings that were asked for and are not being prepared (rule 000-15)."""
    _, days = settings.REQUEST_ANSWER_DAYS
    begun = Meeting.objects.filter(request=OuterRef("pk")).exclude(state=MeetingState.CANCELLED)
    rows = (
        SupportRequest.objects.visible_to(user)
        .open()
        .filter(wanted="caso", received_at__lt=timezone.now() - timedelta(days=days))
        .exclude(Exists(begun))
        .select_related("school")
        .order_by("received_at", "pk")
    )
    return Section(
        "requests",
        "CASO meetings that schools wait for",
        [
            Line(
                asked.school.name,
                f"Asked on {date_of(asked.received_at)}. {_stands(asked)}",
                reverse("request", args=[asked.pk]),
            )
            for asked in rows[:MOST]
        ],
        ("All requests", reverse("requests")),
    )


def _stands(asked):
    if asked.state == RequestState.MEETING:
        return "It is to be called, and nobody has begun."
    return "Nobody has answered."


def targeting_unplanned(user):
    """Schools without a targeting support meeting towards the end of a term."""
    schools = targeting.schools_of(user).order_by("name", "urn")
    return Section(
        "targeting",
        "Schools without a targeting support meeting this term",
        [
            Line(school.name, f"{standing.term}. {standing.text}", school.get_absolute_url())
            for school, standing in targeting.missing(schools)[:MOST]
        ],
        ("Every school and term", reverse("targeting")),
    )


def copies_unopened(user):
    """Minutes that a partner agency was sent a week ago or more and never opened (000-18)."""
    rows = (
        Distribution.objects.standing()
        .filter(
            agency__isnull=False,
            opened_at__isnull=True,
            actions_sent_at__lt=timezone.now() - UNOPENED,
            version__meeting__in=_meetings(user).order_by().values("pk"),
        )
        .select_related("agency__agency", "version__meeting")
        .order_by("actions_sent_at", "pk")
    )
    by_meeting = defaultdict(list)
    for row in rows[: MOST * MOST]:
        by_meeting[row.version.meeting].append(row.agency.agency.name)
    return Section(
        "copies",
        "Minutes that partners have not opened",
        [
            Line(meeting.title, listed(sorted(set(names))), meeting.get_absolute_url())
            for meeting, names in list(by_meeting.items())[:MOST]
        ],
        ("Meetings", reverse("meetings")),
    )


def _meetings(user):
    """The meetings of the user's hubs and those they organise; of the county, all."""
    rows = Meeting.objects.visible_to(user)
    return rows if scope_of(user).county else rows.run_by(user)
