"""What is known of a child: open to social care, on a plan, looked after, and the list of these."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import long_date
from schools import policies
from schools.models import PupilStatus, StatusKind
from schools.services.lists import move_up
from schools.services.pupils import locked_child


@transaction.atomic
def record_status(
    by, pupil, kind, *, starts_on, social_worker="", social_worker_email="", source=""
):
    """Record that a child has a status from a day on.

    Said again of the same day, its particulars change; of a later one, the period on record ends
    where another begins (rule 001-123). An earlier day corrects when it began, with the same social
    worker. One that counts as open to social care wants the social worker, with whom every note is
    shared (rule 001-117). ValidationError by field.
    """
    pupil = locked_child(by, pupil)
    if kind.counts_as_open and not social_worker.strip():
        raise ValidationError({"social_worker": "Enter the name of the social worker"})
    _refuse_future("starts_on", "The day it began", starts_on)
    if pupil.born_on and starts_on < pupil.born_on:
        raise ValidationError({"starts_on": "The day it began must be after the child was born"})
    told = {
        "starts_on": starts_on,
        "social_worker": " ".join(social_worker.split()),
        "social_worker_email": social_worker_email.strip().lower(),
        "source": " ".join(source.split()),
    }
    status = pupil.statuses.filter(kind=kind, ends_on=None).first()
    if status is not None and all(getattr(status, name) == told[name] for name in told):
        return status
    if status is not None and starts_on > status.starts_on:
        _end(by, status, starts_on)
        status = None
    elif status is not None and starts_on < status.starts_on:
        _refuse_another_worker(status, told["social_worker"])
    verb = Verb.ADD if status is None else Verb.CHANGE
    status = status or PupilStatus(pupil=pupil, kind=kind)
    for name, value in told.items():
        setattr(status, name, value)
    status.recorded_by, status.recorded_at = by, timezone.now()
    status.save()
    record(by, verb, status)
    return status


@transaction.atomic
def end_status(by, status, ends_on):
    """End a status of a child on a day. TransitionNotAllowed when it has ended already."""
    pupil = locked_child(by, status.pupil)
    status = PupilStatus.objects.select_related("kind").get(pk=status.pk)
    status.pupil = pupil
    if status.ends_on:
        raise TransitionNotAllowed(f"“{status.kind}” was ended already.")
    _refuse_future("ends_on", "The day it ended", ends_on)
    if ends_on < status.starts_on:
        raise ValidationError({"ends_on": "The day it ended must not be before the day it began"})
    return _end(by, status, ends_on)


def _end(by, status, ends_on):
    status.ends_on = ends_on
    status.save(update_fields=["ends_on"])
    record(by, Verb.END, status)
    return status


def _refuse_another_worker(status, social_worker):
    if social_worker != status.social_worker:
        raise ValidationError(
            {
                "starts_on": f"It is on record since {long_date(status.starts_on)} with another"
                " social worker. Enter that day to correct who it is, or the later day on which"
                " this one took over"
            }
        )


def _refuse_future(field, what, day):
    if day > timezone.localdate():
        raise ValidationError({field: f"{what} must be today or in the past"})


# --- the list ------------------------------------------------------------------------------


@transaction.atomic
def add_status_kind(by, *, name, route, is_offered=True):
    """Add a status at the end of the list. ValidationError for a name that is there."""
    allow(policies.may_edit_status_kinds(by))
    kinds = list(StatusKind.objects.select_for_update())
    kind = StatusKind(name=_new_name(name, kinds), route=route, is_offered=is_offered)
    kind.position = max((other.position for other in kinds), default=-1) + 1
    kind.save()
    record(by, Verb.ADD, kind)
    return kind


@transaction.atomic
def change_status_kind(by, kind, *, name, route, is_offered):
    """Rename a status, say where notes go, or offer it no longer; children keep theirs."""
    allow(policies.may_edit_status_kinds(by))
    kinds = list(StatusKind.objects.select_for_update())
    kind.name = _new_name(name, [other for other in kinds if other.pk != kind.pk])
    kind.route, kind.is_offered = route, is_offered
    kind.save(update_fields=["name", "route", "is_offered"])
    record(by, Verb.CHANGE, kind)
    return kind


@transaction.atomic
def raise_status_kind(by, kind, seen_at):
    """Move a status up by one place, from ``seen_at``: as ``schools.services.lists.move_up``."""
    allow(policies.may_edit_status_kinds(by))
    move_up(by, kind, seen_at)


def _new_name(name, others):
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": "Enter the status"})
    if name.casefold() in {other.name.casefold() for other in others}:
        raise ValidationError({"name": "This status is in the list already"})
    return name
