"""A meeting handed to another organiser, the next one prepared, and a child on its own page."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.grants import drift
from accounts.models import Role, StaffRole
from audit.errors import TransitionNotAllowed
from audit.models import Access
from notifications.models import Message
from panels import invitation_notices
from panels.models import Meeting, MeetingHandOver, MeetingKind
from panels.services import meetings, organisers
from schools.children import open_pupils
from schools.models import OwnChildConflict
from tests.children import children_of
from tests.kept import kept
from tests.panels.meetings import called, family_meeting, invite, prepared, themed
from tests.panels.minutes import again, final, held, item_of, write
from tests.world import anew

pytestmark = pytest.mark.django_db


@kept
def colleague(world):
    """Another coordinator."""
    user = world.person("colleague", "Cal Colleague")
    StaffRole.objects.create(
        user=user, role=Role.COORDINATOR, starts_at=world.long_ago, confirmed_at=world.long_ago
    )
    return user


@kept
def meeting(world):
    found = children_of(world)
    return themed(world, found.ada, found.cleo)


def handed(world, meeting, to, why="Away from Monday"):
    return organisers.hand_over(anew(world.coordinator), again(meeting), anew(to), why)


# --- handing over --------------------------------------------------------------------------------


def test_who_takes_a_meeting_over_runs_it_and_the_former_organiser_does_not(
    world, meeting, colleague
):
    handed(world, meeting, colleague)
    meeting = again(meeting)
    assert (meeting.organiser, meeting.chair, meeting.minuted_by) == (colleague,) * 3
    assert meeting in Meeting.objects.visible_to(anew(colleague))
    assert meeting not in Meeting.objects.visible_to(anew(world.coordinator))
    with pytest.raises(PermissionDenied):
        organisers.hand_over(anew(world.coordinator), meeting, world.manager, "Back")
    assert drift() == []
    assert MeetingHandOver.objects.get().why == "Away from Monday"


def test_the_children_are_on_the_new_organisers_current_work_and_not_on_the_formers(
    world, meeting, colleague
):
    """Rule 001-58."""
    ids = set(meeting.pupils.values_list("pupil", flat=True))
    handed(world, meeting, colleague)
    assert set(open_pupils(anew(colleague)).values_list("pk", flat=True)) == ids
    assert not open_pupils(anew(world.coordinator)).exists()
    looks = Access.objects.filter(action="reason", reason="Away from Monday")
    assert {look.child_id for look in looks} == ids


def test_both_are_told_and_nothing_of_why(world, meeting, colleague):
    """design.md 5."""
    organisers.hand_over(anew(world.manager), again(meeting), anew(colleague), "CANARY-ill")
    told = Message.objects.filter(kind="meeting_handed_over")
    assert {message.to for message in told} == {colleague, world.coordinator}
    assert not any("CANARY" in message.subject + message.body for message in told)


def test_who_was_invited_and_took_it_over_is_told_that_it_is_cancelled(world, meeting, colleague):
    """Any other message about the meeting takes nobody's entry out of their calendar."""
    invite(world, meeting, users=[world.primary, colleague])
    handed(world, meeting, colleague)
    organisers.hand_over(anew(colleague), again(meeting), anew(world.coordinator), "Back again")
    meetings.cancel(anew(world.coordinator), again(meeting), "Nobody can come")
    assert Message.objects.filter(kind="meeting_cancelled", to=colleague).exists()


def test_calendar_entries_stay_the_same_and_come_from_the_service(world, meeting, colleague):
    reader = invitation_notices.Recipient("somebody@example.org")
    before = invitation_notices.appointment(again(meeting), reader)
    handed(world, meeting, colleague)
    assert invitation_notices.appointment(again(meeting), reader) == before


def test_it_goes_back_the_same_way(world, meeting, colleague):
    handed(world, meeting, colleague)
    organisers.hand_over(anew(colleague), again(meeting), anew(world.coordinator), "Back again")
    assert again(meeting) in Meeting.objects.visible_to(anew(world.coordinator))
    assert drift() == []


