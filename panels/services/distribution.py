"""The minutes sent: to whom, which copy, actions first and the full minutes after (rule 000-18)."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import act_of, record, record_all
from panels import copy_file, distribution_notices, policies
from panels.copies import Minutes, read
from panels.models import (
    CopyFile,
    Distribution,
    MeetingState,
    MinutedAction,
    MinutesLink,
    MinutesVersion,
)
from panels.recipients import of_recipients, recipients_of
from panels.services import minutes as minutes_services
from panels.services.meetings import locked
from schools.calendar import calendars_of

WITH_RECIPIENT = ("agency__agency", "person__user", "person__school")
REMIND_AFTER = timedelta(days=5)
LONGEST = timedelta(days=366)
REPLACED = "A later version of these minutes is final: send that one."
CHANGED = "Version {} is being corrected. Make the correction final first, then send it."
SENT_ALREADY = "They have this version already. Send the link again from the list below."


def minutes_day(today=None):
    """When the full minutes follow unless the coordinator says otherwise."""
    calendar, day = calendars_of()[None], today or timezone.localdate()
    for _ in range(settings.COUNCIL.minutes_within):
        day = calendar.next_school_day(day)
    return day


@transaction.atomic
def send(by, version, recipients, minutes_on=None, *, again=False, seen=None):
    """Send the copies of a version; returns the ``Distribution`` of each who had none of it.

    ``recipients`` are ``MeetingAgency`` and ``MeetingPerson`` rows. Their actions go at once, the
    full minutes with them or on ``minutes_on``. Whoever has an earlier version gets this one only
    ``again``. ``seen`` is ``seen_of`` what the page showed, where there was one.

    PermissionDenied for who does not run the meeting; ValidationError without anybody, for somebody
    nothing can be sent to, for a day that is over, and without ``again``; TransitionNotAllowed
    where this is not the minutes as they stand or were shown, or everybody has it.
    """
    meeting = locked(version.meeting)
    allow(policies.may_run(by, meeting))
    _check_stands(meeting, version)
    minutes = Minutes(meeting)
    today = timezone.localdate()
    minutes_on = minutes_on or minutes_day(today)
    if not today <= minutes_on <= today + LONGEST:
        raise ValidationError({"minutes_on": "Enter a day within a year, today or later"})
    chosen = _chosen(minutes, recipients)
    sent = Distribution.objects.filter(of_recipients(recipients), version__meeting=meeting)
    sent = list(sent.values_list("version__number", "agency", "person"))
    here = {key for number, *keys in sent if number == version.number for key in keys if key}
    chosen = [one for one in chosen if one.row.pk not in here]
    if not chosen:
        raise TransitionNotAllowed(SENT_ALREADY)
    if seen is not None and seen != minutes_services.seen_of(minutes):
        raise TransitionNotAllowed(minutes_services.CHANGED)
    before = {key for number, *keys in sent for key in keys if key}
    if not again and any(one.row.pk in before for one in chosen):
        raise ValidationError({"again": "Tick that they get the minutes a second time, corrected"})
    made = Distribution.objects.bulk_create(
        _distribution(minutes, version, one, minutes_on, minutes_on <= today) for one in chosen
    )
    record_all(
        [
            *(act_of(by, Verb.SHARE, row, version=version.number) for row in made),
            act_of(by, Verb.SHARE, version, recipients=[str(row.pk) for row in made]),
        ]
    )
    distribution_notices.sent(by, version, made)
    _make_files(version)
    return made


def _check_stands(meeting, version):
    """TransitionNotAllowed unless the version is the minutes of the meeting as they stand."""
    if meeting.versions.filter(number__gt=version.number).exists():
        raise TransitionNotAllowed(REPLACED)
    if meeting.state != MeetingState.FINALISED:
        raise TransitionNotAllowed(CHANGED.format(version.number))


@transaction.atomic
def finalise_and_send(by, meeting, recipients, minutes_on, *, seen, again=False, **said):
    """Make the minutes final and send them, both or neither; ``said`` is for ``finalise``."""
    version = minutes_services.finalise(by, meeting, seen=seen, **said)
    return send(by, version, recipients, minutes_on, again=again)


def _chosen(minutes, rows):
    """The ``Recipient`` of each row; ValidationError where nothing can be sent to one."""
    offered = {one.row.pk: one for one in recipients_of(minutes)}
    chosen = [offered[row.pk] for row in rows if row.pk in offered]
    if not chosen or len(chosen) != len({row.pk for row in rows}):
        raise ValidationError({"recipients": "Select who gets the minutes"})
    stuck = [f"{one.name}: {one.trouble}" for one in chosen if one.trouble]
    if stuck:
        raise ValidationError({"recipients": stuck})
    return chosen


def _distribution(minutes, version, one, minutes_on, is_whole):
    now = timezone.now()
    kind = "agency" if one.key.startswith("agency") else "person"
    return Distribution(
        version=version,
        copy=minutes.copy_for(one.reader).as_json,
        actions_sent_at=now,
        minutes_on=minutes_on,
        minutes_sent_at=now if is_whole else None,
        **{kind: one.row},
    )


# --- the full minutes, later ----------------------------------------------------------------------


@transaction.atomic
def send_minutes(by, version):
    """Send the full minutes of a version now to everybody who has its actions; returns their rows.

    PermissionDenied for who does not run the meeting; TransitionNotAllowed where nobody waits, or
    this is not the minutes as they stand.
    """
    meeting = locked(version.meeting)
    allow(policies.may_run(by, meeting))
    _check_stands(meeting, version)
    sent = _send_whole(by, version, Q())
    if not sent:
        raise TransitionNotAllowed("The full minutes have been sent already.")
    return sent


def send_due_minutes():
    """Send the full minutes that are due, each version in a transaction of its own; once each.

    What is being corrected, or was, waits for somebody to send the correction.
    """
    due = Q(minutes_on__lte=timezone.localdate())
    waiting = Distribution.objects.of_final().filter(due, minutes_sent_at__isnull=True)
    for pk in waiting.order_by().values_list("version", flat=True).distinct():
        with transaction.atomic():
            version = MinutesVersion.objects.select_related("meeting").get(pk=pk)
            locked(version.meeting)
            _send_whole(User.objects.system("minutes"), version, due)


def _send_whole(by, version, which):
    rows = Distribution.objects.of_final().filter(
        which, version=version, minutes_sent_at__isnull=True
    )
    rows = list(rows.select_related(*WITH_RECIPIENT).select_for_update(of=["self"]))
    if not rows:
        return rows
    now = timezone.now()
    for row in rows:
        row.minutes_sent_at = now
    Distribution.objects.bulk_update(rows, ["minutes_sent_at"])
    record_all([act_of(by, Verb.SHARE, row, version=version.number) for row in rows])
    distribution_notices.sent(by, version, rows)
    _make_files(version)
    return rows


# --- sent again, called back, reminded ------------------------------------------------------------


@transaction.atomic
def resend(by, distribution):
    """Send the message again, to an agency with a fresh link.

    PermissionDenied as ``send``; TransitionNotAllowed once it is revoked or replaced.
    """
    distribution = _to_change(by, distribution)
    record(by, Verb.REMIND, distribution)
    distribution_notices.sent(by, distribution.version, [distribution], once_more=True)
    return distribution


@transaction.atomic
def revoke(by, distribution, why):
    """Close a copy that went astray: its links lead nowhere, nothing more is sent for it.

    PermissionDenied as ``send``; ValidationError without a reason; TransitionNotAllowed where it
    is closed already.
    """
    distribution = _to_change(by, distribution)
    if not why.strip():
        raise ValidationError({"why": "Enter why they should not have it"})
    distribution.revoked_at, distribution.revoked_by = timezone.now(), by
    distribution.revoked_why = why.strip()
    distribution.save(update_fields=["revoked_at", "revoked_by", "revoked_why"])
    MinutesLink.objects.filter(
        distribution=distribution, expires_at__gt=distribution.revoked_at
    ).update(expires_at=distribution.revoked_at, code_hash="")
    CopyFile.objects.filter(distribution=distribution).delete()
    record(by, Verb.WITHDRAW, distribution)
    return distribution


def _to_change(by, distribution):
    meeting = locked(distribution.version.meeting)
    allow(policies.may_run(by, meeting))
    rows = Distribution.objects.standing().filter(pk=distribution.pk)
    row = rows.select_for_update(of=["self"]).select_related("version", *WITH_RECIPIENT).first()
    if row is None:
        raise TransitionNotAllowed("This copy has been called back or replaced already.")
    row.version.meeting = meeting
    return row


def remind():
    """Remind agencies of their actions that nobody ticked five days after they were sent, once.

    Each action has a fresh link that leads to it alone.
    """
    waiting = Distribution.objects.standing().filter(
        agency__isnull=False,
        reminded_at__isnull=True,
        actions_sent_at__lte=timezone.now() - REMIND_AFTER,
    )
    by = User.objects.system("minutes")
    for pk in waiting.order_by().values_list("version", flat=True).distinct():
        with transaction.atomic():
            version = MinutesVersion.objects.select_related("meeting").get(pk=pk)
            locked(version.meeting)
            rows = waiting.filter(version=pk).select_for_update(of=["self"])
            _remind(by, version, list(rows.select_related("agency__agency")))


def _remind(by, version, rows):
    open_actions = {
        str(row.pk): row
        for row in MinutedAction.objects.filter(
            meeting=version.meeting_id, action__done_at__isnull=True, action__isnull=False
        ).select_related("action")
    }
    now = timezone.now()
    owed = [(row, _owed(row, open_actions)) for row in rows]
    owed = [(row, actions) for row, actions in owed if actions]
    for row, _ in owed:
        row.reminded_at = now
    Distribution.objects.bulk_update([row for row, _ in owed], ["reminded_at"])
    record_all([act_of(by, Verb.REMIND, row) for row, _ in owed])
    distribution_notices.remind(version, owed)


def _owed(row, open_actions):
    """The open actions of a copy that are its agency's still."""
    found = [open_actions.get(line.id) for line in read(row.copy).actions]
    return [one for one in found if one and one.action.owner_agency_id == row.agency.agency_id]


# --- the files ------------------------------------------------------------------------------------


def _make_files(version):
    transaction.on_commit(partial(_begin, str(version.pk)), robust=True)


def _begin(version_id):
    # The task calls this module, so it is known only by now.
    from panels.tasks import make_copy_files

    make_copy_files.delay(version_id)


def make_files(version_id=None):
    """Make the PDF of every copy of a version, or of all, that has none yet as far as it was sent.

    Each in a transaction of its own, so that progress shows; run again, it goes on.
    """
    rows = Distribution.objects.standing().filter(
        Q(file__isnull=True) | Q(file__is_whole=False, minutes_sent_at__isnull=False)
    )
    if version_id:
        rows = rows.filter(version=version_id)
    for row in rows.select_related("version__meeting", *WITH_RECIPIENT):
        data = copy_file.made(row)
        with transaction.atomic():
            standing = Distribution.objects.standing().filter(pk=row.pk)
            if standing.select_for_update(of=["self"]).exists():
                CopyFile.objects.update_or_create(
                    distribution=row,
                    defaults={"pdf": data, "is_whole": row.is_whole, "made_at": timezone.now()},
                )
