"""The forms of an Early help consultation: written in a meeting's order, saved as typed."""

import hashlib
import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from consultations import policies
from consultations.children import as_uuid, discussable, named_in
from consultations.children_forms import ChildFormSet, ChildRows
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
    Naming,
    Place,
)
from consultations.note import copy_of
from consultations.note_fields import filled, note_text, quiet, quiet_rows
from consultations.offered import offered
from consultations.recipients import (
    ALWAYS,
    AT_SCHOOL,
    OUTSIDE,
    WAITING,
    Decision,
    Plan,
    has_lead,
)
from govuk.fields import DayField, PastDayField, TimeField, email, minutes, text
from govuk.forms import Form, Rows
from govuk.words import long_date, lower_first
from linkworkers.models import Allocation
from schools.models import SchoolContact

LONDON = ZoneInfo(settings.TIME_ZONE)
# What the page on who gets a note asks of each person, as far as it is asked of them.
# More people or actions than any meeting has: what a made-up number of rows can cost.
MOST_ROWS = 60
# What the library could have called a resource.
A_TITLE = re.compile(r"[^\0]{1,150}")
ROW_FIELDS = ("share", "reason", "children", "general", "withhold", "why", "instead")


@dataclass
class Content:
    """What a completed form says, ready for ``services.complete``; ``themes`` are ids.

    ``children`` are ``Discussed``, the other rows unsaved models.
    """

    fields: dict
    themes: list
    areas: list
    attendees: list
    actions: list = field(default_factory=list)
    children: list = field(default_factory=list)


