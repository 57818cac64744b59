"""No act opens the notes of a child to whoever had them closed (rule 001-58, security.md N-10)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from panels.services import children as on_meetings
from referrals.services import concerns
from schools.children import Door, door_of
from schools.models import Enrolment, Involvement, Pupil, Setting
from schools.services import involve_at, open_children
from tests.children import child, works_with
from tests.panels.meetings import AGREED, prepared
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
