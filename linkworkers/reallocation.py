"""A link worker leaves or moves: the places they hold, who could take each, and what follows.

Read in a fixed number of queries, however many schools they hold. The guidance is that of
``linkworkers.comparison``, with all the moves made.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from accounts.models import current
from govuk.words import listed
from linkworkers import policies
from linkworkers.load import OVERLOADED, load_of, loads_of, with_load
from linkworkers.models import PLACES, Allocation, LinkWorker, Weekday, WorkerKind, whole_week
from schools.models import OwnChildConflict, School


@dataclass
class Place:
    """One place that the worker holds now, and who could take it.

    ``load`` is what it weighs. ``beside`` holds the other place, or is None. ``barred`` says of
    link workers, by id, why they cannot take it.
    """

    allocation: Allocation
    load: float
    beside: Allocation | None = None
    barred: dict = field(default_factory=dict)

    @property
    def key(self):
        """What a form calls it."""
        return str(self.allocation.pk)

    @property
    def school(self):
        return self.allocation.school

    def may_go_to(self, link_worker):
        return link_worker.pk not in self.barred


class Reallocation:
    """The places of ``link_worker`` that ``user`` may give to others.

    ``places`` are those held now; ``apart`` are allocations dealt with elsewhere: at colleges of
    rule 001-51, named as cover, or yet to begin. ``team`` can take schools; ``choices`` below
    are ``{place key: LinkWorker}``, and ``plans_held`` is ``{user id: plans for families}``.
    """

    def __init__(self, user, link_worker, plans_held=None):
        self.link_worker = link_worker
        self.places, self.apart = [], []
        for allocation in (
            link_worker.allocations.not_ended()
            .select_related("school__hub")
            .order_by("school__name", "school__urn", "kind")
        ):
            if not policies.may_allocate(user, allocation.school):
                continue
            allocation.link_worker = link_worker
            is_place = allocation.kind in PLACES and allocation.has_begun
            if is_place and not allocation.school.is_apc:
                self.places.append(Place(allocation, 0.0))
            else:
                self.apart.append(allocation)
        schools = {place.school.pk for place in self.places}
        known = with_load(School.objects.filter(pk__in=schools)).in_bulk()
        for place in self.places:
            place.load = load_of(known[place.school.pk], place.allocation.kind)
        self.hubs = {place.school.hub_id for place in self.places}
        self.team = [
            worker
            for worker in LinkWorker.objects.in_post()
            .with_names()
            .order_by("hub__name", "user__name")
            if worker != link_worker
        ]
        teams = {*self.hubs, *(worker.hub_id for worker in self.team)}
        self.loads = loads_of(teams, plans_held)
        self._bar(schools)

    def _bar(self, schools):
        by_user = {worker.user_id: worker.pk for worker in self.team}
        conflicts = defaultdict(set)
        for school, user in OwnChildConflict.objects.filter(
            current(), school__in=schools, user__in=by_user
        ).values_list("school", "user"):
            conflicts[school].add(by_user[user])
        others = defaultdict(list)
        for other in Allocation.objects.not_ended().filter(school__in=schools).with_names():
            if other.link_worker_id != self.link_worker.pk:
                others[other.school_id].append(other)
        for place in self.places:
            for worker in self.team:
                if not policies.is_of_its_hub(worker, place.school):
                    place.barred[worker.pk] = "works in another hub"
            for other in others[place.school.pk]:
                place.barred[other.link_worker_id] = f"{other.get_kind_display().lower()} there"
                if other.kind in PLACES and other.is_live and other.link_worker.user.is_active:
                    place.beside = other
            for worker in conflicts[place.school.pk]:
                place.barred[worker] = "conflict declared"

    def place(self, key):
        """The place that a form calls ``key``, or None."""
        return next((place for place in self.places if place.key == key), None)

    def team_for(self, place):
        """``[(hub, [link worker, …]), …]``, the school's own hub first."""
        teams = {}
        for worker in self.team:
            teams.setdefault(worker.hub, []).append(worker)
        return sorted(teams.items(), key=lambda team: team[0].pk != place.school.hub_id)

    # --- loads ---------------------------------------------------------------------------------

    def more_for(self, choices):
        """``{worker id: load}`` that these choices add, the leaver's own being taken away."""
        more = defaultdict(float)
        for key, worker in choices.items():
            place = self.place(key)
            more[worker.pk] += place.load
            if not place.allocation.suspended_at:
                more[self.link_worker.pk] -= place.load
        return more

    def before_and_after(self, choices):
        """``[(link worker, per cent of a fair share now, and then), …]`` of all concerned."""
        more = self.more_for(choices)
        concerned = {worker.pk: worker for worker in (self.link_worker, *choices.values())}
        rows = [
            (worker, self.loads.percent(worker), self.loads.percent(worker, more[worker.pk]))
            for worker in concerned.values()
        ]
        return sorted(rows, key=lambda row: (row[0] != self.link_worker, str(row[0])))

    # --- who should take what ------------------------------------------------------------------

    def suggestions(self):
        """A choice for every place that somebody of its hub can take: the heaviest first.

        Who covers the days on which nobody else is there, then who has the most room.
        """
        more, chosen = defaultdict(float), {}
        for place in sorted(self.places, key=lambda place: -place.load):
            free = [w for w in self._own_team(place) if place.may_go_to(w)]
            if not free:
                continue
            best = min(
                free,
                key=lambda worker: (
                    len(_left(worker, place)),
                    self.loads.strain(worker, more[worker.pk] + place.load) or 0,
                    str(worker),
                ),
            )
            chosen[place.key] = best
            more[best.pk] += place.load
        return chosen

    def against(self, choices):
        """``{place key: what it holds against them}`` of the choices against the guidance."""
        more = self.more_for(choices)
        found = {}
        for key, worker in choices.items():
            reasons = list(self._reasons(self.place(key), worker, more))
            if reasons:
                found[key] = listed(reasons)
        return found

    def _reasons(self, place, worker, more):
        rivals = [w for w in self._own_team(place) if place.may_go_to(w) and w != worker]
        left = _left(worker, place)
        better = next((w for w in rivals if len(_left(w, place)) < len(left)), None)
        if better:
            days = [day for day in left if day not in _left(better, place)]
            named = listed([Weekday(day).label for day in days])
            yield f"nobody is there on {named}, when {better} would be"
        if (self.loads.strain(worker, more[worker.pk]) or 0) > OVERLOADED:
            lighter = {
                w: self.loads.strain(w, more[w.pk] + place.load) or 0
                for w in rivals
                if not _left(w, place)
            }
            best = min(lighter, key=lambda w: (w.kind == WorkerKind.TM, lighter[w]), default=None)
            if best and lighter[best] <= OVERLOADED:
                then = self.loads.percent(worker, more[worker.pk])
                instead = self.loads.percent(best, more[best.pk] + place.load)
                yield f"{then}% of a fair share, when {best} would be at {instead}%"

    def _own_team(self, place):
        return [worker for worker in self.team if worker.hub_id == place.school.hub_id]


def _left(worker, place):
    """The weekdays without anybody when ``worker`` takes the place."""
    if place.beside is None:
        return ()
    there = {*worker.working_days, *place.beside.link_worker.working_days}
    return tuple(day for day in whole_week() if day not in there)
