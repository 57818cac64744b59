"""What is done with people where several apps have a share in it: one function per act.

Each is one transaction: what a role brings along (a manager's hubs, a link worker's place) is
given and ended with it, or nothing is.
"""

from django.db import transaction

from accounts import policies
from accounts import services as accounts
from accounts.models import User
from linkworkers import services as linkworkers
from linkworkers.models import LinkWorker
from linkworkers.policies import was_last_role_to_hold_schools
from schools import hub_managers


@transaction.atomic
def invite(by, *, name, email, roles, manages=(), hub=None, kind=""):
    """Invite somebody to these ``Role`` codes, with what goes with each; returns the ``User``.

    ``manages`` are the hubs of a team manager, ``hub`` and ``kind`` the place of a link worker.
    PermissionDenied unless ``by`` may give all of it; TransitionNotAllowed when the address has
    an account already; ValidationError when it can be nobody's.
    """
    bare = [role for role in roles if not policies.comes_with_hubs(role)]
    user = accounts.invite(by, email, name, bare)
    for role in roles:
        _bring_along(by, user, role, manages, hub, kind)
    return user


@transaction.atomic
def give_role(by, user, *, role, manages=(), hub=None, kind=""):
    """Give somebody a role, with what goes with it, as ``invite`` does; returns the ``StaffRole``.

    PermissionDenied unless ``by`` may, and never for oneself; TransitionNotAllowed when they
    hold it already or were deactivated.
    """
    if policies.comes_with_hubs(role):
        return hub_managers.appoint_manager(by, user, manages)
    given = accounts.give_role(by, user, role)
    _bring_along(by, user, role, manages, hub, kind)
    return given


def _bring_along(by, user, role, manages, hub, kind):
    if policies.comes_with_hubs(role):
        hub_managers.appoint_manager(by, user, manages)
    elif policies.comes_with_a_place(role):
        linkworkers.appoint(by, user, hub=hub, kind=kind)


@transaction.atomic
def end_role(by, staff_role):
    """End somebody's role now, and with it what it brought along; returns the ``StaffRole``.

    Whoever loses the last role in which they may hold schools leaves their post as a link
    worker. TransitionNotAllowed while they still hold one, or when the role has ended already;
    PermissionDenied unless ``by`` may, and never for oneself.
    """
    # Two roles ended at once would each see the other and take neither for the last.
    User.objects.select_for_update(no_key=True).get(pk=staff_role.user_id)
    end = (
        hub_managers.end_manager if policies.comes_with_hubs(staff_role.role) else accounts.end_role
    )
    ended = end(by, staff_role)
    link_worker = LinkWorker.objects.filter(user=ended.user_id).first()
    if link_worker and was_last_role_to_hold_schools(ended):
        linkworkers.leave(by, link_worker)
    return ended
