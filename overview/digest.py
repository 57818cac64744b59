"""The week of a manager in exceptions, never in counts of consultations (rule 001-124).

A section is one function: those of ``SECTIONS`` tell of a week that is over, those of ``STANDING``
of what stands late now, which the latest week alone shows. It gives the lines of one manager, or
none. The message on Monday says only that there is something to look at: names stay behind sign-in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone

from govuk.words import date_of, listed, lower_first
from overview.digest_lines import Line, Section
from overview.digest_meetings import (
    actions_late,
    copies_unopened,
    minutes_late,
    requests_unanswered,
    targeting_unplanned,
)
from overview.looks import openings_of_team, outside_allocation
from schools.models import Reason

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Week:
    """Seven days up to the Monday ``ends_on``, which is not among them."""

    ends_on: date

    @classmethod
    def before(cls, day):
        """The last whole week before a date."""
        return cls(day - timedelta(days=day.weekday()))

    @property
    def first_day(self):
        return self.ends_on - WEEK

    @property
    def last_day(self):
        return self.ends_on - timedelta(days=1)

    @property
    def instants(self):
        """``(first, end)``: from midnight to midnight here."""
        return tuple(
            timezone.make_aware(datetime.combine(day, time()))
            for day in (self.first_day, self.ends_on)
        )


def digest_of(user, week):
    """The ``Section`` objects of the manager's ``Week`` that have a line."""
    made = [make(user, week) for make in SECTIONS]
    if week == Week.before(timezone.localdate()):
        made += [make(user) for make in STANDING]
    return [section for section in made if section.lines]


def looks_outside(user, week):
    """Who opened children of schools they did not hold, how many, and for which reasons."""
    first, end = week.instants
    rows = outside_allocation(openings_of_team(user))
    rows = rows.filter(opened_at__gte=first, opened_at__lt=end)
    found = {}
    for opening in rows.order_by("user__name", "opened_at"):
        found.setdefault(opening.user, []).append(opening)
    return Section(
        "looks",
        "Children opened at schools that are not somebody’s own",
        [_look_line(user, openings) for user, openings in found.items()],
        ("Every reason given", reverse("looks")),
    )


def _look_line(user, openings):
    children = len({opening.pupil_id for opening in openings})
    reasons = listed(list(dict.fromkeys(lower_first(_reason(row)) for row in openings)))
    what = "1 child" if children == 1 else f"{children} children"
    last = date_of(openings[-1].opened_at)
    return Line(
        f"{user.name}: {what}",
        f"{reasons[0].upper()}{reasons[1:]}. Last on {last}.",
        f"{reverse('looks')}?person={user.pk}",
    )


def _reason(opening):
    if opening.reason == Reason.OTHER and opening.words:
        return f"“{opening.words}”"
    return opening.get_reason_display()


SECTIONS: list[Callable] = [looks_outside]
STANDING: list[Callable] = [
    requests_unanswered,
    minutes_late,
    actions_late,
    copies_unopened,
    targeting_unplanned,
]
