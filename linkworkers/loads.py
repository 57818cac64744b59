"""What each link worker carries now, against the fair share of their team (rule 001-52)."""

from collections import defaultdict
from dataclasses import dataclass

from linkworkers.load import capacity_of, fair_share, load_of, with_load
from linkworkers.models import PLACES, Allocation, LinkWorker
from schools.models import School, SchoolType

# In per cent of a fair share; from here on somebody carries too much.
OVERLOADED = 115


@dataclass(frozen=True)
class Loads:
    """What the link workers of some hubs carry, and what would be fair.

    ``schools`` are those the hubs and workers have, each ready for ``load_of``; ``held`` are the
    live allocations by worker id, ``carried`` their load, ``shares`` a full-time worker's fair
    share by hub id.
    """

    link_workers: list
    schools: dict
    held: dict
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


def loads_of(hubs):
    """The ``Loads`` of these hubs; four queries, however many schools and workers they have.

    A team shares out both places of every open school of its hub, whoever holds them, and what
    its people hold beside; the county's colleges are shared out by the county (rule 001-51).
    """
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
        carried[worker.pk] = 0.0
        for allocation in held[worker.pk]:
            load = load_of(known[allocation.school_id], allocation.kind)
            carried[worker.pk] += load
            if allocation.school_id in outside or allocation.hub_id != worker.hub_id:
                to_share[worker.hub_id] += load
    return Loads(
        link_workers=team,
        schools=known,
        held=held,
        carried=carried,
        shares={hub: fair_share(to_share[hub], workers) for hub, workers in teams.items()},
    )
