"""The way out: one connection to whatever EMAIL_URL names, for as long as there is mail.

``courier()`` gives the one of the settings. Another way out is a subclass of Courier, as
``notifications.notify`` has it, and keeps its promises.
"""

import contextlib
import smtplib
from email.charset import Charset
from functools import cache

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.utils.module_loading import import_string

from documents.calendar import method_of

TOO_LARGE = 552
# Some servers take no more than so many messages over one connection.
MOST_OVER_ONE = 100


class Unreachable(Exception):
    """There is no connection to the mail server; no message is to blame."""


class Refused(Exception):
    """The mail server will never take this message for this recipient."""


class Unanswered(Exception):
    """The connection broke before the answer: the message may have been taken, or not."""


def courier():
    """A Courier of the kind the settings name."""
    return import_string(settings.COURIER)()


class Courier:
    """Sends messages over one connection, opened when the first one needs it.

    A context manager; ``send`` raises Unreachable, Refused, Unanswered or, where the message was
    certainly not taken and another attempt may help, whatever else there was.
    """

    def __init__(self):
        self._connection = _connection()
        self._sent = 0

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._close()

    def send(self, message):
        """Hand over one Message."""
        email = _sendable(message)
        try:
            self._connection.open()
        except OSError as error:
            self._close()
            raise Unreachable from error
        try:
            self._connection.send_messages([email])
        except OSError as error:
            if _is_for_good(error):
                raise Refused from error
            # Nobody knows how the conversation stands: the next message begins a new one.
            self._close()
            if _is_an_answer(error):
                raise
            raise Unanswered from error
        self._sent += 1

    def rest(self):
        """Between two batches, when nothing is held: long ones go on over another connection."""
        if self._sent >= MOST_OVER_ONE:
            self._close()

    def was_taken(self, message):
        """Whether an earlier attempt, whose end nobody saw, handed the message over.

        True, False, or None where that is not known yet. A mail server cannot be asked: no, and
        the message goes again, with the same Message-ID and Date.
        """
        return False

    def _close(self):
        self._sent = 0
        with contextlib.suppress(OSError):
            self._connection.close()


def email_for(message):
    """The Message as Django sends it: the same bytes at every attempt."""
    headers = {
        "Message-ID": message.message_id,
        "Date": message.date_header,
        "Auto-Submitted": "auto-generated",
        "X-Linkbook-Kind": message.kind,
    }
    kind = Invitation if message.calendar else EmailMessage
    email = kind(message.subject, message.body, to=[message.address], headers=headers)
    if message.calendar:
        email.add_calendar(bytes(message.calendar), name=message.pk.hex)
    return email


def _sendable(message):
    """``email_for`` the message. Refused when no mail can be made of it, now or ever."""
    try:
        email = email_for(message)
        made = email.message()
        # Put together once: what is looked at here is what the server gets.
        made.as_bytes = cache(made.as_bytes)
        made.as_bytes(linesep="\r\n")
    except ValueError as error:
        raise Refused from error
    email.message = lambda: made
    return email


class Invitation(EmailMultiAlternatives):
    """A text, the appointment beside it and again as a file (RFC 6047)."""

    # Line ends of the appointment survive every relay in base64.
    encoding = Charset("utf-8")

    def add_calendar(self, data, *, name):
        """``data`` is from ``documents.calendar``; ``name`` keeps the parts apart, always alike."""
        self.attach_alternative(data.decode(), f"text/calendar; method={method_of(data)}")
        self.attach("invite.ics", data, "application/ics")
        self._name = name

    def message(self):
        message = super().message()
        # Left to Python, these would be drawn by lot at every attempt.
        several = [part for part in message.walk() if part.is_multipart()]
        for number, part in enumerate(several):
            part.set_boundary(f"={self._name}={number}")
        return message


def error_code(error):
    """The class of an error and the server's code: ``SMTPDataError 451``. Never its words."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, _ = _answer(error)
    else:
        code = getattr(error, "smtp_code", "") or getattr(error, "status_code", "")
    return f"{type(error).__name__} {code}".strip()


def _connection():
    """A connection of Django's, not yet open."""
    config = settings.DELIVERY
    backend = config["EMAIL_BACKEND"]
    if backend.endswith("filebased.EmailBackend"):
        return get_connection("notifications.backends.FolderBackend")
    if not backend.endswith("smtp.EmailBackend"):
        return get_connection(backend)
    return get_connection(
        "notifications.backends.ServerBackend",
        host=config["EMAIL_HOST"],
        port=config["EMAIL_PORT"],
        username=config["EMAIL_HOST_USER"],
        password=config["EMAIL_HOST_PASSWORD"],
        use_tls=config.get("EMAIL_USE_TLS", False),
        use_ssl=config.get("EMAIL_USE_SSL", False),
        timeout=settings.EMAIL_TIMEOUT,
    )


def _answer(refusal):
    """The server's ``(code, words)`` for the one recipient."""
    return next(iter(refusal.recipients.values()))


def _is_an_answer(error):
    """Whether the server, or our side of the conversation, said that the message did not go."""
    return isinstance(error, smtplib.SMTPException) and not isinstance(
        error, smtplib.SMTPServerDisconnected
    )


def _is_for_good(error):
    """Whether the recipient is at fault, or the message is larger than the server ever takes.

    5.7 is about us: relaying, sign-in, policy (RFC 3463).
    """
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return getattr(error, "smtp_code", None) == TOO_LARGE
    code, words = _answer(error)
    return 500 <= code < 600 and not words.startswith(b"5.7.")
