"""The forms of requests for support: asking, logging, adding, passing on, answering."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from consultations.note_fields import note_text
from govuk.fields import PastDayField, PickField, TimeField, long_text, radios, text
from govuk.forms import Form
from govuk.layout import Field, Layout
from referrals.models import (
    WANTED_BY,
    Channel,
    DeclinedWhy,
    HowSoon,
    RequestSource,
    Wanted,
)
from schools.models import SchoolContact

LONDON = ZoneInfo(settings.TIME_ZONE)
LONGEST = 20_000
ONE_CHILD, SEVERAL = "one", "several"
# What to do about one child (rule 000-12): talk first.
TALK_FIRST = (
    "A CASO meeting about one child comes after an Early help consultation. Choose that above, and"
    " say here what you would like to talk about"
)


class WantedFields(Form):
    """What is wanted, in the words of who asks, how soon and when it suits."""

    wanted = radios("What you would like", [], "Select what you would like")
    about = forms.ChoiceField(
        label="If it is a CASO meeting: what is it about?",
        choices=[(SEVERAL, "Several children, or a theme"), (ONE_CHILD, "One child")],
        widget=forms.RadioSelect,
        required=False,
    )
    words = long_text(
        "What it is about",
        LONGEST,
        "Enter what it is about",
        rows=6,
        strip=False,
        help_text="In your own words. A child’s name is not needed",
    )
    how_soon = radios("How soon", HowSoon.choices, "Select how soon")
    suits = text("Days and times that suit", 500)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("wanted") == Wanted.CASO and "about" not in self.errors:
            if not cleaned.get("about"):
                self.add_error("about", "Select what the CASO meeting is about")
            elif cleaned["about"] == ONE_CHILD:
                self.add_error("about", TALK_FIRST)
        return cleaned

    @property
    def facts(self):
        """What ``services.requests`` takes."""
        return {name: self.cleaned_data[name] for name in ("wanted", "words", "how_soon", "suits")}


class AskForm(WantedFields):
    """What a school asks for on its own page."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["wanted"].choices = choices_for(RequestSource.SCHOOL)


class LogForm(WantedFields):
    """What reached the team by phone, by email or in person.

    ``sources`` are whose requests the user may log, ``school`` is the one it is about.
    """

    source = radios("Who asked", [], "Select who asked")
    contact = PickField(
        SchoolContact.objects.none(),
        label="Who at the school",
        required=False,
        empty_label="Somebody else",
        sentence="Choose who asked from the list",
    )
    asked_name = text("Name of who asked", 150, help_text="If they are not in the list")
    asked_role = text("What they do", 200)
    channel = radios(
        "How it came",
        [choice for choice in Channel.choices if choice[0] != Channel.PAGE],
        "Select how it came",
    )
    received_on = PastDayField(
        label="Asked on",
        what="When it was asked",
        error_messages={"required": "Enter the date it was asked"},
    )
    received_time = TimeField(label="At", required=False)

    field_order = [
        *("source", "contact", "asked_name", "asked_role", "channel", "received_on"),
        *("received_time", "wanted", "about", "words", "how_soon", "suits"),
    ]

    def __init__(self, *args, school, sources, **options):
        super().__init__(*args, **options)
        self.fields["source"].choices = [
            (source, RequestSource(source).label) for source in sources
        ]
        self.fields["wanted"].label = "What they would like"
        self.fields["wanted"].choices = Wanted.choices
        self.fields["words"].help_text = "In their words, as far as you have them"
        posts = SchoolContact.objects.current().filter(school=school).order_by("name")
        self.fields["contact"].queryset = posts
        self.fields["contact"].label_from_instance = lambda c: f"{c.name}, {c.role_text}"

    def clean(self):
        cleaned = super().clean()
        source, wanted = cleaned.get("source"), cleaned.get("wanted")
        if source and wanted and wanted not in WANTED_BY[RequestSource(source)]:
            said = " or ".join(label.lower() for _, label in choices_for(source))
            who = RequestSource(source).label
            self.add_error("wanted", f"{who} asks for {said}. Select one of these")
        of_school = source == RequestSource.SCHOOL and cleaned.get("contact")
        if source and not of_school and not cleaned.get("asked_name"):
            self.add_error("asked_name", "Enter the name of who asked")
        if day := cleaned.get("received_on"):
            cleaned["received_at"] = self._received_at(day, cleaned.get("received_time"))
        return cleaned

    def _received_at(self, day, at):
        now = timezone.now()
        if at is None:
            start_of_day = datetime.combine(day, datetime.min.time().replace(hour=9), LONDON)
            return min(start_of_day, now)
        received_at = datetime.combine(day, at, LONDON)
        if received_at > now:
            self.add_error("received_time", "When it was asked must be in the past")
        return received_at

    @property
    def facts(self):
        names = ("contact", "asked_name", "asked_role", "channel", "received_at")
        return super().facts | {name: self.cleaned_data[name] for name in names}


class AddForm(Form):
    """A dated note."""

    text = long_text("Add to this request", LONGEST, "Enter what you want to add", strip=False)


class WithdrawForm(Form):
    text = long_text("Why it is not wanted any more", LONGEST, strip=False)


class PassOnForm(Form):
    """To whom a manager gives it."""

    to = PickField(
        User.objects.none(),
        label="Who answers it",
        empty_label="Choose",
        sentence="Select who answers it",
    )
    text = long_text(
        "A word to them", LONGEST, strip=False, help_text="The team reads it, the school does not"
    )

    def __init__(self, *args, workers, **options):
        super().__init__(*args, **options)
        self.fields["to"].queryset = workers


class ToldForm(Form):
    """What the school is told with the answer; it may stay empty."""

    text = long_text("What you tell whoever asked", LONGEST, rows=4, strip=False)


class AdviceForm(Form):
    text = note_text("The advice you gave", "Enter the advice you gave", rows=6)


class DeclineForm(Form):
    """Why it is not taken up, and the ways on."""

    why = radios("Why it is not taken up", DeclinedWhy.choices, "Select why it is not taken up")
    text = long_text(
        "What fits better, or what they can do instead",
        LONGEST,
        "Enter what fits better, or what they can do instead",
        rows=4,
        strip=False,
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.helper.layout = Layout(Field("why", small=True), "text")


class DisagreeForm(Form):
    why = note_text("Why your school disagrees", "Enter why your school disagrees", rows=4)


class AnswerForm(Form):
    answer = note_text(
        "Your answer", "Enter your answer", rows=6, help_text="The school reads this"
    )


def choices_for(source):
    """``(value, label)`` of what somebody may ask for."""
    return [(wanted.value, wanted.label) for wanted in WANTED_BY[RequestSource(source)]]
