"""How a request for support is answered, and what its school says against that."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from audit.errors import allow
from consultations.policies import may_record
from drafts import unsaved
from govuk.forms import posted
from interventions import policies as interventions
from interventions.acting import do, unless_late
from interventions.work_views import Origin, ask_from
from referrals import policies, request_forms
from referrals.models import RequestSource
from referrals.request_page import who_reads
from referrals.request_views import after, fetch, fetch_for_team, form_page, request_detail
from referrals.services import request_answers


@require_http_methods(["GET", "POST"])
def consult(request, pk):
    """``/requests/<id>/consultation/``: begin it, the words carried into the draft."""
    asked = fetch_for_team(request, pk, policies.may_answer_request)
    allow(may_record(request.user, asked.school))
    form = request_forms.ToldForm(posted(request))
    return _answer(
        request,
        asked,
        form,
        lambda seen: request_answers.consult(request.user, asked, **form.cleaned_data, seen=seen),
        said="The consultation is begun as a draft of yours, with what was asked in its notes.",
        title="Take it up in an Early help consultation",
        button="Start the consultation",
        lead="It becomes a draft of yours; what was asked goes into its internal notes. Say when"
        " you will talk, if you know.",
        there=_to_draft,
    )


def _to_draft(asked):
    return reverse("consultation_edit", args=[asked.consultation_id])


@require_http_methods(["GET", "POST"])
def work(request, pk):
    """``/requests/<id>/short-work/``: the form of short work, filled in from the request."""
    asked = fetch_for_team(request, pk, policies.may_answer_request)
    allow(interventions.may_request(request.user, asked.school))
    if not asked.is_ahead:
        messages.info(request, request_answers.ANSWERED)
        is_sent_twice = request.POST.get("id") == str(asked.intervention_id)
        if request.method == "POST" and not is_sent_twice:
            return redirect("unsaved_form", pk=unsaved.keep(request).pk)
        return redirect(asked)
    origin = Origin(
        asked.school,
        first={
            "asked_by": asked.source,
            "asked_who": asked.who_asked[:150],
            "asked_on": timezone.localdate(asked.received_at),
            "hoped_for": asked.words,
            "identified_at_school": asked.asked_name
            if asked.source == RequestSource.SCHOOL
            else "",
        },
        ask=lambda by, school, facts, people, *, involved, consultation, pk: (
            request_answers.ask_for_work(by, asked, facts, people, involved=involved, pk=pk)
        ),
        back=asked.get_absolute_url(),
    )
    return ask_from(request, origin)


@require_http_methods(["GET", "POST"])
def advise(request, pk):
    """``/requests/<id>/advice/``: answered with advice."""
    asked = fetch_for_team(request, pk, policies.may_answer_request)
    form = request_forms.AdviceForm(posted(request))
    return _answer(
        request,
        asked,
        form,
        lambda seen: request_answers.advise(request.user, asked, **form.cleaned_data, seen=seen),
        said="Advice given. Whoever asked has been told.",
        title="Give advice",
        button="Send the advice",
        lead="Advice about a child belongs on the child’s record: for that, take it"
        " up in an Early help consultation.",
    )


@require_http_methods(["GET", "POST"])
def meet(request, pk):
    """``/requests/<id>/meeting/``: a CASO meeting is to be called."""
    asked = fetch_for_team(request, pk, policies.may_answer_request)
    form = request_forms.ToldForm(posted(request))
    return _answer(
        request,
        asked,
        form,
        lambda seen: request_answers.call_meeting(
            request.user, asked, **form.cleaned_data, seen=seen
        ),
        said="It is to be a CASO meeting. Whoever asked and the coordinators have been told.",
        title="Call a CASO meeting",
        button="It is to be a meeting",
        lead="The coordinators hear that one is to be called.",
    )


@require_http_methods(["GET", "POST"])
def decline(request, pk):
    """``/requests/<id>/decline/``: not taken up, with the reason and the ways on."""
    asked = fetch_for_team(request, pk, policies.may_answer_request)
    form = request_forms.DeclineForm(posted(request))
    return _answer(
        request,
        asked,
        form,
        lambda seen: request_answers.decline(request.user, asked, **form.cleaned_data, seen=seen),
        said="Not taken up. Whoever asked has been told why.",
        title="Do not take it up",
        button="Do not take it up",
        lead="Worry about a child does not end with it.",
        is_over=True,
    )


def _answer(request, asked, form, act, *, said, title, button, lead, there=None, is_over=False):
    """The page of an answer; what somebody else answered meanwhile stops it, words and all.

    ``there`` is where it leads, as a function of the request, or None for the request's own page.
    """
    if request.method == "GET" and not asked.is_ahead:
        messages.info(request, request_answers.ANSWERED)
        return redirect(asked)
    done = do(
        request,
        form,
        lambda: act(request.POST.get("seen") or None),
        said,
        lambda made: after(
            request,
            asked,
            made,
            form.cleaned_data["text"],
            there(made) if there and made else "",
        ),
    )
    if done:
        return done
    asked.refresh_from_db(fields=["answered_at"])
    lead = f"{lead} {who_reads(asked)}"
    return form_page(
        request, asked, form, title, button, lead=lead, is_over=is_over, seen=asked.seen
    )


# --- a school that disagrees --------------------------------------------------------------------


@require_POST
def disagree(request, pk):
    """POST ``/requests/<id>/disagree/``: the school says why the answer was wrong."""
    asked, for_school = fetch(request, pk)
    allow(policies.may_object_to_answer(request.user, asked))
    form = request_forms.DisagreeForm(request.POST)
    done = do(
        request,
        form,
        lambda: request_answers.disagree(request.user, asked, form.cleaned_data["why"]),
        "The team manager has been told, and answers here.",
        asked.get_absolute_url(),
    )
    return done or request_detail(request, asked, for_school, disagree_form=form)


@require_http_methods(["GET", "POST"])
def answer_disagreement(request, pk, disagreement):
    """``/requests/<id>/disagreements/<id>/``: what the school said, and a manager's answer."""
    asked = fetch_for_team(request, pk, policies.may_answer_objection)
    found = get_object_or_404(
        asked.disagreements.select_related("said_by", "answered_by"), pk=disagreement
    )
    form = request_forms.AnswerForm(posted(request))
    done = do(
        request,
        form,
        lambda: request_answers.answer_disagreement(
            request.user, found, form.cleaned_data["answer"]
        ),
        "Answered. The school has been told.",
        unless_late(request, form, found, asked),
    )
    if done:
        return done
    title = f"Answer {asked.school}"
    return form_page(request, asked, form, title, "Send the answer", said=found)
