"""What is typed of a police notice: the report, its assessment, who supports the child."""

import uuid
from datetime import datetime

from django import forms
from django.utils import timezone

from accounts.models import User
from consultations.note_fields import note_text
from govuk.fields import PastDayField, PickField, PickSeveralField, TimeField, radios, text
from govuk.forms import Form
from referrals.models import Grade, NoticeOutcome, Present, ReferralSupport


class ReportForm(Form):
    """What a police report says about one child (domain-facts.md 2.8)."""

    police_reference = text("Police reference", 60, "Enter the police reference")
    received_on = PastDayField(
        label="Received on",
        what="The date it was received",
        error_messages={"required": "Enter the date it was received"},
    )
    received_time = TimeField(
        label="At", error_messages={"required": "Enter the time it was received"}
    )
    happened_on = PastDayField(label="Happened on", what="The date it happened", required=False)
    is_present = radios(
        "Was the child there?", Present.choices, "Select whether the child was there"
    )
    circumstances = note_text(
        "What the school needs to know",
        rows=5,
        help_text="The safeguarding lead reads this. Leave out any refuge or safe address, and "
        "where the family stays.",
    )
    childs_voice = note_text("What the child said", rows=2)
    grade = radios(
        "Grade",
        Grade.choices,
        "Select the grade that the report was given",
        help_text="As the police gave it. It is not worked out here.",
    )
    grade_source = text("Who graded it", 150, "Enter who graded it")
    graded_on = PastDayField(
        label="Graded on",
        what="The date it was graded",
        error_messages={"required": "Enter the date it was graded"},
    )
    is_marac = forms.BooleanField(label="It goes to MARAC", required=False)

    def clean(self):
        """The day and the time it was received are one instant, ``received_at``."""
        found = super().clean()
        day, clock = found.pop("received_on", None), found.pop("received_time", None)
        if day and clock is not None:
            received_at = timezone.make_aware(datetime.combine(day, clock))
            if received_at > timezone.now():
                self.add_error("received_time", "The time must be now or in the past")
            found["received_at"] = received_at
        return found


class NewNoticeForm(ReportForm):
    """As ``ReportForm``; ``people`` at the school may be kept from it, for a reason."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    kept = PickSeveralField(
        User.objects.none(),
        label="Who at the school must not be told",
        required=False,
        sentence="Choose from the list",
        help_text="Somebody who is named in the report or close to the family",
    )
    kept_why = text("Why they must not be told", 500)

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.fields["kept"].queryset = people
        if not people:
            del self.fields["kept"], self.fields["kept_why"]

    def clean(self):
        found = super().clean()
        if found.get("kept") and not found.get("kept_why"):
            self.add_error("kept_why", "Enter why they must not be told")
        return found


class AssessForm(Form):
    """What the assessment of this one report came to (rules 002-15 to 002-18)."""

    outcome = radios(
        "What did the assessment come to?",
        NoticeOutcome.choices,
        "Select what the assessment came to",
    )
    reason = note_text("Reason", "Enter the reason", rows=4)
    record_reference = text(
        "Reference in the system of record",
        100,
        "Enter the reference in the system of record",
        help_text="Every report is logged in the children’s system",
    )
    sent_to = text("Where it was sent", 200, help_text="Leave it empty where it was not sent on")

    def clean(self):
        found = super().clean()
        is_sent = found.get("outcome") not in (None, NoticeOutcome.SUPPORT)
        if is_sent and not found.get("sent_to") and "sent_to" not in self.errors:
            self.add_error("sent_to", "Enter where it was sent")
        return found


class DecideForm(Form):
    """Who supports the child while the school is closed."""

    decision = note_text(
        "Who supports the child until school starts, and how",
        "Enter who supports the child until school starts",
        rows=4,
    )


class SupportForm(Form):
    """What the school did for the child."""

    text = note_text(
        "What support the child was given",
        "Enter what support the child was given",
        rows=3,
        help_text="The team manager reads this. Write nothing that the family could find.",
    )


class NameReaderForm(Form):
    """A link worker of the school who reads it too, and why."""

    user = PickField(
        User.objects.none(),
        label="Link worker",
        empty_label="Choose a link worker",
        sentence="Choose a link worker of the school",
    )
    reason = text("Why they need to read it", 500, "Enter why they need to read it")

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.fields["user"].queryset = people


class KeepFromForm(Form):
    """Somebody at the school who must not be told after all, and why."""

    user = PickField(
        User.objects.none(),
        label="Who must not be told",
        empty_label="Choose somebody of the school",
        sentence="Choose somebody of the school who would be told",
    )
    reason = text("Why they must not be told", 500, "Enter why they must not be told")

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.fields["user"].queryset = people


class ReferralField(PickField):
    """One of the child's referrals, by when it was started."""

    def label_from_instance(self, referral):
        return f"Started on {timezone.localdate(referral.started_at):%-d %B %Y}, {referral.school}"


class LinkForm(Form):
    """Which referral of the school it belongs to, or none."""

    referral = ReferralField(
        ReferralSupport.objects.none(),
        label="Referral being prepared",
        required=False,
        empty_label="None",
        sentence="Choose a referral from the list",
    )

    def __init__(self, *args, referrals, **options):
        super().__init__(*args, **options)
        self.fields["referral"].queryset = referrals
