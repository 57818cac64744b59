"""Who hears of an Early Help Plan: the school that is asked, who asked, who holds it.

Nothing personal is in a message: a school and a link behind sign-in.
"""

from django.urls import reverse

from accounts.models import User
from accounts.notices import Notice, tell
from interventions import policies
from interventions.models import EarlyHelpPlan
from interventions.readers import is_in_use
from notifications import kinds
from schools.people import leads_of

ASKED, ANSWERED, ALLOCATED = "plan_asked", "plan_answered", "plan_allocated"
REMINDER, TAKEN = "plan_reminder", "plan_taken"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(ASKED, still_due=_waits, may_receive=_may_answer, label="Plan asked of a school")
    kinds.register(REMINDER, still_due=_waits, may_receive=_may_answer, label="Plan not answered")
    kinds.register(ANSWERED, may_receive=_may_open, label="Answer about a plan")
    kinds.register(TAKEN, may_receive=_has_plans, label="Plan held no longer")
    kinds.register(ALLOCATED, still_due=_is_held_by, may_receive=_may_open, label="Plan allocated")


def _plan(message):
    plans = EarlyHelpPlan.objects.select_related("stepped_up_from")
    return plans.filter(pk=message.about_id).first()


def _waits(message):
    plan = _plan(message)
    return plan is not None and plan.waits_for_school


def _may_answer(message):
    plan = _plan(message)
    return plan is not None and is_in_use(message) and policies.may_answer_plan(message.to, plan)


def _is_held_by(message):
    return EarlyHelpPlan.objects.open().filter(pk=message.about_id, holder=message.to_id).exists()


def _may_open(message):
    return is_in_use(message) and (
        EarlyHelpPlan.objects.visible_to(message.to).filter(pk=message.about_id).exists()
    )


def _has_plans(message):
    return is_in_use(message) and policies.may_see_plans(message.to)


def asked(plan, by):
    """Heads and safeguarding leads hear that the school is asked to start a plan."""
    leads = [u for u in leads_of(plan.school) if policies.may_answer_plan(u, plan)]
    tell([_notice(ASKED, plan, user, _at_school(plan)) for user in leads], by)


def remind(told, by):
    """``told`` are pairs of a plan and a lead of its school, who hears once that it waits."""
    tell([_notice(REMINDER, plan, user, _at_school(plan)) for plan, user in told], by)


def answered(plan, by):
    """Who asked hears that the school has answered, and whoever does the work by now."""
    work = plan.stepped_up_from
    ids = {plan.asked_by_id, *(work.worker_ids if work else ())} - {None}
    people = User.objects.filter(pk__in=ids, is_active=True).order_by("email")
    seen = [u for u in people if EarlyHelpPlan.objects.visible_to(u).filter(pk=plan.pk).exists()]
    tell([_notice(ANSWERED, plan, user) for user in seen], by)


def allocated(plan, by):
    """Its holder hears that a plan is theirs."""
    if plan.holder != by:
        tell([_notice(ALLOCATED, plan, plan.holder)], by)


def taken(plan, former, by):
    """Whoever held a plan hears that somebody else leads it; they may not read it any more."""
    if former != by and former.is_active:
        tell([_notice(TAKEN, plan, former, reverse("plans"))], by)


def _at_school(plan):
    return reverse("shared_plan", args=[plan.pk])


def _notice(kind, plan, to, path=""):
    """``meeting_on`` is in the key, so that who gets a plan back hears of it again."""
    return Notice(
        kind=kind,
        key=f"{kind}:{plan.pk}:{plan.meeting_on or ''}:{to.pk}",
        to=to,
        path=path or plan.get_absolute_url(),
        template=f"interventions/email/{kind}.txt",
        context={"school": plan.school},
        about=plan,
    )
