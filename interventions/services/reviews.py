"""Looking at how the work goes, with the family and the school, every 6 to 12 school weeks."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import long_date
from interventions import policies
from interventions.models import ShortIntervention, WorkState
from schools.calendar import calendars_of

# In school weeks (domain-facts.md 3.7).
FIRST, LAST = 6, 12
NOT_OPEN = {
    WorkState.REQUESTED: "This work waits to be allocated. There is nothing to review yet.",
    WorkState.CLOSED: "This work has ended. Take it up again to review it.",
}


@transaction.atomic
def review(by, work, *, reviewed_on, direction, text, next_on):
    """Record how the work goes and when it is looked at again; returns the ``Review``.

    ``direction`` is one of ``Review.Direction``. PermissionDenied for who does not work there;
    ValidationError by field, for dates that cannot be (rules 003-26, 003-35);
    TransitionNotAllowed for work that is not allocated or has ended, and for the second of two
    clicks.
    """
    work = ShortIntervention.objects.select_for_update().get(pk=work.pk)
    allow(policies.may_work(by, work))
    if work.state in NOT_OPEN:
        raise TransitionNotAllowed(NOT_OPEN[work.state])
    text = text.strip()
    if not text:
        raise ValidationError({"text": "Enter what was said"})
    _check_days(work, reviewed_on, next_on)
    facts = {"reviewed_on": reviewed_on, "direction": direction, "text": text, "next_on": next_on}
    if work.reviews.filter(by=by, **facts).exists():
        raise TransitionNotAllowed("This review has been recorded already.")
    made = work.reviews.create(by=by, **facts)
    # An earlier review, written down late, does not move the next one.
    if work.reviews.first() == made:
        work.review_on = next_on
        work.save(update_fields=["review_on"])
    record(by, Verb.REVIEW, work, direction=direction)
    return made


def _check_days(work, reviewed_on, next_on):
    first, last = work.asked_on, timezone.localdate()
    if reviewed_on > last:
        raise ValidationError({"reviewed_on": "The date of the review must not be in the future"})
    if reviewed_on < first:
        raise ValidationError(
            {
                "reviewed_on": "The date of the review must be on or after"
                f" {long_date(first)}, when the work was asked for"
            }
        )
    latest = next_review(work.school_id, reviewed_on, weeks=LAST)
    if not reviewed_on < next_on <= latest:
        raise ValidationError(
            {
                "next_on": f"The next review must be after {long_date(reviewed_on)} and by"
                f" {long_date(latest)}, {LAST} school weeks later"
            }
        )


def next_review(school_id, day, weeks=FIRST):
    """The school day on which ``weeks`` school weeks have passed since ``day``; one query."""
    calendar = calendars_of([school_id])[school_id]
    return calendar.next_school_day(calendar.day_after(day, weeks) - timedelta(days=1))
