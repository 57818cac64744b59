"""The plan made with a family: what they want, who does what, when it is looked at again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import long_date
from interventions import policies
from interventions.models import Point, ShortIntervention, WorkState
from interventions.services.measures import measure_scale
from interventions.services.reviews import FIRST, LAST, next_review

NOT_OPEN = {
    WorkState.REQUESTED: "This work waits to be allocated. Plan it with the family after that.",
    WorkState.CLOSED: "This work has ended. Take it up again to plan it.",
}
FIELDS = ("goal", "planned_sessions", "planned_words", "review_on")


@transaction.atomic
def plan(by, work, *, goal, planned_sessions, planned_words, review_on, scale=None):
    """Write down the plan of short work (rule 003-48); returns the work.

    ``goal`` is in the family's words, ``planned_sessions`` a number or None, ``review_on`` a date.
    ``scale`` is where things are now, as ``{"scale", "informant", "value", "pupil"}``: the first
    point of the measures. PermissionDenied for who does not work there; ValidationError by field;
    TransitionNotAllowed for work that is not allocated or has ended.
    """
    work = ShortIntervention.objects.select_for_update().get(pk=work.pk)
    allow(policies.may_work(by, work))
    if work.state in NOT_OPEN:
        raise TransitionNotAllowed(NOT_OPEN[work.state])
    if not goal.strip():
        raise ValidationError({"goal": "Enter the goal in the family’s own words"})
    today = timezone.localdate()
    if review_on != work.review_on:
        _check_review(work, review_on, today)
    told = dict(zip(FIELDS, (goal, planned_sessions, planned_words, review_on), strict=True))
    changed = [name for name, value in told.items() if getattr(work, name) != value]
    for name in changed:
        setattr(work, name, told[name])
    work.planned_on = work.planned_on or today
    work.save(update_fields=[*changed, "planned_on"])
    if scale:
        measure_scale(by, work, point=Point.FIRST, on=today, **scale)
    record(by, Verb.PLAN, work, fields=sorted(changed))
    return work


def _check_review(work, review_on, today):
    latest = next_review(work.school_id, today, weeks=LAST)
    if not today < review_on <= latest:
        raise ValidationError(
            {
                "review_on": f"The review must be after today and by {long_date(latest)}, "
                f"{LAST} school weeks from now"
            }
        )


def first_review(work):
    """The date that the form offers for the review: ``FIRST`` school weeks from now."""
    return next_review(work.school_id, timezone.localdate(), weeks=FIRST)
