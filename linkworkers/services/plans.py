"""Plans for who holds what: asked for, solved in the background, applied (001-50 to 001-52)."""

from datetime import timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import listed
from linkworkers import planner, planning, policies
from linkworkers.models import (
    Allocation,
    AllocationKind,
    AllocationPlan,
    LinkWorker,
    PlanState,
)
from linkworkers.plan_words import Words
from linkworkers.services.agreements import agree_at_meeting, propose
from linkworkers.services.allocations import Move, StaleMoves, reallocate
from schools.models import School

# Somebody who presses twice, or comes back at once, gets the plan that is being made.
SAME_PLAN = timedelta(minutes=1)
# A reason is kept with each allocation.
LONGEST_REASON = 500
NAMED = 3


@transaction.atomic
def plan(by, hub, wishes, plans_held=None):
    """Ask for a plan of the hub's schools, or without a hub of the county's colleges.

    ``wishes`` as in ``linkworkers.planning``; ``plans_held`` is ``{user id: plans for families}``,
    which people carry beside their schools. Returns the ``AllocationPlan``, which a worker
    solves once this is committed; the same wish within a minute is the same plan.
    """
    allow(policies.may_plan(by, hub))
    same = AllocationPlan.objects.filter(
        hub=hub,
        asked_by=by,
        wishes=wishes,
        state=PlanState.WAITING,
        asked_at__gt=timezone.now() - SAME_PLAN,
    ).first()
    if same:
        return same
    made = AllocationPlan.objects.create(
        hub=hub,
        wishes=wishes,
        plans_held={str(user): number for user, number in (plans_held or {}).items()},
        asked_by=by,
    )
    record(by, Verb.PLAN, made, hub=hub and str(hub.pk))
    transaction.on_commit(partial(_begin, str(made.pk)), robust=True)
    return made


def _begin(plan_id):
    # The task calls this module, so it is known only by now.
    from linkworkers.tasks import solve_plan

    solve_plan.delay(plan_id)


def solve(plan_id):
    """Find the plan and write it down, as the system; nothing to do if that was done already.

    The register is read in one moment; the search, which takes seconds, locks nothing.
    """
    with transaction.atomic():
        asked = AllocationPlan.objects.select_related("hub", "asked_by").get(pk=plan_id)
        if asked.state != PlanState.WAITING:
            return asked
        reading = planning.read(asked)
    try:
        state = PlanState.READY
        outcome = planning.outcome_of(reading, planner.solve(reading.problem))
    except planner.Impossible as impossible:
        state = PlanState.IMPOSSIBLE
        outcome = planning.outcome_of_clashes(reading, impossible.clashes)
    with transaction.atomic():
        solved = _locked(asked)
        if solved.state == PlanState.WAITING:
            solved.state, solved.outcome = state, outcome
            solved.save(update_fields=["state", "outcome"])
            record(User.objects.system("planner"), Verb.PLAN, solved, state=state.value)
    return solved


@transaction.atomic
def apply(by, plan, agreed_at_meeting="", *, met_on=None, who_was_there=""):
    """Make the plan's moves, all or none; returns the plan.

    A hub's moves are one re-allocation, with where it was agreed (rule 001-50). The county's are
    proposed to every team manager, or, with the day of a county meeting and who was there,
    recorded as agreed (rule 001-51). ValidationError without what has to be said;
    TransitionNotAllowed when the plan is no longer ready, or names the schools whose link
    workers have changed since.
    """
    plan = _locked(plan)
    allow(policies.may_plan(by, plan.hub))
    _refuse_unready(plan)
    _refuse_stale(plan)
    moves = _moves_of(plan)
    allow(policies.may_apply(by, [move.school for move in moves]))
    if plan.hub is None:
        _propose(by, moves, met_on, who_was_there)
    else:
        if not agreed_at_meeting.strip():
            raise ValidationError({"agreed_at": "Enter where the moves were agreed"})
        try:
            reallocate(by, moves, agreed_at_meeting=agreed_at_meeting)
        except StaleMoves as stale:
            raise TransitionNotAllowed(_changed([m.school.name for m in stale.moves])) from stale
    plan.state, plan.applied_by, plan.applied_at = PlanState.APPLIED, by, timezone.now()
    plan.save(update_fields=["state", "applied_by", "applied_at"])
    record(by, Verb.APPLY, plan)
    return plan


def _locked(plan):
    return (
        AllocationPlan.objects.select_for_update(of=["self"], no_key=True)
        .select_related("hub")
        .get(pk=plan.pk)
    )


def _refuse_unready(plan):
    if plan.state == PlanState.APPLIED:
        raise TransitionNotAllowed("These moves have been applied already.")
    if plan.state != PlanState.READY:
        raise TransitionNotAllowed("There is no plan to apply yet. Plan again.")
    if not plan.outcome["moves"]:
        raise TransitionNotAllowed("This plan moves nobody: there is nothing to apply.")


def _refuse_stale(plan):
    planned = plan.outcome["holders"]
    now = planning.fingerprints_of(planned)
    changed = [key for key, holders in planned.items() if now[key] != holders]
    if changed:
        names = School.objects.filter(pk__in=changed).values_list("name", flat=True)
        raise TransitionNotAllowed(_changed(list(names)))


def _changed(names):
    more = len(names) - NAMED
    shown = names[:NAMED] + ([f"{more} other school{'s' * (more > 1)}"] if more > 0 else [])
    have = "has" if len(names) == 1 else "have"
    return f"{listed(shown)} {have} changed hands since this was planned. Plan again."


def _moves_of(plan):
    rows = plan.outcome["moves"]
    schools = School.objects.select_related("hub").in_bulk([row["school"] for row in rows])
    workers = LinkWorker.objects.with_names().in_bulk([row["to"] for row in rows])
    held = Allocation.objects.with_names().in_bulk([row["held"] for row in rows if row["held"]])
    by_text = {str(pk): row for found in (schools, workers, held) for pk, row in found.items()}
    words = Words(plan)
    return [
        Move(
            school=by_text[row["school"]],
            kind=AllocationKind(row["place"]),
            link_worker=by_text[row["to"]],
            held=by_text.get(row["held"]),
            reason=words.kept_reason(row)[:LONGEST_REASON],
        )
        for row in rows
    ]


def _propose(by, moves, met_on, who_was_there):
    for move in moves:
        agreement = propose(by, move.school, move.link_worker, move.kind, move.reason)
        if met_on and agreement.is_open:
            agree_at_meeting(by, agreement, met_on, who_was_there)
