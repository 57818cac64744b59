from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts import services
from accounts.links import digest, link_for
from accounts.models import Invitation, Role, StaffRole, User
from accounts.policies import MANAGERS
from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from notifications import kinds
from notifications.models import Message
from tests.world import PASSWORD

GOOD = "kettle hedgehog lantern"


def token_of(link):
    return link.url.split("/invitation/")[1].split("/")[0]


def acts_on(user):
    return list(
        Act.objects.filter(subject_id=str(user.pk)).order_by("at").values_list("verb", flat=True)
    )


@pytest.fixture
def newcomer(administrator):
    """Somebody known, not yet invited."""
    return services.person_for(administrator, "new@example.org", "Nell New")


# --- person_for ----------------------------------------------------------------------------


def test_a_person_is_known_from_the_moment_their_address_is_entered(administrator):
    user = services.person_for(administrator, " Nell.New@Example.org ", "Nell New")
    assert (user.email, user.name) == ("nell.new@example.org", "Nell New")
    assert not user.has_usable_password()
    assert (user.standing, user.joined_at) == ("Not invited yet", None)
    assert not Message.objects.exists()
    assert acts_on(user) == [Verb.ADD]


def test_a_person_known_already_is_found_in_any_case_and_keeps_their_name(administrator, person):
    jo = person("jo")
    assert services.person_for(administrator, "JO@EXAMPLE.ORG", "Somebody Else") == jo
    jo.refresh_from_db()
    assert jo.name == "Jo"


def test_several_people_are_found_or_made_by_four_queries(
    administrator, person, django_assert_num_queries
):
    jo = person("jo")
    wanted = [("New-0@example.org", "Nell"), ("JO@example.org", "Somebody Else")]
    wanted += [(f"new-{number}@example.org", "Nell") for number in range(30)]
    # The savepoint's two besides.
    with django_assert_num_queries(4 + 2):
        found = services.people_for(administrator, wanted)
    assert found[1] == jo
    assert found[0] == found[2]
    assert [user.email for user in found[2:]] == [email for email, _ in wanted[2:]]
    assert Act.objects.filter(by=administrator, verb=Verb.ADD).count() == 30


def test_the_address_of_a_system_user_is_nobodys(administrator):
    User.objects.system("outbox")
    with pytest.raises(ValidationError):
        services.person_for(administrator, "outbox@system.invalid", "Mallory")


# --- invitations ---------------------------------------------------------------------------


def test_an_invitation_is_one_secret_message_that_dies_with_its_link(administrator):
    user = services.invite(administrator, "new@example.org", "Nell New", [Role.COORDINATOR])
    message = Message.objects.get()
    assert (message.kind, message.to, message.is_secret) == ("invitation", user, True)
    assert message.expires_at == user.invitations.get().expires_at
    assert user.roles_given == {Role.COORDINATOR}
    assert user.standing == "Invited"
    assert "Nell" not in message.subject + message.body
    assert administrator.name not in message.subject + message.body
    assert acts_on(user) == [Verb.ADD, Verb.GIVE_ROLE, Verb.INVITE]


def test_the_token_is_in_the_message_and_nowhere_in_the_accounts(administrator, newcomer):
    token = token_of(link_for(newcomer, "/", administrator))
    kept = Invitation.objects.get()
    assert kept.token_digest == digest(token) != token
    with connection.cursor() as cursor:
        for table in ("accounts_invitation", "accounts_invitationevent"):
            cursor.execute(f"SELECT to_jsonb({table})::text FROM {table}")  # noqa: S608
            assert token not in str(cursor.fetchall())


@pytest.mark.parametrize("role", [r for r in Role if r != Role.LINK_WORKER])
def test_a_team_manager_invites_link_workers_only(person, role):
    manager = person("max", Role.TEAM_MANAGER)
    worker = services.invite(manager, "w@example.org", "Will", [Role.LINK_WORKER])
    assert worker.roles_given == {Role.LINK_WORKER}
    with pytest.raises(PermissionDenied):
        services.invite(manager, "x@example.org", "Xena", [Role.LINK_WORKER, role])
    assert not User.objects.filter(email="x@example.org").exists()


