"""Whose meetings somebody sees: the council's side and the school's side (design.md 4)."""

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

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
        rows = self.not_about(scope.excluded)
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

    def not_about(self, school_ids):
        """Those about none of these schools."""
        if not school_ids:
            return self
        about = apps.get_model("panels", "MeetingSchool").objects.filter(school__in=school_ids)
        return self.exclude(pk__in=about.values("meeting"))

    def _about_hubs(self, hub_ids):
        about = apps.get_model("panels", "MeetingSchool").objects.filter(hub__in=hub_ids)
        return about.values("meeting")

    def of(self, user):
        """Those somebody organises, minutes or is invited to, not all they may look up."""
        people = apps.get_model("panels", "MeetingPerson").objects
        invited = people.filter(user=user.pk, removed_at__isnull=True)
        theirs = Q(organiser=user.pk) | Q(minuted_by=user.pk)
        return self.filter(theirs | Q(pk__in=invited.values("meeting")))

    def run_by(self, user):
        """Those somebody organises, and those of the hubs they manage."""
        hubs = scope_of(user).manages
        return self.filter(
            Q(organiser=user.pk) | Q(hub_id__in=hubs) | Q(pk__in=self._about_hubs(hubs))
        )

    def minuted_or_run_by(self, user):
        """Those somebody takes the minutes of, organises, or manages the hubs of."""
        return self.filter(Q(minuted_by=user.pk)) | self.run_by(user)

    def to_come_or_close(self, until):
        """Called for before ``until`` and not marked as held yet, the earliest first."""
        return self.filter(state="called", starts_at__lt=until).order_by("starts_at", "pk")

    def to_finish(self, held_before):
        """Held before ``held_before``, ours to minute, and no minutes final: the earliest first."""
        versions = apps.get_model("panels", "MinutesVersion").objects
        late = self.filter(
            ~Exists(versions.filter(meeting=OuterRef("pk"))),
            state="held",
            minuted_by__isnull=False,
            starts_at__lt=held_before,
        )
        return late.order_by("starts_at", "pk")

    def named(self):
        """With what a line or a page says of each."""
        return self.select_related("organiser", "chair", "panel_area", "hub", "series", "request")


class DistributionQuerySet(models.QuerySet):
    def standing(self):
        """What is neither revoked nor replaced by the copy of a later version."""
        return self.filter(revoked_at__isnull=True).exclude(Exists(self.model.objects.newer()))

    def of_final(self):
        """Those standing whose version is the minutes as they stand: none follows or is written."""
        later = apps.get_model("panels", "MinutesVersion").objects.filter(
            meeting=OuterRef("version__meeting"), number__gt=OuterRef("version__number")
        )
        return self.standing().filter(~Exists(later), version__meeting__state="finalised")

    def newer(self):
        """Inside a query about copies: those of later versions for the same recipient."""
        same = Q(agency=OuterRef("agency")) | Q(person=OuterRef("person"))
        return self.filter(
            same,
            version__meeting=OuterRef("version__meeting"),
            version__number__gt=OuterRef("version__number"),
        )

    def read_by(self, user):
        """What somebody of a school was sent and may read still, the latest version first.

        A copy that speaks of children is for who is a confirmed head or safeguarding lead now.
        """
        meetings = apps.get_model("panels", "Meeting").objects.at_school_of(user)
        here = scope_of(user).posts - scope_of(user).excluded
        return (
            self.standing()
            .filter(
                Q(copy__children=[]) | Q(person__school__in=scope_of(user).reads_shared),
                person__user=user.pk,
                person__removed_at__isnull=True,
                person__school__in=here,
                version__meeting__in=meetings.values("pk"),
            )
            .select_related("version__meeting", "person__school")
            .order_by("-version__number", "actions_sent_at")
        )
