"""The shared version of a consultation: exactly what the school sees, on page, print and PDF."""

from collections.abc import Iterable
from dataclasses import dataclass

from consultations.models import Audience, Consultation


@dataclass(frozen=True)
class Note:
    """What the school reads. Its rows are lists, or query-sets read when they are asked for."""

    consultation: Consultation
    took_part: Iterable
    actions: Iterable
    additions: Iterable

    @property
    def from_school(self):
        """Who took part from the school: always listed (rule 001-64)."""
        return [a for a in self.took_part if a.from_school]

    @property
    def others(self):
        return [a for a in self.took_part if not a.from_school]


def shared_version(consultation):
    """The ``Note`` of a consultation, read in three queries."""
    return Note(
        consultation=consultation,
        took_part=consultation.attendees.order_by("name"),
        actions=consultation.actions.select_related("owner_user", "owner_contact"),
        additions=consultation.addenda.filter(audience=Audience.SCHOOL).select_related("added_by"),
    )


def draft_version(consultation, content):
    """The ``Note`` that completing the draft with this ``Content`` would make, for the preview."""
    for name in ("held_at", "shared_text", "updates_given", "kind", "place"):
        setattr(consultation, name, content.fields[name])
    return Note(
        consultation=consultation,
        took_part=sorted(content.attendees, key=lambda a: a.name),
        actions=content.actions,
        additions=[],
    )
