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
from schools.years import NamedTerm, TermName, school_year_of, span_by_month, term_by_month

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
FRIDAY = 4
AUGUST = 8
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

    def day_after(self, day, weeks):
        """The first day on which ``weeks`` school weeks have passed since ``day``."""
        left = weeks * 7
        monday = _monday_of(day)
        while True:
            if self._is_school_week(monday):
                first = max(day + DAY, monday)
                here = (monday + 6 * DAY - first).days + 1
                if left <= here:
                    return first + (left - 1) * DAY
                left -= here
            monday += WEEK

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

    def starting_year(self, day):
        """The school year in which who comes on a date starts: the next, once summer term is over.

        Without the dates of that term it is over with July.
        """
        school_year = school_year_of(day)
        summer = self.dates_of(NamedTerm(school_year, TermName.SUMMER))
        is_over = day > summer.ends_on if summer else day.month == AUGUST
        return school_year + is_over

    def span_of(self, term):
        """``(first, last)`` day of a ``NamedTerm``."""
        if not self.knows(span_by_month(term)[0]):
            return span_by_month(term)
        held = self._years[term.school_year][term.name]
        return held.starts_on, held.ends_on

    def term_start(self, day):
        """The first day of the term that a date falls in or follows."""
        return self.span_of(self.term_on(day))[0]

    def end_of_next_term(self, day):
        """The last day of the term after the one that a date falls in or follows."""
        term = self.term_on(day)
        names = list(TermName)
        after = term.name.position + 1
        if after == len(names):
            return self.span_of(NamedTerm(term.school_year + 1, names[0]))[1]
        return self.span_of(NamedTerm(term.school_year, names[after]))[1]

    def half_starts(self, day):
        """``(before, this)``: the first days of the last two halves of terms begun by a date.

        A half begins with its term or on the first school day after its half-term; a term without
        one is not halved.
        """
        school_year = school_year_of(day)
        years = (school_year - 1, school_year)
        starts = []
        for term in (NamedTerm(year, name) for year in years for name in TermName):
            starts.append(self.span_of(term)[0])
            held = self._years.get(term.school_year, {}).get(term.name)
            if held and held.half_term_ends_on and self.knows(held.starts_on):
                starts.append(self.next_school_day(held.half_term_ends_on))
        before, this = sorted(start for start in starts if start <= day)[-2:]
        return before, this

    def dates_of(self, term):
        """The ``Term`` with the days of a ``NamedTerm``; None while it has not been entered."""
        return self._years.get(term.school_year, {}).get(term.name)

    def closed_for(self, day):
        """Why the school does not teach on this date, in a few words; empty when it does."""
        if self.is_school_day(day):
            return ""
        if day.weekday() > FRIDAY:
            return f"a {day:%A}"
        if day in bank_holidays():
            return "a bank holiday"
        if day in self._inset_days:
            return "an INSET day"
        terms = self._years.get(school_year_of(day), {}).values()
        in_term = any(term.starts_on <= day <= term.ends_on for term in terms)
        return "in half-term" if in_term else "in the school holidays"

    def _is_school_week(self, monday):
        if monday not in self._school_weeks:
            days = (monday + n * DAY for n in range(FRIDAY + 1))
            self._school_weeks[monday] = any(map(self.is_school_day, days))
        return self._school_weeks[monday]


def _monday_of(day):
    return day - day.weekday() * DAY
