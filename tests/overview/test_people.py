import html
import re
import uuid

import pytest
from django.test import Client

from accounts.models import Role, StaffRole, User
from accounts.services import confirm_role
from audit.models import Act, Verb
from linkworkers.models import AllocationKind, LinkWorker
from linkworkers.services import allocate, end
from notifications.models import Message
from overview import services
from schools import hub_managers
from schools.scope import scope_of
from tests.world import PASSWORD

INVITATION = {
    "name": "Nell New",
    "email": "nell.new@example.org",
    "roles": ["link_worker"],
    "kind": "fsw",
}


@pytest.fixture
def as_(client):
    """``as_(user)``: a browser in which they signed in with their password just now."""

    def sign_in(user):
        browser = Client()
        browser.post("/sign-in/", {"login": user.email, "password": PASSWORD})
        return browser

    return sign_in


def edge(page, rel):
    """The query string behind the link to the next or previous page."""
    return html.unescape(re.search(f'href="([^"]+)" rel="{rel}"', page)[1])


def page_of(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def look_for(browser, words):
    """The page that looking for these words leads to."""
    return page_of(browser.post("/people/", {"q": words}, follow=True))


def again(user):
    return User.objects.get(pk=user.pk)


# --- the list ------------------------------------------------------------------------------


def test_an_administrator_sees_everybody_with_what_they_do_and_how_far_in_they_are(world, as_):
    page = look_for(as_(world.administrator), "example.org")
    for text in (
        "Maya Manager",
        "Team manager",
        "Dora Lead",
        "DSL, Oakfield Primary School",
        "Inez Invited",
        "Invited",
        "Dee Deactivated",
        "Deactivated",
    ):
        assert text in page


def test_a_team_manager_sees_the_link_workers_of_their_own_hubs(world, as_):
    page = page_of(as_(world.manager).get("/people/"))
    assert world.primary.email in page
    for hidden in (world.far_worker, world.dsl, world.service, world.administrator):
        assert hidden.email not in page


@pytest.mark.parametrize(
    "who", ["primary", "service", "duty", "coordinator", "governance", "dsl", "head"]
)
def test_nobody_else_opens_the_people_pages(world, as_, who):
    browser = as_(getattr(world, who))
    person = f"/people/{world.primary.pk}/"
    for path in ("/people/", "/people/invite/", person, f"{person}change/"):
        assert browser.get(path).status_code == 403, path
    for path in ("reinvite/", "deactivate/", "reactivate/", "roles/give/", "hubs/"):
        assert browser.post(person + path).status_code == 403, path
    assert browser.post("/people/invite/", INVITATION).status_code == 403


def test_a_person_outside_one_s_hubs_is_not_to_be_found(world, as_):
    browser = as_(world.manager)
    for hidden in (world.far_worker, world.dsl, world.administrator):
        assert browser.get(f"/people/{hidden.pk}/").status_code == 404
        assert browser.post(f"/people/{hidden.pk}/reinvite/").status_code == 404
    assert browser.get(f"/people/{world.primary.pk}/").status_code == 200


def test_the_system_s_own_users_are_nobody_to_look_at(world, as_):
    system = User.objects.system("outbox")
    browser = as_(world.administrator)
    assert browser.get(f"/people/{system.pk}/").status_code == 404
    assert "system.invalid" not in look_for(browser, "system")


@pytest.mark.parametrize(
    ("words", "found", "not_found"),
    [
        ("maya", "maya", "omar"),
        ("MANAGER omar", "Omar", "Maya"),
        ("far.worker@", "Farah", "Priya"),
        ("%", "Nobody matches", "Maya"),
        ("<script>", "&lt;script&gt;", "<script>x"),
        ("\u202e", "Nobody matches", "Maya"),
    ],
)
def test_people_are_found_by_name_or_address(world, as_, words, found, not_found):
    world.manager.name, world.other_manager.name = "Maya Manager", "Omar Othermanager"
    page = look_for(as_(world.administrator), words)
    body = page.split("<main", 1)[-1]
    assert found in body or found.title() in body
    assert not_found not in body


def test_what_is_looked_for_is_in_no_address(world, as_):
    """security.md 14.2.1: addresses stay in histories and logs, and search words name people."""
    browser = as_(world.administrator)
    found = browser.post("/people/", {"q": world.dsl.email})
    assert found["Location"] == "/people/?found=1"
    page = page_of(browser.get(found["Location"]))
    assert "Dora Lead" in page
    assert "Maya Manager" not in page
    assert f'value="{world.dsl.email}"' in page
    assert "Maya Manager" in page_of(browser.get("/people/"))
    assert "Maya Manager" in page_of(browser.get(f"/people/?q={world.dsl.email}"))
    assert browser.post("/people/", {"q": ""})["Location"] == "/people/"


def test_what_somebody_else_looked_for_is_not_shown(world, as_):
    as_(world.administrator).post("/people/", {"q": "dora"})
    assert "Priya Primary" in page_of(as_(world.manager).get("/people/?found=1"))


@pytest.mark.parametrize("query", ["after=-1", "before=x", f"after={uuid.UUID(int=0)}", "found=x"])
def test_an_odd_question_is_answered_and_never_an_error(world, as_, query):
    page_of(as_(world.administrator).get(f"/people/?{query}"))


@pytest.mark.parametrize("words", ["x" * 999, "dora\x00"])
def test_words_that_cannot_be_looked_for_are_answered_in_a_sentence(world, as_, words):
    page = page_of(as_(world.administrator).post("/people/", {"q": words}))
    assert "govuk-error-summary" in page
    assert "<title>Error: People" in page


def test_the_list_goes_on_by_next_and_previous(world, as_):
    User.objects.bulk_create(
        User(email=f"a{n:03}@example.org", name=f"Aaron {n:03}") for n in range(60)
    )
    browser = as_(world.administrator)
    first = look_for(browser, "aaron")
    assert "Aaron 000" in first
    assert "Aaron 050" not in first
    assert 'rel="prev"' not in first
    second = page_of(browser.get(f"/people/{edge(first, 'next')}"))
    assert "Aaron 049" not in second
    assert "Aaron 050" in second
    assert "Aaron 059" in second
    assert 'rel="next"' not in second
    assert "aaron" not in edge(second, "prev")
    assert page_of(browser.get(f"/people/{edge(second, 'prev')}")).count("Aaron 0") == 50


def test_the_list_costs_the_same_for_few_and_many(world, as_, django_assert_max_num_queries):
    browser = as_(world.administrator)
    User.objects.bulk_create(
        User(email=f"z{n:03}@example.org", name=f"Zed {n:03}") for n in range(100)
    )
    with django_assert_max_num_queries(12):
        page_of(browser.get("/people/"))


# --- inviting ------------------------------------------------------------------------------


def test_an_administrator_invites_a_link_worker_into_a_hub(world, as_):
    response = as_(world.administrator).post(
        "/people/invite/", {**INVITATION, "hub": world.downs.pk}
    )
    assert response["Location"] == "/people/"
    nell = User.objects.get(email="nell.new@example.org")
    assert nell.roles_given == {Role.LINK_WORKER}
    assert LinkWorker.objects.get(user=nell).hub == world.downs
    assert Message.objects.get(kind="invitation").to == nell


def test_an_administrator_invites_a_manager_with_their_hubs(world, as_):
    as_(world.administrator).post(
        "/people/invite/",
        {
            **INVITATION,
            "roles": ["team_manager", "link_worker"],
            "manages": [world.coast.pk],
            "hub": world.coast.pk,
            "kind": "tm",
        },
    )
    nell = User.objects.get(email="nell.new@example.org")
    assert scope_of(nell).manages == set()
    for role in nell.staff_roles.all():
        confirm_role(world.manager, role)
    nell = again(nell)
    assert nell.roles == {Role.TEAM_MANAGER, Role.LINK_WORKER}
    assert scope_of(nell).manages == {world.coast.pk}
    assert nell.link_worker.kind == "tm"


def test_a_manager_invites_link_workers_into_their_own_hubs_only(world, as_):
    browser = as_(world.manager)
    refused = browser.post("/people/invite/", {**INVITATION, "hub": world.downs.pk})
    assert "Choose" in page_of(refused)
    assert "Downs" not in page_of(browser.get("/people/invite/"))
    assert not User.objects.filter(email="nell.new@example.org").exists()
    asked_for_more = {**INVITATION, "roles": ["administrator"], "hub": world.coast.pk}
    browser.post("/people/invite/", asked_for_more)
    nell = User.objects.get(email="nell.new@example.org")
    assert nell.roles_given == {Role.LINK_WORKER}
    assert nell.link_worker.hub == world.coast


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Enter their full name"),
        ({"email": ""}, "Enter their email address"),
        ({"email": "nell"}, "in the correct format"),
        ({"email": "a@example.org,b@example.org"}, "in the correct format"),
        ({"email": "a@example.org\r\nBcc: x@example.org"}, "in the correct format"),
        ({"email": "primary@example.org"}, "already an account with this address"),
        ({"email": "PRIMARY@EXAMPLE.ORG"}, "already an account with this address"),
        ({"email": "someone@system.invalid"}, "Enter the email address of a person"),
        ({"roles": []}, "Choose at least one thing they do"),
        ({"roles": ["king"]}, "from the list"),
        ({"roles": ["team_manager"]}, "Choose the hubs the team manager manages"),
        ({"hub": ""}, "Choose the hub the link worker works in"),
        ({"hub": "x\x00"}, "Choose a hub from the list"),
        ({"hub": "-1"}, "Choose a hub from the list"),
        ({"roles": ["team_manager"], "manages": ["-1"]}, "Choose hubs from the list"),
        ({"name": "x" * 151}, "150"),
    ],
)
def test_an_invitation_that_cannot_go_says_why_and_keeps_what_was_typed(
    world, as_, change, sentence
):
    User.objects.system("someone")
    typed = {**INVITATION, "hub": world.coast.pk} | change
    page = page_of(as_(world.administrator).post("/people/invite/", typed))
    assert sentence in page
    assert "govuk-error-summary" in page
    if "name" not in change:
        assert 'value="Nell New"' in page
    assert not Message.objects.exists()
    assert not User.objects.filter(email="nell.new@example.org").exists()


