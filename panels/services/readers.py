"""Noting that a copy was opened: by whom, when first, and which children it speaks of."""

from django.db import transaction
from django.utils import timezone

from audit.models import Look
from audit.services import look_of, looked_at_all
from panels.models import Distribution

PARTNER, SCHOOL = "partner", "school"


@transaction.atomic
def opened(by, distribution, action=Look.VIEW, *, basis=SCHOOL):
    """Write the look at a copy, and at each child it speaks of, before the page is made."""
    if distribution.opened_at is None:
        rows = Distribution.objects.filter(pk=distribution.pk, opened_at__isnull=True)
        distribution.opened_at = timezone.now()
        rows.update(opened_at=distribution.opened_at)
    row = distribution
    school_id = row.person.school_id if row.person else None
    children = row.copy.get("children", [])
    looked_at_all(
        [
            look_of(by, row, action, basis=basis, school_id=school_id, child_id=child)
            for child in (None, *children)
        ]
    )


def noted(by, version):
    """Note that a colleague who was sent this version has read it in the system."""
    rows = Distribution.objects.filter(
        version=version, person__user=by, person__school__isnull=True, opened_at__isnull=True
    )
    rows.update(opened_at=timezone.now())
