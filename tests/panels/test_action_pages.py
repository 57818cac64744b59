"""The pages of an action plan, and where else the actions of a meeting stand."""

import pytest
from django.utils import timezone

from audit.models import Access
from consultations.models import Action
from panels.models import ActionComment, Meeting, MinutedAction
from panels.services import actions, minutes
from schools.models import Involvement
from tests.children import children_of, works_with
from tests.kept import kept
from tests.panels.meetings import about, called, invite, prepared, themed
from tests.panels.minutes import again, agreed, final, held, item_of, taker, write
from tests.world import anew

pytestmark = pytest.mark.django_db


@kept
def meeting(world):
    """A themed meeting of two schools that was held, with a link worker and a written item."""
    found = children_of(world)
    made = themed(world, found.ada, found.cleo)
    contacts = [world.dsl_post, world.senco_post, world.other_dsl_post]
    made = held(invite(world, made, users=[world.primary], contacts=contacts))
    ada = made.pupils.select_related("pupil").get(pupil__first_names="Ada")
    decided = f"{ada.reference} has a key worker.\nThe line is walked.\n{ada.reference} and Cleo."
    write(item_of(made, "The line"), "Two reports.", decided)
    return made


def row_of(meeting, name):
    rows = [*meeting.people.all(), *meeting.agencies.select_related("agency")]
    return next(row for row in rows if row.name.startswith(name))


def act(meeting, what, whose="Dora", **facts):
    """An action of the meeting, minuted."""
    return agreed(meeting.items.get(title="The line"), what, owner=row_of(meeting, whose), **facts)


def child(meeting, first):
    return meeting.pupils.get(pupil__first_names=first)


def action(what):
    return Action.objects.get(what=what)


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_plan_says_who_does_what_by_when_by_whom_it_was_done_and_what_was_said(
    world, meeting, as_
):
    """Rules 000-14, 003-31: the work of every agency stands together."""
    walk = act(meeting, "Walk the line", "Police", days=-1)
    act(meeting, "Tell the staff")
    final(meeting)
    row = MinutedAction.objects.get(pk=walk.pk)
    by_name = "Police duty desk, Police"
    actions.comment(anew(world.coordinator), row, "Rang twice")
    address = f"/meetings/{meeting.pk}/actions/"
    client = as_(world.coordinator)
    page = read(client, address)
    for told in ("Walk the line", by_name, "Was due", "Rang twice", "Tell the staff", "Oakfield"):
        assert told in page
    assert page.index(">Police</h2>") < page.index(">Oakfield") or "Oakfield" in page
    assert "Tell the staff" not in read(client, f"{address}?show=overdue")
    actions.tick(anew(world.coordinator), row)
    page = read(client, f"{address}?show=all")
    assert "by Cora Coordinator" in page
    assert "Walk the line" not in read(client, f"{address}?show=open")
    assert "Walk the line" in read(client, f"{address}?show=nonsense")


def test_the_words_about_a_child_who_is_closed_are_held_back_and_open_ones_are_logged(
    world, meeting, as_
):
    """Rule 001-58: of what mentions the child, too, and of what was said of it."""
    ring = act(meeting, "Ring home about Ada", child=child(meeting, "Ada"))
    meet = act(meeting, "Meet Cleo", "Otto")
    final(meeting)
    for row in (ring, meet):
        row = MinutedAction.objects.get(pk=row.pk)
        actions.comment(anew(world.coordinator), row, f"CANARY-said-{row.what}")
    Involvement.objects.filter(school=world.oakfield).update(ends_at=timezone.now())
    address = f"/meetings/{meeting.pk}/actions/"
    page = read(as_(world.primary), address)
    assert "Ring home" not in page
    assert "Meet Cleo" not in page
    assert "CANARY-said" not in page
    assert "About a child who is not on your current work" in page
    read(as_(world.coordinator), address)
    looks = Access.objects.filter(user=world.coordinator, subject_id=str(meeting.pk))
    about = {look.child_id for look in looks} - {None}
    assert about == set(meeting.pupils.values_list("pupil", flat=True))


def test_overdue_actions_of_all_ones_meetings_stand_in_one_list(world, meeting, as_):
    act(meeting, "Long late", "Police", days=-9)
    act(meeting, "Still time")
    final(meeting)
    client = as_(world.coordinator)
    page = read(client, "/meetings/actions/?show=overdue")
    assert "Long late" in page
    assert meeting.title in page
    assert "Still time" not in page
    assert "Still time" in read(client, "/meetings/actions/?show=open")
    assert "Actions of your meetings are overdue" in read(client, "/")
    client.post(f"/meetings/actions/{action('Long late').pk}/done/", {"back": "across"})
    assert "Nothing is overdue" in read(client, "/meetings/actions/")
    assert "Long late" in read(client, "/meetings/actions/?show=done")
    assert "are overdue" not in read(client, "/")


