"""Who gets the minutes and when; why a copy is called back; what a partner types."""

from django import forms

from govuk.fields import LONGEST_ADDRESS, DayField, PickField, email, text
from govuk.forms import Form
from panels import minutes_checks
from panels.models import ActionComment, MeetingState
from panels.services.distribution import minutes_day
from panels.services.minutes import seen_of

LONGEST = 500
HAS_IT = "Has this version"


class SendForm(Form):
    """Who gets the minutes, and when the full ones follow; what a final version says, if none is.

    ``recipients`` are those offered, ``have_it`` the ids of the rows of those who were sent this
    version, ``has_before`` whether an earlier one was sent to anybody.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    recipients = forms.MultipleChoiceField(
        label="Who gets the minutes",
        help_text="Those it is relevant to, not everybody.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select who gets the minutes"},
    )
    minutes_on = DayField(
        label="Full minutes follow on",
        help_text="Actions go at once. Enter today to send everything together.",
        error_messages={"required": "Enter when the full minutes follow"},
    )
    no_actions_why = text("Why no actions were agreed", LONGEST)
    what_changed = text("What changed since the version before", LONGEST)
    again = forms.BooleanField(
        label="Those who have an earlier version get this one too", required=False
    )

    def __init__(self, minutes, recipients, data=None, *, have_it=(), has_before=False):
        self.offered = {one.key: one for one in recipients if not one.trouble}
        self.everybody_has_it = all(one.row.pk in have_it for one in self.offered.values())
        ticked = [
            key for key, one in self.offered.items() if one.is_ticked and one.row.pk not in have_it
        ]
        super().__init__(
            data,
            initial={
                "seen": seen_of(minutes),
                "recipients": ticked,
                "minutes_on": minutes_day(),
            },
        )
        self.fields["recipients"].choices = [
            (key, f"{one.name}. {HAS_IT if one.row.pk in have_it else one.note}")
            for key, one in self.offered.items()
        ]
        is_draft = minutes.meeting.state != MeetingState.FINALISED
        asked = set()
        if is_draft and not minutes_checks.has_open_actions(minutes):
            asked.add("no_actions_why")
        if is_draft and minutes.meeting.versions.exists():
            asked.add("what_changed")
        for name in {"no_actions_why", "what_changed"} - asked:
            # What a page that is out of date asked for stays, so that its words are kept.
            if not (data and data.get(name)):
                del self.fields[name]
        if not has_before:
            del self.fields["again"]

    @property
    def rows(self):
        """The chosen ``MeetingAgency`` and ``MeetingPerson`` rows of a valid form."""
        return [self.offered[key].row for key in self.cleaned_data["recipients"]]


class GiveAddressForm(Form):
    """Where the copy of an agency goes that has no address: one of its people, or an address."""

    contact = PickField(
        None,
        sentence="Choose one of its people from the list",
        label="One of its people in the directory",
        required=False,
        empty_label="Nobody of these",
    )
    email = email("Or the email address of somebody else")

    def __init__(self, agency, *args, **options):
        super().__init__(*args, **options)
        known = agency.contacts.exclude(email="")
        self.fields["contact"].queryset = known
        if not known.exists():
            del self.fields["contact"]
            self.fields["email"].label = "Email address"

    def clean(self):
        found = super().clean()
        if found.get("contact") and found.get("email"):
            self.add_error("email", "Choose one of its people or enter an address, not both")
        return found


class RevokeForm(Form):
    why = text("Why they should not have it", 300, "Enter why they should not have it")


# --- the partner's side ---------------------------------------------------------------------------


class AddressForm(Form):
    """The address that the link came to: typed, never offered, so that a finder knows nothing."""

    address = forms.EmailField(
        label="The email address that the message came to",
        max_length=LONGEST_ADDRESS,
        error_messages={
            "required": "Enter the email address that the message came to",
            "invalid": "Enter an email address, like name@example.com",
        },
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class CodeForm(Form):
    code = text(
        "The code of 6 digits",
        20,
        "Enter the code of 6 digits",
        widget=forms.TextInput(
            {
                "inputmode": "numeric",
                "autocomplete": "off",
                "class": "govuk-input--width-10",
                "spellcheck": "false",
            }
        ),
    )


class CommentForm(Form):
    text = forms.CharField(
        label="Say how it stands",
        max_length=ActionComment._meta.get_field("text").max_length,
        error_messages={"required": "Enter how it stands"},
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )
