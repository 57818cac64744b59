"""Children who need more support when they change school (rules 001-33 to 001-40)."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from schools.models.pupils import Pupil
from schools.models.register import School
from schools.transition_querysets import TransitionQuerySet
from schools.years import year_text


class TransitionReason(models.TextChoices):
    """Rules 001-35 to 001-37."""

    SEN = "sen", "Special educational needs"
    STRUGGLED = "struggled", "Has struggled with school"
    SUPPORTED = "supported", "Has had a lot of support"
    HOME = "home", "Starts from home education"
    NEET = "neet", "At risk of not being in education, employment or training (NEET)"
    OTHER = "other", "Another reason"


@track("why", "support_in_place")
class Transition(models.Model):
    """A child on the transition list of a school year: the link workers of both schools see it.

    It opens the child's notes to the school to come once somebody who sees them saves it.
    ``school_year`` is the one in which the child starts at the new school: 2027 for 2027/28.
    ``to`` is empty while nobody knows it, and for colleges outside the register.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="transitions")
    school_year = models.PositiveSmallIntegerField()
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="leaving"
    )
    to = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="arriving")
    reasons = ArrayField(models.CharField(max_length=9, choices=TransitionReason))
    why = models.CharField("more about it", max_length=500, blank=True)
    support_in_place = models.TextField(blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        ordering = ["pupil__surname", "pupil__first_names"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "school_year"],
                condition=Q(ended_at__isnull=True),
                name="transition_once_a_year",
            ),
            models.CheckConstraint(condition=Q(reasons__len__gt=0), name="transition_has_a_reason"),
            models.CheckConstraint(
                condition=Q(school__isnull=False) | Q(to__isnull=False),
                name="transition_of_a_school",
            ),
        ]

    @property
    def schools(self):
        """Whose link workers work with the child: the school left and the one to come."""
        return [school for school in (self.school, self.to) if school]

    @property
    def is_asked(self):
        """The school to come is named, and this entry does not show it the child's notes; a query.

        So it stands where that school's own worker put the child on the list.
        """
        source = {"source_type": self._meta.model_name, "source_id": self.pk}
        rows = self.pupil.involvements.current().filter(school=self.to_id, **source)
        return bool(self.to_id) and not rows.exists()

    @property
    def year_text(self):
        """``2027/28``."""
        return year_text(self.school_year)

    @property
    def reason_labels(self):
        """The reasons in words, in the order they are offered."""
        return [reason.label for reason in TransitionReason if reason in self.reasons]


class SpokenWith(models.TextChoices):
    """Rules 001-34 and 001-35."""

    EARLY_YEARS = "early_years", "Early years adviser"
    LEAD_WORKER = "lead_worker", "Lead worker of the family"
    LINK_WORKER = "link_worker", "Link worker of the other school"
    CAREERS = "careers", "Careers adviser"
    OTHER = "other", "Somebody else"


@track("name", "said")
class TransitionTalk(models.Model):
    """Who was spoken to about a child in transition, when, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    transition = models.ForeignKey(Transition, models.CASCADE, related_name="talks")
    who = models.CharField(max_length=11, choices=SpokenWith)
    name = models.CharField(max_length=150)
    spoken_on = models.DateField()
    said = models.CharField("what was said", max_length=500, blank=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-spoken_on"]
