"""Note-taking in a meeting, by the keyboard, from the agenda to final minutes."""

import re

import pytest
from playwright.sync_api import expect

from panels.models import AgendaItem, Meeting, MeetingState, MinutedAction
from tests.children import children_of
from tests.journeys.walk import console_errors, let_in, look
from tests.panels.meetings import themed
from tests.panels.minutes import held, item_of
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
TEXT, STATUS = "#id_discussion", "#save-status"


@pytest.fixture
def world(transactional_db):
    return World()


@pytest.fixture
def meeting(world):
    """A meeting over two schools that is held, with an agenda of five items."""
    found = children_of(world)
    meeting = held(themed(world, found.ada, found.cleo))
    item_of(meeting, "Approached after school")
    return meeting


def test_a_coordinator_takes_notes_without_leaving_the_keyboard(world, meeting, page_at):
    """Rules 000-14 and 000-17: note, action, who may see it, checks, final."""
    page = page_at()
    errors = console_errors(page)
    let_in(page, world.coordinator)
    item = AgendaItem.objects.get(title="Approached after school")
    here = f"/meetings/{meeting.pk}/minutes/items/{item.pk}/"
    page.goto(here)
    expect(page.locator(TEXT)).to_be_focused()

    page.keyboard.press("Alt+Digit1")
    page.keyboard.type("patrol passes the stop twice a week")
    expect(page.locator(TEXT)).to_have_value("Police: patrol passes the stop twice a week")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#id_new-what")).to_have_value("Patrol passes the stop twice a week")
    expect(page.locator("#id_new-owner option:checked")).to_contain_text("Police")
    expect(page.locator("#id_new-due_on")).to_be_focused()
    page.keyboard.type("23 Nov 2099")
    look(page, "minutes-item")
    page.keyboard.press("Enter")
    expect(page.locator(".lb-todo")).to_contain_text("By 23 November 2099")
    expect(page.locator("#id_new-what")).to_be_focused()
    assert MinutedAction.objects.get().agency.agency.name == "Police"

    police = page.get_by_role("checkbox", name="Police")
    police.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="Only")).to_be_checked()
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
    page.locator(TEXT).press("Alt+ArrowDown")
    expect(page.get_by_role("heading", name="Check and make the minutes final")).to_be_visible()
    look(page, "minutes-check")
    page.get_by_role("button", name="Make the minutes final").press("Enter")
    expect(page.get_by_text("The minutes are final.")).to_be_visible()
    look(page, "minutes-final")
    assert Meeting.objects.get(pk=meeting.pk).state == MeetingState.FINALISED
    # The browser reports the answer that the page expects of a stale save.
    assert [one for one in errors if "409" not in one] == []
