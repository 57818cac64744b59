"""The people at a school: their posts, and whom the school wants at its consultations."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import grants
from accounts.services import person_for
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from schools import notices, policies
from schools.entitlements import POST, of_posts
from schools.models import SchoolContact, SchoolGrant
from schools.roles import SAFEGUARDING, ContactRole
from schools.services.locks import locked_school


@transaction.atomic
def add_contact(
    by, school, *, name, roles, email="", phone="", job_title="", note="", starts_at=None, ask=True
):
    """Add a post at ``school`` and return it; a safeguarding one waits to be confirmed.

    One person at one school is one post, however many roles (rule 003-1): somebody already in
    post gets the new roles as well. ``starts_at`` is now unless given. With ``ask`` off, nobody
    is written to. ValidationError when somebody else at the school uses the address.
    """
    school = locked_school(school)
    allow(policies.may_edit_contacts(by, school))
    roles = _in_order(roles)
    email = email.strip().lower()
    held = _post_of_same_person(school, name, email)
    if held:
        return _change(
            by,
            held,
            name=name,
            roles=_in_order([*held.roles, *roles]),
            email=email,
            phone=phone or held.phone,
            job_title=job_title or held.job_title,
            note=note or held.note,
            ask=ask,
        )
    contact = SchoolContact(
        school=school,
        name=name,
        roles=roles,
        email=email,
        phone=phone,
        job_title=job_title,
        note=note,
        starts_at=starts_at or timezone.now(),
    )
    return _begin(by, contact, ask=ask)


@transaction.atomic
def change_contact(by, contact, *, name, roles, email="", phone="", job_title="", note=""):
    """Change a post and return the one that now stands.

    A new address, a safeguarding role gained, or the last one lost, is a new post: the old one
    ends and, with a safeguarding role, the new one waits to be confirmed. TransitionNotAllowed
    when the post has ended; ValidationError as for ``add_contact``.
    """
    school = locked_school(contact.school)
    allow(policies.may_edit_contacts(by, school))
    contact = _still_held(contact, school)
    email = email.strip().lower()
    if other := _post_of_same_person(school, name, email, besides=contact):
        raise ValidationError({"email" if email else "name": _one_post_each(other)})
    return _change(
        by,
        contact,
        name=name,
        roles=_in_order(roles),
        email=email,
        phone=phone,
        job_title=job_title,
        note=note,
    )


@transaction.atomic
def confirm_contact(by, contact):
    """Confirm, as a second person, that somebody holds their safeguarding post.

    From now on they read what was shared with the school and with its predecessors.
    """
    school = locked_school(contact.school)
    contact = _locked_contact(contact, school)
    allow(policies.may_confirm(by, contact))
    _refuse_ended(contact)
    if not contact.is_safeguarding:
        raise TransitionNotAllowed("This post does not need to be confirmed.")
    if contact.confirmed_at:
        raise TransitionNotAllowed("This post has already been confirmed.")
    contact.confirmed_at, contact.confirmed_by = timezone.now(), by
    contact.save(update_fields=["confirmed_at", "confirmed_by"])
    record(by, Verb.CONFIRM, contact)
    grants.give(SchoolGrant, of_posts([contact]))
    return contact


@transaction.atomic
def end_contact(by, contact):
    """End somebody's post at once, and with it what they could read."""
    school = locked_school(contact.school)
    allow(policies.may_edit_contacts(by, school))
    contact = _still_held(contact, school)
    _end(contact, timezone.now())
    record(by, Verb.END, contact)
    return contact


@transaction.atomic
def agree_attendees(by, school, contacts, on):
    """Write down whom the school wants at its consultations, agreed on the day ``on``.

    (rule 001-63.) ``contacts`` are people in post at the school; TransitionNotAllowed when one
    of them has left meanwhile.
    """
    school = locked_school(school)
    allow(policies.may_agree_attendees(by, school))
    ids = {contact.pk for contact in contacts}
    in_post = school.contacts.not_ended(timezone.now()).filter(pk__in=ids)
    if in_post.count() != len(ids):
        raise TransitionNotAllowed("Somebody you chose has left the school. Choose again.")
    school.agreed_attendees.set(in_post)
    school.attendees_agreed_on = on
    school.save(update_fields=["attendees_agreed_on"])
    record(by, Verb.AGREE, school, school_id=school.pk, contacts=sorted(map(str, ids)))
    return school


def _change(by, contact, *, name, roles, email, phone, job_title, note, ask=True):
    now = timezone.now()
    before, after = (SAFEGUARDING.intersection(held) for held in (contact.roles, roles))
    facts = {
        "name": name,
        "roles": roles,
        "phone": phone,
        "job_title": job_title,
        "note": note,
    }
    if email != contact.email or after - before or (before and not after):
        successor = SchoolContact(
            school=contact.school,
            email=email,
            starts_at=max(now, contact.starts_at),
            replaces=contact,
            **facts,
        )
        agreed = contact.agreed_at.filter(pk=contact.school_id).exists()
        _end(contact, now)
        record(by, Verb.END, contact)
        _begin(by, successor, ask=ask)
        if agreed:
            contact.school.agreed_attendees.add(successor)
        return successor
    changed = [field for field, value in facts.items() if getattr(contact, field) != value]
    if changed:
        for field in changed:
            setattr(contact, field, facts[field])
        contact.save(update_fields=changed)
        record(by, Verb.CHANGE, contact, fields=changed)
    return contact


def _begin(by, contact, *, ask):
    """Save a new post. Its user comes from its address; nobody has confirmed it."""
    try:
        contact.user = person_for(by, contact.email, contact.name) if contact.email else None
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error
    contact.added_by = by
    contact.save()
    record(by, Verb.ADD, contact)
    if ask and contact.is_safeguarding:
        notices.ask_to_confirm(contact, by)
    return contact


def _end(contact, now):
    contact.ends_at = max(now, contact.starts_at)
    contact.save(update_fields=["ends_at"])
    contact.agreed_at.clear()
    grants.end(SchoolGrant, POST, [contact.pk], contact.ends_at)


def _post_of_same_person(school, name, email, besides=None):
    """The post this person already holds here: by address or, where there is none, by name.

    ValidationError when the address is used at this school by somebody of another name.
    """
    posts = school.contacts.not_ended(timezone.now()).exclude(pk=besides and besides.pk)
    if not email:
        return posts.filter(email="", name__iexact=name).first()
    held = posts.filter(email=email).first()
    if held and held.name.casefold() != name.casefold():
        raise ValidationError({"email": _one_post_each(held)})
    return held


def _one_post_each(contact):
    if contact.email:
        return (
            f"{contact.name} already uses this address at this school. Enter an address that is"
            " only theirs."
        )
    return f"{contact.name} is already listed at this school. Change that post instead."


def _still_held(contact, school):
    contact = _locked_contact(contact, school)
    _refuse_ended(contact)
    return contact


def _locked_contact(contact, school):
    contact = SchoolContact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    contact.school = school
    return contact


def _refuse_ended(contact):
    if contact.ends_at and contact.ends_at <= timezone.now():
        raise TransitionNotAllowed("This post has already ended.")


def _in_order(roles):
    """The roles without repeats, in the order they are named. ValueError for an unknown one."""
    return [role.value for role in sorted({ContactRole(role) for role in roles}, key=_rank)]


def _rank(role):
    return list(ContactRole).index(role)
