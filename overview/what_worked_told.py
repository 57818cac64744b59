"""What worked, as it leaves the team on paper or in a table: groups under five are kept back."""

from dataclasses import dataclass

from interventions.small_numbers import FEW, FEWER, is_few, parts_told, told
from overview.what_worked import Distance, Group, Pathways

GROUPS_HEADER = (
    "Kind of support",
    "Key area",
    "Programme",
    "Ended",
    "Not allocated",
    "Family said no",
    "Measure",
    "Who says so",
    "First and last measured",
    "Average first",
    "Average last",
    "Average change",
    "Better",
    "No change",
    "Worse",
    "Up",
    "Down",
    "Also measured a term later",
    "Average change then",
)
PATHWAYS_HEADER = ("Programme", "Where the case went", "Cases")


@dataclass(frozen=True)
class ToldDistance:
    """A ``Distance`` of which nothing is told where fewer than five were measured twice."""

    distance: Distance

    @property
    def is_few(self):
        return is_few(self.distance.both)

    @property
    def rates(self):
        """``[(word, number in words)]`` of better, no change and worse."""
        rates = self.distance.rates
        parts = parts_told([part for _, _, part, _ in rates])
        return [(word, part) for (_, word, _, _), part in zip(rates, parts, strict=True)]

    @property
    def has_bar(self):
        """Whether the bar gives nothing away that the numbers keep back."""
        return all(part.isdigit() for _, part in self.rates)

    @property
    def sustained(self):
        return told(self.distance.sustained)

    @property
    def has_sustained(self):
        return self.distance.sustained >= FEW

    @property
    def cells(self):
        """The cells from the name of the measure on."""
        one = self.distance
        if self.is_few:
            return (one.name, one.who, FEWER)
        up, same, down = (part for _, part in self.rates)
        return (
            one.name,
            one.who,
            one.both,
            *(round(number, 1) for number in (one.first, one.last, one.way)),
            *((up, same, down, "", "") if one.is_judged else ("", same, "", up, down)),
            self.sustained,
            round(one.sustained_way, 1) if self.has_sustained else "",
        )


@dataclass(frozen=True)
class ToldGroup:
    """A ``Group`` of which only its name is told where fewer than five ended."""

    group: Group

    @property
    def is_few(self):
        return is_few(self.group.ended)

    @property
    def counts(self):
        """Ended, not allocated and refused; what is left of the first is guarded with them."""
        group = self.group
        if self.is_few:
            return (FEWER,)
        parts = [group.not_allocated, group.refused]
        return (group.ended, *parts_told([*parts, group.ended - sum(parts)])[:2])

    @property
    def distances(self):
        return [] if self.is_few else [ToldDistance(one) for one in self.group.distances]

    @property
    def rows(self):
        """A row for each measure, or one that says what ended."""
        group = self.group
        facts = (group.support, group.area, group.programme, *self.counts)
        return [(*facts, *one.cells) for one in self.distances] or [facts]


@dataclass(frozen=True)
class ToldPathways:
    """``Pathways`` of which only the programme is told where fewer than five were triaged."""

    pathways: Pathways

    @property
    def is_few(self):
        return is_few(self.pathways.triaged)

    @property
    def ways(self):
        """``[(where, number in words)]``: the accepted, then where the others went."""
        elsewhere = self.pathways.elsewhere
        places = ["Accepted", *(f"Redirected: {pathway}" for pathway, _ in elsewhere)]
        parts = [self.pathways.accepted, *(number for _, number in elsewhere)]
        return list(zip(places, parts_told(parts), strict=True))

    @property
    def rows(self):
        name = self.pathways.programme
        return [(name, "", FEWER)] if self.is_few else [(name, *way) for way in self.ways]
