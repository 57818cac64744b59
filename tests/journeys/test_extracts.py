"""A note about two children, kept on each child's own record, walked in a browser."""

import re

import pytest

from tests.children import children_of
from tests.consultations.about_children import part_about
from tests.journeys.walk import console_errors, let_in, look
from tests.world import World


@pytest.fixture
def world(transactional_db):
    return World()


def test_a_safeguarding_lead_stores_each_child_s_extract_and_then_the_note(world, page_at):
    """rules 001-114 and 001-118"""
    children = children_of(world)
    for pupil, text in ((children.ada, "Comes in late."), (children.ben, "Tired on Mondays.")):
        part_about(world.shared, pupil, shared_text=text)
    page = page_at()
    errors = console_errors(page)
    let_in(page, world.dsl)
    page.goto(f"/shared/{world.shared.pk}/")
    look(page, "shared-note-children")
    with page.expect_download() as download:
        page.get_by_role("link", name=f"PDF about {children.ada.name}").click()
    name = download.value.suggested_filename
    assert re.fullmatch(r"early-help-consultation-extract-[0-9-]{10}\.pdf", name)
    page.get_by_role("link", name=f"Text to copy about {children.ada.name}").click()
    look(page, "extract")
    assert "Comes in late." in page.locator("#text").inner_text()
    assert "Tired" not in page.content()
    page.get_by_role("button", name="Stored on the child’s record").click()
    page.get_by_role("button", name=f"Stored on the record of {children.ben.name}").click()
    page.get_by_text("Is the whole note stored too? Then say so below.").wait_for()
    page.get_by_role("button", name="Whole note stored in our system").click()
    page.get_by_text("Stored on").wait_for()
    assert errors == []
