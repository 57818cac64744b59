"""Whose meetings somebody sees: the council's side and the school's side (design.md 4)."""

from django.apps import apps
from django.db import models
from django.db.models import Q

from schools.scope import scope_of


def _granted(user, *codenames):
    grants = apps.get_model("panels", "MeetingGrant").objects.live()
    return grants.filter(user=user.pk, permission__codename__in=codenames).values("content_object")


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The council's side: what somebody organises or is invited to, and their own hubs'.

        The service manager sees all. Nothing about a school one's own child attends.
        """
        from panels import policies

        scope = scope_of(user)
        if not policies.goes_to_meetings(user):
            return self.none()
        rows = self._not_about(scope.excluded)
        if scope.county:
            return rows
        seen = Q(pk__in=_granted(user, policies.RUNS, policies.ATTENDS))
        if scope.manages:
            seen |= Q(hub_id__in=scope.manages) | Q(pk__in=self._about_hubs(scope.manages))
        return rows.filter(seen)

    def at_school_of(self, user):
        """The school's side: where somebody is invited, for a school whose post they hold now.

        Only once it is called; whoever has no confirmed post there sees nothing.
        """
        from panels import policies

        scope = scope_of(user)
        if not scope.posts:
            return self.none()
        people = apps.get_model("panels", "MeetingPerson").objects
        invited = people.filter(
            user=user.pk, school__in=scope.posts - scope.excluded, removed_at__isnull=True
        )
        return self.filter(
            pk__in=_granted(user, policies.ATTENDS),
            people__in=invited,
            called_at__isnull=False,
        ).distinct()

    def _not_about(self, school_ids):
        if not school_ids:
            return self
        about = apps.get_model("panels", "MeetingSchool").objects.filter(school__in=school_ids)
        return self.exclude(pk__in=about.values("meeting"))

    def _about_hubs(self, hub_ids):
        about = apps.get_model("panels", "MeetingSchool").objects.filter(hub__in=hub_ids)
        return about.values("meeting")

    def of(self, user):
        """Those somebody organises or is invited to, not all they may look up."""
        people = apps.get_model("panels", "MeetingPerson").objects
        invited = people.filter(user=user.pk, removed_at__isnull=True)
        return self.filter(Q(organiser=user.pk) | Q(pk__in=invited.values("meeting")))

    def to_come_or_close(self, until):
        """Called for before ``until`` and not marked as held yet, the earliest first."""
        return self.filter(state="called", starts_at__lt=until).order_by("starts_at", "pk")

    def named(self):
        """With what a line or a page says of each."""
        return self.select_related("organiser", "chair", "panel_area", "hub", "series", "request")
