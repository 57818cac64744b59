"""Forms about what a school gets: presence, crisis response, enhanced support, contacts, focus."""

import uuid
from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from govuk.fields import (
    DayField,
    PastDayField,
    PickSeveralField,
    TimeField,
    long_text,
    radios,
    text,
)
from govuk.forms import Form
from linkworkers.models import Contacted, Frequency, PresenceKind, SupportCriterion

NO_NAMES = "Do not write a child’s name here."


class OnceField(forms.UUIDField):
    """An id made with the page, so that a second click is the same act; nonsense is none."""

    def __init__(self):
        super().__init__(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValidationError:
            return None


def yes_or_no(label, yes, no, sentence):
    """Two radios; cleans to True or False."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": sentence, "invalid_choice": sentence},
    )


class PresenceForm(Form):
    """What the team manager agreed with the school's leaders (rule 001-76)."""

    kind = radios("Type", PresenceKind, "Select the type of presence")
    frequency = radios("How often", Frequency, "Select how often")
    reason = long_text(
        "Why",
        500,
        "Enter why this presence was agreed",
        help_text="Such as high need, or to build the relationship.",
    )
    agreed_on = PastDayField(
        label="Agreed with the school’s leaders on",
        what="The day it was agreed",
        error_messages={"required": "Enter the day it was agreed with the school’s leaders"},
    )


class VisitForm(Form):
    """The day somebody worked at the school."""

    day = PastDayField(
        label="Day",
        what="The day",
        help_text="In the last four weeks, such as yesterday or 20 November",
        error_messages={"required": "Enter the day you were there"},
    )


class CrisisForm(Form):
    """Increased need or an incident at a school (rule 001-77)."""

    what_happened = long_text(
        "What happened, and what the school asks for",
        2_000,
        "Enter what happened",
        rows=5,
        help_text=NO_NAMES,
    )
    happened_on = PastDayField(
        label="Day it happened",
        what="The day it happened",
        error_messages={"required": "Enter the day it happened"},
    )
    happened_time = TimeField(
        label="Time, about", error_messages={"required": "Enter about what time it happened"}
    )

    @property
    def facts(self):
        """What ``services.enter_crisis`` takes beside the school; the form is valid."""
        data = self.cleaned_data
        at = datetime.combine(data["happened_on"], data["happened_time"])
        return {
            "what_happened": data["what_happened"],
            "happened_at": timezone.make_aware(at),
        }


class CrisisDecisionForm(Form):
    """Whether more people are sent, and what is done (rule 001-78)."""

    needs_more = yes_or_no(
        "Are more people sent?",
        "Yes, more people are sent",
        "No",
        "Select whether more people are sent",
    )
    decision = long_text(
        "What was decided",
        1_000,
        "Enter what was decided",
        help_text=f"Who goes, when and for what, or why nobody does. {NO_NAMES}",
    )


class EnhanceForm(Form):
    """Why a school gets enhanced support, and when that is looked at again (rule 001-54)."""

    criteria = PickSeveralField(
        SupportCriterion.objects.none(),
        label="Why this school",
        sentence="Select why the school needs enhanced support",
    )
    reason = long_text(
        "Reason, and what the school gets",
        1_000,
        "Enter the reason",
        rows=4,
        help_text="The team reads it; the school never does.",
    )
    review_on = DayField(
        label="Review on",
        help_text="A day within a year",
        error_messages={"required": "Enter the day of the review"},
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["criteria"].queryset = SupportCriterion.objects.filter(is_used=True)


class ReviewForm(EnhanceForm):
    """Whether enhanced support goes on, why, and until when."""

    goes_on = yes_or_no(
        "Does enhanced support go on?",
        "Yes, it goes on",
        "No, it ends",
        "Select whether enhanced support goes on",
    )
    field_order = ["goes_on", "reason", "criteria", "review_on"]

    def __init__(self, *args, support, **options):
        super().__init__(*args, **options)
        self.fields["criteria"].queryset = SupportCriterion.objects.filter(
            Q(is_used=True) | Q(pk__in=support.criteria.values("pk"))
        )
        self.fields["criteria"].required = self.fields["review_on"].required = False
        self.fields["reason"].label = "Reason"
        self.fields["criteria"].label = "If it goes on: why this school"
        self.fields["review_on"].label = "If it goes on: review on"


class AttemptForm(Form):
    """An attempt to engage the school, or a contact with it (rule 001-61)."""

    once = OnceField()
    day = PastDayField(
        label="Day", what="The day", error_messages={"required": "Enter the day you tried"}
    )
    how = radios("How", Contacted, "Select how")
    reached = yes_or_no("Did the school answer?", "Yes", "No", "Select whether the school answered")
    outcome = text("A few words", 300, help_text=f"You can leave this empty. {NO_NAMES}")


class FocusForm(Form):
    """A manager's decision to adjust focus, in their words (rule 001-71)."""

    decision = long_text(
        "What you decided",
        1_000,
        "Enter what you decided",
        rows=4,
        help_text=f"Those who work with the school read it; the school never does. {NO_NAMES}",
    )


class CriterionForm(Form):
    """A criterion for enhanced support, as the council words it."""

    name = text("Criterion", 120, "Enter the criterion")


class CriterionChangeForm(CriterionForm):
    """The same, and whether new decisions can still name it."""

    is_used = forms.BooleanField(label="Used for new decisions", required=False)
