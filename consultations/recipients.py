"""Who gets a note, and why: worked out from the school's posts and from who took part.

Rules 001-64, 001-65 and 003-1: headteacher and safeguarding leads always, even if neither took
part; deputies if the school chose it; school attendees unless unticked; outsiders only when
ticked with a reason; each person once, with all their roles.
"""

import uuid
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from schools.models import School, SchoolContact
from schools.roles import LEADS, ContactRole

ADDRESSES = uuid.UUID("5f3a1d0e-6a0c-4f0b-9c57-0b1f6a1f6d11")
FIRST = (ContactRole.DSL, ContactRole.HEAD)

ALWAYS, AT_SCHOOL, WAITING, OUTSIDE = "always", "school", "waiting", "outside"


@dataclass
class Candidate:
    """One person who could get the note.

    ``group`` is *always* (head, safeguarding leads, chosen deputies), *school*, *waiting* (a
    safeguarding post no second person has confirmed) or *outside*.
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
    def ids(self):
        """The ids of their post and of its user, as far as there are any."""
        return {self.contact.pk, self.contact.user_id} - {None} if self.contact else set()

    @property
    def can_receive(self):
        """Has an address to be told at, an open account, and a confirmed post if a lead's."""
        return not self.cannot

    @property
    def cannot(self):
        """Why nothing can reach them, in a few words; empty when it can."""
        if not self.email:
            return "No email address"
        if self.group == WAITING:
            return "Not confirmed yet: gets nothing now"
        if self.contact is not None and not self.contact.user.is_active:
            return "Account closed"
        return ""


@dataclass
class Decision:
    """What was decided about a candidate: share (with a reason if outside) or withhold.

    ``stands_in`` for a lead told instead of somebody withheld. ``children`` are ids of the parts
    that an outsider's copy holds, ``with_general`` whether it holds what is about nobody in
    particular.
    """

    candidate: Candidate
    share: bool = True
    reason: str = ""
    withhold: bool = False
    instead: SchoolContact = None
    stands_in: bool = False
    children: list = field(default_factory=list)
    with_general: bool = True


@dataclass
class Plan:
    """Everything decided on the share page; ``how`` is one of ``How``."""

    decisions: list = field(default_factory=list)
    how: str = "here"
    no_lead_reason: str = ""

    @property
    def sharing(self):
        return [d for d in self.decisions if d.share and not d.withhold and d.candidate.can_receive]

    @property
    def withheld(self):
        return [d for d in self.decisions if d.withhold]


def contacts_of(school):
    """Posts held now at the school, and at the school it became, with their users, by name.

    ``is_agreed``: one of those the school has agreed to send to its consultations.
    """
    agreed = School.agreed_attendees.through.objects.filter(school=school)
    return list(
        SchoolContact.objects.filter(
            Q(school=school) | Q(school__predecessor_links__predecessor=school)
        )
        .current()
        .annotate(is_agreed=Exists(agreed.filter(schoolcontact=OuterRef("pk"))))
        .select_related("user")
        .order_by("name")
        .distinct()
    )


def candidates(school, attendees, contacts=None, *, instead=frozenset()):
    """Every ``Candidate`` for a note of ``school``.

    ``attendees`` are ``Attendee`` rows, saved or not. ``instead`` holds the ids of contacts
    chosen to be told in somebody's place. Always-told people come first, leads first among
    them, then by name. Somebody typed in as an outsider who is a contact counts as the contact.
    """
    contacts = contacts_of(school) if contacts is None else contacts
    by_address = {contact.email: contact for contact in contacts if contact.email}
    attending = {a.contact_id for a in attendees if a.contact_id}
    if not attending <= {contact.pk for contact in contacts}:
        attending = _now_called(school, attending)
    outsiders = []
    for attendee in attendees:
        if attendee.contact_id is None:
            if attendee.email in by_address:
                attending.add(by_address[attendee.email].pk)
            else:
                outsiders.append(attendee)
    found = []
    for contact in contacts:
        group = _group(school, contact, attending, instead)
        if group is None:
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
                ticked=group == ALWAYS or contact.pk in attending,
            )
        )
    for attendee in outsiders:
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
    groups = [ALWAYS, AT_SCHOOL, WAITING, OUTSIDE]
    return sorted(found, key=lambda c: (groups.index(c.group), _rank(c), c.name))


def _group(school, contact, attending, instead):
    """Why this contact could get the note; None when there is no reason."""
    roles = set(contact.roles)
    if contact.is_safeguarding and contact.confirmed_at is None:
        return WAITING
    if (
        roles & LEADS
        or contact.pk in instead
        or (ContactRole.DEPUTY in roles and school.deputies_told)
    ):
        return ALWAYS
    if contact.pk in attending or ContactRole.DEPUTY in roles:
        return AT_SCHOOL
    return None


def _now_called(school, contact_ids):
    """These posts with whatever posts replaced them since: a changed address is a new post."""
    replaced_by = dict(
        SchoolContact.objects.filter(school=school, replaces__isnull=False).values_list(
            "replaces", "pk"
        )
    )
    found = set()
    for pk in contact_ids:
        while pk is not None and pk not in found:
            found.add(pk)
            pk = replaced_by.get(pk)
    return found


def _rank(person):
    """Safeguarding leads before the head, both before everybody else."""
    roles = person.contact.roles if person.contact else []
    return next((i for i, role in enumerate(FIRST) if role in roles), len(FIRST))


def has_lead(found):
    """True when a head or safeguarding lead who can be told is among them (rule 001-65)."""
    return any(
        c.group == ALWAYS and c.can_receive and not set(LEADS).isdisjoint(c.contact.roles)
        for c in found
    )
