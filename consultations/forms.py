"""The forms of an Early help consultation: written in a meeting's order, saved as typed."""

from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils import timezone

from consultations import policies
from consultations.models import (
    SUB_AREAS,
    Action,
    Area,
    AreaDiscussed,
    Attendee,
    Audience,
    How,
    Kind,
    ManagerReason,
    Place,
    Theme,
)
from consultations.recipients import ALWAYS, AT_SCHOOL, OUTSIDE, Decision, Plan, has_lead
from govuk.fields import DayField, TimeField
from govuk.forms import Form
from linkworkers.models import Allocation

MAX_TEXT = 100_000
LONDON = ZoneInfo(settings.TIME_ZONE)


def long_text(label, rows=3, **options):
    """A text box that grows; its limit is told in words."""
    return forms.CharField(
        label=label,
        required=options.pop("required", False),
        max_length=MAX_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "max_length": f"{label} must be {MAX_TEXT:,} characters or fewer. "
            "Shorten it, or put the rest in an addendum.",
            **options.pop("error_messages", {}),
        },
        **options,
    )


@dataclass
class Content:
    """What a completed form says, ready for ``services.complete``; ``themes`` are ids."""

    fields: dict
    themes: list
    areas: list
    attendees: list
    actions: list = field(default_factory=list)


