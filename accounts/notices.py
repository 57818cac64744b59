"""Who hears what about an account: its owner, and who is asked to confirm a role.

What goes to its owner carries a way in, so it is secret. And ``tell``, by which the other apps
write to people.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from accounts import policies
from accounts.links import digest, links_for
from accounts.models import StaffRole, User
from notifications import kinds
from notifications.services import composed, enqueue, enqueue_many

INVITATION, PASSWORD_RESET = "invitation", "password_reset"
ROLE_TO_CONFIRM = "role_to_confirm"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One message to one person: ``to`` is a user, ``path`` where it leads them."""

    kind: str
    key: str
    to: User
    path: str
    template: str
    context: dict
    about: Model


def tell(notices, by):
    """Write these messages as ``by`` makes them: three queries at most, however many.

    Who has not joined gets to ``path`` by an invitation. The template's context also gets
    ``link``, the address, and ``is_invitation``. Of several with one key the first is written,
    and none when the key was used before.
    """
    first = {}
    for notice in notices:
        first.setdefault(notice.key, notice)
    links = links_for([(notice.to, notice.path) for notice in first.values()], by)
    enqueue_many(
        composed(
            notice.kind,
            notice.key,
            to=notice.to,
            template=notice.template,
            context={**notice.context, "link": link.url, "is_invitation": link.secret},
            about=notice.about,
            secret=link.secret,
            expires_at=link.expires_at,
        )
        for notice, link in zip(first.values(), links, strict=True)
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


def ask_to_confirm(given, by):
    """Ask whoever may be the second person to confirm a ``StaffRole``; whose is behind sign-in."""
    tell(
        [
            Notice(
                kind=ROLE_TO_CONFIRM,
                key=f"{ROLE_TO_CONFIRM}:{given.pk}:{user.pk}",
                to=user,
                path=reverse("person_role_confirm", args=[given.user_id, given.pk]),
                template="accounts/email/role_to_confirm.txt",
                context={},
                about=given,
            )
            for user in policies.may_be_asked_to_confirm(given).order_by("email")
        ],
        by,
    )


def _waiting_role(message):
    given = StaffRole.objects.select_related("user", "given_by").filter(pk=message.about_id).first()
    return given if given is not None and given.is_waiting else None


def _may_confirm(message):
    given = _waiting_role(message)
    return given is not None and policies.may_confirm_role(message.to, given)


def _about(message):
    return User.objects.filter(pk=message.about_id, is_active=True)


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        INVITATION,
        label="Invitation to join",
        may_wait=False,
        still_due=lambda message: _about(message).filter(joined_at=None).exists(),
    )
    kinds.register(
        PASSWORD_RESET,
        label="New password",
        may_wait=False,
        still_due=lambda message: _about(message).exists(),
    )
    kinds.register(
        ROLE_TO_CONFIRM,
        label="Role to confirm",
        still_due=lambda message: _waiting_role(message) is not None,
        may_receive=_may_confirm,
        may_wait=False,
    )
