"""Spans of time and terms as the pages say them."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from schools.calendar import calendars_of
from schools.years import term_by_month

# From here on, in school weeks, time since contact is shown as late.
LATE_WEEKS = 6


def span_text(days):
    """``1 day``, ``13 days``, ``2 weeks``: days up to a fortnight, whole weeks from there."""
    number, unit = (days, "day") if days < 14 else (days // 7, "week")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


class SchoolTime:
    """Time since contact for many schools, in school weeks, holidays left out.

    In weeks of the calendar where the terms since then have not all been entered. From which day
    a contact is late is the same for all schools, by the council's terms; what is said of a school
    goes by its own, in ``calendars``. One query.
    """

    def __init__(self, school_ids=()):
        self.calendars = calendars_of(school_ids)
        self.today = timezone.localdate()
        self.late_on = self.day_ago(LATE_WEEKS)

    def day_ago(self, weeks):
        """The last day that is ``weeks`` school weeks ago by the council's terms."""
        calendar = self.calendars[None]
        day = calendar.day_before(self.today, weeks)
        return day if calendar.knows(day, self.today) else self.today - timedelta(weeks=weeks)

    @property
    def late_before(self):
        """The instant before which a contact is late: the end of ``late_on``."""
        following = datetime.combine(self.late_on + timedelta(days=1), time.min)
        return timezone.make_aware(following)

    @property
    def late_text(self):
        """``6 school weeks``, or ``6 weeks`` where the terms have not been entered."""
        return _weeks(LATE_WEEKS, self._unit(self.calendars[None], self.late_on))

    def weeks(self, school_id, at):
        """How many whole weeks there have been since the instant ``at`` at the school."""
        calendar, day = self.calendars[school_id], timezone.localdate(at)
        if calendar.knows(day, self.today):
            return calendar.school_weeks_since(day, self.today)
        return max((self.today - day).days, 0) // 7

    def weeks_text(self, school_id, at):
        """``This week``, ``1 week``, ``11 school weeks``."""
        weeks, day = self.weeks(school_id, at), timezone.localdate(at)
        if weeks:
            return _weeks(weeks, self._unit(self.calendars[school_id], day))
        is_recent = (self.today - day).days < 7
        return "This week" if is_recent else "Less than a school week"

    def since_contact(self, school_id, at):
        """``(words, state)`` for the instant of the last contact, None when there was none.

        The state is ``late`` from six school weeks on, ``soon`` where there was no contact yet,
        or empty.
        """
        if at is None:
            return "No contact recorded yet", "soon"
        day = timezone.localdate(at)
        days = (self.today - day).days
        if days <= 0:
            return "Contact today", ""
        span = span_text(days) if days < 14 else self.weeks_text(school_id, at)
        return f"{span} since contact", "late" if day <= self.late_on else ""

    def _unit(self, calendar, day):
        return "school week" if calendar.knows(day, self.today) else "week"


def _weeks(number, unit):
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def weekdays_since(at):
    """How many weekdays have begun since the day of the instant ``at``."""
    day, today = timezone.localdate(at), timezone.localdate()
    weeks, rest = divmod(max((today - day).days, 0), 7)
    return weeks * 5 + sum((day + timedelta(days=n + 1)).weekday() < 5 for n in range(rest))


def term_of(day):
    """The school term a date falls in or follows, by the month: ``Autumn term 2026``."""
    return str(term_by_month(day))
