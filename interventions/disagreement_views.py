"""A school says that it disagrees with a decision on short work; a manager answers."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from interventions import policies
from interventions.children import look_at, open_children_of
from interventions.disagreement_forms import AnswerForm, DisagreeForm
from interventions.doors import of_open_work
from interventions.provision_views import shared_page
from interventions.school_side import fetch_shared
from interventions.services import disagreements


@require_POST
def shared_disagree(request, pk):
    """POST ``/shared/short-work/<id>/disagree/``: a head or safeguarding lead says why."""
    work = fetch_shared(request, pk)
    form = DisagreeForm(request.POST)
    if not form.is_valid():
        return shared_page(request, work, form)
    try:
        disagreements.disagree(request.user, work, form.cleaned_data["why"])
    except ValidationError as refused:
        form.refuse(refused)
    except TransitionNotAllowed as late:
        form.add_error(None, str(late))
    else:
        messages.success(request, "The team manager has been told, and answers here.")
        return redirect("shared_work", pk=pk)
    return shared_page(request, work, form)


@require_http_methods(["GET", "POST"])
@of_open_work
def disagreement_answer(request, work, disagreement):
    """``/interventions/<id>/disagreements/<id>/``: what the school said, and the answer."""
    allow(policies.may_answer_disagreement(request.user, work))
    found = get_object_or_404(
        work.disagreements.select_related("said_by", "answered_by"), pk=disagreement
    )
    form = AnswerForm(request.POST if request.method == "POST" else None)
    try:
        if request.method == "POST" and form.is_valid():
            disagreements.answer(request.user, found, form.cleaned_data["answer"])
            messages.success(request, "Answered. The school has been told.")
            return redirect(work)
    except ValidationError as refused:
        form.refuse(refused)
    except TransitionNotAllowed as late:
        form.add_error(None, str(late))
    look_at(request.user, work, open_children_of(request.user, work))
    context = {
        "work": work,
        "said": found,
        "form": form,
        "title": f"Answer {work.school}",
        "back": work.get_absolute_url(),
        "nav": "interventions",
    }
    return render(request, "interventions/disagreement.html", context)
