"""The pages on which the lists of the form of a consultation are kept."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import allow
from consultations import policies
from consultations.list_forms import GuidanceForm, ThemeForm, VulnerabilityForm
from consultations.models import Area, GuidanceLink, Theme, Vulnerability
from consultations.services import lists as list_services
from schools.doors import register_readers_only


def _keeper(request):
    register_readers_only(request)
    allow(policies.may_keep_lists(request.user))


@require_GET
def guidance(request):
    """``/guidance/``: links by key area, which change without a release."""
    _keeper(request)
    links = list(GuidanceLink.objects.all())
    areas = [(area.label, [link for link in links if link.area == area]) for area in Area]
    context = {"areas": areas, "nav": "guidance"}
    return render(request, "consultations/lists/guidance.html", context)


@require_http_methods(["GET", "POST"])
def add_guidance(request):
    """``/guidance/add/``."""
    _keeper(request)
    return _save(request, GuidanceForm, GuidanceLink(), "Add guidance", "guidance")


@require_http_methods(["GET", "POST"])
def change_guidance(request, pk):
    """``/guidance/<id>/``."""
    _keeper(request)
    link = get_object_or_404(GuidanceLink, pk=pk)
    return _save(request, GuidanceForm, link, "Change guidance", "guidance")


@require_POST
def remove_guidance(request, pk):
    """POST ``/guidance/<id>/remove/``."""
    _keeper(request)
    list_services.remove_guidance(request.user, get_object_or_404(GuidanceLink, pk=pk))
    messages.success(request, "The link has been removed.")
    return redirect("guidance")


@require_GET
def vulnerabilities(request):
    """``/vulnerabilities/``: what schools are alert to, in the council's words (rule 003-63)."""
    _keeper(request)
    context = {"vulnerabilities": Vulnerability.objects.all(), "nav": "guidance"}
    return render(request, "consultations/lists/vulnerabilities.html", context)


@require_http_methods(["GET", "POST"])
def add_vulnerability(request):
    """``/vulnerabilities/add/``."""
    _keeper(request)
    title = "Add something to be alert to"
    return _save(request, VulnerabilityForm, Vulnerability(), title, "vulnerabilities")


@require_http_methods(["GET", "POST"])
def change_vulnerability(request, pk):
    """``/vulnerabilities/<id>/``: rename it, move it, or offer it no longer."""
    _keeper(request)
    row = get_object_or_404(Vulnerability, pk=pk)
    title = "Change something to be alert to"
    return _save(request, VulnerabilityForm, row, title, "vulnerabilities")


@require_GET
def theme_list(request):
    """``/themes/list/``: the tags of consultations and meetings (rule 001-5)."""
    _keeps_themes(request)
    context = {"themes": Theme.objects.all(), "nav": "themes"}
    return render(request, "consultations/lists/themes.html", context)


@require_http_methods(["GET", "POST"])
def add_theme(request):
    """``/themes/list/add/``."""
    _keeps_themes(request)
    return _save_theme(request, Theme(), "Add a theme")


@require_http_methods(["GET", "POST"])
def change_theme(request, pk):
    """``/themes/list/<id>/``: rename it, or offer it no longer."""
    _keeps_themes(request)
    return _save_theme(request, get_object_or_404(Theme, pk=pk), "Change a theme")


def _keeps_themes(request):
    register_readers_only(request)
    allow(policies.may_keep_themes(request.user))


def _save_theme(request, theme, title):
    form = ThemeForm(request.POST or None, instance=theme)
    context = {"title": title, "back": reverse("theme_list"), "nav": "themes"}
    return save_on_list(request, form, policies.may_keep_themes, context)


def _save(request, form_class, thing, title, back):
    form = form_class(request.POST or None, instance=thing)
    is_removable = form_class is GuidanceForm and not thing._state.adding
    context = {
        "title": title,
        "back": reverse(back),
        "link": thing if is_removable else None,
        "nav": "guidance",
    }
    return save_on_list(request, form, policies.may_keep_lists, context)


def save_on_list(request, form, may_keep, context):
    """Show the form of a row, or save the row and go ``back`` to its list.

    ``may_keep(user)`` is the policy of the list; ``context`` has title, back (the address of
    the list's page) and nav.
    """
    if request.method == "POST" and form.is_valid():
        list_services.save_listed(request.user, form.save(commit=False), may_keep)
        messages.success(request, "The list has been saved.")
        return redirect(context["back"])
    return render(request, "consultations/lists/change.html", {"form": form, **context})
