"""Partner agencies and their people, to choose from."""

from schools.models import Agency, Category


def offered_agencies():
    """``(key, agency, contact or None, name)`` of each agency that is offered and its people.

    ``key`` is what a form posts for it. Two queries.
    """
    for agency in Agency.objects.filter(is_offered=True).prefetch_related("contacts"):
        yield str(agency.pk), agency, None, agency.name
        for contact in agency.contacts.all():
            yield str(contact.pk), agency, contact, f"{agency.name}: {contact.name}"


def directory():
    """``[(kind of service, agencies)]`` in the order of ``Category``, with the people of each.

    Those offered come first, by name; a kind without one is left out. Two queries.
    """
    rows = list(Agency.objects.order_by("-is_offered", "name").prefetch_related("contacts"))
    kinds = [*Category.choices, ("", "Other services")]
    sorted_in = [(label, [row for row in rows if row.category == key]) for key, label in kinds]
    return [(label, agencies) for label, agencies in sorted_in if agencies]
