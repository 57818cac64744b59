"""How much work a school is for its link workers, as one number (rule 001-52).

For comparing people and planning who holds what, never shown as a fact about the school. A middling
primary school is about 1.5 for its primary link worker.
"""

from django.db.models import Exists, OuterRef

from linkworkers.models import AllocationKind, EnhancedSupport, WorkerKind
from schools.models import SchoolType

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
# A team manager's part of what a link worker of the same hours carries.
MANAGERS_PART = 0.3


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


def capacity_of(link_worker):
    """Their part of what a team carries, in full-time link workers."""
    part = MANAGERS_PART if link_worker.kind == WorkerKind.TM else 1.0
    return float(link_worker.fte) * part


def fair_share(load, link_workers):
    """The part of ``load`` that is fair for one full-time worker among these; 0 for nobody."""
    capacity = sum(map(capacity_of, link_workers))
    return load / capacity if capacity else 0.0
