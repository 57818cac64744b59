"""Who gets a note, and why: worked out from the school's posts and from who took part.

Rules 001-64, 001-65 and 003-1: headteacher and safeguarding leads always, even if neither took
part; deputies if the school chose it; school attendees unless unticked; outsiders only when
ticked with a reason; each person once, with all their roles.
"""

import uuid
from dataclasses import dataclass, field

from schools.models import ContactRole, SchoolContact

LEAD_ROLES = frozenset({ContactRole.HEAD, ContactRole.DSL})

ADDRESSES = uuid.UUID("5f3a1d0e-6a0c-4f0b-9c57-0b1f6a1f6d11")
FIRST = (ContactRole.DSL, ContactRole.HEAD)

ALWAYS, AT_SCHOOL, OUTSIDE = "always", "school", "outside"


@dataclass
class Candidate:
    """One person who could get the note.

    ``group`` is *always* (head, safeguarding leads, chosen deputies), *school* or *outside*.
    ``key`` names them in the form: ``contact-<id>``, or ``attendee-`` and a digest of the
    address, which stays the same while the attendee is not yet a row.
    """

    key: str
    group: str
    name: str
    role_text: str
    email: str
    contact: SchoolContact = None
    took_part: bool = False
    ticked: bool = True

    @property
    def is_lead(self):
        """Reads it as head or safeguarding lead, by the post itself."""
        return self.contact is not None and self.contact.opens_shared_record

    @property
    def can_receive(self):
        """Has an address to be told at."""
        return bool(self.email)


@dataclass
class Decision:
    """What was decided about a candidate: share (with a reason if outside) or withhold."""

    candidate: Candidate
    share: bool = True
    reason: str = ""
    withhold: bool = False
    instead: SchoolContact = None


@dataclass
class Plan:
    """Everything decided on the share page; ``how`` is one of ``How``."""

    decisions: list = field(default_factory=list)
    how: str = "here"
    no_lead_reason: str = ""

    @property
    def sharing(self):
        return [d for d in self.decisions if d.share and not d.withhold]

    @property
    def withheld(self):
        return [d for d in self.decisions if d.withhold]


def contacts_of(school):
    """Current posts of the school that count: safeguarding ones only once confirmed."""
    return list(
        SchoolContact.objects.filter(school=school)
        .current()
        .confirmed()
        .select_related("user")
        .order_by("name")
    )


def candidates(school, attendees, contacts=None):
    """Every ``Candidate`` for a note of ``school``.

    ``attendees`` are ``Attendee`` rows, saved or not. Always-told people come first, leads
    first among them, then by name.
    """
    contacts = contacts_of(school) if contacts is None else contacts
    attending = {a.contact_id for a in attendees if a.contact_id}
    found = []
    for contact in contacts:
        roles = set(contact.roles)
        if roles & LEAD_ROLES or (ContactRole.DEPUTY in roles and school.deputies_told):
            group, ticked = ALWAYS, True
        elif contact.pk in attending or ContactRole.DEPUTY in roles:
            group, ticked = AT_SCHOOL, contact.pk in attending
        else:
            continue
        found.append(
            Candidate(
                key=f"contact-{contact.pk}",
                group=group,
                name=contact.name,
                role_text=contact.role_text,
                email=contact.email,
                contact=contact,
                took_part=contact.pk in attending,
                ticked=ticked,
            )
        )
    for attendee in attendees:
        if attendee.contact_id is None:
            found.append(
                Candidate(
                    key=f"attendee-{uuid.uuid5(ADDRESSES, attendee.email)}",
                    group=OUTSIDE,
                    name=attendee.name,
                    role_text=attendee.organisation or "Took part",
                    email=attendee.email,
                    took_part=True,
                    ticked=False,
                )
            )
    groups = [ALWAYS, AT_SCHOOL, OUTSIDE]
    return sorted(found, key=lambda c: (groups.index(c.group), _rank(c), c.name))


def _rank(person):
    """Safeguarding leads before the head, both before everybody else."""
    roles = person.contact.roles if person.contact else []
    return next((i for i, role in enumerate(FIRST) if role in roles), len(FIRST))


def has_lead(found):
    """True when a head or safeguarding lead who can be told is among them (rule 001-65)."""
    return any(
        c.group == ALWAYS and c.can_receive and set(c.contact.roles) & LEAD_ROLES for c in found
    )
