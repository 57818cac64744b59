"""Early Help Plans where schools are shared out: in the comparison, in loads, in suggestions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions.models import EarlyHelpPlan, Lead
from linkworkers import planning, services, tasks
from linkworkers.load import PLAN_HELD, loads_of
from linkworkers.models import AllocationPlan
from overview.plans import open_plans
from schools.models import School
from tests.interventions.short_work import day

BOARD = "/allocations/"


def held(world, number, holder=None, **fields):
    """So many plans at Oakfield, held by the primary worker unless told by whom."""
    of_oakfield(world, number, lead=Lead.DST, holder=holder or world.primary, **fields)


def of_oakfield(world, number, *, lead=Lead.SCHOOL, **fields):
    """So many plans at Oakfield, which leads them itself unless told otherwise."""
    EarlyHelpPlan.objects.bulk_create(
        EarlyHelpPlan(
            school=world.oakfield,
            hub=world.coast,
            lead=lead,
            starts_on=day(30),
            recorded_by=world.manager,
            **fields,
        )
        for _ in range(number)
    )


def load_of(world, user, plans_held):
    loads = loads_of([world.coast], plans_held)
    return loads.carried[user.link_worker.pk]


def test_a_plan_that_somebody_holds_is_part_of_what_they_carry(world):
    """Rules 001-52 and 001-84."""
    before = load_of(world, world.primary, {})
    assert load_of(world, world.primary, {world.primary.pk: 2}) == before + 2 * PLAN_HELD
    assert load_of(world, world.secondary, {world.primary.pk: 2}) == load_of(
        world, world.secondary, {}
    )


def test_the_comparison_shows_the_plans_that_each_holds(world, as_):
    """Rules 001-50 and 001-84."""
    held(world, 2)
    held(world, 1, ends_on=day())
    html = as_(world.manager).get("/allocations/900002/?kind=secondary").content.decode()
    assert "Early Help Plans held" in html
    comparison = as_(world.manager).get("/allocations/900002/").context["comparison"]
    plans = {str(c.link_worker): c.plans for c in comparison.candidates}
    assert (plans["Priya Primary"], plans["Sam Secondary"]) == (2, 0)


def test_the_board_shows_the_plans_in_what_each_carries(world, as_):
    held(world, 2)
    assert "2 Early Help Plans</small>" in as_(world.manager).get(BOARD).content.decode()


def test_the_planner_weighs_the_plans_that_people_hold(world, as_, monkeypatch):
    """Rules 001-52 and 001-84: as they stood when the plan was asked for."""
    monkeypatch.setattr(tasks.solve_plan, "delay", lambda pk: None)
    held(world, 4)
    wishes = {**planning.DEFAULT_WISHES["weights"], "managers": "some"}
    answer = as_(world.manager).post("/allocations/plan/?hub=coast", wishes)
    assert answer.status_code == 302
    asked = AllocationPlan.objects.select_related("hub", "asked_by").get()
    elsewhere = {worker.key: worker.elsewhere for worker in planning.read(asked).problem.workers}
    assert elsewhere[world.primary.link_worker.pk] == 4 * PLAN_HELD
    assert elsewhere[world.secondary.link_worker.pk] == 0


def test_a_plan_asked_for_without_knowing_of_any_is_found_as_well(world):
    made = services.plan(world.manager, world.coast, planning.DEFAULT_WISHES)
    assert made.plans_held == {}


@pytest.mark.parametrize("path", [BOARD, "/allocations/900002/", "/allocations/move/"])
def test_plans_cost_one_query_however_many_there_are(world, as_, path):
    client = as_(world.manager)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    queries()
    few = queries()
    held(world, 20)
    held(world, 20, holder=world.secondary)
    assert queries() == few


def test_the_plans_of_a_school_are_known_once_one_of_its_hub_is_on_record(world):
    """Rule 001-54: where nothing is known of plans, none of them is a reason."""

    def known():
        schools = School.objects.annotate(open_plans=open_plans())
        return dict(schools.values_list("name", "open_plans"))

    assert set(known().values()) == {None}
    of_oakfield(world, 3)
    held(world, 1, ends_on=day())
    found = known()
    assert found["Oakfield Primary School"] == 3
    assert found["Elmgate School"] == 0
    assert found["Beechcroft Junior School"] is None


def test_a_school_with_many_plans_is_suggested_for_enhanced_support(world, as_):
    """Rule 001-54."""
    of_oakfield(world, 8)
    html = as_(world.manager).get("/enhanced-support/").content.decode()
    assert "8 Early Help Plans" in html
    assert "no Early Help Plan" in html
