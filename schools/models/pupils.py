"""The children on record: who they are, where they learn, what is known of them, and who may look.

A child's identifiers stand in a table of their own, none of them is a key (domain-facts.md 2.3).
"""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GistIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone

from audit.history import track
from schools.models.register import School
from schools.pupil_querysets import InvolvementQuerySet, PupilQuerySet
from schools.year_groups import year_group_of, year_group_text


@track("first_names", "surname", "known_as", quiet=("folded",))
class Pupil(models.Model):
    """A child, born or expected (rule 003-43).

    ``folded`` holds every name without accents and capitals, for a search that forgives spelling;
    ``services`` keep it. ``ahead`` is how many years above the age's own year group the child is
    taught, below zero for one held back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_names = models.CharField(max_length=150, blank=True)
    surname = models.CharField(max_length=150)
    known_as = models.CharField(max_length=150, blank=True)
    folded = models.CharField(max_length=460, editable=False)
    born_on = models.DateField("date of birth", null=True, blank=True)
    due_on = models.DateField("date the baby is due", null=True, blank=True)
    ahead = models.SmallIntegerField("years ahead of their age", default=0)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = PupilQuerySet.as_manager()

    class Meta:
        ordering = ["surname", "first_names"]
        constraints = [
            models.CheckConstraint(
                condition=Q(born_on__isnull=False) | Q(due_on__isnull=False),
                name="pupil_is_born_or_due",
            ),
            models.CheckConstraint(
                condition=Q(ahead__gte=-3, ahead__lte=3), name="pupil_few_years_ahead"
            ),
        ]
        indexes = [
            models.Index(fields=["born_on"], name="pupil_born_on"),
            GistIndex(OpClass("folded", name="gist_trgm_ops"), name="pupil_folded"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """The child's page: its address is fixed (design.md 8), whichever app draws it."""
        return f"/pupils/{self.pk}/"

    @property
    def name(self):
        """``Ada Lovelace``; ``Baby Lovelace`` before a name is given."""
        first = self.known_as or self.first_names or "Baby"
        return f"{first} {self.surname}"

    @property
    def initials(self):
        """``A.L.``, for text in which a name would say too much."""
        first = self.known_as or self.first_names or "Baby"
        return f"{first[:1]}.{self.surname[:1]}.".upper()

    def year_group_on(self, day):
        """The number of the year group on a date, 0 for Reception; None before it and unborn."""
        return None if self.born_on is None else year_group_of(self.born_on, day, self.ahead)

    @property
    def year_text(self):
        """``Year 9``, ``Reception``, ``before Reception``, ``not born yet``."""
        if self.born_on is None:
            return "not born yet"
        return year_group_text(self.year_group_on(timezone.localdate()))


class Setting(models.TextChoices):
    """Where a child learns when it is no school of the register (rule 001-37)."""

    SCHOOL = "school", "A school of the register"
    HOME = "home", "Educated at home"
    ELSEWHERE = "elsewhere", "A school elsewhere"
    NONE = "none", "Not in a school"


@track("elsewhere")
class Enrolment(models.Model):
    """Where a child learned or learns: the school, or the other setting, and from when to when.

    The one without an end is where they are now.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="enrolments")
    setting = models.CharField(max_length=9, choices=Setting, default=Setting.SCHOOL)
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="enrolments"
    )
    elsewhere = models.CharField("where", max_length=200, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = [F("starts_on").desc(nulls_last=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil"], condition=Q(ends_on__isnull=True), name="enrolment_one_now"
            ),
            models.CheckConstraint(
                condition=Q(setting="school", school__isnull=False)
                | ~Q(setting="school") & Q(school__isnull=True),
                name="enrolment_at_a_school_or_not",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="enrolment_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["school"], condition=Q(ends_on__isnull=True), name="enrolment_now_at"
            )
        ]

    @property
    def where(self):
        """``Oakfield School``, ``educated at home``, or the name of the place elsewhere."""
        if self.school:
            return self.school.name
        return self.elsewhere or self.get_setting_display().lower()


class IdentifierKind(models.TextChoices):
    """The systems that know the child. A temporary UPN is a UPN that ends in a letter."""

    UPN = "upn", "UPN"
    FORMER_UPN = "former_upn", "Former UPN"
    MOSAIC = "mosaic", "Mosaic number"
    CED = "ced", "CED number"


@track("value")
class PupilIdentifier(models.Model):
    """What one system calls the child; held in capitals."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=10, choices=IdentifierKind)
    value = models.CharField(max_length=30)

    class Meta:
        ordering = ["kind", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"],
                condition=~Q(kind="former_upn"),
                name="identifier_of_one_child",
            ),
            models.UniqueConstraint(fields=["pupil", "kind", "value"], name="identifier_once_each"),
            models.CheckConstraint(
                condition=Q(value=Upper("value")), name="identifier_in_capitals"
            ),
        ]
        indexes = [models.Index(fields=["value"], name="identifier_value")]


