"""The page on which an administrator keeps who is told where a line manager cannot be."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import allow
from govuk.forms import posted
from interventions.acting import do
from referrals.concern_forms import FallbackForm
from referrals.concern_policies import may_be_listed, may_keep_fallbacks
from referrals.models import About, Fallback
from referrals.services import fallbacks as services
from schools.doors import council_only
from schools.forms import PlaceForm


def _fetch(request, pk):
    council_only(request)
    allow(may_keep_fallbacks(request.user))
    return get_object_or_404(Fallback.objects.select_related("user"), pk=pk)


@require_GET
def fallbacks(request):
    """``/concerns/fallbacks/``: the two lists, in the order in which people are told."""
    council_only(request)
    if not may_keep_fallbacks(request.user):
        raise Http404
    rows = Fallback.objects.filter(ends_at__isnull=True).select_related("user")
    lists = [
        ("For a concern about a child", [row for row in rows if row.about == About.CHILD]),
        ("For a concern about an adult", [row for row in rows if row.about == About.ADULT]),
    ]
    return render(request, "referrals/fallbacks.html", {"lists": lists, "nav": "concerns"})


@require_http_methods(["GET", "POST"])
def add(request):
    """``/concerns/fallbacks/new/``: somebody more."""
    council_only(request)
    allow(may_keep_fallbacks(request.user))
    form = FallbackForm(may_be_listed(), posted(request))
    there = reverse("fallbacks")
    done = do(
        request,
        form,
        lambda: services.add_fallback(request.user, **form.cleaned_data),
        "On the list.",
        there,
    )
    context = {"form": form, "back": there, "nav": "concerns"}
    return done or render(request, "referrals/fallback_add.html", context)


@require_POST
def move_up(request, pk):
    """POST ``/concerns/fallbacks/<id>/up/``: told one place sooner, from the ``place`` seen."""
    fallback = _fetch(request, pk)
    form = PlaceForm(request.POST)
    if form.is_valid():
        services.move_fallback_up(request.user, fallback, form.cleaned_data["place"])
    return redirect("fallbacks")


@require_POST
def end(request, pk):
    """POST ``/concerns/fallbacks/<id>/end/``: told no more."""
    fallback = _fetch(request, pk)
    return do(
        request,
        None,
        lambda: services.end_fallback(request.user, fallback),
        f"{fallback.user.name} is not told any more.",
        "fallbacks",
    )
