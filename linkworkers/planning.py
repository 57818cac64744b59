"""From the register to the planner and back: a plan's problem read, its outcome written down.

Shapes, as JSON with ids as text:

``wishes`` is ``{"weights": {"balance": "much", "change": …, "feeders": …, "travel": …},
"managers": "some", "pins": [[school, place, worker], …], "forbids": [[school, worker], …],
"leave": [school, …]}``.

``outcome`` of a plan that holds is ``{"seconds", "gap", "gaps": schools without two people all
week today, "holders": {school: fingerprint}, "workers": [{"worker", "today", "planned",
"km_today", "km_planned"}, …], "moves": [{"school", "place", "held", "to", "why": [[code, …], …]},
…], "together": [[family's school, …], …], "placed": [schools with a place on the map, of all]}``;
of one that does not, ``{"clashes": [{"why", "school", "worker", "team", "days", "because"}, …]}``.
Loads are in per cent of a fair share for the worker's hours, distances in km a day.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.models import current
from linkworkers import planner
from linkworkers.load import load_of, plans_load, with_load
from linkworkers.models import PLACES, Allocation, CountyAgreement, LinkWorker, WorkerKind
from linkworkers.planner import Bar
from schools.models import OwnChildConflict, School, SchoolType
from schools.scope import scope_of

LEVELS = {"little": 0.3, "some": 1.0, "much": 3.0}
# A team manager's part of a full-time worker's load.
MANAGERS = {"none": 0.0, "little": 0.15, "some": 0.3, "much": 0.5}
DEFAULT_WISHES = {
    "weights": {"balance": "much", "change": "much", "feeders": "some", "travel": "some"},
    "managers": "some",
    "pins": [],
    "forbids": [],
    "leave": [],
}
# Changes smaller than these are no reason for a move.
NOTABLE_LOAD, NOTABLE_KM = 3, 1.0


def schools_of(hub, user):
    """What a plan shares out: a hub's open schools, or with no hub the county's colleges.

    A school that the user's own child attends is left out (rule 001-53).
    """
    schools = School.objects.open().exclude(pk__in=scope_of(user).excluded)
    if hub is None:
        return schools.filter(type_group=SchoolType.APC)
    return schools.filter(hub=hub).exclude(type_group=SchoolType.APC)


def as_seen_by(user, plan):
    """The plan, without what it says of a school that the user's own child attends (001-53).

    For reading and for the next wishes: it is not to be saved. ``is_whole`` is False when moves
    were left out, and so somebody else applies it.
    """
    closed = {str(pk) for pk in scope_of(user).excluded}
    outcome = plan.outcome
    if not closed:
        return plan
    moves = [_without(closed, move) for move in outcome.get("moves", [])]
    plan.is_whole = all(moves)
    plan.outcome = outcome | {
        "moves": [move for move in moves if move],
        "clashes": [c for c in outcome.get("clashes", []) if c["school"] not in closed],
        "together": [f for f in outcome.get("together", []) if closed.isdisjoint(f)],
    }
    wishes = DEFAULT_WISHES | plan.wishes
    plan.wishes = wishes | {
        "pins": [pin for pin in wishes["pins"] if pin[0] not in closed],
        "forbids": [pair for pair in wishes["forbids"] if pair[0] not in closed],
        "leave": [school for school in wishes["leave"] if school not in closed],
    }
    return plan


def _without(closed, move):
    """A move with the reasons that name none of the ``closed`` schools; None when it is at one."""
    if move["school"] in closed:
        return None
    told = [why for why in move["why"] if why[0] != "family" or why[1] not in closed]
    return move | {"why": told}


@dataclass
class Reading:
    """A plan's part of the register at one moment, and the ``planner.Problem`` in it.

    ``held`` and ``coming`` map ``(school, place)`` to the allocation that holds it now, whatever
    its state, and the one that begins later; ``proposed`` has the places that wait for the
    county. ``fingerprints`` change when somebody else comes to hold a school. ``outside`` says
    where, on the ground, the schools are that a worker holds beside these.
    """

    schools: dict
    workers: dict
    held: dict
    coming: dict
    proposed: dict
    fingerprints: dict
    outside: dict
    problem: planner.Problem
    is_county: bool

    @property
    def spoken_for(self):
        """Places that are decided already: somebody is to begin there, or is proposed."""
        return self.coming.keys() | self.proposed.keys()


def fingerprints_of(schools):
    """``{school id: text}`` that differs once its holders do; one query."""
    found = {str(pk): [] for pk in schools}
    rows = Allocation.objects.filter(school__in=schools).not_ended().order_by("pk")
    for school, pk, suspended, ends_at in rows.values_list(
        "school", "pk", "suspended_at", "ends_at"
    ):
        found[str(school)].append(f"{pk}{'s' * bool(suspended)}{'e' * bool(ends_at)}")
    return {school: " ".join(parts) for school, parts in found.items()}


def read(plan):
    """The ``Reading`` of an ``AllocationPlan``; a fixed number of queries."""
    return _Reader(plan).read()


class _Reader:
    """One reading, query by query. Keys of schools and workers are their ids."""

    def __init__(self, plan):
        self.hub, self.wishes = plan.hub, DEFAULT_WISHES | plan.wishes
        self.now = timezone.now()
        schools = schools_of(plan.hub, plan.asked_by).exclude(pk__in=self.wishes["leave"])
        self.schools = {school.pk: school for school in with_load(schools)}
        self.held, self.coming, self.barred = {}, {}, {}
        self.elsewhere, self.outside = defaultdict(float), defaultdict(list)
        self.plans_held = {UUID(user): number for user, number in plan.plans_held.items()}

    def read(self):
        # Taken first: what changes while the rest is read makes the plan stale, never wrong.
        fingerprints = fingerprints_of(self.schools)
        allocations = self.read_workers()
        self.read_conflicts()
        self.read_allocations(allocations)
        self.bar_guests()
        for school, worker in self.wishes["forbids"]:
            self.bar(_id(self.schools, school), _id(self.workers, worker), Bar.FORBIDDEN)
        proposed = self.read_proposals()
        problem = planner.Problem(
            schools=self.problem_schools(),
            workers=[self.problem_worker(worker) for worker in self.workers.values()],
            held=self.stays,
            barred=self.barred,
            pins=self.pins(proposed),
            weights=planner.Weights(
                **{aim: LEVELS[level] for aim, level in self.wishes["weights"].items()}
            ),
            teams_apart=self.hub is None,
        )
        return Reading(
            schools=self.schools,
            workers=self.workers,
            held=self.held,
            coming=self.coming,
            proposed=proposed,
            fingerprints=fingerprints,
            outside=self.outside,
            problem=problem,
            is_county=self.hub is None,
        )

    def bar(self, school, worker, why):
        if school is not None and worker is not None:
            self.barred.setdefault((school, worker), why)

    def read_workers(self):
        """The team, and whoever holds a school of it from outside; returns all they hold."""
        in_post = LinkWorker.objects.in_post().with_names().order_by("user__name")
        here = Q(allocations__school__in=self.schools) & current(self.now, prefix="allocations__")
        found = in_post if self.hub is None else in_post.filter(Q(hub=self.hub) | here).distinct()
        pinned = {worker for _, _, worker in self.wishes["pins"]}
        part = MANAGERS[self.wishes["managers"]]
        self.workers = {
            worker.pk: worker
            for worker in found
            if worker.kind != WorkerKind.TM or part or str(worker.pk) in pinned
        }
        for worker in self.workers.values():
            self.elsewhere[worker.pk] += plans_load(worker, self.plans_held)
        return (
            Allocation.objects.filter(
                Q(school__in=self.schools) | Q(link_worker__in=self.workers) & current(self.now)
            )
            .not_ended(self.now)
            .with_names()
            .order_by("starts_at")
        )

    def read_conflicts(self):
        by_user = {worker.user_id: worker.pk for worker in self.workers.values()}
        declared = OwnChildConflict.objects.filter(
            current(self.now), user__in=by_user, school__in=self.schools
        )
        for school, user in declared.values_list("school", "user"):
            self.bar(school, by_user[user], Bar.CONFLICT)

    def read_allocations(self, allocations):
        """Who holds what: who stays if nothing changes, who cannot, and who carries what else."""
        self.stays = {}
        outside = []
        for allocation in allocations:
            school, worker = allocation.school_id, allocation.link_worker_id
            place = school, allocation.kind
            if school not in self.schools:
                if not allocation.suspended_at:
                    outside.append(allocation)
            elif allocation.kind not in PLACES:
                self.bar(school, worker, Bar.BUSY)
            elif allocation.starts_at > self.now:
                self.coming[place] = allocation
            else:
                self.held[place] = allocation
                if allocation.suspended_at or allocation.ends_at:
                    self.bar(school, worker, Bar.BUSY)
                elif worker in self.workers:
                    self.stays[place] = worker
        loads = {
            school.pk: school
            for school in with_load(School.objects.filter(pk__in={a.school_id for a in outside}))
        }
        self.places = places_of([*self.schools.values(), *loads.values()])
        for allocation in outside:
            school, worker = allocation.school_id, allocation.link_worker_id
            self.elsewhere[worker] += load_of(loads[school], allocation.kind)
            if school in self.places:
                self.outside[worker].append(self.places[school])

    def bar_guests(self):
        """A worker of another hub keeps what they hold here, and is offered nothing else."""
        at = {(school, worker) for (school, _), worker in self.stays.items()}
        for worker in self.workers.values():
            if self.is_guest(worker):
                for school in self.schools:
                    if (school, worker.pk) not in at:
                        self.bar(school, worker.pk, Bar.GUEST)

    def is_guest(self, worker):
        return self.hub is not None and worker.hub_id != self.hub.pk

    def read_proposals(self):
        if self.hub is not None:
            return {}
        proposals = CountyAgreement.objects.open().filter(school__in=self.schools)
        return {
            (school, place): worker
            for school, place, worker in proposals.values_list("school", "kind", "link_worker")
        }

    def pins(self, proposed):
        """What the manager pinned, and what is decided already."""
        pins = {}
        for school, place, worker in self.wishes["pins"]:
            school = _id(self.schools, school)
            if school is not None:
                pins[school, place] = _id(self.workers, worker) or worker
        decided = {place: coming.link_worker_id for place, coming in self.coming.items()} | proposed
        for (school, place), worker in decided.items():
            if worker in self.workers and (school, worker) not in self.barred:
                pins[school, place] = worker
        return pins

    # --- what the planner takes -----------------------------------------------------------------

    def problem_schools(self):
        families = self.families()
        return [
            planner.School(
                key=school.pk,
                loads={place: load_of(school, place) for place in PLACES},
                at=self.places.get(school.pk),
                families=tuple(families[school.pk]),
            )
            for school in self.schools.values()
        ]

    def families(self):
        """``{school: [the schools that its family of feeders goes on to]}``."""
        links = School.feeders.through.objects.filter(
            Q(from_school__in=self.schools) | Q(to_school__in=self.schools)
        ).values_list("from_school", "to_school")
        members = defaultdict(set)
        for target, feeder in links:
            members[target] |= {target, feeder} & self.schools.keys()
        found = defaultdict(list)
        for target, schools in sorted(members.items()):
            if len(schools) > 1:
                for school in schools:
                    found[school].append(target)
        return found

    def problem_worker(self, worker):
        is_manager = worker.kind == WorkerKind.TM
        part = MANAGERS[self.wishes["managers"]] if is_manager else 1.0
        own = [school for (school, _), holder in self.stays.items() if holder == worker.pk]
        return planner.Worker(
            key=worker.pk,
            team=worker.hub_id,
            days=frozenset(worker.working_days),
            capacity=None if self.is_guest(worker) else float(worker.fte) * part,
            elsewhere=self.elsewhere[worker.pk],
            at=middle_of(
                [self.places[school] for school in own if school in self.places]
                + self.outside[worker.pk]
            ),
            may_have_less=is_manager,
        )


def _id(rows, text):
    """The key among ``rows`` that reads as ``text``, or None."""
    return next((pk for pk in rows if str(pk) == str(text)), None)


# --- on the ground ---------------------------------------------------------------------------


def places_of(schools):
    """``{school id: (easting, northing)}`` in km; one query.

    A school without coordinates is put where the others of its postcode district are; one whose
    district has none is left out.
    """
    districts = defaultdict(list)
    known = School.objects.filter(easting__isnull=False, northing__isnull=False)
    for postcode, easting, northing in known.order_by().values_list(
        "postcode", "easting", "northing"
    ):
        districts[postcode.partition(" ")[0]].append((easting / 1000, northing / 1000))
    found = {}
    for school in schools:
        if school.easting and school.northing:
            found[school.pk] = school.easting / 1000, school.northing / 1000
        elif middle := middle_of(districts.get(school.postcode.partition(" ")[0], [])):
            found[school.pk] = middle
    return found


def middle_of(points):
    """The middle of some places, or None of none."""
    if not points:
        return None
    return tuple(sum(values) / len(points) for values in zip(*points, strict=True))


def km_a_day(points):
    """From the middle of somebody's schools to one of them and back, as the crow flies."""
    middle = middle_of(points)
    if middle is None:
        return 0.0
    return 2 * sum(math.dist(middle, point) for point in points) / len(points)


