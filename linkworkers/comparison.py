"""Link workers side by side, for choosing one for a place (rules 001-48, 001-50 to 001-53).

Whoever can be chosen is of the school's hub. The *guidance*: on the days the other one does not
work, there from the start, and not overloaded while somebody else would not be. Whoever chooses
otherwise says why.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import current
from govuk.words import date_of, listed, lower_first, month_of
from linkworkers import policies
from linkworkers.board import Place
from linkworkers.load import OVERLOADED, load_of, loads_of, with_load
from linkworkers.models import (
    PLACES,
    Absence,
    Allocation,
    AllocationKind,
    LinkWorker,
    Weekday,
    WorkerKind,
    whole_week,
)
from linkworkers.weeks import Week, week_of
from schools.calendar import calendars_of
from schools.models import Hub, OwnChildConflict, School, SchoolType

# Columns that stand side by side on a telephone as well.
MOST_COLUMNS = 3
# How far ahead an absence is told.
SOON = timedelta(weeks=8)
BEST, WORST = "best", "worst"


@dataclass(frozen=True)
class Cell:
    """What a row says of one candidate; ``tone`` is ``BEST``, ``WORST`` or neither."""

    text: str
    tone: str = ""
    small: str = ""
    week: Week | None = None


@dataclass
class Candidate:
    """A link worker for one place of a school: what speaks for and against them.

    ``now`` and ``then`` are their load in per cent of a fair share, today and with the place,
    ``strain`` is ``then`` of what is theirs to carry; None where nothing is shared. ``here`` is
    what they hold or will hold at the school, ``plans`` how many plans for families they hold
    beside their schools, ``left`` the weekdays on which nobody would be
    there with them, ``against`` what the guidance says, ``short`` the first of it in a few words.
    """

    link_worker: LinkWorker
    has_conflict: bool
    is_own_hub: bool
    now: int | None
    then: int | None
    strain: int | None
    held: list
    plans: int = 0
    here: Allocation | None = None
    before: list = field(default_factory=list)
    absences: list = field(default_factory=list)
    feeders: list = field(default_factory=list)
    left: tuple = ()
    against: list = field(default_factory=list)
    short: str = ""

    @property
    def value(self):
        """What a form posts to choose them."""
        return str(self.link_worker.pk)

    @property
    def is_free(self):
        """Can be chosen: of the hub, no conflict declared, and not at the school already."""
        return self.is_own_hub and not self.has_conflict and self.here is None

    @property
    def is_overloaded(self):
        return self.strain is not None and self.strain > OVERLOADED

    @property
    def first_name(self):
        return str(self.link_worker).partition(" ")[0]

    @property
    def guidance(self):
        """What the choice goes against, as a sentence; empty when it does not."""
        if not self.against:
            return ""
        return f"{self.link_worker} goes against the guidance: {listed(self.against)}."

    @property
    def rank(self):
        """Orders the best first: who fits, then who has the most room.

        Team managers, whose schools are few on purpose, come after the others.
        """
        room = OVERLOADED if self.strain is None else self.strain
        is_manager = self.link_worker.kind == WorkerKind.TM
        return (not self.is_free, bool(self.against), is_manager, room, str(self.link_worker))


@dataclass
class Comparison:
    """Everybody who could take a place, best first, and the ``columns`` to show of them.

    ``other`` holds the other place now, or is None; ``at_school`` is everybody who holds, held or
    will hold the school; ``conflicted`` are the ids of users who declared a conflict there.
    """

    school: School
    kind: AllocationKind
    candidates: list
    columns: list
    other: Allocation | None
    at_school: list
    in_post: list
    conflicted: set

    @cached_property
    def place(self):
        """The place itself: who holds it, or since when nobody does."""
        of_kind = [held for held in self.at_school if held.kind == self.kind]
        held = next((a for a in of_kind if a.has_begun and not a.has_ended), None)
        ended = [a for a in of_kind if a.has_ended and a.was_held]
        return Place(
            self.kind,
            held,
            next((a for a in of_kind if not a.has_begun and not a.has_ended), None),
            None if held or not ended else max(a.ends_at for a in ended),
            calendars_of([self.school.pk])[self.school.pk],
        )

    @property
    def before(self):
        """Who held the place last, or None."""
        ended = [a for a in self.at_school if a.kind == self.kind and a.has_ended and a.was_held]
        return max(ended, key=lambda held: held.ends_at, default=None)

    @property
    def held(self):
        """Everybody who holds the school or will, primary first."""
        return sorted(
            (a for a in self.at_school if not a.has_ended),
            key=lambda held: (list(AllocationKind).index(held.kind), held.starts_at),
        )

    @property
    def holders(self):
        """``[(allocation, the worker's week, whether it may be resumed), …]`` of all ``held``."""
        return [
            (
                held,
                week_of(held.link_worker),
                bool(held.suspended_at) and held.link_worker.user_id not in self.conflicted,
            )
            for held in self.held
        ]

    @property
    def teams(self):
        """``[(hub, [(link worker, whether in a column), …]), …]`` of everybody in post."""
        shown = {candidate.link_worker for candidate in self.columns}
        found = {}
        for worker in self.in_post:
            found.setdefault(worker.hub, []).append((worker, worker in shown))
        return sorted(found.items(), key=lambda team: team[0].pk != self.school.hub_id)

    @property
    def best(self):
        """The one who fits best, or None."""
        first = next(iter(self.candidates), None)
        return first if first and first.is_free and not first.against else None

    @property
    def rows(self):
        """``[(label, [(Cell, Candidate), …]), …]``, a pair for each column."""
        said = [
            ("Fits", self._fits),
            ("Load now, and with this school", self._load),
            ("Works", self._works),
            (self._free_days, self._covers),
            ("As primary", lambda c: self._holds(c, AllocationKind.PRIMARY)),
            ("As secondary", lambda c: self._holds(c, AllocationKind.SECONDARY)),
            ("Pupils on roll, as primary", self._pupils),
            (f"{settings.COUNCIL.plan}s held", self._plans),
            ("Enhanced support schools", self._enhanced),
            ("Time here before", self._time_here),
            ("Feeder schools held", self._feeders),
            ("Away soon", self._away),
        ]
        if self.school.hub_id and any(not c.is_own_hub for c in self.columns):
            said.insert(1, ("Hub", self._hub))
        return [(label, [(say(c), c) for c in self.columns]) for label, say in said]

    def _fits(self, candidate):
        if candidate.has_conflict:
            return Cell("Conflict declared", small="Cannot be chosen")
        if candidate.here:
            return Cell(_place_here(candidate.here), small="Cannot be chosen")
        if not candidate.is_own_hub:
            return Cell("Works in another hub", WORST, small="Can only cover")
        if candidate.against:
            return Cell(candidate.short, WORST)
        return Cell("Best fit", BEST) if candidate is self.best else Cell("Fits")

    def _hub(self, candidate):
        return Cell(str(candidate.link_worker.hub), "" if candidate.is_own_hub else WORST)

    def _load(self, candidate):
        if candidate.now is None:
            return Cell("Not known")
        if not candidate.is_free:
            return Cell(f"{candidate.now}%")
        least = min(c.strain for c in self.columns if c.is_free and c.strain is not None)
        tone = WORST if candidate.is_overloaded else BEST if candidate.strain == least else ""
        return Cell(f"{candidate.now}% to {candidate.then}%", tone)

    def _works(self, candidate):
        week = week_of(candidate.link_worker)
        return Cell("", week=week)

    @property
    def _free_days(self):
        if self.other is None:
            return "Days nobody else is there"
        return f"Covers {str(self.other.link_worker).partition(' ')[0]}’s free days"

    def _covers(self, candidate):
        if self.other is None:
            return Cell("Nobody else yet")
        free = [day for day in whole_week() if day not in self.other.link_worker.working_days]
        if not free:
            return Cell("None to cover")
        if candidate.left:
            return Cell(f"No, nobody on {_days(candidate.left)}", WORST)
        return Cell(f"Yes, {_days(free)}", BEST if candidate.is_free else "")

    def _holds(self, candidate, kind):
        """``2 primary, 1 college``."""
        found = Counter(school.type_group for held, school in candidate.held if held.kind == kind)
        return Cell(
            ", ".join(
                f"{found[type_]} {lower_first(type_.label) if type_ != SchoolType.APC else 'APC'}"
                for type_ in SchoolType
                if found[type_]
            )
            or "None"
        )

    def _pupils(self, candidate):
        pupils = sum(
            school.pupils or 0
            for held, school in candidate.held
            if held.kind == AllocationKind.PRIMARY
        )
        return Cell(f"{pupils:,}" if pupils else "None")

    def _plans(self, candidate):
        return Cell(str(candidate.plans or "None"))

    def _enhanced(self, candidate):
        return Cell(_names(s for _, s in candidate.held if s.has_enhanced_support) or "None")

    def _time_here(self, candidate):
        told = [
            f"{held.get_kind_display()} {month_of(held.starts_at)} to {held.last_day:%B %Y}"
            for held in reversed(candidate.before)
        ]
        if candidate.here:
            told.insert(0, _place_here(candidate.here))
        tone = BEST if candidate.before and candidate.is_free else ""
        return Cell("; ".join(told) or "None", tone)

    def _feeders(self, candidate):
        tone = BEST if candidate.feeders and candidate.is_free else ""
        return Cell(_names(candidate.feeders) or "None", tone)

    def _away(self, candidate):
        return Cell(listed([absence.span for absence in candidate.absences]) or "Not that we know")


def _place_here(held):
    """``Primary now``, ``Secondary from 3 December 2026``, ``Primary, suspended``."""
    if held.suspended_at:
        return f"{held.get_kind_display()}, suspended"
    since = "now" if held.has_begun else f"from {date_of(held.starts_at)}"
    return f"{held.get_kind_display()} {since}"


def _days(days):
    return listed([Weekday(day).label for day in days])


def _names(schools):
    return ", ".join(sorted({school.name for school in schools}))


# --- who is compared -----------------------------------------------------------------------


def compare(school, kind, asked=(), chosen=None, plans_held=None):
    """The ``Comparison`` for a place of a school; a fixed number of queries.

    Those with ``asked`` ids stand in the columns, from whichever hub, or else who fits best; and
    the one with the ``chosen`` id. Everybody of the school's hub is weighed, for a college of
    rule 001-51 everybody. ``plans_held`` is ``{user id: plans for families}``.
    """
    asked = set(asked)
    wanted = asked | {chosen}
    in_post = list(LinkWorker.objects.in_post().with_names().order_by("hub__name", "user__name"))
    hubs = (
        set(Hub.objects.values_list("pk", flat=True))
        if school.is_apc
        else {school.hub_id, *(w.hub_id for w in in_post if str(w.pk) in wanted)}
    )
    loads = loads_of(hubs, plans_held)
    weighed = [
        worker
        for worker in loads.link_workers
        if school.is_apc or worker.hub_id == school.hub_id or str(worker.pk) in wanted
    ]
    at_school = list(school.allocations.with_names().order_by("starts_at"))
    other = _beside(at_school, kind)
    conflicted = set(
        OwnChildConflict.objects.filter(current(), school=school).values_list("user", flat=True)
    )
    candidates = _candidates(school, kind, weighed, loads, at_school, conflicted)
    for candidate in candidates:
        candidate.left = _left(candidate.link_worker, other)
    _weigh(candidates)
    candidates.sort(key=lambda candidate: candidate.rank)
    return Comparison(
        school=school,
        kind=AllocationKind(kind),
        candidates=candidates,
        columns=_columns(candidates, asked, chosen),
        other=other,
        at_school=at_school,
        in_post=in_post,
        conflicted=conflicted,
    )


def _columns(candidates, asked, chosen):
    """Those asked for, or those who fit best; and who is chosen already."""
    shown = [c for c in candidates if c.value in asked] if asked else candidates
    shown = shown[:MOST_COLUMNS]
    picked = next((c for c in candidates if c.value == chosen), None)
    if picked and picked not in shown:
        shown = [*shown[: MOST_COLUMNS - 1], picked]
    return shown


def _beside(at_school, kind):
    """Who supports the school in its other place now, or None."""
    return next(
        (
            held
            for held in at_school
            if held.kind in PLACES
            and held.kind != kind
            and held.is_live
            and held.link_worker.user.is_active
        ),
        None,
    )


def _candidates(school, kind, workers, loads, at_school, conflicted):
    feeders = set(
        School.feeders.through.objects.filter(
            Q(from_school=school) | Q(to_school=school)
        ).values_list("from_school", "to_school")
    )
    feeders = {pk for pair in feeders for pk in pair} - {school.pk}
    today = timezone.localdate()
    absences = {}
    for absence in Absence.objects.between(today, today + SOON).filter(link_worker__in=workers):
        absences.setdefault(absence.link_worker_id, []).append(absence)
    more = load_of(with_load(School.objects.filter(pk=school.pk)).get(), kind)
    found = []
    for worker in workers:
        held = [(a, loads.schools[a.school_id]) for a in loads.held[worker.pk]]
        own = [a for a in at_school if a.link_worker_id == worker.pk]
        found.append(
            Candidate(
                link_worker=worker,
                has_conflict=worker.user_id in conflicted,
                is_own_hub=policies.is_of_its_hub(worker, school),
                now=loads.percent(worker),
                then=loads.percent(worker, more),
                strain=loads.strain(worker, more),
                held=held,
                plans=loads.plans[worker.pk],
                here=next((a for a in own if not a.has_ended), None),
                before=[a for a in own if a.has_ended and a.was_held],
                absences=absences.get(worker.pk, []),
                feeders=[s for _, s in held if s.pk in feeders],
            )
        )
    return found


def _left(worker, other):
    """The weekdays without anybody when ``worker`` stands beside who holds the other place."""
    if other is None:
        return ()
    there = {*worker.working_days, *other.link_worker.working_days}
    return tuple(day for day in whole_week() if day not in there)


# --- the guidance --------------------------------------------------------------------------


def _weigh(candidates):
    """Say of each free candidate what the guidance holds against them."""
    today = timezone.localdate()
    free = [c for c in candidates if c.is_free]
    for candidate in free:
        rivals = [c for c in free if c is not candidate]
        for short, against in filter(
            None,
            (
                _overloaded(candidate, rivals),
                _leaves_days(candidate, rivals),
                _is_away(candidate, rivals, today),
            ),
        ):
            candidate.against.append(against)
            candidate.short = candidate.short or short


def _overloaded(candidate, rivals):
    lighter = [c for c in rivals if c.strain is not None and not c.is_overloaded and not c.left]
    if not candidate.is_overloaded or not lighter:
        return None
    best = min(lighter, key=lambda c: (c.link_worker.kind == WorkerKind.TM, c.strain))
    return (
        "Would be overloaded",
        f"{candidate.then}% of a fair share, when {best.link_worker} would be at {best.then}%",
    )


def _leaves_days(candidate, rivals):
    better = next((c for c in rivals if len(c.left) < len(candidate.left)), None)
    if better is None:
        return None
    days = _days(day for day in candidate.left if day not in better.left)
    return f"Nobody on {days}", f"nobody is there on {days}, when {better.link_worker} would be"


def _is_away(candidate, rivals, today):
    absence = next((a for a in candidate.absences if a.lasts_on(today)), None)
    if absence is None or not rivals:
        return None
    return "Away now", f"they are away {absence.span}"
