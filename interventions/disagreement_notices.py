"""Who hears that a school disagrees with a decision on short work, and that it was answered.

A message names the school and where to read on, never a child or a reason.
"""

from accounts.notices import Notice, tell
from interventions import policies
from interventions.models import Disagreement
from interventions.readers import at_school, leads_told, may_open, may_speak
from linkworkers.policies import service_managers
from notifications import kinds
from schools.hub_managers import managers_of

SAID, ANSWERED = "work_disagreed", "work_disagreement_answered"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        SAID, still_due=_waits, may_receive=may_open, label="School disagrees about short work"
    )
    kinds.register(ANSWERED, may_receive=may_speak, label="Answer to a school that disagrees")


def said(disagreement, by):
    """The managers of the hub hear it; the county where there is none."""
    work = disagreement.intervention
    managers = managers_of(work.hub_id, free_at=work.school)
    people = managers if managers.exists() else service_managers()
    path = work.get_absolute_url()
    tell([_notice(SAID, disagreement, user, path) for user in people.order_by("email")], by)


def answered(disagreement, by):
    """Who said it hears of the answer; the school's leads, where they read it no more."""
    work, teller = disagreement.intervention, disagreement.said_by
    reads_it = teller.is_active and policies.may_speak_for(teller, work)
    told = [teller] if reads_it else leads_told(work)
    tell([_notice(ANSWERED, disagreement, user, at_school(work)) for user in told], by)


def _notice(kind, disagreement, to, path):
    work = disagreement.intervention
    return Notice(
        kind=kind,
        key=f"{kind}:{disagreement.pk}:{to.pk}",
        to=to,
        path=path,
        template=f"interventions/email/{kind.removeprefix('work_')}.txt",
        context={"school": work.school},
        about=work,
    )


def _waits(message):
    return Disagreement.objects.waiting().filter(intervention=message.about_id).exists()
