"""Which consultations somebody may see: the team's side and the school's side.

Both filter by equality on literal scope keys; lists come from ``newest``, which merges one
ordered scan per key (performance.md).
"""

import uuid

from django.db import connections, models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User, current
from schools.models import School, SchoolContact
from schools.scope import scope_of

# What a list shows of a row, in the model's order: never its texts.
LISTED = ("id", "school_id", "author_id", "state", "held_at", "kind", "stored_on")
# The names of schools and of authors, whichever their rows: asked for at once.
NAMED = ("id", "name")
NAMES = (
    "SELECT id, name FROM schools_school WHERE id = ANY(%s)"
    " UNION ALL SELECT id, name FROM accounts_user WHERE id = ANY(%s)"
)
# Stands for each key in turn.
ANY_KEY = uuid.UUID(int=0)


class ConsultationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The team's side (design.md 4).

        Drafts: their author, and managers of the hub. Completed and shared: link workers and
        managers of the school, the service manager, and whoever wrote it or began it (read only
        once the allocation has ended). Nothing at a school one's own child attends.
        """
        scope = scope_of(user)
        if not scope.roles:
            return self.none()
        finished = ~Q(state="draft")
        seen = Q(author=scope.user_id) | Q(started_by=scope.user_id)
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
        widest = (finished, None, [None]) if scope.county else (finished, "school", scope.supports)
        scans = [
            widest,
            (seen, "author", [scope.user_id]),
            (seen, "started_by", [scope.user_id]),
            (seen, "hub", scope.manages),
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
            (shared, "school", scope.reads_shared),
            (shared.filter(pk__in=grants), None, [None]),
        ]
        return self._merged(scans, before, n)

    def _merged(self, scans, before, n):
        """The newest ``n`` of some scans ``(rows, column, keys)``: one for each key, merged.

        No column: all the ``rows``. Every scan comes in order, so little is read beyond the
        page. Schools and authors are read once each, and no more of them than their names.
        """
        parts = [part for scan in scans if scan[-1] for part in _ordered(*scan, before, n)]
        together = " UNION ALL ".join(f"({sql})" for sql, _ in parts)
        params = [param for _, own in parts for param in own]
        with connections[self.db].cursor() as cursor:
            # Several scans may find one row: as they come in order, the same are side by side.
            cursor.execute(
                f"SELECT DISTINCT ON (held_at, id) * FROM ({together}) AS scan"  # noqa: S608
                " ORDER BY held_at DESC, id DESC LIMIT %s",
                [*params, n],
            )
            rows = [self.model.from_db(self.db, LISTED, row) for row in cursor.fetchall()]
            schools = {row.school_id for row in rows}
            cursor.execute(NAMES, [list(schools), list({row.author_id for row in rows})])
            named = {
                key: (School if key in schools else User).from_db(self.db, NAMED, (key, name))
                for key, name in cursor.fetchall()
            }
        for row in rows:
            row.school, row.author = named[row.school_id], named[row.author_id]
        return rows


def _ordered(rows, column, keys, before, n):
    """``(sql, params)`` of the newest ``n`` of ``rows`` for each key: compiled once for all."""
    if before:
        rows = rows.filter(before.older("held_at"))
    if column:
        rows = rows.filter(**{column: ANY_KEY})
    sql, params = rows.order_by("-held_at", "-id").values_list(*LISTED)[:n].query.sql_with_params()
    for key in keys:
        yield sql, [key if param == ANY_KEY else param for param in params]


class ActionQuerySet(models.QuerySet):
    def open(self):
        """Actions that nobody has marked done."""
        return self.filter(done_at__isnull=True)

    def overdue(self, on):
        """Open actions due before the date ``on``."""
        return self.open().filter(due_on__lt=on)

    def visible_to(self, user):
        """Actions of the schools the user supports or manages, and those they own.

        Nothing that may speak of a school one's own child attends, or of a child there.
        """
        scope = scope_of(user)
        if not scope.roles:
            return self.none()
        rows = self.exclude(school_id__in=scope.excluded)
        if scope.excluded:
            subjects = self._subjects().filter(school_id__in=scope.excluded)
            rows = rows.filter(~Exists(subjects))
        if scope.county:
            return rows
        seen = Q(owner_user=scope.user_id) | Q(school_id__in=scope.supports)
        return rows.filter(seen | Q(hub_id__in=scope.manages))

    def for_school(self, user):
        """What the user may read on the school's side.

        Actions of notes they read as head or safeguarding lead: only of what was shared, and
        nothing of a note that is withheld from them. And what a meeting gave the school's people:
        of a lead's school all, of anybody in post there their own; never where it speaks of
        another school's child (rule 000-16).
        """
        scope = scope_of(user)
        posts = scope.posts - scope.excluded
        if not (scope.reads_shared or posts):
            return self.none()
        note = self.model._meta.get_field("consultation").related_model.objects
        of_note = Q(
            school_id__in=scope.reads_shared,
            consultation__in=note.shared_with(user).order_by().values("pk"),
        )
        own = Q(owner_contact__user=scope.user_id, owner_contact__school_id__in=posts)
        own &= current(prefix="owner_contact__")
        here = own | Q(owner_contact__school_id__in=scope.reads_shared)
        readable = Q(school_id__in=scope.reads_shared) | Q(
            school_id=OuterRef("owner_contact__school_id")
        )
        others = (
            self._subjects().filter(pupil__isnull=False).exclude(Q(school__isnull=False) & readable)
        )
        of_meeting = here & Q(source_type="meeting") & ~Exists(others)
        return self.filter(of_note | of_meeting)

    def speaking_of(self, pupil):
        """Meetings' actions about this child that speak of no other."""
        others = self._subjects().filter(pupil__isnull=False).exclude(pupil=pupil)
        return self.filter(Exists(self._subjects().filter(pupil=pupil)), ~Exists(others))

    def about_child(self, pupil):
        """What was agreed on this child, wherever it was."""
        about = Q(about__pupil=pupil) | Q(pupil=pupil)
        return self.filter(about | Exists(self._subjects().filter(pupil=pupil)))

    def _subjects(self):
        subject = self.model._meta.get_field("subjects").related_model
        return subject.objects.filter(action=OuterRef("pk"))


class RecordingTaskQuerySet(models.QuerySet):
    def open(self):
        """Neither done nor replaced by another."""
        return self.filter(done_on__isnull=True, replaced_at__isnull=True)

    def overdue(self, on):
        """Open tasks due before the date ``on``."""
        return self.open().filter(due_on__lt=on)

    def with_actions(self):
        """With the child's actions, as ``recording.actions_of`` reads them; three queries."""
        return self.prefetch_related(
            "discussed__actions__owner_user", "discussed__actions__owner_contact"
        )

    def visible_to(self, user):
        """The tasks of schools the user supports, or whose hub they manage (design.md 4)."""
        scope = scope_of(user)
        seen = Q(school_id__in=scope.supports) | Q(hub_id__in=scope.manages)
        return self.filter(seen).exclude(school_id__in=scope.excluded)


class NurseInviteQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the schools the user supports as a link worker, and of the hubs they manage."""
        scope = scope_of(user)
        return self.filter(Q(school_id__in=scope.supports) | Q(hub_id__in=scope.manages)).exclude(
            school_id__in=scope.excluded
        )
