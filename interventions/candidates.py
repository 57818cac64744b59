"""Who may do short work at a school, and what each of them carries already (rule 001-86)."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User, current
from govuk.words import listed
from interventions.models import EarlyHelpPlan, ShortIntervention
from linkworkers.models import Absence, Allocation, LinkWorker
from schools.models import OwnChildConflict

# How far ahead an absence is told.
SOON = timedelta(weeks=8)


@dataclass(frozen=True)
class Candidate:
    """Somebody who may do the work: open ``work`` and ``plans`` they hold now, in numbers.

    ``here`` says what they are at the school, ``away`` when they are not there; both may be
    empty.
    """

    user: User
    job: str
    here: str
    work: int
    plans: int
    away: str
    is_away_now: bool


def workers_for(school):
    """The link workers in post who may do work at a school, by name.

    Those of its hub, and those who hold it from another; nobody whose own child attends it
    (rule 001-53).
    """
    held = Allocation.objects.live().filter(school=school, link_worker=OuterRef("pk"))
    declared = OwnChildConflict.objects.filter(current(), school=school, user=OuterRef("user"))
    return (
        LinkWorker.objects.in_post()
        .filter(Q(hub=school.hub_id) | Exists(held))
        .exclude(Exists(declared))
        .with_names()
        .order_by("user__name", "pk")
    )


def candidates_for(school):
    """The ``Candidate`` s for work at a school, by name; five queries, however many they are."""
    workers = list(workers_for(school))
    users = [worker.user_id for worker in workers]
    work, plans = _work_of(users), _plans_of(users)
    here = {
        held.link_worker_id: held.get_kind_display()
        for held in Allocation.objects.live().filter(school=school, link_worker__in=workers)
    }
    today = timezone.localdate()
    absences = {}
    for absence in Absence.objects.between(today, today + SOON).filter(link_worker__in=workers):
        absences.setdefault(absence.link_worker_id, []).append(absence)
    return [
        Candidate(
            user=worker.user,
            job=worker.get_kind_display(),
            here=here.get(worker.pk, ""),
            work=work[worker.user_id],
            plans=plans[worker.user_id],
            away=listed([absence.span for absence in absences.get(worker.pk, ())]),
            is_away_now=any(absence.lasts_on(today) for absence in absences.get(worker.pk, ())),
        )
        for worker in workers
    ]


def _work_of(users):
    """How much open short work each of these users does, as the child's or the parent's worker."""
    done_by = (
        ShortIntervention.objects.open()
        .filter(Q(child_worker__in=users) | Q(parent_worker__in=users))
        .order_by()
        .values_list("child_worker", "parent_worker")
    )
    return Counter(user for pair in done_by for user in set(pair))


def _plans_of(users):
    held = EarlyHelpPlan.objects.open().filter(holder__in=users).order_by()
    return Counter(held.values_list("holder", flat=True))
