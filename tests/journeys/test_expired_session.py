"""A sign-in that ends while somebody types costs them not a word (security.md F-20)."""

import re

import pytest
from playwright.sync_api import expect

from drafts.models import UnsavedForm
from linkworkers.models import Crisis
from tests.journeys.test_drafts import end_session, idle_for
from tests.journeys.walk import let_in, look, sign_in
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

HAPPENED = "A parent came to the gate.\nThe school rang 999. " + "And so on. " * 150


@pytest.fixture
def typing(page_at, world):
    """The form of a crisis at Oakfield, filled in and not yet sent, by its link worker."""
    page = page_at()
    let_in(page, world.primary)
    fill_in(page, world.oakfield)
    return page


def fill_in(page, school):
    page.goto(f"/schools/{school.urn}/crisis/")
    page.locator("[name=what_happened]").fill(HAPPENED)
    page.locator("[name=happened_on]").fill("today")
    page.locator("[name=happened_time]").fill("0:00")


def send(page):
    page.locator("main form[method=post] button[type=submit]").click()


def text_of(crisis):
    return crisis.what_happened.replace("\r\n", "\n")


def expect_saved(page):
    expect(page).not_to_have_url(re.compile("/crisis/$"))
    assert text_of(Crisis.objects.get()) == HAPPENED.strip()


def test_the_page_stays_and_is_sent_after_signing_in_in_a_new_tab(typing, world):
    end_session(typing)
    send(typing)
    ended = typing.get_by_role("dialog", name="You have been signed out")
    expect(ended).to_contain_text("What you typed is still on this page and was not sent.")
    look(typing, "signed-out-while-typing")
    with typing.context.expect_page() as opened:
        ended.get_by_role("link", name="Sign in in a new tab").click()
    sign_in(opened.value, world.primary)
    expect(ended).to_be_hidden(timeout=15_000)
    assert typing.locator("[name=what_happened]").input_value() == HAPPENED
    send(typing)
    expect_saved(typing)


def test_a_page_is_sent_by_who_signed_in_again_elsewhere_without_a_word_about_it(typing, world):
    end_session(typing)
    sign_in(typing.context.new_page(), world.primary)
    send(typing)
    expect_saved(typing)


def test_text_is_not_sent_under_the_name_of_who_signed_in_since(typing, world):
    end_session(typing)
    sign_in(typing.context.new_page(), world.secondary)
    send(typing)
    other = typing.get_by_role("dialog", name="Somebody else is signed in")
    other.get_by_role("button", name="Close").click()
    assert typing.locator("[name=what_happened]").input_value() == HAPPENED
    assert not Crisis.objects.exists()


def test_a_page_stays_while_the_service_is_out_of_reach(typing, world):
    typing.clock.install()
    fill_in(typing, world.oakfield)
    typing.context.set_offline(True)
    send(typing)
    away = typing.get_by_role("dialog", name="We cannot reach the service")
    away.get_by_role("button", name="Close").click()
    typing.context.set_offline(False)
    # Until then the button takes a second press for a double click.
    typing.clock.fast_forward("00:02")
    send(typing)
    expect_saved(typing)


def test_without_a_script_it_is_kept_and_shown_after_signing_in(chromium, live_server, world):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    let_in(page, world.primary)
    fill_in(page, world.oakfield)
    idle_for(world.primary, 31)
    send(page)
    expect(page.locator("main")).to_contain_text("What you sent has been kept.")
    page.get_by_label("Email address").fill(world.primary.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What you sent has not been saved")
    expect(page.locator("main")).to_contain_text("A parent came to the gate.")
    page.get_by_role("button", name="Save it now").click()
    expect_saved(page)
    assert not UnsavedForm.objects.exists()
    context.close()


def test_a_form_that_outran_the_script_is_kept_and_may_be_thrown_away(typing, world):
    idle_for(world.primary, 31)
    typing.locator("main form").evaluate("form => form.submit()")
    expect(typing.locator("main")).to_contain_text("What you sent has been kept.")
    sign_in(typing, world.primary)
    expect(typing.locator("main")).to_contain_text("A parent came to the gate.")
    look(typing, "unsaved-form")
    typing.get_by_role("button", name="Do not save it").click()
    expect(typing.locator("main")).to_contain_text("It was not saved")
    assert not UnsavedForm.objects.exists()
    assert not Crisis.objects.exists()
