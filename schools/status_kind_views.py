"""The list of statuses a child may have, which the administrator keeps."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import allow
from schools import policies, services
from schools.doors import register_readers_only
from schools.forms import PlaceForm
from schools.models import StatusKind
from schools.pupil_forms import StatusKindForm


@require_GET
def status_kinds(request):
    """``/status-kinds/``: in the order in which they are offered."""
    _keeps_the_list(request)
    context = {"kinds": StatusKind.objects.all(), "nav": "geographies"}
    return render(request, "schools/pupils/status_kinds.html", context)


@require_http_methods(["GET", "POST"])
def add_status_kind(request):
    """``/status-kinds/add/``."""
    _keeps_the_list(request)
    form = StatusKindForm(request.POST or None)
    return _save(
        request,
        form,
        lambda: services.add_status_kind(request.user, **form.cleaned_data),
        "Add a status",
    )


@require_http_methods(["GET", "POST"])
def change_status_kind(request, pk):
    """``/status-kinds/<id>/``: rename it, say where notes go, or offer it no longer."""
    _keeps_the_list(request)
    kind = get_object_or_404(StatusKind, pk=pk)
    initial = {name: getattr(kind, name) for name in StatusKindForm.base_fields}
    form = StatusKindForm(request.POST or None, initial=initial)
    return _save(
        request,
        form,
        lambda: services.change_status_kind(request.user, kind, **form.cleaned_data),
        "Change a status",
    )


@require_POST
def raise_status_kind(request, pk):
    """``/status-kinds/<id>/raise/``: up by one place, from where it was seen."""
    _keeps_the_list(request)
    kind = get_object_or_404(StatusKind, pk=pk)
    form = PlaceForm(request.POST)
    if form.is_valid():
        services.raise_status_kind(request.user, kind, form.cleaned_data["place"])
    return redirect("status_kinds")


def _save(request, form, act, title):
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "The status has been saved.")
            return redirect("status_kinds")
    context = {
        "form": form,
        "title": title,
        "back": reverse("status_kinds"),
        "nav": "geographies",
    }
    return render(request, "schools/pupils/status_kind.html", context)


def _keeps_the_list(request):
    register_readers_only(request)
    allow(policies.may_edit_status_kinds(request.user))
