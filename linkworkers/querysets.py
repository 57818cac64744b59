from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils import timezone

from accounts.models import StaffRole, current
from linkworkers import policies
from schools.scope import scope_of


class LinkWorkerQuerySet(models.QuerySet):
    def in_post(self):
        """Workers who can hold schools now."""
        in_role = StaffRole.objects.filter(
            current(), user=OuterRef("user"), role__in=policies.HOLD_SCHOOLS
        )
        return self.filter(Exists(in_role), left_at__isnull=True, user__is_active=True)

    def with_names(self):
        return self.select_related("user", "hub")


class AbsenceQuerySet(models.QuerySet):
    def on(self, day):
        """Absences on this day, and so who is away."""
        return self.between(day, day)

    def between(self, first, last):
        """Absences on any day from ``first`` to ``last``, both included."""
        return self.not_over(first).filter(starts_on__lte=last)

    def not_over(self, day):
        """Absences that last on this day or begin later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class AllocationQuerySet(models.QuerySet):
    def current(self, at=None):
        """Allocations that hold at ``at`` (default now), suspended ones included."""
        return self.filter(current(at))

    def live(self, at=None):
        """Allocations that hold at ``at`` and open the school: not suspended."""
        return self.current(at).filter(suspended_at__isnull=True)

    def covering(self):
        """Allocations by which somebody supports the school now: live, by who can sign in."""
        return self.live().filter(link_worker__user__is_active=True)

    def not_ended(self, at=None):
        """Allocations that hold at ``at`` (default now) or are due to begin later."""
        at = at or timezone.now()
        later = Q(ends_at__gt=at) & Q(ends_at__gt=F("starts_at"))
        return self.filter(Q(ends_at__isnull=True) | later)

    def primary_first(self):
        """The order in which a school's link workers are named: primary, secondary, cover."""
        is_cover = Case(When(kind="cover", then=1), default=0)
        return self.order_by(is_cover, "kind", "starts_at")

    def with_names(self):
        return self.select_related("link_worker__user")

    def visible_to(self, user):
        """Who may open the register sees who holds which school; school people their own's."""
        scope = scope_of(user)
        if scope.opens_register:
            return self
        return self.filter(Q(school_id__in=scope.posts))


class CountyAgreementQuerySet(models.QuerySet):
    def open(self):
        """Proposals that still wait for somebody."""
        return self.filter(state="proposed")

    def visible_to(self, user):
        """Proposals are county business: every team manager and the service manager see them.

        Not at the college that their own child attends (rule 001-53).
        """
        if not policies.may_see_agreements(user):
            return self.none()
        return self.exclude(school__in=scope_of(user).excluded)

    def with_names(self):
        return self.select_related("school__hub", "link_worker__user", "proposed_by")


class OfSchoolQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rows of the schools the user supports or manages, a conflict apart (design.md 4)."""
        scope = scope_of(user)
        rows = self.exclude(school_id__in=scope.excluded)
        if scope.county:
            return rows
        return rows.filter(Q(school_id__in=scope.supports) | Q(hub_id__in=scope.manages))

    def overseen_by(self, user):
        """Rows of the hubs the user manages, of all hubs for the county; a conflict apart."""
        scope = scope_of(user)
        rows = self.exclude(school_id__in=scope.excluded)
        return rows if scope.county else rows.filter(hub_id__in=scope.manages)


class AllocationPlanQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A hub's plans are its managers', those for the county's colleges every manager's."""
        if policies.may_see_agreements(user) and scope_of(user).county:
            return self
        found = Q(hub_id__in=scope_of(user).manages)
        if policies.may_see_agreements(user):
            found |= Q(hub__isnull=True)
        return self.filter(found)
