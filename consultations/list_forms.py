"""Guidance by key area and what to be alert to: the lists a council keeps for its form."""

from django import forms

from consultations.models import GuidanceLink, Theme, Vulnerability
from govuk.fields import DayField
from govuk.forms import ModelForm


class GuidanceForm(ModelForm):
    """A link to guidance, with the edition that is in force."""

    url = forms.URLField(
        label="Link",
        max_length=500,
        assume_scheme="https",
        help_text="Starting with https://",
        error_messages={
            "required": "Enter the link",
            "invalid": "Enter a link that starts with https://",
        },
    )
    dated = DayField(label="Date of the edition", required=False)

    class Meta:
        model = GuidanceLink
        fields = ("area", "title", "url", "edition", "dated", "source", "is_internal")
        help_texts = {
            "is_internal": "Schools never see a link that is for the team only",
        }
        error_messages = {
            "area": {"required": "Select the key area"},
            "title": {"required": "Enter what the guidance is called"},
        }


class ListedForm(ModelForm):
    """Something on a list to pick from: its name, its place, and whether it is offered."""

    class Meta:
        fields = ("name", "position", "is_offered")
        labels = {"position": "Place in the list"}
        help_texts = {"position": "Lower numbers come first"}
        error_messages = {
            "name": {"required": "Enter the name", "unique": "This is on the list already"},
            "position": {
                "required": "Enter the place in the list",
                "invalid": "Place in the list must be a whole number",
                "min_value": "Place in the list must be 0 or more",
                "max_value": "Place in the list must be 32,767 or less",
            },
        }


class VulnerabilityForm(ListedForm):
    """Something schools are alert to."""

    class Meta(ListedForm.Meta):
        model = Vulnerability
        labels = ListedForm.Meta.labels | {"is_offered": "Offer it in new consultations"}


class ThemeForm(ModelForm):
    """A tag for consultations and meetings; the list is in the order of the alphabet."""

    class Meta:
        model = Theme
        fields = ("name", "is_offered")
        labels = {"is_offered": "Offer it in new consultations and meetings"}
        error_messages = {
            "name": {"required": "Enter the name", "unique": "This is on the list already"}
        }
