"""The page of short work: what comes next, how far it got, and the sections of its parts."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from consultations.models import Level
from govuk.words import day_text, long_date, lower_first
from interventions import consent_page, measure_page, policies, review_page, session_page
from interventions.models import WorkState

# The parts of the page in their order: the name in the context and of the template, and the
# function that makes it of ``(user, work)``.
SECTIONS = {
    "consent": consent_page.section,
    "sessions": session_page.section,
    "reviews": review_page.section,
    "measures": measure_page.section,
}


@dataclass(frozen=True)
class Step:
    """What comes next: ``words``, and where to do it for whoever may."""

    words: str
    label: str = ""
    url: str = ""
    is_late: bool = False


def steps_of(work):
    """``[(label, is done, since when)]``: asked, allocated, agreed, under way, closed."""
    reached = list(WorkState).index(WorkState(work.state))
    if not work.is_open:
        # A request that was not allocated, or work that the family refused, never got further.
        reached = 1 if work.allocated_at else 0
    asked = f"Asked {long_date(work.asked_on)}"
    allocated = (
        f"Allocated {long_date(timezone.localdate(work.allocated_at))}"
        if work.allocated_at
        else "Allocated"
    )
    closed = f"Closed {long_date(work.closed_on)}" if work.closed_on else "Closed"
    labels = [asked, allocated, "Agreement confirmed", "Under way"]
    found = [(label, place <= reached) for place, label in enumerate(labels)]
    if not work.is_open:
        found = [pair for pair in found if pair[1]]
    return [*found, (closed, not work.is_open)]


def next_step(user, work, today=None, *, is_refused=False):
    """The ``Step`` of work in its state, as this user meets it.

    ``is_refused``: the family said no, which ends the work and not the watchfulness (003-52).
    """
    today = today or timezone.localdate()
    own = work.get_absolute_url()
    may_work = policies.may_work(user, work)
    if work.state == WorkState.REQUESTED:
        return _to_allocate(user, work)
    if is_refused and work.is_open:
        words = (
            "The family said no: only other contact goes on. Say so, and set a day to look again"
        )
        return Step(words, "End the work", f"{own}end/" if may_work else "")
    if work.is_open and work.review_due_on and work.review_due_on <= today:
        return _to_review(work, today, may_work)
    if work.state == WorkState.ALLOCATED:
        words = (
            "The school confirms what the family says. Until then only other contact is recorded"
        )
        return Step(words, "Confirm the agreement", f"{own}consent/" if may_work else "")
    if work.state == WorkState.CONSENTED:
        label, url = "Record a session", f"{own}sessions/new/" if may_work else ""
        return Step("The family agrees: direct work can start", label, url)
    if work.state == WorkState.UNDER_WAY:
        return _to_review(work, today, may_work)
    return Step(f"Closed: {lower_first(work.get_end_reason_display())}")


def _to_allocate(user, work):
    if work.level is None:
        words = "Judge the level of need, so that it can be allocated"
        may = policies.may_work(user, work)
        url = reverse("intervention_change", args=[work.pk]) if may else ""
        return Step(words, "Enter the level", url)
    if not policies.may_allocate(user, work):
        return Step("It waits for the weekly allocations meeting of the team manager")
    what = "Decide whether it goes on, and who does it" if work.level == Level.FOUR else ""
    url = reverse("intervention_allocate", args=[work.pk])
    return Step(what or "Decide at the weekly meeting who does it", "Allocate", url)


def _to_review(work, today, may_work):
    own, due_on = work.get_absolute_url(), work.review_due_on
    if due_on is None or (work.review_on is None and due_on > today):
        return Step("Set a review", "Review", f"{own}review/" if may_work else "")
    is_late = due_on < today
    words = f"The review {'was' if is_late else 'is'} due {_on(due_on, today)}"
    if due_on <= today:
        return Step(words, "Review", f"{own}review/" if may_work else "", is_late)
    return Step(words, "Record a session", f"{own}sessions/new/" if may_work else "")


def _on(day, today):
    said = day_text(day, today)
    return said if said in ("today", "yesterday", "tomorrow") else f"on {said}"


def sections_of(user, work):
    """``{name: what its section is made of}`` of every part of the page.

    Before anybody does the work there is nothing but the school's answer.
    """
    names = SECTIONS if work.allocated_at else ["consent"]
    return {name: SECTIONS[name](user, work) for name in names}
