"""The pages of the minutes: note-taking, autosave, checks, and the wrong person."""

import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Access
from drafts.models import Draft, UnsavedForm
from panels import minutes_checks
from panels.copies import Minutes
from panels.models import (
    AgendaItem,
    ItemAudience,
    ItemKind,
    Meeting,
    MeetingPerson,
    MeetingState,
    MinutedAction,
)
from panels.services import meetings, minutes
from schools.models import Enrolment, Involvement, OwnChildConflict
from tests.children import child, children_of
from tests.kept import kept
from tests.panels.meetings import begun, police, themed
from tests.panels.minutes import (
    again,
    agenda,
    agreed,
    corrected,
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
AUTOSAVE = {"X-Autosave": "1"}


@kept
def meeting(world):
    """A CASO meeting over two schools with a child of each; the police read of Ada alone."""
    found = children_of(world)
    return themed(world, found.ada, found.cleo)


def text(answer):
    return unescape(answer.content.decode())


def url(meeting, rest=""):
    return f"/meetings/{meeting.pk}/minutes/{rest}"


def here(item):
    return url(item.meeting, f"items/{item.pk}/")


def typed(item, **changes):
    """What the form of an item is sent with, as its page shows it now."""
    item = AgendaItem.objects.get(pk=item.pk)
    draft = Draft.objects.filter(form=minutes.FORM, target_id=item.pk).first()
    version = draft.version if draft else item.version
    now = {"discussion": item.discussion, "decision": item.decision, "audience": item.audience}
    return {**now, "version": version, "action_id": uuid.uuid4(), **changes}


# --- begun and typed ------------------------------------------------------------------------------


def test_the_agenda_is_begun_from_the_meeting_page(world, meeting, as_):
    page = as_(world.coordinator).get(meeting.get_absolute_url())
    assert "Write the agenda" in text(page)
    assert "Begin the agenda" in text(as_(world.coordinator).get(url(meeting)))
    answer = as_(world.coordinator).post(url(meeting, "begin/"), follow=True)
    assert "Who may see this item" in text(answer)
    assert AgendaItem.objects.filter(meeting=meeting).count() == 4


def test_what_is_typed_is_saved_and_the_next_item_opens(world, meeting, as_):
    item = item_of(meeting, "The bus")
    last = again(meeting).items.last()
    agency = meeting.agencies.get().agency
    told = typed(
        item, discussion="Police: twice", decision="Adults", agencies=agency.pk, then=last.pk
    )
    answer = as_(world.coordinator).post(here(item), told)
    assert answer["Location"] == here(last)
    item.refresh_from_db()
    assert (item.discussion, item.decision, item.audience) == ("Police: twice", "Adults", "chosen")
    assert list(item.agencies.all()) == [agency]


def test_autosave_keeps_the_text_and_a_second_tab_gets_409_with_both_texts(world, meeting, as_):
    item = item_of(meeting, "The bus")
    told = typed(item, discussion="One")
    answer = as_(world.coordinator).post(here(item), told, headers=AUTOSAVE)
    assert (answer.status_code, answer.json()["draft_url"]) == (200, here(item))
    later = {**told, "discussion": "Two"}
    stale = as_(world.coordinator).post(here(item), later, headers=AUTOSAVE)
    assert stale.status_code == 409
    assert stale.json()["theirs"]["discussion"] == ["One"]
    page = as_(world.coordinator).post(here(item), later)
    assert page.status_code == 409
    assert "Two</textarea>" in text(page)
    assert "Somebody" not in Draft.objects.get(form=minutes.FORM).data["discussion"]


def test_after_the_item_is_written_another_tab_gets_409_too(world, meeting, as_):
    item = item_of(meeting, "The bus")
    told = typed(item, discussion="One")
    as_(world.coordinator).post(here(item), told)
    stale = as_(world.coordinator).post(here(item), {**told, "discussion": "Two"}, headers=AUTOSAVE)
    assert (stale.status_code, stale.json()["theirs"]["discussion"]) == (409, ["One"])
    kept = {**told, "discussion": "Two", "version": stale.json()["their_version"]}
    assert as_(world.coordinator).post(here(item), kept, headers=AUTOSAVE).status_code == 200


def test_a_double_click_writes_once_and_loses_nothing(world, meeting, as_):
    item = item_of(meeting, "The bus")
    told = typed(item, discussion="One", **{"new-what": "Send the letter", "add_action": "1"})
    for _ in range(2):
        answer = as_(world.coordinator).post(here(item), told)
        assert answer.status_code == 302
    assert MinutedAction.objects.count() == 1


def test_an_action_is_added_in_one_line_with_its_owner_and_date(world, meeting, as_):
    item = item_of(meeting, "The bus")
    row = meeting.agencies.get()
    ada = meeting.pupils.get(school=world.oakfield)
    day = timezone.localdate() + timedelta(days=9)
    told = {
        "new-what": "Patrol passes the stop",
        "new-owner": row.pk,
        "new-due_on": f"{day:%-d %b}",
        "new-child": ada.pk,
        "add_action": "1",
    }
    answer = as_(world.coordinator).post(here(item), typed(item, **told), follow=True)
    made = MinutedAction.objects.get()
    assert (made.agency, made.due_on, made.child, made.item) == (row, day, ada, item)
    assert f"About A.C. ({ada.reference})" in text(answer)


def test_a_wrong_date_of_an_action_is_said_and_nothing_typed_is_lost(world, meeting, as_):
    item = item_of(meeting, "The bus")
    told = {"new-what": "Patrol", "new-due_on": "the 45th", "add_action": "1"}
    answer = as_(world.coordinator).post(here(item), typed(item, discussion="One", **told))
    assert "By when must be a real date" in text(answer)
    assert "One</textarea>" in text(answer)
    assert Draft.objects.get(form=minutes.FORM).data["discussion"] == ["One"]


def test_no_action_is_due_before_the_meeting_it_was_agreed_at(world, meeting, as_):
    """It would be past every reminder."""
    held_on = timezone.localdate() - timedelta(days=3)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() - timedelta(days=3))
    item, client = item_of(meeting, "The bus"), as_(world.coordinator)
    told = {"new-what": "Patrol", "new-due_on": str(held_on - timedelta(days=1))}
    answer = client.post(here(item), typed(item, **told))
    assert "must be the day of the meeting or later. Check its year" in text(answer)
    assert not MinutedAction.objects.exists()
    item.refresh_from_db()
    client.post(here(item), typed(item, **{**told, "new-due_on": str(held_on)}))
    assert MinutedAction.objects.get().due_on == held_on