# --- what came of it -------------------------------------------------------------------------


def outcome_of(reading, plan):
    """The ``outcome`` of a ``planner.Plan``, as JSON."""
    return _Outcome(reading, plan.holders).as_json() | {
        "seconds": round(plan.seconds, 1),
        "gap": round(plan.gap, 4),
    }


def outcome_of_clashes(reading, clashes):
    """The ``outcome`` of ``planner.Impossible``, as JSON."""
    return {
        "clashes": [
            {
                "why": clash.why.value,
                "school": _text(clash.school),
                "worker": _text(clash.worker),
                "team": _text(clash.team),
                "days": list(clash.days),
                "because": sorted(
                    {
                        bar.value
                        for (school, worker), bar in reading.problem.barred.items()
                        if school == clash.school
                        and (worker in clash.lifted_by or worker == clash.worker)
                    }
                ),
            }
            for clash in clashes
        ]
    }


def _text(key):
    return None if key is None else str(key)


class _Outcome:
    """Before and after, and why each place changes hands."""

    def __init__(self, reading, holders):
        self.reading, self.problem, self.holders = reading, reading.problem, holders
        self.workers = {worker.key: worker for worker in self.problem.workers}
        self.schools = {school.key: school for school in self.problem.schools}
        self.before = self.percents(self.problem.held)
        self.after = self.percents(holders)
        self.new_places = defaultdict(set)
        for (school, place), worker in holders.items():
            if self.problem.held.get((school, place)) != worker:
                self.new_places[worker].add((school, place))

    def as_json(self):
        return {
            "gaps": sum(bool(self.days_missing(s, self.problem.held)) for s in self.schools),
            "holders": self.reading.fingerprints,
            "workers": self.worker_rows(),
            "moves": self.moves(),
            "together": self.together(),
            "placed": [sum(s.at is not None for s in self.schools.values()), len(self.schools)],
        }

    def percents(self, holders):
        """``{worker: load}`` in per cent of a fair share for their hours; guests left out."""
        unit, loads = self.problem.unit, self.problem.loads(holders)
        return {
            key: round(100 * loads[key] / (unit * float(self.reading.workers[key].fte)))
            for key, worker in self.workers.items()
            if worker.capacity is not None and unit
        }

    def worker_rows(self):
        concerned = {*self.problem.held.values(), *self.holders.values()}
        rows = [
            {
                "worker": str(key),
                "today": self.before[key],
                "planned": self.after[key],
                "km_today": self.km_of(key, self.problem.held),
                "km_planned": self.km_of(key, self.holders),
            }
            for key in self.before
            if not self.reading.is_county or key in concerned
        ]
        # Managers, who carry less on purpose, stand at the end.
        return sorted(
            rows,
            key=lambda row: (
                self.reading.workers[_id(self.workers, row["worker"])].kind == WorkerKind.TM,
                -row["today"],
            ),
        )

    def km_of(self, worker, holders):
        at = [self.schools[s].at for (s, _), holder in holders.items() if holder == worker]
        outside = self.reading.outside.get(worker, [])
        return round(km_a_day([*(point for point in at if point), *outside]), 1)

    def together(self):
        """The families of feeder schools that share a worker throughout, as lists of schools."""
        members = defaultdict(set)
        for school in self.schools.values():
            for family in school.families:
                members[family].add(school.key)
        return [
            sorted(str(school) for school in schools)
            for schools in members.values()
            if set.intersection(*(self.people(school, self.holders) for school in schools))
        ]

    def people(self, school, holders):
        found = (holders.get((school, place)) for place in PLACES)
        return {worker for worker in found if worker is not None}

    def days_missing(self, school, holders):
        """The days nobody is there, or all of them while a place is empty."""
        people = self.people(school, holders)
        if len(people) < len(PLACES):
            return list(planner.WEEK)
        covered = frozenset().union(*(self.workers[worker].days for worker in people))
        return [day for day in planner.WEEK if day not in covered]

    # --- moves and their reasons ----------------------------------------------------------------

    def moves(self):
        moves = []
        for school in self.reading.schools:
            for place in PLACES:
                key, to = (school, place), self.holders[school, place]
                if key in self.reading.spoken_for or self.problem.held.get(key) == to:
                    continue
                held = self.reading.held.get(key)
                moves.append(
                    {
                        "school": str(school),
                        "place": place.value,
                        "held": held and str(held.pk),
                        "from": held and str(held.link_worker_id),
                        "to": str(to),
                        "why": self.reasons(key, held, to),
                    }
                )
        return sorted(moves, key=lambda move: move["held"] is not None)

    def reasons(self, key, held, to):
        """Codes with their numbers, the weightiest first; ``plan_words`` says them."""
        school, _ = key
        found = []
        if self.problem.pins.get(key) == to:
            found.append(["pinned"])
        found += self.why_not_as_now(key, held)
        found += self.days_gained(school, held, to)
        if len(found) < 2 and held is not None:
            found += self.load_reasons(key, to)
        if to in self.people(school, self.problem.held):
            found.append(["knows"])
        found += self.family_reasons(school, to)
        if held is not None and len(found) < 2:
            found += self.nearer(school, held.link_worker_id, to)
        if not found or (len(found) == 1 and found[0][0] in ("gap", "knows")):
            found += self.room(key, held, to)
        return found[:3] or [["even"]]

    def why_not_as_now(self, key, held):
        school = key[0]
        if held is None:
            return [["gap"]]
        worker = held.link_worker_id
        bar = self.problem.barred.get((school, worker))
        if worker not in self.workers:
            return [["gone", str(worker)]]
        if bar is Bar.CONFLICT:
            return [["conflict", str(worker)]]
        if bar is Bar.FORBIDDEN:
            return [["forbidden", str(worker)]]
        if held.ends_at:
            return [["ends", str(worker)]]
        if held.suspended_at:
            return [["suspended", str(worker)]]
        return []

    def days_gained(self, school, held, to):
        """Days that nobody covered and the new worker does."""
        people = self.people(school, self.problem.held)
        if not people:
            return []
        covered = frozenset().union(*(self.workers[worker].days for worker in people))
        gained = sorted(self.workers[to].days - covered)
        if not gained:
            return []
        if held is None and len(people) == 1:
            return [["days_beside", str(to), gained, str(next(iter(people)))]]
        return [["days", gained]]

    def load_reasons(self, key, to):
        found = []
        loser = self.problem.held.get(key)
        if self.lightens(loser) and self.before[loser] > 100:
            found.append(["lighter", str(loser), self.before[loser], self.after[loser]])
        elif self.lightens(to, up=True) and self.before[to] < 100:
            found.append(["room", str(to), self.before[to], self.after[to]])
        return found

    def lightens(self, worker, *, up=False):
        if worker not in self.before:
            return False
        change = self.after[worker] - self.before[worker]
        return change >= NOTABLE_LOAD if up else change <= -NOTABLE_LOAD

    def family_reasons(self, school, to):
        """A school of the same family that the new worker holds, in the plan."""
        for family in self.schools[school].families:
            for other in self.schools.values():
                if other.key != school and family in other.families:
                    for place in PLACES:
                        if self.holders.get((other.key, place)) == to:
                            return [["family", str(other.key), str(to), place.value]]
        return []

    def nearer(self, school, worker, to):
        at, old, new = self.schools[school].at, self.workers.get(worker), self.workers[to]
        if not (at and old and old.at and new.at):
            return []
        km = math.dist(at, old.at) - math.dist(at, new.at)
        return [["nearer", str(to), round(km)]] if km >= NOTABLE_KM else []

    def room(self, key, held, to):
        """Somebody makes room for their new schools, or has it."""
        if held is not None:
            others = self.new_places[held.link_worker_id] - {key}
            if others:
                return [["makes_room", str(held.link_worker_id), len(others)]]
        if self.before.get(to, 100) < 100:
            return [["room", str(to), self.before[to], self.after[to]]]
        return []
