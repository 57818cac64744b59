"""The parts of a note, the day it was recorded, and where it goes if nobody has said."""

from django import forms
from django.utils import timezone

from consultations import recording
from consultations.models import Destination
from govuk.fields import PastDayField, long_text, text
from govuk.forms import Form
from schools.pupil_forms import seen_of

LONGEST = 100_000


def _part(label, rows=3, **options):
    return long_text(label, LONGEST, rows=rows, strip=False, **options)


class RecordingForm(Form):
    """The parts of the text, and with ``finishing`` when it was recorded and who was told."""

    support_given = _part("Intervention or support given")
    with_whom = _part("With which child or parent", rows=2)
    analysis = _part("Analysis")
    actions = _part("Actions, by whom and by when")
    done_on = PastDayField(
        label="Recorded on",
        what="The date you recorded it",
        error_messages={"required": "Enter the date you recorded it"},
    )
    told_whom = text("Social worker", 150, "Enter the name of the social worker")
    told_on = PastDayField(
        label="Sent the same text to them on",
        what="The date the social worker was told",
        error_messages={"required": "Enter when the social worker was told"},
    )

    def __init__(self, *args, task, social_worker="", finishing=False, **options):
        today = timezone.localdate()
        options.setdefault(
            "initial",
            {
                **{name: getattr(task, name) for name in recording.PARTS},
                "actions": recording.actions_of(task),
                "done_on": today,
                "told_on": today,
                "told_whom": social_worker or task.told_whom,
            },
        )
        super().__init__(*args, **options)
        self.task, self.finishing = task, finishing
        if recording.is_short(task):
            for name in recording.PARTS:
                del self.fields[name]
        if task.to != Destination.MOSAIC_CHILD:
            del self.fields["told_whom"], self.fields["told_on"]
        for name in {"done_on", "told_on", "told_whom"} & self.fields.keys():
            self.fields[name].required = finishing

    @property
    def parts(self):
        """The bound fields of the text."""
        return [self[name] for name in recording.PARTS if name in self.fields]

    @property
    def seen(self):
        """A mark of the text as it stands, to tell a page that was opened before a change."""
        return seen_of({name: getattr(self.task, name) for name in recording.PARTS})

    @property
    def texts(self):
        """``{field: text}`` of a valid form.

        Actions left as the child's own stay empty, so that they follow what becomes of those.
        """
        typed = {name: self.cleaned_data[name] for name in recording.PARTS if name in self.fields}
        if "actions" in typed and _same(typed["actions"], recording.actions_of(self.task)):
            typed["actions"] = self.task.actions
        return typed

    def clean(self):
        cleaned = super().clean()
        if not self.finishing:
            return cleaned
        what = "consultation" if self.task.discussed else "session"
        for name, told in (
            ("done_on", "The date you recorded it"),
            ("told_on", "The date the social worker was told"),
        ):
            day = cleaned.get(name)
            if day and day < recording.first_day(self.task):
                self.add_error(name, f"{told} must be after the {what}")
        return cleaned


def _same(one, other):
    return one.split() == other.split()


class DecideForm(Form):
    """Where a note goes that the guidance does not place, and who said so."""

    to = forms.ChoiceField(
        label="Where it is recorded",
        choices=[
            (Destination.MOSAIC, "Mosaic, as a case note"),
            (Destination.CED, "CED, add note only"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select where it is recorded"},
    )
    why = text("Who said so, or why", 500, "Enter who said so, or why")
