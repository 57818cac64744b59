"""A safeguarding concern about a child or an adult, and the 24 hours in which a manager has it."""

import uuid
from datetime import timedelta
from secrets import choice

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from audit.history import track
from consultations.models import Level
from govuk.words import clock, day_of
from referrals.clock import LIMIT, Clock, spoken_hours
from referrals.concern_querysets import (
    ConcernQuerySet,
    FallbackQuerySet,
    KeptFromQuerySet,
    ObjectionQuerySet,
)
from schools.models import Hub, Pupil, School

# No letters or figures that are taken for one another when read out over the phone.
LETTERS = "ABCDEFGHJKLMNPQRTUVWXY346789"


# Typed so much later than the raiser was aware, a concern is typed late.
LATE = timedelta(minutes=30)


def new_reference():
    """Six letters that tell nothing: no running number, no date (rule 001-124)."""
    return "".join(choice(LETTERS) for _ in range(6))


def _at(instant):
    """``today at 9:12am``, ``Sunday 22 November at 12:00pm``, as a sentence says it."""
    return f"{day_of(instant)} at {clock(instant)}"


class About(models.TextChoices):
    """Whom a concern is about: their fallback lists differ (rules 001-107, 001-112)."""

    CHILD = "child", "A child"
    ADULT = "adult", "An adult"


class Decision(models.TextChoices):
    """What is done about a concern (rules 001-104, 001-110)."""

    CHILDREN = "children", "Refer to children’s social care: we ring the front door"
    ADULTS = "adults", "Refer to Adult Services: we ring them"
    SCHOOL = "school", "The school refers, with our help"
    OTHER = "other", "Not a referral: something else happens"


class ToldAs(models.TextChoices):
    """Why somebody is told of a concern."""

    LINE_MANAGER = "line_manager", "Line manager"
    HUB_MANAGER = "hub_manager", "Team manager of the hub"
    FALLBACK = "fallback", "On the list of who is told"
    TEAM_MANAGER = "team_manager", "Team manager"
    SERVICE_MANAGER = "service_manager", "Service manager"
    PASSED = "passed", "Asked by a colleague"


class NoteKind(models.TextChoices):
    ADDED = "added", "Added"
    PHONED = "phoned", "Told by phone"
    AWARE = "aware", "Time of becoming aware corrected"
    PASSED = "passed", "Passed on"
    TAKEN_OVER = "taken_over", "Taken over"
    CHILD = "child", "Child named"
    CORRECTED = "corrected", "Corrected"
    NOT_DELIVERED = "not_delivered", "Could not be delivered"
    CLOSED = "closed", "Closed"


class KeptWhy(models.TextChoices):
    """Why somebody hears and reads nothing of a concern."""

    NAMED = "named", "Named in it"
    NOT_TO = "not_to", "The raiser asked that they are not told"