class ConsultationForm(Form):
    """Everything about the consultation itself; people and actions are rows beside it.

    ``user`` writes it, ``school`` is where it was held, ``contacts`` its current posts.
    """

    held_on = DayField(
        label="Date",
        error_messages={"required": "Enter the date of the consultation"},
    )
    held_time = TimeField(label="Start", required=False)
    minutes = forms.IntegerField(
        label="Minutes",
        required=False,
        min_value=1,
        max_value=720,
        error_messages={
            "invalid": "Minutes must be a whole number, like 45",
            "min_value": "Minutes must be 1 or more",
            "max_value": "Minutes must be 720 or fewer",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
    )
    place = forms.ChoiceField(label="Place", choices=Place, initial=Place.SCHOOL)
    kind = forms.ChoiceField(
        label="Kind",
        choices=Kind,
        widget=forms.RadioSelect,
        initial=Kind.STRUCTURED,
        error_messages={"required": "Select whether it was structured or ad hoc advice"},
    )
    manager_reason = forms.ChoiceField(
        label="Why you are holding it yourself",
        choices=ManagerReason,
        widget=forms.RadioSelect,
        required=False,
    )
    held_before_by = forms.CharField(
        label="Who held it",
        required=False,
        max_length=150,
    )
    held_before_why = forms.CharField(
        label="Why it is being recorded now",
        required=False,
        max_length=500,
    )
    contacts = forms.MultipleChoiceField(
        label="Who took part",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "lb-thirds"}),
    )
    updates_given = long_text(
        "News you gave the school", help_text="Changes to services, and local information"
    )
    areas = forms.MultipleChoiceField(
        label="Key areas",
        help_text="Tick what you talked about to open its notes",
        choices=Area,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    themes = forms.MultipleChoiceField(
        label="Themes",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "lb-thirds"}),
    )
    shared_text = long_text(
        "Text to share with the school",
        rows=6,
        required=True,
        error_messages={"required": "Enter the text the school will read"},
    )
    internal_notes = long_text("Internal notes", rows=4)

    def __init__(self, *args, user, school, contacts, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.school = user, school
        self.contact_rows = {str(contact.pk): contact for contact in contacts}
        self.fields["contacts"].choices = [
            (key, f"{contact.name}, {contact.role_text}")
            for key, contact in self.contact_rows.items()
        ]
        self.fields["themes"].choices = [
            (str(theme.pk), theme.name) for theme in Theme.objects.filter(is_offered=True)
        ]
        for area in Area:
            self.fields[f"notes_{area}"] = long_text(f"Notes on {lower_first(area.label)}")
            if area in SUB_AREAS:
                self.fields[f"sub_{area}"] = forms.MultipleChoiceField(
                    label=f"Within {lower_first(area.label)}",
                    choices=list(SUB_AREAS[area].items()),
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )
        if policies.needs_manager_reason(user, school):
            self.fields["manager_reason"].required = True
            self.fields["manager_reason"].error_messages["required"] = (
                "Select why you are holding it yourself"
            )
        else:
            del self.fields["manager_reason"]

    @property
    def asks_who_held(self):
        """The date is before the writer held the school: the page asks who held it and why."""
        return any(
            self[name].errors or self[name].value()
            for name in ("held_before_by", "held_before_why")
        )

    def area_rows(self):
        """For the page: each area with its notes, its sub-areas and whether it is ticked."""
        ticked = set(self["areas"].value() or [])
        return [
            {
                "area": area,
                "notes": self[f"notes_{area}"],
                "sub": self[f"sub_{area}"] if area in SUB_AREAS else None,
                "ticked": area in ticked or bool(self[f"notes_{area}"].value()),
            }
            for area in Area
        ]

    def clean(self):
        cleaned = super().clean()
        held_on = cleaned.get("held_on")
        if held_on:
            cleaned["held_at"] = self._held_at(held_on, cleaned.get("held_time"))
            self._check_date(cleaned["held_at"], cleaned)
        if not self._areas(cleaned):
            self.add_error(
                "areas", "Select at least one key area. For anything else, new or emerging issue"
            )
        return cleaned

    def _held_at(self, held_on, held_time):
        if held_time is None:
            noon = noon_of(held_on)
            return min(noon, timezone.now()) if held_on == timezone.localdate() else noon
        return datetime.combine(held_on, held_time, LONDON)

    def _check_date(self, held_at, cleaned):
        if held_at > timezone.now():
            self.add_error(
                "held_on", "The consultation must be in the past. Enter when it was held"
            )
            return
        if policies.needs_manager_reason(self.user, self.school):
            return
        since = (
            Allocation.objects.filter(link_worker__user=self.user, school=self.school)
            .order_by("starts_at")
            .values_list("starts_at", flat=True)
            .first()
        )
        if since is not None and held_at.date() < timezone.localdate(since):
            day = timezone.localdate(since)
            for name, sentence in (
                (
                    "held_before_by",
                    f"You have held this school since {day:%-d %B %Y}. "
                    "Enter who held the consultation",
                ),
                ("held_before_why", "Enter why it is being recorded now"),
            ):
                if not cleaned.get(name):
                    self.add_error(name, sentence)

    def _areas(self, cleaned):
        """Ticked areas, and any that has notes: what was typed is never dropped."""
        ticked = set(cleaned.get("areas") or [])
        return [
            area
            for area in Area
            if area in ticked
            or (cleaned.get(f"notes_{area}") or "").strip()
            or cleaned.get(f"sub_{area}")
        ]

    def content(self, people, actions):
        """The ``Content`` of a valid form with its valid rows."""
        data = self.cleaned_data
        contacts = [self.contact_rows[key] for key in data["contacts"]]
        return Content(
            fields={
                name: data.get(name) or default
                for name, default in (
                    ("held_at", None),
                    ("minutes", None),
                    ("place", ""),
                    ("kind", ""),
                    ("manager_reason", ""),
                    ("held_before_by", ""),
                    ("held_before_why", ""),
                    ("updates_given", ""),
                    ("shared_text", ""),
                    ("internal_notes", ""),
                )
            },
            themes=data["themes"],
            areas=[
                AreaDiscussed(
                    area=area,
                    notes=data.get(f"notes_{area}", ""),
                    sub_areas=data.get(f"sub_{area}") or [],
                )
                for area in self._areas(data)
            ],
            attendees=[
                *(
                    Attendee(contact=contact, name=contact.name, role_text=contact.role_text)
                    for contact in contacts
                ),
                *people.attendees(),
            ],
            actions=actions.actions(),
        )


class PersonForm(Form):
    """Somebody who took part and is no contact of the school."""

    name = forms.CharField(
        label="Someone else",
        max_length=150,
        error_messages={"required": "Enter the person’s name"},
    )
    organisation = forms.CharField(
        label="Where they work",
        max_length=150,
        error_messages={"required": "Enter where they work"},
    )
    email = forms.EmailField(
        label="Email address",
        required=False,
        error_messages={"invalid": "Enter an email address like name@example.com"},
    )


class ActionForm(Form):
    """An agreed action: what, who, by when."""

    what = forms.CharField(
        label="What",
        max_length=500,
        error_messages={
            "required": "Enter what will be done",
            "max_length": "The action must be 500 characters or fewer",
        },
    )
    owner = forms.ChoiceField(label="Who", required=False)
    owner_name = forms.CharField(label="Or someone else", required=False, max_length=150)
    due_on = DayField(
        label="By",
        required=False,
        error_messages={"invalid": "The date of the action must be a real date, like %(example)s"},
    )

    def __init__(self, *args, owners=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "Choose"), *owners]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("what") and not (cleaned.get("owner") or cleaned.get("owner_name")):
            self.add_error("owner", "Choose who will do it, or enter a name")
        return cleaned


