"""How a piece of work is reviewed, ends, goes on elsewhere, and is taken up again."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from audit.errors import allow
from govuk.forms import posted
from interventions import policies
from interventions.acting import do
from interventions.children import look_at, open_children_of
from interventions.doors import of_open_work
from interventions.ending_forms import (
    AskAgainForm,
    EndForm,
    ReopenForm,
    ReviewForm,
    StepDownForm,
    StepUpForm,
)
from interventions.models import AskedBy, ShortIntervention, StepUp
from interventions.services import endings, plans, reviews


@require_http_methods(["GET", "POST"])
@of_open_work
def review(request, work):
    """``/interventions/<id>/review/``: better, same or worse, in words, and the next date."""
    allow(policies.may_work(request.user, work))
    if late := reviews.NOT_OPEN.get(work.state):
        return _too_late(request, work, late)
    form = ReviewForm(posted(request), work=work)
    return _answer(
        request,
        work,
        form,
        lambda: reviews.review(request.user, work, **form.cleaned_data),
        "The review has been recorded.",
    ) or _page(request, work, form, "review")


@require_http_methods(["GET", "POST"])
@of_open_work
def end(request, work):
    """``/interventions/<id>/end/``: why, with what everybody says; ``?reason=`` begins with one."""
    allow(policies.may_work(request.user, work))
    return _end(
        request,
        work,
        "end",
        EndForm(
            posted(request),
            plans=endings.plans_to_end(request.user, work),
            initial={"end_reason": request.GET.get("reason", "")},
        ),
        endings.close,
        "The work has ended. Its record stays with the school’s.",
    )


@require_http_methods(["GET", "POST"])
@of_open_work
def step_down(request, work):
    """``/interventions/<id>/step-down/``: to the school's own support."""
    allow(policies.may_work(request.user, work))
    return _end(
        request,
        work,
        "step_down",
        StepDownForm(posted(request)),
        endings.step_down,
        "The work has ended, and the school goes on.",
    )


def _end(request, work, page, form, act, said):
    if late := _closed(work):
        return _too_late(request, work, late)
    drafts = list(endings.drafts_of(work))
    if request.method == "POST" and form.is_valid() and drafts:
        form.add_error(None, "Complete or discard the draft first. What you typed is still here")
    answered = _answer(
        request, work, form, lambda: act(request.user, work, **form.cleaned_data), said
    )
    return answered or _page(request, work, form, page, drafts=drafts)


@require_http_methods(["GET", "POST"])
@of_open_work
def step_up(request, work):
    """``/interventions/<id>/step-up/``: the front door's numbers first; nothing is referred."""
    allow(policies.may_work(request.user, work))
    if late := _closed(work):
        return _too_late(request, work, late)
    council = settings.COUNCIL
    form = StepUpForm(posted(request), plan_name=council.plan, front_door=council.front_door)
    drafts = list(endings.drafts_of(work))
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and drafts and not form.facts["work_goes_on"]:
        form.add_error("goes_on", "Complete or discard the draft first, or let the work go on")
    return _answer(
        request,
        work,
        form,
        lambda: endings.step_up(request.user, work, **form.facts),
        _stepped(work, form),
    ) or _page(request, work, form, "step_up", drafts=drafts)


def _stepped(work, form):
    if form.is_bound and form.is_valid() and form.cleaned_data["to"] == StepUp.To.PLAN:
        has_plan = plans.with_plan(endings.children_of(work))
        for_whom = " for the children who have none yet" if has_plan else ""
        return (
            f"{work.school} has been asked to start an {settings.COUNCIL.plan}{for_whom}. Only the"
            " school records that it did."
        )
    return "That the school was advised is on record. The school makes the contact itself."


@require_http_methods(["GET", "POST"])
@of_open_work
def reopen(request, work):
    """``/interventions/<id>/reopen/``: for a reason, with its history (rule 003-54)."""
    allow(policies.may_work(request.user, work))
    if work.is_open:
        return _too_late(request, work, "This work is open.")
    form = ReopenForm(posted(request))
    return _answer(
        request,
        work,
        form,
        lambda: endings.reopen(request.user, work, form.cleaned_data["why"]),
        "The work has been taken up again.",
    ) or _page(request, work, form, "reopen")


@require_http_methods(["GET", "POST"])
@of_open_work
def ask_again(request, work):
    """``/interventions/<id>/again/``: a new piece of work that continues this one."""
    allow(policies.may_request(request.user, work.school))
    if work.is_open:
        return _too_late(request, work, "This work is still open.")
    form = AskAgainForm(
        posted(request), initial={"asked_by": AskedBy.SCHOOL, "hoped_for": work.hoped_for}
    )
    return _answer(
        request,
        work,
        form,
        lambda: endings.ask_again(request.user, work, **form.cleaned_data),
        "The new work has been asked for. It waits to be allocated.",
    ) or _page(request, work, form, "again")


def _closed(work):
    """Why the work cannot end or be stepped up, or empty."""
    return {"closed": endings.ENDED, "requested": endings.NOT_ALLOCATED}.get(work.state, "")


def _answer(request, work, form, act, said):
    """Do it, say so, and go to the work, or to what goes on from it; None to show the form."""
    if request.method != "POST" or not form.is_valid():
        return None
    return do(
        request,
        form,
        act,
        said,
        lambda made: made if isinstance(made, ShortIntervention) else work,
    )


def _too_late(request, work, sentence):
    messages.info(request, sentence)
    return redirect(work.get_absolute_url())


def _page(request, work, form, page, **context):
    look_at(request.user, work, open_children_of(request.user, work))
    context |= {
        "work": work,
        "people": work.participants.select_related("pupil"),
        "form": form,
        "nav": "interventions",
    }
    return render(request, f"interventions/endings/{page}.html", context)
