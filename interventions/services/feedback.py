"""Asking a child or a parent what they thought, and keeping their answers (rules 003-38, 004-19).

They answer on a phone handed over, or by a link with a code. A link goes only to an address that
was marked safe on the same day, and to no family that messages are stopped for, which is told to
nobody: it is refused in the words of anything else that is not offered.
"""

import secrets
from datetime import timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.links import digest
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from interventions import feedback_notices, policies
from interventions.models import EndReason, Feedback, NoLinks, ShortIntervention, WorkState
from interventions.stopped import is_stopped
from notifications.models import Message, State
from schools.families import household_of

LINK_LASTS, HANDED_LASTS = timedelta(days=14), timedelta(hours=1)
TRIES = 5
DIGITS = 6
NOT_NOW = "This cannot be asked here now."
OVER = "This page is no longer open."
NEVER_BEGUN = {EndReason.NOT_ALLOCATED, EndReason.REFUSED}
BEGUN = {WorkState.UNDER_WAY, WorkState.CLOSED}


class Asked(NamedTuple):
    """A ``Feedback`` that waits for its answer, and the token that leads to it."""

    feedback: Feedback
    token: str


# --- asking -------------------------------------------------------------------------------


def is_askable(work):
    """Whether there is something to say about the work: it has begun, or it has ended."""
    return work.state in BEGUN and work.end_reason not in NEVER_BEGUN


def takes_links(work):
    """Whether a link may go to the family: asked nowhere but here, and explained to nobody."""
    return is_askable(work) and not is_stopped(work)


@transaction.atomic
def hand_over(by, work, participant, of):
    """Let somebody answer on the device in front of them; returns ``Asked``.

    The caller signs ``by`` out of the browser before it changes hands. PermissionDenied for who
    does not work with the family, TransitionNotAllowed where it is not asked.
    """
    work = _locked(work)
    allow(policies.may_work(by, work))
    if not is_askable(work):
        raise TransitionNotAllowed(NOT_NOW)
    return _ask(by, work, participant, of, Feedback.How.HANDED, HANDED_LASTS)


@transaction.atomic
def ask_by_link(by, work, participant, of, address, *, is_safe, once=None):
    """Send a link to ``address``, which is safe today as ``by`` says; returns the ``Feedback``.

    ``once`` is an id by which the same form, sent twice, asks once. Errors as ``hand_over``, and
    ValidationError for an address that is none, or not marked safe.
    """
    work = _locked(work)
    allow(policies.may_work(by, work))
    if not takes_links(work):
        raise TransitionNotAllowed(NOT_NOW)
    if not is_safe:
        raise ValidationError({"is_safe": "Tick that the address is safe today, or do not send"})
    if once and (asked := Feedback.objects.filter(pk=once, intervention=work).first()):
        return asked
    if _open().filter(participant=participant, of=of, how=Feedback.How.LINK).exists():
        raise TransitionNotAllowed("A link is open already. End it before you send another.")
    feedback, token = _ask(
        by,
        work,
        participant,
        of,
        Feedback.How.LINK,
        LINK_LASTS,
        contact=address,
        safe_on=timezone.localdate(),
        **({"pk": once} if once else {}),
    )
    try:
        feedback_notices.link(feedback, token)
    except ValueError as wrong:
        raise ValidationError({"address": "Enter one email address, like name@example.com"}) from (
            wrong
        )
    return feedback


@transaction.atomic
def end_link(by, feedback):
    """Close a link that went astray. PermissionDenied for who does not work with the family;
    TransitionNotAllowed when it is closed or answered.
    """
    work = _locked(feedback.intervention)
    allow(policies.may_work(by, work))
    feedback = _open().select_for_update(of=("self",)).filter(pk=feedback.pk).first()
    if feedback is None:
        raise TransitionNotAllowed("This link is closed already.")
    _close([feedback.pk])
    record(by, Verb.END, feedback, school_id=work.school_id)


def code_of(feedback):
    """The six digits that open the link. They follow from the key of the service: none is kept."""
    mark = f"{feedback.pk}:{feedback.token_hash}"
    made = salted_hmac("interventions.feedback", mark, algorithm="sha256").hexdigest()
    return f"{int(made, 16) % 10**DIGITS:0{DIGITS}d}"


def _ask(by, work, participant, of, how, lasts, **facts):
    if participant.intervention_id != work.pk:
        raise TransitionNotAllowed(NOT_NOW)
    if of == Feedback.Of.CHILD and participant.pupil_id is None:
        raise TransitionNotAllowed(NOT_NOW)
    token = secrets.token_urlsafe(32)
    feedback = Feedback.objects.create(
        intervention=work,
        participant=participant,
        of=of,
        how=how,
        asked_by=by,
        token_hash=digest(token),
        expires_at=timezone.now() + lasts,
        **facts,
    )
    record(by, Verb.ASK, feedback, school_id=work.school_id, of=str(of), how=str(how))
    return Asked(feedback, token)


