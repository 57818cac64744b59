"""Reading a school register's attendance into the service: one row for each child and week."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

import pghistory
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Verb
from audit.services import act_of, record_all
from govuk.fields import read_day
from govuk.words import long_date
from schools import policies
from schools.attendance import MOST_SESSIONS, Sessions, monday_of, sessions_of
from schools.models import AttendanceWeek, Enrolment, IdentifierKind, PupilIdentifier, School
from schools.tables import (
    FileRefused,
    Outcome,
    Rejection,
    Row,
    RowRejected,
    Table,
    code_of,
    refuse_other_council,
    school_of,
)

REQUIRED = ("URN", "UPN", "Week")
COUNTS = ("Sessions possible", "Sessions missed", "Unauthorised")
CODES = "Codes"
OPTIONAL = (*COUNTS, CODES, "LA (code)")
# Rows that are looked up and written together.
BATCH = 2_000
# Older weeks are a mistake in the date.
OLDEST = timedelta(weeks=52 * 10)


def import_attendance(path, *, by=None, dry_run=False, progress=None):
    """Bring the weeks of the file at ``path`` into the service; returns an ``Outcome``.

    Columns: URN, UPN, week (its Monday), and either sessions possible, sessions missed and
    unauthorised, all in half-day sessions, or the codes of the week; LA (code). A week that is
    there already gets what the file says, and none is removed. ``by`` brings them in, at the
    schools whose attendance they may; without them the service itself does. FileRefused when the
    file cannot be used.
    """
    by = by or User.objects.system("attendance")
    outcome = Outcome()
    with (
        transaction.atomic(),
        pghistory.context(user=str(by.pk), page="import_attendance"),
        Table(path, REQUIRED, OPTIONAL) as table,
    ):
        if CODES not in table.columns and not {*COUNTS[:2]} <= table.columns:
            raise FileRefused(
                f"The first row has neither a column named {CODES} nor the columns {COUNTS[0]} and"
                f" {COUNTS[1]}. Add them and try again."
            )
        register = Register(by, table, outcome)
        for batch in table.batches(BATCH, "week", progress):
            register.bring(batch)
        record_all(register.acts())
        transaction.set_rollback(dry_run)
    return outcome


@dataclass(frozen=True)
class Told:
    """A row that could be understood; whose week it is is not known yet."""

    row: Row
    school: School
    upn: str
    week: date
    sessions: Sessions


class Register:
    """The weeks of one file, as they are brought in; what was read already is known by row."""

    def __init__(self, by, table, outcome):
        self.by, self.table, self.outcome = by, table, outcome
        self.now, self.today = timezone.now(), timezone.localdate()
        self.schools = {school.urn: school for school in School.objects.open()}
        self.may_bring = {}
        self.mondays = {}
        self.seen = {}
        self.brought = Counter()

    def bring(self, batch):
        """Bring in some rows of the table, counted in the outcome; six queries."""
        told = []
        for row in batch:
            if isinstance(row, Rejection):
                self.outcome.rejected.append(row)
            elif understood := self._tried(row, self._understand, row):
                told.append(understood)
        known = Known(told)
        weeks = [self._tried(one.row, self._week_of, one, known) for one in told]
        self._save([week for week in weeks if week])

    def acts(self):
        """What is written down: that attendance of a school was brought in, and by whom."""
        for school, weeks in self.brought.items():
            yield act_of(self.by, Verb.IMPORT, school, school_id=school.pk, weeks=weeks)

    def _tried(self, row, read, *args):
        """What ``read`` makes of the row, or None where that rejects it."""
        try:
            return read(*args)
        except RowRejected as reason:
            self.outcome.rejected.append(self.table.rejection(row, reason))
            return None

    # --- one row ------------------------------------------------------------------------------

    def _understand(self, row):
        cells = row.cells
        refuse_other_council(code_of(cells, "LA (code)", 3))
        return Told(
            row, self._school(cells), _upn(cells), self._monday(cells["Week"]), _sessions(cells)
        )

    def _school(self, cells):
        school = school_of(cells, self.schools)
        if school not in self.may_bring:
            self.may_bring[school] = policies.may_import_attendance_of(self.by, school)
        if not self.may_bring[school]:
            raise RowRejected(f"URN: {self.by} may not bring in attendance of {school.name}.")
        return school

    def _monday(self, text):
        if text not in self.mondays:
            self.mondays[text] = _monday(text, self.today)
        return self.mondays[text]

    def _week_of(self, told, known):
        """The week as it is to stand, or None where it stands so already."""
        pupil_id = known.pupils.get(told.upn)
        if pupil_id is None:
            raise RowRejected(
                "UPN: no child here has it. Compare it with the school’s own system, or import the"
                " pupils first and then this row again."
            )
        if not known.was_taught(pupil_id, told):
            raise RowRejected(
                f"UPN: this child was not at {told.school.name} in the week of"
                f" {long_date(told.week)}. Check the URN, or record the child’s move first."
            )
        key = pupil_id, told.school.pk, told.week
        first = self.seen.setdefault(key, told.row.number)
        if first != told.row.number:
            raise RowRejected(
                f"UPN: row {first} is about the same child and week. Keep one of the two."
            )
        held = known.weeks.get(key)
        if held == told.sessions:
            self.outcome.unchanged += 1
            return None
        if held is None:
            self.outcome.added += 1
        else:
            self.outcome.changed += 1
        self.brought[told.school] += 1
        return AttendanceWeek(
            pupil_id=pupil_id,
            school=told.school,
            week=told.week,
            possible=told.sessions.possible,
            missed=told.sessions.missed,
            unauthorised=told.sessions.unauthorised,
            imported_at=self.now,
        )

    def _save(self, weeks):
        AttendanceWeek.objects.bulk_create(
            weeks,
            update_conflicts=True,
            unique_fields=["pupil", "school", "week"],
            update_fields=["possible", "missed", "unauthorised", "imported_at"],
        )
        # Left to the end, the checks of foreign keys pile up, and the history's trigger goes
        # through all of them for every row.
        connection.check_constraints()


class Known:
    """What the service holds of the children in some rows: who they are, where, which weeks."""

    def __init__(self, told):
        identifiers = PupilIdentifier.objects.filter(
            kind=IdentifierKind.UPN, value__in={one.upn for one in told}
        )
        self.pupils = dict(identifiers.values_list("value", "pupil"))
        ids = list(self.pupils.values())
        self._spans = defaultdict(list)
        enrolments = Enrolment.objects.filter(pupil__in=ids, school__isnull=False).order_by()
        for pk, school_id, *span in enrolments.values_list(
            "pupil", "school", "starts_on", "ends_on"
        ):
            self._spans[pk, school_id].append(span)
        held = AttendanceWeek.objects.filter(
            pupil__in=ids,
            school__in={one.school for one in told},
            week__in={one.week for one in told},
        ).order_by()
        columns = ("pupil", "school", "week", "possible", "missed", "unauthorised")
        self.weeks = {row[:3]: Sessions(*row[3:]) for row in held.values_list(*columns)}

    def was_taught(self, pupil_id, told):
        """Whether the child was on the school's roll on any day of the week."""
        sunday = told.week + timedelta(days=6)
        return any(
            (starts_on is None or starts_on <= sunday) and (ends_on is None or ends_on >= told.week)
            for starts_on, ends_on in self._spans[pupil_id, told.school.pk]
        )


