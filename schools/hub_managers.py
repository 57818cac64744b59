"""Who manages which hub: the team manager's role, and the grants that hang on it.

Which hubs a manager has is recorded nowhere but in the grants (design.md 3), so what is
expected of them is that each one hangs on a team manager's role and lasts no longer than it.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import policies, services
from accounts.grants import Entitlement, end, give
from accounts.models import Role, StaffRole, User, current, in_force
from audit.errors import allow
from audit.models import Verb
from audit.services import record
from schools.models import Hub, HubGrant, OwnChildConflict

STAFF_ROLE = "staff_role"


@transaction.atomic
def appoint_manager(by, user, hubs):
    """Make ``user`` the team manager of these hubs, and of no others; returns the ``StaffRole``.

    Gives the role to who does not hold it; the hubs open once it is confirmed. PermissionDenied
    unless ``by`` may give it.
    """
    User.objects.select_for_update().get(pk=user.pk)
    role = user.staff_roles.filter(current(), role=Role.TEAM_MANAGER).first()
    if role is None:
        role = services.give_role(by, user, Role.TEAM_MANAGER)
    else:
        allow(policies.may_give_role(by, user, Role.TEAM_MANAGER))
    now = timezone.now()
    wanted = {hub.pk for hub in hubs}
    held = set(_live(role).values_list("content_object_id", flat=True))
    _end(role, now, hub_ids=held - wanted)
    give(
        HubGrant,
        [
            Entitlement(user.pk, "manage_hub", hub_id, STAFF_ROLE, role.pk, now)
            for hub_id in wanted - held
        ],
    )
    if wanted != held:
        record(by, Verb.CHANGE, user, hubs=sorted(str(hub_id) for hub_id in wanted))
    return role


@transaction.atomic
def end_manager(by, role):
    """End a team manager's role, and with it every hub it carried.

    PermissionDenied unless ``by`` may; TransitionNotAllowed when it has ended already.
    """
    ended = services.end_role(by, role)
    end(HubGrant, STAFF_ROLE, [ended.pk], ended.ends_at)
    return ended


def hubs_of(user):
    """The hubs the user manages now."""
    return Hub.objects.filter(
        pk__in=HubGrant.objects.live()
        .filter(user=user, permission__codename="manage_hub")
        .values("content_object_id")
    )


def management_of(hub_ids):
    """The grants by which people in post manage these hubs now: their role is confirmed."""
    roles = StaffRole.objects.filter(in_force(), pk=OuterRef("source_id"))
    return HubGrant.objects.live().filter(
        Exists(roles),
        content_object__in=hub_ids,
        permission__codename="manage_hub",
        user__is_active=True,
    )


def managers_of(*hub_ids, free_at=None):
    """The people who manage any of these hubs now.

    With ``free_at``, those whose own child attends that school are left out (rule 001-53).
    """
    people = User.objects.filter(pk__in=management_of(hub_ids).values("user"))
    if free_at is None:
        return people
    declared = OwnChildConflict.objects.filter(current(), school=free_at)
    return people.exclude(pk__in=declared.values("user"))


def managers_by_hub(hub_ids):
    """``{hub id: [its managers now, by address]}`` of these hubs; one query."""
    found = {}
    for grant in management_of(hub_ids).select_related("user").order_by("user__email"):
        managers = found.setdefault(grant.content_object_id, [])
        if grant.user not in managers:
            managers.append(grant.user)
    return found


def of_all_roles():
    """What the hub grants should be, for ``verify_grants``: within the role they hang on."""
    grants = list(HubGrant.objects.filter(source_type=STAFF_ROLE))
    roles = StaffRole.objects.filter(role=Role.TEAM_MANAGER).in_bulk(
        {grant.source_id for grant in grants}
    )
    for grant in grants:
        role = roles.get(grant.source_id)
        if role is None:
            continue
        ends = [instant for instant in (grant.ends_at, role.ends_at) if instant]
        yield Entitlement(
            role.user_id,
            "manage_hub",
            grant.content_object_id,
            STAFF_ROLE,
            role.pk,
            max(grant.starts_at, role.starts_at),
            min(ends, default=None),
        )


def _live(role):
    return HubGrant.objects.live().of(STAFF_ROLE, [role.pk])


def _end(role, at, hub_ids):
    _live(role).filter(content_object__in=hub_ids).update(ends_at=at)
