"""Whose interventions, sessions, plans and programme cases somebody sees (design.md 4).

The team's side and the school's side are two questions, as with consultations.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.db.models.functions import Cast, Coalesce, Greatest, TruncDate

from consultations.models import Withholding
from schools.models import SchoolContact
from schools.scope import scope_of

# When work is looked at for which nobody set a review, since it was given to somebody.
LATEST_REVIEW = timedelta(weeks=12)


def _of_the_team(rows, user, own):
    """Rows of the schools a user supports and the hubs they manage, and those ``own`` to them."""
    scope = scope_of(user)
    if not scope.roles:
        return rows.none()
    rows = rows.exclude(school_id__in=scope.excluded)
    if scope.county:
        return rows
    return rows.filter(own | Q(school_id__in=scope.supports) | Q(hub_id__in=scope.manages))


def _of_the_school(rows, user):
    """Rows of the schools where the user is a confirmed head or safeguarding lead."""
    scope = scope_of(user)
    return rows.filter(school_id__in=scope.reads_shared).exclude(school_id__in=scope.excluded)


def withheld_from(user):
    """Of which consultations somebody may find no trace (design.md 6.14); ``Withholding`` rows."""
    posts = SchoolContact.objects.lineage_of(user.pk)
    return Withholding.objects.filter(Q(user=user.pk) | Q(contact__in=posts))


class ShortInterventionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The team's side: own schools, own hubs, and the work somebody does themselves."""
        mine = Q(child_worker=user.pk) | Q(parent_worker=user.pk)
        return _of_the_team(self, user, mine)

    def at_school_of(self, user):
        """The school's side: status, worker, dates and what was given to the school.

        Nothing that came from a consultation withheld from the user.
        """
        withheld = withheld_from(user).values("consultation")
        return _of_the_school(self, user).exclude(consultation__in=withheld)

    def open(self):
        return self.exclude(state="closed")

    def waiting(self):
        """Asked for and not allocated yet, the longest waiting first."""
        return self.filter(state="requested").order_by("asked_on", "recorded_at")

    def worked_by(self, user):
        """Open work that the user does."""
        return self.open().filter(Q(child_worker=user.pk) | Q(parent_worker=user.pk))

    def to_look_at(self, user, today):
        """Theirs, ended or not, whose day to look again has come; the longest due first.

        Theirs is what they do or did, and what nobody does at a school they support.
        """
        theirs = Q(child_worker=user.pk) | Q(parent_worker=user.pk)
        theirs |= Q(
            child_worker__isnull=True,
            parent_worker__isnull=True,
            school_id__in=scope_of(user).supports,
        )
        due = self.visible_to(user).filter(theirs, watch_on__lte=today)
        return due.order_by("watch_on", "pk")

    def with_due_on(self):
        """With ``due_on``, as ``review_due_on`` of one row."""
        allocated_on = TruncDate("allocated_at", tzinfo=ZoneInfo(settings.TIME_ZONE))
        begun_on = Greatest(allocated_on, "reopened_on")
        latest = ExpressionWrapper(begun_on + LATEST_REVIEW, models.DateField())
        return self.annotate(due_on=Coalesce("review_on", Cast(latest, models.DateField())))

    def to_review(self, today):
        """Work whose review is due by ``today``, with ``due_on``, the longest due first."""
        going_on = self.exclude(state__in=["requested", "closed"])
        return going_on.with_due_on().filter(due_on__lte=today).order_by("due_on", "pk")


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Sessions of visible work, and those somebody wrote themselves; drafts as notes are.

        A draft is its author's, and is read by managers and by who began it.
        """
        scope = scope_of(user)
        if not scope.roles:
            return self.none()
        work = self.model._meta.get_field("intervention").related_model.objects
        completed = Q(completed_at__isnull=False)
        seen = Q(author=scope.user_id) | Q(started_by=scope.user_id)
        seen |= completed & Q(intervention__in=work.visible_to(user).order_by())
        seen |= Q(intervention__hub_id__in=scope.manages)
        return self.filter(seen).exclude(intervention__school_id__in=scope.excluded)


class EarlyHelpPlanQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The team's side: its holder, the school's workers, managers of the hub."""
        return _of_the_team(self, user, Q(holder=user.pk))

    def at_school_of(self, user):
        """The plans a school leads or was asked to start.

        None that came from a consultation withheld from the user.
        """
        withheld = withheld_from(user).values("consultation")
        theirs = _of_the_school(self, user).filter(lead="school")
        return theirs.exclude(stepped_up_from__consultation__in=withheld)

    def open(self):
        """Started and not ended."""
        return self.filter(starts_on__isnull=False, ends_on__isnull=True)

    def asked(self):
        """Asked for, and the school has not answered yet; the longest waiting first."""
        return self.filter(starts_on__isnull=True, ends_on__isnull=True).order_by("asked_at", "pk")

    def running(self):
        """Open, or asked for: a child has one such plan at most."""
        return self.filter(ends_on__isnull=True)


class ProgrammeCaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The team's side."""
        return _of_the_team(self, user, Q(pk=None))

    def at_school_of(self, user):
        """What the school asked for."""
        return _of_the_school(self, user)

    def waiting(self):
        return self.filter(state="waiting").order_by("asked_on", "recorded_at")


class DisagreementQuerySet(models.QuerySet):
    def waiting(self):
        """Not answered yet, the longest waiting first."""
        return self.filter(answered_at__isnull=True).order_by("said_at", "pk")
