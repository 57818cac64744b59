"""What a manager wishes of a plan, and where its moves were agreed."""

from django import forms
from django.core.exceptions import ValidationError

from govuk.fields import PastDayField, PickField, text
from govuk.forms import Form
from linkworkers.models import PLACES, LinkWorker
from linkworkers.planning import DEFAULT_WISHES, schools_of
from schools.models import School

AIMS = (
    ("balance", "Even load"),
    ("change", "Few changes"),
    ("feeders", "Feeder schools together"),
    ("travel", "Short journeys"),
)
LEVELS = [("little", "Little"), ("some", "Some"), ("much", "Much")]
MANAGERS = [
    ("none", "None"),
    ("little", "A few: 15% of a full load"),
    ("some", "Some: 30% of a full load"),
    ("much", "Many: half of a full load"),
]
MOVE, PIN, FORBID = "move", "pin", "forbid"


def level(label, choices):
    return forms.ChoiceField(label=label, choices=choices)


class WishesForm(Form):
    """What matters and how much, and one more pair to pin or to forbid.

    With a ``plan``, also the manager's choice about each of its moves, and which earlier pins
    and forbidden pairs to keep; ``wishes`` is what all of it comes to.
    """

    balance, change, feeders, travel = (level(label, LEVELS) for _, label in AIMS)
    managers = level("Schools that team managers hold", MANAGERS)
    school = PickField(
        School.objects.none(),
        label="School",
        required=False,
        empty_label="Choose a school",
        sentence="Choose a school of this plan from the list",
    )
    link_worker = PickField(
        LinkWorker.objects.none(),
        label="Link worker",
        required=False,
        empty_label="Choose a link worker",
        sentence="Choose a link worker from the list",
    )
    wish = forms.ChoiceField(
        label="Pin or forbid",
        required=False,
        choices=[
            ("", "Choose what you wish"),
            *((kind.value, f"Pin as {kind.label.lower()}") for kind in PLACES),
            (FORBID, "Forbid"),
        ],
    )

    def __init__(self, data=None, *, user, hub, plan=None):
        self.plan = plan
        self.before = DEFAULT_WISHES | (plan.wishes if plan else {})
        levels = self.before["weights"] | {"managers": self.before["managers"]}
        super().__init__(data, initial=levels)
        self.fields["school"].queryset = schools_of(hub, user).order_by("name", "urn")
        workers = LinkWorker.objects.in_post().with_names().order_by("user__name")
        self.fields["link_worker"].queryset = workers if hub is None else workers.filter(hub=hub)
        self.moves = (plan.outcome.get("moves", []) if plan else []) or []
        self.moved = {(move["school"], move["place"]) for move in self.moves}
        for move in self.moves:
            self.fields[choice_name(move)] = forms.ChoiceField(
                choices=[(MOVE, "Move"), (PIN, "Pin"), (FORBID, "Forbid")],
                initial=PIN if self._pin(move) in self.before["pins"] else MOVE,
                error_messages={
                    "required": "Choose move, pin or forbid for each move",
                    "invalid_choice": "Choose move, pin or forbid for each move",
                },
            )
        self.kept = self._kept_choices()
        if self.kept:
            self.fields["keep"] = forms.MultipleChoiceField(
                required=False,
                choices=[(key, key) for key in self.kept],
                initial=list(self.kept),
                error_messages={"invalid_choice": "Choose from the pairs on the page"},
            )

    def _pin(self, move):
        return [move["school"], move["place"], move["to"]]

    def _kept_choices(self):
        """``{value: wish}`` of the pins and forbidden pairs that are no move of the plan."""
        pins = [pin for pin in self.before["pins"] if (pin[0], pin[1]) not in self.moved]
        return {":".join(wish): wish for wish in [*pins, *self.before["forbids"]]}

    def clean(self):
        """A pair needs all of school, worker and wish."""
        given = super().clean()
        parts = ("school", "link_worker", "wish")
        if any(given.get(part) for part in parts):
            for part in parts:
                if part not in self.errors and not given.get(part):
                    label = self.fields[part].label.lower()
                    self.add_error(part, ValidationError(f"Choose the {label} of the pair"))
        return given

    @property
    def wishes(self):
        """The wishes, as ``linkworkers.planning`` has them; the form is valid."""
        given = self.cleaned_data
        pins, forbids = {}, []
        kept = set(given.get("keep", ()))
        for key, wish in self.kept.items():
            if key in kept:
                if len(wish) == 3:
                    pins[wish[0], wish[1]] = wish
                else:
                    forbids.append(wish)
        for move in self.moves:
            chosen = given[choice_name(move)]
            if chosen == PIN:
                pins[move["school"], move["place"]] = self._pin(move)
            elif chosen == FORBID:
                forbids.append([move["school"], move["to"]])
        if given["school"]:
            school, worker = str(given["school"].pk), str(given["link_worker"].pk)
            if given["wish"] == FORBID:
                forbids.append([school, worker])
            else:
                pins[school, given["wish"]] = [school, given["wish"], worker]
        return {
            "weights": {aim: given[aim] for aim, _ in AIMS},
            "managers": given["managers"],
            "pins": sorted(pins.values()),
            "forbids": sorted(map(list, set(map(tuple, forbids)))),
            "leave": self.before["leave"],
        }

    @property
    def differs(self):
        """Something is wished that the plan on the page was not made for; the form is valid."""
        return self.wishes != self.before


def choice_name(move):
    """The field of a move."""
    return f"choice-{move['school']}-{move['place']}"


class ApplyForm(Form):
    """Where a hub's moves were agreed (rule 001-50)."""

    agreed_at = text("Agreed at", 120, "Enter where the moves were agreed")

    @property
    def facts(self):
        """What ``services.apply`` takes beside the plan; the form is valid."""
        return {"agreed_at_meeting": self.cleaned_data["agreed_at"]}


class CountyApplyForm(Form):
    """The county meeting that agreed, if one did (rule 001-51)."""

    met_on = PastDayField(
        what="The day of the meeting",
        label="County meeting on",
        required=False,
    )
    who_was_there = text("Who was there", 300)

    def clean(self):
        """Both or neither."""
        given = super().clean()
        if given.get("met_on") and not given.get("who_was_there"):
            self.add_error("who_was_there", "Enter who was at the meeting")
        if given.get("who_was_there") and not given.get("met_on") and "met_on" not in self.errors:
            self.add_error("met_on", "Enter the day of the meeting")
        return given

    @property
    def facts(self):
        """As ``ApplyForm.facts``."""
        return dict(self.cleaned_data)
