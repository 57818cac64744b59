"""The shared version of a consultation: exactly what the school sees, on page, print and PDF."""

from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from consultations.models import Audience, Consultation


@dataclass(frozen=True)
class Note:
    """What the school reads. ``took_part`` and ``actions`` are lists of rows, school first."""

    consultation: Consultation
    took_part: list
    actions: list
    additions: list

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
        took_part=list(consultation.attendees.order_by("name")),
        actions=list(consultation.actions.select_related("owner_user", "owner_contact")),
        additions=list(
            consultation.addenda.filter(audience=Audience.SCHOOL).select_related("added_by")
        ),
    )


def draft_version(consultation, content):
    """The ``Note`` that completing the draft with this ``Content`` would make, for the preview."""
    for name in ("held_at", "shared_text", "updates_given", "kind", "place"):
        setattr(consultation, name, content.fields[name])
    prefetch_related_objects(content.actions, "owner_user", "owner_contact")
    return Note(
        consultation=consultation,
        took_part=sorted(content.attendees, key=lambda a: a.name),
        actions=content.actions,
        additions=[],
    )
