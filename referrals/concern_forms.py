"""The forms of a concern. What raises one is read as it stands: no field can be wrong."""

from datetime import datetime, time

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from consultations.models import Level
from consultations.note_fields import note_text
from govuk.fields import DayField, PickField, TimeField, long_text, radios, text
from govuk.forms import Form
from referrals.models import About, Decision
from schools.models import Pupil, School
from schools.scope import scope_of

NOW, EARLIER = "now", "earlier"


class ConcernForm(Form):
    """What raises a concern: shown, and read by ``concern_typed``, never validated."""

    words = forms.CharField(
        label="What have you seen or heard?",
        help_text="The words used, and who said them. Facts first. You can add to it later.",
        widget=forms.Textarea({"rows": 5}),
        required=False,
    )
    about = forms.ChoiceField(
        label="Who is it about?",
        choices=About,
        widget=forms.RadioSelect,
        initial=About.CHILD,
        required=False,
    )
    when = forms.ChoiceField(
        label="When did you become aware?",
        choices=[(NOW, "Just now"), (EARLIER, "Earlier")],
        widget=forms.RadioSelect,
        initial=NOW,
        required=False,
    )
    aware_day = DayField(label="Day", required=False, initial="today")
    aware_time = TimeField(label="Time", required=False)
    about_name = text("Name, if you know it", 200)
    school = text("School, if there is one", 200)
    told_words = text("Told somebody by phone? Who, and when", 500)
    not_to_manager = forms.BooleanField(required=False)
    not_to_why = text("Why not", 500)

    def __init__(self, *args, manager=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["about_name"].widget.attrs["autocomplete"] = "off"
        self.fields["school"].widget.attrs |= {"autocomplete": "off", "list": "own-schools"}
        if manager is None:
            del self.fields["not_to_manager"], self.fields["not_to_why"]
        else:
            self.fields["not_to_manager"].label = f"Not to {manager.name}"


def concern_typed(post):
    """What was posted, as ``raise_concern`` takes it; whatever it holds, it is read."""

    def said(name):
        return post.get(name, "").replace("\x00", "").strip()

    aware_at, aware_words = aware_typed(said("when"), said("aware_day"), said("aware_time"))
    school = school_meant(said("school"))
    return {
        "words": said("words"),
        "about": said("about"),
        "about_name": said("about_name"),
        "school": school,
        "school_words": "" if school else said("school"),
        "aware_at": aware_at,
        "aware_words": aware_words,
        "told_words": said("told_words"),
        "is_danger": bool(post.get("danger")),
        "not_to_manager": bool(post.get("not_to_manager")),
        "not_to_why": said("not_to_why"),
    }


def aware_typed(when, day_text, time_text):
    """``(instant or None, words)``: the words are what was typed where it makes no time.

    Without a time it is the beginning of that day, but today, of which nothing is known.
    """
    if when != EARLIER:
        return None, ""
    typed = f"{day_text} {time_text}".strip()
    try:
        day = DayField(required=False).to_python(day_text) or timezone.localdate()
        at = TimeField(required=False).to_python(time_text)
    except ValidationError:
        return None, typed
    if at is None and day == timezone.localdate():
        return None, typed or "Earlier"
    return timezone.make_aware(datetime.combine(day, at or time.min)), ""


def school_meant(words):
    """The one open school of that name or URN, or None."""
    if not words:
        return None
    found = School.objects.open().filter(Q(name__iexact=words) | Q(urn=words))[:2]
    return found[0] if len(found) == 1 else None


def own_schools(user):
    """The names of the schools somebody supports or whose hub they manage, to choose from."""
    scope = scope_of(user)
    if not (scope.supports or scope.manages):
        return []
    schools = School.objects.open().filter(Q(pk__in=scope.supports) | Q(hub__in=scope.manages))
    return schools.exclude(pk__in=scope.excluded).order_by("name").values_list("name", flat=True)


class DecideForm(Form):
    """What was discussed and decided (rules 001-104, 001-110)."""

    discussed = note_text("What was discussed, and with whom", rows=4)
    level = forms.TypedChoiceField(
        label="Level, by the continuum of need",
        choices=[*[(level.value, str(level.value)) for level in Level], ("", "Not clear yet")],
        widget=forms.RadioSelect,
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "Choose a level, or “Not clear yet”"},
    )
    decision = radios("Decision", Decision, "Choose what is done")
    reason = note_text("Reason", "Enter the reason: the person who raised it reads this", rows=3)

    def __init__(self, concern, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = f"{concern.raised_by.get_short_name()} reads this."


class AddForm(Form):
    words = note_text("Add to it", "Enter what you want to add", rows=3)
    by_phone = forms.BooleanField(
        label="This is about a phone call: whom you told, and when", required=False
    )


class DisagreeForm(Form):
    why = note_text("Why you disagree", "Enter why you disagree", rows=4)


class AnswerForm(Form):
    answer = note_text("Your answer", "Enter your answer", rows=6)


class CloseForm(Form):
    words = note_text("What came of it, if there is something to say", rows=3)


class PassForm(Form):
    """Whom to ask to take it."""

    to = PickField(User.objects.none(), label="Who", sentence="Choose a manager from the list")
    why = long_text("What they should know first", 2000)

    def __init__(self, managers, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = managers


class AwareForm(Form):
    """When the raiser became aware, put right."""

    aware_day = DayField(label="Day", error_messages={"required": "Enter the day you became aware"})
    aware_time = TimeField(label="Time", error_messages={"required": "Enter the time, like 9:30am"})

    @property
    def aware_at(self):
        """The instant of a valid form; of a time that came twice, the first."""
        day, at = self.cleaned_data["aware_day"], self.cleaned_data["aware_time"]
        return timezone.make_aware(datetime.combine(day, at))


class AboutForm(Form):
    """Whether a concern is about a child or an adult, and where, put right."""

    about = radios("Who is it about?", About, "Choose whom it is about")
    school = text(
        "School, if there is one",
        200,
        help_text="Its name as the register has it, or its number (URN).",
    )

    def __init__(self, concern, *args, **kwargs):
        initial = {"about": concern.about, "school": concern.school_text}
        super().__init__(*args, initial=initial, **kwargs)
        self._concern = concern
        self.fields["school"].widget.attrs |= {"autocomplete": "off", "list": "own-schools"}

    @property
    def place(self):
        """``{"school": …, "school_words": …}`` of a valid form.

        The school stays the same while its name does, also where it is closed or another has it.
        """
        words, before = self.cleaned_data["school"], self._concern
        school = before.school if words == before.school_text else school_meant(words)
        return {"school": school, "school_words": "" if school else words}


class ChildForm(Form):
    """Which of the children who are open to somebody a concern is about."""

    pupil = PickField(
        Pupil.objects.none(),
        label="Child",
        widget=forms.RadioSelect,
        empty_label=None,
        sentence="Choose the child",
    )

    def __init__(self, pupils, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pupil"].queryset = pupils


class FallbackForm(Form):
    """Somebody to be told where a line manager cannot be."""

    about = radios("For a concern about", About, "Choose whom the concern is about")
    user = PickField(User.objects.none(), label="Who", sentence="Choose somebody from the list")
    role = text("What they are", 100, "Enter what they are, like “Team manager on call”")

    def __init__(self, people, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people
