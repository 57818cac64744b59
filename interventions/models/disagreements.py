"""A school that does not agree with a decision on short work, and what it was answered."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from interventions.models.work import EndReason, ShortIntervention
from interventions.querysets import DisagreementQuerySet


class SchoolDisagrees(models.Model):
    """A school says why a decision was wrong (rule 003-39).

    A team manager answers in words the school reads. One at a time waits for that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    why = models.TextField("why the school disagrees")
    said_at = models.DateTimeField(default=timezone.now)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DisagreementQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-said_at"]


def answered_by_somebody(name):
    """The constraint of a ``SchoolDisagrees``: answered whole, or not at all."""
    return models.CheckConstraint(
        condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
        | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
        name=name,
    )


@track("why", "answer")
class Disagreement(SchoolDisagrees):
    """With how short work ended or was refused."""

    intervention = models.ForeignKey(
        ShortIntervention, models.CASCADE, related_name="disagreements"
    )
    decision = models.CharField("why the work had ended", max_length=16, choices=EndReason)

    class Meta(SchoolDisagrees.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["intervention"],
                condition=Q(answered_at__isnull=True),
                name="disagreement_waits_once",
            ),
            answered_by_somebody("disagreement_answered_by_somebody"),
        ]
