"""What is typed while a school's referral is prepared: about whom, the pack, what became of it."""

import uuid

from django import forms
from django.utils import timezone

from consultations.list_forms import ListedForm
from consultations.models import Level, MadeChronology
from consultations.note_fields import note_text
from govuk.fields import PastDayField, PickField, PickSeveralField, long_text, radios, text
from govuk.forms import Form
from govuk.words import long_date
from interventions.plan_forms import ChildrenField
from referrals.models import CHECKED, TEXTS, Agreement, ContinuumLine, ReferralOutcome
from schools.models import Pupil

WHY = 1000


class ChildField(PickField):
    """One child, by name and year."""

    label_from_instance = ChildrenField.label_from_instance


class OwnerField(forms.ChoiceField):
    """One of the posts that may own the referral; cleans to the ``SchoolContact``."""

    def offer(self, posts):
        self.posts = {str(post.pk): post for post in posts}
        self.choices = [
            ("", "Choose somebody of the school"),
            *((key, f"{post.name}, {post.role_text}") for key, post in self.posts.items()),
        ]

    def clean(self, value):
        return self.posts.get(super().clean(value))


def _owner():
    sentence = "Choose who at the school owns the referral"
    return OwnerField(
        label="Who at the school owns it",
        help_text="The school makes the referral itself, and says here what came back.",
        error_messages={"required": sentence, "invalid_choice": sentence},
    )


class StartForm(Form):
    """About whom, and who at the school owns it.

    ``pupils`` are those the writer may name. With ``may_write``, the school's own, a child who
    is not among them is written as initials and a year group.
    """

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    pupil = ChildField(
        Pupil.objects.none(),
        label="Which child",
        required=False,
        empty_label="Choose a child",
        sentence="Choose the child from the list",
    )
    initials = text(
        "Or their initials",
        10,
        help_text="Like A.B. No name.",
        widget=forms.TextInput({"class": "govuk-input--width-5"}),
    )
    year_group = text(
        "And year group",
        30,
        help_text="Like year 5",
        widget=forms.TextInput({"class": "govuk-input--width-10"}),
    )
    owner = _owner()
    worries = note_text("What the school is worried about", rows=5)

    def __init__(self, *args, pupils, owners, may_write, **options):
        super().__init__(*args, **options)
        self.fields["pupil"].queryset = pupils
        self.fields["owner"].offer(owners)
        if not may_write:
            del self.fields["initials"], self.fields["year_group"]
            pupil = self.fields["pupil"]
            pupil.required = True
            pupil.error_messages["required"] = "Choose the child"

    def clean(self):
        found = super().clean()
        is_wrong = self.errors.keys() & {"pupil", "initials"}
        if "initials" in self.fields and not is_wrong:
            if not (found.get("pupil") or found.get("initials")):
                self.add_error("initials", "Choose the child, or enter their initials")
            elif found.get("pupil") and found.get("initials"):
                self.add_error("initials", "Choose the child or enter initials, not both")
        return found