def test_another_coordinator_finds_none_of_them(world, meeting, as_):
    act(meeting, "Long late", "Police", days=-9)
    final(meeting)
    for who in (world.primary, world.far_worker):
        assert "Long late" not in read(as_(who), "/meetings/actions/?show=overdue")


def test_who_runs_the_meeting_moves_and_hands_over_with_a_reason(world, meeting, as_):
    act(meeting, "Walk the line", "Police")
    final(meeting)
    client, here = as_(world.coordinator), f"/meetings/actions/{action('Walk the line').pk}/"
    answer = client.post(f"{here}move/", {"due_on": "3 December 2030", "reason": ""})
    assert "Enter why the date moves" in answer.content.decode()
    moved = {"due_on": "3 December 2030", "reason": "The officer is ill", "back": "meeting"}
    answer = client.post(f"{here}move/", moved)
    assert answer.url == f"/meetings/{meeting.pk}/actions/"
    assert action("Walk the line").due_on.year == 2030
    to = {"to": row_of(meeting, "Priya").pk, "reason": "Nearer"}
    client.post(f"{here}hand-over/", to)
    given = action("Walk the line")
    assert (given.owner_user, given.owner_agency, given.owner_name) == (world.primary, None, "")
    page = read(client, f"{here}move/")
    assert "Handed over from Police duty desk, Police" in page
    assert "The officer is ill" in page


def test_words_that_come_after_the_action_was_done_are_not_lost(world, meeting, as_):
    act(meeting, "Walk the line", "Police")
    final(meeting)
    row = action("Walk the line")
    actions.tick(anew(world.coordinator), row.minuted_as.get())
    client = as_(world.coordinator)
    late = {"due_on": "3 December 2030", "reason": "Typed too late"}
    answer = client.post(f"/meetings/actions/{row.pk}/move/", late, follow=True)
    assert "Typed too late" in answer.content.decode()


def test_a_double_click_on_done_marks_it_once_and_says_so(world, meeting, as_):
    act(meeting, "Walk the line")
    final(meeting)
    client, here = as_(world.dsl), f"/meetings/actions/{action('Walk the line').pk}/done/"
    client.post(here)
    answer = client.post(here, follow=True)
    assert "done already" in answer.content.decode()


def test_a_schools_lead_ticks_and_comments_on_what_their_people_took_on(world, meeting, as_):
    act(meeting, "Tell the staff")
    final(meeting)
    client, here = as_(world.head), f"/meetings/actions/{action('Tell the staff').pk}/"
    page = read(client, "/shared/")
    assert "Tell the staff" in page
    assert f"{here}done/" in page
    client.post(f"{here}comment/", {"text": "Said at the briefing"})
    assert ActionComment.objects.get().said_by == world.head
    client.post(f"{here}done/")
    assert action("Tell the staff").done_by == world.head
    assert "Tell the staff" not in read(client, "/shared/")


def test_a_senco_ticks_their_own_and_of_one_about_a_child_they_do_not_read_the_words(
    world, meeting, as_
):
    """design.md 4."""
    act(meeting, "Bring the plans", "Selma")
    act(meeting, "Talk with Ada", "Selma", child=child(meeting, "Ada"))
    act(meeting, "The lead's own")
    final(meeting)
    client = as_(world.senco)
    page = read(client, "/shared/")
    assert "Bring the plans" in page
    assert "Talk with Ada" not in page
    assert "About a child: your head or safeguarding lead" in page
    assert "The lead&#x27;s own" not in page
    client.post(f"/meetings/actions/{action('Talk with Ada').pk}/done/")
    assert action("Talk with Ada").done_by == world.senco


def test_before_the_minutes_are_final_nobody_finds_an_action(world, meeting, as_):
    act(meeting, "Tell the staff")
    for who in (world.dsl, world.primary, world.head):
        client = as_(who)
        pages = ["/shared/"] if who != world.primary else ["/", "/actions/"]
        pages += [] if who != world.primary else [f"/meetings/{meeting.pk}/actions/"]
        for address in pages:
            assert "Tell the staff" not in read(client, address)


def test_a_link_worker_finds_theirs_and_their_schools_in_my_work(world, meeting, as_):
    act(meeting, "The worker's", "Priya")
    act(meeting, "The school's", "Dora")
    act(meeting, "Elsewhere", "Otto")
    final(meeting)
    client = as_(world.primary)
    page = read(client, "/")
    assert "The worker&#x27;s" in page
    assert "The school&#x27;s" in page
    assert "Elsewhere" not in page
    page = read(client, "/actions/")
    assert "A meeting. Priya Primary" in page
    assert f"/meetings/{meeting.pk}/" in page
    one = action("The worker's")
    assert one.done_url in page
    client.post(one.done_url, {"back": "home"})
    assert action("The worker's").done_by == world.primary
    page = read(client, f"/schools/{world.oakfield.urn}/")
    assert "The school&#x27;s" in page


