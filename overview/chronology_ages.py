"""How old a child was on the day of an event: on every row of a chronology (peers.md U20)."""

FORTNIGHT, YEAR_OF_WEEKS = 14, 52


def age_at(pupil, day):
    """``aged 9 years 4 months``; ``4 weeks before birth``; empty for a child only just due.

    Of a child not born yet the date the baby is due stands for the birth.
    """
    if pupil.born_on is None:
        return _from_birth(pupil.due_on, day, "the due date")
    return _from_birth(pupil.born_on, day, "birth") or _aged(pupil.born_on, day)


def _from_birth(birth, day, what):
    days = (birth - day).days
    if days <= 0:
        return ""
    weeks = days // 7
    if weeks == 0:
        return f"in the week before {what}"
    if weeks < YEAR_OF_WEEKS:
        return f"{_several(weeks, 'week')} before {what}"
    return f"{_several(_months(day, birth) // 12 or 1, 'year')} before {what}"


def _aged(born_on, day):
    months, days = _months(born_on, day), (day - born_on).days
    if days == 0:
        return "the day of birth"
    if days < FORTNIGHT:
        return f"aged {_several(days, 'day')}"
    if months < 3:
        return f"aged {_several(days // 7, 'week')}"
    years, months = divmod(months, 12)
    parts = [_several(years, "year")] if years else []
    parts += [_several(months, "month")] if months else []
    return f"aged {' '.join(parts)}"


def _months(first, last):
    """Whole months from one date to a later one."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)


def _several(number, word):
    return f"{number} {word}{'' if number == 1 else 's'}"
