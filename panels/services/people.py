"""The schools of a meeting, and who is invited to it: people, agencies, what they answered."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import grants
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from panels import entitlements, invitation_notices, policies
from panels.models import (
    INVITED,
    MeetingAgency,
    MeetingGrant,
    MeetingKind,
    MeetingPerson,
    MeetingSchool,
    MeetingState,
    MinutedAction,
    Reply,
)
from panels.recipients import is_one_address
from panels.services.meetings import locked, to_change

SCHOOL_OFF = "{} has been taken off the meeting already."
AGENCY_OFF = "This agency has been taken off the meeting already."


@transaction.atomic
def add_school(by, meeting, school):
    """Put another school on it; PermissionDenied for one that ``by`` may call no meeting for."""
    meeting = to_change(by, meeting)
    allow(policies.may_call(by, MeetingKind(meeting.kind), [school]))
    _, is_new = MeetingSchool.objects.get_or_create(
        meeting=meeting, school=school, defaults={"hub_id": school.hub_id}
    )
    if is_new:
        record(by, Verb.ADD, meeting, school_id=school.pk, school=str(school.pk))
    return meeting


@transaction.atomic
def remove_school(by, meeting, school):
    """Take a school off, with its people, who lose the meeting.

    TransitionNotAllowed while one of its children is on it, for the last of its schools, and for
    one that is not on it.
    """
    meeting = to_change(by, meeting)
    if not meeting.schools.filter(school=school).exists():
        raise TransitionNotAllowed(SCHOOL_OFF.format(school.name))
    if meeting.pupils.filter(school=school).exists():
        raise TransitionNotAllowed(f"Take the children of {school.name} off the meeting first.")
    others = meeting.schools.exclude(school=school)
    if not others.exists() and meeting.hub_id is None:
        raise TransitionNotAllowed("A meeting is about one school at least.")
    _remove(meeting, list(meeting.people.filter(school=school, removed_at__isnull=True)))
    meeting.schools.filter(school=school).delete()
    record(by, Verb.REMOVE, meeting, school_id=school.pk, school=str(school.pk))
    return meeting


@transaction.atomic
def choose_people(by, meeting, users, contacts):
    """Say who of the council and the schools is invited; the others are taken off.

    ``users`` and ``contacts`` are whoever ``policies`` offers. Who is new to a meeting that is
    called gets the invitation at once, who leaves a cancellation. PermissionDenied for people who
    may not be invited, and for a local panel from anyone but a team manager (rule 001-96).
    """
    meeting = to_change(by, meeting)
    users, contacts = list(users), list(contacts)
    there = list(meeting.people.filter(removed_at__isnull=True))
    known_users = {row.user_id for row in there if row.contact_id is None}
    known_contacts = {row.contact_id for row in there if row.contact_id}
    new_users = [user for user in users if user.pk not in known_users]
    new_contacts = [one for one in contacts if one.pk not in known_contacts]
    _check_offered(policies.colleagues_for(meeting), new_users)
    _check_offered(policies.contacts_for(meeting), new_contacts)
    staying = {user.pk for user in users}, {one.pk for one in contacts}
    leaving = [
        row
        for row in there
        if (row.contact_id not in staying[1] if row.contact_id else row.user_id not in staying[0])
    ]
    if meeting.kind == MeetingKind.LOCAL and (new_users or leaving):
        allow(policies.may_assign(by, meeting))
    _remove(meeting, leaving)
    made = MeetingPerson.objects.bulk_create(
        [
            *(
                MeetingPerson(
                    meeting=meeting,
                    user=user,
                    name=user.name,
                    assigned_by=by if meeting.kind == MeetingKind.LOCAL else None,
                )
                for user in new_users
            ),
            *(
                MeetingPerson(
                    meeting=meeting,
                    user=one.user,
                    contact=one,
                    school=one.school,
                    name=one.name,
                )
                for one in new_contacts
            ),
        ]
    )
    grants.give(MeetingGrant, [entitlements.of_person(row) for row in made if row.user_id])
    if made or leaving:
        record(by, Verb.INVITE, meeting, added=[str(row.pk) for row in made])
    if meeting.state == MeetingState.CALLED:
        invitation_notices.invite(meeting, by, made)
    return meeting


def _check_offered(offered, chosen):
    ids = {one.pk for one in chosen}
    allow(offered.filter(pk__in=ids).count() == len(ids))


def _remove(meeting, people):
    """Take these people off; what the agenda gave them to do is nobody's."""
    now = timezone.now()
    for person in people:
        person.removed_at = now
    MeetingPerson.objects.bulk_update(people, ["removed_at"])
    MinutedAction.objects.filter(person__in=people).update(person=None)
    grants.end(MeetingGrant, INVITED, [person.pk for person in people], now)
    invitation_notices.call_off(meeting, people)


