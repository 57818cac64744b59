"""Spans of time and terms as the pages say them."""

from datetime import timedelta

from django.utils import timezone

# From here on, time since contact is shown as late.
LATE_WEEKS = 6


def span_text(days):
    """``1 day``, ``13 days``, ``2 weeks``: days up to a fortnight, whole weeks from there."""
    number, unit = (days, "day") if days < 14 else (days // 7, "week")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def weeks_text(weeks):
    """``This week``, ``1 week``, ``11 weeks``."""
    if weeks == 0:
        return "This week"
    return f"{weeks} week{'' if weeks == 1 else 's'}"


def since_contact(at):
    """``(words, state)`` for the instant of the last contact, None when there was none.

    The state is ``late`` from six weeks on, ``soon`` where there was no contact yet, or empty.
    """
    if at is None:
        return "No contact recorded yet", "soon"
    days = (timezone.localdate() - timezone.localdate(at)).days
    if days <= 0:
        return "Contact today", ""
    return f"{span_text(days)} since contact", "late" if days >= LATE_WEEKS * 7 else ""


def weekdays_since(at):
    """How many weekdays have begun since the day of the instant ``at``."""
    day, today = timezone.localdate(at), timezone.localdate()
    weeks, rest = divmod(max((today - day).days, 0), 7)
    return weeks * 5 + sum((day + timedelta(days=n + 1)).weekday() < 5 for n in range(rest))


def term_of(day):
    """The school term a date falls in or follows, by the month: ``Autumn term 2026``."""
    if day.month >= 9:
        name = "Autumn"
    else:
        name = "Spring" if day.month <= 4 else "Summer"
    return f"{name} term {day.year}"
