"""What keeps the service in order: people who have not joined, messages, the register."""

from datetime import timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from govuk.words import day_of
from notifications.models import Message, State
from overview.desk import Block, Line
from schools.models import School

# The register is published daily; schools open and close by the term.
REGISTER_STALE = timedelta(days=60)
MOST = 10


def running_of():
    """The administrator's blocks; three queries, and never a message's subject or text."""
    return [_joining(), _messages(), _register()]


def _joining():
    waiting = User.objects.filter(
        joined_at__isnull=True, invited_at__isnull=False, is_active=True, is_system=False
    ).order_by("-invited_at", "email")[:MOST]
    return Block(
        "joining",
        "Invited, not joined yet",
        "Everybody who was invited has joined.",
        [
            Line(
                user.name, reverse("person", args=[user.pk]), f"Invited {day_of(user.invited_at)}."
            )
            for user in waiting
        ],
        more=("People", reverse("people")),
    )


def _messages():
    dead = Message.objects.filter(state=State.DEAD).order_by("-created_at", "-id")[:MOST]
    page = reverse("messages")
    return Block(
        "messages",
        "Messages not delivered",
        "Every message that was due has gone out.",
        [
            Line(
                message.kind_label,
                f"{page}?state={State.DEAD}",
                f"Written {day_of(message.created_at)}.",
            )
            for message in dead
        ],
        more=("All messages", page),
    )


def _register():
    read_at = School.objects.aggregate(at=Max("register_read_at"))["at"]
    block = Block(
        "register",
        "School register",
        "",
        more=("Schools", reverse("school_list")),
    )
    if read_at is None:
        block.lines.append(
            Line("The national register has not been read yet", block.more[1], "", "", "soon")
        )
    elif read_at < timezone.now() - REGISTER_STALE:
        block.lines.append(
            Line("The national register is old", block.more[1], f"Last read {day_of(read_at)}.")
        )
    else:
        block.calm = f"The national register was read {_on(read_at)}."
    return block


def _on(at):
    day = day_of(at)
    return day if day in ("today", "yesterday") else f"on {day}"