def _locked(work):
    return ShortIntervention.objects.select_for_update(of=("self",)).get(pk=work.pk)


# --- answering ----------------------------------------------------------------------------


def find_open(token):
    """The ``Feedback`` that a token leads to while it waits for its answer, or None."""
    return _open().filter(token_hash=digest(token)).first()


def is_open(feedback):
    """Whether it still waits for its answer."""
    return _open().filter(pk=feedback.pk).exists()


@transaction.atomic
def try_code(token, code):
    """The ``Feedback`` that the code opens, or None for a wrong one, which is counted.

    TransitionNotAllowed when the link is closed, answered, or was tried too often.
    """
    feedback = _open().select_for_update(of=("self",)).filter(token_hash=digest(token)).first()
    if feedback is None or feedback.how != Feedback.How.LINK:
        raise TransitionNotAllowed(OVER)
    typed = "".join(code.split()).encode("utf-8", "replace")
    if constant_time_compare(typed, code_of(feedback)):
        return feedback
    feedback.tries += 1
    feedback.save(update_fields=["tries"])
    if feedback.tries >= TRIES:
        _close([feedback.pk])
    return None


@transaction.atomic
def answer(by, feedback, *, helped=None, heard=None, voice="", better=""):
    """Keep what a child or a parent answered, once; the way to it is closed.

    ``by`` is the service itself: nobody is signed in. ValidationError without any answer,
    TransitionNotAllowed when it is answered or closed.
    """
    feedback = (
        _open()
        .select_for_update(of=("self",))
        .select_related("intervention")
        .filter(pk=feedback.pk)
        .first()
    )
    if feedback is None:
        raise TransitionNotAllowed(OVER)
    if helped is None and heard is None and not voice.strip() and not better.strip():
        raise ValidationError("Answer one question at least")
    feedback.helped, feedback.heard = helped, heard
    feedback.voice, feedback.better = voice.strip(), better.strip()
    feedback.answered_at = timezone.now()
    feedback.save(update_fields=["helped", "heard", "voice", "better", "answered_at"])
    record(by, Verb.REPLY, feedback, school_id=feedback.intervention.school_id)
    _close([feedback.pk])
    return feedback


def _open():
    return Feedback.objects.filter(answered_at=None, expires_at__gt=timezone.now()).exclude(
        token_hash=""
    )


def _close(pks):
    """No token leads there any more, and nobody keeps the address."""
    rows = Feedback.objects.filter(pk__in=pks)
    rows.filter(expires_at__gt=timezone.now()).update(expires_at=timezone.now())
    rows.update(token_hash="", contact="")
    _messages(pks).update(address="")


# --- messages to a family -----------------------------------------------------------------


@transaction.atomic
def stop_links(by, pupil):
    """No link goes to the home of this child; one that is open is closed. Said twice, it holds.

    PermissionDenied for who does not decide on that.
    """
    allow(policies.may_stop_links(by))
    stopped, is_new = NoLinks.objects.get_or_create(pupil=pupil, defaults={"by": by})
    if is_new:
        record(by, Verb.ADD, stopped)
    _close_links(intervention__participants__pupil__in=household_of([pupil.pk]))


def close_stopped(work):
    """Close the open links of a work whose people are others now, if messages to them are stopped.

    Called inside the act that changes them.
    """
    if is_stopped(work):
        _close_links(intervention=work)


def _close_links(**where):
    links = _open().filter(how=Feedback.How.LINK, **where)
    _close(list(links.values_list("pk", flat=True)))


@transaction.atomic
def allow_links(by, pupil):
    """Links may go to the family of this child again. PermissionDenied as ``stop_links``."""
    allow(policies.may_stop_links(by))
    stopped = NoLinks.objects.filter(pupil=pupil).first()
    if stopped is not None:
        record(by, Verb.REMOVE, stopped)
        stopped.delete()


@transaction.atomic
def forget_addresses():
    """Addresses that have served: the message has gone, or the link is over. Run again, the same.

    Returns how many links it closed.
    """
    over = Feedback.objects.filter(expires_at__lte=timezone.now()).exclude(
        Q(token_hash="") & Q(contact="")
    )
    closed = list(over.values_list("pk", flat=True))
    _close(closed)
    done = _messages().exclude(state__in=[State.PENDING, State.SENDING]).exclude(address="")
    sent = list(done.values_list("about_id", flat=True))
    Feedback.objects.filter(pk__in=sent).update(contact="")
    done.update(address="")
    return len(closed)


def _messages(pks=None):
    """The messages that carry a link, of these ``Feedback`` rows or of all."""
    found = Message.objects.filter(about_type=Feedback._meta.label_lower)
    return found if pks is None else found.filter(about_id__in=[str(pk) for pk in pks])
