"""The people around a school: its posts, conflicts with them, partner agencies."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from govuk.words import listed, lower_first
from schools.models.register import School
from schools.querysets import ContactQuerySet
from schools.roles import SAFEGUARDING, SHORT_ROLES, ContactRole


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


class Category(models.TextChoices):
    """What the directory of agencies is sorted by (rules 001-44 and 003-49)."""

    EDUCATION = "education", "Education and early learning"
    SEND = "send", "SEND services and support groups"
    FAMILY = "family", "Family and young people support"
    ADVICE = "advice", "Advice and welfare"
    HEALTH = "health", "Health"


@track("note")
class Agency(models.Model):
    """A partner agency; its people are contacts, never users."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    category = models.CharField("kind of service", max_length=9, choices=Category, blank=True)
    what_for = models.CharField("what to ask them for", max_length=300, blank=True)
    note = models.TextField("how to use the contact", blank=True)
    # What is no more stays on the meetings it was at and the schools it worked with.
    is_offered = models.BooleanField("offered", default=True)

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
