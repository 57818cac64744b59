"""Writing messages down, and sending what is written (design.md 5, security.md 4.1)."""

import logging
import time
import uuid
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime, parseaddr
from operator import attrgetter
from random import SystemRandom

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone

from audit.services import subject_of
from notifications import kinds
from notifications.cadence import Cadence, held_until
from notifications.delivery import Refused, Unanswered, Unreachable, courier, error_code
from notifications.models import NOT_WANTED, Message, State

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hold:
    """How many messages a worker takes at once, and for how long: the lease."""

    batch: int
    lease: timedelta


# By whether they are urgent. A worker that dies with urgent ones holds them up for no longer
# than a minute.
HOLDS = {False: Hold(50, timedelta(minutes=2)), True: Hold(5, timedelta(seconds=45))}
# What one message takes at a slow server (EMAIL_TIMEOUT), and some. Only the first of a batch is
# begun with less of the lease left, so that the server has answered before another takes over.
SLOWEST = 40  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 5, 300  # seconds
# For how long, and how often, the way out is asked whether it took a message that may have
# arrived. Then it goes again: twice is better than never.
PATIENCE, ASK_AGAIN = timedelta(minutes=1), timedelta(seconds=5)
TROUBLE = {
    State.PENDING: (logging.WARNING, "is put off"),
    State.SENDING: (logging.WARNING, "may have been sent"),
    State.DEAD: (logging.ERROR, "is not delivered"),
}
_chance = SystemRandom()


# --- writing ------------------------------------------------------------------------------


def enqueue(kind, key, **message):
    """Write one message in the caller's transaction, its text as in ``composed``."""
    enqueue_many([composed(kind, key, **message)])


def store(kind, key, **message):
    """Write one message in the caller's transaction, its text as in ``written``."""
    enqueue_many([written(kind, key, **message)])


def enqueue_many(messages):
    """Write these messages in the caller's transaction: one statement, however many.

    A message whose key was used before is left out.
    """
    # In one order everywhere, so that two acts with keys in common wait for each other in turn.
    Message.objects.bulk_create(sorted(messages, key=attrgetter("key")), ignore_conflicts=True)


def composed(kind, key, *, template, context, about, **message):
    """A message to ``enqueue_many``, its text made from ``template``; otherwise as ``written``.

    ``template`` begins with the line ``Subject: …`` and a blank one; its context also gets
    ``council`` and ``site_url``.
    """
    subject, body = _rendered(template, context)
    return written(kind, key, subject=subject, body=body, about=about, **message)


def written(
    kind,
    key,
    *,
    subject,
    body,
    to=None,
    address="",
    about=None,
    calendar=b"",
    secret=False,
    expires_at=None,
):
    """A message to ``enqueue_many``, its text ready; Message-ID and Date are fixed here.

    ``to`` is a user, or ``address`` that of a mailbox. ``about`` is the record it belongs to,
    ``calendar`` the appointment that goes with it, from ``documents.calendar``.
    A ``secret`` text is erased when it is done with, and nothing is sent at or after
    ``expires_at``. What may wait, and ends at no time, is kept until its reader wants to be written
    to; its Date is that of the day it goes.
    Raises ``kinds.UnknownKind``, and ValueError for an address that is not
    exactly one.
    """
    name, known = uuid.uuid4(), kinds.get(kind)
    about_type, about_id = subject_of(about) if about else ("", "")
    is_kept = to and known.may_wait and not (secret or calendar or expires_at)
    return Message(
        id=name,
        kind=known.name,
        key=key,
        to=to,
        address=_one_address(to.email if to else address),
        subject=subject,
        body=body,
        calendar=calendar,
        message_id=f"<{name}@{_own_domain()}>",
        about_type=about_type,
        about_id=about_id,
        is_secret=secret,
        is_urgent=known.is_urgent,
        expires_at=expires_at,
        **_as_wanted(to.cadence if is_kept else Cadence.AT_ONCE),
    )


def _as_wanted(cadence):
    """The columns of a message to somebody who wants to be written to at such a ``Cadence``."""
    now = timezone.now()
    until = held_until(cadence, now)
    columns = {"date_header": format_datetime(until or now)}
    if cadence == Cadence.NONE:
        columns |= {"state": State.SUPPRESSED, "last_error": NOT_WANTED}
    if until:
        columns |= {"next_try_at": until, "held_until": until}
    return columns


def keep_for(user):
    """Send what is kept for ``user`` when they now want it; what they want no more, never."""
    kept = Message.objects.filter(to=user, state=State.PENDING, held_until__gt=timezone.now())
    # Until now it was kept, and not late.
    kept.update(**({"next_try_at": Now(), "held_until": Now()} | _as_wanted(user.cadence)))


