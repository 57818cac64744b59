"""Where a note must go, and whether it got there (rules 001-115 to 001-123)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from audit.history import track
from consultations.models.discussed import PupilDiscussed
from consultations.querysets import RecordingTaskQuerySet
from schools.models import Hub, Pupil, School


class Destination(models.TextChoices):
    """The systems of record, and what is done there."""

    MOSAIC_CHILD = "mosaic_child", "Mosaic, on the child’s own record"
    MOSAIC = "mosaic", "Mosaic, a case note"
    CED = "ced", "CED, add note only"
    ASK = "ask", "Ask where it is recorded"
    SCHOOL = "school", "The school’s own system"


@track(
    "support_given",
    "with_whom",
    "analysis",
    "actions",
    "told_whom",
    "decided_why",
    quiet=("hub",),
)
class RecordingTask(models.Model):
    """One child's note is to be written into one system of record.

    Its text is made from the five parts of rule 001-116: ``support_given``, ``with_whom``,
    ``analysis`` and ``actions``, which say by whom and by when; until somebody writes them they
    are that child's actions as they stand. ``told_on`` is when the social worker was told, where
    one is allocated (rule 001-117). A task that a change of the child's status made wrong is
    ``replaced_at``; ``decided_why`` is the reason where somebody settled what the guidance does
    not say.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    discussed = models.ForeignKey(
        PupilDiscussed, models.CASCADE, null=True, blank=True, related_name="recording_tasks"
    )
    # What the note is of where that is no consultation, by its model's name and id, and its date.
    source_type = models.CharField(max_length=30, blank=True)
    source_id = models.UUIDField(null=True, blank=True)
    happened_on = models.DateField(null=True, blank=True)
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="recording_tasks")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    to = models.CharField(max_length=12, choices=Destination)
    because = models.CharField("the status that decides it", max_length=100, blank=True)
    support_given = models.TextField("intervention or support given", blank=True)
    with_whom = models.TextField("with which child or parent", blank=True)
    analysis = models.TextField(blank=True)
    actions = models.TextField("actions, by whom and by when", blank=True)
    decided_why = models.CharField(max_length=500, blank=True)
    due_on = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    told_on = models.DateField("social worker told on", null=True, blank=True)
    told_whom = models.CharField("social worker", max_length=150, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = RecordingTaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["discussed", "to"],
                condition=Q(replaced_at__isnull=True),
                name="recording_once_a_destination",
            ),
            models.UniqueConstraint(
                fields=["source_id", "to"],
                condition=Q(replaced_at__isnull=True, source_id__isnull=False),
                name="recording_once_a_source",
            ),
            models.CheckConstraint(
                condition=Q(source_type="", source_id__isnull=True, discussed__isnull=False)
                | ~Q(source_type="")
                & Q(source_id__isnull=False, happened_on__isnull=False, discussed__isnull=True),
                name="recording_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(done_by__isnull=False),
                name="recording_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True)
                | ~Q(to="mosaic_child")
                | Q(told_on__isnull=False),
                name="recording_social_worker_told",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                condition=Q(done_on__isnull=True, replaced_at__isnull=True),
                name="recording_open_of_owner",
            ),
            models.Index(
                fields=["school", "due_on"],
                condition=Q(done_on__isnull=True, replaced_at__isnull=True),
                name="recording_open_of_school",
            ),
        ]

    @property
    def source_url(self):
        """The page of what it is a note of: of other than a consultation named after its model."""
        if self.discussed:
            return reverse("consultation", args=[self.discussed.consultation_id])
        return reverse(self.source_type, args=[self.source_id])

    @property
    def is_open(self):
        return self.done_on is None and self.replaced_at is None

    def is_late(self, today):
        """Still open after the day it was due."""
        return self.is_open and self.due_on < today
