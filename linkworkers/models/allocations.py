import uuid
from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from audit.history import track
from linkworkers.models.people import LinkWorker
from linkworkers.querysets import AllocationQuerySet, CountyAgreementQuerySet
from schools.models import Hub, School


class AllocationKind(models.TextChoices):
    PRIMARY = "primary", "Primary"
    SECONDARY = "secondary", "Secondary"
    COVER = "cover", "Cover"


# The two places every school has (rules 001-47, 001-48); cover comes and goes beside them.
PLACES = (AllocationKind.PRIMARY, AllocationKind.SECONDARY)


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def held_during():
    """The time from start to end as a range, for the constraints that let no two overlap."""
    return TsTzRange(F("starts_at"), F("ends_at"))


@track("reason", "ended_why", "handover_note", quiet=("hub",))
class Allocation(models.Model):
    """A link worker holds a school, as primary, secondary or cover, from an instant to an instant.

    Cover is for a period: its end is known when it is named. Suspended while its worker's own
    child attends the school: it stands, and opens nothing. The hub is copied from the school and
    held true by a composite key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="allocations")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    link_worker = models.ForeignKey(LinkWorker, models.PROTECT, related_name="allocations")
    kind = models.CharField(max_length=9, choices=AllocationKind)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    handover_note = models.TextField(blank=True)
    agreed_at_meeting = models.CharField(max_length=120, blank=True)
    allocated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_why = models.CharField(max_length=1000, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AllocationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            ExclusionConstraint(
                name="allocation_one_of_each_kind",
                expressions=[
                    ("school", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (held_during(), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="allocation_two_different_people",
                expressions=[
                    ("school", RangeOperators.EQUAL),
                    ("link_worker", RangeOperators.EQUAL),
                    (held_during(), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="allocation_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True, ended_by__isnull=True)
                | Q(ends_at__isnull=False, ended_by__isnull=False),
                name="allocation_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind="cover") | Q(ends_at__isnull=False),
                name="allocation_cover_is_for_a_period",
            ),
        ]
        indexes = [
            models.Index(fields=["hub", "ends_at"], name="allocation_of_hub"),
            models.Index(fields=["link_worker", "ends_at"], name="allocation_of_worker"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_own_child",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__suspended_at__isnull=True),
                func="""
                    IF (NEW.ends_at IS NULL OR NEW.ends_at > clock_timestamp()) AND EXISTS (
                        SELECT 1 FROM schools_ownchildconflict c
                        JOIN linkworkers_linkworker w ON w.user_id = c.user_id
                        WHERE w.id = NEW.link_worker_id AND c.school_id = NEW.school_id
                        AND (c.ends_at IS NULL OR c.ends_at > clock_timestamp())
                    ) THEN
                        RAISE EXCEPTION 'rule 001-53: conflict declared'
                        USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    @property
    def is_live(self):
        """Holds now and is not suspended."""
        return self.suspended_at is None and self.has_begun and not self.has_ended

    @property
    def has_begun(self):
        return self.starts_at <= timezone.now()

    @property
    def has_ended(self):
        """It is over, or was called off before it began."""
        return self.ends_at is not None and self.ends_at <= max(timezone.now(), self.starts_at)

    @property
    def last_day(self):
        """The last date it holds, or None; one that ends at midnight held the day before."""
        if self.ends_at is None:
            return None
        return timezone.localdate(max(self.starts_at, self.ends_at - timedelta(microseconds=1)))

    @property
    def was_held(self):
        """It began before it ended: there is a time to tell of."""
        return self.ends_at is None or self.ends_at > self.starts_at


class AgreementState(models.TextChoices):
    PROPOSED = "proposed", "Waiting for agreement"
    AGREED = "agreed", "Agreed"
    OBJECTED = "objected", "Objected to"
    WITHDRAWN = "withdrawn", "Withdrawn"


@track("reason", "who_was_there")
class CountyAgreement(models.Model):
    """A proposed allocation to an APC, waiting for every team manager (rule 001-51).

    ``met_on`` and ``who_was_there`` tell of the county meeting where it was agreed, if it was.
    ``interim`` is the cover that looks after the college until it is settled.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="county_agreements")
    link_worker = models.ForeignKey(LinkWorker, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=AllocationKind)
    reason = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=9, choices=AgreementState, default=AgreementState.PROPOSED)
    proposed_at = models.DateTimeField(default=timezone.now)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    allocation = models.OneToOneField(
        Allocation, models.PROTECT, null=True, blank=True, related_name="county_agreement"
    )
    interim = models.OneToOneField(
        Allocation, models.PROTECT, null=True, blank=True, related_name="until_agreed"
    )
    met_on = models.DateField(null=True, blank=True)
    who_was_there = models.CharField(max_length=300, blank=True)

    objects = CountyAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "kind"],
                condition=Q(state="proposed"),
                name="county_agreement_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state="agreed", allocation__isnull=False)
                | (~Q(state="agreed") & Q(allocation__isnull=True)),
                name="county_agreement_has_taken_effect",
            ),
            models.CheckConstraint(
                condition=Q(met_on__isnull=True, who_was_there="")
                | (Q(met_on__isnull=False) & ~Q(who_was_there="")),
                name="county_agreement_meeting_has_people",
            ),
        ]

    @property
    def is_open(self):
        """Still waits for answers."""
        return self.state == AgreementState.PROPOSED


@track("reason")
class CountyAnswer(models.Model):
    """What one team manager in post when it was proposed says; empty until they answer.

    ``answered_by`` is the manager, the service manager who answers for one who is absent, or
    the team manager who writes down what a county meeting agreed.
    """

    agreement = models.ForeignKey(CountyAgreement, models.CASCADE, related_name="answers")
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agrees = models.BooleanField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["manager__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "manager"], name="county_answer_once_each"
            ),
            models.CheckConstraint(
                condition=Q(agrees__isnull=True, answered_at__isnull=True, answered_by__isnull=True)
                | Q(agrees__isnull=False, answered_at__isnull=False, answered_by__isnull=False),
                name="county_answer_by_somebody",
            ),
        ]
