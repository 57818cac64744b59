"""What helps a school: resources to read, and the training that was given."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from schools.models.register import School


@track()
class Resource(models.Model):
    """Something to read or use, with where it is from and whether the board recommends it.

    Rules 001-20, 002-7 and 003-41.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=150, unique=True)
    url = models.URLField("link", max_length=500)
    what_for = models.CharField("what it helps with", max_length=300, blank=True)
    source = models.CharField("who publishes it", max_length=150)
    is_recommended = models.BooleanField(
        "recommended by the safeguarding partnership", default=False
    )

    class Meta:
        ordering = ["title"]

    def __str__(self):
        return self.title


@track("topic", "group", "given_by", "for_whom")
class Training(models.Model):
    """Training that was given to a school or to a group of people (rules 000-10, 002-8, 003-42)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    held_on = models.DateField("date")
    topic = models.CharField(max_length=200)
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="trainings"
    )
    group = models.CharField("group", max_length=150, blank=True)
    given_by = models.CharField("who gave it", max_length=150)
    for_whom = models.CharField("whom it was for", max_length=200)
    logged_at = models.DateTimeField(default=timezone.now)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-held_on", "-logged_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False, group="") | Q(school__isnull=True) & ~Q(group=""),
                name="training_for_a_school_or_a_group",
            )
        ]
        indexes = [models.Index(fields=["-held_on", "id"], name="training_by_date")]

    @property
    def where(self):
        """The school, or the group."""
        return self.school.name if self.school else self.group
