"""What the family answered, that they withdrew, when to look again, whether they know."""

import uuid

from django import forms
from django.utils import timezone

from consultations.models import FamilyTold
from govuk.fields import DayField, PickSeveralField, long_text, radios, text
from govuk.forms import Form
from interventions.agreement import Standing
from interventions.models import Answer, Participant
from schools.models import SchoolContact

SOMEBODY_ELSE = "else"
# What is none of the choices is answered with the sentence for none at all.
INVALID = ("required", "invalid_choice")


class PeopleField(PickSeveralField):
    """Some of those who take part, by name and what they are to the child."""

    def label_from_instance(self, person):
        return f"{person}, {person.relation}" if person.relation else str(person)


class ConfirmForm(Form):
    """The family's answer, as the school got it.

    ``for_school`` words it for the school's own people; otherwise a worker writes down what the
    school told them.
    """

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    answer = radios("What did the family answer?", Answer, "Select what the family answered")
    people = PeopleField(
        Participant.objects.none(),
        label="Whom is the answer for?",
        sentence="Select whom the answer is for",
        help_text="Direct work is done only with those named here. If they answered differently, "
        "confirm one answer at a time.",
    )
    from_whom = text(
        "Who answered?",
        200,
        "Enter who answered",
        help_text="For example: the mother, who has parental responsibility.",
    )
    obtained_on = DayField(
        label="Date of the answer", error_messages={"required": "Enter the date of the answer"}
    )
    obtained_by = forms.ChoiceField(
        label="Who at the school asked the family?",
        error_messages=dict.fromkeys(INVALID, "Select who at the school asked the family"),
    )
    obtained_by_name = text("Their name, if it was somebody else", 150)
    held_in = text(
        "Where does the school keep the answer?",
        100,
        help_text="The name of your system, for example CPOMS or MyConcern. Send us nothing: the "
        "agreement stays at the school.",
    )
    limits = long_text(
        "What did they not agree to?",
        2000,
        help_text="Only when they agreed with limits, for example: not at home, or not alone.",
    )

    def __init__(self, data=None, *, agreement, work, by, for_school):
        posts = SchoolContact.objects.current().filter(school=work.school_id)
        self.contacts = {str(post.pk): post for post in posts}
        own = next((pk for pk, post in self.contacts.items() if post.user_id == by.pk), None)
        self.shown = agreement.latest
        waiting = [person.pk for person in agreement.who(Standing.WAITING)]
        super().__init__(data, initial={"seen": self.shown, "obtained_by": own, "people": waiting})
        self.fields["people"].queryset = work.participants.select_related("pupil")
        self.fields["obtained_by"].choices = [
            ("", "Choose a person"),
            *((pk, f"{post.name}, {post.role_text}") for pk, post in self.contacts.items()),
            (SOMEBODY_ELSE, "Somebody else"),
        ]
        if for_school:
            self.fields["obtained_by"].label = "Who at your school asked the family?"
            self.fields["held_in"].label = "Where does your school keep the answer?"
        else:
            self.fields["held_in"].help_text = (
                "The name of the school’s system, for example CPOMS or MyConcern. Do not ask for "
                "the agreement itself: it stays at the school."
            )

    @property
    def is_stale(self):
        """Another answer was written down since the page was opened."""
        return self.data.get("seen", self.shown) != self.shown

    def clean(self):
        """Either somebody of the list, or somebody else by name."""
        found = super().clean()
        who, name = found.get("obtained_by"), found.get("obtained_by_name")
        if who == SOMEBODY_ELSE and not name and not self.has_error("obtained_by_name"):
            self.add_error("obtained_by_name", "Enter the name of who asked the family")
        elif who in self.contacts and name:
            self.add_error(
                "obtained_by", "Choose somebody else from the list, or clear the name below"
            )
        return found

    @property
    def answered(self):
        """What ``services.consent.confirm`` takes, of a valid form."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return found | {"obtained_by": self.contacts.get(found["obtained_by"])}


class WithdrawForm(Form):
    """Who withdrew, and when."""

    people = PeopleField(
        Participant.objects.none(), label="Who withdrew?", sentence="Select who withdrew"
    )
    on = DayField(
        label="When did they withdraw?",
        error_messages={"required": "Enter the date on which they withdrew"},
        help_text="Direct work stops from that day.",
    )
    words = text("What they said, if they gave a reason", 500)

    def __init__(self, data=None, *, consent):
        people = consent.people.select_related("pupil")
        super().__init__(
            data, initial={"on": timezone.localdate(), "people": [person.pk for person in people]}
        )
        self.fields["people"].queryset = people


class WatchForm(Form):
    """When to look again after a family said no."""

    on = DayField(
        label="Look again on",
        error_messages={"required": "Enter the date on which you look again"},
        help_text="Ask the school how the child is, and whether the family has changed its mind.",
    )


class FamilyToldForm(Form):
    """Whether the family knows what is shared about them."""

    told = radios(
        "Does the family know what we share about them?",
        FamilyTold,
        "Select whether the family knows",
    )
    why = text(
        "Why they are not told",
        500,
        help_text="Only when they are not told, for example because it would endanger the child.",
    )