# --- one person ----------------------------------------------------------------------------


def test_a_person_s_page_shows_roles_from_and_to_and_hubs(world, as_):
    browser = as_(world.administrator)
    page = page_of(browser.get(f"/people/{world.manager.pk}/"))
    for text in ("maya", "manager@example.org", "Team manager", "Coast", "Change hubs"):
        assert text in page.lower() or text in page


def test_details_are_changed_by_an_administrator(world, as_):
    browser = as_(world.administrator)
    path = f"/people/{world.dsl.pk}/change/"
    assert "Enter a name" in page_of(browser.post(path, {"name": ""}))
    browser.post(path, {"name": "Dora Leader", "phone": "01632 960 120"})
    assert (again(world.dsl).name, again(world.dsl).phone) == ("Dora Leader", "01632 960 120")


def test_a_role_is_given_after_the_password_was_entered_again(world, as_, time_machine):
    time_machine.move_to("2026-11-23T09:00:00Z", tick=False)
    browser = as_(world.administrator)
    time_machine.move_to("2026-11-23T09:20:00Z", tick=False)
    path = f"/people/{world.duty.pk}/roles/give/"
    asked = browser.post(path, {"role": "coordinator"})
    assert asked["Location"].startswith("/reauthenticate/")
    assert again(world.duty).roles == {Role.DUTY_MANAGER}
    wrong = browser.post(asked["Location"], {"password": "wrong"})
    assert "Enter the password you sign in with" in page_of(wrong)
    done = browser.post(asked["Location"], {"password": PASSWORD, "next": path})
    assert done["Location"] == f"/people/{world.duty.pk}/"
    assert again(world.duty).roles_given == {Role.DUTY_MANAGER, Role.COORDINATOR}


