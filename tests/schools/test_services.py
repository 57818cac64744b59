"""Posts at schools: who adds, confirms and ends them, and what they open."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.grants import drift, give
from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from notifications.models import Message
from schools import services
from schools.entitlements import of_posts, predecessor_ids
from schools.models import (
    Agency,
    AgencyContact,
    Hub,
    School,
    SchoolContact,
    SchoolGrant,
    SchoolLink,
    SchoolType,
)
from schools.scope import scope_of
from schools.together_forms import AlsoHereForm


def fresh(user):
    """The user as the next request finds them."""
    return User.objects.get(pk=user.pk)


def reads(user, school):
    return school.pk in scope_of(fresh(user)).reads_shared


def add(by, school, **facts):
    facts = {"name": "Nia Newlead", "roles": ["dsl"], "email": "Nia.Newlead@example.org", **facts}
    return services.add_contact(by, school, **facts)


def facts_of(contact, **changes):
    names = ("name", "roles", "email", "phone", "job_title", "note")
    return {**{name: getattr(contact, name) for name in names}, **changes}


# --- adding ---------------------------------------------------------------------------------


def test_whoever_has_an_address_is_a_user_who_cannot_sign_in_yet(world):
    contact = add(world.primary, world.oakfield)
    assert contact.user.email == "nia.newlead@example.org"
    assert not contact.user.has_usable_password()
    assert contact.user.joined_at is None


def test_somebody_without_an_address_is_no_user(world):
    assert add(world.primary, world.oakfield, email="").user is None


def test_one_person_with_several_roles_is_one_post(world):
    """rule 003-1"""
    add(world.primary, world.oakfield, roles=["senco"])
    contact = add(world.primary, world.oakfield, roles=["attendance", "senco", "head"])
    assert contact.roles == ["head", "senco", "attendance"]
    assert world.oakfield.contacts.current().filter(user=contact.user).get() == contact


def test_adding_the_same_person_twice_makes_one_post(world):
    assert add(world.primary, world.oakfield) == add(world.primary, world.oakfield)


def test_somebody_without_an_address_is_told_apart_by_name(world):
    first = add(world.primary, world.oakfield, email="", roles=["pastoral"])
    assert add(world.primary, world.oakfield, email="", roles=["pastoral"]) == first


def test_two_people_at_a_school_never_share_an_address(world):
    with pytest.raises(ValidationError, match="Dora Lead already uses this address"):
        add(world.primary, world.oakfield, email=world.dsl.email)


@pytest.mark.parametrize("who", ["primary", "secondary", "manager", "administrator", "dsl", "head"])
def test_those_who_know_the_school_edit_its_contacts(world, who):
    assert add(getattr(world, who), world.oakfield).added_by == getattr(world, who)


@pytest.mark.parametrize(
    "who",
    [
        "former",
        "other_worker",
        "far_worker",
        "other_manager",
        "duty",
        "service",
        "coordinator",
        "governance",
        "deputy",
        "senco",
        "unconfirmed",
        "left_lead",
        "other_dsl",
        "attendee",
        "deactivated",
    ],
)
def test_nobody_else_edits_contacts(world, who):
    with pytest.raises(PermissionDenied):
        add(getattr(world, who), world.oakfield)


def test_a_worker_whose_child_attends_edits_nothing_there(world):
    """rule 001-53"""
    with pytest.raises(PermissionDenied):
        add(world.conflicted, world.elmgate)


# --- confirming -----------------------------------------------------------------------------


def test_a_safeguarding_post_opens_nothing_until_a_second_person_confirms_it(world):
    contact = add(world.primary, world.oakfield)
    assert not reads(contact.user, world.oakfield)
    assert world.oakfield.pk in scope_of(fresh(contact.user)).waiting
    assert not School.objects.visible_to(fresh(contact.user)).exists()
    services.confirm_contact(world.manager, contact)
    assert reads(contact.user, world.oakfield)
    assert fresh(contact.user).has_perm("schools.view_shared_record", world.oakfield)


def test_what_they_read_begins_with_the_confirmation_and_not_before(world):
    contact = add(world.primary, world.oakfield, starts_at=world.long_ago)
    contact = services.confirm_contact(world.manager, contact)
    assert SchoolGrant.objects.of("post", [contact.pk]).get().starts_at == contact.confirmed_at


def test_a_post_that_starts_later_opens_the_school_when_it_starts(world):
    contact = add(world.primary, world.oakfield, starts_at=world.tomorrow)
    services.confirm_contact(world.manager, contact)
    assert not reads(contact.user, world.oakfield)
    assert SchoolGrant.objects.of("post", [contact.pk]).get().starts_at == world.tomorrow


@pytest.mark.parametrize("who", ["manager", "dsl", "head"])
def test_team_managers_heads_and_leads_confirm(world, who):
    contact = add(world.primary, world.oakfield)
    services.confirm_contact(getattr(world, who), contact)
    contact.refresh_from_db()
    assert contact.confirmed_by == getattr(world, who)


@pytest.mark.parametrize(
    "who",
    ["secondary", "other_manager", "service", "administrator", "deputy", "senco", "other_dsl"],
)
def test_nobody_else_confirms(world, who):
    contact = add(world.primary, world.oakfield)
    with pytest.raises(PermissionDenied):
        services.confirm_contact(getattr(world, who), contact)


def test_nobody_confirms_what_they_added(world):
    contact = add(world.manager, world.oakfield)
    with pytest.raises(PermissionDenied):
        services.confirm_contact(world.manager, contact)
    with pytest.raises(IntegrityError), transaction.atomic():
        SchoolContact.objects.filter(pk=contact.pk).update(confirmed_by=world.manager)


def test_nobody_confirms_their_own_post(world):
    contact = add(world.primary, world.oakfield, name="Maya Manager", email=world.manager.email)
    with pytest.raises(PermissionDenied):
        services.confirm_contact(world.manager, contact)


def test_a_post_is_confirmed_once(world):
    contact = services.confirm_contact(world.manager, add(world.primary, world.oakfield))
    with pytest.raises(TransitionNotAllowed, match="already been confirmed"):
        services.confirm_contact(world.dsl, contact)


def test_a_post_without_safeguarding_is_not_confirmed(world):
    contact = add(world.primary, world.oakfield, roles=["senco"])
    with pytest.raises(TransitionNotAllowed):
        services.confirm_contact(world.manager, contact)


def test_those_who_may_confirm_are_asked_once_and_nobody_is_named(world):
    contact = add(world.primary, world.oakfield)
    add(world.primary, world.oakfield)
    asked = Message.objects.filter(kind="contact_to_confirm")
    leads = {world.manager, world.dsl, world.head, world.withheld}
    assert {message.to for message in asked} == leads
    for message in asked:
        assert contact.name not in message.subject + message.body
        assert f"/schools/{world.oakfield.urn}/" in message.body


def test_whoever_added_a_post_is_not_asked_to_confirm_it(world):
    add(world.dsl, world.oakfield)
    asked = {message.to for message in Message.objects.filter(kind="contact_to_confirm")}
    assert world.dsl not in asked
    assert world.manager in asked


def test_once_confirmed_nobody_is_asked_any_more(world):
    from notifications import kinds

    contact = add(world.primary, world.oakfield)
    message = Message.objects.filter(to=world.head).get()
    kind = kinds.get("contact_to_confirm")
    assert kind.still_due(message)
    assert kind.may_receive(message)
    services.end_contact(world.manager, world.head_post)
    message = Message.objects.filter(to=world.head).get()
    assert not kind.may_receive(message)
    services.confirm_contact(world.manager, contact)
    assert not kind.still_due(message)


# --- changing -------------------------------------------------------------------------------


def test_a_changed_address_is_a_new_post_to_confirm(world):
    changed = services.change_contact(
        world.primary, world.dsl_post, **facts_of(world.dsl_post, email="dora@example.org")
    )
    world.dsl_post.refresh_from_db()
    assert changed.pk != world.dsl_post.pk
    assert world.dsl_post.ends_at <= changed.starts_at
    assert changed.confirmed_at is None
    assert not reads(world.dsl, world.oakfield)
    assert not reads(changed.user, world.oakfield)


def test_a_safeguarding_role_gained_is_a_new_post_to_confirm(world):
    changed = services.change_contact(
        world.primary, world.senco_post, **facts_of(world.senco_post, roles=["senco", "deputy"])
    )
    assert changed.pk != world.senco_post.pk
    assert changed.added_by == world.primary
    # What the other role opens stays open meanwhile.
    assert world.oakfield.pk in scope_of(fresh(world.senco)).posts
    assert not reads(world.senco, world.oakfield)


def test_losing_the_last_safeguarding_role_ends_what_it_opened(world):
    services.change_contact(
        world.primary, world.deputy_post, **facts_of(world.deputy_post, roles=["pastoral"])
    )
    assert not reads(world.deputy, world.oakfield)
    assert world.oakfield.pk in scope_of(fresh(world.deputy)).posts


def test_a_new_telephone_number_or_a_corrected_name_is_the_same_post(world):
    changed = services.change_contact(
        world.primary,
        world.dsl_post,
        **facts_of(world.dsl_post, phone="01632 960441", name="Dora Lead-Smith"),
    )
    assert changed.pk == world.dsl_post.pk
    assert changed.confirmed_at
    assert reads(world.dsl, world.oakfield)
    assert Act.objects.get(verb=Verb.CHANGE).detail == {"fields": ["name", "phone"]}


def test_the_address_of_another_post_cannot_be_taken(world):
    with pytest.raises(ValidationError, match="Hana Head already uses this address"):
        services.change_contact(
            world.primary, world.dsl_post, **facts_of(world.dsl_post, email=world.head.email)
        )


def test_an_address_of_the_system_is_refused_as_a_mistake(world):
    with pytest.raises(ValidationError) as refused:
        add(world.primary, world.oakfield, email=User.objects.system("register").email)
    assert "email" in refused.value.message_dict


# --- ending ---------------------------------------------------------------------------------


def test_a_leavers_post_ends_at_once_with_all_it_opened(world):
    services.end_contact(world.secondary, world.dsl_post)
    assert not reads(world.dsl, world.oakfield)
    assert not School.objects.visible_to(fresh(world.dsl)).exists()
    assert SchoolGrant.objects.of("post", [world.dsl_post.pk]).get().ends_at


def test_a_post_ends_once(world):
    services.end_contact(world.primary, world.dsl_post)
    with pytest.raises(TransitionNotAllowed, match="already ended"):
        services.end_contact(world.head, world.dsl_post)


def test_a_post_that_has_not_started_ends_before_it_starts(world):
    contact = services.confirm_contact(
        world.manager, add(world.primary, world.oakfield, starts_at=world.tomorrow)
    )
    ended = services.end_contact(world.primary, contact)
    assert ended.ends_at == ended.starts_at == world.tomorrow
    assert not SchoolGrant.objects.live(world.tomorrow).of("post", [contact.pk]).exists()


def test_every_act_leaves_the_grants_as_expected(world):
    contact = add(world.primary, world.oakfield)
    services.confirm_contact(world.manager, contact)
    services.change_contact(world.primary, contact, **facts_of(contact, email="new@example.org"))
    services.end_contact(world.primary, world.head_post)
    services.change_contact(
        world.primary, world.deputy_post, **facts_of(world.deputy_post, roles=["senco"])
    )
    services.confirm_contact(
        world.manager, add(world.primary, world.oakfield, starts_at=world.tomorrow)
    )
    assert not [finding for finding in drift() if "post" in finding]


# --- a school that became another -----------------------------------------------------------


@pytest.fixture
def history(world):
    """``infants → oakfield ← middle``, and a circle, as registers have them."""

    def school(urn):
        return School.objects.create(
            urn=urn, name=f"Old {urn}", type_group=SchoolType.PRIMARY, hub=world.coast
        )

    first, second, third = school("800001"), school("800002"), school("800003")
    for predecessor, successor in (
        (first, second),
        (second, world.oakfield),
        (third, world.oakfield),
        (second, first),
    ):
        SchoolLink.objects.create(predecessor=predecessor, successor=successor, kind="succeeded")
    return {first.pk, second.pk, third.pk}


def test_predecessors_are_followed_to_the_first_and_a_circle_ends(world, history):
    assert predecessor_ids([world.oakfield.pk, world.beech.pk]) == {world.oakfield.pk: history}


def test_predecessors_of_any_number_of_schools_take_one_query(
    world, history, django_assert_num_queries
):
    with django_assert_num_queries(1):
        predecessor_ids([world.oakfield.pk, world.beech.pk, *history])


def test_a_post_opens_what_the_school_grew_out_of_and_closes_it_again(world, history):
    contact = services.confirm_contact(world.manager, add(world.primary, world.oakfield))
    assert scope_of(fresh(contact.user)).reads_shared == {world.oakfield.pk, *history}
    services.end_contact(world.primary, contact)
    assert scope_of(fresh(contact.user)).reads_shared == set()


# --- attendees and local facts --------------------------------------------------------------


def test_attendees_are_agreed_with_the_school_on_a_day(world):
    """rule 001-63"""
    today = timezone.localdate()
    services.agree_attendees(
        world.primary, world.oakfield, [world.dsl_post, world.senco_post], on=today
    )
    world.oakfield.refresh_from_db()
    assert set(world.oakfield.agreed_attendees.all()) == {world.dsl_post, world.senco_post}
    assert world.oakfield.attendees_agreed_on == today
    assert Act.objects.get(verb=Verb.AGREE).school_id == world.oakfield.pk


def test_somebody_who_left_or_is_elsewhere_cannot_be_agreed(world):
    for contact in (world.left_post, world.other_dsl_post):
        with pytest.raises(TransitionNotAllowed, match="has left"):
            services.agree_attendees(
                world.primary, world.oakfield, [contact], on=timezone.localdate()
            )


def test_an_attendee_keeps_their_place_with_a_new_address_and_loses_it_with_the_post(world):
    services.agree_attendees(
        world.head, world.oakfield, [world.dsl_post, world.senco_post], on=timezone.localdate()
    )
    changed = services.change_contact(
        world.primary, world.dsl_post, **facts_of(world.dsl_post, email="dora@example.org")
    )
    services.end_contact(world.primary, world.senco_post)
    assert set(world.oakfield.agreed_attendees.all()) == {changed}


def test_a_school_moves_hub_with_everything_that_hangs_on_it(world):
    services.change_school(world.manager, world.oakfield, hub=world.downs)
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.hub == world.downs
    assert scope_of(fresh(world.other_manager)).manages_school(fresh_school(world.oakfield))
    assert not scope_of(fresh(world.manager)).manages_school(fresh_school(world.oakfield))


def fresh_school(school):
    return School.objects.get(pk=school.pk)


@pytest.mark.parametrize("who", ["primary", "other_manager", "service", "dsl", "coordinator"])
def test_local_facts_are_the_hub_managers_and_the_administrators(world, who):
    with pytest.raises(PermissionDenied):
        services.change_school(getattr(world, who), world.oakfield, partnership="Shoreham")
    services.change_school(world.administrator, world.oakfield, partnership="Shoreham")
    assert fresh_school(world.oakfield).partnership == "Shoreham"


def test_what_the_register_owns_is_no_local_fact(world):
    with pytest.raises(ValueError, match="name"):
        services.change_school(world.manager, world.oakfield, name="Mine")


def test_feeder_schools_are_kept_and_the_change_is_written_down(world):
    services.change_school(world.manager, world.oakfield, feeders=[world.beech])
    services.change_school(world.manager, world.oakfield, feeders=[world.beech])
    assert list(world.oakfield.feeders.all()) == [world.beech]
    assert Act.objects.get(verb=Verb.CHANGE).detail == {"fields": ["feeders"]}


def test_a_college_is_added_by_hand(world):
    """rule 001-2"""
    college = services.add_school(
        world.administrator, urn="130844", name="Northbrook", type_group=SchoolType.COLLEGE
    )
    assert college.hub.code == Hub.NOT_YET
    with pytest.raises(PermissionDenied):
        services.add_school(world.manager, urn="130845", name="Mine", type_group=SchoolType.COLLEGE)


# --- geographies and agencies ---------------------------------------------------------------


def test_a_renamed_hub_keeps_its_code_and_a_new_one_gets_a_free_one(world):
    world.coast.name = "Coast and Adur"
    services.save_geography(world.administrator, world.coast)
    assert Hub.objects.get(name="Coast and Adur").code == "coast"
    assert services.save_geography(world.administrator, Hub(name="Coast")).code == "coast-2"
    with pytest.raises(PermissionDenied):
        services.save_geography(world.manager, Hub(name="Mine"))


@pytest.mark.parametrize("who", ["administrator", "coordinator", "manager"])
def test_agencies_are_kept_by_those_who_call_on_them(world, who):
    by = getattr(world, who)
    agency = services.save_agency(by, Agency(name="Youth Emotional Service"))
    contact = services.save_agency_contact(by, AgencyContact(agency=agency, name="Duty desk"))
    services.remove_agency_contact(by, contact)
    assert not agency.contacts.exists()
    verbs = Act.objects.order_by("at").values_list("verb", flat=True)
    assert list(verbs) == [Verb.ADD, Verb.ADD, Verb.END]


def test_an_agency_that_is_no_more_is_offered_no_more_and_stays_where_it_was(world):
    agency = Agency.objects.create(name="Youth Emotional Service")
    listed = services.add_also_here(world.primary, world.oakfield, agency=agency)
    assert agency.name in str(AlsoHereForm().fields["who"].choices)
    agency.is_offered = False
    services.save_agency(world.coordinator, agency)
    assert agency.name not in str(AlsoHereForm().fields["who"].choices)
    assert listed in world.oakfield.also_here.all()


@pytest.mark.parametrize("who", ["primary", "service", "dsl", "governance"])
def test_nobody_else_keeps_agencies(world, who):
    with pytest.raises(PermissionDenied):
        services.save_agency(getattr(world, who), Agency(name="Mine"))


def test_giving_twice_changes_nothing(world):
    posts = [world.dsl_post, world.head_post]
    before = set(SchoolGrant.objects.values_list("pk", "starts_at", "ends_at"))
    give(SchoolGrant, of_posts(posts))
    assert set(SchoolGrant.objects.values_list("pk", "starts_at", "ends_at")) == before


def test_a_post_held_long_ago_is_not_in_the_way_of_the_same_person_again(world):
    contact = services.add_contact(
        world.primary,
        world.oakfield,
        name=world.left_lead.name,
        roles=["dsl"],
        email=world.left_lead.email,
    )
    assert contact.user == world.left_lead
    assert contact.starts_at > timezone.now() - timedelta(minutes=1)
