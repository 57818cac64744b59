from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts import grants, services
from accounts.models import Role, StaffRole, User
from audit.errors import TransitionNotAllowed
from schools import hub_managers
from schools.models import HubGrant
from schools.scope import scope_of


def again(user):
    """The person as the next request sees them."""
    return User.objects.get(pk=user.pk)


def manages(user):
    return scope_of(again(user)).manages


@pytest.fixture(autouse=True)
def expectations(monkeypatch):
    """Only what this module expects of the hub grants."""
    monkeypatch.setattr(grants, "_expectations", {})
    grants.expect("schools.HubGrant", hub_managers.STAFF_ROLE, hub_managers.of_all_roles)


def test_a_manager_has_the_hubs_they_were_appointed_to_and_no_others(world):
    role = hub_managers.appoint_manager(world.administrator, world.duty, [world.coast])
    assert manages(world.duty) == set()
    assert world.duty not in hub_managers.managers_of(world.coast.pk)
    services.confirm_role(world.service, role)
    assert again(world.duty).roles == {Role.DUTY_MANAGER, Role.TEAM_MANAGER}
    assert manages(world.duty) == {world.coast.pk}
    assert world.duty in hub_managers.managers_of(world.coast.pk)
    assert list(hub_managers.hubs_of(world.duty)) == [world.coast]
    assert grants.drift() == []


def test_appointing_again_changes_the_hubs_and_keeps_the_role(world):
    role = hub_managers.appoint_manager(world.administrator, world.duty, [world.coast])
    same = hub_managers.appoint_manager(world.administrator, world.duty, [world.downs])
    assert same == role
    services.confirm_role(world.service, role)
    assert manages(world.duty) == {world.downs.pk}
    hub_managers.appoint_manager(world.administrator, world.duty, [world.coast, world.downs])
    assert manages(world.duty) == {world.coast.pk, world.downs.pk}
    assert grants.drift() == []


def test_ending_the_role_ends_every_hub_at_the_same_instant(world):
    role = hub_managers.appoint_manager(world.administrator, world.duty, [world.coast, world.downs])
    ended = hub_managers.end_manager(world.administrator, role)
    assert manages(world.duty) == set()
    ends = HubGrant.objects.of(hub_managers.STAFF_ROLE, [role.pk]).values_list("ends_at", flat=True)
    assert set(ends) == {ended.ends_at}
    with pytest.raises(TransitionNotAllowed):
        hub_managers.end_manager(world.administrator, role)


@pytest.mark.parametrize("by", ["manager", "service", "primary", "governance", "dsl"])
def test_only_an_administrator_makes_a_manager(world, by):
    by = getattr(world, by)
    with pytest.raises(PermissionDenied):
        hub_managers.appoint_manager(by, world.duty, [world.coast])
    with pytest.raises(PermissionDenied):
        hub_managers.appoint_manager(by, world.other_manager, [world.coast])
    with pytest.raises(PermissionDenied):
        hub_managers.end_manager(by, world.other_manager.staff_roles.get())
    assert manages(world.other_manager) == {world.downs.pk}


def test_nobody_appoints_themselves(world):
    with pytest.raises(PermissionDenied):
        hub_managers.appoint_manager(world.administrator, world.administrator, [world.coast])


@pytest.mark.parametrize("damage", ["role gone", "role over", "another's", "no manager's role"])
def test_a_hub_grant_that_hangs_on_no_manager_s_role_is_drift(world, damage):
    role = hub_managers.appoint_manager(world.administrator, world.duty, [world.coast])
    held = StaffRole.objects.filter(pk=role.pk)
    if damage == "role gone":
        held.delete()
    elif damage == "role over":
        held.update(ends_at=timezone.now() + timedelta(seconds=1))
    elif damage == "another's":
        held.update(user=world.coordinator)
    else:
        held.update(role=Role.GOVERNANCE)
    findings = grants.drift()
    assert findings
    assert all(str(role.pk) in finding for finding in findings)
