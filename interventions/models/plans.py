"""Early Help Plans: who leads and holds one. The plan itself is kept elsewhere (rule 001-84)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.history import track
from consultations.models import Level
from interventions.models.work import ShortIntervention
from interventions.querysets import EarlyHelpPlanQuerySet
from schools.models import Agency, Hub, Pupil, School


class Lead(models.TextChoices):
    """Who leads the plan (rule 001-41)."""

    DST = "dst", "Our team"
    SCHOOL = "school", "The school"
    SERVICE = "service", "Another service"


@track(
    "lead_name",
    "lead_professional",
    "reference",
    "continuity_reason",
    "ended_why",
    quiet=("hub",),
)
class EarlyHelpPlan(models.Model):
    """A reference to one family's plan.

    One that a school was asked to start has ``asked_at`` and no ``starts_on`` until the school
    records that it did. A plan the team leads has a ``holder``; a third one of the same holder
    says why in ``continuity_reason`` (rule 001-85), which warns and never stops.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="plans")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    pupils = models.ManyToManyField(Pupil, related_name="plans")
    lead = models.CharField("lead organisation", max_length=7, choices=Lead)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    lead_name = models.CharField("name of the service", max_length=150, blank=True)
    lead_professional = models.CharField(max_length=150, blank=True)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="plans_held"
    )
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.THREE)
    reference = models.CharField("where the plan is kept", max_length=100, blank=True)
    stepped_up_from = models.ForeignKey(
        ShortIntervention, models.PROTECT, null=True, blank=True, related_name="plans"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=500, blank=True)
    meeting_on = models.DateField("weekly allocations meeting", null=True, blank=True)
    allocated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    continuity_reason = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = EarlyHelpPlanQuerySet.as_manager()

    class Meta:
        ordering = [F("starts_on").desc(nulls_first=True), "-recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False) | Q(asked_at__isnull=False),
                name="plan_started_or_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="plan_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(lead="dst", holder__isnull=False)
                | ~Q(lead="dst") & Q(holder__isnull=True),
                name="plan_of_the_team_is_held",
            ),
            models.CheckConstraint(
                condition=~Q(lead="service") | Q(agency__isnull=False) | ~Q(lead_name=""),
                name="plan_of_a_service_names_it",
            ),
        ]
        indexes = [
            models.Index(
                fields=["holder"],
                condition=Q(ends_on__isnull=True, starts_on__isnull=False),
                name="plan_held_now",
            ),
            models.Index(
                fields=["school"], condition=Q(ends_on__isnull=True), name="plan_open_at_school"
            ),
            models.Index(
                fields=["hub"], condition=Q(ends_on__isnull=True), name="plan_open_in_hub"
            ),
        ]

    def get_absolute_url(self):
        return f"/plans/{self.pk}/"

    @property
    def is_open(self):
        return self.starts_on is not None and self.ends_on is None

    @property
    def waits_for_school(self):
        """The school was asked to start it and has not answered."""
        return self.starts_on is None and self.ends_on is None

    @property
    def was_declined(self):
        """The school said that it will not start it."""
        return self.starts_on is None and self.ends_on is not None

    @property
    def leader(self):
        """The lead organisation by name."""
        if self.lead == Lead.SCHOOL:
            return self.school.name
        if self.lead == Lead.SERVICE:
            return self.agency.name if self.agency else self.lead_name
        return settings.COUNCIL.team
