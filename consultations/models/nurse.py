"""Inviting the school nursing team, once per school per term (rules 001-72, 001-73)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from consultations.models.consultation import Consultation
from consultations.querysets import NurseInviteQuerySet
from schools.models import Hub, NursingTeam, School
from schools.years import NamedTerm, TermName


class InviteState(models.TextChoices):
    """*proposed* by the calendar → *invited* with a date → *cancelled*, or invited anew."""

    PROPOSED = "proposed", "No date yet"
    INVITED = "invited", "Invited"
    CANCELLED = "cancelled", "Cancelled"


@track("place", quiet=("hub",))
class NurseInvite(models.Model):
    """The nursing team's invitation to one term's consultation at one school.

    Nothing in it names a child or a theme. ``sequence`` rises with every change that was sent;
    the calendar's UID is the row's id for life. ``consultation`` is what the appointment became;
    one in which no nurse took part after all leaves the term's still to be arranged.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, related_name="nurse_invites")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    school_year = models.PositiveSmallIntegerField()
    term = models.CharField(max_length=6, choices=TermName)
    state = models.CharField(max_length=9, choices=InviteState, default=InviteState.PROPOSED)
    team = models.ForeignKey(NursingTeam, models.PROTECT, null=True, blank=True, related_name="+")
    # Where the last invitation went: an update or a cancellation goes there too.
    inbox = models.EmailField("duty inbox", blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=60)
    place = models.CharField(max_length=200, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    proposed_at = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    confirmed_on = models.DateField("nurse confirmed on", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    consultation = models.OneToOneField(
        Consultation, models.SET_NULL, null=True, blank=True, related_name="nurse_invite"
    )

    objects = NurseInviteQuerySet.as_manager()

    class Meta:
        ordering = ["-school_year", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "school_year", "term"], name="nurse_once_a_term"
            ),
            models.CheckConstraint(
                condition=~Q(state="invited")
                | Q(starts_at__isnull=False, team__isnull=False, invited_by__isnull=False),
                name="nurse_invited_with_a_date",
            ),
        ]

    @property
    def named_term(self):
        return NamedTerm(self.school_year, TermName(self.term))

    @property
    def term_text(self):
        """``Autumn term 2026``."""
        return str(self.named_term)

    @property
    def version(self):
        """0 before anything was sent, one more with each change: what a page was made from."""
        return 0 if self.sent_at is None else self.sequence + 1

    @property
    def is_held(self):
        """A school nurse took part in the consultation that it became."""
        return self.consultation is not None and self.consultation.nurse_present

    @property
    def is_invited(self):
        return self.state == InviteState.INVITED

    @property
    def has_begun(self):
        """Its time has come, whether or not anybody has recorded it."""
        return self.starts_at is not None and self.starts_at <= timezone.now()