@pytest.mark.parametrize(
    "role", [None, *(r for r in Role if r not in (Role.ADMINISTRATOR, Role.TEAM_MANAGER))]
)
def test_nobody_else_invites_anybody(person, role):
    by = person("pat", *([role] if role else []))
    with pytest.raises(PermissionDenied):
        services.invite(by, "w@example.org", "Will", [Role.LINK_WORKER])


@pytest.mark.parametrize("state", [{}, {"is_active": False}])
def test_who_has_an_account_is_not_invited_again(administrator, person, state):
    person("jo", **state)
    with pytest.raises(TransitionNotAllowed):
        services.invite(administrator, "jo@example.org", "Jo", [Role.COORDINATOR])
    assert not Message.objects.exists()


def test_a_second_invitation_leaves_the_first_link_working(administrator, newcomer):
    first = token_of(link_for(newcomer, "/", administrator))
    services.reinvite(administrator, newcomer)
    assert services.accept(first, GOOD).joined_at


def test_accepting_one_invitation_ends_all(administrator, newcomer):
    first, second = (token_of(link_for(newcomer, "/", administrator)) for _ in range(2))
    services.accept(second, GOOD)
    for token in (first, second):
        with pytest.raises(TransitionNotAllowed):
            services.accept(token, "another kettle lantern")
    newcomer.refresh_from_db()
    assert newcomer.check_password(GOOD)


@pytest.mark.parametrize(("seconds", "works"), [(-1, True), (0, False), (1, False)])
def test_an_invitation_works_for_forty_eight_hours(
    administrator, newcomer, time_machine, seconds, works
):
    link = link_for(newcomer, "/", administrator)
    start = newcomer.invitations.get().sent_at
    assert link.expires_at == start + timedelta(hours=48)
    time_machine.move_to(start + timedelta(hours=48, seconds=seconds), tick=False)
    if works:
        assert services.accept(token_of(link), GOOD) == newcomer
    else:
        with pytest.raises(TransitionNotAllowed):
            services.accept(token_of(link), GOOD)


@pytest.mark.parametrize("token", ["", "x", "\x00", "\udcff", "e" * 5000])
def test_an_unknown_token_lets_nobody_in(db, token):
    with pytest.raises(TransitionNotAllowed):
        services.accept(token, GOOD)


def test_a_weak_password_leaves_the_invitation_unused(administrator, newcomer):
    token = token_of(link_for(newcomer, "/", administrator))
    with pytest.raises(ValidationError):
        services.accept(token, "short")
    assert services.accept(token, GOOD) == newcomer


def test_a_deactivated_person_s_invitation_does_not_work(administrator, newcomer):
    token = token_of(link_for(newcomer, "/", administrator))
    services.deactivate(administrator, newcomer)
    with pytest.raises(TransitionNotAllowed):
        services.accept(token, GOOD)


def test_an_old_link_asks_for_a_new_one_and_pressing_twice_sends_one(
    administrator, newcomer, time_machine
):
    old = token_of(link_for(newcomer, "/", administrator))
    time_machine.move_to(timezone.now() + timedelta(days=30))
    services.renew(old)
    services.renew(old)
    message = Message.objects.get()
    assert message.address == newcomer.email
    assert newcomer.invitations.count() == 2
    act = Act.objects.get(verb=Verb.INVITE)
    assert act.by.is_system


@pytest.mark.parametrize("end", ["joined", "deactivated", "unknown"])
def test_no_new_link_for_who_has_joined_or_left_or_was_never_invited(
    administrator, newcomer, time_machine, end
):
    old = token_of(link_for(newcomer, "/", administrator))
    if end == "joined":
        services.accept(old, GOOD)
    elif end == "deactivated":
        services.deactivate(administrator, newcomer)
    else:
        old = "unknown"
    time_machine.move_to(timezone.now() + timedelta(days=1))
    services.renew(old)
    assert not Message.objects.exists()


def test_reinviting_is_for_those_who_have_not_joined(administrator, person, newcomer):
    with pytest.raises(TransitionNotAllowed):
        services.reinvite(administrator, person("jo"))
    services.deactivate(administrator, newcomer)
    with pytest.raises(TransitionNotAllowed):
        services.reinvite(administrator, newcomer)


