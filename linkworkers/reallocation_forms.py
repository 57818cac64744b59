"""The form by which the schools of one link worker go to others."""

from django import forms
from django.core.exceptions import ValidationError

from govuk.fields import DayField, long_text, text
from govuk.forms import Form
from linkworkers.forms import (
    KEPT,
    because_field,
    beginning_of,
    day_to_begin,
    kept_reason,
    why_is_missing,
)
from linkworkers.models import Allocation
from linkworkers.services import Move

CHOSEN = "move-"


class ReallocateForm(Form):
    """For every place of a ``Reallocation`` a tick and who takes it; and what goes with them all.

    ``asks_reasons`` once the choices are made: for each person chosen against the guidance a
    reason is needed then, for all the schools they take so.
    """

    why = long_text("Why", 300, "Enter why the schools move", help_text=KEPT)
    handover_note = long_text(
        "Handover note",
        5_000,
        rows=4,
        help_text="For everybody who takes a school. They read it after signing in.",
    )
    starts_on = DayField(
        label="From", required=False, help_text="Today, or a day to come. Leave empty for now."
    )
    agreed_at_meeting = text("Agreed at", 120, help_text="Such as Hub meeting, 23 November")

    def __init__(self, *args, reallocation, asks_reasons=False, **options):
        super().__init__(*args, **options)
        self.reallocation, self.asks_reasons = reallocation, asks_reasons
        suggested = reallocation.suggestions()
        self.workers = {str(worker.pk): worker for worker in reallocation.team}
        choices = [("", "Choose")] + [(key, str(worker)) for key, worker in self.workers.items()]
        for place in reallocation.places:
            named = f"{place.school}, {place.allocation.get_kind_display().lower()}"
            self.fields[f"{CHOSEN}{place.key}"] = forms.BooleanField(
                label=named, required=False, initial=True
            )
            self.fields[f"to-{place.key}"] = forms.ChoiceField(
                label=f"To, for {named}",
                choices=choices,
                required=False,
                initial=str(suggested[place.key].pk) if place.key in suggested else "",
                error_messages={"invalid_choice": f"Choose who takes {named}"},
            )
        for key in self.workers:
            self.fields[f"because-{key}"] = because_field()
            self.fields[f"words-{key}"] = long_text("In your words", 300, rows=2)

    def clean_starts_on(self):
        return day_to_begin(self.cleaned_data["starts_on"])

    def clean(self):
        facts = super().clean()
        chosen = [p for p in self.reallocation.places if facts.get(f"{CHOSEN}{p.key}")]
        if not chosen:
            raise ValidationError("Choose at least one school to move")
        for place in chosen:
            self._check(place, facts.get(f"to-{place.key}"))
        if not self.errors and self.asks_reasons:
            for worker in self.exceptions:
                self._ask_why(worker, facts)
        return facts

    def _check(self, place, worker):
        name = f"to-{place.key}"
        if name in self.errors:
            return
        named = f"{place.school} as {place.allocation.get_kind_display().lower()}"
        if not worker:
            self.add_error(name, f"Choose who takes {named}")
        elif why := place.barred.get(self.workers[worker].pk):
            self.add_error(name, f"Choose somebody else for {named}. {self.workers[worker]}: {why}")

    def _ask_why(self, worker, facts):
        refusal = why_is_missing(facts[f"because-{worker.pk}"], facts[f"words-{worker.pk}"])
        if refusal:
            field, sentence = refusal
            name = {"because": "because", "reason": "words"}[field]
            self.add_error(f"{name}-{worker.pk}", f"{sentence}, for {worker}")

    @property
    def choices(self):
        """``{place key: LinkWorker}`` of the schools that are ticked; the form has no errors."""
        return {
            place.key: self.workers[self.cleaned_data[f"to-{place.key}"]]
            for place in self.reallocation.places
            if self.cleaned_data[f"{CHOSEN}{place.key}"]
        }

    @property
    def exceptions(self):
        """``{worker: [(place, what the guidance says), …]}`` of the choices against it."""
        found = {}
        for key, guidance in self.reallocation.against(self.choices).items():
            place = self.reallocation.place(key)
            found.setdefault(self.choices[key], []).append((place, guidance))
        return found

    @property
    def lacks_only_reasons(self):
        """The choices stand, and what is missing are reasons for exceptions."""
        return self.asks_reasons and all(
            name.startswith(("because-", "words-")) for name in self.errors
        )

    @property
    def exception_rows(self):
        """``[(worker, [(place, guidance), …], ticks, own words), …]``, bound, for the page."""
        return [
            (worker, places, self[f"because-{worker.pk}"], self[f"words-{worker.pk}"])
            for worker, places in self.exceptions.items()
        ]

    @property
    def changes(self):
        """``[(place, who takes it), …]`` of the schools that are ticked."""
        return [(self.reallocation.place(key), w) for key, w in self.choices.items()]

    @property
    def kept(self):
        """The bound fields that the second page carries on unseen."""
        return [field for field in self if not field.name.startswith(("because-", "words-"))]

    @property
    def starts_at(self):
        """The instant they begin; None for now."""
        return beginning_of(self.cleaned_data["starts_on"])

    @property
    def moves(self):
        """What ``services.reallocate`` takes; the form is valid."""
        guidance = self.reallocation.against(self.choices)
        return [
            Move(
                school=place.school,
                kind=place.allocation.kind,
                link_worker=worker,
                held=place.allocation,
                reason=self._reason(worker, guidance.get(place.key, "")),
                handover_note=self.cleaned_data["handover_note"],
            )
            for place, worker in self.changes
        ]

    def _reason(self, worker, guidance):
        facts = self.cleaned_data
        if not guidance:
            return facts["why"]
        words = " ".join(filter(None, (facts["why"], facts[f"words-{worker.pk}"])))
        against = f"{worker} goes against the guidance: {guidance}."
        return kept_reason(facts[f"because-{worker.pk}"], words, against)

    @property
    def rows(self):
        """``[(place, tick, who takes it, teams to choose from), …]``, bound, for the page."""
        return [
            (
                place,
                self[f"{CHOSEN}{place.key}"],
                self[f"to-{place.key}"],
                self._options(place),
            )
            for place in self.reallocation.places
        ]

    def _options(self, place):
        """``[(hub, [(value, label, whether it can be chosen), …]), …]``."""
        return [
            (
                hub,
                [
                    (str(worker.pk), self._label(place, worker), place.may_go_to(worker))
                    for worker in team
                ],
            )
            for hub, team in self.reallocation.team_for(place)
        ]

    def _label(self, place, worker):
        why = place.barred.get(worker.pk)
        if why:
            return f"{worker}: {why}"
        percent = self.reallocation.loads.percent(worker)
        return str(worker) if percent is None else f"{worker}, {percent}% now"


def gone_from(data, reallocation):
    """The names of the schools that were chosen and are no longer the worker's to give."""
    posted = {
        key.removeprefix(CHOSEN)
        for key, value in data.items()
        if key.startswith(CHOSEN) and value not in ("", "False")
    }
    gone = posted - {place.key for place in reallocation.places}
    held = Allocation.objects.filter(
        pk__in=[key for key in gone if _is_id(key)], link_worker=reallocation.link_worker
    )
    return sorted(set(held.values_list("school__name", flat=True)))


def _is_id(text):
    try:
        forms.UUIDField().clean(text)
    except ValidationError:
        return False
    return True
