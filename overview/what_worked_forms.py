"""Which ended work the page about what worked looks at."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from consultations.models import Area
from govuk.fields import DayField, PickField
from govuk.forms import Form
from govuk.words import long_date
from interventions.models import Programme
from schools.years import first_day_of, last_day_of, school_year_of, year_text

A_YEAR = timedelta(days=365)
# Of so many school years that are over can numbers be taken along.
YEARS = 3


class NarrowedForm(Form):
    """What the work is narrowed to; ``period`` of a valid form is its first and last day."""

    area = forms.ChoiceField(label="Key area", choices=[("", "All"), *Area.choices], required=False)
    programme = PickField(
        Programme.objects.all(),
        label="Programme",
        required=False,
        empty_label="All",
        sentence="Choose a programme from the list",
    )


class WhatWorkedForm(NarrowedForm):
    """A period, and what to narrow it to; without a period, the last twelve months."""

    since = DayField(label="Ended from", error_messages={"required": "Enter the first day"})
    until = DayField(label="Ended until", error_messages={"required": "Enter the last day"})

    field_order = ("since", "until", "area", "programme")

    def __init__(self, asked):
        today = timezone.localdate()
        since, until = today - A_YEAR, today
        data = asked.copy()
        if not {"since", "until"} & data.keys():
            data.update({"since": long_date(since), "until": long_date(until)})
        super().__init__(data)

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day must not be before the first")
        return cleaned

    @property
    def period(self):
        return self.cleaned_data["since"], self.cleaned_data["until"]


def years_over():
    """``[(school year, in words)]`` of those that are over, the last one first."""
    this = school_year_of(timezone.localdate())
    return [(year, year_text(year)) for year in range(this - 1, this - 1 - YEARS, -1)]


class ToTakeForm(NarrowedForm):
    """A whole school year that is over; without one, the last.

    Of two periods that differ by a day, the one taken from the other tells of a single child: what
    leaves the team is of periods that share no day (rule 004-3).
    """

    year = forms.TypedChoiceField(
        label="School year",
        coerce=int,
        error_messages={"invalid_choice": "Choose a school year that is over"},
    )

    def __init__(self, asked):
        data, years = asked.copy(), years_over()
        data.setdefault("year", years[0][0])
        super().__init__(data)
        self.fields["year"].choices = years

    @property
    def period(self):
        year = self.cleaned_data["year"]
        return first_day_of(year), last_day_of(year)
