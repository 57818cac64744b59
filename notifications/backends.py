"""Mail backends: Django's own mails become rows, messages go to a mail server or into files."""

import os
import tempfile
import uuid
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.utils import timezone

from notifications.services import store

ACCOUNT = "account"


class OutboxBackend(BaseEmailBackend):
    """Every mail of Django and allauth becomes a message of the outbox, one per recipient.

    They carry ways in (a new password), so they are secret and expire with their link. Only
    plain text is kept; ValueError for a mail that has none.
    """

    def send_messages(self, email_messages):
        expires_at = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        for email in email_messages:
            if email.content_subtype != "plain":
                raise ValueError("Mail is sent as plain text.")
            reference = email.extra_headers.get("Message-ID") or uuid.uuid4()
            for number, address in enumerate(email.recipients()):
                store(
                    ACCOUNT,
                    f"{ACCOUNT}:{reference}:{number}",
                    subject=email.subject,
                    body=email.body,
                    address=address,
                    secret=True,
                    expires_at=expires_at,
                )
        return len(email_messages)


class ServerBackend(EmailBackend):
    """Django's for a mail server, over a connection that is open.

    Django reads each address by the whole grammar of headers. Ours are plain ones since the
    message was written (``services.written``), and take a sixth of the time.
    """

    def send_messages(self, email_messages):
        for email in email_messages:
            _, sender = parseaddr(email.from_email)
            sender, *recipients = (
                sanitize_address(("", address), settings.DEFAULT_CHARSET)
                for address in (sender, *email.to)
            )
            self.connection.sendmail(sender, recipients, email.message().as_bytes(linesep="\r\n"))
        return len(email_messages)


class FolderBackend(BaseEmailBackend):
    """Keeps each message as a file in ``settings.DELIVERY_FOLDER``, named by its id only.

    A message sent again replaces its file, and nobody ever sees half of one.
    """

    def open(self):
        settings.DELIVERY_FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send_messages(self, email_messages):
        for email in email_messages:
            name = uuid.UUID(email.extra_headers["Message-ID"].strip("<>").partition("@")[0])
            handle, unfinished = tempfile.mkstemp(dir=settings.DELIVERY_FOLDER)
            with os.fdopen(handle, "wb") as file:
                file.write(email.message().as_bytes())
            os.replace(unfinished, settings.DELIVERY_FOLDER / f"{name}.eml")
        return len(email_messages)
