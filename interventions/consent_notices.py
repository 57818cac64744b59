"""Who hears of the family's answer: the other side of whoever said what it is.

Nothing personal is in a message, and not the answer: a school and a link behind sign-in.
"""

from accounts.notices import Notice, tell
from interventions import policies
from interventions.models import ShortIntervention
from interventions.readers import address_for, leads_told, may_read
from linkworkers.coverage import answering, away_among
from notifications import kinds

CONFIRMED, WITHDRAWN, WATCH = "agreement_confirmed", "agreement_withdrawn", "watch_due"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(CONFIRMED, may_receive=may_read, label="Family’s answer confirmed")
    kinds.register(WITHDRAWN, may_receive=may_read, label="Agreement withdrawn")
    kinds.register(WATCH, still_due=_is_watched, may_receive=may_read, label="Time to look again")


def _is_watched(message):
    return ShortIntervention.objects.filter(
        pk=message.about_id, watch_on__lte=message.created_at
    ).exists()


def confirmed(consent, by):
    """The school's leads hear what a worker wrote down, and the workers what the school said."""
    _tell(CONFIRMED, consent, str(consent.pk), by)


def withdrawn(consent, by):
    """As ``confirmed``: before the next session somebody should read it."""
    _tell(WITHDRAWN, consent, f"{consent.pk}:{consent.withdrawn_on}", by)


def _tell(kind, consent, key, by):
    work = consent.intervention
    people = _workers(work) if policies.may_speak_for(by, work) else leads_told(work)
    told = [user for user in people if user != by]
    tell([_notice(kind, work, key, user, address_for(user, work)) for user in told], by)


def watch_due(told, by):
    """``told`` are pairs of a work and a user: it is time to look again, said once for its day."""
    tell(
        [
            _notice(WATCH, work, f"{work.pk}:{work.watch_on}", user, work.get_absolute_url())
            for work, user in told
        ],
        by,
    )


def _workers(work):
    """Those who do it, are there and may open it; else who answers for the school today."""
    away = away_among(work.workers)
    there = [user for user in work.workers if user.pk not in away and address_for(user, work)]
    return there or answering([work.school])[work.school_id].people


def _notice(kind, work, key, to, path):
    return Notice(
        kind=kind,
        key=f"{kind}:{key}:{to.pk}",
        to=to,
        path=path,
        template=f"interventions/email/{kind}.txt",
        context={"school": work.school},
        about=work,
    )
