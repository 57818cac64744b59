"""Children in a consultation, walked in a browser: two siblings by name, and one without."""

import re

import pytest

from consultations.models import Consultation
from drafts.models import Draft
from tests.children import children_of, works_with
from tests.journeys.walk import console_errors, let_in, look
from tests.world import World


@pytest.fixture
def world(transactional_db):
    return World()


@pytest.fixture
def children(world):
    return children_of(world)


def open_form(page, world):
    page.goto(f"/consultations/new/?school={world.oakfield.urn}")
    page.get_by_role("checkbox", name="Dora Lead, DSL").check()
    page.get_by_role("group", name="Key areas").first.get_by_role(
        "checkbox", name="Attendance"
    ).check()
    page.get_by_role("textbox", name="Text to share with the school").fill("We agreed a plan.")


def row(page, number):
    """The part of the child with this number, from 0."""
    return page.locator("[data-rows='children'] > [data-row-item]").nth(number)


def test_a_worker_records_two_siblings_with_the_keyboard(world, page_at, children):
    """One on current work picked from the list, the other found, opened for a reason and added."""
    works_with(world, children.ada)
    page = page_at()
    errors = console_errors(page)
    let_in(page, world.primary)
    open_form(page, world)

    page.get_by_role("button", name="Add a child or a group").press("Enter")
    who = row(page, 0).get_by_label("Who was discussed")
    assert who.evaluate("element => element === document.activeElement")
    who.select_option(label=f"{children.ada.name}, {children.ada.year_text}")
    page.get_by_text("The whole chronology").wait_for()
    row(page, 0).get_by_label("What are we worried about?").fill("Tired on Mondays")
    row(page, 0).get_by_label("Level of need, as you judge it").select_option("4")
    row(page, 0).get_by_text("Level 4: act first.").wait_for()
    row(page, 0).get_by_label("Why this level").fill("Found alone at night")
    look(page, "children-level-4")
    row(page, 0).get_by_label("Level of need, as you judge it").select_option("2")
    row(page, 0).get_by_text("Level 4: act first.").wait_for(state="hidden")

    page.get_by_text("Find a child who is not on the list").click()
    page.get_by_role("textbox", name="Surname").fill(children.ben.surname)
    for label, part in zip(("Day", "Month", "Year"), ("23", "11", "2017"), strict=True):
        page.locator("#find").get_by_label(label, exact=True).fill(part)
    page.locator("#find").get_by_label("Year", exact=True).press("Enter")
    page.get_by_role("radio", name="The school asked for a consultation about them").check()
    look(page, "children-found")
    page.get_by_role("button", name=f"Add {children.ben.name}").click()
    stories = page.locator("[data-child-stories]")
    stories.get_by_role("heading", name=children.ben.name).wait_for()
    row(page, 1).get_by_label("What are we worried about?").fill("Misses his sister")
    assert row(page, 0).get_by_label("What are we worried about?").input_value() == (
        "Tired on Mondays"
    )

    page.get_by_role("textbox", name="What", exact=True).fill("Ring home")
    page.get_by_role("combobox", name="Who", exact=True).select_option(index=1)
    page.get_by_role("combobox", name="About", exact=True).select_option(
        label=f"{children.ben.name}, {children.ben.year_text}"
    )
    page.get_by_text(re.compile("Draft saved")).wait_for()
    look(page, "children-edit")
    page.get_by_role("button", name="Complete and share").click()
    page.get_by_text("Worth another look").wait_for()
    look(page, "children-share")
    page.get_by_role("button", name=re.compile("Complete and share with")).click()
    page.get_by_role("heading", name="Children discussed").wait_for()
    look(page, "children-record")
    held = Consultation.objects.latest("started_at")
    assert {part.pupil for part in held.discussed.all()} == {children.ada, children.ben}
    assert held.actions.get().about.pupil == children.ben
    assert errors == []


def test_a_worker_records_a_child_without_a_name(world, page_at, children):
    works_with(world, children.ada)
    page = page_at()
    errors = console_errors(page)
    let_in(page, world.primary)
    open_form(page, world)
    page.get_by_role("radio", name="No names").check()
    page.get_by_text("Find a child who is not on the list").wait_for(state="hidden")
    page.get_by_role("button", name="Add a child or a group").click()
    row(page, 0).get_by_label("Who was discussed").select_option("unnamed")
    row(page, 0).get_by_label("Year group").select_option("5")
    row(page, 0).get_by_label("What are we worried about?").fill("Loud places")
    page.get_by_text(re.compile("Draft saved")).wait_for()
    look(page, "children-no-names")
    page.reload()
    assert children.ada.surname not in page.content()
    page.get_by_role("button", name="Complete and share").click()
    page.get_by_role("button", name=re.compile("Complete and share with")).click()
    discussed = page.get_by_role("region", name="Children discussed")
    discussed.get_by_role("heading", name="A child without a name, Year 5").wait_for()
    assert Consultation.objects.latest("started_at").naming == "no_names"
    assert errors == []


