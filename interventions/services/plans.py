"""Early Help Plans as this service knows them: who leads and holds which, and since when.

The plan itself is kept elsewhere (rule 001-84). A child has one at a time.
"""

import uuid
from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User, current
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations.models import Level
from govuk.words import long_date
from interventions import plan_notices, policies
from interventions.models import EarlyHelpPlan, Lead
from linkworkers.models import LinkWorker, WorkerKind
from schools.calendar import calendars_of
from schools.children import may_change_child, notes_open
from schools.models import Enrolment, OwnChildConflict, Pupil, PupilStatus, Route, StatusKind
from schools.services import end_involvement, end_status, involve, record_status, to_involve

# Not routinely more than so many for one holder (rule 001-85).
MANY = 2
# A child stays on the holder's current work for so many school weeks after the end.
WATCHED_WEEKS = 12
ENDED = "This plan has ended already."


@transaction.atomic
def start(
    by,
    school,
    pupils,
    *,
    starts_on,
    holder=None,
    meeting_on=None,
    continuity="",
    once=None,
    until=None,
    **facts,
):
    """Put on record that a plan for these children of ``school`` started; returns it.

    ``facts`` say who leads it: ``lead``, ``agency`` or ``lead_name`` for another service,
    ``lead_professional``, ``level``, ``reference``. One that the team leads is allocated to
    ``holder``, as ``allocate`` does. The children are on an Early Help Plan from then on. Said
    again with the same ``once``, a UUID, it changes nothing. ``until`` is the date on which it is
    known to have ended, for whoever ends it next.

    PermissionDenied for who may not record plans there, or not allocate them, and for a child who
    is not taught there, of whom ``by`` sees no more than who it is (security.md N-29);
    ValidationError by field, one of them for a child who has a plan already, or had another one
    meanwhile.
    """
    allow(policies.may_record_plan(by, school))
    pupils = _locked_children(pupils)
    allow(_may_plan_for(by, school, pupils))
    if made := once and EarlyHelpPlan.objects.filter(pk=once, school=school).first():
        return made
    plan = EarlyHelpPlan(
        pk=once or uuid.uuid4(),
        school=school,
        hub_id=school.hub_id,
        starts_on=starts_on,
        recorded_by=by,
        **facts,
    )
    allow(plan.lead != Lead.DST or policies.may_allocate_plan(by, plan))
    _refuse_future("starts_on", "The date the plan started", starts_on)
    _check_lead(plan)
    _refuse_second(pupils)
    _refuse_overlap(pupils, starts_on, until=until)
    if plan.lead == Lead.DST:
        _give(by, plan, holder, meeting_on, continuity)
    plan.save(force_insert=True)
    plan.pupils.set(pupils)
    record(by, Verb.ADD, plan, lead=plan.lead)
    _record_statuses(by, plan, pupils)
    if plan.lead == Lead.DST:
        _tell_holder(by, plan, pupils)
    return plan


@transaction.atomic
def ask(by, work, pupils):
    """Ask the school to start a plan for these children of a piece of work; returns the plan.

    Who has a plan already is left out. Its heads and safeguarding leads hear that it is asked;
    only they say that it started (rules 003-25, 003-35). ValidationError where each of the
    children has a plan.
    """
    allow(policies.may_work(by, work))
    pupils = _locked_children(pupils)
    taken = with_plan(pupils)
    if len(taken) == len(pupils):
        _refuse_second(pupils)
    pupils = [pupil for pupil in pupils if pupil.pk not in taken]
    plan = EarlyHelpPlan.objects.create(
        school=work.school,
        hub_id=work.hub_id,
        lead=Lead.SCHOOL,
        stepped_up_from=work,
        asked_at=timezone.now(),
        asked_by=by,
        recorded_by=by,
    )
    plan.pupils.set(pupils)
    record(by, Verb.ASK, plan, intervention=str(work.pk))
    plan_notices.asked(plan, by)
    return plan


