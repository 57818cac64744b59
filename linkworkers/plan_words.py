"""What a plan found, in sentences: every one comes from its numbers."""

from collections import defaultdict

from govuk.words import listed
from linkworkers.models import AllocationKind, LinkWorker, Weekday
from linkworkers.planner import Bar, Why
from schools.models import Hub, School

# Reasons that say something about a person stay on the plan's page, which managers see (001-53),
# and so do the wishes of whoever asked for it.
OF_THE_PAGE = {"conflict", "suspended", "gone", "pinned", "forbidden"}
NOBODY_HERE = {
    Bar.CONFLICT: "Nobody free of conflict",
    Bar.FORBIDDEN: "Nobody but those who are forbidden",
}


class Words:
    """The names in one plan, and the sentences made with them; two queries."""

    def __init__(self, plan):
        self.plan, self.outcome = plan, plan.outcome
        wishes = plan.wishes
        schools, workers = set(), set()
        for move in self.outcome.get("moves", []):
            schools.add(move["school"])
            workers.update(key for key in (move["from"], move["to"]) if key)
            schools.update(why[1] for why in move["why"] if why[0] == "family")
            workers.update(why[3] for why in move["why"] if why[0] == "days_beside")
        for family in self.outcome.get("together", []):
            schools.update(family)
        for clash in self.outcome.get("clashes", []):
            schools.add(clash["school"])
            workers.add(clash["worker"])
        workers.update(row["worker"] for row in self.outcome.get("workers", []))
        for school, _, worker in wishes.get("pins", []):
            schools.add(school)
            workers.add(worker)
        for school, worker in wishes.get("forbids", []):
            schools.add(school)
            workers.add(worker)
        schools.update(wishes.get("leave", []))
        self.schools = _by_text(School.objects.in_bulk(schools - {None}))
        people = LinkWorker.objects.with_names().in_bulk(workers - {None})
        self.workers = _by_text(people)
        self.first_names = _first_names(self.workers)

    def school(self, key):
        """A school's name."""
        return self.schools[key].name

    def worker(self, key):
        """A worker's whole name."""
        return str(self.workers[key])

    def first(self, key):
        """A worker's first name, or the whole one where two share it."""
        return self.first_names[key]

    # --- moves ----------------------------------------------------------------------------------

    def reason(self, move):
        """Why a place changes hands."""
        return " ".join(self._reason(code, values, move) for code, *values in move["why"])

    def kept_reason(self, move):
        """Why, as it is kept with the allocation and others read it."""
        open_reasons = [why for why in move["why"] if why[0] not in OF_THE_PAGE]
        return f"Planned. {self.reason({**move, 'why': open_reasons})}".strip()

    def _reason(self, code, values, move):
        return getattr(self, f"_{code}")(move, *values)

    def _pinned(self, move):
        return f"Pinned by {self.plan.asked_by}."

    def _gap(self, move):
        return "Fills the gap."

    def _conflict(self, move, worker):
        return f"{self.first(worker)} has declared a conflict."

    def _forbidden(self, move, worker):
        return f"{self.plan.asked_by} forbade {self.first(worker)} here."

    def _gone(self, move, worker):
        return f"{self.first(worker)} no longer takes schools of this plan."

    def _ends(self, move, worker):
        return f"{self.first(worker)}’s allocation is about to end."

    def _suspended(self, move, worker):
        return f"{self.first(worker)}’s allocation is suspended."

    def _days(self, move, days):
        return f"Nobody was there on {days_text(days)}."

    def _days_beside(self, move, worker, days, other):
        return (
            f"{self.first(worker)} works on {days_text(days)}, when {self.first(other)} does not."
        )

    def _lighter(self, move, worker, before, after):
        return f"{self.first(worker)} goes from {before}% to {after}%."

    def _room(self, move, worker, before, after):
        return f"{self.first(worker)} has room: {before}% to {after}%."

    def _knows(self, move):
        other = "secondary" if move["place"] == AllocationKind.PRIMARY else "primary"
        return f"{self.first(move['to'])} is {other} there now, so the school knows both."

    def _family(self, move, school, worker, place):
        return f"Goes with {self.school(school)}, where {self.first(worker)} is {place}."

    def _nearer(self, move, worker, km):
        return f"{km} km nearer to {self.first(worker)}’s other schools."

    def _makes_room(self, move, worker, number):
        return f"Makes room for {self.first(worker)}’s {_new_schools(number)}."

    def _even(self, move):
        return "Evens out the plan as a whole."

    # --- what cannot hold -----------------------------------------------------------------------

    def clashes(self):
        """A sentence for each constraint that cannot hold."""
        return [self._clash(clash) for clash in self.outcome["clashes"]]

    def _clash(self, clash):
        why, because = Why(clash["why"]), clash["because"]
        school = self.school(clash["school"]) if clash["school"] else ""
        worker = self.worker(clash["worker"]) if clash["worker"] in self.workers else "Somebody"
        days = days_text(clash["days"])
        if why is Why.NOBODY:
            return f"{self._nobody(because)} can be at {school}."
        if why is Why.TOO_FEW:
            return f"Only one person can be at {school}, which needs two."
        if why is Why.PINNED_BARRED:
            return f"{worker} is pinned at {school}, {self._barred(because)}."
        if why is Why.PINNED_TWICE:
            return f"{worker} is pinned to both places at {school}. It needs two people."
        if why is Why.DAYS:
            return f"{self._nobody(because)} works on {days} for {school}."
        if why is Why.TEAMS:
            return f"Nobody from a second team can be at {school}, which needs two teams."
        if why is Why.CHANGES_PLACE:
            return (
                f"Somebody would go from one place at {school} to the other. Each place of a"
                " college is agreed by itself: end their allocation first, or take the pin back."
            )
        if why is Why.TEAM_LIMIT:
            team = Hub.objects.get(pk=clash["team"])
            return (
                f"{team} would hold more colleges than its even part. Take a pin or a forbidden"
                " pair back."
            )
        if clash["worker"]:
            return f"With {worker}, who is pinned at {school}, nobody covers {days} there."
        return f"No two people who can be at {school} cover {days} between them."

    def _nobody(self, because):
        return next((NOBODY_HERE[bar] for bar in NOBODY_HERE if bar in because), "Nobody")

    def _barred(self, because):
        if Bar.CONFLICT in because:
            return "where a conflict is declared"
        if Bar.FORBIDDEN in because:
            return "and forbidden there as well"
        if because:
            return "who cannot be allocated there now"
        return "but not among the people of this plan"


def days_text(days):
    """``Monday and Friday``."""
    return listed([Weekday(day).label for day in days])


def _new_schools(number):
    return "new school" if number == 1 else f"{number} new schools"


def _by_text(rows):
    return {str(key): row for key, row in rows.items()}


def _first_names(workers):
    by_first = defaultdict(list)
    for key, worker in workers.items():
        by_first[str(worker).partition(" ")[0]].append(key)
    return {
        key: first if len(keys) == 1 else str(workers[key])
        for first, keys in by_first.items()
        for key in keys
    }
