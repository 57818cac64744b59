"""The agenda, what is written, who was there, and minutes made final and corrected."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.errors import TransitionNotAllowed
from audit.models import Access, Look
from consultations.models import Action, Theme
from drafts.errors import StaleDraft
from drafts.models import Draft
from panels.copies import Minutes, Reader
from panels.models import ItemKind, Meeting, MeetingState, MinutedAction
from panels.services import meetings as meeting_services
from panels.services import minutes
from schools.children import open_now
from schools.models import OwnChildConflict
from tests.children import children_of
from tests.kept import kept
from tests.panels.meetings import (
    begun,
    called,
    family_meeting,
    invite,
    police,
    prepared,
    themed,
)
from tests.panels.minutes import (
    again,
    agenda,
    agreed,
    final,
    finalised,
    held,
    item_of,
    minuted,
    taker,
    write,
)
from tests.world import anew

pytestmark = pytest.mark.django_db


@kept
def meeting(world):
    """A CASO meeting over two schools with a child of each; the police read of Ada alone."""
    found = children_of(world)
    return themed(world, found.ada, found.cleo)


def titles(meeting):
    return [item.title for item in again(meeting).items.all()]


# --- the agenda -----------------------------------------------------------------------------------


def test_the_agenda_begins_with_its_standing_items_and_one_for_the_purpose(world):
    meeting = prepared(world, purpose="What was seen\nand more of it")
    assert [item.kind for item in agenda(meeting)] == ["opening", "last", "subject", "next"]
    assert titles(meeting)[2] == "What was seen"


def test_each_theme_is_an_item_of_its_own(world):
    meeting = prepared(world)
    meeting.themes.set([Theme.objects.create(name=name) for name in ("Knives", "Vapes")])
    agenda(meeting)
    assert titles(meeting)[2:-1] == [str(theme) for theme in meeting.themes.all()]


def test_a_purpose_that_speaks_of_a_child_gives_no_title(world, meeting):
    name = meeting.pupils.first().pupil.known_as or meeting.pupils.first().pupil.first_names
    meeting_services.change(taker(meeting), meeting, {"purpose": f"{name} on the line"})
    agenda(meeting)
    assert titles(meeting)[2] == meeting.title


def test_a_purpose_that_speaks_of_a_child_of_the_meeting_before_gives_no_title(world, meeting):
    """The purpose is proposed for the next meeting, before its children are on it."""
    reference = meeting.pupils.first().reference
    after = prepared(world, purpose=f"What has changed for {reference}")
    Meeting.objects.filter(pk=after.pk).update(previous=meeting)
    assert agenda(after)[2].title == after.title


def test_begun_twice_the_agenda_stays_as_it_is(meeting):
    before = agenda(meeting, "The bus")
    assert agenda(meeting) == before


def test_an_item_comes_before_the_next_meeting_and_moves_up_and_down(meeting):
    agenda(meeting, "The bus")
    assert titles(meeting)[-2:] == ["The bus", "Next meeting"]
    bus = again(meeting).items.get(title="The bus")
    for places, at in ((-1, -3), (-9, 0), (9, -1)):
        minutes.move_item(taker(meeting), bus, places)
        assert titles(meeting)[at] == "The bus"


def test_no_item_is_called_after_a_child(meeting):
    agenda(meeting)
    pupil = meeting.pupils.first().pupil
    with pytest.raises(ValidationError):
        minutes.add_item(taker(meeting), meeting, f"{pupil.first_names} {pupil.surname}")


def test_an_item_from_which_an_action_follows_is_not_removed(meeting):
    item = item_of(meeting, "The bus")
    row = agreed(item)
    with pytest.raises(TransitionNotAllowed):
        minutes.remove_item(taker(meeting), item)
    minutes.remove_action(taker(meeting), row)
    minutes.remove_item(taker(meeting), item)
    assert "The bus" not in titles(meeting)


def test_a_second_click_adds_one_item_and_one_action(meeting):
    item = item_of(meeting, "The bus")
    same = minutes.add_item(taker(meeting), meeting, "Again", pk=item.pk)
    row = agreed(item)
    twice = minutes.add_action(taker(meeting), item, "Again", pk=row.pk)
    assert (same, twice) == (item, row)
    assert MinutedAction.objects.count() == 1


# --- who writes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["manager", "primary", "service", "dsl", "conflicted", "other_worker"]
)
def test_nobody_writes_but_who_takes_the_minutes(world, meeting, who):
    """Rule 000-17; design.md 3: managers read the text, only the author edits."""
    item = item_of(meeting, "The bus")
    by = anew(getattr(world, who))
    said = minutes.Said("Mine", audience="everybody")
    for act in (
        lambda: minutes.write_item(by, item, said, version=1),
        lambda: minutes.keep(by, item, {}, 1),
        lambda: minutes.add_item(by, meeting, "Mine"),
        lambda: minutes.remove_item(by, item),
        lambda: minutes.move_item(by, item, 1),
        lambda: minutes.add_action(by, item, "Mine"),
        lambda: minutes.note_present(by, meeting, present=[], accepted=[]),
        lambda: minutes.finalise(by, meeting, seen=""),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_the_minutes_are_handed_over_with_what_is_being_typed(world, meeting):
    item = item_of(meeting, "The bus")
    former = taker(meeting)
    ids = set(meeting.pupils.values_list("pupil", flat=True))
    closed = ids - open_now(anew(world.manager), ids)[0]
    draft = minutes.keep(former, item, {"discussion": ["Half a sentence"]}, item.version)
    minutes.hand_over(former, meeting, world.manager, "On leave from tomorrow")
    kept = Draft.objects.get(form=minutes.FORM)
    assert (kept.user, kept.data) == (world.manager, draft.data)
    with pytest.raises(PermissionDenied):
        minutes.keep(former, item, {"discussion": ["Late"]}, draft.version)
    assert open_now(anew(world.manager), ids)[0] == ids
    reasons = Access.objects.filter(action=Look.REASON, reason="On leave from tomorrow")
    assert set(reasons.values_list("child_id", flat=True)) == closed != set()


def test_the_minutes_go_to_nobody_whose_own_child_is_at_one_of_the_schools(world, meeting):
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    with pytest.raises(PermissionDenied):
        minutes.hand_over(taker(meeting), meeting, world.manager, "On leave")


def test_minutes_are_handed_over_for_a_reason(world, meeting):
    with pytest.raises(ValidationError):
        minutes.hand_over(taker(meeting), meeting, world.manager, " ")


# --- what is written ------------------------------------------------------------------------------


def test_a_page_that_saw_an_earlier_text_writes_over_nothing(meeting):
    item = item_of(meeting, "The bus")
    write(item, "The first text")
    by = taker(meeting)
    with pytest.raises(StaleDraft) as stale:
        minutes.write_item(by, item, minutes.Said("The second"), version=item.version)
    assert stale.value.draft.data["discussion"] == ["The first text"]
    with pytest.raises(StaleDraft):
        minutes.keep(by, item, {"discussion": ["The second"]}, item.version)
    item.refresh_from_db()
    assert item.discussion == "The first text"


def test_what_is_being_typed_has_its_place_once_the_item_is_written(meeting):
    item = item_of(meeting, "The bus")
    by = taker(meeting)
    draft = minutes.keep(by, item, {"discussion": ["One"]}, item.version)
    draft = minutes.keep(by, item, {"discussion": ["One, two"]}, draft.version)
    written = minutes.write_item(by, item, minutes.Said("One, two"), version=draft.version)
    assert not Draft.objects.filter(form=minutes.FORM).exists()
    assert written.version > draft.version
    # A page of before the writing is stale, whatever it typed.
    with pytest.raises(StaleDraft):
        minutes.keep(by, item, {"discussion": ["One"]}, draft.version)


def test_an_item_is_for_those_on_the_meeting_alone(world, meeting):
    item = item_of(meeting, "The bus")
    elsewhere, _ = police("Fire service", "fire@example.org")
    with pytest.raises(ValidationError):
        write(item, "Smoke", agencies=[elsewhere])
    with pytest.raises(ValidationError):
        write(item, "Smoke", schools=[world.elmgate])


# --- who is here ----------------------------------------------------------------------------------


def test_who_accepted_the_terms_is_here_and_is_asked_once(meeting):
    meeting = again(begun(meeting))
    [row] = meeting.agencies.all()
    minutes.note_present(taker(meeting), meeting, present=[], accepted=[row.pk])
    row.refresh_from_db()
    first = row.accepted_at
    minutes.note_present(taker(meeting), meeting, present=[row.pk], accepted=[row.pk])
    row.refresh_from_db()
    assert (row.attended, row.accepted_at) == (True, first)


def test_nobody_is_here_before_the_meeting_begins(meeting):
    with pytest.raises(TransitionNotAllowed):
        minutes.note_present(taker(meeting), meeting, present=[], accepted=[])
    agency, _ = police("Fire service", "fire@example.org")
    with pytest.raises(TransitionNotAllowed):
        minutes.add_agency_here(taker(meeting), meeting, agency)


def test_who_turned_up_uninvited_is_noted_until_the_minutes_are_final(world, meeting):
    meeting = again(begun(meeting))
    agency, contact = police("Fire service", "fire@example.org")
    row = minutes.add_agency_here(taker(meeting), meeting, agency, contact=contact)
    person = minutes.add_person_here(taker(meeting), meeting, world.head_post)
    assert (row.attended, person.attended) == (True, True)
    final(minuted(world, meeting))
    with pytest.raises(TransitionNotAllowed):
        minutes.add_agency_here(taker(meeting), again(meeting), agency, name="Somebody else")


def test_nobody_of_another_school_is_noted_as_here(world, meeting):
    meeting = again(begun(meeting))
    with pytest.raises(PermissionDenied):
        minutes.add_person_here(taker(meeting), meeting, world.both_post)


# --- final ----------------------------------------------------------------------------------------


def test_minutes_without_an_action_are_final_only_with_a_reason(world, meeting):
    """Rule 000-14."""
    meeting = held(meeting)
    write(item_of(meeting, "The bus"), "Nothing to add")
    with pytest.raises(ValidationError) as refused:
        final(meeting)
    assert "no_actions_why" in refused.value.message_dict
    version = final(meeting, no_actions_why="The police do it all")
    assert (version.number, version.no_actions_why) == (1, "The police do it all")
    assert again(meeting).state == MeetingState.FINALISED


def test_final_minutes_make_the_actions_and_keep_the_whole_of_what_stood(world, meeting):
    """Rule 000-14."""
    version = finalised(world, meeting)
    assert Action.objects.filter(source_id=meeting.pk).count() == 1
    kept = Minutes(again(meeting)).copy_for(Reader("team")).as_json
    assert version.content == kept


def test_final_minutes_are_read_only_until_they_are_corrected(world, meeting):
    finalised(world, meeting)
    meeting = again(meeting)
    item = meeting.items.first()
    for act in (
        lambda: write(item, "Late"),
        lambda: agreed(item),
        lambda: minutes.add_item(taker(meeting), meeting, "Late"),
        lambda: minutes.move_item(taker(meeting), item, 1),
        lambda: minutes.keep(taker(meeting), item, {}, item.version),
    ):
        with pytest.raises(TransitionNotAllowed):
            act()
    minutes.correct(taker(meeting), meeting)
    write(item, "Corrected")


def test_a_correction_is_the_next_version_and_says_what_changed(world, meeting):
    first = finalised(world, meeting)
    minutes.correct(taker(again(meeting)), meeting)
    with pytest.raises(ValidationError):
        final(meeting)
    second = final(meeting, what_changed="A date was wrong")
    assert (first.number, second.number, second.what_changed) == (1, 2, "A date was wrong")


def test_minutes_are_not_final_before_the_meeting_is_held(meeting):
    write(item_of(meeting, "The bus"), "Too early")
    with pytest.raises(TransitionNotAllowed):
        final(meeting)


def test_what_changed_after_the_page_was_opened_is_looked_at_first(world, meeting):
    meeting = minuted(world, meeting)
    seen = minutes.seen_of(Minutes(meeting))
    write(item_of(meeting, "What was seen on the line"), "Another text", "Adults at the stop.")
    with pytest.raises(TransitionNotAllowed):
        minutes.finalise(taker(meeting), meeting, seen=seen)


def test_the_open_actions_of_the_meeting_before_are_brought_forward(world, meeting):
    finalised(world, meeting)
    following = meeting_services.prepare(
        taker(again(meeting)),
        "caso",
        [world.oakfield, world.beech],
        {"title": "Again", "our_part": "chair"},
        previous=again(meeting),
    )
    agenda(following)
    [carried] = following.minuted_actions.all()
    assert (carried.is_carried, carried.item.kind) == (True, ItemKind.LAST)
    with pytest.raises(TransitionNotAllowed):
        minutes.remove_action(taker(following), carried)
    with pytest.raises(TransitionNotAllowed):
        minutes.change_action(taker(following), carried, "Something else")


def test_a_link_worker_minutes_the_meeting_they_called(world):
    """design.md 4."""
    meeting = family_meeting(world)
    invite(world, meeting, contacts=[world.dsl_post])
    meeting = called(meeting)
    version = finalised(world, meeting)
    assert version.finalised_by == world.primary


def test_a_copy_leaves_out_an_item_called_after_a_child_the_reader_may_not_read_of(world):
    """Rule 000-16."""
    found = children_of(world)
    meeting = themed(world, found.ada, found.cleo)
    cleo = meeting.pupils.get(pupil=found.cleo)
    item = item_of(meeting, f"About {cleo.reference}")
    write(item, "A word on travel")
    made = Minutes(again(meeting))
    oakfield = made.copy_for(Reader("school", world.oakfield.pk, "Oakfield"))
    assert item.title not in [one.title for one in oakfield.items]
    beech = made.copy_for(Reader("school", world.beech.pk, "Beechcroft"))
    assert item.title in [one.title for one in beech.items]