def test_an_action_that_is_typed_is_added_whatever_button_is_pressed(world, meeting, as_):
    item = item_of(meeting, "The bus")
    last = again(meeting).items.last()
    told = typed(item, then=last.pk, **{"new-what": "Send the letter"})
    as_(world.coordinator).post(here(item), told)
    assert MinutedAction.objects.get().what == "Send the letter"


@pytest.mark.parametrize("audience", ["everybody", "team"])
def test_everybody_or_our_team_and_an_agency_besides_is_asked_again(world, meeting, as_, audience):
    item = item_of(meeting, "The bus")
    told = typed(item, audience=audience, agencies=meeting.agencies.get().agency_id)
    answer = as_(world.coordinator).post(here(item), told)
    assert "not both" in text(answer)
    item.refresh_from_db()
    assert item.audience == ItemAudience.UNSAID


def test_a_page_of_somebody_else_in_this_browser_saves_nothing(world, meeting, as_):
    item = item_of(meeting, "The bus")
    told = typed(item, discussion="One", author=world.manager.pk)
    assert as_(world.coordinator).post(here(item), told).status_code == 409
    item.refresh_from_db()
    assert item.discussion == ""


def test_what_is_sent_once_the_minutes_are_final_is_kept_for_its_writer(world, meeting, as_):
    item = item_of(meeting, "The bus")
    finalised(world, meeting)
    told = typed(item, discussion="One more thing")
    assert as_(world.coordinator).post(here(item), told, headers=AUTOSAVE).status_code == 404
    answer = as_(world.coordinator).post(here(item), told)
    kept = UnsavedForm.objects.get()
    assert str(kept.pk) in answer["Location"]
    assert kept.data["discussion"] == ["One more thing"]


