"""Measuring what changed: one number of one kind at one point (rules 003-32, 004-16).

A mistake is replaced, and the history of the row keeps what stood there before.
"""

from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import long_date
from interventions import policies
from interventions.models import (
    Attended,
    Contact,
    EndReason,
    Measure,
    MeasureKind,
    Point,
    ShortIntervention,
)
from interventions.windows import follow_up_on, on_record, window_until
from schools.attendance import MOST_SESSIONS, Sessions
from schools.calendar import calendars_of

ORDER = list(Point)
# Points that there is one of; at reviews, as many as there are.
ONCE = {Point.FIRST, Point.LAST, Point.SUSTAINED}
# What makes two rows of one kind measures of the same thing.
SAME = {
    MeasureKind.ATTENDANCE: ("pupil_id",),
    MeasureKind.SUSPENSIONS: ("pupil_id",),
    MeasureKind.SCALE: ("pupil_id", "scale_id", "informant"),
    MeasureKind.SCORE: ("pupil_id", "tool", "tool_version", "informant"),
}
WEEKLY = {MeasureKind.ATTENDANCE, MeasureKind.SUSPENSIONS}
# An earlier date than this before the request is a mistake in the year.
LONG_BEFORE = timedelta(days=2 * 366)
# How long before the day of the follow-up it may be measured.
EARLY = timedelta(weeks=2)
DAYS_OF_A_WEEK = 5
HIGHEST = 10
HIGHEST_SCORE = Decimal("9999.9")
HALF, TENTH = Decimal("0.5"), Decimal("0.1")


@transaction.atomic
def measure_attendance(
    by, work, *, pupil, point, weeks, last_day, attended=None, possible=None, instead_of=None
):
    """Keep a child's attendance over the last ``weeks`` whole school weeks until ``last_day``.

    ``attended`` of ``possible`` half-day sessions; without both, what the school's register sent.
    Errors as ``_keep``, and ValidationError where that is not there for every week.
    """
    window = _window(work, weeks, last_day)
    if attended is None and possible is None:
        found = on_record(pupil, window)
        if found.weeks < weeks or not found.sessions.possible:
            raise ValidationError({"attended": _not_on_record(window, found.weeks, weeks)})
        sessions = found.sessions
    else:
        sessions = _typed(attended, possible, weeks)
    return _keep(
        by,
        work,
        instead_of,
        kind=MeasureKind.ATTENDANCE,
        pupil=pupil,
        point=point,
        value=sessions.percent,
        possible=sessions.possible,
        attended=sessions.possible - sessions.missed,
        **_dates(window, weeks),
    )


@transaction.atomic
def measure_suspensions(by, work, *, pupil, point, weeks, last_day, days, times, instead_of=None):
    """Keep on how many ``days`` and how many ``times`` a child was suspended in those weeks.

    Otherwise as ``measure_attendance``; half days count.
    """
    window = _window(work, weeks, last_day)
    if not 0 <= days <= weeks * DAYS_OF_A_WEEK or days % HALF:
        most = weeks * DAYS_OF_A_WEEK
        raise ValidationError({"days": f"Enter whole or half days from 0 to {most}"})
    if times < 0 or bool(days) != bool(times):
        raise ValidationError({"times": "Enter days and suspensions, or 0 for both"})
    if times > days / HALF:
        raise ValidationError({"times": "A suspension is half a day at least"})
    return _keep(
        by,
        work,
        instead_of,
        kind=MeasureKind.SUSPENSIONS,
        pupil=pupil,
        point=point,
        value=days,
        times=times,
        **_dates(window, weeks),
    )


@transaction.atomic
def measure_scale(by, work, *, pupil, point, on, scale, informant, value, instead_of=None):
    """Keep where somebody stands on a ``Scale`` from 0 to 10, as ``informant`` says.

    Errors as ``_keep``, and ValidationError for a number that is not on the scale.
    """
    if not 0 <= value <= HIGHEST or value % 1:
        raise ValidationError({"value": f"Choose a number from 0 to {HIGHEST}"})
    return _keep(
        by,
        work,
        instead_of,
        kind=MeasureKind.SCALE,
        pupil=pupil,
        point=point,
        measured_on=on,
        scale=scale,
        informant=informant,
        value=value,
    )


