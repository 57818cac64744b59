import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from govuk.words import clock, date_of
from notifications import kinds
from notifications.querysets import MessageQuerySet


class State(models.TextChoices):
    """Where a message stands. Only the first two are ever tried (again)."""

    PENDING = "pending", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    SUPPRESSED = "suppressed", "Held back"
    DEAD = "dead", "Not delivered"


# Why a message was held back whose reader wants none.
NOT_WANTED = "not wanted"


class Message(models.Model):
    """One e-mail to one recipient, written in the transaction of its cause (design.md 5).

    Text, appointment, Message-ID and Date are fixed here, so that every attempt sends the same
    bytes. Times are the database's, so that workers whose clocks differ agree.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    address = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    # An appointment that goes with the text, as ``documents.calendar`` wrote it.
    calendar = models.BinaryField(blank=True, default=bytes)
    message_id = models.CharField(max_length=255)
    date_header = models.CharField(max_length=40)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.CharField(max_length=36, blank=True)
    # The text lets its reader in (an invitation, a new password): erased once it is done with.
    is_secret = models.BooleanField(default=False)
    # As its kind was when it was written: it leaves before whatever is not.
    is_urgent = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    # When a worker may take it; while one is sending it, when another may take over.
    next_try_at = models.DateTimeField(db_default=Now())
    # Until when it is kept for somebody who wants to be written to once a day or a week.
    held_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    # Since when the way out is asked whether the last attempt, whose end nobody saw, arrived.
    in_doubt_since = models.DateTimeField(null=True, blank=True)
    # A class of error and a code, never a server's words: those repeat the address.
    last_error = models.CharField(max_length=100, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["-is_urgent", "next_try_at"],
                condition=Q(state__in=[State.PENDING, State.SENDING]),
                name="message_to_send",
            ),
            models.Index(fields=["about_type", "about_id"], name="message_about"),
            models.Index(fields=["-created_at", "-id"], name="message_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="message_newest_in_state"),
        ]

    @property
    def kind_label(self):
        return kinds.label(self.kind)

    @property
    def state_label(self):
        """Where it stands, and where it waits because its reader wants it so."""
        if self.state == State.PENDING and self.held_until and self.held_until > timezone.now():
            return f"Kept until {date_of(self.held_until)}, {clock(self.held_until)}"
        return "No emails wanted" if self.last_error == NOT_WANTED else self.get_state_display()


class Heartbeat(models.Model):
    """When a part that has to come round again and again was last seen; the database's time."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
