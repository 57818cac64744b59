"""Reading a list of people at schools into the service: one row for each person at a school."""

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from schools.models import School, SchoolContact
from schools.roles import SHORT_ROLES, ContactRole
from schools.services import add_contact
from schools.tables import (
    FileRefused,
    Outcome,
    Rejection,
    RowRejected,
    Table,
    code_of,
    email_of,
    phone_of,
    refuse_other_council,
    school_of,
    sentence_of,
    text_of,
)

REQUIRED = ("URN", "name", "roles")
OPTIONAL = ("email", "phone", "job title", "note", "LA (code)")


def import_contacts(path, *, by=None, dry_run=False, progress=None):
    """Bring the people of the file at ``path`` into the service; returns an ``Outcome``.

    Columns: URN, name, roles (separated by semicolons, as codes or as words), email, phone, job
    title, note, LA (code). ``by`` adds them, at the schools whose contacts they may edit; without
    them the service itself does. Safeguarding posts arrive unconfirmed, and nobody is written to:
    a second person confirms them. Somebody already in post gets the roles they lack; nobody's
    post is ended. FileRefused when the file cannot be used.
    """
    by = by or User.objects.system("contacts")
    outcome = Outcome()
    rows = 0
    with (
        transaction.atomic(),
        pghistory.context(user=str(by.pk), page="import_contacts"),
        Table(path, REQUIRED, OPTIONAL) as table,
    ):
        people = People(by, {school.urn: school for school in School.objects.open()})
        for row in table:
            rows += 1
            if isinstance(row, Rejection):
                outcome.rejected.append(row)
                continue
            try:
                people.bring(row, outcome)
            except RowRejected as reason:
                outcome.rejected.append(table.rejection(row, reason))
            if progress and not rows % 100:
                progress(rows)
        if not rows:
            raise FileRefused("The file has a first row with the names of the columns and nobody.")
        transaction.set_rollback(dry_run)
    return outcome


class People:
    """The people of one file, as they are brought in.

    ``seen`` is the row of each who was read already, ``held`` the post of each who has one.
    """

    def __init__(self, by, schools):
        self.by = by
        self.schools = schools
        self.seen = {}
        posts = SchoolContact.objects.not_ended(timezone.now())
        self.held = {(post.school_id, post.email or post.name.casefold()): post for post in posts}

    def bring(self, row, outcome):
        """Bring in the person of the row, counted in ``outcome``; RowRejected says why not."""
        cells = row.cells
        refuse_other_council(code_of(cells, "LA (code)", 3))
        school = school_of(cells, self.schools)
        told = {
            "name": text_of(cells, "name", 150) or "",
            "roles": _roles(cells),
            "email": email_of(cells, "email") or "",
            "phone": phone_of(cells, "phone") or "",
            "job_title": text_of(cells, "job title", 120) or "",
            "note": text_of(cells, "note", 200) or "",
        }
        if not told["name"]:
            raise RowRejected("name is empty. Enter the person's name.")
        person = school.pk, told["email"] or told["name"].casefold()
        self._refuse_twice(row, person, told)
        held, contact = self.held.get(person), self._add(school, told)
        if held is None:
            outcome.added += 1
        elif all(getattr(held, field) == getattr(contact, field) for field in told):
            outcome.unchanged += 1
        else:
            outcome.changed += 1

    def _refuse_twice(self, row, person, told):
        first = self.seen.setdefault(person, row.number)
        if first != row.number:
            raise RowRejected(
                f"{'email' if told['email'] else 'name'}: row {first} is about the same person at"
                " the same school. Give each person one row with all their roles."
            )

    def _add(self, school, told):
        try:
            with transaction.atomic():
                return add_contact(self.by, school, ask=False, **told)
        except ValidationError as error:
            raise RowRejected(sentence_of(error)) from error
        except PermissionDenied as error:
            raise RowRejected(f"URN: {self.by} may not add people at {school.name}.") from error


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