def test_the_password_is_asked_again_five_minutes_after_the_sign_in(world, as_, time_machine):
    """security.md 7.5.1"""
    time_machine.move_to("2026-11-23T09:00:00Z", tick=False)
    browser = as_(world.administrator)
    path = f"/people/{world.duty.pk}/roles/give/"
    time_machine.move_to("2026-11-23T09:04:59Z", tick=False)
    assert browser.post(path, {"role": "coordinator"})["Location"].startswith("/people/")
    time_machine.move_to("2026-11-23T09:05:01Z", tick=False)
    assert browser.post(path, {"role": "governance"})["Location"].startswith("/reauthenticate/")


def test_roles_are_given_and_ended_with_what_hangs_on_them(world, as_):
    browser, person = as_(world.administrator), f"/people/{world.duty.pk}/"
    browser.post(f"{person}roles/give/", {"role": "team_manager", "manages": [world.coast.pk]})
    assert list(hub_managers.hubs_of(world.duty)) == [world.coast]
    browser.post(f"{person}hubs/", {"manages": [world.downs.pk]})
    assert list(hub_managers.hubs_of(world.duty)) == [world.downs]
    role = world.duty.staff_roles.get(role=Role.TEAM_MANAGER)
    browser.post(f"{person}roles/{role.pk}/end/")
    assert list(hub_managers.hubs_of(world.duty)) == []
    assert again(world.duty).roles == {Role.DUTY_MANAGER}
    late = browser.post(f"{person}roles/{role.pk}/end/", follow=True)
    assert "This role has ended already" in page_of(late)


