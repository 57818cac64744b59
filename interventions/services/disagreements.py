"""What a school says against a decision on short work, and what a manager answers (rule 003-39)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from interventions import disagreement_notices, policies
from interventions.models import Disagreement, ShortIntervention

OPEN = "This work is open. Talk to who does it, or to the team manager."
WAITS = "Your school has said that it disagrees already. A team manager answers here"


@transaction.atomic
def disagree(by, work, why):
    """Keep that the school does not agree with how the work ended or was refused; returns it.

    The managers of the hub hear of it. PermissionDenied for anyone but a head or safeguarding
    lead of the school; ValidationError without a reason, and while another one waits for its
    answer; TransitionNotAllowed while the work is open. Sent twice, it is said once.
    """
    work = ShortIntervention.objects.select_for_update(of=("self",)).get(pk=work.pk)
    allow(policies.may_speak_for(by, work))
    if work.is_open:
        raise TransitionNotAllowed(OPEN)
    made, is_new = say(by, work, why, decision=work.end_reason)
    if is_new:
        disagreement_notices.said(made, by)
    return made


def say(by, subject, why, **facts):
    """``(disagreement, whether it is new)`` of a locked ``subject`` with its ``disagreements``.

    ValidationError without a reason, and while another one waits for its answer.
    """
    why = why.strip()
    if not why:
        raise ValidationError({"why": "Enter why your school disagrees"})
    if waiting := subject.disagreements.waiting().first():
        if (waiting.said_by_id, waiting.why) == (by.pk, why):
            return waiting, False
        raise ValidationError({"why": WAITS})
    made = subject.disagreements.create(why=why, said_by=by, **facts)
    record(by, Verb.OBJECT, subject, disagreement=str(made.pk))
    return made, True


@transaction.atomic
def answer(by, disagreement, words):
    """Answer a school, in words its heads and safeguarding leads read; returns the disagreement.

    PermissionDenied for anyone but a manager of the hub; ValidationError without words;
    TransitionNotAllowed once it is answered.
    """
    disagreement = (
        Disagreement.objects.select_for_update(of=("self",))
        .select_related("intervention__school", "said_by")
        .get(pk=disagreement.pk)
    )
    work = disagreement.intervention
    allow(policies.may_answer_disagreement(by, work))
    keep_answer(by, work, disagreement, words)
    disagreement_notices.answered(disagreement, by)
    return disagreement


def keep_answer(by, subject, disagreement, words):
    """Keep the answer to a locked ``disagreement`` about ``subject``.

    ValidationError without words; TransitionNotAllowed once it is answered.
    """
    if disagreement.answered_at:
        raise TransitionNotAllowed("This has been answered already.")
    if not words.strip():
        raise ValidationError({"answer": "Enter your answer"})
    disagreement.answer = words.strip()
    disagreement.answered_at, disagreement.answered_by = timezone.now(), by
    disagreement.save(update_fields=["answer", "answered_at", "answered_by"])
    record(by, Verb.REPLY, subject, disagreement=str(disagreement.pk))
