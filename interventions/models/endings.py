"""What became of a piece of work: stepped up, and endings that did not hold."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from audit.history import track
from consultations.models import FamilyTold
from interventions.models.work import EndReason, ShortIntervention


@track("why", "told_whom", "family_why")
class StepUp(models.Model):
    """The work was not enough, and what the school was asked or advised to do (rule 003-35).

    A plan it was asked to start is an ``EarlyHelpPlan`` that was ``stepped_up_from`` the work.
    ``work_goes_on`` beside what the school does.
    """

    class To(models.TextChoices):
        PLAN = "plan", "A plan that the school starts"
        FRONT_DOOR = "front_door", "The front door, as the school decides"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intervention = models.ForeignKey(ShortIntervention, models.CASCADE, related_name="step_ups")
    to = models.CharField("stepped up to", max_length=10, choices=To)
    stepped_on = models.DateField()
    why = models.TextField()
    told_whom = models.CharField("who at the school was told", max_length=150)
    family_told = models.CharField(max_length=11, choices=FamilyTold)
    family_why = models.CharField("why the family is not told", max_length=500, blank=True)
    work_goes_on = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-stepped_on", "-recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["intervention", "to", "stepped_on"], name="step_up_once_a_day"
            )
        ]


@track("end_words", "school_continues", "childs_view", "parents_view", "family_why", "why")
class Reopening(models.Model):
    """The work was taken up again (rule 003-54); what its ending had said is kept here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intervention = models.ForeignKey(ShortIntervention, models.CASCADE, related_name="reopenings")
    closed_on = models.DateField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    end_reason = models.CharField(max_length=16, choices=EndReason)
    end_words = models.TextField(blank=True)
    school_continues = models.TextField(blank=True)
    childs_view = models.TextField(blank=True)
    parents_view = models.TextField(blank=True)
    family_told = models.CharField(max_length=11, choices=FamilyTold, blank=True)
    family_why = models.CharField(max_length=500, blank=True)
    reopened_on = models.DateField()
    why = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-reopened_on", "-recorded_at"]