def _rendered(template, context):
    """``(subject, body)``. Plain text, so nothing is escaped."""
    values = {**context, "council": settings.COUNCIL, "site_url": settings.SITE_URL}
    text = get_template(template).template.render(Context(values, autoescape=False))
    first, _, body = text.partition("\n")
    if not first.startswith("Subject: "):
        raise ValueError(f"{template} does not begin with a subject.")
    return first.removeprefix("Subject: ").strip(), body.strip() + "\n"


def _one_address(address):
    """The address, when it is one and nothing else (security.md 1.3.3).

    Quotes are refused as well: inside them a comma or control character would be legal.
    """
    try:
        validate_email(address)
    except ValidationError:
        address = ""
    if not address or '"' in address:
        raise ValueError("A message goes to exactly one e-mail address.")
    return address


def _own_domain():
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


# --- sending ------------------------------------------------------------------------------


class NotTold(Exception):
    """The app of a message that will never arrive could not be told."""


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt: the state, and other columns it changes.

    ``is_loss``: there was something to say, and this recipient will never hear it.
    """

    state: State
    columns: dict = field(default_factory=dict)
    is_loss: bool = False


def drain(seconds=20, *, urgent_only=False):
    """Send until nothing is due, the server cannot be reached or ``seconds`` have passed.

    Batch by batch, as in ``dispatch``, and over one connection while the server may like it.
    """
    stop_at = time.monotonic() + seconds
    with courier() as carrier:
        while _dispatch(carrier, HOLDS, urgent_only) and time.monotonic() < stop_at:
            carrier.rest()


def dispatch(holds=HOLDS, *, urgent_only=False):
    """Take a batch of messages that are due, urgent ones if there are any, and send them.

    All go over one connection. Each is asked about once more, and marked the moment it is sent,
    so that a crash repeats at most the one in flight, with the same Message-ID and Date, and not
    even that where the way out can say whether it arrived. Others may dispatch at the same
    time. Must not run inside a transaction. Returns how many were dealt with.
    """
    with courier() as carrier:
        return _dispatch(carrier, holds, urgent_only)


def _dispatch(carrier, holds, urgent_only):
    began = time.monotonic()
    waiting = deque(_claim(holds, urgent_only))
    if not waiting:
        return 0
    stop_at = began + holds[waiting[0].is_urgent].lease.total_seconds() - SLOWEST
    dealt_with, trouble = 0, {}
    with _marks_in_a_moment():
        while waiting and (not dealt_with or time.monotonic() < stop_at):
            try:
                outcome = _attempt(waiting[0], carrier)
            except Unreachable as error:
                trouble = {"last_error": error_code(error.__cause__)}
                logger.warning("The mail server cannot be reached: %(last_error)s", trouble)
                break
            _close_attempt(waiting.popleft(), outcome)
            dealt_with += 1
    if waiting:
        _give_back(waiting, **trouble)
    return dealt_with


@contextmanager
def _marks_in_a_moment():
    """What is written in the block need not have reached the disk: the worker waits for no mark.

    Should the database itself fail within that second, the message is in doubt as if the worker had
    died before the mark, and is asked about before it goes again. Claims do wait: without one
    nobody would ask.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        # A connection that broke is never used again.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


def bounce(ids):
    """Note that these messages, which seemed sent, came to no mailbox; their apps are told.

    Each in a transaction of its own, once; one that fails is noted the next time.
    """
    for message in Message.objects.filter(id__in=ids, state=State.SENT).select_related("to"):
        try:
            with transaction.atomic():
                mine = Message.objects.filter(pk=message.pk, state=State.SENT)
                if mine.update(state=State.DEAD, last_error="bounced"):
                    message.state = State.DEAD
                    kind = kinds.get(message.kind)
                    if kind.still_due(message):
                        kind.when_dead(message)
        except Exception:
            logger.exception("Nobody could be told of %s (%s)", message.id, message.kind)
        else:
            logger.error("Message %s (%s) is not delivered: bounced", message.id, message.kind)


def _claim(holds, urgent_only):
    """Messages that nobody else will touch until ``lease_ends``: all urgent, or none of them.

    What was being sent already is in doubt: ``doubted_for`` is for how long it has been asked
    whether it arrived, zero the first time; None where that is known.
    """
    due = Message.objects.to_send()
    if urgent_only:
        due = due.filter(is_urgent=True)
    asked_since = Case(When(state=State.SENDING, then=Now()), default="in_doubt_since")
    with transaction.atomic(durable=True):
        found = list(
            due.annotate(
                claimed_at=Now(),
                doubted_for=Now() - asked_since,
                has_expired=Q(expires_at__lte=Now()),
            )
            .prefetch_related("to")
            .select_for_update(skip_locked=True)[: holds[urgent_only].batch]
        )
        messages = _alike(found, holds)
        if messages:
            Message.objects.filter(id__in=[message.id for message in messages]).update(
                state=State.SENDING,
                attempts=F("attempts") + 1,
                next_try_at=messages[0].lease_ends,
                in_doubt_since=Case(
                    When(state=State.SENDING, then=messages[0].claimed_at),
                    default="in_doubt_since",
                ),
            )
    return messages


