"""The form of a session: on one page, in the order in which it is told, saved as typed."""

import uuid
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from consultations.forms import ActionForm, due_from, owners_of
from consultations.models import Action
from consultations.note_fields import filled, note_text, quiet, quiet_rows
from consultations.recipients import contacts_of
from govuk.fields import DayField, TimeField, minutes, text
from govuk.forms import Form, Rows
from interventions import session_rules
from interventions.models import (
    Attended,
    Contact,
    OtherContact,
    SeenAlone,
    SessionPart,
    SessionPlace,
)
from interventions.school_note import person_text
from interventions.services.sessions import Content, Written
from linkworkers.models import Allocation
from schools.models import Pupil, SchoolContact

MOST_ACTIONS = 20
HERE, AWAY = "yes", "no"


class SessionForm(Form):
    """Everything about the session itself; ``work`` has its ``participants`` at hand.

    ``answers`` are those of ``answers_on`` the typed date. Direct work is offered where the
    family agrees on its day (rule 003-50). Typed where it is not, it is refused with the reason,
    and stays.
    """

    held_on = DayField(label="Date", error_messages={"required": "Enter the date of the session"})
    starts_at = TimeField(label="Start", required=False)
    minutes = minutes()
    contact = forms.ChoiceField(
        label="What it was",
        choices=Contact,
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether it was direct work or other contact"},
    )
    other_kind = forms.ChoiceField(
        label="What kind of contact",
        choices=OtherContact,
        required=False,
        widget=forms.RadioSelect,
    )
    attended = forms.ChoiceField(
        label="Did it take place?",
        choices=Attended,
        initial=Attended.YES,
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether it took place"},
    )
    not_held_words = note_text(
        "What was done about it",
        help_text="Such as rang home, told the school, agreed another day",
    )
    place = forms.ChoiceField(
        label="Where",
        choices=SessionPlace,
        initial=SessionPlace.SCHOOL,
        widget=forms.RadioSelect,
        error_messages={"required": "Select where it was"},
    )
    visit_with = text("Visited with", 200, help_text="Who of the school came along")
    risks = note_text("What to mind on a visit", help_text="Stays in the team", rows=2)
    people = forms.MultipleChoiceField(
        label="Who it was with",
        help_text="If nobody came, who was expected",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others_present = text("Who else was there", 300)
    family_present = forms.TypedChoiceField(
        label="Was the family there?",
        choices=[(HERE, "Yes"), (AWAY, "No")],
        coerce=lambda value: value == HERE,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    absent_family_why = text("Why the family was not there", 500)

    def __init__(self, *args, work, answers, offers_direct, **kwargs):
        super().__init__(*args, **kwargs)
        self.work, self.answers, self.offers_direct = work, answers, offers_direct
        self.participants = {str(person.pk): person for person in work.participants.all()}
        self.fields["people"].choices = [
            (key, person_text(person)) for key, person in self.participants.items()
        ]
        if not offers_direct and self["contact"].value() != Contact.DIRECT:
            self.fields["contact"].widget.choices = [(Contact.OTHER, Contact.OTHER.label)]

    @property
    def with_people(self):
        """The participants who were ticked, of a form that has been cleaned."""
        return [self.participants[key] for key in self.cleaned_data.get("people", ())]

    def clean(self):
        cleaned = super().clean()
        if {"held_on", "contact"} <= cleaned.keys():
            self._refuse(
                session_rules.refusals(
                    self.work,
                    self.answers,
                    contact=cleaned["contact"],
                    held_on=cleaned["held_on"],
                    people=self.with_people,
                )
            )
        if {"contact", "attended", "place"} <= cleaned.keys():
            self._refuse(session_rules.lacking(self.told(), self.with_people))
        return cleaned

    def _refuse(self, found):
        for name, sentence in found.items():
            if not self.has_error(name):
                self.add_error(name, sentence)

    def told(self):
        """``{field: value}`` of the session, as far as the form could be read."""
        told = {name: self.cleaned_data.get(name, "") for name in self.fields.keys() - {"people"}}
        for name in ("held_on", "starts_at", "minutes", "family_present"):
            told[name] = self.cleaned_data.get(name)
        if told["contact"] == Contact.DIRECT:
            told["other_kind"] = ""
        return told


class PartForm(Form):
    """What is written of one child (rule 001-118)."""

    support_given = note_text("Support given")
    childs_words = note_text("In the child’s own words", rows=2)
    seen_alone = forms.ChoiceField(
        label="Seen alone?", choices=SeenAlone, required=False, widget=forms.RadioSelect
    )
    analysis = note_text("Our analysis", help_text="For Mosaic. The school does not get it")
    no_actions = forms.BooleanField(label="No actions were agreed", required=False)
    school_text = note_text("Note for the school", rows=4)
    is_significant = forms.BooleanField(
        label="Significant: put it in the chronology", required=False
    )
    headline = text("One line for the chronology", 200)

    def __init__(self, *args, pupil, **kwargs):
        super().__init__(*args, **kwargs)
        self.pupil = pupil

    def part(self):
        """The unsaved ``SessionPart`` of a valid form."""
        return SessionPart(pupil=self.pupil, **self.cleaned_data)


class SessionActionForm(ActionForm):
    """What was agreed about one child: what, who, by when (rule 001-116)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["about"]
        self.fields["due_on"].required = True
        self.fields["due_on"].error_messages["required"] = "Enter by when it will be done"


class SessionActionRows(Rows):
    def actions(self):
        """Unsaved ``Action`` rows of the forms that were filled in."""
        rows = []
        for form in filled(self):
            data = form.cleaned_data
            _, owner = form.owners.get(data["owner"], ("", None))
            rows.append(
                Action(
                    what=data["what"],
                    due_on=data["due_on"],
                    owner_user=owner if isinstance(owner, User) else None,
                    owner_contact=owner if isinstance(owner, SchoolContact) else None,
                    owner_name="" if owner else data["owner_name"],
                )
            )
        return rows


SessionActionFormSet = forms.formset_factory(
    SessionActionForm,
    formset=SessionActionRows,
    extra=1,
    can_delete=True,
    max_num=MOST_ACTIONS,
    absolute_max=MOST_ACTIONS,
)


@dataclass
class ChildSheet:
    """One child's part of the page: what was written, and the actions agreed."""

    pupil: Pupil
    form: PartForm
    actions: SessionActionRows

    @property
    def is_written(self):
        """Something was typed about the child."""
        return self.form.has_changed() or any(
            form.has_changed() and not form["DELETE"].value() for form in self.actions.forms
        )

    def is_valid(self):
        return False not in [self.form.is_valid(), self.actions.is_valid()]

    def check(self, *, is_held, is_direct):
        """Show what the part lacks or contradicts beside its boxes; True where it is whole."""
        part, actions = self.form.part(), self.actions.actions()
        name = self.pupil.name
        found = session_rules.part_contradicts(part, actions, name=name)
        if is_held:
            found |= session_rules.part_lacking(part, actions, name=name, is_direct=is_direct)
        for box, sentence in found.items():
            self.form.add_error(box, sentence)
        return not found


@dataclass
class Sheet:
    """The whole page: the form and a part for each child, bound or not together.

    ``limits`` are pairs: a ``Participant``, and what they did not agree to on its day.
    """

    form: SessionForm
    children: list
    limits: list

    @property
    def parts(self):
        """Every form and set of rows, for the summary of what is wrong."""
        return [self.form, *(part for c in self.children for part in (c.form, c.actions))]

    def is_valid(self):
        """Validates every part, so that all errors show at once (rule 001-116)."""
        valid = [self.form.is_valid(), *(child.is_valid() for child in self.children)]
        told = self.form.cleaned_data
        day = told.get("held_on")
        valid += [due_from(day, child.actions, "session") for child in self.children]
        is_held = told.get("attended") == Attended.YES
        is_direct = told.get("contact") == Contact.DIRECT
        concerned = self.concerned
        if not concerned:
            first = self.children[0].form
            first.add_error("support_given", "Write about at least one child")
        for child in concerned:
            if child.is_valid():
                valid.append(child.check(is_held=is_held, is_direct=is_direct))
        return bool(concerned) and False not in valid

    @property
    def concerned(self):
        """The children a part is kept of: who was there, and whoever something was typed about.

        When nobody came it is kept of them all.
        """
        there = {person.pupil_id for person in self.form.with_people}
        found = [c for c in self.children if c.is_written or c.pupil.pk in there]
        is_held = self.form.cleaned_data.get("attended") == Attended.YES
        return found if found or (is_held and len(self.children) > 1) else self.children

    def content(self):
        """The ``Content`` of a valid sheet."""
        return Content(
            fields=self.form.told(),
            people=self.form.with_people,
            parts=[Written(c.form.part(), c.actions.actions()) for c in self.concerned],
        )


def sheet(user, work, data=None, *, as_other=False):
    """The ``Sheet`` of a session of ``work`` that ``user`` writes; ``data`` as a POST holds it.

    Without data it begins with today, and with direct work unless ``as_other``.
    ``work`` has its participants with their pupils at hand. As many queries for many children as
    for one.
    """
    pupils = [person.pupil for person in work.participants.all() if person.pupil]
    owners, people, day = _owners(user, work), _people_so_far(work, data), day_of(data)
    answers = session_rules.answers_on(work, day)
    offers_direct = session_rules.offers_direct(work, answers, held_on=day, people=people)
    initial = _afresh(work, offers_direct and not as_other)
    return Sheet(
        form=SessionForm(
            data, initial=initial, work=work, answers=answers, offers_direct=offers_direct
        ),
        children=[
            ChildSheet(
                pupil=pupil,
                form=PartForm(data, prefix=f"part-{pupil.pk}", pupil=pupil),
                actions=SessionActionFormSet(
                    data, prefix=f"actions-{pupil.pk}", form_kwargs={"owners": owners}
                ),
            )
            for pupil in pupils
        ],
        limits=session_rules.limits_in(answers, work.participants.all(), day),
    )


def _afresh(work, is_direct):
    """What a new form begins with: today, and with whom where there is nobody else."""
    people = list(work.participants.all())
    return {
        "held_on": timezone.localdate(),
        "contact": Contact.DIRECT if is_direct else Contact.OTHER,
        "people": [str(people[0].pk)] if len(people) == 1 else [],
    }


def day_of(data):
    """The date of the session that a POST says; today while it says none that can be read."""
    try:
        return SessionForm.base_fields["held_on"].clean((data or {}).get("held_on", ""))
    except ValidationError:
        return timezone.localdate()


def _people_so_far(work, data):
    """The participants who are ticked; everybody while nobody is."""
    people = list(work.participants.all())
    ticked = set(data.getlist("people")) if data else set()
    return [person for person in people if str(person.pk) in ticked] or people


def _owners(user, work):
    """Who may do an action: the writer, who does the work, the school's workers and contacts."""
    allocations = list(Allocation.objects.filter(school=work.school).live().with_names())
    workers = {f"user:{worker.pk}": (worker.name, worker) for worker in work.workers}
    return workers | owners_of(user, allocations, contacts_of(work.school))


def post_of(work, data):
    """A draft's ``{name: [values]}`` as the POST it came from, with its row counts."""
    post = QueryDict(mutable=True)
    for name, values in data.items():
        post.setlist(name, values)
    for prefix in prefixes_of(work):
        post.setdefault(f"{prefix}-TOTAL_FORMS", "0")
        post.setdefault(f"{prefix}-INITIAL_FORMS", "0")
    return post


def sheet_of(user, work, data):
    """The ``Sheet`` of a draft's ``{name: [values]}``, to be validated."""
    return sheet(user, work, post_of(work, data))


def as_typed(user, work, data):
    """The ``Sheet`` of a draft exactly as it was typed: bound, and not validated."""
    restored = sheet_of(user, work, data)
    quiet(restored.form)
    for child in restored.children:
        quiet(child.form)
        quiet_rows(child.actions)
    return restored


def prefixes_of(work):
    """The names of the sets of rows: the actions of each child."""
    return [f"actions-{person.pupil_id}" for person in work.participants.all() if person.pupil_id]


class AddendumForm(Form):
    """Dated text about one child of a completed session."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    part = forms.ChoiceField(
        label="About",
        widget=forms.RadioSelect,
        error_messages={"required": "Select whom it is about"},
    )
    text = note_text("What to add", "Enter what to add", rows=4)
    for_school = forms.BooleanField(label="The school reads it too", required=False)

    def __init__(self, *args, parts, **kwargs):
        super().__init__(*args, **kwargs)
        self.parts = {str(part.pk): part for part in parts}
        self.fields["part"].choices = [(key, part.pupil.name) for key, part in self.parts.items()]
        if len(self.parts) == 1:
            self.fields["part"].widget = forms.HiddenInput()
            self.fields["part"].initial = next(iter(self.parts))
