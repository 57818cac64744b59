"""Forms about link workers, their schools and their conflicts."""

from datetime import datetime, time

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from govuk.fields import DayField, long_text, text
from govuk.forms import Form
from linkworkers import policies
from linkworkers.models import AllocationKind, LinkWorker, Weekday
from schools.models import Hub, School


class PickField(forms.ModelChoiceField):
    """One of some rows; whatever else is posted is answered with the one sentence."""

    def __init__(self, queryset, *, sentence, **options):
        messages = {"required": sentence, "invalid_choice": sentence}
        super().__init__(queryset, error_messages=messages, **options)

    def to_python(self, value):
        try:
            return super().to_python(value)
        except (ValidationError, ValueError) as error:
            raise ValidationError(self.error_messages["invalid_choice"]) from error


def kind_field():
    """Primary or secondary."""
    return forms.ChoiceField(
        label="As",
        choices=AllocationKind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose primary or secondary",
            "invalid_choice": "Choose primary or secondary",
        },
    )


class FindForm(Form):
    """Which schools of the hub to show."""

    find = text("Name, town, postcode or URN", 100)


class ChooseWorkerForm(Form):
    """A place at a school and the link worker for it; the page draws the choice as a table."""

    kind = kind_field()
    link_worker = PickField(
        LinkWorker.objects.none(),
        label="Link worker",
        sentence="Choose a link worker from the table",
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["link_worker"].queryset = LinkWorker.objects.in_post()


class AllocateForm(ChooseWorkerForm):
    """An allocation by the hub (rule 001-50)."""

    reason = long_text(
        "Why",
        500,
        help_text="Needed to replace somebody, or for a worker from another hub. Kept with the"
        " allocation; the school never sees it.",
    )
    handover_note = long_text(
        "Handover note",
        5_000,
        rows=4,
        help_text="For the new link worker. They read it after signing in.",
    )
    starts_on = DayField(
        label="From", required=False, help_text="Today, or a day to come. Leave empty for now."
    )
    agreed_at_meeting = text("Agreed at", 120, help_text="Such as Hub meeting, 23 November")

    def clean_starts_on(self):
        day = self.cleaned_data["starts_on"]
        if day and day < timezone.localdate():
            raise ValidationError("The day it starts must be today or later")
        return day

    @property
    def facts(self):
        """What ``services.allocate`` takes beside the school; the form is valid."""
        facts = dict(self.cleaned_data)
        day = facts.pop("starts_on")
        facts["starts_at"] = (
            timezone.make_aware(datetime.combine(day, time.min))
            if day and day > timezone.localdate()
            else None
        )
        return facts


class ProposeForm(ChooseWorkerForm):
    """A proposal for a college that all team managers agree on (rule 001-51)."""

    reason = long_text(
        "Why", 500, "Enter why you propose this", help_text="Every team manager reads it."
    )

    @property
    def facts(self):
        """What ``services.propose`` takes beside the school; the form is valid."""
        return dict(self.cleaned_data)


class EndForm(Form):
    """Why an allocation ends."""

    why = long_text(
        "Why the allocation ends",
        500,
        "Enter why the allocation ends",
        help_text="Kept with the allocation; the school never sees it.",
    )


class ObjectForm(Form):
    """Why a team manager objects to a proposal."""

    reason = long_text("Why you object", 500, "Enter why you object")


class LinkWorkerForm(Form):
    """Where and when a link worker works, and for whom."""

    hub = PickField(
        Hub.objects.exclude(code=Hub.NOT_YET),
        label="Hub",
        empty_label=None,
        sentence="Choose the hub",
    )
    line_manager = PickField(
        None,
        label="Line manager",
        required=False,
        empty_label="Not set",
        sentence="Choose a team manager from the list",
    )
    fte = forms.DecimalField(
        label="Full-time equivalent",
        help_text="1 is full time, 0.6 is three days a week",
        min_value=0.05,
        max_value=1,
        decimal_places=2,
        widget=forms.TextInput({"inputmode": "decimal", "class": "govuk-input--width-4"}),
        error_messages={
            "required": "Enter the full-time equivalent, such as 0.6",
            "invalid": "The full-time equivalent must be a number, such as 0.6",
            "min_value": "The full-time equivalent must be between 0.05 and 1",
            "max_value": "The full-time equivalent must be between 0.05 and 1",
            "max_decimal_places": "The full-time equivalent must have at most two decimal places",
        },
    )
    working_days = forms.TypedMultipleChoiceField(
        label="Working days",
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one working day",
            "invalid_choice": "Choose working days from the list",
        },
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["line_manager"].queryset = policies.team_managers()


class FindSchoolForm(Form):
    """Whose conflict, and the school to look for. Managers declare for their team as well."""

    person = PickField(
        None,
        label="Whose child",
        required=False,
        empty_label="Mine",
        sentence="Choose somebody from your team",
    )
    find = text("School: its name, town, postcode or URN", 100, "Enter the school to look for")

    def __init__(self, *args, team, **options):
        super().__init__(*args, **options)
        self.fields["person"].queryset = team
        if not team.exists():
            del self.fields["person"]


class DeclareForm(Form):
    """The school found, and whose conflict; both come from the page before."""

    school = PickField(
        School.objects.all(), to_field_name="urn", sentence="Choose a school from the list"
    )
    person = PickField(None, required=False, sentence="Choose somebody from your team")

    def __init__(self, *args, team, **options):
        super().__init__(*args, **options)
        self.fields["person"].queryset = team
