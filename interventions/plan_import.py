"""Reading the plans that schools lead into the service: one row for each child's plan."""

from dataclasses import dataclass
from datetime import date

import pghistory
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from consultations.models import Level
from govuk.fields import read_day
from interventions import policies
from interventions.models import EarlyHelpPlan, Lead
from interventions.services import plans
from schools.identifiers import WrongIdentifier, read_identifier
from schools.import_views import ImportPage
from schools.models import IdentifierKind, Pupil, PupilIdentifier, School
from schools.tables import (
    Outcome,
    Rejection,
    RowRejected,
    Table,
    school_of,
    sentence_of,
    text_of,
)

REQUIRED = ("UPN", "URN", "Lead professional", "Start")
OPTIONAL = ("Level", "End")
BATCH = 500
LONGEST = 150
WHY_ENDED = "Ended, as the school’s list says"


@dataclass(frozen=True)
class Told:
    """What one row says of a plan."""

    pupil: Pupil
    school: School
    lead_professional: str
    level: int
    starts_on: date
    ends_on: date | None


def import_plans(path, *, by=None, dry_run=False, progress=None):
    """Bring the school-led plans of the file at ``path`` into the service; an ``Outcome``.

    Columns: UPN, URN, lead professional, start, and where known level (3 if empty) and end. The
    plan of a child that began on the same day at the same school is the same one, and gets what
    the file says; no plan is taken off. ``by`` brings them to the schools where they record
    plans; without them the service itself does. FileRefused when the file cannot be used.
    """
    by = by or User.objects.system("plans")
    outcome = Outcome()
    with (
        transaction.atomic(),
        pghistory.context(user=str(by.pk), page="import_plans"),
        Table(path, REQUIRED, OPTIONAL) as table,
    ):
        register = Register(by, {school.urn: school for school in School.objects.open()})
        for batch in table.batches(BATCH, "plan", progress):
            register.bring(table, batch, outcome)
        transaction.set_rollback(dry_run)
    return outcome


class Register:
    """The plans of one file, as they are brought in."""

    def __init__(self, by, schools):
        self.by, self.schools = by, schools
        self.today = timezone.localdate()

    def bring(self, table, batch, outcome):
        """Bring in the plans of these rows, counted in ``outcome``; the others say why not."""
        children = self._children_of(batch)
        for row in batch:
            if isinstance(row, Rejection):
                outcome.rejected.append(row)
                continue
            try:
                with transaction.atomic():
                    done = self._keep(self._read(row.cells, children))
            except RowRejected as reason:
                outcome.rejected.append(table.rejection(row, reason))
            except ValidationError as error:
                outcome.rejected.append(table.rejection(row, sentence_of(error)))
            else:
                setattr(outcome, done, getattr(outcome, done) + 1)

    def _children_of(self, batch):
        """``{UPN: child}`` of the rows; one query."""
        upns = {_plain_upn(row.cells) for row in batch if not isinstance(row, Rejection)}
        numbers = PupilIdentifier.objects.filter(
            kind__in=(IdentifierKind.UPN, IdentifierKind.FORMER_UPN), value__in=upns
        ).select_related("pupil")
        # The number a child has now goes before one that another child had.
        ordered = sorted(numbers, key=lambda number: number.kind == IdentifierKind.UPN)
        return {number.value: number.pupil for number in ordered}

    def _read(self, cells, children):
        school = school_of(cells, self.schools)
        if not policies.may_record_plan(self.by, school):
            raise RowRejected(f"URN: {self.by} may not record plans of {school.name}.")
        pupil = children.get(_upn_of(cells))
        if pupil is None:
            raise RowRejected("UPN: no child on record has it. Bring the child in first.")
        if not pupil.enrolments.filter(school=school, ends_on__isnull=True).exists():
            raise RowRejected(f"UPN: the child is not on record at {school.name}. Check both.")
        starts_on = _day_of(cells, "Start")
        if starts_on is None:
            raise RowRejected("Start is empty. Enter the day the plan started, such as 23/11/2025.")
        lead = text_of(cells, "Lead professional", LONGEST)
        if lead is None:
            raise RowRejected("Lead professional is empty. Enter their name.")
        return Told(pupil, school, lead, _level_of(cells), starts_on, _day_of(cells, "End"))

    def _keep(self, told):
        """Which count of the ``Outcome`` the row adds to."""
        facts = {"lead_professional": told.lead_professional, "level": told.level}
        plan = EarlyHelpPlan.objects.filter(
            pupils=told.pupil, school=told.school, lead=Lead.SCHOOL, starts_on=told.starts_on
        ).first()
        if plan is None:
            # Not in the words of the act, which name the child.
            if EarlyHelpPlan.objects.running().filter(pupils=told.pupil).exists():
                raise RowRejected("UPN: there is a plan for this child already. End it first.")
            plan = plans.start(
                self.by,
                told.school,
                [told.pupil],
                lead=Lead.SCHOOL,
                starts_on=told.starts_on,
                until=told.ends_on,
                **facts,
            )
            self._end(plan, told)
            return "added"
        if plan.ends_on:
            if told.ends_on != plan.ends_on:
                raise RowRejected("End: this plan is on record as ended on another day. Check it.")
            return "unchanged"
        differs = any(getattr(plan, name) != value for name, value in facts.items())
        if differs:
            plans.change(self.by, plan, lead=Lead.SCHOOL, reference=plan.reference, **facts)
        return "changed" if self._end(plan, told) or differs else "unchanged"

    def _end(self, plan, told):
        if told.ends_on is None:
            return False
        plans.end(self.by, plan, ends_on=told.ends_on, why=WHY_ENDED)
        return True


def _plain_upn(cells):
    try:
        return read_identifier(IdentifierKind.UPN, cells.get("UPN", ""))
    except WrongIdentifier:
        return ""


def _upn_of(cells):
    try:
        upn = read_identifier(IdentifierKind.UPN, cells.get("UPN", ""))
    except WrongIdentifier as wrong:
        raise RowRejected(f"UPN {wrong}.") from None
    if not upn:
        raise RowRejected("UPN is empty. Enter the child's UPN.")
    return upn


def _level_of(cells):
    text = cells.get("Level", "").strip().casefold().removeprefix("level").strip()
    if not text:
        return Level.THREE
    if text not in {str(level) for level in Level.values}:
        raise RowRejected("Level must be 1, 2, 3 or 4, or empty for 3.")
    return int(text)


def _day_of(cells, column):
    """The date of a cell, or None when it is empty. RowRejected for what is no date."""
    text = cells.get(column, "").strip()
    if not text:
        return None
    try:
        return read_day(text, timezone.localdate())
    except ValueError:
        raise RowRejected(f"{column} must be a date, such as 23/11/2025.") from None


PLANS = ImportPage(
    url_name="plans_import",
    title="Bring in the plans that schools lead",
    what="plans",
    template="interventions/plans/import.html",
    columns="UPN, URN, lead professional, start, and where known level, end",
    read=import_plans,
    command="import_plans",
    # About 500 plans, which take ten seconds.
    most_bytes=40_000,
)
