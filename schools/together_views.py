"""Pages about working with a school: its policies and offer, and who else works there."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from schools import policies, services
from schools.models import AlsoHere, School, SchoolPolicy
from schools.services.together import GONE, POLICY_CHANGED
from schools.together_forms import (
    AlsoHereForm,
    TogetherForm,
    also_here_now,
    seen_of,
    together_now,
)

CHANGED = (
    "Somebody else has changed this since you opened it. Compare with the school’s page in another"
    " tab, then save again to keep what is typed here"
)


def _fetch(request, urn):
    """The school, where its register page is open to the viewer; 404 otherwise."""
    return get_object_or_404(School.objects.visible_to(request.user), urn=urn)


def _back(school):
    return redirect(f"{school.get_absolute_url()}#together")


@require_http_methods(["GET", "POST"])
def change_together(request, urn):
    """``/schools/<urn>/together/``: the relationship, the policies and the school's own offer."""
    school = _fetch(request, urn)
    allow(policies.may_keep_links(request.user, school))
    form = TogetherForm(
        request.POST or None,
        initial=together_now(school),
        shows_relationship=policies.may_keep_relationship(request.user, school),
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        if request.POST.get("seen", seen_of(school)) == seen_of(school):
            services.change_together(request.user, school, **form.facts)
            messages.success(request, f"Working with {school.name} has been saved.")
            return _back(school)
        form.add_error(None, CHANGED)
        status = 409
    context = {"form": form, "school": school, "seen": seen_of(school), "nav": "schools"}
    return render(request, "schools/together.html", context, status=status)


@require_POST
def read_policy(request, urn, pk):
    """``/schools/<urn>/policies/<id>/read/``: the viewer read it today."""
    school = _fetch(request, urn)
    allow(policies.may_know_relationship(request.user, school))
    policy = SchoolPolicy.objects.select_related("school").filter(school=school, pk=pk).first()
    try:
        if policy is None:
            raise TransitionNotAllowed(POLICY_CHANGED)
        services.read_policy(request.user, policy)
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, f"You read the {policy.name} today.")
    return _back(school)


@require_http_methods(["GET", "POST"])
def add_also_here(request, urn):
    """``/schools/<urn>/also-here/add/``: an agency, or one of its people."""
    school = _fetch(request, urn)
    allow(policies.may_list_others(request.user, school))
    form = AlsoHereForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_also_here(request.user, school, **form.facts)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "Who works at the school has been added.")
            return _back(school)
    return _show(request, form, school)


@require_POST
def add_usual(request, urn):
    """``/schools/<urn>/also-here/usual/``: somebody who works at most schools of the type."""
    school = _fetch(request, urn)
    allow(policies.may_list_others(request.user, school))
    try:
        other = services.add_usual(request.user, school, request.POST.get("usual", ""))
    except ValidationError as refused:
        messages.warning(request, refused.messages[0])
    else:
        messages.success(request, f"{other.agency.name} has been added.")
    return _back(school)


@require_http_methods(["GET", "POST"])
def change_also_here(request, urn, pk):
    """``/schools/<urn>/also-here/<id>/``: change who works at the school, or when to contact."""
    school = _fetch(request, urn)
    allow(policies.may_list_others(request.user, school))
    other = _other(school, pk)
    if other is None:
        messages.warning(request, GONE)
        return _back(school)
    form = AlsoHereForm(request.POST or None, initial=also_here_now(other))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_also_here(request.user, other, **form.facts)
        except ValidationError as refused:
            form.add_error(None, refused)
        except TransitionNotAllowed as too_late:
            messages.warning(request, str(too_late))
            return _back(school)
        else:
            messages.success(request, "Who works at the school has been changed.")
            return _back(school)
    return _show(request, form, school, other)


@require_POST
def remove_also_here(request, urn, pk):
    """``/schools/<urn>/also-here/<id>/remove/``."""
    school = _fetch(request, urn)
    allow(policies.may_list_others(request.user, school))
    other = _other(school, pk)
    try:
        if other is None:
            raise TransitionNotAllowed(GONE)
        services.remove_also_here(request.user, other)
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, f"{other.who} has been removed.")
    return _back(school)


def _other(school, pk):
    others = AlsoHere.objects.select_related("school", "agency", "contact")
    return others.filter(school=school, pk=pk).first()


def _show(request, form, school, other=None):
    context = {
        "form": form,
        "school": school,
        "other": other,
        "may_edit_agencies": policies.may_edit_agencies(request.user),
        "nav": "schools",
    }
    return render(request, "schools/also_here.html", context)
