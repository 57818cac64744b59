"""Forms about link workers, their schools and their conflicts."""

from datetime import datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from govuk.fields import DayField, PickField, long_text, text
from govuk.forms import Form
from linkworkers import policies
from linkworkers.models import PLACES, LinkWorker, Weekday
from schools.models import Hub, School

# A reason is kept with each allocation, in characters.
LONGEST_REASON = 1_000
# How far ahead an allocation may begin.
AHEAD = timedelta(days=2 * 366)


def kind_field():
    """Primary or secondary."""
    return forms.ChoiceField(
        label="As",
        choices=[(kind.value, kind.label) for kind in PLACES],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose primary or secondary",
            "invalid_choice": "Choose primary or secondary",
        },
    )


KEPT = "Kept with the allocation; the school never sees it."
OTHER = "other"
BECAUSE = {
    "knows": "They know this school",
    "asked": "The school asked for them",
    "same": "A child or family needs the same person",
    "falls": "Their load falls soon",
    OTHER: "Another reason",
}


def because_field():
    """Why somebody is chosen against the guidance, as ticks."""
    return forms.MultipleChoiceField(
        label="Why",
        choices=list(BECAUSE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose why from the list"},
    )


def why_is_missing(because, words):
    """``(field, sentence)`` for an override without its reason; None when it has one."""
    if words or set(because or ()) - {OTHER}:
        return None
    if because:
        return "reason", "Enter the other reason"
    return "because", "Choose why, or say it in your own words"


def kept_reason(because, words, guidance):
    """The reason as it is kept: what was ticked, what was typed, what it goes against."""
    ticked = [BECAUSE[key] for key in BECAUSE if key in because and key != OTHER]
    parts = [*(f"{sentence}." for sentence in ticked), words.strip(), guidance]
    return " ".join(part for part in parts if part)[:LONGEST_REASON]


def day_to_begin(day):
    """The day, or None; ValidationError for one that is over, or further than anybody plans."""
    today = timezone.localdate()
    if day and day < today:
        raise ValidationError("The day it starts must be today or later")
    if day and day > today + AHEAD:
        raise ValidationError("Enter a start date within the next two years")
    return day


def beginning_of(day):
    """The first instant of a day to come; None for today, which begins now, and for no day."""
    if day and day > timezone.localdate():
        return timezone.make_aware(datetime.combine(day, time.min))
    return None


class FindForm(Form):
    """Which schools of the hub to show."""

    find = text("Name, town, postcode or URN", 100)


class ChooseWorkerForm(Form):
    """Who takes a place at a school; the page draws the choice as a table."""

    kind = kind_field()
    link_worker = PickField(
        LinkWorker.objects.none(),
        label="Link worker",
        sentence="Choose a link worker from the table",
    )

    def __init__(self, *args, comparison, **options):
        super().__init__(*args, **options)
        self.comparison = comparison
        self.fields["link_worker"].queryset = LinkWorker.objects.in_post()

    @property
    def chosen(self):
        """The ``Candidate`` that is chosen so far, or None."""
        value = str(self["link_worker"].value() or "")
        return next((c for c in self.comparison.candidates if c.value == value), None)

    @property
    def is_done(self):
        """Who is chosen holds the place already, as after a second click."""
        here = self.chosen and self.chosen.here
        return bool(here) and here.kind == self.comparison.kind

    def clean_link_worker(self):
        """One who was weighed, so that nobody is chosen past the guidance."""
        if self.chosen is None:
            raise ValidationError(self.fields["link_worker"].error_messages["invalid_choice"])
        return self.cleaned_data["link_worker"]


class AllocateForm(ChooseWorkerForm):
    """An allocation by the hub (rule 001-50).

    ``held`` is who held the place when the page was made: somebody else by now makes it stale.
    """

    held = forms.UUIDField(required=False, widget=forms.HiddenInput)
    because = because_field()
    reason = long_text("In your words", 500, help_text=KEPT)
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
        return day_to_begin(self.cleaned_data["starts_on"])

    def clean(self):
        facts = super().clean()
        if self.needs_override and not self.errors:
            refusal = why_is_missing(facts.get("because"), facts.get("reason"))
            if refusal:
                self.add_error(*refusal)
        return facts

    @property
    def needs_override(self):
        """Whether the choice goes against the guidance, so that a reason is asked."""
        return bool(self.chosen and self.chosen.against)

    @property
    def facts(self):
        """What a ``services.Move`` and its day take; the form is valid."""
        facts = self.cleaned_data
        guidance = self.chosen.guidance if self.chosen else ""
        return {
            "kind": facts["kind"],
            "link_worker": facts["link_worker"],
            "reason": kept_reason(facts["because"], facts["reason"], guidance),
            "handover_note": facts["handover_note"],
        }

    @property
    def starts_at(self):
        """The instant it begins; None for now."""
        return beginning_of(self.cleaned_data["starts_on"])


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
