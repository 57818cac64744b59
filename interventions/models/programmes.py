"""Programmes: schemes with criteria, and the cases triaged against them (rules 004-6 to 004-20)."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.history import track
from interventions.models.work import ShortIntervention
from interventions.querysets import ProgrammeCaseQuerySet
from schools.models import Hub, Pupil, School


@track("about")
class Programme(models.Model):
    """A scheme that runs from a date to a date and is evaluated on one (rule 004-20)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    about = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    evaluate_on = models.DateField("evaluated on", null=True, blank=True)
    pathways = ArrayField(
        models.CharField(max_length=150), default=list, blank=True, verbose_name="other pathways"
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="programme_ends_after_start",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"/interventions/programmes/{self.pk}/"

    def runs_on(self, day):
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class Side(models.TextChoices):
    IN_SCOPE = "in", "In scope when"
    OUT_OF_SCOPE = "out", "Out of scope when"


class Shows(models.TextChoices):
    """What the service can show as evidence; a person gives every answer."""

    NONE = "", "Nothing: a person knows"
    ATTENDANCE = "attendance", "Attendance below a per cent"
    NO_CONTACT = "no_contact", "No recorded contact for some weeks"
    STATUS = "status", "A status on record"
    OTHER_WORK = "other_work", "Other work or a plan on record"


@track()
class Criterion(models.Model):
    """One rule a person can read; ``shows`` names the evidence shown beside it.

    ``number`` is the per cent or the weeks; ``words`` the status's whole name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="criteria")
    side = models.CharField(max_length=3, choices=Side)
    rule = models.CharField(max_length=300)
    shows = models.CharField("evidence", max_length=10, choices=Shows, blank=True)
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.CharField(max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_used = models.BooleanField("used for new cases", default=True)

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "criteria"


class CaseState(models.TextChoices):
    WAITING = "waiting", "Waiting for triage"
    ACCEPTED = "accepted", "Accepted"
    REDIRECTED = "redirected", "Redirected"


@track("asked_who", "asked_why", "reason", "pathway", quiet=("hub",))
class ProgrammeCase(models.Model):
    """A child whom a school asked to be taken into a programme; a redirected one stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="cases")
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="programme_cases")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    asked_on = models.DateField()
    asked_who = models.CharField("who at the school asked", max_length=150)
    asked_why = models.TextField("why", blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    pathway = models.CharField("redirected to", max_length=150, blank=True)
    intervention = models.OneToOneField(
        ShortIntervention, models.PROTECT, null=True, blank=True, related_name="programme_case"
    )

    objects = ProgrammeCaseQuerySet.as_manager()

    class Meta:
        ordering = ["asked_on", "recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "pupil"],
                condition=Q(state__in=["waiting", "accepted"]),
                name="case_once_in_a_programme",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="case_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="redirected") | ~Q(reason="") & ~Q(pathway=""),
                name="case_redirected_somewhere_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(intervention__isnull=False),
                name="case_accepted_is_worked_on",
            ),
        ]
        indexes = [
            models.Index(
                fields=["hub", "asked_on"], condition=Q(state="waiting"), name="case_waiting"
            ),
            models.Index(fields=["school"], name="case_of_school"),
        ]


class Answered(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"


@track("evidence")
class CriterionAnswer(models.Model):
    """What was answered to one criterion, the evidence shown with it at the time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(ProgrammeCase, models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    reply = models.CharField(max_length=9, choices=Answered)
    evidence = models.TextField(blank=True)

    class Meta:
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["case", "criterion"], name="criterion_answered_once")
        ]
