"""Bringing something in from a file: looked at first, then done; nothing is stored."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from audit.errors import allow
from documents.responses import csv_response
from govuk.forms import Form
from schools import policies
from schools.attendance_list import import_attendance
from schools.contact_list import import_contacts
from schools.doors import register_readers_only
from schools.pupil_list import import_pupils
from schools.tables import REJECTED_COLUMNS, FileRefused, rejected_row


@dataclass(frozen=True)
class ImportPage:
    """A page that brings in one kind of file.

    ``url_name`` is its pattern's, ``title`` its heading, ``what`` the plain name of what comes in,
    ``template`` extends ``schools/import.html``, ``columns`` says what the first row holds,
    ``read`` is the import and ``command`` the one that reads a file of more than ``most_bytes``.
    """

    url_name: str
    title: str
    what: str
    template: str
    columns: str
    read: Callable
    command: str
    most_bytes: int


CONTACTS = ImportPage(
    url_name="contacts_import",
    title="Bring in people at schools",
    what="contacts",
    template="schools/contacts_import.html",
    columns="URN, name, roles, and where known email, phone, job title, note",
    read=import_contacts,
    command="import_contacts",
    # About 500 people, who take ten seconds.
    most_bytes=30_000,
)
ATTENDANCE = ImportPage(
    url_name="attendance_import",
    title="Bring in attendance",
    what="attendance",
    template="schools/attendance/import.html",
    columns="URN, UPN, week, and either sessions possible, sessions missed and unauthorised, or"
    " codes",
    read=import_attendance,
    command="import_attendance",
    # A large school's half-term, about 10,000 weeks of a child, which take ten seconds.
    most_bytes=400_000,
)
PUPILS = ImportPage(
    url_name="pupils_import",
    title="Bring in children",
    what="children",
    template="schools/pupils/import.html",
    columns="URN, UPN, first names, surname, date of birth, and if you have them: known as,"
    " year group, starts on",
    read=import_pupils,
    command="import_pupils",
    # A large secondary school, about 2,000 children.
    most_bytes=200_000,
)


class ImportFileForm(Form):
    """A CSV file, small enough to be read while somebody waits."""

    file = forms.FileField(
        label="CSV file",
        error_messages={
            "required": "Choose the file",
            "invalid": "Choose the file",
            "missing": "Choose the file",
            "empty": "The file is empty. Choose the file that has the rows in it",
        },
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )

    def __init__(self, *args, page, **options):
        super().__init__(*args, **options)
        self.page = page
        self.fields[
            "file"
        ].help_text = f"Its first row holds the names of the columns: {page.columns}"

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > self.page.most_bytes:
            raise ValidationError(
                f"The file must be smaller than {self.page.most_bytes // 1000} kB. Split it, or ask"
                f" for it to be read with manage.py {self.page.command}"
            )
        return file


@require_http_methods(["GET", "POST"])
def contacts_import(request):
    """``/schools/contacts/import/``: at schools whose contacts the person may edit."""
    register_readers_only(request)
    allow(policies.may_import_contacts(request.user))
    return import_page(request, CONTACTS)


@require_http_methods(["GET", "POST"])
def attendance_import(request):
    """``/schools/attendance/import/``: at schools whose attendance the person may bring in."""
    register_readers_only(request)
    allow(policies.may_import_attendance(request.user))
    return import_page(request, ATTENDANCE)


@require_http_methods(["GET", "POST"])
def pupils_import(request):
    """``/pupils/import/``: to the schools that the person reaches."""
    register_readers_only(request)
    allow(policies.may_import_children(request.user))
    return import_page(request, PUPILS)


def import_page(request, page):
    """Choose a file, see what it would do, then do it.

    What was looked at travels with the page, so that what is done is what was seen; a row that is
    not the person's to bring in is rejected.
    """
    if "content" in request.POST:
        return _go_on(request, page, request.POST["content"])
    is_sent = request.method == "POST"
    form = ImportFileForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, page=page
    )
    if is_sent and form.is_valid():
        return _look(request, page, form, form.cleaned_data["file"].read())
    return _show(request, page, form)


def _look(request, page, form, content):
    try:
        outcome = _run(request.user, page, content, dry_run=True)
    except FileRefused as refusal:
        form.add_error("file", str(refusal))
        return _show(request, page, form)
    encoded = base64.b64encode(content).decode()
    return _show(request, page, form, outcome=outcome, content=encoded)


def _go_on(request, page, encoded):
    """Hand out the rejected rows, or do what was looked at."""
    try:
        content = base64.b64decode(encoded, validate=True)
        if len(content) > page.most_bytes:
            raise FileRefused("The file is too long.")
        if "rejected" in request.POST:
            return _rejected(page, _run(request.user, page, content, dry_run=True))
        outcome = _run(request.user, page, content, dry_run=False)
    except (binascii.Error, ValueError, FileRefused):
        messages.warning(request, "The file could not be read again. Choose it once more.")
        return redirect(page.url_name)
    messages.success(request, f"{page.what.capitalize()}: {outcome}.")
    if outcome.rejected:
        form = ImportFileForm(page=page)
        return _show(request, page, form, outcome=outcome, content=encoded, is_done=True)
    return redirect(page.url_name)


def _run(by, page, content, *, dry_run):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{page.what}.csv"
        path.write_bytes(content)
        return page.read(path, by=by, dry_run=dry_run)


def _rejected(page, outcome):
    rows = map(rejected_row, outcome.rejected)
    return csv_response(f"{page.what}.rejected.csv", REJECTED_COLUMNS, rows)


def _show(request, page, form, **context):
    context |= {"form": form, "title": page.title, "nav": "schools"}
    return render(request, page.template, context)
