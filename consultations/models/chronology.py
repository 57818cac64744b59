"""A chronology that a worker makes of one child, for a school's own referral."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from audit.history import track
from schools.models import Pupil


class Exact(models.TextChoices):
    """How exact the date of an event is, where its day is not known (domain-facts.md 3.4)."""

    ABOUT = "about", "About this day"
    MONTH = "month", "Only the month is known"
    YEAR = "year", "Only the year is known"


@track("title", "analysis", "lines")
class MadeChronology(models.Model):
    """Chosen entries of a child's chronology in the words of whoever made it, with an analysis.

    ``lines`` are in the order of the events: ``{"on": "2026-11-23", "exact": an ``Exact`` or
    empty, "text": …, "effect": …, "action": …, "outcome": …, "source": …, "schools": [ids of those
    it came from]}``; without ``exact`` the day is exact. It is a draft until ``finished_at``, then
    locked; a correction is a new one. It is shown to nobody by itself: the school gets it on paper.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="made_chronologies")
    title = models.CharField(max_length=150)
    analysis = models.TextField(blank=True)
    lines = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        verbose_name = "chronology for a school"
        verbose_name_plural = "chronologies for schools"

    @property
    def is_draft(self):
        return self.finished_at is None

    def lines_for(self, closed):
        """The lines that come from none of the schools with the ids ``closed``."""
        closed = {str(pk) for pk in closed}
        return [line for line in self.lines if closed.isdisjoint(line.get("schools", ()))]
