"""The people at a school: as the viewer sees them, those who lead, those who confirm a post."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User, current
from schools import policies
from schools.hub_managers import managers_of
from schools.models import OwnChildConflict, SchoolContact
from schools.roles import ContactRole

FIRST = [ContactRole.DSL, ContactRole.HEAD, ContactRole.DEPUTY]


@dataclass(frozen=True)
class Person:
    """One post, as ``schools/_people.html`` shows it to one viewer."""

    contact: SchoolContact
    may_change: bool
    may_confirm: bool
    shows_note: bool

    @property
    def waits(self):
        """A safeguarding post that nobody has confirmed yet."""
        return self.contact.is_safeguarding and self.contact.confirmed_at is None


def people_of(school, user):
    """The ``Person`` of every post held at ``school`` or about to start, safeguarding first.

    Empty for a user who may not open the school's register page.
    """
    contacts = SchoolContact.objects.visible_to(user).not_ended(timezone.now())
    may_change = policies.may_edit_contacts(user, school)
    may_confirm = policies.may_confirm_at(user, school)
    people = []
    for contact in contacts.filter(school=school):
        contact.school = school
        person = Person(
            contact,
            may_change=may_change,
            may_confirm=may_confirm and policies.is_second_person(user, contact),
            shows_note=policies.may_see_contact_notes(user),
        )
        people.append(person)
    return sorted(people, key=lambda person: (_place(person.contact), person.contact.name))


def leads_of(school):
    """The confirmed heads and designated safeguarding leads of ``school`` now, as users."""
    posts = SchoolContact.objects.current().leads().filter(school=school)
    return User.objects.filter(pk__in=posts.values("user"), is_active=True)


def leads_by_school(school_ids):
    """``{school id: [its leads, as ``leads_of``, by address]}`` of these schools; one query."""
    found = {}
    for post in (
        SchoolContact.objects.current()
        .leads()
        .filter(school__in=school_ids, user__is_active=True)
        .select_related("user")
        .order_by("user__email")
    ):
        leads = found.setdefault(post.school_id, [])
        if post.user not in leads:
            leads.append(post.user)
    return found


def confirmers_of(contact):
    """The users who may confirm a post: its hub's managers and its school's leads.

    Whoever added it, the person themselves, and who declared a conflict there may not.
    """
    declared = OwnChildConflict.objects.filter(current(), school=contact.school)
    return (
        (managers_of(contact.school.hub_id) | leads_of(contact.school))
        .exclude(pk__in=declared.values("user"))
        .exclude(pk__in=[key for key in (contact.added_by_id, contact.user_id) if key])
    )


def _place(contact):
    return next((n for n, role in enumerate(FIRST) if role in contact.roles), len(FIRST))
