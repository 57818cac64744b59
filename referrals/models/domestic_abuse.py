"""A police notice of domestic abuse (Operation Encompass): restricted to those named."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from referrals.domestic_abuse_querysets import DomesticAbuseNoticeQuerySet
from referrals.models.referral_support import ReferralSupport
from schools.models import Hub, Pupil, School


class Grade(models.TextChoices):
    """As the police graded it; entered with its source and date, never worked out here."""

    STANDARD = "standard", "Standard"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class Present(models.TextChoices):
    YES = "yes", "The child was there"
    NO = "no", "The child was not there"
    UNKNOWN = "unknown", "Not known"


class NoticeOutcome(models.TextChoices):
    """What the assessment came to; none of them makes a referral (rule 002-18)."""

    SUPPORT = "support", "Support at school is enough"
    WELFARE = "welfare", "Sent to education welfare"
    ASSESSMENT = "assessment", "Sent to the assessment team"
    WORKER = "worker", "Sent to the social worker or lead worker who has the child"
    FRONT_DOOR = "front_door", "Discussed with the front door"


class ReaderWhy(models.TextChoices):
    """Why somebody reads a notice, or never may."""

    ENTERED = "entered", "Entered it"
    NAMED = "named", "Named by a team manager"
    DSL = "dsl", "Designated safeguarding lead, told"
    DEPUTY = "deputy", "Deputy safeguarding lead, told"
    KEPT = "kept", "Must not be told"


# What a report says.
FACTS = (
    *("police_reference", "received_at", "happened_on", "is_present", "circumstances"),
    *("childs_voice", "grade", "grade_source", "graded_on", "is_marac"),
)


@track(
    *("police_reference", "circumstances", "childs_voice", "grade_source"),
    *("reason", "record_reference", "sent_to", "decision"),
    quiet=("hub", "chased_on"),
)
class DomesticAbuseNotice(models.Model):
    """One report about one child; each is assessed by itself (rules 002-14 to 002-18).

    ``tell_at`` is when the school's safeguarding lead is told, ``told_at`` when that was done;
    ``deputies_told_at`` where nobody had opened it by then. ``closed_until`` is the next school
    day where the school was closed for two days or more: a team manager then decides who supports
    the child, in ``decision``. ``chased_on`` is the day on which the managers were last told that
    something of it waits. Shown to its readers and nowhere else: in no chronology, search,
    pack, shared text or document for a parent. The hub is copied from the school and held true by
    a composite key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="+")
    police_reference = models.CharField(max_length=60)
    received_at = models.DateTimeField("received")
    happened_on = models.DateField(null=True, blank=True)
    is_present = models.CharField("was the child there", max_length=7, choices=Present)
    circumstances = models.TextField("what the report says", blank=True)
    childs_voice = models.TextField("what the child said", blank=True)
    grade = models.CharField(max_length=8, choices=Grade)
    grade_source = models.CharField("who graded it", max_length=150)
    graded_on = models.DateField()
    is_marac = models.BooleanField("goes to MARAC", default=False)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)

    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    assessed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=NoticeOutcome, blank=True)
    reason = models.TextField(blank=True)
    record_reference = models.CharField("in the system of record", max_length=100, blank=True)
    sent_to = models.CharField("where it was sent", max_length=200, blank=True)
    referral = models.ForeignKey(
        ReferralSupport, models.PROTECT, null=True, blank=True, related_name="+"
    )

    tell_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    deputies_told_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_until = models.DateField(null=True, blank=True)
    decision = models.TextField("who supports the child", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    chased_on = models.DateField(null=True, blank=True)

    objects = DomesticAbuseNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_at"]
        # What a list of look-ups calls it, wherever that is shown.
        verbose_name = "restricted notice"
        constraints = [
            models.UniqueConstraint(
                fields=["police_reference", "pupil"], name="notice_once_a_report"
            ),
            # Rule 002-16: whoever assessed it is named, and nothing is assessed without them.
            models.CheckConstraint(
                condition=Q(outcome="", assessed_by=None, assessed_at=None)
                | ~Q(outcome="") & Q(assessed_by__isnull=False, assessed_at__isnull=False),
                name="notice_assessed_by_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["hub", "-entered_at"], name="notice_of_hub"),
            models.Index(fields=["pupil"], name="notice_of_child"),
            models.Index(
                fields=["tell_at"], condition=Q(told_at__isnull=True), name="notice_to_tell"
            ),
            models.Index(
                fields=["told_at"],
                condition=Q(
                    told_at__isnull=False, opened_at__isnull=True, deputies_told_at__isnull=True
                ),
                name="notice_not_opened",
            ),
        ]

    def get_absolute_url(self):
        """Neutral: the address stands in messages and in a browser's history."""
        return f"/notices/{self.pk}/"

    @property
    def is_assessed(self):
        return self.assessed_at is not None

    @property
    def waits_for_decision(self):
        """The school is closed, and nobody has said yet who supports the child."""
        return self.closed_until is not None and self.decided_at is None


@track("reason")
class NoticeReader(models.Model):
    """Somebody who reads one notice, or must not be told of it, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(DomesticAbuseNotice, models.CASCADE, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.CharField(max_length=7, choices=ReaderWhy)
    reason = models.CharField(max_length=500, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "user"], name="notice_reader_once")
        ]
        indexes = [models.Index(fields=["user"], name="notices_of_reader")]


@track("text")
class NoticeSupport(models.Model):
    """What the school says it did for the child after a notice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(DomesticAbuseNotice, models.CASCADE, related_name="support")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