def test_items_are_added_renamed_moved_and_removed_by_their_buttons(world, meeting, as_):
    client = as_(world.coordinator)
    item = item_of(meeting, "The bus")
    client.post(here(item), typed(item, then="up"))
    assert [row.title for row in again(meeting).items.all()][-3] == "The bus"
    assert client.post(here(item), typed(item, then="name"))["Location"].endswith("name/")
    client.post(url(meeting, f"items/{item.pk}/name/"), {"title": "The tram"})
    client.post(url(meeting, "items/add/"), {"title": "The train", "id": uuid.uuid4()})
    client.post(url(meeting, f"items/{item.pk}/remove/"))
    titles = [row.title for row in again(meeting).items.all()]
    assert "The train" in titles
    assert "The tram" not in titles


def test_who_is_here_is_noted_with_who_accepts_the_terms(world, meeting, as_):
    meeting = begun(meeting)
    agenda(meeting)
    row, person = meeting.agencies.get(), meeting.people.first()
    told = {"present": [person.pk], "accepted": [row.pk]}
    as_(world.coordinator).post(url(meeting, "here/"), told)
    row.refresh_from_db()
    person.refresh_from_db()
    assert (row.attended, bool(row.accepted_at)) == (True, True)
    assert (person.attended, person.accepted_at) == (True, None)
    agency, contact = police("Fire service", "fire@example.org")
    as_(world.coordinator).post(url(meeting, "here/add/"), {"who": contact.pk})
    page = text(as_(world.coordinator).get(url(meeting), follow=True))
    assert f"{contact.name} ({agency.name})" in page


# --- checked and final ----------------------------------------------------------------------------


def sentences(meeting, *, blocking=None):
    found = minutes_checks.checks_of(Minutes(again(meeting)))
    return [one.text for one in found if blocking in (None, one.is_blocking)]


def test_the_checks_say_what_is_missing_and_where(world, meeting):
    """Rule 000-14."""
    meeting = held(meeting, absent=[*meeting.people.all(), *meeting.agencies.all()])
    assert "Nobody is marked as present." in sentences(meeting, blocking=True)
    assert "Nothing is written yet." in sentences(meeting, blocking=True)
    item = item_of(meeting, "The bus")
    write(item, "Somebody was seen", audience="")
    row = agreed(item, "Write to parents", days=None)
    minutes.keep(taker(meeting), item_of(meeting, "The tram"), {"discussion": ["Half"]}, 1)
    blocking = sentences(meeting, blocking=True)
    for sentence in (
        "Nobody has said who may see “The bus”.",
        f"“{row.what}” has nobody to do it.",
        f"“{row.what}” has no date.",
        "“The tram” has text that is not saved in the minutes yet.",
    ):
        assert sentence in blocking
    warnings = sentences(meeting, blocking=False)
    for ref in meeting.pupils.values_list("reference", flat=True):
        assert any(ref in one and "in no item and no action" in one for one in warnings)


def test_a_child_who_is_named_before_who_may_not_read_of_them_becomes_initials(world, meeting, as_):
    """Rule 000-16."""
    meeting = held(meeting)
    ada = meeting.pupils.get(school=world.oakfield)
    item = write(item_of(meeting, "The bus"), f"{ada.pupil.name} told her teacher.")
    agreed(item, owner=meeting.agencies.get())
    [warning] = [one for one in sentences(meeting, blocking=False) if "names A.C." in one]
    assert world.beech.name in warning
    assert ada.pupil.surname not in warning
    page = text(as_(world.coordinator).get(url(meeting, "check/")))
    assert "Write initials and reference" in page
    as_(world.coordinator).post(url(meeting, f"items/{item.pk}/initials/"))
    item.refresh_from_db()
    assert item.discussion == f"A.C. ({ada.reference}) told her teacher."


def test_another_child_on_record_at_the_schools_is_named_to_nobody(world, meeting):
    """Rule 000-16: no copy would leave out a child who is not of the meeting."""
    meeting = minuted(world, meeting)
    other = child(world, "Dana", "Dangerfield", school=world.oakfield)
    item = item_of(meeting, "What was seen on the line")
    write(item, "With her was dana dangerfield.", audience="everybody")
    [found] = sentences(meeting, blocking=True)
    assert "not on this meeting" in found
    assert other.surname not in found
    write(item, "With her was dana dangerfield.", audience="team")
    assert not sentences(meeting, blocking=True)


