"""Addresses in messages: straight to a page, or by way of an invitation for who has not joined."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Invitation, User


@dataclass(frozen=True)
class Link:
    """An absolute address. A secret one lets its holder in and stops working at ``expires_at``."""

    url: str
    secret: bool = False
    expires_at: datetime | None = None


def absolute(path):
    """The address of a path of this service, by the configured site and never the request's."""
    return settings.SITE_URL.rstrip("/") + path


def is_own_path(path):
    """True for a path on this service; false for anything that could lead elsewhere."""
    return (
        path.startswith("/")
        and path.isprintable()
        and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    )


def digest(token):
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def link_for(user, path, by):
    """A ``Link`` that brings ``user`` to ``path``; as ``links_for``."""
    return links_for([(user, path)], by)[0]


def links_for(visits, by):
    """The ``Link`` of each ``(user, path)``, in their order: two queries, however many.

    Who has not joined gets a fresh invitation, of one use and ``settings.INVITATION_HOURS``,
    that leads on to ``path``; earlier ones stay open until they expire or one is accepted.
    Pass ``secret`` and ``expires_at`` on to ``enqueue``.
    """
    now = timezone.now()
    expires_at = now + timedelta(hours=settings.INVITATION_HOURS)
    links, invitations = [], []
    for user, path in visits:
        if user.joined_at or not user.is_active:
            links.append(Link(absolute(path)))
            continue
        token = secrets.token_urlsafe(32)
        links.append(Link(_through_invitation(token, path), secret=True, expires_at=expires_at))
        invitations.append(
            Invitation(
                user=user,
                token_digest=digest(token),
                sent_at=now,
                expires_at=expires_at,
                invited_by=by,
            )
        )
    Invitation.objects.bulk_create(invitations)
    _mark_invited([i.user for i in invitations if i.user.invited_at is None], now)
    return links


def _through_invitation(token, path):
    url = absolute(reverse("invitation", args=[token]))
    return url if path == "/" else f"{url}?{urlencode({'next': path})}"


def _mark_invited(users, at):
    if users:
        User.objects.filter(pk__in=[user.pk for user in users]).update(invited_at=at)
    for user in users:
        user.invited_at = at