def test_of_no_one_school_an_action_breaks_no_page_and_no_search(world, meeting, as_):
    act(meeting, "Zebra crossing", "Priya")
    final(meeting)
    client = as_(world.primary)
    found = client.post("/search/", {"words": "zebra"}, follow=True)
    assert "Zebra crossing" in found.content.decode()
    for address in ("/", "/actions/?show=overdue", "/actions/?whose=schools"):
        read(client, address)
    for who in (world.manager, world.service):
        read(as_(who), "/actions/?whose=schools")


def test_the_old_addresses_of_an_action_are_not_those_of_a_meetings(world, meeting, as_):
    act(meeting, "Walk the line", "Priya")
    final(meeting)
    here = f"/actions/{action('Walk the line').pk}/"
    client = as_(world.primary)
    assert client.post(f"{here}done/").status_code == 404
    assert client.get(f"{here}move/").status_code == 404
    assert client.get(f"{here}hand-over/").status_code == 404


# --- the child's record --------------------------------------------------------------------------


def test_a_meeting_is_an_entry_of_the_childs_chronology_with_what_was_decided_on_it_alone(
    world, meeting, as_
):
    """Rule 001-118: what speaks of another child too stays in the minutes."""
    ada = child(meeting, "Ada")
    act(meeting, "Ring home", child=ada)
    act(meeting, "Ask Ada and Cleo", "Priya", child=ada)
    final(meeting)
    works_with(world, ada.pupil)
    page = read(as_(world.primary), f"/pupils/{ada.pupil_id}/chronology/?open=all")
    assert meeting.title in page
    assert "has a key worker" in page
    assert "Ring home" in page
    assert "The line is walked" not in page
    assert "and Cleo" not in page
    assert "Ask Ada" not in page


def test_a_meeting_is_an_entry_of_its_schools_chronology_without_the_children_who_are_closed(
    world, meeting, as_
):
    """Rules 000-16, 001-58, 001-118."""
    ada, cleo = child(meeting, "Ada"), child(meeting, "Cleo")
    act(meeting, "Ring home", child=ada)
    act(meeting, "Ask Ada and Cleo", "Priya", child=ada)
    final(meeting)
    Involvement.objects.update(ends_at=timezone.now())
    page = read(as_(world.manager), "/schools/900001/chronology/?kind=meetings&open=all")
    for text in (meeting.title, "The line is walked", "A child who is not on your current work"):
        assert text in page, text
    for text in (ada.pupil.name, "has a key worker", "Ring home", "Ask Ada", cleo.reference):
        assert text not in page, text
    looks = Access.objects.filter(user=world.manager, child_id__isnull=False)
    assert not looks.exists()
    works_with(world, ada.pupil)
    page = read(as_(world.manager), "/schools/900001/chronology/?kind=meetings&open=all")
    for text in (ada.pupil.name, "has a key worker", "Ring home"):
        assert text in page, text
    for text in ("Ask Ada", cleo.pupil.name):
        assert text not in page, text
    assert [look.child_id for look in looks] == [ada.pupil_id]


def test_who_may_not_see_a_meeting_finds_none_in_the_schools_chronology(world, meeting, as_):
    final(meeting, no_actions_why="In hand")
    page = read(as_(world.secondary), "/schools/900001/chronology/?kind=meetings")
    assert meeting.title not in page


def test_behind_the_reason_gate_a_meeting_is_no_entry(world, meeting, as_):
    ada = child(meeting, "Ada")
    final(meeting, no_actions_why="In hand")
    Involvement.objects.update(ends_at=timezone.now())
    answer = as_(world.primary).get(f"/pupils/{ada.pupil_id}/chronology/")
    assert meeting.title not in answer.content.decode()


def test_open_actions_about_the_child_stand_on_the_childs_page(world, meeting, as_):
    ada = child(meeting, "Ada")
    act(meeting, "Ring home", child=ada)
    act(meeting, "Ask Ada and Cleo", "Priya")
    final(meeting)
    page = read(as_(world.primary), f"/pupils/{ada.pupil_id}/")
    assert "Ring home" in page
    assert "Ask Ada and Cleo" not in page


def test_while_a_note_is_written_no_action_about_a_closed_child_stands_beside_it(
    world, meeting, as_
):
    act(meeting, "Ring home about Ada", child=child(meeting, "Ada"))
    act(meeting, "Tell the staff")
    final(meeting)
    Involvement.objects.update(ends_at=timezone.now())
    page = read(as_(world.primary), f"/consultations/{world.draft.pk}/edit/")
    assert "Tell the staff" in page
    assert "Ring home" not in page


