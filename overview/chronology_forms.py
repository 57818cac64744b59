"""Narrowing a chronology, and making one for a school."""

from datetime import date

from django import forms
from django.forms import formset_factory

from consultations.children import as_uuid
from consultations.models import Area, Exact
from consultations.services.chronologies import MOST_LINES
from govuk.fields import DayField, long_text, text
from govuk.forms import Form, Rows
from govuk.words import long_date
from overview.chronology_entries import Asked

LONGEST_ANALYSIS = 20_000


class FilterForm(Form):
    """What a chronology is narrowed to besides what its links choose, which is carried along.

    ``authors`` are the users and ``schools`` those that can be asked for. What is wrong in it
    narrows nothing, and says so.
    """

    kind = forms.CharField(widget=forms.HiddenInput, required=False)
    significant = forms.CharField(widget=forms.HiddenInput, required=False)
    order = forms.CharField(widget=forms.HiddenInput, required=False)
    since = DayField(label="From", required=False)
    until = DayField(label="To", required=False)
    area = forms.ChoiceField(
        label="Key area", choices=[("", "Every key area"), *Area.choices], required=False
    )
    school = forms.ChoiceField(label="School", required=False)
    author = forms.ChoiceField(label="Recorded by", required=False)
    word = text(
        "Word",
        100,
        widget=forms.TextInput({"class": "govuk-input--width-10", "autocomplete": "off"}),
    )

    def __init__(self, data, authors, schools=()):
        super().__init__(data)
        self._offer("author", "Everybody", authors, "pk", least=1)
        self._offer("school", "Every school", schools, "urn", least=2)

    def _offer(self, name, everything, rows, key, least):
        """Let one of the rows be chosen by its ``key``; no field where there is no choice."""
        if len(rows) < least:
            del self.fields[name]
            return
        field = self.fields[name]
        field.rows = {str(getattr(row, key)): row for row in rows}
        field.choices = [("", everything), *((key, row.name) for key, row in field.rows.items())]

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day must not be before the first")
        return cleaned

    def asked(self, kinds, cursor):
        """The ``Asked`` of what is right in it; ``kinds`` are those that can be asked for."""
        self.full_clean()
        found = self.cleaned_data.get
        return Asked(
            kind=found("kind") if found("kind") in kinds else "",
            area=found("area", ""),
            school=self._chosen("school"),
            significant=found("significant") == "1",
            since=found("since"),
            until=found("until"),
            author=self._chosen("author"),
            word=found("word", ""),
            oldest_first=found("order") == "oldest",
            cursor=cursor,
        )

    def _chosen(self, name):
        key = self.cleaned_data.get(name)
        return self.fields[name].rows[key] if key else None

    @property
    def address(self):
        """``{name: text}`` of what a valid form asks for, but its word, which none holds."""
        return {
            name: long_date(value) if isinstance(value, date) else value
            for name, value in self.cleaned_data.items()
            if value and name != "word"
        }


class ChooseForm(Form):
    """Which entries a chronology for a school begins with."""

    title = text(
        "Title", 150, "Enter a title", help_text="Without a name, such as Chronology for a referral"
    )
    chosen = forms.MultipleChoiceField(
        label="Entries",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select the entries it begins with"},
    )

    def __init__(self, *args, entries, **kwargs):
        super().__init__(*args, **kwargs)
        self.entries = entries
        self.fields["chosen"].choices = [(entry.key, entry.line) for entry in entries]

    @property
    def rows(self):
        """Each entry with whether it is ticked."""
        ticked = set(self["chosen"].value() or ())
        return [(entry, entry.key in ticked) for entry in self.entries]

    @property
    def chosen_entries(self):
        chosen = set(self.cleaned_data["chosen"])
        return [entry for entry in self.entries if entry.key in chosen]


class MadeForm(Form):
    title = text("Title", 150, "Enter a title", help_text="Without a name")
    analysis = long_text(
        "Analysis",
        LONGEST_ANALYSIS,
        rows=6,
        strip=False,
        help_text="What the events mean together: patterns, what made a difference, what is not"
        " known. In words that the family could read",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class LineForm(Form):
    """One line of it, with the columns that councils ask for (domain-facts.md 3.4)."""

    on = DayField(label="Date", error_messages={"required": "Enter the date of the event"})
    exact = forms.ChoiceField(
        label="How exact",
        choices=[("", "The exact day"), *Exact.choices],
        required=False,
        help_text="Where only the month or year is known, enter any day in it",
    )
    source = text("Source", 300)
    text = long_text("Event", 1000, "Enter what happened", rows=2)
    effect = long_text("Effect on the child", 500, rows=2)
    action = long_text("Action", 1000, rows=2)
    outcome = long_text("Outcome", 500, rows=2)
    schools = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_schools(self):
        """The ids of the schools that the line came from; anything else is left out."""
        sent = map(as_uuid, self.cleaned_data["schools"].split(","))
        return [str(pk) for pk in sent if pk]

    @property
    def line(self):
        """As ``MadeChronology`` holds it."""
        typed = {name: self.cleaned_data[name] for name in self.base_fields}
        return {**typed, "on": typed["on"].isoformat()}


LineFormSet = formset_factory(
    LineForm,
    formset=Rows,
    extra=0,
    can_delete=True,
    max_num=MOST_LINES,
    validate_max=True,
    absolute_max=MOST_LINES + 10,
)


def lines_initial(lines):
    """The lines of a ``MadeChronology`` as its forms begin with them."""
    return [
        {
            **line,
            "on": date.fromisoformat(line["on"]),
            "schools": ",".join(line.get("schools", ())),
        }
        for line in lines
    ]