class PeopleRows(forms.BaseFormSet):
    def attendees(self):
        """Unsaved ``Attendee`` rows of the forms that were filled in."""
        return [
            Attendee(
                name=form.cleaned_data["name"],
                organisation=form.cleaned_data["organisation"],
                email=form.cleaned_data["email"].lower(),
            )
            for form in filled(self)
        ]


class ActionRows(forms.BaseFormSet):
    def actions(self):
        """Unsaved ``Action`` rows of the forms that were filled in."""
        rows = []
        for form in filled(self):
            data = form.cleaned_data
            kind, _, pk = data["owner"].partition(":")
            rows.append(
                Action(
                    what=data["what"],
                    due_on=data["due_on"],
                    owner_user_id=pk if kind == "user" else None,
                    owner_contact_id=pk if kind == "contact" else None,
                    owner_name="" if kind else data["owner_name"],
                )
            )
        return rows


def filled(formset):
    """The forms of a valid formset that hold something and are not removed."""
    return [
        form
        for form in formset.forms
        if form.has_changed() and form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]


PeopleFormSet = forms.formset_factory(
    PersonForm, formset=PeopleRows, extra=0, can_delete=True, max_num=30, absolute_max=60
)
ActionFormSet = forms.formset_factory(
    ActionForm, formset=ActionRows, extra=1, can_delete=True, max_num=50, absolute_max=100
)


def owners_of(user, school, contacts):
    """Choices for who does an action: the writer, the school's link workers, its contacts."""
    held = (
        Allocation.objects.live()
        .filter(school=school)
        .exclude(link_worker__user=user)
        .select_related("link_worker__user")
    )
    return [
        (f"user:{user.pk}", f"{user.name} (you)"),
        *((f"user:{a.link_worker.user_id}", a.link_worker.user.name) for a in held),
        *((f"contact:{contact.pk}", contact.name) for contact in contacts),
    ]


@dataclass
class Sheet:
    """The whole page: the form and its two sets of rows, bound or not together."""

    form: ConsultationForm
    people: PeopleRows
    actions: ActionRows

    @property
    def parts(self):
        return self.form, self.people, self.actions

    def is_valid(self):
        """Validates every part, so that all errors show at once."""
        valid = False not in [part.is_valid() for part in self.parts]
        took_part = valid and (self.form.cleaned_data["contacts"] or filled(self.people))
        if valid and not took_part:
            self.form.add_error("contacts", "Select who took part, or add someone else")
            return False
        return valid

    def content(self):
        return self.form.content(self.people, self.actions)