@transaction.atomic
def measure_score(
    by, work, *, pupil, point, on, tool, informant, total, version="", instead_of=None
):
    """Keep the total that a licensed tool gave; its questions and bands are not held here.

    A tool known by another spelling of the same name keeps the one it has. Errors as ``_keep``.
    """
    if not 0 <= total <= HIGHEST_SCORE or total % TENTH:
        raise ValidationError({"total": f"Enter a total from 0 to {HIGHEST_SCORE}, like 17 or 4.5"})
    tool, version = " ".join(tool.split()), " ".join(version.split())
    if not tool:
        raise ValidationError({"tool": "Enter the name of the tool"})
    known = Measure.objects.filter(kind=MeasureKind.SCORE, tool__iexact=tool)
    spelt = known.filter(tool_version__iexact=version).values_list("tool", "tool_version").first()
    tool = spelt[0] if spelt else known.values_list("tool", flat=True).first() or tool
    return _keep(
        by,
        work,
        instead_of,
        kind=MeasureKind.SCORE,
        pupil=pupil,
        point=point,
        measured_on=on,
        tool=tool,
        tool_version=spelt[1] if spelt else version,
        informant=informant,
        value=total,
    )


@transaction.atomic
def remove_measure(by, measure):
    """Take out a measure that belongs elsewhere; its history stays.

    PermissionDenied for who does not work with the family. Taken out twice, it is out.
    """
    work = ShortIntervention.objects.select_for_update(of=("self",)).get(pk=measure.intervention_id)
    allow(policies.may_work(by, work))
    found = Measure.objects.filter(pk=measure.pk).first()
    if found is not None:
        record(by, Verb.REMOVE, found, school_id=work.school_id, kind=found.kind)
        found.delete()


def _keep(by, work, instead_of, **facts):
    """Write the row, or the one ``instead_of`` which it stands; returns the ``Measure``.

    PermissionDenied for who does not work with the family; TransitionNotAllowed while the work
    waits and for work that never was; ValidationError for what does not fit the other points.
    """
    work = ShortIntervention.objects.select_for_update(of=("self",)).get(pk=work.pk)
    allow(policies.may_work(by, work))
    _refuse_unmeasured(work)
    row = _standing(instead_of) if instead_of else Measure(intervention=work)
    for name, value in facts.items():
        setattr(row, name, value)
    _check_dates(work, row)
    others = _others(row)
    _check_once(row, others)
    _check_weeks(row, others)
    _check_order(row, others)
    row.recorded_by, row.recorded_at = by, timezone.now()
    row.save()
    verb = Verb.CHANGE if instead_of else Verb.MEASURE
    record(by, verb, row, school_id=work.school_id, kind=row.kind, point=row.point)
    return row


def _standing(measure):
    found = Measure.objects.filter(pk=measure.pk).first()
    if found is None:
        raise TransitionNotAllowed("This measure has been taken out meanwhile.")
    return found


def _refuse_unmeasured(work):
    if work.allocated_at is None:
        raise TransitionNotAllowed("This work has not been allocated, so nothing is measured yet.")
    if work.end_reason == EndReason.NOT_ALLOCATED:
        raise TransitionNotAllowed("This work was not taken on, so nothing is measured.")


def _others(row):
    rows = Measure.objects.filter(intervention_id=row.intervention_id, kind=row.kind)
    same = {name: getattr(row, name) for name in SAME[row.kind]}
    return list(rows.filter(**same).exclude(pk=row.pk))


def _check_dates(work, row):
    name = "last_day" if row.kind in WEEKLY else "on"
    if row.measured_on > timezone.localdate():
        raise ValidationError({name: "The date must be today or in the past"})
    if row.measured_on < work.asked_on - LONG_BEFORE:
        asked = long_date(work.asked_on)
        raise ValidationError(
            {name: f"This is long before the work was asked for, on {asked}. Check the year"}
        )
    if row.point != Point.FIRST and row.measured_on < work.asked_on:
        asked = long_date(work.asked_on)
        raise ValidationError({name: f"This is before the work was asked for, on {asked}"})
    if row.point == Point.FIRST:
        _check_first(work, row, name)
    if row.point == Point.SUSTAINED:
        _check_sustained(work, row)


