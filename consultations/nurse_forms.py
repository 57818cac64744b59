"""The date agreed with the school for the consultation with its nurse, and the team's yes."""

from datetime import datetime

from django import forms
from django.utils import timezone

from govuk.fields import LONGEST_ADDRESS, DayField, PastDayField, TimeField, text
from govuk.forms import Form

SHORTEST, LONGEST = 10, 480


class DateForm(Form):
    """Day, time, length and place. ``version`` and ``inbox`` are what the page showed."""

    day = DayField(
        label="Date",
        help_text="Such as 3 December",
        error_messages={"required": "Enter the date you agreed with the school"},
    )
    at = TimeField(
        label="Time",
        help_text="Such as 9:30am",
        error_messages={"required": "Enter the time it begins"},
    )
    minutes = forms.IntegerField(
        label="Minutes",
        min_value=SHORTEST,
        max_value=LONGEST,
        widget=forms.TextInput({"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages={
            "required": "Enter how many minutes it takes",
            "invalid": "The length must be a number of minutes, like 60",
            "min_value": f"The length must be {SHORTEST} minutes or more",
            "max_value": f"The length must be {LONGEST} minutes or fewer",
        },
    )
    place = text(
        "Place",
        200,
        "Enter where at the school it is",
        help_text="Such as the room. Everybody invited reads it: name no child.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    inbox = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_ADDRESS)

    def show_again(self, shown):
        """Keep what was typed; ``shown``, of the hidden fields, is what the page shows now."""
        self.data = self.data.copy()
        for name, value in shown.items():
            self.data[name] = value

    def agreed(self):
        """What ``nurse_services.invite`` takes, of a form that is valid."""
        told = dict(self.cleaned_data)
        at = datetime.combine(told.pop("day"), told.pop("at"))
        return {**told, "starts_at": timezone.make_aware(at)}


class ConfirmForm(Form):
    """When the nursing team said that a nurse comes. ``version`` is what the page showed."""

    on = PastDayField(
        label="The nursing team confirmed on",
        what="The day the team confirmed",
        help_text="Such as today or 20 November",
        error_messages={"required": "Enter the day the nursing team confirmed"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
