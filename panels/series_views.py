"""Panels and forums that come again in so many school weeks (rule 001-94)."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed
from consultations.children import as_uuid
from govuk.forms import posted
from interventions.acting import do, unless_late
from panels import meeting_page, policies
from panels.models import MeetingSeries
from panels.series_forms import SeriesForm
from panels.services import series as services


def _planners_only(request):
    if not policies.plans_series(request.user):
        raise Http404


@require_GET
def series_list(request):
    """``/meetings/series/``: what comes again, for who plans it."""
    _planners_only(request)
    rows = policies.series_of(request.user).select_related("panel_area", "hub")
    context = {"series": rows, "nav": "meetings"}
    return render(request, "panels/series_list.html", context)


@require_http_methods(["GET", "POST"])
def new(request):
    """``/meetings/series/new/``: planned to the end of the school year."""
    _planners_only(request)
    form = SeriesForm(request.user, posted(request))
    pk = as_uuid(request.POST.get("id", "")) or uuid.uuid4()
    if request.method == "POST" and form.is_valid():
        onwards = unless_late(request, form, MeetingSeries(pk=pk), reverse("series", args=[pk]))
        done = do(
            request,
            form,
            lambda: services.plan(request.user, form.facts, pk=pk),
            "The dates are planned. Move one on its own page; the others stay.",
            onwards,
        )
        if done:
            return done
    context = {"form": form, "pk": pk, "nav": "meetings"}
    return render(request, "panels/series_new.html", context)


def _fetch(request, pk):
    _planners_only(request)
    rows = policies.series_of(request.user).select_related("panel_area", "hub", "made_by")
    return get_object_or_404(rows, pk=pk)


@require_GET
def series(request, pk):
    """``/meetings/series/<id>/``: its dates in their order, each with its own page."""
    found = _fetch(request, pk)
    meetings = found.meetings.named().prefetch_related("schools__school").order_by("starts_at")
    context = {
        "series": found,
        "lines": meeting_page.lines_of(meetings),
        "may_keep": policies.may_keep_series(request.user, found),
        "nav": "meetings",
    }
    return render(request, "panels/series.html", context)


@require_POST
def plan_on(request, pk):
    """``/meetings/series/<id>/plan/``: the dates of the school year after the last one."""
    found = _fetch(request, pk)
    try:
        services.plan_next_year(request.user, found)
    except ValidationError as refused:
        messages.warning(request, f"{refused.messages[0]}.")
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
    else:
        messages.success(request, "The dates of the next school year are planned.")
    return redirect("series", pk=pk)


@require_POST
def end(request, pk):
    """``/meetings/series/<id>/end/``: what lies ahead is cancelled, what was held stays."""
    found = _fetch(request, pk)
    return do(
        request,
        None,
        lambda: services.end(request.user, found),
        "The series has ended. Its meetings ahead are cancelled.",
        reverse("series", args=[pk]),
    )
