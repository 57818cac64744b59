"""A team manager hands the draft of somebody who is away to another worker of the school."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audit.errors import TransitionNotAllowed, allow
from consultations import policies, services
from consultations.hand_over_forms import HandOverForm
from consultations.models import Consultation


@require_http_methods(["GET", "POST"])
def hand_over(request, pk):
    """``/consultations/<id>/hand-over/``: who finishes it, and why."""
    consultation = get_object_or_404(
        Consultation.objects.visible_to(request.user).select_related("school", "author"), pk=pk
    )
    allow(policies.may_hand_over(request.user, consultation))
    if not consultation.is_draft:
        messages.info(request, "This consultation is completed. Add to it instead.")
        return redirect("consultation", pk=pk)
    form = HandOverForm(request.POST or None, people=policies.may_take_over(consultation))
    if request.method == "POST" and form.is_valid():
        try:
            services.hand_over(request.user, consultation, **form.cleaned_data)
        except TransitionNotAllowed as too_late:
            messages.warning(request, str(too_late))
        else:
            to = form.cleaned_data["to"].name
            messages.success(request, f"The draft has been handed over to {to}.")
        return redirect("consultation", pk=pk)
    context = {
        "written": consultation,
        "school": consultation.school,
        "held_on": consultation.held_at,
        "what": "consultation",
        "form": form,
        "back": reverse("consultation", args=[pk]),
        "nav": "schools",
    }
    return render(request, "drafts/hand_over.html", context)