@transaction.atomic
def invite_agency(by, meeting, agency, *, contact=None, role=""):
    """Invite an agency by one of its contacts; ``role`` is what it is there for (rule 000-9).

    Said twice, it is invited once.
    """
    meeting = to_change(by, meeting)
    held = meeting.agencies.filter(agency=agency, contact=contact).first()
    if held:
        return held
    invited = MeetingAgency.objects.create(
        meeting=meeting,
        agency=agency,
        contact=contact,
        name=contact.name if contact else agency.name,
        email=contact.email if contact else "",
        role=role,
    )
    record(by, Verb.INVITE, meeting, agency=str(agency.pk))
    if meeting.state == MeetingState.CALLED:
        invitation_notices.invite(meeting, by, [invited])
    return invited


@transaction.atomic
def remove_agency(by, meeting, invited):
    """Take an agency's contact off; with the last of an agency it reads of no child any more."""
    meeting = to_change(by, meeting)
    invitation_notices.call_off(meeting, [invited])
    is_last = not meeting.agencies.filter(agency=invited.agency_id).exclude(pk=invited.pk).exists()
    if is_last:
        for child in meeting.pupils.filter(shared_with=invited.agency_id):
            child.shared_with.remove(invited.agency_id)
    record(by, Verb.REMOVE, meeting, agency=str(invited.agency_id))
    invited.delete()
    return meeting


@transaction.atomic
def give_address(by, meeting, invited, *, contact=None, email=""):
    """Give an agency that came without an address one that its minutes can go to; returns its row.

    One of its ``contact`` s, or an ``email`` alone. Its name and all the minutes say stay as they
    are, so that this is done once they are final, too. ValidationError for neither, and for what is
    no address; TransitionNotAllowed before the meeting is held, and for who has an address.
    """
    meeting = locked(meeting)
    allow(policies.may_run(by, meeting))
    if meeting.state not in (MeetingState.HELD, MeetingState.FINALISED):
        raise TransitionNotAllowed("Invite the agency by its address: it has not been held yet.")
    row = meeting.agencies.filter(pk=invited.pk).first()
    if row is None:
        raise TransitionNotAllowed(AGENCY_OFF)
    if is_one_address(row.email):
        raise TransitionNotAllowed(f"{row.owner_text} has an address already.")
    if contact:
        allow(contact.agency_id == row.agency_id)
        if meeting.agencies.filter(contact=contact).exclude(pk=row.pk).exists():
            raise ValidationError({"contact": f"{contact.name} is on the meeting already"})
        row.contact, email = contact, contact.email
    if not is_one_address(email):
        raise ValidationError({"email": "Choose one of its people, or enter an email address"})
    row.email = email
    row.save(update_fields=["contact", "email"])
    record(by, Verb.CHANGE, meeting, agency=str(row.agency_id))
    return row


@transaction.atomic
def note_reply(by, meeting, invited, reply):
    """Note what somebody answered who cannot do so here; ``invited`` is a person or an agency."""
    meeting = to_change(by, meeting)
    allow(invited.meeting_id == meeting.pk)
    return _reply(by, meeting, invited, reply)


@transaction.atomic
def answer(by, meeting, reply):
    """Say yourself whether you come; PermissionDenied for who is not invited.

    TransitionNotAllowed once it has begun, and when it is cancelled.
    """
    meeting = locked(meeting)
    own = meeting.people.filter(user=by, removed_at__isnull=True)
    allow(own.exists())
    if meeting.state != MeetingState.CALLED or meeting.has_begun:
        raise TransitionNotAllowed("This meeting has begun, or has been cancelled.")
    for person in own:
        _reply(by, meeting, person, reply)
    return meeting


def _reply(by, meeting, invited, reply):
    if reply not in Reply.values:
        raise ValidationError({"reply": "Select whether they come"})
    if invited.reply != reply:
        invited.reply = reply
        invited.save(update_fields=["reply"])
        record(by, Verb.REPLY, meeting, reply=reply)
    return invited
