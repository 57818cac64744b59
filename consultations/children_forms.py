"""The rows of the form that are about children: who was discussed, and what was said of each."""

import re
from dataclasses import dataclass, field

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from consultations.models import (
    SUB_AREAS,
    Area,
    FamilyTold,
    Handed,
    Heard,
    Level,
    Naming,
    PupilDiscussed,
    Signpost,
    Subject,
    Threshold,
    Tool,
)
from consultations.note_fields import filled, note_text
from consultations.part_words import told_apart
from govuk.fields import DayField, text
from govuk.forms import Form, Rows
from govuk.words import lower_first
from schools.pupil_forms import ReasonForm
from schools.year_groups import year_choices

MOST_CHILDREN = 20
MOST_SIGNPOSTS = 5
BEFORE_RECEPTION = -1
GIVE_A_REASON = "Give a reason to open this child again, or choose somebody else"
# The names of the fields of a part that are kept as they are.
PLAIN = (
    "attendance",
    "worries",
    "worries_heard",
    "working_well",
    "working_well_heard",
    "needs_to_happen",
    "needs_to_happen_heard",
    "childs_voice",
    "lived_experience",
    "family_view",
    "tried",
    "level",
    "level_at_school",
    "level_reason",
    "risk_pei",
    "risk_fpn",
    "risk_reason",
    "tools",
    "neglect_level",
    "neglect_review_on",
    "yes_threshold",
    "camhs_threshold",
    "advice",
    "analysis",
    "shared_text",
    "family_told",
    "family_why",
    "third_party",
    "third_party_advised",
    "is_significant",
    "headline",
    "effect",
    "outcome",
)
# What the title of a row says already, and how a service is involved.
HOW = {"who", "DELETE", *(f"signpost_how_{n}" for n in range(MOST_SIGNPOSTS))}
# What opens by itself on the page as soon as it holds something.
FOLDED = {
    "voice": (
        "childs_voice",
        "lived_experience",
        "family_view",
        "tried",
        "vulnerabilities",
        "sub_areas",
    ),
    "judged": (
        "level_at_school",
        "risk_pei",
        "risk_fpn",
        "risk_reason",
        "tools",
        "yes_threshold",
        "camhs_threshold",
    ),
    "others": (
        "third_party",
        "third_party_advised",
        *(f"signpost_to_{n}" for n in range(MOST_SIGNPOSTS)),
    ),
    "records": ("shared_text", "analysis", "is_significant", "headline", "effect", "outcome"),
}


@dataclass
class Discussed:
    """One child's part of a valid form: an unsaved ``row``, and what hangs on it.

    ``vulnerabilities`` are ids, ``signposts`` unsaved rows.
    """

    row: PupilDiscussed
    vulnerabilities: list = field(default_factory=list)
    signposts: list = field(default_factory=list)


class PercentField(forms.DecimalField):
    """A share in per cent with one decimal place; the sign may be typed."""

    def to_python(self, value):
        if isinstance(value, str):
            value = value.strip().removesuffix("%").strip()
        return super().to_python(value)


