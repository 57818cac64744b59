"""Forms of a programme, its criteria, a school's request and the triage of it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from govuk.fields import DayField, PastDayField, long_text, text
from govuk.forms import Form
from interventions.models import Answered, Criterion, Programme, Shows, Side
from interventions.triage import PRESETS

MOST_PATHWAYS, LONGEST_PATHWAY = 20, 150
ACCEPT, REDIRECT = "accept", "redirect"
ELSEWHERE = "elsewhere"


class ProgrammeForm(Form):
    """What a scheme is for, when it runs, where else a case may go."""

    name = text("Name", 120, "Enter the name of the programme")
    about = long_text("What it is for", 5_000, rows=4)
    starts_on = DayField(label="First day", error_messages={"required": "Enter the first day"})
    ends_on = DayField(label="Last day (optional)", required=False)
    evaluate_on = DayField(
        label="Evaluated on (optional)",
        required=False,
        help_text="The day you look at what it changed and decide whether it goes on.",
    )
    pathways = long_text(
        "Other pathways",
        4_000,
        rows=5,
        help_text="Where a case goes that is out of scope. One on each line.",
    )

    def __init__(self, *args, programme=None, **options):
        if programme:
            facts = {name: getattr(programme, name) for name in self.base_fields}
            options["initial"] = {**facts, "pathways": "\n".join(programme.pathways)}
        super().__init__(*args, **options)
        self.programme = programme

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        others = Programme.objects.exclude(pk=self.programme.pk if self.programme else None)
        if others.filter(name__iexact=name).exists():
            raise ValidationError("There is a programme with this name already")
        return name

    def clean_pathways(self):
        lines = [" ".join(line.split()) for line in self.cleaned_data["pathways"].splitlines()]
        pathways = list(dict.fromkeys(line for line in lines if line))
        if len(pathways) > MOST_PATHWAYS:
            raise ValidationError(f"Enter {MOST_PATHWAYS} pathways or fewer")
        if any(len(pathway) > LONGEST_PATHWAY for pathway in pathways):
            raise ValidationError(f"Each pathway must be {LONGEST_PATHWAY} characters or fewer")
        return pathways

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day must be on or after the first day")
        evaluated = cleaned.get("evaluate_on")
        if first and evaluated and evaluated < first:
            self.add_error("evaluate_on", "It must be evaluated after it has begun")
        return cleaned


class NewProgrammeForm(ProgrammeForm):
    """One that may begin with the criteria of a preset."""

    preset = forms.ChoiceField(
        label="Begin with",
        choices=[
            *((key, f"The criteria of {preset.name}") for key, preset in PRESETS.items()),
            ("", "No criteria"),
        ],
        required=False,
        widget=forms.RadioSelect,
    )


class CriterionForm(Form):
    """One rule a person can read, and what the service shows beside it."""

    side = forms.ChoiceField(label="A case is", choices=Side, widget=forms.RadioSelect)
    rule = text("The rule", 300, "Enter the rule")
    shows = forms.ChoiceField(
        label="What the service shows beside it",
        choices=[(Shows.NONE, "Nothing: a person knows"), *Shows.choices[1:]],
        required=False,
        widget=forms.RadioSelect,
    )
    number = forms.IntegerField(
        label="Per cent, or weeks",
        required=False,
        min_value=0,
        max_value=100,
        help_text="For attendance and for contact.",
        error_messages={
            "invalid": "Enter a whole number from 0 to 100",
            "min_value": "Enter a whole number from 0 to 100",
            "max_value": "Enter a whole number from 0 to 100",
        },
    )
    words = text("Status", 100, help_text="The status’s whole name, such as Looked after.")
    is_used = forms.BooleanField(label="Used for new cases", required=False, initial=True)

    def __init__(self, *args, criterion=None, **options):
        if criterion:
            options["initial"] = {name: getattr(criterion, name) for name in self.base_fields}
        super().__init__(*args, **options)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("shows") == Shows.ATTENDANCE and cleaned.get("number") is None:
            self.add_error("number", "Enter the attendance in per cent")
        if cleaned.get("shows") == Shows.STATUS and not cleaned.get("words"):
            self.add_error("words", "Enter the status")
        return cleaned


class AskForm(Form):
    """A school asks for a child: which, when, who asked and why."""

    pupil = forms.ChoiceField(
        label="Child",
        widget=forms.RadioSelect,
        error_messages={"required": "Select the child", "invalid_choice": "Select the child"},
    )
    asked_on = PastDayField(
        label="The school asked on",
        what="The day the school asked",
        error_messages={"required": "Enter the day the school asked"},
    )
    asked_who = text("Who at the school asked", 150, "Enter who at the school asked")
    asked_why = long_text("Why, in the school’s words", 5_000, rows=4)

    def __init__(self, *args, pupils, **options):
        options.setdefault("initial", {})
        options["initial"] = {"asked_on": timezone.localdate(), **options["initial"]}
        super().__init__(*args, **options)
        self.pupils = {str(pupil.pk): pupil for pupil in pupils}
        self.fields["pupil"].choices = [
            (key, f"{pupil.name}, {pupil.year_text}") for key, pupil in self.pupils.items()
        ]

    def clean_pupil(self):
        return self.pupils[self.cleaned_data["pupil"]]


class TriageForm(Form):
    """An answer to each criterion, then accepted or redirected."""

    decision = forms.ChoiceField(
        label="What happens with this case",
        choices=[
            (ACCEPT, "Accept: it waits to be allocated"),
            (REDIRECT, "Redirect: it goes elsewhere"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether the case is accepted or redirected"},
    )
    pathway = forms.ChoiceField(
        label="Where it goes, if redirected", required=False, widget=forms.RadioSelect
    )
    other_pathway = text("Another place", 150)
    reason = long_text(
        "Reason",
        5_000,
        rows=4,
        help_text="Always for a redirected case, and for one accepted against a criterion.",
    )

    def __init__(self, *args, criteria, pathways, **options):
        super().__init__(*args, **options)
        self.criteria = list(criteria)
        for criterion in self.criteria:
            self.fields[_name(criterion)] = forms.ChoiceField(
                label=criterion.rule,
                choices=Answered,
                widget=forms.RadioSelect,
                error_messages={"required": f"Answer: {criterion.rule}"},
            )
        self.fields["pathway"].choices = [
            *((pathway, pathway) for pathway in pathways),
            (ELSEWHERE, "Somewhere else"),
        ]

    def question(self, criterion):
        """The bound field of one criterion."""
        return self[_name(criterion)]

    @property
    def replies(self):
        """``{Criterion: Answered}`` of a valid form."""
        return {c: Answered(self.cleaned_data[_name(c)]) for c in self.criteria}

    @property
    def chosen_pathway(self):
        """The pathway of a valid form, picked or typed; empty without one."""
        picked = self.cleaned_data["pathway"]
        return self.cleaned_data["other_pathway"] if picked in (ELSEWHERE, "") else picked


def _name(criterion: Criterion):
    return f"criterion-{criterion.pk}"