def _alike(found, holds):
    """As many of the messages as one worker may hold together, each with its ``lease_ends``."""
    if not found:
        return []
    hold = holds[found[0].is_urgent]
    messages = [message for message in found if message.is_urgent == found[0].is_urgent]
    for message in messages:
        message.lease_ends = message.claimed_at + hold.lease
    return messages[: hold.batch]


def _attempt(message, carrier):
    """Send the message if it should still go, and say what became of it.

    Raises Unreachable, which is no message's fault; whatever else goes wrong is this one's.
    """
    try:
        if message.doubted_for is not None:
            was_taken = carrier.was_taken(message)
            if was_taken:
                return Outcome(State.SENT)
            if was_taken is None and message.doubted_for < PATIENCE:
                return _ask_again()
        if message.has_expired:
            return Outcome(State.DEAD, {"last_error": "expired"})
        if not kinds.get(message.kind).still_due(message):
            return Outcome(State.SUPPRESSED)
        if not _may_receive(message):
            return Outcome(State.SUPPRESSED, is_loss=True)
        carrier.send(message)
    except Unreachable:
        raise
    except Refused as error:
        columns = {"last_error": error_code(error.__cause__)}
        return Outcome(State.DEAD, columns, is_loss=True)
    except Unanswered as error:
        return _put_off(message, error.__cause__, State.SENDING)
    except Exception as error:
        return _put_off(message, error)
    return Outcome(State.SENT)


def _may_receive(message):
    if message.to and not message.to.is_active:
        return False
    return kinds.get(message.kind).may_receive(message)


def _put_off(message, error, state=State.PENDING):
    """Another attempt, after a pause; what is still being sent is then asked about first."""
    next_try_at = Now() + _pause(message.attempts)
    return Outcome(state, {"next_try_at": next_try_at, "last_error": error_code(error)})


def _ask_again():
    """Another question; nothing was attempted."""
    columns = {"attempts": F("attempts") - 1, "next_try_at": Now() + ASK_AGAIN}
    return Outcome(State.PENDING, {**columns, "last_error": Unanswered.__name__})


def _pause(attempts):
    """The time to the next attempt after ``attempts`` earlier ones: doubling, never in step."""
    longest = min(FIRST_PAUSE * 2 ** min(attempts, 10), LONGEST_PAUSE)
    return timedelta(seconds=longest * _chance.uniform(0.5, 1))


def _close_attempt(message, outcome):
    """Keep the outcome of an attempt, and tell whom it concerns; the log, what to look at."""
    try:
        _keep(message, outcome)
    except NotTold as error:
        logger.error("Nobody could be told of %s (%s)", message.id, message.kind, exc_info=error)
        outcome = _put_off(message, error.__cause__)
        _keep(message, outcome)
    if outcome.state in TROUBLE:
        level, words = TROUBLE[outcome.state]
        error = outcome.columns["last_error"]
        logger.log(level, "Message %s (%s) %s: %s", message.id, message.kind, words, error)


def _keep(message, outcome):
    """Write the outcome. NotTold when the app cannot hear of a loss, and nothing is written."""
    if outcome.state == State.SENT:
        _mark_sent(message)
        return
    columns = {"state": outcome.state, **outcome.columns}
    if message.is_secret and outcome.state not in (State.PENDING, State.SENDING):
        columns["body"] = ""
    if not outcome.is_loss:
        _held(message).update(**columns)
        return
    with transaction.atomic():
        if _held(message).update(**columns):
            message.state = outcome.state
            try:
                kinds.get(message.kind).when_dead(message)
            except Exception as error:
                raise NotTold from error


def _mark_sent(message):
    """Write that it was sent, if it is still ``_held``.

    It happens to every message: Django would take longer to put this together than the database
    takes to do it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE notifications_message
               SET state = 'sent', sent_at = statement_timestamp(), last_error = '',
                   body = CASE WHEN is_secret THEN '' ELSE body END
             WHERE id = %s AND state = 'sending' AND next_try_at = %s
            """,
            [message.id, message.lease_ends],
        )


def _give_back(messages, **columns):
    """Return what was taken and not tried: others may take it at once.

    What should have been asked about for the first time still should.
    """
    _held(*messages).update(
        state=Case(
            When(in_doubt_since=messages[0].claimed_at, then=Value(State.SENDING)),
            default=Value(State.PENDING),
        ),
        attempts=F("attempts") - 1,
        next_try_at=Now(),
        **columns,
    )


def _held(*messages):
    """The rows of one claim, but those whose lease ran out and that another worker has taken."""
    return Message.objects.filter(
        id__in=[message.id for message in messages],
        state=State.SENDING,
        next_try_at=messages[0].lease_ends,
    )
