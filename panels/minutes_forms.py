"""What the pages of the minutes ask: an item, its actions, who is here, what makes them final."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from govuk.fields import DayField, PickSeveralField, email, long_text, text
from govuk.forms import Form
from panels import meeting_page, policies
from panels.minutes_checks import child_text
from panels.models import ItemAudience
from panels.services.minutes import LONGEST_TITLE, Said, add_agency_here, add_person_here
from schools.agencies import offered_agencies
from schools.models import Agency, School

LONGEST = 200_000
# Both at once are a contradiction that nobody but the writer can resolve.
EITHER = "Choose everybody, our team alone, or the agencies and schools: not both"
NOBODY = "Nobody yet"
WHOLE = [
    (ItemAudience.EVERYBODY, "Everybody"),
    (ItemAudience.TEAM, "Our team alone"),
    (ItemAudience.CHOSEN, "Only these:"),
]


class ItemForm(Form):
    """What is said under an item, and who may read it: the agencies and schools of a meeting.

    Who ticks an agency and says nothing else has chosen it. Nothing is required: one types while
    others talk.
    """

    audience = forms.ChoiceField(
        label="Who may see this item",
        choices=WHOLE,
        required=False,
        widget=forms.RadioSelect,
    )
    agencies = PickSeveralField(
        Agency.objects.none(), sentence=EITHER, label="Agencies", required=False
    )
    schools = PickSeveralField(
        School.objects.none(), sentence=EITHER, label="Schools", required=False
    )
    discussion = long_text("Discussion", LONGEST, rows=11)
    decision = long_text("Decision", 5000, rows=1)

    def __init__(self, meeting, *args, **options):
        super().__init__(*args, **options)
        self.fields["agencies"].queryset = Agency.objects.filter(
            pk__in=meeting.agencies.values("agency")
        ).order_by("name")
        self.fields["schools"].queryset = School.objects.filter(
            pk__in=meeting.schools.values("school")
        ).order_by("name")

    def clean(self):
        found = super().clean()
        chosen = bool(found.get("agencies") or found.get("schools"))
        if chosen and found.get("audience") in (ItemAudience.EVERYBODY, ItemAudience.TEAM):
            self.add_error("audience", EITHER)
        return found

    @property
    def said(self):
        """The ``Said`` of a form that is valid."""
        found = self.cleaned_data
        agencies, schools = list(found["agencies"]), list(found["schools"])
        audience = found["audience"]
        if agencies or schools:
            audience = ItemAudience.CHOSEN
        elif audience == ItemAudience.CHOSEN:
            audience = ItemAudience.UNSAID
        return Said(found["discussion"], found["decision"], audience, agencies, schools)


class ActionForm(Form):
    """An action in one line: what, who, by when, and about which child of the meeting."""

    what = text("New action", 500, "Enter what is to be done")
    owner = forms.ChoiceField(
        label="Who",
        required=False,
        error_messages={"invalid_choice": "Choose who does it from the list"},
    )
    due_on = DayField(label="By when", required=False)
    child = forms.ChoiceField(
        label="About",
        required=False,
        error_messages={"invalid_choice": "Choose the child from the list"},
    )

    def __init__(self, meeting, *args, **options):
        super().__init__(*args, **options)
        # Something may be wanted before a meeting that is still to come.
        self.earliest = min(timezone.localdate(meeting.starts_at), timezone.localdate())
        self._rows = {str(row.pk): row for row, _ in meeting_page.invited_of(meeting)}
        owners = [(str(row.pk), name) for row, name in _owners(meeting)]
        self.fields["owner"].choices = [("", NOBODY), *owners]
        self._children = {str(row.pk): row for row in children_of(meeting)}
        named = [(pk, child_text(row)) for pk, row in self._children.items()]
        self.fields["child"].choices = [("", "No child"), *named]
        if not named:
            del self.fields["child"]

    def clean_due_on(self):
        """A mistyped year would put the action past every reminder."""
        due_on = self.cleaned_data["due_on"]
        if due_on and due_on < self.earliest and due_on != self.initial.get("due_on"):
            raise ValidationError(
                "The date of the action must be the day of the meeting or later. Check its year"
            )
        return due_on

    @property
    def agreed(self):
        """``(what, keyword arguments)`` of ``add_action`` and ``change_action``."""
        found = self.cleaned_data
        return found["what"], {
            "owner": self._rows.get(found["owner"]),
            "due_on": found["due_on"],
            "child": self._children.get(found.get("child", "")),
        }


def _owners(meeting):
    """``(row, name)`` of whoever may have an action, short enough for a list to choose from."""
    for row, name in meeting_page.people_of(meeting):
        yield row, f"{row.name}, {row.school.name}" if row.school else name
    yield from meeting_page.agencies_of(meeting)


def children_of(meeting):
    """The children of a meeting with what stands for them in its minutes."""
    return meeting.pupils.select_related("pupil")


class TitleForm(Form):
    """What an item is about."""

    title = text(
        "What it is about",
        LONGEST_TITLE,
        "Enter what the item is about",
        help_text="Whoever may see the item reads this. Name no child.",
    )


class HereForm(Form):
    """Who is here and who accepted the terms of reference and confidentiality."""

    present = forms.MultipleChoiceField(
        label="Who is here", required=False, widget=forms.CheckboxSelectMultiple
    )
    accepted = forms.MultipleChoiceField(
        label="Who accepted the terms of reference and confidentiality",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, meeting, *args, **options):
        super().__init__(*args, **options)
        self.lines = meeting_page.invited_of(meeting)
        choices = [(str(row.pk), name) for row, name in self.lines]
        sentence = "Choose from the people and agencies on the meeting"
        for name in ("present", "accepted"):
            self.fields[name].choices = choices
            self.fields[name].error_messages["invalid_choice"] = sentence

    @property
    def rows(self):
        """``(row, name, is here, accepted)`` as the form stands."""
        present, accepted = (
            set(map(str, self[name].value() or ())) for name in ("present", "accepted")
        )
        return [
            (row, name, str(row.pk) in present, str(row.pk) in accepted) for row, name in self.lines
        ]


def here_now(meeting):
    """What ``HereForm`` begins with: before anybody is noted, those who said they would come."""
    rows = [row for row, _ in meeting_page.invited_of(meeting)]
    is_noted = any(row.attended is not None for row in rows)
    here = [row for row in rows if (row.attended if is_noted else row.reply == "coming")]
    return {
        "present": [str(row.pk) for row in here],
        "accepted": [str(row.pk) for row in rows if row.accepted_at],
    }


class GuestForm(Form):
    """Somebody who came uninvited: of a school of the meeting, or of an agency."""

    who = forms.ChoiceField(
        label="Who came",
        error_messages={
            "required": "Choose who came",
            "invalid_choice": "Choose a person or an agency from the list",
        },
    )
    name = text(
        "Their name, if the list says the agency alone", 150, help_text="Such as: PC Ann Bell"
    )
    email = email("Their email address, for their copy of the minutes")

    def __init__(self, meeting, *args, **options):
        super().__init__(*args, **options)
        invited = meeting.people.filter(removed_at__isnull=True, contact__isnull=False)
        offered = policies.contacts_for(meeting).exclude(pk__in=invited.values("contact"))
        self._posts = {str(one.pk): one for one in offered}
        posts = [
            (key, f"{one.name}, {one.role_text}, {one.school.name}")
            for key, one in self._posts.items()
        ]
        self._agencies, agencies = {}, []
        for key, agency, contact, name in offered_agencies():
            self._agencies[key] = agency, contact
            agencies.append((key, name))
        groups = [("Schools", posts), ("Agencies", agencies)]
        self.fields["who"].choices = [("", "Choose"), *((n, g) for n, g in groups if g)]

    def note(self, by, meeting):
        """Note them as here, of a form that is valid; as the act says."""
        found = self.cleaned_data
        if post := self._posts.get(found["who"]):
            return add_person_here(by, meeting, post)
        agency, contact = self._agencies[found["who"]]
        told = {"name": found["name"], "email": found["email"]}
        return add_agency_here(by, meeting, agency, contact=contact, **told)


class FinalForm(Form):
    """What makes the minutes final; ``seen`` is what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    no_actions_why = text(
        "Why no actions were agreed",
        500,
        help_text="Minutes are final with an action, or with the reason why there is none.",
    )
    what_changed = text(
        "What changed since the version before",
        500,
        help_text="Everybody who is sent the new version reads this. Name no child.",
    )

    def __init__(self, *args, has_actions, is_correction, **options):
        super().__init__(*args, **options)
        if has_actions:
            del self.fields["no_actions_why"]
        if not is_correction:
            del self.fields["what_changed"]

    def show_again(self, seen):
        """Keep what was typed, with what the page shows now."""
        self.data = self.data.copy()
        self.data["seen"] = seen
