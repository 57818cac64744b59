import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.grants import Grant
from audit.history import track
from govuk.words import listed, long_date, lower_first
from schools.querysets import ContactQuerySet, SchoolQuerySet
from schools.roles import SAFEGUARDING, SHORT_ROLES, ContactRole
from schools.years import NamedTerm, TermName, first_day_of, last_day_of, year_text


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


@track("note")
class SchoolContact(models.Model):
    """A post: one person at one school, in one or more roles, from an instant to an instant.

    A post with a safeguarding role opens nothing until a second person has confirmed it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, related_name="contacts")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="posts"
    )
    name = models.CharField(max_length=150)
    roles = ArrayField(models.CharField(max_length=12, choices=ContactRole))
    job_title = models.CharField(max_length=120, blank=True)
    email = models.EmailField("email address", blank=True)
    phone = models.CharField("telephone number", max_length=30, blank=True)
    note = models.CharField("how best to reach them", max_length=200, blank=True)
    # A changed address is a new post: what was withheld from the old one stays withheld.
    replaces = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaced_by"
    )
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(roles__len__gt=0), name="contact_has_a_role"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")),
                name="contact_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("added_by")),
                name="contact_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(email="") | Q(user__isnull=False),
                name="contact_with_address_is_a_user",
            ),
            models.UniqueConstraint(
                fields=["school", "user"],
                condition=Q(ends_at__isnull=True),
                name="contact_one_current_post",
            ),
        ]
        indexes = [models.Index(fields=["school", "ends_at"], name="contact_of_school")]

    def __str__(self):
        return self.name

    @property
    def is_safeguarding(self):
        return not SAFEGUARDING.isdisjoint(self.roles)

    @property
    def is_current(self):
        now = timezone.now()
        return self.starts_at <= now and (self.ends_at is None or self.ends_at > now)

    @property
    def opens_shared_record(self):
        """Entitles to what was shared with the school: safeguarding role, confirmed, has a user."""
        return self.is_safeguarding and self.confirmed_at is not None and self.user_id is not None

    @property
    def role_text(self):
        """The roles as a sentence says them: Headteacher and DSL."""
        labels = [
            SHORT_ROLES.get(role, role.label if i == 0 else lower_first(role.label))
            for i, role in enumerate(r for r in ContactRole if r in self.roles)
        ]
        if ContactRole.OTHER in self.roles and self.job_title:
            labels[-1] = self.job_title
        return listed(labels)


@track()
class OwnChildConflict(models.Model):
    """A worker's own child attends the school (rule 001-53). Seen by managers only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="own_child_conflicts"
    )
    school = models.ForeignKey(School, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "school"],
                condition=Q(ends_at__isnull=True),
                name="conflict_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")),
                name="conflict_ends_after_start",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="suspends_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__ends_at__isnull=True),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM linkworkers_allocation a
                        JOIN linkworkers_linkworker w ON w.id = a.link_worker_id
                        WHERE w.user_id = NEW.user_id AND a.school_id = NEW.school_id
                        AND a.suspended_at IS NULL
                        AND (a.ends_at IS NULL OR a.ends_at > clock_timestamp())
                    ) THEN
                        RAISE EXCEPTION 'rule 001-53: the allocation is not suspended'
                        USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
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


@track("note")
class Agency(models.Model):
    """A partner agency; its people are contacts, never users."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    what_for = models.CharField("what to ask them for", max_length=300, blank=True)
    note = models.TextField("how to use the contact", blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"

    def __str__(self):
        return self.name


@track("when_to_contact")
class AlsoHere(models.Model):
    """Who else works at the school, and when to contact them (rules 000-4, 000-6)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, related_name="also_here")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="also_at")
    contact = models.ForeignKey(
        "AgencyContact", models.SET_NULL, null=True, blank=True, related_name="also_at"
    )
    is_based_here = models.BooleanField("based at the school", default=False)
    when_to_contact = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["agency__name"]
        verbose_name_plural = "also here"
        constraints = [
            models.UniqueConstraint(
                fields=["school", "agency", "contact"],
                nulls_distinct=False,
                name="also_here_once",
            )
        ]

    @property
    def who(self):
        """The person or inbox where one is named, else the agency."""
        return self.contact.name if self.contact else self.agency.name


@track("note")
class AgencyContact(models.Model):
    """A person or inbox at an agency."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=150)
    job_title = models.CharField(max_length=120, blank=True)
    email = models.EmailField("email address", blank=True)
    phone = models.CharField("telephone number", max_length=30, blank=True)
    note = models.CharField("how to use the contact", max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class DateRange(Func):
    """PostgreSQL's ``daterange``."""

    function = "DATERANGE"
    output_field = DateRangeField()


