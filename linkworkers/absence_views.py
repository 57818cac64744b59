"""The days a link worker is away: their own page, and their managers'."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from linkworkers import policies, services
from linkworkers.acting import do
from linkworkers.cover_forms import AbsenceForm
from linkworkers.models import LinkWorker
from schools.doors import council_only


@require_GET
def away(request):
    """``/away/``: one's own absences, wherever they are kept."""
    own = LinkWorker.objects.in_post().filter(user=request.user).first()
    if own is None:
        raise Http404
    return redirect("absences", own.pk)


@require_http_methods(["GET", "POST"])
def absences(request, pk):
    """``/link-workers/<id>/absences/``: those of today and later; a POST adds one."""
    link_worker = _fetch(request, pk)
    form = AbsenceForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    if _saved(
        request, form, lambda **days: services.add_absence(request.user, link_worker, **days)
    ):
        return redirect("absences", pk)
    return _page(request, "linkworkers/absences.html", link_worker, form)


@require_http_methods(["GET", "POST"])
def change(request, pk, absence_pk):
    """``/link-workers/<id>/absences/<id>/``: other days."""
    link_worker = _fetch(request, pk)
    absence = get_object_or_404(link_worker.absences, pk=absence_pk)
    days = {"starts_on": absence.starts_on, "ends_on": absence.ends_on}
    form = AbsenceForm(request.POST or None, initial=days)
    if _saved(request, form, lambda **days: services.change_absence(request.user, absence, **days)):
        return redirect("absences", pk)
    return _page(request, "linkworkers/absence_change.html", link_worker, form, absence)


@require_POST
def remove(request, pk, absence_pk):
    """``/link-workers/<id>/absences/<id>/remove/``: it was a mistake, or will not be."""
    link_worker = _fetch(request, pk)
    absence = get_object_or_404(link_worker.absences, pk=absence_pk)
    return do(
        request,
        lambda: services.remove_absence(request.user, absence),
        "The absence has been removed.",
        then=reverse("absences", args=[pk]),
    )


def _fetch(request, pk):
    council_only(request)
    link_worker = get_object_or_404(LinkWorker.objects.with_names(), pk=pk)
    allow(policies.may_keep_absences(request.user, link_worker))
    return link_worker


def _saved(request, form, act):
    """Whether the days that were sent could be kept; otherwise the form says what to correct."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(**form.cleaned_data)
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, "The days have been saved.")
    return True


def _page(request, template, link_worker, form, absence=None):
    own = link_worker.user_id == request.user.pk
    context = {
        "link_worker": link_worker,
        "own": own,
        "back": reverse("absences", args=[link_worker.pk]),
        "form": form,
        "absence": absence,
        "absences": link_worker.absences.not_over(timezone.localdate()),
        "nav": "home" if own else "allocations",
    }
    return render(request, template, context)
