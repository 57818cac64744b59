"""The page of a form that was sent too late: to check, and to send again as it was."""

import re
from itertools import chain

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audit.models import Access
from audit.services import looked
from drafts import unsaved
from schools.children import Door, basis_of, door_of
from schools.doors import ask_for_reason, safe_next
from schools.models import Enrolment, Pupil
from schools.policies import may_ask
from schools.scope import scope_of

ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@require_GET
def unsaved_form(request, pk):
    """``/unsaved/<id>/``: behind the gate of each child it may be about (rule 001-58).

    About a child who is closed to its writer it shows nothing that was typed, and leads to the
    reason that opens the child where there is one. ``next`` is where its writer was going, who
    need not decide now.
    """
    kept = get_object_or_404(unsaved.of(request.user), pk=pk)
    context = {
        "kept": kept,
        "until": kept.sent_at + unsaved.KEPT_FOR,
        "then": safe_next(request, reverse("home")),
    }
    # What somebody wrote who never was the council's has no gate before it.
    is_gated = request.user.staff_roles.exists()
    children = children_of(kept) if is_gated else Pupil.objects.none()
    # A coordinator, who looks nobody up, can give no reason, and reads their own words here.
    doors = [door_of(request.user, pupil) for pupil in children] if may_ask(request.user) else []
    scope = scope_of(request.user)
    if Door.SHUT in doors or len(readable(children, scope)) < len(children):
        return render(request, "schools/unsaved_closed.html", context)
    if Door.REASON in doors:
        pupil = children[doors.index(Door.REASON)]
        asked = ask_for_reason(request, pupil.pk, request.get_full_path())
        return render(request, "schools/unsaved_closed.html", context | {"reason": asked.url})
    for pupil in children:
        basis, reason = basis_of(request.user, pupil) if scope.is_council else ("school", "")
        looked(request.user, pupil, basis=basis, child_id=pupil.pk, reason=reason)
    context |= {"field": unsaved.FIELD, "words": unsaved.words_of(kept)}
    return render(request, "schools/unsaved.html", context)


@require_POST
def discard_unsaved(request, pk):
    """``/unsaved/<id>/discard/``: the user does not want it any more."""
    kept = get_object_or_404(unsaved.of(request.user), pk=pk)
    unsaved.drop(request.user, kept.pk)
    messages.success(request, "It was not saved, and is not kept any more.")
    return redirect(safe_next(request, reverse("home")))


def children_of(kept):
    """The children whom a kept form may be about: named in it, or shown where it was typed.

    Which children a page showed its writer is in the access log, whichever page it was.
    """
    told = [kept.path, *chain.from_iterable(kept.data.values())]
    ids = {found for text in told for found in ID.findall(text)}
    shown = Access.objects.filter(user=kept.user_id, subject_id__in=ids, child_id__isnull=False)
    return Pupil.objects.filter(Q(pk__in=ids) | Q(pk__in=shown.values("child_id"))).order_by("pk")


def readable(children, scope):
    """Those of the children who keep nothing that was typed from their writer, door or no door.

    For whoever has left the council they are the children of the schools they read for: of any
    other child they may have written as the council's.
    """
    found = children.not_at(scope.excluded)
    if scope.is_council:
        return found
    there = Enrolment.objects.filter(
        pupil=OuterRef("pk"), school__in=scope.reads_shared, ends_on__isnull=True
    )
    return found.filter(Exists(there))
