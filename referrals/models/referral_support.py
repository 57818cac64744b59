"""A school's own referral while it is prepared: the school owns it, makes it and says so."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from consultations.models import Level, MadeChronology
from referrals.referral_support_querysets import ReferralSupportQuerySet
from schools.models import Hub, Pupil, School, SchoolContact


@track()
class ContinuumLine(models.Model):
    """One line of the continuum of need in the council's words: a feature, or a level's text.

    The features of rule 001-43 have no ``level``; a list the council edits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("words", max_length=300, unique=True)
    level = models.PositiveSmallIntegerField(choices=Level, null=True, blank=True)
    is_offered = models.BooleanField("offered", default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["level", "position", "name"]

    def __str__(self):
        return self.name


class ReferralState(models.TextChoices):
    PREPARING = "preparing", "Being prepared"
    REFERRED = "referred", "Referred"
    ANSWERED = "answered", "Answered"
    STOPPED = "stopped", "Will not refer"


class Agreement(models.TextChoices):
    """What the parents or carers said (rule 001-42); danger overrides it (rule 001-100)."""

    AGREED = "agreed", "The parents or carers agreed"
    NOT_AGREED = "not_agreed", "They were asked and did not agree"
    NOT_SOUGHT = "not_sought", "Not asked, for another reason"
    RISK = "risk", "Not asked: it could put somebody at risk of harm"


class ReferralOutcome(models.TextChoices):
    ACCEPTED = "accepted", "Accepted"
    NOT_ACCEPTED = "not_accepted", "Not accepted"
    ADVICE = "advice", "Advice given"
    OTHER = "other", "Something else"


# What a referral is written from, and what it is looked through for (rule 001-99).
TEXTS = ("worries", "working_well", "tried", "childs_view", "hoped_for")
CHECKED = ("direct_work", "home_visits", "school_entries")


@track(
    *("initials", "year_group", *TEXTS, *CHECKED),
    *("level_reason", "agreement_why", "agreement_who", "reference", "outcome_words"),
    "stopped_why",
    quiet=("hub",),
)
class ReferralSupport(models.Model):
    """One referral that a school makes, from the first thought to what came back.

    *preparing* → *referred* → *answered*, or *stopped*. ``owner`` is a post at the school (rules
    001-98, 003-60, 003-66). The child is ``pupil``, or ``initials`` and ``year_group`` where the
    school wrote no more. ``agreement`` is the school's word; after *risk* its reason may come
    later. ``chronology`` is a finished one that the school reads with the pack. Both sides write
    while it is prepared: ``version`` tells who was first. The hub is copied from the school and
    held true by a composite key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="referral_support")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    pupil = models.ForeignKey(
        Pupil, models.PROTECT, null=True, blank=True, related_name="referral_support"
    )
    initials = models.CharField(max_length=10, blank=True)
    year_group = models.CharField(max_length=30, blank=True)
    owner = models.ForeignKey(SchoolContact, models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=ReferralState, default=ReferralState.PREPARING)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    worries = models.TextField("what the school is worried about", blank=True)
    working_well = models.TextField("what is working well", blank=True)
    tried = models.TextField("what was tried, and what came of it", blank=True)
    childs_view = models.TextField("what the child says", blank=True)
    hoped_for = models.TextField("what the school hopes for", blank=True)

    chronology = models.ForeignKey(
        MadeChronology, models.PROTECT, null=True, blank=True, related_name="+"
    )
    direct_work = models.TextField("direct work with the child or family", blank=True)
    home_visits = models.TextField("home visits", blank=True)
    school_entries = models.TextField("entries in the school’s own system", blank=True)
    features = models.ManyToManyField(ContinuumLine, blank=True, related_name="+")
    level = models.PositiveSmallIntegerField("level of need", choices=Level, null=True, blank=True)
    level_reason = models.TextField("why this level", blank=True)

    agreement = models.CharField(max_length=10, choices=Agreement, blank=True)
    agreement_who = models.CharField("who was asked", max_length=150, blank=True)
    agreement_why = models.CharField("why", max_length=1000, blank=True)
    agreement_on = models.DateField(null=True, blank=True)

    referred_on = models.DateField(null=True, blank=True)
    reference = models.CharField("reference", max_length=100, blank=True)
    outcome = models.CharField(max_length=12, choices=ReferralOutcome, blank=True)
    outcome_words = models.TextField("what came back", blank=True)
    outcome_on = models.DateField(null=True, blank=True)
    stopped_why = models.CharField(max_length=1000, blank=True)

    objects = ReferralSupportQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        verbose_name = "referral support"
        verbose_name_plural = "referral support"
        constraints = [
            models.CheckConstraint(
                condition=Q(pupil__isnull=False) | ~Q(initials=""),
                name="referral_is_about_a_child",
            ),
            # Rule 001-42: no referral is on record without what the parents said.
            models.CheckConstraint(
                condition=Q(referred_on__isnull=True) | ~Q(agreement=""),
                name="referral_with_agreement",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "stopped"], referred_on__isnull=True)
                | Q(state__in=["referred", "answered"], referred_on__isnull=False),
                name="referral_referred_on",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "-started_at"], name="referral_of_school"),
            models.Index(fields=["hub", "-started_at"], name="referral_of_hub"),
        ]

    def get_absolute_url(self):
        return f"/referral-support/{self.pk}/"

    @property
    def is_open(self):
        """The school has not heard back yet, or has not referred."""
        return self.state in (ReferralState.PREPARING, ReferralState.REFERRED)

    @property
    def is_preparing(self):
        return self.state == ReferralState.PREPARING

    @property
    def owes_reason(self):
        """The parents were not asked because of a risk, and why is still to be written down."""
        return self.agreement == Agreement.RISK and not self.agreement_why

    @property
    def was_not_accepted(self):
        return self.outcome == ReferralOutcome.NOT_ACCEPTED

    @property
    def child_text(self):
        """The child by name, or as the school wrote it: ``A.B., year 5``."""
        if self.pupil:
            return self.pupil.name
        return ", ".join(filter(None, (self.initials, self.year_group)))

    @property
    def child_in_list(self):
        """The child where no name is shown: their year group."""
        return self.pupil.year_text if self.pupil else self.year_group or "Year not known"
