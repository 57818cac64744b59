"""The plan made with a family."""

from django import forms

from consultations.note_fields import note_text
from govuk.fields import DayField, PickField, whole_number
from govuk.forms import Form
from interventions.measure_forms import ON_A_SCALE, SCALE_POINTS
from interventions.models import Scale
from interventions.services.family_plan import FIELDS, first_review
from schools.pupil_forms import seen_of

MOST_SESSIONS = 50


class FamilyPlanForm(Form):
    """What the family wants, who does what, and when it is looked at again.

    Where things are now on a scale is asked until it has been measured.
    """

    goal = note_text(
        "The goal, in the family’s own words",
        "Enter the goal in the family’s own words",
        help_text="What they want to be different. It is on the plan they take home",
    )
    planned_words = note_text(
        "Who does what",
        help_text="The family, the school and us, in plain words. It is on the plan too",
        rows=5,
    )
    planned_sessions = whole_number(
        "How many sessions are planned", 1, MOST_SESSIONS, like=6, name="The number of sessions"
    )
    review_on = DayField(
        label="Review",
        help_text="After 6 to 12 school weeks",
        error_messages={"required": "Enter when the plan is looked at again"},
    )
    scale = PickField(
        Scale.objects.filter(is_offered=True),
        sentence="Choose the scale from the list",
        label="Where things are now: scale",
        required=False,
        empty_label="Not now",
    )
    informant = forms.ChoiceField(
        label="Who says so", choices=[("", "Choose"), *ON_A_SCALE], required=False
    )
    value = forms.TypedChoiceField(
        label="From 0 to 10",
        choices=[("", "Choose"), *((n, n) for n in SCALE_POINTS)],
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "Choose a number from 0 to 10"},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, work, is_measured, **kwargs):
        self.seen_now = seen_of({name: getattr(work, name) for name in FIELDS})
        kwargs["initial"] = {
            **{name: getattr(work, name) for name in FIELDS},
            "review_on": work.review_on or first_review(work),
            "seen": self.seen_now,
        }
        super().__init__(*args, **kwargs)
        self.work = work
        if is_measured or not self.fields["scale"].queryset.exists():
            for name in ("scale", "informant", "value"):
                del self.fields[name]

    @property
    def is_stale(self):
        """Somebody else changed the plan since the page was opened."""
        return self.data.get("seen", self.seen_now) != self.seen_now

    def clean(self):
        cleaned = super().clean()
        if "scale" not in self.fields:
            return cleaned
        if cleaned.get("scale") or cleaned.get("value") is not None or cleaned.get("informant"):
            for name, sentence in (
                ("scale", "Choose the scale"),
                ("informant", "Choose who says so"),
                ("value", "Choose a number from 0 to 10"),
            ):
                if cleaned.get(name) in (None, "") and not self.has_error(name):
                    self.add_error(name, sentence)
        return cleaned

    @property
    def told(self):
        """What the act wants, of a valid form."""
        told = {name: self.cleaned_data[name] for name in FIELDS}
        if self.cleaned_data.get("scale"):
            children = [person.pupil for person in self.work.participants.all() if person.pupil]
            told["scale"] = {
                **{name: self.cleaned_data[name] for name in ("scale", "informant", "value")},
                "pupil": children[0] if len(children) == 1 else None,
            }
        return told
