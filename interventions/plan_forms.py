"""Whose plan it is: who leads and holds it, since when, what the school answered."""

import uuid

from django import forms
from django.utils import timezone

from consultations.models import Level
from govuk.fields import PastDayField, PickField, PickSeveralField, radios, text
from govuk.forms import Form
from interventions.models import Lead
from schools.models import Agency, Pupil


def _started():
    return PastDayField(
        label="Started on",
        what="The date the plan started",
        error_messages={"required": "Enter the date the plan started"},
    )


class ChildrenField(PickSeveralField):
    """Some of the children whom the user may write about, by name and year."""

    def label_from_instance(self, pupil):
        return f"{pupil}, {pupil.year_text}" if pupil.born_on else str(pupil)


class HolderForm(Form):
    """Who of the team holds the plan, as the weekly allocations meeting agreed (rule 001-86).

    ``candidates`` are ``plan_page.candidates``.
    """

    holder = forms.ChoiceField(
        label="Who holds it",
        error_messages={"invalid_choice": "Choose who holds it from the list"},
    )
    meeting_on = PastDayField(
        label="Weekly allocations meeting on",
        what="The date of the meeting",
        error_messages={"required": "Enter the date of the weekly allocations meeting"},
    )
    continuity = text(
        "Reason under the Continuity Plan",
        500,
        help_text="Only for somebody who holds two plans or more already. It is kept, and stops"
        " nothing.",
    )

    def __init__(self, *args, candidates, **options):
        super().__init__(*args, **options)
        self.people = {str(user.pk): user for user, _ in candidates}
        self.fields["holder"].choices = [
            ("", "Choose a link worker"),
            *((str(user.pk), words) for user, words in candidates),
        ]
        self.fields["holder"].error_messages["required"] = "Choose who holds the plan"

    def clean_holder(self):
        """The user who was chosen, or None."""
        return self.people.get(self.cleaned_data["holder"])


class LeadForm(Form):
    """Who leads the plan, at which level, and where it is kept (rule 001-41)."""

    lead = radios("Who leads it", Lead.choices, "Select who leads the plan")
    agency = PickField(
        Agency.objects.none(),
        label="Which service",
        required=False,
        empty_label="Choose a service",
        sentence="Choose a service from the list",
        help_text="Only where another service leads it.",
    )
    lead_name = text("Its name, if it is not in the list", 150)
    lead_professional = text(
        "Lead professional",
        150,
        help_text="Their name. Leave it empty where the team leads: that is who holds the plan.",
    )
    level = forms.TypedChoiceField(
        label="Level of need",
        choices=Level.choices,
        coerce=int,
        error_messages={"required": "Select the level of need"},
    )
    reference = text(
        "Where the plan is kept",
        100,
        help_text="The system and its number there. The plan itself is not kept here.",
    )

    def __init__(self, *args, **options):
        options["initial"] = {"level": Level.THREE, **options.get("initial", {})}
        super().__init__(*args, **options)
        self.fields["agency"].queryset = Agency.objects.order_by("name")

    def clean(self):
        """What goes with whoever leads."""
        found = super().clean()
        lead = found.get("lead")
        named = found.get("agency") or found.get("lead_name")
        if lead == Lead.SERVICE and not named and not self._is_wrong("agency", "lead_name"):
            self.add_error("lead_name", "Choose the service that leads, or enter its name")
        is_unnamed = not found.get("lead_professional") and not self._is_wrong("lead_professional")
        if lead in (Lead.SCHOOL, Lead.SERVICE) and is_unnamed:
            self.add_error("lead_professional", "Enter the name of the lead professional")
        return found

    def _is_wrong(self, *names):
        return any(name in self.errors for name in names)


class ChangePlanForm(LeadForm):
    """As ``LeadForm``; the team is offered where it leads already.

    Nobody else is where the user may not take the plan off its holder: ``gives_up`` is False.
    """

    def __init__(self, *args, plan, gives_up=True, **options):
        begun = {name: getattr(plan, name) for name in LeadForm.base_fields}
        super().__init__(*args, initial=begun, **options)
        if plan.lead != Lead.DST:
            self.fields["lead"].choices = [c for c in Lead.choices if c[0] != Lead.DST]
        elif not gives_up:
            lead = self.fields["lead"]
            lead.choices = [c for c in Lead.choices if c[0] == Lead.DST]
            lead.help_text = "A team manager or its holder says that somebody else leads it."


class NewPlanForm(LeadForm, HolderForm):
    """For whom a plan was started, since when, and who leads or holds it.

    ``pupils`` are the children whom the user may write about at the school; with no
    ``candidates`` the team is not offered as its lead, which a manager allocates.
    """

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    pupils = ChildrenField(
        Pupil.objects.none(), label="For whom", sentence="Select whom the plan is for"
    )
    starts_on = _started()

    field_order = (
        "once",
        "pupils",
        "starts_on",
        "lead",
        "agency",
        "lead_name",
        "lead_professional",
        "holder",
        "meeting_on",
        "continuity",
        "level",
        "reference",
    )

    def __init__(self, *args, pupils, candidates, **options):
        super().__init__(*args, candidates=candidates, **options)
        self.fields["pupils"].queryset = pupils
        if candidates:
            for name in ("holder", "meeting_on"):
                self.fields[name].required = False
            self.fields["holder"].help_text = "Only where the team leads it."
        else:
            for name in ("holder", "meeting_on", "continuity"):
                del self.fields[name]
            self.fields["lead"].choices = [c for c in Lead.choices if c[0] != Lead.DST]

    def clean(self):
        """A holder and the meeting go with a plan that the team leads, and with no other."""
        found = super().clean()
        if found.get("lead") == Lead.DST:
            for name, sentence in (
                ("holder", "Choose who holds the plan"),
                ("meeting_on", "Enter the date of the weekly allocations meeting"),
            ):
                if not found.get(name) and not self._is_wrong(name):
                    self.add_error(name, sentence)
        elif found.get("lead") and found.get("holder"):
            self.add_error("holder", "Choose nobody: only a plan that the team leads is held here")
        return found


class EndPlanForm(Form):
    """When and why a plan ended, and whether the children are on one no longer."""

    ends_on = PastDayField(
        label="Ended on",
        what="The date the plan ended",
        error_messages={"required": "Enter the date the plan ended"},
    )
    why = text("Why it ended", 500, "Enter why the plan ended")
    with_status = forms.BooleanField(label="End the status too", required=False, initial=True)

    def __init__(self, *args, statuses=(), **options):
        super().__init__(*args, initial={"ends_on": timezone.localdate()}, **options)
        if statuses:
            names = ", ".join(dict.fromkeys(status.kind.name for status in statuses))
            self.fields["with_status"].help_text = f"On the child’s record it says: {names}."
        else:
            del self.fields["with_status"]


class StartedForm(Form):
    """The school says that it started the plan, who leads it and where it is kept."""

    starts_on = _started()
    lead_professional = text("Lead professional", 150, "Enter the name of the lead professional")
    reference = text(
        "Where the plan is kept",
        100,
        "Enter where the plan is kept",
        help_text="The system and its number there. Send us nothing: the plan stays with you.",
    )

    prefix = "started"


class DeclinedForm(Form):
    """The school says that it will not start one, and why."""

    why = text("We will not, because", 500, "Enter why your school will not start a plan")

    prefix = "declined"