def test_an_action_about_a_child_goes_to_nobody_who_may_not_read_of_the_child(world, meeting):
    """Rule 000-16."""
    meeting = minuted(world, meeting)
    cleo = meeting.pupils.get(school=world.beech)
    item = item_of(meeting, "What was seen on the line")
    agreed(item, "Visit the family", owner=meeting.agencies.get(), child=cleo)
    assert any("is for Police and about" in one for one in sentences(meeting, blocking=True))


def test_the_checks_take_as_many_queries_for_five_hundred_paragraphs_as_for_one(world, meeting):
    """Security.md 6.5: minutes of 500 paragraphs."""
    meeting = minuted(world, meeting)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as made:
            minutes_checks.checks_of(Minutes(again(meeting)))
        return len(made)

    before = queries()
    last = meeting.items.last()
    for number in range(10):
        item = AgendaItem.objects.create(
            meeting=meeting, title=f"Item {number}", position=last.position + 1 + number
        )
        write(item, "\n".join(f"T.B. said {line}" for line in range(50)))
        agreed(item, owner=meeting.agencies.get())
    assert queries() == before <= 13


def test_the_minutes_become_final_from_the_check_page(world, meeting, as_):
    """Rule 000-14."""
    meeting = held(meeting)
    write(item_of(meeting, "The bus"), "Nothing new")
    client = as_(world.coordinator)
    seen = minutes.seen_of(Minutes(meeting))
    refused = client.post(url(meeting, "check/"), {"seen": seen, "no_actions_why": ""})
    assert "Enter why no actions were agreed" in text(refused)
    told = {"seen": seen, "no_actions_why": "All is done already"}
    answer = client.post(url(meeting, "check/"), told, follow=True)
    assert again(meeting).state == MeetingState.FINALISED
    assert "All is done already" in text(answer)
    assert "Correct the minutes" in text(answer)


def test_a_stale_check_page_makes_nothing_final(world, meeting, as_):
    meeting = held(meeting)
    item = item_of(meeting, "The bus")
    write(item, "One")
    seen = minutes.seen_of(Minutes(meeting))
    write(item, "Two")
    told = {"seen": seen, "no_actions_why": "Nothing to do"}
    answer = as_(world.coordinator).post(url(meeting, "check/"), told)
    assert answer.status_code == 409
    assert "Nothing to do" in text(answer)
    assert again(meeting).state == MeetingState.HELD


def test_everybody_reads_the_final_version_until_the_correction_is_final(world, meeting, as_):
    version = finalised(world, meeting)
    client = as_(world.coordinator)
    client.post(url(meeting, "correct/"))
    item = again(meeting).items.get(title="What was seen on the line")
    write(item, "Three reports", "Adults at the stop.")
    read = text(as_(world.service).get(url(meeting)))
    assert "Two reports since half term." in read
    assert "Three reports" not in read
    assert "being corrected" in read
    second = final(meeting, what_changed="It was three")
    read = text(as_(world.service).get(url(meeting)))
    assert "Three reports" in read
    assert "What changed: It was three" in read
    earlier = text(as_(world.service).get(url(meeting, f"{version.number}/")))
    assert "Two reports" in earlier
    assert f"Read version {second.number}" in earlier


# --- the wrong person -----------------------------------------------------------------------------


def test_managers_read_the_draft_and_cannot_write_in_it(world, meeting, as_):
    item = item_of(meeting, "The bus")
    write(item, "A word")
    page = text(as_(world.manager).get(url(meeting)))
    assert "A word" in page
    assert "Draft" in page
    assert as_(world.manager).get(here(item)).status_code == 403
    assert as_(world.manager).post(here(item), typed(item)).status_code == 403


@pytest.mark.parametrize("who", ["service", "primary", "other_worker", "dsl", "duty", "governance"])
def test_nobody_else_reads_a_draft(world, meeting, as_, who):
    """Design.md 4."""
    write(item_of(meeting, "The bus"), "A word")
    assert as_(getattr(world, who)).get(url(meeting)).status_code in (403, 404)


