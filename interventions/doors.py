"""The pages of short work that do not exist for outsiders, its children behind a reason."""

from functools import wraps

from django.shortcuts import get_object_or_404

from interventions.children import child_ids
from interventions.models import ShortIntervention
from schools.children import closed_children
from schools.doors import ask_for_reason


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