def test_a_link_worker_who_holds_schools_keeps_the_role_until_they_are_ended(world, as_):
    role = world.primary.staff_roles.get()
    response = as_(world.administrator).post(
        f"/people/{world.primary.pk}/roles/{role.pk}/end/", follow=True
    )
    assert "still holds schools" in page_of(response)
    assert again(world.primary).has_role(Role.LINK_WORKER)


def test_a_manager_who_holds_a_school_keeps_the_role_until_it_is_ended(world, as_):
    held = world.allocation(world.larkmead, world.manager, AllocationKind.PRIMARY)
    browser = as_(world.administrator)
    address = f"/people/{world.manager.pk}/roles/{world.manager.staff_roles.get().pk}/end/"
    assert "still holds schools" in page_of(browser.post(address, follow=True))
    assert again(world.manager).has_role(Role.TEAM_MANAGER)
    assert list(hub_managers.hubs_of(world.manager)) == [world.coast]
    end(world.service, held, why="They leave the council")
    assert "has been ended" in page_of(browser.post(address, follow=True))
    assert again(world.manager).roles == frozenset()
    assert scope_of(again(world.manager)).supports == frozenset()


def test_a_role_may_end_while_another_lets_them_hold_their_schools(world, as_):
    browser, person = as_(world.administrator), f"/people/{world.primary.pk}/"
    given = {"role": "team_manager", "manages": [world.coast.pk]}
    browser.post(f"{person}roles/give/", given)
    confirm_role(world.service, world.primary.staff_roles.get(role=Role.TEAM_MANAGER))
    as_worker = world.primary.staff_roles.get(role=Role.LINK_WORKER)
    page = browser.post(f"{person}roles/{as_worker.pk}/end/", follow=True)
    assert "has been ended" in page_of(page)
    assert LinkWorker.objects.in_post().filter(user=world.primary).exists()
    as_manager = world.primary.staff_roles.get(role=Role.TEAM_MANAGER)
    page = browser.post(f"{person}roles/{as_manager.pk}/end/", follow=True)
    assert "still holds schools" in page_of(page)


def test_a_deactivated_worker_s_role_stays_while_their_schools_are_theirs(world, as_):
    browser, person = as_(world.administrator), f"/people/{world.primary.pk}/"
    browser.post(f"{person}deactivate/")
    role = world.primary.staff_roles.get()
    assert "still holds schools" in page_of(
        browser.post(f"{person}roles/{role.pk}/end/", follow=True)
    )


def test_whoever_stops_as_a_link_worker_has_left_until_the_role_is_given_again(world, as_):
    browser, person = as_(world.administrator), f"/people/{world.former.pk}/"
    browser.post(f"{person}roles/{world.former.staff_roles.get().pk}/end/")
    worker = LinkWorker.objects.get(user=world.former)
    assert worker.left_at is not None
    given = {"role": "link_worker", "hub": world.downs.pk, "kind": "fsw"}
    browser.post(f"{person}roles/give/", given)
    worker.refresh_from_db()
    assert (worker.left_at, worker.hub) == (None, world.downs)
    assert LinkWorker.objects.in_post().filter(user=world.former).exists()