def test_a_child_who_was_picked_leaves_the_page_when_no_names_are_chosen(world, page_at, children):
    """What was typed stays; with names again, the child is picked again."""
    works_with(world, children.ada)
    page = page_at()
    errors = console_errors(page)
    let_in(page, world.primary)
    open_form(page, world)
    page.get_by_role("button", name="Add a child or a group").click()
    who = row(page, 0).get_by_label("Who was discussed")
    who.select_option(label=f"{children.ada.name}, {children.ada.year_text}")
    page.get_by_text("The whole chronology").wait_for()
    row(page, 0).get_by_label("What are we worried about?").fill("Loud places")
    page.get_by_role("button", name="Add a child or a group").click()
    row(page, 1).get_by_label("Who was discussed").select_option("unnamed")

    page.get_by_role("radio", name="No names").check()
    page.get_by_text("The whole chronology").wait_for(state="hidden")
    main = page.locator("form[data-draft]")
    assert children.ada.surname not in main.inner_html()
    assert str(children.ada.pk) not in main.inner_html()
    for number in (1, 2):
        title = f"A child without a name ({number})"
        row(page, number - 1).get_by_role("heading", name=title).wait_for()
        assert main.locator("[name$='-about'] option", has_text=title).count() > 0
    page.get_by_role("button", name="Add a child or a group").click()
    assert children.ada.surname not in row(page, 2).inner_html()

    page.get_by_role("radio", name="Children may be named").check()
    assert who.input_value() == ""
    assert row(page, 1).get_by_label("Who was discussed").input_value() == "unnamed"
    assert row(page, 0).get_by_role("heading", level=3).inner_text() == "A child"
    assert row(page, 0).get_by_label("What are we worried about?").input_value() == "Loud places"
    for number in (0, 2):
        assert children.ada.surname in row(page, number).get_by_label("Who was").inner_text()
    assert errors == []


def test_the_page_that_asks_for_a_reason_passes_axe(world, page_at, children):
    """rule 001-58"""
    world.completed.discussed.create(subject="pupil", pupil=children.ada, worries="Tired")
    page = page_at()
    let_in(page, world.primary)
    page.goto(f"/consultations/{world.completed.pk}/")
    look(page, "children-held-back")
    page.get_by_role("radio", name="Covering for a colleague, or on duty").check()
    page.get_by_role("button", name="Open the consultation").click()
    page.get_by_role("heading", name="Children discussed").wait_for()


def test_a_draft_that_says_nothing_of_its_limits_takes_a_child_without_being_sent(world, page_at):
    page = page_at()
    let_in(page, world.primary)
    open_form(page, world)
    page.get_by_text(re.compile("Draft saved")).wait_for()
    draft = Draft.objects.latest("saved_at")
    draft.data = {name: kept for name, kept in draft.data.items() if "MAX_NUM" not in name}
    draft.save()
    page.goto(f"/consultations/{draft.target_id}/edit/")
    opened = page.url
    page.get_by_role("button", name="Add a child or a group").click()
    row(page, 0).get_by_label("Who was discussed").wait_for()
    assert page.url == opened


def test_a_childs_page_passes_axe_and_its_dates_stand_in_one_line(world, page_at, children):
    """Links under one another can be hit; what stands out does so in the margin."""
    works_with(world, children.ada)
    works_with(world, children.ben)
    held = world.completed
    held.discussed.create(subject="pupil", pupil=children.ada, is_significant=True, headline="Home")
    page = page_at()
    let_in(page, world.primary)
    page.goto(f"/pupils/{children.ada.pk}/")
    look(page, "child")
    dates = page.locator(".lb-chron__when")
    assert page.locator(".is-significant").count() > 0
    assert len({round(date.bounding_box()["x"]) for date in dates.all()}) == 1
    heading = page.get_by_role("heading", name="Chronology").bounding_box()
    assert round(dates.first.bounding_box()["x"]) == round(heading["x"])


def test_an_administrator_keeps_guidance(world, page_at):
    """rule 001-27"""
    page = page_at()
    let_in(page, world.administrator)
    page.goto("/guidance/add/")
    page.get_by_label("Key area").select_option("neglect")
    page.get_by_label("Title").fill("Neglect toolkit")
    page.get_by_label("Link", exact=True).fill("https://example.org/neglect")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Neglect toolkit (opens in a new tab)").wait_for()
    look(page, "guidance")
    page.goto("/vulnerabilities/")
    look(page, "vulnerabilities")
