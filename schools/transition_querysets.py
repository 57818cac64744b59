"""Which children in transition somebody sees: those it put on their current work."""

from django.db import models
from django.db.models import Exists, OuterRef

from schools.scope import scope_of


class TransitionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Entries of both schools' link workers and managers, until their involvement ends.

        (rule 001-40.) None of a school that the viewer's own child attends.
        """
        from schools.models import Involvement, Pupil

        excluded = scope_of(user).excluded
        involved = Involvement.objects.of_work(user).filter(
            source_type=self.model._meta.model_name, source_id=OuterRef("pk")
        )
        found = self.filter(Exists(involved)).select_related("school", "to")
        if not excluded:
            return found
        elsewhere = Pupil.objects.not_at(excluded).filter(pk=OuterRef("pupil"))
        return found.filter(Exists(elsewhere)).exclude(school__in=excluded).exclude(to__in=excluded)
