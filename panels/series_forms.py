"""A panel or forum that comes again: whose, where, and every so many school weeks."""

from django import forms

from govuk.fields import DayField, PickField, TimeField, radios, text, whole_number
from govuk.forms import Form
from panels import policies
from panels.meeting_forms import LONGEST, SHORTEST, URL
from panels.models import MeetingKind
from schools.models import Hub, PanelArea

KINDS = (MeetingKind.PANEL, MeetingKind.FORUM, MeetingKind.LOCAL)
MOST_WEEKS = 13


class SeriesForm(Form):
    """What ``services.series.plan`` takes (rules 001-94 to 001-96)."""

    kind = radios("What it is", [(kind, kind.label) for kind in KINDS], "Select what it is")
    title = text("What it is called", 150, "Enter what it is called")
    hub = PickField(None, sentence="Choose the team that attends", label="Team that attends")
    panel_area = PickField(
        PanelArea.objects.all(),
        sentence="Choose the area of the panel",
        label="Area of the panel",
        help_text="Of a Pupil Placement Panel. It follows from no team.",
        required=False,
    )
    first_on = DayField(
        label="First date",
        help_text="The others fall on the same day of the week",
        error_messages={"required": "Enter the first date"},
    )
    at = TimeField(
        label="Time",
        help_text="Such as 9:30am",
        error_messages={"required": "Enter the time it begins"},
    )
    minutes = whole_number("Minutes", SHORTEST, LONGEST, like=120)
    every_weeks = whole_number("Every so many school weeks", 1, MOST_WEEKS, like=4)
    place = text("Place", 200, help_text="Name no child")
    online_url = forms.URLField(
        label="Link to join online",
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off"}),
        error_messages=URL,
    )

    def __init__(self, user, *args, **options):
        options.setdefault("initial", {"minutes": 120, "every_weeks": 4, "kind": "panel"})
        super().__init__(*args, **options)
        self.user = user
        kinds = [kind for kind in KINDS if kind in policies.kinds_to_call(user)]
        self.fields["kind"].choices = [(kind, kind.label) for kind in kinds]
        self.fields["hub"].queryset = Hub.objects.exclude(code=Hub.NOT_YET)

    def clean(self):
        found = super().clean()
        kind, hub = found.get("kind"), found.get("hub")
        if kind == MeetingKind.PANEL and "panel_area" in found and not found["panel_area"]:
            self.add_error("panel_area", "Choose the area of the panel")
        if kind and hub and not policies.may_plan_series(self.user, kind, hub):
            self.add_error("hub", "Choose a team that you manage")
        for name, sentence in (
            ("minutes", "Enter how many minutes it takes"),
            ("every_weeks", "Enter every how many school weeks it comes, such as 4"),
        ):
            if name in found and found[name] is None:
                self.add_error(name, sentence)
        url = found.get("online_url", "")
        if url and not url.lower().startswith(("https://", "http://")):
            self.add_error("online_url", URL["invalid"])
        return found

    @property
    def facts(self):
        """The columns of a ``MeetingSeries``; the form is valid."""
        area = self.cleaned_data["panel_area"]
        is_panel = self.cleaned_data["kind"] == MeetingKind.PANEL
        return {**self.cleaned_data, "panel_area": area if is_panel else None}
