"""The forms of the transition list: an entry, and who was spoken to."""

from django import forms
from django.utils import timezone

from govuk.fields import PastDayField, PickField, long_text, text
from govuk.forms import Form
from govuk.layout import Field, FormHelper, Layout, Row
from schools.models import School, SpokenWith, TransitionReason
from schools.services.transition import YEARS_AHEAD
from schools.years import school_year_of, year_text

WHY, SUPPORT, SAID = 500, 4_000, 500


class TransitionForm(Form):
    """Why a child needs more support when they change school, and what they have already.

    ``school`` is the one they are at, or None; the schools it feeds are offered first.
    """

    school_year = forms.TypedChoiceField(
        label="School year in which the child starts at the new school",
        coerce=int,
        error_messages={"invalid_choice": "Choose the school year from the list"},
    )
    to = PickField(
        School.objects.none(),
        label="School the child goes to",
        required=False,
        sentence="Choose the school from the list",
    )
    reasons = forms.MultipleChoiceField(
        label="Why more support is needed",
        choices=TransitionReason,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Select why more support is needed",
            "invalid_choice": "Select why more support is needed",
        },
    )
    why = text("More about it", WHY)
    support_in_place = long_text(
        "Support in place",
        SUPPORT,
        help_text="What the child and family have now, and where more would help",
        rows=4,
    )

    def __init__(self, *args, school, is_new, **options):
        super().__init__(*args, **options)
        this_year = school_year_of(timezone.localdate())
        self.fields["school_year"].choices = [
            (year, year_text(year)) for year in range(this_year, this_year + YEARS_AHEAD + 1)
        ]
        if not is_new:
            del self.fields["school_year"]
        self._offer_schools(school)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *(["school_year"] if is_new else []),
            "to",
            Field("reasons", small=True),
            Field("why", count=WHY),
            Field("support_in_place", count=SUPPORT),
        )

    def _offer_schools(self, school):
        open_schools = School.objects.open().exclude(pk=school and school.pk)
        held = self.initial.get("to")
        self.fields["to"].queryset = open_schools | School.objects.filter(pk=held and held.pk)
        usual = set(school.feeds_into.values_list("pk", flat=True)) if school else set()
        names = [
            (pk, ", ".join(filter(None, (name, town))))
            for pk, name, town in self.fields["to"].queryset.values_list("pk", "name", "town")
        ]
        self.fields["to"].choices = [
            ("", "Not known yet, or not on the register"),
            ("Where children usually go from here", [row for row in names if row[0] in usual]),
            ("Other schools", [row for row in names if row[0] not in usual]),
        ]


class TalkForm(Form):
    """Who was spoken to about the child (rules 001-34, 001-35)."""

    who = forms.ChoiceField(
        label="Who you spoke to",
        choices=SpokenWith,
        error_messages={"required": "Select who you spoke to"},
    )
    name = text("Their name", 150, "Enter the name of the person you spoke to")
    spoken_on = PastDayField(
        label="When",
        what="The day you spoke",
        error_messages={"required": "Enter the day you spoke"},
    )
    said = text("What was said", SAID)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["who"].choices = [("", "Choose"), *SpokenWith.choices]
        self.helper = FormHelper()
        self.helper.layout = Layout(Row("who", "name", "spoken_on"), Field("said", count=SAID))
