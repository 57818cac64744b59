"""What allocations entitle link workers to; the grants are made from it and checked against it.

A link worker supports their school and the schools it grew out of, from the day the allocation
begins until it ends or is suspended (design.md 3, rule 001-53).
"""

from accounts.grants import Entitlement
from linkworkers.models import Allocation
from schools.entitlements import predecessor_ids

ALLOCATION = "allocation"


def of_allocations(allocations):
    """The entitlements of these allocations, with their workers loaded; one query."""
    allocations = list(allocations)
    earlier = predecessor_ids({allocation.school_id for allocation in allocations})
    for allocation in allocations:
        ends = [at for at in (allocation.ends_at, allocation.suspended_at) if at]
        ends_at = max(min(ends), allocation.starts_at) if ends else None
        for school_id in (allocation.school_id, *earlier.get(allocation.school_id, ())):
            yield Entitlement(
                allocation.link_worker.user_id,
                "support_school",
                school_id,
                ALLOCATION,
                allocation.pk,
                allocation.starts_at,
                ends_at,
            )


def of_all_allocations():
    """Every entitlement from an allocation, ended ones included, for ``verify_grants``."""
    return of_allocations(Allocation.objects.select_related("link_worker"))
