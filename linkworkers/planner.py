"""Who could hold which school: a fair split of two places per school, found by optimisation.

Pure: a ``Problem`` in, a ``Plan`` out, or ``Impossible`` with what stands in the way. What must
hold is rules 001-47, 001-48, 001-51 and 001-53; what is weighed against what is the manager's.

Keys of schools, workers, teams and families are any hashable; places on the ground are
``(easting, northing)`` in kilometres; loads and capacities are in units of the caller's choice.
"""

import math
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

PRIMARY, SECONDARY = PLACES = ("primary", "secondary")
WEEK = range(5)

# Taking the other place at a school that knows one already is half a change.
HALF_A_CHANGE = 0.5
# Secondaries travel, and are missed, less than primaries.
PART_OF_SECONDARY = 0.4
# As far as this counts as much as a change of hands, at equal weights.
FAR = 10.0
# Nobody feels a load within this part of the fair share; beyond the second it weighs double.
FREE, BEARABLE = 0.03, 0.10
# A team over its limit costs more than anything else could: it happens only when it must.
OVER_LIMIT = 10_000.0

# A problem up to this many choices is solved in one go; of a larger one, first the choices that
# the relaxation makes within reach.
WHOLE = 5_000
WITHIN_REACH = 0.6
CLOSE_ENOUGH, PROVEN = 0.005, 0.01
SECONDS_TO_SEARCH, SECONDS_TO_PROVE = 7.0, 5.0


# --- what goes in ----------------------------------------------------------------------------


class Bar(StrEnum):
    """Why a worker cannot be at a school."""

    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    BUSY = "busy"
    GUEST = "guest"


@dataclass(frozen=True)
class Worker:
    """Somebody who can hold schools; ``days`` are weekday numbers.

    ``capacity`` is their part of a fair split, in full-time workers; None leaves their load out
    of the balance. ``elsewhere`` is the load they carry outside this problem, ``at`` the middle
    of their schools today. Nobody below their share is pushed up to it if they ``may_have_less``.
    """

    key: object
    team: object
    days: frozenset
    capacity: float | None
    elsewhere: float = 0.0
    at: tuple | None = None
    may_have_less: bool = False


@dataclass(frozen=True)
class School:
    """A school: its load by place, where it is, and the families of feeder schools it is in."""

    key: object
    loads: dict
    at: tuple | None = None
    families: tuple = ()


@dataclass(frozen=True)
class Weights:
    """How much each aim counts: 1 is some, 0 not at all."""

    balance: float = 3.0
    change: float = 3.0
    feeders: float = 1.0
    travel: float = 1.0


@dataclass(frozen=True)
class Problem:
    """Schools to share out between workers.

    ``held`` says who holds a ``(school, place)`` today; whoever is no ``Worker`` here counts as
    nobody. ``barred`` maps ``(school, worker)`` to a ``Bar``, ``pins`` ``(school, place)`` to a
    worker. With ``teams_apart`` a school's two come from different teams, no team holds more
    places than an even split gives, and nobody goes from one place of a school to its other, as
    each is agreed by itself (rules 001-51, 001-52).
    """

    schools: list
    workers: list
    held: dict = field(default_factory=dict)
    barred: dict = field(default_factory=dict)
    pins: dict = field(default_factory=dict)
    weights: Weights = field(default_factory=Weights)
    teams_apart: bool = False

    def may_take(self, school, place, worker):
        """The worker, who is not barred, can come to this place from where they are today."""
        other = SECONDARY if place == PRIMARY else PRIMARY
        return not self.teams_apart or self.held.get((school, other)) != worker

    @property
    def unit(self):
        """The load that is a fair share for one full-time worker."""
        capacity = sum(worker.capacity or 0 for worker in self.workers)
        load = sum(sum(school.loads.values()) for school in self.schools)
        load += sum(w.elsewhere for w in self.workers if w.capacity is not None)
        return load / capacity if capacity else 0.0

    @property
    def team_limit(self):
        """Places that one team may hold when teams are kept apart."""
        teams = {worker.team for worker in self.workers}
        return math.ceil(len(self.schools) * len(PLACES) / max(len(teams), 1))

    def loads(self, holders):
        """``{worker: load}`` when ``holders`` hold the places, with what they carry elsewhere."""
        found = {worker.key: worker.elsewhere for worker in self.workers}
        for school in self.schools:
            for place in PLACES:
                holder = holders.get((school.key, place))
                if holder in found:
                    found[holder] += school.loads[place]
        return found


