"""Fields and rows of a note: what somebody typed is kept as it was typed."""

from django.forms.utils import ErrorDict

from govuk.fields import long_text

MAX_TEXT = 100_000


def note_text(label, required="", rows=3, **options):
    """A text of the note, kept as it was typed."""
    return long_text(
        label,
        MAX_TEXT,
        required,
        rows,
        strip=False,
        error_messages={
            "max_length": f"{label} must be {MAX_TEXT:,} characters or fewer. "
            "Shorten it, or put the rest in an addendum."
        },
        **options,
    )


def filled(formset):
    """The forms of a valid formset that hold something and are not removed."""
    return [
        form
        for form in formset.forms
        if form.has_changed() and form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]


def quiet(form):
    """Hold back a bound form's errors: it is being written, not handed in."""
    form._errors = ErrorDict()
    form.cleaned_data = {}


def quiet_rows(rows):
    """Hold back the errors of a bound formset and of every form in it."""
    for form in rows.forms:
        quiet(form)
    rows._errors, rows._non_form_errors = [{} for _ in rows.forms], rows.error_class()
