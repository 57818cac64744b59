"""The lists of short work: waiting to be allocated, open, mine and closed; never a child's name.

There is no total on any of them, and a page is told by the row at its edge.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q
from django.utils import timezone

from govuk.paging import DayCursor, page_around
from govuk.words import listed, long_date
from interventions.agreement import with_refusal
from interventions.models import Participant, ShortIntervention, WorkState
from interventions.work_page import next_step
from schools.calendar import calendars_of
from schools.scope import scope_of

WAITING, OPEN, MINE, CLOSED = "waiting", "open", "mine", "closed"
PAGE = 30
# A request that waits longer than a week's school days is late: the meeting is weekly.
LATE_DAYS = 5
# Where the newest end stands: after every real one.
LAST = (date.max, uuid.UUID(int=2**128 - 1))


@dataclass(frozen=True)
class Line:
    """One piece of work as a list says it: nothing of a child but the year group."""

    work: ShortIntervention
    what: str
    who: str
    when: str
    is_late: bool


@dataclass(frozen=True)
class Listed:
    """A page of work, and the values of the edges to go on from, or empty."""

    lines: list
    previous: str
    next: str


def shows(user):
    """``{key: label}`` of the lists a user has, the one they need first at the front."""
    scope = scope_of(user)
    waiting = {WAITING: "Waiting to be allocated"}
    mine = {MINE: "My work"}
    of_hub = scope.county or scope.manages
    theirs = {OPEN: "Open in the hub" if of_hub else "Open at my schools"}
    if scope.county:
        theirs, mine = {OPEN: "Open"}, {}
    lists = [waiting, theirs, mine] if of_hub else [mine, theirs, waiting]
    return {key: label for one in [*lists, {CLOSED: "Closed"}] for key, label in one.items()}


def chosen(request):
    """The list of the address; nonsense is the user's first."""
    asked, known = request.GET.get("show", ""), shows(request.user)
    return asked if asked in known else next(iter(known))


def work_of(user, show, *, after="", before=""):
    """The ``Listed`` page of a user's list; six queries at most, however long it is."""
    seen = ShortIntervention.objects.visible_to(user).order_by()
    after, before = DayCursor.read(after), DayCursor.read(before)
    if show == CLOSED:
        rows = seen.filter(state=WorkState.CLOSED)
        page, has_previous, has_next = _newest(named(rows), after, before)
    else:
        rows = _open(seen, user, show)
        page, has_previous, has_next = page_around(
            named(rows), ("asked_on", "pk"), PAGE, after=after, before=before
        )
    return Listed(
        lines_of(user, page),
        previous=_told(page[0]) if has_previous else "",
        next=_told(page[-1]) if has_next else "",
    )


def _open(seen, user, show):
    if show == WAITING:
        return seen.filter(state=WorkState.REQUESTED)
    if show == MINE:
        return seen.worked_by(user)
    scope = scope_of(user)
    started = seen.open().exclude(state=WorkState.REQUESTED)
    if scope.county:
        return started
    return started.filter(Q(school_id__in=scope.supports) | Q(hub_id__in=scope.manages))


def _newest(rows, after, before):
    """A page of closed work, the latest end first: ``page_around`` read from its far end."""
    found, has_older, has_newer = page_around(
        rows,
        ("closed_on", "pk"),
        PAGE,
        after=before,
        before=None if before else after or LAST,
    )
    return found[::-1], has_newer and bool(after or before), has_older


def named(rows):
    """With all that a line says of a piece of work; two queries more."""
    people = Participant.objects.filter(pupil__isnull=False).select_related("pupil")
    return (
        with_refusal(rows)
        .select_related("school", "work_type", "child_worker", "parent_worker")
        .prefetch_related(Prefetch("participants", people, to_attr="children"))
    )


def lines_of(user, rows):
    """The ``Line`` of each piece of work from ``named``; one query."""
    if not rows:
        return []
    today = timezone.localdate()
    calendars = calendars_of({work.school_id for work in rows})
    return [_line(user, work, calendars[work.school_id], today) for work in rows]


def _line(user, work, calendar, today):
    years = listed(sorted({child.pupil.year_text for child in work.children}))
    level = work.get_level_display() if work.level else "Level not judged"
    when, is_late = _when(user, work, calendar, today)
    return Line(
        work,
        what=". ".join(filter(None, (work.support, work.get_area_display(), years, level))),
        who=_who(work),
        when=when,
        is_late=is_late,
    )


def _who(work):
    if work.state == WorkState.REQUESTED:
        name = f": {work.asked_who}" if work.asked_who else ""
        return f"Asked by {_asker(work)}{name}"
    return listed([worker.name for worker in work.workers])


def _asker(work):
    label = work.get_asked_by_display()
    return label[:1].lower() + label[1:]


def _when(user, work, calendar, today):
    if work.state == WorkState.CLOSED:
        reason = work.get_end_reason_display()
        return f"Closed {long_date(work.closed_on)}. {reason}", False
    if work.state == WorkState.REQUESTED:
        days = calendar.school_days_since(work.asked_on, today)
        waits = "Asked today" if not days else f"Waiting {days} school day{'s' if days > 1 else ''}"
        return waits, days > LATE_DAYS
    step = next_step(user, work, today, is_refused=work.is_refused)
    return f"{work.get_state_display()}. {step.words}", step.is_late


def _told(work):
    day = work.closed_on or work.asked_on
    return str(DayCursor(day, work.pk))
