"""Which children somebody works with now, and how one is found without a list of all."""

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q

from accounts.models import current


class InvolvementQuerySet(models.QuerySet):
    def current(self, at=None):
        """Involvements that hold at ``at`` (default now)."""
        return self.filter(current(at))

    def of_work(self, user):
        """Current ones that put a child on this user's current work (design.md 3).

        Their own, and those of the schools they support or whose hub they manage; none at a
        school their own child attends.
        """
        from schools.scope import scope_of

        scope = scope_of(user)
        mine = Q(user=scope.user_id) | Q(school_id__in=scope.supports)
        if scope.manages:
            mine |= Q(school__hub_id__in=scope.manages)
        return self.current().filter(mine).exclude(school_id__in=scope.excluded)


class PupilQuerySet(models.QuerySet):
    def on_current_work_of(self, user):
        """Children whose ``Involvement`` is the user's, and whose school is not closed to them."""
        from schools.scope import scope_of

        involvement = self.model._meta.get_field("involvements").related_model
        of_child = involvement.objects.of_work(user).filter(pupil=OuterRef("pk"))
        return self.not_at(scope_of(user).excluded).filter(Exists(of_child))

    def not_at(self, school_ids):
        """Children who are not taught at one of these schools now."""
        if not school_ids:
            return self
        enrolment = self.model._meta.get_field("enrolments").related_model
        there = enrolment.objects.filter(
            pupil=OuterRef("pk"), school_id__in=school_ids, ends_on__isnull=True
        )
        return self.exclude(Exists(there))

    def at(self, school):
        """Children taught at the school now."""
        return self.filter(enrolments__school=school, enrolments__ends_on__isnull=True)

    def named_like(self, folded_name, born_on):
        """Children born on a date with a name that sounds in one of theirs (``fold`` it first)."""
        return self.filter(
            Q(folded__icontains=folded_name) | Q(TrigramWordSimilar("folded", folded_name)),
            born_on=born_on,
        )

    def with_school(self):
        """With ``now_at``: a list of the current enrolment and its school, or empty."""
        enrolment = self.model._meta.get_field("enrolments").related_model
        now = enrolment.objects.filter(ends_on__isnull=True).select_related("school")
        return self.prefetch_related(Prefetch("enrolments", now, to_attr="now_at"))