def sheet(user, school, contacts, data=None, initial=None):
    """A ``Sheet`` for ``user`` at ``school``; ``data`` as a POST or a draft holds it."""
    return Sheet(
        form=ConsultationForm(data, initial=initial, user=user, school=school, contacts=contacts),
        people=PeopleFormSet(data, prefix="people"),
        actions=ActionFormSet(
            data,
            prefix="actions",
            form_kwargs={"owners": owners_of(user, school, contacts)},
        ),
    )


def post_of(data):
    """A draft's ``{name: [values]}`` as the POST it came from, with its row counts."""
    post = QueryDict(mutable=True)
    for name, values in data.items():
        post.setlist(name, values)
    for prefix in ("people", "actions"):
        post.setdefault(f"{prefix}-TOTAL_FORMS", "0")
        post.setdefault(f"{prefix}-INITIAL_FORMS", "0")
    return post


def as_typed(user, school, contacts, data):
    """The ``Sheet`` of a draft exactly as it was typed: bound, and not validated.

    ``data`` is ``{name: [values]}``; a hostile or half-saved draft opens all the same.
    """
    restored = sheet(user, school, contacts, post_of(data))
    quiet(restored.form)
    for rows in (restored.people, restored.actions):
        for form in rows.forms:
            quiet(form)
        rows._errors, rows._non_form_errors = [{} for _ in rows.forms], rows.error_class()
    return restored


def quiet(form):
    """Hold back a bound form's errors: it is being written, not handed in."""
    form._errors = ErrorDict()
    form.cleaned_data = {}


def add_row(data, prefix):
    """The POST with one more empty row of ``prefix``: "add another" without JavaScript."""
    data = data.copy()
    count = data.get(f"{prefix}-TOTAL_FORMS", "0")
    data[f"{prefix}-TOTAL_FORMS"] = str(
        int(count) + 1 if count.isascii() and count.isdigit() else 1
    )
    return data


def noon_of(day):
    """Noon in London on a date: the instant of a consultation whose time nobody noted."""
    return datetime.combine(day, time(12), LONDON)


def areas_of(consultation):
    """For the record's page: each area discussed with the words of its sub-areas."""
    return [
        {
            "label": row.get_area_display(),
            "sub": [SUB_AREAS.get(row.area, {}).get(code, code) for code in row.sub_areas],
            "notes": row.notes,
        }
        for row in consultation.areas.all()
    ]


def lower_first(label):
    """``Attendance`` as it stands inside a sentence; abbreviations keep their capitals."""
    return label if label.isupper() else label[0].lower() + label[1:]


