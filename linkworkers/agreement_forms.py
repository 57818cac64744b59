"""Forms about the proposals that every team manager answers (rule 001-51)."""

from django import forms

from govuk.fields import DayField, PastDayField, PickField, long_text, text
from govuk.forms import Form
from linkworkers.cover_forms import who_may_cover
from linkworkers.models import LinkWorker


class AnswerForForm(Form):
    """The service manager's answer for a team manager who is away or gone."""

    manager = PickField(
        None,
        label="Who you answer for",
        empty_label=None,
        widget=forms.RadioSelect,
        sentence="Choose a team manager who is away",
    )
    agrees = forms.TypedChoiceField(
        label="Your answer for them",
        choices=[("yes", "Agree"), ("no", "Object")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose whether you agree or object",
            "invalid_choice": "Choose whether you agree or object",
        },
    )
    reason = long_text("Why", 500, help_text="Needed to object.")

    def __init__(self, *args, managers, **options):
        super().__init__(*args, auto_id="for_%s", **options)
        self.fields["manager"].queryset = managers


class MeetingForm(Form):
    """What a county meeting agreed."""

    met_on = PastDayField(
        what="The day of the meeting",
        label="Day of the meeting",
        error_messages={"required": "Enter the day of the meeting"},
    )
    who_was_there = text("Who was there", 300, "Enter who was at the meeting")

    def __init__(self, *args, **options):
        super().__init__(*args, auto_id="meeting_%s", **options)


class InterimForm(Form):
    """Who looks after the college until the proposal is settled, and how long at most."""

    link_worker = PickField(
        LinkWorker.objects.none(),
        label="Link worker",
        empty_label="Choose a link worker",
        sentence="Choose a link worker from the list",
    )
    ends_on = DayField(
        label="Until the proposal is settled, at most until",
        error_messages={"required": "Enter the last day of the cover"},
    )

    def __init__(self, *args, school, **options):
        super().__init__(*args, auto_id="interim_%s", **options)
        who_may_cover(self.fields["link_worker"], school)
