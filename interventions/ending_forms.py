"""How the work goes, how it ends, where it goes on, and why it is taken up again."""

from django import forms
from django.utils import timezone

from consultations.models import FamilyTold
from govuk.fields import DayField, PastDayField, long_text, radios, text
from govuk.forms import Form
from interventions.models import AskedBy, EndReason, Review, StepUp
from interventions.services.endings import CHOSEN
from interventions.services.reviews import next_review

LONGEST = 10_000
GOES_ON = {
    "yes": "Yes, it goes on beside what the school does",
    "no": "No, it ends with this",
}


def _day(label, what, sentence):
    return PastDayField(label=label, what=what, error_messages={"required": sentence})


def _words(label, required="", help_text="", rows=3):
    return long_text(label, LONGEST, required, rows=rows, help_text=help_text, strip=False)


class FamilyForm(Form):
    """Whether the family knows of the step, or why not (rule 003-53)."""

    family_told = radios(
        "Does the family know?", FamilyTold.choices, "Select whether the family knows"
    )
    family_why = text("Why the family is not told", 500, help_text="Only if they are not told.")

    def clean(self):
        found = super().clean()
        is_why_missing = not found.get("family_why") and "family_why" not in self.errors
        if found.get("family_told") == FamilyTold.NO and is_why_missing:
            self.add_error("family_why", "Enter why the family is not told")
        return found


class ReviewForm(Form):
    """How the work goes, in a direction and in words, and when it is looked at again."""

    reviewed_on = _day(
        "Date of the review", "The date of the review", "Enter the date of the review"
    )
    direction = radios("How is it going?", Review.Direction.choices, "Select how it is going")
    text = _words(
        "What was said",
        "Enter what was said",
        "Who took part, what has changed, and what the family and the school think.",
        rows=5,
    )
    next_on = DayField(
        label="Next review",
        help_text="Within 12 school weeks.",
        error_messages={"required": "Enter the date of the next review"},
    )

    def __init__(self, *args, work, **options):
        today = timezone.localdate()
        begun = {"reviewed_on": today, "next_on": next_review(work.school_id, today)}
        super().__init__(*args, initial=begun, **options)


class StepDownForm(FamilyForm):
    """What the school goes on doing once the work has ended."""

    closed_on = _day("Date the work ended", "The date the work ended", "Enter the date it ended")
    end_words = _words("How it ended", "Enter how the work ended")
    school_continues = _words(
        "What the school goes on doing",
        "Enter what the school goes on doing",
        "The school reads this.",
    )
    childs_view = _words("How the child sees it", help_text="In the child’s own words, if you can.")
    parents_view = _words("How the parent or carer sees it")

    field_order = (
        "closed_on",
        "end_reason",
        "end_words",
        "school_continues",
        "childs_view",
        "parents_view",
        "family_told",
        "family_why",
        "end_plan",
    )

    def __init__(self, *args, **options):
        initial = {"closed_on": timezone.localdate()} | options.pop("initial", {})
        super().__init__(*args, initial=initial, **options)


class EndForm(StepDownForm):
    """Why the work ends; where Level 3 is over, whether the plan ends too (rule 001-82).

    ``plans`` are the plans that may end with it.
    """

    end_reason = radios(
        "Why does the work end?",
        [(reason.value, reason.label) for reason in CHOSEN],
        "Select why the work ends",
    )

    def __init__(self, *args, plans=(), **options):
        super().__init__(*args, **options)
        self.fields["school_continues"].required = False
        if plans:
            self.fields["end_plan"] = forms.BooleanField(
                label="End the plan on the same day",
                required=False,
                help_text=f"Only if “{EndReason.LEVEL_THREE_OVER.label}” is the reason.",
            )
            self.order_fields(self.field_order)

    def clean(self):
        found = super().clean()
        is_over = found.get("end_reason") == EndReason.LEVEL_THREE_OVER
        if found.get("end_plan") and found.get("end_reason") and not is_over:
            self.add_error(
                "end_plan",
                f"Untick this, or select “{EndReason.LEVEL_THREE_OVER.label}” as the reason",
            )
        return found


class StepUpForm(FamilyForm):
    """To what the work is stepped up, why, who was told, and whether it goes on beside it."""

    to = radios("What comes next?", StepUp.To.choices, "Select what comes next")
    stepped_on = _day("Date", "The date", "Enter the date")
    why = _words("Why this work is not enough", "Enter why the work is not enough")
    told_whom = text(
        "Who at the school you told",
        150,
        "Enter who at the school was told",
        help_text="Name and role, for example the designated safeguarding lead.",
    )
    goes_on = radios(
        "Does our work go on?", list(GOES_ON.items()), "Select whether our work goes on"
    )

    field_order = ("to", "stepped_on", "why", "told_whom", "goes_on", "family_told", "family_why")

    def __init__(self, *args, plan_name, front_door, **options):
        super().__init__(*args, initial={"stepped_on": timezone.localdate()}, **options)
        self.fields["to"].choices = [
            (StepUp.To.PLAN.value, f"The school is asked to start an {plan_name}"),
            (
                StepUp.To.FRONT_DOOR.value,
                f"The school was advised to contact the {front_door} itself",
            ),
        ]

    @property
    def facts(self):
        """What ``services.endings.step_up`` takes; the form is valid."""
        facts = dict(self.cleaned_data)
        facts["work_goes_on"] = facts.pop("goes_on") == "yes"
        return facts


class ReopenForm(Form):
    """Why the work is taken up again."""

    why = text("Why is it taken up again?", 500, "Enter why the work is taken up again")


class AskAgainForm(Form):
    """Who asks for new work now, and what is hoped for; the rest comes from the work before."""

    asked_by = radios("Who asks?", AskedBy.choices, "Select who asks")
    asked_who = text("Their name", 150)
    hoped_for = _words("What is hoped for now", "Enter what is hoped for now")