def test_a_team_manager_reinvites_link_workers_and_nobody_of_another_role(administrator, person):
    manager = person("max", Role.TEAM_MANAGER)
    worker = services.invite(manager, "w@example.org", "Will", [Role.LINK_WORKER])
    other = services.invite(administrator, "c@example.org", "Cora", [Role.COORDINATOR])
    assert services.reinvite(manager, worker) == worker
    with pytest.raises(PermissionDenied):
        services.reinvite(manager, other)


def test_the_invitation_is_held_back_once_its_person_has_joined(administrator):
    user = services.invite(administrator, "new@example.org", "Nell", [Role.COORDINATOR])
    message, still_due = Message.objects.get(), kinds.get("invitation").still_due
    assert still_due(message)
    user.joined_at = timezone.now()
    user.save()
    assert not still_due(message)


# --- links ---------------------------------------------------------------------------------


def test_a_link_leads_who_has_joined_straight_to_the_page(person, administrator, settings):
    settings.SITE_URL = "https://linkbook.example.org"
    link = link_for(person("jo"), "/shared/", administrator)
    assert link.url == "https://linkbook.example.org/shared/"
    assert not link.secret
    assert link.expires_at is None
    assert not Invitation.objects.exists()


def test_a_link_leads_who_has_not_joined_by_way_of_an_invitation(newcomer, administrator):
    link = link_for(newcomer, "/shared/?a=b&c=d", administrator)
    assert "/invitation/" in link.url
    assert link.url.endswith("/?next=%2Fshared%2F%3Fa%3Db%26c%3Dd")
    assert link.secret
    newcomer.refresh_from_db()
    assert newcomer.invited_at


# --- roles ---------------------------------------------------------------------------------


def test_a_role_is_given_from_now_and_ended_now(administrator, person):
    jo = person("jo")
    given = services.give_role(administrator, jo, Role.ADMINISTRATOR)
    assert given.given_by == administrator
    assert User.objects.get(pk=jo.pk).roles == {Role.ADMINISTRATOR}
    services.end_role(administrator, given)
    assert User.objects.get(pk=jo.pk).roles == set()
    assert acts_on(jo) == [Verb.GIVE_ROLE, Verb.END_ROLE]


def test_nobody_changes_their_own_roles(administrator):
    with pytest.raises(PermissionDenied):
        services.give_role(administrator, administrator, Role.SERVICE_MANAGER)
    with pytest.raises(PermissionDenied):
        services.end_role(administrator, administrator.staff_roles.get())


@pytest.mark.parametrize("role", [r for r in Role if r != Role.ADMINISTRATOR])
def test_roles_end_by_an_administrator_only(person, role):
    held = person("jo", Role.COORDINATOR).staff_roles.get()
    with pytest.raises(PermissionDenied):
        services.end_role(person("pat", role), held)


def test_a_role_is_given_once_and_ended_once(administrator, person):
    jo = person("jo")
    given = services.give_role(administrator, jo, Role.DUTY_MANAGER)
    with pytest.raises(TransitionNotAllowed):
        services.give_role(administrator, jo, Role.DUTY_MANAGER)
    services.end_role(administrator, given)
    with pytest.raises(TransitionNotAllowed):
        services.end_role(administrator, given)


# --- two people for a role that reaches children's records ----------------------------------


REACHING = [role for role in Role if role != Role.ADMINISTRATOR]


def roles_of(user):
    return User.objects.get(pk=user.pk).roles


@pytest.fixture
def manager(person):
    return person("max", Role.TEAM_MANAGER)


@pytest.mark.parametrize("role", REACHING)
@pytest.mark.parametrize("second", [Role.TEAM_MANAGER, Role.SERVICE_MANAGER])
def test_a_role_that_reaches_children_opens_once_a_manager_has_confirmed_it(
    administrator, person, role, second
):
    """security.md 5.3: a role change that gives child access needs two people."""
    jo, confirmer = person("jo"), person("sue", second)
    given = services.give_role(administrator, jo, role)
    assert roles_of(jo) == set()
    confirmed = services.confirm_role(confirmer, given)
    assert (confirmed.confirmed_by, roles_of(jo)) == (confirmer, {role})
    assert acts_on(jo) == [Verb.GIVE_ROLE, Verb.CONFIRM]


def test_an_administrator_s_role_opens_no_record_and_needs_no_second_person(administrator, person):
    jo = person("jo")
    services.give_role(administrator, jo, Role.ADMINISTRATOR)
    assert roles_of(jo) == {Role.ADMINISTRATOR}
    assert not Message.objects.exists()


