"""Times, days and lists as a sentence says them."""

from datetime import timedelta

from django.utils import timezone


def spoken(at):
    """A time or datetime as it stands: ``9:30am``."""
    return f"{at.hour % 12 or 12}:{at:%M}{'pm' if at.hour > 11 else 'am'}"


def clock(at):
    """The time of an instant here: ``10:42am``."""
    return spoken(timezone.localtime(at))


def long_date(day):
    """``23 November 2026``."""
    return f"{day.day} {day:%B %Y}"


def date_of(at):
    """The date of an instant here: ``23 November 2026``."""
    return long_date(timezone.localdate(at))


def month_of(at):
    """The month of an instant here: ``November 2026``."""
    return f"{timezone.localdate(at):%B %Y}"


def day_text(day, today):
    """A date in a sentence: today, yesterday, ``Friday 20 November``; the year if another."""
    if day == today:
        return "today"
    if day == today - timedelta(days=1):
        return "yesterday"
    if day == today + timedelta(days=1):
        return "tomorrow"
    return f"{day:%A %-d %B}" if day.year == today.year else long_date(day)


def day_of(at):
    """The day of an instant here, as ``day_text`` says it."""
    return day_text(timezone.localdate(at), timezone.localdate())


def listed(words):
    """``a, b and c``; empty when there are none."""
    *first, last = words or [""]
    return f"{', '.join(first)} and {last}" if first else last


def lower_first(label):
    """``Attendance`` as it stands inside a sentence; abbreviations keep their capitals."""
    return label if label.isupper() else label[:1].lower() + label[1:]
