"""Who declared which conflict and when, and what is suspended by one (rule 001-53)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.models import current
from audit.models import Act, Verb
from audit.services import subject_of
from linkworkers import policies
from linkworkers.models import Allocation
from schools.models import OwnChildConflict
from schools.scope import scope_of


@dataclass(frozen=True)
class Declaration:
    """One conflict with who declared it and, once it is over, who withdrew it; names or empty."""

    conflict: OwnChildConflict
    declared_by: str
    withdrawn_by: str
    withdrawn_at: datetime | None


def declared_to(user):
    """``(declared now, withdrawn)``: the ``Declaration`` lists open to this user; two queries."""
    conflicts = list(
        policies.conflicts_open_to(user)
        .select_related("user", "school")
        .order_by("user__name", "school__name", "-starts_at")
    )
    by = _authors(conflicts)
    rows = [
        Declaration(
            conflict,
            by.get((str(conflict.pk), Verb.DECLARE), ""),
            by.get((str(conflict.pk), Verb.WITHDRAW), ""),
            conflict.ends_at,
        )
        for conflict in conflicts
    ]
    withdrawn = sorted(
        (row for row in rows if row.withdrawn_at), key=lambda row: row.withdrawn_at, reverse=True
    )
    return [row for row in rows if not row.withdrawn_at], withdrawn


def _authors(conflicts):
    """``{(conflict id, verb): name}`` of who declared and who withdrew each."""
    acts = Act.objects.filter(
        subject_type=OwnChildConflict._meta.label_lower,
        subject_id__in=[subject_of(conflict)[1] for conflict in conflicts],
        verb__in=[Verb.DECLARE, Verb.WITHDRAW],
    ).select_related("by")
    return {(act.subject_id, act.verb): act.by.name for act in acts}


def to_resolve(user):
    """Suspended allocations that the user decides about, each with ``may_resume``; one query.

    Those of the schools they manage, but for the ones their own child attends.
    """
    scope = scope_of(user)
    declared = OwnChildConflict.objects.filter(
        current(), school=OuterRef("school"), user=OuterRef("link_worker__user")
    )
    suspended = (
        Allocation.objects.not_ended()
        .filter(suspended_at__isnull=False)
        .exclude(school__in=scope.excluded)
        .annotate(may_resume=~Exists(declared))
        .select_related("school", "link_worker__user")
        .order_by("suspended_at")
    )
    return suspended if scope.county else suspended.filter(hub__in=scope.manages)
