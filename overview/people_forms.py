"""The forms of the people pages."""

from django import forms

from accounts import policies
from accounts.forms import DetailsForm, EmailField
from accounts.models import Role, User
from govuk.fields import EMAIL_FORMAT, PickField, PickSeveralField, text
from govuk.forms import Form
from govuk.layout import FormHelper
from linkworkers.models import WorkerKind
from schools.models import Hub
from schools.scope import scope_of


def hubs_open_to(by):
    """The hubs in which ``by`` may place a link worker; the row for no hub yet is none."""
    managed = scope_of(by).manages
    return [
        hub
        for hub in Hub.objects.exclude(code=Hub.NOT_YET)
        if policies.may_place_in(by, hub.pk, managed)
    ]


class RoleFields(Form):
    """What goes with a role: a manager's hubs, a link worker's place."""

    manages = PickSeveralField(
        Hub.objects.none(),
        label="Hubs they manage",
        help_text="Only for a team manager.",
        required=False,
        sentence="Choose hubs from the list",
    )
    hub = PickField(
        Hub.objects.none(),
        label="Hub they work in",
        help_text="Only for a link worker.",
        required=False,
        empty_label="Choose a hub",
        sentence="Choose a hub from the list",
    )
    kind = forms.ChoiceField(
        label="They work as",
        help_text="Only for a link worker.",
        choices=WorkerKind.choices,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        open_hubs = Hub.objects.filter(pk__in=[hub.pk for hub in hubs_open_to(by)])
        self.fields["manages"].queryset = open_hubs
        self.fields["hub"].queryset = open_hubs
        self.fields["kind"].initial = WorkerKind.FSW

    def roles_asked_for(self):
        """The ``Role`` codes this form gives."""
        raise NotImplementedError

    def clean(self):
        data = super().clean() or self.cleaned_data
        asked = self.roles_asked_for()
        with_hubs = any(policies.comes_with_hubs(role) for role in asked)
        if with_hubs and not data.get("manages") and self._may_say("manages"):
            self.add_error("manages", "Choose the hubs the team manager manages")
        if any(policies.comes_with_a_place(role) for role in asked):
            if not data.get("hub") and self._may_say("hub"):
                self.add_error("hub", "Choose the hub the link worker works in")
            data["kind"] = data.get("kind") or WorkerKind.FSW
        return data

    def _may_say(self, name):
        """The field is there, and nothing is said about it yet."""
        return name in self.fields and name not in self.errors


class InviteForm(RoleFields):
    """A person to invite, to the roles that ``by`` may give."""

    name = text(
        "Full name",
        User._meta.get_field("name").max_length,
        "Enter their full name",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    email = EmailField(
        help_text="The invitation is sent here. It is what they sign in with, "
        "so it must be theirs alone.",
        error_messages={
            "required": "Enter their email address",
            "invalid": EMAIL_FORMAT,
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    roles = forms.MultipleChoiceField(
        label="What they do",
        error_messages={"required": "Choose at least one thing they do"},
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("name", "email", "roles", "manages", "hub", "kind")

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        self.to_give = policies.roles_to_give(by)
        self.fields["roles"].choices = [(role.value, role.label) for role in self.to_give]
        if len(self.to_give) == 1:
            del self.fields["roles"], self.fields["manages"]
            self.helper = FormHelper(self)

    def roles_asked_for(self):
        if "roles" in self.fields:
            return self.cleaned_data.get("roles", [])
        return self.to_give

    def clean(self):
        return {**super().clean(), "roles": self.roles_asked_for()}


class GiveRoleForm(RoleFields):
    """One more role for somebody who has an account."""

    role = forms.ChoiceField(
        label="What they do from now on",
        error_messages={"required": "Choose what they do from now on"},
        widget=forms.RadioSelect,
    )
    field_order = ("role", "manages", "hub", "kind")

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        given = person.roles_given
        self.fields["role"].choices = [
            (role.value, role.label)
            for role in Role
            if role not in given and policies.may_give_role(self.by, person, role)
        ]

    def roles_asked_for(self):
        return [self.cleaned_data["role"]] if "role" in self.cleaned_data else []


class HubsForm(Form):
    """The hubs a team manager manages."""

    manages = PickSeveralField(
        Hub.objects.exclude(code=Hub.NOT_YET),
        label="Hubs they manage",
        sentence="Choose hubs from the list",
        error_messages={"required": "Choose at least one hub, or end the role on the page before"},
    )


class FindForm(Form):
    """Look for people by name or address."""

    q = text("Name or email address", 150)


class PersonDetailsForm(DetailsForm):
    """Somebody else's name and telephone number."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
