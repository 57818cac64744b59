"""The numbers of a term at one school, for its governors."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from audit.models import Access, Look
from interventions.models import ShortIntervention, WorkState
from interventions.small_numbers import FEWER, NOT_SHOWN
from interventions.summary import summary_of, terms_of
from schools.years import NamedTerm, TermName
from tests.children import child
from tests.interventions.short_work import day, plan_with, under_way, work

pytestmark = pytest.mark.django_db
PAGE = "/schools/900001/summary/"


def pdf_text(answer):
    pages = PdfReader(BytesIO(answer.getvalue())).pages
    return "\n".join(found.extract_text() for found in pages)


def page(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def going(world, how_many, **fields):
    for n in range(how_many):
        under_way(world, child(world, f"Child{n}"), **fields)


def ended(world, how_many, reason, on=None, **fields):
    for n in range(how_many):
        work(
            world,
            child(world, f"{reason}{n}"),
            state=WorkState.CLOSED,
            end_reason=reason,
            closed_on=on or day(),
            **fields,
        )


def now(world, user=None):
    term = next(iter(terms_of(world.oakfield).values()))
    return summary_of(user or world.dsl, world.oakfield, term)


def test_work_under_way_and_ended_is_counted_by_support_area_and_outcome(world):
    going(world, 6)
    ended(world, 7, "met", area="transition")
    found = now(world)
    assert (found.under_way.total, found.ended.total) == ("6", "7")
    assert [number for _, number in found.under_way.by_support] == ["6"]
    assert found.ended.by_area == [("Transition", "7")]
    assert found.ended.by_outcome == [("What was hoped for was reached", "7")]


def test_a_group_under_five_is_not_told_and_not_worked_out(world):
    going(world, 6)
    going(world, 2, area="transition")
    found = now(world).under_way
    assert found.total == "8"
    assert found.by_area is None or {number for _, number in found.by_area} <= {FEWER, NOT_SHOWN}
    assert found.by_support == [(found.by_support[0][0], "8")]


def test_a_few_pieces_of_work_have_no_tables(world, as_):
    going(world, 3)
    found = now(world).under_way
    assert (found.total, found.by_support, found.by_area) == ("fewer than 5", None, None)
    assert "<table" not in page(as_(world.head).get(PAGE))


def test_nothing_is_none(world):
    found = now(world)
    assert (found.under_way.total, found.ended.total, found.plans) == ("none", "none", "none")


def test_a_request_that_waits_or_was_not_allocated_is_no_work(world):
    for n in range(6):
        work(world, child(world, f"Waits{n}"))
    ended(world, 6, "not_allocated", allocated_at=None, allocated_by=None, child_worker=None)
    found = now(world)
    assert (found.under_way.total, found.ended.total) == ("none", "none")


def test_a_term_that_is_over_is_told_as_it_was(world):
    """What ended later was under way then; what began later is not in it."""
    spring = NamedTerm(2025, TermName.SPRING)
    then = timezone.make_aware(timezone.datetime(2026, 2, 2, 12))
    begun = {"asked_on": date(2026, 1, 20), "allocated_at": then}
    ended(world, 5, "met", on=date(2026, 3, 2), **begun)
    ended(world, 5, "moved", on=date(2026, 5, 4), **begun)
    going(world, 5, asked_on=date(2026, 5, 5), allocated_at=then + timedelta(days=100))
    # Somebody else does one of them by now.
    handed_on = ShortIntervention.objects.filter(closed_on=date(2026, 5, 4)).first()
    handed_on.allocated_at = timezone.now()
    handed_on.save()
    found = summary_of(world.dsl, world.oakfield, spring, today=date(2026, 6, 1))
    assert (found.under_way.total, found.ended.total) == ("5", "5")
    assert found.ended.by_outcome == [("What was hoped for was reached", "5")]
    assert found.is_over


def test_plans_that_the_school_leads_are_counted(world):
    for n in range(5):
        plan_with(world, child(world, f"Plan{n}"))
    plan_with(world, lead="service", lead_name="Youth service")
    assert now(world).plans == "5"


def test_another_schools_work_is_not_counted(world):
    going(world, 6, school=world.elmgate)
    assert now(world).under_way.total == "none"


@pytest.mark.parametrize(
    "who", ["dsl", "deputy", "head", "withheld", "primary", "cover", "manager", "service"]
)
def test_the_schools_leads_and_the_team_have_the_summary(world, as_, who):
    assert "Summary for governors" in page(as_(getattr(world, who)).get(PAGE))
    [row] = Access.objects.filter(user=getattr(world, who))
    assert (row.action, row.child_id) == (Look.VIEW, None)


@pytest.mark.parametrize(
    "who", ["senco", "unconfirmed", "left_lead", "other_dsl", "far_worker", "former", "governance"]
)
def test_nobody_else_has_it(world, as_, who):
    for then in ("", "pdf/"):
        assert as_(getattr(world, who)).get(PAGE + then).status_code == 404


def test_it_names_nobody_and_no_consultation(world, as_):
    """Rule 001-124: no count of consultations, and none to be worked out."""
    for asked_by in ("consultation", "school"):
        going(world, 5, asked_by=asked_by)
    shown = page(as_(world.dsl).get(PAGE)).split("<main")[1].split("</main")[0]
    assert "10" in shown
    for word in ("consultation", "CANARY", "Priya"):
        assert word.lower() not in shown.lower()


def test_a_withheld_lead_finds_no_trace_in_the_numbers_and_the_team_counts_everything(world, as_):
    """Design.md 6.14: neither of the work nor of the plan it led to, on the page and as a PDF."""
    going(world, 5)
    for n in range(5):
        plan_with(world, child(world, f"Plan{n}"))
    made = under_way(world, child(world, "Withheld"), consultation=world.shared)
    plan_with(world, child(world, "Stepped"), stepped_up_from=made)
    found = now(world, world.withheld)
    assert (found.under_way.total, found.plans) == ("5", "5")
    for reader in (world.dsl, world.primary, world.manager, world.service):
        found = now(world, reader)
        assert (found.under_way.total, found.plans) == ("6", "6"), reader
    said = "Short work under way now: {}".format
    assert said(6) in pdf_text(as_(world.head).get(f"{PAGE}pdf/"))
    client = as_(world.withheld)
    assert client.get(PAGE).context["summary"].under_way.total == "5"
    assert said(5) in pdf_text(client.get(f"{PAGE}pdf/"))


def test_a_term_is_chosen_and_nonsense_is_this_one(world, as_):
    terms = terms_of(world.oakfield)
    key, term = list(terms.items())[2]
    assert str(term) in page(as_(world.dsl).get(PAGE, {"term": key}))
    for nonsense in ("", "x", "1066-autumn", "²"):
        assert page(as_(world.dsl).get(PAGE, {"term": nonsense}))


def test_it_is_a_pdf_with_the_same_numbers_and_nothing_personal_in_its_name(world, as_):
    going(world, 6)
    answer = as_(world.head).get(f"{PAGE}pdf/")
    key = next(iter(terms_of(world.oakfield)))
    assert answer["Content-Disposition"] == f'attachment; filename="summary-900001-{key}.pdf"'
    text = pdf_text(answer)
    assert "Oakfield Primary School" in text
    assert "Short work under way now: 6" in text


@pytest.mark.parametrize(("who", "queries"), [("primary", 3), ("dsl", 5)])
def test_it_costs_the_same_for_more(world, django_assert_num_queries, who, queries):
    """On the school's side two more say what is withheld from the reader."""
    reader = getattr(world, who)
    going(world, 2)
    term = next(iter(terms_of(world.oakfield).values()))
    now(world, reader)
    with django_assert_num_queries(queries):
        summary_of(reader, world.oakfield, term)
    going(world, 5)
    with django_assert_num_queries(queries):
        summary_of(reader, world.oakfield, term)
