"""Whose requests for support somebody sees: the team's side and the school's side (design.md 4)."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from interventions.querysets import withheld_from
from schools.models import SchoolContact
from schools.scope import scope_of

# Answered by nobody yet; a consultation whose draft was thrown away waits again.
WAITS = Q(state__in=["received", "acknowledged"]) | Q(
    outcome="consultation", consultation__isnull=True
)
# In a manager's hands alone until it is passed on (rule 001-91).
REACHES_WORKERS = ~Q(source="duty_manager") | Q(passed_at__isnull=False)


class SupportRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The team's side: own schools, own hubs; CASO requests for the coordinator.

        A duty manager's stays in the managers' queue until it is passed on (rule 001-91); the
        duty manager sees what they logged. Nothing at a school one's own child attends.
        """
        from referrals import policies

        scope = scope_of(user)
        if not scope.roles:
            return self.none()
        rows = self.exclude(school_id__in=scope.excluded)
        if scope.county:
            return rows
        seen = Q(hub_id__in=scope.manages)
        seen |= Q(school_id__in=scope.supports) & REACHES_WORKERS
        if policies.answers_for_meetings(user):
            seen |= (Q(wanted="caso") | Q(state="meeting")) & REACHES_WORKERS
        if policies.is_on_duty(user):
            seen |= Q(recorded_by=user.pk)
        return rows.filter(seen)

    def at_school_of(self, user):
        """The school's side: confirmed heads and safeguarding leads follow their school's.

        SENCOs, pastoral and attendance leads in post follow what they asked for themselves. What
        the front door asked for is there once it is answered, a duty manager's never, and nothing
        that led to what is withheld from the user (design.md 6.14).
        """
        scope = scope_of(user)
        withheld = withheld_from(user).values("consultation")
        asked_here = Q(source="school")
        told = asked_here | Q(source="front_door", outcome__gt="")
        seen = told & Q(school_id__in=scope.reads_shared)
        seen |= asked_here & Q(school_id__in=scope.asks) & self._asked_by(user)
        return (
            self.filter(seen)
            .exclude(school_id__in=scope.excluded)
            .exclude(consultation__in=withheld)
            .exclude(intervention__consultation__in=withheld)
        )

    def _asked_by(self, user):
        """Asked in Linkbook, or as the contact they are, whose address may have changed since."""
        own = SchoolContact.objects.filter(user=user.pk, pk=OuterRef("contact"))
        return Q(asked_by=user.pk) | Q(Exists(own))

    def waiting(self):
        """Answered by nobody yet."""
        return self.filter(WAITS)

    def open(self):
        """Not answered, or to be a meeting that has not been called."""
        return self.filter(WAITS | Q(state="meeting"))

    def over(self):
        """Answered, or withdrawn."""
        return self.filter(state__in=["answered", "withdrawn"]).exclude(WAITS)

    def longest_waiting(self):
        """Answered by nobody yet, the longest waiting first."""
        return self.waiting().order_by("received_at", "pk")

    def named(self):
        """With what a line or a page says of each; no query more."""
        return self.select_related("school", "passed_to", "acknowledged_by", "answered_by")
