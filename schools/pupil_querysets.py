"""Which children somebody works with now, and how one is found without a list of all."""

from datetime import timedelta

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q

from accounts.models import current
from schools.names import FEWEST_LETTERS, is_misspelt

# How much earlier or later than expected a child may be born.
EARLY, LATE = timedelta(days=112), timedelta(days=21)


class InvolvementQuerySet(models.QuerySet):
    def current(self, at=None):
        """Involvements that hold at ``at`` (default now)."""
        return self.filter(current(at))

    def of_schools(self):
        """What schools have, or had, to do with children.

        A school that a child was only expected at has had nothing to do with them.
        """
        return self.filter(school__isnull=False).exclude(source_type="transition")

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

    def with_elsewhere(self, school):
        """``is_elsewhere``: all notes are of other schools, and the child is not taught here."""
        involvement = self.model._meta.get_field("involvements").related_model
        enrolment = self.model._meta.get_field("enrolments").related_model
        of_schools = involvement.objects.of_schools().filter(pupil=OuterRef("pk"))
        taught = enrolment.objects.filter(pupil=OuterRef("pk"), school=school, ends_on=None)
        here = Exists(taught) | Exists(of_schools.filter(school=school))
        return self.annotate(is_elsewhere=Exists(of_schools) & ~here)

    def to_hand_over(self):
        """The vulnerable children, about whom one school tells another (rule 003-22).

        ``on_work``: on somebody's current work; the others have a status.
        """
        involvement = self.model._meta.get_field("involvements").related_model
        status = self.model._meta.get_field("statuses").related_model
        of_child = {"pupil": OuterRef("pk")}
        has_status = Exists(status.objects.filter(ends_on=None, **of_child))
        on_work = Exists(involvement.objects.current().filter(**of_child))
        return self.annotate(on_work=on_work).filter(Q(on_work=True) | has_status)

    def at(self, school):
        """Children taught at the school now."""
        return self.filter(enrolments__school=school, enrolments__ends_on__isnull=True)

    def named_like(self, folded_name, *days):
        """Children born on one of these days with a name like this one (``fold`` it first).

        Nearest names first. A child on record as expected is found by a day about when they
        were due. One query reads the names of those born then, to forgive what trigrams do not.
        """
        born = Q(born_on__in=days)
        for day in days:
            born |= Q(born_on__isnull=True, due_on__range=(day - LATE, day + EARLY))
        named = Q(TrigramWordSimilar(F("folded"), folded_name))
        if len(folded_name) >= FEWEST_LETTERS:
            named |= Q(folded__contains=folded_name)
        else:
            named |= Q(folded__regex=rf"\m{folded_name}\M")
        of_then = self.filter(born).values_list("pk", "folded")
        misspelt = [pk for pk, names in of_then if is_misspelt(folded_name, names)]
        named |= Q(pk__in=misspelt)
        return self.filter(born, named).order_by(
            TrigramWordSimilarity(folded_name, "folded").desc(), "folded", "pk"
        )

    def with_school(self):
        """With ``now_at``: a list of the current enrolment and its school, or empty."""
        enrolment = self.model._meta.get_field("enrolments").related_model
        now = enrolment.objects.filter(ends_on__isnull=True).select_related("school")
        return self.prefetch_related(Prefetch("enrolments", now, to_attr="now_at"))
