import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from govuk.words import lower_first
from linkworkers.querysets import OfSchoolQuerySet
from schools.models import Hub, School


class OfSchool(models.Model):
    """A row about one school, listed by hub: the hub is copied and held true by a composite key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="%(class)s_set")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")

    objects = OfSchoolQuerySet.as_manager()

    class Meta:
        abstract = True


# --- enhanced support ----------------------------------------------------------------------


@track()
class SupportCriterion(models.Model):
    """Why a school may need enhanced support: rule 001-54's list, which a council edits.

    ``suggests`` names the fact that makes the service suggest it, one of
    ``linkworkers.suggestions``; empty for one that only people can see.
    """

    name = models.CharField(max_length=120, unique=True)
    suggests = models.CharField(max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_used = models.BooleanField("used for new decisions", default=True)

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "support criteria"

    def __str__(self):
        return self.name


@track("reason", "ended_why", quiet=("hub",))
class EnhancedSupport(OfSchool):
    """A manager's decision that a school gets more, to be looked at again by ``review_on``."""

    criteria = models.ManyToManyField(SupportCriterion, related_name="+")
    reason = models.CharField(max_length=1000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    review_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_why = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["-decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(ended_at__isnull=True),
                name="enhanced_support_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="enhanced_support_ended_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["hub", "review_on"],
                condition=Q(ended_at__isnull=True),
                name="enhanced_support_to_review",
            )
        ]


# --- presence and crisis -------------------------------------------------------------------


class PresenceKind(models.TextChoices):
    DESK = "desk", "Works from a desk at the school"
    VISITS = "visits", "Visits the school"
    DROP_IN = "drop_in", "Drop-in for staff or families"
    ONLINE = "online", "Online"


class Frequency(models.TextChoices):
    WEEKLY = "weekly", "Every week"
    FORTNIGHTLY = "fortnightly", "Every two weeks"
    HALF_TERMLY = "half_termly", "Every half term"
    TERMLY = "termly", "Every term"
    AS_NEEDED = "as_needed", "When it is needed"


@track("reason", quiet=("hub",))
class Presence(OfSchool):
    """What the team manager agreed with the school's leaders (rule 001-76). No target in it."""

    kind = models.CharField(max_length=7, choices=PresenceKind)
    frequency = models.CharField(max_length=11, choices=Frequency)
    reason = models.CharField(max_length=500)
    agreed_on = models.DateField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-set_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(ended_at__isnull=True),
                name="presence_one_at_a_time",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {lower_first(self.get_frequency_display())}"


@track(quiet=("hub",))
class Visit(OfSchool):
    """Somebody of the team worked at the school on a day (rule 001-74)."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField()
    logged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["school", "by", "day"], name="visit_once_a_day")
        ]

    @property
    def was_logged_today(self):
        """It can still be taken back."""
        return timezone.localdate(self.logged_at) == timezone.localdate()


@track("what_happened", "decision", quiet=("hub",))
class Crisis(OfSchool):
    """Increased need or an incident at a school; managers decide what is needed (001-77, 001-78).

    ``needs_more`` is empty until they have decided whether more people are sent.
    """

    what_happened = models.CharField(max_length=2000)
    happened_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    needs_more = models.BooleanField("more people are sent", null=True)
    decision = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-entered_at"]
        verbose_name_plural = "crises"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    needs_more__isnull=True, decided_at__isnull=True, decided_by__isnull=True
                )
                | Q(needs_more__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="crisis_decided_by_somebody",
            )
        ]
        indexes = [
            models.Index(
                fields=["hub"], condition=Q(decided_at__isnull=True), name="crisis_undecided"
            )
        ]

    @property
    def is_decided(self):
        return self.decided_at is not None


# --- take-up -------------------------------------------------------------------------------


class Contacted(models.TextChoices):
    PHONE = "phone", "Phone"
    EMAIL = "email", "Email"
    VISIT = "visit", "Visit"
    MEETING = "meeting", "Meeting"
    LETTER = "letter", "Letter"


@track("outcome", quiet=("hub",))
class EngagementAttempt(OfSchool):
    """An attempt to engage the school, or a contact with it of any other kind (rule 001-61).

    ``reached`` tells a contact from an attempt that nobody answered.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField()
    how = models.CharField(max_length=7, choices=Contacted)
    reached = models.BooleanField("the school answered")
    outcome = models.CharField(max_length=300, blank=True)
    logged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-day", "-logged_at"]
        indexes = [models.Index(fields=["school", "-day"], name="engagement_of_school")]

    def __str__(self):
        return f"{self.get_how_display()}, {'the school answered' if self.reached else 'no answer'}"


@track("decision", quiet=("hub",))
class Focus(OfSchool):
    """A manager's decision to adjust focus at a school (rule 001-71)."""

    decision = models.CharField(max_length=1000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-decided_at"]
        verbose_name_plural = "focuses"
        indexes = [models.Index(fields=["school", "-decided_at"], name="focus_of_school")]
