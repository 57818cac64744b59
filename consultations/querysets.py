"""Which consultations somebody may see: the team's side and the school's side.

Both filter by equality on literal scope keys; lists come from ``newest``, which merges one
ordered scan per key (performance.md).
"""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from schools.models import SchoolContact
from schools.scope import scope_of

# What a list shows of a row: never its texts.
LISTED = ("school__name", "author__name", "held_at", "kind", "state", "stored_on")


class ConsultationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The team's side (design.md 4).

        Drafts: their author, and managers of the hub. Completed and shared: link workers and
        managers of the school, the service manager, and whoever wrote it (read only once the
        allocation has ended). Nothing at a school one's own child attends.
        """
        scope = scope_of(user)
        if not scope.roles:
            return self.none()
        finished = ~Q(state="draft")
        seen = Q(author=scope.user_id)
        if scope.supports:
            seen |= Q(school_id__in=scope.supports) & finished
        if scope.manages:
            seen |= Q(hub_id__in=scope.manages)
        if scope.county:
            seen |= finished
        return self.filter(seen).exclude(school_id__in=scope.excluded)

    def shared_with(self, user):
        """The school's side: shared with the user's school or with them, and not withheld.

        Confirmed heads and safeguarding leads read all that was shared with their school and
        its predecessors; an attendee who is none of those reads that one consultation, as long
        as their post lasts. A withheld person finds no trace (design.md 6.14).
        """
        scope = scope_of(user)
        withholding = self.model._meta.get_field("withholdings").related_model
        kept_from = Q(user=scope.user_id) | Q(
            contact__in=SchoolContact.objects.lineage_of(scope.user_id)
        )
        grants = (
            self.model._meta.get_field("grants")
            .related_model.objects.live()
            .filter(user=scope.user_id, content_object=OuterRef("pk"))
        )
        return self.filter(
            Q(school_id__in=scope.reads_shared)
            | Exists(grants.filter(source_type="guest_share"))
            | Q(Exists(grants.filter(source_type="school_share")), school_id__in=scope.posts),
            ~Exists(withholding.objects.filter(kept_from, consultation=OuterRef("pk"))),
            state="shared",
        ).exclude(school_id__in=scope.excluded)

    def newest(self, user, before=None, n=50):
        """The newest ``n`` the user sees on the team's side, latest held first; two queries.

        ``before`` is the ``Cursor`` of the page above.
        """
        scope = scope_of(user)
        if not scope.roles:
            return []
        seen = self.exclude(school_id__in=scope.excluded)
        finished = seen.exclude(state="draft")
        if scope.county:
            scans = [finished, seen.filter(author=scope.user_id)]
        else:
            scans = [
                seen.filter(author=scope.user_id),
                *(finished.filter(school_id=school) for school in scope.supports),
                *(seen.filter(hub_id=hub) for hub in scope.manages),
            ]
        return self._merged(scans, before, n)

    def newest_shared_with(self, user, before=None, n=50):
        """The newest ``n`` of ``shared_with``, latest held first; two queries."""
        scope = scope_of(user)
        shared = self.shared_with(user)
        grants = (
            self.model._meta.get_field("grants")
            .related_model.objects.live()
            .filter(user=scope.user_id)
            .values("content_object")
        )
        scans = [
            *(shared.filter(school_id=school) for school in scope.reads_shared),
            shared.filter(pk__in=grants),
        ]
        return self._merged(scans, before, n)

    def _merged(self, scans, before, n):
        """One ordered, limited scan per scope key, merged; then the rows themselves."""
        order = ["-held_at", "-pk"]
        if before:
            scans = [scan.filter(before.older("held_at")) for scan in scans]
        keys = [scan.order_by(*order).values_list("held_at", "pk")[:n] for scan in scans]
        merged = keys[0].union(*keys[1:]).order_by(*order)[:n] if keys[1:] else keys[0]
        ids = [pk for _, pk in merged]
        return list(
            self.model.objects.filter(pk__in=ids)
            .select_related("school", "author")
            .only(*LISTED)
            .order_by(*order)
        )


class ActionQuerySet(models.QuerySet):
    def open(self):
        """Actions that nobody has marked done."""
        return self.filter(done_at__isnull=True)

    def overdue(self, on):
        """Open actions due before the date ``on``."""
        return self.open().filter(due_on__lt=on)

    def visible_to(self, user):
        """Actions of the schools the user supports or manages, and those they own."""
        scope = scope_of(user)
        if not scope.roles:
            return self.none()
        if scope.county:
            return self.exclude(school_id__in=scope.excluded)
        seen = Q(owner_user=scope.user_id) | Q(school_id__in=scope.supports)
        seen |= Q(hub_id__in=scope.manages)
        return self.filter(seen).exclude(school_id__in=scope.excluded)
