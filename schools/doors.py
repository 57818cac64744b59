"""Pages that do not exist for those who have no business there, and children behind a reason."""

from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from audit.errors import allow
from drafts import unsaved
from schools.children import Door, door_of, may_change_child
from schools.models import Pupil
from schools.policies import may_ask
from schools.scope import scope_of
from schools.services import open_children


def council_only(request):
    """Http404 for people outside the council, who hold no staff role."""
    if not scope_of(request.user).is_council:
        raise Http404


def register_readers_only(request):
    """Http404 for whoever may not open the register: the council, but information governance."""
    if not scope_of(request.user).opens_register:
        raise Http404


def askers_only(request):
    """Http404 for whoever may not look a child up."""
    if not may_ask(request.user):
        raise Http404


def fetch_child(request, pk):
    """``(child, door)``, the child with ``now_at``; Http404 where there is none for the user."""
    pupil = get_object_or_404(Pupil.objects.with_school(), pk=pk)
    door = door_of(request.user, pupil)
    if door is Door.SHUT:
        raise Http404
    return pupil, door


def ask_for_reason(request, pk, then=""):
    """To the page that asks for a reason, and from there to ``then`` or the page asked for.

    What was sent to that page is kept, and its writer comes back to it; from a button alone they
    come to the child's own page.
    """
    then = "" if request.method == "POST" else then or request.path
    return ask_first(request, reverse("pupil_reason", args=[pk]), then)


def ask_first(request, there, then=""):
    """To ``there``, a page that asks for a reason, and from there to ``then``, a local path.

    What was sent is kept, and its writer comes back to that instead.
    """
    if unsaved.worth_keeping(request):
        then = reverse("unsaved_form", args=[unsaved.keep(request).pk])
        messages.info(
            request, "What you sent has been kept. You will see it once you have given the reason."
        )
    return redirect(f"{there}?{urlencode({'next': then})}" if then else there)


def gave_reason(request, form, pupils):
    """Whether the reason that was sent opened the children; the form says why it did not."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        open_children(request.user, pupils, **form.cleaned_data)
    except ValidationError as refused:
        form.refuse(refused)
        return False
    return True


def changes_child(view):
    """For a view of ``(request, pupil, …)`` that changes a child open to the user (N-14, N-29).

    Http404 where there is no such child for them, the reason page where it is not open yet, and
    PermissionDenied for who may not change it.
    """

    @wraps(view)
    def gated(request, pk, **rest):
        pupil, door = fetch_child(request, pk)
        if door is Door.REASON:
            return ask_for_reason(request, pk)
        allow(may_change_child(request.user, pupil))
        return view(request, pupil, **rest)

    return gated


def safe_next(request, otherwise):
    """The local path that the request names as ``next``, or ``otherwise``."""
    path = request.POST.get("next") or request.GET.get("next", "")
    is_local = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_local else otherwise
