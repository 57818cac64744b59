"""Who takes part in a meeting: schools, people of the council and of schools, agencies, children.

Of each child it says whose it is, on what basis it is talked about and with which agencies. No
school ever finds another school's child.
"""

import secrets
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from panels.models.meetings import Meeting
from schools.models import Agency, AgencyContact, Hub, Pupil, School, SchoolContact


class Reply(models.TextChoices):
    NONE = "", "No answer yet"
    COMING = "coming", "Coming"
    APOLOGIES = "apologies", "Apologies"


def new_reference():
    """What stands for a child in the minutes: ``P4172``."""
    return f"P{secrets.randbelow(9000) + 1000}"


class SharingBasis(models.TextChoices):
    """What allows a child to be talked about with the others (domain-facts.md 2.10, 3.5)."""

    AGREED = "agreed", "The family has agreed"
    PUBLIC_TASK = "public_task", "Public task: it is needed to help the child, without agreement"
    SAFEGUARDING = "safeguarding", "To keep the child safe: asking would put somebody at risk"


@track(quiet=("hub",))
class MeetingSchool(models.Model):
    """A school that the meeting is about; the hub is copied from it and held true by a key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="schools")
    school = models.ForeignKey(School, models.PROTECT, related_name="meetings")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["school__name"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "school"], name="meeting_school_once")
        ]
        indexes = [
            models.Index(fields=["hub", "meeting"], name="meeting_school_of_hub"),
            models.Index(fields=["school", "meeting"], name="meeting_school_of_school"),
        ]


@track("basis_words")
class MeetingPupil(models.Model):
    """A child the meeting talks about, of one of its schools, with the child's own audience.

    ``shared_with`` are the agencies that may read what is said of the child; of the schools it is
    the child's own and no other, ever. A panel's child may have no school (rule 001-94).
    ``reference`` stands for the child in the minutes: drawn by lot, so that nobody can tell from it
    how many others there are.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="pupils")
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="meetings")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    reference = models.CharField(max_length=5, default=new_reference)
    basis = models.CharField("what allows it", max_length=12, choices=SharingBasis)
    basis_words = models.CharField("who agreed and when, or why not", max_length=500)
    shared_with = models.ManyToManyField(Agency, blank=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "pupil"], name="meeting_pupil_once"),
            models.UniqueConstraint(
                fields=["meeting", "reference"], name="meeting_pupil_reference_once"
            ),
        ]
        indexes = [models.Index(fields=["pupil"], name="meeting_of_pupil")]
        triggers = [
            pgtrigger.Trigger(
                name="none_at_a_forum",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM panels_meeting m
                        WHERE m.id = NEW.meeting_id AND m.kind = 'forum'
                    ) THEN
                        RAISE EXCEPTION 'rule 001-95: a forum takes no child'
                        USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]


class PlacementCategory(models.TextChoices):
    """Why a child comes to the panel, as fair access protocols have it (domain-facts.md 2.7)."""

    SOCIAL_CARE = "social_care", "Child in need or on a child protection plan, now or in the year"
    REFUGE = "refuge", "Living in a refuge or other emergency accommodation"
    JUSTICE = "justice", "From the criminal justice system"
    ALTERNATIVE = "alternative", "In alternative provision, or permanently excluded"
    NEEDS = "needs", "Special educational needs without a plan, disability or a medical condition"
    CARER = "carer", "Carer"
    HOMELESS = "homeless", "Homeless"
    KINSHIP = "kinship", "In formal kinship care"
    TRAVELLER = "traveller", "Gypsy, Roma, Traveller, refugee or asylum seeker"
    REFUSED = "refused", "Refused a place for challenging behaviour"
    EXCEPTIONAL = "exceptional", "Exceptional circumstances"
    OUT_OF_SCHOOL = "out_of_school", "Out of education for four weeks or more"
    LOOKED_AFTER = "looked_after", "Previously looked after"


@track("decision")
class PanelRecord(models.Model):
    """The light record of a child at a placement panel: not the admissions case itself.

    A place is to be found within 20 school days of ``agreed_on`` (domain-facts.md 2.7).
    """

    meeting_pupil = models.OneToOneField(
        MeetingPupil, models.CASCADE, primary_key=True, related_name="panel_record"
    )
    category = models.CharField(max_length=13, choices=PlacementCategory)
    agreed_on = models.DateField("agreed under the protocol on", null=True, blank=True)
    placed_at = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="school named"
    )
    placed_on = models.DateField("first day at the school", null=True, blank=True)
    decision = models.CharField("what was decided", max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(placed_on__isnull=True) | Q(placed_at__isnull=False),
                name="panel_record_placed_somewhere",
            )
        ]


class TakesPart(models.Model):
    """An invitation of somebody, how it was answered, and whether they came."""

    reply = models.CharField(max_length=9, choices=Reply, blank=True, default=Reply.NONE)
    attended = models.BooleanField(null=True, blank=True)
    # Terms of reference and confidentiality (peers.md F36).
    accepted_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


@track("name", "email", "role")
class MeetingAgency(TakesPart):
    """An agency at the meeting by one of its contacts, who has no account (rule 000-8).

    Name and address stay as they were invited, whatever becomes of the contact. ``role`` is what
    the agency is there for (rule 000-9).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agencies")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="meetings")
    contact = models.ForeignKey(
        AgencyContact, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=150)
    email = models.EmailField("email address", blank=True)
    role = models.CharField("what they are there for", max_length=200, blank=True)

    class Meta:
        ordering = ["agency__name", "name"]
        verbose_name_plural = "meeting agencies"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "agency", "contact"],
                condition=Q(contact__isnull=False),
                name="meeting_agency_contact_once",
            )
        ]

    @property
    def owner_text(self):
        """Whose an action is: ``DS Rob Hale, Police``, or the agency where nobody is named."""
        if self.name == self.agency.name:
            return self.name
        return f"{self.name}, {self.agency.name}"


@track("name")
class MeetingPerson(TakesPart):
    """Somebody of the council or of a school who is invited.

    ``contact`` and ``school`` are set for people of a school, whose ``user`` may be missing.
    ``removed_at`` ends the invitation: the row stays for what they have seen.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="people")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    contact = models.ForeignKey(
        SchoolContact, models.PROTECT, null=True, blank=True, related_name="+"
    )
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=150)
    # Rule 001-96: which manager decided that they attend a local panel.
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["school__name", "name"]
        verbose_name_plural = "meeting people"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user", "school"],
                nulls_distinct=False,
                condition=Q(user__isnull=False, removed_at__isnull=True),
                name="meeting_user_once",
            ),
            models.UniqueConstraint(
                fields=["meeting", "contact"],
                condition=Q(contact__isnull=False, removed_at__isnull=True),
                name="meeting_contact_once",
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=True, school__isnull=True, user__isnull=False)
                | Q(contact__isnull=False, school__isnull=False),
                name="meeting_person_of_council_or_school",
            ),
        ]
        indexes = [models.Index(fields=["user", "meeting"], name="meeting_person_user")]
