import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import grants
from accounts.grants import Entitlement, drift, end, give
from accounts.models import Role, StaffRole, User
from schools.models import HubGrant, SchoolGrant
from schools.scope import scope_of

SUPPORT, SHARED = "support_school", "view_shared_record"


def entitlement(user, school, source, **changes):
    fields = {
        "user_id": user.pk,
        "codename": SUPPORT,
        "object_id": school.pk,
        "source_type": "allocation",
        "source_id": source,
        "starts_at": timezone.now() - timedelta(days=1),
    } | changes
    return Entitlement(**fields)


@pytest.fixture
def source():
    return uuid.uuid4()


@pytest.fixture
def other_source():
    return uuid.uuid4()


@pytest.fixture
def somebody(world):
    """A link worker with no grant at all."""
    user = User.objects.create_user("somebody@example.org", "Somebody", joined_at=world.now)
    StaffRole.objects.create(user=user, role=Role.LINK_WORKER, confirmed_at=world.now)
    return user


def supports(user, school):
    return User.objects.get(pk=user.pk).has_perm(f"schools.{SUPPORT}", school)


def test_a_grant_opens_its_school_and_no_other(world, somebody, source):
    give(SchoolGrant, [entitlement(somebody, world.oakfield, source)])
    assert supports(somebody, world.oakfield)
    assert not supports(somebody, world.elmgate)
    assert not somebody.has_perm(f"schools.{SHARED}", world.oakfield)


def test_a_grant_holds_from_its_first_instant_up_to_and_not_at_its_last(
    world, somebody, source, time_machine
):
    """security.md N-05 and N-06: neither a moment early nor a moment late."""
    starts, ends = world.now + timedelta(hours=1), world.now + timedelta(hours=2)
    give(
        SchoolGrant,
        [entitlement(somebody, world.oakfield, source, starts_at=starts, ends_at=ends)],
    )
    tick = timedelta(microseconds=1)
    for instant, opens in (
        (starts - tick, False),
        (starts, True),
        (ends - tick, True),
        (ends, False),
    ):
        time_machine.move_to(instant, tick=False)
        assert supports(somebody, world.oakfield) is opens, instant
        reached = scope_of(User.objects.get(pk=somebody.pk)).supports
        assert (world.oakfield.pk in reached) is opens, instant


def test_ending_one_source_keeps_what_another_gives(world, somebody, source, other_source):
    give(
        SchoolGrant,
        [entitlement(somebody, world.oakfield, each) for each in (source, other_source)],
    )
    end(SchoolGrant, "allocation", [source], timezone.now())
    assert supports(somebody, world.oakfield)
    end(SchoolGrant, "allocation", [other_source], timezone.now())
    assert not supports(somebody, world.oakfield)


def test_ending_leaves_what_ended_earlier_as_it_was(world, somebody, source):
    ended = world.now - timedelta(hours=1)
    give(SchoolGrant, [entitlement(somebody, world.oakfield, source, ends_at=ended)])
    end(SchoolGrant, "allocation", [source], timezone.now())
    assert SchoolGrant.objects.of("allocation", [source]).get().ends_at == ended


def test_ending_before_the_start_leaves_no_moment_of_access(world, somebody, source):
    starts = world.now + timedelta(days=3)
    give(SchoolGrant, [entitlement(somebody, world.oakfield, source, starts_at=starts)])
    end(SchoolGrant, "allocation", [source], timezone.now())
    grant = SchoolGrant.objects.of("allocation", [source]).get()
    assert grant.starts_at == grant.ends_at == starts


def test_giving_again_brings_the_grant_to_the_new_dates(world, somebody, source):
    give(SchoolGrant, [entitlement(somebody, world.oakfield, source, ends_at=world.now)])
    give(SchoolGrant, [entitlement(somebody, world.oakfield, source)])
    assert SchoolGrant.objects.of("allocation", [source]).get().ends_at is None
    assert supports(somebody, world.oakfield)


def test_a_hundred_grants_cost_at_most_four_queries(world, somebody, django_assert_max_num_queries):
    wanted = [entitlement(somebody, world.oakfield, uuid.uuid4()) for _ in range(100)]
    with django_assert_max_num_queries(4):
        give(SchoolGrant, wanted)
    assert SchoolGrant.objects.filter(user=somebody).count() == 100
    with django_assert_max_num_queries(4):
        end(SchoolGrant, "allocation", [e.source_id for e in wanted], timezone.now())
    assert not SchoolGrant.objects.live().filter(user=somebody).exists()


