"""Handing an action over, and moving its date."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from consultations.forms import owners_of
from consultations.recipients import contacts_of
from govuk.fields import DayField, text
from govuk.forms import Form
from linkworkers.models import Allocation


class HandOverForm(Form):
    """To whom at the team or the school an action goes, and why."""

    to = forms.ChoiceField(
        label="Who does it now",
        widget=forms.RadioSelect,
        error_messages={"required": "Select who does it now"},
    )
    reason = text("Why it is handed over", 500, "Enter why it is handed over")

    def __init__(self, *args, user, action, **options):
        super().__init__(*args, **options)
        allocations = list(Allocation.objects.live().filter(school=action.school).with_names())
        owners = owners_of(user, allocations, contacts_of(action.school))
        held = {action.owner_user_id, action.owner_contact_id} - {None}
        self.owners = {
            key: (label, owner) for key, (label, owner) in owners.items() if owner.pk not in held
        }
        self.fields["to"].choices = [(key, label) for key, (label, _) in self.owners.items()]

    @property
    def new_owner(self):
        """``{"user": …}`` or ``{"contact": …}`` of a valid form."""
        _, owner = self.owners[self.cleaned_data["to"]]
        return {"user" if isinstance(owner, User) else "contact": owner}


class MoveForm(Form):
    """The new date of an action, and why."""

    due_on = DayField(
        label="New date", error_messages={"required": "Enter the new date of the action"}
    )
    reason = text("Why the date moves", 500, "Enter why the date moves")

    def clean_due_on(self):
        """A mistyped year would put the action past every reminder."""
        due_on = self.cleaned_data["due_on"]
        if due_on < timezone.localdate():
            raise ValidationError("The new date must be today or in the future")
        return due_on
