import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value

from audit.history import track
from govuk.words import long_date
from linkworkers.querysets import AbsenceQuerySet, LinkWorkerQuerySet
from schools.models import DateRange, Hub


class WorkerKind(models.TextChoices):
    FSW = "fsw", "Family Support Worker"
    TM = "tm", "Team manager"


class Weekday(models.IntegerChoices):
    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"


def whole_week():
    """Every ``Weekday``, as most people work."""
    return list(Weekday.values)


@track()
class LinkWorker(models.Model):
    """A Family Support Worker or Team Manager who can hold schools (rule 001-47)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="link_worker"
    )
    kind = models.CharField(max_length=3, choices=WorkerKind, default=WorkerKind.FSW)
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="link_workers")
    line_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    fte = models.DecimalField(
        "full-time equivalent",
        max_digits=3,
        decimal_places=2,
        default=1,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    working_days = ArrayField(models.PositiveSmallIntegerField(choices=Weekday), default=whole_week)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = LinkWorkerQuerySet.as_manager()

    class Meta:
        ordering = ["user__name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fte__gt=0, fte__lte=1), name="link_worker_part_of_full_time"
            )
        ]

    def __str__(self):
        return self.user.name

    @property
    def hours(self):
        """``full time`` or ``0.6 of full time``."""
        return "full time" if self.fte == 1 else f"{float(self.fte):g} of full time"


@track()
class Absence(models.Model):
    """A link worker is away, from a day to a day, both included; why is nobody's business here.

    ``ends_on`` is empty while nobody knows when they will be back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link_worker = models.ForeignKey(LinkWorker, models.CASCADE, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="absence_ends_after_start",
            ),
            ExclusionConstraint(
                name="absence_one_at_a_time",
                expressions=[
                    ("link_worker", RangeOperators.EQUAL),
                    (DateRange(F("starts_on"), F("ends_on"), Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    @property
    def span(self):
        """Its days, as they stand after "is away": ``from 3 December 2026 to 7 December 2026``."""
        if self.ends_on is None:
            return f"from {long_date(self.starts_on)} until further notice"
        if self.ends_on == self.starts_on:
            return f"on {long_date(self.starts_on)}"
        return f"from {long_date(self.starts_on)} to {long_date(self.ends_on)}"

    def lasts_on(self, day):
        """The worker is away on this date."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