def test_the_database_refuses_a_grant_that_ends_before_it_starts(world, somebody, source):
    backwards = entitlement(somebody, world.oakfield, source, ends_at=world.now - timedelta(days=9))
    with pytest.raises(IntegrityError), transaction.atomic():
        give(SchoolGrant, [backwards])


def test_a_superuser_flag_opens_nothing(world):
    assert world.administrator.is_superuser
    assert not world.administrator.has_perm(f"schools.{SUPPORT}", world.oakfield)
    assert not world.administrator.has_perm("schools.manage_hub", world.coast)
    assert not world.administrator.has_perm("schools.manage_hub")
    assert not world.administrator.has_module_perms("schools")


def test_a_permission_without_an_object_is_nobodys(world):
    assert world.manager.has_perm("schools.manage_hub", world.coast)
    assert not world.manager.has_perm("schools.manage_hub")


def test_a_deactivated_person_has_nothing_of_their_grants(world):
    world.primary.is_active = False
    world.primary.save()
    assert not supports(world.primary, world.oakfield)
    assert not scope_of(User.objects.get(pk=world.primary.pk)).supports


def test_nobody_signed_in_has_nothing(world):
    backend = grants.GrantBackend()
    assert not backend.has_perm(AnonymousUser(), f"schools.{SUPPORT}", world.oakfield)


def test_an_object_that_is_no_anchor_opens_to_nobody(world):
    assert not world.primary.has_perm("accounts.view_user", world.dsl)


# --- drift ---------------------------------------------------------------------------------


@pytest.fixture
def expecting(monkeypatch):
    """Nothing is expected of any grant but what the test says."""

    def expect(label, source_type, entitlements):
        monkeypatch.setattr(grants, "_expectations", {})
        grants.expect(label, source_type, lambda: entitlements)

    return expect


def test_grants_as_expected_drift_nowhere(world, somebody, source, expecting):
    HubGrant.objects.all().delete()
    wanted = [
        Entitlement(somebody.pk, "manage_hub", world.coast.pk, "staff_role", source, world.now)
    ]
    give(HubGrant, wanted)
    expecting("schools.HubGrant", "staff_role", wanted)
    assert drift() == []


@pytest.mark.parametrize(
    ("held", "expected", "finding"),
    [
        (False, True, "should grant manage_hub and does not"),
        (True, False, "grants manage_hub and should not"),
        (True, True, "on other dates"),
    ],
)
def test_drift_names_what_is_missing_too_much_or_misdated(
    world, somebody, source, expecting, held, expected, finding
):
    HubGrant.objects.all().delete()

    def of_day(starts_at):
        return Entitlement(
            somebody.pk, "manage_hub", world.coast.pk, "staff_role", source, starts_at
        )

    if held:
        give(HubGrant, [of_day(world.now)])
    expecting("schools.HubGrant", "staff_role", [of_day(world.yesterday)] if expected else [])
    (found,) = drift()
    assert finding in found
    assert str(source) in found
    assert somebody.email not in found


def test_drift_names_a_grant_from_a_source_nobody_answers_for(world, expecting):
    HubGrant.objects.all().delete()
    expecting("schools.HubGrant", "allocation", [])
    give(
        HubGrant,
        [
            Entitlement(
                world.manager.pk,
                "manage_hub",
                world.coast.pk,
                "favour",
                world.manager.pk,
                world.now,
            )
        ],
    )
    (found,) = drift()
    assert "unknown source favour" in found


def test_verify_grants_prints_each_difference_and_fails(world, expecting, capsys):
    expecting("schools.HubGrant", "staff_role", [])
    with pytest.raises(CommandError):
        call_command("verify_grants")
    assert capsys.readouterr().out.count("grants manage_hub and should not") == 2


def test_verify_grants_says_when_all_is_well(world, expecting, capsys):
    HubGrant.objects.all().delete()
    expecting("schools.HubGrant", "staff_role", [])
    call_command("verify_grants")
    assert "Every grant is as the records say" in capsys.readouterr().out