@pytest.mark.parametrize("who", ["primary", "other_manager", "manager", "duty", "dsl", "service"])
def test_who_may_not_call_such_a_meeting_about_both_schools_takes_none_over(world, meeting, who):
    with pytest.raises(PermissionDenied):
        handed(world, meeting, getattr(world, who))


def test_a_link_worker_of_the_school_takes_over_a_familys_meeting(world):
    made = called(family_meeting(world))
    by = anew(world.primary)
    with pytest.raises(PermissionDenied):
        organisers.hand_over(by, made, anew(world.other_worker), "Leave")
    organisers.hand_over(by, made, anew(world.secondary), "Leave")
    assert again(made).organiser == world.secondary


def test_a_conflict_at_one_of_the_schools_and_no_reason_are_refused(world, meeting, colleague):
    with pytest.raises(ValidationError):
        handed(world, meeting, colleague, "  ")
    OwnChildConflict.objects.create(user=colleague, school=world.beech, starts_at=world.yesterday)
    with pytest.raises(PermissionDenied):
        handed(world, meeting, colleague)


def test_a_second_click_is_said_to_come_too_late(world, meeting, colleague):
    handed(world, meeting, colleague)
    with pytest.raises(TransitionNotAllowed):
        organisers.hand_over(anew(colleague), again(meeting), anew(colleague), "Again")
    assert MeetingHandOver.objects.count() == 1


def test_the_form_hands_it_over_and_the_page_says_so(world, meeting, colleague, as_):
    client = as_(world.coordinator)
    address = f"/meetings/{meeting.pk}/hand-over/"
    page = client.get(address).content.decode()
    assert "Cal Colleague" in page
    assert "Priya Primary" not in page
    answer = client.post(address, {"to": colleague.pk, "reason": "Away"}, follow=True)
    assert "has been handed over" in answer.content.decode()
    page = as_(colleague).get(f"/meetings/{meeting.pk}/").content.decode()
    assert "Handed over from Cora Coordinator to Cal Colleague" in page
    answer = as_(colleague).post(address, {"to": world.primary.pk, "reason": "My words"})
    assert "Choose who organises it now" in answer.content.decode()
    assert "My words" in answer.content.decode()


# --- the next meeting ----------------------------------------------------------------------------


def test_the_next_meeting_has_the_same_schools_people_and_agencies_and_no_child_yet(world, meeting):
    meeting = held(meeting)
    write(item_of(meeting, "The line"), "Said", "Decided")
    final(meeting, no_actions_why="All is in hand")
    made = organisers.prepare_next(
        anew(world.coordinator),
        MeetingKind.CASO,
        [world.oakfield],
        {"title": "The railway again", "our_part": "chair"},
        previous=again(meeting),
    )
    assert {row.school for row in made.schools.all()} == {world.oakfield, world.beech}
    assert {row.contact for row in made.people.all()} == {
        world.dsl_post,
        world.senco_post,
        world.other_dsl_post,
    }
    assert [row.agency.name for row in made.agencies.all()] == ["Police"]
    assert not made.pupils.exists()
    assert {row.pupil.first_names for row in organisers.children_before(made)} == {"Ada", "Cleo"}


def test_who_has_left_or_may_not_be_invited_any_more_is_not_invited_again(world, meeting):
    held(meeting)
    world.dsl_post.ends_at = world.now
    world.dsl_post.save()
    made = organisers.prepare_next(
        anew(world.coordinator),
        MeetingKind.CASO,
        [world.oakfield],
        {"title": "The railway again", "our_part": "chair"},
        previous=again(meeting),
    )
    assert world.dsl_post not in {row.contact for row in made.people.all()}


def test_each_child_is_put_on_it_anew_with_its_basis(world, meeting, as_):
    held(meeting)
    made = prepared(world)
    Meeting.objects.filter(pk=made.pk).update(previous=meeting)
    row = meeting.pupils.get(pupil__first_names="Ada")
    client = as_(world.coordinator)
    address = f"/meetings/{made.pk}/children/again/{row.pk}/"
    assert address in client.get(f"/meetings/{made.pk}/").content.decode()
    page = client.get(address).content.decode()
    assert "Both parents, by phone" not in page
    answer = client.post(address, {"basis": "agreed", "basis_words": ""})
    assert "Enter who agreed and when" in answer.content.decode()
    assert not made.pupils.exists()
    client.post(address, {"basis": "agreed", "basis_words": "Mother, today"})
    [again_there] = made.pupils.all()
    assert (again_there.pupil, again_there.basis_words) == (row.pupil, "Mother, today")
    assert client.get(address).status_code == 302


