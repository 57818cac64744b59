"""The lists a council keeps for short work: kinds of support, and scales in its own words."""

from govuk.fields import text
from govuk.forms import ModelForm
from interventions.models import Scale, WorkType

POINTS = range(11)
PLACE = {
    "required": "Enter the place in the list",
    "invalid": "Place in the list must be a whole number",
    "min_value": "Place in the list must be 0 or more",
    "max_value": "Place in the list must be 32,767 or less",
}


class WorkTypeForm(ModelForm):
    """A kind of support that short work is asked for as."""

    class Meta:
        model = WorkType
        fields = ("name", "position", "is_offered")
        labels = {"is_offered": "Offer it in new requests", "position": "Place in the list"}
        help_texts = {"position": "Lower numbers come first"}
        error_messages = {
            "name": {"required": "Enter the name", "unique": "This is on the list already"},
            "position": PLACE,
        }


class ScaleForm(ModelForm):
    """A scale from 0 to 10; the words stand at the points that have some."""

    class Meta:
        model = Scale
        fields = ("name", "position", "is_offered")
        labels = {"is_offered": "Offer it for new measures", "position": "Place in the list"}
        help_texts = {"position": "Lower numbers come first"}
        error_messages = {
            "name": {"required": "Enter the name", "unique": "This is on the list already"},
            "position": PLACE,
        }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        words = [*self.instance.words, *[""] * len(POINTS)]
        for point in POINTS:
            self.fields[f"at_{point}"] = text(f"What {point} means", 200)
            self.initial.setdefault(f"at_{point}", words[point])

    def save(self, commit=True):
        """The scale with the words at 0, 1, … 10."""
        self.instance.words = [self.cleaned_data[f"at_{point}"] for point in POINTS]
        return super().save(commit)
