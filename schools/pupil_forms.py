"""Forms about one child: to find, open, add and change it, and to say what is known of it."""

import hashlib
import json

from django import forms

from govuk.fields import (
    DateField,
    DayField,
    PastDayField,
    PickField,
    email,
    long_text,
    radios,
    text,
)
from govuk.forms import Form
from govuk.layout import Field, FormHelper, Layout
from schools.find import Wanted
from schools.models import (
    HowTold,
    IdentifierKind,
    Kinship,
    Reason,
    Route,
    School,
    Setting,
    StatusKind,
)
from schools.names import fold

LONGEST_NAME = 150
NUMBERS = (IdentifierKind.UPN, IdentifierKind.MOSAIC, IdentifierKind.CED)
AHEAD = [
    (0, "Their own age"),
    *((n, f"{n} year{'s' if n > 1 else ''} above") for n in (1, 2, 3)),
    *((-n, f"{n} year{'s' if n > 1 else ''} below") for n in (1, 2, 3)),
]


def birthday(label="Date of birth", **options):
    return DateField(label=label, required=False, **options)


# --- finding and opening -------------------------------------------------------------------


class FindForm(Form):
    """Surname and date of birth, or an identifier: nothing less finds a child."""

    surname = text("Surname", LONGEST_NAME)
    first_names = text("First name", LONGEST_NAME, help_text="Only needed where many match")
    born_on = birthday(help_text="For a baby not born yet, the date it is due")
    number = text(
        "Or an identifier", 40, help_text="UPN, Mosaic or CED number, in place of all of the above"
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.helper = FormHelper(self)
        self.helper.layout = Layout(
            Field("surname", width=20),
            "born_on",
            Field("first_names", width=20),
            Field("number", width=20),
        )

    def clean(self):
        """ValidationError for less than a search needs."""
        told = super().clean()
        if self.errors:
            return told
        if told["number"]:
            if not fold(told["number"]):
                self.add_error("number", "Enter the UPN, Mosaic or CED number")
            return told
        if not fold(told["surname"]):
            least = "Enter the surname and date of birth, or an identifier"
            self.add_error("surname", "Enter the surname" if told["born_on"] else least)
        elif not told["born_on"]:
            self.add_error("born_on", "Enter the date of birth as well as the surname")
        return told

    @property
    def wanted(self):
        """The ``Wanted`` child; the form is valid."""
        told = self.cleaned_data
        if told["number"]:
            return Wanted(number="".join(told["number"].split()).upper())
        return Wanted(told["surname"], told["first_names"], told["born_on"])


class ReasonForm(Form):
    """Why a child is opened who is not on one's current work (rule 001-58)."""

    reason = radios("Why do you need to open this child’s record?", Reason, "Select the reason")
    words = text(
        "Your reason in words",
        200,
        help_text="Needed for something else, in at least 10 letters. Managers can read it.",
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.helper = FormHelper(self)
        self.helper.layout = Layout(
            Field("reason", size="m", small=True), Field("words", count=200)
        )


# --- adding and changing -------------------------------------------------------------------


class NamesForm(Form):
    """Who a child is."""

    first_names = text("First names", LONGEST_NAME)
    surname = text("Surname", LONGEST_NAME, "Enter the surname")
    known_as = text("Known as", LONGEST_NAME, help_text="If they use another first name")
    born_on = birthday()
    due_on = DayField(
        label="Date the baby is due",
        required=False,
        help_text="Only for a baby not born yet, such as 14 March 2027",
    )
    ahead = forms.TypedChoiceField(
        label="Taught with children of",
        choices=AHEAD,
        coerce=int,
        initial=0,
        required=False,
        empty_value=0,
        error_messages={"invalid_choice": "Choose the year from the list"},
    )

    FACTS = ("first_names", "surname", "known_as", "born_on", "due_on", "ahead")

    @property
    def facts(self):
        """The facts of the child; the form is valid."""
        return {name: self.cleaned_data[name] for name in self.FACTS}


class WhereMixin:
    """Where a child learns: a school of the register, or another setting (rule 001-37)."""

    def clean(self):
        told = super().clean()
        setting = told.get("setting")
        if setting == Setting.SCHOOL and not told.get("school") and "school" not in self.errors:
            self.add_error("school", "Choose the school")
        if setting == Setting.ELSEWHERE and not told.get("elsewhere", "").strip():
            self.add_error("elsewhere", "Enter the school elsewhere")
        return told

    @property
    def where(self):
        """``setting``, ``school`` and ``elsewhere``, only those that go together."""
        told = self.cleaned_data
        setting = told["setting"]
        return {
            "setting": setting,
            "school": told["school"] if setting == Setting.SCHOOL else None,
            "elsewhere": told["elsewhere"] if setting == Setting.ELSEWHERE else "",
        }


class SchoolField(PickField):
    """An open school; the town tells one from another of the same name."""

    def label_from_instance(self, school):
        return ", ".join(filter(None, (school.name, school.town)))


def school_field(**options):
    return SchoolField(
        School.objects.open().order_by("name", "town"),
        label="School",
        required=False,
        empty_label="Choose a school",
        sentence="Choose the school from the list",
        **options,
    )


class AddForm(WhereMixin, NamesForm):
    """A child not on record yet, and the reason to open it."""

    setting = radios(
        "Where do they learn?", Setting, "Select where they learn", initial=Setting.SCHOOL
    )
    school = school_field()
    elsewhere = text("Which school elsewhere", 200)
    starts_on = PastDayField(label="Started there on", what="The day they started", required=False)
    home_before = forms.BooleanField(label="Educated at home before that", required=False)
    upn = text("UPN", 20)
    mosaic = text("Mosaic number", 40)
    ced = text("CED number", 40)
    reason = radios("Why do you add this child?", Reason, "Select the reason")
    words = text("Your reason in words", 200, help_text="Needed for something else")

    def __init__(self, *args, schools, **options):
        super().__init__(*args, **options)
        self.fields["school"].queryset = schools
        self.helper = FormHelper(self)
        self.helper.layout = Layout(
            *self.FACTS,
            Field("setting", size="m", small=True),
            *("school", "elsewhere", "starts_on", "home_before"),
            *(Field(kind.value, width=20) for kind in NUMBERS),
            Field("reason", size="m", small=True),
            Field("words", count=200),
        )

    @property
    def has_number(self):
        """An identifier was given; the form is valid."""
        return any(self.cleaned_data[kind.value] for kind in NUMBERS)

    @property
    def told(self):
        """What ``services.add_pupil`` takes; the form is valid."""
        told = self.cleaned_data
        return {
            **self.facts,
            **self.where,
            **{name: told[name] for name in ("starts_on", "home_before", "reason", "words")},
            "identifiers": {kind.value: told[kind.value] for kind in NUMBERS},
        }


class ChangeForm(NamesForm):
    """What is on record of who a child is."""


class IdentifiersForm(Form):
    """What the systems call the child."""

    upn = text(
        "UPN",
        20,
        help_text="13 characters. A temporary one ends in a letter. One that is"
        " replaced is kept as a former UPN.",
    )
    mosaic = text("Mosaic number", 40)
    ced = text("CED number", 40)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.helper = FormHelper(self)
        self.helper.layout = Layout(*(Field(kind.value, width=20) for kind in NUMBERS))


# --- statuses ------------------------------------------------------------------------------


class StatusForm(Form):
    """A status of a child, with the social worker where it counts as open (rule 001-117)."""

    kind = PickField(
        StatusKind.objects.filter(is_offered=True),
        label="Status",
        empty_label="Choose",
        sentence="Choose the status from the list",
    )
    starts_on = PastDayField(
        label="Since",
        what="The day it began",
        help_text="Such as 4 September 2026. With another social worker, the day they took over",
        error_messages={"required": "Enter the day it began"},
    )
    social_worker = text(
        "Social worker",
        150,
        help_text="Needed while social care works with the child: notes are shared with them."
        " “Not allocated yet” is an answer",
    )
    social_worker_email = email("Their email address")
    source = text("Who told you", 200, help_text="Such as the school, or the social worker")


class EndStatusForm(Form):
    """The day a status ended."""

    ends_on = PastDayField(
        label="Ended on",
        what="The day it ended",
        error_messages={"required": "Enter the day it ended"},
    )


class StatusKindForm(Form):
    """A status on the council's list, and where notes on such a child go."""

    name = text("Status", 100, "Enter the status")
    route = radios("Where notes go", Route, "Select where notes go", initial=Route.NONE)
    is_offered = forms.BooleanField(label="Offered for children", required=False, initial=True)


# --- family and moves ----------------------------------------------------------------------


class KinshipForm(Form):
    """How two children belong together."""

    kind = radios(
        "How do they belong together?",
        Kinship,
        "Select how they belong together",
        initial=Kinship.SIBLING,
    )


class MoveForm(WhereMixin, Form):
    """Where a child learns from now on."""

    setting = radios(
        "Where did they go?", Setting, "Select where they went", initial=Setting.SCHOOL
    )
    school = school_field(help_text="The school they went to")
    elsewhere = text("Which school elsewhere", 200)
    moved_on = PastDayField(
        label="Since",
        what="The day of the move",
        help_text="Their first day there",
        error_messages={"required": "Enter the day of the move"},
    )


class HandOverForm(Form):
    """What the schools told and sent each other: at least the file (rule 003-23)."""

    how_told = radios(
        "How was the receiving school told?",
        HowTold,
        "Select how the school was told",
        required=False,
    )
    told_on = PastDayField(label="Told on", what="The day it was told", required=False)
    file_sent_on = PastDayField(
        label="Child protection or pupil file sent on", what="The day it was sent", required=False
    )
    file_received_on = PastDayField(
        label="Receipt confirmed on", what="The day receipt was confirmed", required=False
    )
    note = long_text("Note", 500, help_text="Such as whom to ask. Both schools’ workers read it.")


def seen_of(facts):
    """A short mark of what a page showed, to tell one that was opened before a change."""
    told = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
