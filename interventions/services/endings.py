"""How a piece of work ends, goes on elsewhere, or is taken up again; its history stays with it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations.models import FamilyTold, Level
from govuk.words import long_date
from interventions import policies, work_notices
from interventions.agreement import SAID_NO, agreement_of
from interventions.models import (
    Contact,
    EndReason,
    LevelThree,
    Participant,
    ShortIntervention,
    StepUp,
    WorkKind,
    WorkState,
)
from interventions.services import plans
from interventions.services import work as short_work
from linkworkers.models import LinkWorker
from schools.services import end_involvement

# A child stays on current work for so many school weeks after the end (design.md 3).
WATCHED_WEEKS = 12
# The reasons that somebody chooses; the others come with an act of their own.
CHOSEN = (
    EndReason.MET,
    EndReason.PARTLY_MET,
    EndReason.LEVEL_THREE_OVER,
    EndReason.REFUSED,
    EndReason.WITHDRAWN,
    EndReason.NOT_ENGAGED,
    EndReason.MOVED,
    EndReason.TRANSFERRED,
)
ENDED = "This work has ended already."
NOT_ALLOCATED = "This work waits to be allocated: a team manager allocates it or says why not."
# What an ending says; kept in a ``Reopening`` when the work is taken up again.
SAID = ("end_reason", "end_words", "school_continues", "childs_view", "parents_view")
# What a new piece of work has from the one it continues.
CARRIED = (
    "work_type_id",
    "area",
    "risks",
    "level",
    "level_by",
    "level_reason",
    "level_three_as",
    "lawful_basis",
    "family_told",
    "family_why",
    "identified_at_school",
    "identified_by_id",
    "involved_words",
)


@transaction.atomic
def close(by, work, *, closed_on, end_reason, end_plan=False, **said):
    """End a piece of work; returns it.

    ``end_reason`` is one of ``CHOSEN``. ``said`` holds ``end_words``, ``school_continues``,
    ``childs_view``, ``parents_view``, ``family_told`` and ``family_why``. The children stay on
    current work for twelve school weeks. With ``end_plan``, where Level 3 is over, their plans
    end too, of those that ``by`` may end (rule 001-82).

    PermissionDenied for who does not work there; ValidationError by field; TransitionNotAllowed
    while a session is a draft, before the work is allocated, and when it has ended.
    """
    work = _locked(by, work)
    if end_reason not in CHOSEN:
        raise ValidationError({"end_reason": "Select why the work ends"})
    if end_reason in (EndReason.REFUSED, EndReason.WITHDRAWN):
        _check_answer(work)
    _close(by, work, closed_on, end_reason, said)
    record(by, Verb.END, work, reason=end_reason)
    work_notices.ended(work, by)
    if end_plan and end_reason == EndReason.LEVEL_THREE_OVER:
        for plan in plans_to_end(by, work):
            plans.end(by, plan, ends_on=closed_on, why=EndReason.LEVEL_THREE_OVER.label)
    return work


@transaction.atomic
def step_down(by, work, *, closed_on, **said):
    """Give the work over to the school's own support, which says what it goes on doing.

    Otherwise as ``close``.
    """
    work = _locked(by, work)
    if not said.get("school_continues", "").strip():
        raise ValidationError({"school_continues": "Enter what the school goes on doing"})
    _close(by, work, closed_on, EndReason.STEPPED_DOWN, said)
    record(by, Verb.STEP_DOWN, work)
    work_notices.ended(work, by)
    return work


@transaction.atomic
def step_up(by, work, *, to, stepped_on, why, told_whom, family_told, family_why, work_goes_on):
    """The work is not enough: the school is asked for a plan, or told to seek advice.

    ``to`` is one of ``StepUp.To``. A plan is asked for the children who have none, with the work's
    history attached (rules 003-25, 003-35); where the work goes on beside that, it supports the
    family while it waits for a lead worker (rule 001-81). To the front door goes the school
    itself (001-98): here stands only that it was advised. Work that goes on beside a social
    worker stays as it is (rule 003-36). Returns the ``StepUp``; errors as ``close``, and
    ValidationError where every child has a plan already.
    """
    work = _locked(by, work)
    _refuse_closed(work)
    _check_step(work, stepped_on, why, told_whom, family_told, family_why)
    if work.step_ups.filter(to=to, stepped_on=stepped_on).exists():
        raise TransitionNotAllowed("This step up is recorded already.")
    made = StepUp.objects.create(
        intervention=work,
        to=to,
        stepped_on=stepped_on,
        why=why.strip(),
        told_whom=told_whom.strip(),
        family_told=family_told,
        family_why=family_why.strip(),
        work_goes_on=work_goes_on,
        by=by,
    )
    if to == StepUp.To.PLAN:
        plans.ask(by, work, children_of(work))
    if not work_goes_on:
        said = {"end_words": why, "family_told": family_told, "family_why": family_why}
        _close(by, work, stepped_on, EndReason.STEPPED_UP, said, field="stepped_on")
    elif to == StepUp.To.PLAN and (work.level or 0) <= Level.THREE:
        work.kind, work.level = WorkKind.BRIDGING, Level.THREE
        work.level_three_as, work.level_reason = LevelThree.WAITING, why.strip()
        work.save(update_fields=["kind", "level", "level_three_as", "level_reason"])
    record(by, Verb.STEP_UP, work, to=to, goes_on=work_goes_on)
    if not work_goes_on:
        work_notices.ended(work, by, school_knows=to == StepUp.To.PLAN)
    return made


@transaction.atomic
def reopen(by, work, why):
    """Take up again what was ended, as soon as it is needed (rule 003-54); returns the work.

    Who did it goes on, as far as they are in post, with its children on their current work;
    otherwise it waits to be allocated. What the ending said is kept, and what the family answered
    counts where it is not too old. PermissionDenied for who does not work there; ValidationError
    without a reason, and for a child who has left the school; TransitionNotAllowed when it is
    open.
    """
    work = _locked(by, work)
    if work.is_open:
        raise TransitionNotAllowed("This work has been taken up again already.")
    if not why.strip():
        raise ValidationError({"why": "Enter why the work is taken up again"})
    short_work.check_children(by, work.school, children_of(work))
    today = timezone.localdate()
    work.reopenings.create(
        closed_on=work.closed_on,
        closed_by=work.closed_by,
        family_told=work.end_family_told,
        family_why=work.end_family_why,
        reopened_on=today,
        why=why.strip(),
        by=by,
        **{name: getattr(work, name) for name in SAID},
    )
    for name in (*SAID, "end_family_told", "end_family_why"):
        setattr(work, name, "")
    work.closed_on = work.closed_by = None
    work.reopened_on = today
    work.state = _state_again(work)
    work.save()
    short_work.keep_on_work(by, work, children_of(work))
    record(by, Verb.REOPEN, work, state=work.state)
    if work.state == WorkState.REQUESTED:
        work_notices.asked(work, by)
    return work


@transaction.atomic
def ask_again(by, work, *, asked_by, asked_who, hoped_for):
    """Ask for a new piece of work that continues this one; returns it, waiting to be allocated.

    School, people, risks and level come from the one before. PermissionDenied for who may not ask
    there; ValidationError by field, and as ``services.work.ask``; TransitionNotAllowed while this
    one is open, and when one that continues it waits already.
    """
    work = _fetched(work)
    allow(policies.may_request(by, work.school))
    if work.is_open:
        raise TransitionNotAllowed("This work is still open. There is no need to ask for it again.")
    if work.continued_by.waiting().exists():
        raise TransitionNotAllowed("This has been asked for already, and waits to be allocated.")
    if not hoped_for.strip():
        raise ValidationError({"hoped_for": "Enter what is hoped for now"})
    facts = {
        "continues": work,
        "asked_by": asked_by,
        "asked_who": asked_who.strip(),
        "asked_on": timezone.localdate(),
        "hoped_for": hoped_for.strip(),
        **{name: getattr(work, name) for name in CARRIED},
    }
    people = [
        Participant(
            pupil=person.pupil,
            name=person.name,
            relation=person.relation,
            has_responsibility=person.has_responsibility,
        )
        for person in work.participants.select_related("pupil")
    ]
    involved = work.involved.all()
    return short_work.ask(
        by, work.school, facts, people, involved=involved, consultation=work.consultation
    )


# --- what a page asks before ----------------------------------------------------------------


def children_of(work):
    """The children who take part."""
    people = work.participants.filter(pupil__isnull=False).select_related("pupil")
    return [person.pupil for person in people]


def drafts_of(work):
    """The sessions of the work that are still written: they are finished before it ends."""
    return work.sessions.filter(completed_at__isnull=True).order_by("held_on")


def plans_to_end(user, work):
    """The open plans of its children that ``user`` may end."""
    found = plans.EarlyHelpPlan.objects.open().filter(pupils__takes_part__intervention=work)
    return [plan for plan in found.distinct() if policies.may_keep_plan(user, plan)]


def earliest_end(work):
    """The first date on which the work can have ended: its latest session or review."""
    days = [
        work.asked_on,
        work.reopened_on,
        *work.sessions.filter(completed_at__isnull=False).values_list("held_on", flat=True)[:1],
        *work.reviews.values_list("reviewed_on", flat=True)[:1],
    ]
    return max(filter(None, days))


# --- how it is done -------------------------------------------------------------------------


def _fetched(work):
    return (
        ShortIntervention.objects.select_for_update(of=("self",))
        .select_related("school", "closed_by")
        .get(pk=work.pk)
    )


def _locked(by, work):
    work = _fetched(work)
    allow(policies.may_work(by, work))
    return work


def _refuse_closed(work):
    if work.state == WorkState.CLOSED:
        raise TransitionNotAllowed(ENDED)
    if work.state == WorkState.REQUESTED:
        raise TransitionNotAllowed(NOT_ALLOCATED)


def _close(by, work, closed_on, reason, said, field="closed_on"):
    _refuse_closed(work)
    if draft := drafts_of(work).first():
        raise TransitionNotAllowed(
            f"The session of {long_date(draft.held_on)} is still a draft. Complete or discard it"
            " first."
        )
    _check_day(work, field, closed_on)
    if not said.get("end_words", "").strip():
        raise ValidationError({"end_words": "Enter how the work ended"})
    _check_family(said.get("family_told"), said.get("family_why", ""))
    work.state, work.closed_on, work.closed_by = WorkState.CLOSED, closed_on, by
    work.end_reason, work.review_on = reason, None
    for name in SAID[1:]:
        setattr(work, name, said.get(name, "").strip())
    work.end_family_told = said["family_told"]
    work.end_family_why = said.get("family_why", "").strip()
    work.save()
    end_involvement(work, plans.weeks_after(work.school_id, closed_on, WATCHED_WEEKS))


def _check_answer(work):
    """A family that says no is not left as agreeing: what follows an ending reads the answers."""
    agreement = agreement_of(work)
    if agreement.is_given and not agreement.who(*SAID_NO):
        raise ValidationError(
            {"end_reason": "Record first that the family withdrew. Their agreement still stands"}
        )


def _check_day(work, field, day):
    earliest = earliest_end(work)
    if day > timezone.localdate():
        raise ValidationError({field: "The date the work ended must be today or in the past"})
    if day < earliest:
        raise ValidationError(
            {
                field: f"The date the work ended must be {long_date(earliest)}, when it was last"
                " worked on, or later"
            }
        )


def _check_family(family_told, family_why):
    """Whether the family knows, or why not (rule 003-53)."""
    if family_told not in FamilyTold.values:
        raise ValidationError({"family_told": "Select whether the family knows"})
    if family_told == FamilyTold.NO and not family_why.strip():
        raise ValidationError({"family_why": "Enter why the family is not told"})


def _check_step(work, stepped_on, why, told_whom, family_told, family_why):
    if stepped_on > timezone.localdate() or stepped_on < work.asked_on:
        raise ValidationError(
            {
                "stepped_on": "The date must be today or in the past, and on or after"
                f" {long_date(work.asked_on)}, when the work was asked for"
            }
        )
    if not why.strip():
        raise ValidationError({"why": "Enter why the work is not enough"})
    if not told_whom.strip():
        raise ValidationError({"told_whom": "Enter who at the school was told"})
    _check_family(family_told, family_why)


def _state_again(work):
    """Where taken-up work goes on: who did it, as far as in post, and what the family said.

    Forgets workers who have left.
    """
    ids = set(LinkWorker.objects.in_post().values_list("user", flat=True))
    if work.child_worker_id not in ids:
        work.child_worker = None
    if work.parent_worker_id not in ids:
        work.parent_worker = None
    if not work.worker_ids or work.allocated_by_id is None:
        work.child_worker = work.parent_worker = None
        return WorkState.REQUESTED
    if not agreement_of(work).is_given:
        return WorkState.ALLOCATED
    held = work.sessions.filter(completed_at__isnull=False, contact=Contact.DIRECT)
    return WorkState.UNDER_WAY if held.exists() else WorkState.CONSENTED
