"""On which dates a series falls: every so many school weeks of the council's calendar (001-94)."""

from datetime import timedelta

from govuk.words import long_date
from schools.years import last_day_of, school_year_of, year_text

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
WORKING_DAYS = 5


def dates_from(calendar, first_on, every_weeks, last_on):
    """The dates from ``first_on`` to ``last_on``, on its weekday, holiday weeks not counted.

    In a week whose weekday is no school day (a bank holiday) it is the nearest one that is, later
    before earlier.
    """
    weekday, monday, count = first_on.weekday(), first_on - first_on.weekday() * DAY, 0
    dates = []
    while monday <= last_on:
        days = [day for day in _days_of(monday) if calendar.is_school_day(day)]
        if days:
            if count % every_weeks == 0:
                dates.append(_nearest(days, monday + weekday * DAY))
            count += 1
        monday += WEEK
    return [day for day in dates if first_on <= day <= last_on]


def _days_of(monday):
    return [monday + n * DAY for n in range(WORKING_DAYS)]


def _nearest(days, wanted):
    return min(days, key=lambda day: (abs((day - wanted).days), day < wanted))


def end_of_year(day):
    """The last day of the school year that a date is in."""
    return last_day_of(school_year_of(day))


def not_known(calendar, day):
    """A sentence where nobody has entered the terms of the year a date is in; or empty."""
    if calendar.knows(day):
        return ""
    year = year_text(school_year_of(day))
    return f"The term dates of {year} have not been entered. Have them entered first"


def cannot_begin_on(calendar, first_on):
    """Why a series cannot begin on this date, in a sentence; or empty."""
    if why := not_known(calendar, first_on):
        return why
    why = calendar.closed_for(first_on)
    return f"{long_date(first_on)} is {why}. Choose a school day" if why else ""
