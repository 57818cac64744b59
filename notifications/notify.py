"""The other way out: GOV.UK Notify, where the council gave us a key to it.

Its one template has the subject ((subject)) and the text ((body)). Notify knows each message by
the reference we give it, so it can be asked whether it took one; it keeps that for a week.
Appointments it cannot carry go by the mail server.
"""

import contextlib
import uuid

import requests
from django.conf import settings
from notifications_python_client import NotificationsAPIClient
from notifications_python_client.errors import APIError
from urllib3.exceptions import NewConnectionError

from notifications.delivery import Courier, Refused, Unanswered, Unreachable


class NotifyCourier(Courier):
    """Hands messages to GOV.UK Notify, those with an appointment to the mail server."""

    def __init__(self):
        super().__init__()
        self._client = _client()

    def send(self, message):
        if message.calendar:
            super().send(message)
            return
        try:
            self._client.send_email_notification(
                message.address,
                settings.NOTIFY_TEMPLATE_ID,
                personalisation={"subject": message.subject, "body": message.body},
                reference=str(message.pk),
            )
        except APIError as error:
            if error.response is None:
                cause = error.__cause__
                raise (Unreachable if _never_connected(cause) else Unanswered) from cause
            if error.status_code >= 500:
                raise Unanswered from error
            if _blames_the_address(error):
                raise Refused from error
            raise

    def was_taken(self, message):
        """Yes once Notify lists it. It may do so a little late, so silence is not a no."""
        if message.calendar:
            return super().was_taken(message)
        try:
            found = self._client.get_all_notifications(reference=str(message.pk))
        except APIError:
            return None
        return True if found["notifications"] else None


def bounced():
    """The ids of the messages, of this week, for which Notify has found no mailbox since."""
    found = _client().get_all_notifications(status="permanent-failure", template_type="email")
    ids = set()
    for notification in found["notifications"]:
        # Others may send by the same account, with references of another kind or none.
        with contextlib.suppress(ValueError):
            ids.add(uuid.UUID(notification["reference"] or ""))
    return ids


def _client():
    return NotificationsAPIClient(
        settings.NOTIFY_API_KEY, settings.NOTIFY_URL, timeout=settings.EMAIL_TIMEOUT
    )


def _never_connected(error):
    """Whether the request cannot have left this machine."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _blames_the_address(error):
    """Whether Notify says that this is no address; all else it refuses is about us."""
    found = error.message if isinstance(error.message, list) else []
    return error.status_code == requests.codes.bad_request and any(
        problem.get("message", "").startswith("email_address") for problem in found
    )