def test_a_role_that_holds_no_schools_ends_without_a_word_about_them(world, as_):
    role = StaffRole.objects.create(
        user=world.primary, role=Role.COORDINATOR, confirmed_at=world.now
    )
    browser, person = as_(world.administrator), f"/people/{world.primary.pk}/"
    page = browser.post(f"{person}roles/{role.pk}/end/", follow=True)
    assert "has been ended" in page_of(page)
    assert LinkWorker.objects.in_post().filter(user=world.primary).exists()


def test_nobody_changes_their_own_roles_or_shuts_themselves_out(world, as_):
    browser, own = as_(world.administrator), f"/people/{world.administrator.pk}/"
    role = world.administrator.staff_roles.get()
    for path in ("roles/give/", f"roles/{role.pk}/end/", "hubs/", "deactivate/"):
        assert browser.post(own + path, {"role": "coordinator"}).status_code == 403, path
    page = page_of(browser.get(own))
    for hidden in ("Give a role", "Deactivate this account", f"roles/{role.pk}/end/"):
        assert hidden not in page


def test_another_person_s_role_is_not_ended_under_somebody_else_s_address(world, as_):
    role = world.coordinator.staff_roles.get()
    path = f"/people/{world.duty.pk}/roles/{role.pk}/end/"
    assert as_(world.administrator).post(path).status_code == 404
    assert again(world.coordinator).has_role(Role.COORDINATOR)


def test_an_invitation_is_sent_again_by_a_manager_to_their_own(world, as_):
    LinkWorker.objects.create(user=world.invited, hub=world.coast)
    browser, path = as_(world.manager), f"/people/{world.invited.pk}/"
    assert "Invite again" in page_of(browser.get(path))
    browser.post(f"{path}reinvite/")
    assert Message.objects.get().to == world.invited
    joined = browser.post(f"/people/{world.primary.pk}/reinvite/", follow=True)
    assert "has joined already" in page_of(joined)


def test_a_manager_changes_nobody(world, as_):
    browser, path = as_(world.manager), f"/people/{world.primary.pk}/"
    page = page_of(browser.get(path))
    for hidden in ("Give a role", "Deactivate this account", "/end/", "/change/"):
        assert hidden not in page
    for act in ("change/", "roles/give/", "hubs/", "deactivate/", "reactivate/"):
        assert browser.post(path + act).status_code == 403, act


def test_deactivating_asks_once_and_works_at_once(world, as_):
    browser, theirs = as_(world.administrator), as_(world.primary)
    path = f"/people/{world.primary.pk}/"
    assert "signed out at once" in page_of(browser.get(f"{path}deactivate/"))
    assert theirs.get("/account/").status_code == 200
    browser.post(f"{path}deactivate/")
    assert theirs.get("/account/").status_code == 302
    assert "deactivated already" in page_of(browser.post(f"{path}deactivate/", follow=True))
    browser.post(f"{path}reactivate/")
    assert again(world.primary).is_active
    verbs = Act.objects.filter(subject_id=str(world.primary.pk), by=world.administrator)
    assert list(verbs.order_by("at").values_list("verb", flat=True)) == [
        Verb.DEACTIVATE,
        Verb.REACTIVATE,
    ]


# --- a role that waits for a second person ---------------------------------------------------


@pytest.fixture
def waiting(world):
    """A link worker's role that the administrator gave and nobody has confirmed."""
    given = services.invite(
        world.administrator,
        name="Nell New",
        email="nell.new@example.org",
        roles=["link_worker"],
        hub=world.coast,
        kind="fsw",
    ).staff_roles.get()
    User.objects.filter(pk=given.user_id).update(joined_at=world.now)
    return given


def confirm_page(role):
    return f"/people/{role.user_id}/roles/{role.pk}/confirm/"


