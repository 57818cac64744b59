"""School years and their terms by name: 1 September to 31 August, in three terms."""

import re
from datetime import date
from typing import NamedTuple

from django.db import models

YEAR = re.compile(r"(20[0-9]{2})\s*[/–-]\s*(?:20)?([0-9]{2})")


class TermName(models.TextChoices):
    """In the order of the school year."""

    AUTUMN = "autumn", "Autumn"
    SPRING = "spring", "Spring"
    SUMMER = "summer", "Summer"

    @property
    def position(self):
        """0 for the first term of the school year, 2 for the last."""
        return list(TermName).index(self)


class NamedTerm(NamedTuple):
    """A term by its name; ``school_year`` is the calendar year in which the school year begins."""

    school_year: int
    name: TermName

    def __str__(self):
        """``Autumn term 2025`` and, of the same school year, ``Summer term 2026``."""
        is_first = self.name == TermName.AUTUMN
        return f"{TermName(self.name).label} term {self.school_year + (not is_first)}"


def school_year_of(day):
    """The calendar year in which the school year of ``day`` begins."""
    return day.year if day.month >= 9 else day.year - 1


def first_day_of(school_year):
    return date(school_year, 9, 1)


def last_day_of(school_year):
    return date(school_year + 1, 8, 31)


def year_text(school_year):
    """``2025/26``."""
    return f"{school_year}/{(school_year + 1) % 100:02}"


def read_year(text):
    """The school year that ``2025/26``, ``2025-26`` or ``2025/2026`` means, or ValueError."""
    found = YEAR.fullmatch(text.strip())
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        raise ValueError(text)
    return int(found[1])


def term_by_month(day):
    """The ``NamedTerm`` that a date falls in or follows, where nobody has entered its dates."""
    if day.month >= 9:
        name = TermName.AUTUMN
    else:
        name = TermName.SPRING if day.month <= 4 else TermName.SUMMER
    return NamedTerm(school_year_of(day), name)


def span_by_month(term):
    """``(first, last)`` day of a ``NamedTerm`` by the month, as ``term_by_month`` tells it."""
    year = term.school_year
    return {
        TermName.AUTUMN: (first_day_of(year), date(year, 12, 31)),
        TermName.SPRING: (date(year + 1, 1, 1), date(year + 1, 4, 30)),
        TermName.SUMMER: (date(year + 1, 5, 1), last_day_of(year)),
    }[term.name]
