"""The main job, walked in a browser: record, complete, share, read, store, reply."""

import re

import pytest

from consultations.models import Consultation
from tests.journeys.walk import (
    console_errors,
    let_in,
    look,
    sign_in,
    sign_out,
)
from tests.world import World


@pytest.fixture
def world(transactional_db):
    return World()


def test_a_manager_allocates_a_school_and_its_worker_finds_it(world, page_at):
    """rules 001-47 and 001-50"""
    page = page_at()
    let_in(page, world.other_manager)
    page.goto("/")
    look(page, "my-work-manager")
    page.goto("/allocations/")
    look(page, "allocations")
    page.goto(f"/allocations/{world.larkmead.urn}/")
    page.get_by_role("radio", name="Farah Farhub").check()
    look(page, "allocate")
    page.get_by_role("button", name="Allocate").click()
    page.get_by_text("Farah Farhub").first.wait_for()
    sign_out(page)
    let_in(page, world.far_worker)
    page.goto("/")
    page.get_by_role("link", name="Larkmead College").first.wait_for()
    page.goto(f"/consultations/new/?school={world.larkmead.urn}")
    page.get_by_role("heading", name="Early help consultation").wait_for()


def test_to_the_wrong_person_the_school_page_shows_register_facts_only(world, page_at):
    for user in (world.far_worker, world.administrator):
        page = page_at()
        let_in(page, user)
        page.goto(f"/schools/{world.oakfield.urn}/")
        page.get_by_role("heading", name="Oakfield Primary School").wait_for()
        assert "CANARY" not in page.content()
        assert page.goto(f"/consultations/{world.shared.pk}/").status == 404
        assert page.goto(f"/shared/{world.shared.pk}/").status == 404


def test_a_link_worker_records_and_shares_and_the_school_stores_and_replies(world, page_at):
    page = page_at()
    errors = console_errors(page)
    page.goto("/sign-in/")
    look(page, "sign-in")
    sign_in(page, world.primary)
    look(page, "my-work-link-worker")

    page.goto(f"/schools/{world.oakfield.urn}/")
    look(page, "school-link-worker")
    page.get_by_role("button", name="Record a consultation").first.click()
    page.get_by_role("checkbox", name="Dora Lead, DSL").check()
    page.get_by_role("checkbox", name="Attendance").check()
    page.get_by_role("textbox", name="Notes on attendance").fill(
        "Lowest in Year 5 since half-term."
    )
    page.get_by_role("textbox", name="Text to share with the school").fill(
        "We agreed a later start for one pupil."
    )
    page.get_by_role("textbox", name="News you gave the school").fill(
        "The drop-in moves to Tuesdays."
    )
    page.get_by_role("textbox", name="What", exact=True).first.fill("Send the guidance")
    page.get_by_role("combobox", name="Who", exact=True).first.select_option(
        label="Priya Primary (you)"
    )
    page.get_by_role("textbox", name="By", exact=True).first.fill("11 December")
    page.get_by_role("textbox", name="Internal notes").fill("Ask Maya about Mondays.")
    page.get_by_text(re.compile("Draft saved")).wait_for()
    look(page, "consultation-edit")

    page.get_by_role("button", name="Complete and share").click()
    page.get_by_role("heading", name="Who gets this note").wait_for()
    look(page, "consultation-share")
    page.get_by_role("button", name=re.compile("Complete and share with")).click()
    page.wait_for_url(re.compile(r"/consultations/[\w-]{36}/$"))
    look(page, "consultation")
    held = Consultation.objects.latest("started_at")
    assert held.is_shared
    sign_out(page)

    sign_in(page, world.dsl)
    page.goto("/shared/")
    look(page, "shared")
    page.goto(f"/shared/{held.pk}/")
    assert "Ask Maya about Mondays." not in page.content()
    look(page, "shared-note")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    assert download.value.suggested_filename.startswith("early-help-consultation-")
    page.get_by_role("button", name="Stored in our system").click()
    page.get_by_text(re.compile("Stored on .* by Dora Lead")).wait_for()
    page.get_by_role("textbox", name="Your reply").fill("Thank you, tutor told.")
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text("Thank you, tutor told.").wait_for()
    look(page, "shared-note-stored")
    sign_out(page)

    let_in(page, world.primary)
    page.goto(f"/consultations/{held.pk}/")
    assert "Thank you, tutor told." in page.content()
    assert errors == []


def test_the_urgent_page_needs_no_sign_in(page_at):
    """rules 001-100 and 001-103"""
    page = page_at()
    page.goto("/urgent/")
    assert page.get_by_role("link", name=re.compile("Call 999")).get_attribute("href") == "tel:999"
    look(page, "urgent")


@pytest.mark.parametrize("address", ["/help/", "/privacy/", "/accessibility/", "/no-such-page/"])
def test_the_standing_pages_pass_axe(world, page_at, address):
    page = page_at()
    let_in(page, world.primary)
    page.goto(address)
    look(page, address.strip("/"))
