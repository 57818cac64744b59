"""The form that moves many schools to a hub, panel area or nursing team."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from govuk.fields import PickField, long_text
from govuk.forms import Form
from govuk.layout import FormHelper
from schools.forms import schools_named
from schools.models import Hub, NursingTeam, PanelArea, School

POSTCODE = re.compile(r"([A-Z]{1,2})([0-9][0-9A-Z]?)?(?: ?([0-9][A-Z]{0,2}))?")
TARGETS = {"hub": "Hub", "panel_area": "Panel area", "nursing_team": "School nursing team"}


def _target(model, label):
    return PickField(
        model.objects.all(),
        label=label,
        required=False,
        empty_label="Leave as it is",
        sentence=f"Choose the {label.lower()} from the list",
    )


class AssignForm(Form):
    """Which schools, and where they go; ``only_hubs`` for who may move nothing else."""

    districts = forms.MultipleChoiceField(
        label="Districts",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose districts from the list"},
    )
    postcodes = long_text(
        "Postcodes",
        500,
        help_text="The beginning of each, such as RH10 or BN43 5, one on each line",
    )
    schools = long_text("Schools", 1_000, help_text="One on each line: its URN, or its full name")
    now_in = PickField(
        Hub.objects.all(),
        label="Only those that are now in",
        required=False,
        empty_label="Any hub",
        sentence="Choose a hub from the list",
    )
    closed = forms.BooleanField(label="Include closed schools", required=False)
    hub = _target(Hub, "Hub")
    panel_area = _target(PanelArea, "Panel area")
    nursing_team = _target(NursingTeam, "School nursing team")

    def __init__(self, *args, only_hubs, **options):
        super().__init__(*args, **options)
        districts = School.objects.exclude(district="").order_by("district")
        self.fields["districts"].choices = [
            (name, name) for name in districts.values_list("district", flat=True).distinct()
        ]
        if only_hubs:
            del self.fields["panel_area"], self.fields["nursing_team"]
        self.helper = FormHelper(self)

    def clean_postcodes(self):
        """A condition on the school's postcode for each line."""
        return [_postcode(line) for line in _lines(self.cleaned_data["postcodes"], "[\n,;]")]

    def clean_schools(self):
        """The schools, in place of the lines that name them."""
        return schools_named(_lines(self.cleaned_data["schools"], "\n"))

    def clean(self):
        data = super().clean() or self.cleaned_data
        if not self.errors:
            if not any(data[name] for name in ("districts", "postcodes", "schools", "now_in")):
                self.add_error(
                    "districts", "Choose districts, or enter postcodes or schools, to say which"
                )
            if not self.targets:
                self.add_error("hub", "Choose where the schools go")
        return data

    @property
    def targets(self):
        """``{field of School: where the schools go}`` for what is not left as it is."""
        return {
            field: self.cleaned_data[field] for field in TARGETS if self.cleaned_data.get(field)
        }

    def chosen(self):
        """The schools that the form speaks of, moved or not; the form is valid."""
        asked = self.cleaned_data
        conditions = [*asked["postcodes"]]
        if asked["districts"]:
            conditions.append(Q(district__in=asked["districts"]))
        if asked["schools"]:
            conditions.append(Q(pk__in=[school.pk for school in asked["schools"]]))
        schools = School.objects.all() if asked["closed"] else School.objects.open()
        if asked["now_in"]:
            schools = schools.filter(hub=asked["now_in"])
        if conditions:
            first, *others = conditions
            for other in others:
                first |= other
            schools = schools.filter(first)
        return schools


def _lines(text, separator):
    return [line.strip() for line in re.split(separator, text) if line.strip()]


def _postcode(line):
    """The condition that a line such as ``BN``, ``RH1`` or ``RH10 6`` sets; RH1 is not RH10."""
    found = POSTCODE.fullmatch(" ".join(line.upper().split()))
    if not found or (found[3] and not found[2]):
        raise ValidationError(
            f"“{line[:20]}” is not the beginning of a postcode. Enter it like RH10 or BN43 5"
        )
    area, district, rest = found.groups()
    if district is None:
        return Q(postcode__regex=f"^{area}[0-9]")
    return Q(postcode__startswith=f"{area}{district} {rest or ''}")