def test_a_school_reads_no_minutes_on_the_teams_pages(world, meeting, as_):
    """Rule 000-16: only the copy that was sent."""
    finalised(world, meeting)
    for who in (world.dsl, world.senco, world.other_dsl):
        assert as_(who).get(url(meeting)).status_code == 404
        assert as_(who).get(url(meeting, "1/")).status_code == 404


def test_what_is_about_a_child_is_left_out_for_a_manager_until_they_give_a_reason(
    world, meeting, as_
):
    """Rule 001-58."""
    meeting = minuted(world, meeting)
    cleo = meeting.pupils.get(school=world.beech)
    item = item_of(meeting, "What was seen on the line")
    write(item, f"{cleo.pupil.initials} was seen alone.\nAdults were near.", "None")
    read = [text(as_(world.manager).get(url(meeting)))]
    final(meeting)
    read.append(text(as_(world.service).get(url(meeting, "1/"))))
    for page in read:
        assert "was seen alone" not in page
        assert "Adults were near" in page
        assert "Say why you open this child" in page


def test_the_minutes_are_handed_over_on_a_page(world, meeting, as_):
    item_of(meeting, "The bus")
    told = {"to": world.manager.pk, "reason": "On leave"}
    as_(world.coordinator).post(url(meeting, "hand-over/"), told)
    assert again(meeting).minuted_by == world.manager
    page = text(as_(world.coordinator).get(url(meeting)))
    assert "handed over to" in page
    assert as_(world.manager).get(url(meeting)).status_code == 302


def test_who_handed_the_minutes_over_and_types_on_gets_409_and_loses_nothing(world, meeting, as_):
    item = item_of(meeting, "The bus")
    told = typed(item, discussion="Half a sentence")
    minutes.hand_over(taker(meeting), meeting, world.manager, "On leave")
    client = as_(world.coordinator)
    answer = client.post(here(item), told, headers=AUTOSAVE)
    assert (answer.status_code, answer.json()["reason"]) == (409, "handed_over")
    answer = client.post(here(item), told)
    kept = UnsavedForm.objects.get(user=world.coordinator)
    assert str(kept.pk) in answer["Location"]
    assert kept.data["discussion"] == ["Half a sentence"]
    item.refresh_from_db()
    assert item.discussion == ""


def test_the_print_view_holds_the_whole_version(world, meeting, as_):
    finalised(world, meeting)
    page = text(as_(world.coordinator).get(url(meeting, "1/print/")))
    assert "Two reports since half term." in page
    assert "Adults at the stop." in page


def test_a_correction_has_a_page_for_each_version(world, meeting, as_):
    finalised(world, meeting)
    corrected(meeting)
    for number in (1, 2):
        assert as_(world.coordinator).get(url(meeting, f"{number}/")).status_code == 200
    assert as_(world.coordinator).get(url(meeting, "3/")).status_code == 404


def test_an_item_page_takes_as_many_queries_for_twenty_items_as_for_four(world, meeting, as_):
    item = item_of(meeting, "The bus")
    client = as_(anew(world.coordinator))

    def queries():
        with CaptureQueriesContext(connection) as made:
            client.get(here(item))
        return len(made)

    queries()
    before = queries()
    for number in range(16):
        extra = write(item_of(meeting, f"Item {number}"), "A word")
        agreed(extra, owner=meeting.agencies.get())
    assert queries() == before


# --- a child who is closed to who takes the minutes -----------------------------------------------


def doors_of(meeting, item):
    """The addresses at which what an item says is seen or changed."""
    row = agreed(item, owner=meeting.people.first())
    AgendaItem.objects.filter(pk=item.pk).update(
        title=f"TITLE-it {about_cleo(meeting)}", discussion=f"{about_cleo(meeting)} SAID-it"
    )
    MinutedAction.objects.filter(pk=row.pk).update(what=f"AGREED-it {about_cleo(meeting)}")
    action = url(meeting, f"actions/{row.pk}/")
    check = url(meeting, "check/")
    return [here(item), f"{here(item)}name/", f"{here(item)}remove/", action, check]


