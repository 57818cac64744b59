"""The plan made with a family: written down, and printed in plain words for them to keep."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import allow
from audit.models import Look
from documents.pdf import PdfFailed, PdfUnavailable, pdf
from documents.responses import pdf_response
from govuk.forms import posted
from interventions import policies
from interventions.acting import do
from interventions.children import look_at, open_children_of
from interventions.doors import fetch_with_people
from interventions.family_plan_forms import FamilyPlanForm
from interventions.models import MeasureKind, Point
from interventions.services import family_plan as services
from schools.doors import ask_first

CHANGED = (
    "Somebody else has changed this plan since you opened the page. Check what is there now in"
    " another tab, then save again to keep what is typed here"
)
TITLE = "Our plan"


@require_http_methods(["GET", "POST"])
def family_plan(request, pk):
    """``/interventions/<id>/plan/``: the goal, who does what, when it is looked at again."""
    work = fetch_with_people(request, pk)
    allow(policies.may_work(request.user, work))
    if work.state in services.NOT_OPEN:
        messages.info(request, services.NOT_OPEN[work.state])
        return redirect(work)
    pupils = open_children_of(request.user, work)
    if pupils is None:
        return ask_first(request, reverse("intervention_reason", args=[pk]))
    is_measured = work.measures.filter(kind=MeasureKind.SCALE, point=Point.FIRST).exists()
    data = posted(request)
    form = FamilyPlanForm(data, work=work, is_measured=is_measured)
    status = 200
    if form.is_bound and form.is_stale:
        form.add_error(None, CHANGED)
        form.data = form.data.copy()
        form.data["seen"] = form.seen_now
        status = 409
    elif form.is_bound and form.is_valid():
        done = do(
            request,
            form,
            lambda: services.plan(request.user, work, **form.told),
            "Plan saved. Print it for the family.",
            work,
        )
        if done:
            return done
    look_at(request.user, work, pupils)
    context = {"work": work, "form": form, "nav": "interventions"}
    return render(request, "interventions/family_plan.html", context, status=status)


@require_GET
def family_plan_print(request, pk):
    """``/interventions/<id>/plan/print/``: the plan as the family gets it, to print."""
    work = fetch_with_people(request, pk)
    pupils = _open_plan(request, work, Look.PRINT)
    if pupils is None:
        return redirect(work)
    context = _plan(work, pupils) | {"nav": "interventions"}
    return render(request, "interventions/family_plan_print.html", context)


@require_GET
def family_plan_pdf(request, pk):
    """``/interventions/<id>/plan/pdf/``: its file name and title hold nothing personal."""
    work = fetch_with_people(request, pk)
    pupils = _open_plan(request, work, Look.PDF)
    if pupils is None:
        return redirect(work)
    html = render_to_string(
        "interventions/pdf/family_plan.html", _plan(work, pupils), request=request
    )
    try:
        data = pdf(html, title=TITLE)
    except (PdfFailed, PdfUnavailable):
        messages.warning(request, "The PDF could not be made. Use this print view instead.")
        return redirect("family_plan_print", pk=pk)
    return pdf_response(data, "our-plan.pdf")


def _open_plan(request, work, action):
    """The children of a plan that has been made; None where there is none, or it is not open."""
    if not work.goal:
        messages.info(request, "There is no plan yet. Write it with the family first.")
        return None
    pupils = open_children_of(request.user, work)
    if pupils is not None:
        look_at(request.user, work, pupils, action)
    return pupils


def _plan(work, pupils):
    """What the plan says to the family: nothing that they did not say or hear (rule 003-48)."""
    people = [person for person in work.participants.all() if person.name]
    return {
        "title": TITLE,
        "work": work,
        "families": [*map(_called, pupils), *(person.name for person in people)],
        "workers": work.workers,
    }


def _called(pupil):
    """The name by which the family calls the child."""
    return pupil.known_as or pupil.first_names
