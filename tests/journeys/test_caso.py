"""A CASO meeting over two schools, three children and five agencies, from its date to the next."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from notifications.models import Message
from panels.models import Distribution, Meeting, MeetingState, MinutedAction
from tests.journeys.walk import console_errors, let_in, look
from tests.panels.distribution import (
    AT_BEECH,
    AT_OAKFIELD,
    NAMES,
    READ_BY,
    Prepared,
    code_to,
    opened,
    paths_to,
    texts_in,
)
from tests.panels.meetings import begun, school_day
from tests.panels.minutes import again, item_of
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
TEXT, STATUS = "#id_discussion", "#save-status"
POLICE = "police@example.org"
TYPED = "Patrol passes the stop twice a week"


@pytest.fixture
def made(transactional_db):
    cache.clear()
    return Prepared(World())


def test_a_themed_meeting_is_called_minuted_sent_followed_up_and_goes_on_in_the_next(made, page_at):
    """Rules 000-14 to 000-18: one meeting, and to each recipient what is for them alone."""
    page = page_at()
    errors = console_errors(page)
    let_in(page, made.world.coordinator)
    call(made, page)
    made.meeting = begun(made.meeting)
    made.hold()
    made.write()
    take_notes(made, page)
    preview_and_send(made, page)
    tick_off_by_a_code(made, page, page_at)
    read_as_the_schools(made, page_at)
    read_as_the_other_agencies(made)
    correct(made, page)
    open_the_next(made, page)
    # The browser reports the answer that the page expects of a stale save.
    assert [one for one in errors if "409" not in one] == []


def call(made, page):
    """A date is set, and everybody gets an invitation that names no child."""
    page.goto(made.meeting.get_absolute_url())
    page.get_by_role("button", name="Set the date and invite").click()
    page.get_by_label("Date", exact=True).fill(f"{school_day():%-d %B %Y}")
    page.get_by_label("Time").fill("2pm")
    page.get_by_label("Place").fill("The old library")
    page.get_by_role("button", name="Send the invitations").click()
    expect(page.get_by_text("Called", exact=True)).to_be_visible()
    look(page, "caso-called")
    sent = Message.objects.filter(about_id=str(made.meeting.pk))
    assert sent.count() == made.meeting.people.count() + len(NAMES)
    names = [row.pupil.surname for row in made.child.values()]
    assert not [one for one in sent if any(name in one.subject + one.body for name in names)]


def take_notes(made, page):
    """By the keyboard alone: note, action, who may see it; nothing typed elsewhere is lost."""
    item = item_of(made.meeting, "Approached after school")
    here = f"/meetings/{made.meeting.pk}/minutes/items/{item.pk}/"
    page.goto(here)
    expect(page.locator(TEXT)).to_be_focused()
    page.keyboard.press("Alt+Digit2")
    page.keyboard.type("patrol passes the stop twice a week")
    expect(page.locator(TEXT)).to_have_value("Police: patrol passes the stop twice a week")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#id_new-what")).to_have_value(TYPED)
    expect(page.locator("#id_new-owner option:checked")).to_contain_text("Police")
    expect(page.locator("#id_new-due_on")).to_be_focused()
    page.keyboard.type("23 Nov 2099")
    look(page, "minutes-item")
    page.keyboard.press("Enter")
    expect(page.locator(".lb-todo")).to_contain_text("By 23 November 2099")
    expect(page.locator("#id_new-what")).to_be_focused()
    assert MinutedAction.objects.get(item=item).agency.agency.name == "Police"

    police = page.get_by_role("checkbox", name="Police")
    police.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="Only these:")).to_be_checked()
    page.keyboard.press("Control+s")
    expect(page.locator(STATUS)).to_contain_text("saved")
    other = page.context.new_page()
    other.goto(here)
    expect(other.get_by_role("checkbox", name="Police")).to_be_checked()
    other.locator(TEXT).press("Control+End")
    other.keyboard.type(" at three")
    other.keyboard.press("Control+s")
    expect(other.locator(STATUS)).to_contain_text("Draft saved")
    other.close()
    page.locator(TEXT).press("Control+End")
    page.keyboard.type(" at four")
    page.keyboard.press("Control+s")
    expect(page.locator(STATUS)).to_contain_text("changed in another tab")
    page.get_by_role("button", name="Keep what is on this page").click()
    expect(page.locator(STATUS)).to_contain_text("Draft saved")

    page.locator(TEXT).press("Alt+ArrowDown")
    expect(page.get_by_role("heading", name=re.compile("Next meeting"))).to_be_visible()
    item.refresh_from_db()
    assert item.discussion.endswith("a week at four")
    # The script shows it once it listens to the keys.
    expect(page.locator("[data-make-action]")).to_be_visible()
    page.locator(TEXT).press("Alt+ArrowDown")
    expect(page.get_by_role("heading", name="Check and make the minutes final")).to_be_visible()
    look(page, "minutes-check")


def preview_and_send(made, page):
    """Each copy is shown as its reader will see it, then all of them are sent."""
    page.get_by_role("link", name="See each copy").click()
    readers = {f"agency-{made.agency[name].pk}": READ_BY[name] for name in NAMES}
    readers[f"school-{made.world.oakfield.pk}"] = AT_OAKFIELD
    readers[f"school-{made.world.beech.pk}"] = AT_BEECH
    for key, expected in readers.items():
        page.goto(f"/meetings/{made.meeting.pk}/copies/{key}/")
        shown = page.locator(".lb-paper").inner_text()
        assert texts_in(shown) == expected, key
        assert (TYPED in shown) == (key == f"agency-{made.agency['Police'].pk}"), key
    look(page, "minutes-copies")
    page.get_by_label("Full minutes follow on").fill("today")
    page.get_by_role("button", name="Finalise and send actions now").click()
    expect(page.get_by_role("heading", name="Who has the minutes")).to_be_visible()
    look(page, "minutes-sent")
    made.meeting = again(made.meeting)
    assert made.meeting.state == MeetingState.FINALISED


def tick_off_by_a_code(made, page, page_at):
    """On a phone, without an account, and with nothing left in the browser."""
    phone = page_at(375)
    errors = console_errors(phone)
    phone.goto(paths_to(POLICE)[0])
    look(phone, "partner-address")
    phone.get_by_label("The email address that the message came to").fill(POLICE)
    phone.get_by_role("button", name="Send me a code").click()
    expect(phone.get_by_role("heading", name="Enter the code")).to_be_visible()
    look(phone, "partner-code")
    phone.get_by_label("The code of 6 digits").fill(code_to(POLICE))
    phone.get_by_role("button", name="Open").click()
    expect(phone.get_by_role("heading", name="Your actions")).to_be_visible()
    assert texts_in(phone.locator("main").inner_text()) == READ_BY["Police"]
    phone.get_by_label("Say how it stands").first.fill("Twice so far")
    phone.get_by_role("button", name="Send this").first.click()
    expect(phone.get_by_text("Twice so far")).to_be_visible()
    phone.get_by_role("button", name="This is done").first.click()
    expect(phone.get_by_text("Done on")).to_be_visible()
    look(phone, "partner-copy")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Download as a PDF").click()
    assert download.value.suggested_filename.startswith("minutes-m-")
    kept = phone.evaluate("[localStorage.length, sessionStorage.length]")
    assert kept == [0, 0]
    assert errors == []

    page.reload()
    opened_by = page.get_by_role("listitem").filter(has_text="Police duty desk, Police")
    expect(opened_by.get_by_text("Opened ")).to_be_visible()
    made.patrol.refresh_from_db()
    assert made.patrol.action.done_by_name == "Police duty desk, Police"
    assert Distribution.objects.filter(opened_at__isnull=False).count() == 1


def read_as_the_schools(made, page_at):
    """Each lead reads the school's own copy, and of no child of the other school."""
    leads = {made.world.dsl: AT_OAKFIELD, made.world.other_dsl: AT_BEECH}
    for lead, expected in leads.items():
        page = page_at()
        let_in(page, lead)
        page.goto(f"/shared/meetings/{made.meeting.pk}/")
        page.get_by_role("link", name="Read what was sent to you").click()
        assert texts_in(page.locator("main").inner_text()) == expected, lead.email
        if lead == made.world.dsl:
            look(page, "minutes-school")


