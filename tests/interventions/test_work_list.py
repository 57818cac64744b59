"""The lists of short work: what waits for the team manager, what is open, mine and closed."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interventions.models import Answer, Scale, ShortIntervention, WorkState, WorkType
from interventions.work import mine, to_allocate
from interventions.work_list import CLOSED, PAGE, work_of
from schools.models import School
from tests.children import child
from tests.interventions.short_work import agreed, day, plan_with, under_way, work
from tests.world import anew

URL = "/interventions/"
NEXT = re.compile(r'rel="next" href="([^"]+)"')
PREVIOUS = re.compile(r'rel="prev" href="([^"]+)"')


def lines(client, query=""):
    return client.get(f"{URL}{query}").context["listed"].lines


def shown(client, query=""):
    return [line.work for line in lines(client, query)]


def test_the_longest_waiting_stands_first_for_the_manager(world, as_):
    """rule 001-86: the list of the weekly meeting."""
    late = work(world, asked_on=day(40), asked_who="Dora Lead")
    early = work(world, child(world, "Ben"), asked_on=day(50))
    under_way(world, child(world, "Eve"))
    assert shown(as_(world.manager)) == [early, late]
    line = lines(as_(world.manager))[1]
    assert line.who == "Asked by the school: Dora Lead"
    assert line.is_late
    assert "school days" in line.when


def test_a_request_of_today_is_not_late(world, as_):
    work(world, asked_on=day())
    [line] = lines(as_(world.manager))
    assert (line.when, line.is_late) == ("Asked today", False)


def test_no_list_names_a_child_an_adult_or_what_is_hoped_for(world, as_):
    ada = child(world)
    for state in (WorkState.REQUESTED, WorkState.ALLOCATED, WorkState.CLOSED):
        work(
            world,
            ada,
            state=state,
            parent="CANARY-mother",
            hoped_for="CANARY-hoped",
            risks="CANARY-risks",
            level_reason="CANARY-why",
        )
    client = as_(world.manager)
    for show in ("waiting", "open", "mine", "closed"):
        page = client.get(f"{URL}?show={show}").content.decode()
        assert "CANARY" not in page
        assert ada.year_text in page or show == "mine"


def test_each_person_has_the_lists_they_need(world, as_):
    own = under_way(world)
    passed = under_way(world, child(world, "Ben"), child_worker=world.secondary)
    far = under_way(world, child(world, "Eve"), school=world.beech, child_worker=world.primary)
    waiting = work(world, child(world, "Flo"))
    assert set(shown(as_(world.primary))) == {own, far}
    assert set(shown(as_(world.primary), "?show=open")) == {own, passed}
    assert shown(as_(world.primary), "?show=waiting") == [waiting]
    assert set(shown(as_(world.manager), "?show=open")) == {own, passed}
    assert set(shown(as_(world.service), "?show=open")) == {own, passed, far}
    assert shown(as_(world.other_manager)) == []
    assert shown(as_(world.coordinator)) == []


def test_a_list_that_does_not_exist_is_the_first_one(world, as_):
    made = work(world)
    assert shown(as_(world.manager), "?show=everything") == [made]


def test_a_long_list_goes_on_and_back_by_its_edge_and_shows_no_total(world, as_):
    """rule 001-124"""
    made = [work(world, child(world, f"Child{n}"), asked_on=day(200 - n)) for n in range(PAGE + 5)]
    client = as_(world.manager)
    first = client.get(URL)
    assert [line.work for line in first.context["listed"].lines] == made[:PAGE]
    page = first.content.decode()
    assert PREVIOUS.search(page) is None
    onward = unescape(NEXT.search(page)[1])
    second = client.get(f"{URL}{onward}")
    assert [line.work for line in second.context["listed"].lines] == made[PAGE:]
    page = second.content.decode()
    assert NEXT.search(page) is None
    back = client.get(f"{URL}{unescape(PREVIOUS.search(page)[1])}")
    assert [line.work for line in back.context["listed"].lines] == made[:PAGE]


def test_closed_work_stands_with_the_latest_first_and_pages_both_ways(world, as_):
    made = [
        work(world, child(world, f"Child{n}"), state=WorkState.CLOSED, closed_on=day(n))
        for n in range(PAGE + 5)
    ]
    client = as_(world.manager)
    first = client.get(f"{URL}?show=closed")
    assert [line.work for line in first.context["listed"].lines] == made[:PAGE]
    assert PREVIOUS.search(first.content.decode()) is None
    second = client.get(f"{URL}{unescape(NEXT.search(first.content.decode())[1])}")
    assert [line.work for line in second.context["listed"].lines] == made[PAGE:]
    assert NEXT.search(second.content.decode()) is None
    back = client.get(f"{URL}{unescape(PREVIOUS.search(second.content.decode())[1])}")
    assert [line.work for line in back.context["listed"].lines] == made[:PAGE]


def test_a_page_of_closed_work_begins_at_its_edge_by_an_index(world):
    """Design.md 3; however much is closed, one page of it is read."""
    made = work(world, state=WorkState.CLOSED)
    user = anew(world.service)
    with CaptureQueriesContext(connection) as queries:
        work_of(user, CLOSED, after=f"{day(-9).isoformat()}~{made.pk}")
    [sql] = [q["sql"] for q in queries if "ORDER BY" in q["sql"] and "closed_on" in q["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan Backward using intervention_closed" in plan
    assert "Index Cond: (closed_on <=" in plan


@pytest.mark.parametrize("edge", ["x", "2026-01-01~x", "~", "2026-99-99~x"])
def test_an_edge_that_is_nonsense_is_the_first_page(world, as_, edge):
    made = work(world)
    for name in ("after", "before"):
        answer = as_(world.manager).get(URL, {name: edge})
        assert [line.work for line in answer.context["listed"].lines] == [made]


def test_the_list_asks_as_much_for_many_as_for_few(world, as_):
    work(world)
    client = as_(world.manager)
    client.get("/account/")
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for n in range(20):
        work(world, child(world, f"Child{n}"), school=world.elmgate if n % 2 else None)
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) == len(few)


def test_my_work_says_what_comes_next_and_leaves_out_what_is_far_off(world):
    allocated = work(world, child(world, "Ada"), state=WorkState.ALLOCATED)
    due = under_way(world, child(world, "Ben"), review_on=day(2))
    under_way(world, child(world, "Eve"), review_on=timezone.localdate() + timedelta(days=60))
    found = {line.work: line for line in mine(anew(world.primary))}
    assert set(found) == {allocated, due}
    assert found[due].is_late
    assert "The review was due" in found[due].when
    assert mine(anew(world.secondary)) == []


def test_a_list_says_the_same_as_the_page_where_the_family_said_no(world, as_, ada):
    """Rule 003-52: what is left is to end the work, whoever agreed before."""
    refused = work(world, ada, state=WorkState.ALLOCATED, parent="Mary Mother")
    agreed(world, refused, ago=9)
    agreed(world, refused, ago=2, answer=Answer.REFUSED, held_in="")
    withdrawn = under_way(world, child(world, "Ben"))
    withdrawn.consents.update(withdrawn_on=day(1))
    half = work(world, child(world, "Eve"), state=WorkState.ALLOCATED, parent="Jane Adult")
    agreed(world, half, answer=Answer.REFUSED, held_in="", people=half.participants.all()[:1])
    waiting = work(world, child(world, "Flo"), state=WorkState.ALLOCATED)
    client = as_(world.primary)
    said = {line.work: line.when for line in lines(client)}
    assert set(said) == {refused, withdrawn, half, waiting}
    for made in said:
        step = client.get(made.get_absolute_url()).context["step"]
        assert step.words in said[made]
        assert ("The family said no" in said[made]) is (made in (refused, withdrawn))


def test_families_that_said_no_cost_a_list_no_query(world, as_):
    client = as_(world.primary)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{URL}?show=open").status_code == 200
        return len(captured)

    work(world, state=WorkState.ALLOCATED)
    queries()
    few = queries()
    for n in range(6):
        made = work(world, child(world, f"Child{n}"), state=WorkState.ALLOCATED)
        agreed(world, made, answer=Answer.REFUSED, held_in="")
    assert queries() == few


def test_a_worker_without_a_school_finds_the_work_they_do_and_the_plan_they_hold(world, as_, ada):
    """Design.md 4: whoever does the work reads it without holding the school."""
    made = under_way(world, ada, child_worker=world.former, review_on=day(1))
    plan = plan_with(world, ada, lead="dst", holder=world.former)
    client = as_(world.former)
    home = client.get("/").text
    assert 'href="/interventions/"' in home
    assert made.get_absolute_url() in home
    assert plan.get_absolute_url() in client.get("/plans/").text


def test_only_who_has_an_open_school_is_offered_to_ask(world, as_):
    def offered(user):
        return f'href="{URL}new/"' in as_(user).get(URL).text

    assert offered(world.manager)
    assert offered(world.primary)
    assert not offered(world.service)
    School.objects.filter(pk=world.oakfield.pk).update(status="closed", closed_on=day(1))
    assert not offered(world.primary)


def test_the_managers_work_is_what_waits_in_their_hub(world):
    made = work(world)
    work(world, child(world, "Eve", school=world.beech), school=world.beech)
    assert [line.work for line in to_allocate(anew(world.manager))] == [made]
    assert to_allocate(anew(world.primary)) == []
    assert to_allocate(anew(world.service)) == []


def test_who_records_finds_the_lists_in_the_menu(world, as_):
    link = 'href="/interventions/"'
    for user, has_it in ((world.primary, True), (world.service, True), (world.coordinator, False)):
        page = as_(user).get("/account/").content.decode()
        assert (link in page) is has_it, user.name


# --- the lists that requests pick from -----------------------------------------------------------


def test_a_manager_keeps_the_kinds_of_support(world, as_):
    client = as_(world.manager)
    assert (
        client.post(
            f"{URL}types/add/", {"name": "Canary walks", "position": "3", "is_offered": "on"}
        ).url
        == f"{URL}types/"
    )
    kind = WorkType.objects.get(name="Canary walks")
    client.post(f"{URL}types/{kind.pk}/", {"name": "Canary walks", "position": "3"})
    kind.refresh_from_db()
    assert not kind.is_offered
    assert "No longer offered" in client.get(f"{URL}types/").content.decode()
    twice = client.post(f"{URL}types/add/", {"name": "Canary walks", "position": "1"})
    assert "This is on the list already" in twice.content.decode()
    bad = client.post(f"{URL}types/add/", {"name": "", "position": "99999"})
    assert "Enter the name" in bad.content.decode()


def test_an_administrator_words_a_scale(world, as_):
    client = as_(world.administrator)
    data = {
        "name": "Canary scale",
        "position": "0",
        "is_offered": "on",
        "at_0": "Never",
        "at_10": "Always",
    }
    assert client.post(f"{URL}scales/add/", data).url == f"{URL}scales/"
    scale = Scale.objects.get(name="Canary scale")
    assert scale.words == ["Never", *[""] * 9, "Always"]
    page = client.get(f"{URL}scales/{scale.pk}/").content.decode()
    assert "Never" in page
    client.post(f"{URL}scales/{scale.pk}/", {**data, "at_5": "Sometimes"})
    scale.refresh_from_db()
    assert scale.words[5] == "Sometimes"


def test_nobody_else_keeps_the_lists(world, as_):
    for user in (world.primary, world.service):
        assert as_(user).get(f"{URL}types/").status_code == 403
        assert as_(user).post(f"{URL}scales/add/", {"name": "x"}).status_code == 403
    assert as_(world.dsl).get(f"{URL}types/").status_code == 404
    assert ShortIntervention.objects.count() == 0


def test_an_administrator_gets_to_the_lists_of_short_work_from_the_guidance(world, as_):
    client = as_(world.administrator)
    page = client.get("/guidance/").content.decode()
    for address in ("/interventions/types/", "/interventions/scales/"):
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("who", ["primary", "manager", "service", "administrator"])
def test_the_list_leads_to_plans_and_programmes_that_open(world, as_, who):
    client = as_(getattr(world, who))
    answer = client.get(URL)
    assert answer.status_code == 200
    page = answer.content.decode()
    for address in ("/plans/", "/interventions/programmes/"):
        opens = client.get(address).status_code == 200
        assert (f'href="{address}"' in page) is opens
