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
from overview import demo, themes
from overview.meetings import has_late_actions, this_week
from panels import targeting
from panels.models import Distribution, Meeting, MeetingKind, MeetingState, PanelRecord
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


def sent_minutes():
    return Meeting.objects.get(kind=MeetingKind.CASO, state=MeetingState.FINALISED)


def test_minutes_of_two_schools_and_five_agencies_were_sent_and_one_has_opened_them():
    meeting = sent_minutes()
    assert (meeting.schools.count(), meeting.pupils.count()) == (2, 3)
    copies = Distribution.objects.filter(version__meeting=meeting)
    assert copies.filter(agency__isnull=False).count() == 5
    [opened] = copies.filter(opened_at__isnull=False)
    assert opened.name == "Duty desk, Police"
    assert copies.filter(person__user=user("dsl")).exists()
    assert copies.filter(person__user=user("dsl2")).exists()


def test_of_their_actions_one_is_ticked_with_a_comment_and_one_is_overdue():
    rows = Action.objects.filter(minuted_as__meeting=sent_minutes())
    done = rows.get(done_at__isnull=False)
    assert done.done_by_name == "Duty desk, Police"
    assert done.comments.exists()
    assert rows.overdue(timezone.localdate()).exists()


def test_the_next_meeting_has_what_is_still_open_on_its_agenda():
    before = sent_minutes()
    following = Meeting.objects.get(previous=before)
    carried = following.minuted_actions.filter(is_carried=True)
    still_open = before.minuted_actions.filter(action__done_at=None)
    assert set(carried.values_list("action", flat=True)) == set(
        still_open.values_list("action", flat=True)
    )
    assert carried.exists()


def test_the_coordinators_my_work_shows_late_minutes_and_overdue_actions_first(client):
    coordinator = user("coordinator")
    # In the holidays nothing is ahead this week.
    late, *ahead = this_week(coordinator)
    assert late.has_late_minutes
    assert not any(line.has_late_minutes for line in ahead)
    assert [row.meeting for row in this_week(user("manager")) if row.has_late_minutes] == [
        late.meeting
    ]
    assert has_late_actions(coordinator)
    begun = Meeting.objects.get(organiser=coordinator, state=MeetingState.HELD)
    typed = Draft.objects.get(form="minutes")
    assert begun.items.filter(pk=typed.target_id).exists()
    client.login(username=coordinator.email, password=PASSWORD)
    page = client.get(f"/meetings/{begun.pk}/minutes/items/{typed.target_id}/")
    assert typed.data["discussion"][0] in page.text


def test_every_area_has_its_panel_and_one_keeps_the_record_of_its_children():
    panels = Meeting.objects.filter(kind=MeetingKind.PANEL)
    assert panels.values("panel_area").distinct().count() == len(demo.HUBS)
    assert PanelRecord.objects.filter(meeting_pupil__meeting__state=MeetingState.FINALISED).exists()


def test_targeting_support_was_held_is_planned_or_is_not_there_yet():
    mine = targeting.with_meetings(targeting.schools_of(user("linkworker")))
    standing = targeting.this_term(list(mine)).values()
    assert any(one.is_held for one in standing)
    assert any(one.is_missing for one in standing)
    planned = Meeting.objects.filter(kind=MeetingKind.TARGETING, starts_at__gt=timezone.now())
    assert planned.visible_to(user("linkworker")).exists()


def test_some_themes_are_told_and_some_kept_back():
    """Rule 004-18: a theme of fewer than five children is there, without its number."""
    terms = themes.spans(timezone.localdate())
    found = themes.children_by(user("manager"), terms[:2])
    lines = themes.lines_of(found, *terms[:2], themes.county_areas(found))
    told = {line.name: line.children for line in lines if line.theme}
    assert sum(word.isdigit() and word != "0" for word in told.values()) > 2
    assert told["Exploitation"] == "Fewer than 5"


def test_the_grants_are_those_the_acts_would_have_written():
    assert drift() == []


def test_everybody_is_invented_and_no_old_message_is_waiting():
    people = User.objects.filter(is_system=False).exclude(email__endswith="@example.org")
    assert not people.exists()
    assert not SchoolContact.objects.exclude(email__endswith="@example.org").exists()
    waiting = Message.objects.filter(state="pending")
    assert not waiting.filter(created_at__lt=timezone.now() - timedelta(days=5)).exists()
    assert not Message.objects.filter(is_secret=True).exclude(body="").exists()
