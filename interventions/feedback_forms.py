"""Asking for feedback, and the two short forms of the child and of the parent."""

import uuid

from django import forms

from govuk.fields import EMAIL_FORMAT, LONGEST_ADDRESS, long_text, radios, text
from govuk.forms import Form
from interventions.measure_page import HEARD, HELPED
from interventions.models import Feedback

LONGEST = 5_000


class WhoForm(Form):
    """Who answers: a child's own form, or their parent's where no adult takes part."""

    of = radios("Who answers", Feedback.Of, "Select who answers")

    def __init__(self, *args, participant, **options):
        super().__init__(*args, **options)
        if participant.pupil_id is None:
            del self.fields["of"]

    @property
    def answering(self):
        """The one who answers, of a valid form: ``Feedback.Of``."""
        return self.cleaned_data.get("of", Feedback.Of.PARENT)


class LinkForm(WhoForm):
    """Where the link goes, and that it is safe there today."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    address = forms.EmailField(
        label="Email address",
        max_length=LONGEST_ADDRESS,
        help_text="One that only they read. It is forgotten once the message has gone.",
        error_messages={"required": "Enter their email address", "invalid": EMAIL_FORMAT},
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    is_safe = forms.BooleanField(
        label="I asked today: a message to this address is safe",
        error_messages={"required": "Tick that the address is safe today, or do not send"},
    )


class CodeForm(Form):
    """The six digits that were told in person."""

    code = text(
        "The 6 numbers you were given",
        20,
        "Enter the 6 numbers you were given",
        widget=forms.TextInput(
            {
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "class": "govuk-input--width-10",
                "spellcheck": "false",
            }
        ),
    )


def _choice(label, words):
    return forms.TypedChoiceField(
        label=label,
        choices=list(words.items()),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


class ChildForm(Form):
    """Four questions in simple words; each can be left out."""

    helped = _choice("Did it help?", HELPED[Feedback.Of.CHILD])
    heard = _choice("Did we listen to you?", HEARD[Feedback.Of.CHILD])
    voice = long_text("What was good?", LONGEST, rows=4)
    better = long_text("What should we do better?", LONGEST, rows=4)


class ParentForm(Form):
    """The same four for a parent or carer."""

    helped = _choice("How much did the support help?", HELPED[Feedback.Of.PARENT])
    heard = _choice("Did you feel listened to?", HEARD[Feedback.Of.PARENT])
    voice = long_text("What has changed, for your child or for you?", LONGEST, rows=4)
    better = long_text("What could have been better?", LONGEST, rows=4)


ANSWERS = {Feedback.Of.CHILD.value: ChildForm, Feedback.Of.PARENT.value: ParentForm}