@pytest.mark.parametrize("role", [None, *(r for r in REACHING if r not in MANAGERS)])
def test_nobody_but_a_manager_confirms_what_an_administrator_gave(
    administrator, manager, person, role
):
    jo, pat = person("jo"), person("pat", *([role] if role else []))
    given = services.give_role(administrator, jo, Role.COORDINATOR)
    for by in (administrator, person("eve", Role.ADMINISTRATOR), pat, jo):
        with pytest.raises(PermissionDenied):
            services.confirm_role(by, given)
    assert roles_of(jo) == set()


def test_nobody_confirms_their_own_role_or_one_they_gave(administrator, manager, person):
    """Though they are a manager, or an administrator and a manager at once."""
    both = person("bo", Role.ADMINISTRATOR, Role.SERVICE_MANAGER)
    own = services.give_role(administrator, manager, Role.COORDINATOR)
    theirs = services.give_role(both, person("jo"), Role.COORDINATOR)
    for by, given in ((manager, own), (both, theirs)):
        with pytest.raises(PermissionDenied):
            services.confirm_role(by, given)


@pytest.mark.parametrize("second", [Role.ADMINISTRATOR, Role.TEAM_MANAGER, Role.SERVICE_MANAGER])
def test_what_a_manager_gave_another_manager_or_an_administrator_confirms(manager, person, second):
    worker = services.invite(manager, "w@example.org", "Will", [Role.LINK_WORKER])
    given = worker.staff_roles.get()
    with pytest.raises(PermissionDenied):
        services.confirm_role(manager, given)
    services.confirm_role(person("sue", second), given)
    assert roles_of(worker) == {Role.LINK_WORKER}


def test_a_manager_whose_own_role_waits_confirms_nobody(administrator, manager, person):
    waiting, jo = person("wes"), person("jo")
    services.give_role(administrator, waiting, Role.SERVICE_MANAGER)
    given = services.give_role(administrator, jo, Role.COORDINATOR)
    with pytest.raises(PermissionDenied):
        services.confirm_role(User.objects.get(pk=waiting.pk), given)


def test_in_a_fresh_installation_a_second_administrator_confirms_until_there_is_a_manager(
    administrator, person
):
    second = person("eve", Role.ADMINISTRATOR)
    first_manager = services.give_role(administrator, person("max"), Role.TEAM_MANAGER)
    with pytest.raises(PermissionDenied):
        services.confirm_role(administrator, first_manager)
    services.confirm_role(second, first_manager)
    with pytest.raises(PermissionDenied):
        services.confirm_role(second, services.give_role(administrator, person("jo"), "governance"))


def test_administrators_who_end_every_manager_s_role_do_not_take_their_place(
    administrator, manager, person
):
    services.end_role(administrator, manager.staff_roles.get())
    given = services.give_role(administrator, person("jo"), Role.COORDINATOR)
    with pytest.raises(PermissionDenied):
        services.confirm_role(person("eve", Role.ADMINISTRATOR), given)


def test_a_role_is_confirmed_once_and_not_after_it_ended(administrator, manager, person):
    jo = person("jo")
    given = services.give_role(administrator, jo, Role.COORDINATOR)
    services.confirm_role(manager, given)
    with pytest.raises(TransitionNotAllowed):
        services.confirm_role(manager, given)
    ended = services.give_role(administrator, jo, Role.GOVERNANCE)
    services.end_role(administrator, ended)
    with pytest.raises(TransitionNotAllowed):
        services.confirm_role(manager, ended)


@pytest.mark.parametrize("wrong", ["giver", "holder", "no date"])
def test_the_database_refuses_a_confirmation_by_one_of_the_two(
    administrator, manager, person, wrong
):
    jo = person("jo")
    given = services.give_role(administrator, jo, Role.COORDINATOR)
    by = {"giver": administrator, "holder": jo, "no date": manager}[wrong]
    at = None if wrong == "no date" else timezone.now()
    with pytest.raises(IntegrityError, match="staff_role_confirmed_by_another"):
        StaffRole.objects.filter(pk=given.pk).update(confirmed_by=by, confirmed_at=at)