# --- what comes out --------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """Who holds each ``(school, place)``; ``gap`` is the most a better plan could cost less.

    As a part of this plan's cost: 0.01 is 1 per cent. ``seconds`` is how long it took.
    """

    holders: dict
    gap: float
    seconds: float


class Why(StrEnum):
    """Which constraint cannot hold."""

    NOBODY = "nobody"
    TOO_FEW = "too_few"
    PINNED_BARRED = "pinned_barred"
    PINNED_TWICE = "pinned_twice"
    DAYS = "days"
    PAIR = "pair"
    TEAMS = "teams"
    CHANGES_PLACE = "changes_place"
    TEAM_LIMIT = "team_limit"


@dataclass(frozen=True)
class Clash:
    """One constraint that cannot hold, at a ``school``, for a ``worker`` or a ``team``.

    ``days`` are those that nobody can cover; ``lifted_by`` the workers who could, were they not
    barred.
    """

    why: Why
    school: object = None
    worker: object = None
    team: object = None
    days: tuple = ()
    lifted_by: tuple = ()


class Impossible(Exception):
    """No plan holds; ``clashes`` say why."""

    def __init__(self, clashes):
        super().__init__(f"{len(clashes)} constraints cannot hold")
        self.clashes = clashes


def solve(problem):
    """The ``Plan`` that costs least, or nearly: ``Plan.gap`` says how nearly.

    Raises ``Impossible``. Takes under 20 seconds for 316 schools and 40 workers on two cores.
    """
    began = time.monotonic()
    clashes = [clash for school in problem.schools if (clash := _clash_at(problem, school))]
    if clashes:
        raise Impossible(clashes)
    if not problem.schools:
        return Plan({}, 0.0, 0.0)
    holders, cost, bound = _optimise(problem)
    over = _teams_over(problem, holders)
    if over:
        raise Impossible([Clash(Why.TEAM_LIMIT, team=team) for team in over])
    gap = max(0.0, cost - bound) / cost if cost > 1e-6 else 0.0
    return Plan(holders, gap, time.monotonic() - began)


# --- what stands in the way ------------------------------------------------------------------


def _clash_at(problem, school):
    """The first ``Clash`` that leaves the school without a possible pair, or None."""
    free = [w for w in problem.workers if (school.key, w.key) not in problem.barred]
    pinned = {
        place: problem.pins[school.key, place]
        for place in PLACES
        if (school.key, place) in problem.pins
    }
    for key in pinned.values():
        if all(worker.key != key for worker in free):
            return Clash(Why.PINNED_BARRED, school.key, key)
    if len(pinned) > len(set(pinned.values())):
        return Clash(Why.PINNED_TWICE, school.key, next(iter(pinned.values())))
    if len(free) < len(PLACES):
        return Clash(Why.TOO_FEW if free else Why.NOBODY, school.key)
    nobody = tuple(day for day in WEEK if all(day not in worker.days for worker in free))
    if nobody:
        lifted = tuple(w.key for w in problem.workers if not w.days.isdisjoint(nobody))
        return Clash(Why.DAYS, school.key, days=nobody, lifted_by=lifted)
    pairs = [
        (one, other)
        for one, other in combinations(free, 2)
        if set(pinned.values()) <= {one.key, other.key}
    ]
    if problem.teams_apart:
        pairs = [(one, other) for one, other in pairs if one.team != other.team]
        if not pairs:
            return Clash(Why.TEAMS, school.key)
        pairs = [pair for pair in pairs if _may_be_pair(problem, school, pair, pinned)]
        if not pairs:
            return Clash(Why.CHANGES_PLACE, school.key)
    missing = min(
        (tuple(day for day in WEEK if day not in one.days | other.days) for one, other in pairs),
        key=len,
    )
    if missing:
        worker = next(iter(pinned.values()), None)
        return Clash(Why.PAIR, school.key, worker, days=missing)
    return None


def _may_be_pair(problem, school, pair, pinned):
    """The two can take the school's places, one way round or the other."""
    return any(
        all(
            pinned.get(place, worker.key) == worker.key
            and problem.may_take(school.key, place, worker.key)
            for place, worker in zip(PLACES, order, strict=True)
        )
        for order in (pair, pair[::-1])
    )


def _teams_over(problem, holders):
    if not problem.teams_apart:
        return []
    team_of = {worker.key: worker.team for worker in problem.workers}
    places = Counter(team_of[holder] for holder in holders.values())
    return [team for team, held in places.items() if held > problem.team_limit]


# --- the search ------------------------------------------------------------------------------


