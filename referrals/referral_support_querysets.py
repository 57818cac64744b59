"""Whose preparation of a school's referral somebody sees (design.md 4)."""

from django.db import models
from django.db.models import Q

from interventions.querysets import withheld_from
from schools.scope import scope_of


class ReferralSupportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Both sides: the school's own, and the team's that works with the school."""
        return self._open_to(user, _of_the_team(user) | _at_school(user))

    def at_school_of(self, user):
        """The school's side: its confirmed head and safeguarding leads.

        Nothing about a child of a consultation withheld from them (design.md 6.14).
        """
        return self._open_to(user, _at_school(user))

    def open(self):
        """Not answered yet, and not stopped."""
        return self.filter(state__in=["preparing", "referred"])

    def _open_to(self, user, seen):
        return self.filter(seen).exclude(school_id__in=scope_of(user).excluded)


def _of_the_team(user):
    """Condition for those of the link workers of the school, and of its hub's managers."""
    scope = scope_of(user)
    return Q(school_id__in=scope.supports) | Q(hub_id__in=scope.manages)


def _at_school(user):
    kept_from = withheld_from(user).filter(consultation__discussed__pupil__isnull=False)
    is_withheld = Q(pupil__in=kept_from.values("consultation__discussed__pupil"))
    return Q(school_id__in=scope_of(user).reads_shared) & (Q(pupil=None) | ~is_withheld)
