"""What a session must hold before it is completed, and on which days it may have been.

Direct work stands on a confirmation of the school that names everybody it was with (rules 001-23
and 001-79); the database holds that too.
"""

from django.db.models import Min
from django.utils import timezone

from govuk.words import long_date
from interventions.agreement import LATEST_FIRST, counts_from, names_of
from interventions.models import (
    Answer,
    Attended,
    Contact,
    OtherContact,
    SessionPlace,
    WorkState,
)

# The kinds of contact at which a family may be missing for a reason (rule 001-30).
MEETINGS = (OtherContact.TAF, OtherContact.PROFESSIONALS)
NOT_YET = "Direct work begins once the work is allocated. Record other contact until then"
NEVER = "This work was never allocated, so there is no direct work in it. Record other contact"


def offers_direct(work, answers, *, held_on, people):
    """Whether direct work on the date ``held_on`` could be with any of ``people``.

    Otherwise only other contact is offered (rule 003-50). ``answers`` are those of ``answers_on``.
    """
    if _not_allocated(work):
        return False
    return any(_allows(answers, person, held_on) for person in people)


def limits_in(answers, people, day):
    """``[(Participant, text)]``: what those who agree on the date ``day`` did not agree to.

    ``answers`` are those of ``answers_on``.
    """
    return [
        (person, answers[person.pk].limits)
        for person in people
        if _allows(answers, person, day) and answers[person.pk].answer == Answer.LIMITED
    ]


def refusals(work, answers, *, contact, held_on, people):
    """``{field: sentence}`` for what stands in the way of a session on the date ``held_on``.

    ``answers`` are those of ``answers_on`` that date, ``people`` the ``Participant`` s it was with.
    One query at most.
    """
    found = {}
    if sentence := _wrong_day(work, held_on):
        found["held_on"] = sentence
    if contact != Contact.DIRECT:
        return found
    if sentence := _not_allocated(work):
        found["contact"] = sentence
        return found
    if "held_on" not in found and held_on < (first := _first_allocated_on(work)):
        found["held_on"] = (
            f"The work was allocated on {long_date(first)}. Enter a date on or after that, or "
            "record other contact"
        )
    if not people:
        found["people"] = "Select who the direct work was with"
    elif "held_on" not in found:
        unnamed = [person for person in people if not _allows(answers, person, held_on)]
        if unnamed:
            found["people"] = _not_confirmed(held_on, unnamed, answers)
    return found


def _not_allocated(work):
    """Why nobody can have done direct work yet; empty once it was allocated."""
    if work.state == WorkState.REQUESTED:
        return NOT_YET
    return "" if work.allocated_at else NEVER


def _first_allocated_on(work):
    """The date from which somebody has done the work, though it was handed on since; one query.

    The weekly meeting decides it (rule 001-86), and is often typed in some days later.
    """
    first = work.events.aggregate(met=Min("meeting_on"), at=Min("allocated_at"))
    days = (first["met"], work.meeting_on, timezone.localdate(first["at"] or work.allocated_at))
    return min(filter(None, days))


def _wrong_day(work, held_on):
    if held_on > timezone.localdate():
        return "The date must be today or in the past. Record it once it has been"
    if held_on < work.asked_on:
        return (
            f"The work was asked for on {long_date(work.asked_on)}. Enter a date on or after that"
        )
    if work.closed_on and held_on > work.closed_on:
        return f"The work ended on {long_date(work.closed_on)}. Enter a date on or before that"
    return ""


def _allows(answers, person, day):
    return person.pk in answers and answers[person.pk].allows(day)


def answers_on(work, day):
    """``{participant id: ConsentConfirmation}``: the latest answer of each by the date ``day``.

    Two queries.
    """
    answers = work.consents.filter(obtained_on__range=(counts_from(work, day), day))
    answers = answers.order_by(*LATEST_FIRST).reverse()
    return {
        person.pk: answer
        for answer in answers.prefetch_related("people")
        for person in answer.people.all()
    }


def _not_confirmed(held_on, unnamed, answers):
    who = names_of(unnamed)
    said_no = [answers[person.pk] for person in unnamed if person.pk in answers]
    if said_no:
        day = said_no[-1].withdrawn_on or said_no[-1].obtained_on
        why = f"The answer for {who} has been no since {long_date(day)}"
    else:
        why = f"The school has not confirmed that {who} agreed by {long_date(held_on)}"
    return f"{why}. Without agreement, record what you did as other contact"


def lacking(fields, people):
    """``{field: sentence}``: what the session itself lacks; ``fields`` are cleaned."""
    found = {}
    other_kind = fields.get("other_kind")
    if fields["contact"] == Contact.OTHER and not other_kind:
        found["other_kind"] = "Select what kind of contact it was"
    if fields["attended"] != Attended.YES:
        if not fields["not_held_words"].strip():
            found["not_held_words"] = "Enter what was done about it"
        return found
    if not people and not fields["others_present"].strip():
        found["people"] = "Select who was there, or enter who else was"
    if fields["place"] == SessionPlace.HOME and not fields["visit_with"].strip():
        found["visit_with"] = "Enter with whom of the school you visited, or why you went alone"
    if fields["contact"] == Contact.OTHER and other_kind in MEETINGS:
        if fields["family_present"] is None:
            found["family_present"] = "Select whether the family was there"
        elif not fields["family_present"] and not fields["absent_family_why"].strip():
            found["absent_family_why"] = "Enter why the family was not there"
    return found


def part_lacking(part, actions, *, name, is_direct):
    """``{field: sentence}``: what one child's part lacks of the five (rule 001-116).

    With whom is said of the whole session, by whom and by when of each action. ``name`` is the
    child's; a note of direct work goes to the school as well (rule 001-114).
    """
    found = {}
    if not part.support_given.strip():
        found["support_given"] = f"Enter the support given to {name}"
    if not part.analysis.strip():
        found["analysis"] = f"Enter your analysis for {name}"
    if not actions and not part.no_actions:
        found["no_actions"] = f"Add an action for {name}, or tick that none were agreed"
    if is_direct and not part.school_text.strip():
        found["school_text"] = f"Enter the note for the school about {name}"
    return found


def part_contradicts(part, actions, *, name):
    """``{field: sentence}``: what one child's part says that cannot be so."""
    found = {}
    if actions and part.no_actions:
        found["no_actions"] = f"Remove the actions for {name}, or untick that none were agreed"
    if part.is_significant and not part.headline.strip():
        found["headline"] = f"Enter one line for the chronology of {name}"
    return found
