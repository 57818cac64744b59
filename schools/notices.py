"""Who hears what about schools and their contacts."""

from accounts.links import link_for
from accounts.models import User
from notifications import kinds
from notifications.services import enqueue
from schools import policies
from schools.models import HubGrant, OwnChildConflict, SchoolContact

CONTACT_TO_CONFIRM = "contact_to_confirm"


def ask_to_confirm(contact, by):
    """Ask the hub's team managers and the school's leads to confirm a safeguarding post.

    Whoever added it, and the person themselves, are not asked: neither may confirm it.
    """
    for user in _who_may_confirm(contact):
        link = link_for(user, contact.school.get_absolute_url(), by)
        enqueue(
            CONTACT_TO_CONFIRM,
            f"{CONTACT_TO_CONFIRM}:{contact.pk}:{user.pk}",
            template="schools/email/contact_to_confirm.txt",
            context={"school": contact.school, "link": link.url},
            about=contact,
            to=user,
            secret=link.secret,
            expires_at=link.expires_at,
        )


def _who_may_confirm(contact):
    managers = HubGrant.objects.live().filter(content_object=contact.school.hub_id)
    leads = SchoolContact.objects.current().leads().filter(school=contact.school)
    conflicted = OwnChildConflict.objects.filter(school=contact.school, ends_at__isnull=True)
    people = managers.order_by().values("user").union(leads.order_by().values("user"))
    return (
        User.objects.filter(pk__in=people, is_active=True)
        .exclude(pk__in=conflicted.values("user"))
        .exclude(pk__in=[key for key in (contact.added_by_id, contact.user_id) if key])
        .order_by("email")
    )


def _contact_of(message):
    return (
        SchoolContact.objects.current()
        .select_related("school")
        .filter(pk=message.about_id, confirmed_at__isnull=True)
        .first()
    )


def _still_waits(message):
    return _contact_of(message) is not None


def _may_confirm(message):
    contact = _contact_of(message)
    return contact is not None and policies.may_confirm(message.to, contact)


def register_kinds():
    kinds.register(
        CONTACT_TO_CONFIRM,
        still_due=_still_waits,
        may_receive=_may_confirm,
        label="Safeguarding contact to confirm",
    )
