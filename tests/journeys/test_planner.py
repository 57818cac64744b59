"""The planner, walked in a browser: plan a hub, pin a pair, plan again, apply."""

import re

import pytest

from linkworkers import services, tasks
from linkworkers.models import AllocationPlan
from tests.journeys.walk import console_errors, let_in, look
from tests.world import World


@pytest.fixture
def world(transactional_db):
    world = World()
    world.coast.name = "Crawley"
    world.coast.save()
    return world


@pytest.fixture
def planned(monkeypatch):
    """``planned(page)``: the page waits for a plan, a worker finds it, and the page shows it."""
    asked = []
    monkeypatch.setattr(tasks.solve_plan, "delay", asked.append)

    def wait_for(page):
        page.get_by_text("The planner compares every way").wait_for()
        services.solve(asked.pop())
        page.get_by_role("heading", name="Moves, and why").wait_for()

    return wait_for


def test_a_manager_plans_a_hub_pins_a_pair_and_applies_what_is_proposed(world, page_at, planned):
    """rules 001-47, 001-48, 001-50 and 001-52"""
    page = page_at()
    errors = console_errors(page)
    let_in(page, world.manager)
    page.goto("/allocations/plan/?hub=coast")
    page.get_by_role("heading", name="Plan Crawley").wait_for()
    look(page, "plan-new")
    page.get_by_role("button", name="Plan this hub").click()
    planned(page)
    look(page, "plan")

    gap = page.get_by_role("row", name=re.compile("^Elmgate School Secondary"))
    taker = gap.locator("strong").inner_text()
    gap.get_by_role("radio", name="Pin").check()
    page.get_by_role("button", name="Plan again").click()
    planned(page)
    gap = page.get_by_role("row", name=re.compile("^Elmgate School Secondary"))
    assert gap.locator("strong").inner_text() == taker
    assert "Pinned by Maya Manager." in gap.inner_text()

    page.get_by_label("Agreed at").fill("Hub meeting, 20 November")
    page.get_by_role("button", name="Apply these moves").click()
    page.get_by_text("The moves have been made").wait_for()
    page.goto("/allocations/?hub=coast")
    row = page.get_by_role("row", name=re.compile("Elmgate School"))
    assert taker in row.inner_text()
    held = world.elmgate.allocations.live().get(kind="secondary")
    assert (str(held.link_worker), held.agreed_at_meeting) == (taker, "Hub meeting, 20 November")
    assert errors == []


def test_a_link_worker_plans_nothing_and_reads_no_plan(world, page_at):
    """rule 001-50"""
    plan = AllocationPlan.objects.create(hub=world.coast, asked_by=world.manager)
    page = page_at()
    let_in(page, world.primary)
    assert page.goto("/allocations/plan/?hub=coast").status == 403
    assert page.goto(f"/allocations/plan/{plan.pk}/").status == 404
    assert page.goto("/allocations/").status == 403