@pytest.mark.parametrize("who", ["manager", "other_manager", "service"])
def test_a_manager_finds_the_role_on_their_desk_and_confirms_it(world, as_, waiting, who):
    """security.md 5.3"""
    browser, page = as_(getattr(world, who)), confirm_page(waiting)
    desk = page_of(browser.get("/"))
    assert page in desk
    assert "Confirm who they are." in desk
    shown = page_of(browser.get(page))
    for text in ("Nell New", "nell.new@example.org", "Link worker, Coast", "Ade Administrator"):
        assert text in shown
    done = page_of(browser.post(page, follow=True))
    assert "The role of Nell New has been confirmed." in done
    assert again(waiting.user).roles == {Role.LINK_WORKER}
    assert page not in done


def test_who_gave_the_role_reads_that_somebody_else_confirms_it(world, as_, waiting):
    browser, page = as_(world.administrator), confirm_page(waiting)
    shown = page_of(browser.get(page))
    assert "You gave this role, so somebody else confirms it." in shown
    assert "Confirm the role</button>" not in shown
    assert browser.post(page).status_code == 403
    person_page = page_of(browser.get(f"/people/{waiting.user_id}/"))
    assert "Opens nothing yet: a second person confirms it" in person_page
    assert "Link worker (not confirmed)" in look_for(browser, "nell")
    assert again(waiting.user).roles == set()


def test_a_manager_who_gave_a_role_waits_for_another_manager_or_an_administrator(world, as_):
    as_(world.manager).post("/people/invite/", {**INVITATION, "hub": world.coast.pk})
    given = StaffRole.objects.get(user__email="nell.new@example.org")
    assert "You gave this role, so somebody else" in page_of(as_(world.manager).get("/"))
    assert as_(world.manager).post(confirm_page(given)).status_code == 403
    as_(world.administrator).post(confirm_page(given))
    assert again(given.user).roles == {Role.LINK_WORKER}


def test_somebody_whose_role_waits_signs_in_to_a_calm_page_and_opens_nothing(world, as_, waiting):
    waiting.user.set_password(PASSWORD)
    waiting.user.save(update_fields=["password"])
    browser = as_(waiting.user)
    page = page_of(browser.get("/"))
    assert "Your role is waiting to be confirmed" in page
    assert "You are listed as link worker." in page
    assert browser.get("/consultations/").status_code == 404
    assert browser.get(f"/schools/{world.oakfield.urn}/").status_code == 404
    assert browser.get(confirm_page(waiting)).status_code == 403
    confirm_role(world.manager, waiting)
    assert "Your role is waiting" not in page_of(browser.get("/"))
    assert browser.get(f"/schools/{world.oakfield.urn}/").status_code == 200


def test_a_worker_given_schools_in_advance_opens_them_when_confirmed(world, as_, waiting):
    worker = waiting.user.link_worker
    allocation = world.secondary.link_worker.allocations.get(school=world.oakfield)
    end(world.manager, allocation, why="Moves on")
    allocate(world.manager, world.oakfield, worker, AllocationKind.SECONDARY, reason="New")
    assert scope_of(again(waiting.user)).supports == set()
    confirm_role(world.manager, waiting)
    assert scope_of(again(waiting.user)).supports == {world.oakfield.pk}


def test_a_role_is_confirmed_after_the_password_was_entered_again(
    world, as_, waiting, time_machine
):
    """security.md 7.5.1"""
    time_machine.move_to("2030-11-23T09:00:00Z", tick=False)
    browser = as_(world.manager)
    time_machine.move_to("2030-11-23T09:20:00Z", tick=False)
    asked = browser.post(confirm_page(waiting))
    assert asked["Location"].startswith("/reauthenticate/")
    assert again(waiting.user).roles == set()


def test_a_role_that_no_longer_waits_says_so(world, as_, waiting):
    confirm_role(world.service, waiting)
    page = page_of(as_(world.manager).get(confirm_page(waiting), follow=True))
    assert "does not wait to be confirmed any more" in page
    mismatched = f"/people/{world.primary.pk}/roles/{waiting.pk}/confirm/"
    assert as_(world.manager).get(mismatched).status_code == 404