def _optimise(problem):
    """``(holders, cost, lower bound)``.

    A county has some 25,000 choices, far more than need looking at. The relaxation, in which a
    place may be shared, prices each of them: those priced within reach hold the good plans, and
    among them one is found in seconds. The whole model then only has to prove how good it is.
    """
    prices = _prices(problem)
    model = _Model(problem, prices)
    if len(prices) <= WHOLE:
        today = {key: 1.0 for key in prices if problem.held.get(key[::2]) == key[1]}
        return model.search(today, CLOSE_ENOUGH, SECONDS_TO_SEARCH)
    bound, reduced = model.relax()
    few = {key: price for key, price in prices.items() if reduced[key] <= WITHIN_REACH}
    holders, cost, _ = _Model(problem, few).search({}, CLOSE_ENOUGH, SECONDS_TO_SEARCH)
    if cost - bound <= PROVEN * cost:
        return holders, cost, bound
    found = {(school, worker, place): 1.0 for (school, place), worker in holders.items()}
    return model.search(found, PROVEN, SECONDS_TO_PROVE, only_prove=True)


def _prices(problem):
    """``{(school, worker, place): what it costs}`` for every choice there is."""
    weights, prices = problem.weights, {}
    for school in problem.schools:
        free = [w for w in problem.workers if (school.key, w.key) not in problem.barred]
        far = _distances(school, free)
        for place, other in (PLACES, PLACES[::-1]):
            pinned = problem.pins.get((school.key, place))
            held = problem.held.get((school.key, place))
            here = problem.held.get((school.key, other))
            part = 1.0 if place == PRIMARY else PART_OF_SECONDARY
            for worker in free:
                if pinned is not None and worker.key != pinned:
                    continue
                if not problem.may_take(school.key, place, worker.key):
                    continue
                if held == worker.key:
                    change = 0.0
                elif here == worker.key:
                    change = HALF_A_CHANGE
                else:
                    change = 0.0 if held is None else 1.0
                travel = part * far[worker.key] / FAR
                prices[school.key, worker.key, place] = (
                    weights.change * change + weights.travel * travel
                )
    return prices


def _distances(school, workers):
    """Kilometres from the middle of each worker's schools; the others' mean where unknown."""
    known = {w.key: math.dist(school.at, w.at) for w in workers if school.at and w.at}
    mean = sum(known.values()) / len(known) if known else 0.0
    return {worker.key: known.get(worker.key, mean) for worker in workers}


