"""Who hears what of a concern. Nothing of it stands in a message: a reference, a time, a link.

A message that a concern waits cannot be muted or put off, leaves before all others, and is asked
about again as it leaves (rules 001-105, 001-106).
"""

from django.utils import timezone

from accounts.notices import Notice, tell
from govuk.words import clock
from notifications import kinds
from referrals.concern_routing import kept_ids
from referrals.models import Concern, Objection

RAISED = "concern_raised"
TAKEN, NO_NEED = "concern_taken", "concern_no_need"
TO_DECIDE, DECIDED = "concern_to_decide", "concern_decided"
TO_ANSWER, TO_CLOSE = "concern_to_answer", "concern_to_close"
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
    # Nobody mutes what is said about a concern.
    open_to = {"may_receive": _may_open, "may_wait": False}
    kinds.register(TO_DECIDE, label="Concern to decide", still_due=_is_undecided, **open_to)
    kinds.register(TAKEN, label="Somebody has a concern", **open_to)
    kinds.register(NO_NEED, label="Somebody else has a concern", **open_to)
    kinds.register(DECIDED, label="Concern decided", **open_to)
    kinds.register(ADDED, label="Added to a concern", still_due=_is_open, **open_to)
    kinds.register(OBJECTED, label="Disagreement about a concern", still_due=_waits, **open_to)
    kinds.register(TO_ANSWER, label="Disagreement to answer", still_due=_waits, **open_to)
    kinds.register(TO_CLOSE, label="Concern to close", still_due=_is_open, **open_to)
    kinds.register(ANSWERED, label="Answer to a disagreement", **open_to)


def raised(concern, people, step, by):
    """Tell ``people``, users, that nobody has it, ``step`` hours after the raiser was aware."""
    # After a correction of that time a step comes anew, and is told anew.
    since = int(concern.aware_at.timestamp())
    _tell(RAISED, concern, people, by, what=f"{step}", since=f"-{since}", step=step)


def passed(concern, to, by, number):
    """Ask one person to take it; ``number`` tells one asking from the next."""
    _tell(PASSED, concern, [to], by, what=f"passed-{number}")


def taken(concern, by, number):
    """The raiser hears who has it; everybody else who was told, that there is no need to act.

    ``number`` tells one taking of it from the next.
    """
    held = f"taken-{number}"
    _tell(TAKEN, concern, [concern.raised_by], by, what=held)
    others = [user for user in _told(concern) if user.pk != concern.acknowledged_by_id]
    _tell(NO_NEED, concern, others, by, what=held)


def to_decide(concern, people, step, by):
    """Remind ``people``, users, that nothing is decided, ``step`` hours after it was taken."""
    _tell(TO_DECIDE, concern, people, by, what=f"decide-{step}", step=step)


def decided(concern, decision, by):
    """The raiser hears what was decided; so does whoever has it, where another decided."""
    _tell_raiser_and_holder(DECIDED, concern, by, what=f"decision-{decision.pk}")


def added(concern, note, by):
    """Whoever has it, or is asked to, hears that something was added; so does the raiser."""
    holder = concern.acknowledged_by
    people = [concern.raised_by, *([holder] if holder else _told(concern))]
    _tell(ADDED, concern, [user for user in people if user != by], by, what=f"note-{note.pk}")


def objected(concern, objection, people, by):
    """Another manager hears that the raiser does not agree."""
    _tell(OBJECTED, concern, people, by, what=f"objection-{objection.pk}")


def to_answer(concern, objection, people, step, by):
    """Remind ``people``, users, of a disagreement, ``step`` hours after it was said."""
    what = f"answer-{objection.pk}-{step}"
    _tell(TO_ANSWER, concern, people, by, what=what, step=step)


def to_close(concern, people, weeks, by):
    """Ask ``people``, users, whether it may be closed, ``weeks`` after it was decided."""
    since = int(concern.decided_at.timestamp())
    _tell(TO_CLOSE, concern, people, by, what=f"close-{weeks}", since=f"-{since}")


def answered(concern, objection, by):
    """The raiser and whoever has it hear that the disagreement was answered."""
    _tell_raiser_and_holder(ANSWERED, concern, by, what=f"answer-{objection.pk}")


def _told(concern):
    """Who was told of it and may still be."""
    kept = kept_ids(concern)
    return [row.user for row in concern.told.select_related("user") if row.user_id not in kept]


def _tell_raiser_and_holder(kind, concern, by, what):
    _tell(kind, concern, [concern.raised_by], by, what=what)
    if concern.acknowledged_by_id != by.pk:
        _tell(kind, concern, [concern.acknowledged_by], by, what=what, is_holder=True)


def _tell(kind, concern, people, by, *, what, since="", **context):
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
            key=f"concern:{concern.pk}:{what}:{user.pk}{since}",
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
    return Concern.objects.visible_to(message.to).filter(pk=message.about_id).exists()
