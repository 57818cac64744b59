"""Short work as the school reads it: what was given to it has no gate (design.md 4)."""

from django.shortcuts import get_object_or_404

from audit.models import Look
from audit.services import look_of, looked_at_all
from interventions.agreement import with_agreement
from interventions.children import child_ids
from interventions.models import ShortIntervention

BASIS = "school"


def fetch_shared(request, pk):
    """The work on the school's side, with its agreement at hand; 404 for anybody else.

    A withheld person finds no trace of it.
    """
    works = ShortIntervention.objects.at_school_of(request.user).select_related(
        "school", "work_type", "child_worker", "parent_worker"
    )
    return get_object_or_404(with_agreement(works), pk=pk)


def look_at_shared(user, work, action=Look.VIEW):
    """Write down that somebody of the school saw the work of each of its children."""
    looked_at_all(
        [look_of(user, work, action, basis=BASIS, child_id=child) for child in child_ids(work)]
    )
