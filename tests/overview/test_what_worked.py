"""What worked and what did not, in numbers that are each of one measure."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.utils import timezone

from audit.models import Access
from consultations.models import Area
from interventions.models import (
    Measure,
    Programme,
    ProgrammeCase,
    Scale,
    ShortIntervention,
    WorkType,
)
from overview import what_worked
from schools.models import OwnChildConflict
from schools.years import last_day_of, school_year_of
from tests.children import child
from tests.interventions.short_work import day, work

pytestmark = pytest.mark.django_db

_serial = count(1)
PAGE = "/what-worked/"


def ended(world, *, school=None, ago=10, **fields):
    """Work that ended so many days ago, with a child of its own."""
    pupil = child(world, f"Child{next(_serial)}", school=school)
    fields = {"asked_on": day(ago + 60), "closed_on": day(ago), **fields}
    return work(world, pupil, school=school, state="closed", **fields)


def year_over():
    """How many days ago a day in June was, of the last school year that is over."""
    today = timezone.localdate()
    last = last_day_of(school_year_of(today) - 1)
    return (today - last).days + 70


def scaled(made, first, last, *, informant="child", scale=None, sustained=None):
    points = {"first": first, "last": last, "sustained": sustained}
    return [
        measured(
            made, point, value, kind="scale", informant=informant, scale=scale or first_scale()
        )
        for point, value in points.items()
        if value is not None
    ]


def first_scale():
    return Scale.objects.first()


def measured(made, point, value, **fields):
    return Measure.objects.create(
        intervention=made,
        pupil=made.participants.first().pupil,
        point=point,
        value=Decimal(value),
        measured_on=made.closed_on,
        recorded_by=made.closed_by,
        **fields,
    )


def period():
    return timezone.localdate() - timedelta(days=365), timezone.localdate()


def groups(user, **narrowed):
    return what_worked.groups_of(what_worked.ended_work(user, *period(), **narrowed))


def rows_in(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


# --- the numbers --------------------------------------------------------------------------


def test_better_no_change_and_worse_stand_beside_the_distance(world):
    """rules 004-16 and 004-17: what worked and what did not."""
    for first, last in ((2, 6), (3, 8), (5, 5), (6, 4)):
        scaled(ended(world), first, last)
    [group] = groups(world.manager)
    [one] = group.distances
    assert (one.both, one.better, one.same, one.worse) == (4, 2, 1, 1)
    assert (one.first, one.last, one.way) == (4, Decimal("5.75"), Decimal("1.75"))


def test_only_who_has_both_first_and_last_of_the_same_measure_counts(world):
    scaled(ended(world), 2, 6)
    scaled(ended(world), 2, None)
    scaled(ended(world), None, 9)
    made = ended(world)
    scaled(made, 3, None, informant="child")
    scaled(made, None, 9, informant="parent")
    [group] = groups(world.manager)
    assert (group.ended, [one.both for one in group.distances]) == (4, [1])


def test_nothing_is_averaged_across_tools_scales_or_who_says_so(world):
    """domain-facts.md 3.9: never averaged across different tools."""
    made = ended(world)
    scaled(made, 2, 6, informant="child")
    scaled(made, 4, 5, informant="parent")
    scaled(made, 1, 2, informant="child", scale=Scale.objects.last())
    for tool, version in (("SDQ", "parent"), ("SDQ", "teacher"), ("Star", "")):
        for point, value in (("first", 17), ("last", 12)):
            measured(
                made,
                point,
                value,
                kind="score",
                tool=tool,
                tool_version=version,
                informant="parent",
            )
    [group] = groups(world.manager)
    assert len({one.title for one in group.distances}) == len(group.distances) == 6
    assert {one.both for one in group.distances} == {1}


def weekly(made, kind, first, last, **fields):
    for point, value in (("first", first), ("last", last)):
        measured(made, point, value, kind=kind, weeks=6, **fields)


def test_fewer_days_of_suspension_are_better_and_a_score_is_not_judged(world):
    made = ended(world)
    weekly(made, "suspensions", 5, 2, times=1)
    weekly(made, "attendance", 70, 82, possible=60, attended=40)
    for point, value in (("first", 17), ("last", 12)):
        measured(made, point, value, kind="score", tool="SDQ", informant="parent")
    [group] = groups(world.manager)
    found = {one.name: one for one in group.distances}
    assert found["Suspensions"].better == found["Attendance"].better == 1
    assert [word for _, word, _, _ in found["SDQ"].rates] == ["Up", "No change", "Down"]
    assert found["SDQ"].worse == 1


def test_whether_it_lasted_is_told_beside_the_end(world):
    """rule 004-16: sustained."""
    scaled(ended(world), 2, 6, sustained=5)
    scaled(ended(world), 2, 8)
    [group] = groups(world.manager)
    [one] = group.distances
    assert (one.both, one.way, one.sustained, one.sustained_way) == (2, 5, 1, 3)


def test_work_is_compared_by_kind_of_support_key_area_and_programme(world):
    """rule 004-17"""
    kind, other = WorkType.objects.all()[:2]
    ended(world, work_type=kind)
    ended(world, work_type=other)
    ended(world, work_type=kind, area="behaviour" if "behaviour" in Area.values else Area.values[1])
    case(world, ended(world, work_type=kind))
    assert [group.ended for group in groups(world.manager)] == [1, 1, 1, 1]


def case(world, made=None, *, pathway="", programme="Back to school", ago=80):
    """An accepted case with its work, or a redirected one."""
    scheme, _ = Programme.objects.get_or_create(
        name=programme, defaults={"starts_on": day(300), "made_by": world.manager}
    )
    pupil = made.participants.first().pupil if made else child(world, f"Case{next(_serial)}")
    return ProgrammeCase.objects.create(
        programme=scheme,
        pupil=pupil,
        school=world.oakfield,
        hub_id=world.oakfield.hub_id,
        asked_on=day(90),
        asked_who="The head",
        recorded_by=world.primary,
        state="accepted" if made else "redirected",
        decided_at=timezone.now() - timedelta(days=ago),
        decided_by=world.manager,
        reason="" if made else "Looked after",
        pathway=pathway,
        intervention=made,
    )


def test_those_sent_elsewhere_stand_beside_those_accepted(world):
    """rule 004-18: cases sent to other pathways stay in the outcomes."""
    case(world, ended(world))
    for pathway in ("Virtual school", "Virtual school", "Early help"):
        case(world, pathway=pathway)
    [found] = what_worked.pathways_of(world.manager, *period())
    assert (found.programme, found.accepted, found.triaged) == ("Back to school", 1, 4)
    assert found.elsewhere == [("Virtual school", 2), ("Early help", 1)]


def test_what_was_refused_or_not_taken_on_is_not_left_out(world):
    """rules 004-17 and 004-18"""
    ended(world)
    ended(world, end_reason="refused")
    ended(world, end_reason="withdrawn")
    ended(world, end_reason="not_allocated")
    [group] = groups(world.manager)
    assert (group.ended, group.refused, group.not_allocated) == (4, 2, 1)


def test_open_work_and_other_periods_are_not_in_it(world):
    ended(world, ago=400, asked_on=day(450))
    work(world, state="under_way")
    assert groups(world.manager) == []


# --- whose --------------------------------------------------------------------------------


def test_a_manager_sees_their_hub_and_the_service_manager_the_county(world):
    ended(world)
    ended(world, school=world.beech)
    assert [group.ended for group in groups(world.manager)] == [1]
    assert [group.ended for group in groups(world.service)] == [2]
    assert [group.ended for group in groups(world.service, hub=world.downs)] == [1]


def test_nothing_of_the_school_of_ones_own_child_is_in_the_numbers(world):
    ended(world)
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    assert groups(world.manager) == []


def test_a_manager_of_another_hub_cannot_ask_for_this_one(world, as_):
    assert as_(world.other_manager).get(f"{PAGE}?hub=coast").status_code == 404


# --- the page -----------------------------------------------------------------------------


def test_the_page_shows_the_numbers_beside_every_rate_and_the_pathways(world, as_):
    """rules 004-16 to 004-18"""
    for first, last in ((2, 6), (3, 8), (5, 5)):
        scaled(ended(world), first, last)
    case(world, pathway="Virtual school")
    html = as_(world.manager).get(PAGE).text
    assert "3 pieces of short work ended" in html
    assert 'Of 3: <span class="lb-nowrap">better <b>2</b> (67%),</span>' in html
    assert "Virtual school: <b>1</b>" in html
    assert 'class="better"' in html
    [look] = Access.objects.filter(subject_type="interventions.shortintervention")
    assert (look.action, look.basis, look.child_id) == ("view", "manager", None)


def test_a_heading_and_a_measure_read_on_in_small_letters_but_for_abbreviations(world):
    """Rule 004-17: who says so stands beside the measure."""
    scaled(ended(world, area="send"), 2, 6)
    [group] = groups(world.manager)
    assert group.title.endswith(": SEND")
    [one] = group.distances
    assert one.title == f"{first_scale().name}, says the child"


def test_no_consultation_is_in_any_number(world, as_):
    """rule 001-124: no count of consultations anywhere."""
    html = as_(world.manager).get(PAGE).text
    assert "No short work ended" in html
    assert (
        "onsultation"
        not in html.partition("<main")[2].replace("/consultations/", "").partition("</main>")[0]
    )


def test_the_page_names_no_child_and_no_school(world, as_):
    made = ended(world)
    scaled(made, 2, 6)
    html = as_(world.manager).get(PAGE).text
    assert made.participants.first().pupil.surname not in html
    assert world.oakfield.name not in html


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=31/2/2026&until=today", "must be a real date"),
        ("since=today&until=yesterday", "The last day must not be before the first"),
        ("since=&until=today", "Enter the first day"),
        ("area=weather", "Choose key area from the list"),
        ("programme=x", "Choose a programme from the list"),
    ],
)
def test_nonsense_in_the_address_is_answered_in_words(world, as_, query, sentence):
    answer = as_(world.manager).get(f"{PAGE}?{query}")
    assert (answer.status_code, sentence in answer.text) == (200, True)
    for path in ("print/", "csv/", "pathways/csv/"):
        assert as_(world.manager).get(f"{PAGE}{path}?{query}").status_code == 200


# --- what leaves the team -----------------------------------------------------------------


def test_a_group_under_five_leaves_the_team_as_that_and_nothing_more(world, as_):
    """rules 004-3 and 004-18; domain-facts.md 3.9"""
    for _ in range(4):
        scaled(ended(world, ago=year_over()), 2, 6)
    client = as_(world.manager)
    [row] = rows_in(client.get(f"{PAGE}csv/"))
    assert (row["Ended"], row["First and last measured"], row["Better"]) == (
        "Fewer than 5",
        None,
        None,
    )
    html = client.get(f"{PAGE}print/").text
    assert "Fewer than 5 ended" in html
    assert "steps" not in html.partition("<main")[2]


def test_a_small_part_of_a_large_group_cannot_be_worked_out(world, as_):
    """Secondary suppression: the sum and the others do not give it away."""
    for last in [6] * 8 + [1] * 2 + [2] * 6:
        scaled(ended(world, ago=year_over()), 2, last)
    client = as_(world.manager)
    [row] = rows_in(client.get(f"{PAGE}csv/"))
    assert (row["Ended"], row["First and last measured"], row["Average change"]) == (
        "16",
        "16",
        "1.9",
    )
    assert (row["Better"], row["No change"], row["Worse"]) == ("8", "Not shown", "Fewer than 5")
    html = client.get(f"{PAGE}print/").text
    assert "no change <b>Not shown</b>" in html
    assert "lb-worked__bar" not in html


def test_few_who_were_refused_are_kept_back_with_what_is_left(world, as_):
    for reason in ["met"] * 9 + ["refused"] * 3:
        ended(world, ago=year_over(), end_reason=reason)
    [row] = rows_in(as_(world.manager).get(f"{PAGE}csv/"))
    assert (row["Ended"], row["Family said no"], row["Not allocated"]) == (
        "12",
        "Fewer than 5",
        "0",
    )


def test_pathways_leave_the_team_with_small_ones_kept_back(world, as_):
    for pathway in ["Virtual school"] * 6 + ["Early help"] * 7 + ["Health"] * 2:
        case(world, pathway=pathway, ago=year_over())
    rows = rows_in(as_(world.manager).get(f"{PAGE}pathways/csv/"))
    told = {row["Where the case went"]: row["Cases"] for row in rows}
    assert told == {
        "Accepted": "0",
        "Redirected: Early help": "7",
        "Redirected: Virtual school": "Not shown",
        "Redirected: Health": "Fewer than 5",
    }


def test_what_leaves_the_team_is_of_whole_school_years_that_are_over(world, as_):
    """Rule 004-3: two periods that differ by a day tell of one child."""
    for ago in (year_over(), year_over() + 365):
        for _ in range(6):
            scaled(ended(world, ago=ago), 2, 6)
    for _ in range(5):
        ended(world, ago=0)
    client = as_(world.manager)
    year = school_year_of(timezone.localdate()) - 1
    for query in ("", f"?year={year}", f"?year={year - 1}", "?since=yesterday&until=today"):
        [row] = rows_in(client.get(f"{PAGE}csv/{query}"))
        assert row["Ended"] == "6", query
    for wrong in (year + 1, "x", ""):
        assert rows_in(client.get(f"{PAGE}csv/?year={wrong}")) == []
        assert "choose a school year" in client.get(f"{PAGE}print/?year={wrong}").text
    for file in ("print", "csv", "pathways/csv"):
        assert f"{PAGE}{file}/?area=send&amp;year={year}" in client.get(f"{PAGE}?area=send").text


def test_a_small_hub_is_not_what_is_left_of_the_county(world, as_):
    """Rule 004-3: no file is of one of several hubs."""
    for school, number in ((world.oakfield, 6), (world.beech, 3)):
        for _ in range(number):
            scaled(ended(world, school=school, ago=year_over()), 2, 6)
    client = as_(world.service)
    for query in ("", "?hub=coast", "?hub=downs"):
        [row] = rows_in(client.get(f"{PAGE}csv/{query}"))
        assert row["Ended"] == "9", query
        assert "Coast" not in client.get(f"{PAGE}print/{query}").text.partition("<main")[2]


def test_a_name_that_is_a_formula_runs_nowhere(world, as_):
    kind = WorkType.objects.create(name="=HYPERLINK(1)")
    for _ in range(5):
        ended(world, ago=year_over(), work_type=kind)
    [row] = rows_in(as_(world.manager).get(f"{PAGE}csv/"))
    assert row["Kind of support"] == "'=HYPERLINK(1)"


# --- speed --------------------------------------------------------------------------------


def queries_of_the_page(client, captured):
    """The queries for what is shown: not those for who asks, nor the line that says they did."""
    with captured as found:
        assert client.get(PAGE).status_code == 200
    shell = ("django_session", "accounts_user", "accounts_staffrole", "audit_access", "SAVEPOINT")
    return [q["sql"] for q in found if not any(name in q["sql"][:400] for name in shell)]


def test_the_page_costs_five_queries_for_few_and_many(world, as_, django_assert_max_num_queries):
    """The page over 100,000 interventions takes at most five queries."""
    client = as_(world.manager)
    scaled(ended(world), 2, 6)
    few = queries_of_the_page(client, django_assert_max_num_queries(20))
    kinds = list(WorkType.objects.all())
    for kind in kinds:
        for area in Area.values[:3]:
            scaled(ended(world, work_type=kind, area=area), 2, 6)
    many = queries_of_the_page(client, django_assert_max_num_queries(20))
    assert ShortIntervention.objects.count() > 30
    assert len(few) == len(many) <= 5, many
