"""What consultations expect the grants to hold, for ``verify_grants``."""

from consultations.models import Share
from consultations.services import entitlement


def at_school():
    """Attendees of the school who are no safeguarding leads, one entitlement a share."""
    for share in Share.objects.filter(is_lead=False, from_school=True).iterator():
        yield entitlement(share)


def guests():
    """Attendees from elsewhere, one entitlement a share."""
    for share in Share.objects.filter(is_lead=False, from_school=False).iterator():
        yield entitlement(share)
