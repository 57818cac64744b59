"""A request for support: who asked for what, how it was answered, and what came of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.history import track
from consultations.models import Consultation
from interventions.models import ShortIntervention
from interventions.models.disagreements import SchoolDisagrees, answered_by_somebody
from referrals.request_querysets import SupportRequestQuerySet
from schools.models import Hub, School, SchoolContact


class RequestSource(models.TextChoices):
    """Who asked."""

    SCHOOL = "school", "The school"
    FRONT_DOOR = "front_door", "The front door"
    DUTY_MANAGER = "duty_manager", "The duty manager"


class Wanted(models.TextChoices):
    """What was asked for; the first is the front door's (rule 001-88)."""

    DISCUSSION = "discussion", "A discussion with the link worker, below Level 3"
    CONSULTATION = "consultation", "An Early help consultation"
    ADVICE = "advice", "Advice"
    SHORT_WORK = "short_work", "Short work with a child or a family"
    CASO = "caso", "A CASO meeting"


# What each may ask for.
WANTED_BY = {
    RequestSource.SCHOOL: (Wanted.CONSULTATION, Wanted.ADVICE, Wanted.SHORT_WORK, Wanted.CASO),
    RequestSource.FRONT_DOOR: (Wanted.DISCUSSION, Wanted.SHORT_WORK),
    RequestSource.DUTY_MANAGER: (Wanted.SHORT_WORK, Wanted.CONSULTATION, Wanted.ADVICE),
}


class HowSoon(models.TextChoices):
    DAYS = "days", "Within a few days"
    FORTNIGHT = "fortnight", "Within two weeks"
    TERM = "term", "This term"


class Channel(models.TextChoices):
    """How it reached the team."""

    PAGE = "page", "In Linkbook"
    PHONE = "phone", "By phone"
    EMAIL = "email", "By email"
    IN_PERSON = "in_person", "In person"


class RequestState(models.TextChoices):
    RECEIVED = "received", "Waiting"
    ACKNOWLEDGED = "acknowledged", "Read, not answered yet"
    MEETING = "meeting", "To be a meeting"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Withdrawn"


class RequestOutcome(models.TextChoices):
    CONSULTATION = "consultation", "An Early help consultation"
    SHORT_WORK = "short_work", "Short work is asked for"
    ADVICE = "advice", "Advice was given"
    MEETING = "meeting", "A CASO meeting is to be called"
    CALLED = "called", "A CASO meeting is called"
    DECLINED = "declined", "Not taken up"


class DeclinedWhy(models.TextChoices):
    """Why a request is not taken up."""

    OTHER_SUPPORT = "other_support", "Other support fits better"
    FRONT_DOOR = "front_door", "It is for the front door"
    IN_HAND = "in_hand", "It is being dealt with already"
    NOT_IN_TIME = "not_in_time", "Nobody can do it in the time it is needed"
    NOT_OURS = "not_ours", "It is not something the team does"
    MISTAKE = "mistake", "It was recorded twice, or by mistake"


