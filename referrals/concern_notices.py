"""Who hears what of a concern. Nothing of it stands in a message: a reference, a time, a link.

A message that a concern waits cannot be muted or put off, leaves before all others, and is asked
about again as it leaves (rules 001-105, 001-106).
"""

from django.utils import timezone

from accounts.notices import Notice, tell
from govuk.words import clock
from notifications import kinds
from referrals.models import Concern, Objection

RAISED = "concern_raised"
TAKEN, NO_NEED = "concern_taken", "concern_no_need"
TO_DECIDE, DECIDED = "concern_to_decide", "concern_decided"
PASSED, ADDED = "concern_passed", "concern_added"
OBJECTED, ANSWERED = "concern_objected", "concern_objection_answered"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    from referrals.services.escalation import undeliverable

    kinds.register(
        RAISED,
        label="Concern waits for a manager",
        still_due=_nobody_has_it,
        may_receive=_may_open,
        is_urgent=True,
        when_dead=undeliverable,
    )
    kinds.register(
        PASSED,
        label="Concern passed on",
        still_due=_is_open,
        may_receive=_may_open,
        is_urgent=True,
        when_dead=undeliverable,
    )
    kinds.register(
        TO_DECIDE, label="Concern to decide", still_due=_is_undecided, may_receive=_may_open
    )
    kinds.register(TAKEN, label="Somebody has a concern", may_receive=_may_open)
    kinds.register(NO_NEED, label="Somebody else has a concern", may_receive=_may_open)
    kinds.register(DECIDED, label="Concern decided", may_receive=_may_open)
    kinds.register(ADDED, label="Added to a concern", still_due=_is_open, may_receive=_may_open)
    kinds.register(
        OBJECTED, label="Disagreement about a concern", still_due=_waits, may_receive=_may_open
    )
    kinds.register(ANSWERED, label="Answer to a disagreement", may_receive=_may_open)


def raised(concern, people, step, by):
    """Tell ``people``, users, that nobody has it, ``step`` hours after the raiser was aware."""
    _tell(RAISED, concern, people, by, what=f"{step}", step=step)


def passed(concern, to, by, number):
    """Ask one person to take it; ``number`` tells one asking from the next."""
    _tell(PASSED, concern, [to], by, what=f"passed-{number}")


def taken(concern, by):
    """The raiser hears who has it; everybody else who was told, that there is no need to act."""
    held = f"taken-{concern.acknowledged_by_id}"
    _tell(TAKEN, concern, [concern.raised_by], by, what=held)
    others = concern.told.exclude(user=concern.acknowledged_by_id).select_related("user")
    _tell(NO_NEED, concern, [told.user for told in others], by, what=held)


def to_decide(concern, people, step, by):
    """Remind whoever has it that nothing is decided, ``step`` hours after they took it."""
    _tell(TO_DECIDE, concern, people, by, what=f"decide-{step}", step=step)


def decided(concern, decision, by):
    """The raiser hears what was decided."""
    _tell(DECIDED, concern, [concern.raised_by], by, what=f"decision-{decision.pk}")


def added(concern, note, by):
    """Whoever has it, or is asked to, hears that something was added; so does the raiser."""
    holder = concern.acknowledged_by
    told = [row.user for row in concern.told.select_related("user")]
    people = [concern.raised_by, *([holder] if holder else told)]
    _tell(ADDED, concern, [user for user in people if user != by], by, what=f"note-{note.pk}")


def objected(concern, objection, people, by):
    """Another manager hears that the raiser does not agree."""
    _tell(OBJECTED, concern, people, by, what=f"objection-{objection.pk}")


def answered(concern, objection, by):
    """The raiser hears that their disagreement was answered."""
    _tell(ANSWERED, concern, [concern.raised_by], by, what=f"answer-{objection.pk}")


def _tell(kind, concern, people, by, *, what, **context):
    breach_at = concern.clock().breach_at
    context |= {
        "concern": concern,
        "holder": concern.acknowledged_by,
        # Read on any day: never "today".
        "breach": f"{clock(breach_at)} on {timezone.localtime(breach_at):%A %-d %B}",
    }
    notices = [
        Notice(
            kind=kind,
            key=f"concern:{concern.pk}:{what}:{user.pk}",
            to=user,
            path=concern.get_absolute_url(),
            template=f"referrals/email/{kind}.txt",
            context=context,
            about=concern,
        )
        for user in people
    ]
    tell(notices, by)


# --- asked again as a message leaves ----------------------------------------------------------


def _concern(message):
    return Concern.objects.filter(pk=message.about_id).first()


def _nobody_has_it(message):
    return Concern.objects.unheld().filter(pk=message.about_id).exists()


def _is_open(message):
    return Concern.objects.filter(pk=message.about_id, closed_at__isnull=True).exists()


def _is_undecided(message):
    return Concern.objects.to_decide().filter(pk=message.about_id).exists()


def _waits(message):
    return Objection.objects.waiting().filter(concern=message.about_id).exists()


def _may_open(message):
    found = Concern.objects.visible_to(message.to).filter(pk=message.about_id)
    return message.to is not None and found.exists()
