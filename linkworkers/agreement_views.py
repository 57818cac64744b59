"""Proposals for Alternative Provision Colleges, which every team manager answers (001-51)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from audit.errors import TransitionNotAllowed, allow
from linkworkers import policies, services
from linkworkers.acting import do
from linkworkers.agreement_forms import AnswerForForm, InterimForm, MeetingForm
from linkworkers.coverage import unable_to_answer
from linkworkers.forms import ObjectForm
from linkworkers.models import CountyAgreement


@require_GET
def agreement(request, pk):
    """``/allocations/agreements/<id>/``: what is proposed, and who has answered."""
    return _page(request, _fetch(request, pk))


@require_POST
def agree(request, pk):
    """``/allocations/agreements/<id>/agree/``."""
    agreement = _fetch(request, pk)
    return do(
        request,
        lambda: services.agree(request.user, agreement),
        "You have agreed.",
        then=reverse("agreement", args=[pk]),
    )


@require_POST
def object_to(request, pk):
    """``/allocations/agreements/<id>/object/``: with a reason."""
    agreement = _fetch(request, pk)
    form = ObjectForm(request.POST)
    if not form.is_valid():
        return _page(request, agreement, {"objection": form})
    return do(
        request,
        lambda: services.object_to(request.user, agreement, **form.cleaned_data),
        "You have objected. The proposal is closed.",
        then=reverse("agreement", args=[pk]),
    )


@require_POST
def answer_for(request, pk):
    """``/allocations/agreements/<id>/answer/``: the service manager, for who is away or gone."""
    agreement = _fetch(request, pk)
    allow(policies.may_stand_in(request.user, agreement))
    form = AnswerForForm(request.POST, managers=_waiting(agreement))
    return _sent(
        request,
        agreement,
        {"answer_for": form},
        lambda: services.answer_for(request.user, agreement, **form.cleaned_data),
        "The answer has been recorded, and they have been told.",
    )


@require_POST
def agree_at_meeting(request, pk):
    """``/allocations/agreements/<id>/meeting/``: what a county meeting agreed."""
    agreement = _fetch(request, pk)
    allow(policies.may_record_agreement(request.user, agreement))
    form = MeetingForm(request.POST)
    return _sent(
        request,
        agreement,
        {"meeting": form},
        lambda: services.agree_at_meeting(request.user, agreement, **form.cleaned_data),
        "The agreement of the meeting has been recorded. It has taken effect.",
    )


@require_POST
def name_interim(request, pk):
    """``/allocations/agreements/<id>/interim/``: who covers the college meanwhile."""
    agreement = _fetch(request, pk)
    allow(policies.may_allocate(request.user, agreement.school))
    form = InterimForm(request.POST, school=agreement.school)
    return _sent(
        request,
        agreement,
        {"interim": form},
        lambda: services.name_interim(request.user, agreement, **form.cleaned_data),
        f"{agreement.school} is covered meanwhile.",
    )


@require_POST
def withdraw(request, pk):
    """``/allocations/agreements/<id>/withdraw/``."""
    agreement = _fetch(request, pk)
    return do(
        request,
        lambda: services.withdraw(request.user, agreement),
        "The proposal has been withdrawn.",
        then=reverse("agreement", args=[pk]),
    )


def _fetch(request, pk):
    agreements = CountyAgreement.objects.visible_to(request.user).with_names()
    return get_object_or_404(agreements.select_related("interim__link_worker__user"), pk=pk)


def _waiting(agreement):
    """The managers who have not answered, as users."""
    waiting = agreement.answers.filter(agrees=None)
    return User.objects.filter(pk__in=waiting.values("manager")).order_by("name")


def _sent(request, agreement, named, act, done):
    """Act on a form and say ``done``; with something to correct, the page as it was typed.

    ``named`` is the form by its name on the page.
    """
    [form] = named.values()
    if not form.is_valid():
        return _page(request, agreement, named)
    try:
        act()
    except ValidationError as refused:
        form.add_error(None, refused)
        return _page(request, agreement, named)
    except TransitionNotAllowed as too_late:
        agreement.refresh_from_db(fields=["state"])
        if agreement.is_open:
            form.add_error(None, str(too_late))
            return _page(request, agreement, named)
        messages.warning(request, str(too_late))
    else:
        messages.success(request, done)
    return redirect("agreement", agreement.pk)


def _page(request, agreement, typed=None):
    """``typed`` is the form that was sent, by its name."""
    user = request.user
    answers = list(agreement.answers.select_related("manager", "answered_by"))
    waiting = [answer for answer in answers if answer.agrees is None]
    own = next((answer for answer in answers if answer.manager_id == user.pk), None)
    found = unable_to_answer((answer.manager, agreement.school) for answer in waiting)
    unable = {manager for manager, _ in found}
    forms = {"objection": ObjectForm(), **_more_forms(user, agreement, waiting, unable)}
    forms |= typed or {}
    context = {
        "agreement": agreement,
        "answers": [(answer, answer.manager_id in unable) for answer in answers],
        "sent": next(iter(typed.values())) if typed else None,
        "forms": forms,
        "may_answer": agreement.is_open and policies.may_answer(user, own) and own in waiting,
        "may_withdraw": agreement.is_open and policies.may_withdraw(user, agreement),
        "nav": "allocations",
    }
    return render(request, "linkworkers/agreement.html", context)


def _more_forms(user, agreement, waiting, unable):
    """What else this person may do about an open proposal, as forms by name."""
    forms = {}
    if not agreement.is_open:
        return forms
    if unable and policies.may_stand_in(user, agreement):
        managers = User.objects.filter(pk__in=unable).order_by("name")
        only = {"manager": next(iter(unable))} if len(unable) == 1 else {}
        forms["answer_for"] = AnswerForForm(managers=managers, initial=only)
    if waiting and policies.may_record_agreement(user, agreement):
        forms["meeting"] = MeetingForm()
    is_covered = agreement.interim is not None and agreement.interim.is_live
    if not is_covered and policies.may_allocate(user, agreement.school):
        forms["interim"] = InterimForm(school=agreement.school)
    return forms
