"""A school's own referral while it is prepared: whose it is, the pack, what became of it."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import get_resolver, reverse
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Access, Act
from consultations.models import Withholding
from notifications.models import Message
from referrals.models import ContinuumLine, ReferralState, ReferralSupport
from referrals.services import referral_support as services
from schools.models import Involvement
from tests.children import child, works_with
from tests.consultations.about_children import part_about
from tests.referrals.referral_support import being_prepared, chronology, referred
from tests.world import anew

TODAY = {"on": "today"}
URL = "/referral-support/"


def told(kind):
    return {message.to for message in Message.objects.filter(kind=kind)}


def page(client, referral, tail=""):
    return client.get(f"{URL}{referral.pk}/{tail}").content.decode()


# --- starting ---------------------------------------------------------------------------------


def test_a_link_worker_starts_one_that_somebody_of_the_school_owns(world):
    """rules 001-98, 003-60"""
    ada = child(world)
    works_with(world, ada)
    made = services.start(world.primary, world.oakfield, owner=world.deputy_post, pupil=ada)
    assert (made.owner.user, made.state) == (world.deputy, ReferralState.PREPARING)
    assert told("referral_started") == {world.deputy}
    assert Involvement.objects.filter(source_id=made.pk, pupil=ada, school=world.oakfield).exists()
    message = Message.objects.get(kind="referral_started")
    assert not any(n in message.subject + message.body for n in ("Ada", "CANARY", "Dan"))
    assert "call 999" in message.body


def test_a_school_starts_one_in_initials_and_its_link_worker_hears(world):
    by = world.dsl
    made = services.start(
        by, world.oakfield, owner=world.dsl_post, initials=" A.B. ", year_group="year 5"
    )
    assert (made.child_text, made.pupil) == ("A.B., year 5", None)
    assert told("referral_started") == {world.primary}
    again = services.start(by, world.oakfield, owner=world.dsl_post, initials="A.B.", once=made.pk)
    assert again == made
    with pytest.raises(ValidationError, match="Choose the child, or enter their initials"):
        services.start(by, world.oakfield, owner=world.dsl_post, initials="  ")


def test_a_school_names_only_a_child_who_was_shared_with_it_already(world):
    ada, ben = child(world), child(world, "Ben")
    part_about(world.shared, ada)
    services.start(world.dsl, world.oakfield, owner=world.dsl_post, pupil=ada)
    with pytest.raises(PermissionDenied):
        services.start(world.dsl, world.oakfield, owner=world.dsl_post, pupil=ben)
    with pytest.raises(PermissionDenied):
        services.start(anew(world.withheld), world.oakfield, owner=world.dsl_post, pupil=ada)


def test_a_link_worker_names_only_a_child_who_is_open_to_them(world):
    """rule 001-58"""
    with pytest.raises(PermissionDenied):
        services.start(world.primary, world.oakfield, owner=world.dsl_post, pupil=child(world))


@pytest.mark.parametrize("who", ["senco", "unconfirmed", "left", "other_dsl"])
def test_only_a_confirmed_lead_of_the_school_owns_one(world, who):
    """rule 003-66"""
    with pytest.raises(ValidationError, match="Choose somebody of the school"):
        services.start(
            world.dsl, world.oakfield, owner=getattr(world, f"{who}_post"), initials="A.B."
        )


@pytest.mark.parametrize("who", ["manager", "service", "senco", "other_dsl", "far_worker", "duty"])
def test_nobody_else_starts_one(world, who):
    with pytest.raises(PermissionDenied):
        services.start(getattr(world, who), world.oakfield, owner=world.dsl_post, initials="A.B.")


# --- preparing --------------------------------------------------------------------------------


def test_both_sides_prepare_it_and_the_later_of_two_is_told(world, client, as_):
    """rule 001-99"""
    made = being_prepared(world)
    typed = {"version": 1, "worries": "  Ada is <b>tired</b>\n", "level": "3"}
    feature = ContinuumLine.objects.filter(level=None).first()
    as_(world.dsl)
    answer = client.post(f"{URL}{made.pk}/prepare/", {**typed, "features": [feature.pk]})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.worries, made.level, made.version) == ("  Ada is <b>tired</b>\n", 3, 2)
    assert list(made.features.all()) == [feature]
    as_(world.primary)
    answer = client.post(f"{URL}{made.pk}/prepare/", {**typed, "home_visits": "CANARY-typed"})
    assert answer.status_code == 409
    assert "CANARY-typed" in answer.content.decode()
    assert "Somebody else has saved this" in answer.content.decode()
    again = client.post(
        f"{URL}{made.pk}/prepare/", {**typed, "version": 2, "home_visits": "CANARY-typed"}
    )
    assert again.status_code == 302
    with pytest.raises(PermissionDenied):
        services.prepare(world.manager, made, 3, worries="")


def test_the_features_are_eleven_and_the_levels_four_until_the_council_words_its_own(world, as_):
    """rules 001-43, 001-99"""
    lines = ContinuumLine.objects.all()
    assert lines.filter(level=None).count() == 11
    assert list(lines.filter(level__isnull=False).values_list("level", flat=True)) == [1, 2, 3, 4]
    client = as_(world.administrator)
    added = {"name": "Our own words", "position": 3, "is_offered": "on"}
    assert client.post(f"{URL}continuum/add/", added).status_code == 302
    assert "Our own words" in client.get(f"{URL}continuum/").content.decode()
    assert "Enter the words" in client.post(f"{URL}continuum/add/", {}).content.decode()


def test_the_link_worker_says_which_child_the_school_means(world):
    made = being_prepared(world, initials="A.B.")
    ada = child(world)
    with pytest.raises(PermissionDenied):
        services.name_child(world.primary, made, ada)
    works_with(world, ada)
    with pytest.raises(PermissionDenied):
        services.name_child(anew(world.dsl), made, ada)
    assert services.name_child(anew(world.primary), made, ada).pupil == ada
    assert Involvement.objects.filter(source_id=made.pk, pupil=ada).exists()
    with pytest.raises(TransitionNotAllowed):
        services.name_child(anew(world.primary), made, ada)


def test_a_finished_chronology_of_the_child_goes_into_the_pack(world, client, as_):
    ada = child(world)
    made = being_prepared(world, ada)
    other, draft = chronology(world, child(world, "Ben")), chronology(world, ada, finished=False)
    with pytest.raises(PermissionDenied):
        services.share_chronology(world.primary, made, other)
    with pytest.raises(ValidationError, match="Finish the chronology first"):
        services.share_chronology(world.primary, made, draft)
    finished = chronology(world, ada)
    with pytest.raises(PermissionDenied):
        services.share_chronology(world.manager, made, finished)
    as_(world.dsl)
    assert "CANARY-line" not in page(client, made, "pack/")
    as_(world.primary)
    answer = client.post(f"{URL}{made.pk}/chronology/", {"made": finished.pk})
    assert answer.status_code == 302
    assert told("referral_pack") == {world.dsl}
    as_(world.dsl)
    assert "CANARY-line" in page(client, made, "pack/")
    pdf = client.get(f"{URL}{made.pk}/pack/pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert "Ada" not in pdf["Content-Disposition"]
    looks = Access.objects.filter(user=world.dsl, subject_id=str(made.pk), child_id=ada.pk)
    assert {look.action for look in looks} == {"view", "pdf"}


def test_the_pack_has_the_front_door_its_hours_and_text_to_copy(world, client, as_, settings):
    made = being_prepared(world, worries="Hungry", working_well="Reads well", level=4)
    as_(world.head)
    shown = page(client, made, "pack/")
    council = settings.COUNCIL
    for words in (council.front_door_phone, council.front_door_hours, "call 999", "Hungry"):
        assert words in shown
    assert "What is working well:\nReads well" in shown


# --- what the school says -----------------------------------------------------------------------


def test_no_referral_is_on_record_without_what_the_parents_said(world, client, as_):
    """rule 001-42"""
    made = being_prepared(world)
    with pytest.raises(ValidationError, match="Select whether the parents agreed"):
        services.confirm_referred(world.dsl, made, referred_on=timezone.localdate())
    with pytest.raises(IntegrityError), transaction.atomic():
        ReferralSupport.objects.filter(pk=made.pk).update(
            state="referred", referred_on=timezone.localdate()
        )
    as_(world.dsl)
    asked = client.post(f"{URL}{made.pk}/referred/", {"referred_on": "today", "reference": "K1"})
    assert "Select whether the parents agreed" in asked.content.decode()
    assert 'value="K1"' in asked.content.decode()
    services.confirm_referred(
        anew(world.dsl),
        made,
        referred_on=timezone.localdate(),
        agreement="agreed",
        who="Her mother",
        on=timezone.localdate(),
    )
    made.refresh_from_db()
    assert (made.state, made.agreement) == (ReferralState.REFERRED, "agreed")


def test_a_risk_of_harm_needs_no_reason_first_and_asks_for_it_afterwards(world, client, as_):
    """rules 001-42, 001-100"""
    made = being_prepared(world)
    services.confirm_referred(world.dsl, made, referred_on=timezone.localdate(), agreement="risk")
    made.refresh_from_db()
    assert made.owes_reason
    as_(world.dsl)
    assert "is still to be written down" in page(client, made)
    answer = client.post(
        f"{URL}{made.pk}/agreement/", {"agreement": "risk", "why": "Father was at home"}
    )
    assert answer.status_code == 302
    assert "is still to be written down" not in page(client, made)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"agreement": "agreed"}, {"who", "on"}),
        ({"agreement": "not_agreed", "who": "Her mother"}, {"on", "why"}),
        ({"agreement": "not_sought"}, {"why"}),
        ({"agreement": "rubbish"}, {"agreement"}),
    ],
)
def test_otherwise_who_was_asked_and_why_not_is_said_at_once(world, said, wrong):
    """rule 001-42"""
    with pytest.raises(ValidationError) as refused:
        services.say_agreement(world.dsl, being_prepared(world), **said)
    assert refused.value.message_dict.keys() == wrong


@pytest.mark.parametrize("who", ["primary", "manager", "service", "senco", "other_dsl"])
def test_only_the_school_says_what_it_did(world, who):
    """rules 001-98, 003-66"""
    made, by, today = being_prepared(world), getattr(world, who), timezone.localdate()
    for act in (
        lambda: services.confirm_referred(by, made, referred_on=today, agreement="risk"),
        lambda: services.say_agreement(by, made, agreement="risk"),
        lambda: services.stop(by, made, "No"),
        lambda: services.hand_over(by, made, world.head_post),
        lambda: services.reply(by, referred(world, made.pupil), outcome="accepted", on=today),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_what_came_back_is_told_and_not_accepted_offers_ways_on(world, client, as_):
    made = referred(world)
    with pytest.raises(ValidationError, match="in your own words"):
        services.reply(world.dsl, made, outcome="not_accepted", on=timezone.localdate())
    as_(world.dsl)
    answer = client.post(
        f"{URL}{made.pk}/outcome/", {"outcome": "not_accepted", "words": "Level 2", "on": "today"}
    )
    assert answer.status_code == 302
    assert told("referral_told") == {world.primary, world.manager}
    shown = page(client, made)
    for words in ("Ways on", "Early help consultation", "short work", "professional differences"):
        assert words in shown
    late = Involvement.objects.get(source_id=made.pk).ends_at
    assert timezone.now() + timedelta(days=27) < late < timezone.now() + timedelta(days=29)
    for again in ({"outcome": "accepted"}, {"outcome": "advice", "words": "x"}):
        with pytest.raises(TransitionNotAllowed):
            services.reply(world.dsl, made, on=timezone.localdate(), **again)


def test_what_comes_too_late_is_said_kindly(world, client, as_):
    made = being_prepared(world)
    services.stop(world.dsl, made, "We help ourselves")
    as_(world.dsl)
    for tail, data in (
        ("prepare/", {"version": 1}),
        ("referred/", {"referred_on": "today", "agreement": "risk"}),
        ("stop/", {"why": "We help ourselves"}),
        ("agreement/", {"agreement": "risk"}),
        ("outcome/", {"outcome": "accepted", **TODAY}),
    ):
        answer = client.post(f"{URL}{made.pk}/{tail}", data)
        assert (answer.status_code, answer.url) == (302, f"{URL}{made.pk}/"), tail
    assert Act.objects.filter(subject_id=str(made.pk)).count() == 1


def test_the_school_hands_it_to_somebody_else_there(world):
    made = being_prepared(world)
    services.hand_over(world.dsl, made, world.head_post)
    assert told("referral_started") == {world.head}
    with pytest.raises(TransitionNotAllowed):
        services.hand_over(world.dsl, made, world.head_post)
    with pytest.raises(ValidationError):
        services.hand_over(world.dsl, made, world.senco_post)


def test_nothing_here_sends_a_referral(world, client, as_):
    """rules 001-98, 001-100: no act, no address and no button does it for the school."""
    addresses = [
        str(pattern)
        for pattern in get_resolver().reverse_dict.getlist("referral_referred")
        + get_resolver().reverse_dict.getlist("referral")
    ]
    assert addresses
    names = [name for name in get_resolver().reverse_dict if isinstance(name, str)]
    ours = [name for name in names if name.startswith("referral_")]
    assert not any("send" in name or "submit" in name for name in ours)
    acts = [name for name in vars(services) if not name.startswith("_")]
    assert not any("send" in name or "submit" in name for name in acts)
    made = being_prepared(world)
    for user in (world.dsl, world.primary):
        as_(user)
        for tail in ("", "pack/", "prepare/"):
            shown = page(client, made, tail)
            main = shown[shown.index("<main") : shown.index("</main>")]
            assert "Send" not in main
            assert "Submit" not in main
            assert main.index("999") < main.find("<textarea") or "<textarea" not in main


# --- who sees it --------------------------------------------------------------------------------


def test_a_withheld_person_finds_no_trace_of_a_referral_about_that_child(world, client, as_):
    """design.md 6.14"""
    ada = child(world)
    made = being_prepared(world, ada)
    as_(world.withheld)
    assert client.get(f"{URL}{made.pk}/").status_code == 200
    part_about(world.shared, ada)
    assert client.get(f"{URL}{made.pk}/").status_code == 404
    assert str(made.pk) not in client.get(URL).content.decode()
    as_(world.dsl)
    assert client.get(f"{URL}{made.pk}/").status_code == 200


def test_the_owner_is_never_somebody_who_may_not_know_of_the_child(world):
    ada = child(world)
    works_with(world, ada)
    made = being_prepared(world, initials="A.B.", owner=world.withheld_post)
    part_about(world.shared, ada)
    assert Withholding.objects.filter(user=world.withheld).exists()
    with pytest.raises(ValidationError, match="withheld from who owns the referral"):
        services.name_child(world.primary, made, ada)
    with pytest.raises(ValidationError):
        services.start(world.primary, world.oakfield, owner=world.withheld_post, pupil=ada)


def test_a_manager_gives_a_reason_before_a_child_who_is_closed_to_them(world, client, as_):
    """rule 001-58"""
    made = being_prepared(world)
    Involvement.objects.filter(source_id=made.pk).delete()
    as_(world.manager)
    answer = client.get(f"{URL}{made.pk}/")
    assert answer.url.startswith(reverse("pupil_reason", args=[made.pupil_id]))


def test_the_list_names_no_child_and_costs_the_same_for_many(
    world, client, as_, django_assert_max_num_queries
):
    as_(world.primary)
    assert "None is being prepared" in client.get(URL).content.decode()
    for first in ("Ada", "Ben", "Cai"):
        being_prepared(world, child(world, first))
    with django_assert_max_num_queries(12):
        shown = client.get(f"{URL}?school={world.oakfield.urn}").content.decode()
    assert "CANARY-900001" not in shown
    assert "Year " in shown


def test_bad_input_is_answered_and_nothing_typed_is_lost(world, client, as_):
    as_(world.dsl)
    new = f"{URL}new/?school={world.oakfield.urn}"
    for data in (
        {"pupil": "x", "owner": "[]", "worries": "kept"},
        {"initials": "a\x00b", "owner": str(world.dsl_post.pk), "worries": "kept"},
        {"initials": "A.B.", "owner": str(world.senco_post.pk), "worries": "kept"},
        {"initials": "much too long to be initials", "worries": "kept"},
    ):
        answer = client.post(new, data)
        assert answer.status_code == 200
        assert "kept" in answer.content.decode()
        assert "There is a problem" in answer.content.decode()
    assert not ReferralSupport.objects.exists()
    answer = client.post(
        new, {"initials": "A.B.", "owner": str(world.dsl_post.pk), "worries": "\u202e=cmd|<i>"}
    )
    assert ReferralSupport.objects.get().worries == "\u202e=cmd|<i>"
    made = ReferralSupport.objects.get()
    wrong = client.post(f"{URL}{made.pk}/prepare/", {"version": "x", "level": "9"})
    assert wrong.status_code == 200
    assert client.get(f"{URL}new/?school=000").status_code == 404


def test_what_the_school_typed_too_late_is_kept_for_it(world, client, as_):
    made = referred(world)
    services.reply(world.dsl, made, outcome="advice", words="Ring again", on=timezone.localdate())
    as_(world.head)
    # Whose record it is has been looked at: for a school no gate stands before its own words.
    page(client, made)
    sent = {"outcome": "advice", "words": "Something else, at length", "on": "today"}
    for address, data in (
        (f"/referral-support/{made.pk}/outcome/", sent),
        (f"/referral-support/{made.pk}/prepare/", {"version": 1, "worries": "Bruises, at length"}),
    ):
        answer = client.post(address, data, follow=True)
        assert answer.status_code == 200
        assert "at length" in answer.content.decode()
    # Sent twice, it is on record.
    answer = client.post(f"/referral-support/{made.pk}/outcome/", {**sent, "words": "Ring again"})
    assert answer.url == made.get_absolute_url()


def test_a_page_sent_again_with_other_words_loses_none(world, client, as_):
    as_(world.dsl)
    address = f"/referral-support/new/?school={world.oakfield.urn}"
    sent = {"once": uuid.uuid4(), "initials": "A.B.", "owner": world.dsl_post.pk, "worries": "One"}
    assert client.post(address, sent).status_code == client.post(address, sent).status_code == 302
    shown = client.post(address, {**sent, "worries": "One and more"}).content.decode()
    assert "started from this page already" in shown
    assert "One and more" in shown
    assert ReferralSupport.objects.count() == 1
