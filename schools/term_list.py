"""Reading a list of terms into the service: one row for each term of a school year."""

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from govuk.fields import read_day
from schools.models import School, Term
from schools.services import save_term
from schools.tables import (
    FileRefused,
    Outcome,
    Rejection,
    RowRejected,
    Table,
    sentence_of,
    text_of,
    urn_of,
)
from schools.years import TermName, read_year

REQUIRED = ("School year", "Term", "First day", "Last day")
OPTIONAL = ("Half-term from", "Half-term to", "URN", "Source")


def import_terms(path, *, by=None, dry_run=False):
    """Bring the terms of the file at ``path`` into the service; returns an ``Outcome``.

    Columns: school year (2025/26), term (autumn, spring or summer), first day, last day, half-term
    from and to, URN, source. Without a URN the term is the council's, with one that school's own;
    a term that is there already gets the days of the file, and none is removed. ``by`` enters
    them, with their rights; without them the service itself does. FileRefused when the file
    cannot be used.
    """
    by = by or User.objects.system("terms")
    outcome = Outcome()
    rows = 0
    with (
        transaction.atomic(),
        pghistory.context(user=str(by.pk), page="import_terms"),
        Table(path, REQUIRED, OPTIONAL) as table,
    ):
        for row in table:
            rows += 1
            if isinstance(row, Rejection):
                outcome.rejected.append(row)
                continue
            try:
                _bring(by, row.cells, outcome)
            except RowRejected as reason:
                outcome.rejected.append(table.rejection(row, reason))
        if not rows:
            raise FileRefused("The file has a first row with the names of the columns and no term.")
        transaction.set_rollback(dry_run)
    return outcome


def _bring(by, cells, outcome):
    """Enter the term of the row, counted in ``outcome``; RowRejected says why not."""
    school, year, name = _school(cells), _year(cells), _name(cells)
    term = Term.objects.filter(school=school, school_year=year, name=name).first()
    is_new = term is None
    term = term or Term(school=school, school_year=year, name=name)
    told = {
        "starts_on": _day(cells, "First day", is_required=True),
        "ends_on": _day(cells, "Last day", is_required=True),
        "half_term_starts_on": _day(cells, "Half-term from"),
        "half_term_ends_on": _day(cells, "Half-term to"),
        "source": text_of(cells, "Source", 200) or "",
    }
    if not is_new and all(getattr(term, field) == value for field, value in told.items()):
        outcome.unchanged += 1
        return
    for field, value in told.items():
        setattr(term, field, value)
    try:
        save_term(by, term)
    except ValidationError as error:
        raise RowRejected(sentence_of(error)) from error
    except PermissionDenied as error:
        raise RowRejected(f"URN: {by} may not change these terms.") from error
    if is_new:
        outcome.added += 1
    else:
        outcome.changed += 1


def _school(cells):
    """The school whose own term it is, or None for the council's."""
    if not cells.get("URN"):
        return None
    urn = urn_of(cells)
    school = School.objects.filter(urn=urn).first()
    if school is None:
        raise RowRejected(f"No school here has the URN {urn}. Import the school first.")
    return school


def _year(cells):
    try:
        return read_year(cells["School year"])
    except ValueError:
        raise RowRejected("School year must be two years that follow, such as 2025/26.") from None


def _name(cells):
    name = cells["Term"].casefold().removesuffix("term").strip()
    if name not in TermName:
        raise RowRejected("Term must be autumn, spring or summer.")
    return name


def _day(cells, column, *, is_required=False):
    text = cells.get(column, "")
    if not text and not is_required:
        return None
    try:
        return read_day(text, timezone.localdate())
    except (ValueError, OverflowError):
        raise RowRejected(f"{column} must be a date, such as 2025-09-03.") from None
