"""How long a sign-in lasts, and ending it: 30 minutes idle, 12 hours in all (security.md 2.7)."""

import hashlib
import re

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.utils import timezone

STARTED, SEEN = "started_at", "seen_at"
# A session is saved at most this often, in seconds, to note that its user is there.
NOTED_EVERY = 60

IDLE, ABSOLUTE = "idle", "absolute"


def begin(session):
    """Start both clocks; called at sign-in."""
    session[STARTED] = session[SEEN] = timezone.now().timestamp()


def digest_of(session):
    """The session by a name that opens nothing: 64 hexadecimal digits."""
    return hashlib.sha256(session.session_key.encode()).hexdigest()


def touch(session):
    """The user did something: the idle clock starts again, noted at most once a minute."""
    now = timezone.now().timestamp()
    session.setdefault(STARTED, now)
    if now - session.get(SEEN, 0) >= NOTED_EVERY:
        session[SEEN] = now


def seconds_left(session):
    """Whole seconds until the session ends if its user does nothing more; never negative."""
    now = timezone.now().timestamp()
    ends_at = min(
        session.get(SEEN, now) + settings.SESSION_IDLE_SECONDS,
        session.get(STARTED, now) + settings.SESSION_ABSOLUTE_SECONDS,
    )
    return max(0, int(ends_at - now))


def limit_reached(session):
    """Which limit ended the session: ``"idle"``, ``"absolute"``, or ``""`` while it lasts.

    ``session`` is a session or its decoded data.
    """
    now = timezone.now().timestamp()
    if now - session.get(STARTED, now) >= settings.SESSION_ABSOLUTE_SECONDS:
        return ABSOLUTE
    if now - session.get(SEEN, now) >= settings.SESSION_IDLE_SECONDS:
        return IDLE
    return ""


def end_if_over(request):
    """Sign the user out when a limit was reached; returns which one, or ``""``."""
    limit = limit_reached(request.session)
    if limit:
        request.signed_out_by = limit
        logout(request)
    return limit


def of(user):
    """The user's sessions that still work, newest first, as allauth's ``UserSession`` rows."""
    rows = list(UserSession.objects.filter(user=user).order_by("-created_at"))
    stored = Session.objects.filter(
        session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()
    )
    alive = {s.session_key for s in stored if not limit_reached(s.get_decoded())}
    return [row for row in rows if row.session_key in alive]


def end_all(user, but=None):
    """End every session of the user, or every one but the session key ``but``."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=but)
    Session.objects.filter(session_key__in=rows.values("session_key")).delete()
    rows.delete()


BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome")]
SYSTEMS = [
    (r"iPhone|iPad", "iPhone or iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X", "Mac"),
    (r"CrOS", "Chromebook"),
    (r"Linux", "Linux"),
]


def device_of(user_agent):
    """The browser and system as a person knows them: ``Chrome on Windows``."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    if not browser and "Safari" in user_agent:
        browser = "Safari"
    system = next((name for mark, name in SYSTEMS if re.search(mark, user_agent)), "")
    return " on ".join(part for part in (browser, system) if part) or "Unknown browser"
