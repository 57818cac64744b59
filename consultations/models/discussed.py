"""The children and cohorts a consultation was about, each with a part of their own."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from audit.history import track
from consultations.models.consultation import Area, Consultation
from schools.models import Agency, Pupil


@track()
class Vulnerability(models.Model):
    """Something a school is alert to (rule 003-63); a list the council edits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    is_offered = models.BooleanField("offered", default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "vulnerabilities"

    def __str__(self):
        return self.name


class Subject(models.TextChoices):
    """Whom a part is about: one child by name, one without, or several (rule 001-13)."""

    PUPIL = "pupil", "A child"
    UNNAMED = "unnamed", "A child without a name"
    COHORT = "cohort", "A group of children"


class Heard(models.TextChoices):
    """Where a statement is from (rule 003-9)."""

    SEEN = "seen", "Seen by the person who says it"
    CHILD = "child", "Told by the child"
    OTHER = "other", "Told by somebody else"
    REPORTED = "reported", "Reported, not checked"


class Level(models.IntegerChoices):
    """The levels of need; councils name them differently, the number four does not differ."""

    ONE = 1, "Level 1"
    TWO = 2, "Level 2"
    THREE = 3, "Level 3"
    FOUR = 4, "Level 4"


class Tool(models.TextChoices):
    """Rules 001-17, 001-27 and 001-29."""

    EBSA = "ebsa", "EBSA tool"
    DAY = "day", "Day in My Life"
    NEGLECT = "neglect", "Neglect toolkit"


class Threshold(models.TextChoices):
    """Rule 001-19."""

    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    NOT_KNOWN = "not_known", "Not known"


class FamilyTold(models.TextChoices):
    """Rule 003-53."""

    YES = "yes", "Yes"
    NO = "no", "No"
    SCHOOL_WILL = "school_will", "The school will tell them"


@track(
    "cohort",
    "worries",
    "working_well",
    "needs_to_happen",
    "childs_voice",
    "lived_experience",
    "family_view",
    "tried",
    "level_reason",
    "risk_reason",
    "advice",
    "analysis",
    "shared_text",
    "family_why",
    "third_party",
    "headline",
    "effect",
    "outcome",
)
class PupilDiscussed(models.Model):
    """One child's part of a consultation, or a group's.

    ``shared_text`` is what the school may store on this child's own record; ``analysis`` stays
    in the team and in the systems of record. ``headline`` is the one line of a significant entry
    in the chronology.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="discussed")
    position = models.PositiveSmallIntegerField(default=0)
    subject = models.CharField(max_length=7, choices=Subject)
    pupil = models.ForeignKey(
        Pupil, models.PROTECT, null=True, blank=True, related_name="discussed"
    )
    year_group = models.SmallIntegerField(null=True, blank=True)
    cohort = models.CharField("the group", max_length=200, blank=True)

    areas = ArrayField(models.CharField(max_length=10, choices=Area), default=list, blank=True)
    sub_areas = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    attendance = models.DecimalField(
        "attendance, per cent", max_digits=4, decimal_places=1, null=True, blank=True
    )
    worries = models.TextField("what we are worried about", blank=True)
    worries_heard = models.CharField(max_length=8, choices=Heard, blank=True)
    working_well = models.TextField("what is working well", blank=True)
    working_well_heard = models.CharField(max_length=8, choices=Heard, blank=True)
    needs_to_happen = models.TextField("what needs to happen", blank=True)
    needs_to_happen_heard = models.CharField(max_length=8, choices=Heard, blank=True)
    childs_voice = models.TextField("the child’s own words", blank=True)
    lived_experience = models.TextField("what a day is like for the child", blank=True)
    family_view = models.TextField("the family’s own view", blank=True)
    tried = models.TextField("what has been tried", blank=True)
    vulnerabilities = models.ManyToManyField(Vulnerability, blank=True, related_name="+")

    level = models.PositiveSmallIntegerField(
        "level of need as we judge it", choices=Level, null=True, blank=True
    )
    level_at_school = models.PositiveSmallIntegerField(
        "level of need as the school judges it", choices=Level, null=True, blank=True
    )
    level_reason = models.CharField("why", max_length=500, blank=True)
    risk_pei = models.BooleanField("pupil entitlement investigation (PEI)", default=False)
    risk_fpn = models.BooleanField("penalty notice (FPN)", default=False)
    risk_reason = models.CharField("why they are at risk of it", max_length=500, blank=True)
    tools = ArrayField(models.CharField(max_length=7, choices=Tool), default=list, blank=True)
    neglect_level = models.PositiveSmallIntegerField(
        "level on the neglect matrix", choices=Level, null=True, blank=True
    )
    neglect_review_on = models.DateField("review of the neglect", null=True, blank=True)
    yes_threshold = models.CharField(
        "Youth Emotional Service (YES)", max_length=9, choices=Threshold, blank=True
    )
    camhs_threshold = models.CharField("CAMHS or CDC", max_length=9, choices=Threshold, blank=True)

    advice = models.TextField("advice we gave", blank=True)
    analysis = models.TextField("our analysis", blank=True)
    shared_text = models.TextField("for the child’s record at the school", blank=True)
    family_told = models.CharField(max_length=11, choices=FamilyTold, blank=True)
    family_why = models.CharField("why the family is not told", max_length=500, blank=True)
    # A worry somebody outside the school brought (rules 003-10, 003-11).
    third_party = models.CharField("who raised it", max_length=200, blank=True)
    third_party_advised = models.BooleanField(
        "advised to ring the front door themselves", default=False
    )

    is_significant = models.BooleanField("significant for the chronology", default=False)
    headline = models.CharField("one line for the chronology", max_length=200, blank=True)
    effect = models.CharField("effect on the child", max_length=300, blank=True)
    outcome = models.CharField("outcome", max_length=300, blank=True)

    stored_on = models.DateField("stored on the child’s record on", null=True, blank=True)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "pupils discussed"
        constraints = [
            models.CheckConstraint(
                condition=Q(subject="pupil", pupil__isnull=False)
                | ~Q(subject="pupil") & Q(pupil__isnull=True),
                name="discussed_by_name_or_not",
            ),
            models.CheckConstraint(
                condition=~Q(subject="cohort") | ~Q(cohort=""), name="discussed_group_is_said"
            ),
            models.UniqueConstraint(
                fields=["consultation", "pupil"], name="discussed_once_a_consultation"
            ),
        ]


class Handed(models.TextChoices):
    """Three different things (rule 003-8)."""

    SIGNPOSTED = "signposted", "Signposted to"
    REFERRED = "referred", "The school refers to"
    ENGAGED = "engaged", "We engaged on their behalf"


@track("name")
class Signpost(models.Model):
    """Where a child or family was pointed: an agency of the directory, or a name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    discussed = models.ForeignKey(PupilDiscussed, models.CASCADE, related_name="signposts")
    how = models.CharField(max_length=10, choices=Handed)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("service", max_length=150, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | ~Q(name=""), name="signpost_to_something"
            )
        ]

    @property
    def to(self):
        """The agency or service by name."""
        return self.agency.name if self.agency else self.name


@track()
class GuidanceLink(models.Model):
    """Guidance for a key area: edited without a release, with its edition and date.

    Internal ones are never shown to schools (rule 001-122).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.CharField("key area", max_length=10, choices=Area)
    title = models.CharField(max_length=150)
    url = models.URLField("link", max_length=500)
    edition = models.CharField(max_length=60, blank=True)
    dated = models.DateField("date of the edition", null=True, blank=True)
    source = models.CharField("who recommends it", max_length=150, blank=True)
    is_internal = models.BooleanField("for the team only", default=False)

    class Meta:
        ordering = ["area", "title"]