def _check_first(work, row, name):
    """What was before is measured before the direct work with the child changes anything."""
    held = work.sessions.filter(contact=Contact.DIRECT, attended=Attended.YES)
    held = held.filter(completed_at__isnull=False, people__pupil=row.pupil_id)
    began_on = held.aggregate(day=Min("held_on"))["day"]
    what = "direct work began" if began_on else "the work ended"
    day = began_on or work.closed_on
    if day and row.measured_on > day:
        told = f"“{row.get_point_display()}” is measured by {long_date(day)}, when {what}"
        raise ValidationError({name: told})


def _check_sustained(work, row):
    """Whether it lasted is asked twelve school weeks after the end, or little before (004-16)."""
    if work.closed_on is None:
        raise ValidationError({"point": "Whether it lasted is measured after the work has ended"})
    calendar = calendars_of([work.school_id])[work.school_id]
    earliest = follow_up_on(calendar, work.closed_on) - EARLY
    if row.measured_on < earliest:
        told = "Whether it lasted is measured about a term after the work ended"
        raise ValidationError({"point": f"{told}, from {long_date(earliest)}"})


def _check_once(row, others):
    if row.point in ONCE and any(other.point == row.point for other in others):
        label = Point(row.point).label
        raise ValidationError({"point": f"“{label}” is on record already. Correct it there"})


def _check_weeks(row, others):
    """Before, at the end and sustained count the same number of school weeks (rule 004-16)."""
    if row.kind in WEEKLY and (odd := next((o for o in others if o.weeks != row.weeks), None)):
        told = f"“{odd.get_point_display()}” is over {odd.weeks} school weeks"
        raise ValidationError({"weeks": f"{told}: choose {odd.weeks} here too"})


def _check_order(row, others):
    """The points follow each other, and no school week counts as before and as after."""
    name = "last_day" if row.kind in WEEKLY else "on"
    place = ORDER.index(row.point)
    for other in others:
        there = ORDER.index(other.point)
        if there == place:
            continue
        earlier, later = (row, other) if place < there else (other, row)
        label = other.get_point_display()
        if earlier.measured_on > later.measured_on:
            side = "after" if earlier is row else "before"
            told = f"This is {side} “{label}”, which is of {long_date(other.measured_on)}"
            raise ValidationError({name: told})
        if _overlap(earlier, later):
            told = f"These school weeks overlap those of “{label}”"
            raise ValidationError({name: f"{told}. Choose another last day, or fewer weeks"})


def _overlap(earlier, later):
    is_review = Point.REVIEW in (earlier.point, later.point)
    return earlier.kind in WEEKLY and not is_review and later.from_on <= earlier.to_on


def _window(work, weeks, last_day):
    calendar = calendars_of([work.school_id])[work.school_id]
    return window_until(calendar, last_day, weeks)


def _dates(window, weeks):
    return {
        "weeks": weeks,
        "from_on": window.first_day,
        "to_on": window.last_day,
        "measured_on": window.last_day,
    }


def _typed(attended, possible, weeks):
    if possible is None or possible < 1:
        raise ValidationError({"possible": "Enter how many sessions were possible"})
    if possible > weeks * MOST_SESSIONS:
        most = weeks * MOST_SESSIONS
        raise ValidationError({"possible": f"{weeks} school weeks have {most} sessions at most"})
    if attended is None or attended < 0:
        raise ValidationError({"attended": "Enter how many sessions were attended"})
    if attended > possible:
        raise ValidationError(
            {"attended": f"No more than the {possible} possible sessions can be attended"}
        )
    return Sessions(possible, possible - attended)


def _not_on_record(window, found, weeks):
    span = f"{long_date(window.first_day)} to {long_date(window.last_day)}"
    return (
        f"Attendance is on record for {found} of the {weeks} school weeks from {span}."
        " Enter the sessions attended and possible"
    )
