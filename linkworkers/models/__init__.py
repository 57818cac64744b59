"""Link workers, the schools they hold, the plans for who holds what, and the support agreed."""

from linkworkers.models.allocations import (
    PLACES,
    AgreementState,
    Allocation,
    AllocationKind,
    CountyAgreement,
    CountyAnswer,
)
from linkworkers.models.people import Absence, LinkWorker, Weekday, WorkerKind, whole_week
from linkworkers.models.plans import AllocationPlan, PlanState
from linkworkers.models.support import (
    Contacted,
    Crisis,
    EngagementAttempt,
    EnhancedSupport,
    Focus,
    Frequency,
    Presence,
    PresenceKind,
    SupportCriterion,
    Visit,
)

__all__ = [
    "PLACES",
    "Absence",
    "AgreementState",
    "Allocation",
    "AllocationKind",
    "AllocationPlan",
    "Contacted",
    "CountyAgreement",
    "CountyAnswer",
    "Crisis",
    "EngagementAttempt",
    "EnhancedSupport",
    "Focus",
    "Frequency",
    "LinkWorker",
    "PlanState",
    "Presence",
    "PresenceKind",
    "SupportCriterion",
    "Visit",
    "Weekday",
    "WorkerKind",
    "whole_week",
]
