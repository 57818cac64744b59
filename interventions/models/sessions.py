"""What was done with a child or a parent, recorded in five parts (rules 001-113 to 001-119)."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from drafts.models import HandedOver, handed_over_by_somebody
from interventions.models.work import Participant, ShortIntervention
from interventions.querysets import SessionQuerySet
from schools.models import Pupil


class Contact(models.TextChoices):
    """Direct work needs the school's confirmation; other contact needs none (design.md 6.5)."""

    DIRECT = "direct", "Direct work"
    OTHER = "other", "Other contact"


class OtherContact(models.TextChoices):
    WELFARE = "welfare", "Welfare check"
    ATTEMPT = "attempt", "Attempt to engage the family"
    SIGNPOSTING = "signposting", "Signposting"
    TAF = "taf", "Team around the family meeting"
    PROFESSIONALS = "professionals", "Professionals’ discussion"


class SessionPlace(models.TextChoices):
    SCHOOL = "school", "In school"
    HOME = "home", "At home"
    ONLINE = "online", "Online"
    PHONE = "phone", "By phone"
    ELSEWHERE = "elsewhere", "Somewhere else"


class Attended(models.TextChoices):
    YES = "yes", "It took place"
    NOT_BROUGHT = "not_brought", "The child was not brought"
    NOT_ATTENDED = "not_attended", "They did not attend"
    CANCELLED = "cancelled", "It was cancelled"


class SeenAlone(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_SEEN = "not_seen", "The child was not seen"


@track(
    "others_present",
    "visit_with",
    "risks",
    "absent_family_why",
    "not_held_words",
    "handed_over_why",
)
class Session(HandedOver):
    """One contact: its text lives in the author's draft until it is completed, which locks it.

    ``people`` are the participants it was with. What is written is kept for each child in a
    ``SessionPart``. ``not_held_words`` says what was done when nobody came. A draft that was
    handed over has the ``author`` who finishes it, and was ``started_by`` its first.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intervention = models.ForeignKey(ShortIntervention, models.PROTECT, related_name="sessions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    held_on = models.DateField("date")
    starts_at = models.TimeField("time", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("length in minutes", null=True, blank=True)
    contact = models.CharField(max_length=6, choices=Contact, default=Contact.DIRECT)
    other_kind = models.CharField(max_length=13, choices=OtherContact, blank=True)
    place = models.CharField(max_length=9, choices=SessionPlace, default=SessionPlace.SCHOOL)
    people = models.ManyToManyField(Participant, related_name="sessions", blank=True)
    others_present = models.CharField("who else was there", max_length=300, blank=True)
    # A home visit: with whom of the school, and what to mind (rule 001-31).
    visit_with = models.CharField("visited with", max_length=200, blank=True)
    risks = models.TextField("risks", blank=True)
    # A professionals' discussion may be without the family, for a reason (rule 001-30).
    family_present = models.BooleanField(null=True, blank=True)
    absent_family_why = models.CharField(max_length=500, blank=True)
    attended = models.CharField(max_length=12, choices=Attended, default=Attended.YES)
    not_held_words = models.TextField("what was done", blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contact="direct", other_kind="")
                | Q(contact="other") & ~Q(other_kind="")
                | Q(completed_at__isnull=True),
                name="session_other_contact_is_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(attended="yes") | Q(completed_at__isnull=True) | ~Q(not_held_words=""),
                name="session_missed_says_what_was_done",
            ),
            handed_over_by_somebody("session_handed_over_by_somebody"),
        ]
        triggers = [
            # Rule 001-79: no direct work but with those whom a confirmation names, from its date
            # on. Whoever it was with is written before the session is completed.
            pgtrigger.Trigger(
                name="direct_work_needs_consent",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__contact="direct", new__completed_at__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM interventions_session_people WHERE session_id = NEW.id
                    ) OR EXISTS (
                        SELECT 1 FROM interventions_session_people AS person
                        WHERE person.session_id = NEW.id AND NOT EXISTS (
                            SELECT 1 FROM interventions_consentconfirmation AS consent
                            JOIN interventions_consentconfirmation_people AS named
                                ON named.consentconfirmation_id = consent.id
                            WHERE named.participant_id = person.participant_id
                                AND consent.intervention_id = NEW.intervention_id
                                AND consent.answer <> 'refused'
                                AND consent.obtained_on <= NEW.held_on
                                AND (consent.withdrawn_on IS NULL
                                    OR NEW.held_on < consent.withdrawn_on)
                        )
                    ) THEN
                        RAISE EXCEPTION 'direct work without a confirmation that names everyone'
                            USING ERRCODE = 'check_violation',
                                CONSTRAINT = 'session_direct_work_needs_consent';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]
        indexes = [
            models.Index(fields=["intervention", "-held_on"], name="session_of_intervention"),
            models.Index(
                fields=["author"], condition=Q(completed_at__isnull=True), name="session_drafts"
            ),
        ]

    def get_absolute_url(self):
        return f"/interventions/sessions/{self.pk}/"

    @property
    def is_draft(self):
        return self.completed_at is None

    @property
    def took_place(self):
        return self.attended == Attended.YES

    @property
    def school_id(self):
        """The school of the work, for the audit."""
        return self.intervention.school_id

    @property
    def what(self):
        """Direct work, or the kind of other contact, in words."""
        return self.get_other_kind_display() or self.get_contact_display()


@track("support_given", "analysis", "childs_words", "school_text", "headline")
class SessionPart(models.Model):
    """One child's part of a session: nothing in it is about another child (rule 001-118).

    ``school_text`` is what the school attaches to its own record (rule 001-114); ``analysis``
    stays in the team and in the systems of record.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="parts")
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="session_parts")
    position = models.PositiveSmallIntegerField(default=0)
    support_given = models.TextField("intervention or support given", blank=True)
    analysis = models.TextField("our analysis", blank=True)
    childs_words = models.TextField("the child’s own words", blank=True)
    seen_alone = models.CharField(max_length=8, choices=SeenAlone, blank=True)
    no_actions = models.BooleanField("no actions were agreed", default=False)
    school_text = models.TextField("note for the school", blank=True)
    given_at = models.DateTimeField("given to the school at", null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    stored_on = models.DateField("stored on the child’s record on", null=True, blank=True)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_significant = models.BooleanField("significant for the chronology", default=False)
    headline = models.CharField("one line for the chronology", max_length=200, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "pupil"], name="session_part_of_each_child"),
            models.CheckConstraint(
                condition=Q(stored_on__isnull=True)
                | Q(given_at__isnull=False, stored_by__isnull=False),
                name="session_stored_after_given",
            ),
        ]
        indexes = [models.Index(fields=["pupil"], name="session_part_of_child")]


@track("text")
class SessionAddendum(models.Model):
    """Dated text about one child's part, added after a session was completed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.ForeignKey(SessionPart, models.CASCADE, related_name="addenda")
    text = models.TextField()
    for_school = models.BooleanField("the school reads it too", default=False)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at"]
        verbose_name_plural = "session addenda"
