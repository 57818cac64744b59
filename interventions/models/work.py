"""A short piece of work with a child or a family: who asked, who does it, how it ended."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.history import track
from consultations.models import Area, Consultation, FamilyTold, Level
from interventions.querysets import LATEST_REVIEW, ShortInterventionQuerySet
from schools.models import Agency, Hub, Pupil, School


@track()
class WorkType(models.Model):
    """What kind of support it is, for seeing what worked; a list the council edits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    is_offered = models.BooleanField("offered", default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class WorkState(models.TextChoices):
    REQUESTED = "requested", "Waiting to be allocated"
    ALLOCATED = "allocated", "Allocated"
    CONSENTED = "consented", "Agreement confirmed"
    UNDER_WAY = "under_way", "Under way"
    CLOSED = "closed", "Closed"


class WorkKind(models.TextChoices):
    """Rules 001-81 to 001-83."""

    BRIDGING = "bridging", "Support while the family waits for a lead worker"
    DIRECT = "direct", "Short intervention"


class AskedBy(models.TextChoices):
    CONSULTATION = "consultation", "An Early help consultation"
    SCHOOL = "school", "The school"
    FRONT_DOOR = "front_door", "The front door"
    DUTY_MANAGER = "duty_manager", "The duty manager"


class LevelThree(models.TextChoices):
    """The two ways in which work goes on at Level 3 (design.md 6.8, rules 001-81, 001-82)."""

    WAITING = "waiting", "The family is waiting for a lead worker"
    WOULD_CLOSE = "would_close", "It would let the plan close"


class Judge(models.TextChoices):
    US = "us", "Our team"
    SCHOOL = "school", "The school"
    TOGETHER = "together", "The school and the team together"
    FRONT_DOOR = "front_door", "The front door"


class LawfulBasis(models.TextChoices):
    """What allows the processing; never the family's agreement (domain-facts.md 2.10)."""

    PUBLIC_TASK = "public_task", "Public task"
    LEGAL_DUTY = "legal_duty", "Legal obligation"


class EndReason(models.TextChoices):
    """Why the work ended (domain-facts.md 3.2; rules 001-82, 003-25, 003-50)."""

    MET = "met", "What was hoped for was reached"
    PARTLY_MET = "partly_met", "Some of it was reached"
    LEVEL_THREE_OVER = "level_three_over", "Level 3 no longer required, plan can close"
    STEPPED_UP = "stepped_up", "Stepped up to a plan or the front door"
    STEPPED_DOWN = "stepped_down", "Stepped down to the school’s own support"
    REFUSED = "refused", "The family said no"
    WITHDRAWN = "withdrawn", "The family withdrew their agreement"
    NOT_ENGAGED = "not_engaged", "We could not reach the family"
    MOVED = "moved", "The family moved"
    TRANSFERRED = "transferred", "Another service took over"
    NOT_ALLOCATED = "not_allocated", "Not allocated: other support fits better"


@track(
    "asked_who",
    "hoped_for",
    "risks",
    "identified_at_school",
    "level_reason",
    "level_four_reason",
    "family_why",
    "goal",
    "planned_words",
    "involved_words",
    "end_words",
    "school_continues",
    "childs_view",
    "parents_view",
    "end_family_why",
    quiet=("hub",),
)
class ShortIntervention(models.Model):
    """One short piece of work at a school, for the children and adults among its participants.

    *requested* → *allocated* → *consented* (the school's confirmation names who agreed) →
    *under way* (the first direct work took place) → *closed*. ``continues`` is the work it was
    stepped up or down from, or that was asked for again. Agreement (``ConsentConfirmation``),
    ``lawful_basis`` and ``family_told`` are three different things. ``watch_on`` is the gentle
    review after a family said no: that ends the work, not the watchfulness (rule 003-52). The
    hub is copied from the school and held true by a composite key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="interventions")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=WorkState, default=WorkState.REQUESTED)
    kind = models.CharField(max_length=8, choices=WorkKind, default=WorkKind.DIRECT)
    work_type = models.ForeignKey(
        WorkType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="support"
    )
    area = models.CharField("key area", max_length=10, choices=Area)
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by"
    )

    asked_by = models.CharField("who asked", max_length=12, choices=AskedBy)
    asked_who = models.CharField("name of who asked", max_length=150, blank=True)
    asked_on = models.DateField("asked on")
    consultation = models.ForeignKey(
        Consultation, models.PROTECT, null=True, blank=True, related_name="interventions"
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    hoped_for = models.TextField("what is hoped for", blank=True)
    risks = models.TextField("risks on a home visit", blank=True)
    # Rule 001-8: identified by the school and the link worker.
    identified_at_school = models.CharField("who at the school", max_length=150, blank=True)
    identified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    involved = models.ManyToManyField(Agency, blank=True, related_name="+")
    involved_words = models.TextField("who is already involved", blank=True)

    level = models.PositiveSmallIntegerField("level of need", choices=Level, null=True, blank=True)
    level_by = models.CharField("who judged it", max_length=10, choices=Judge, blank=True)
    level_reason = models.TextField("why", blank=True)
    level_three_as = models.CharField(max_length=11, choices=LevelThree, blank=True)
    # Level 4: support beside the social worker, which a team manager decided.
    level_four_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    level_four_reason = models.TextField(blank=True)

    child_worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    parent_worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    allocated_at = models.DateTimeField(null=True, blank=True)
    allocated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    meeting_on = models.DateField("weekly allocations meeting", null=True, blank=True)

    lawful_basis = models.CharField(
        max_length=11, choices=LawfulBasis, default=LawfulBasis.PUBLIC_TASK
    )
    family_told = models.CharField(max_length=11, choices=FamilyTold, blank=True)
    family_why = models.CharField("why the family is not told", max_length=500, blank=True)

    goal = models.TextField("the goal in the family’s own words", blank=True)
    planned_sessions = models.PositiveSmallIntegerField(null=True, blank=True)
    planned_words = models.TextField("who does what", blank=True)
    planned_on = models.DateField(null=True, blank=True)
    review_on = models.DateField("next review", null=True, blank=True)
    watch_on = models.DateField("look again on", null=True, blank=True)

    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_reason = models.CharField(max_length=16, choices=EndReason, blank=True)
    end_words = models.TextField(blank=True)
    school_continues = models.TextField("what the school goes on doing", blank=True)
    childs_view = models.TextField("how the child sees it", blank=True)
    parents_view = models.TextField("how the parent or carer sees it", blank=True)
    end_family_told = models.CharField(
        "the family knows of the ending", max_length=11, choices=FamilyTold, blank=True
    )
    end_family_why = models.CharField("why they do not", max_length=500, blank=True)
    reopened_on = models.DateField(null=True, blank=True)

    objects = ShortInterventionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_on", "-recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False, closed_by__isnull=False)
                & ~Q(end_reason="")
                | ~Q(state="closed") & Q(closed_on__isnull=True),
                name="intervention_closed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("asked_on")),
                name="intervention_ends_after_it_was_asked",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "closed"])
                | Q(allocated_by__isnull=False)
                & (Q(child_worker__isnull=False) | Q(parent_worker__isnull=False)),
                name="intervention_allocated_to_somebody",
            ),
            # Design 6.8: no more work at Level 3 or 4 than the guidance allows.
            models.CheckConstraint(
                condition=Q(level__isnull=True)
                | Q(level__lt=3)
                | Q(state__in=["requested", "closed"])
                | Q(level=3) & ~Q(level_three_as="")
                | Q(level=4, level_four_by__isnull=False),
                name="intervention_level_three_and_four",
            ),
        ]
        indexes = [
            models.Index(
                fields=["hub", "asked_on"],
                condition=Q(state="requested"),
                name="intervention_waiting",
            ),
            models.Index(
                fields=["closed_on", "id"],
                condition=Q(state="closed"),
                name="intervention_closed",
            ),
            models.Index(fields=["school", "-asked_on"], name="intervention_of_school"),
            models.Index(fields=["hub", "-asked_on"], name="intervention_of_hub"),
            models.Index(
                fields=["child_worker"],
                condition=~Q(state="closed"),
                name="intervention_childs_worker",
            ),
            models.Index(
                fields=["parent_worker"],
                condition=~Q(state="closed"),
                name="intervention_parents_worker",
            ),
            models.Index(
                fields=["watch_on"],
                condition=Q(watch_on__isnull=False),
                name="intervention_watched",
            ),
        ]

    def get_absolute_url(self):
        return f"/interventions/{self.pk}/"

    @property
    def is_open(self):
        return self.state != WorkState.CLOSED

    @property
    def support(self):
        """The kind of support in words; where none is said, which kind of work it is."""
        return self.work_type.name if self.work_type else self.get_kind_display()

    @property
    def workers(self):
        """Who does the work, the child's first: one or two users, or nobody yet."""
        both = (self.child_worker, self.parent_worker)
        return list(dict.fromkeys(user for user in both if user))

    @property
    def worker_ids(self):
        """The ids of ``workers``, read without asking for them."""
        return {pk for pk in (self.child_worker_id, self.parent_worker_id) if pk}

    @property
    def review_due_on(self):
        """The date of the next review; where none is set, twelve weeks after the work was allocated
        or taken up again. None before it is allocated.
        """
        if self.review_on or not self.allocated_at:
            return self.review_on
        allocated_on = timezone.localdate(self.allocated_at)
        return max(allocated_on, self.reopened_on or allocated_on) + LATEST_REVIEW


@track("name", "relation")
class Participant(models.Model):
    """A child on record, or an adult by name, whom the work is with.

    Every intervention has at least one child: the notes are the child's (rule 001-118).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intervention = models.ForeignKey(ShortIntervention, models.CASCADE, related_name="participants")
    pupil = models.ForeignKey(
        Pupil, models.PROTECT, null=True, blank=True, related_name="takes_part"
    )
    name = models.CharField(max_length=150, blank=True)
    relation = models.CharField("who they are to the child", max_length=100, blank=True)
    has_responsibility = models.BooleanField("has parental responsibility", default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pupil__isnull=False, name="") | Q(pupil__isnull=True) & ~Q(name=""),
                name="participant_is_a_child_or_a_name",
            ),
            models.UniqueConstraint(fields=["intervention", "pupil"], name="participant_once_each"),
        ]

    def __str__(self):
        return self.pupil.name if self.pupil else self.name


@track("text")
class Review(models.Model):
    """A look at how the work goes, every 6 to 12 weeks (domain-facts.md 3.7)."""

    class Direction(models.TextChoices):
        BETTER = "better", "Positive change"
        SAME = "same", "No change"
        WORSE = "worse", "Worse"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intervention = models.ForeignKey(ShortIntervention, models.CASCADE, related_name="reviews")
    reviewed_on = models.DateField()
    direction = models.CharField(max_length=6, choices=Direction)
    text = models.TextField("what was said")
    next_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-reviewed_on", "-recorded_at"]
