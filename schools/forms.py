"""Forms about schools, their contacts, the geographies and partner agencies."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower

from govuk.fields import (
    DayField,
    PastDayField,
    PickField,
    PickSeveralField,
    email,
    long_text,
    phone,
    text,
)
from govuk.forms import Form, ModelForm
from govuk.layout import FormHelper
from schools.models import (
    Agency,
    AgencyContact,
    Category,
    Hub,
    NursingTeam,
    PanelArea,
    School,
    SchoolType,
)
from schools.roles import ContactRole

URN_IN_A_LINE = re.compile("(?<![0-9])[0-9]{5,6}(?![0-9])")

# --- the register --------------------------------------------------------------------------


class RegisterSearchForm(Form):
    """Which schools of the register to list."""

    words = text("Name, town, postcode or URN", 100)
    hub = PickField(
        Hub.objects.all(),
        label="Hub",
        required=False,
        empty_label="Every hub",
        sentence="Choose a hub from the list",
    )
    type = forms.ChoiceField(
        label="Type",
        required=False,
        choices=[("", "Every type"), *SchoolType.choices],
        error_messages={"invalid_choice": "Choose a type from the list"},
    )
    closed = forms.BooleanField(label="Include closed schools", required=False)

    def narrow(self, schools):
        """The schools that the form asks for, out of ``schools``; the form is valid."""
        asked = self.cleaned_data
        schools = schools.matching(asked["words"])
        if asked["hub"]:
            schools = schools.filter(hub=asked["hub"])
        if asked["type"]:
            schools = schools.filter(type_group=asked["type"])
        return schools if asked["closed"] else schools.open()


class AddSchoolForm(Form):
    """A school or college that the register file does not bring."""

    urn = text(
        "URN",
        6,
        "Enter the URN",
        help_text="Five or six digits, from the Get Information about Schools website",
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    name = text("Name", 200, "Enter the name of the school or college")
    type_group = forms.ChoiceField(
        label="Type",
        choices=SchoolType.choices,
        initial=SchoolType.COLLEGE,
        error_messages={"required": "Choose the type", "invalid_choice": "Choose the type"},
    )
    hub = PickField(Hub.objects.all(), label="Hub", sentence="Choose the hub")
    street = text("Street", 120)
    town = text("Town", 80)
    postcode = text("Postcode", 12)
    phone = phone()
    website = forms.URLField(
        label="Website",
        max_length=300,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Enter the address of the website, like www.example.org"},
    )

    def clean_urn(self):
        urn = self.cleaned_data["urn"]
        if not re.fullmatch("[0-9]{5,6}", urn):
            raise ValidationError("The URN must be five or six digits, such as 130844")
        held = School.objects.filter(urn=urn).first()
        if held:
            raise ValidationError(f"{held.name} already has this URN")
        return urn

    def clean_postcode(self):
        return self.cleaned_data["postcode"].upper()


class SchoolFactsForm(Form):
    """What the service itself knows of a school, beside the register."""

    hub = PickField(
        Hub.objects.all(),
        label="Hub",
        help_text="The managers of the new hub will see the whole record, those of the old one"
        " no longer",
        sentence="Choose the hub",
    )
    panel_area = PickField(
        PanelArea.objects.all(),
        label="Panel area",
        required=False,
        empty_label="Not set",
        sentence="Choose a panel area from the list",
    )
    nursing_team = PickField(
        NursingTeam.objects.all(),
        label="School nursing team",
        required=False,
        empty_label="Not set",
        sentence="Choose a nursing team from the list",
    )
    partnership = text("Partnership or locality of schools", 120)
    feeders = long_text(
        "Feeder schools", 5_000, help_text="One on each line: its URN, or its full name"
    )
    good_to_know = long_text(
        "Good to know",
        500,
        help_text="Such as the best day to visit. Nothing about a child or a family.",
    )
    deputies_told = forms.BooleanField(
        label="Send deputy safeguarding leads what is shared with the school",
        required=False,
        help_text="When the school has chosen this",
    )

    def clean_feeders(self):
        """The schools, in place of the lines that name them."""
        lines = [line.strip() for line in self.cleaned_data["feeders"].splitlines()]
        return schools_named([line for line in lines if line])


def feeder_lines(school):
    """The feeder schools of ``school`` as ``SchoolFactsForm`` reads them."""
    return "\n".join(feeder.name_and_place for feeder in school.feeders.all())


def schools_named(lines):
    """The schools that the lines name, each by its URN or its whole name, in their order.

    Two queries, however many. ValidationError for a line that names no school, or several.
    """
    urns = {line: found[0] for line in lines if (found := URN_IN_A_LINE.search(line))}
    names = [line.lower() for line in lines if line not in urns]
    by_urn = School.objects.filter(urn__in=urns.values()).in_bulk(field_name="urn")
    by_name = {}
    for school in School.objects.annotate(lowered=Lower("name")).filter(lowered__in=names):
        by_name.setdefault(school.lowered, []).append(school)
    return [
        _only_one(
            line, [by_urn[urns[line]]] if urns.get(line) in by_urn else by_name.get(line.lower())
        )
        for line in lines
    ]


def _only_one(line, schools):
    if not schools:
        raise ValidationError(f"No school here is “{line[:80]}”. Enter its URN")
    if schools[1:]:
        raise ValidationError(f"More than one school is named “{line[:80]}”. Enter its URN")
    return schools[0]


# --- the people at a school ----------------------------------------------------------------


class ContactForm(Form):
    """A person at a school, in one or more roles (rule 003-1)."""

    name = text("Name", 150, "Enter the person’s name")
    roles = forms.MultipleChoiceField(
        label="What they do at the school",
        help_text="Choose all that apply",
        choices=ContactRole.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one role",
            "invalid_choice": "Choose roles from the list",
        },
    )
    job_title = text("Job title", 120, help_text="When it says more, such as Assistant headteacher")
    email = email(
        help_text="Their own address. It is how they sign in, so a shared mailbox will not do."
    )
    phone = phone()
    note = text("How best to reach them", 200, help_text="Seen by the council only")

    def __init__(self, *args, shows_note, **options):
        super().__init__(*args, **options)
        if not shows_note:
            del self.fields["note"]
            self.helper = FormHelper(self)

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean(self):
        data = super().clean() or self.cleaned_data
        if ContactRole.OTHER in data.get("roles", []) and not data.get("job_title", "x"):
            self.add_error("job_title", "Enter their job title, as their role is Other")
        return data


class AddContactForm(ContactForm):
    """A new post; it may start on another day than today."""

    starts_on = DayField(
        label="When they start, or started",
        required=False,
        help_text="Leave empty for today",
    )


class AttendeesForm(Form):
    """Whom the school wants at its consultations (rule 001-63)."""

    contacts = PickSeveralField(
        None,
        label="Who comes to consultations",
        sentence="Choose people who are at the school now",
        error_messages={"required": "Choose at least one person"},
    )
    agreed_on = PastDayField(
        label="When this was agreed with the school",
        what="The day it was agreed",
        error_messages={"required": "Enter the day it was agreed with the school"},
    )

    def __init__(self, *args, contacts, **options):
        super().__init__(*args, **options)
        field = self.fields["contacts"]
        field.queryset = contacts
        field.label_from_instance = lambda contact: f"{contact.name}, {contact.role_text}"


# --- geographies and agencies --------------------------------------------------------------


class NamedOnce(ModelForm):
    """A row whose name is used once, however it is capitalised."""

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = self._meta.model.objects.exclude(pk=self.instance.pk)
        if others.filter(name__iexact=name).exists():
            raise ValidationError(f"There is already one named {name}. Enter another name")
        return name


class HubForm(NamedOnce):
    """A hub of the Dedicated Schools Team."""

    name = text("Name", 80, "Enter the name of the hub")

    class Meta:
        model = Hub
        fields = ["name"]


class PanelAreaForm(NamedOnce):
    """An area of the Pupil Placement Panel."""

    name = text("Name", 80, "Enter the name of the panel area")

    class Meta:
        model = PanelArea
        fields = ["name"]


class NursingTeamForm(NamedOnce):
    """A school nursing team with its duty inbox (rule 001-73)."""

    name = text("Name", 80, "Enter the name of the team")
    inbox = email("Duty inbox", help_text="Invitations to the school nurse go here")
    phone = phone()

    class Meta:
        model = NursingTeam
        fields = ["name", "inbox", "phone"]

    def clean_inbox(self):
        inbox = self.cleaned_data["inbox"]
        others = NursingTeam.objects.exclude(pk=self.instance.pk)
        if inbox and (other := others.filter(inbox__iexact=inbox).first()):
            raise ValidationError(
                f"This is the duty inbox of the {other.name} team. Enter this team’s own"
            )
        return inbox


class AgencyForm(NamedOnce):
    """A partner agency."""

    name = text("Name", 120, "Enter the name of the agency")
    category = forms.ChoiceField(
        label="Kind of service",
        choices=[("", "Not sorted"), *Category.choices],
        required=False,
    )
    what_for = text("What to ask them for", 300)
    note = long_text("How to use the contact", 5_000)
    is_offered = forms.BooleanField(
        label="Offer it for meetings and schools",
        help_text="Take this off when the agency is no more. What it was part of keeps its name.",
        required=False,
    )

    class Meta:
        model = Agency
        fields = ["name", "category", "what_for", "note", "is_offered"]


class AgencyContactForm(ModelForm):
    """A person or inbox at a partner agency."""

    name = text("Name of the person or team", 150, "Enter the name of the person or team")
    job_title = text("Job title", 120)
    email = email()
    phone = phone()
    note = text("How to use the contact", 300)

    class Meta:
        model = AgencyContact
        fields = ["name", "job_title", "email", "phone", "note"]


# --- lists in an order -----------------------------------------------------------------------


class PlaceForm(Form):
    """The place on a list at which a row was seen, from 0."""

    place = forms.IntegerField(min_value=0, max_value=10_000)
