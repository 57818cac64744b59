"""Confirming what the family answered, on both sides, and what the team does about a no."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audit.errors import allow
from govuk.forms import posted
from govuk.words import long_date
from interventions import policies
from interventions.acting import do
from interventions.agreement import agreement_of, with_agreement
from interventions.children import children_to_open, look_at, open_children_of
from interventions.consent_forms import ConfirmForm, FamilyToldForm, WatchForm, WithdrawForm
from interventions.consent_page import day_to_look
from interventions.models import Answer, ShortIntervention
from interventions.school_side import fetch_shared, look_at_shared
from interventions.services import consent as consent_services
from schools.doors import ask_for_reason

STALE = (
    "Somebody else wrote down an answer since you opened this page. Read it below, and press the "
    "button again if yours is another one"
)


@require_http_methods(["GET", "POST"])
def consent(request, pk):
    """``/interventions/<id>/consent/``: who does the work writes down what the school told them."""
    work = _fetch(request, pk)
    allow(policies.may_confirm(request.user, work))
    return _gated(request, work, _confirm)


@require_http_methods(["GET", "POST"])
def shared_consent(request, pk):
    """``/shared/short-work/<id>/consent/``: a head or lead confirms it (rule 001-80)."""
    return _confirm(request, fetch_shared(request, pk), for_school=True)


@require_http_methods(["GET", "POST"])
def withdraw(request, pk, consent_pk):
    """``/interventions/<id>/consent/<id>/withdraw/``: direct work stops from that day."""
    work = _fetch(request, pk)
    allow(policies.may_confirm(request.user, work))
    return _gated(request, work, _withdraw, consent_pk=consent_pk)


@require_http_methods(["GET", "POST"])
def shared_withdraw(request, pk, consent_pk):
    """``/shared/short-work/<id>/consent/<id>/withdraw/``: the school says so itself."""
    return _withdraw(request, fetch_shared(request, pk), consent_pk=consent_pk, for_school=True)


@require_http_methods(["GET", "POST"])
def watch(request, pk):
    """``/interventions/<id>/watch/``: when to look again after a family said no (rule 003-51)."""
    work = _fetch(request, pk)
    allow(policies.may_work(request.user, work))
    return _gated(request, work, _watch)


@require_http_methods(["GET", "POST"])
def family_told(request, pk):
    """``/interventions/<id>/family-told/``: whether they know, or why not (rule 003-53)."""
    work = _fetch(request, pk)
    allow(policies.may_work(request.user, work))
    return _gated(request, work, _family_told)


def _fetch(request, pk):
    """The work on the team's side, with its agreement at hand; 404 out of scope."""
    works = ShortIntervention.objects.visible_to(request.user).select_related("school")
    return get_object_or_404(with_agreement(works), pk=pk)


def _gated(request, work, answer, **options):
    """``answer`` once every child who takes part is open to the user (rule 001-58)."""
    if open_children_of(request.user, work) is None:
        closed = children_to_open(request.user, work).first()
        if closed is None:
            raise Http404
        return ask_for_reason(request, closed.pk)
    return answer(request, work, **options)


def _confirm(request, work, *, for_school=False):
    if not work.is_open:
        return _too_late(request, work, "This work has ended.", for_school)
    agreement = agreement_of(work)
    form = ConfirmForm(
        posted(request), agreement=agreement, work=work, by=request.user, for_school=for_school
    )
    status, answered = 200, None
    if request.method == "POST" and form.is_valid():
        if form.is_stale and not _is_made(agreement, form):
            form.add_error(None, STALE)
            status = 409
        else:
            answered = _done(
                request,
                work,
                form,
                lambda: consent_services.confirm(request.user, work, **form.answered),
                _said_of(form.cleaned_data["answer"], for_school),
                for_school,
            )
    context = {"form": form, "agreement": agreement}
    return answered or _page(
        request, work, "interventions/consent_confirm.html", context, for_school, status
    )


def _is_made(agreement, form):
    """The same page sent twice: its answer is there already."""
    return any(said.pk == form.cleaned_data["once"] for said in agreement.confirmations)


def _said_of(answer, for_school):
    if answer != Answer.REFUSED:
        kept = " Keep it in your school’s own system." if for_school else ""
        return f"The agreement is confirmed.{kept}"
    if for_school:
        return (
            "It is written down that the family said no: no direct work follows. If you are "
            f"worried about the child, refer to the {settings.COUNCIL.front_door} whatever the "
            "family said."
        )
    return "It is written down that the family said no. Set a day to look again."


def _withdraw(request, work, *, consent_pk, for_school=False):
    said = next((said for said in work.consents.all() if said.pk == consent_pk), None)
    if said is None:
        raise Http404
    if not work.is_open or said.withdrawn_on or said.answer == Answer.REFUSED:
        return _too_late(request, work, "There is no agreement here to withdraw.", for_school)
    form, answered = WithdrawForm(posted(request), consent=said), None
    if request.method == "POST" and form.is_valid():
        answered = _done(
            request,
            work,
            form,
            lambda: consent_services.withdraw(request.user, said, **form.cleaned_data),
            "It is written down that they withdrew. Direct work with them stops.",
            for_school,
        )
    context = {"form": form, "consent": said}
    return answered or _page(
        request, work, "interventions/consent_withdraw.html", context, for_school
    )


def _watch(request, work):
    if "stop" in request.POST:
        stop = partial(consent_services.watch, request.user, work, None)
        return _done(request, work, None, stop, "You look no more.")
    form, answered = WatchForm(posted(request), initial={"on": day_to_look(work)}), None
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["on"]
        answered = _done(
            request,
            work,
            form,
            lambda: consent_services.watch(request.user, work, day),
            f"You look again on {long_date(day)}.",
        )
    return answered or _page(request, work, "interventions/watch.html", {"form": form})


def _family_told(request, work):
    begun = {"told": work.family_told, "why": work.family_why}
    form, answered = FamilyToldForm(posted(request), initial=begun), None
    if request.method == "POST" and form.is_valid():
        answered = _done(
            request,
            work,
            form,
            lambda: consent_services.tell_family(request.user, work, **form.cleaned_data),
            "Whether the family knows is written down.",
        )
    return answered or _page(request, work, "interventions/family_told.html", {"form": form})


def _done(request, work, form, act, said, for_school=False):
    """``do`` it, and back to the work on the side of whoever did it."""
    return do(request, form, act, said, _address(work, for_school))


def _too_late(request, work, sentence, for_school):
    messages.info(request, sentence)
    return redirect(_address(work, for_school))


def _address(work, for_school):
    return reverse("shared_work", args=[work.pk]) if for_school else work.get_absolute_url()


def _page(request, work, template, context, for_school=False, status=200):
    if for_school:
        look_at_shared(request.user, work)
    else:
        look_at(request.user, work, open_children_of(request.user, work))
    context |= {
        "work": work,
        "for_school": for_school,
        "back": _address(work, for_school),
        "nav": "shared_work" if for_school else "interventions",
    }
    return render(request, template, context, status=status)