def level_field(label):
    """Who judges a level need not judge one; nothing is ever chosen beforehand (rule 004-5)."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("", "Not judged"), *Level.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )


def heard_field(label):
    """Where what stands in the box beside it is from (rule 003-9)."""
    return forms.ChoiceField(
        label=label, choices=[("", "Source not said"), *Heard.choices], required=False
    )


def ticks(label, choices):
    """Any of some choices."""
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "lb-thirds"}),
    )


class ChildForm(Form):
    """One child, or a group of children: who, and what was said (domain-facts.md 3.1).

    ``pupils`` are those the writer may pick, by id as text; ``naming`` is the consultation's,
    and without names no child on record is offered. Everything but who is optional.
    """

    who = forms.ChoiceField(
        label="Who was discussed",
        error_messages={"required": "Choose who was discussed"},
        widget=forms.Select({"data-who": ""}),
    )
    year_group = forms.TypedChoiceField(
        label="Year group",
        choices=[("", "Not said"), (BEFORE_RECEPTION, "Before Reception"), *year_choices()],
        coerce=int,
        empty_value=None,
        required=False,
    )
    cohort = text("Which group of children", 200)
    areas = ticks("Key areas", Area.choices)
    sub_areas = ticks(
        "Within attendance and transition",
        [choice for of_area in SUB_AREAS.values() for choice in of_area.items()],
    )
    worries = note_text("What are we worried about?", rows=4)
    worries_heard = heard_field("Source of the worries")
    working_well = note_text("What is working well?", rows=4)
    working_well_heard = heard_field("Source of what is working well")
    needs_to_happen = note_text("What needs to happen?", rows=4)
    needs_to_happen_heard = heard_field("Source of what needs to happen")
    advice = note_text("Advice you gave", rows=2, help_text="The school will read this")
    attendance = PercentField(
        label="Attendance, %",
        max_value=100,
        min_value=0,
        max_digits=4,
        decimal_places=1,
        required=False,
        error_messages={
            **dict.fromkeys(
                ("invalid", "max_digits", "max_whole_digits"),
                "Attendance must be a number from 0 to 100, like 87.5",
            ),
            "max_value": "Attendance must be 100 or less",
            "min_value": "Attendance must be 0 or more",
            "max_decimal_places": "Attendance must have one decimal place at most, like 87.5",
        },
        widget=forms.TextInput({"inputmode": "decimal", "class": "govuk-input--width-3"}),
    )
    level = level_field("Level of need, as you judge it")
    level_reason = text("Why this level", 500)
    family_told = forms.ChoiceField(
        label="Does the family know?",
        choices=FamilyTold,
        required=False,
        widget=forms.RadioSelect,
    )
    family_why = text("Why the family is not told", 500)

    childs_voice = note_text("The child’s own words", rows=2)
    lived_experience = note_text("What a day is like for the child", rows=2)
    family_view = note_text("The family’s own view", rows=2)
    tried = note_text("What has been tried", rows=2)
    vulnerabilities = ticks("What to be alert to", ())

    level_at_school = level_field("Level of need, as the school judges it")
    risk_pei = forms.BooleanField(
        label="At risk of a pupil entitlement investigation (PEI)", required=False
    )
    risk_fpn = forms.BooleanField(label="At risk of a penalty notice (FPN)", required=False)
    risk_reason = text("Why they are at risk of it", 500)
    tools = ticks("Tools used", Tool.choices)
    neglect_level = level_field("Level on the neglect matrix")
    neglect_review_on = DayField(label="Review it on", required=False)
    yes_threshold = forms.ChoiceField(
        label="Threshold of the Youth Emotional Service (YES)",
        choices=[("", "Not asked"), *Threshold.choices],
        required=False,
    )
    camhs_threshold = forms.ChoiceField(
        label="Threshold of CAMHS or CDC",
        choices=[("", "Not asked"), *Threshold.choices],
        required=False,
    )

    third_party = text("Who raised it", 200)
    third_party_advised = forms.BooleanField(
        label=f"They were advised to ring the {settings.COUNCIL.front_door} themselves",
        required=False,
    )

    shared_text = note_text("Text for the child’s record at the school", rows=3)
    analysis = note_text("Our analysis", rows=3)
    is_significant = forms.BooleanField(
        label="Significant: it stands out in the chronology", required=False
    )
    headline = text("One line for the chronology", 200)
    effect = text("Effect on the child", 300)
    outcome = text("Outcome", 300)

    numbered = ""

    def __init__(self, *args, pupils, naming, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.pupils, self.naming = pupils, naming
        self.agencies = {name.casefold(): pk for pk, name in [*offered.former, *offered.agencies]}
        self.guidance = [(area, offered.guidance[area]) for area in Area if offered.guidance[area]]
        self.fields["vulnerabilities"].choices = offered.vulnerabilities
        for n in range(MOST_SIGNPOSTS):
            self.fields[f"signpost_how_{n}"] = forms.ChoiceField(
                label="What was done", choices=Handed, required=False
            )
            self.fields[f"signpost_to_{n}"] = text(
                "Which service",
                150,
                widget=forms.TextInput({"list": "agencies", "placeholder": " "}),
            )
        self.fields["who"].choices = self._whom()

    def _whom(self):
        """Whom the row may be about; whoever was chosen stays in the list, open or not."""
        typed = self["who"].value() or ""
        listed = [
            (key, f"{pupil.name}, {pupil.year_text}")
            for key, pupil in self.pupils.items()
            if key == typed or (pupil.belongs and self.naming == Naming.NAMED)
        ]
        unnamed = [(subject.value, subject.label) for subject in (Subject.UNNAMED, Subject.COHORT)]
        if typed and typed not in self.pupils and typed not in dict(unnamed):
            listed.append((typed, "A child who is not open to you"))
        groups = [("", "Choose")]
        if listed:
            groups.append(("On record", listed))
        return [*groups, ("Without a name", unnamed)]

    @property
    def pupil(self):
        """The child on record the row is about, if they are open to the writer."""
        return self.pupils.get(self["who"].value() or "")

    @property
    def is_unknown(self):
        """Somebody was chosen who is not open to the writer."""
        typed = self["who"].value() or ""
        return bool(typed) and typed not in self.pupils and typed not in Subject.values

    @property
    def title(self):
        """Who it is about, for the line that stands for the row; ``ChildRows`` may number it."""
        return self.numbered or self.called

    @property
    def called(self):
        """Who it is about, be it said of another row too."""
        if self.pupil:
            return f"{self.pupil.name}, {self.pupil.year_text}"
        who = self["who"].value()
        if who == Subject.COHORT and self["cohort"].value():
            return self["cohort"].value()
        if who == Subject.UNNAMED:
            year = dict(self.fields["year_group"].choices).get(_whole(self["year_group"].value()))
            return f"A child without a name{f', {year}' if year else ''}"
        return dict(self.fields["who"].choices[-1][1]).get(who) or "A child"

    @property
    def line(self):
        """What was said in a few words: areas, attendance, level, whether the family knows."""
        areas = [Area(code).label for code in self["areas"].value() or () if code in Area.values]
        found = [", ".join([*areas[:1], *map(lower_first, areas[1:])])]
        if attendance := (self["attendance"].value() or "").strip():
            found.append(f"{attendance.removesuffix('%')[:5]}%")
        level = dict(Level.choices).get(_whole(self["level"].value()))
        told = {FamilyTold.YES: "Family told", FamilyTold.NO: "Family not told"}
        found += [level, told.get(self["family_told"].value())]
        return ". ".join(filter(None, found))

    @property
    def is_open(self):
        """Shown in full: it has an error, or nothing has been written in it yet."""
        texts = ("worries", "working_well", "needs_to_happen", "advice")
        return bool(self.errors) or not any(self[name].value() for name in texts)

    @property
    def holds(self):
        """Which folded parts of the row hold something: ``{"voice": True, ...}``."""
        return {
            name: any(self[part].value() or self[part].errors for part in parts)
            for name, parts in FOLDED.items()
        }

    @property
    def texts(self):
        """What was typed and chosen, to be read by somebody else: ``[(label, words)]``."""
        shown = [(field.label, self._words(field)) for field in self if field.name not in HOW]
        return [(label, words) for label, words in shown if words]

    def _words(self, field):
        value = field.value() or ""
        if isinstance(field.field, forms.BooleanField):
            return "Yes" if value else ""
        if not isinstance(field.field, forms.ChoiceField):
            return value
        labels = {str(key): label for key, label in field.field.choices if key != ""}
        values = value if isinstance(value, list) else [str(value)]
        return ", ".join(labels[one] for one in values if one in labels)

    @property
    def signposts(self):
        """For the page: each line of signposting as its two bound fields."""
        return [
            (self[f"signpost_how_{n}"], self[f"signpost_to_{n}"]) for n in range(MOST_SIGNPOSTS)
        ]

    def has_changed(self):
        # How a service is involved is always chosen, so it alone says nothing.
        return any(not name.startswith(("signpost_how", "DELETE")) for name in self.changed_data)

    def clean_who(self):
        """Only who is open to the writer, and belongs in a consultation with this school."""
        who = self.cleaned_data["who"]
        if who in Subject.values:
            return who
        pupil = self.pupils.get(who)
        if pupil is None:
            raise ValidationError(GIVE_A_REASON)
        if self.naming == Naming.NO_NAMES:
            raise ValidationError(
                "This consultation is recorded without names. Choose “A child without a name” "
                "and the year group, or choose that children may be named"
            )
        if not pupil.belongs:
            raise ValidationError(
                "This child is taught at another school. Find the child again below to record "
                "it in a linked consultation with that school"
            )
        return who

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("who") == Subject.COHORT and not cleaned.get("cohort"):
            self.add_error("cohort", "Enter which group of children was discussed")
        for given, needed, sentence in (
            (cleaned.get("level"), "level_reason", "Enter why you judge it to be this level"),
            (cleaned.get("third_party_advised"), "third_party", "Enter who raised it"),
            (cleaned.get("is_significant"), "headline", "Enter one line for the chronology"),
            (
                cleaned.get("family_told") == FamilyTold.NO,
                "family_why",
                "Enter why the family is not told",
            ),
            (
                cleaned.get("risk_pei") or cleaned.get("risk_fpn"),
                "risk_reason",
                "Enter why they are at risk of it",
            ),
        ):
            if given and not (cleaned.get(needed) or self.has_error(needed)):
                self.add_error(needed, sentence)
        return cleaned

    def discussed(self, position, held_on):
        """The ``Discussed`` of a valid form; ``held_on`` is the day of the consultation."""
        data = self.cleaned_data
        pupil = self.pupils.get(data["who"])
        row = PupilDiscussed(
            position=position,
            subject=Subject.PUPIL if pupil else data["who"],
            pupil=pupil,
            year_group=pupil.year_group_on(held_on) if pupil else data["year_group"],
            cohort=data["cohort"] if data["who"] == Subject.COHORT else "",
            areas=self._areas(),
            sub_areas=data["sub_areas"],
            **{name: data[name] for name in PLAIN},
        )
        return Discussed(row, data["vulnerabilities"], list(self._signposts(row)))

    def _areas(self):
        """Ticked areas, and those of which something narrower was said."""
        data = self.cleaned_data
        meant = set(data["areas"])
        if data["neglect_level"] or data["neglect_review_on"]:
            meant.add(Area.NEGLECT)
        for area, narrower in SUB_AREAS.items():
            if not narrower.keys().isdisjoint(data["sub_areas"]):
                meant.add(area)
        return [area for area in Area if area in meant]

    def _signposts(self, row):
        for n in range(MOST_SIGNPOSTS):
            name = self.cleaned_data[f"signpost_to_{n}"]
            if name:
                agency = self.agencies.get(name.casefold())
                yield Signpost(
                    discussed=row,
                    how=self.cleaned_data[f"signpost_how_{n}"] or Handed.SIGNPOSTED,
                    agency_id=agency,
                    name="" if agency else name,
                )


def _whole(value):
    """A posted number as a choice holds it."""
    return int(value) if re.fullmatch("-?[0-9]{1,2}", str(value or "")) else None


class ChildRows(Rows):
    """The children discussed; ``discuss`` are ids of those a new form begins with."""

    default_error_messages = {
        "too_many_forms": f"A consultation has at most {MOST_CHILDREN} children or groups. "
        "Record the others in another one"
    }

    def __init__(self, *args, discuss=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.discuss = list(discuss)
        self.extra = len(self.discuss)

    @cached_property
    def forms(self):
        """The rows; those about somebody whose titles would be the same are numbered."""
        forms = super().forms
        shown = [form for form in forms if form["who"].value() and not form["DELETE"].value()]
        titles = told_apart([form.called for form in shown])
        for form, title in zip(shown, titles, strict=True):
            form.numbered = title
        return forms

    def get_form_kwargs(self, index):
        kwargs = super().get_form_kwargs(index)
        if not self.is_bound and index is not None and index < len(self.discuss):
            kwargs["initial"] = {"who": self.discuss[index]}
        return kwargs

    def clean(self):
        """The same child twice would be two parts of one record."""
        met = set()
        for form in filled(self):
            pupil = form.pupils.get(form.cleaned_data.get("who"))
            if pupil in met:
                form.add_error("who", f"{pupil.name} has a part above. Write in that one")
            met |= {pupil} - {None}

    def choices(self):
        """Whom an action may be about: ``(index of the row, who that is)``."""
        return [
            (str(index), form.title) for index, form in enumerate(self.forms) if form["who"].value()
        ]

    @property
    def chosen(self):
        """The children on record whom the rows name, open to the writer."""
        return [form.pupil for form in self.forms if form.pupil]

    @property
    def unknown(self):
        """Whom the rows name who is not open to the writer: anything a form may send."""
        return [form["who"].value() for form in self.forms if form.is_unknown]

    @property
    def kept(self):
        """The indices of the rows that were filled in and not taken out, as a form names them."""
        kept = filled(self)
        return {str(index) for index, form in enumerate(self.forms) if form in kept}

    def discussed(self, held_on):
        """``{index of the row: Discussed}`` of the forms that were filled in."""
        kept = filled(self)
        return {
            index: form.discussed(index, held_on)
            for index, form in enumerate(self.forms)
            if form in kept
        }


ChildFormSet = forms.formset_factory(
    ChildForm,
    formset=ChildRows,
    extra=0,
    can_delete=True,
    max_num=MOST_CHILDREN,
    absolute_max=MOST_CHILDREN + 1,
    validate_max=True,
)


class WhyForm(ReasonForm):
    """Why a consultation about children is opened (rule 001-58)."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["reason"].label = "Why do you need to open this consultation?"
