"""Reviews on the page of the work, how the work went on or ended, and what is due for review."""

from django.utils import timezone

from govuk.words import day_text
from interventions import policies
from interventions.models import EarlyHelpPlan, Review, WorkState
from interventions.services import endings

WORSE = Review.Direction.WORSE


def section(user, work):
    """What ``interventions/_reviews.html`` shows of a work that is open to ``user``.

    Five queries at most.
    """
    today = timezone.localdate()
    reviews = list(work.reviews.select_related("by"))
    may_work = policies.may_work(user, work)
    is_allocated = work.state not in (WorkState.REQUESTED, WorkState.CLOSED)
    due_on = work.review_due_on if is_allocated else None
    is_due = due_on is not None and due_on <= today
    return {
        "work": work,
        "reviews": reviews,
        "next_text": _next_text(due_on, today) if is_due or work.review_on else "",
        "is_due": is_due,
        "is_worse": bool(reviews) and reviews[0].direction == WORSE,
        "step_ups": work.step_ups.select_related("by"),
        "plans": EarlyHelpPlan.objects.visible_to(user)
        .filter(stepped_up_from=work)
        .select_related("school", "agency"),
        "reopenings": work.reopenings.select_related("by", "closed_by"),
        "continued_by": list(work.continued_by.all()),
        "may_act": may_work and is_allocated,
        "may_reopen": may_work and work.state == WorkState.CLOSED,
        "may_ask_again": work.state == WorkState.CLOSED and policies.may_request(user, work.school),
        "drafts": list(endings.drafts_of(work)) if is_allocated and may_work else [],
    }


def _next_text(due_on, today):
    """``The next review is due today``, ``A review was due on …``; empty while there is none."""
    if due_on is None:
        return ""
    day = day_text(due_on, today)
    when = day if day in ("today", "tomorrow", "yesterday") else f"on {day}"
    return f"A review was due {when}" if due_on < today else f"The next review is due {when}"