def read_as_the_other_agencies(made):
    """By their links and codes, each reads what the preview showed."""
    for name in NAMES:
        address = made.contact[name].email
        if address == POLICE:
            continue
        client, path = opened(address)
        assert texts_in(client.get(path).text) == READ_BY[name], name


def correct(made, page):
    """What was sent stays as it was; the next version says what changed."""
    page.goto(f"/meetings/{made.meeting.pk}/minutes/1/")
    page.get_by_role("button", name="Correct the minutes").click()
    page.goto(f"/meetings/{made.meeting.pk}/minutes/check/")
    page.get_by_label("What changed").fill("A time was wrong")
    page.get_by_role("button", name="Make the minutes final").press("Enter")
    expect(page.get_by_text("The minutes are final.")).to_be_visible()
    look(page, "minutes-final")
    assert Meeting.objects.get(pk=made.meeting.pk).state == MeetingState.FINALISED


def open_the_next(made, page):
    """The next meeting's agenda begins with what is still open, and with nothing that is done."""
    page.goto(made.meeting.get_absolute_url())
    page.get_by_role("link", name="Prepare the next meeting from this one").click()
    page.get_by_label("Several children, or a theme").check()
    page.get_by_role("button", name="Prepare the meeting").click()
    expect(page.get_by_text("The meeting is being prepared")).to_be_visible()
    page.get_by_role("button", name="Write the agenda").click()
    page.get_by_role("button", name="Begin the agenda").click()
    page.locator(".lb-agenda button", has_text="Last actions").click()
    still_open = page.locator(".lb-todo")
    expect(still_open.filter(has_text=made.call.what)).to_be_visible()
    expect(still_open.filter(has_text=TYPED)).to_be_visible()
    expect(still_open.filter(has_text=made.patrol.what)).to_have_count(0)
    following = Meeting.objects.get(previous=made.meeting)
    assert following.agencies.count() == len(NAMES)
