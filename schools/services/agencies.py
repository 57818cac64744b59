"""Partner agencies and their contacts, who are never users."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from audit.errors import allow
from audit.models import Verb
from audit.services import record
from schools import policies
from schools.models import AgencyContact, AlsoHere
from schools.services.saving import save


@transaction.atomic
def save_agency(by, agency):
    """Add or change a partner agency."""
    allow(policies.may_edit_agencies(by))
    return save(by, agency)


@transaction.atomic
def save_agency_contact(by, contact):
    """Add or change a person or inbox at a partner agency; never a user."""
    allow(policies.may_edit_agencies(by))
    return save(by, contact)


@transaction.atomic
def remove_agency_contact(by, contact):
    """Take a person who left an agency off its list; the agency stays listed at its schools."""
    allow(policies.may_edit_agencies(by))
    contact = AgencyContact.objects.select_for_update().get(pk=contact.pk)
    record(by, Verb.END, contact)
    # Where the agency is listed without a name already, losing the name would list it twice.
    nameless = AlsoHere.objects.filter(
        school=OuterRef("school"), agency=contact.agency_id, contact__isnull=True
    )
    contact.also_at.filter(Exists(nameless)).delete()
    contact.delete()
