"""Telling managers of a concern, step by step, until one of them has it (rules 001-105 to 001-112).

Driven by a tick of every 15 seconds; all that is known is in the database, so a tick that is lost
or comes twice does no harm.
"""

import logging
from datetime import timedelta

from django.db import connection, transaction

from accounts.models import User
from referrals import clock, concern_notices
from referrals.concern_policies import decided_by, holder_is_gone, may_answer_objection_of
from referrals.concern_routing import to_remind, to_tell
from referrals.models import Concern, ConcernNote, NoteKind, Told
from schools.services import involve

logger = logging.getLogger(__name__)

BATCH = 50
TRY_AGAIN = timedelta(minutes=1)
# How long a child stays on the current work of whoever was told, once a concern is closed.
STAYS_OPEN = timedelta(days=28)


def database_now():
    """The instant by the database's clock, which all machines share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]


def plan(at=None):
    """Write the messages that are due ``at`` an instant, by default the database's now.

    A concern that cannot be dealt with is tried again a minute later and holds up no other. Several
    at once share the work; done again, nothing is written twice.
    """
    while _plan_some(at or database_now()):
        pass


@transaction.atomic
def _plan_some(now):
    """Deal with a batch of what is due. Returns how many were."""
    due = list(
        Concern.objects.due(now)
        .select_related("raised_by", "acknowledged_by")
        .select_for_update(skip_locked=True, of=("self",), no_key=True)[:BATCH]
    )
    system = User.objects.system("escalation") if due else None
    for concern in due:
        try:
            with transaction.atomic():
                remind(concern, system, now)
        except Exception:
            logger.exception("Concern %s could not be escalated", concern.pk)
            Concern.objects.filter(pk=concern.pk).update(remind_at=now + TRY_AGAIN)
    return len(due)


def remind(concern, by, now):
    """Tell who is due to be told of a locked concern ``now``, and note when that is next."""
    if not concern.is_held:
        tell_of(concern, by, now)
    else:
        said = concern.objections.waiting().first()
        if said:
            _ask_to_answer(concern, said, by, now)
        if not concern.decided_at:
            _ask_to_decide(concern, by, now)
        # What waits for an answer cannot be closed.
        elif not (concern.closed_at or said):
            _ask_to_close(concern, by, now)
    concern.remind_at = next_reminder(concern, now)
    concern.save(update_fields=["remind_at"])


def next_reminder(concern, now):
    """When somebody is told or reminded of it next: None once it is closed and nobody waits."""
    if not concern.is_held:
        return clock.next_step(concern.aware_at, now)
    waiting = [
        clock.next_to_decide(said_at, now)
        for said_at in concern.objections.waiting().values_list("said_at", flat=True)
    ]
    if not concern.decided_at:
        waiting.append(clock.next_to_decide(concern.acknowledged_at, now))
    elif not concern.closed_at:
        waiting.append(clock.next_to_close(concern.decided_at, now))
    return min(waiting, default=None)


def tell_of(concern, by, now, unreached=()):
    """Tell everybody due at the step reached ``now``, once each, and open the child to them.

    ``unreached`` as in ``to_tell``.
    """
    step = clock.step_at(concern.aware_at, now)
    people = to_tell(concern, step, unreached)
    let_read(concern, people)
    concern_notices.raised(concern, list(people), step, by)


def let_read(concern, people):
    """Keep that these people, ``{user: ToldAs}``, were told: they may read, and open the child."""
    Told.objects.bulk_create(
        [Told(concern=concern, user=user, told_as=told_as) for user, told_as in people.items()],
        ignore_conflicts=True,
    )
    if concern.pupil_id:
        ends_at = database_now() + STAYS_OPEN if concern.closed_at else None
        for user in people:
            involve([concern.pupil_id], concern, user=user, ends_at=ends_at)


def _ask_to_decide(concern, by, now):
    step = clock.to_decide_step(concern.acknowledged_at, now)
    if step:
        people = [concern.acknowledged_by]
        if step >= clock.TO_DECIDE[-1] or holder_is_gone(concern):
            others = to_remind(concern)
            let_read(concern, others)
            people += others
        concern_notices.to_decide(concern, people, step, by)


def ask_others_to_decide(concern, by, now):
    """Whoever has it may not read it any more: others hear at once that nothing is decided."""
    others = to_remind(concern)
    let_read(concern, others)
    hours = clock.hours_between(concern.acknowledged_at, now)
    concern_notices.to_decide(concern, list(others), hours, by)


def _ask_to_close(concern, by, now):
    """While it is open the child stays on the current work of everybody who was told."""
    weeks = clock.to_close_step(concern.decided_at, now)
    if weeks:
        people = [concern.acknowledged_by]
        if holder_is_gone(concern):
            people = to_remind(concern)
            let_read(concern, people)
        concern_notices.to_close(concern, list(people), weeks, by)


def _ask_to_answer(concern, said, by, now):
    step = clock.to_decide_step(said.said_at, now)
    if step:
        people = may_answer_objection_of(concern)
        if step >= clock.TO_DECIDE[-1]:
            people |= {
                user: told_as
                for user, told_as in to_remind(concern).items()
                if user.pk not in decided_by(concern)
            }
        let_read(concern, people)
        concern_notices.to_answer(concern, said, list(people), step, by)


@transaction.atomic
def undeliverable(message):
    """A message that a concern waits will never reach its person: the next are told instead."""
    concern = Concern.objects.select_for_update(of=("self",)).filter(pk=message.about_id).first()
    if concern is None or concern.is_held:
        return
    system = User.objects.system("escalation")
    ConcernNote.objects.create(
        concern=concern, kind=NoteKind.NOT_DELIVERED, words=message.to.name, added_by=system
    )
    tell_of(concern, system, database_now(), {message.to_id})