@transaction.atomic
def started(by, plan, *, starts_on, lead_professional, reference):
    """The school says that it started the plan it was asked for, and where the plan is kept.

    PermissionDenied for anyone but its heads and safeguarding leads; ValidationError by field;
    TransitionNotAllowed when somebody answered before.
    """
    plan = _asked(by, plan)
    _refuse_future("starts_on", "The date the plan started", starts_on)
    _refuse_overlap(_locked_children(plan.pupils.all()), starts_on)
    plan.starts_on = starts_on
    plan.lead_professional, plan.reference = lead_professional.strip(), reference.strip()
    _check_lead(plan)
    if not plan.reference:
        raise ValidationError({"reference": "Enter where the plan is kept"})
    plan.save(update_fields=["starts_on", "lead_professional", "reference"])
    record(by, Verb.START, plan)
    _record_statuses(by, plan, plan.pupils.all())
    plan_notices.answered(plan, by)
    return plan


@transaction.atomic
def declined(by, plan, why):
    """The school says that it will not start the plan it was asked for, and why.

    Errors as ``started``.
    """
    plan = _asked(by, plan)
    plan.ends_on, plan.ended_why = timezone.localdate(), _words("why", why, "Enter why not")
    plan.save(update_fields=["ends_on", "ended_why"])
    record(by, Verb.OBJECT, plan)
    plan_notices.answered(plan, by)
    return plan


@transaction.atomic
def allocate(by, plan, holder, *, meeting_on, continuity=""):
    """Give a plan to a link worker of the team, who leads it from now on (rule 001-86).

    ``meeting_on`` is the date of the weekly allocations meeting. Whoever holds two already gets
    another for a reason of the Continuity Plan, ``continuity`` (rule 001-85). A plan that a
    school was asked for begins with the meeting.

    PermissionDenied for anyone but managers of the hub; ValidationError by field;
    TransitionNotAllowed for a plan that has ended, or is theirs.
    """
    plan = _locked(plan)
    allow(policies.may_allocate_plan(by, plan))
    _refuse_ended(plan)
    if plan.holder_id == holder.pk:
        raise TransitionNotAllowed("They hold this plan already.")
    former = plan.holder
    _give(by, plan, holder, meeting_on, continuity)
    if plan.starts_on is None:
        _refuse_overlap(_locked_children(plan.pupils.all()), meeting_on, "meeting_on")
    plan.lead, plan.agency, plan.lead_name, plan.lead_professional = Lead.DST, None, "", ""
    plan.starts_on = plan.starts_on or meeting_on
    plan.save()
    record(by, Verb.ALLOCATE, plan, holder=str(holder.pk), former=former and str(former.pk))
    pupils = list(plan.pupils.all())
    _record_statuses(by, plan, pupils)
    end_involvement(plan, timezone.now())
    _tell_holder(by, plan, pupils)
    if former:
        plan_notices.taken(plan, former, by)
    return plan


@transaction.atomic
def change(by, plan, **facts):
    """Say who leads a plan instead, its level and where it is kept.

    ``facts`` as in ``start``. The team's own lead changes by ``allocate``; who held a plan that
    the team leads no longer hears of it. PermissionDenied for who may not keep it, or not take it
    off its holder; ValidationError by field; TransitionNotAllowed when it has ended or has not
    started.
    """
    plan = _locked(plan)
    allow(policies.may_keep_plan(by, plan))
    _refuse_ended(plan)
    _refuse_unstarted(plan)
    if facts["lead"] == Lead.DST and plan.lead != Lead.DST:
        raise ValidationError({"lead": "A team manager allocates the plan to a link worker"})
    former = plan.holder if facts["lead"] != Lead.DST else None
    allow(former is None or policies.may_give_up_plan(by, plan))
    for name, value in facts.items():
        setattr(plan, name, value)
    if former:
        plan.holder, plan.continuity_reason = None, ""
        end_involvement(plan, timezone.now())
    _check_lead(plan)
    plan.save()
    record(by, Verb.CHANGE, plan, fields=sorted(facts))
    if former:
        plan_notices.taken(plan, former, by)
    return plan


