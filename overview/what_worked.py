"""What worked, and what did not: first and last measures of the short work that ended.

Rules 004-16 to 004-18 and 003-32: by kind of support, key area and programme; no change and worse
stand beside better, and what was refused, not taken on or redirected beside what was done. Every
measure stands for itself: nothing is averaged across tools, scales or who says so. Consultations
are in no number here (rule 001-124).
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, F, FilteredRelation, Q

from consultations.models import Area
from govuk.words import lower_first
from interventions.models import (
    CaseState,
    EndReason,
    Informant,
    Measure,
    MeasureKind,
    Point,
    ProgrammeCase,
    ShortIntervention,
    WorkState,
)
from schools.scope import scope_of

NO_TYPE, NO_PROGRAMME = "Kind of support not said", "No programme"
AREAS, INFORMANTS = dict(Area.choices), dict(Informant.choices)
# A drawn bar is so long, in its own units.
BAR = 240
# How the rows of a group are named in the database's answer.
KEY = ("work_type__name", "area", "programme_case__programme__name")
THING = ("kind", "scale__name", "tool", "tool_version", "informant")
UNITS = {
    MeasureKind.ATTENDANCE: "percentage points",
    MeasureKind.SUSPENSIONS: "days",
    MeasureKind.SCALE: "steps",
    MeasureKind.SCORE: "points",
}


@dataclass(frozen=True)
class Distance:
    """One measure of a group over all who have its first and its last value, ``both`` in number.

    Averages are ``Decimal`` or None. ``better``, ``same`` and ``worse`` add up to ``both``; of a
    licensed tool, of which nobody here says whether high is good, they are higher, unchanged and
    lower. ``sustained`` have a value a term later as well.
    """

    kind: str
    name: str
    who: str
    both: int
    first: Decimal
    last: Decimal
    way: Decimal
    better: int
    same: int
    worse: int
    sustained: int = 0
    sustained_way: Decimal | None = None

    @property
    def is_judged(self):
        """Whether up or down means better; the total of a licensed tool is not judged here."""
        return self.kind != MeasureKind.SCORE

    @property
    def unit(self):
        return UNITS[self.kind]

    @property
    def title(self):
        """``How things are going, says the child``; the name alone of what nobody says."""
        return f"{self.name}, says {lower_first(self.who)}" if self.who else self.name

    @property
    def rates(self):
        """``[(class, word, number, per cent)]`` of the three, as the table and the bar show."""
        words = ("Better", "No change", "Worse") if self.is_judged else ("Up", "No change", "Down")
        parts = (self.better, self.same, self.worse)
        names = ("better", "same", "worse") if self.is_judged else ("up", "same", "down")
        return [
            (name, word, part, round(100 * part / self.both))
            for name, word, part in zip(names, words, parts, strict=True)
        ]

    @property
    def bars(self):
        """``[(class, x, width)]`` of the drawn bar."""
        drawn, x = [], 0
        for name, _, part, _ in self.rates:
            width = round(BAR * part / self.both, 1)
            drawn.append((name, f"{x:.1f}", width))
            x += width
        return [bar for bar in drawn if bar[2]]


@dataclass(frozen=True)
class Group:
    """Work of one kind of support, key area and programme that ended, and what was measured."""

    support: str
    area: str
    programme: str
    ended: int
    not_allocated: int
    refused: int
    distances: list

    @property
    def title(self):
        """``Direct work: attendance``."""
        return f"{self.support}: {lower_first(self.area)}"


@dataclass(frozen=True)
class Pathways:
    """Where the cases of one programme went: ``accepted``, or ``[(pathway, number)]``."""

    programme: str
    accepted: int
    elsewhere: list

    @property
    def triaged(self):
        return self.accepted + sum(number for _, number in self.elsewhere)


def ended_work(user, since, until, *, hub=None, area="", programme=None):
    """Short work that ended from ``since`` to ``until``, both included, in the user's hubs."""
    found = _of_hubs(ShortIntervention.objects.order_by(), user, hub)
    found = found.filter(state=WorkState.CLOSED, closed_on__range=(since, until))
    if area:
        found = found.filter(area=area)
    if programme:
        found = found.filter(programme_case__programme=programme)
    return found


