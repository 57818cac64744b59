"""What the team does for the pupils of a school, a line for each piece of work (rule 003-18).

It feeds the school's provision map: a school year at a time, since that is how one is kept.
Nothing in it comes from a consultation, and nothing can be counted back to one (rule 001-124).
"""

from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils import timezone

from govuk.words import listed
from interventions.agreement import Standing, agreement_of, with_agreement
from interventions.models import (
    CaseState,
    ProgrammeCase,
    ShortIntervention,
    WorkState,
)
from schools.children import open_now
from schools.years import first_day_of, last_day_of, school_year_of

# As far back as a list goes, in school years.
YEARS = 6


@dataclass(frozen=True)
class Child:
    """One child of a line; ``name`` is empty for who has to give a reason first."""

    name: str
    year: str

    def __str__(self):
        return f"{self.name or 'A child'}, {self.year}"


@dataclass(frozen=True)
class Line:
    """One piece of work as a school's list shows it."""

    work: ShortIntervention
    children: list
    agreement: str
    needs_answer: bool

    @classmethod
    def of(cls, work, named=None):
        """The line of a work; ``named`` are the ids of the children told by name, None for all."""
        agreement = agreement_of(work)
        return cls(
            work=work,
            children=[
                _child(person.pupil, named) for person in work.participants.all() if person.pupil
            ],
            agreement=agreement.text if work.is_open else agreement.text_at_end,
            needs_answer=work.state not in (WorkState.REQUESTED, WorkState.CLOSED)
            and bool(agreement.who(Standing.WAITING)),
        )

    @property
    def who(self):
        """``Ada Lovelace, Year 5 and Ben Lovelace, Year 3``; adults are behind the link."""
        return listed([str(child) for child in self.children])

    @property
    def support(self):
        return self.work.support

    @property
    def workers(self):
        """``Priya Primary``, ``Priya Primary and Sam Secondary``; empty for nobody."""
        return listed([worker.name for worker in self.work.workers])

    @property
    def state(self):
        """Where it stands, in a word or two."""
        return self.work.get_state_display() if self.work.is_open else "Ended"

    @property
    def began_on(self):
        """When somebody was given it."""
        at = self.work.allocated_at
        return at and timezone.localdate(at)


@dataclass(frozen=True)
class Asked:
    """What a school asked of a programme."""

    case: ProgrammeCase
    child: Child

    @property
    def answer(self):
        """What became of it."""
        if self.case.state == CaseState.REDIRECTED:
            return f"Redirected to: {self.case.pathway}"
        return self.case.get_state_display()


@dataclass(frozen=True)
class Provision:
    """The lines of one or several schools in one school year, those under way first."""

    school_year: int
    years: list
    under_way: list = field(default_factory=list)
    ended: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    @property
    def lines(self):
        return [*self.under_way, *self.ended]

    @property
    def school_ids(self):
        """Of the schools that anything in it is of."""
        of_works = {line.work.school_id for line in self.lines}
        return of_works | {asked.case.school_id for asked in self.asked}

    @property
    def child_ids(self):
        """Of the children in it, told by name or not."""
        people = (person for line in self.lines for person in line.work.participants.all())
        of_works = {person.pupil_id for person in people} - {None}
        return of_works | {asked.case.pupil_id for asked in self.asked}


def year_asked(text, today=None):
    """The school year that an address asks for, this one for nonsense."""
    this = school_year_of(today or timezone.localdate())
    return int(text) if text in {str(year) for year in range(this - YEARS, this)} else this


def provision(works, cases, school_year, reader=None):
    """The ``Provision`` of the rows that somebody may see, in a school year.

    ``works`` and ``cases`` are query-sets. A child is named unless ``reader`` of the team has to
    give a reason for it first (rule 001-58). At most nine queries, however many rows.
    """
    this = school_year_of(timezone.localdate())
    works = list(_in_year(works, school_year))
    cases = list(_asked_in_year(cases, school_year))
    named = _named(reader, works, cases)
    lines = [Line.of(work, named) for work in works]
    return Provision(
        school_year=school_year,
        years=list(range(this, this - YEARS - 1, -1)),
        under_way=[line for line in lines if line.work.is_open],
        ended=[line for line in lines if not line.work.is_open],
        asked=[Asked(case, _child(case.pupil, named)) for case in cases],
    )


def _in_year(works, school_year):
    first, last = first_day_of(school_year), last_day_of(school_year)
    ran = works.filter(
        Q(closed_on__isnull=True) | Q(closed_on__gte=first), asked_on__lte=last
    ).select_related("school", "work_type", "child_worker", "parent_worker")
    waits = Count(
        "sessions__parts",
        filter=Q(sessions__parts__given_at__isnull=False, sessions__parts__stored_on__isnull=True),
    )
    return with_agreement(ran.annotate(to_store=waits)).order_by("-asked_on", "-recorded_at")


def _asked_in_year(cases, school_year):
    first, last = first_day_of(school_year), last_day_of(school_year)
    return (
        cases.filter(asked_on__gte=first, asked_on__lte=last)
        .select_related("school", "programme", "pupil")
        .order_by("-asked_on", "-recorded_at")
    )


def _named(reader, works, cases):
    """The ids of the children whom ``reader`` may see by name; None for all of them."""
    if reader is None:
        return None
    ids = {person.pupil_id for work in works for person in work.participants.all()} - {None}
    on_work, opened = open_now(reader, ids | {case.pupil_id for case in cases})
    return on_work | opened


def _child(pupil, named):
    is_named = named is None or pupil.pk in named
    return Child(pupil.name if is_named else "", pupil.year_text)


# --- a row for each child ------------------------------------------------------------------

HEADER = (
    "School",
    "Child",
    "Year group",
    "Support",
    "Key area",
    "Worker",
    "Asked for on",
    "Allocated on",
    "Next review",
    "Ended on",
    "Where it stands",
    "Agreement",
)


def cells_of(found):
    """The rows of a spreadsheet, one for each child of each line and each case."""
    for line in found.lines:
        work = line.work
        for child in line.children:
            yield (
                work.school.name,
                child.name or "A child",
                child.year,
                line.support,
                work.get_area_display(),
                line.workers,
                work.asked_on,
                line.began_on,
                (work.is_open and work.review_on) or "",
                work.closed_on,
                line.state,
                line.agreement,
            )
    for asked in found.asked:
        case = asked.case
        yield (
            case.school.name,
            asked.child.name or "A child",
            asked.child.year,
            case.programme.name,
            "",
            "",
            case.asked_on,
            "",
            "",
            "",
            asked.answer,
            "",
        )
