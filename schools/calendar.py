"""Which days a school teaches: its terms, half-terms, INSET days and the bank holidays.

A school day is computed, never stored: the council's terms, a school's own in place of those of
the same name, less its INSET days and the bank holidays. Of a school year whose three terms have
not all been entered nothing is guessed: every weekday but the bank holidays counts, and terms go
by the month.
"""

from collections import defaultdict
from datetime import timedelta
from functools import cache

from django.db.models import DateField, Q, Value
from govuk_bank_holidays.bank_holidays import BankHolidays

from schools.models import InsetDay, Term
from schools.years import NamedTerm, TermName, school_year_of, term_by_month

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
FRIDAY = 4
# A term as it is read, and an INSET day beside it: the day stands in both ends.
COLUMNS = (
    "school",
    "school_year",
    "name",
    "starts_on",
    "ends_on",
    "half_term_starts_on",
    "half_term_ends_on",
)
INSET = "inset"
NO_DAY = Value(None, output_field=DateField())


@cache
def bank_holidays():
    """The days off in England and Wales as GOV.UK lists them, from the library's own copy."""
    holidays = BankHolidays(use_cached_holidays=True)
    return frozenset(
        holiday["date"] for holiday in holidays.get_holidays(BankHolidays.ENGLAND_AND_WALES)
    )


def calendars_of(school_ids=()):
    """``{school id: Calendar}``, with the council's own under None: one query, whatever is asked.

    Schools without dates of their own share the council's, and what it has worked out.
    """
    school_ids = set(school_ids)
    terms = Term.objects.filter(Q(school=None) | Q(school__in=school_ids)).values_list(*COLUMNS)
    inset_days = InsetDay.objects.filter(school__in=school_ids).values_list(
        "school", Value(0), Value(INSET), "day", "day", NO_DAY, NO_DAY
    )
    own_terms, own_inset_days = defaultdict(list), defaultdict(list)
    for school_id, *facts in terms.order_by().union(inset_days.order_by(), all=True):
        term = Term(**dict(zip(COLUMNS[1:], facts, strict=True)))
        if term.name == INSET:
            own_inset_days[school_id].append(term.starts_on)
        else:
            own_terms[school_id].append(term)
    council = own_terms.pop(None, [])
    shared = Calendar(council)
    return dict.fromkeys({None, *school_ids}, shared) | {
        pk: Calendar([*council, *own_terms[pk]], own_inset_days[pk])
        for pk in {*own_terms, *own_inset_days}
    }


class Calendar:
    """The school days of one school, or of the council.

    Of two ``terms`` with the same name and year the later in the list holds.
    """

    def __init__(self, terms=(), inset_days=()):
        self._years = defaultdict(dict)
        for term in terms:
            self._years[term.school_year][term.name] = term
        self._inset_days = frozenset(inset_days)
        self._school_weeks = {}

    def knows(self, first, last=None):
        """Whether all terms have been entered of the school years from ``first`` to ``last``."""
        years = range(school_year_of(first), school_year_of(last or first) + 1)
        return all(len(self._years.get(year, ())) == len(TermName) for year in years)

    def is_school_day(self, day):
        """Whether the school teaches pupils on this date."""
        if day.weekday() > FRIDAY or day in bank_holidays() or day in self._inset_days:
            return False
        terms = self._years.get(school_year_of(day), {}).values()
        return not self.knows(day) or any(term.teaches_on(day) for term in terms)

    def school_days(self, first, last):
        """The school days from ``first`` to ``last``, both included."""
        days = (first + n * DAY for n in range((last - first).days + 1))
        return [day for day in days if self.is_school_day(day)]

    def school_days_since(self, day, today):
        """How many school days have begun after ``day``, today's among them."""
        return len(self.school_days(day + DAY, today))

    def next_school_day(self, day):
        """The first school day after ``day``."""
        day += DAY
        while not self.is_school_day(day):
            day += DAY
        return day

    def school_weeks_since(self, day, today):
        """How many whole weeks have passed since ``day``, those without a school day left out.

        Time stands still from the Monday to the Sunday of a week without a school day, so that a
        contact before a holiday is no older after it.
        """
        passed = 0
        monday = _monday_of(day)
        while monday <= today:
            if self._is_school_week(monday):
                first, last = max(day + DAY, monday), min(today, monday + 6 * DAY)
                passed += max((last - first).days + 1, 0)
            monday += WEEK
        return passed // 7

    def day_before(self, today, weeks):
        """The latest day since which ``weeks`` school weeks have passed, or more."""
        left, last = weeks * 7, today
        while True:
            monday = _monday_of(last)
            if self._is_school_week(monday):
                here = (last - monday).days + 1
                if here >= left:
                    return last - left * DAY
                left -= here
            last = monday - DAY

    def term_on(self, day):
        """The ``NamedTerm`` that a date falls in or follows.

        The days of September before the first lesson belong to the autumn term.
        """
        if not self.knows(day):
            return term_by_month(day)
        school_year = school_year_of(day)
        terms = self._years[school_year]
        begun = [name for name in TermName if terms[name].starts_on <= day]
        return NamedTerm(school_year, begun[-1] if begun else TermName.AUTUMN)

    def _is_school_week(self, monday):
        if monday not in self._school_weeks:
            days = (monday + n * DAY for n in range(FRIDAY + 1))
            self._school_weeks[monday] = any(map(self.is_school_day, days))
        return self._school_weeks[monday]


def _monday_of(day):
    return day - day.weekday() * DAY
