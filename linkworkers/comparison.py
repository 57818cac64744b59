"""Link workers side by side, for choosing one for a school (rules 001-50, 001-52, 001-53)."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.models import current
from govuk.words import date_of, month_of
from linkworkers.models import Allocation, AllocationKind, LinkWorker
from linkworkers.weeks import week_of
from schools.models import OwnChildConflict, SchoolType


@dataclass
class Candidate:
    """A link worker beside the others: what they hold now and what they know of the school."""

    link_worker: LinkWorker
    has_conflict: bool
    schools: dict = field(default_factory=lambda: {kind: Counter() for kind in AllocationKind})
    pupils: int = 0
    here: Allocation | None = None
    before: list = field(default_factory=list)

    @property
    def value(self):
        """What a form posts to choose them."""
        return str(self.link_worker.pk)

    @property
    def is_free(self):
        """Can be chosen: no conflict declared, and not at the school already."""
        return not self.has_conflict and self.here is None

    @property
    def week(self):
        return week_of(self.link_worker)

    @property
    def time_here(self):
        """Their time at the school, as the page says it: ``Primary now``, what was before after."""
        told = []
        if self.here:
            since = "now" if self.here.has_begun else f"from {date_of(self.here.starts_at)}"
            told.append(f"{self.here.get_kind_display()} {since}")
        for held in reversed(self.before):
            begun, ended = (month_of(at) for at in (held.starts_at, held.ends_at))
            told.append(f"{held.get_kind_display()} {begun} to {ended}")
        return told

    @property
    def as_primary(self):
        return self._by_phase(AllocationKind.PRIMARY)

    @property
    def as_secondary(self):
        return self._by_phase(AllocationKind.SECONDARY)

    def _by_phase(self, kind):
        """``2 primary, 1 college``; empty when they hold none."""
        held = self.schools[kind]
        return ", ".join(
            f"{held[type_]} {type_.label if type_ == SchoolType.APC else type_.label.lower()}"
            for type_ in SchoolType
            if held[type_]
        )


def candidates_for(school):
    """A ``Candidate`` for every link worker in post, by hub and name.

    Three queries, however many workers and schools.
    """
    workers = LinkWorker.objects.in_post().with_names().order_by("hub__name", "user__name")
    conflicted = set(
        OwnChildConflict.objects.filter(current(), school=school).values_list("user", flat=True)
    )
    candidates = {
        worker.pk: Candidate(worker, has_conflict=worker.user_id in conflicted)
        for worker in workers
    }
    allocations = (
        Allocation.objects.filter(current() | Q(school=school), link_worker__in=list(candidates))
        .select_related("school")
        .order_by("starts_at")
    )
    for allocation in allocations:
        _count(candidates[allocation.link_worker_id], allocation, school)
    return list(candidates.values())


def _count(candidate, allocation, school):
    if allocation.is_live:
        candidate.schools[allocation.kind][allocation.school.type_group] += 1
        if allocation.kind == AllocationKind.PRIMARY:
            candidate.pupils += allocation.school.pupils or 0
    if allocation.school_id == school.pk:
        if not allocation.has_ended:
            candidate.here = allocation
        elif allocation.was_held:
            candidate.before.append(allocation)
