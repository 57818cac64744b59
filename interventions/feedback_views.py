"""Asking a family what they thought, and the pages on which they answer without signing in.

The device that changes hands is signed out before: behind the questions there is nothing to go
back to. The public pages know nobody's name, and one answer serves a wrong, an old and an
answered link alike.
"""

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from audit.errors import TransitionNotAllowed, allow
from govuk.forms import posted
from interventions import policies
from interventions.acting import do
from interventions.children import look_at, open_children_of
from interventions.doors import of_open_work
from interventions.feedback_forms import ANSWERS, CodeForm, LinkForm, WhoForm
from interventions.models import Feedback, Participant
from interventions.services import feedback as services
from notifications.models import Message

# Where somebody lands who has to leave at once.
ELSEWHERE = "https://www.bbc.co.uk/weather"
# A school's families may share one address; five wrong codes close a link in any case.
RATES = {"feedback": "30/m/ip"}
# In the session: the feedback that this browser may answer.
MAY_ANSWER = "feedback"

# --- the team's side ----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@of_open_work
def feedback_hand(request, work, participant):
    """``/interventions/<id>/feedback/<participant>/hand/``: sign out here, and let them answer."""
    person = _person(request, work, participant)
    form = WhoForm(posted(request), participant=person)
    if request.method == "POST" and form.is_valid():
        try:
            asked = services.hand_over(request.user, work, person, form.answering)
        except TransitionNotAllowed as late:
            return _late(request, work, late)
        logout(request)
        request.session[MAY_ANSWER] = str(asked.feedback.pk)
        response = redirect("feedback_form", token=asked.token)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response
    return _ask_page(request, work, person, form, "interventions/feedback/hand.html")


@require_http_methods(["GET", "POST"])
@of_open_work
def feedback_link(request, work, participant):
    """``/interventions/<id>/feedback/<participant>/link/``: to an address that is safe today."""
    person = _person(request, work, participant)
    if not services.takes_links(work):
        return _late(request, work, services.NOT_NOW)
    form = LinkForm(posted(request), participant=person)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("address", "is_safe", "once")}
        done = do(
            request,
            form,
            lambda: services.ask_by_link(request.user, work, person, form.answering, **facts),
            "The link has been made.",
            lambda asked: (
                reverse("feedback_asked", args=[work.pk, asked.pk])
                if asked
                else reverse("measures", args=[work.pk])
            ),
        )
        if done:
            return done
    return _ask_page(request, work, person, form, "interventions/feedback/link.html")


@require_GET
@of_open_work
def feedback_asked(request, work, feedback):
    """``/interventions/<id>/feedback/asked/<feedback>/``: the code to say, while it is open."""
    allow(policies.may_work(request.user, work))
    asked = get_object_or_404(
        work.feedback.filter(how=Feedback.How.LINK).select_related("participant__pupil"),
        pk=feedback,
    )
    look_at(request.user, work, open_children_of(request.user, work))
    context = {
        "work": work,
        "asked": asked,
        "code": services.code_of(asked) if services.is_open(asked) else "",
        "message": Message.objects.about(asked).first(),
        "nav": "interventions",
    }
    return render(request, "interventions/feedback/asked.html", context)


@require_POST
@of_open_work
def feedback_end(request, work, feedback):
    """POST ``/interventions/<id>/feedback/asked/<feedback>/end/``: close a link gone astray."""
    allow(policies.may_work(request.user, work))
    asked = get_object_or_404(work.feedback.filter(how=Feedback.How.LINK), pk=feedback)
    there = reverse("measures", args=[work.pk])
    return do(
        request, None, lambda: services.end_link(request.user, asked), "The link is closed.", there
    )


@require_POST
@of_open_work
def family_links(request, work):
    """POST ``/interventions/<id>/messages/``: whether links may go to this family."""
    allow(policies.may_allocate(request.user, work))
    act = services.stop_links if request.POST.get("links") == "none" else services.allow_links
    for person in work.participants.exclude(pupil=None).select_related("pupil"):
        act(request.user, person.pupil)
    messages.success(request, "Saved.")
    return redirect("measures", pk=work.pk)


def _person(request, work, pk):
    allow(policies.may_work(request.user, work))
    return get_object_or_404(
        Participant.objects.select_related("pupil"), pk=pk, intervention=work.pk
    )


def _late(request, work, why):
    messages.info(request, str(why))
    return redirect("measures", pk=work.pk)


def _ask_page(request, work, person, form, template):
    if not services.is_askable(work):
        return _late(request, work, services.NOT_NOW)
    look_at(request.user, work, open_children_of(request.user, work))
    context = {
        "work": work,
        "person": person,
        "form": form,
        "back": reverse("measures", args=[work.pk]),
        "nav": "interventions",
    }
    return render(request, template, context)


# --- the family's side --------------------------------------------------------------------


@never_cache
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def feedback_form(request, token):
    """``/feedback/<token>/``: the code first, then a few questions, once."""
    asked = services.find_open(token)
    is_in = asked is not None and request.session.get(MAY_ANSWER) == str(asked.pk)
    if asked is None or not (is_in or asked.how == Feedback.How.LINK):
        return _over(request)
    return _private(_questions(request, asked) if is_in else _door(request, token))


@never_cache
@login_not_required
@require_GET
def feedback_leave(request):
    """``/feedback/leave/``: away from here at once, and no way back to what was typed."""
    request.session.pop(MAY_ANSWER, None)
    response = HttpResponseRedirect(ELSEWHERE)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return _private(response)


@never_cache
@login_not_required
@require_GET
def feedback_thanks(request):
    """``/feedback/thanks/``: it is kept; nothing more to see."""
    return render(request, "interventions/feedback/thanks.html")


def _door(request, token):
    form = CodeForm(posted(request))
    if request.method == "POST":
        if not ratelimit.consume(request, app="interventions", action="feedback", config=RATES):
            return render(request, "interventions/feedback/too_many.html", status=429)
        if form.is_valid():
            try:
                asked = services.try_code(token, form.cleaned_data["code"])
            except TransitionNotAllowed:
                return _over(request)
            if asked is not None:
                request.session[MAY_ANSWER] = str(asked.pk)
                return redirect("feedback_form", token=token)
            if services.find_open(token) is None:
                return _over(request)
            form.add_error("code", "These are not the numbers you were given. Check and try again")
    return render(request, "interventions/feedback/code.html", {"form": form})


def _questions(request, asked):
    form = ANSWERS[asked.of](posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(User.objects.system("feedback"), asked, **form.cleaned_data)
        except ValidationError as wrong:
            form.add_error(None, wrong)
        except TransitionNotAllowed:
            return redirect("feedback_thanks")
        else:
            request.session.pop(MAY_ANSWER, None)
            return redirect("feedback_thanks")
    context = {"form": form, "is_child": asked.of == Feedback.Of.CHILD}
    return render(request, "interventions/feedback/questions.html", context)


def _over(request):
    return _private(render(request, "interventions/feedback/over.html", status=410))


def _private(response):
    """Keep the token out of Referer. ``no-referrer`` would also empty the Origin that the
    check against forged posts reads."""
    response["Referrer-Policy"] = "strict-origin"
    return response
