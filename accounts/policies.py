"""Who may bring people in, and change what they may do (design.md 4).

Nobody changes their own roles. A role that reaches children's records opens nothing until two
people have agreed to it, one of them a manager (security.md 5.3). Roles for which a hub matters
are given by people who may place somebody there: ``may_place_in`` is asked with the hubs the
person manages.
"""

from accounts.models import Role, StaffRole, User, in_force

# What somebody is invited to who is the first in a fresh installation.
FIRST_ROLES = (Role.ADMINISTRATOR,)
# One of them is among the two who bring somebody to children's records.
MANAGERS = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER)


def _runs_the_service(by):
    return by.is_system or by.has_role(Role.ADMINISTRATOR)


def may_see_people(by):
    """Administrators see everybody; team managers the link workers of their own hubs."""
    return by.has_role(Role.ADMINISTRATOR, Role.TEAM_MANAGER)


def may_administer(by):
    """Sees and changes everybody's details, roles and access."""
    return by.has_role(Role.ADMINISTRATOR)


def may_invite(by, role):
    """Administrators invite to any role, or to none yet (``None``); team managers link workers."""
    return _runs_the_service(by) or (role == Role.LINK_WORKER and by.has_role(Role.TEAM_MANAGER))


def roles_to_give(by):
    """The roles ``by`` may invite somebody to, in their order."""
    return [role for role in Role if may_invite(by, role)]


def comes_with_hubs(role):
    """A team manager's role is given together with the hubs they manage."""
    return role == Role.TEAM_MANAGER


def comes_with_a_place(role):
    """A link worker's role is given together with the hub they work in."""
    return role == Role.LINK_WORKER


def may_place_in(by, hub_id, managed_hub_ids):
    """Administrators place link workers in any hub, team managers in the hubs they manage."""
    return _runs_the_service(by) or (by.has_role(Role.TEAM_MANAGER) and hub_id in managed_hub_ids)


def may_reinvite(by, user):
    """Whoever may give every role the person holds may send their invitation again."""
    if _runs_the_service(by):
        return True
    given = user.roles_given
    return bool(given) and all(may_invite(by, role) for role in given)


def may_give_role(by, user, role):
    """Roles are given by whoever may invite to them, and never to oneself."""
    return by.pk != user.pk and may_invite(by, role)


def may_choose_hubs(by, user):
    """Which hubs a team manager manages is chosen by whoever may make them one."""
    return may_give_role(by, user, Role.TEAM_MANAGER)


def manages_hubs(user):
    """A team manager, in post or waiting to be confirmed, who has hubs to be chosen."""
    return Role.TEAM_MANAGER in user.roles_given


def may_change_roles(by, user):
    """Administrators give further roles and end them, but never their own."""
    return by.pk != user.pk and _runs_the_service(by)


def needs_second_person(by, role):
    """Every role but the administrator's reaches children's records; setting up needs no two."""
    return role != Role.ADMINISTRATOR and not by.is_system


def may_confirm_roles(by):
    """Open the page where a role is confirmed: managers, and administrators."""
    return by.has_role(Role.ADMINISTRATOR, *MANAGERS)


def is_second_person(by, given):
    """Neither who gave the ``StaffRole`` nor who holds it."""
    return by.pk not in (given.given_by_id, given.user_id)


def may_confirm_role(by, given):
    """A second person may, when one of the two is a team or service manager in post.

    Until there has been a manager, in a fresh installation, two administrators will do. The
    system confirms what its operator asks it to.
    """
    return by.is_system or (is_second_person(by, given) and by.has_role(*_may_follow(given)))


def may_be_asked_to_confirm(given):
    """The users who may confirm this role."""
    return (
        User.objects.filter(
            in_force(prefix="staff_roles__"),
            staff_roles__role__in=_may_follow(given),
            is_active=True,
        )
        .exclude(pk__in=[given.given_by_id, given.user_id])
        .distinct()
    )


def _may_follow(given):
    """The roles whose holders may be the second to agree, after who gave the role."""
    managers = StaffRole.objects.filter(role__in=MANAGERS)
    giver = managers.filter(in_force(), user=given.given_by_id, user__is_active=True)
    if giver.exists() or not managers.filter(confirmed_at__isnull=False).exists():
        return (*MANAGERS, Role.ADMINISTRATOR)
    return MANAGERS


def may_change_details(by, user):
    """Everybody their own name and telephone number; administrators everybody's."""
    return by.pk == user.pk or _runs_the_service(by)


def may_deactivate(by, user):
    """Administrators, but nobody themselves; the system's own users stay as they are."""
    return by.pk != user.pk and not user.is_system and _runs_the_service(by)
