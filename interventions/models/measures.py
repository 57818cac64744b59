"""What changed: first, review, last and sustained, never averaged across tools."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.history import track
from interventions.models.work import Participant, ShortIntervention
from schools.models import Pupil


@track()
class Scale(models.Model):
    """A scale from 0 to 10 with the council's own words at its points."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    words = ArrayField(
        models.CharField(max_length=200, blank=True),
        size=11,
        default=list,
        blank=True,
        verbose_name="words at 0, 1, … 10",
    )
    is_offered = models.BooleanField("offered", default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class MeasureKind(models.TextChoices):
    ATTENDANCE = "attendance", "Attendance"
    SUSPENSIONS = "suspensions", "Suspensions"
    SCALE = "scale", "Scale from 0 to 10"
    SCORE = "score", "Score of a licensed tool"


class Point(models.TextChoices):
    FIRST = "first", "Before"
    REVIEW = "review", "At a review"
    LAST = "last", "At the end"
    SUSTAINED = "sustained", "Sustained, a term later"


class Informant(models.TextChoices):
    WORKER = "worker", "The worker"
    CHILD = "child", "The child"
    PARENT = "parent", "The parent or carer"
    SCHOOL = "school", "The school"


@track("tool", "tool_version")
class Measure(models.Model):
    """One number of one kind at one point.

    Attendance: ``value`` is per cent, of ``possible`` sessions attended over ``weeks`` school
    weeks. Suspensions: ``value`` is days, ``times`` how often. Scale: 0 to 10 on a ``scale``, as
    the ``informant`` says. Score: what a licensed ``tool`` gave; its questions are not held here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intervention = models.ForeignKey(ShortIntervention, models.CASCADE, related_name="measures")
    pupil = models.ForeignKey(Pupil, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=11, choices=MeasureKind)
    point = models.CharField(max_length=9, choices=Point)
    measured_on = models.DateField()
    value = models.DecimalField(max_digits=6, decimal_places=1)
    informant = models.CharField(max_length=6, choices=Informant, blank=True)
    scale = models.ForeignKey(Scale, models.PROTECT, null=True, blank=True, related_name="+")
    tool = models.CharField(max_length=100, blank=True)
    tool_version = models.CharField(max_length=60, blank=True)
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    weeks = models.PositiveSmallIntegerField("school weeks", null=True, blank=True)
    possible = models.PositiveSmallIntegerField("possible sessions", null=True, blank=True)
    attended = models.PositiveSmallIntegerField("sessions attended", null=True, blank=True)
    times = models.PositiveSmallIntegerField("suspensions", null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["measured_on", "recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="scale")
                | Q(scale__isnull=False, value__gte=0, value__lte=10) & ~Q(informant=""),
                name="measure_scale_0_to_10",
            ),
            models.CheckConstraint(
                condition=~Q(kind="attendance")
                | Q(
                    pupil__isnull=False,
                    value__gte=0,
                    value__lte=100,
                    possible__gt=0,
                    attended__lte=F("possible"),
                    weeks__gt=0,
                ),
                name="measure_attendance_per_cent",
            ),
            models.CheckConstraint(
                condition=~Q(kind="suspensions")
                | Q(pupil__isnull=False, value__gte=0, times__isnull=False, weeks__gt=0),
                name="measure_suspensions_days",
            ),
            models.CheckConstraint(
                condition=~Q(kind="score") | ~Q(tool="") & ~Q(informant=""),
                name="measure_score_of_a_tool",
            ),
            models.UniqueConstraint(
                fields=["intervention", "pupil", "kind", "point"],
                condition=Q(kind__in=["attendance", "suspensions"]) & ~Q(point="review"),
                name="measure_once_a_point",
            ),
            models.UniqueConstraint(
                fields=["intervention", "pupil", "scale", "informant", "point"],
                condition=Q(kind="scale") & ~Q(point="review"),
                nulls_distinct=False,
                name="measure_scale_once_a_point",
            ),
            models.UniqueConstraint(
                fields=["intervention", "pupil", "tool", "tool_version", "informant", "point"],
                condition=Q(kind="score") & ~Q(point="review"),
                nulls_distinct=False,
                name="measure_score_once_a_point",
            ),
        ]
        indexes = [
            models.Index(fields=["intervention", "kind", "point"], name="measure_of_intervention")
        ]


@track("contact", "voice", "better", "token_hash")
class Feedback(models.Model):
    """What a child or a parent thought of the support, in a few answers of their own.

    Answered once, on a phone handed over or by a link with a code, until ``expires_at``. Of the
    token in the link only a digest is kept, and the code follows from it. The address it went to
    was marked safe on that day; it is forgotten with the answer, or when that comes no more.
    ``helped`` and ``heard`` are 1 to 5.
    """

    class Of(models.TextChoices):
        CHILD = "child", "The child"
        PARENT = "parent", "The parent or carer"

    class How(models.TextChoices):
        HANDED = "handed", "On a phone or laptop handed over"
        LINK = "link", "By a link with a code"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intervention = models.ForeignKey(ShortIntervention, models.CASCADE, related_name="feedback")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="feedback")
    of = models.CharField(max_length=6, choices=Of)
    how = models.CharField(max_length=6, choices=How)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    contact = models.EmailField(blank=True)
    safe_on = models.DateField("the address was safe on", null=True, blank=True)
    token_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    helped = models.PositiveSmallIntegerField(null=True, blank=True)
    heard = models.PositiveSmallIntegerField(null=True, blank=True)
    voice = models.TextField("in their own words", blank=True)
    better = models.TextField("what could have been better", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        verbose_name_plural = "feedback"
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="feedback_of_a_token"
            ),
            models.CheckConstraint(
                condition=Q(helped__isnull=True) | Q(helped__gte=1, helped__lte=5),
                name="feedback_helped_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(heard__isnull=True) | Q(heard__gte=1, heard__lte=5),
                name="feedback_heard_1_to_5",
            ),
            models.CheckConstraint(
                condition=~Q(how="link") | Q(safe_on__isnull=False),
                name="feedback_link_to_a_safe_address",
            ),
        ]


@track()
class NoLinks(models.Model):
    """No message goes to the family of this child; that there is such a row is told to nobody."""

    pupil = models.OneToOneField(Pupil, models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