def about_cleo(meeting):
    return meeting.pupils.get(school__name__startswith="Beech").reference


def closed_by_a_conflict(world, meeting):
    """Cleo has gone to a school that the child of who takes the minutes attends."""
    cleo = meeting.pupils.get(school=world.beech).pupil
    Enrolment.objects.filter(pupil=cleo).update(school=world.larkmead)
    OwnChildConflict.objects.create(user=meeting.minuted_by, school=world.larkmead)


def test_an_item_about_a_child_at_a_school_closed_to_who_takes_the_minutes_is_not_theirs(
    world, meeting, as_
):
    """Rule 001-58; security.md N-14."""
    item, other = item_of(meeting, "The line"), item_of(meeting, "The bus")
    doors = doors_of(meeting, item)
    closed_by_a_conflict(world, again(meeting))
    client = as_(world.coordinator)
    for address in doors:
        for answer in (client.get(address, follow=True), client.post(address, follow=True)):
            assert answer.redirect_chain[-1][0] == url(meeting, "hand-over/")
            assert "closed to you" in text(answer)
            assert "TITLE-it" not in text(answer)
            assert "SAID-it" not in text(answer)
            assert "AGREED-it" not in text(answer)
    autosaved = client.post(here(item), typed(item), headers=AUTOSAVE)
    assert autosaved.status_code == 404
    assert "closed to you" in autosaved.json()["message"]
    kept_words = client.post(here(item), typed(item, discussion="MINE"), follow=True)
    assert "MINE" in text(kept_words)
    assert AgendaItem.objects.get(pk=item.pk).discussion.endswith("SAID-it")
    beside = client.get(here(other))
    assert beside.status_code == 200
    assert "TITLE-it" not in text(beside)
    gone_on = client.get(url(meeting), follow=True)
    assert gone_on.status_code == 200
    assert gone_on.redirect_chain[-1][0] not in (here(item), meeting.get_absolute_url())


def test_a_coordinator_corrects_what_is_about_a_child_whom_nothing_is_left_to_do_for(
    world, meeting, as_
):
    """design.md 4: full, own meetings."""
    item = item_of(minuted(world, meeting), "What was seen on the line")
    doors = doors_of(meeting, item)
    Involvement.objects.all().delete()
    client = as_(world.coordinator)
    for address in doors:
        assert client.get(address).status_code == 200
    final(meeting)
    assert "SAID-it" in text(client.get(url(meeting)))


def test_who_writes_of_the_children_of_a_meeting_is_in_the_access_log(world, meeting, as_):
    """security.md N-16."""
    item = item_of(meeting, "The line")
    client = as_(world.coordinator)
    children = set(meeting.pupils.values_list("pupil", flat=True))
    for address in (here(item), url(meeting, "check/")):
        Involvement.objects.filter(pupil=min(children)).delete()
        before = set(Access.objects.values_list("pk", flat=True))
        assert client.get(address).status_code == 200
        looks = Access.objects.exclude(pk__in=before).filter(user=world.coordinator)
        assert set(looks.values_list("child_id", flat=True)) >= children


def test_an_item_being_typed_about_a_closed_child_is_not_shown_either(world, meeting, as_):
    item = item_of(meeting, "The line")
    client = as_(world.coordinator)
    client.post(here(item), typed(item, discussion=about_cleo(meeting)), headers=AUTOSAVE)
    assert client.get(here(item)).status_code == 200
    closed_by_a_conflict(world, again(meeting))
    assert client.get(here(item)).status_code == 302


def test_who_looks_children_up_gives_a_reason_for_a_closed_child_of_an_item(world, meeting, as_):
    """Rule 001-58: to go on with what they typed."""
    item = item_of(meeting, "The line")
    doors = doors_of(meeting, item)
    minutes.hand_over(taker(meeting), again(meeting), world.manager, "On leave")
    cleo = meeting.pupils.get(school=world.beech).pupil
    Involvement.objects.filter(pupil=cleo, user=world.manager).delete()
    client = as_(world.manager)
    for address in doors:
        answer = client.get(address)
        assert answer["Location"].startswith(f"/pupils/{cleo.pk}/reason/")
    autosaved = client.post(here(item), typed(item), headers=AUTOSAVE)
    assert "give a reason" in autosaved.json()["message"]
    sent = client.post(here(item), typed(item, discussion="MINE"), follow=True)
    assert "What you sent has been kept" in text(sent)
    assert "SAID-it" not in text(sent)


