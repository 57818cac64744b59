"""A child of a meeting: who it is, what allows it, which agencies read of it."""

from govuk.fields import DateField, DayField, PickField, PickSeveralField, radios, text
from govuk.forms import Form
from panels.models import PlacementCategory, SharingBasis
from schools.models import Agency, School


class AudienceForm(Form):
    """What allows the child to be talked about, and which of the agencies may read of it."""

    basis = radios(
        "What allows it", SharingBasis, "Select what allows the child to be talked about"
    )
    basis_words = text(
        "Who agreed and when, or why it is shared without agreement",
        500,
        "Enter who agreed and when, or why it is shared without agreement",
    )
    agencies = PickSeveralField(
        None,
        sentence="Choose from the agencies that are on the meeting",
        label="Which agencies may read what is said of this child",
        help_text="Of the schools, the child’s own reads it and no other.",
        required=False,
    )

    def __init__(self, meeting, *args, **options):
        super().__init__(*args, **options)
        invited = Agency.objects.filter(pk__in=meeting.agencies.values("agency"))
        self.fields["agencies"].queryset = invited
        if not invited.exists():
            del self.fields["agencies"]

    @property
    def facts(self):
        found = self.cleaned_data
        return {
            "basis": found["basis"],
            "basis_words": found["basis_words"],
            "agencies": found.get("agencies", ()),
        }


class ChildForm(AudienceForm):
    """The same, with who the child is: nobody picks from a list of children (rule 001-58)."""

    school = PickField(None, sentence="Choose the child’s school", label="School")
    surname = text("Surname", 150, "Enter the child’s surname")
    born_on = DateField(
        label="Date of birth", error_messages={"required": "Enter the child’s date of birth"}
    )

    field_order = ["school", "surname", "born_on", "basis", "basis_words", "agencies"]

    def __init__(self, meeting, *args, **options):
        super().__init__(meeting, *args, **options)
        about = School.objects.filter(pk__in=meeting.schools.values("school"))
        if about.exists():
            self.fields["school"].queryset = about.order_by("name")
        else:
            del self.fields["school"]

    @property
    def without_whom(self):
        """What was sent, but for what was typed to look the child up."""
        found = self.data.copy()
        for name in [one for one in found if one.startswith(("surname", "born_on"))]:
            del found[name]
        return found


class PanelRecordForm(Form):
    """The light record of a child at a placement panel (domain-facts.md 2.7, 3.8)."""

    category = radios("Fair access category", PlacementCategory, "Select the category")
    agreed_on = DayField(
        label="Agreed under the protocol on",
        help_text="A place is to be found within 20 school days of it",
        required=False,
    )
    placed_at = PickField(
        School.objects.open().order_by("name", "urn"),
        sentence="Choose the school",
        label="School named",
        required=False,
    )
    placed_on = DayField(label="First day there", required=False)
    decision = text("What was decided", 500)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["placed_at"].label_from_instance = lambda school: school.name_and_place

    def clean(self):
        found = super().clean()
        if found.get("placed_on") and not found.get("placed_at"):
            self.add_error("placed_at", "Choose the school the child starts at")
        return found


def panel_record_now(record):
    """What ``PanelRecordForm`` begins with; ``record`` may be None."""
    names = ("category", "agreed_on", "placed_at", "placed_on", "decision")
    return {name: getattr(record, name) for name in names} if record else {}
