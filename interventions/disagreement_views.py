"""A school says that it disagrees with a decision on short work; a manager answers."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from audit.errors import allow
from govuk.forms import posted
from interventions import policies
from interventions.acting import do, unless_late
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
    done = do(
        request,
        form,
        lambda: disagreements.disagree(request.user, work, form.cleaned_data["why"]),
        "The team manager has been told, and answers here.",
        reverse("shared_work", args=[pk]),
    )
    return done or shared_page(request, work, form)


@require_http_methods(["GET", "POST"])
@of_open_work
def disagreement_answer(request, work, disagreement):
    """``/interventions/<id>/disagreements/<id>/``: what the school said, and the answer."""
    allow(policies.may_answer_disagreement(request.user, work))
    found = get_object_or_404(
        work.disagreements.select_related("said_by", "answered_by"), pk=disagreement
    )
    form = AnswerForm(posted(request))
    done = do(
        request,
        form,
        lambda: disagreements.answer(request.user, found, form.cleaned_data["answer"]),
        "Answered. The school has been told.",
        unless_late(request, form, found, work),
    )
    if done:
        return done
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
