"""Requests for support asked for, logged, read, added to, passed on and withdrawn."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from referrals import policies, request_notices
from referrals.models import (
    WANTED_BY,
    Channel,
    RequestSource,
    RequestState,
    RequestStep,
    StepKind,
    SupportRequest,
)
from schools.models import School, SchoolContact
from schools.querysets import asks_the_team

ASKED = "This has been asked for already."
NOT_WAITING = "This request is answered or withdrawn already."


@transaction.atomic
def ask(by, school, facts, *, pk=None):
    """Ask for support from the school's own page; returns the request.

    ``facts`` are ``wanted``, ``words``, ``how_soon`` and ``suits``; ``pk`` the id the page was made
    with, so that a second click asks once. The school's worker is told. PermissionDenied for who
    may not ask there, ValidationError naming what is missing, TransitionNotAllowed when it was
    asked for before.
    """
    school = _locked_school(school)
    allow(policies.may_ask_for_support(by, school))
    _refuse_second(pk)
    posts = SchoolContact.objects.current().filter(school=school, user=by)
    post = posts.confirmed().first() or posts.filter(asks_the_team()).first()
    now = timezone.now()
    asked = _made(
        by,
        school,
        RequestSource.SCHOOL,
        facts,
        pk=pk,
        asked_by=by,
        contact=post,
        asked_name=by.name,
        asked_role=post.role_text if post else "",
        channel=Channel.PAGE,
        received_at=now,
        recorded_at=now,
    )
    record(by, Verb.ASK, asked)
    request_notices.received(asked, by)
    return asked


@transaction.atomic
def log(by, school, source, facts, *, pk=None):
    """Log what reached the team outside Linkbook; returns the request.

    ``facts`` are those of ``ask`` and ``channel``, ``received_at``, ``asked_name``, ``asked_role``
    and ``contact``, who of the school asked, or None. What the front door asks for reaches the team
    managers always (rule 001-90), a duty manager's request nobody else (rule 001-91).

    PermissionDenied for who may not log such a request there; ValidationError naming what is
    missing or cannot be; TransitionNotAllowed when it was logged before.
    """
    school = _locked_school(school)
    allow(source in policies.sources_to_log(by, school))
    _refuse_second(pk)
    now = timezone.now()
    contact = facts.get("contact")
    if source != RequestSource.SCHOOL:
        facts = {**facts, "contact": None}
        contact = None
    if facts["received_at"] > now:
        raise ValidationError({"received_on": "When it was asked must be in the past"})
    asks_here = contact and contact.user_id and contact.school_id == school.pk
    is_theirs = source == RequestSource.DUTY_MANAGER and policies.is_on_duty(by)
    asked = _made(
        by,
        school,
        source,
        {
            **facts,
            "asked_name": contact.name if contact else facts["asked_name"],
            "asked_role": contact.role_text if contact else facts["asked_role"],
        },
        pk=pk,
        asked_by=contact.user if asks_here else by if is_theirs else None,
        recorded_at=now,
    )
    record(by, Verb.LOG, asked, source=source)
    request_notices.received(asked, by)
    return asked


@transaction.atomic
def read(by, asked):
    """Say that it has been read: whoever asked is told. The clock of reading stops.

    TransitionNotAllowed when somebody has done so before.
    """
    asked = locked(asked)
    allow(policies.may_answer_request(by, asked))
    if asked.state != RequestState.RECEIVED:
        raise TransitionNotAllowed("This request has been read already.")
    asked.state = RequestState.ACKNOWLEDGED
    asked.acknowledged_at, asked.acknowledged_by = timezone.now(), by
    asked.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    add_step(asked, StepKind.ACKNOWLEDGED, by, at=asked.acknowledged_at)
    record(by, Verb.READ, asked)
    request_notices.acknowledged(asked, by)
    return asked


@transaction.atomic
def add(by, asked, text, *, pk=None):
    """Add a dated note, which both sides read where the school asked; returns the step.

    The other side is told. Sent twice with one ``pk`` it is added once. ValidationError without
    words.
    """
    asked = locked(asked)
    allow(policies.may_add_to_request(by, asked))
    if pk and (added := RequestStep.objects.filter(pk=pk).first()):
        allow(added.request_id == asked.pk and added.by_id == by.pk)
        return added
    if not text.strip():
        raise ValidationError({"text": "Enter what you want to add"})
    from_school = not SupportRequest.objects.visible_to(by).filter(pk=asked.pk).exists()
    added = add_step(asked, StepKind.ADDED, by, text=text, from_school=from_school, pk=pk)
    record(by, Verb.ADD, asked, step=str(added.pk))
    request_notices.added(asked, added, by)
    return added


@transaction.atomic
def pass_on(by, asked, to, text=""):
    """Give it to a link worker of its school, a user of ``may_take_on``, who is told.

    So a duty manager's request leaves the managers' queue (rule 001-91). ``text`` is for the team.
    TransitionNotAllowed once it is answered, and when they have it already; ValidationError for who
    does not support the school.
    """
    asked = locked(asked)
    allow(policies.may_pass_on(by, asked))
    if not asked.is_open:
        raise TransitionNotAllowed(NOT_WAITING)
    if asked.passed_to_id == to.pk:
        raise TransitionNotAllowed(f"{to.name} has this request already.")
    if not policies.may_take_on(asked.school).filter(pk=to.pk).exists():
        raise ValidationError({"to": f"Choose somebody who supports {asked.school.name}"})
    asked.passed_to, asked.passed_at = to, timezone.now()
    asked.save(update_fields=["passed_to", "passed_at"])
    add_step(asked, StepKind.PASSED_ON, by, at=asked.passed_at, text=text, to=to)
    record(by, Verb.HAND_OVER, asked, to=str(to.pk))
    request_notices.passed_on(asked, by)
    return asked


@transaction.atomic
def withdraw(by, asked, text=""):
    """Take it back before it is answered; whoever has it is told.

    TransitionNotAllowed once it is answered.
    """
    asked = locked(asked)
    allow(policies.may_withdraw_request(by, asked))
    if not asked.is_open:
        raise TransitionNotAllowed(NOT_WAITING)
    asked.state, asked.outcome = RequestState.WITHDRAWN, ""
    asked.save(update_fields=["state", "outcome"])
    from_school = asked.source == RequestSource.SCHOOL
    add_step(asked, StepKind.WITHDRAWN, by, text=text, from_school=from_school)
    record(by, Verb.WITHDRAW, asked)
    request_notices.withdrawn(asked, by)
    return asked


def locked(asked):
    """The request with its row locked, its school at hand."""
    return (
        SupportRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("school", "asked_by", "recorded_by", "passed_to", "contact__user")
        .get(pk=asked.pk)
    )


def add_step(asked, kind, by, *, pk=None, **fields):
    """One more line of the request's timeline; returns it."""
    step = RequestStep(request=asked, kind=kind, by=by, **fields)
    if pk:
        step.pk = pk
    step.save(force_insert=True)
    return step


def _locked_school(school):
    return School.objects.select_for_update(of=["self"], no_key=True).get(pk=school.pk)


def _refuse_second(pk):
    if pk and SupportRequest.objects.filter(pk=pk).exists():
        raise TransitionNotAllowed(ASKED)


def _made(by, school, source, facts, *, pk=None, **fields):
    if facts.get("wanted") not in WANTED_BY[source]:
        raise ValidationError({"wanted": "Select what is asked for"})
    if not facts.get("words", "").strip():
        raise ValidationError({"words": "Enter what it is about"})
    asked = SupportRequest(
        school=school, hub_id=school.hub_id, source=source, recorded_by=by, **(facts | fields)
    )
    if pk:
        asked.pk = pk
    asked.save(force_insert=True)
    is_on_page = asked.channel == Channel.PAGE
    add_step(asked, StepKind.RECEIVED, by, at=asked.recorded_at, from_school=is_on_page)
    return asked
