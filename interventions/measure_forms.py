"""Forms for what is measured: per cent is computed, words stand at their points of a scale."""

from django import forms
from django.utils import timezone

from govuk.fields import DayField, PickField, radios, text
from govuk.forms import Form
from interventions.models import Informant, Measure, MeasureKind, Point
from interventions.windows import LENGTHS

SCALE_POINTS = range(11)
# Whose number it can be on a scale of the council; a school scores licensed tools too.
ON_A_SCALE = [choice for choice in Informant.choices if choice[0] != Informant.SCHOOL]


def _number(label, sentence, **options):
    """A whole number in a short box; 101.5 sessions or letters are answered in words."""
    return forms.IntegerField(
        label=label,
        widget=forms.TextInput({"inputmode": "numeric", "class": "govuk-input--width-4"}),
        error_messages={
            "required": sentence,
            "invalid": f"{label} must be a whole number",
            "max_value": f"{label} must be a number that can be right",
            "min_value": f"{label} must be 0 or more",
        },
        min_value=0,
        max_value=9_999,
        **options,
    )


def _decimal(label, sentence, **options):
    return forms.DecimalField(
        label=label,
        widget=forms.TextInput({"inputmode": "decimal", "class": "govuk-input--width-4"}),
        error_messages={
            "required": sentence,
            "invalid": f"{label} must be a number",
            "max_digits": f"{label} must be a number that can be right",
            "max_decimal_places": f"{label} must have one decimal place at most",
            "max_whole_digits": f"{label} must be a number that can be right",
        },
        max_digits=6,
        decimal_places=1,
        **options,
    )


class MeasureForm(Form):
    """What every measure says: about which child, and at which point."""

    kind = None
    pupil = PickField(None, label="About", sentence="Select which child", widget=forms.RadioSelect)
    point = radios("When", Point, "Select when it was")

    def __init__(self, *args, children, **options):
        super().__init__(*args, **options)
        self.children = children
        self.fields["pupil"].queryset = children
        # One child is no choice.
        self.only_child = children[0] if len(children) == 1 else None
        if self.only_child:
            del self.fields["pupil"]

    @property
    def facts(self):
        """What the act is told, of a valid form."""
        facts = dict(self.cleaned_data)
        facts.setdefault("pupil", self.only_child)
        return facts


class WeeklyForm(MeasureForm):
    """Over how many school weeks, equal on both sides (rule 004-16)."""

    weeks = forms.TypedChoiceField(
        label="Over how many school weeks",
        choices=[(weeks, f"{weeks} school weeks") for weeks in LENGTHS],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select how many school weeks",
            "invalid_choice": "Select how many school weeks",
        },
    )
    last_day = DayField(
        label="Up to",
        help_text="Whole school weeks that ended by this day count. Holidays are left out.",
        error_messages={"required": "Enter the day up to which the weeks count"},
    )


class AttendanceForm(WeeklyForm):
    """Sessions attended of sessions possible; left empty, what is on record is counted."""

    kind = MeasureKind.ATTENDANCE
    attended = _number(
        "Sessions attended",
        "Enter how many sessions were attended",
        required=False,
        help_text="Leave both empty to count what the school’s register sent.",
    )
    possible = _number("Sessions possible", "Enter how many sessions were possible", required=False)


class SuspensionsForm(WeeklyForm):
    """Days, and how often."""

    kind = MeasureKind.SUSPENSIONS
    days = _decimal("Days suspended", "Enter the days, or 0", help_text="Half days count: 1.5")
    times = _number("Number of suspensions", "Enter how many suspensions, or 0")


def _on_field():
    return DayField(
        label="Date",
        initial=timezone.localdate,
        error_messages={"required": "Enter the date it was said"},
    )


class ScaleForm(MeasureForm):
    """Where somebody stands, in the council's own words."""

    kind = MeasureKind.SCALE
    informant = forms.ChoiceField(
        label="Who says so",
        choices=ON_A_SCALE,
        widget=forms.RadioSelect,
        error_messages={"required": "Select who says so", "invalid_choice": "Select who says so"},
    )
    value = forms.TypedChoiceField(
        label="Where things are",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select a number from 0 to 10",
            "invalid_choice": "Select a number from 0 to 10",
        },
    )
    on = _on_field()

    def __init__(self, *args, scale, **options):
        super().__init__(*args, **options)
        self.scale = scale
        self.fields["value"].choices = list(zip(SCALE_POINTS, words_of(scale), strict=True))

    @property
    def facts(self):
        return {**super().facts, "scale": self.scale}


class ScoreForm(MeasureForm):
    """The total of a licensed tool, which holds its own questions."""

    kind = MeasureKind.SCORE
    tool = text("Name of the tool", 100, "Enter the name of the tool")
    version = text(
        "Version",
        60,
        help_text="As the tool calls it, like “parent, 4 to 17”. Only like is compared with like.",
    )
    informant = forms.ChoiceField(
        label="Who answered it",
        choices=Informant,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select who answered it",
            "invalid_choice": "Select who answered it",
        },
    )
    total = _decimal("Total", "Enter the total")
    on = _on_field()


FORMS = {form.kind.value: form for form in (AttendanceForm, SuspensionsForm, ScaleForm, ScoreForm)}


def words_of(scale):
    """What stands at 0 to 10 of a ``Scale``: the number, with the council's words where it has."""
    words = [*scale.words, *[""] * len(SCALE_POINTS)]
    return [f"{n}: {words[n]}" if words[n] else str(n) for n in SCALE_POINTS]


def form_for(kind, data, *, children, scale=None, measure=None, initial=None):
    """The form of a kind of measure, filled with what ``measure`` says where it is corrected."""
    options = {"scale": scale} if kind == MeasureKind.SCALE else {}
    start = _standing(measure) if measure else (initial or {})
    return FORMS[kind](data, children=children, initial=start, **options)


def _standing(measure: Measure):
    number = measure.value.normalize()
    number = int(number) if number == int(number) else number
    return {
        "pupil": measure.pupil_id,
        "point": measure.point,
        "weeks": measure.weeks,
        "last_day": measure.to_on,
        "attended": measure.attended,
        "possible": measure.possible,
        "days": number,
        "times": measure.times,
        "informant": measure.informant,
        "value": number,
        "tool": measure.tool,
        "version": measure.tool_version,
        "total": number,
        "on": measure.measured_on,
    }
