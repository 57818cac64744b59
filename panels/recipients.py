"""Who may be sent the minutes, whose copy each of them gets, and what stands in the way."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone

from accounts.models import current
from panels.copies import AGENCY, SCHOOL, TEAM, Reader
from panels.models import MeetingAgency, Reply
from panels.models.distribution import named_at
from schools.models import OwnChildConflict, SchoolContact
from schools.roles import SAFEGUARDING

NO_ADDRESS = "no address, so nothing can be sent: give it to them yourself"
BAD_ADDRESS = "the address is not one that a message can go to: tell them yourself"
NO_ACCOUNT = "no account here, so nothing can be sent: give it to them yourself"
CLOSED = "the account is closed, so nothing can be sent"
LEFT = "has left the school, so nothing can be sent"
CONFLICT = "may read nothing of a school of this meeting"
GONE = "is not in the directory of agencies: ask them before you send"
MOVED = "has another address in the directory now: this goes to the one they were invited by"


@dataclass(frozen=True)
class Recipient:
    """Somebody who may be sent a copy.

    ``trouble`` says why nothing can be sent, ``warning`` what to know before it is; ``is_ticked``
    is who gets it unless somebody decides otherwise (rule 000-18: who is relevant, not all).
    """

    row: object
    reader: Reader
    name: str
    note: str = ""
    is_ticked: bool = False
    trouble: str = ""
    warning: str = ""

    @property
    def is_agency(self):
        return isinstance(self.row, MeetingAgency)

    @property
    def key(self):
        return f"{'agency' if self.is_agency else 'person'}-{self.row.pk}"


def recipients_of(minutes):
    """The ``Recipient`` of everybody invited, agencies first; four queries, however many.

    ``minutes`` are the ``copies.Minutes`` of the meeting.
    """
    meeting = minutes.meeting
    people = list(
        meeting.people.filter(removed_at__isnull=True).select_related("user", "contact", "school")
    )
    leads = _leads(people)
    closed = frozenset(row.pk for row in minutes.everyone)
    conflicted = set(
        OwnChildConflict.objects.filter(
            current(), school__in=meeting.schools.values("school")
        ).values_list("user", flat=True)
    )
    agencies = meeting.agencies.select_related("agency", "contact")
    return [
        *(_of_agency(row) for row in agencies),
        *(_of_person(row, leads, closed, conflicted) for row in people),
    ]


def _leads(people):
    """``{(user id, school id)}`` of those who read of their school's children (design.md 4)."""
    posts = SchoolContact.objects.current().filter(
        roles__overlap=list(SAFEGUARDING),
        confirmed_at__isnull=False,
        school__in={row.school_id for row in people if row.school_id},
        user__in={row.user_id for row in people if row.user_id},
    )
    return set(posts.values_list("user", "school"))


def _of_agency(row):
    trouble = warning = ""
    if not row.email:
        trouble = NO_ADDRESS
    elif not is_one_address(row.email):
        trouble = BAD_ADDRESS
    elif row.contact is None:
        warning = GONE
    elif row.contact.email and row.contact.email.casefold() != row.email.casefold():
        warning = MOVED
    return Recipient(
        row,
        Reader(AGENCY, row.agency_id, row.agency.name),
        row.owner_text,
        _note(row),
        _is_ticked(row) and not trouble and warning != GONE,
        trouble,
        warning,
    )


def _of_person(row, leads, closed, conflicted):
    if row.school is None:
        reader = Reader(TEAM, name="The team")
    elif (row.user_id, row.school_id) in leads:
        reader = Reader(SCHOOL, row.school_id, row.school.name)
    else:
        reader = Reader(SCHOOL, row.school_id, row.school.name, closed)
    trouble = _trouble(row, conflicted)
    return Recipient(
        row,
        reader,
        named_at(row.name, row.school.name if row.school else ""),
        _note(row),
        _is_ticked(row) and not trouble,
        trouble,
    )


def _trouble(row, conflicted):
    if row.user is None:
        return NO_ACCOUNT
    if not row.user.is_active:
        return CLOSED
    if row.user_id in conflicted:
        return CONFLICT
    if row.contact and row.contact.ends_at and row.contact.ends_at <= timezone.now():
        return LEFT
    return "" if is_one_address(row.user.email) else BAD_ADDRESS


def _note(row):
    if row.attended:
        return "Was there"
    if row.reply == Reply.APOLOGIES:
        return "Apologies"
    return "Coming" if row.attended is None and row.reply == Reply.COMING else "Was not there"


def _is_ticked(row):
    came = row.attended if row.attended is not None else row.reply == Reply.COMING
    return bool(came) or row.reply == Reply.APOLOGIES


def is_one_address(address):
    """Whether the outbox takes it: one address and nothing else."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return '"' not in address


def of_recipients(rows):
    """``Q`` of the copies that belong to these ``MeetingAgency`` and ``MeetingPerson`` rows."""
    agencies = [row.pk for row in rows if isinstance(row, MeetingAgency)]
    people = [row.pk for row in rows if not isinstance(row, MeetingAgency)]
    return Q(agency__in=agencies) | Q(person__in=people)