@track("asked_name", "asked_role", "words", "suits", quiet=("hub",))
class SupportRequest(models.Model):
    """Support that a school, the front door or the duty manager asks for (design.md 3).

    *received* → *acknowledged* → *answered*, or *to be a meeting* until that is called; whoever
    asked may withdraw it before. ``asked_by`` is who asked, as far as they have an account; a
    request by phone has the ``contact`` of the school or a name. ``passed_to`` is the link worker
    a team manager gave it to: before that a duty manager's request is in the managers' queue
    alone (rule 001-91). Each step of it is a ``RequestStep`` of its own. The hub is copied from the
    school and held true by a composite key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="support_requests")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=RequestState, default=RequestState.RECEIVED)

    source = models.CharField("who asked", max_length=12, choices=RequestSource)
    wanted = models.CharField("what is asked for", max_length=12, choices=Wanted)
    how_soon = models.CharField(max_length=9, choices=HowSoon)
    suits = models.TextField("when it suits", blank=True)
    words = models.TextField("what it is about")
    channel = models.CharField("how it came", max_length=9, choices=Channel, default=Channel.PAGE)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    contact = models.ForeignKey(
        SchoolContact, models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_name = models.CharField("name of who asked", max_length=150)
    asked_role = models.CharField("what they do", max_length=200, blank=True)

    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    passed_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    passed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=12, choices=RequestOutcome, blank=True)
    declined_why = models.CharField(max_length=13, choices=DeclinedWhy, blank=True)
    # A draft may be thrown away by its author: the request then waits again.
    consultation = models.ForeignKey(
        Consultation, models.SET_NULL, null=True, blank=True, related_name="support_requests"
    )
    intervention = models.ForeignKey(
        ShortIntervention, models.PROTECT, null=True, blank=True, related_name="support_requests"
    )

    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(received_at__lte=F("recorded_at")),
                name="request_is_recorded_after_it_came",
            ),
            models.CheckConstraint(
                condition=Q(source="school") & ~Q(wanted="discussion")
                | Q(source="front_door", wanted__in=["discussion", "short_work"])
                | Q(source="duty_manager") & ~Q(wanted__in=["discussion", "caso"]),
                name="request_wants_what_its_source_may",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                & Q(state__in=["received", "withdrawn"])
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False)
                & ~Q(state="received"),
                name="request_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=False, answered_by__isnull=False)
                & (
                    Q(state="meeting", outcome="meeting")
                    | Q(
                        state="answered",
                        outcome__in=["consultation", "short_work", "advice", "called", "declined"],
                    )
                )
                | Q(state__in=["received", "acknowledged", "withdrawn"], outcome=""),
                name="request_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(outcome="declined") & ~Q(declined_why="")
                | ~Q(outcome="declined") & Q(declined_why=""),
                name="request_declined_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(passed_at__isnull=True, passed_to__isnull=True)
                | Q(passed_at__isnull=False, passed_to__isnull=False),
                name="request_passed_on_to_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["hub", "received_at", "id"],
                condition=Q(state__in=["received", "acknowledged", "meeting"]),
                name="request_open_of_hub",
            ),
            models.Index(
                fields=["school", "received_at", "id"],
                condition=Q(state__in=["received", "acknowledged", "meeting"]),
                name="request_open_of_school",
            ),
            models.Index(fields=["hub", "received_at", "id"], name="request_of_hub"),
            models.Index(fields=["school", "received_at", "id"], name="request_of_school"),
        ]

    def get_absolute_url(self):
        return f"/requests/{self.pk}/"

    @property
    def has_lost_its_draft(self):
        """The consultation that was begun from it was thrown away as a draft."""
        return self.outcome == RequestOutcome.CONSULTATION and self.consultation_id is None

    @property
    def waits(self):
        """Nobody has answered it yet."""
        return (
            self.state in (RequestState.RECEIVED, RequestState.ACKNOWLEDGED)
            or self.has_lost_its_draft
        )

    @property
    def is_open(self):
        """It waits for an answer, or for the meeting that is to be called."""
        return self.waits or self.state == RequestState.MEETING

    @property
    def seen(self):
        """A text that differs once it is answered, or answered anew."""
        return self.answered_at.isoformat() if self.answered_at else "-"

    @property
    def is_at_managers_only(self):
        """A duty manager's, which no team manager has passed on yet (rule 001-91)."""
        return self.source == RequestSource.DUTY_MANAGER and self.passed_at is None

    @property
    def is_ahead(self):
        """It may still be taken up: it waits, is to be a meeting, or was answered in words."""
        return self.is_open or self.outcome in (RequestOutcome.ADVICE, RequestOutcome.DECLINED)

    @property
    def who_asked(self):
        """``Dora Lead, DSL``."""
        return ", ".join(filter(None, (self.asked_name, self.asked_role)))


class StepKind(models.TextChoices):
    RECEIVED = "received", "Asked"
    ACKNOWLEDGED = "acknowledged", "Read"
    ADDED = "added", "Added"
    PASSED_ON = "passed_on", "Passed on"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Withdrawn"


@track("text")
class RequestStep(models.Model):
    """One step of a request, by whom and when; written once, so that nothing said is lost.

    ``from_school`` says on which side it was done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(SupportRequest, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    from_school = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=12, choices=RequestOutcome, blank=True)
    declined_why = models.CharField(max_length=13, choices=DeclinedWhy, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["request", "at"], name="request_step_in_order")]


@track("why", "answer")
class RequestDisagreement(SchoolDisagrees):
    """With the answer to its request."""

    request = models.ForeignKey(SupportRequest, models.CASCADE, related_name="disagreements")
    outcome = models.CharField("how it was answered", max_length=12, choices=RequestOutcome)

    class Meta(SchoolDisagrees.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(answered_at__isnull=True),
                name="request_disagreement_waits_once",
            ),
            answered_by_somebody("request_disagreement_answered_by_somebody"),
        ]
