"""Who hears what about their account: both kinds carry a way in, so they are secret.

And ``tell``, by which the other apps write to people.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.links import digest, link_for
from accounts.models import User
from notifications import kinds
from notifications.services import enqueue

INVITATION, PASSWORD_RESET = "invitation", "password_reset"


def tell(kind, key, *, to, by, path, template, context, about):
    """Write one message to ``to`` that leads to ``path``, as ``by`` makes it; None as ``enqueue``.

    Who has not joined gets there by an invitation. The template's context also gets ``link``,
    the address, and ``is_invitation``.
    """
    link = link_for(to, path, by)
    return enqueue(
        kind,
        key,
        to=to,
        template=template,
        context={**context, "link": link.url, "is_invitation": link.secret},
        about=about,
        secret=link.secret,
        expires_at=link.expires_at,
    )


def invitation(user, link):
    """Invite ``user`` by a ``Link`` made for them."""
    enqueue(
        INVITATION,
        f"{INVITATION}:{user.pk}:{link.expires_at:%Y%m%dT%H%M%S}",
        template="accounts/email/invitation.txt",
        context={"url": link.url, "hours": settings.INVITATION_HOURS},
        about=user,
        to=user,
        secret=True,
        expires_at=link.expires_at,
    )


def password_reset(user, url, token):
    """Send ``user`` the address where a new password is chosen; one message per token."""
    lasts = settings.PASSWORD_RESET_TIMEOUT
    enqueue(
        PASSWORD_RESET,
        f"{PASSWORD_RESET}:{user.pk}:{digest(token)[:16]}",
        template="accounts/email/password_reset.txt",
        context={"url": url, "hours": lasts // 3600},
        about=user,
        to=user,
        secret=True,
        expires_at=timezone.now() + timedelta(seconds=lasts),
    )


def _about(message):
    return User.objects.filter(pk=message.about_id, is_active=True)


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        INVITATION,
        label="Invitation to join",
        still_due=lambda message: _about(message).filter(joined_at=None).exists(),
    )
    kinds.register(
        PASSWORD_RESET,
        label="New password",
        still_due=lambda message: _about(message).exists(),
    )
