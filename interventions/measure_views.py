"""What changed: the measures of one piece of work, and adding or correcting one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import allow
from govuk.forms import posted
from interventions import measure_page, policies
from interventions.acting import do
from interventions.children import child_ids, look_at, open_children_of
from interventions.doors import of_open_work
from interventions.measure_forms import FORMS, form_for
from interventions.models import Measure, MeasureKind, Point, Scale
from interventions.services import measures as services
from schools.models import Pupil

ACTS = {
    MeasureKind.ATTENDANCE: services.measure_attendance,
    MeasureKind.SUSPENSIONS: services.measure_suspensions,
    MeasureKind.SCALE: services.measure_scale,
    MeasureKind.SCORE: services.measure_score,
}


@require_GET
@of_open_work
def measures(request, work):
    """``/interventions/<id>/measures/``: what changed, and what the family thought."""
    look_at(request.user, work, open_children_of(request.user, work))
    context = {
        "work": work,
        "measures": measure_page.section(request.user, work),
        "nav": "interventions",
    }
    return render(request, "interventions/measures.html", context)


@require_http_methods(["GET", "POST"])
@of_open_work
def measure_new(request, work, kind):
    """``/interventions/<id>/measures/new/<kind>/``; a scale is named as ``?scale=``."""
    if kind not in FORMS:
        raise Http404
    allow(policies.may_work(request.user, work))
    scale = _scale_of(request) if kind == MeasureKind.SCALE else None
    return _form_view(request, work, kind, scale=scale)


@require_http_methods(["GET", "POST"])
@of_open_work
def measure_change(request, work, measure):
    """``/interventions/<id>/measures/<measure>/``: put a mistake right."""
    allow(policies.may_work(request.user, work))
    standing = get_object_or_404(work.measures.select_related("scale"), pk=measure)
    return _form_view(request, work, standing.kind, scale=standing.scale, measure=standing)


@require_POST
@of_open_work
def measure_remove(request, work, measure):
    """POST ``/interventions/<id>/measures/<measure>/remove/``: it belongs elsewhere."""
    allow(policies.may_work(request.user, work))
    found = Measure.objects.filter(pk=measure, intervention=work).first()
    if found is not None:
        services.remove_measure(request.user, found)
    messages.success(request, "The measure has been taken out.")
    return redirect("measures", pk=work.pk)


def _scale_of(request):
    try:
        return get_object_or_404(Scale, pk=request.GET.get("scale", ""), is_offered=True)
    except ValidationError as nonsense:
        raise Http404 from nonsense


def _form_view(request, work, kind, *, scale=None, measure=None):
    children = Pupil.objects.filter(pk__in=child_ids(work)).order_by("first_names", "pk")
    form = form_for(
        kind,
        posted(request),
        children=children,
        scale=scale,
        measure=measure,
        initial=_first_guess(work),
    )
    back = reverse("measures", args=[work.pk])
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: ACTS[kind](request.user, work, **form.facts, instead_of=measure),
            "The measure has been saved.",
            back,
        )
        if done:
            return done
    look_at(request.user, work, open_children_of(request.user, work))
    title = scale.name if scale else MeasureKind(kind).label
    context = {
        "work": work,
        "form": form,
        "title": title,
        "measure": measure,
        "back": back,
        "nav": "interventions",
    }
    return render(request, "interventions/measure_form.html", context)


def _first_guess(work):
    """What a new form begins with: before until something is on record, then at the end."""
    begun = work.sessions.filter(completed_at__isnull=False).order_by("held_on").first()
    begun_on = begun.held_on if begun else timezone.localdate(work.allocated_at or work.recorded_at)
    if not work.measures.filter(point=Point.FIRST).exists():
        return {"point": Point.FIRST, "weeks": 6, "last_day": begun_on}
    kept = work.measures.exclude(weeks=None).values_list("weeks", flat=True).first()
    return {"weeks": kept or 6, "last_day": work.closed_on or timezone.localdate()}
