"""No act opens the notes of a child to whoever had them closed (rule 001-58, security.md N-10)."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from interventions.models import Lead, Participant
from interventions.services import plans
from interventions.services import work as short_work
from panels.services import children as on_meetings
from panels.services import minutes
from referrals.services import concerns
from schools.children import Door, door_of
from schools.models import Enrolment, Involvement, Pupil, Setting
from schools.services import involve_at, open_children
from tests.children import child, works_with
from tests.interventions.asking import facts, taking_part
from tests.interventions.short_work import day, plan_with, under_way
from tests.panels.meetings import AGREED, begun, called, invite, prepared
from tests.panels.minutes import again, agenda, agreed, final, held
from tests.referrals.concerns import raised
from tests.world import anew

pytestmark = pytest.mark.django_db


def with_a_reason(user, *pupils):
    """The user in a sign-in in which they gave a reason for these children."""
    user = anew(user)
    user.sign_in = "x" * 64
    open_children(user, pupils, "concern")
    return user


@pytest.fixture
def hope(world):
    """A child whose notes are all of Beechcroft, and who is educated at home since."""
    hope = child(world, "Hope", school=world.beech)
    works_with(world, hope, school=world.beech)
    long_ago = timezone.now() - timedelta(days=1)
    Involvement.objects.update(ends_at=long_ago)
    Enrolment.objects.filter(pupil=hope).update(ends_on=long_ago.date())
    Enrolment.objects.create(pupil=hope, setting=Setting.HOME, starts_on=long_ago.date())
    return hope


def on_work_of(user):
    return set(Pupil.objects.on_current_work_of(anew(user)))


def test_who_has_identity_alone_puts_nobody_elses_child_on_their_school(world, hope):
    worker = with_a_reason(world.primary, hope)
    assert door_of(worker, hope) == Door.IDENTITY
    involve_at(worker, world.oakfield, [hope.pk], world.completed)
    assert on_work_of(world.primary) == on_work_of(world.secondary) == set()
    assert door_of(worker, hope) == Door.IDENTITY


def test_a_child_who_is_taught_here_or_was_or_has_no_notes_is_on_current_work(world, hope):
    ada, new = child(world), child(world, "New")
    Enrolment.objects.filter(pupil=new).delete()
    works_with(world, ada, school=world.beech)
    known = child(world, "Known", school=world.beech)
    for school in (world.beech, world.oakfield):
        works_with(world, known, school=school)
    Involvement.objects.update(ends_at=timezone.now() - timedelta(hours=1))
    involve_at(anew(world.primary), world.oakfield, [ada.pk, new.pk, known.pk], world.shared)
    assert on_work_of(world.primary) == {ada, new, known}


def test_whose_notes_are_open_by_rights_is_on_current_work_for_having_been_named(world, hope):
    manager = with_a_reason(world.service, hope)
    involve_at(manager, world.oakfield, [hope.pk], world.shared)
    assert hope in on_work_of(world.primary)


def test_a_manager_reads_no_more_of_another_hubs_child_for_a_panel_of_their_own(world):
    """design.md 4: team managers of another hub have identity alone."""
    ada = child(world)
    works_with(world, ada)
    manager = with_a_reason(world.other_manager, ada)
    panel = prepared(world, manager, kind="local", schools=[world.beech])
    on_meetings.add(manager, panel, ada, None, agencies=[], **AGREED)
    assert door_of(manager, ada) == Door.IDENTITY


def test_a_coordinator_opens_the_children_of_their_own_meetings(world):
    ada = child(world)
    meeting = prepared(world, world.coordinator)
    on_meetings.add(anew(world.coordinator), meeting, ada, world.oakfield, agencies=[], **AGREED)
    assert on_work_of(world.coordinator) == {ada}


def test_who_names_the_child_of_a_concern_opens_no_notes_to_themselves(world):
    concern = raised(world)
    cleo = child(world, "Cleo", school=world.beech)
    works_with(world, cleo, school=world.beech)
    manager = with_a_reason(world.manager, cleo)
    concerns.name_child(manager, concern, cleo)
    assert door_of(manager, cleo) == Door.IDENTITY


def test_who_has_identity_alone_asks_for_short_work_that_opens_the_child_to_nobody(world, hope):
    asked = short_work.ask(
        with_a_reason(world.primary, hope), world.oakfield, facts(world), taking_part(hope)
    )
    short_work.allocate(
        anew(world.manager), asked, child_worker=world.primary, meeting_on=timezone.localdate()
    )
    assert on_work_of(world.primary) == on_work_of(world.secondary) == set()
    assert door_of(with_a_reason(world.primary, hope), hope) == Door.IDENTITY


def test_who_takes_a_child_into_their_work_opens_no_notes_to_themselves(world, hope):
    made = under_way(world)
    worker = with_a_reason(world.primary, hope)
    short_work.change_people(worker, made, add=[Participant(pupil=hope)])
    assert hope not in on_work_of(world.primary)
    assert door_of(worker, hope) == Door.IDENTITY


def test_a_child_who_is_taken_out_again_was_at_the_school_of_the_work_no_more_than_before(
    world, hope
):
    made = under_way(world)
    worker = with_a_reason(world.primary, hope)
    short_work.change_people(worker, made, add=[Participant(pupil=hope)])
    out = made.participants.get(pupil=hope)
    short_work.change_people(worker, made, remove=[out.pk])
    assert not Involvement.objects.filter(pupil=hope, school=world.oakfield).exists()
    assert door_of(worker, hope) == Door.IDENTITY


def test_a_plan_opens_its_child_to_no_new_holder_where_the_manager_sees_identity_alone(world, hope):
    plan = plan_with(world, hope)
    manager = with_a_reason(world.manager, hope)
    assert door_of(manager, hope) == Door.IDENTITY
    plans.allocate(manager, plan, world.primary, meeting_on=day())
    assert on_work_of(world.primary) == set()
    plans.allocate(with_a_reason(world.manager, hope), plan, world.secondary, meeting_on=day())
    assert on_work_of(world.secondary) == set()


def test_who_has_identity_alone_writes_no_plan_on_a_childs_record(world, hope):
    """Security.md N-29."""
    told = {"lead": Lead.SCHOOL, "lead_professional": "Dora Lead", "level": 3, "starts_on": day(7)}
    with pytest.raises(PermissionDenied):
        plans.start(with_a_reason(world.primary, hope), world.oakfield, [hope], **told)
    assert not hope.statuses.exists()
    plans.start(with_a_reason(world.primary, child(world)), world.oakfield, [child(world)], **told)


def test_the_page_of_a_new_plan_offers_nobody_whose_notes_are_closed(world, hope, as_):
    client = as_(world.primary)
    client.post(f"/pupils/{hope.pk}/reason/", {"reason": "concern"})
    assert hope.surname in client.get(f"/pupils/{hope.pk}/").text
    page = client.get("/plans/new/?school=900001")
    assert page.status_code == 200
    assert hope.surname not in page.text


def test_a_worker_who_takes_over_the_minutes_reads_no_more_than_who_hands_them_over(world):
    ada = child(world)
    works_with(world, ada)
    manager = with_a_reason(world.other_manager, ada)
    panel = begun(prepared(world, manager, kind="local", schools=[world.beech]))
    on_meetings.add(manager, panel, ada, None, agencies=[], **AGREED)
    invite(world, panel, users=[world.far_worker])
    minutes.hand_over(manager, panel, world.far_worker, "Away this week")
    assert ada not in on_work_of(world.far_worker)


def test_a_correction_puts_back_on_current_work_whoever_was_on_it(world):
    """The child of elsewhere stays closed to the manager of the panel."""
    ada, cleo = child(world), child(world, "Cleo", school=world.beech)
    works_with(world, ada)
    works_with(world, cleo, school=world.beech)
    manager = with_a_reason(world.other_manager, ada)
    panel = called(prepared(world, manager, kind="local", schools=[world.beech]))
    for pupil, school in ((ada, None), (cleo, world.beech)):
        on_meetings.add(manager, panel, pupil, school, agencies=[], **AGREED)
    invite(world, panel, users=[world.far_worker])
    held(begun(panel))
    [item, *_] = agenda(panel, "Attendance")
    agreed(item, owner=panel.people.get())
    final(panel)
    Involvement.objects.filter(pupil=cleo).update(ends_at=timezone.now())
    assert cleo not in on_work_of(world.other_manager)
    minutes.correct(anew(world.other_manager), again(panel))
    final(again(panel), what_changed="A name was wrong")
    assert cleo in on_work_of(world.other_manager)
    assert door_of(manager, ada) == Door.IDENTITY
