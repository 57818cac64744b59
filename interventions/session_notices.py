"""Who hears of a session's notes for the school (rule 001-114), and of a draft handed over.

Nothing personal is in a message: the school, a date, a link behind sign-in.
"""

from django.utils import timezone

from accounts.notices import Notice, tell
from interventions.models import Session, SessionPart
from interventions.readers import at_school, is_in_use, leads_told, may_speak
from notifications import kinds

GIVEN, ADDED = "session_given", "session_added"
HANDED_OVER = "session_handed_over"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        GIVEN, still_due=_waits, may_receive=may_speak, label="Note of direct work for a school"
    )
    kinds.register(
        ADDED,
        still_due=_waits,
        may_receive=may_speak,
        label="Addition to a note of direct work",
    )
    kinds.register(HANDED_OVER, may_receive=_may_open, label="Draft of a session handed over")


def given(session, by):
    """Heads and safeguarding leads hear that notes wait; once a day for one session."""
    work = session.intervention
    _tell(GIVEN, work, f"{session.pk}:{timezone.localdate()}", by)


def added_to(work, addendum, by):
    """They hear of what was added to a note they have."""
    _tell(ADDED, work, addendum.pk, by)


def handed_over(session, former, by):
    """Who wrote a draft and who finishes it hear of it; why is behind sign-in."""
    work = session.intervention
    tell(
        [
            Notice(
                kind=HANDED_OVER,
                key=f"{HANDED_OVER}:{session.pk}:{session.handed_over_at.isoformat()}:{user.pk}",
                to=user,
                path=session.get_absolute_url(),
                template=f"interventions/email/{HANDED_OVER}.txt",
                context={"school": work.school, "held_on": session.held_on},
                about=session,
            )
            for user in (former, session.author)
        ],
        by,
    )


def _tell(kind, work, key, by):
    path = at_school(work)
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
            for lead in leads_told(work)
        ],
        by,
    )


def _waits(message):
    waiting = SessionPart.objects.filter(given_at__isnull=False, stored_on__isnull=True)
    return waiting.filter(session__intervention=message.about_id).exists()


def _may_open(message):
    return is_in_use(message) and (
        Session.objects.visible_to(message.to).filter(pk=message.about_id).exists()
    )
