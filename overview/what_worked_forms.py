"""Which ended work the page about what worked looks at."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from consultations.models import Area
from govuk.fields import DayField, PickField
from govuk.forms import Form
from govuk.words import long_date
from interventions.models import Programme

A_YEAR = timedelta(days=365)


class WhatWorkedForm(Form):
    """A period, and what to narrow it to; without a period, the last twelve months."""

    since = DayField(label="Ended from", error_messages={"required": "Enter the first day"})
    until = DayField(label="Ended until", error_messages={"required": "Enter the last day"})
    area = forms.ChoiceField(label="Key area", choices=[("", "All"), *Area.choices], required=False)
    programme = PickField(
        Programme.objects.all(),
        label="Programme",
        required=False,
        empty_label="All",
        sentence="Choose a programme from the list",
    )

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
