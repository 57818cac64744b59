"""Writing messages down, and sending what is written (design.md 5, security.md 4.1)."""

import logging
import time
import uuid
from collections import deque
from datetime import timedelta
from email.utils import format_datetime, parseaddr
from operator import attrgetter
from random import SystemRandom

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone

from audit.services import subject_of
from notifications import kinds
from notifications.delivery import Courier, Refused, Unreachable, error_code
from notifications.models import Message, State

logger = logging.getLogger(__name__)

BATCH = 20
# How long a worker may hold a batch. It begins no message in the second half, so that even a
# slow server has answered before another worker takes over.
LEASE = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = 5, 300  # seconds
TROUBLE = {
    State.PENDING: (logging.WARNING, "is put off"),
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
    ``expires_at``. Raises ``kinds.UnknownKind``, and ValueError for an address that is not
    exactly one.
    """
    name = uuid.uuid4()
    about_type, about_id = subject_of(about) if about else ("", "")
    return Message(
        id=name,
        kind=kinds.get(kind).name,
        key=key,
        to=to,
        address=_one_address(to.email if to else address),
        subject=subject,
        body=body,
        calendar=calendar,
        message_id=f"<{name}@{_own_domain()}>",
        date_header=format_datetime(timezone.now()),
        about_type=about_type,
        about_id=about_id,
        is_secret=secret,
        expires_at=expires_at,
    )


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


def drain(seconds=20):
    """Send until nothing is due, the server cannot be reached or ``seconds`` have passed."""
    stop_at = time.monotonic() + seconds
    while dispatch() and time.monotonic() < stop_at:
        pass


def dispatch(batch=BATCH, lease=LEASE):
    """Take up to ``batch`` messages that are due and send them over one connection.

    Each is asked about once more, and marked the moment it is sent, so that a crash repeats at
    most the one in flight, with the same Message-ID and Date. Others may dispatch at the same
    time. Must not run inside a transaction. Returns how many were dealt with.
    """
    waiting = deque(_claim(batch, lease))
    stop_at = time.monotonic() + lease.total_seconds() / 2
    dealt_with, trouble = 0, {}
    with Courier() as courier:
        while waiting and time.monotonic() < stop_at:
            try:
                outcome = _attempt(waiting[0], courier)
            except Unreachable as error:
                trouble = {"last_error": error_code(error.__cause__)}
                logger.warning("The mail server cannot be reached: %(last_error)s", trouble)
                break
            _close_attempt(waiting.popleft(), **outcome)
            dealt_with += 1
    if waiting:
        _give_back(waiting, **trouble)
    return dealt_with


def _claim(batch, lease):
    """Up to ``batch`` messages that nobody else will touch until ``lease_ends``."""
    lease_ends = ExpressionWrapper(Now() + lease, output_field=DateTimeField())
    with transaction.atomic(durable=True):
        messages = list(
            Message.objects.to_send()
            .select_related("to")
            .annotate(lease_ends=lease_ends, has_expired=Q(expires_at__lte=Now()))
            .select_for_update(skip_locked=True, of=["self"])[:batch]
        )
        if messages:
            Message.objects.filter(id__in=[message.id for message in messages]).update(
                state=State.SENDING,
                attempts=F("attempts") + 1,
                next_try_at=messages[0].lease_ends,
            )
    return messages


def _attempt(message, courier):
    """Send the message if it should still go. Returns the columns the outcome changes.

    Raises Unreachable, which is no message's fault; whatever else goes wrong is this one's.
    """
    try:
        if message.has_expired:
            return {"state": State.DEAD, "last_error": "expired"}
        if not _is_wanted(message):
            return {"state": State.SUPPRESSED}
        courier.send(message)
    except Unreachable:
        raise
    except Refused as error:
        return {"state": State.DEAD, "last_error": error_code(error.__cause__)}
    except Exception as error:
        return {
            "state": State.PENDING,
            "next_try_at": Now() + _pause(message.attempts),
            "last_error": error_code(error),
        }
    return {"state": State.SENT, "sent_at": Now(), "last_error": ""}


def _is_wanted(message):
    if message.to and not message.to.is_active:
        return False
    kind = kinds.get(message.kind)
    return kind.still_due(message) and kind.may_receive(message)


def _pause(attempts):
    """The time to the next attempt after ``attempts`` earlier ones: doubling, never in step."""
    longest = min(FIRST_PAUSE * 2 ** min(attempts, 10), LONGEST_PAUSE)
    return timedelta(seconds=longest * _chance.uniform(0.5, 1))


def _close_attempt(message, state, **changes):
    """Keep the outcome of an attempt, and tell the log what somebody may have to look at."""
    if state in TROUBLE:
        level, outcome = TROUBLE[state]
        error = changes["last_error"]
        logger.log(level, "Message %s (%s) %s: %s", message.id, message.kind, outcome, error)
    if message.is_secret and state != State.PENDING:
        changes["body"] = ""
    _held(message).update(state=state, **changes)


def _give_back(messages, **changes):
    """Return what was taken and not tried: others may take it at once."""
    _held(*messages).update(
        state=State.PENDING, attempts=F("attempts") - 1, next_try_at=Now(), **changes
    )


def _held(*messages):
    """The rows of one claim, but those whose lease ran out and that another worker has taken."""
    return Message.objects.filter(
        id__in=[message.id for message in messages],
        state=State.SENDING,
        next_try_at=messages[0].lease_ends,
    )