def test_a_child_who_has_left_the_schools_is_not_proposed_again(world, meeting):
    held(meeting)
    made = prepared(world)
    Meeting.objects.filter(pk=made.pk).update(previous=meeting)
    row = meeting.pupils.get(pupil__first_names="Ada")
    row.pupil.enrolments.update(ends_on=world.yesterday)
    assert {row.pupil.first_names for row in organisers.children_before(again(made))} == {"Cleo"}


# --- a child of one's own meeting ----------------------------------------------------------------


def test_the_coordinator_sees_who_a_child_of_their_meeting_is_and_nothing_of_notes(
    world, meeting, as_
):
    """design.md 4: of the coordinator's, pupils of own meetings."""
    row = meeting.pupils.get(pupil__first_names="Ada")
    address = f"/meetings/{meeting.pk}/children/{row.pk}/about/"
    client = as_(world.coordinator)
    assert address in client.get(f"/meetings/{meeting.pk}/").content.decode()
    page = client.get(address).content.decode()
    for told in (row.pupil.name, row.reference, "Oakfield", "Police", meeting.title):
        assert told in page
    look = Access.objects.filter(user=world.coordinator, child_id=row.pupil_id).latest("at")
    assert look.subject_id == str(meeting.pk)
    assert client.get(f"/pupils/{row.pupil_id}/").status_code == 404


def test_of_another_coordinators_meeting_no_child_is_seen(world, meeting, colleague, as_):
    row = meeting.pupils.first()
    address = f"/meetings/{meeting.pk}/children/{row.pk}/about/"
    assert as_(colleague).get(address).status_code == 404
    handed(world, meeting, colleague)
    assert as_(colleague).get(address).status_code == 200
    assert as_(world.coordinator).get(address).status_code == 404


# --- a child put on it again, too late or twice --------------------------------------------------


def follows(world, meeting):
    """``(the meeting that follows, the address that puts Ada on it again)``."""
    held(meeting)
    made = prepared(world)
    Meeting.objects.filter(pk=made.pk).update(previous=meeting)
    row = meeting.pupils.get(pupil__first_names="Ada")
    return made, f"/meetings/{made.pk}/children/again/{row.pk}/"


def test_a_child_who_is_added_again_twice_is_said_to_be_there(world, meeting, as_):
    made, address = follows(world, meeting)
    client, sent = as_(world.coordinator), {"basis": "agreed", "basis_words": "Mother, today"}
    for said in ("The child is on the meeting.", "This child is on the meeting already."):
        answer = client.post(address, sent, follow=True)
        assert said in answer.content.decode()
        assert answer.redirect_chain == [(f"/meetings/{made.pk}/", 302)]
    answer = client.get(address, follow=True)
    assert "This child is on the meeting already." in answer.content.decode()
    assert answer.redirect_chain == [(f"/meetings/{made.pk}/", 302)]


@pytest.mark.parametrize("late", ["cancelled", "left", "off"])
def test_what_was_typed_to_add_a_child_again_too_late_stays_its_writers(world, meeting, as_, late):
    made, address = follows(world, meeting)
    if late == "cancelled":
        meetings.cancel(anew(world.coordinator), made, "Nobody can come")
    elif late == "left":
        meeting.pupils.get(pupil__first_names="Ada").pupil.enrolments.update(
            ends_on=world.yesterday
        )
    else:
        made.schools.filter(school=world.oakfield).delete()
    sent = {"basis": "agreed", "basis_words": "CANARY-mother"}
    answer = as_(world.coordinator).post(address, sent, follow=True)
    assert "any more" in answer.content.decode()
    assert "CANARY-mother" in answer.content.decode()
