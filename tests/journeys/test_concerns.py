"""A concern walked in a browser: raised by keyboard on a phone, taken with one tap, decided."""

import re

import pytest

from referrals.models import Concern
from tests.journeys.walk import console_errors, let_in, look
from tests.referrals.concerns import work_every_day
from tests.world import World

WORDS = "He came with a mark on his neck and said “Dad grabbed me”."


@pytest.fixture
def world(transactional_db):
    made = World()
    work_every_day()
    return made


def press(page, key, until, most):
    """Press ``key`` until the focus is on what ``until`` selects; so often at the most."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("s => document.activeElement.matches(s)", until):
            return
    raise AssertionError(f"{until} is more than {most} presses of {key} away")


def test_a_concern_is_raised_by_keyboard_on_a_phone_taken_and_decided(page_at, world):
    """Rules 001-103 to 001-106."""
    page = page_at(375)
    errors = console_errors(page)
    let_in(page, world.primary)
    page.goto("/concerns/new/")
    look(page, "concern-new")
    press(page, "Tab", "[name=words]", 30)
    page.keyboard.type(WORDS)
    press(page, "Tab", "[name=about]", 2)
    press(page, "Tab", "[name=when]", 1)
    page.keyboard.press("ArrowRight")
    press(page, "Tab", "[name=aware_time]", 2)
    page.keyboard.type("12:01am")
    press(page, "Tab", "[name=raise]", 6)
    page.keyboard.press("Enter")
    page.get_by_text("Raised. Maya Manager is told now.").wait_for()
    concern = Concern.objects.get()
    assert concern.words == WORDS
    look(page, "concern-raised")

    let_in(page, world.manager)
    page.goto("/")
    look(page, "desk-with-a-concern")
    page.get_by_role("button", name=re.compile("I have this")).click()
    page.get_by_text("You have this.", exact=False).first.wait_for()
    page.get_by_role("textbox", name="What was discussed").fill("With Priya, by phone")
    page.get_by_role("radio", name="4").check()
    page.get_by_role("radio", name=re.compile("Refer to children")).check()
    page.get_by_role("button", name=re.compile("Record decision")).click()
    page.get_by_text("Enter the reason", exact=False).first.wait_for()
    assert page.get_by_role("textbox", name="What was discussed").input_value() == (
        "With Priya, by phone"
    )
    look(page, "concern-without-a-reason")
    page.get_by_role("textbox", name="Reason").fill("A mark and his own words")
    page.get_by_role("button", name=re.compile("Record decision")).click()
    page.get_by_text("Recorded. Priya Primary is told.").wait_for()
    look(page, "concern-decided")

    let_in(page, world.primary)
    page.goto(concern.get_absolute_url())
    page.get_by_text("A mark and his own words").first.wait_for()
    assert errors == []


def test_what_was_begun_survives_a_browser_that_is_closed(page_at, world):
    page = page_at()
    let_in(page, world.primary)
    page.goto("/concerns/new/")
    page.get_by_role("textbox", name="What have you seen or heard?").fill(WORDS)
    page.locator("#save-status", has_text="aved").wait_for()
    page.goto("/")
    page.get_by_role("link", name="Go on and raise it").click()
    assert page.get_by_role("textbox", name="What have you seen or heard?").input_value() == WORDS
    page.get_by_role("button", name=re.compile("Somebody is in danger")).click()
    page.get_by_text("Raised. Maya Manager is told now.").wait_for()
    assert Concern.objects.get().is_danger