@transaction.atomic
def end(by, plan, *, ends_on, why, with_status=True):
    """End a plan; ``with_status``, its children are on an Early Help Plan no longer.

    The school ends the ones it leads as well. PermissionDenied for anyone else who may not keep
    it; ValidationError by field; TransitionNotAllowed when it has ended or has not started.
    """
    plan = _locked(plan)
    allow(policies.may_keep_plan(by, plan) or policies.may_answer_plan(by, plan))
    _refuse_ended(plan)
    _refuse_unstarted(plan)
    _refuse_future("ends_on", "The date the plan ended", ends_on)
    if ends_on < plan.starts_on:
        raise ValidationError(
            {
                "ends_on": "The date the plan ended must be on or after"
                f" {long_date(plan.starts_on)}, when it started"
            }
        )
    plan.ends_on, plan.ended_why = ends_on, _words("why", why, "Enter why the plan ended")
    plan.save(update_fields=["ends_on", "ended_why"])
    record(by, Verb.END, plan)
    end_involvement(plan, weeks_after(plan.school_id, ends_on, WATCHED_WEEKS))
    if with_status:
        for status in statuses_of(plan).select_related("pupil"):
            # A status that began after the plan ended is of something else.
            if status.starts_on <= ends_on:
                end_status(_keeper(by, status.pupil), status, ends_on)
    return plan


def statuses_of(plan):
    """The current statuses of its children that say they are on an Early Help Plan."""
    return PupilStatus.objects.filter(
        pupil__in=plan.pupils.all(), kind__route=Route.PLAN, ends_on__isnull=True
    )


def weeks_after(school_id, day, weeks):
    """The instant at which so many school weeks have passed since ``day``; one query."""
    last = calendars_of([school_id])[school_id].day_after(day, weeks)
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))


# --- what is checked -----------------------------------------------------------------------


def _locked(plan):
    return (
        EarlyHelpPlan.objects.select_for_update(of=("self",))
        .select_related("school", "holder", "asked_by", "stepped_up_from")
        .get(pk=plan.pk)
    )


def _asked(by, plan):
    """A plan that the school was asked for and has not answered, its row locked."""
    plan = _locked(plan)
    allow(policies.may_answer_plan(by, plan))
    if not plan.waits_for_school:
        raise TransitionNotAllowed("Your school has answered this already.")
    return plan


def _locked_children(pupils):
    """The children, their rows locked: two plans for one of them cannot begin side by side."""
    ids = {pupil.pk for pupil in pupils}
    locked = list(Pupil.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
    if not locked:
        raise ValidationError({"pupils": "Select whom the plan is for"})
    return locked


def with_plan(pupils):
    """The ids among these children's of those who have a plan, or for whom one was asked."""
    running = EarlyHelpPlan.objects.running().filter(pupils__in=pupils)
    return set(running.values_list("pupils", flat=True)) & {pupil.pk for pupil in pupils}


def _may_plan_for(by, school, pupils):
    """Each child is taught at the school, or their notes are open to ``by``."""
    there = Enrolment.objects.filter(pupil__in=pupils, school=school, ends_on__isnull=True)
    others = {pupil.pk for pupil in pupils} - set(there.values_list("pupil", flat=True))
    return not others - notes_open(by, others)


def _refuse_second(pupils):
    taken = with_plan(pupils)
    for pupil in pupils:
        if pupil.pk in taken:
            raise ValidationError(
                {"pupils": f"There is a plan for {pupil} already. End that one first, or change it"}
            )


def _refuse_overlap(pupils, starts_on, field="starts_on", until=None):
    """Two plans at once are refused, in the past too; the sentence names no child."""
    before = EarlyHelpPlan.objects.filter(
        pupils__in=pupils, starts_on__isnull=False, ends_on__gt=starts_on
    )
    if until:
        before = before.filter(starts_on__lt=until)
    if last := before.order_by("-ends_on").values_list("ends_on", flat=True).first():
        raise ValidationError(
            {field: f"There was a plan until {long_date(last)}. Enter that date or a later one"}
        )


def _refuse_ended(plan):
    if plan.ends_on:
        raise TransitionNotAllowed(ENDED)


def _refuse_unstarted(plan):
    if plan.starts_on is None:
        raise TransitionNotAllowed("This plan has not started. The school answers first.")


def _refuse_future(field, what, day):
    if day > timezone.localdate():
        raise ValidationError({field: f"{what} must be today or in the past"})


def _check_lead(plan):
    """A plan says who leads it; ValidationError by field (rule 001-41)."""
    if plan.lead != Lead.SERVICE:
        plan.agency, plan.lead_name = None, ""
    elif not (plan.agency_id or plan.lead_name.strip()):
        raise ValidationError({"lead_name": "Select the service that leads, or enter its name"})
    if plan.lead != Lead.DST and not plan.lead_professional.strip():
        raise ValidationError({"lead_professional": "Enter the name of the lead professional"})
    if plan.level not in Level.values:
        raise ValidationError({"level": "Select the level of need"})


def _words(field, words, sentence):
    words = words.strip()
    if not words:
        raise ValidationError({field: sentence})
    return words


# --- who holds it --------------------------------------------------------------------------


def _give(by, plan, holder, meeting_on, continuity):
    """Set ``holder`` and what the allocation says; ValidationError by field."""
    if holder is None:
        raise ValidationError({"holder": "Select who holds the plan"})
    if meeting_on is None:
        raise ValidationError({"meeting_on": "Enter the date of the weekly allocations meeting"})
    _refuse_future("meeting_on", "The date of the meeting", meeting_on)
    # Two plans given to one person at the same time are counted one after the other.
    User.objects.select_for_update(no_key=True).get(pk=holder.pk)
    workers = LinkWorker.objects.in_post().filter(user=holder, kind=WorkerKind.FSW)
    if not workers.exists():
        raise ValidationError({"holder": "Select a link worker in post to hold the plan"})
    if OwnChildConflict.objects.filter(current(), user=holder, school=plan.school_id).exists():
        raise ValidationError({"holder": f"{holder} has declared a conflict at this school"})
    continuity = continuity.strip()
    if is_one_too_many(holder, plan) and not continuity:
        raise ValidationError({"continuity": continuity_sentence(holder)})
    plan.holder, plan.meeting_on, plan.allocated_by = holder, meeting_on, by
    plan.continuity_reason = continuity


def is_one_too_many(holder, plan=None):
    """Whether somebody holds as many plans as they routinely do, ``plan`` left out."""
    others = EarlyHelpPlan.objects.open().filter(holder=holder).exclude(pk=plan and plan.pk)
    return others.count() >= MANY


def continuity_sentence(holder):
    """What is asked before somebody gets a third plan; a reason is enough (rule 001-85)."""
    return f"{holder} holds {MANY} plans or more. Enter the reason under the Continuity Plan"


def _tell_holder(by, plan, pupils):
    known = to_involve(by, plan.school, [pupil.pk for pupil in pupils])
    involve(known, plan, user=plan.holder)
    plan_notices.allocated(plan, by)


# --- the children's status ------------------------------------------------------------------


def _record_statuses(by, plan, pupils):
    """The children are on an Early Help Plan since it started, where nobody has said so."""
    kind = StatusKind.objects.filter(route=Route.PLAN, is_offered=True).first()
    known = set(statuses_of(plan).values_list("pupil", flat=True))
    for pupil in pupils:
        if kind and pupil.pk not in known:
            record_status(
                _keeper(by, pupil),
                pupil,
                kind,
                starts_on=plan.starts_on,
                source=plan.get_lead_display(),
            )


def _keeper(by, pupil):
    """Who writes on the child's record: ``by``, or the service where it is not theirs to change."""
    return by if may_change_child(by, pupil) else User.objects.system("plans")
