"""Which children in transition somebody sees: those who leave their schools or come to them."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from schools.scope import scope_of
from schools.years import school_year_of


class TransitionQuerySet(models.QuerySet):
    def lasting(self):
        """Entries whose child a school works with by them.

        One that put the child on nobody's current work lasts for its school year: the school to
        come asked for a child educated at home, or its autumn was over.
        """
        from schools.models import Involvement

        worked_on = Involvement.objects.filter(
            source_type=self.model._meta.model_name, source_id=OuterRef("pk")
        )
        this_year = school_year_of(timezone.localdate())
        return self.filter(
            Exists(worked_on.current())
            | Q(~Exists(worked_on), ended_at=None, school_year__gte=this_year)
        )

    def visible_to(self, user):
        """Entries of both schools' link workers and managers, while they last (rule 001-40).

        None of a school that the viewer's own child attends.
        """
        from schools.models import Pupil

        scope = scope_of(user)
        excluded = scope.excluded
        mine = Q()
        for side in ("school", "to"):
            mine |= Q(**{f"{side}__in": scope.supports}) | Q(**{f"{side}__hub__in": scope.manages})
        found = self.lasting().filter(mine).select_related("school", "to")
        if not excluded:
            return found
        elsewhere = Pupil.objects.not_at(excluded).filter(pk=OuterRef("pupil"))
        return found.filter(Exists(elsewhere)).exclude(school__in=excluded).exclude(to__in=excluded)
