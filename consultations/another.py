"""Recording another consultation at the same school: the day, the place and the people stay."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from consultations.models import Consultation


def before(user, school, key):
    """The finished consultation at the school that another is recorded after, or None.

    ``key`` is its id as an address holds it; whoever may not see it is offered nothing of it.
    """
    try:
        return (
            Consultation.objects.visible_to(user)
            .exclude(state="draft")
            .filter(pk=key, school=school)
            .first()
        )
    except (ValueError, ValidationError):
        return None


def like(consultation):
    """The form's initial values: when and where it was held, and which contacts took part.

    No text and no child comes along.
    """
    held_at = timezone.localtime(consultation.held_at)
    contacts = consultation.attendees.filter(contact__isnull=False)
    return {
        "held_on": held_at.date(),
        "held_time": held_at.time().replace(second=0, microsecond=0),
        "minutes": consultation.minutes,
        "kind": consultation.kind,
        "place": consultation.place,
        "contacts": [str(pk) for pk in contacts.values_list("contact", flat=True)],
    }


def others(consultation):
    """The rows of those who took part and are no contact of the school, as initial values."""
    return list(
        consultation.attendees.filter(contact__isnull=True).values("name", "organisation", "email")
    )