def test_of_the_meeting_before_no_action_about_a_closed_child_is_shown(world, meeting, as_):
    """Who takes the minutes goes on without opening the child."""
    item = item_of(minuted(world, meeting), "What was seen on the line")
    agreed(item, f"AGREED-it {about_cleo(meeting)}", owner=meeting.people.first())
    final(meeting)
    following = meetings.prepare(
        taker(again(meeting)),
        "caso",
        [world.oakfield, world.elmgate],
        {"title": "Again", "our_part": "chair"},
        previous=again(meeting),
    )
    last = next(item for item in agenda(following) if item.kind == ItemKind.LAST)
    client = as_(world.coordinator)
    assert "AGREED-it" in text(client.get(here(last)))
    closed_by_a_conflict(world, again(meeting))
    page = text(client.get(here(last)))
    assert "Send the letter to parents" in page
    assert "AGREED-it" not in page
    row = following.minuted_actions.get(what__startswith="AGREED-it")
    assert client.get(url(following, f"actions/{row.pk}/")).status_code == 302


# --- too late -------------------------------------------------------------------------------------


def test_what_is_typed_in_an_item_that_another_tab_removed_is_kept(world, meeting, as_):
    item = item_of(meeting, "The line")
    sent, address = typed(item, discussion="CANARY-typed"), here(item)
    minutes.remove_item(taker(meeting), item)
    client = as_(world.coordinator)
    answer = client.post(address, sent, headers=AUTOSAVE)
    assert answer.status_code == 404
    assert "removed" in answer.json()["message"]
    answer = client.post(address, sent, follow=True)
    assert "CANARY-typed" in text(answer)


def test_an_action_that_is_typed_when_the_minutes_became_final_is_kept(world, meeting, as_):
    finalised(world, meeting)
    item = item_of_final(meeting)
    answer = as_(world.coordinator).post(
        here(item), typed(item, **{"new-what": "CANARY-new"}), follow=True
    )
    assert "CANARY-new" in text(answer)


def item_of_final(meeting):
    return again(meeting).items.exclude(discussion="").get()


def test_the_item_page_leads_to_who_may_read_of_a_child(world, meeting, as_):
    """Rule 000-16: while the minutes are written, after the meeting too."""
    meeting = held(meeting)
    cleo = meeting.pupils.get(pupil__first_names="Cleo")
    item = item_of(meeting, "The line")
    write(item, f"{cleo.reference} was seen.")
    page = text(as_(world.coordinator).get(here(item)))
    assert f"/meetings/{meeting.pk}/children/{cleo.pk}/" in page
    page = text(as_(world.coordinator).get(meeting.get_absolute_url()))
    assert "Change who may read" in page


def test_a_correction_that_was_opened_by_mistake_is_cancelled(world, meeting, as_):
    finalised(world, meeting)
    client = as_(world.coordinator)
    client.post(url(meeting, "correct/"))
    page = text(client.get(url(meeting, "1/")))
    assert "Cancel the correction" in page
    answer = client.post(url(meeting, "correct/cancel/"), follow=True)
    assert "stand as they were" in text(answer)
    assert again(meeting).state == MeetingState.FINALISED
    client.post(url(meeting, "correct/"))
    write(item_of_final(meeting), "Something else.")
    answer = client.post(url(meeting, "correct/cancel/"), follow=True)
    assert "has been changed" in text(answer)
    assert again(meeting).state == MeetingState.HELD
    assert as_(world.manager).post(url(meeting, "correct/cancel/")).status_code == 403


