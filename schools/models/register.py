"""The register of schools, the three geographies, and who may reach them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.grants import Grant
from audit.history import track
from govuk.words import lower_first
from schools.querysets import SchoolQuerySet


@track()
class Hub(models.Model):
    """A team of the Dedicated Schools Team. One of three geographies, derived from no other."""

    NOT_YET = "not-yet-in-a-hub"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]
        permissions = [("manage_hub", "Manages the hub: its schools, allocations and records")]

    def __str__(self):
        return self.name


@track()
class PanelArea(models.Model):
    """An area of the Pupil Placement Panel."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


@track()
class NursingTeam(models.Model):
    """A school nursing team with its duty inbox; an address, never a user (rule 001-73)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    inbox = models.EmailField("duty inbox", blank=True)
    phone = models.CharField("telephone number", max_length=30, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("inbox"), condition=~Q(inbox=""), name="nursing_team_inbox_once"
            )
        ]

    def __str__(self):
        return self.name


class SchoolType(models.TextChoices):
    """Everything the team supports counts as a school (rules 001-2, 001-49)."""

    NURSERY = "nursery", "Nursery"
    PRIMARY = "primary", "Primary"
    SECONDARY = "secondary", "Secondary"
    ALL_THROUGH = "all_through", "All-through"
    COLLEGE = "college", "College"
    APC = "apc", "Alternative Provision College"
    SPECIAL = "special", "Special"
    INDEPENDENT = "independent", "Independent"


class SchoolStatus(models.TextChoices):
    OPEN = "open", "Open"
    CLOSING = "closing", "Open, but proposed to close"
    PROPOSED = "proposed", "Proposed to open"
    CLOSED = "closed", "Closed"


@track("good_to_know", "relationship", quiet=("register_read_at",))
class School(models.Model):
    """A school, college or Alternative Provision College of the county."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    urn = models.CharField("URN", max_length=6, unique=True)
    name = models.CharField(max_length=200)
    type_group = models.CharField("type", max_length=12, choices=SchoolType)
    establishment_type = models.CharField(max_length=100, blank=True)
    phase = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=10, choices=SchoolStatus, default=SchoolStatus.OPEN)
    local_authority = models.CharField("local authority code", max_length=3, blank=True)
    establishment_number = models.CharField(max_length=4, blank=True)
    street = models.CharField(max_length=120, blank=True)
    locality = models.CharField(max_length=120, blank=True)
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    phone = models.CharField("telephone number", max_length=30, blank=True)
    website = models.CharField(max_length=300, blank=True)
    district = models.CharField(max_length=80, blank=True)
    trust = models.CharField(max_length=200, blank=True)
    lowest_age = models.PositiveSmallIntegerField(null=True, blank=True)
    highest_age = models.PositiveSmallIntegerField(null=True, blank=True)
    pupils = models.PositiveIntegerField("pupils on roll", null=True, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    free_meals = models.DecimalField(
        "pupils with free school meals, per cent",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
    )
    easting = models.PositiveIntegerField(null=True, blank=True)
    northing = models.PositiveIntegerField(null=True, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    register_read_at = models.DateTimeField(null=True, blank=True)

    hub = models.ForeignKey(Hub, models.PROTECT, related_name="schools")
    panel_area = models.ForeignKey(PanelArea, models.PROTECT, null=True, blank=True)
    nursing_team = models.ForeignKey(NursingTeam, models.PROTECT, null=True, blank=True)
    partnership = models.CharField(max_length=120, blank=True)
    feeders = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="feeds_into"
    )
    good_to_know = models.CharField(max_length=500, blank=True)
    relationship = models.CharField("how we work together", max_length=1000, blank=True)
    offer_url = models.URLField("the school’s own early help offer", blank=True)
    deputies_told = models.BooleanField(
        "deputy safeguarding leads are sent shared notes", default=False
    )
    agreed_attendees = models.ManyToManyField("SchoolContact", blank=True, related_name="agreed_at")
    attendees_agreed_on = models.DateField(null=True, blank=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name", "urn"]
        permissions = [
            ("support_school", "Supports the school as one of its link workers"),
            ("view_shared_record", "Reads what was shared with the school"),
        ]
        constraints = [
            # The target of the composite keys that hold copied hubs true.
            models.UniqueConstraint(fields=["id", "hub"], name="school_with_its_hub"),
            models.CheckConstraint(
                condition=Q(urn__regex=r"^[0-9]{5,6}$"), name="school_urn_is_digits"
            ),
        ]
        indexes = [
            models.Index(fields=["hub", "name"], name="school_of_hub"),
            models.Index(fields=["name", "urn"], name="school_by_name"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """The school page: its address is fixed (design.md 8), whichever app draws it."""
        return f"/schools/{self.urn}/"

    @property
    def is_open(self):
        return self.status in (SchoolStatus.OPEN, SchoolStatus.CLOSING)

    @property
    def is_apc(self):
        """An Alternative Provision College: allocated at county level (rule 001-51)."""
        return self.type_group == SchoolType.APC

    @property
    def address(self):
        """One line, ready to read; empty when the register has none."""
        place = " ".join(part for part in (self.town, self.postcode) if part)
        return ", ".join(part for part in (self.street, self.locality, place) if part)

    @property
    def name_and_place(self):
        """Name, town and URN: names repeat inside one county."""
        return ", ".join(part for part in (self.name, self.town, self.urn) if part)


@track()
class SchoolLink(models.Model):
    """A school that became another: its history is read under the successor."""

    predecessor = models.ForeignKey(School, models.CASCADE, related_name="successor_links")
    successor = models.ForeignKey(School, models.CASCADE, related_name="predecessor_links")
    kind = models.CharField(max_length=60)
    since = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="school_link_once"),
            models.CheckConstraint(
                condition=~Q(predecessor=models.F("successor")), name="school_link_to_another"
            ),
        ]


class PolicyKind(models.TextChoices):
    """The policies a link worker knows (rules 001-18, 003-65)."""

    ATTENDANCE = "attendance", "Attendance"
    BEHAVIOUR = "behaviour", "Behaviour"
    CHILD_PROTECTION = "child_protection", "Child protection"
    SEND = "send", "SEND"
    OTHER = "other", "Other"


@track()
class SchoolPolicy(models.Model):
    """Where a policy of the school is to be read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, related_name="policies")
    kind = models.CharField(max_length=16, choices=PolicyKind)
    url = models.URLField("link")

    class Meta:
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(fields=["school", "kind"], name="school_policy_once_a_kind")
        ]

    @property
    def name(self):
        """What a sentence calls it: ``attendance policy``, ``SEND policy``, ``other policy``."""
        return f"{lower_first(self.get_kind_display())} policy"


@track()
class PolicyRead(models.Model):
    """When somebody last read a policy: a link worker understands each school's (001-18)."""

    policy = models.ForeignKey(SchoolPolicy, models.CASCADE, related_name="reads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    read_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "user"], name="policy_read_once_each")
        ]


class SchoolGrant(Grant):
    """``support_school`` or ``view_shared_record`` on a school."""

    content_object = models.ForeignKey(School, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        indexes = [
            *Grant.Meta.indexes,
            models.Index(fields=["user", "content_object"], name="schoolgrant_user"),
        ]


class HubGrant(Grant):
    """``manage_hub`` on a hub."""

    content_object = models.ForeignKey(Hub, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        pass
