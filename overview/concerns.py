"""Concerns on the first page: what nobody has, what is theirs to decide, what they wait for.

No name stands here: a list is read over a shoulder.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from drafts.models import Draft
from referrals.clock import TO_DECIDE
from referrals.concern_policies import may_answer_objection
from referrals.models import Concern, Objection
from referrals.services.concerns import FORM

MOST = 50
LONG = timedelta(hours=TO_DECIDE[1])


@dataclass
class ConcernsHere:
    """Each a list of ``(Concern, Clock)``, the least time left first.

    ``unheld`` are for the person to take, ``mine`` they have and decide, ``raised`` they raised and
    wait for; ``others`` are held by another manager, for longer than ``LONG`` and undecided: they
    have come up. ``objections`` are for them to answer; ``drafts`` they began and have not raised.
    """

    unheld: list = field(default_factory=list)
    mine: list = field(default_factory=list)
    raised: list = field(default_factory=list)
    others: list = field(default_factory=list)
    objections: list = field(default_factory=list)
    drafts: list = field(default_factory=list)


def concerns_of(user):
    """The ``ConcernsHere`` of one person: three queries, and two for each disagreement."""
    now = timezone.now()
    here = ConcernsHere(
        drafts=list(Draft.objects.filter(user=user, form=FORM).order_by("-saved_at"))
    )
    visible = Concern.objects.visible_to(user)
    undecided = visible.filter(decided_at__isnull=True).select_related(
        "raised_by", "acknowledged_by", "school"
    )
    # What nobody has comes first: however much is undecided, it is never cut off.
    unheld_first = F("acknowledged_at").asc(nulls_first=True)
    for concern in undecided.order_by(unheld_first, "aware_at", "pk")[:MOST]:
        row = (concern, concern.clock(now))
        if concern.raised_by_id == user.pk:
            here.raised.append(row)
        elif not concern.is_held:
            here.unheld.append(row)
        elif concern.acknowledged_by_id == user.pk:
            here.mine.append(row)
        elif now - concern.acknowledged_at >= LONG:
            here.others.append(row)
    waiting = Objection.objects.waiting().filter(concern__in=visible)
    here.objections = [
        said
        for said in waiting.select_related("concern__school", "concern__raised_by")
        if may_answer_objection(user, said.concern)
    ]
    return here
