"""People: bringing them in, what they may do, and shutting them out again."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import notices, passwords, policies, sessions
from accounts.links import digest, link_for
from accounts.models import SYSTEM_DOMAIN, Invitation, StaffRole, User
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import act_of, record, record_all
from notifications.services import keep_for

# A new link is asked for again by pressing twice, or to flood somebody's inbox.
RENEWAL_PAUSE = timedelta(minutes=5)


def _locked(user):
    return User.objects.select_for_update().get(pk=user.pk)


# --- coming in ----------------------------------------------------------------------------


def person_for(by, email, name):
    """The ``User`` with this address; as ``people_for``."""
    return people_for(by, [(email, name)])[0]


@transaction.atomic
def people_for(by, people):
    """The ``User`` of each ``(email, name)``, in their order: four queries, however many.

    Made if there is none: known, not invited, cannot sign in. Sends nothing: the upper act
    tells them, by a link that carries the invitation. The name of somebody known already stays
    as it is. ValidationError for an address of the system's own.
    """
    names = {}
    for email, name in people:
        names.setdefault(email.strip().lower(), name.strip())
    users = _by_address(names)
    if any(email.endswith(SYSTEM_DOMAIN) for email in names):
        raise ValidationError("Enter the email address of a person", code="system")
    new = [
        User(email=email, name=name, password=make_password(None))
        for email, name in names.items()
        if email not in users
    ]
    if new:
        # Somebody else may be making them now: theirs is taken then, and ours is left out.
        User.objects.bulk_create(new, ignore_conflicts=True)
        users |= _by_address(user.email for user in new)
        record_all(act_of(by, Verb.ADD, user) for user in new if user == users[user.email])
    return [users[email.strip().lower()] for email, _ in people]


def _by_address(emails):
    return {user.email: user for user in User.objects.filter(email__in=list(emails))}


@transaction.atomic
def invite(by, email, name, roles=()):
    """Invite somebody, in these ``Role`` codes, and send the invitation; returns the ``User``.

    What belongs to a role beyond itself (a manager's hubs, a link worker's place in a hub) is
    given by the app that holds it. PermissionDenied unless ``by`` may invite to every role;
    TransitionNotAllowed when the address has an account that was joined or deactivated.
    """
    allow(all(policies.may_invite(by, role) for role in roles or [None]))
    user = _locked(person_for(by, email, name))
    if user.joined_at or not user.is_active:
        raise TransitionNotAllowed(
            "There is already an account with this address. Ask an administrator to change it."
        )
    for role in set(roles) - user.roles_given:
        give_role(by, user, role)
    _send_invitation(by, user, by)
    return _locked(user)


@transaction.atomic
def reinvite(by, user):
    """Send the invitation again; the earlier link works until it expires by itself.

    PermissionDenied unless ``by`` may give every role the person holds; TransitionNotAllowed
    when they have joined or were deactivated.
    """
    allow(policies.may_reinvite(by, user))
    user = _locked(user)
    if user.joined_at:
        raise TransitionNotAllowed(f"{user.name} has joined already.")
    if not user.is_active:
        raise TransitionNotAllowed(f"{user.name} was deactivated. Reactivate them first.")
    _send_invitation(by, user, by)
    return user


@transaction.atomic
def renew_invitation(user):
    """Send a new link to somebody who was invited and asks for one, as the system.

    Does nothing for who was never invited, has joined, was deactivated or was sent a link in
    the last five minutes, so that the answer to the person asking can be always the same.
    """
    user = _locked(user)
    last = user.invitations.order_by("sent_at").last()
    if last is None or user.joined_at or not user.is_active:
        return
    if timezone.now() - last.sent_at < RENEWAL_PAUSE:
        return
    _send_invitation(User.objects.system("invitations"), user, last.invited_by)


def renew(token):
    """``renew_invitation`` for the person whose invitation the token is or was."""
    for user in User.objects.filter(invitations__token_digest=digest(token)):
        renew_invitation(user)


def _send_invitation(by, user, invited_by):
    notices.invitation(user, link_for(user, "/", invited_by))
    record(by, Verb.INVITE, user)


@transaction.atomic
def accept(token, password):
    """Join with the password of one's choice; returns the ``User``, who acts for themselves.

    Every other invitation of theirs ends with it. TransitionNotAllowed for a token that is
    unknown, used or out of date; ValidationError for a password that will not do.
    """
    invitation = Invitation.objects.filter(token_digest=digest(token)).first()
    if invitation:
        user = invitation.user = _locked(invitation.user)
    if invitation is None or not invitation.is_open():
        raise TransitionNotAllowed("This link does not work any more. Ask for a new one.")
    passwords.check(password, user)
    user.set_password(password)
    user.joined_at = invitation.used_at = timezone.now()
    user.save(update_fields=["password", "joined_at"])
    invitation.save(update_fields=["used_at"])
    record(user, Verb.ACCEPT, user)
    return user


@transaction.atomic
def choose_password(user, password):
    """Give oneself a new password; every session of the user ends with the old one.

    ValidationError for a password that will not do.
    """
    passwords.check(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.end_all(user)
    record(user, Verb.CHANGE, user, fields=["password"])


# --- what they may do ---------------------------------------------------------------------


@transaction.atomic
def give_role(by, user, role):
    """Give ``user`` a staff role from now on; returns the ``StaffRole``.

    One that reaches children's records opens nothing until ``confirm_role``; whoever may confirm
    it is asked to (security.md 5.3). PermissionDenied unless ``by`` may, and never for oneself;
    TransitionNotAllowed when they hold it already or were deactivated.
    """
    allow(policies.may_give_role(by, user, role))
    user = _locked(user)
    if not user.is_active:
        raise TransitionNotAllowed(f"{user.name} was deactivated. Reactivate them first.")
    if role in user.roles_given:
        raise TransitionNotAllowed(f"{user.name} has this role already.")
    waits = policies.needs_second_person(by, role)
    now = timezone.now()
    given = StaffRole.objects.create(
        user=user, role=role, given_by=by, starts_at=now, confirmed_at=None if waits else now
    )
    record(by, Verb.GIVE_ROLE, user, role=given.role)
    if waits:
        notices.ask_to_confirm(given, by)
    return given


@transaction.atomic
def confirm_role(by, staff_role):
    """Agree, as the second person, to a role that reaches children's records; returns it.

    It opens what it opens from now on (security.md 5.3). PermissionDenied for who gave it, who
    holds it, and unless one of the two is a manager; TransitionNotAllowed when it is confirmed
    already or has ended, and for an account that was deactivated.
    """
    staff_role = (
        StaffRole.objects.select_for_update(of=("self",))
        .select_related("user", "given_by")
        .get(pk=staff_role.pk)
    )
    allow(policies.may_confirm_role(by, staff_role))
    if staff_role.confirmed_at:
        raise TransitionNotAllowed("This role is confirmed already.")
    if not staff_role.is_waiting:
        raise TransitionNotAllowed("This role has ended, so there is nothing to confirm.")
    if not staff_role.user.is_active:
        raise TransitionNotAllowed(f"{staff_role.user.name} was deactivated.")
    staff_role.confirmed_at, staff_role.confirmed_by = timezone.now(), by
    staff_role.save(update_fields=["confirmed_at", "confirmed_by"])
    record(by, Verb.CONFIRM, staff_role.user, role=staff_role.role)
    return staff_role


@transaction.atomic
def end_role(by, staff_role):
    """End a staff role now; returns it. What hung on the role is ended by the app that holds it.

    PermissionDenied unless ``by`` may, and never for oneself; TransitionNotAllowed when it has
    ended already.
    """
    allow(policies.may_change_roles(by, staff_role.user))
    staff_role = StaffRole.objects.select_for_update().get(pk=staff_role.pk)
    now = timezone.now()
    if staff_role.ends_at and staff_role.ends_at <= now:
        raise TransitionNotAllowed("This role has ended already.")
    staff_role.ends_at = max(now, staff_role.starts_at)
    staff_role.save(update_fields=["ends_at"])
    record(by, Verb.END_ROLE, staff_role.user, role=staff_role.role)
    return staff_role


@transaction.atomic
def change_details(by, user, name, phone):
    """Change somebody's name and telephone number; the address is who they are and stays.

    PermissionDenied unless it is ``by`` themselves or ``by`` is an administrator.
    """
    allow(policies.may_change_details(by, user))
    user = _locked(user)
    new = {"name": name, "phone": phone}
    changed = [field for field, value in new.items() if getattr(user, field) != value]
    if changed:
        user.name, user.phone = name, phone
        user.save(update_fields=changed)
        record(by, Verb.CHANGE, user, fields=changed)
    return user


@transaction.atomic
def choose_cadence(by, cadence):
    """Be written to at this ``Cadence`` from now on; what is kept already follows it."""
    user = _locked(by)
    if user.cadence == cadence:
        return user
    user.cadence = cadence
    user.save(update_fields=["cadence"])
    keep_for(user)
    record(by, Verb.CHANGE, user, fields=["cadence"])
    return user


# --- shutting out -------------------------------------------------------------------------


@transaction.atomic
def deactivate(by, user):
    """Shut somebody out: their sessions end with it, and they open nothing until reactivated.

    PermissionDenied unless ``by`` may, and never for oneself; TransitionNotAllowed when they
    are deactivated already.
    """
    allow(policies.may_deactivate(by, user))
    user = _locked(user)
    if not user.is_active:
        raise TransitionNotAllowed(f"{user.name} is deactivated already.")
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_all(user)
    record(by, Verb.DEACTIVATE, user)
    return user


@transaction.atomic
def reactivate(by, user):
    """Let somebody back in, with the password and the roles they had.

    PermissionDenied unless ``by`` may; TransitionNotAllowed when they are active.
    """
    allow(policies.may_deactivate(by, user))
    user = _locked(user)
    if user.is_active:
        raise TransitionNotAllowed(f"{user.name} is active already.")
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(by, Verb.REACTIVATE, user)
    return user
