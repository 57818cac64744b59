"""The calendar invitation of the school nurse: who gets it, and who is told that it is off.

Rule 001-73, design.md 5: the duty inbox, the link workers and the safeguarding leads, one message
each; a date, a place and a link behind sign-in, no child and no theme.
"""

from copy import copy

from django.urls import reverse
from django.utils import timezone

from consultations import nurse, policies
from consultations.models import NurseInvite
from notifications import kinds
from notifications.models import Message, State
from notifications.services import composed, enqueue_many

INVITED = "nurse_invited"
CANCELLED = "nurse_cancelled"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        INVITED, still_due=_stands, may_receive=_is_invited, label="School nurse invited"
    )
    kinds.register(CANCELLED, still_due=_is_owed, label="School nurse’s invitation cancelled")


def invited(invite, people, former):
    """Invite these ``nurse.Recipient``.

    Who is not among them and has the appointment of ``former``, an earlier instant, is told that
    it is off.
    """
    data = nurse.appointment(invite, people)
    enqueue_many([_message(INVITED, invite, one, data) for one in people])
    staying = {one.folded for one in people}
    leaving = [one for one in _holding(invite) if one.folded not in staying]
    _call_off(invite, leaving, former)


def cancelled(invite):
    """Tell everybody who has the appointment that it is off."""
    _call_off(invite, _holding(invite), invite.starts_at)


def progress(invite):
    """The latest message to each address about the invitation, the duty inbox's first."""
    latest = {}
    for message in Message.objects.about(invite).select_related("to").defer("body", "calendar"):
        latest.setdefault(message.address.casefold(), message)
    return sorted(latest.values(), key=lambda message: (message.to_id is not None, message.address))


def _holding(invite):
    """Whoever was last sent an invitation and no cancellation."""
    return [
        nurse.Recipient(message.address, "", message.to)
        for message in progress(invite)
        if message.kind == INVITED
    ]


def _call_off(invite, people, starts_at):
    """Cancel the entry of ``starts_at`` for these people, each alone."""
    invite = copy(invite)
    invite.starts_at = starts_at
    enqueue_many(
        [
            _message(CANCELLED, invite, one, nurse.appointment(invite, [one], cancels=True))
            for one in people
        ]
    )


def _message(kind, invite, one, data):
    return composed(
        kind,
        _key(kind, invite, one.key),
        to=one.user,
        address=one.address,
        template=f"consultations/email/{kind}.txt",
        context={"invite": invite, "school": invite.school, "path": _path(one, invite)},
        about=invite,
        calendar=data,
    )


def _path(one, invite):
    """Where the message leads who may open it: not the duty inbox, nor the school's people."""
    if one.user and policies.may_invite_nurse(one.user, invite.school):
        return reverse("nurse_invite", args=[invite.pk])
    return ""


def _key(kind, invite, person):
    return f"{kind}:{invite.pk}:{invite.sequence}:{person}"


# --- asked before each sending ---------------------------------------------------------------


def _invite(message):
    rows = NurseInvite.objects.select_related("school", "team", "invited_by")
    return rows.filter(pk=message.about_id).first()


def _stands(message):
    """The invitation has this date still, and it is not past: nothing was changed or cancelled."""
    invite = _invite(message)
    return (
        invite is not None
        and invite.is_invited
        and not invite.has_begun
        and message.key == _key(INVITED, invite, message.to_id or nurse.INBOX)
    )


def _is_invited(message):
    """Among whom it would go to now: the team's inbox, link workers, safeguarding leads."""
    invite = _invite(message)
    if invite is None or not invite.is_invited:
        return False
    day = timezone.localdate(invite.starts_at)
    people = nurse.recipients(invite.school, invite.team, day, invite.invited_by)
    return message.address.casefold() in {one.folded for one in people}


def _is_owed(message):
    """An invitation may have reached this address, and none has gone there since."""
    about_it = Message.objects.filter(about_type=message.about_type, about_id=message.about_id)
    others = about_it.filter(address__iexact=message.address).exclude(pk=message.pk)
    for other in others.order_by("-created_at").defer("body", "calendar"):
        if other.kind == INVITED:
            if other.created_at > message.created_at:
                return False
            if _may_have_left(other):
                return True
        elif other.state == State.SENT and other.created_at < message.created_at:
            return False
    return False


def _may_have_left(message):
    """Not while it waits for its first attempt, nor when that attempt held it back.

    A worker that died on the way may have handed it over, so a second attempt counts as one.
    """
    if message.state in (State.SENT, State.SENDING):
        return True
    return message.state != State.DEAD and message.attempts > (message.state == State.SUPPRESSED)