@track("source")
class Term(models.Model):
    """A term of the council's calendar, or one school's own in its place (``school`` is set).

    Half-term may be left empty. The days between terms need no row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(
        School, models.CASCADE, null=True, blank=True, related_name="own_terms"
    )
    # The calendar year in which the school year begins: 2025 for 2025/26.
    school_year = models.PositiveSmallIntegerField()
    name = models.CharField("term", max_length=6, choices=TermName)
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day")
    half_term_starts_on = models.DateField("first day of half-term", null=True, blank=True)
    half_term_ends_on = models.DateField("last day of half-term", null=True, blank=True)
    source = models.CharField("where the dates are from", max_length=200, blank=True)

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "school_year", "name"],
                nulls_distinct=False,
                name="term_once_a_year",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="term_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(half_term_starts_on__isnull=True, half_term_ends_on__isnull=True)
                | Q(
                    half_term_starts_on__gt=F("starts_on"),
                    half_term_ends_on__gte=F("half_term_starts_on"),
                    half_term_ends_on__lt=F("ends_on"),
                ),
                name="term_half_term_inside",
            ),
            ExclusionConstraint(
                name="term_one_at_a_time",
                expressions=[
                    (Coalesce("school", Value(uuid.UUID(int=0))), RangeOperators.EQUAL),
                    (DateRange(F("starts_on"), F("ends_on"), Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return str(NamedTerm(self.school_year, self.name))

    @property
    def span(self):
        """``3 September 2025 to 19 December 2025``."""
        return f"{long_date(self.starts_on)} to {long_date(self.ends_on)}"

    @property
    def half_term(self):
        """``27 October 2025 to 31 October 2025``; empty without one."""
        if self.half_term_starts_on is None:
            return ""
        return f"{long_date(self.half_term_starts_on)} to {long_date(self.half_term_ends_on)}"

    def teaches_on(self, day):
        """The date is in the term and not in its half-term, whatever day of the week it is."""
        in_half_term = (
            self.half_term_starts_on is not None
            and self.half_term_starts_on <= day <= self.half_term_ends_on
        )
        return self.starts_on <= day <= self.ends_on and not in_half_term

    def clean(self):
        """ValidationError with a sentence on the field that is to be put right."""
        self._check_days()
        self._check_half_term()
        others = Term.objects.filter(school=self.school).exclude(pk=self.pk)
        for other in others.filter(school_year=self.school_year):
            self._check_beside(other)

    def _check_days(self):
        first, last = first_day_of(self.school_year), last_day_of(self.school_year)
        for field in ("starts_on", "ends_on"):
            if not first <= getattr(self, field) <= last:
                what = self._meta.get_field(field).verbose_name
                raise ValidationError(
                    {
                        field: f"The {what} must be in the school year"
                        f" {year_text(self.school_year)}, from {long_date(first)} to"
                        f" {long_date(last)}"
                    }
                )
        if self.ends_on <= self.starts_on:
            raise ValidationError({"ends_on": "The last day must be after the first day"})

    def _check_half_term(self):
        first, last = self.half_term_starts_on, self.half_term_ends_on
        if first is None and last is None:
            return
        if first is None or last is None:
            field, what = (
                ("half_term_starts_on", "first") if first is None else ("half_term_ends_on", "last")
            )
            sentence = f"Enter the {what} day of half-term, or leave both days of it empty"
            raise ValidationError({field: sentence})
        if last < first:
            raise ValidationError(
                {"half_term_ends_on": "The last day of half-term must not be before its first day"}
            )
        if not self.starts_on < first <= last < self.ends_on:
            raise ValidationError(
                {"half_term_starts_on": f"Half-term must be inside the term, {self.span}"}
            )

    def _check_beside(self, other):
        """``other`` is of the same calendar and year."""
        if other.name == self.name:
            raise ValidationError(
                {"name": f"The {lower_first(str(other))} is entered already. Change that one"}
            )
        if self.starts_on <= other.ends_on and other.starts_on <= self.ends_on:
            raise ValidationError(
                {
                    "starts_on": f"These days overlap the {lower_first(str(other))}, {other.span}."
                    " Change the days of one of the two"
                }
            )
        mine, theirs = TermName(self.name).position, TermName(other.name).position
        if (mine < theirs) != (self.starts_on < other.starts_on):
            raise ValidationError(
                {
                    "starts_on": f"This term must be {'before' if mine < theirs else 'after'} the"
                    f" {lower_first(str(other))}, {other.span}"
                }
            )


@track()
class InsetDay(models.Model):
    """A day in term on which a school teaches its staff and not its pupils."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, related_name="inset_days")
    day = models.DateField()

    class Meta:
        ordering = ["day"]
        verbose_name = "INSET day"
        constraints = [
            models.UniqueConstraint(fields=["school", "day"], name="inset_day_once_a_school")
        ]
