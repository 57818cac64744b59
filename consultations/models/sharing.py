"""Who has the note, who is kept from it, and what was added or answered since."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from audit.history import track
from consultations.models.consultation import Consultation
from schools.models import SchoolContact


class How(models.TextChoices):
    """How the note reached the person."""

    HERE = "here", "Here, by a link"
    PHONE = "phone", "Told by phone"
    MEETING = "meeting", "Given at a meeting"


@track("role_text", "reason")
class Share(models.Model):
    """The note is shared with one person: in which roles, since when, opened when.

    ``version`` is the one they were last told of.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="shares")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role_text = models.CharField(max_length=200)
    is_lead = models.BooleanField(default=False)
    from_school = models.BooleanField(default=True)
    # An outsider's copy holds these parts and no other, and what is about nobody in particular
    # only where it is ``with_general``; whoever is at the school reads the whole note.
    children = models.ManyToManyField("PupilDiscussed", blank=True, related_name="+")
    with_general = models.BooleanField("with the general text", default=True)
    how = models.CharField(max_length=7, choices=How, default=How.HERE)
    reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    shared_at = models.DateTimeField(default=timezone.now)
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "user"], name="share_once_each")
        ]
        indexes = [models.Index(fields=["user", "-shared_at"], name="share_of_user")]

    @property
    def is_outstanding(self):
        """Not opened yet; or, for a head or safeguarding lead, not stored by the school."""
        return self.opened_at is None or (self.is_lead and self.consultation.stored_on is None)

    def was_told_today(self, last):
        """``last`` is the latest ``Message`` to them about it, or None."""
        told_at = last.created_at if last else self.shared_at
        return timezone.localdate(told_at) >= timezone.localdate()


@track("reason")
class Withholding(models.Model):
    """One person is kept from one consultation, with the reason: they find no trace of it.

    It holds for the post and for whatever post replaces it, and for the user of the day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="withholdings")
    contact = models.ForeignKey(
        SchoolContact, models.PROTECT, null=True, blank=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500)
    instead = models.ForeignKey(
        SchoolContact, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withheld_at = models.DateTimeField(default=timezone.now)
    withheld_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "user"], name="withheld_once_each"),
            models.UniqueConstraint(
                fields=["consultation", "contact"], name="withheld_post_once_each"
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=False) | Q(user__isnull=False),
                name="withheld_from_somebody",
            ),
        ]

    @property
    def name(self):
        """Whom it is withheld from."""
        return (self.contact or self.user).name


class Audience(models.TextChoices):
    SCHOOL = "school", "The school reads this"
    TEAM = "team", "Stays in the team"


@track("text")
class Addendum(models.Model):
    """Dated text added after completion; one for the school raises the version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="addenda")
    audience = models.CharField(max_length=6, choices=Audience)
    text = models.TextField()
    version = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at"]


@track("text")
class Reply(models.Model):
    """What somebody at the school wrote back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="replies")
    text = models.TextField()
    replied_at = models.DateTimeField(default=timezone.now)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["replied_at"]


# Sources of an attendee's grant: it lasts with their post at the school, or for a fixed time.
SCHOOL_SHARE = "school_share"
GUEST_SHARE = "guest_share"


class CommentQuerySet(models.QuerySet):
    def waiting_for(self, author):
        """What managers said of the author's consultations, neither opened nor answered by them.

        Where it was handed over, what an author before them had opened waits for them as well.
        """
        answers = self.model.objects.filter(
            consultation=OuterRef("consultation"),
            written_by=author,
            written_at__gt=OuterRef("written_at"),
        )
        return (
            self.filter(
                Q(read_at__isnull=True) | Q(read_at__lt=F("consultation__handed_over_at")),
                ~Exists(answers),
                consultation__author=author,
            )
            .exclude(written_by=author)
            .exclude(written_by=F("consultation__started_by"))
        )


@track("text", "read_at")
class Comment(models.Model):
    """A word between managers and the author, which stays with the note and in the team.

    ``read_at`` is when the author of the day opened the thread with a manager's word in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="comments")
    text = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["written_at"]
