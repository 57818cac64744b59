"""The family's agreement, which the school obtained and holds (rules 001-79, 001-80)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.history import track
from interventions.models.work import Participant, ShortIntervention
from schools.models import SchoolContact


class Answer(models.TextChoices):
    """What the family said. Withdrawn later is ``withdrawn_on`` of what was given."""

    GIVEN = "given", "They agreed"
    LIMITED = "limited", "They agreed, with limits"
    REFUSED = "refused", "They said no"


@track("obtained_by_name", "from_whom", "limits", "held_in", "withdrawn_words")
class ConsentConfirmation(models.Model):
    """The school says what the family answered; the agreement itself stays at the school.

    ``people`` are the participants it names; direct work is done with nobody else, which a
    trigger of the database holds (rule 001-79). ``confirmed_by`` is the head or safeguarding lead
    who said so here, or the link worker whom they told.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intervention = models.ForeignKey(ShortIntervention, models.CASCADE, related_name="consents")
    answer = models.CharField(max_length=7, choices=Answer)
    obtained_by = models.ForeignKey(
        SchoolContact, models.PROTECT, null=True, blank=True, related_name="+"
    )
    obtained_by_name = models.CharField("who at the school asked", max_length=150)
    obtained_on = models.DateField("when the school got the answer")
    from_whom = models.CharField("who answered", max_length=200)
    limits = models.TextField("what they did not agree to", blank=True)
    held_in = models.CharField("where the school keeps it", max_length=100, blank=True)
    people = models.ManyToManyField(Participant, related_name="consents", blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_words = models.CharField("what they said", max_length=500, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-confirmed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("obtained_on")),
                name="consent_withdrawn_after_given",
            ),
            models.CheckConstraint(
                condition=~Q(answer="refused") | Q(withdrawn_on__isnull=True),
                name="consent_refused_is_not_withdrawn",
            ),
            models.CheckConstraint(
                condition=~Q(answer="limited") | ~Q(limits=""), name="consent_limits_are_said"
            ),
            models.CheckConstraint(
                condition=Q(answer="refused") | ~Q(held_in=""), name="consent_is_held_somewhere"
            ),
        ]

    def allows(self, on):
        """Whether direct work on the date ``on`` stands on this confirmation."""
        return (
            self.answer != Answer.REFUSED
            and self.obtained_on <= on
            and (self.withdrawn_on is None or on < self.withdrawn_on)
        )
