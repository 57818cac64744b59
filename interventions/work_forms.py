"""The forms of short work: what is asked for, who takes part, who does it."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from consultations.children import as_uuid, discussable
from consultations.children_forms import GIVE_A_REASON
from consultations.children_views import nothing_looked_for
from consultations.models import Area, FamilyTold, Level
from consultations.note_fields import filled, quiet, quiet_rows
from govuk.fields import PastDayField, PickField, PickSeveralField, long_text, radios, text
from govuk.forms import Form, Rows
from interventions.asking import NEITHER, problems_of
from interventions.models import AskedBy, Judge, LawfulBasis, LevelThree, Participant, WorkType
from interventions.services.work import LEVEL_FOUR
from schools.models import Agency
from schools.policies import supporting
from schools.pupil_forms import ReasonForm, seen_of

LONGEST = 100_000
MOST_ADULTS = 12
# The fields that are no columns of the work.
BESIDE = ("involved", "level_four_reason")


class RequestForm(Form):
    """What is asked for at a school, by whom and why (domain-facts.md 3.2).

    ``consultation`` says that it comes from one, or None. ``decides`` adds the reason for work at
    Level 4, which a team manager gives.
    """

    asked_by = radios(
        "Who asked",
        [choice for choice in AskedBy.choices if choice[0] != AskedBy.CONSULTATION],
        "Select who asked",
    )
    asked_who = text("Name of who asked", 150)
    asked_on = PastDayField(
        label="Asked on",
        what="The date it was asked for",
        error_messages={"required": "Enter the date it was asked for"},
    )
    work_type = PickField(
        WorkType.objects.none(),
        label="Kind of support",
        empty_label="Choose",
        sentence="Select the kind of support",
    )
    area = forms.ChoiceField(
        label="Key area",
        choices=[("", "Choose"), *Area.choices],
        error_messages={"required": "Select the key area"},
    )
    hoped_for = long_text(
        "What is hoped for", LONGEST, "Enter what is hoped for", rows=4, strip=False
    )
    risks = long_text(
        "Risks on a home visit",
        LONGEST,
        rows=2,
        strip=False,
        help_text="What somebody who visits must know beforehand",
    )
    identified_at_school = text(
        "Identified at the school by", 150, help_text="Who there sees the need"
    )
    identified_by = PickField(
        User.objects.none(),
        label="And by the link worker",
        required=False,
        empty_label="Not by a link worker",
        sentence="Choose the link worker from the list",
    )
    involved = PickSeveralField(
        Agency.objects.all(),
        label="Services",
        required=False,
        sentence="Choose the services from the list",
        widget=forms.CheckboxSelectMultiple({"class": "lb-thirds"}),
    )
    involved_words = long_text("Anybody else, and what they do", LONGEST, rows=2, strip=False)
    level = forms.TypedChoiceField(
        label="Level of need",
        choices=[("", "Not judged yet"), *Level.choices],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    level_by = forms.ChoiceField(
        label="Who judged it",
        choices=Judge,
        required=False,
        widget=forms.RadioSelect,
    )
    level_reason = long_text("Why this level", LONGEST, rows=2, strip=False)
    level_three_as = forms.ChoiceField(
        label="How short work goes on at Level 3",
        choices=[*LevelThree.choices, (NEITHER, "Neither of these")],
        required=False,
        widget=forms.RadioSelect,
    )
    level_four_reason = long_text(
        "Why the work goes on beside the social worker", LONGEST, rows=2, strip=False
    )
    lawful_basis = radios(
        "Lawful basis",
        LawfulBasis.choices,
        "Select the lawful basis",
        initial=LawfulBasis.PUBLIC_TASK,
        help_text="What allows the work. The family’s agreement is something else: the school asks"
        " for it and keeps it",
    )
    family_told = forms.ChoiceField(
        label="Does the family know?",
        choices=FamilyTold,
        required=False,
        widget=forms.RadioSelect,
    )
    family_why = text("Why the family is not told", 500)

    def __init__(self, *args, school, work=None, consultation=None, decides=False, **options):
        if work is not None:
            options.setdefault("initial", _initial(work))
        super().__init__(*args, **options)
        self.work = work
        kinds = WorkType.objects.filter(is_offered=True)
        if work is not None:
            kinds |= WorkType.objects.filter(pk=work.work_type_id)
        self.fields["work_type"].queryset = kinds
        workers = User.objects.filter(pk__in=supporting(school).values("user"))
        if identified := self.initial.get("identified_by"):
            workers |= User.objects.filter(pk=identified)
        self.fields["identified_by"].queryset = workers.order_by("name")
        if consultation is not None:
            del self.fields["asked_by"], self.fields["asked_who"]
        if not decides:
            del self.fields["level_four_reason"]

    @property
    def seen(self):
        """A mark of the work as it stands, to tell a page that was opened before a change."""
        return seen_of(_initial(self.work))

    @property
    def needs_plan(self):
        """Level 3, and neither way to go on: the page points to a plan."""
        return self.is_bound and self["level_three_as"].value() == NEITHER

    @property
    def facts(self):
        """The columns of the work that a valid form says."""
        return {name: self.cleaned_data[name] for name in self.fields if name not in BESIDE}

    def clean(self):
        cleaned = super().clean()
        for name, sentence in problems_of(cleaned).items():
            if not self.has_error(name):
                self.add_error(name, sentence)
        return cleaned


def _initial(work):
    """The fields of the form as the work has them."""
    columns = [name for name in RequestForm.base_fields if name != "involved"]
    found = {name: work.serializable_value(name) for name in columns}
    return {**found, "involved": sorted(work.involved.values_list("pk", flat=True))}


class ChildrenForm(Form):
    """Which children take part; ``pupils`` are those open to the writer, by id as text."""

    children = forms.MultipleChoiceField(
        label="Children",
        widget=forms.CheckboxSelectMultiple({"class": "lb-thirds"}),
        error_messages={"required": "Select at least one child, or find the child below"},
    )

    def __init__(self, *args, pupils, **options):
        super().__init__(*args, **options)
        self.pupils = pupils
        typed = set(self["children"].value() or ())
        listed = [
            (key, f"{pupil.name}, {pupil.year_text}")
            for key, pupil in pupils.items()
            if pupil.belongs or key in typed
        ]
        closed = [(key, "A child who is not open to you") for key in sorted(typed - pupils.keys())]
        self.fields["children"].choices = listed + closed

    @property
    def chosen(self):
        """The children that are ticked and open to the writer."""
        return [self.pupils[key] for key in self["children"].value() or () if key in self.pupils]

    def clean_children(self):
        """Only who is open to the writer, and belongs in work at this school."""
        chosen = [self.pupils.get(key) for key in self.cleaned_data["children"]]
        if None in chosen:
            raise ValidationError(GIVE_A_REASON)
        for pupil in chosen:
            if not pupil.belongs:
                raise ValidationError(
                    f"{pupil.name} is taught at another school. Ask for short work there"
                )
        return chosen


class AdultForm(Form):
    """A parent, carer or other adult who takes part."""

    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = text("Name", 150, "Enter the person’s name")
    relation = text("Who they are to the child", 100, "Enter who they are to the child")
    has_responsibility = forms.BooleanField(label="Has parental responsibility", required=False)

    @property
    def participant(self):
        """The unsaved ``Participant`` of a valid form; with its id where it is on record."""
        data = dict(self.cleaned_data)
        pk = data.pop("person")
        data.pop("DELETE", None)
        return Participant(**({"pk": pk} if pk else {}), **data)


class AdultRows(Rows):
    default_error_messages = {
        "too_many_forms": f"At most {MOST_ADULTS} adults take part in one piece of work"
    }

    @property
    def new(self):
        """Adults who are not on record yet, unsaved."""
        return [form.participant for form in filled(self) if not form.cleaned_data["person"]]

    @property
    def changed(self):
        """Adults on record who were written differently."""
        return [form.participant for form in filled(self) if form.cleaned_data["person"]]

    @property
    def removed(self):
        """The ids of those on record who are taken out."""
        return [
            form.cleaned_data["person"]
            for form in self.forms
            if form.cleaned_data.get("DELETE") and form.cleaned_data.get("person")
        ]


def adults(data=None, initial=None):
    """The rows of adults; a page that begins without any offers an empty one."""
    factory = forms.formset_factory(
        AdultForm,
        formset=AdultRows,
        extra=0 if initial else 1,
        can_delete=True,
        max_num=MOST_ADULTS,
        absolute_max=MOST_ADULTS + 1,
        validate_max=True,
    )
    return factory(data, prefix="adults", initial=initial)


@dataclass
class People:
    """Who takes part, as a page asks it: the children ticked, found or opened, and adults."""

    children: ChildrenForm
    adults: AdultRows
    finding: object

    def is_valid(self):
        """Validates both, so that all errors show at once."""
        return False not in [self.children.is_valid(), self.adults.is_valid()]

    def quieten(self):
        """A button inside the form was pressed: nothing has been handed in yet."""
        quiet(self.children)
        quiet_rows(self.adults)


def people(user, school, data=None, *, chosen=(), rows=None, finding=None):
    """The ``People`` of a page; ``chosen`` are ids of children, ``rows`` adults on record."""
    typed = {str(pk) for pk in chosen} if data is None else set(data.getlist("children"))
    also = {as_uuid(key) for key in typed} - {None}
    pupils = {str(pupil.pk): pupil for pupil in discussable(user, school, also=also)}
    return People(
        ChildrenForm(data, pupils=pupils, initial={"children": sorted(typed)}),
        adults(data, rows),
        finding or nothing_looked_for(),
    )


class AllocateForm(Form):
    """Who does the work, and which weekly meeting decided it."""

    child_worker = forms.ChoiceField(label="With the child", required=False)
    parent_worker = forms.ChoiceField(label="With the parent or carer", required=False)
    meeting_on = PastDayField(
        label="Weekly allocations meeting", what="The date of the meeting", required=False
    )
    level_four_reason = long_text(
        "Why the work goes on beside the social worker", LONGEST, rows=3, strip=False
    )
    seen_child = forms.CharField(widget=forms.HiddenInput, required=False)
    seen_parent = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, work, candidates, has_adult, **options):
        child, parent = work.child_worker_id, work.parent_worker_id
        options.setdefault(
            "initial",
            {
                "child_worker": child,
                "parent_worker": parent,
                "seen_child": child,
                "seen_parent": parent,
                "meeting_on": work.meeting_on,
                "level_four_reason": work.level_four_reason,
            },
        )
        super().__init__(*args, **options)
        self.candidates = candidates
        self.users = {str(one.user.pk): one.user for one in candidates}
        choices = [("", "Nobody"), *((key, user.name) for key, user in self.users.items())]
        for name in ("child_worker", "parent_worker"):
            self.fields[name].choices = choices
            self.fields[name].error_messages["invalid_choice"] = "Choose a worker from the list"
        if not has_adult:
            del self.fields["parent_worker"]
        if work.level != Level.FOUR:
            del self.fields["level_four_reason"]
        else:
            self.fields["level_four_reason"].required = True
            self.fields["level_four_reason"].error_messages["required"] = LEVEL_FOUR

    @property
    def choosing(self):
        """The bound fields in which a worker is chosen."""
        return [self[name] for name in ("child_worker", "parent_worker") if name in self.fields]

    @property
    def rows(self):
        """For the page: each candidate, and nobody, with a choice for each field."""
        people = [
            {
                "value": str(one.user.pk),
                "name": one.user.name,
                "more": ", ".join(filter(None, (one.job, one.here and f"{one.here} here"))),
                "work": one.work,
                "plans": one.plans,
                "away": one.away,
                "is_away_now": one.is_away_now,
            }
            for one in self.candidates
        ]
        rows = [*people, {"value": "", "name": "Nobody"}]
        for place, row in enumerate(rows):
            row["choices"] = [
                {
                    "label": field.label,
                    "name": field.html_name,
                    "id": field.auto_id if place == 0 else f"{field.auto_id}_{place}",
                    "is_chosen": str(field.value() or "") == row["value"],
                }
                for field in self.choosing
            ]
        return rows

    @property
    def choice(self):
        """What ``services.work.allocate`` takes of a valid form."""
        data = self.cleaned_data
        seen = [as_uuid(data[name]) for name in ("seen_child", "seen_parent")]
        return {
            "child_worker": self.users.get(data["child_worker"]),
            "parent_worker": self.users.get(data.get("parent_worker", "")),
            "meeting_on": data["meeting_on"],
            "level_four_reason": data.get("level_four_reason", ""),
            "seen": seen,
        }


class DeclineForm(Form):
    """Why work is not allocated."""

    reason = long_text(
        "Why it is not allocated",
        LONGEST,
        "Enter why the work is not allocated",
        rows=4,
        strip=False,
        help_text="Whoever asked reads this, and what fits better",
    )


class WhyForm(ReasonForm):
    """Why work with children is opened (rule 001-58)."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["reason"].label = "Why do you need to open this work?"
