"""How the schools of a hub take up what is offered, the longest without contact first.

Rules 001-61, 001-70 and 001-71: time since the last contact of any kind, the last attempt to
engage, enhanced support, and what a manager decided. Never how many consultations, nor anything
they could be counted from (rule 001-124): a school is one row, whatever was held there.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from consultations import nurse
from govuk.paging import page_around
from govuk.words import listed, lower_first
from interventions.models import ShortIntervention, WorkState
from linkworkers.models import (
    Allocation,
    AllocationKind,
    EngagementAttempt,
    EnhancedSupport,
    Focus,
)
from overview.contact import last_contact
from overview.wording import SchoolTime
from referrals.models import SupportRequest
from referrals.request_chasing import days_text, days_waited
from schools.models import School
from schools.scope import scope_of

PAGE = 50
WATCH_WEEKS = 4
# What sorts before every contact: nobody has been in touch with the school yet.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
ORDER = ("contact_at", "urn")
# As wide as twelve weeks, so that the mark of six stands in the middle.
BAR, BAR_WEEKS = 120, 12


@dataclass(frozen=True)
class Row:
    """One school: when it was last in touch, and what was tried, decided and offered.

    ``weeks`` are whole ones since the last contact, None without any, and ``words`` say them.
    ``state`` is ``late`` while it is drifting, ``watch`` when it may be soon, else ``now``.
    ``with_nurse`` is a ``nurse.Standing``, None where no school nurse is invited; ``short_work``
    says what is under way and what was asked for, ``request`` what the school waits for the longest
    and for how long; both are empty without any.
    """

    school: School
    primary: str
    weeks: int | None
    words: str
    state: str
    tried: EngagementAttempt | None
    enhanced: EnhancedSupport | None
    focus: Focus | None
    with_nurse: nurse.Standing | None
    short_work: str
    request: str

    @property
    def bar(self):
        """The length of the bar, of ``BAR``."""
        if self.weeks is None:
            return BAR
        return max(min(self.weeks, BAR_WEEKS) * BAR / BAR_WEEKS, 1.5)

    @property
    def may_need_focus(self):
        return self.state != "now"


def schools_of(user, hub=None):
    """Open schools of the hub, or of all the user's hubs, with ``contact_at``.

    Nothing of a school that the user's own child attends.
    """
    scope = scope_of(user)
    schools = School.objects.open().exclude(pk__in=scope.excluded)
    if hub is not None:
        schools = schools.filter(hub=hub)
    elif not scope.county:
        schools = schools.filter(hub__in=scope.manages)
    return schools.annotate(contact_at=Coalesce(last_contact(), Value(NEVER)))


def drifting(schools, time):
    """Those without contact of any kind for six school weeks or more, by a ``SchoolTime``."""
    return schools.filter(contact_at__lt=time.late_before)


def narrowed(schools, wishes, time):
    """The schools that have all of ``wishes``: drifting, enhanced, untried, decided, no_nurse."""
    if "drifting" in wishes:
        schools = drifting(schools, time)
    if "untried" in wishes:
        lately = EngagementAttempt.objects.filter(school=OuterRef("pk"), day__gt=time.late_on)
        schools = schools.filter(~Exists(lately))
    if "no_nurse" in wishes:
        schools = nurse.not_held_this_term(schools)
    for wish, model, current in (
        ("enhanced", EnhancedSupport, {"ended_at": None}),
        ("decided", Focus, {}),
    ):
        if wish in wishes:
            schools = schools.filter(Exists(model.objects.filter(school=OuterRef("pk"), **current)))
    return schools


def page_of(schools, *, after=None, before=None):
    """``(rows, URN to go back from, URN to go on from)``, ``PAGE`` rows at most.

    ``after`` and ``before`` are URNs at the edge of another page. Ten queries, or eleven with one.
    """
    found, has_previous, has_next = page_around(
        schools.select_related("hub"),
        ORDER,
        PAGE,
        after=_edge(schools, after),
        before=_edge(schools, before),
    )
    return (
        rows_of(found),
        found[0].urn if has_previous else None,
        found[-1].urn if has_next else None,
    )


def _edge(schools, urn):
    return schools.filter(urn=urn).values_list(*ORDER).first() if urn else None


def rows_of(schools):
    """The ``Row`` of each school, in their order: eight queries, however many."""
    ids = [school.pk for school in schools]
    primaries = dict(
        Allocation.objects.covering()
        .filter(school__in=ids, kind=AllocationKind.PRIMARY)
        .values_list("school", "link_worker__user__name")
    )
    tried = _latest(EngagementAttempt.objects, ids, "-day", "-logged_at")
    focus = _latest(Focus.objects.select_related("decided_by"), ids, "-decided_at")
    enhanced = _latest(EnhancedSupport.objects.filter(ended_at=None), ids)
    time = SchoolTime(ids)
    watch_on = time.day_ago(WATCH_WEEKS)
    with_nurse = nurse.standings(schools, time.calendars)
    short_work = _short_work(ids)
    requests = _requests(ids, time.calendars)
    return [
        Row(
            school,
            primaries.get(school.pk, ""),
            *_told(school, time, watch_on),
            tried.get(school.pk),
            enhanced.get(school.pk),
            focus.get(school.pk),
            with_nurse.get(school.pk),
            short_work.get(school.pk, ""),
            requests.get(school.pk, ""),
        )
        for school in schools
    ]


def _short_work(school_ids):
    """``{school id: "Short work: 2 open, 1 waiting to be allocated"}``; one query."""
    waiting = Q(state=WorkState.REQUESTED)
    found = (
        ShortIntervention.objects.open()
        .filter(school__in=school_ids)
        .order_by()
        .values_list("school")
        .annotate(begun=Count("pk", filter=~waiting), asked=Count("pk", filter=waiting))
    )
    return {
        school_id: "Short work: "
        + listed(
            [
                f"{number:,} {words}"
                for number, words in ((begun, "open"), (asked, "waiting to be allocated"))
                if number
            ]
        )
        for school_id, begun, asked in found
    }


def _requests(school_ids, calendars):
    """``{school id: "Waiting for advice, 2 school days"}``, the longest of each; one query."""
    today = timezone.localdate()
    found = _latest(SupportRequest.objects.waiting(), school_ids, "received_at")
    told = {}
    for school_id, asked in found.items():
        days = days_waited(asked, calendars[school_id], today)
        since = days_text(asked, days) if days else "since today"
        told[school_id] = f"Waiting for {lower_first(asked.get_wanted_display())}, {since}"
    return told


def _latest(rows, school_ids, *order):
    found = rows.filter(school__in=school_ids).order_by("school_id", *order).distinct("school_id")
    return {row.school_id: row for row in found}


def _told(school, time, watch_on):
    """``(weeks, words, state)`` of the last contact."""
    at = school.contact_at
    if at == NEVER:
        return None, "No contact recorded", "late"
    day = timezone.localdate(at)
    if day <= time.late_on:
        state = "late"
    else:
        state = "watch" if day <= watch_on else "now"
    return time.weeks(school.pk, at), time.weeks_text(school.pk, at), state