# --- too late, or twice --------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["guest", "add", "rename", "action"])
def test_words_that_come_once_the_minutes_are_final_stay_their_writers(world, meeting, as_, act):
    meeting = held(meeting)
    item = item_of(meeting, "The bus")
    write(item, "A word")
    action = agreed(item, owner=meeting.agencies.first())
    agency, _ = police()
    path, sent = {
        "guest": ("here/add/", {"who": agency.pk, "name": "PC CANARY"}),
        "add": ("items/add/", {"title": "CANARY"}),
        "rename": (f"items/{item.pk}/name/", {"title": "CANARY"}),
        "action": (f"actions/{action.pk}/", {"what": "CANARY"}),
    }[act]
    final(meeting)
    page = text(as_(world.coordinator).post(url(meeting, path), sent, follow=True))
    assert "These minutes are final." in page
    assert "CANARY" in page


def test_a_second_click_that_makes_the_minutes_final_loses_no_reason(world, meeting, as_):
    meeting = held(meeting)
    write(item_of(meeting, "The bus"), "A word")
    seen = minutes.seen_of(Minutes(again(meeting)))
    client, address = as_(world.coordinator), url(meeting, "check/")
    client.post(address, {"seen": seen, "no_actions_why": "All is in hand"})
    answer = client.post(address, {"seen": seen, "no_actions_why": "All is in hand"}, follow=True)
    assert answer.redirect_chain == [(url(meeting), 302)]
    answer = client.post(address, {"seen": seen, "no_actions_why": "CANARY"}, follow=True)
    assert "CANARY" in text(answer)


@pytest.mark.parametrize("act", ["rename", "action"])
def test_words_for_what_was_taken_out_meanwhile_stay_their_writers(world, meeting, as_, act):
    meeting = held(meeting)
    item = item_of(meeting, "The bus")
    action = agreed(item)
    path, sent = {
        "rename": (f"items/{item.pk}/name/", {"title": "CANARY"}),
        "action": (f"actions/{action.pk}/", {"what": "CANARY"}),
    }[act]
    minutes.remove_action(taker(meeting), action)
    minutes.remove_item(taker(meeting), item)
    page = text(as_(world.coordinator).post(url(meeting, path), sent, follow=True))
    assert "has been removed" in page
    assert "CANARY" in page


def test_a_second_remove_says_so_and_goes_to_the_minutes(world, meeting, as_):
    meeting = held(meeting)
    item = item_of(meeting, "The bus")
    action = agreed(item)
    client = as_(world.coordinator)
    for path in (f"actions/{action.pk}/remove/", f"items/{item.pk}/remove/"):
        client.post(url(meeting, path))
        answer = client.post(url(meeting, path), follow=True)
        assert answer.redirect_chain[0] == (url(meeting), 302)
        assert "has been removed" in text(answer)


def test_who_came_without_an_invitation_drops_no_tick_of_the_page(world, meeting, as_):
    meeting = held(meeting)
    client = as_(world.coordinator)
    row = meeting.people.filter(removed_at=None).first()
    page = client.get(url(meeting, "here/"))
    assert 'name="then" value="guest"' in text(page)
    sent = {"present": [row.pk], "accepted": [row.pk], "then": "guest"}
    answer = client.post(url(meeting, "here/"), sent, follow=True)
    assert answer.redirect_chain == [(url(meeting, "here/add/"), 302)]
    here = MeetingPerson.objects.filter(meeting=meeting, attended=True)
    assert [one.pk for one in here] == [row.pk]


@pytest.mark.parametrize("act", ["guest", "add", "rename", "action", "check"])
def test_words_that_come_once_somebody_else_takes_the_minutes_stay_their_writers(
    world, meeting, as_, act
):
    meeting = held(meeting)
    item = item_of(meeting, "The bus")
    action = agreed(item, owner=meeting.agencies.first())
    path, sent = {
        "guest": ("here/add/", {"name": "PC CANARY"}),
        "add": ("items/add/", {"title": "CANARY"}),
        "rename": (f"items/{item.pk}/name/", {"title": "CANARY"}),
        "action": (f"actions/{action.pk}/", {"what": "CANARY"}),
        "check": ("check/", {"no_actions_why": "CANARY"}),
    }[act]
    minutes.hand_over(taker(meeting), meeting, world.manager, "On leave")
    page = text(as_(world.coordinator).post(url(meeting, path), sent, follow=True))
    assert "handed over to" in page
    assert "CANARY" in page
    assert as_(world.service).post(url(meeting, path), sent).status_code == 403
