"""Programmes: set up, asked for by a school, triaged against their criteria (rule 004-11)."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations.models import Area
from consultations.services.children import end_of_next_term
from interventions import policies
from interventions.models import (
    AskedBy,
    CaseState,
    Criterion,
    CriterionAnswer,
    Participant,
    Programme,
    ProgrammeCase,
)
from interventions.services import work as short_work
from interventions.triage import PRESETS, verdict
from schools.calendar import calendars_of
from schools.services import end_involvement, involve_at

DECIDED = "This case has been decided already."


@transaction.atomic
def add_programme(by, facts, preset=""):
    """Set up a programme; returns it. ``facts`` are its fields.

    ``preset`` is a key of ``triage.PRESETS``, whose criteria it begins with. ValidationError for
    a name that is taken.
    """
    allow(policies.may_keep_programmes(by))
    programme = Programme(made_by=by, **facts)
    programme.validate_unique()
    programme.save(force_insert=True)
    criteria = PRESETS[preset].criteria if preset else ()
    Criterion.objects.bulk_create(
        Criterion(programme=programme, position=position, **criterion)
        for position, criterion in enumerate(criteria)
    )
    record(by, Verb.ADD, programme)
    return programme


@transaction.atomic
def change_programme(by, programme, facts):
    """Change what a programme is for, its dates and pathways. ValidationError as on adding."""
    allow(policies.may_keep_programmes(by))
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    for name, value in facts.items():
        setattr(programme, name, value)
    programme.validate_unique()
    programme.save(update_fields=list(facts))
    record(by, Verb.CHANGE, programme, fields=sorted(facts))
    return programme


@transaction.atomic
def save_criterion(by, programme, facts, criterion=None):
    """Add a criterion at the end of a programme's, or change one; returns it.

    Cases that were decided keep what was answered: a rule with answers that changes its words or
    its side is used no more, and another stands in its place.
    """
    allow(policies.may_keep_programmes(by))
    Programme.objects.select_for_update().get(pk=programme.pk)
    if criterion is None:
        last = programme.criteria.order_by("-position").first()
        criterion = Criterion(programme=programme, position=last.position + 1 if last else 0)
    elif _rewrites_answers(criterion, facts):
        criterion = _retired(by, criterion)
    verb = Verb.ADD if criterion._state.adding else Verb.CHANGE
    for name, value in facts.items():
        setattr(criterion, name, value)
    criterion.save()
    record(by, verb, criterion)
    return criterion


def _rewrites_answers(criterion, facts):
    """Whether these facts would change what was asked of the cases decided by a criterion."""
    now = Criterion.objects.select_for_update().get(pk=criterion.pk)
    if all(getattr(now, name) == facts.get(name, getattr(now, name)) for name in ("rule", "side")):
        return False
    return CriterionAnswer.objects.filter(criterion=now).exists()


def _retired(by, criterion):
    """Use a criterion no more; returns an unsaved one, to stand in its place."""
    Criterion.objects.filter(pk=criterion.pk).update(is_used=False)
    record(by, Verb.CHANGE, criterion)
    return Criterion(programme=criterion.programme, position=criterion.position)


@transaction.atomic
def ask(by, programme, pupil, school, *, asked_on, asked_who, asked_why=""):
    """Keep that a school asked for a child to be taken into a programme; returns the case.

    The child is on the school's current work from then on. ValidationError for a date outside the
    programme's; TransitionNotAllowed where the child is waiting or in it already.
    """
    allow(policies.may_request(by, school))
    if not programme.runs_on(asked_on):
        raise ValidationError({"asked_on": f"{programme.name} does not run on that date"})
    try:
        with transaction.atomic():
            case = ProgrammeCase.objects.create(
                programme=programme,
                pupil=pupil,
                school=school,
                hub_id=school.hub_id,
                asked_on=asked_on,
                asked_who=asked_who,
                asked_why=asked_why,
                recorded_by=by,
            )
    except IntegrityError as twice:
        sentence = "The school has asked for this child already."
        raise TransitionNotAllowed(sentence) from twice
    involve_at(by, school, [pupil.pk], case)
    record(by, Verb.ASK, case)
    return case


@transaction.atomic
def accept(by, case, answers, reason=""):
    """Take a child into the programme: the work waits to be allocated; returns the case.

    ``answers`` are ``{Criterion: (Answered, evidence)}``. ValidationError where the criteria say
    otherwise, or leave it open, and no ``reason`` is given, and as ``services.work.ask``;
    TransitionNotAllowed when it was decided before.
    """
    case = _locked(by, case)
    if not verdict(answers_by_criterion(answers)).is_in_scope and not reason:
        raise ValidationError({"reason": "Enter why this case is accepted all the same"})
    facts = {
        "area": Area.ATTENDANCE,
        "asked_by": AskedBy.SCHOOL,
        "asked_who": case.asked_who,
        "asked_on": case.asked_on,
        "hoped_for": case.asked_why,
    }
    work = short_work.ask(by, case.school, facts, [Participant(pupil=case.pupil)])
    return _decide(by, case, CaseState.ACCEPTED, answers, reason, intervention=work)


@transaction.atomic
def redirect(by, case, answers, reason, pathway):
    """Send a case elsewhere, for a ``reason``: it stays and is compared (rule 004-18).

    ``answers`` as for ``accept``. ValidationError without the reason or the ``pathway``;
    TransitionNotAllowed when it was decided before.
    """
    case = _locked(by, case)
    lacks = {}
    if not reason:
        lacks["reason"] = "Enter why this case goes elsewhere"
    if not pathway:
        lacks["pathway"] = "Select or enter where it goes"
    if lacks:
        raise ValidationError(lacks)
    decided = _decide(by, case, CaseState.REDIRECTED, answers, reason, pathway=pathway)
    calendar = calendars_of([case.school_id])[case.school_id]
    end_involvement(case, end_of_next_term(calendar, timezone.now()))
    return decided


def answers_by_criterion(answers):
    """``{Criterion: Answered}`` of ``{Criterion: (Answered, evidence)}``."""
    return {criterion: reply for criterion, (reply, _) in answers.items()}


def _locked(by, case):
    case = (
        ProgrammeCase.objects.select_for_update(of=("self",))
        .select_related("programme", "pupil", "school")
        .get(pk=case.pk)
    )
    allow(policies.may_triage(by, case))
    if case.state != CaseState.WAITING:
        raise TransitionNotAllowed(DECIDED)
    return case


def _decide(by, case, state, answers, reason, **rest):
    case.state, case.reason = state, reason
    case.decided_at, case.decided_by = timezone.now(), by
    for name, value in rest.items():
        setattr(case, name, value)
    case.save(update_fields=["state", "reason", "decided_at", "decided_by", *rest])
    CriterionAnswer.objects.bulk_create(
        CriterionAnswer(case=case, criterion=criterion, reply=reply, evidence=evidence)
        for criterion, (reply, evidence) in answers.items()
    )
    record(by, Verb.DECIDE if state == CaseState.ACCEPTED else Verb.REDIRECT, case)
    return case
