"""What the take-up page shows."""

from django import forms

from govuk.forms import Form
from overview.wording import LATE_WEEKS

WISHES = [
    ("drifting", "Drifting"),
    ("untried", f"Not tried for {LATE_WEEKS} weeks"),
    ("enhanced", "Enhanced support"),
    ("decided", "Focus adjusted"),
    ("no_nurse", "No school nurse this term"),
]


class TakeUpForm(Form):
    """Which schools of the hub to show: those with all that is ticked."""

    show = forms.MultipleChoiceField(
        label="Show only",
        choices=WISHES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose what to show from the list"},
    )