class ShareForm(Form):
    """Who gets the note: one row a candidate, worked out by ``recipients.candidates``.

    Asks why when no head or safeguarding lead can be told (rule 001-65), unless some of them
    have it already.
    """

    how = forms.ChoiceField(
        label="How you are sharing it",
        choices=How,
        widget=forms.RadioSelect,
        initial=How.HERE,
    )
    no_lead_reason = forms.CharField(
        label="Why no headteacher or safeguarding lead is told",
        max_length=500,
        required=False,
    )

    def __init__(self, *args, candidates, already_shared=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        self.leads = [c for c in candidates if c.group == ALWAYS and c.can_receive]
        for person in candidates:
            if not person.can_receive:
                continue
            if person.group != ALWAYS:
                self.fields[f"share_{person.key}"] = forms.BooleanField(
                    label=f"{person.name}, {person.role_text}",
                    required=False,
                    initial=person.ticked,
                )
            if person.group == OUTSIDE:
                self.fields[f"reason_{person.key}"] = forms.CharField(
                    label=f"Why {person.name} needs it", required=False, max_length=500
                )
            if person.contact is not None:
                self.fields[f"withhold_{person.key}"] = forms.BooleanField(
                    label=f"Withhold it from {person.name}", required=False
                )
                self.fields[f"why_{person.key}"] = forms.CharField(
                    label="Reason", required=False, max_length=500
                )
                self.fields[f"instead_{person.key}"] = forms.ChoiceField(
                    label="Tell this safeguarding lead instead",
                    required=False,
                    choices=[
                        ("", "Nobody else"),
                        *(
                            (c.key, c.name)
                            for c in candidates
                            if c.is_lead and c.can_receive and c.key != person.key
                        ),
                    ],
                )
        if already_shared or has_lead(candidates):
            del self.fields["no_lead_reason"]
        else:
            self.fields["no_lead_reason"].required = True
            self.fields["no_lead_reason"].error_messages["required"] = (
                "Enter why no headteacher or safeguarding lead is told"
            )

    def rows(self):
        """For the page: each candidate with its bound fields."""
        return [
            {
                "person": person,
                **{
                    name: self[f"{name}_{person.key}"]
                    for name in ("share", "reason", "withhold", "why", "instead")
                    if f"{name}_{person.key}" in self.fields
                },
            }
            for person in self.candidates
        ]

    def groups(self):
        """``rows`` under the three headings of the page; empty groups are left out."""
        titles = {
            ALWAYS: "Always told",
            AT_SCHOOL: "Others at the school",
            OUTSIDE: "Not at the school",
        }
        return [
            (title, rows)
            for group, title in titles.items()
            if (rows := [r for r in self.rows() if r["person"].group == group])
        ]

    def clean(self):
        cleaned = super().clean()
        for person in self.candidates:
            key = person.key
            if cleaned.get(f"withhold_{key}") and not (cleaned.get(f"why_{key}") or "").strip():
                self.add_error(f"why_{key}", f"Enter why the note is withheld from {person.name}")
            if (
                person.group == OUTSIDE
                and cleaned.get(f"share_{key}")
                and not (cleaned.get(f"reason_{key}") or "").strip()
            ):
                self.add_error(f"reason_{key}", f"Enter why {person.name} needs the note")
        leads = [c for c in self.leads if not cleaned.get(f"withhold_{c.key}")]
        instead = [v for k, v in cleaned.items() if k.startswith("instead_") and v]
        if self.leads and not leads and not instead:
            raise ValidationError(
                "Somebody responsible for safeguarding must get the note. "
                "Choose another safeguarding lead to tell instead"
            )
        return cleaned

    def plan(self):
        """The ``Plan`` of a valid form."""
        data = self.cleaned_data
        by_key = {c.key: c for c in self.candidates}
        chosen_instead = {
            data[f"instead_{c.key}"]
            for c in self.candidates
            if data.get(f"withhold_{c.key}") and data.get(f"instead_{c.key}")
        }
        decisions = []
        for person in self.candidates:
            if not person.can_receive:
                continue
            key = person.key
            instead = by_key.get(data.get(f"instead_{key}") or "")
            decisions.append(
                Decision(
                    candidate=person,
                    share=person.group == ALWAYS
                    or bool(data.get(f"share_{key}"))
                    or key in chosen_instead,
                    reason=data.get(f"reason_{key}", ""),
                    withhold=bool(data.get(f"withhold_{key}")),
                    instead=instead.contact if instead else None,
                ),
            )
            if decisions[-1].withhold:
                decisions[-1].reason = data[f"why_{key}"]
        return Plan(
            decisions=decisions,
            how=data["how"],
            no_lead_reason=data.get("no_lead_reason", ""),
        )


class AddendumForm(Form):
    text = long_text(
        "What to add", rows=4, required=True, error_messages={"required": "Enter what to add"}
    )
    audience = forms.ChoiceField(
        label="Who reads it",
        choices=Audience,
        widget=forms.RadioSelect,
        error_messages={"required": "Select who reads it"},
    )


class StoredForm(Form):
    on = DayField(
        label="Date you stored it",
        error_messages={"required": "Enter the date you stored it"},
    )

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise ValidationError("The date you stored it must be today or in the past")
        return on


class ReplyForm(Form):
    text = long_text(
        "Your reply", rows=4, required=True, error_messages={"required": "Enter your reply"}
    )
