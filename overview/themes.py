"""Themes and trends: how many children each key area and theme touches, by county area and term.

Of children talked about in meetings and panels that were held and in consultations, and of those
whose short work was asked for. A child counts once for a topic in a term, whatever was held about
them: neither consultations are in a number, nor anything by which they could be counted; what was
held about no child is nowhere here (rule 001-124). Nothing is told by school or by worker.

Small groups are kept back (``interventions.small_numbers``), so that nobody finds a child in them:

* Each child stands in one county area, that of the school where it was last. The areas of a line
  then come to its sum exactly, and a small one cannot be had by taking the others away.
* Terms are told apart and never added up, so no two sums differ by a term.
* All of a viewer's hubs are told together, so no two pages of theirs differ by a hub.
* What leaves the team is of terms that are over: of two files, the later has no child more, but
  for what was typed late.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db import connection
from django.db.models import CharField, F, Func, Q
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone

from consultations.models import Area, PupilDiscussed, State, Theme
from interventions.models import Participant
from interventions.small_numbers import FEW, parts_told, told
from panels.models import MeetingPupil, MeetingState
from schools.calendar import calendars_of
from schools.models import PanelArea
from schools.scope import scope_of
from schools.years import NamedTerm, TermName, first_day_of

TERMS = 6
# A drawn bar is so long, in its own units.
BAR = 240
NO_AREA = "No panel area"
EVENT = ("topic", "child", "county", "day", "place")
# So many children at a school, and FEW of them in all, before it is proposed for a meeting.
SEVERAL = 2


@dataclass(frozen=True)
class Span:
    """A term up to the day before the next begins, ``until``; None while it has not."""

    term: NamedTerm
    first: date
    until: date | None

    @property
    def is_over(self):
        return self.until is not None

    @property
    def key(self):
        """What the address calls it: ``2026-autumn``."""
        return f"{self.term.school_year}-{self.term.name.value}"


@dataclass(frozen=True)
class Line:
    """One topic in one term, as it is told.

    ``areas`` are ``[(county area, words)]``, ``children`` the words for them all, ``before`` those
    of the term before; ``bar`` and ``bar_before`` the lengths of bars, zero
    where nothing is drawn. ``theme`` is None for a key area.
    """

    name: str
    theme: Theme | None
    areas: list
    children: str
    before: str
    bar: float = 0
    bar_before: float = 0

    @property
    def is_met(self):
        """Whether a child is in either term."""
        return not self.children == self.before == "0"


def spans(today, number=TERMS):
    """The ``Span`` s of the term under way and those before it, the last first; one query."""
    calendar = calendars_of()[None]
    found, term = [], calendar.term_on(today)
    for _ in range(number):
        is_autumn = term.name == TermName.AUTUMN
        first = first_day_of(term.school_year) if is_autumn else calendar.span_of(term)[0]
        found.append(Span(term, first, found[-1].first if found else None))
        term = _before(term)
    return found


def _before(term):
    names = list(TermName)
    place = term.name.position
    return NamedTerm(term.school_year - (place == 0), names[place - 1])


def county_areas(found):
    """``[(id, name)]`` of the panel areas, and of none where a child is in none; one query."""
    areas = list(PanelArea.objects.values_list("pk", "name"))
    return [*areas, (None, NO_AREA)] if any(None in met for met in found.values()) else areas


def topics():
    """``[(key, name, theme)]``: the key areas, then the themes by name; one query."""
    themes = ((str(theme.pk), theme.name, theme) for theme in Theme.objects.all())
    return [*((area.value, area.label, None) for area in Area), *themes]


def children_by(user, terms, theme=None):
    """``{(span, topic): {county area's id: children}}`` of terms in a row, the last first.

    Of one ``Theme``, or of every topic. One query, which counts in the database.
    """
    terms = terms[::-1]
    sql, parameters = _events(user, terms)
    found = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            # Nothing but placeholders is in the text of the inner statement.
            "SELECT term, topic, county, count(*) FROM ("  # noqa: S608
            " SELECT DISTINCT ON (term, topic, child) term, topic, child, county FROM ("
            f"  SELECT width_bucket(day, %s::date[]) AS term, event.* FROM ({sql}) AS event"
            "  WHERE %s IN ('', topic)"
            " ) AS placed ORDER BY term, topic, child, day DESC, county"
            ") AS counted GROUP BY term, topic, county",
            [[span.first for span in terms], *parameters, str(theme.pk) if theme else ""],
        )
        for place, topic, county, number in cursor:
            found[terms[place - 1], topic][county] = number
    return found


def lines_of(found, span, before, areas):
    """The ``Line`` s of a term: every key area, and the themes that are offered or were met.

    ``found`` is ``children_by``, ``before`` the ``Span`` before or None, ``areas`` the
    ``county_areas``.
    """
    lines = []
    for key, name, theme in topics():
        here, then = found.get((span, key), {}), found.get((before, key), {})
        if theme is None or theme.is_offered or here or then:
            lines.append(_line(name, theme, here, then, areas))
    return _with_bars(lines)


def terms_of(found, terms, theme, areas):
    """``[(span, line)]`` of one theme, the last term first."""
    key = str(theme.pk)
    lines = [_line(theme.name, theme, found.get((span, key), {}), {}, areas) for span in terms]
    return list(zip(terms, _with_bars(lines), strict=True))


def _line(name, theme, here, then, areas):
    ids, names = [pk for pk, _ in areas], [name for _, name in areas]
    return Line(
        name=name,
        theme=theme,
        areas=list(zip(names, parts_told([here.get(pk, 0) for pk in ids]), strict=True)),
        children=told(sum(here.values())),
        before=told(sum(then.values())),
    )


def _with_bars(lines):
    """The lines with bars to one measure: the longest number that is told."""
    shown = [word for line in lines for word in (line.children, line.before)]
    most = max((int(word) for word in shown if word.isdigit()), default=0)
    return [
        replace(line, bar=_bar(line.children, most), bar_before=_bar(line.before, most))
        for line in lines
    ]


def _bar(word, most):
    return round(BAR * int(word) / most, 1) if word.isdigit() and most else 0


def schools_concerned(user, theme, terms, schools):
    """Those of a query-set of ``schools`` where the theme is, of these terms: to meet about it.

    A school is named where two or more of its children are concerned, and five or more at all that
    are named: who reads that a school is concerned then reads of no single child, and not how many
    there are. One child at a school, who may be known there for just this, is never pointed at.
    """
    sql, parameters = _events(user, terms[::-1])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT place, count(DISTINCT child) FROM ({sql}) AS event"  # noqa: S608
            " WHERE topic = %s AND place IS NOT NULL GROUP BY place",
            [*parameters, str(theme.pk)],
        )
        counted = dict(cursor.fetchall())
    several = [pk for pk, number in counted.items() if number >= SEVERAL]
    named = list(schools.filter(pk__in=several))
    return named if sum(counted[school.pk] for school in named) >= FEW else []


# --- where it is from ---------------------------------------------------------------------------


def _events(user, terms):
    """``(sql, parameters)`` of the ``EVENT`` s of terms in a row, of the user's hubs."""
    scope, days = scope_of(user), (terms[0].first, terms[-1].until)
    instants = [day and timezone.make_aware(datetime.combine(day, time())) for day in days]
    meetings = _of_meetings(scope).filter(
        _from_to("meeting__starts_at", *instants),
        meeting__state__in=(MeetingState.HELD, MeetingState.FINALISED),
    )
    discussed = _of_hubs(PupilDiscussed.objects, scope, "consultation__").filter(
        _from_to("consultation__held_at", *instants),
        pupil__isnull=False,
        consultation__state__in=(State.COMPLETED, State.SHARED),
    )
    work = _of_hubs(Participant.objects, scope, "intervention__").filter(
        _from_to("intervention__asked_on", *days), pupil__isnull=False
    )
    met = {
        "county": Coalesce("meeting__panel_area", "school__panel_area"),
        "day": TruncDate("meeting__starts_at"),
        "place": F("school"),
    }
    told_of = {
        "county": F("consultation__school__panel_area"),
        "day": TruncDate("consultation__held_at"),
        "place": F("consultation__school"),
    }
    asked = {
        "county": F("intervention__school__panel_area"),
        "day": F("intervention__asked_on"),
        "place": F("intervention__school"),
    }
    whole, *others = (
        _event(meetings, _Each("meeting__areas"), met),
        _event(meetings.filter(meeting__themes__isnull=False), _text("meeting__themes"), met),
        _event(discussed, _Each("areas"), told_of),
        _event(
            discussed.filter(consultation__themes__isnull=False),
            _text("consultation__themes"),
            told_of,
        ),
        _event(work, F("intervention__area"), asked),
    )
    return whole.union(*others, all=True).query.sql_with_params()


def _from_to(name, first, until):
    """From the one on, and before the other where there is one."""
    begun = Q(**{f"{name}__gte": first})
    return begun & Q(**{f"{name}__lt": until}) if until else begun


def _of_hubs(rows, scope, at):
    """Rows of the viewer's hubs, by the path ``at``; nothing of a school of their own child."""
    rows = rows.order_by()
    if scope.excluded:
        rows = rows.exclude(**{f"{at}school__in": scope.excluded})
    return rows if scope.county else rows.filter(**{f"{at}hub__in": scope.manages})


def _of_meetings(scope):
    """The same of children at meetings; a panel's child that has no school is its panel's."""
    rows = MeetingPupil.objects.order_by()
    if scope.excluded:
        rows = rows.exclude(meeting__schools__school__in=scope.excluded)
    if scope.county:
        return rows
    of_panel = Q(school__isnull=True, meeting__hub__in=scope.manages)
    return rows.filter(Q(school__hub__in=scope.manages) | of_panel)


def _event(rows, topic, where):
    return rows.annotate(topic=topic, child=F("pupil"), **where).values_list(*EVENT)


def _text(name):
    return Cast(name, CharField())


class _Each(Func):
    """A row for each entry of an array."""

    function = "unnest"
    output_field = CharField()
    set_returning = True