def test_whoever_may_confirm_is_asked_and_the_message_says_nothing_of_anybody(
    administrator, manager, person
):
    gone = person("gus", Role.TEAM_MANAGER, is_active=False)
    jo, service = person("jo", Role.SERVICE_MANAGER), person("sue", Role.SERVICE_MANAGER)
    given = services.give_role(administrator, jo, Role.COORDINATOR)
    asked = Message.objects.filter(kind="role_to_confirm")
    assert {message.to for message in asked} == {manager, service}
    assert gone not in {message.to for message in asked}
    for message in asked:
        assert str(given.pk) in message.body
        assert "Jo" not in message.subject + message.body
        assert "oordinator" not in message.subject + message.body


def test_the_request_is_held_back_once_somebody_confirmed_or_the_reader_may_not(
    administrator, manager, person
):
    kind = kinds.get("role_to_confirm")
    given = services.give_role(administrator, person("jo"), Role.COORDINATOR)
    message = Message.objects.get(to=manager)
    assert kind.still_due(message)
    assert kind.may_receive(message)
    services.end_role(administrator, manager.staff_roles.get())
    assert not kind.may_receive(Message.objects.get(to=manager))
    services.confirm_role(person("sue", Role.SERVICE_MANAGER), given)
    assert not kind.still_due(message)


def test_the_operator_confirms_by_command_when_nobody_else_is_there(administrator, person):
    jo = person("jo")
    services.give_role(administrator, jo, Role.SERVICE_MANAGER)
    out = StringIO()
    call_command("confirm_roles", "JO@example.org", stdout=out)
    assert "Confirmed: jo@example.org, service manager." in out.getvalue()
    assert roles_of(jo) == {Role.SERVICE_MANAGER}
    with pytest.raises(CommandError, match="waits for no role"):
        call_command("confirm_roles", "jo@example.org")


# --- details, deactivation -----------------------------------------------------------------


def test_everybody_changes_their_own_details_and_nobody_elses(administrator, person):
    jo, pat = person("jo"), person("pat")
    services.change_details(jo, jo, "Jo Jones", "01632 960 111")
    services.change_details(administrator, jo, "Jo Jones", "01632 960 112")
    with pytest.raises(PermissionDenied):
        services.change_details(pat, jo, "Jo Silly", "")
    jo.refresh_from_db()
    assert (jo.name, jo.phone) == ("Jo Jones", "01632 960 112")
    fields = Act.objects.filter(verb=Verb.CHANGE).order_by("at").values_list("detail", flat=True)
    assert [detail["fields"] for detail in fields] == [["name", "phone"], ["phone"]]


def test_nobody_deactivates_themselves_and_only_administrators_others(administrator, person):
    with pytest.raises(PermissionDenied):
        services.deactivate(administrator, administrator)
    with pytest.raises(PermissionDenied):
        services.deactivate(person("max", Role.TEAM_MANAGER), person("jo"))


def test_a_person_is_deactivated_and_reactivated_once_each(administrator, person):
    jo = person("jo", Role.COORDINATOR)
    services.deactivate(administrator, jo)
    with pytest.raises(TransitionNotAllowed):
        services.deactivate(administrator, jo)
    assert User.objects.get(pk=jo.pk).roles == set()
    services.reactivate(administrator, jo)
    with pytest.raises(TransitionNotAllowed):
        services.reactivate(administrator, jo)
    jo = User.objects.get(pk=jo.pk)
    assert jo.has_role(Role.COORDINATOR)
    assert jo.check_password(PASSWORD)


# --- a fresh installation ------------------------------------------------------------------


def test_a_fresh_installation_has_nobody_and_its_first_administrator_is_invited(db, capsys):
    assert not User.objects.exists()
    call_command("invite_administrator", "first@example.org", "Freya First")
    user = User.objects.get(is_system=False)
    assert user.roles == {Role.ADMINISTRATOR}
    assert not user.has_usable_password()
    assert Message.objects.get().to == user


def test_inviting_the_first_administrator_refuses_what_is_no_address(db):
    with pytest.raises(CommandError):
        call_command("invite_administrator", "first", "Freya First")
    call_command("invite_administrator", "first@example.org", "Freya First")
    User.objects.filter(is_system=False).update(joined_at=timezone.now())
    with pytest.raises(CommandError):
        call_command("invite_administrator", "first@example.org", "Freya First")