class _Model:
    """The mixed-integer programme over some choices, as HiGHS takes it.

    A choice is 1 when the worker holds that place of that school. Beside the choices there are
    variables for how far each worker is off their fair share and for who is in which family.
    """

    def __init__(self, problem, prices):
        self.problem, self.prices = problem, prices
        self.costs, self.uppers = [], []
        self.columns = {key: self.column(price, 1.0) for key, price in prices.items()}
        self.rows = []
        self.choices = defaultdict(list)
        for (school, worker, _), column in self.columns.items():
            self.choices[school, worker].append(column)
        self.fill_places()
        self.cover_days()
        self.keep_people_apart()
        self.balance()
        if problem.teams_apart:
            self.keep_teams_apart()

    def column(self, cost, upper=math.inf):
        self.costs.append(cost)
        self.uppers.append(upper)
        return len(self.costs) - 1

    def row(self, lower, entries, upper):
        self.rows.append((lower, upper, entries))

    def fill_places(self):
        """Every place of every school has exactly one holder (rules 001-47, 001-48)."""
        holders = defaultdict(list)
        for (school, _, place), column in self.columns.items():
            holders[school, place].append((column, 1.0))
        for entries in holders.values():
            self.row(1.0, entries, 1.0)

    def cover_days(self):
        """Somebody of the pair works on each day (rule 001-48)."""
        partly = [worker for worker in self.problem.workers if len(worker.days) < len(WEEK)]
        for school in self.problem.schools:
            for day in WEEK:
                if any(day not in w.days and (school.key, w.key) in self.choices for w in partly):
                    entries = [
                        (column, 1.0)
                        for worker in self.problem.workers
                        if day in worker.days
                        for column in self.choices.get((school.key, worker.key), ())
                    ]
                    self.row(1.0, entries, math.inf)

    def keep_people_apart(self):
        """Nobody holds both places of a school; whoever holds one is in its families.

        Each person in a family of feeder schools has a price, so that few share it.
        """
        families = {school.key: school.families for school in self.problem.schools}
        is_in = {}
        for (school, worker), columns in self.choices.items():
            entries = [(column, 1.0) for column in columns]
            if len(entries) > 1:
                self.row(-math.inf, entries, 1.0)
            for family in families[school]:
                if (family, worker) not in is_in:
                    is_in[family, worker] = self.column(self.problem.weights.feeders, 1.0)
                self.row(-math.inf, [*entries, (is_in[family, worker], -1.0)], 0.0)

    def balance(self):
        """Each worker's load is their fair share, more or less; more or less has a price.

        The price is for one school of middling load, so that it compares with moving one.
        """
        problem, unit = self.problem, self.problem.unit
        loads = [load for school in problem.schools for load in school.loads.values()]
        middling = sum(loads) / len(loads) or 1.0
        price = problem.weights.balance / middling
        entries = defaultdict(list)
        load_of = {school.key: school.loads for school in problem.schools}
        for (school, worker, place), column in self.columns.items():
            entries[worker].append((column, load_of[school][place]))
        for worker in problem.workers:
            if worker.capacity is None:
                continue
            share = worker.capacity * unit
            less = 0.0 if worker.may_have_less else price
            off = []
            for upper, times in ((FREE, 0), (BEARABLE - FREE, 1), (math.inf, 2)):
                # A worker without a share is off it by all they hold.
                room = upper if math.isinf(upper) else upper * share
                off.append((self.column(times * price, room), -1.0))
                off.append((self.column(times * less, room), 1.0))
            due = share - worker.elsewhere
            self.row(due, entries[worker.key] + off, due)

    def keep_teams_apart(self):
        """Two teams at each school, and no team with more places than its even part."""
        team_of = {worker.key: worker.team for worker in self.problem.workers}
        at_school, in_team = defaultdict(list), defaultdict(list)
        for (school, worker, _), column in self.columns.items():
            at_school[school, team_of[worker]].append((column, 1.0))
            in_team[team_of[worker]].append((column, 1.0))
        for entries in at_school.values():
            self.row(-math.inf, entries, 1.0)
        for entries in in_team.values():
            over = self.column(OVER_LIMIT)
            self.row(-math.inf, [*entries, (over, -1.0)], float(self.problem.team_limit))

    def relax(self):
        """``(lower bound, {choice: reduced cost})`` with places that may be shared."""
        highs = self.load()
        highs.setOptionValue("solve_relaxation", True)
        highs.run()
        reduced = highs.getSolution().col_dual
        bound = highs.getInfo().objective_function_value
        return bound, {key: reduced[column] for key, column in self.columns.items()}

    def search(self, start, close_enough, seconds, *, only_prove=False):
        """``(holders, cost, lower bound)``, from a ``start`` that need be neither whole nor right.

        Stops within ``close_enough`` of the bound, or after ``seconds``; with ``only_prove`` it
        works at the bound alone. RuntimeError when that was too short to find anything.
        """
        import numpy

        highs = self.load()
        highs.setOptionValue("mip_rel_gap", close_enough)
        highs.setOptionValue("time_limit", seconds)
        if only_prove:
            highs.setOptionValue("mip_heuristic_effort", 0.0)
        chosen = [self.columns[key] for key in start]
        if chosen:
            values = numpy.ones(len(chosen))
            highs.setSolution(len(chosen), numpy.array(chosen, dtype=numpy.int32), values)
        highs.run()
        info = highs.getInfo()
        if math.isinf(info.objective_function_value):
            raise RuntimeError(f"No plan in {seconds} seconds")
        values = highs.getSolution().col_value
        holders = {
            (school, place): worker
            for (school, worker, place), column in self.columns.items()
            if values[column] > 0.5
        }
        return holders, info.objective_function_value, info.mip_dual_bound

    def load(self):
        """A HiGHS instance with this model. Imported here: whoever only reads plans has no need
        of it, and a web worker stays small."""
        import highspy
        import numpy

        indexes, values, starts = [], [], [0]
        for _, _, entries in self.rows:
            for column, value in entries:
                indexes.append(column)
                values.append(value)
            starts.append(len(indexes))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.costs), len(self.rows)
        lp.col_cost_ = numpy.array(self.costs, dtype=float)
        lp.col_lower_ = numpy.zeros(len(self.costs))
        lp.col_upper_ = numpy.array(self.uppers, dtype=float)
        lp.row_lower_ = numpy.array([lower for lower, _, _ in self.rows], dtype=float)
        lp.row_upper_ = numpy.array([upper for _, upper, _ in self.rows], dtype=float)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = numpy.array(starts)
        lp.a_matrix_.index_ = numpy.array(indexes)
        lp.a_matrix_.value_ = numpy.array(values, dtype=float)
        kinds = highspy.HighsVarType
        lp.integrality_ = [
            kinds.kInteger if column < len(self.columns) else kinds.kContinuous
            for column in range(len(self.costs))
        ]
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.passModel(lp)
        return highs
