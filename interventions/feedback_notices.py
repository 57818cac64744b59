"""The message that carries a link to a few questions, in words that give nothing away.

Neither the team, the school nor anybody's name is in it; the code that opens the link is not
either. Its text is erased once it is sent, and it goes out only on the day on which its address
was marked safe.
"""

from django.urls import reverse
from django.utils import timezone

from accounts.links import absolute
from interventions.models import Feedback
from interventions.stopped import is_stopped
from notifications import kinds
from notifications.services import enqueue

LINK = "feedback_link"


def register_kinds():
    """Make the outbox know the kind here; called once, when the app is ready."""
    kinds.register(
        LINK, still_due=_is_due, may_receive=_is_safe_today, label="Link to a few questions"
    )


def link(feedback, token):
    """Send the link to the address of a ``Feedback``. ValueError for one that is no address."""
    enqueue(
        LINK,
        f"{LINK}:{feedback.pk}",
        template="interventions/email/feedback_link.txt",
        context={
            "link": absolute(reverse("feedback_form", args=[token])),
            "until": _until(feedback),
        },
        about=feedback,
        address=feedback.contact,
        secret=True,
        expires_at=feedback.expires_at,
    )


def _until(feedback):
    return timezone.localdate(feedback.expires_at)


def _feedback(message):
    return Feedback.objects.filter(pk=message.about_id).first()


def _is_due(message):
    feedback = _feedback(message)
    return (
        feedback is not None
        and feedback.answered_at is None
        and feedback.token_hash != ""
        and feedback.expires_at > timezone.now()
    )


def _is_safe_today(message):
    feedback = _feedback(message)
    if feedback is None or feedback.contact != message.address:
        return False
    return feedback.safe_on == timezone.localdate() and not is_stopped(feedback.intervention)