class PrepareForm(Form):
    """The checklist and what the referral is written from (rules 001-43, 001-99)."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    worries = note_text("What the school is worried about, and the effect on the child", rows=4)
    working_well = note_text("What is working well")
    tried = note_text("What was tried, and what came of it")
    childs_view = note_text("What the child says", help_text="In their own words where you can")
    hoped_for = note_text("What the school hopes for")
    direct_work = note_text("Direct work with the child or family", help_text="Dates, by whom")
    home_visits = note_text("Home visits", help_text="Dates, who was seen, what was seen")
    school_entries = note_text(
        "Entries in the school’s own system",
        help_text="Which entries go with the referral. Leave out what is about other children.",
    )
    features = PickSeveralField(
        ContinuumLine.objects.none(),
        label="Which of these are there",
        required=False,
        sentence="Choose from the list",
    )
    level = forms.TypedChoiceField(
        label="Level of need, as the school judges it",
        choices=[("", "Not judged yet"), *Level.choices],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    level_reason = note_text("Why this level")

    def __init__(self, *args, referral, **options):
        begun = {name: getattr(referral, name) for name in (*TEXTS, *CHECKED)}
        begun |= {
            "level": referral.level,
            "level_reason": referral.level_reason,
            "features": list(referral.features.values_list("pk", flat=True)),
            "version": referral.version,
        }
        super().__init__(*args, initial=begun, **options)
        offered = ContinuumLine.objects.filter(level__isnull=True, is_offered=True)
        ticked = ContinuumLine.objects.filter(pk__in=begun["features"])
        self.fields["features"].queryset = (offered | ticked).distinct()


class NameChildForm(Form):
    """Which child on record the school means."""

    pupil = ChildField(
        Pupil.objects.none(), label="Which child", sentence="Choose the child from the list"
    )

    def __init__(self, *args, pupils, **options):
        super().__init__(*args, **options)
        self.fields["pupil"].queryset = pupils


class ChronologyField(PickField):
    """One finished chronology, by its title and when it was finished."""

    def label_from_instance(self, made):
        finished_on = long_date(timezone.localdate(made.finished_at))
        return f"{made.title}, finished on {finished_on} by {made.made_by.name}"


class ChronologyForm(Form):
    """Which finished chronology of the child goes into the pack, or none."""

    made = ChronologyField(
        MadeChronology.objects.none(),
        label="Chronology",
        required=False,
        empty_label="None",
        sentence="Choose a chronology from the list",
    )

    def __init__(self, *args, finished, **options):
        super().__init__(*args, **options)
        self.fields["made"].queryset = finished


class AgreementForm(Form):
    """Whether the parents agreed, or why they were not asked (rules 001-42, 001-100)."""

    agreement = radios(
        "Do the parents or carers agree?",
        Agreement.choices,
        "Select whether the parents agreed, or why they were not asked",
    )
    who = text("Who was asked", 150, help_text="Their name and what they are to the child")
    on = PastDayField(label="Asked on", what="The date they were asked", required=False)
    why = long_text(
        "Why they did not agree, or were not asked",
        WHY,
        help_text="Where asking could put somebody at risk, refer first and write this afterwards.",
    )


class ReferredForm(Form):
    """The school has referred: when, and the front door's reference."""

    referred_on = PastDayField(
        label="We referred on",
        what="The date you referred",
        error_messages={"required": "Enter the date your school referred"},
    )
    reference = text("Reference, if you were given one", 100)


class ReferredWithAgreementForm(ReferredForm, AgreementForm):
    """As ``ReferredForm``, where it has not been said yet whether the parents agreed."""

    field_order = ("referred_on", "reference", "agreement", "who", "on", "why")


class OutcomeForm(Form):
    """What came back to the school, in its own words."""

    outcome = radios("What came back", ReferralOutcome.choices, "Select what came back")
    words = note_text("In your own words", help_text="Who answered, what they said and why")
    on = PastDayField(
        label="Answered on",
        what="The date of the answer",
        error_messages={"required": "Enter the date of the answer"},
    )


class StopForm(Form):
    """Why the school will not refer."""

    why = long_text("We will not refer, because", WHY, "Enter why your school will not refer")


class HandOverForm(Form):
    """Who at the school owns the referral from now on."""

    owner = _owner()

    def __init__(self, *args, owners, **options):
        super().__init__(*args, **options)
        self.fields["owner"].offer(owners)


class ContinuumForm(ListedForm):
    """A line of the continuum of need: a feature, or what a level means."""

    class Meta(ListedForm.Meta):
        model = ContinuumLine
        fields = ("name", "level", "position", "is_offered")
        labels = ListedForm.Meta.labels | {
            "level": "Says what this level means",
            "is_offered": "Show it",
        }
        help_texts = ListedForm.Meta.help_texts | {"level": "Leave it empty for a feature"}
        error_messages = ListedForm.Meta.error_messages | {
            "name": {"required": "Enter the words", "unique": "This is on the list already"}
        }
