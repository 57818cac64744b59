"""The resources library, and the log of training that was given."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from govuk.forms import posted, posted_id
from govuk.paging import newest_page
from schools import policies
from schools.doors import register_readers_only
from schools.models import Resource, Training
from schools.resource_forms import ResourceForm, TrainingForm
from schools.services import resources as services

PAGE = 30


@require_GET
def resources(request):
    """``/resources/``: what there is to read and use, with who publishes it."""
    register_readers_only(request)
    context = {
        "resources": Resource.objects.all(),
        "may_edit": policies.may_edit_agencies(request.user),
        "nav": "resources",
    }
    return render(request, "schools/resources.html", context)


@require_http_methods(["GET", "POST"])
def add_resource(request):
    """``/resources/add/``."""
    return _save(request, Resource())


@require_http_methods(["GET", "POST"])
def change_resource(request, pk):
    """``/resources/<id>/``."""
    register_readers_only(request)
    return _save(request, get_object_or_404(Resource, pk=pk))


def _save(request, resource):
    register_readers_only(request)
    allow(policies.may_edit_agencies(request.user))
    is_new = resource._state.adding
    form = ResourceForm(posted(request), instance=resource)
    if request.method == "POST" and form.is_valid():
        services.save_resource(request.user, form.save(commit=False))
        messages.success(request, "The resource has been saved.")
        return redirect("resources")
    context = {"form": form, "title": "Add a resource" if is_new else "Change the resource"}
    context |= {"resource": None if is_new else resource, "nav": "resources"}
    return render(request, "schools/resource.html", context)


@require_POST
def remove_resource(request, pk):
    """``/resources/<id>/remove/``."""
    register_readers_only(request)
    allow(policies.may_edit_agencies(request.user))
    services.remove_resource(request.user, get_object_or_404(Resource, pk=pk))
    messages.success(request, "The resource has been taken out of the library.")
    return redirect("resources")


@require_GET
def training_list(request):
    """``/training/``: training that was given, the latest first."""
    register_readers_only(request)
    rows = Training.objects.select_related("school").annotate(
        held_at=Cast("held_on", DateTimeField())
    )
    found, newer, older = newest_page(rows, PAGE, "held_at", request)
    context = {
        "trainings": found,
        "newer": newer,
        "older": older,
        "may_log": policies.logs_training(request.user),
        "nav": "resources",
    }
    return render(request, "schools/training_list.html", context)


@require_http_methods(["GET", "POST"])
def log_training(request):
    """``/training/add/``."""
    register_readers_only(request)
    allow(policies.logs_training(request.user))
    form = TrainingForm(request.user, posted(request))
    pk = posted_id(request)
    if request.method == "POST" and form.is_valid():
        try:
            services.log_training(request.user, form.cleaned_data, pk=pk)
        except ValidationError as refused:
            form.refuse(refused)
        except TransitionNotAllowed as late:
            messages.info(request, str(late))
            return redirect("training_list")
        else:
            messages.success(request, "The training has been logged.")
            return redirect("training_list")
    context = {"form": form, "pk": pk, "title": "Log training", "nav": "resources"}
    return render(request, "schools/training_new.html", context)