class Route(models.TextChoices):
    """What a status means for where a note must go (rules 001-115 to 001-121)."""

    OPEN = "open", "Counts as open to social care"
    PLAN = "plan", "On an Early Help Plan"
    ASK = "ask", "The guidance does not say where it is recorded: ask"
    NONE = "none", "Changes nothing"


@track()
class StatusKind(models.Model):
    """A status a child may have, on a list the council edits (domain-facts.md 2.1)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    route = models.CharField("where notes go", max_length=4, choices=Route, default=Route.NONE)
    is_offered = models.BooleanField("offered", default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    @property
    def counts_as_open(self):
        return self.route == Route.OPEN


@track("social_worker", "source")
class PupilStatus(models.Model):
    """A status of a child from a date to a date, with the social worker where one is allocated."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="statuses")
    kind = models.ForeignKey(StatusKind, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    social_worker = models.CharField(max_length=150, blank=True)
    social_worker_email = models.EmailField("their email address", blank=True)
    source = models.CharField("who told us", max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = [F("ends_on").desc(nulls_first=True), "-starts_on"]
        verbose_name_plural = "pupil statuses"
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "kind"],
                condition=Q(ends_on__isnull=True),
                name="status_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="status_ends_after_start",
            ),
        ]


class Kinship(models.TextChoices):
    SIBLING = "sibling", "Brothers and sisters"
    HOUSEHOLD = "household", "Live in the same home"
    OTHER = "other", "Related in another way"


@track()
class FamilyLink(models.Model):
    """Two children belong together; ``one`` has the smaller id, so that a pair is held once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    one = models.ForeignKey(Pupil, models.CASCADE, related_name="+")
    other = models.ForeignKey(Pupil, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kinship, default=Kinship.SIBLING)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="family_link_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="family_link_in_order"),
        ]


class HowTold(models.TextChoices):
    """How the receiving school gets to know (rule 003-23): at least the file."""

    MEETING = "meeting", "At a meeting"
    PHONE = "phone", "By telephone"
    FILE = "file", "The file only"


@track("note")
class Move(models.Model):
    """A child went from one setting to another, and what the schools hand over (rule 003-22).

    The schools do it; link workers of both tick what they heard was done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="moves")
    former = models.ForeignKey(Enrolment, models.CASCADE, null=True, related_name="+")
    new = models.OneToOneField(Enrolment, models.CASCADE, related_name="move")
    moved_on = models.DateField()
    how_told = models.CharField(max_length=7, choices=HowTold, blank=True)
    told_on = models.DateField("receiving school told on", null=True, blank=True)
    file_sent_on = models.DateField("child protection or pupil file sent on", null=True, blank=True)
    file_received_on = models.DateField("receipt confirmed on", null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-moved_on"]

    @property
    def is_handed_over(self):
        """The receiving school has at least the file, and said so."""
        return self.file_received_on is not None


class Involvement(models.Model):
    """What makes a child "on my current work": with a school's workers, or with one person.

    Nothing else does (design.md 3). ``source_type`` and ``source_id`` name the act it follows
    from, which ends it; ``ends_at`` may lie ahead.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="involvements")
    school = models.ForeignKey(
        School, models.CASCADE, null=True, blank=True, related_name="involvements"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    source_type = models.CharField(max_length=30)
    source_id = models.UUIDField()
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = InvolvementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False, user__isnull=True)
                | Q(school__isnull=True, user__isnull=False),
                name="involvement_of_school_or_user",
            ),
            models.UniqueConstraint(
                fields=["pupil", "school", "user", "source_type", "source_id"],
                nulls_distinct=False,
                name="involvement_once_a_source",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "ends_at"], name="involvement_of_school"),
            models.Index(fields=["user", "ends_at"], name="involvement_of_user"),
            models.Index(fields=["source_type", "source_id"], name="involvement_source"),
        ]


class Reason(models.TextChoices):
    """Why somebody opens a child who is not on their current work (rule 001-58)."""

    CONSULTATION = "consultation", "The school asked for a consultation about them"
    ATTENDANCE = "attendance", "Attendance discussion with the school"
    DIRECT = "direct", "Direct work or a welfare check"
    REQUEST = "request", "A request for support"
    CONCERN = "concern", "A safeguarding concern"
    MEETING = "meeting", "A meeting or panel"
    COVER = "cover", "Covering for a colleague, or on duty"
    TRANSITION = "transition", "A move between schools"
    AUDIT = "audit", "Checking the quality of our work"
    ACCESS = "access", "A subject access request"
    OTHER = "other", "Something else"


class Opening(models.Model):
    """A reason given for opening one child: valid in the sign-in it was given in, until it ends.

    ``sign_in`` is a digest of the session, empty in none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="openings")
    reason = models.CharField(max_length=12, choices=Reason)
    words = models.CharField("your reason", max_length=200, blank=True)
    sign_in = models.CharField(max_length=64)
    opened_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-opened_at"], name="opening_of_user"),
            models.Index(fields=["pupil", "-opened_at"], name="opening_of_pupil"),
        ]
