"""Requests for support: asked for, logged, listed, read, added to, passed on, withdrawn."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from audit.services import looked
from consultations.children import as_uuid
from drafts import unsaved
from govuk.forms import posted
from interventions.acting import do, unless_late
from referrals import policies, request_forms, request_list, request_page
from referrals.models import RequestSource, SupportRequest
from referrals.services import requests
from schools.doors import council_only
from schools.models import School

NAV = {"nav": "requests"}
BESIDE = ("school", "recorded_by", "asked_by", "passed_to", "acknowledged_by", "answered_by")


# --- lists --------------------------------------------------------------------------------------


@require_GET
def request_list_page(request):
    """``/requests/``: what waits for the team, is to be a meeting, or was answered; no totals."""
    council_only(request)
    if not policies.lists_requests(request.user):
        raise Http404
    looked(request.user, SupportRequest, Look.LIST, basis="scope")
    return _list(
        request,
        SupportRequest.objects.visible_to(request.user),
        {
            "may_log": policies.logging_schools(request.user).exists()
            or policies.is_on_duty(request.user),
            "asks_too": policies.follows_requests(request.user),
        },
    )


@require_GET
def our_requests(request):
    """``/requests/ours/``: what the viewer's own school asked for, and what came of it."""
    if not policies.follows_requests(request.user):
        raise Http404
    looked(request.user, SupportRequest, Look.LIST, basis="school")
    return _list(
        request,
        SupportRequest.objects.at_school_of(request.user),
        {"for_school": True, "may_ask": policies.asking_schools(request.user).exists()},
    )


