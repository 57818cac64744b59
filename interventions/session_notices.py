"""Who hears of the notes of sessions that are given to a school (rule 001-114).

Nothing personal is in a message: the school, a date, a link behind sign-in.
"""

from django.urls import reverse
from django.utils import timezone

from accounts.notices import Notice, tell
from interventions import policies
from interventions.models import SessionPart, ShortIntervention
from notifications import kinds
from schools.people import leads_of

GIVEN, ADDED = "session_given", "session_added"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        GIVEN, still_due=_waits, may_receive=_may_read, label="Note of direct work for a school"
    )
    kinds.register(
        ADDED,
        still_due=_waits,
        may_receive=_may_read,
        label="Addition to a note of direct work",
    )


def given(session, by):
    """Heads and safeguarding leads hear that notes wait; once a day for one session."""
    work = session.intervention
    _tell(GIVEN, work, f"{session.pk}:{timezone.localdate()}", by)


def added_to(work, addendum, by):
    """They hear of what was added to a note they have."""
    _tell(ADDED, work, addendum.pk, by)


def _tell(kind, work, key, by):
    path = reverse("shared_work", args=[work.pk])
    tell(
        [
            Notice(
                kind=kind,
                key=f"{kind}:{key}:{lead.pk}",
                to=lead,
                path=path,
                template=f"interventions/email/{kind}.txt",
                context={"school": work.school},
                about=work,
            )
            for lead in leads_of(work.school).order_by("email")
            if policies.may_speak_for(lead, work)
        ],
        by,
    )


def _waits(message):
    waiting = SessionPart.objects.filter(given_at__isnull=False, stored_on__isnull=True)
    return waiting.filter(session__intervention=message.about_id).exists()


def _may_read(message):
    if message.to is None or not message.to.is_active:
        return False
    seen = ShortIntervention.objects.at_school_of(message.to)
    return seen.filter(pk=message.about_id).exists()