def groups_of(work):
    """The ``Group`` s of ``ended_work``, by kind of support, area and programme; two queries."""
    distances = _distances(work)
    refused = Q(end_reason__in=(EndReason.REFUSED, EndReason.WITHDRAWN))
    rows = work.values(*KEY).annotate(
        ended=Count("pk"),
        not_allocated=Count("pk", filter=Q(end_reason=EndReason.NOT_ALLOCATED)),
        refused=Count("pk", filter=refused),
    )
    return sorted(
        (
            Group(
                support=row[KEY[0]] or NO_TYPE,
                area=AREAS[row[KEY[1]]],
                programme=row[KEY[2]] or NO_PROGRAMME,
                distances=distances[tuple(row[name] for name in KEY)],
                **{name: row[name] for name in ("ended", "not_allocated", "refused")},
            )
            for row in rows
        ),
        key=lambda group: (group.support, group.area, group.programme),
    )


def pathways_of(user, since, until, *, hub=None, programme=None):
    """The ``Pathways`` of each programme triaged in these days; one query (rule 004-18)."""
    cases = _of_hubs(ProgrammeCase.objects.order_by(), user, hub)
    cases = cases.filter(decided_at__date__range=(since, until)).exclude(state=CaseState.WAITING)
    if programme:
        cases = cases.filter(programme=programme)
    accepted, elsewhere = defaultdict(int), defaultdict(list)
    rows = cases.values_list("programme__name", "state", "pathway").annotate(number=Count("pk"))
    for name, state, pathway, number in rows:
        if state == CaseState.ACCEPTED:
            accepted[name] += number
        else:
            elsewhere[name].append((pathway, number))
    return [
        Pathways(name, accepted[name], sorted(elsewhere[name], key=lambda one: (-one[1], one[0])))
        for name in sorted(accepted.keys() | elsewhere.keys())
    ]


def _of_hubs(rows, user, hub):
    """Rows of the hub, or of all the user's; nothing of a school that their own child attends."""
    scope = scope_of(user)
    rows = rows.exclude(school__in=scope.excluded) if scope.excluded else rows
    if hub is not None:
        return rows.filter(hub=hub)
    return rows if scope.county else rows.filter(hub__in=scope.manages)


def _distances(work):
    """``{group: [Distance]}``: first and last of the same measure, put together by the database."""
    key = [f"intervention__{name}" for name in KEY]
    same = (
        _equal("kind", "tool", "tool_version", "informant")
        & _equal_or_none("pupil")
        & _equal_or_none("scale")
    )
    ends = Q(intervention__measures__point__in=(Point.LAST, Point.SUSTAINED))
    rows = (
        Measure.objects.order_by()
        .alias(end=FilteredRelation("intervention__measures", condition=ends & same))
        .filter(point=Point.FIRST, intervention__in=work, end__isnull=False)
        .values(*key, *THING, "end__point")
        .annotate(
            both=Count("pk"),
            first=Avg("value"),
            last=Avg("end__value"),
            way=Avg(F("end__value") - F("value")),
            up=Count("pk", filter=Q(end__value__gt=F("value"))),
            down=Count("pk", filter=Q(end__value__lt=F("value"))),
        )
    )
    by_point = {Point.LAST: {}, Point.SUSTAINED: {}}
    for row in rows:
        place = (tuple(row[name] for name in key), tuple(row[name] for name in THING))
        by_point[row["end__point"]][place] = row
    found = defaultdict(list)
    for place, row in sorted(by_point[Point.LAST].items(), key=lambda one: str(one[0][1])):
        found[place[0]].append(_distance(row, by_point[Point.SUSTAINED].get(place)))
    return found


def _equal(*names):
    return Q(**{f"intervention__measures__{name}": F(name) for name in names})


def _equal_or_none(name):
    there = f"intervention__measures__{name}"
    return Q(**{there: F(name)}) | Q(**{f"{there}__isnull": True, f"{name}__isnull": True})


def _distance(row, later):
    kind = MeasureKind(row["kind"])
    up, down = row["up"], row["down"]
    fewer_is_better = kind == MeasureKind.SUSPENSIONS
    return Distance(
        kind=kind,
        name=row["scale__name"]
        or ", ".join(filter(None, (row["tool"], row["tool_version"])))
        or kind.label,
        who=INFORMANTS.get(row["informant"], ""),
        both=row["both"],
        first=row["first"],
        last=row["last"],
        way=row["way"],
        better=down if fewer_is_better else up,
        same=row["both"] - up - down,
        worse=up if fewer_is_better else down,
        sustained=later["both"] if later else 0,
        sustained_way=later["way"] if later else None,
    )
