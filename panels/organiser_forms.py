"""To whom a meeting goes that somebody else organises from here on."""

from govuk.fields import PickField, text
from govuk.forms import Form
from panels.policies import organisers_for


class OrganiserForm(Form):
    """Who organises it now, and why."""

    to = PickField(None, sentence="Choose who organises it now", label="Who organises it now")
    reason = text("Why you hand it over", 500, "Enter why you hand it over")

    def __init__(self, meeting, *args, **options):
        super().__init__(*args, **options)
        self.fields["to"].queryset = organisers_for(meeting).exclude(pk=meeting.organiser_id)
        self.fields["to"].label_from_instance = lambda user: user.name