def test_what_no_minutes_hold_is_followed_up_on_no_page_of_a_meeting(world, meeting, as_):
    """Neither an action of a note nor one that a correction is taking out."""
    row = act(meeting, "Walk the line", "Priya")
    final(meeting)
    pk = action("Walk the line").pk
    minutes.correct(taker(meeting), again(meeting))
    minutes.remove_action(taker(meeting), MinutedAction.objects.get(pk=row.pk))
    client = as_(world.primary)
    for name in ("comment", "hand-over", "move"):
        assert client.get(f"/meetings/actions/{pk}/{name}/").status_code == 404
    answer = client.post(f"/meetings/actions/{pk}/done/", follow=True)
    assert "taken out of the minutes" in answer.content.decode()


@pytest.mark.parametrize("name", ["comment", "hand-over", "move"])
def test_words_for_an_action_that_a_correction_took_out_stay_their_writers(
    world, meeting, as_, name
):
    row = act(meeting, "Walk the line", "Priya")
    final(meeting)
    pk = action("Walk the line").pk
    minutes.correct(taker(meeting), again(meeting))
    minutes.remove_action(taker(meeting), MinutedAction.objects.get(pk=row.pk))
    sent = {"text": "CANARY", "reason": "CANARY", "due_on": "3 December 2027"}
    answer = as_(world.primary).post(f"/meetings/actions/{pk}/{name}/", sent, follow=True)
    assert "taken out of the minutes" in answer.content.decode()
    assert "CANARY" in answer.content.decode()
    other = as_(world.far_worker).post(f"/meetings/actions/{pk}/{name}/", sent)
    assert other.status_code == 404


def decided_of(world, meeting, as_, decided):
    """What stands of these decisions in Ada's chronology, which the link worker opens."""
    write(meeting.items.get(title="The line"), "Two reports.", decided)
    final(meeting, no_actions_why="In hand")
    ada = child(meeting, "Ada").pupil
    works_with(world, ada)
    page = read(as_(world.primary), f"/pupils/{ada.pk}/chronology/?open=all")
    return {text for text in decided.splitlines() if text in page}


def test_a_decision_that_goes_on_about_the_child_stands_in_its_chronology(world, meeting, as_):
    ada, cleo = child(meeting, "Ada").reference, child(meeting, "Cleo").reference
    decided = (
        f"{ada} has a key worker.\nHer brother walks home with her.\n{cleo} moves.\nHer mum rings."
    )
    shown = decided_of(world, meeting, as_, decided)
    assert shown == {f"{ada} has a key worker.", "Her brother walks home with her."}


def test_a_decision_on_two_children_stands_there_for_who_has_both_open_and_is_a_look(
    world, meeting, as_
):
    """Rules 000-16, 001-118: a child who is closed is read of in no other's chronology."""
    ada, cleo = child(meeting, "Ada"), child(meeting, "Cleo")
    both = f"{ada.reference} and {cleo.reference} sit apart."
    assert decided_of(world, meeting, as_, both) == set()
    looks = Access.objects.filter(user=world.primary, child_id=cleo.pupil_id)
    assert not looks.exists()
    works_with(world, cleo.pupil)
    chooser = read(as_(world.primary), f"/pupils/{ada.pupil_id}/chronology/new/")
    assert both not in chooser
    assert not looks.exists()
    page = read(as_(world.primary), f"/pupils/{ada.pupil_id}/chronology/?open=all")
    assert both in page
    assert looks.filter(subject_id=str(meeting.pk)).exists()


def test_who_was_talked_about_at_the_meeting_before_is_read_of_in_no_others_chronology(
    world, meeting, as_
):
    """Rules 000-16, 001-118: the copies of the minutes hold that child back, too."""
    cleo = child(meeting, "Cleo")
    act(meeting, "Ring home", "Priya", child=cleo)
    final(meeting)
    ada = child(meeting, "Ada").pupil
    made = prepared(world)
    Meeting.objects.filter(pk=made.pk).update(previous=meeting)
    invite(world, again(made), contacts=[world.dsl_post])
    row = about(again(made), ada, world.oakfield)
    item = item_of(held(called(again(made))), "The line")
    both = f"{row.reference} and {cleo.pupil.first_names} sit apart."
    write(item, "Two reports.", f"{row.reference} is well.\n{both}")
    final(made, no_actions_why="In hand")
    works_with(world, ada)
    page = read(as_(world.primary), f"/pupils/{ada.pk}/chronology/?open=all")
    assert f"{row.reference} is well." in page
    assert both not in page
    works_with(world, cleo.pupil)
    assert both in read(as_(world.primary), f"/pupils/{ada.pk}/chronology/?open=all")
