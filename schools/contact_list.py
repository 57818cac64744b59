"""Reading a list of people at schools into the service: one row for each person at a school."""

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from schools.models import School
from schools.roles import SHORT_ROLES, ContactRole
from schools.services import add_contact, post_of_same_person
from schools.tables import FileRefused, Outcome, Rejection, RowRejected, Table, text_of, urn_of

REQUIRED = ("URN", "name", "roles")
OPTIONAL = ("email", "phone", "job title", "note")


def import_contacts(path, *, dry_run=False, progress=None):
    """Bring the people of the file at ``path`` into the service; returns an ``Outcome``.

    Columns: URN, name, roles (separated by semicolons, as codes or as words), email, phone, job
    title, note. Safeguarding posts arrive unconfirmed, and nobody is written to. Somebody already
    in post gets the roles they lack; nobody's post is ended. FileRefused when the file cannot be
    used.
    """
    by = User.objects.system("contacts")
    outcome = Outcome()
    rows = 0
    with (
        transaction.atomic(),
        pghistory.context(user=str(by.pk), page="import_contacts"),
        Table(path, REQUIRED, OPTIONAL) as table,
    ):
        schools = {school.urn: school for school in School.objects.open()}
        for row in table:
            rows += 1
            if isinstance(row, Rejection):
                outcome.rejected.append(row)
                continue
            try:
                _bring(by, schools, row.cells, outcome)
            except RowRejected as reason:
                outcome.rejected.append(table.rejection(row, reason))
            if progress and not rows % 100:
                progress(rows)
        if not rows:
            raise FileRefused("The file has a first row with the names of the columns and nobody.")
        transaction.set_rollback(dry_run)
    return outcome


def _bring(by, schools, cells, outcome):
    school = schools.get(urn := urn_of(cells))
    if school is None:
        raise RowRejected(f"No open school here has the URN {urn}. Import the school first.")
    told = {
        "name": text_of(cells, "name", 150) or "",
        "roles": _roles(cells),
        "email": _email(cells),
        "phone": text_of(cells, "phone", 30) or "",
        "job_title": text_of(cells, "job title", 120) or "",
        "note": text_of(cells, "note", 200) or "",
    }
    if not told["name"]:
        raise RowRejected("name is empty. Enter the person's name.")
    try:
        with transaction.atomic():
            held = post_of_same_person(school, told["name"], told["email"])
            contact = add_contact(by, school, ask=False, **told)
    except ValidationError as error:
        raise RowRejected(" ".join(error.messages)) from error
    if held is None:
        outcome.added += 1
    elif all(getattr(held, field) == getattr(contact, field) for field in told):
        outcome.unchanged += 1
    else:
        outcome.changed += 1


def _roles(cells):
    words = [word.strip() for word in cells.get("roles", "").split(";") if word.strip()]
    if not words:
        raise RowRejected("roles is empty. Enter at least one role, such as DSL.")
    known = _role_words()
    for word in words:
        if word.casefold() not in known:
            raise RowRejected(
                f"roles has {word[:40]}, which is not a role here. Use "
                f"{', '.join(role.label for role in ContactRole)}."
            )
    return [known[word.casefold()] for word in words]


def _role_words():
    """``{a role as somebody may write it: its code}``."""
    words = {}
    for role in ContactRole:
        for word in (role.value, role.label, SHORT_ROLES.get(role, role.value)):
            words[word.casefold()] = role.value
    return words


def _email(cells):
    text = text_of(cells, "email", 254) or ""
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise RowRejected(
                "email must be one address, such as name@example.org, or empty."
            ) from None
    return text.lower()
