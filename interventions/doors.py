"""The pages of short work that do not exist for outsiders, its children behind a reason."""

from functools import wraps

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404

from interventions.children import child_ids
from interventions.models import Participant, ShortIntervention
from schools.children import closed_children
from schools.doors import ask_for_reason

# What the pages of a session and of the family's plan read beside the work itself.
BESIDE = ("school", "child_worker", "parent_worker")
PEOPLE = Participant.objects.select_related("pupil")


def of_open_work(view):
    """For a view of ``(request, work, …)`` about the children of the work (rule 001-58).

    Http404 out of scope; the reason page while one of the children is closed to the viewer.
    """

    @wraps(view)
    def gated(request, pk, **rest):
        seen = ShortIntervention.objects.visible_to(request.user).select_related("school")
        work = get_object_or_404(seen, pk=pk)
        if closed := closed_children(request.user, child_ids(work)):
            return ask_for_reason(request, min(closed))
        return view(request, work, **rest)

    return gated


def fetch_with_people(request, pk):
    """Short work on the team's side, with who does it and who takes part; or 404."""
    works = ShortIntervention.objects.visible_to(request.user).select_related(*BESIDE)
    return get_object_or_404(works.prefetch_related(Prefetch("participants", PEOPLE)), pk=pk)