def _upn(cells):
    upn = "".join(cells["UPN"].split()).upper()
    if not upn:
        raise RowRejected("UPN is empty. Enter the child’s unique pupil number.")
    if not re.fullmatch("[A-Z][0-9]{11}[0-9A-Z]", upn):
        raise RowRejected("UPN must be 13 letters and digits, such as A938400024001.")
    return upn


def _monday(text, today):
    try:
        day = read_day(text, today)
    except (ValueError, OverflowError):
        raise RowRejected("Week must be the date of its Monday, such as 2026-11-02.") from None
    monday = monday_of(day)
    if day != monday:
        raise RowRejected(
            f"Week must be the date of its Monday: {long_date(day)} is a {day:%A}. Enter"
            f" {long_date(monday)}."
        )
    if day > today:
        raise RowRejected(f"Week is in the future: {long_date(day)}. Check the date.")
    if day < today - OLDEST:
        raise RowRejected(f"Week is too long ago: {long_date(day)}. Check the date.")
    return day


def _sessions(cells):
    """What the codes say or, without them, the counts. RowRejected where the two differ."""
    codes = cells.get(CODES, "")
    counted = _counted(cells) if any(cells.get(name) for name in COUNTS) else None
    if not codes:
        return counted or _counted(cells)
    try:
        told = sessions_of(codes)
    except ValueError as refused:
        raise RowRejected(f"{CODES}: {refused}") from refused
    if counted and counted != told:
        raise RowRejected(f"{CODES} and the numbers of sessions differ. Leave one of them empty.")
    return told


def _counted(cells):
    possible, missed = (_count(cells, name) for name in COUNTS[:2])
    unauthorised = _count(cells, COUNTS[2]) if cells.get(COUNTS[2]) else 0
    if missed > possible:
        raise RowRejected(f"{COUNTS[1]} is {missed}, more than the {possible} possible.")
    if unauthorised > missed:
        raise RowRejected(f"{COUNTS[2]} is {unauthorised}, more than the {missed} missed.")
    return Sessions(possible, missed, unauthorised)


def _count(cells, column):
    text = cells.get(column, "")
    if not text:
        raise RowRejected(f"{column} is empty. Enter it, or the codes of the week.")
    found = re.fullmatch(r"([0-9]{1,2})(?:\.0+)?", text)
    if not found or int(found[1]) > MOST_SESSIONS:
        raise RowRejected(
            f"{column} must be a whole number of half-day sessions from 0 to {MOST_SESSIONS},"
            " such as 10."
        )
    return int(found[1])
