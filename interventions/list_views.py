"""The pages on which the lists of short work are kept."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import allow
from consultations.list_views import save_on_list
from interventions import policies
from interventions.list_forms import ScaleForm, WorkTypeForm
from interventions.models import Scale, WorkType
from schools.doors import register_readers_only


def _keeper(request):
    register_readers_only(request)
    allow(policies.may_keep_lists(request.user))


@require_GET
def work_types(request):
    """``/interventions/types/``: the kinds of support that work is asked for as."""
    _keeper(request)
    context = {"work_types": WorkType.objects.all(), "nav": "interventions"}
    return render(request, "interventions/lists/work_types.html", context)


@require_http_methods(["GET", "POST"])
def add_work_type(request):
    """``/interventions/types/add/``."""
    _keeper(request)
    return _save(request, WorkTypeForm, WorkType(), "Add a kind of support", "work_types")


@require_http_methods(["GET", "POST"])
def change_work_type(request, pk):
    """``/interventions/types/<id>/``: rename it, move it, or offer it no longer."""
    _keeper(request)
    kind = get_object_or_404(WorkType, pk=pk)
    return _save(request, WorkTypeForm, kind, "Change a kind of support", "work_types")


@require_GET
def scales(request):
    """``/interventions/scales/``: scales from 0 to 10 in the council's own words."""
    _keeper(request)
    context = {"scales": Scale.objects.all(), "nav": "interventions"}
    return render(request, "interventions/lists/scales.html", context)


@require_http_methods(["GET", "POST"])
def add_scale(request):
    """``/interventions/scales/add/``."""
    _keeper(request)
    return _save(request, ScaleForm, Scale(), "Add a scale", "scales")


@require_http_methods(["GET", "POST"])
def change_scale(request, pk):
    """``/interventions/scales/<id>/``: rename it, word it, or offer it no longer."""
    _keeper(request)
    scale = get_object_or_404(Scale, pk=pk)
    return _save(request, ScaleForm, scale, "Change a scale", "scales")


def _save(request, form_class, thing, title, back):
    form = form_class(request.POST or None, instance=thing)
    context = {"title": title, "back": reverse(back), "nav": "interventions"}
    return save_on_list(request, form, policies.may_keep_lists, context)
