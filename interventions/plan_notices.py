"""Who hears of an Early Help Plan: the school that is asked, who asked, who holds it.

Nothing personal is in a message: a school and a link behind sign-in.
"""

from django.urls import reverse

from accounts.models import User
from accounts.notices import Notice, tell
from interventions import policies
from interventions.models import EarlyHelpPlan
from notifications import kinds
from schools.models import SchoolContact
from schools.querysets import leads_its_school

ASKED, ANSWERED, ALLOCATED = "plan_asked", "plan_answered", "plan_allocated"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(ASKED, still_due=_waits, may_receive=_may_answer, label="Plan asked of a school")
    kinds.register(ANSWERED, may_receive=_may_open, label="Answer about a plan")
    kinds.register(ALLOCATED, still_due=_is_held_by, may_receive=_may_open, label="Plan allocated")


def _plan(message):
    plans = EarlyHelpPlan.objects.select_related("stepped_up_from")
    return plans.filter(pk=message.about_id).first()


def _waits(message):
    plan = _plan(message)
    return plan is not None and plan.waits_for_school


def _may_answer(message):
    plan = _plan(message)
    return message.to.is_active and plan is not None and policies.may_answer_plan(message.to, plan)


def _is_held_by(message):
    return EarlyHelpPlan.objects.open().filter(pk=message.about_id, holder=message.to_id).exists()


def _may_open(message):
    seen = EarlyHelpPlan.objects.visible_to(message.to).filter(pk=message.about_id)
    return message.to.is_active and seen.exists()


def asked(plan, by):
    """Heads and safeguarding leads hear that the school is asked to start a plan."""
    posts = SchoolContact.objects.current().filter(leads_its_school(), school=plan.school_id)
    leads = User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("email")
    path = reverse("shared_plan", args=[plan.pk])
    _tell(ASKED, plan, path, [u for u in leads if policies.may_answer_plan(u, plan)], by)


def answered(plan, by):
    """Who asked hears that the school has answered, and whoever does the work by now."""
    work = plan.stepped_up_from
    ids = {plan.asked_by_id, *(work.worker_ids if work else ())} - {None}
    people = User.objects.filter(pk__in=ids, is_active=True).order_by("email")
    seen = [u for u in people if EarlyHelpPlan.objects.visible_to(u).filter(pk=plan.pk).exists()]
    _tell(ANSWERED, plan, plan.get_absolute_url(), seen, by)


def allocated(plan, by):
    """Its holder hears that a plan is theirs."""
    if plan.holder != by:
        _tell(ALLOCATED, plan, plan.get_absolute_url(), [plan.holder], by)


def _tell(kind, plan, path, people, by):
    """``meeting_on`` is in the key, so that who gets a plan back hears of it again."""
    tell(
        [
            Notice(
                kind=kind,
                key=f"{kind}:{plan.pk}:{plan.meeting_on or ''}:{user.pk}",
                to=user,
                path=path,
                template=f"interventions/email/{kind}.txt",
                context={"school": plan.school},
                about=plan,
            )
            for user in people
        ],
        by,
    )
