"""What changed, on the page of the work: first to last, the way between, and whether it lasted.

Every measure stands for itself: none is averaged or weighed against another (domain-facts.md 3.9).
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from govuk.words import long_date
from interventions import policies
from interventions.models import (
    EndReason,
    Feedback,
    Measure,
    MeasureKind,
    Point,
    Scale,
    ShortIntervention,
    WorkState,
)
from interventions.services.feedback import is_askable
from interventions.services.measures import ORDER, SAME
from interventions.stopped import stopped_among
from interventions.windows import FOLLOW_UP, follow_up_on
from schools.calendar import calendars_of
from schools.scope import scope_of

# The drawing of one measure, in its own units.
WIDTH, HEIGHT, EDGE = 240, 64, 8
NOT_FOLLOWED_UP = [EndReason.NOT_ALLOCATED, EndReason.REFUSED]
# Who is asked later than this has moved on: a year and a term.
FOLLOW_UP_FOR = timedelta(days=400)
HELPED = {
    Feedback.Of.CHILD: {
        5: "Yes, a lot",
        4: "Yes, a bit",
        3: "Not sure",
        2: "Not really",
        1: "No",
    },
    Feedback.Of.PARENT: {
        5: "A great deal",
        4: "Quite a lot",
        3: "Somewhat",
        2: "A little",
        1: "Not at all",
    },
}
HEARD = {
    Feedback.Of.CHILD: {5: "Always", 4: "Mostly", 3: "Sometimes", 2: "Not much", 1: "Never"},
    Feedback.Of.PARENT: {5: "Always", 4: "Mostly", 3: "Sometimes", 2: "Rarely", 1: "Never"},
}


@dataclass(frozen=True)
class Mark:
    """One number of a ``Line``: ``text`` says it, ``detail`` what it counts; its place drawn."""

    row: Measure
    text: str
    detail: str
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """One measure of one child over its points, in their order.

    ``told`` is the way from first to last in words, ``drawn`` what the drawing shows in words.
    """

    title: str
    of: str
    marks: list
    told: str
    drawn: str
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def path(self):
        """The corners of the drawn line, as SVG wants them."""
        return " ".join(f"{mark.x:g},{mark.y:g}" for mark in self.marks)


@dataclass(frozen=True)
class Answers:
    """What was asked of somebody, and their answers in words where they gave any."""

    row: Feedback
    helped: str
    heard: str
    state: str


@dataclass(frozen=True)
class FollowUp:
    """Closed work of which nobody knows yet whether the change lasted; no child in it."""

    work: ShortIntervention
    due_on: date


@dataclass
class Measures:
    """The section of one piece of work."""

    work: ShortIntervention
    lines: list
    answers: list
    follow_up_on: date | None
    is_followed_up: bool
    may_measure: bool = False
    may_ask: bool = False
    may_send: bool = False
    may_stop: bool = False
    is_stopped: bool = False
    people: list = field(default_factory=list)
    scales: list = field(default_factory=list)


def section(user, work):
    """What the page of the work shows of its measures, ``Measures``.

    The children of the work are open to the user. As many queries for many rows as for one.
    """
    rows = list(
        work.measures.select_related("scale", "pupil", "recorded_by").order_by("recorded_at")
    )
    people = list(work.participants.select_related("pupil"))
    children = [person.pupil for person in people if person.pupil]
    may_work = policies.may_work(user, work)
    stopped = stopped_among([child.pk for child in children])
    may_ask = may_work and is_askable(work)
    return Measures(
        work=work,
        lines=lines_of(rows, names_children=len(children) > 1),
        answers=[_answers(row) for row in work.feedback.select_related("participant__pupil")],
        follow_up_on=_follow_up_on(work) if rows else None,
        is_followed_up=any(row.point == Point.SUSTAINED for row in rows),
        may_measure=may_work and _is_measured(work),
        may_ask=may_ask,
        may_send=may_ask and not stopped,
        may_stop=policies.may_allocate(user, work),
        is_stopped=any(child.pk in stopped for child in children),
        people=people,
        scales=list(Scale.objects.filter(is_offered=True)),
    )


def to_follow_up(user):
    """``FollowUp`` of the work whose 12 school weeks after the end are over, the oldest first.

    For whoever did the work, and the link workers of its school. Work that was measured once is
    asked again; what was refused or not taken on is not. Three queries, however many there are.
    """
    today = timezone.localdate()
    measured = Measure.objects.filter(intervention=OuterRef("pk"))
    mine = Q(child_worker=user.pk) | Q(parent_worker=user.pk)
    found = list(
        ShortIntervention.objects.visible_to(user)
        .filter(mine | Q(school_id__in=scope_of(user).supports), state=WorkState.CLOSED)
        .filter(closed_on__gt=today - FOLLOW_UP_FOR)
        .exclude(end_reason__in=NOT_FOLLOWED_UP)
        .filter(Exists(measured), ~Exists(measured.filter(point=Point.SUSTAINED)))
        .select_related("school", "work_type")
        .order_by("closed_on", "pk")
    )
    if not found:
        return []
    calendars = calendars_of({work.school_id for work in found})
    return [
        FollowUp(work, follow_up_on(calendars[work.school_id], work.closed_on))
        for work in found
        if calendars[work.school_id].school_weeks_since(work.closed_on, today) >= FOLLOW_UP
    ]


# --- the measures -------------------------------------------------------------------------


def lines_of(rows, *, names_children):
    """A ``Line`` for each thing that was measured; ``rows`` have their scale and pupil at hand."""
    kinds = list(MeasureKind)

    def thing(row):
        key = [str(getattr(row, name)) for name in SAME[row.kind]]
        return kinds.index(row.kind), *key

    def place(row):
        return ORDER.index(row.point), row.measured_on, row.recorded_at

    return [
        _line(sorted(same, key=place), names_children)
        for _, same in groupby(sorted(rows, key=thing), key=thing)
    ]


def _line(rows, names_children):
    first = rows[0]
    title = {
        MeasureKind.SCALE: first.scale.name if first.scale else "",
        MeasureKind.SCORE: ", ".join(filter(None, (first.tool, first.tool_version))),
    }.get(first.kind, first.get_kind_display())
    who = [first.pupil.name] if names_children and first.pupil else []
    if first.informant:
        who.append(first.get_informant_display())
    lowest, highest = _ends(rows)
    step = (WIDTH - 2 * EDGE) / max(len(rows) - 1, 1)
    marks = [
        Mark(
            row,
            text=number_text(row),
            detail=_detail(row),
            x=round(EDGE + at * step, 1),
            y=round(_height(row.value, lowest, highest), 1),
        )
        for at, row in enumerate(rows)
    ]
    said = [f"{mark.row.get_point_display().lower()} {mark.text}" for mark in marks]
    return Line(title, ", ".join(who), marks, _told(rows), f"{title}: {', '.join(said)}")


def _ends(rows):
    """The values at the bottom and the top of the drawing."""
    kind = rows[0].kind
    if kind == MeasureKind.ATTENDANCE:
        return 0, 100
    if kind == MeasureKind.SCALE:
        return 0, 10
    return 0, max(row.value for row in rows) or 1


def _height(value, lowest, highest):
    share = (value - lowest) / Decimal(highest - lowest)
    return float(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE))


def number_text(row):
    """``87.5%``, ``2.5 days``, ``4 of 10``, ``17``: the number as it is said."""
    number = plain(row.value)
    if row.kind == MeasureKind.ATTENDANCE:
        return f"{row.value}%"
    if row.kind == MeasureKind.SUSPENSIONS:
        return f"{number} day{'' if row.value == 1 else 's'}"
    return f"{number} of 10" if row.kind == MeasureKind.SCALE else number


def plain(number):
    """A ``Decimal`` without the zero after its point: ``4``, ``4.5``."""
    return f"{number.normalize():f}"


def _detail(row):
    """What stands below the number: the sessions, the words on the scale."""
    if row.kind == MeasureKind.ATTENDANCE:
        return f"{row.attended} of {row.possible} possible sessions"
    if row.kind == MeasureKind.SUSPENSIONS:
        return f"{row.times} suspension{'' if row.times == 1 else 's'}"
    if row.kind == MeasureKind.SCALE:
        words = row.scale.words
        return words[int(row.value)] if int(row.value) < len(words) else ""
    return ""


def _told(rows):
    """The distance from the first point to the latest of the end and the time after it."""
    by_point = {row.point: row for row in rows}
    first = by_point.get(Point.FIRST)
    last = by_point.get(Point.SUSTAINED) or by_point.get(Point.LAST)
    if first is None or last is None:
        return ""
    way = last.value - first.value
    if not way:
        return "No change"
    number = plain(abs(way))
    if first.kind == MeasureKind.SUSPENSIONS:
        return f"{number} day{'' if abs(way) == 1 else 's'} {'more' if way > 0 else 'fewer'}"
    unit = {
        MeasureKind.ATTENDANCE: "percentage point",
        MeasureKind.SCALE: "step",
        MeasureKind.SCORE: "point",
    }[first.kind]
    # Whether a higher score of a tool is better is for whoever holds its licence to say.
    side = "up" if way > 0 else "down"
    if first.kind == MeasureKind.SCORE:
        side = "higher" if way > 0 else "lower"
    return f"{number} {unit}{'' if abs(way) == 1 else 's'} {side}"


def _is_measured(work):
    return work.allocated_at is not None and work.end_reason != EndReason.NOT_ALLOCATED


def _follow_up_on(work):
    if work.closed_on is None or work.end_reason in NOT_FOLLOWED_UP:
        return None
    return follow_up_on(calendars_of([work.school_id])[work.school_id], work.closed_on)


# --- what they thought --------------------------------------------------------------------


def _answers(row):
    return Answers(
        row,
        helped=HELPED[row.of].get(row.helped, ""),
        heard=HEARD[row.of].get(row.heard, ""),
        state=_state(row),
    )


def _state(row):
    if row.answered_at:
        return f"Answered {long_date(timezone.localdate(row.answered_at))}"
    if row.token_hash and row.expires_at > timezone.now():
        return f"Open until {long_date(timezone.localdate(row.expires_at))}"
    return "Not answered"
