"""Targeting support meetings: one a term with each school, and how it stands (domain-facts.md 2.5).

They are due and may be chased, which an Early help consultation never is: nothing here is read from
consultations. Terms are each school's own, its dates in place of the council's.
"""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from govuk.words import long_date
from panels.models import MeetingKind, MeetingSchool, MeetingState
from schools.calendar import calendars_of
from schools.models import School
from schools.scope import scope_of
from schools.years import NamedTerm, TermName, first_day_of, last_day_of, school_year_of

HELD = (MeetingState.HELD, MeetingState.FINALISED)
# What to do about a school without a meeting, by how near the end of the term is.
WORKER, MANAGERS = "worker", "managers"


def schools_with_meetings():
    """Open schools of the types that are offered one a term, by the council's preset."""
    return School.objects.open().filter(type_group__in=settings.COUNCIL.targeting_types)


def schools_of(user):
    """Those a user answers for: their hubs', or the county's, and those they support."""
    scope = scope_of(user)
    schools = schools_with_meetings().exclude(pk__in=scope.excluded)
    if scope.county:
        return schools
    return schools.filter(Q(hub__in=scope.manages) | Q(pk__in=scope.supports))


def applies_to(school):
    """Whether the school is offered a meeting a term."""
    return school.is_open and school.type_group in settings.COUNCIL.targeting_types


def with_meetings(schools):
    """The query-set with ``targeting``, the meetings of this school year; no query more."""
    school_year = school_year_of(timezone.localdate())
    rows = MeetingSchool.objects.filter(
        school=OuterRef("pk"),
        meeting__kind=MeetingKind.TARGETING,
        meeting__state__in=(MeetingState.CALLED, *HELD),
        meeting__starts_at__date__range=(first_day_of(school_year), last_day_of(school_year)),
    ).order_by("meeting__starts_at")
    told = JSONObject(meeting="meeting", state="meeting__state", starts_at="meeting__starts_at")
    return schools.annotate(targeting=ArraySubquery(rows.values(row=told)))


@dataclass(frozen=True)
class Standing:
    """How one term stands at a school: ``day`` is that of its ``meeting``, an id, or None.

    ``step`` says whom it is time to remind: nobody while it is empty.
    """

    term: NamedTerm
    day: date | None = None
    is_held: bool = False
    step: str = ""
    meeting: UUID | None = None

    @property
    def is_to_close(self):
        """Its day is over, and nobody has marked it as held or cancelled it."""
        return self.day is not None and self.day < timezone.localdate() and not self.is_held

    @property
    def is_missing(self):
        """None was held or is to come, as far as anybody has said."""
        return self.day is None or self.is_to_close

    @property
    def to_do(self):
        """What is asked for where it is missing."""
        return "Mark the meeting as held" if self.is_to_close else "Plan one before the term ends"

    @property
    def worth(self):
        """What was held goes before what is to come, and that before what nobody has closed."""
        return self.is_held, not self.is_missing, self.day is not None

    @property
    def state(self):
        """``ok`` when it was held; ``late`` to be marked as held, or with none as the term ends."""
        if self.is_held:
            return "ok"
        return "late" if self.is_to_close else {WORKER: "soon", MANAGERS: "late"}.get(self.step, "")

    @property
    def text(self):
        """``Yes, 3 October 2026``, ``Planned, 3 December 2026``, ``Not yet``; or not marked yet."""
        if self.day is None:
            return "Not yet"
        said = "Yes" if self.is_held else "Not marked as held" if self.is_to_close else "Planned"
        return f"{said}, {long_date(self.day)}"


def standings(schools, calendars=None):
    """``{school id: {NamedTerm: Standing}}``: the terms of this school year that have begun.

    Of schools ``with_meetings``; those that are offered none are left out. One query, or none with
    the ``calendars`` of the schools at hand.
    """
    today = timezone.localdate()
    schools = [school for school in schools if applies_to(school)]
    if calendars is None:
        calendars = calendars_of(school.pk for school in schools)
    return {school.pk: _of_school(school, calendars[school.pk], today) for school in schools}


def this_term(schools, calendars=None):
    """``{school id: Standing}`` of the term that each school is in; queries as ``standings``."""
    return {pk: list(terms.values())[-1] for pk, terms in standings(schools, calendars).items()}


def missing(schools):
    """``[(school, Standing)]`` of those where it is time to remind somebody; two queries."""
    schools = list(with_meetings(schools))
    found = this_term(schools)
    return [
        (school, found[school.pk])
        for school in schools
        if school.pk in found and found[school.pk].is_missing and found[school.pk].step
    ]


def _of_school(school, calendar, today):
    """Its ``Standing`` in each term, by the meeting that is worth most there."""
    now = calendar.term_on(today)
    begun = [NamedTerm(now.school_year, name) for name in TermName][: now.name.position + 1]
    found = {term: Standing(term, step=_step(calendar, term, today)) for term in begun}
    for row in school.targeting:
        day = timezone.localdate(parse_datetime(row["starts_at"]))
        term = calendar.term_on(day)
        standing = Standing(term, day, row["state"] in HELD, meeting=UUID(row["meeting"]))
        if standing.is_to_close and term in found:
            standing = replace(standing, step=found[term].step)
        if term in found and standing.worth > found[term].worth:
            found[term] = standing
    return found


def _step(calendar, term, today):
    """Whom to remind that nothing is planned; nobody where the dates of the term are not known."""
    dates = calendar.dates_of(term)
    if dates is None or not dates.starts_on <= today <= dates.ends_on:
        return ""
    weeks_left = (dates.ends_on - today).days / 7
    worker, managers = settings.TARGETING_WEEKS
    if weeks_left <= managers:
        return MANAGERS
    return WORKER if weeks_left <= worker else ""