def _list(request, rows, context):
    show = request_list.chosen(request)
    listed = request_list.requests_of(
        rows, show, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context |= {"listed": listed, "show": show, "shows": request_list.SHOWS}
    return render(request, "referrals/requests/list.html", context | NAV)


# --- asking -------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def new(request):
    """``/requests/new/``: the school asks, and is told when nobody may read it (rule 003-29)."""
    if not policies.follows_requests(request.user):
        raise Http404
    school = _school_to_ask_for(request)
    if school is None:
        context = {
            "schools": policies.asking_schools(request.user),
            "title": "Ask for support",
            "back": reverse("our_requests"),
        }
        return render(request, "referrals/requests/choose_school.html", context | NAV)
    form, pk = request_forms.AskForm(posted(request)), _posted_id(request)
    if form.is_bound and form.is_valid():
        done = _asked(
            request, form, pk, lambda: requests.ask(request.user, school, form.facts, pk=pk)
        )
        if done:
            return done
    context = {
        "form": form,
        "pk": pk,
        "school": school,
        "nobody": request_page.nobody_reads(school),
        "title": "Ask for support",
        "back": reverse("our_requests"),
    }
    return render(request, "referrals/requests/ask.html", context | NAV)


def _school_to_ask_for(request):
    """The school of the address, or 404; without one the only one, or None for a choice."""
    schools = policies.asking_schools(request.user)
    if "school" in request.GET:
        return get_object_or_404(schools, urn=request.GET["school"][:6])
    found = schools[:2]
    return found[0] if len(found) == 1 else None


@require_http_methods(["GET", "POST"])
def log(request):
    """``/requests/log/?school=<urn>``: what came by phone, by email or in person."""
    council_only(request)
    if "school" not in request.GET:
        if not policies.lists_requests(request.user):
            raise Http404
        context = {
            "schools": policies.logging_schools(request.user),
            "is_on_duty": policies.is_on_duty(request.user),
            "title": "Log a request",
            "back": reverse("requests"),
        }
        return render(request, "referrals/requests/choose_school.html", context | NAV)
    seen = School.objects.visible_to(request.user)
    school = get_object_or_404(seen, urn=request.GET["school"][:6])
    sources = policies.sources_to_log(request.user, school)
    allow(sources)
    now = timezone.localtime()
    form = request_forms.LogForm(
        posted(request),
        school=school,
        sources=sources,
        initial={"received_on": now.date(), "received_time": now.time().replace(second=0)},
    )
    pk = _posted_id(request)
    if form.is_bound and form.is_valid():
        source = form.cleaned_data["source"]
        done = _asked(
            request, form, pk, lambda: requests.log(request.user, school, source, form.facts, pk=pk)
        )
        if done:
            return done
    context = {
        "form": form,
        "pk": pk,
        "school": school,
        "title": "Log a request",
        "back": school.get_absolute_url(),
    }
    return render(request, "referrals/requests/log.html", context | NAV)


def _posted_id(request):
    """The id made with the page; a new one for a new page."""
    return as_uuid(request.POST.get("id", "")) or uuid.uuid4()


def _asked(request, form, pk, act):
    """To the request, made now or by an earlier click; None where the form says why not."""
    said = "Your request has been logged. Whoever answers it has been told."
    try:
        asked = act()
    except ValidationError as refused:
        form.refuse(refused)
        return None
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
        earlier = get_object_or_404(SupportRequest, pk=pk, recorded_by=request.user)
        return redirect(unless_late(request, form, earlier, earlier)(None))
    else:
        if asked.asked_by_id == request.user.pk and asked.source == RequestSource.SCHOOL:
            said = "Your request has been sent. You see here when it is read, and the answer."
        messages.success(request, said)
    return redirect("request", pk=pk)


# --- the request itself -------------------------------------------------------------------------


def fetch(request, pk):
    """``(request for support, for_school)``: the team's side where the viewer has it, or 404."""
    rows = SupportRequest.objects.select_related(*BESIDE)
    if asked := rows.visible_to(request.user).filter(pk=pk).first():
        return asked, False
    return get_object_or_404(rows.at_school_of(request.user), pk=pk), True


def fetch_for_team(request, pk, may):
    """The request on the team's side, or 404; PermissionDenied unless ``may`` lets the viewer."""
    rows = SupportRequest.objects.visible_to(request.user).select_related(*BESIDE)
    asked = get_object_or_404(rows, pk=pk)
    allow(may(request.user, asked))
    return asked


@require_GET
def detail(request, pk):
    """``/requests/<id>/``: where it stands, its timeline and the acts of whoever looks."""
    asked, for_school = fetch(request, pk)
    return request_detail(request, asked, for_school)


def request_detail(request, asked, for_school, *, add_form=None, disagree_form=None):
    """The page of a request, with a form that has something to say, or as it is."""
    user = request.user
    looked(user, asked, basis=policies.request_basis(user, asked))
    is_own = not for_school or asked.source == RequestSource.SCHOOL
    may_add = policies.may_add_to_request(user, asked)
    disagreements = list(asked.disagreements.select_related("said_by", "answered_by"))
    waits = [said for said in disagreements if said.answered_at is None]
    may_disagree = for_school and asked.outcome and not waits
    context = {
        "asked": asked,
        "for_school": for_school,
        "is_own": is_own,
        "tag": request_page.tag_of(asked),
        "standing": request_page.standing_of(asked),
        "received": request_page.received_text(asked),
        "line": request_page.lines_of([asked])[0],
        "steps": request_page.timeline_of(asked, for_school=for_school),
        "consultation": request_page.consultation_of(user, asked, for_school=for_school),
        "work": request_page.work_of(user, asked, for_school=for_school),
        "ways_on": request_page.ways_on(asked) if for_school else [],
        "nobody": request_page.nobody_reads(asked.school) if for_school else None,
        "acts": [] if for_school else request_page.acts_for(user, asked),
        "may_call": not for_school and policies.may_prepare_meeting(user, asked),
        "may_read": not for_school
        and asked.state == "received"
        and policies.may_answer_request(user, asked),
        "may_pass_on": not for_school and asked.is_open and policies.may_pass_on(user, asked),
        "may_withdraw": asked.is_open and policies.may_withdraw_request(user, asked),
        "may_raise": bool(user.roles),
        "add_form": add_form or (request_forms.AddForm() if may_add else None),
        "add_pk": _posted_id(request),
        "disagreements": disagreements,
        "disagree_form": disagree_form or (request_forms.DisagreeForm() if may_disagree else None),
        "may_answer": not for_school and policies.may_answer_objection(user, asked),
    }
    return render(request, "referrals/requests/request.html", context | NAV)


@require_POST
def read(request, pk):
    """POST ``/requests/<id>/read/``: one tap that says it has been read."""
    asked = fetch_for_team(request, pk, policies.may_answer_request)
    said = "Marked as read. Whoever asked has been told."
    return do(request, None, lambda: requests.read(request.user, asked), said, asked)


@require_POST
def add(request, pk):
    """POST ``/requests/<id>/add/``: a dated note, from either side."""
    asked, for_school = fetch(request, pk)
    allow(policies.may_add_to_request(request.user, asked))
    form, note = request_forms.AddForm(request.POST), _posted_id(request)
    done = do(
        request,
        form,
        lambda: requests.add(request.user, asked, form.cleaned_data["text"], pk=note),
        "Added. The other side has been told.",
        asked.get_absolute_url(),
    )
    return done or request_detail(request, asked, for_school, add_form=form)


@require_http_methods(["GET", "POST"])
def pass_on(request, pk):
    """``/requests/<id>/pass-on/``: a manager gives it to one of the school's link workers."""
    asked = fetch_for_team(request, pk, policies.may_pass_on)
    workers = policies.may_take_on(asked.school)
    form = request_forms.PassOnForm(posted(request), workers=workers)
    done = do(
        request,
        form,
        lambda: requests.pass_on(request.user, asked, **form.cleaned_data),
        "Passed on. They have been told.",
        lambda passed: after(request, asked, passed, form.cleaned_data["text"]),
    )
    if done:
        return done
    return form_page(request, asked, form, "Pass on this request", "Pass it on")


@require_http_methods(["GET", "POST"])
def withdraw(request, pk):
    """``/requests/<id>/withdraw/``: by whoever asked, before it is answered."""
    asked, _ = fetch(request, pk)
    allow(policies.may_withdraw_request(request.user, asked))
    form = request_forms.WithdrawForm(posted(request))
    done = do(
        request,
        form,
        lambda: requests.withdraw(request.user, asked, **form.cleaned_data),
        "Withdrawn. Whoever was to answer has been told.",
        lambda gone: after(request, asked, gone, form.cleaned_data["text"]),
    )
    if done:
        return done
    return form_page(request, asked, form, "Withdraw this request", "Withdraw it", is_over=True)


def after(request, asked, made, text, there=""):
    """Where an act leads: ``there`` or to the request; where it came too late, to what was typed.

    ``made`` is what the act returned. What was sent twice is on the timeline already.
    """
    is_there = asked.steps.filter(by=request.user, text=text).exists()
    if made is None and text.strip() and not is_there:
        return reverse("unsaved_form", args=[unsaved.keep(request).pk])
    return there or asked.get_absolute_url()


def form_page(request, asked, form, title, button, *, lead="", is_over=False, **context):
    """A page of a request that is one form."""
    looked(request.user, asked, basis=policies.request_basis(request.user, asked))
    context |= {
        "asked": asked,
        "form": form,
        "title": title,
        "button_words": button,
        "lead": lead,
        "is_over": is_over,
        "back": asked.get_absolute_url(),
    }
    return render(request, "referrals/requests/form.html", context | NAV)