class ConsultationForm(Form):
    """Everything about the consultation itself; people and actions are rows beside it.

    ``user`` writes it, ``school`` is where it was held, ``contacts`` its current posts;
    ``held`` are the allocations by which the writer has ever held the school, ``offered`` the
    lists to pick from.
    """

    held_on = DayField(
        label="Date",
        error_messages={"required": "Enter the date of the consultation"},
    )
    held_time = TimeField(label="Start", required=False)
    minutes = minutes()
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
    held_before_by = text("Who held it", 150)
    held_before_why = text("Why it is being recorded now", 500)
    naming = forms.ChoiceField(
        label="Are children named?",
        choices=Naming,
        widget=forms.RadioSelect,
        initial=Naming.NAMED,
        required=False,
    )
    nurse_present = forms.BooleanField(label="The school nurse took part", required=False)
    contacts = forms.MultipleChoiceField(
        label="Who took part",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "lb-thirds"}),
    )
    updates_given = note_text(
        "News you gave the school", help_text="Changes to services, and local information"
    )
    training_wanted = note_text("Training the school asked for", rows=2)
    resources = forms.MultipleChoiceField(
        label="Resources you shared",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "lb-thirds"}),
    )
    next_on = DayField(label="Date of the next consultation", required=False)
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
    shared_text = note_text(
        "Text to share with the school", "Enter the text the school will read", rows=6
    )
    internal_notes = note_text("Internal notes", rows=4)

    def __init__(self, *args, user, school, contacts, held, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.school, self.held = user, school, held
        self.guidance, self.library = offered.guidance, offered.resources
        self.contact_rows = {str(contact.pk): contact for contact in contacts}
        self.fields["contacts"].choices = [
            (
                key,
                f"{contact.name}, {contact.role_text}{'' if contact.is_current else ' (left)'}",
            )
            for key, contact in self.contact_rows.items()
        ]
        self.fields["themes"].choices = offered.themes
        self.fields["resources"].choices = [
            (title, title) for title in [*self.library, *self._gone()]
        ]
        for area in Area:
            self.fields[f"notes_{area}"] = note_text(f"Notes on {lower_first(area.label)}")
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
        """For the page: each area, whether it is ticked, its notes, sub-areas and guidance."""
        ticked = set(self["areas"].value() or [])
        return [
            {
                "area": area,
                "notes": self[f"notes_{area}"],
                "sub": self[f"sub_{area}"] if area in SUB_AREAS else None,
                "ticked": area in ticked or bool(self[f"notes_{area}"].value()),
                "guidance": self.guidance[area],
            }
            for area in Area
        ]

    def _gone(self):
        """What was ticked in a draft and has left the library since: it was shared all the same."""
        ticked = self["resources"].value() or ()
        return sorted(filter(A_TITLE.fullmatch, {*ticked} - self.library.keys()))

    def clean_resources(self):
        """As a ``Consultation`` holds them."""
        ticked = {*self.cleaned_data["resources"]}
        return [
            {"title": title, "url": self.library.get(title, "")}
            for title, _ in self.fields["resources"].choices
            if title in ticked
        ]

    def clean_naming(self):
        """A form sent without a choice names children, as the page shows it at first."""
        return self.cleaned_data["naming"] or Naming.NAMED

    def clean(self):
        cleaned = super().clean()
        held_on = cleaned.get("held_on")
        if held_on:
            cleaned["held_at"] = self._held_at(held_on, cleaned.get("held_time"))
            self._check_date(cleaned["held_at"], cleaned)
            if cleaned.get("next_on") and cleaned["next_on"] <= held_on:
                self.add_error("next_on", "The next consultation must be after this one")
        if not self._areas(cleaned):
            self.add_error(
                "areas",
                "Select at least one key area. Where none fits, select “New or emerging issue”",
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
        day = held_at.astimezone(LONDON).date()
        if any(_covers(allocation, day) for allocation in self.held):
            return
        for name, sentence in (
            (
                "held_before_by",
                f"You did not hold this school on {long_date(day)}. "
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

    def content(self, people, actions, children):
        """The ``Content`` of a valid form with its valid rows."""
        data = self.cleaned_data
        discussed = children.discussed(data["held_on"])
        contacts = [self.contact_rows[key] for key in data["contacts"]]
        return Content(
            fields={
                name: data.get(name) or default
                for name, default in (
                    ("held_at", None),
                    ("minutes", None),
                    ("place", ""),
                    ("kind", ""),
                    ("naming", ""),
                    ("nurse_present", False),
                    ("manager_reason", ""),
                    ("held_before_by", ""),
                    ("held_before_why", ""),
                    ("updates_given", ""),
                    ("training_wanted", ""),
                    ("resources", []),
                    ("next_on", None),
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
            actions=actions.actions(discussed),
            children=list(discussed.values()),
        )


class PersonForm(Form):
    """Somebody who took part and is no contact of the school."""

    name = text("Someone else", 150, "Enter the person’s name")
    organisation = text("Where they work", 150, "Enter where they work")
    email = email()

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if email.endswith(".invalid"):
            raise ValidationError("Enter an email address that people read")
        return email


class ActionForm(Form):
    """An agreed action: what, who, by when."""

    what = text(
        "What",
        500,
        "Enter what will be done",
        error_messages={"max_length": "The action must be 500 characters or fewer"},
    )
    owner = forms.ChoiceField(label="Who", required=False)
    owner_name = text("Or someone else", 150)
    about = forms.ChoiceField(label="About", required=False)
    due_on = DayField(
        label="By",
        required=False,
        error_messages={"invalid": "The date of the action must be a real date, like %(example)s"},
    )

    def __init__(self, *args, owners=None, subjects=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.owners = owners or {}
        self.fields["about"].choices = [("", "The whole school"), *subjects]
        choices = ((key, label) for key, (label, _) in self.owners.items())
        self.fields["owner"].choices = [("", "Choose"), *choices]

    def clean(self):
        cleaned = super().clean()
        owner, name = cleaned.get("owner"), cleaned.get("owner_name")
        if cleaned.get("what") and not (owner or name):
            self.add_error("owner", "Choose who will do it, or enter a name")
        if owner and name:
            self.add_error("owner_name", "Choose who will do it or enter a name, not both")
        return cleaned


class PeopleRows(Rows):
    def attendees(self):
        """Unsaved ``Attendee`` rows of the forms that were filled in."""
        return [
            Attendee(
                name=form.cleaned_data["name"],
                organisation=form.cleaned_data["organisation"],
                email=form.cleaned_data["email"],
            )
            for form in filled(self)
        ]


class ActionRows(Rows):
    def actions(self, discussed):
        """Unsaved ``Action`` rows of the forms that were filled in.

        ``discussed`` says which row of the children is which ``Discussed``.
        """
        rows = []
        for form in filled(self):
            data = form.cleaned_data
            _, owner = form.owners.get(data["owner"], ("", None))
            about = discussed.get(int(data["about"])) if data["about"] else None
            rows.append(
                Action(
                    what=data["what"],
                    about=about.row if about else None,
                    due_on=data["due_on"],
                    owner_user=owner if isinstance(owner, User) else None,
                    owner_contact=owner if isinstance(owner, SchoolContact) else None,
                    owner_name="" if owner else data["owner_name"],
                )
            )
        return rows


def due_from(day, rows, what):
    """Whether none of the ``rows``, cleaned, is due before the ``day`` of the ``what`` it is from.

    One that is says so beside its date: a mistyped year would put it past every reminder. Any date
    will do while ``day`` is None.
    """
    dated = [form for form in filled(rows) if day and form.cleaned_data.get("due_on")]
    early = [form for form in dated if form.cleaned_data["due_on"] < day]
    for form in early:
        form.add_error(
            "due_on",
            f"The date of the action must be the day of the {what} or later. Check its year",
        )
    return not early


ROWS = {"max_num": MOST_ROWS, "absolute_max": MOST_ROWS, "can_delete": True}
PeopleFormSet = forms.formset_factory(PersonForm, formset=PeopleRows, extra=0, **ROWS)
ActionFormSet = forms.formset_factory(ActionForm, formset=ActionRows, extra=1, **ROWS)


def owners_of(user, allocations, contacts):
    """Who may do an action, ``{key: (label, user or contact)}``.

    The writer, the school's other link workers, its contacts.
    """
    live = [allocation.link_worker.user for allocation in allocations if allocation.is_live]
    return {
        f"user:{user.pk}": (f"{user.name} (you)", user),
        **{f"user:{worker.pk}": (worker.name, worker) for worker in live if worker != user},
        **{f"contact:{contact.pk}": (contact.name, contact) for contact in contacts},
    }


def _allocations(user, school):
    """The allocations that open the school now, and those by which ``user`` ever held it."""
    of_school = Allocation.objects.filter(school=school)
    found = of_school.live() | of_school.filter(link_worker__user=user)
    return list(found.with_names())


def _covers(allocation, day):
    """The allocation held on some part of this day in London."""
    starts_on = allocation.starts_at.astimezone(LONDON).date()
    ends_at = allocation.ends_at
    return starts_on <= day and (ends_at is None or ends_at.astimezone(LONDON).date() >= day)


@dataclass
class Sheet:
    """The whole page: the form and its sets of rows, bound or not together.

    ``agencies`` are the names of the directory.
    """

    form: ConsultationForm
    people: PeopleRows
    actions: ActionRows
    children: ChildRows
    agencies: list = field(default_factory=list)

    @property
    def parts(self):
        return self.form, self.people, self.children, self.actions

    @property
    def rows(self):
        return self.people, self.children, self.actions

    def is_valid(self):
        """Validates every part, so that all errors show at once."""
        valid = [part.is_valid() for part in self.parts]
        valid.append(due_from(self.form.cleaned_data.get("held_on"), self.actions, "consultation"))
        valid = False not in valid
        took_part = valid and (self.form.cleaned_data["contacts"] or filled(self.people))
        if valid and not took_part:
            self.form.add_error("contacts", "Select who took part, or add someone else")
            return False
        return valid and self._is_about_somebody()

    def _is_about_somebody(self):
        """No action is about a row taken out: it would be about the whole school by itself."""
        known = {"", *self.children.kept}
        lost = [form for form in filled(self.actions) if form.cleaned_data["about"] not in known]
        for form in lost:
            form.add_error("about", "Choose who the action is about: that child was taken out")
        return not lost

    def content(self):
        return self.form.content(self.people, self.actions, self.children)


def sheet(user, school, contacts, data=None, initial=None, *, people=None, reader=None, discuss=()):
    """A ``Sheet`` for ``user`` at ``school``; ``data`` as a POST or a draft holds it.

    Somebody ticked who has left the school since still took part: they stay on the list. The
    children are those open to ``reader``, where it is not the writer who looks. A new form begins
    with the children ``discuss``, ids, as far as they are open, and with ``people`` who are no
    contacts of the school.
    """
    if data is not None:
        contacts = [*contacts, *_left(school, data, contacts)]
    allocations = _allocations(user, school)
    lists = offered()
    typed = discuss if data is None else named_in(dict(data.lists()))
    typed = {*map(as_uuid, typed)} - {None}
    # Read when a row asks for them: a form about no child costs nothing.
    pupils = SimpleLazyObject(
        lambda: {str(pupil.pk): pupil for pupil in discussable(reader or user, school, also=typed)}
    )
    children = ChildFormSet(
        data,
        prefix="children",
        discuss=[str(pk) for pk in discuss if str(pk) in pupils],
        form_kwargs={
            "pupils": pupils,
            "naming": Naming.NAMED if data is None else data.get("naming", Naming.NAMED),
            "offered": lists,
        },
    )
    return Sheet(
        form=ConsultationForm(
            data,
            initial=initial,
            user=user,
            school=school,
            contacts=contacts,
            held=[a for a in allocations if a.link_worker.user_id == user.pk],
            offered=lists,
        ),
        people=PeopleFormSet(data, prefix="people", initial=people),
        actions=ActionFormSet(
            data,
            prefix="actions",
            form_kwargs={
                "owners": owners_of(user, allocations, contacts),
                "subjects": children.choices(),
            },
        ),
        children=children,
        agencies=[name for _, name in lists.agencies],
    )


def _left(school, data, contacts):
    """The school's former contacts whom the form names as taking part or as doing an action."""
    named = set(data.getlist("contacts"))
    owners = (value for key, value in data.items() if key.endswith("-owner"))
    named |= {owner.removeprefix("contact:") for owner in owners if owner.startswith("contact:")}
    missing = {pk for pk in map(as_uuid, named) if pk} - {contact.pk for contact in contacts}
    return SchoolContact.objects.filter(school=school, pk__in=missing) if missing else ()


def post_of(data):
    """A draft's ``{name: [values]}`` as the POST it came from, with its row counts."""
    post = QueryDict(mutable=True)
    for name, values in data.items():
        post.setlist(name, values)
    for prefix in ("people", "actions", "children"):
        post.setdefault(f"{prefix}-TOTAL_FORMS", "0")
        post.setdefault(f"{prefix}-INITIAL_FORMS", "0")
    return post


def as_typed(user, school, contacts, data, reader=None):
    """The ``Sheet`` of a draft exactly as it was typed: bound, and not validated.

    ``data`` is ``{name: [values]}``; a hostile or half-saved draft opens all the same.
    """
    restored = sheet(user, school, contacts, post_of(data), reader=reader)
    quiet(restored.form)
    for rows in restored.rows:
        quiet_rows(rows)
    return restored


def add_row(data, prefix, **values):
    """The POST with one more row of ``prefix``: "add another" without JavaScript.

    The row is empty but for ``values``.
    """
    data = data.copy()
    count = data.get(f"{prefix}-TOTAL_FORMS", "0")
    index = int(count) if re.fullmatch("[0-9]{1,3}", count) else 0
    data[f"{prefix}-TOTAL_FORMS"] = str(index + 1)
    for name, value in values.items():
        data[f"{prefix}-{index}-{name}"] = value
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


class ShareForm(Form):
    """Who gets the note: one row a candidate, worked out by ``recipients.candidates``.

    Asks why when no head or safeguarding lead can be told (rule 001-65), unless one of them
    has it already (``lead_has_it``). ``version`` is the draft's, so that a page opened before
    the people or the text changed is shown again rather than acted on. ``note`` is what is
    shared: of one about children somebody not at the school gets only what is ticked for them.
    """

    how = forms.ChoiceField(
        label="How you are sharing it",
        choices=How,
        widget=forms.RadioSelect,
        initial=How.HERE,
    )
    no_lead_reason = text("Why no headteacher or safeguarding lead is told", 500)

    def __init__(self, *args, candidates, note, lead_has_it=False, version=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        self.note = note
        self.lead_has_it = lead_has_it
        self.seen = self._digest(version)
        self.leads = [c for c in candidates if c.group == ALWAYS and c.can_receive]
        for person in candidates:
            self._add_fields(person)
        if lead_has_it or has_lead(candidates):
            del self.fields["no_lead_reason"]
        else:
            self.fields["no_lead_reason"].required = True
            self.fields["no_lead_reason"].error_messages["required"] = (
                "Enter why no headteacher or safeguarding lead is told"
            )

    def _digest(self, version):
        shown = [f"{c.key} {c.group} {c.can_receive}" for c in self.candidates]
        return hashlib.sha256("\n".join([str(version), *shown]).encode()).hexdigest()

    def _add_fields(self, person):
        key, name = person.key, person.name
        if person.can_receive and person.group != ALWAYS:
            self.fields[f"share_{key}"] = forms.BooleanField(
                label=f"{name}, {person.role_text}", required=False, initial=person.ticked
            )
        if person.can_receive and person.group == OUTSIDE:
            self.fields[f"reason_{key}"] = text(f"Why {name} needs it", 500)
            if self.note.parts:
                self._add_copy(person)
        if person.contact is not None:
            self.fields[f"withhold_{key}"] = forms.BooleanField(
                label=f"Withhold it from {name}", required=False
            )
            self.fields[f"why_{key}"] = text("Reason", 500)
            self.fields[f"instead_{key}"] = forms.ChoiceField(
                label="Tell this safeguarding lead instead",
                required=False,
                choices=[
                    ("", "Nobody else"),
                    *(
                        (c.key, c.name)
                        for c in self.candidates
                        if c.is_lead and c.can_receive and c.key != key
                    ),
                ],
            )

    def _add_copy(self, person):
        """What goes into an outsider's copy; nobody is in it unless ticked."""
        self.fields[f"children_{person.key}"] = forms.MultipleChoiceField(
            label=f"What {person.name} reads about",
            choices=[(str(n), part.title) for n, part in enumerate(self.note.parts)],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields[f"general_{person.key}"] = forms.BooleanField(
            label="And the general text, news, actions and what is added later",
            required=False,
            initial=not self.note.named,
        )

    def rows(self):
        """For the page: each candidate with its bound fields."""
        return [
            {
                "person": person,
                **{
                    name: self[f"{name}_{person.key}"]
                    for name in ROW_FIELDS
                    if f"{name}_{person.key}" in self.fields
                },
            }
            for person in self.candidates
        ]

    def groups(self):
        """``rows`` under the headings of the page; empty groups are left out."""
        titles = {
            ALWAYS: "Always told",
            AT_SCHOOL: "Others at the school",
            WAITING: "Waiting to be confirmed",
            OUTSIDE: "Not at the school",
        }
        return [
            (title, rows)
            for group, title in titles.items()
            if (rows := [r for r in self.rows() if r["person"].group == group])
        ]

    def clean(self):
        cleaned = super().clean()
        if self.data.get("seen", self.seen) != self.seen:
            raise ValidationError(
                "The people or the text changed after you opened this page. Check who gets the "
                "note, then choose again",
                code="changed",
            )
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
            if (
                cleaned.get(f"share_{key}")
                and f"children_{key}" in self.fields
                and not (cleaned.get(f"children_{key}") or cleaned.get(f"general_{key}"))
                and not self.has_error(f"children_{key}")
            ):
                self.add_error(f"children_{key}", f"Select what {person.name} reads about")
        told = [c for c in self.leads if not cleaned.get(f"withhold_{c.key}")]
        if self.leads and not (told or self._stand_ins(cleaned) or self.lead_has_it):
            raise ValidationError(
                "Somebody responsible for safeguarding must get the note. "
                "Choose another safeguarding lead to tell instead"
            )
        return cleaned

    def _stand_ins(self, data):
        """Keys of those told instead of somebody withheld, and not withheld themselves."""
        withheld = {c.key for c in self.candidates if data.get(f"withhold_{c.key}")}
        return {data.get(f"instead_{key}") for key in withheld} - withheld - {None, ""}

    def _chosen(self, indices):
        """The ids of the parts that were ticked."""
        parts = {str(n): part.pk for n, part in enumerate(self.note.parts)}
        return [parts[n] for n in indices or () if n in parts]

    @property
    def readers(self):
        """Whose copy can be previewed: those who could be told."""
        return [person for person in self.candidates if person.can_receive]

    def shown_as(self):
        """``(person, Note)`` of the preview: what the candidate that was chosen would read."""
        by_key = {c.key: c for c in self.readers}
        person = by_key.get(self.data.get("as"))
        if person is None or f"children_{person.key}" not in self.fields:
            return person, self.note
        chosen = self._chosen(self[f"children_{person.key}"].value())
        is_general = bool(self[f"general_{person.key}"].value())
        return person, copy_of(self.note, chosen, is_general=is_general)

    def plan(self):
        """The ``Plan`` of a valid form."""
        data = self.cleaned_data
        by_key = {c.key: c for c in self.candidates}
        stand_ins = self._stand_ins(data)
        decisions = []
        for person in self.candidates:
            key = person.key
            withhold = bool(data.get(f"withhold_{key}"))
            instead = by_key.get(data.get(f"instead_{key}")) if withhold else None
            decisions.append(
                Decision(
                    candidate=person,
                    share=person.group == ALWAYS
                    or bool(data.get(f"share_{key}"))
                    or key in stand_ins,
                    reason=data.get(f"{'why' if withhold else 'reason'}_{key}", ""),
                    withhold=withhold,
                    instead=instead.contact if instead and instead.key in stand_ins else None,
                    stands_in=key in stand_ins,
                    children=self._chosen(data.get(f"children_{key}")),
                    with_general=data.get(f"general_{key}", True),
                )
            )
        return Plan(
            decisions=decisions,
            how=data["how"],
            no_lead_reason=data.get("no_lead_reason", ""),
        )


class AddendumForm(Form):
    """Dated text after completion."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    text = note_text("What to add", "Enter what to add", rows=4)
    audience = forms.ChoiceField(
        label="Who reads it",
        choices=Audience,
        widget=forms.RadioSelect,
        error_messages={"required": "Select who reads it"},
    )


class StoredForm(Form):
    """The day the note went into the school's own system (rule 001-65).

    Not before the day ``held_on`` of the consultation.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    on = PastDayField(
        label="Date you stored it",
        what="The date you stored it",
        error_messages={"required": "Enter the date you stored it"},
    )

    def __init__(self, *args, held_on, **options):
        super().__init__(*args, **options)
        self.held_on = held_on

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on < self.held_on:
            raise ValidationError(
                "The date you stored it must be the day of the consultation or later: "
                f"{long_date(self.held_on)}"
            )
        return on


class ReplyForm(Form):
    """A word back from the school."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    text = note_text("Your reply", "Enter your reply", rows=4)
