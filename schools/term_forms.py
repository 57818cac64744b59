"""The forms of terms and INSET days; what makes no sense is said by ``Term.clean``."""

from django import forms
from django.utils import timezone

from govuk.fields import DayField, text
from govuk.forms import Form
from govuk.layout import FormHelper, Layout, Row
from schools.years import TermName, school_year_of, year_text

# How many school years before and after this one can be chosen.
BACK, AHEAD = 3, 3


class TermForm(Form):
    """One term with its half-term; the year it has now stays a choice, however long ago."""

    school_year = forms.TypedChoiceField(
        label="School year",
        coerce=int,
        error_messages={"invalid_choice": "Choose the school year from the list"},
    )
    name = forms.ChoiceField(
        label="Term",
        choices=TermName.choices,
        error_messages={"invalid_choice": "Choose the term from the list"},
    )
    starts_on = DayField(
        label="First day",
        help_text="For example 3 September 2026",
        error_messages={"required": "Enter the first day of the term"},
    )
    ends_on = DayField(
        label="Last day", error_messages={"required": "Enter the last day of the term"}
    )
    half_term_starts_on = DayField(label="First day of half-term", required=False)
    half_term_ends_on = DayField(label="Last day of half-term", required=False)
    source = text(
        "Where the dates are from", 200, help_text="Say so here when they may still change"
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        this_year = school_year_of(timezone.localdate())
        years = {*range(this_year - BACK, this_year + AHEAD + 1)}
        if held := self.initial.get("school_year"):
            years.add(held)
        self.fields["school_year"].choices = [(year, year_text(year)) for year in sorted(years)]
        self.initial.setdefault("school_year", this_year)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Row("school_year", "name"),
            Row("starts_on", "ends_on"),
            Row("half_term_starts_on", "half_term_ends_on"),
            "source",
        )


class InsetDayForm(Form):
    """A day on which the school teaches no pupils."""

    day = DayField(label="INSET day", error_messages={"required": "Enter the INSET day"})
