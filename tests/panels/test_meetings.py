"""Meetings prepared, called, answered, cancelled and held, and who sees which part of them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.grants import drift
from accounts.models import Role, StaffRole
from audit.errors import TransitionNotAllowed
from audit.models import Access, Look
from consultations.models import Theme
from notifications.models import Message
from panels import policies
from panels.models import Meeting, MeetingKind, MeetingPupil, MeetingState
from panels.services import children, meetings, people
from referrals.models import SupportRequest
from referrals.services import request_answers
from schools.children import open_pupils
from schools.models import InsetDay, OwnChildConflict
from tests.children import child, children_of, works_with
from tests.kept import kept
from tests.panels.meetings import (
    AGREED,
    about,
    begun,
    called,
    family_meeting,
    invite,
    police,
    prepared,
    school_day,
    themed,
    with_agency,
)
from tests.panels.minutes import agreed, final, item_of, minuted
from tests.referrals.support_requests import asked as ask_for_support
from tests.world import anew

pytestmark = pytest.mark.django_db
ALL = set(MeetingKind)


@kept
def pair(world):
    """Ada of Oakfield and Cleo of Beechcroft."""
    found = children_of(world)
    return found.ada, found.cleo


def seen_by(user):
    return set(Meeting.objects.visible_to(anew(user)))


# --- who calls what -----------------------------------------------------------------------------


def test_the_coordinator_calls_caso_meetings_and_panels_and_nothing_else(world):
    """Rule 000-7."""
    assert policies.kinds_to_call(anew(world.coordinator)) == ["caso", "panel"]


def test_a_link_worker_calls_all_but_caso_and_panels_at_their_own_schools(world):
    """design.md 4."""
    kinds = set(policies.kinds_to_call(anew(world.primary)))
    assert kinds == ALL - {"caso", "panel", "local"}
    with pytest.raises(PermissionDenied):
        prepared(world, world.primary, kind="family", schools=[world.elmgate])


def test_a_team_manager_calls_every_kind_in_their_hub_and_none_in_another(world):
    assert set(policies.kinds_to_call(anew(world.manager))) == ALL
    with pytest.raises(PermissionDenied):
        prepared(world, world.manager, schools=[world.beech])


@pytest.mark.parametrize("who", ["service", "duty", "governance", "administrator", "dsl", "head"])
def test_nobody_else_calls_a_meeting(world, who):
    assert policies.kinds_to_call(anew(getattr(world, who))) == []
    with pytest.raises(PermissionDenied):
        prepared(world, getattr(world, who))


def test_a_second_click_prepares_one_meeting(world):
    meeting = prepared(world)
    with pytest.raises(TransitionNotAllowed):
        meetings.prepare(
            anew(world.coordinator),
            MeetingKind.CASO,
            [world.oakfield],
            {"title": "Twice"},
            pk=meeting.pk,
        )
    assert Meeting.objects.count() == 1


# --- from a school's request ----------------------------------------------------------------------


def to_be_a_meeting(world):
    asked = ask_for_support(world, wanted="caso")
    return request_answers.call_meeting(anew(world.coordinator), asked)


def from_request(world, asked):
    return meetings.prepare(
        anew(world.coordinator),
        MeetingKind.CASO,
        [world.oakfield],
        {"title": "Asked for", "our_part": "chair"},
        asked=asked,
    )


def test_calling_the_meeting_answers_the_request_and_cancelling_it_opens_it_again(world):
    """Rule 000-15."""
    asked = to_be_a_meeting(world)
    meeting = from_request(world, asked)
    assert SupportRequest.objects.get(pk=asked.pk).state == "meeting"
    meeting = called(meeting)
    answered = SupportRequest.objects.get(pk=asked.pk)
    assert (answered.state, answered.outcome) == ("answered", "called")
    meetings.cancel(anew(world.coordinator), meeting, "Nobody can come")
    assert SupportRequest.objects.get(pk=asked.pk).state == "meeting"


def test_a_request_has_one_meeting_at_a_time(world):
    asked = to_be_a_meeting(world)
    from_request(world, asked)
    with pytest.raises(TransitionNotAllowed):
        from_request(world, asked)


def test_a_request_that_is_not_to_be_a_meeting_makes_none(world):
    asked = ask_for_support(world, wanted="caso")
    with pytest.raises(TransitionNotAllowed):
        from_request(world, asked)


# --- who sees what --------------------------------------------------------------------------------


def test_a_meeting_is_seen_by_its_organiser_the_managers_of_its_hubs_and_the_service_manager(world):
    """design.md 4: link workers where invited; the coordinator of another meeting nothing."""
    meeting = prepared(world)
    another = world.person("coordinator2", "Cody Other", "coordinator")
    for who in (world.coordinator, world.manager, world.other_manager, world.service):
        assert seen_by(who) == {meeting}
    for who in (another, world.primary, world.secondary, world.duty, world.governance, world.dsl):
        assert seen_by(who) == set()
    invite(world, meeting, users=[world.primary])
    assert seen_by(world.primary) == {meeting}
    assert seen_by(world.secondary) == set()


def test_who_is_taken_off_loses_the_meeting_at_once_and_the_grants_are_as_expected(world):
    meeting = invite(world, prepared(world), users=[world.primary], contacts=[world.dsl_post])
    assert drift() == []
    called(meeting)
    invite(world, meeting)
    assert seen_by(world.primary) == set()
    assert not Meeting.objects.at_school_of(anew(world.dsl)).exists()
    assert drift() == []


def test_nobody_sees_a_meeting_about_a_school_their_own_child_attends(world):
    """Rule 001-53."""
    meeting = prepared(world, schools=[world.oakfield, world.elmgate])
    invite(world, meeting, users=[world.primary])
    OwnChildConflict.objects.create(
        user=world.primary, school=world.elmgate, starts_at=world.yesterday
    )
    assert seen_by(world.primary) == set()


def test_who_declared_a_conflict_is_not_offered(world):
    meeting = prepared(world, schools=[world.elmgate])
    assert world.conflicted not in policies.colleagues_for(meeting)
    with pytest.raises(PermissionDenied):
        invite(world, meeting, users=[world.conflicted])


def test_a_school_sees_a_meeting_only_once_it_is_called_and_only_who_is_invited(world, pair):
    meeting = invite(world, prepared(world), contacts=[world.dsl_post])
    assert not Meeting.objects.at_school_of(anew(world.dsl)).exists()
    called(meeting)
    assert Meeting.objects.at_school_of(anew(world.dsl)).get() == meeting
    for other in (world.head, world.other_dsl, world.attendee, world.left_lead, world.primary):
        assert not Meeting.objects.at_school_of(anew(other)).exists()


def test_a_post_that_ends_takes_the_meeting_with_it(world):
    called(invite(world, prepared(world), contacts=[world.dsl_post]))
    world.dsl_post.ends_at = timezone.now()
    world.dsl_post.save()
    assert not Meeting.objects.at_school_of(anew(world.dsl)).exists()


def test_a_post_nobody_confirmed_is_not_offered(world):
    assert world.unconfirmed_post not in policies.contacts_for(prepared(world))


# --- children ------------------------------------------------------------------------------------


def test_a_child_of_a_meeting_is_on_the_current_work_of_its_school_and_of_the_organiser(
    world, pair
):
    """design.md 3."""
    meeting = themed(world, *pair)
    ada, cleo = pair
    assert set(open_pupils(anew(world.coordinator))) == {ada, cleo}
    assert set(open_pupils(anew(world.primary))) == {ada}
    meetings.cancel(anew(world.coordinator), meeting, "Called off")
    assert set(open_pupils(anew(world.coordinator))) == set()


def test_a_child_taken_off_leaves_the_current_work_and_the_others_stay(world, pair):
    meeting = themed(world, *pair)
    children.remove(anew(world.coordinator), meeting.pupils.get(pupil=pair[0]))
    assert set(open_pupils(anew(world.coordinator))) == {pair[1]}


def test_a_link_worker_opens_a_child_for_a_reason_before_adding_it(world):
    """Rule 001-58."""
    meeting = family_meeting(world)
    hidden = child(world, "Hidden")
    with pytest.raises(PermissionDenied):
        about(meeting, hidden, world.oakfield)
    works_with(world, hidden)
    about(meeting, hidden, world.oakfield)


def test_the_coordinators_basis_is_logged_as_the_reason_they_opened_the_child_for(world, pair):
    """Rule 001-58: the coordinator looks nobody up, and names the child they add."""
    meeting = prepared(world)
    about(meeting, pair[0], world.oakfield)
    look = Access.objects.get(action=Look.REASON, child_id=pair[0].pk)
    assert (look.user, look.basis) == (world.coordinator, "meeting")


def test_a_child_is_found_by_surname_and_date_of_birth_at_its_school_alone(world, pair):
    ada, cleo = pair
    meeting = prepared(world)
    assert children.find(meeting, world.oakfield, f" {ada.surname.lower()} ", ada.born_on) == ada
    for school, surname, born_on in (
        (world.oakfield, cleo.surname, cleo.born_on),
        (world.oakfield, ada.surname, ada.born_on + timedelta(days=1)),
        (world.oakfield, "%", ada.born_on),
    ):
        with pytest.raises(ValidationError):
            children.find(meeting, school, surname, born_on)


def test_a_child_needs_a_stated_basis_and_agencies_that_are_on_the_meeting(world, pair):
    meeting = prepared(world)
    agency, _ = police()
    by = anew(world.coordinator)
    with pytest.raises(ValidationError):
        children.add(by, meeting, pair[0], world.oakfield, basis="agreed", basis_words="  ")
    with pytest.raises(ValidationError):
        children.add(by, meeting, pair[0], world.oakfield, agencies=[agency], **AGREED)
    assert not meeting.pupils.exists()


def test_an_agency_that_leaves_reads_of_no_child_any_more(world, pair):
    meeting = themed(world, *pair)
    row = meeting.pupils.get(pupil=pair[0])
    assert row.shared_with.count() == 1
    people.remove_agency(anew(world.coordinator), meeting, meeting.agencies.get())
    assert row.shared_with.count() == 0


def test_a_forum_is_led_by_the_schools_and_takes_no_child(world, pair):
    """Rule 001-95: neither the act nor the database accepts one."""
    forum = prepared(world, world.manager, kind="forum", schools=[world.oakfield])
    assert forum.is_school_led
    assert forum.chair is None
    works_with(world, pair[0])
    with pytest.raises(ValidationError):
        about(forum, pair[0], world.oakfield)
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingPupil.objects.create(
            meeting=forum,
            pupil=pair[0],
            school=world.oakfield,
            added_by=world.manager,
            **AGREED,
        )


# --- invitations ----------------------------------------------------------------------------------


def sent(kind):
    return Message.objects.filter(kind=kind)


def test_the_invitation_names_no_child_no_theme_and_not_what_the_meeting_is_called(world, pair):
    """design.md 5: a date, a place, a reference and a link behind sign-in."""
    meeting = themed(world, *pair)
    messages = list(sent("meeting_called"))
    assert {message.address for message in messages} == {
        "dsl@example.org",
        "senco@example.org",
        "other.dsl@example.org",
        "police@example.org",
    }
    for message in messages:
        said = f"{message.subject} {message.body} {bytes(message.calendar).decode()}"
        assert "CANARY" not in said
        assert "Exploitation" not in said
        assert "Oakfield" not in said
        assert meeting.reference in message.subject
    to_police = sent("meeting_called").get(address="police@example.org")
    assert "sign in" not in to_police.body
    assert to_police.to is None


def test_each_calendar_entry_names_its_own_reader_alone(world, pair):
    themed(world, *pair)
    for message in sent("meeting_called"):
        calendar = bytes(message.calendar).decode().replace("\r\n ", "")
        assert f"mailto:{message.address}" in calendar
        assert calendar.count("ATTENDEE") == 1


def test_a_change_raises_the_sequence_and_what_stands_already_is_not_sent_again(world):
    meeting = called(invite(world, prepared(world), contacts=[world.dsl_post]))
    assert (meeting.sequence, sent("meeting_called").count()) == (0, 1)
    called(meeting)
    assert sent("meeting_called").count() == 1
    meeting = called(meeting, day=school_day(3))
    assert (meeting.sequence, sent("meeting_called").count()) == (1, 2)
    calendar = bytes(sent("meeting_called").latest("created_at").calendar).decode()
    assert "SEQUENCE:1" in calendar
    assert f"UID:{meeting.pk}" in calendar


def test_cancelling_cancels_everybodys_entry_with_a_higher_sequence(world):
    meeting = called(invite(world, prepared(world), contacts=[world.dsl_post]))
    meetings.cancel(anew(world.coordinator), meeting, "Snow")
    [message] = sent("meeting_cancelled")
    calendar = bytes(message.calendar).decode()
    assert "METHOD:CANCEL" in calendar
    assert "SEQUENCE:1" in calendar
    assert "Snow" not in message.body


def test_who_joins_later_is_invited_alone_and_who_leaves_is_told(world):
    meeting = called(invite(world, prepared(world), contacts=[world.dsl_post]))
    invite(world, meeting, contacts=[world.head_post])
    assert sent("meeting_called").filter(to=world.head).count() == 1
    assert sent("meeting_cancelled").get().to == world.dsl


def test_somebody_at_two_agencies_gets_one_invitation_and_one_address_in_capitals_is_the_same(
    world,
):
    meeting = prepared(world)
    with_agency(meeting, *police())
    with_agency(meeting, *police("Youth justice", "POLICE@example.org"))
    called(meeting)
    assert sent("meeting_called").count() == 1
    people.remove_agency(
        anew(world.coordinator), meeting, meeting.agencies.get(agency__name="Police")
    )
    assert not sent("meeting_cancelled").exists()


@pytest.mark.parametrize("address", ["", '"a,b"@example.org', "a@example.org\r\nBcc: b@x.org"])
def test_an_agency_without_one_plain_address_is_on_the_meeting_and_is_sent_nothing(world, address):
    meeting = prepared(world)
    with_agency(meeting, *police(address=address))
    called(meeting)
    assert meeting.agencies.count() == 1
    assert not sent("meeting_called").exists()


def test_a_contact_who_left_the_agency_stays_on_the_meeting_by_name(world):
    meeting = prepared(world)
    agency, contact = police()
    with_agency(meeting, agency, contact)
    contact.delete()
    assert meeting.agencies.get().name == "Police duty desk"


def test_a_school_led_forum_sends_nothing(world):
    forum = prepared(world, world.manager, kind="forum", schools=[world.oakfield])
    called(invite(world, forum, contacts=[world.dsl_post]))
    assert not Message.objects.filter(kind__startswith="meeting_").exists()


@pytest.mark.parametrize("days", [-1, 0])
def test_a_meeting_is_not_called_for_the_past(world, days):
    with pytest.raises(ValidationError):
        called(
            prepared(world), starts_at=timezone.now() + timedelta(days=days) - timedelta(minutes=1)
        )


def test_a_meeting_on_a_day_that_one_of_its_schools_does_not_teach_is_refused(world):
    meeting = prepared(world)
    saturday = school_day() + timedelta(days=3)
    with pytest.raises(ValidationError) as refused:
        called(meeting, day=saturday)
    assert "Saturday" in refused.value.message_dict["day"][0]
    InsetDay.objects.create(school=world.beech, day=school_day())
    with pytest.raises(ValidationError) as refused:
        called(meeting)
    assert "Beechcroft" in refused.value.message_dict["day"][0]


def test_a_place_that_names_a_child_is_refused_and_so_is_none_at_all(world, pair):
    meeting = prepared(world)
    about(meeting, pair[0], world.oakfield)
    for place in (f"At home with ada {pair[0].surname}", ""):
        with pytest.raises(ValidationError):
            called(meeting, place=place)


def test_a_page_that_is_out_of_date_changes_nothing(world):
    meeting = called(prepared(world))
    with pytest.raises(TransitionNotAllowed):
        called(meeting, day=school_day(4), version="asked:0")


# --- answers, and the day -------------------------------------------------------------------------


def test_whoever_is_invited_answers_for_themselves_and_nobody_else_does(world):
    meeting = called(invite(world, prepared(world), contacts=[world.dsl_post]))
    people.answer(anew(world.dsl), meeting, "apologies")
    assert meeting.people.get().reply == "apologies"
    with pytest.raises(PermissionDenied):
        people.answer(anew(world.head), meeting, "coming")
    with pytest.raises(ValidationError):
        people.answer(anew(world.dsl), meeting, "perhaps")


def test_who_was_there_is_kept_and_a_meeting_is_held_once(world):
    meeting = invite(world, prepared(world), contacts=[world.dsl_post, world.head_post])
    with_agency(meeting, *police())
    meeting = begun(called(meeting))
    came = meeting.people.get(user=world.dsl)
    meetings.hold(anew(world.coordinator), meeting, people=[came.pk], agencies=[])
    assert meeting.people.get(user=world.dsl).attended is True
    assert meeting.people.get(user=world.head).attended is False
    assert meeting.agencies.get().attended is False
    with pytest.raises(TransitionNotAllowed):
        meetings.hold(anew(world.coordinator), meeting, people=[], agencies=[])


def test_a_meeting_is_not_held_before_its_time(world):
    with pytest.raises(TransitionNotAllowed):
        meetings.hold(anew(world.coordinator), called(prepared(world)), people=[], agencies=[])


def test_a_meeting_about_a_family_says_whether_it_was_there_or_why_not(world):
    """Rule 001-30."""
    meeting = begun(called(family_meeting(world)))
    told = {"people": [], "agencies": []}
    for family in ({}, {"family_present": False, "family_why": " "}):
        with pytest.raises(ValidationError):
            meetings.hold(anew(world.primary), meeting, **told, **family)
    held = meetings.hold(
        anew(world.primary), meeting, **told, family_present=False, family_why="Asked not to"
    )
    assert (held.state, held.family_why) == (MeetingState.HELD, "Asked not to")


def test_a_local_panels_people_are_assigned_by_a_team_manager(world):
    """Rule 001-96."""
    panel = prepared(world, world.manager, kind="local", schools=[world.oakfield])
    invite(world, panel, users=[world.primary])
    assert panel.people.get().assigned_by == world.manager
    with pytest.raises(PermissionDenied):
        people.choose_people(anew(world.primary), panel, [world.secondary], [])


@pytest.mark.parametrize("who", ["primary", "service", "dsl", "duty", "governance"])
def test_who_only_reads_a_meeting_or_does_not_changes_nothing(world, who):
    meeting = called(invite(world, prepared(world), users=[world.primary]))
    by = anew(getattr(world, who))
    for act in (
        lambda: meetings.cancel(by, meeting, "No"),
        lambda: meetings.change(by, meeting, {"title": "Mine"}),
        lambda: people.choose_people(by, meeting, [], []),
        lambda: people.invite_agency(by, meeting, police()[0]),
        lambda: people.add_school(by, meeting, world.elmgate),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_school_with_a_child_on_the_meeting_is_not_taken_off(world, pair):
    meeting = themed(world, *pair)
    by = anew(world.coordinator)
    with pytest.raises(TransitionNotAllowed):
        people.remove_school(by, meeting, world.oakfield)
    children.remove(by, meeting.pupils.get(pupil=pair[0]))
    people.remove_school(by, meeting, world.oakfield)
    assert not Meeting.objects.at_school_of(anew(world.dsl)).exists()


def test_a_moved_school_takes_its_meetings_to_the_new_hub(world):
    """The copied hub follows the school (design.md 3)."""
    meeting = prepared(world, world.manager, schools=[world.oakfield])
    world.oakfield.hub = world.downs
    world.oakfield.save()
    assert seen_by(world.other_manager) == {meeting}


def test_themes_that_came_up_are_added_after_the_meeting_and_nobody_is_invited_to_the_past(world):
    """Rule 001-93."""
    meeting = begun(called(prepared(world)))
    invite(world, meeting, contacts=[world.dsl_post])
    assert not sent("meeting_called").exists()
    meetings.hold(anew(world.coordinator), meeting, people=[], agencies=[])
    theme = Theme.objects.create(name="Knife crime")
    meetings.change(anew(world.coordinator), meeting, {"areas": ["targeted"]}, themes=[theme])
    kept = Meeting.objects.get()
    assert (kept.areas, kept.themes.get()) == (["targeted"], theme)


# --- what comes in another order ------------------------------------------------------------------


def test_a_child_whom_an_action_of_the_agenda_is_about_is_not_taken_off(world, pair):
    meeting = themed(world, *pair)
    row = meeting.pupils.get(pupil=pair[0])
    agreed(item_of(meeting, "The line"), "Ring home", child=row)
    with pytest.raises(TransitionNotAllowed):
        children.remove(anew(world.coordinator), row)
    assert meeting.pupils.filter(pk=row.pk).exists()


def test_a_child_who_was_taken_off_in_another_tab_is_changed_no_more(world, pair):
    meeting = themed(world, *pair)
    row = meeting.pupils.get(pupil=pair[0])
    children.remove(anew(world.coordinator), meeting.pupils.get(pk=row.pk))
    with pytest.raises(TransitionNotAllowed):
        children.change(anew(world.coordinator), row, agencies=[], **AGREED)


def test_an_agency_may_be_let_in_to_read_of_a_child_until_the_minutes_are_final(world, pair):
    """Rule 000-16."""
    meeting = minuted(world, themed(world, *pair))
    agency, row = meeting.agencies.get().agency, meeting.pupils.get(pupil=pair[1])
    by = anew(world.coordinator)
    children.change(by, row, agencies=[agency], **AGREED)
    assert row.shared_with.get() == agency
    final(meeting)
    with pytest.raises(TransitionNotAllowed):
        children.change(by, row, agencies=[], **AGREED)


def test_an_action_is_nobodys_once_its_owner_is_taken_off_the_meeting(world):
    meeting = called(invite(world, prepared(world), contacts=[world.dsl_post]))
    row = agreed(item_of(meeting, "The line"), owner=meeting.people.get())
    invite(world, meeting)
    row.refresh_from_db()
    assert row.owner_text == ""


def test_a_second_coordinator_is_invited_and_takes_the_minutes(world):
    """Rule 000-7: of a kind that coordinators call."""
    cora = another_coordinator(world)
    meeting = called(invite(world, prepared(world), users=[cora]))
    assert cora in policies.minute_takers_for(meeting)
    assert cora not in policies.colleagues_for(family_meeting(world))


def another_coordinator(world):
    made = world.person("colleague", "Cal Colleague")
    StaffRole.objects.create(
        user=made, role=Role.COORDINATOR, starts_at=world.long_ago, confirmed_at=world.long_ago
    )
    return made


def test_nobody_answers_once_the_meeting_has_begun(world):
    meeting = begun(called(invite(world, prepared(world), users=[world.primary])))
    with pytest.raises(TransitionNotAllowed):
        people.answer(anew(world.primary), meeting, "coming")


# --- whom the invitation reaches ------------------------------------------------------------------


def test_a_long_address_is_invited_and_stands_in_no_key(world):
    address = f"{'a' * 60}@{'.'.join(['b' * 60] * 3)}.example"
    meeting = with_agency_of(prepared(world), address)
    called(meeting)
    message = sent("meeting_called").get()
    assert message.address == address
    assert len(message.key) <= 200
    assert "a@" not in message.key


def with_agency_of(meeting, address):
    agency, contact = police(address=address)
    with_agency(meeting, agency, contact)
    return meeting


def test_who_once_worked_for_the_council_is_led_to_their_schools_page(world):
    StaffRole.objects.create(
        user=world.dsl,
        role=Role.LINK_WORKER,
        starts_at=world.yesterday - timedelta(days=9),
        ends_at=world.yesterday,
    )
    meeting = called(invite(world, prepared(world), contacts=[world.dsl_post]))
    assert f"/shared/meetings/{meeting.pk}/" in sent("meeting_called").get().body


def test_calling_a_meeting_costs_as_many_queries_for_six_people_as_for_two(world):
    def queries(contacts):
        meeting = invite(world, prepared(world), contacts=contacts)
        with CaptureQueriesContext(connection) as found:
            called(meeting)
        return len(found)

    few = [world.dsl_post, world.senco_post]
    many = [*few, world.other_dsl_post, world.head_post, world.deputy_post]
    assert queries(many) <= queries(few)
