"""The minutes of a meeting: its agenda, what was said and agreed, and each final version."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from consultations.models import Action
from panels.models.meetings import Meeting
from panels.models.people import MeetingAgency, MeetingPerson, MeetingPupil
from schools.models import Agency, School


class ItemKind(models.TextChoices):
    """The standing items of an agenda, and what is talked about between them."""

    OPENING = "opening", "Welcome, terms of reference and confidentiality"
    LAST = "last", "Last actions"
    SUBJECT = "subject", "Discussion"
    NEXT = "next", "Next meeting"


class ItemAudience(models.TextChoices):
    """Who may read an item besides the team; a child in it narrows that further."""

    UNSAID = "", "Not said yet"
    EVERYBODY = "everybody", "Everybody who gets the minutes"
    CHOSEN = "chosen", "Only those chosen"
    TEAM = "team", "Our team alone"


@track("title", "discussion", "decision")
class AgendaItem(models.Model):
    """One item: what was said and decided, and which agencies and schools may read it.

    A paragraph of ``discussion`` and ``decision`` that mentions a child goes to nobody who may not
    read of that child, whatever the audience of the item. Text that is being typed is a ``Draft``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=7, choices=ItemKind, default=ItemKind.SUBJECT)
    title = models.CharField("what it is about", max_length=150)
    audience = models.CharField(
        "who may see this item", max_length=9, choices=ItemAudience, blank=True
    )
    agencies = models.ManyToManyField(Agency, blank=True, related_name="+")
    schools = models.ManyToManyField(School, blank=True, related_name="+")
    discussion = models.TextField(blank=True)
    decision = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField(null=True, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="agenda_item_has_its_place",
            ),
            models.UniqueConstraint(
                fields=["meeting", "kind"],
                condition=~Q(kind="subject"),
                name="agenda_standing_item_once",
            ),
        ]

    def __str__(self):
        return self.title


@track("what")
class MinutedAction(models.Model):
    """An action that a meeting agreed, or took over from the meeting before.

    ``action`` is the one everybody sees; it is made when the minutes become final, and is there at
    once where it was carried over. The owner is somebody invited, or not named yet. ``child`` is
    whom it is about.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="minuted_actions")
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="actions"
    )
    what = models.CharField("action", max_length=500)
    child = models.ForeignKey(
        MeetingPupil, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    person = models.ForeignKey(
        MeetingPerson, models.SET_NULL, null=True, blank=True, related_name="actions"
    )
    agency = models.ForeignKey(
        MeetingAgency, models.SET_NULL, null=True, blank=True, related_name="actions"
    )
    due_on = models.DateField("by when", null=True, blank=True)
    action = models.ForeignKey(
        Action, models.PROTECT, null=True, blank=True, related_name="minuted_as"
    )
    is_carried = models.BooleanField("carried over", default=False)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "action"],
                condition=Q(action__isnull=False),
                name="minuted_action_once",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(agency__isnull=True),
                name="minuted_action_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(is_carried=False) | Q(action__isnull=False),
                name="minuted_action_carried_exists",
            ),
        ]

    @property
    def owner_text(self):
        """Whose it is: ``DS Rob Hale, Police``; empty while nobody is named."""
        if self.action is None:
            return self.owner_named
        contact = self.action.owner_contact
        return f"{contact.name}, {contact.school.name}" if contact else self.action.owner_text

    @property
    def owner_named(self):
        """Whom these minutes give it to, whoever has it by now; empty for nobody."""
        if self.agency:
            return self.agency.owner_text
        if self.person and self.person.school:
            return f"{self.person.name}, {self.person.school.name}"
        return self.person.name if self.person else ""


@track("text", "said_by_name")
class ActionComment(models.Model):
    """What an owner of an action says about it; one without an account is named as invited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(Action, models.CASCADE, related_name="comments")
    text = models.CharField(max_length=1000)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    said_by_name = models.CharField(max_length=300, blank=True)
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["said_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(said_by__isnull=True) ^ Q(said_by_name=""),
                name="action_comment_said_by_somebody",
            )
        ]


@track("what_changed", "no_actions_why", "content", "seen")
class MinutesVersion(models.Model):
    """Minutes that are final: read only. A correction is the next version, and says what changed.

    ``content`` is the whole of it as it stood, in the form of ``copies.Copy.as_json``; ``seen`` is
    ``services.minutes.seen_of`` it, by which a correction that changed nothing is known.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    finalised_at = models.DateTimeField(default=timezone.now)
    finalised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    what_changed = models.CharField("what changed", max_length=500, blank=True)
    no_actions_why = models.CharField("why there are no actions", max_length=500, blank=True)
    content = models.JSONField(default=dict)
    seen = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="minutes_version_once"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(what_changed=""), name="minutes_correction_says_what"
            ),
        ]


@track("why")
class MinutesHandOver(models.Model):
    """Somebody else takes the minutes of a meeting from here on, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="minutes_hand_overs")
    former = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.CharField(max_length=500)
    handed_over_at = models.DateTimeField(default=timezone.now)
    handed_over_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-handed_over_at"]
