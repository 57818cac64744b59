"""A school's link workers, each with what the viewer may know of them (rule 000-3)."""

from dataclasses import dataclass

from linkworkers import policies
from linkworkers.models import PLACES, Allocation
from linkworkers.weeks import week_of


@dataclass(frozen=True)
class Holder:
    """One allocation, as ``linkworkers/_link_workers.html`` shows it to one viewer."""

    allocation: Allocation
    is_viewer: bool
    shows_reasons: bool

    @property
    def is_deactivated(self):
        """They can no longer sign in, so somebody has to take over."""
        return not self.allocation.link_worker.user.is_active

    @property
    def covers(self):
        """Supports the school now."""
        return self.allocation.is_live and not self.is_deactivated

    @property
    def week(self):
        return week_of(self.allocation.link_worker)

    @property
    def handover_note(self):
        """For the worker it was written to, and the school's managers."""
        if self.is_viewer or self.shows_reasons:
            return self.allocation.handover_note
        return ""


@dataclass(frozen=True)
class LinkWorkers:
    """Who holds a school and will, primary first; and who held it ``earlier``, latest first."""

    current: list
    earlier: list
    may_allocate: bool

    @property
    def gaps(self):
        """The places that nobody covers now, as a sentence names them: ``primary``."""
        covered = {holder.allocation.kind for holder in self.current if holder.covers}
        return [kind.label.lower() for kind in PLACES if kind not in covered]


def link_workers_of(school, user):
    """The ``LinkWorkers`` of the school as the user may see them, in one query.

    Suspended allocations, and those of deactivated workers, are there for the school's managers
    only: for everyone else nobody holds the place, as a conflict is private (rule 001-53).
    """
    may_allocate = policies.may_allocate(user, school)
    current, earlier = [], []
    for allocation in (
        Allocation.objects.visible_to(user).filter(school=school).with_names().primary_first()
    ):
        holder = Holder(allocation, allocation.link_worker.user_id == user.pk, may_allocate)
        if allocation.has_ended:
            if allocation.was_held:
                earlier.append(holder)
        elif may_allocate or not (allocation.suspended_at or holder.is_deactivated):
            current.append(holder)
    earlier.sort(key=lambda holder: holder.allocation.ends_at, reverse=True)
    return LinkWorkers(current, earlier, may_allocate)
