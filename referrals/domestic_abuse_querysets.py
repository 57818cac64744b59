"""Who reads a police notice: those named, and nobody by being near the child (design.md 4)."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from referrals import policies
from schools.models import SchoolContact
from schools.roles import ContactRole
from schools.scope import scope_of

AT_SCHOOL = {"dsl": ContactRole.DSL, "deputy": ContactRole.DEPUTY}


class DomesticAbuseNoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Both sides; nobody who must not be told, or whose own child attends the school."""
        return self._open_to(user, self._of_the_team(user) | self._at_school(user))

    def of_the_team_of(self, user):
        """The team's side: with the assessment, and who must not be told."""
        return self._open_to(user, self._of_the_team(user))

    def at_school_of(self, user):
        """The school's side: a safeguarding lead or deputy who was told and is still one."""
        return self._open_to(user, self._at_school(user))

    def to_assess(self):
        """Not assessed yet, the longest waiting first."""
        return self.filter(assessed_at__isnull=True).order_by("received_at", "pk")

    def that_wait(self):
        """Not assessed, not decided about, or opened by nobody of the school that was told."""
        return self.filter(
            Q(assessed_at__isnull=True)
            | Q(closed_until__isnull=False, decided_at__isnull=True)
            | Q(told_at__isnull=False, opened_at__isnull=True)
        )

    def _open_to(self, user, seen):
        scope = scope_of(user)
        rows = self.filter(seen, ~self._named(user, "kept"))
        return rows.exclude(school_id__in=scope.excluded)

    def _of_the_team(self, user):
        """Managers of the hub and of the service, who entered it, and who was named."""
        scope = scope_of(user)
        seen = Q(hub_id__in=scope.manages)
        seen |= Q(school_id__in=scope.supports) & self._named(user, "named")
        if scope.county:
            seen |= Q(pk__isnull=False)
        if policies.enters_notices(user):
            seen |= Q(self._named(user, "entered"))
        return seen

    def _at_school(self, user):
        seen = Q(pk__in=[])
        for why, role in AT_SCHOOL.items():
            seen |= Q(self._named(user, why), self._holds_post(user, role))
        return Q(school_id__in=scope_of(user).reads_shared) & seen

    def _named(self, user, why):
        readers = self.model._meta.get_field("readers").related_model
        return Exists(readers.objects.filter(notice=OuterRef("pk"), user=user.pk, why=why))

    def _holds_post(self, user, role):
        posts = SchoolContact.objects.current().filter(
            user=user.pk,
            school=OuterRef("school"),
            roles__contains=[role],
            confirmed_at__isnull=False,
        )
        return Exists(posts)
