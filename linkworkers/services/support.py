"""What a school gets beside its link workers: presence, enhanced support, crisis response, focus.

And what was tried: visits and attempts to engage, which its link workers log as they go. Nothing
here is a target, and nothing is ever missed (rules 001-60, 001-74).
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from linkworkers import policies, support_notices
from linkworkers.models import (
    Crisis,
    EngagementAttempt,
    EnhancedSupport,
    Focus,
    Presence,
    SupportCriterion,
    Visit,
)
from linkworkers.services.locks import locked_school
from schools.models import SchoolStatus
from schools.services.lists import move_up

# How far back a visit is still logged, in weeks; and an attempt, and a review ahead, in days.
VISIT_WEEKS = 4
YEAR = 366
# A page sent again is the same act; the same words after this long are meant anew.
SENT_AGAIN = timedelta(days=1)
# Why the former decision ended when a review lets enhanced support go on.
CONTINUED = "Reviewed, and goes on"


# --- presence ------------------------------------------------------------------------------


@transaction.atomic
def agree_presence(by, school, *, kind, frequency, reason, agreed_on):
    """Write down the presence agreed with the school's leaders on a day (rules 001-75, 001-76).

    ``kind`` is a ``PresenceKind``, ``frequency`` a ``Frequency``. The former agreement ends and is
    kept. Returns the ``Presence`` that holds, as it stands when it says just this already.
    ValidationError for a day to come; TransitionNotAllowed for a closed school.
    """
    school = _school_to_decide_on(by, school)
    if agreed_on > timezone.localdate():
        raise ValidationError({"agreed_on": "The day it was agreed must be today or in the past"})
    facts = {
        "kind": kind,
        "frequency": frequency,
        "reason": _required("reason", reason, "Enter why this presence was agreed"),
        "agreed_on": agreed_on,
    }
    former = school.presence_set.filter(ended_at=None).first()
    if _says(former, facts):
        return former
    now = timezone.now()
    if former:
        former.ended_at = now
        former.save(update_fields=["ended_at"])
    presence = Presence.objects.create(
        school=school, hub_id=school.hub_id, agreed_by=by, set_at=now, **facts
    )
    record(by, Verb.AGREE, presence)
    return presence


@transaction.atomic
def log_visit(by, school, day):
    """Log that ``by`` worked at the school on a day of the last four weeks (rule 001-74).

    One a day: the ``Visit`` already logged is returned. ValidationError for any other day.
    """
    school = locked_school(school)
    allow(policies.may_log_visit(by, school))
    today = timezone.localdate()
    if not today - timedelta(weeks=VISIT_WEEKS) <= day <= today:
        raise ValidationError({"day": f"The day must be in the last {VISIT_WEEKS} weeks"})
    visit, is_new = Visit.objects.get_or_create(
        school=school, by=by, day=day, defaults={"hub_id": school.hub_id}
    )
    if is_new:
        record(by, Verb.LOG, visit)
    return visit


@transaction.atomic
def remove_visit(by, school, pk):
    """Take back a visit on the day it was logged, by whoever logged it.

    TransitionNotAllowed on a later day, or when it is gone already.
    """
    school = locked_school(school)
    allow(policies.may_see_support(by, school))
    visit = school.visit_set.filter(pk=pk).first()
    if visit is None:
        raise TransitionNotAllowed("This visit has been removed already.")
    allow(policies.may_remove_visit(by, visit))
    if not visit.was_logged_today:
        raise TransitionNotAllowed("A visit can be removed on the day it was logged only.")
    record(by, Verb.REMOVE, visit)
    visit.delete()


# --- crisis response -----------------------------------------------------------------------


@transaction.atomic
def enter_crisis(by, school, *, what_happened, happened_at):
    """Tell the hub's managers and the service managers of an incident at once (rule 001-77).

    ``happened_at`` is an instant. The same words within a day, while nobody has decided on them,
    are the same ``Crisis``. ValidationError for an instant to come.
    """
    school = locked_school(school)
    allow(policies.may_enter_crisis(by, school))
    what_happened = _required("what_happened", what_happened, "Enter what happened")
    if happened_at > timezone.now():
        raise ValidationError({"happened_time": "The time it happened must be now or in the past"})
    facts = {"entered_by": by, "what_happened": what_happened}
    lately = school.crisis_set.filter(entered_at__gt=timezone.now() - SENT_AGAIN)
    if entered := lately.filter(decided_at=None, **facts).first():
        return entered
    crisis = Crisis.objects.create(
        school=school, hub_id=school.hub_id, happened_at=happened_at, **facts
    )
    record(by, Verb.ADD, crisis)
    support_notices.crisis_entered(crisis, by)
    return crisis


@transaction.atomic
def decide_crisis(by, crisis, *, needs_more, decision):
    """Decide whether more people are sent, and what is done (rule 001-78).

    TransitionNotAllowed when it has been decided; ValidationError without ``decision``.
    """
    school = locked_school(crisis.school)
    allow(policies.may_decide_support(by, school))
    crisis = (
        Crisis.objects.select_for_update(of=["self"], no_key=True)
        .select_related("decided_by", "entered_by")
        .get(pk=crisis.pk)
    )
    if crisis.is_decided:
        raise TransitionNotAllowed(f"{crisis.decided_by} has already decided on this.")
    crisis.needs_more = needs_more
    crisis.decision = _required("decision", decision, "Enter what was decided")
    crisis.decided_at, crisis.decided_by = timezone.now(), by
    crisis.save(update_fields=["needs_more", "decision", "decided_at", "decided_by"])
    record(by, Verb.DECIDE, crisis, needs_more=needs_more)
    crisis.school = school
    support_notices.crisis_decided(crisis, by)
    return crisis


# --- enhanced support ----------------------------------------------------------------------


@transaction.atomic
def enhance(by, school, *, criteria, reason, review_on):
    """Decide that the school gets enhanced support until a review (rule 001-54).

    ``criteria`` are ``SupportCriterion`` rows, ``review_on`` a day of the year ahead. Returns the
    ``EnhancedSupport``. ValidationError names the field; TransitionNotAllowed when the school has
    enhanced support, or is closed.
    """
    school = _school_to_decide_on(by, school)
    if school.enhancedsupport_set.filter(ended_at=None).exists():
        raise TransitionNotAllowed(f"{school.name} has enhanced support already. Review it here.")
    support = _decided(by, school, criteria, reason, review_on)
    record(by, Verb.ENHANCE, support)
    return support


@transaction.atomic
def review(by, support, *, goes_on, reason, criteria=(), review_on=None):
    """Let enhanced support go on until a new review, or end it; the decision so far is kept.

    Returns the ``EnhancedSupport`` that now holds, None when it ends. Errors as for ``enhance``,
    and TransitionNotAllowed when it has ended, or was reviewed, meanwhile.
    """
    school = locked_school(support.school)
    allow(policies.may_decide_support(by, school))
    support = EnhancedSupport.objects.select_for_update(no_key=True).get(pk=support.pk)
    if support.ended_at is not None:
        raise TransitionNotAllowed(
            f"The decision on {school.name} was reviewed or ended meanwhile."
        )
    reason = _required("reason", reason, "Enter the reason")
    support.ended_at, support.ended_by = timezone.now(), by
    support.ended_why = CONTINUED if goes_on else reason
    support.save(update_fields=["ended_at", "ended_by", "ended_why"])
    if not goes_on:
        record(by, Verb.END, support)
        return None
    again = _decided(by, school, criteria, reason, review_on, at=support.ended_at)
    record(by, Verb.REVIEW, again, before=str(support.pk))
    return again


def _decided(by, school, criteria, reason, review_on, at=None):
    if not criteria:
        raise ValidationError({"criteria": "Select why the school needs enhanced support"})
    today = timezone.localdate()
    if review_on is None:
        raise ValidationError({"review_on": "Enter the day of the review"})
    if not today < review_on <= today + timedelta(days=YEAR):
        raise ValidationError({"review_on": "The review must be after today and within a year"})
    support = EnhancedSupport.objects.create(
        school=school,
        hub_id=school.hub_id,
        reason=_required("reason", reason, "Enter the reason"),
        decided_by=by,
        decided_at=at or timezone.now(),
        review_on=review_on,
    )
    support.criteria.set(criteria)
    return support


# --- take-up -------------------------------------------------------------------------------


@transaction.atomic
def log_attempt(by, school, *, day, how, reached, outcome="", once=None):
    """Log an attempt to engage the school, or a contact with it (rule 001-61).

    ``how`` is a ``Contacted``, ``reached`` whether the school answered. ``once`` was made with
    the page, so that a second click is the same ``EngagementAttempt``. ValidationError for a day
    that is to come, or more than a year ago.
    """
    school = locked_school(school)
    allow(policies.may_see_support(by, school))
    today = timezone.localdate()
    if not today - timedelta(days=YEAR) <= day <= today:
        raise ValidationError({"day": "The day must be today or in the past year"})
    facts = {"school": school, "by": by, "day": day, "how": how, "reached": reached}
    facts["outcome"] = outcome.strip()
    of_page = EngagementAttempt.objects.filter(pk=once).first() if once else None
    if _says(of_page, facts):
        return of_page
    attempt = EngagementAttempt(hub_id=school.hub_id, **facts)
    if once and of_page is None:
        attempt.pk = once
    attempt.save(force_insert=True)
    record(by, Verb.LOG, attempt)
    return attempt


@transaction.atomic
def adjust_focus(by, school, *, decision):
    """Keep a manager's decision to adjust focus at the school, in their words (rule 001-71).

    Their own latest words again within a day are the same ``Focus``.
    """
    school = locked_school(school)
    allow(policies.may_decide_support(by, school))
    facts = {
        "decided_by": by,
        "decision": _required("decision", decision, "Enter what was decided"),
    }
    latest = school.focus_set.filter(decided_at__gt=timezone.now() - SENT_AGAIN).first()
    if _says(latest, facts):
        return latest
    focus = Focus.objects.create(school=school, hub_id=school.hub_id, **facts)
    record(by, Verb.ADJUST, focus)
    return focus


# --- criteria ------------------------------------------------------------------------------


@transaction.atomic
def add_criterion(by, name):
    """Add a criterion at the end of the list. ValidationError for a name that is there."""
    allow(policies.may_edit_criteria(by))
    criteria = list(SupportCriterion.objects.select_for_update())
    criterion = SupportCriterion(name=_new_name(name, criteria))
    criterion.position = max((c.position for c in criteria), default=-1) + 1
    criterion.save()
    record(by, Verb.ADD, criterion)
    return criterion


@transaction.atomic
def change_criterion(by, criterion, *, name, is_used):
    """Rename a criterion, or stop using it for new decisions; past ones keep it."""
    allow(policies.may_edit_criteria(by))
    criteria = list(SupportCriterion.objects.select_for_update())
    criterion.name = _new_name(name, [c for c in criteria if c.pk != criterion.pk])
    criterion.is_used = is_used
    criterion.save(update_fields=["name", "is_used"])
    record(by, Verb.CHANGE, criterion)
    return criterion


@transaction.atomic
def raise_criterion(by, criterion, seen_at):
    """Move a criterion up by one place, from ``seen_at``: as ``schools.services.lists.move_up``."""
    allow(policies.may_edit_criteria(by))
    move_up(by, criterion, seen_at)


def _new_name(name, others):
    name = _required("name", name, "Enter the criterion")
    if name.casefold() in {other.name.casefold() for other in others}:
        raise ValidationError({"name": "This criterion is in the list already"})
    return name


# --- shared by the acts ----------------------------------------------------------------------


def _school_to_decide_on(by, school):
    school = locked_school(school)
    allow(policies.may_decide_support(by, school))
    if school.status == SchoolStatus.CLOSED:
        raise TransitionNotAllowed(f"{school.name} is closed.")
    return school


def _required(field, text, sentence):
    text = text.strip()
    if not text:
        raise ValidationError({field: sentence})
    return text


def _says(row, facts):
    """``row`` is there and says just this already, as after the first of two clicks."""
    return row is not None and all(getattr(row, name) == value for name, value in facts.items())
