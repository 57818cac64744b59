"""Bringing in people at schools from a file: looked at first, then done; nothing is stored."""

import base64
import binascii
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
from schools.contact_list import import_contacts
from schools.doors import register_readers_only
from schools.tables import REJECTED_COLUMNS, FileRefused, rejected_row

# About 500 people, who take ten seconds.
MOST_BYTES = 30_000


class ContactsFileForm(Form):
    """A CSV file, small enough to be read while somebody waits."""

    file = forms.FileField(
        label="CSV file",
        help_text="Its first row holds the names of the columns: URN, name, roles, and where known"
        " email, phone, job title, note",
        error_messages={
            "required": "Choose the file",
            "invalid": "Choose the file",
            "missing": "Choose the file",
            "empty": "The file is empty. Choose the file that has the rows in it",
        },
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(
                f"The file must be smaller than {MOST_BYTES // 1000} kB. Split it, or ask for it to"
                " be read with manage.py import_contacts"
            )
        return file


@require_http_methods(["GET", "POST"])
def contacts_import(request):
    """``/schools/contacts/import/``: choose a file, see what it would do, then do it.

    What was looked at travels with the page, so that what is done is what was seen; at schools
    whose contacts the person may not edit a row is rejected.
    """
    register_readers_only(request)
    allow(policies.may_import_contacts(request.user))
    if "content" in request.POST:
        return _go_on(request, request.POST["content"])
    is_sent = request.method == "POST"
    form = ContactsFileForm(request.POST, request.FILES) if is_sent else ContactsFileForm()
    if is_sent and form.is_valid():
        return _look(request, form, form.cleaned_data["file"].read())
    return _show(request, form)


def _look(request, form, content):
    try:
        outcome = _run(request.user, content, dry_run=True)
    except FileRefused as refusal:
        form.add_error("file", str(refusal))
        return _show(request, form)
    return _show(request, form, outcome=outcome, content=base64.b64encode(content).decode())


def _go_on(request, encoded):
    """Hand out the rejected rows, or do what was looked at."""
    try:
        content = base64.b64decode(encoded, validate=True)
        if len(content) > MOST_BYTES:
            raise FileRefused("The file is too long.")
        if "rejected" in request.POST:
            return _rejected(_run(request.user, content, dry_run=True))
        outcome = _run(request.user, content, dry_run=False)
    except (binascii.Error, ValueError, FileRefused):
        messages.warning(request, "The file could not be read again. Choose it once more.")
        return redirect("contacts_import")
    messages.success(request, f"Contacts: {outcome}.")
    if outcome.rejected:
        return _show(request, ContactsFileForm(), outcome=outcome, content=encoded, is_done=True)
    return redirect("contacts_import")


def _run(by, content, *, dry_run):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        path.write_bytes(content)
        return import_contacts(path, by=by, dry_run=dry_run)


def _rejected(outcome):
    rows = map(rejected_row, outcome.rejected)
    return csv_response("contacts.rejected.csv", REJECTED_COLUMNS, rows)


def _show(request, form, **context):
    context |= {"form": form, "nav": "schools"}
    return render(request, "schools/contacts_import.html", context)
