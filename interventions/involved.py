"""Who is already involved with the children of short work: shown before anything is decided."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q

from govuk.words import date_of, listed, long_date, lower_first
from interventions.models import EarlyHelpPlan, Participant, ShortIntervention
from schools.models import Involvement, Pupil, PupilStatus

# What puts a child on current work and may be told to whoever works with the child. Concerns and
# notices are told to those named in them alone.
TOLD = {
    "consultation": "Early help consultation",
    "transition": "On the transition list",
}


@dataclass(frozen=True)
class Fact:
    """One thing that is going on: ``what``, in words; ``url`` where it is, or empty."""

    what: str
    more: str = ""
    url: str = ""


@dataclass
class Around:
    """One child, and what is going on around them."""

    pupil: Pupil
    facts: list = field(default_factory=list)


def standing_of(user, pupils, besides=None):
    """The ``Around`` of each child, in their order; five queries, however many there are.

    ``pupils`` are open to the user. ``besides`` is the work that is being looked at.
    """
    ids = [pupil.pk for pupil in pupils]
    found = defaultdict(list)
    for source in (_statuses, _plans, _work, _others):
        for pupil_id, fact in source(user, ids, besides):
            if fact not in found[pupil_id]:
                found[pupil_id].append(fact)
    return [Around(pupil, found[pupil.pk]) for pupil in pupils]


def _statuses(user, ids, besides):
    statuses = PupilStatus.objects.filter(pupil__in=ids, ends_on__isnull=True)
    for status in statuses.select_related("kind").order_by("kind__position", "kind__name"):
        worker = f"social worker {status.social_worker}" if status.social_worker else ""
        since = f"since {long_date(status.starts_on)}"
        yield status.pupil_id, Fact(status.kind.name, ", ".join(filter(None, (worker, since))))


def _plans(user, ids, besides):
    plans = (
        EarlyHelpPlan.objects.filter(pupils__in=ids, ends_on__isnull=True)
        .select_related("school", "agency", "holder")
        .prefetch_related("pupils")
        .distinct()
    )
    seen = set(_visible(EarlyHelpPlan, user, ids, pupils__in=ids))
    for plan in plans:
        holder = plan.holder.name if plan.holder else plan.lead_professional
        since = f"since {long_date(plan.starts_on)}" if plan.starts_on else "asked for, not started"
        fact = Fact(
            settings.COUNCIL.plan,
            ", ".join(filter(None, (f"led by {plan.leader}", holder, since))),
            plan.get_absolute_url() if plan.pk in seen else "",
        )
        for pupil in plan.pupils.all():
            yield pupil.pk, fact


def _work(user, ids, besides):
    rows = (
        Participant.objects.filter(pupil__in=ids)
        .exclude(Q(intervention__state="closed") | Q(intervention=besides))
        .select_related(
            "intervention__school",
            "intervention__work_type",
            "intervention__child_worker",
            "intervention__parent_worker",
        )
        .order_by("intervention__asked_on")
    )
    seen = set(_visible(ShortIntervention, user, ids, participants__pupil__in=ids))
    for row in rows:
        work = row.intervention
        who = listed([worker.name for worker in work.workers])
        more = ", ".join(filter(None, (work.school.name, lower_first(work.get_state_display()))))
        yield (
            row.pupil_id,
            Fact(
                f"Short intervention{f': {work.work_type}' if work.work_type else ''}",
                f"{more}{f', {who}' if who else ''}",
                work.get_absolute_url() if work.pk in seen else "",
            ),
        )


def _visible(model, user, ids, **about):
    """The ids of the open rows about these children that the user may open."""
    rows = model.objects.visible_to(user).filter(**about)
    return rows.order_by().values_list("pk", flat=True)


def _others(user, ids, besides):
    rows = (
        Involvement.objects.current()
        .filter(pupil__in=ids, source_type__in=TOLD, school__isnull=False)
        .select_related("school")
        .order_by("starts_at")
    )
    first = {}
    for row in rows:
        first.setdefault((row.pupil_id, row.source_type, row.school_id), row)
    for row in first.values():
        more = f"{row.school.name}, since {date_of(row.starts_at)}"
        yield row.pupil_id, Fact(TOLD[row.source_type], more)
