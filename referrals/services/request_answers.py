"""How a request for support is answered, and what its school says against that."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations import services as consultations
from consultations.policies import may_record
from govuk.words import date_of, long_date
from interventions.policies import may_request
from interventions.services import work
from interventions.services.disagreements import keep_answer, say
from referrals import policies, request_notices
from referrals.models import (
    DeclinedWhy,
    RequestDisagreement,
    RequestOutcome,
    RequestState,
    StepKind,
    Wanted,
)
from referrals.services.requests import add_step, locked

ANSWERED = "Somebody has answered this request already. Check what they said."
SINCE = (
    "Somebody has answered this request since you opened the page. Read that in another tab, then"
    " send yours again to add it"
)
NOT_ANSWERED = "This request has not been answered yet."


@transaction.atomic
def consult(by, asked, text="", *, seen=None):
    """Begin the consultation that was asked for: a draft with the words carried into it.

    ``text`` is what the school is told. The draft is ``by``'s own to finish. PermissionDenied for
    who may not record at the school; TransitionNotAllowed when it was taken up before. Returns the
    request, which points at the draft. For all answers ``seen`` is the request's when the page was
    made: ValidationError if somebody has answered since.
    """
    asked = _ahead(by, asked, seen)
    allow(may_record(by, asked.school))
    pk, now = uuid.uuid4(), timezone.now()
    consultations.start(by, asked.school, pk, now, _carried(asked, now))
    _answer(by, asked, RequestOutcome.CONSULTATION, text, consultation_id=pk)
    return asked


@transaction.atomic
def ask_for_work(by, asked, facts, people, *, involved=(), pk=None):
    """Ask for the short work, by ``interventions.services.work.ask``; returns that work.

    PermissionDenied and ValidationError as there; TransitionNotAllowed when it was taken up before.
    """
    asked = _ahead(by, asked)
    allow(may_request(by, asked.school))
    made = work.ask(by, asked.school, facts, people, involved=involved, pk=pk)
    _answer(by, asked, RequestOutcome.SHORT_WORK, "", intervention=made)
    return made


@transaction.atomic
def advise(by, asked, text, *, seen=None):
    """Answer with advice, in words that whoever asked reads; ValidationError without any."""
    asked = _ahead(by, asked, seen, RequestOutcome.ADVICE, text)
    if not text.strip():
        raise ValidationError({"text": "Enter the advice you gave"})
    _answer(by, asked, RequestOutcome.ADVICE, text)
    return asked


@transaction.atomic
def call_meeting(by, asked, text="", *, seen=None):
    """Say that a CASO meeting is to be called; it stays open until that is.

    TransitionNotAllowed when it is to be one already.
    """
    asked = _ahead(by, asked, seen, RequestOutcome.MEETING, text)
    if asked.state == RequestState.MEETING:
        raise TransitionNotAllowed("A CASO meeting is to be called already.")
    _answer(by, asked, RequestOutcome.MEETING, text)
    request_notices.to_be_a_meeting(asked, by)
    return asked


@transaction.atomic
def meeting_called(by, asked, day):
    """The meeting that it was to be is called for the date ``day``: it is answered by that.

    Part of the act that calls it. Whoever asked is told, and invited by the meeting or not.
    """
    asked = locked(asked)
    if asked.state == RequestState.MEETING:
        _answer(by, asked, RequestOutcome.CALLED, f"It is called for {long_date(day)}.")
    return asked


@transaction.atomic
def meeting_called_off(by, asked):
    """The meeting it led to is cancelled: it is to be a meeting again."""
    asked = locked(asked)
    if asked.outcome == RequestOutcome.CALLED:
        _answer(by, asked, RequestOutcome.MEETING, "The meeting that was called is cancelled.")
    return asked


@transaction.atomic
def decline(by, asked, why, text, *, seen=None):
    """Do not take it up; ``why`` is one of ``DeclinedWhy``, ``text`` says what else there is.

    ValidationError without both.
    """
    asked = _ahead(by, asked, seen, RequestOutcome.DECLINED, text)
    if why not in DeclinedWhy.values:
        raise ValidationError({"why": "Select why it is not taken up"})
    if not text.strip():
        raise ValidationError({"text": "Enter what fits better, or what they can do instead"})
    _answer(by, asked, RequestOutcome.DECLINED, text, declined_why=why)
    return asked


@transaction.atomic
def disagree(by, asked, why):
    """Keep that the school does not agree with the answer (rule 003-39); returns it.

    The managers of the hub hear of it. PermissionDenied for who does not read the answer for the
    school; ValidationError without a reason, and while another one waits; TransitionNotAllowed
    before there is an answer. Sent twice, it is said once.
    """
    asked = locked(asked)
    allow(policies.may_object_to_answer(by, asked))
    if not asked.outcome:
        raise TransitionNotAllowed(NOT_ANSWERED)
    made, is_new = say(by, asked, why, outcome=asked.outcome)
    if is_new:
        request_notices.disagreed(made, by)
    return made


@transaction.atomic
def answer_disagreement(by, disagreement, text):
    """Answer a school, in words it reads; returns the disagreement.

    PermissionDenied for anyone but a manager of the hub; ValidationError without words;
    TransitionNotAllowed once it is answered.
    """
    disagreement = (
        RequestDisagreement.objects.select_for_update(of=("self",))
        .select_related("request__school", "said_by")
        .get(pk=disagreement.pk)
    )
    allow(policies.may_answer_objection(by, disagreement.request))
    keep_answer(by, disagreement.request, disagreement, text)
    request_notices.disagreement_answered(disagreement, by)
    return disagreement


def _ahead(by, asked, seen=None, outcome="", text=""):
    """The request, locked, if ``by`` may answer it and it may still be taken up.

    What is sent twice, the same ``outcome`` in the same words, was answered already.
    """
    asked = locked(asked)
    allow(policies.may_answer_request(by, asked))
    if not asked.is_ahead:
        raise TransitionNotAllowed(ANSWERED)
    if seen is None or seen == asked.seen:
        return asked
    last = asked.steps.filter(kind=StepKind.ANSWERED).last()
    if last and (last.by_id, last.outcome, last.text) == (by.pk, outcome, text):
        raise TransitionNotAllowed("You have answered this request already.")
    raise ValidationError(SINCE)


def _answer(by, asked, outcome, text, *, declined_why="", **made):
    """Keep the answer and tell whoever asked. An earlier one stays among the steps."""
    now = timezone.now()
    if asked.acknowledged_at is None:
        asked.acknowledged_at, asked.acknowledged_by = now, by
    is_meeting = outcome == RequestOutcome.MEETING
    asked.state = RequestState.MEETING if is_meeting else RequestState.ANSWERED
    asked.answered_at, asked.answered_by = now, by
    asked.outcome, asked.declined_why = outcome, declined_why
    for name, value in made.items():
        setattr(asked, name, value)
    asked.save()
    step = add_step(
        asked,
        StepKind.ANSWERED,
        by,
        at=now,
        text=text,
        outcome=outcome,
        declined_why=declined_why,
    )
    record(by, Verb.REPLY, asked, outcome=outcome)
    request_notices.answered(asked, step, by)


def _carried(asked, now):
    """The draft's text: what was asked, by whom and when, for the team's eyes."""
    is_short = asked.wanted in (Wanted.ADVICE, Wanted.DISCUSSION)
    words = f"Asked by {asked.who_asked}, {date_of(asked.received_at)}:\n\n{asked.words}"
    if asked.suits.strip():
        words += f"\n\nWhen it suits: {asked.suits}"
    return {
        "held_on": [long_date(timezone.localdate(now))],
        "kind": ["ad_hoc" if is_short else "structured"],
        "place": ["phone" if is_short else "school"],
        "contacts": [str(asked.contact_id)] if asked.contact_id else [],
        "internal_notes": [words],
    }
