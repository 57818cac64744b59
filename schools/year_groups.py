"""Year groups from dates of birth (domain-facts.md 6)."""

from schools.years import school_year_of

OLDEST = 14


def year_group_of(born_on, day, ahead=0):
    """The number of the year group on ``day`` for a child born on ``born_on``; 0 is Reception.

    Reception is the school year in which the child turns five; below zero before that.
    """
    return school_year_of(day) - school_year_of(born_on) - 5 + ahead


def year_group_text(number):
    """``Year 9``, ``Reception``, ``before Reception``, ``past Year 13``."""
    if number < 0:
        return "before Reception"
    if number == 0:
        return "Reception"
    return f"Year {number}" if number < OLDEST else "past Year 13"


def year_choices():
    """``(number, words)`` of every year group, for a form."""
    return [(number, year_group_text(number)) for number in range(OLDEST)]
