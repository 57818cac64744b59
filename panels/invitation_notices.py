"""The calendar invitation to a meeting: who gets it, and who is told that it is off.

A date, a place, a reference and a link behind sign-in: no child, no theme and no title (design.md
5). One message an address, whatever its capitals, each entry naming its reader alone.
"""

import hashlib
from copy import copy
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse

from accounts.links import links_for
from accounts.models import User
from documents import calendar
from notifications import kinds
from notifications.models import Message, State
from notifications.services import composed, enqueue_many
from panels.models import Meeting, MeetingAgency, MeetingState

CALLED = "meeting_called"
CANCELLED = "meeting_cancelled"


@dataclass(frozen=True)
class Recipient:
    """Who gets an invitation: a person, or an agency's address, which is no ``user``.

    ``is_of_school`` for somebody who is invited for a post at a school.
    """

    address: str
    user: User | None = None
    is_of_school: bool = False

    @property
    def folded(self):
        return self.address.casefold()


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(CALLED, still_due=_stands, may_receive=_is_invited, label="Invited to a meeting")
    kinds.register(CANCELLED, still_due=_is_owed, label="Meeting cancelled")


def recipients(rows):
    """Each address of these ``MeetingPerson`` and ``MeetingAgency`` rows once; people first.

    An address that is not exactly one is left out: nobody could be written to by it.
    """
    found = {}
    rows = sorted(rows, key=lambda row: isinstance(row, MeetingAgency))
    for row in rows:
        one = _recipient(row)
        if one and _is_one_address(one.address):
            found.setdefault(one.folded, one)
    return list(found.values())


def _recipient(row):
    if isinstance(row, MeetingAgency):
        return Recipient(row.email) if row.email else None
    if row.user:
        return Recipient(row.user.email, row.user, is_of_school=row.contact_id is not None)
    return None


def _is_one_address(address):
    try:
        validate_email(address)
    except ValidationError:
        return False
    return '"' not in address


def everybody(meeting):
    """The rows of whoever is invited now, from both tables."""
    people = meeting.people.filter(removed_at__isnull=True).select_related("user")
    return [*people, *meeting.agencies.all()]


def appointment(meeting, one, *, cancels=False):
    """The bytes of the calendar entry for one ``Recipient``."""
    return calendar.invitation(
        method=calendar.CANCEL if cancels else calendar.REQUEST,
        uid=str(meeting.pk),
        sequence=meeting.sequence,
        made_at=meeting.sent_at,
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        summary=f"Meeting {meeting.reference}",
        description=f"Questions and answers go to {settings.COUNCIL.mailbox}.",
        location=meeting.place or meeting.online_url,
        url=meeting.online_url or f"{settings.SITE_URL}{path_for(one, meeting)}",
        organizer=settings.COUNCIL.mailbox,
        attendees=[calendar.Attendee(one.address)],
    )


def path_for(one, meeting):
    """Where the message leads: the page of the reader's side; for an agency the front page."""
    if one.user is None:
        return "/"
    return reverse("shared_meeting" if one.is_of_school else "meeting", args=[meeting.pk])


def invite(meeting, by, rows=None):
    """Invite everybody, or these ``rows`` alone.

    A school's own meeting sends nothing, nor does one that has begun.
    """
    if meeting.is_school_led or meeting.has_begun:
        return
    if meeting.sent_at is None:
        meeting.sent_at = meeting.called_at
    people = recipients(everybody(meeting) if rows is None else rows)
    links = links_for([(one.user, path_for(one, meeting)) for one in people if one.user], by)
    links = iter(links)
    enqueue_many(
        [_message(CALLED, meeting, one, next(links) if one.user else None) for one in people]
    )


def call_off(meeting, rows=None):
    """Cancel the entry of everybody who holds one, or of these ``rows`` alone."""
    holding = {message.address.casefold(): message for message in _latest(meeting)}
    if not holding:
        return
    leaving = recipients(everybody(meeting) if rows is None else rows)
    staying = set()
    if rows is None:
        known = {one.folded: one for one in leaving}
        leaving = [
            known.get(folded, Recipient(message.address, message.to))
            for folded, message in holding.items()
        ]
    else:
        gone = {(type(row), row.pk) for row in rows}
        others = [row for row in everybody(meeting) if (type(row), row.pk) not in gone]
        staying = {one.folded for one in recipients(others)}
    enqueue_many(
        [
            _message(CANCELLED, meeting, one)
            for one in leaving
            if one.folded not in staying
            and one.folded in holding
            and holding[one.folded].kind == CALLED
        ]
    )


def progress(meeting):
    """The latest message to each address about the meeting, those without an account last."""
    return sorted(_latest(meeting), key=lambda message: (message.to_id is None, message.address))


def _latest(meeting):
    latest = {}
    told = Message.objects.about(meeting).filter(kind__in=(CALLED, CANCELLED))
    for message in told.select_related("to").defer("body", "calendar"):
        latest.setdefault(message.address.casefold(), message)
    return latest.values()


def _message(kind, meeting, one, link=None):
    cancels = kind == CANCELLED
    return composed(
        kind,
        _key(kind, meeting, one),
        to=one.user,
        address=one.address,
        template=f"panels/email/{kind}.txt",
        context={"meeting": meeting, "link": link.url if link else ""},
        about=meeting,
        calendar=appointment(copy(meeting), one, cancels=cancels),
        secret=bool(link and link.secret),
        expires_at=link.expires_at if link else None,
    )


def _key(kind, meeting, one):
    """An address stands in it as a digest: it is personal, and whole it may not fit."""
    to = one.user.pk if one.user else hashlib.sha256(one.folded.encode()).hexdigest()[:32]
    return f"{kind}:{meeting.pk}:{meeting.sequence}:{to}"


# --- asked before each sending ---------------------------------------------------------------


def _meeting(message):
    return Meeting.objects.filter(pk=message.about_id).first()


def _stands(message):
    """It is called for this date still, and that lies ahead."""
    meeting = _meeting(message)
    one = Recipient(message.address, message.to)
    return (
        meeting is not None
        and meeting.state == MeetingState.CALLED
        and not meeting.has_begun
        and message.key == _key(CALLED, meeting, one)
    )


def _is_invited(message):
    """Among whom it would go to now; a person of a school while they hold a post there."""
    meeting = _meeting(message)
    if meeting is None:
        return False
    if message.to is not None:
        council = Meeting.objects.visible_to(message.to)
        school = Meeting.objects.at_school_of(message.to)
        return any(rows.filter(pk=meeting.pk).exists() for rows in (council, school))
    return message.address.casefold() in {one.folded for one in recipients(everybody(meeting))}


def _is_owed(message):
    """An invitation may have reached this address, and none has gone there since."""
    about_it = Message.objects.filter(about_type=message.about_type, about_id=message.about_id)
    entries = about_it.filter(kind__in=(CALLED, CANCELLED)).exclude(pk=message.pk)
    others = entries.filter(address__iexact=message.address)
    for other in others.order_by("-created_at").defer("body", "calendar"):
        if other.kind == CALLED:
            return other.created_at <= message.created_at and other.state != State.SUPPRESSED
        if other.state == State.SENT and other.created_at < message.created_at:
            return False
    return False
