"""How often a child was at school, week by week, as the school's register says."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.history import track
from schools.models.pupils import Pupil
from schools.models.register import School


class AttendanceQuerySet(models.QuerySet):
    def of(self, school):
        """The weeks of a school, and of those that became it (design.md 3)."""
        itself = School.objects.order_by().filter(pk=school.pk).values("pk")
        return self.filter(
            school__in=itself.union(school.predecessor_links.values("predecessor"), all=True)
        )


@track(quiet=("imported_at",), in_bulk=True)
class AttendanceWeek(models.Model):
    """Half-day sessions of one week: how many were possible, how many were missed.

    ``week`` is its Monday; ``unauthorised`` are those of the missed that nobody allowed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="attendance_weeks")
    school = models.ForeignKey(School, models.CASCADE, related_name="+")
    week = models.DateField()
    possible = models.PositiveSmallIntegerField("sessions possible")
    missed = models.PositiveSmallIntegerField("sessions missed")
    unauthorised = models.PositiveSmallIntegerField("of these unauthorised", default=0)
    imported_at = models.DateTimeField(default=timezone.now)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["-week"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "school", "week"], name="attendance_once_a_week"
            ),
            models.CheckConstraint(
                condition=Q(missed__lte=F("possible"), unauthorised__lte=F("missed"))
                & Q(possible__lte=14),
                name="attendance_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(week__iso_week_day=1), name="attendance_week_starts_on_monday"
            ),
        ]
        indexes = [models.Index(fields=["school", "-week"], name="attendance_of_school")]
