"""Who hears of a crisis response at a school (rules 001-77, 001-78; design.md 5).

A message names the school and nothing of what happened: that waits behind sign-in.
"""

from django.db.models import Q
from django.urls import reverse

from accounts.models import User, current
from accounts.notices import Notice, tell
from linkworkers import policies
from linkworkers.models import Crisis
from notifications import kinds
from schools.hub_managers import managers_of
from schools.models import OwnChildConflict

CRISIS_ENTERED = "crisis_entered"
CRISIS_DECIDED = "crisis_decided"


def crisis_entered(crisis, by):
    """Tell at once those who decide: the hub's team managers and every service manager."""
    tell([_notice(CRISIS_ENTERED, crisis, to) for to in deciders(crisis.school, by)], by)


def crisis_decided(crisis, by):
    """Tell whoever entered it, if they may read it, that a decision is there."""
    to = crisis.entered_by
    if to != by and policies.may_see_support(to, crisis.school):
        tell([_notice(CRISIS_DECIDED, crisis, to)], by)


def deciders(school, by):
    """Who decides at the school but ``by``; those with a child there are left out (001-53)."""
    conflicted = OwnChildConflict.objects.filter(current(), school=school)
    return (
        User.objects.filter(
            Q(pk__in=managers_of(school.hub_id)) | Q(pk__in=policies.service_managers())
        )
        .exclude(pk__in=conflicted.values("user"))
        .exclude(pk=by.pk)
        .order_by("email")
    )


def _notice(kind, crisis, to):
    return Notice(
        kind=kind,
        key=f"{kind}:{crisis.pk}:{to.pk}",
        to=to,
        path=reverse("crisis", args=[crisis.pk]),
        template=f"linkworkers/email/{kind}.txt",
        context={"school": crisis.school},
        about=crisis,
    )


def _crisis(message):
    return Crisis.objects.filter(pk=message.about_id).select_related("school").first()


def _is_open(message):
    crisis = _crisis(message)
    return crisis is not None and not crisis.is_decided


def _decides(message):
    crisis = _crisis(message)
    return crisis is not None and policies.may_decide_support(message.to, crisis.school)


def _may_read(message):
    crisis = _crisis(message)
    return crisis is not None and policies.may_see_support(message.to, crisis.school)


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        CRISIS_ENTERED,
        still_due=_is_open,
        may_receive=_decides,
        may_wait=False,
        label="Crisis response entered",
    )
    kinds.register(CRISIS_DECIDED, may_receive=_may_read, label="Crisis response decided")