@track("words", "about_name", "school_words", "aware_words", quiet=("hub", "remind_at"))
class Concern(models.Model):
    """One concern: raised → acknowledged (somebody has it) → decided → closed.

    ``aware_at`` is when the raiser became aware; the 24 hours run from there (rule 001-106). A time
    that cannot be is kept in ``aware_words``, and the concern runs from ``raised_at`` until it is
    put right. ``remind_at`` is when somebody is told or reminded next; empty when nobody is. The
    school may be one that is only written, in ``school_words``. ``hub`` is the school's, held true
    by a composite key, or without a school the raiser's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=6, unique=True, default=new_reference, editable=False)
    about = models.CharField("who it is about", max_length=5, choices=About, default=About.CHILD)
    words = models.TextField("what was seen or heard", blank=True)
    about_name = models.TextField("name", blank=True)
    pupil = models.ForeignKey(Pupil, models.PROTECT, null=True, blank=True, related_name="concerns")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    hub = models.ForeignKey(Hub, models.PROTECT, null=True, blank=True, related_name="+")
    school_words = models.TextField("school", blank=True)
    is_danger = models.BooleanField("immediate danger", default=False)

    aware_at = models.DateTimeField("when the raiser became aware")
    aware_words = models.TextField("time as it was typed", blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="concerns_raised"
    )
    # The database's clock: that of a machine may be wrong.
    raised_at = models.DateTimeField(db_default=Now())

    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Who stopped the clock; another may have taken it over since.
    first_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False)
                & ~Q(acknowledged_by=F("raised_by")),
                name="concern_held_by_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(acknowledged_at__isnull=False),
                name="concern_held_before_it_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(decided_at__isnull=False),
                name="concern_decided_before_it_is_closed",
            ),
            # Nobody has it: then there is a next reminder, whatever happens.
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=False) | Q(remind_at__isnull=False),
                name="concern_nobody_has_is_chased",
            ),
        ]
        indexes = [
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False),
                name="concern_to_remind",
            ),
            models.Index(
                fields=["aware_at", "id"],
                condition=Q(decided_at__isnull=True),
                name="concern_undecided",
            ),
            models.Index(fields=["raised_by", "-raised_at", "-id"], name="concern_raised_by"),
            models.Index(fields=["hub", "-raised_at", "-id"], name="concern_of_hub"),
            models.Index(fields=["-raised_at", "-id"], name="concern_newest"),
        ]

    def __str__(self):
        return f"Concern {self.reference}"

    def get_absolute_url(self):
        return f"/concerns/{self.pk}/"

    @property
    def is_held(self):
        return self.acknowledged_at is not None

    @property
    def typed_late(self):
        """How long after becoming aware it was typed, a ``timedelta``."""
        return self.raised_at - self.aware_at

    @property
    def school_text(self):
        """The school, as far as it is known."""
        return self.school.name if self.school else self.school_words

    @property
    def title(self):
        """What it is about, for a list: never a name."""
        who = "Child" if self.about == About.CHILD else "Adult"
        return ", ".join(filter(None, [who, self.school_text]))

    @property
    def name(self):
        """Whom it is about, by name where one is known, on its own page."""
        return (self.pupil.name if self.pupil else self.about_name) or self.title

    @property
    def due_note(self):
        verb = "had to" if self.clock().state == "over" else "must"
        return f"A manager {verb} have it by {_at(self.aware_at + LIMIT)}."

    @property
    def aware_note(self):
        return _at(self.aware_at).capitalize()

    @property
    def raised_note(self):
        return _at(self.raised_at)

    @property
    def taken_note(self):
        after = spoken_hours(self.acknowledged_at - self.aware_at)
        return f"Taken {after} after {self.raised_by.get_short_name()} became aware."

    @property
    def late_note(self):
        """``4 h 40 min late``, from half an hour on; else empty."""
        late = self.typed_late
        return f"{spoken_hours(late)} late" if late >= LATE else ""

    def clock(self, now=None):
        """How its 24 hours stand."""
        return Clock(self.aware_at, now or timezone.now(), self.acknowledged_at)


@track(quiet=("opened_at",))
class Told(models.Model):
    """Somebody who was told of a concern and so may read it; ``opened_at`` is when they first did.

    The messages themselves are in the outbox.
    """

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="told")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    told_as = models.CharField(max_length=15, choices=ToldAs)
    told_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["told_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["concern", "user"], name="told_once_each")]
        indexes = [models.Index(fields=["user", "concern"], name="told_of_user")]


@track("why")
class KeptFrom(models.Model):
    """Somebody who hears nothing of a concern and finds no trace of it (design.md 6.14).

    ``lifted_at`` is when the raiser said that they may be told after all.
    """

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="kept_from")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    because = models.CharField(max_length=6, choices=KeptWhy)
    why = models.TextField(blank=True)
    kept_at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = KeptFromQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "user"],
                condition=Q(lifted_at__isnull=True),
                name="kept_from_once_each",
            )
        ]
        indexes = [models.Index(fields=["user"], name="kept_from_user")]


@track("words")
class ConcernNote(models.Model):
    """Dated text on a concern: added, told by phone, passed on. Nothing is ever changed in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=13, choices=NoteKind, default=NoteKind.ADDED)
    words = models.TextField(blank=True)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at", "pk"]
        indexes = [models.Index(fields=["concern", "added_at"], name="concern_note_in_order")]


@track("discussed", "reason")
class ConcernDecision(models.Model):
    """What was discussed and decided, by whoever has the concern; the latest one holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, models.CASCADE, related_name="decisions")
    discussed = models.TextField("what was discussed, and with whom", blank=True)
    # Empty: not clear yet.
    level = models.PositiveSmallIntegerField(choices=Level, null=True, blank=True)
    decision = models.CharField(max_length=8, choices=Decision)
    reason = models.TextField()
    decided_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-decided_at"]
        indexes = [models.Index(fields=["concern", "-decided_at"], name="concern_decision_latest")]


@track("why", "answer")
class Objection(models.Model):
    """The raiser does not agree with what became of a concern; another manager answers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, models.CASCADE, related_name="objections")
    why = models.TextField()
    said_at = models.DateTimeField(db_default=Now())
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["-said_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["concern"],
                condition=Q(answered_at__isnull=True),
                name="objection_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="objection_answered_by_somebody",
            ),
        ]


@track()
class Fallback(models.Model):
    """Somebody on the list of who is told where a line manager cannot be (design.md 5).

    A child's and an adult's list differ (rules 001-107, 001-112); an administrator keeps both.
    ``role`` is what they are to the reader: "Designated safeguarding lead of the service".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    about = models.CharField("for a concern about", max_length=5, choices=About)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="fallback_for")
    role = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = FallbackQuerySet.as_manager()

    class Meta:
        ordering = ["about", "position", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["about", "user"],
                condition=Q(ends_at__isnull=True),
                name="fallback_once_each",
            )
        ]
