"""A child's part of a completed consultation is marked significant, or the mark is taken back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audit.errors import TransitionNotAllowed, allow
from consultations import policies
from consultations.children import parts_for
from consultations.models import Consultation, Naming, State
from consultations.prompts import prompts_of_words, texts_of
from consultations.services import significant as services
from consultations.views import looked_with_children
from drafts import unsaved
from govuk.fields import text
from govuk.forms import Form, posted
from schools.doors import ask_first
from schools.pupil_forms import seen_of


class SignificantForm(Form):
    line = text("One line for the chronology", 200, "Enter one line for the chronology")


@require_http_methods(["GET", "POST"])
def significant(request, pk, part_pk):
    """``/consultations/<id>/significant/<part id>/``: mark one child's part, or take it back."""
    held = Consultation.objects.visible_to(request.user).exclude(state=State.DRAFT)
    consultation = get_object_or_404(held.select_related("school", "author", "started_by"), pk=pk)
    allow(policies.may_add(request.user, consultation))
    parts = parts_for(request.user, consultation)
    if parts.is_held_back:
        return ask_first(request, reverse("consultation_reason", args=[pk]))
    part = next((part for part in parts.shown if part.row.pk == part_pk), None)
    if part is None:
        raise Http404
    is_back = "back" in request.POST
    form = SignificantForm(
        None if is_back else posted(request), initial={"line": part.row.headline}
    )
    is_sent = request.method == "POST" and (is_back or form.is_valid())
    prompts = _prompts(consultation, part, form) if is_sent and not is_back else []
    if is_sent and (not prompts or request.POST.get("looked_at") == seen_of(prompts)):
        try:
            if is_back:
                services.take_back_significant(request.user, part.row)
                messages.success(request, "It stands out in the chronology no longer.")
            else:
                services.mark_significant(request.user, part.row, form.cleaned_data["line"])
                messages.success(request, "Marked as significant in the chronology.")
        except TransitionNotAllowed as late:
            messages.info(request, str(late))
            part.row.refresh_from_db(fields=["headline"])
            if not is_back and form.cleaned_data["line"] != part.row.headline:
                # Somebody else was first: the words stay their writer's.
                return redirect("unsaved_form", unsaved.keep(request).pk)
        return redirect("consultation", pk=pk)
    about = [pupil for pupil in parts.pupils if pupil.pk == part.row.pupil_id]
    looked_with_children(request, consultation, about)
    return render(
        request,
        "consultations/significant.html",
        {
            "consultation": consultation,
            "part": part,
            "form": form,
            "prompts": prompts,
            "looked_at": seen_of(prompts),
            "nav": "schools",
        },
    )


def _prompts(consultation, part, form):
    """What to look at again in the line, which is of one child or of nobody."""
    is_nameless = consultation.naming == Naming.NO_NAMES
    written = list(texts_of(form, pupil=part.row.pupil))
    return prompts_of_words(consultation.school, written, is_nameless=is_nameless)
