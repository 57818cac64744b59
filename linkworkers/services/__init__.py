"""What is done with link workers and the schools they hold: one function per act.

Each locks its rows in one order (``services.locks``), asks the policy, guards the state, saves,
and writes down who did it, in one transaction with the grants and messages that follow from it.
"""

from linkworkers.services.absences import add_absence, change_absence, remove_absence
from linkworkers.services.agreements import (
    agree,
    agree_at_meeting,
    answer_for,
    name_interim,
    object_to,
    propose,
    withdraw,
)
from linkworkers.services.allocations import (
    CONFLICT,
    Move,
    StaleMoves,
    allocate,
    end,
    reallocate,
    resume,
)
from linkworkers.services.conflicts import declare_conflict, withdraw_conflict
from linkworkers.services.cover import cover
from linkworkers.services.people import appoint, change, leave
from linkworkers.services.plans import apply, plan, solve
from linkworkers.services.support import (
    VISIT_WEEKS,
    add_criterion,
    adjust_focus,
    agree_presence,
    change_criterion,
    decide_crisis,
    enhance,
    enter_crisis,
    log_attempt,
    log_visit,
    raise_criterion,
    remove_visit,
    review,
)

__all__ = [
    "CONFLICT",
    "VISIT_WEEKS",
    "Move",
    "StaleMoves",
    "add_absence",
    "add_criterion",
    "adjust_focus",
    "agree",
    "agree_at_meeting",
    "agree_presence",
    "allocate",
    "answer_for",
    "apply",
    "appoint",
    "change",
    "change_absence",
    "change_criterion",
    "cover",
    "decide_crisis",
    "declare_conflict",
    "end",
    "enhance",
    "enter_crisis",
    "leave",
    "log_attempt",
    "log_visit",
    "name_interim",
    "object_to",
    "plan",
    "propose",
    "raise_criterion",
    "reallocate",
    "remove_absence",
    "remove_visit",
    "resume",
    "review",
    "solve",
    "withdraw",
    "withdraw_conflict",
]
