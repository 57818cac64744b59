"""Following up an action of a meeting: to whom it goes, and what is said of it."""

from django import forms

from govuk.fields import text
from govuk.forms import Form
from panels.meeting_page import invited_of


class HandOverForm(Form):
    """To whom of the meeting an action goes, and why."""

    to = forms.ChoiceField(
        label="Who does it now",
        widget=forms.RadioSelect,
        error_messages={"required": "Select who does it now"},
    )
    reason = text("Why it is handed over", 500, "Enter why it is handed over")

    def __init__(self, minuted, *args, **options):
        super().__init__(*args, **options)
        invited = invited_of(minuted.meeting)
        self._owners = {str(row.pk): row for row, _ in invited}
        self.fields["to"].choices = [(str(row.pk), name) for row, name in invited]

    @property
    def owner(self):
        """The ``MeetingPerson`` or ``MeetingAgency`` of a valid form."""
        return self._owners[self.cleaned_data["to"]]


class CommentForm(Form):
    """What an owner says about an action."""

    text = text(
        "Your comment", 1000, "Enter your comment", widget=forms.Textarea(attrs={"rows": 4})
    )
