"""Short work asked for, changed, allocated or not, and who takes part in it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations.children import discussable
from consultations.models import Level
from interventions import policies, work_notices
from interventions.agreement import agreement_of
from interventions.asking import JUDGE_FIRST, kind_of, problems_of
from interventions.candidates import workers_for
from interventions.models import (
    EndReason,
    LevelThree,
    Measure,
    Participant,
    SessionPart,
    ShortIntervention,
    WorkState,
)
from interventions.services import feedback
from linkworkers.services.locks import locked_workers
from schools.calendar import calendars_of
from schools.models import School
from schools.services import end_involvement, involve, involve_at, to_involve

LONDON = ZoneInfo(settings.TIME_ZONE)
# What is written of an adult who takes part.
WRITTEN = ["name", "relation", "has_responsibility"]
CLOSED = "This work is closed."
DECIDED = "This request has been decided already."
LEVEL_FOUR = "Enter why the work goes on beside the social worker"
ASK_MANAGER = (
    "Your team manager records Level 4, and decides whether the work goes on. Ring them, and the "
    "front door, now"
)


@transaction.atomic
def ask(by, school, facts, people, *, involved=(), consultation=None, pk=None):
    """Ask for short work at a school; returns it, waiting to be allocated.

    ``facts`` are fields of ``ShortIntervention``; ``people`` unsaved ``Participant`` s, ``pk`` the
    id that the page was made with, so that a second click asks once. The children are on the
    school's current work from now on. ValidationError for what ``problems_of`` says, without a
    child (rule 001-8), and for a child who is not open to ``by`` or is taught elsewhere;
    TransitionNotAllowed when it was asked for before.
    """
    school = School.objects.select_for_update(of=["self"], no_key=True).get(pk=school.pk)
    allow(policies.may_request(by, school))
    if pk and ShortIntervention.objects.filter(pk=pk).exists():
        raise TransitionNotAllowed("This has been asked for already.")
    facts = _checked(facts)
    children = [person.pupil for person in people if person.pupil]
    check_children(by, school, children)
    work = ShortIntervention(
        school=school, hub_id=school.hub_id, consultation=consultation, recorded_by=by, **facts
    )
    if pk:
        work.pk = pk
    work.save(force_insert=True)
    work.involved.add(*involved)
    for position, person in enumerate(people):
        person.intervention, person.position = work, position
    Participant.objects.bulk_create(people)
    involve_at(by, school, [child.pk for child in children], work)
    record(by, Verb.ASK, work)
    work_notices.asked(work, by)
    return work


@transaction.atomic
def change(by, work, facts, *, involved=(), level_four_reason=""):
    """Change what was asked for, as long as the work is open.

    Level 4 on work that has been allocated is a team manager's to record, with the reason why it
    goes on beside the social worker (design.md 6.8). ValidationError as on asking;
    TransitionNotAllowed when it is closed.
    """
    work = _locked(work)
    allow(policies.may_work(by, work))
    _refuse_closed(work)
    facts = _checked(facts)
    if work.state != WorkState.REQUESTED:
        _decide_level_four(by, work, facts["level"], level_four_reason)
    if facts["level"] != Level.FOUR:
        work.level_four_by, work.level_four_reason = None, ""
    for name, value in facts.items():
        setattr(work, name, value)
    work.save()
    work.involved.set(involved)
    record(by, Verb.CHANGE, work, fields=sorted(facts))
    return work


@transaction.atomic
def change_people(by, work, *, add=(), change=(), remove=()):
    """Who takes part: unsaved ``Participant`` s, some with the ids of saved ones, ids to take out.

    Whoever is named in a confirmation, a session or a measure stays on record, and one child at
    least (ValidationError); TransitionNotAllowed when the work is closed.
    """
    work = _locked(work)
    allow(policies.may_work(by, work))
    _refuse_closed(work)
    there = {person.pk: person for person in work.participants.select_related("pupil")}
    out = [there[pk] for pk in remove if pk in there]
    stay = [person for person in there.values() if person not in out]
    known = {_who(person) for person in stay}
    add = [person for person in add if _who(person) not in known]
    children = [person.pupil for person in add if person.pupil]
    if not (children or any(person.pupil for person in stay)):
        raise ValidationError({"children": "At least one child takes part in the work"})
    if children:
        check_children(by, work.school, children)
    for person in out:
        _take_out(person)
    last = max((person.position for person in there.values()), default=0)
    for position, person in enumerate(add, start=last + 1):
        person.intervention, person.position = work, position
    Participant.objects.bulk_create(add)
    for person in change:
        if person.pk in there and person not in out:
            _correct(there[person.pk], person)
    keep_on_work(by, work, children)
    end_involvement(work, timezone.now(), pupils=[person.pupil_id for person in out])
    feedback.close_stopped(work)
    record(by, Verb.CHANGE, work, fields=["participants"])
    return work


@transaction.atomic
def allocate(
    by,
    work,
    *,
    child_worker=None,
    parent_worker=None,
    meeting_on=None,
    level_four_reason="",
    seen=None,
):
    """Give the work to a worker for the child, one for the parent or carer, or both (004-13).

    The workers are users of ``workers_for`` its school, and may be one and the same. ``meeting_on``
    is the date of the weekly meeting that decided it (rule 001-86); work that is under way keeps
    its own unless another is given. At Level 4 the reason for which it goes on beside the social
    worker comes with it. ``seen`` is the pair of worker ids the page showed.

    ValidationError naming the field; TransitionNotAllowed when it is closed, theirs already, or
    somebody else allocated it since.
    """
    chosen = {user.pk: user for user in (child_worker, parent_worker) if user}
    free = {worker.user_id: worker for worker in workers_for(work.school)}
    locked_workers(*(free[pk] for pk in chosen if pk in free))
    work = _locked(work)
    allow(policies.may_allocate(by, work))
    _refuse_closed(work)
    now = (work.child_worker_id, work.parent_worker_id)
    wanted = tuple(user.pk if user else None for user in (child_worker, parent_worker))
    if work.state != WorkState.REQUESTED and wanted == now:
        raise TransitionNotAllowed("This work is allocated to them already.")
    if seen is not None and tuple(seen) != now:
        raise TransitionNotAllowed(
            "Somebody else has allocated this work since you opened the page. Check who does it."
        )
    _check_workers(work, wanted, free)
    _check_meeting(work, meeting_on)
    _check_level(by, work, level_four_reason)
    former = work.worker_ids
    work.child_worker, work.parent_worker = child_worker, parent_worker
    work.allocated_at, work.allocated_by = timezone.now(), by
    work.meeting_on = meeting_on or work.meeting_on
    if work.state == WorkState.REQUESTED:
        # The school may have said what the family answered before anybody was named.
        is_given = agreement_of(work).is_given
        work.state = WorkState.CONSENTED if is_given else WorkState.ALLOCATED
    work.save()
    _hand_on(by, work, former)
    record(by, Verb.ALLOCATE, work, workers=sorted(str(pk) for pk in chosen))
    work_notices.allocated(work, former, by)
    return work


@transaction.atomic
def decline(by, work, reason):
    """Close a request that is not allocated, and tell whoever asked; other support fits better.

    The children leave the school's current work at the end of the term. ValidationError without a
    reason; TransitionNotAllowed when it was decided before.
    """
    work = _locked(work)
    allow(policies.may_allocate(by, work))
    if work.state != WorkState.REQUESTED:
        raise TransitionNotAllowed(DECIDED)
    if not reason.strip():
        raise ValidationError({"reason": "Enter why the work is not allocated"})
    work.state, work.end_reason = WorkState.CLOSED, EndReason.NOT_ALLOCATED
    work.end_words = reason
    work.closed_on, work.closed_by = timezone.localdate(), by
    work.save()
    end_involvement(work, _end_of_term(work.school_id))
    record(by, Verb.END, work)
    work_notices.declined(work, by)
    return work


def keep_on_work(by, work, pupils):
    """Put the children who are ``to_involve`` on the current work of the school and the workers."""
    if not pupils:
        return
    ids = to_involve(by, work.school, [pupil.pk for pupil in pupils])
    involve(ids, work, school=work.school)
    for user in work.workers:
        involve(ids, work, user=user)


def _locked(work):
    return (
        ShortIntervention.objects.select_for_update(of=("self",))
        .select_related("school", "child_worker", "parent_worker", "recorded_by")
        .get(pk=work.pk)
    )


def _refuse_closed(work):
    if not work.is_open:
        raise TransitionNotAllowed(CLOSED)


def _checked(facts):
    """The facts as they are kept; ValidationError naming what is missing."""
    if problems := problems_of(facts):
        raise ValidationError(problems)
    level_three_as = facts.get("level_three_as", "") if facts.get("level") == Level.THREE else ""
    level = facts.get("level")
    return {**facts, "level_three_as": level_three_as, "kind": kind_of(level, level_three_as)}


def check_children(by, school, children):
    """Refuse work without a child, with one closed to ``by``, or taught at another school.

    ValidationError of the field ``children``.
    """
    if not children:
        raise ValidationError({"children": "Select at least one child"})
    ids = {child.pk for child in children}
    are_open = list(discussable(by, school, also=ids).filter(pk__in=ids))
    if len(are_open) < len(ids):
        raise ValidationError({"children": "Give a reason to open this child again"})
    for pupil in are_open:
        if not pupil.belongs:
            raise ValidationError(
                {"children": f"{pupil} is taught at another school. Ask for short work there"}
            )


def _who(person):
    """What tells two people of one piece of work apart."""
    return person.pupil_id or (person.name.casefold(), person.relation.casefold())


def _correct(person, written):
    for name in WRITTEN:
        setattr(person, name, getattr(written, name))
    person.save(update_fields=WRITTEN)


def _take_out(person):
    if _is_on_record(person):
        raise ValidationError(
            f"{person} is named in what has been recorded, and stays among the people"
        )
    person.delete()


def _is_on_record(person):
    """A confirmation, a session, a measure or feedback names them."""
    if person.consents.exists() or person.sessions.exists() or person.feedback.exists():
        return True
    if person.pupil is None:
        return False
    of_child = {"pupil": person.pupil_id}
    work = person.intervention_id
    return (
        Measure.objects.filter(intervention=work, **of_child).exists()
        or SessionPart.objects.filter(session__intervention=work, **of_child).exists()
    )


def _check_workers(work, wanted, free):
    child, parent = wanted
    if not (child or parent):
        raise ValidationError(
            {"child_worker": "Select who works with the child, or with the parent or carer"}
        )
    for name, pk in (("child_worker", child), ("parent_worker", parent)):
        if pk and pk not in free:
            raise ValidationError({name: "Choose a worker from the list"})
    if parent and not work.participants.filter(pupil__isnull=True).exists():
        raise ValidationError(
            {"parent_worker": "Add the parent or carer to the people of this work first"}
        )


def _check_meeting(work, meeting_on):
    if meeting_on is None and work.meeting_on is None:
        raise ValidationError({"meeting_on": "Enter the date of the weekly allocations meeting"})
    if meeting_on and meeting_on > timezone.localdate():
        raise ValidationError(
            {"meeting_on": "The date of the meeting must be today or in the past"}
        )
    if meeting_on and meeting_on < work.asked_on:
        raise ValidationError(
            {"meeting_on": "The meeting must be on or after the day the work was asked for"}
        )


def _check_level(by, work, level_four_reason):
    """Design.md 6.8: the level is judged before work starts, and 3 and 4 go on for a reason."""
    if work.level is None:
        raise ValidationError(JUDGE_FIRST)
    if work.level == Level.THREE and work.level_three_as not in LevelThree.values:
        raise ValidationError("Enter how short work goes on at Level 3 before it is allocated")
    _decide_level_four(by, work, work.level, level_four_reason)


def _decide_level_four(by, work, level, reason):
    """Keep the team manager's reason for work at Level 4; ValidationError where it is missing."""
    if level is None:
        raise ValidationError({"level": JUDGE_FIRST})
    if level != Level.FOUR or (work.level_four_by_id and not reason.strip()):
        return
    if not policies.may_allocate(by, work):
        raise ValidationError({"level": ASK_MANAGER})
    if not reason.strip():
        raise ValidationError({"level_four_reason": LEVEL_FOUR})
    work.level_four_by, work.level_four_reason = by, reason


def _hand_on(by, work, former):
    """The children are on the current work of who does it now, and no more of who did.

    Those who are ``to_involve``.
    """
    pupils = list(work.participants.filter(pupil__isnull=False).values_list("pupil", flat=True))
    known = to_involve(by, work.school, pupils)
    changed = User.objects.in_bulk(work.worker_ids ^ former)
    for pk, user in changed.items():
        if pk in work.worker_ids:
            involve(known, work, user=user)
        else:
            involve(pupils, work, user=user, ends_at=timezone.now())


def _end_of_term(school_id):
    """The instant at which the school's term ends, or now when it is over."""
    today = timezone.localdate()
    calendar = calendars_of([school_id])[school_id]
    last = max(calendar.span_of(calendar.term_on(today))[1], today)
    return datetime.combine(last + timedelta(days=1), time(), LONDON)
