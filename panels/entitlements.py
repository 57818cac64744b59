"""What meetings entitle people to; the grants are made from it and checked against it.

Its organiser runs a meeting; who is invited attends it, until they are taken off.
"""

from accounts.grants import Entitlement
from panels import policies
from panels.models import INVITED, ORGANISER, Meeting, MeetingPerson


def of_organiser(meeting):
    return Entitlement(
        user_id=meeting.organiser_id,
        codename=policies.RUNS,
        object_id=meeting.pk,
        source_type=ORGANISER,
        source_id=meeting.pk,
        starts_at=meeting.made_at,
    )


def of_person(person):
    """What an invitation of somebody with an account opens."""
    return Entitlement(
        user_id=person.user_id,
        codename=policies.ATTENDS,
        object_id=person.meeting_id,
        source_type=INVITED,
        source_id=person.pk,
        starts_at=person.added_at,
        ends_at=person.removed_at,
    )


def of_all_organisers():
    """Every entitlement of an organiser, for ``verify_grants``."""
    return map(of_organiser, Meeting.objects.iterator())


def of_all_people():
    """Every entitlement from an invitation, ended ones included, for ``verify_grants``."""
    return map(of_person, MeetingPerson.objects.filter(user__isnull=False).iterator())
