"""Panels and forums that come again: planned for the school year, moved one by one."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.grants import give
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from panels import entitlements, policies, recurrence
from panels.models import (
    Meeting,
    MeetingGrant,
    MeetingKind,
    MeetingSeries,
    MeetingState,
    OurPart,
)
from panels.services.meetings import call_off
from schools.calendar import calendars_of
from schools.years import first_day_of, school_year_of


@transaction.atomic
def plan(by, facts, *, pk=None):
    """Plan a series to the end of its first school year; returns it.

    ``facts`` are the columns of ``MeetingSeries``; ``pk`` is the id the page was made with.
    ValidationError on ``first_on`` for a date that is no school day or whose term dates nobody has
    entered; PermissionDenied for who may not, or for a hub that is not theirs.
    """
    allow(policies.may_plan_series(by, facts["kind"], facts["hub"]))
    if pk and MeetingSeries.objects.filter(pk=pk).exists():
        raise TransitionNotAllowed("This series has been planned already.")
    calendar = calendars_of()[None]
    if why := recurrence.cannot_begin_on(calendar, facts["first_on"]):
        raise ValidationError({"first_on": why})
    made = MeetingSeries(**facts, made_by=by)
    if pk:
        made.pk = pk
    made.save(force_insert=True)
    _add(by, made, calendar, recurrence.end_of_year(made.first_on))
    record(by, Verb.PLAN, made)
    return made


@transaction.atomic
def plan_next_year(by, series):
    """Add the dates of the school year after the last one planned; returns the new meetings.

    ValidationError while its term dates are not known; TransitionNotAllowed once it is ended.
    """
    series = MeetingSeries.objects.select_for_update().get(pk=series.pk)
    allow(policies.may_keep_series(by, series))
    if series.ended_at:
        raise TransitionNotAllowed("This series has ended.")
    last = series.meetings.order_by("planned_on").last().planned_on
    begins = first_day_of(school_year_of(last) + 1)
    calendar = calendars_of()[None]
    if why := recurrence.not_known(calendar, begins):
        raise ValidationError(why)
    made = _add(by, series, calendar, recurrence.end_of_year(begins), after=last)
    record(by, Verb.PLAN, series)
    return made


def _add(by, series, calendar, last_on, *, after=None):
    """Its meetings up to ``last_on``, those after a date where one is given."""
    dates = recurrence.dates_from(calendar, series.first_on, series.every_weeks, last_on)
    dates = [day for day in dates if after is None or day > after]
    is_led = series.kind == MeetingKind.FORUM
    made = Meeting.objects.bulk_create(
        Meeting(
            kind=series.kind,
            state=MeetingState.CALLED,
            title=series.title,
            is_school_led=is_led,
            our_part=OurPart.SUPPORT,
            series=series,
            planned_on=day,
            hub=series.hub,
            panel_area=series.panel_area,
            starts_at=timezone.make_aware(datetime.combine(day, series.at)),
            minutes=series.minutes,
            place=series.place,
            online_url=series.online_url,
            organiser=by,
            minuted_by=None if is_led else by,
            called_at=timezone.now(),
        )
        for day in dates
    )
    give(MeetingGrant, [entitlements.of_organiser(meeting) for meeting in made])
    return made


@transaction.atomic
def end(by, series):
    """End it: its meetings that lie ahead are cancelled, whoever organises them by now.

    What was held stays.
    """
    series = MeetingSeries.objects.select_for_update().get(pk=series.pk)
    allow(policies.may_keep_series(by, series))
    if series.ended_at:
        raise TransitionNotAllowed("This series has ended already.")
    series.ended_at = timezone.now()
    series.save(update_fields=["ended_at"])
    ahead = series.meetings.filter(state=MeetingState.CALLED, starts_at__gt=series.ended_at)
    for meeting in ahead.select_for_update():
        call_off(by, meeting, "The series has ended")
    record(by, Verb.END, series)
    return series
