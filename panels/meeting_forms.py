"""What a meeting is about, when and where it is, who is invited, what they answered, who came."""

from datetime import datetime

from django import forms
from django.utils import timezone

from consultations.models import Area, Theme
from govuk.fields import (
    DayField,
    PickField,
    PickSeveralField,
    TimeField,
    long_text,
    radios,
    text,
    whole_number,
)
from govuk.forms import Form
from panels import policies
from panels.models import MeetingKind, OurPart, Reply
from schools.agencies import offered_agencies

SHORTEST, LONGEST = 10, 480
SEVERAL, CONSULTED, ONE = "several", "consulted", "one"
HOW_MANY = [
    (SEVERAL, "Several children, or a theme"),
    (CONSULTED, "One child, after an Early help consultation"),
    (ONE, "One child, who has not been talked about in a consultation yet"),
]
# Rule 000-12: one child is talked about with the link worker first.
FIRST_CONSULT = (
    "Hold an Early help consultation about one child first: the link worker asks the agencies"
    " concerned for advice. Call a meeting if that is not enough"
)
URL = {"invalid": "Enter the whole link to join online, beginning with https://"}


class AboutForm(Form):
    """What the meeting is about and what our part in it is; of a kind that is chosen before."""

    title = text(
        "What it is called",
        150,
        "Enter what the meeting is called",
        help_text="Everybody who is invited reads this once they sign in. Name no child.",
    )
    areas = forms.MultipleChoiceField(
        label="Key areas",
        choices=Area,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    themes = PickSeveralField(
        Theme.objects.filter(is_offered=True),
        sentence="Choose themes from the list",
        label="Themes",
        required=False,
    )
    purpose = long_text("What it is for", 5000, rows=4)
    our_part = radios("What our team does", OurPart, "Select what our team does in the meeting")
    chair_name = text(
        "Who chairs it, if nobody of ours does", 150, help_text="Their name, or what they are"
    )

    def __init__(self, kind, *args, **options):
        super().__init__(*args, **options)
        self.kind = MeetingKind(kind)
        if self.kind == MeetingKind.FORUM:
            del self.fields["our_part"]

    @property
    def facts(self):
        """What ``prepare`` and ``change`` take; the form is valid."""
        names = ("title", "areas", "purpose", "our_part", "chair_name")
        return {n: self.cleaned_data[n] for n in names if n in self.cleaned_data}

    def clean(self):
        found = super().clean()
        if found.get("our_part") == OurPart.CHAIR and found.get("chair_name"):
            self.add_error(
                "chair_name", "Leave this empty, or select that our team takes part only"
            )
        return found


class NewMeetingForm(AboutForm):
    """The same with the first school; or the hub, where it is kept for no school."""

    how_many = radios("Whom it is about", HOW_MANY, "Select whom the meeting is about")
    school = PickField(
        None, sentence="Choose the school, or the first of the schools", label="School"
    )
    hub = PickField(None, sentence="Choose the team", label="Team that attends", required=False)

    field_order = ["how_many", "school", "hub", "title"]

    def __init__(self, user, kind, *args, hubs, **options):
        super().__init__(kind, *args, **options)
        self.fields["school"].queryset = policies.schools_for(user, self.kind)
        self.fields["school"].label_from_instance = lambda school: school.name_and_place
        self.fields["hub"].queryset = hubs
        if self.kind != MeetingKind.CASO:
            del self.fields["how_many"]
        has_hub = self.kind in (MeetingKind.FORUM, MeetingKind.LOCAL) and bool(hubs)
        if has_hub or self.kind == MeetingKind.PANEL:
            self.fields["school"].required = False
        if not has_hub:
            del self.fields["hub"]

    def clean_how_many(self):
        chosen = self.cleaned_data["how_many"]
        if chosen == ONE:
            raise forms.ValidationError(FIRST_CONSULT)
        return chosen

    def clean(self):
        found = super().clean()
        if "hub" in self.fields and not (found.get("school") or found.get("hub")):
            self.add_error("school", "Choose a school, or the team that attends")
        return found

    @property
    def facts(self):
        hub = self.cleaned_data.get("hub")
        return {**super().facts, **({"hub": hub} if hub else {})}

    @property
    def schools(self):
        return [school for school in [self.cleaned_data["school"]] if school]


class CallForm(Form):
    """Date, time, length, and a place or a link. ``version`` is what the page showed."""

    day = DayField(
        label="Date",
        help_text="Such as 3 December",
        error_messages={"required": "Enter the date of the meeting"},
    )
    at = TimeField(
        label="Time",
        help_text="Such as 9:30am",
        error_messages={"required": "Enter the time it begins"},
    )
    minutes = whole_number("Minutes", SHORTEST, LONGEST, like=60)
    place = text(
        "Place", 200, help_text="Everybody invited reads it, in their calendar too: name no child."
    )
    online_url = forms.URLField(
        label="Link to join online",
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off"}),
        error_messages=URL,
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def clean_minutes(self):
        minutes = self.cleaned_data["minutes"]
        if minutes is None:
            raise forms.ValidationError("Enter how many minutes it takes")
        return minutes

    def clean_online_url(self):
        url = self.cleaned_data["online_url"]
        if url and not url.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(URL["invalid"])
        return url

    def show_again(self, version):
        """Keep what was typed, with the version that the page shows now."""
        self.data = self.data.copy()
        self.data["version"] = version

    def agreed(self):
        """What ``call`` takes, of a form that is valid."""
        told = dict(self.cleaned_data)
        at = datetime.combine(told.pop("day"), told.pop("at"))
        return {**told, "starts_at": timezone.make_aware(at)}


def call_now(meeting):
    """What ``CallForm`` begins with."""
    found = {
        "minutes": meeting.minutes,
        "place": meeting.place,
        "online_url": meeting.online_url,
        "version": meeting.version,
    }
    if meeting.starts_at:
        at = timezone.localtime(meeting.starts_at)
        found |= {"day": at.date(), "at": at.time()}
    return found


class CancelForm(Form):
    """Why a meeting is called off."""

    why = text(
        "Why it is cancelled",
        500,
        "Enter why it is cancelled",
        help_text="Only our team reads this. Name no child.",
    )


class SchoolForm(Form):
    """Another school of the meeting."""

    school = PickField(None, sentence="Choose the school", label="School")

    def __init__(self, user, meeting, *args, **options):
        super().__init__(*args, **options)
        there = meeting.schools.values("school")
        offered = policies.schools_for(user, MeetingKind(meeting.kind)).exclude(pk__in=there)
        self.fields["school"].queryset = offered
        self.fields["school"].label_from_instance = lambda school: school.name_and_place


class PeopleForm(Form):
    """Who of the council and of the schools is invited.

    ``seen`` says who was when the page was made: whoever was invited since stays.
    """

    users = PickSeveralField(
        None, sentence="Choose people from the list", label="From the council", required=False
    )
    contacts = PickSeveralField(
        None, sentence="Choose people from the list", label="From the schools", required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, meeting, *args, **options):
        super().__init__(*args, **options)
        # Who is on it already may stay, whatever they do now.
        there = meeting.people.filter(removed_at__isnull=True)
        self._there = list(there.select_related("user", "contact"))
        self.fields["seen"].initial = " ".join(str(row.pk) for row in self._there)
        own = there.filter(contact__isnull=True).values("user")
        users, contacts = self.fields["users"], self.fields["contacts"]
        users.queryset = _or_there(policies.colleagues_for(meeting), own)
        users.label_from_instance = lambda user: user.name
        offered = _or_there(policies.contacts_for(meeting), there.values("contact"))
        contacts.queryset = offered.select_related("school", "user")
        contacts.label_from_instance = _contact_text

    @property
    def chosen(self):
        """``(users, contacts)`` of ``choose_people``; the form is valid."""
        found = self.cleaned_data
        seen = found["seen"].split()
        since = [row for row in self._there if str(row.pk) not in seen]
        users = {row.user for row in since if row.contact is None}
        contacts = {row.contact for row in since if row.contact}
        return users.union(found["users"]), contacts.union(found["contacts"])


def _or_there(offered, there):
    rows = offered.model.objects
    found = rows.filter(pk__in=offered.order_by().values("pk")) | rows.filter(pk__in=there)
    return found.order_by("name")


def _contact_text(contact):
    told = f"{contact.name}, {contact.role_text}, {contact.school.name}"
    return told if contact.user_id else f"{told} (has no address here: invite them yourself)"


class AgencyForm(Form):
    """An agency that is relevant, or one of its people (rules 000-8, 000-18)."""

    who = forms.ChoiceField(
        label="Agency, or one of its people",
        error_messages={
            "required": "Choose the agency",
            "invalid_choice": "Choose an agency or a person from the list",
        },
    )
    role = text(
        "What they are there for", 200, help_text="Such as: advice on exploitation. Name no child."
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._known, choices = {}, [("", "Choose")]
        for key, agency, contact, name in offered_agencies():
            self._known[key] = agency, contact
            is_mute = contact is not None and not contact.email
            choices.append((key, f"{name} (no address: ring them)" if is_mute else name))
        self.fields["who"].choices = choices

    @property
    def chosen(self):
        """What ``invite_agency`` takes; the form is valid."""
        agency, contact = self._known[self.cleaned_data["who"]]
        return {"agency": agency, "contact": contact, "role": self.cleaned_data["role"]}


class RepliesForm(Form):
    """What each of those invited answered; those alone count that the page did not show so."""

    def __init__(self, invited, *args, **options):
        super().__init__(*args, **options)
        self._rows = {}
        for row, name in invited:
            key = f"reply-{row.pk}"
            self._rows[key] = row
            self.fields[key] = forms.ChoiceField(
                label=name, choices=Reply, required=False, initial=row.reply
            )
            self.fields[f"was-{row.pk}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=row.reply
            )

    @property
    def replies(self):
        """``(row, reply)`` of each that was changed on the page; the form is valid."""
        found = self.cleaned_data
        return [
            (row, found[key])
            for key, row in self._rows.items()
            if found[key] != found[f"was-{row.pk}"]
        ]


class HeldForm(Form):
    """Who was there; and whether the family was, in a meeting about one (rule 001-30)."""

    people = forms.MultipleChoiceField(
        label="Who was there",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose people from the list"},
    )
    agencies = forms.MultipleChoiceField(
        label="Agencies that were there",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose agencies from the list"},
    )
    family_present = radios(
        "Was the family there?",
        [("yes", "Yes"), ("no", "No")],
        "Select yes if the family was there",
    )
    family_why = text("Why not", 500)

    def __init__(self, meeting, people, agencies, *args, **options):
        super().__init__(*args, **options)
        for key, rows in (("people", people), ("agencies", agencies)):
            if rows:
                self.fields[key].choices = [(str(row.pk), name) for row, name in rows]
            else:
                del self.fields[key]
        if not meeting.is_about_a_family:
            del self.fields["family_present"]
            del self.fields["family_why"]

    def told(self):
        """What ``hold`` takes; the form is valid."""
        found = self.cleaned_data
        present = found.get("family_present")
        return {
            "people": found.get("people", []),
            "agencies": found.get("agencies", []),
            "family_present": None if present is None else present == "yes",
            "family_why": found.get("family_why", ""),
        }
