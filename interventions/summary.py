"""A term at one school in numbers, for its governors: no names, and nothing of consultations."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Q
from django.utils import timezone

from consultations.models import Area
from interventions import policies
from interventions.models import EarlyHelpPlan, EndReason, Lead, ShortIntervention
from interventions.small_numbers import in_a_sentence, table
from schools.calendar import calendars_of
from schools.years import NamedTerm, TermName

# How many terms can be chosen.
TERMS = 6


@dataclass(frozen=True)
class Group:
    """Pieces of work in numbers: how many, and tables by support, key area and outcome.

    A table is ``[(word, number)]`` in words, or None where it would say too much.
    """

    total: str
    by_support: list | None
    by_area: list | None
    by_outcome: list | None = None


@dataclass(frozen=True)
class Summary:
    """One term: what was under way on its last day, or is now, and what ended in it."""

    term: NamedTerm
    first: date
    last: date
    until: date
    under_way: Group
    ended: Group
    plans: str

    @property
    def is_over(self):
        return self.until == self.last


def terms_of(school, today=None):
    """``{key: NamedTerm}``: the terms to choose from, this one first; one query."""
    term = _calendar(school).term_on(today or timezone.localdate())
    found = {}
    for _ in range(TERMS):
        found[f"{term.school_year}-{term.name.value}"] = term
        term = _before(term)
    return found


def _before(term):
    names = list(TermName)
    if term.name.position:
        return NamedTerm(term.school_year, names[term.name.position - 1])
    return NamedTerm(term.school_year - 1, names[-1])


def summary_of(user, school, term, today=None):
    """The ``Summary`` of a ``NamedTerm`` for ``user``; five queries at most, however much there is.

    Counted is work that somebody was given, as far as it is the user's to find: of what is
    withheld from them there is no trace (design.md 6.14). How it was asked for is not looked at
    (rule 001-124).
    """
    today = today or timezone.localdate()
    first, last = _calendar(school).span_of(term)
    until = min(last, today)
    works = list(
        _found_by(user, school, ShortIntervention)
        .filter(
            Q(closed_on__isnull=True) | Q(closed_on__gte=first),
            school=school,
            allocated_at__isnull=False,
        )
        .select_related("work_type")
        .annotate(first_allocated_at=Min("events__allocated_at"))
    )
    under_way = [work for work in works if _is_under_way(work, until)]
    ended = [work for work in works if work.closed_on and first <= work.closed_on <= until]
    return Summary(
        term=term,
        first=first,
        last=last,
        until=until,
        under_way=_group(under_way),
        ended=_group(ended, ends=True),
        plans=in_a_sentence(_plans(user, school, until)),
    )


def _calendar(school):
    return calendars_of([school.pk])[school.pk]


def _found_by(user, school, model):
    """The rows of ``model`` on the side of the user: the school's, or the team's."""
    if policies.may_speak_for_school(user, school.pk):
        return model.objects.at_school_of(user)
    return model.objects.visible_to(user)


def _is_under_way(work, day):
    begun = timezone.localdate(work.first_allocated_at) <= day
    return begun and (work.closed_on is None or work.closed_on > day)


def _group(works, *, ends=False):
    outcomes = [EndReason(work.end_reason).label for work in works] if ends else []
    return Group(
        total=in_a_sentence(len(works)),
        by_support=table(work.support for work in works),
        by_area=table(Area(work.area).label for work in works),
        by_outcome=table(outcomes) if ends else None,
    )


def _plans(user, school, day):
    """How many plans the school led on a day."""
    found = _found_by(user, school, EarlyHelpPlan)
    led = found.filter(school=school, lead=Lead.SCHOOL, starts_on__lte=day)
    return led.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day)).count()
