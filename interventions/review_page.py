"""Reviews on the page of the work, how the work went on or ended, and what is due for review."""

from django.utils import timezone

from govuk.words import day_text
from interventions import policies
from interventions.models import Review, ShortIntervention, WorkState
from interventions.services import endings

WORSE = Review.Direction.WORSE


def section(user, work):
    """What ``interventions/_reviews.html`` shows of a work that is open to ``user``.

    Six queries at most.
    """
    today = timezone.localdate()
    reviews = list(work.reviews.select_related("by"))
    due = ShortIntervention.objects.to_review(work.review_on or today).filter(pk=work.pk).first()
    may_work = policies.may_work(user, work)
    is_allocated = work.state not in (WorkState.REQUESTED, WorkState.CLOSED)
    return {
        "work": work,
        "reviews": reviews,
        "next_text": _next_text(due, today),
        "is_due": due is not None and due.due_on <= today,
        "is_worse": bool(reviews) and reviews[0].direction == WORSE,
        "step_ups": work.step_ups.select_related("by"),
        "plans": work.plans.select_related("school", "agency"),
        "reopenings": work.reopenings.select_related("by", "closed_by"),
        "continued_by": list(work.continued_by.all()),
        "may_act": may_work and is_allocated,
        "may_reopen": may_work and work.state == WorkState.CLOSED,
        "may_ask_again": work.state == WorkState.CLOSED and policies.may_request(user, work.school),
        "may_see_plans": bool(policies.may_see_plans(user)),
        "drafts": list(endings.drafts_of(work)) if is_allocated and may_work else [],
    }


def _next_text(due, today):
    """``The next review is due today``, ``A review was due on …``; empty while no date is set."""
    if due is None:
        return ""
    day = day_text(due.due_on, today)
    when = day if day in ("today", "tomorrow", "yesterday") else f"on {day}"
    return f"A review was due {when}" if due.due_on < today else f"The next review is due {when}"


def to_review(user, today=None):
    """Work of ``user`` to be reviewed by ``today``: with ``due_on``, school and support.

    For lists: nothing of it names a child. One query.
    """
    today = today or timezone.localdate()
    seen = ShortIntervention.objects.visible_to(user).worked_by(user)
    return seen.to_review(today).select_related("school", "work_type")
