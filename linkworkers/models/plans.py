import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from linkworkers.querysets import AllocationPlanQuerySet
from schools.models import Hub


class PlanState(models.TextChoices):
    WAITING = "waiting", "Being planned"
    READY = "ready", "Ready"
    IMPOSSIBLE = "impossible", "No plan holds"
    APPLIED = "applied", "Applied"


@track("wishes", "outcome", "plans_held")
class AllocationPlan(models.Model):
    """A proposed split of a hub's schools, or of the county's APCs, between link workers.

    ``wishes`` is what the manager asked for, ``outcome`` what the planner found; the shapes are
    ``linkworkers.planner``'s. ``plans_held`` is how many plans for families people held then, by
    the id of the user as text. A plan is never changed: planning again makes the next one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Empty for the county's Alternative Provision Colleges.
    hub = models.ForeignKey(Hub, models.PROTECT, null=True, blank=True, related_name="+")
    wishes = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    plans_held = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    # Not so where its reader may not know all of its moves (``planning.as_seen_by``).
    is_whole = True

    objects = AllocationPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False, applied_by__isnull=False)
                | (~Q(state="applied") & Q(applied_at__isnull=True, applied_by__isnull=True)),
                name="allocation_plan_applied_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["hub", "-asked_at"], name="allocation_plan_of_hub")]
