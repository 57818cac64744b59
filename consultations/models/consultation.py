"""The consultation itself: when, with whom, about which key areas."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.grants import Grant
from audit.history import track
from consultations.querysets import ConsultationQuerySet
from drafts.models import HandedOver, handed_over_by_somebody
from schools.models import Hub, School, SchoolContact


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    COMPLETED = "completed", "Completed"
    SHARED = "shared", "Shared"


class Kind(models.TextChoices):
    """Formal and structured, or ad hoc advice (rule 001-126)."""

    STRUCTURED = "structured", "Structured"
    AD_HOC = "ad_hoc", "Ad hoc advice"


class Naming(models.TextChoices):
    """Whether children are named; without names nothing that identifies one is kept."""

    NAMED = "named", "Children may be named"
    NO_NAMES = "no_names", "No names"


class Place(models.TextChoices):
    SCHOOL = "school", "In school"
    ONLINE = "online", "Online"
    PHONE = "phone", "By phone"
    ELSEWHERE = "elsewhere", "Somewhere else"


class Area(models.TextChoices):
    """The six key areas (rule 001-10), and what they do not limit (rule 001-9)."""

    ATTENDANCE = "attendance", "Attendance"
    HEALTH = "health", "Physical health, mental health and emotional wellbeing"
    NEGLECT = "neglect", "Neglect"
    TRANSITION = "transition", "Transition"
    TARGETED = "targeted", "Targeted intervention and support"
    SEND = "send", "SEND"
    EMERGING = "emerging", "New or emerging issue"


# Rule 001-11: what two of the areas include.
SUB_AREAS = {
    Area.ATTENDANCE: {
        "fixed_term_exclusion": "Suspension (fixed-term exclusion)",
        "ebsa": "Emotionally based school avoidance (EBSA)",
        "exclusion_risk": "Risk of permanent exclusion",
    },
    Area.TRANSITION: {
        "managed_move": "Managed move",
        "in_year": "In-year application",
        "to_school": "Setting to school",
        "primary_to_secondary": "Primary to secondary",
        "secondary_to_tertiary": "Secondary to tertiary",
    },
}


class ManagerReason(models.TextChoices):
    """Why a team manager holds a consultation themselves (rule 001-56)."""

    ENGAGEMENT = "engagement", "The school is hard to engage"
    NEED = "need", "Increased need"
    CRISIS = "crisis", "Crisis"


class Theme(models.Model):
    """A tag managers can add without a release (rule 001-5)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    is_offered = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


@track(
    "updates_given",
    "training_wanted",
    "resources",
    "internal_notes",
    "shared_text",
    "held_before_by",
    "held_before_why",
    "no_lead_reason",
    "handed_over_why",
    quiet=("hub",),
)
class Consultation(HandedOver):
    """An Early help consultation held with a school.

    *draft* (its text lives in the author's ``Draft``) → *completed* (locked; additions are
    addenda) → *shared*. ``version`` is what the school reads: 1 when first shared, one more
    with each addendum shared. The hub is copied from the school and held true by a composite
    key. ``resources`` are ``{"title": …, "url": …}``. A draft that was handed over has the
    ``author`` who finishes it, and was ``started_by`` its first.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="consultations")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="consultations"
    )
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    # Brothers and sisters at two schools are two consultations, linked (security.md N-04).
    linked = models.ManyToManyField("self", blank=True)
    held_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField("length in minutes", null=True, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.STRUCTURED)
    naming = models.CharField(max_length=8, choices=Naming, default=Naming.NAMED)
    place = models.CharField(max_length=9, choices=Place, default=Place.SCHOOL)
    nurse_present = models.BooleanField("the school nurse took part", default=False)
    manager_reason = models.CharField(max_length=10, choices=ManagerReason, blank=True)
    held_before_by = models.CharField("who held it", max_length=150, blank=True)
    held_before_why = models.CharField("why it is recorded now", max_length=500, blank=True)
    updates_given = models.TextField(blank=True)
    training_wanted = models.TextField("training the school asked for", blank=True)
    # Title and link of each as they were then: the library goes on changing (rule 001-20).
    resources = models.JSONField("resources that were shared", default=list, blank=True)
    themes = models.ManyToManyField(Theme, blank=True, related_name="+")
    internal_notes = models.TextField(blank=True)
    shared_text = models.TextField(blank=True)
    next_on = models.DateField("date of the next consultation", null=True, blank=True)
    no_lead_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    stored_on = models.DateField("stored in the school's system on", null=True, blank=True)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        permissions = [("view_shared_record", "Reads the shared version of this consultation")]
        indexes = [
            models.Index("school", F("held_at").desc(), F("id").desc(), name="consult_of_school"),
            models.Index("hub", F("held_at").desc(), F("id").desc(), name="consult_of_hub"),
            models.Index(F("held_at").desc(), F("id").desc(), name="consult_newest"),
            models.Index("author", F("held_at").desc(), F("id").desc(), name="consult_of_author"),
            models.Index(
                "started_by",
                F("held_at").desc(),
                F("id").desc(),
                condition=Q(started_by__isnull=False),
                name="consult_started_by",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", completed_at__isnull=True)
                | Q(state__in=["completed", "shared"], completed_at__isnull=False),
                name="consult_completed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="shared", shared_at__isnull=False, version__gt=0)
                | Q(state__in=["draft", "completed"], shared_at__isnull=True, version=0),
                name="consult_shared_has_a_time",
            ),
            handed_over_by_somebody("consult_handed_over_by_somebody"),
            models.CheckConstraint(
                condition=Q(stored_on__isnull=True) | Q(state="shared"),
                name="consult_stored_when_shared",
            ),
        ]

    @property
    def standing(self):
        """``(colour, words)`` of the tag that says where it stands."""
        if self.state == State.DRAFT:
            return "grey", "Draft"
        if self.state == State.COMPLETED:
            return "yellow", "Not shared yet"
        return ("green", "Stored by the school") if self.stored_on else ("blue", "Shared")

    @property
    def is_draft(self):
        return self.state == State.DRAFT

    @property
    def is_shared(self):
        return self.state == State.SHARED


@track("name", "organisation")
class Attendee(models.Model):
    """Somebody who took part: a contact of the school, or someone else with where they work.

    Name and roles are copied as they were on the day; posts change.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="attendees")
    contact = models.ForeignKey(
        SchoolContact, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=150)
    role_text = models.CharField(max_length=200, blank=True)
    organisation = models.CharField("where they work", max_length=150, blank=True)
    email = models.EmailField("email address", blank=True)

    class Meta:
        ordering = ["name"]

    @property
    def from_school(self):
        return self.contact_id is not None


@track("notes")
class AreaDiscussed(models.Model):
    """A key area talked about, with its notes for the team."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="areas")
    area = models.CharField(max_length=10, choices=Area)
    sub_areas = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    notes = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "area"], name="area_once_each")
        ]


class ConsultationGrant(Grant):
    """``view_shared_record`` on one consultation, for an attendee who is no safeguarding lead."""

    content_object = models.ForeignKey(Consultation, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        pass
