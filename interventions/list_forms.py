"""The lists a council keeps for short work: kinds of support, and scales in its own words."""

from consultations.list_forms import ListedForm
from govuk.fields import text
from interventions.models import Scale, WorkType

POINTS = range(11)


class WorkTypeForm(ListedForm):
    """A kind of support that short work is asked for as."""

    class Meta(ListedForm.Meta):
        model = WorkType
        labels = ListedForm.Meta.labels | {"is_offered": "Offer it in new requests"}


class ScaleForm(ListedForm):
    """A scale from 0 to 10; the words stand at the points that have some."""

    class Meta(ListedForm.Meta):
        model = Scale
        labels = ListedForm.Meta.labels | {"is_offered": "Offer it for new measures"}

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
