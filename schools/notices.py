"""Who hears what about schools and their contacts."""

from accounts.notices import Notice, tell
from notifications import kinds
from schools import policies
from schools.models import SchoolContact
from schools.people import confirmers_of

CONTACT_TO_CONFIRM = "contact_to_confirm"


def ask_to_confirm(contact, by):
    """Ask the hub's team managers and the school's leads to confirm a safeguarding post.

    Whoever added it, and the person themselves, are not asked: neither may confirm it.
    """
    tell(
        [
            Notice(
                kind=CONTACT_TO_CONFIRM,
                key=f"{CONTACT_TO_CONFIRM}:{contact.pk}:{user.pk}",
                to=user,
                path=contact.school.get_absolute_url(),
                template="schools/email/contact_to_confirm.txt",
                context={"school": contact.school},
                about=contact,
            )
            for user in confirmers_of(contact).order_by("email")
        ],
        by,
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
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        CONTACT_TO_CONFIRM,
        still_due=_still_waits,
        may_receive=_may_confirm,
        label="Safeguarding contact to confirm",
    )
