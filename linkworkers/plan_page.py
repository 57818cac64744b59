"""A plan as its page shows it: what was found, loads before and after, moves and wishes."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from linkworkers.load import bar_of
from linkworkers.models import AllocationKind, PlanState, WorkerKind
from linkworkers.plan_forms import choice_name
from linkworkers.plan_words import Words

# A plan takes half a minute at most; one that waits longer than this was lost on its way.
LOST_AFTER = timedelta(minutes=3)


@dataclass(frozen=True)
class Load:
    """One worker's row: loads in per cent of a fair share for their hours, km a day."""

    name: str
    hours: str
    today: int
    planned: int
    km_today: float
    km_planned: float

    @property
    def bar_today(self):
        return bar_of(self.today)

    @property
    def bar_planned(self):
        return bar_of(self.planned)


@dataclass(frozen=True)
class Move:
    """One row of the moves; ``choice`` is its bound field, None once nothing is to choose."""

    school: str
    place: str
    leaver: str
    taker: str
    why: str
    choice: object


def is_lost(plan):
    """It waits for longer than any plan takes."""
    return plan.state == PlanState.WAITING and timezone.now() - plan.asked_at > LOST_AFTER


class PlanPage:
    """The parts of the page of a plan that was found, for ``linkworkers/plan.html``.

    ``plan`` is as its reader sees it, ``form`` its ``WishesForm``, or None once it is applied.
    """

    def __init__(self, plan, form):
        self.plan, self.form, self.outcome = plan, form, plan.outcome
        self.words = Words(plan)

    @property
    def finding(self):
        """What the plan does, as the sentence in bold."""
        moves = len(self.outcome["moves"])
        if not moves:
            return "Nothing needs to move."
        what = f"{moves} move{'s give' if moves > 1 else ' gives'}"
        schools = "every other school" if self.plan.wishes.get("leave") else "every school"
        if self.outcome["gaps"]:
            return f"{what} {schools} two people all week."
        return f"{what} a fairer split, and {schools} keeps two people all week."

    @property
    def findings(self):
        """What changes for people, as further sentences."""
        rows = self.outcome["workers"]
        found = []
        if rows:
            before, after = (max(row[when] for row in rows) for when in ("today", "planned"))
            if before == after:
                found.append(f"The heaviest load stays at {after}% of a fair share.")
            else:
                way = "falls" if after < before else "rises"
                found.append(f"The heaviest load {way} from {before}% of a fair share to {after}%.")
        km = round(sum(row["km_planned"] - row["km_today"] for row in rows))
        if km:
            found.append(
                f"Travel between schools {'falls' if km < 0 else 'rises'} by {abs(km)} km a day"
                " in all."
            )
        return " ".join(found)

    @property
    def quality(self):
        """``Planned in 4 seconds, within 0.6% of the best possible``."""
        seconds = max(1, round(self.outcome["seconds"]))
        how_long = f"Planned in {seconds} second{'s' * (seconds > 1)}"
        gap = 100 * self.outcome["gap"]
        if gap < 0.05:
            return f"{how_long}, the best possible"
        return f"{how_long}, within {max(gap, 0.1):.1f}% of the best possible"

    @property
    def loads(self):
        """A ``Load`` for every worker."""
        return [self._load(row) for row in self.outcome["workers"]]

    def _load(self, row):
        worker = self.words.workers[row["worker"]]
        hours = worker.hours
        if worker.kind == WorkerKind.TM:
            hours = f"Team manager, {hours}"
        return Load(
            str(worker),
            hours,
            row["today"],
            row["planned"],
            row["km_today"],
            row["km_planned"],
        )

    @property
    def moves(self):
        """A ``Move`` for every place that changes hands."""
        return [
            Move(
                school=self.words.school(row["school"]),
                place=AllocationKind(row["place"]).label,
                leaver=self.words.worker(row["from"]) if row["from"] else "",
                taker=self.words.worker(row["to"]),
                why=self.words.reason(row),
                choice=self.form[choice_name(row)] if self.form else None,
            )
            for row in self.outcome["moves"]
        ]

    @property
    def schools(self):
        """The schools where somebody moves."""
        return [self.words.schools[row["school"]] for row in self.outcome["moves"]]

    @property
    def held(self):
        """The constraints that the plan keeps to, as sentences."""
        kept = [
            "Two different people at every school",
            "Somebody there all five days",
            "No declared conflict",
        ]
        if self.plan.hub is None:
            kept.append("Two teams at every college, and each team its even part")
        return kept

    @property
    def together(self):
        """The families of feeder schools that share somebody throughout, as lists of names."""
        return [
            ", ".join(sorted(self.words.school(key) for key in family))
            for family in self.outcome["together"]
        ]

    @property
    def unplaced(self):
        """How many schools the distances leave out."""
        placed, of_all = self.outcome["placed"]
        return of_all - placed


def wishes_of(form, words):
    """``[(value, sentence, is it kept), …]`` of the wishes a form can take back."""
    if not form.kept:
        return []
    kept = form["keep"].value()
    return [(key, _wish(wish, words), key in kept) for key, wish in form.kept.items()]


def _wish(wish, words):
    *place, worker = wish[1:]
    school = words.school(wish[0])
    if place:
        return f"Pinned: {words.worker(worker)} at {school} as {place[0]}"
    return f"Forbidden: {words.worker(worker)} at {school}"
