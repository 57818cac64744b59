from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from audit.services import subject_of


class MessageQuerySet(models.QuerySet):
    def about(self, thing):
        """The messages a record has caused, newest first, with their delivery state."""
        about_type, about_id = subject_of(thing)
        return self.filter(about_type=about_type, about_id=about_id).order_by("-created_at", "-id")

    def unsent(self):
        """What has still to go out."""
        return self.filter(state__in=["pending", "sending"])

    def to_send(self):
        """What a worker may take now: urgent first, then longest waiting; lapsed leases too."""
        return self.unsent().filter(next_try_at__lte=Now()).order_by("-is_urgent", "next_try_at")

    def page(self, *, before=None, after=None, size=50):
        """``(rows, newer, older)``: up to ``size`` rows, newest first, and where to go on.

        ``before`` or ``after`` is the row to go on from. ``newer`` and ``older`` are the ids to
        pass next time, or None where nothing lies there.
        """
        if after:
            rows = list(self._newer_than(after)[: size + 1])
            has_newer, has_older = len(rows) > size, True
            rows = rows[:size][::-1]
        else:
            rows = list(self._older_than(before)[: size + 1])
            has_newer, has_older = before is not None, len(rows) > size
            rows = rows[:size]
        return (
            rows,
            rows[0].id if rows and has_newer else None,
            rows[-1].id if rows and has_older else None,
        )

    def _older_than(self, row):
        rows = self.order_by("-created_at", "-id")
        if row is None:
            return rows
        # The first condition is what the index can begin from.
        return rows.filter(
            Q(created_at__lt=row.created_at) | Q(id__lt=row.id), created_at__lte=row.created_at
        )

    def _newer_than(self, row):
        return self.order_by("created_at", "id").filter(
            Q(created_at__gt=row.created_at) | Q(id__gt=row.id), created_at__gte=row.created_at
        )
