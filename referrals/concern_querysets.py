"""Which concerns somebody sees, which are due, and who is on the lists (design.md 4 and 5)."""

from django.db import models
from django.db.models import Q

from accounts.models import current
from schools.scope import scope_of


class ConcernQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Their own, those they were told of, and those of the hubs they manage.

        Who was told reads on while they have a staff role or are on a list of who is told. Nothing
        of a concern they are kept from or of a school that their own child attends, and not even a
        trace; what somebody raised themselves they always see.
        """
        scope = scope_of(user)
        if not (scope.is_council or self._related("raised_by", "fallback_for").now_for(user)):
            return self.none()
        reached = Q(pk__in=self._related("told").filter(user=user.pk).values("concern"))
        if scope.county:
            reached = ~Q(pk__in=[])
        elif scope.manages:
            reached |= Q(hub_id__in=scope.manages)
        kept = self._related("kept_from").in_force().filter(user=user.pk)
        reached &= ~Q(pk__in=kept.values("concern"))
        if scope.excluded:
            reached &= ~Q(school_id__in=scope.excluded)
        return self.filter(Q(raised_by=user.pk) | reached)

    def _related(self, *path):
        """The rows at the end of a path of relations, which this module cannot import."""
        model = self.model
        for name in path:
            model = model._meta.get_field(name).related_model
        return model.objects

    def unheld(self):
        """Nobody has them yet, the least time left first."""
        return self.filter(acknowledged_at__isnull=True).order_by("aware_at", "pk")

    def to_decide(self):
        """Somebody has them and has not decided yet, the longest held first."""
        held = self.filter(acknowledged_at__isnull=False, decided_at__isnull=True)
        return held.order_by("acknowledged_at", "pk")

    def due(self, at):
        """Somebody is to be told or reminded at ``at``; the longest due first."""
        return self.filter(remind_at__lte=at).order_by("remind_at")


class KeptFromQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(lifted_at__isnull=True)


class ObjectionQuerySet(models.QuerySet):
    def waiting(self):
        """Not answered yet, the longest waiting first."""
        return self.filter(answered_at__isnull=True).order_by("said_at")


class FallbackQuerySet(models.QuerySet):
    def of(self, about):
        """A list as an administrator keeps it, in its order."""
        return self.filter(about=about, ends_at__isnull=True)

    def now(self, about=None):
        """Who is on the list now, in its order, with their account in use."""
        rows = self.filter(current(), user__is_active=True)
        return rows if about is None else rows.filter(about=about)

    def now_for(self, user):
        """Whether the user is on one of the lists now."""
        return self.now().filter(user=user.pk).exists()
