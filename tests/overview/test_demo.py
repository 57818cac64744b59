"""The demonstration's data: who signs in, what there is to see, and that it is made once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.grants import drift
from accounts.models import Role, User
from consultations.models import Action, Addendum, Consultation, Kind, Reply, State, Withholding
from drafts.models import Draft
from linkworkers.models import AgreementState, Allocation, AllocationKind, CountyAgreement
from notifications.models import Message
from overview import demo
from schools.models import OwnChildConflict, School, SchoolContact
from schools.scope import scope_of

PASSWORD = "the password of the demonstration"


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    """The data, made once for the tests here and rolled back after the last."""
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        output = StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LINKBOOK_DEMO_PASSWORD", PASSWORD)
            call_command("seed_demo", stdout=output)
        yield output.getvalue()
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _in_the_demonstration(demonstration, db):
    """Each test in a savepoint of its own."""


def user(mailbox):
    return User.objects.get(email=demo.address(mailbox))


def test_every_account_signs_in_with_the_printed_password(demonstration, client):
    assert PASSWORD in demonstration
    for mailbox in (*demo.STAFF, *demo.SCHOOL_PEOPLE):
        assert demo.address(mailbox) in demonstration
        assert client.login(username=demo.address(mailbox), password=PASSWORD), mailbox
        assert client.get("/", follow=True).status_code == 200, mailbox


def test_a_second_run_says_it_is_there_and_makes_nothing():
    before = User.objects.latest("invited_at"), Consultation.objects.latest("started_at")
    output = StringIO()
    call_command("seed_demo", stdout=output)
    assert "there already" in output.getvalue()
    assert before == (User.objects.latest("invited_at"), Consultation.objects.latest("started_at"))


def test_it_refuses_outside_the_demonstration(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="demonstration mode only"):
        call_command("seed_demo")


def test_there_is_a_consultation_in_every_state():
    mine = Consultation.objects.filter(author=user("linkworker"))
    shared = mine.filter(state=State.SHARED)
    assert mine.filter(state=State.DRAFT, school__urn=demo.MAIN).exists()
    assert mine.filter(state=State.COMPLETED).exists()
    assert shared.filter(kind=Kind.AD_HOC).exists()
    assert shared.filter(stored_on__isnull=False).exists()
    assert shared.filter(stored_on=None, shares__opened_at__isnull=False).exists()
    assert shared.exclude(shares__opened_at__isnull=False).exists()
    assert Reply.objects.filter(consultation__author=user("linkworker")).exists()
    assert Addendum.objects.filter(audience="school").exists()
    assert Withholding.objects.exists()


def test_every_draft_keeps_what_was_typed():
    for consultation in Consultation.objects.filter(state=State.DRAFT):
        draft = Draft.objects.get(target_id=consultation.pk)
        assert draft.user_id == consultation.author_id
        assert draft.data["shared_text"][0]


def test_the_link_workers_draft_can_be_finished(client):
    draft = Consultation.objects.get(author=user("linkworker"), state=State.DRAFT)
    client.login(username=demo.address("linkworker"), password=PASSWORD)
    assert client.get(f"/consultations/{draft.pk}/edit/").status_code == 200
    ready = client.get(f"/consultations/{draft.pk}/complete/")
    assert ready.status_code == 200
    assert "Ruth Okoro" in ready.content.decode()


def test_actions_are_open_overdue_and_done():
    today = timezone.localdate()
    assert Action.objects.overdue(today).exists()
    assert Action.objects.open().filter(due_on__gt=today).exists()
    assert Action.objects.filter(done_at__isnull=False).exists()


def test_the_link_worker_holds_nine_schools_and_their_safeguarding_people_sign_in():
    mine = scope_of(user("linkworker")).supports
    current = School.objects.filter(pk__in=mine, status="open")
    assert {school.urn for school in current} == set(demo.MINE)
    main = School.objects.get(urn=demo.MAIN)
    for mailbox in ("dsl", "head", "deputy"):
        assert main.pk in scope_of(user(mailbox)).reads_shared, mailbox
    assert main.pk in scope_of(user("senco")).posts
    assert main.pk not in scope_of(user("dsl2")).posts


def test_the_second_link_worker_and_manager_are_of_another_hub():
    home, away = (School.objects.get(urn=urn) for urn in (demo.MAIN, demo.AWAY_MAIN))
    assert home.pk not in scope_of(user("linkworker2")).supports
    assert away.pk in scope_of(user("linkworker2")).supports
    assert scope_of(user("manager")).manages == {home.hub_id}
    assert scope_of(user("manager2")).manages == {away.hub_id}
    assert user("admin").is_superuser
    assert user("service.manager").has_role(Role.SERVICE_MANAGER)


def test_gaps_an_agreement_and_a_conflict_wait_for_the_managers():
    home = School.objects.get(urn=demo.MAIN).hub
    held = Allocation.objects.live().filter(kind=AllocationKind.SECONDARY).values("school")
    assert School.objects.open().filter(hub=home).exclude(pk__in=held).exists()
    agreement = CountyAgreement.objects.get(state=AgreementState.PROPOSED)
    assert agreement.school.is_apc
    assert agreement.answers.filter(manager=user("manager"), agrees=None).exists()
    conflict = OwnChildConflict.objects.get()
    assert Allocation.objects.filter(
        school=conflict.school, link_worker__user=conflict.user, suspended_at__isnull=False
    ).exists()


def test_the_grants_are_those_the_acts_would_have_written():
    assert drift() == []


def test_everybody_is_invented_and_no_old_message_is_waiting():
    people = User.objects.filter(is_system=False).exclude(email__endswith="@example.org")
    assert not people.exists()
    assert not SchoolContact.objects.exclude(email__endswith="@example.org").exists()
    waiting = Message.objects.filter(state="pending")
    assert not waiting.filter(created_at__lt=timezone.now() - timedelta(days=5)).exists()
    assert not Message.objects.filter(is_secret=True).exclude(body="").exists()
