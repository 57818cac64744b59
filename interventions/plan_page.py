"""Plans in lists and on their page: what is said of one, who holds how many."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from audit.services import look_of, looked_at_all
from consultations.children import looks_at
from govuk.words import listed, long_date
from interventions import policies
from interventions.models import EarlyHelpPlan, Lead
from interventions.services.plans import MANY
from linkworkers.models import LinkWorker, WorkerKind
from schools.children import open_pupils
from schools.scope import scope_of

SHOW = {"asked": "Asked of a school", "open": "Open", "ended": "Ended"}


@dataclass(frozen=True)
class PlanLine:
    """A plan in a list, which names no child: their year groups only."""

    plan: EarlyHelpPlan
    years: str
    who: str
    when: str


def plans_of(user, show):
    """The plans a list shows to the user, each with its children's years; see ``line_of``."""
    plans = EarlyHelpPlan.objects.visible_to(user)
    return with_lines(shown(plans, show))


def shown(plans, show):
    """Those of ``plans`` that ``show``, one of ``SHOW``, asks for."""
    if show == "asked":
        return plans.asked()
    return plans.open() if show == "open" else plans.filter(ends_on__isnull=False)


def with_lines(plans):
    """Plans with what ``line_of`` reads: two queries."""
    return plans.select_related("school", "agency", "holder").prefetch_related("pupils")


def line_of(plan):
    """The ``PlanLine`` of one of ``with_lines``."""
    years = [pupil.year_text for pupil in plan.pupils.all()]
    return PlanLine(plan, listed(list(dict.fromkeys(years))), who_leads(plan), when_text(plan))


def who_leads(plan):
    """``Priya Primary``, ``Oakfield Primary School: Dora Lead``."""
    if plan.lead == Lead.DST:
        return plan.holder.name
    return f"{plan.leader}: {plan.lead_professional}" if plan.lead_professional else plan.leader


def when_text(plan):
    """``Since 3 May 2026``, ``3 May 2026 to 4 June 2026``, ``Asked for on 3 May 2026``."""
    if plan.waits_for_school:
        return f"Asked for on {long_date(timezone.localdate(plan.asked_at))}"
    if plan.was_declined:
        return f"Asked for, and declined on {long_date(plan.ends_on)}"
    if plan.ends_on:
        return f"{long_date(plan.starts_on)} to {long_date(plan.ends_on)}"
    return f"Since {long_date(plan.starts_on)}"


# --- one plan -------------------------------------------------------------------------------


def look_at(user, plan):
    """Write down that ``user`` saw a plan of children who are open to them; returns these."""
    pupils = list(open_pupils(user).filter(pk__in=plan.pupils.values("pk")))
    looked_at_all(looks_at(user, plan, pupils))
    return pupils


def look_at_shared(user, plan):
    """Write down that somebody of the school saw a plan that is the school's; no gate stands."""
    pupils = list(plan.pupils.all())
    looked_at_all([look_of(user, plan, basis="school", child_id=pupil.pk) for pupil in pupils])
    return pupils


# --- who holds how many ----------------------------------------------------------------------


def plans_held():
    """``{user id: plans}`` that the team's people hold now; one query."""
    held = EarlyHelpPlan.objects.open().filter(lead=Lead.DST).order_by()
    return dict(held.values_list("holder").annotate(Count("pk")))


@dataclass(frozen=True)
class Holding:
    """One worker who should hold plans, and those they hold."""

    link_worker: LinkWorker
    plans: list

    @property
    def is_none(self):
        return not self.plans

    @property
    def is_many(self):
        return len(self.plans) > MANY

    @property
    def reasons(self):
        """Why they hold more than is routine (rule 001-85)."""
        return [plan.continuity_reason for plan in self.plans if plan.continuity_reason]


def holdings(user):
    """``[(hub, [Holding, …]), …]`` of the workers of the hubs that ``user`` oversees.

    All of them hold plans, to stay skilled (rule 001-84). Two queries.
    """
    scope = scope_of(user)
    workers = LinkWorker.objects.in_post().filter(kind=WorkerKind.FSW).with_names()
    if not scope.county:
        workers = workers.filter(hub__in=scope.manages)
    workers = list(workers.order_by("hub__name", "user__name"))
    held = {worker.user_id: [] for worker in workers}
    plans = EarlyHelpPlan.objects.open().filter(holder__in=held).select_related("school")
    for plan in plans.exclude(school__in=scope.excluded).order_by("starts_on", "pk"):
        held[plan.holder_id].append(plan)
    teams = {}
    for worker in workers:
        teams.setdefault(worker.hub, []).append(Holding(worker, held[worker.user_id]))
    return list(teams.items())


def candidates(plan):
    """``[(user, words)]`` of those who may hold a plan at its school: its hub's workers first."""
    held = plans_held()
    workers = LinkWorker.objects.in_post().filter(kind=WorkerKind.FSW).with_names()
    rows = sorted(
        workers,
        key=lambda worker: (
            worker.hub_id != plan.hub_id,
            held.get(worker.user_id, 0),
            str(worker),
        ),
    )
    return [(w.user, _candidate(w, held.get(w.user_id, 0), plan)) for w in rows]


def _candidate(worker, number, plan):
    hub = "" if worker.hub_id == plan.hub_id else f", {worker.hub}"
    holds = {0: "holds no plan", 1: "holds 1 plan"}.get(number, f"holds {number} plans")
    return f"{worker}{hub}, {holds}"


def acts_for(user, plan):
    """What the user may do with a plan, for its page."""
    keeps = policies.may_keep_plan(user, plan)
    return {
        "may_change": keeps and plan.ends_on is None and plan.starts_on is not None,
        "may_end": keeps and plan.is_open,
        "may_allocate": plan.ends_on is None and policies.may_allocate_plan(user, plan),
    }
