"""A partner reads their copy on a phone and ticks off what they took on, without an account."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from panels.models import Distribution
from tests.journeys.walk import console_errors, let_in, look
from tests.panels.distribution import READ_BY, Themed, code_to, paths_to, texts_in
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
POLICE = "police@example.org"


@pytest.fixture
def made(transactional_db):
    cache.clear()
    return Themed(World())


def test_minutes_are_previewed_sent_opened_by_a_code_and_ticked_off(made, page_at):
    """rule 000-18: from the coordinator's preview to the partner's phone."""
    page = page_at()
    errors = console_errors(page)
    let_in(page, made.world.coordinator)
    page.goto(f"/meetings/{made.meeting.pk}/copies/agency-{made.agency['Police'].pk}/")
    assert texts_in(page.locator(".lb-paper").inner_text()) == READ_BY["Police"]
    look(page, "minutes-copies")
    page.get_by_label("Full minutes follow on").fill("today")
    page.get_by_role("button", name="Finalise and send actions now").click()
    expect(page.get_by_role("heading", name="Who has the minutes")).to_be_visible()
    look(page, "minutes-sent")

    phone = page_at(375)
    errors_there = console_errors(phone)
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
    phone.get_by_label("Say how it stands").fill("Twice so far")
    phone.get_by_role("button", name="Send this").click()
    expect(phone.get_by_text("Twice so far")).to_be_visible()
    phone.get_by_role("button", name="This is done").click()
    expect(phone.get_by_text("Done on")).to_be_visible()
    look(phone, "partner-copy")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Download as a PDF").click()
    assert download.value.suggested_filename.startswith("minutes-m-")
    kept = phone.evaluate("[localStorage.length, sessionStorage.length]")
    assert kept == [0, 0]

    page.reload()
    opened = page.get_by_role("listitem").filter(has_text="Police duty desk, Police")
    expect(opened.get_by_text("Opened ")).to_be_visible()
    made.patrol.refresh_from_db()
    assert made.patrol.action.done_by_name == "Police duty desk, Police"
    assert Distribution.objects.filter(opened_at__isnull=False).count() == 1
    assert errors == errors_there == []
