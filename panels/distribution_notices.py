"""The messages about minutes that were sent: a link for each copy, the code for it, a reminder.

A date, a reference and a link, never a word of the minutes (design.md 5, security.md 5.4 N-12).
Whoever has several copies, or an account besides, gets one message with all their links (rule
003-1). A link for who has no account lets nobody in without the code, which goes apart.
"""

import secrets
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.links import absolute, digest, links_for
from notifications import kinds
from notifications.services import composed, enqueue, enqueue_many
from panels.models import Distribution, Meeting, MinutesLink

SENT, CODE, REMINDER = "minutes_sent", "minutes_code", "minutes_reminder"
LINK_LASTS = timedelta(days=28)


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    asked = {"still_due": _is_open, "may_receive": _is_theirs}
    kinds.register(SENT, **asked, label="Minutes sent")
    kinds.register(REMINDER, **asked, label="Reminder of an action of a meeting")
    kinds.register(
        CODE,
        still_due=_is_asked,
        may_receive=_has_the_link,
        is_urgent=True,
        label="Code for the minutes of a meeting",
    )


# --- sending --------------------------------------------------------------------------------------


def sent(by, version, rows, *, once_more=False):
    """Send the links of these copies, one message to each person or address.

    ``once_more`` where somebody asks for the same message again.
    """
    stage = "again" if once_more else "sent"
    messages, fresh = [], NewLinks()
    for address, copies in _by_address(rows).items():
        links, secret, expires_at = _links(by, version, copies, fresh)
        whole = any(row.is_whole for row in copies)
        mark = f"{timezone.now():%Y%m%d%H%M%S%f}" if once_more else f"{whole}"
        messages.append(
            composed(
                SENT,
                f"{SENT}:{copies[0].pk}:{stage}:{mark}",
                to=_user_of(copies),
                address=address,
                template="panels/email/minutes_sent.txt",
                context={
                    "meeting": version.meeting,
                    "version": version,
                    "links": links,
                    "whole": whole,
                    "minutes_on": max(row.minutes_on for row in copies),
                    "is_outside": any(row.agency for row in copies),
                },
                about=version,
                secret=secret,
                expires_at=expires_at,
            )
        )
    fresh.keep()
    enqueue_many(messages)


def code(link, digits):
    """Mail the code of a link to the address that the link went to."""
    enqueue(
        CODE,
        f"{CODE}:{link.pk}:{link.code_expires_at:%Y%m%d%H%M%S%f}",
        address=link.distribution.agency.email,
        template="panels/email/minutes_code.txt",
        context={"code": digits, "meeting": link.distribution.version.meeting},
        about=link,
        secret=True,
        expires_at=link.code_expires_at,
    )


def remind(version, owed):
    """Remind agencies of actions: ``owed`` are ``(Distribution, [MinutedAction])``."""
    actions = {row.pk: found for row, found in owed}
    messages, fresh = [], NewLinks()
    for address, copies in _by_address([row for row, _ in owed]).items():
        links = [
            (_named(copies, row), fresh.to(row, action))
            for row in copies
            for action in actions[row.pk]
        ]
        key = f"{REMINDER}:{copies[0].pk}"
        messages.append(_of_actions(key, address, version, links))
    fresh.keep()
    enqueue_many(messages)


def handed_over(minuted, invited):
    """An agency that has its copy gets a link to an action it took on since; others none."""
    rows = Distribution.objects.standing().filter(agency=invited)
    row = rows.select_related("agency", "version__meeting").order_by("-version__number").first()
    if row is None:
        return
    fresh, mark = NewLinks(), f"{timezone.now():%Y%m%d%H%M%S%f}"
    links = [("", fresh.to(row, minuted))]
    key = f"{REMINDER}:{row.pk}:{minuted.pk}:{mark}"
    message = _of_actions(key, invited.email, row.version, links, is_new=True)
    fresh.keep()
    enqueue_many([message])


def _of_actions(key, address, version, links, *, is_new=False):
    return composed(
        REMINDER,
        key,
        address=address,
        template="panels/email/minutes_reminder.txt",
        context={"meeting": version.meeting, "links": links, "is_new": is_new},
        about=version,
        secret=True,
        expires_at=timezone.now() + LINK_LASTS,
    )


def _by_address(rows):
    """``{address: [Distribution]}``; one for each address, whatever its capitals."""
    found = {}
    for row in rows:
        address = row.agency.email if row.agency else row.person.user.email
        found.setdefault(address.casefold(), (address, []))[1].append(row)
    return dict(found.values())


def _user_of(copies):
    return next((row.person.user for row in copies if row.person), None)


def _links(by, version, copies, fresh):
    """``([(whose copy, address)], whether they are secret, until when they are good)``."""
    people = [row for row in copies if row.person]
    signed_in = links_for([(row.person.user, path_of(row, version)) for row in people], by)
    links = [
        *((_named(copies, row), link.url) for row, link in zip(people, signed_in, strict=True)),
        *((_named(copies, row), fresh.to(row)) for row in copies if row.agency),
    ]
    ends = [link.expires_at for link in signed_in if link.expires_at]
    outside = any(row.agency for row in copies)
    if outside:
        ends.append(timezone.now() + LINK_LASTS)
    return links, outside or any(link.secret for link in signed_in), min(ends, default=None)


def _named(copies, row):
    """The agency or school, where somebody has the copies of several; else nothing."""
    if len(copies) == 1:
        return ""
    if row.agency:
        return row.agency.agency.name
    return row.person.school.name if row.person.school else ""


def path_of(row, version):
    """Where somebody with an account reads their copy."""
    name = "shared_minutes" if row.person.school_id else "minutes"
    return reverse(name, args=[version.meeting_id])


class NewLinks:
    """Fresh links for who has no account, kept together once all are made."""

    def __init__(self):
        self.made = []

    def to(self, row, action=None):
        """The address of a new link to a copy, or to one action of it."""
        token = secrets.token_urlsafe(32)
        expires_at = timezone.now() + LINK_LASTS
        self.made.append(
            MinutesLink(
                distribution=row, action=action, token_hash=digest(token), expires_at=expires_at
            )
        )
        return absolute(reverse("partner_minutes", args=[token]))

    def keep(self):
        MinutesLink.objects.bulk_create(self.made)


# --- asked before each sending --------------------------------------------------------------------


def _theirs(message):
    """The copies of the version that go to who gets the message, while they stand."""
    whose = Q(agency__email__iexact=message.address)
    if message.to_id:
        whose |= Q(person__user=message.to_id, person__removed_at__isnull=True)
    return Distribution.objects.standing().filter(whose, version=message.about_id)


def _is_open(message):
    return _theirs(message).exists()


def _is_theirs(message):
    rows = _theirs(message)
    if rows.filter(agency__isnull=False).exists():
        return True
    meetings = rows.values("version__meeting")
    council = Meeting.objects.visible_to(message.to)
    return (
        council.filter(pk__in=meetings).exists()
        or Distribution.objects.read_by(message.to).filter(version=message.about_id).exists()
    )


def _link(message):
    return (
        MinutesLink.objects.select_related("distribution__agency")
        .filter(pk=message.about_id, distribution__revoked_at__isnull=True)
        .first()
    )


def _is_asked(message):
    link = _link(message)
    return link is not None and link.code_hash != ""


def _has_the_link(message):
    link = _link(message)
    return link is not None and link.distribution.agency.email == message.address
