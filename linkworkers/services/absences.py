"""The days on which link workers are away: dates, and never why."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import long_date
from linkworkers import policies
from linkworkers.models import Absence
from linkworkers.services.locks import locked_worker

# How far back an absence may begin and how far ahead it may last, in days.
BACK, AHEAD = 366, 2 * 366


@transaction.atomic
def add_absence(by, link_worker, starts_on, ends_on=None):
    """Write down that a worker is away on these dates, both included; returns the ``Absence``.

    Without ``ends_on`` they are away until further notice. ValidationError on ``starts_on`` or
    ``ends_on`` for dates that cannot be, another absence on the same days among it.
    """
    link_worker = locked_worker(link_worker)
    allow(policies.may_keep_absences(by, link_worker))
    absence = Absence(link_worker=link_worker, starts_on=starts_on, ends_on=ends_on, added_by=by)
    _check(absence)
    absence.save()
    record(by, Verb.ADD, absence)
    return absence


@transaction.atomic
def change_absence(by, absence, starts_on, ends_on=None):
    """Change the dates of an absence. ValidationError as for ``add_absence``."""
    absence = _locked(absence)
    allow(policies.may_keep_absences(by, absence.link_worker))
    began_on = absence.starts_on
    absence.starts_on, absence.ends_on = starts_on, ends_on
    _check(absence, began_on)
    absence.save(update_fields=["starts_on", "ends_on"])
    record(by, Verb.CHANGE, absence)
    return absence


@transaction.atomic
def remove_absence(by, absence):
    """Take an absence back. TransitionNotAllowed when it has been removed already."""
    absence = _locked(absence)
    allow(policies.may_keep_absences(by, absence.link_worker))
    record(by, Verb.REMOVE, absence)
    absence.delete()


def _locked(absence):
    link_worker = locked_worker(absence.link_worker)
    absence = Absence.objects.select_for_update(no_key=True).filter(pk=absence.pk).first()
    if absence is None:
        raise TransitionNotAllowed("This absence has already been removed.")
    absence.link_worker = link_worker
    return absence


def _check(absence, began_on=None):
    """ValidationError for dates that cannot be.

    ``began_on`` is its first day so far, which may stay however long ago it was.
    """
    today = timezone.localdate()
    first, last = today - timedelta(days=BACK), today + timedelta(days=AHEAD)
    if absence.starts_on != began_on and not first <= absence.starts_on <= last:
        raise ValidationError(
            {"starts_on": "The first day must be within the last year or the next two"}
        )
    if absence.ends_on and absence.ends_on < absence.starts_on:
        raise ValidationError(
            {"ends_on": f"The last day must be {long_date(absence.starts_on)} or later"}
        )
    if absence.ends_on and absence.ends_on > last:
        raise ValidationError(
            {"ends_on": "Enter a last day within the next two years, or leave it empty"}
        )
    others = Absence.objects.filter(link_worker=absence.link_worker).exclude(pk=absence.pk)
    for other in others.between(absence.starts_on, absence.ends_on or date.max)[:1]:
        raise ValidationError(
            {"starts_on": f"Already away {other.span}. Change that absence instead"}
        )
