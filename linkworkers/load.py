"""How much work a school is for its link workers, and who carries how much (rule 001-52).

For comparing people and planning who holds what, never shown as a fact about the school. A middling
primary school is about 1.5 for its primary link worker.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from linkworkers.models import (
    PLACES,
    Allocation,
    AllocationKind,
    EnhancedSupport,
    LinkWorker,
    WorkerKind,
)
from schools.models import School, SchoolType

EVERY_SCHOOL = 1.0
# Pupils who make one more of it; taken where the register does not say how many there are.
PUPILS, PUPILS_UNKNOWN = 500, 200
PHASES = {
    SchoolType.SECONDARY: 0.5,
    SchoolType.ALL_THROUGH: 0.5,
    SchoolType.SPECIAL: 0.5,
    SchoolType.APC: 1.0,
}
ENHANCED_SUPPORT = 1.0
# Added in full where every pupil has free school meals.
FREE_MEALS = 2.0
PARTS = {
    AllocationKind.PRIMARY: 1.0,
    AllocationKind.SECONDARY: 0.4,
    AllocationKind.COVER: 0.4,
}
# A plan for a family that somebody holds beside their schools (rule 001-84).
PLAN_HELD = 0.5
# A team manager's part of what a link worker of the same hours carries.
MANAGERS_PART = 0.3
# In per cent of a fair share; from here on somebody carries too much.
OVERLOADED = 115
# The fair share stands at 100 of a bar's width; longer ones stop at its end.
WIDEST = 150


def with_load(schools):
    """The query-set of schools with what ``load_of`` asks of each."""
    enhanced = EnhancedSupport.objects.filter(school=OuterRef("pk"), ended_at__isnull=True)
    return schools.annotate(has_enhanced_support=Exists(enhanced))


def load_of(school, kind):
    """The load of one place of a school from ``with_load``: its size, phase and needs."""
    pupils = PUPILS_UNKNOWN if school.pupils is None else school.pupils
    whole = (
        EVERY_SCHOOL
        + pupils / PUPILS
        + PHASES.get(school.type_group, 0.0)
        + ENHANCED_SUPPORT * school.has_enhanced_support
        + FREE_MEALS * float(school.free_meals or 0) / 100
    )
    return whole * PARTS[kind]


def plans_load(link_worker, plans_held):
    """The load of the plans that a worker holds; ``plans_held`` is ``{user id: plans}``."""
    return PLAN_HELD * plans_held.get(link_worker.user_id, 0)


def capacity_of(link_worker):
    """Their part of what a team carries, in full-time link workers."""
    part = MANAGERS_PART if link_worker.kind == WorkerKind.TM else 1.0
    return float(link_worker.fte) * part


def fair_share(load, link_workers):
    """The part of ``load`` that is fair for one full-time worker among these; 0 for nobody."""
    capacity = sum(map(capacity_of, link_workers))
    return load / capacity if capacity else 0.0


# --- what people carry ---------------------------------------------------------------------


def bar_of(percent):
    """The width of the bar that draws a load in per cent of a fair share, or None, which is 0."""
    return min(percent or 0, WIDEST)


@dataclass(frozen=True)
class Loads:
    """What the link workers of some hubs carry, and what would be fair.

    ``schools`` are those the hubs and workers have, each ready for ``load_of``; ``held`` are the
    live allocations by worker id, ``plans`` how many plans for families each holds, ``carried``
    the load of both, ``shares`` a full-time worker's fair share by hub id.
    """

    link_workers: list
    schools: dict
    held: dict
    plans: dict
    carried: dict
    shares: dict

    def percent(self, link_worker, more=0.0):
        """Their load in per cent of a fair share for their hours, changed by ``more``; or None.

        None where there is nothing to share.
        """
        share = self.shares.get(link_worker.hub_id, 0.0) * float(link_worker.fte)
        return round(100 * self._load(link_worker, more) / share) if share else None

    def strain(self, link_worker, more=0.0):
        """As ``percent``, of what is theirs to carry: a team manager's part is small; or None."""
        share = self.shares.get(link_worker.hub_id, 0.0) * capacity_of(link_worker)
        return round(100 * self._load(link_worker, more) / share) if share else None

    def _load(self, link_worker, more):
        return max(self.carried.get(link_worker.pk, 0.0) + more, 0.0)


def loads_of(hubs, plans_held=None):
    """The ``Loads`` of these hubs; four queries, however many schools and workers they have.

    ``plans_held`` is ``{user id: plans for families}``. A team shares out both places of every
    open school of its hub, whoever holds them, and what its people hold beside; the county's
    colleges are shared out by the county (rule 001-51).
    """
    plans_held = plans_held or {}
    team = list(LinkWorker.objects.in_post().filter(hub__in=hubs).with_names())
    own = with_load(School.objects.open().filter(hub__in=hubs)).exclude(type_group=SchoolType.APC)
    schools = {school.pk: school for school in own}
    held = defaultdict(list)
    for allocation in Allocation.objects.live().filter(link_worker__in=team).order_by("starts_at"):
        held[allocation.link_worker_id].append(allocation)
    outside = {a.school_id for found in held.values() for a in found} - schools.keys()
    known = schools | {
        school.pk: school for school in with_load(School.objects.filter(pk__in=outside))
    }
    carried, to_share, teams = {}, defaultdict(float), defaultdict(list)
    for school in schools.values():
        to_share[school.hub_id] += sum(load_of(school, place) for place in PLACES)
    for worker in team:
        teams[worker.hub_id].append(worker)
        carried[worker.pk] = plans_load(worker, plans_held)
        to_share[worker.hub_id] += carried[worker.pk]
        for allocation in held[worker.pk]:
            load = load_of(known[allocation.school_id], allocation.kind)
            carried[worker.pk] += load
            if allocation.school_id in outside or allocation.hub_id != worker.hub_id:
                to_share[worker.hub_id] += load
    return Loads(
        link_workers=team,
        schools=known,
        held=held,
        plans={worker.pk: plans_held.get(worker.user_id, 0) for worker in team},
        carried=carried,
        shares={hub: fair_share(to_share[hub], workers) for hub, workers in teams.items()},
    )
