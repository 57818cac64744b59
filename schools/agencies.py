"""Partner agencies and their people, to choose from."""

from schools.models import Agency


def offered_agencies():
    """``(key, agency, contact or None, name)`` of each agency that is offered and its people.

    ``key`` is what a form posts for it. Two queries.
    """
    for agency in Agency.objects.filter(is_offered=True).prefetch_related("contacts"):
        yield str(agency.pk), agency, None, agency.name
        for contact in agency.contacts.all():
            yield str(contact.pk), agency, contact, f"{agency.name}: {contact.name}"
