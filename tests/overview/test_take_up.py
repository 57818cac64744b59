import csv
import io
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from audit.models import Access
from consultations.models import Consultation, State
from linkworkers.models import Contacted, EngagementAttempt, EnhancedSupport, Focus, Visit
from overview import take_up
from overview.wording import SchoolTime
from schools.models import OwnChildConflict, School, SchoolType, Term
from tests.children import child
from tests.interventions.short_work import under_way, work

pytestmark = pytest.mark.django_db


def attempt(school, by, *, days_ago, reached=False, outcome=""):
    return EngagementAttempt.objects.create(
        school=school,
        hub_id=school.hub_id,
        by=by,
        day=timezone.localdate() - timedelta(days=days_ago),
        how=Contacted.PHONE,
        reached=reached,
        outcome=outcome,
    )


def silent_for(school, **ago):
    """Move every consultation held at the school to so long ago."""
    Consultation.objects.filter(school=school).update(
        held_at=timezone.localtime() - timedelta(**ago)
    )


def row_of(user, school):
    rows, _, _ = take_up.page_of(take_up.schools_of(user))
    return next(row for row in rows if row.school == school)


def rows_in(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


# --- drift --------------------------------------------------------------------------------


def test_the_longest_without_contact_comes_first(world, page_of):
    """Rule 001-61: effort goes to the schools that drift; no contact at all comes before."""
    silent_for(world.oakfield, weeks=9)
    Consultation.objects.filter(school=world.elmgate).delete()
    html = page_of(world.manager, "/take-up/").text
    assert html.index("No contact recorded") < html.index("9 weeks")
    assert "2 schools are drifting" in html
    assert "Elmgate" in html.partition("lb-finding")[2].partition("</p>")[0]


@pytest.mark.parametrize("kind", ["visit", "answer", "consultation"])
def test_a_contact_of_any_kind_ends_the_drift(world, kind):
    silent_for(world.oakfield, weeks=9)
    assert row_of(world.manager, world.oakfield).state == "late"
    school, day = world.oakfield, timezone.localdate() - timedelta(days=1)
    if kind == "visit":
        Visit.objects.create(school=school, hub_id=school.hub_id, by=world.primary, day=day)
    elif kind == "answer":
        attempt(school, world.primary, days_ago=1, reached=True)
    else:
        world.consultation(school, world.primary, State.COMPLETED)
    assert row_of(world.manager, school).state == "now"


def test_an_attempt_that_nobody_answered_is_shown_and_is_no_contact(world):
    silent_for(world.oakfield, weeks=9)
    attempt(world.oakfield, world.primary, days_ago=2, outcome="left a message")
    row = row_of(world.manager, world.oakfield)
    assert (row.weeks, row.state, row.tried.outcome) == (9, "late", "left a message")


def test_a_draft_is_no_contact(world):
    Consultation.objects.filter(school=world.oakfield).exclude(state=State.DRAFT).delete()
    assert row_of(world.manager, world.oakfield).weeks is None


@pytest.mark.parametrize(
    ("days", "words", "state"),
    [
        (0, "This week", "now"),
        (7, "1 week", "now"),
        (28, "4 weeks", "watch"),
        (41, "5 weeks", "watch"),
        (42, "6 weeks", "late"),
    ],
)
def test_whole_weeks_are_told_in_words(world, days, words, state):
    silent_for(world.oakfield, days=days)
    row = row_of(world.manager, world.oakfield)
    assert (row.words, row.state) == (words, state)


def school_year(world, *, own=()):
    """All of 2026/27: the council's terms, and with ``own`` Elmgate's longer half-term."""
    autumn = date(2026, 9, 2), date(2026, 12, 18), date(2026, 10, 26), date(2026, 10, 30)
    for name, days in {
        "autumn": autumn,
        "spring": (date(2027, 1, 4), date(2027, 3, 25), date(2027, 2, 15), date(2027, 2, 19)),
        "summer": (date(2027, 4, 12), date(2027, 7, 22), date(2027, 5, 31), date(2027, 6, 4)),
    }.items():
        enter(name, days)
    if own:
        enter("autumn", (*autumn[:2], *own), school=world.elmgate)


def enter(name, days, school=None):
    fields = ("starts_on", "ends_on", "half_term_starts_on", "half_term_ends_on")
    Term.objects.create(
        school=school, school_year=2026, name=name, **dict(zip(fields, days, strict=True))
    )


def last_seen(school, day):
    at = timezone.make_aware(datetime.combine(day, time(10)))
    Consultation.objects.filter(school=school).update(held_at=at)


@pytest.mark.parametrize(
    ("day", "words", "state"),
    [
        (date(2026, 11, 16), "This week", "now"),
        (date(2026, 10, 23), "3 school weeks", "now"),
        (date(2026, 10, 9), "5 school weeks", "watch"),
        (date(2026, 10, 2), "6 school weeks", "late"),
        (date(2026, 7, 3), "20 weeks", "late"),
    ],
)
def test_a_holiday_makes_no_school_drift(world, time_machine, day, words, state):
    """Time is told in school weeks where the terms have been entered, else in weeks."""
    time_machine.move_to("2026-11-20T12:00:00Z")
    school_year(world)
    last_seen(world.oakfield, day)
    row = row_of(world.manager, world.oakfield)
    assert (row.words, row.state) == (words, state)
    schools = take_up.drifting(take_up.schools_of(world.manager), SchoolTime())
    assert (world.oakfield in schools) == (state == "late")


def test_what_is_said_of_a_school_goes_by_its_own_terms(world, time_machine):
    time_machine.move_to("2026-11-20T12:00:00Z")
    school_year(world, own=(date(2026, 10, 19), date(2026, 10, 30)))
    for school in (world.oakfield, world.elmgate):
        last_seen(school, date(2026, 10, 9))
    assert row_of(world.manager, world.oakfield).words == "5 school weeks"
    assert row_of(world.manager, world.elmgate).words == "4 school weeks"


def test_over_a_holiday_less_than_a_school_week_has_passed(world, time_machine):
    time_machine.move_to("2027-01-03T12:00:00Z")
    school_year(world)
    last_seen(world.oakfield, date(2026, 12, 16))
    assert row_of(world.manager, world.oakfield).words == "Less than a school week"


def test_the_page_says_what_late_means(world, page_of):
    page = page_of(world.manager, "/take-up/").text
    assert "6 weeks" in page
    assert "school weeks" not in page


# --- what can be asked for ------------------------------------------------------------------


def test_the_list_is_narrowed_to_what_is_ticked(world, page_of):
    silent_for(world.oakfield, weeks=9)
    attempt(world.oakfield, world.primary, days_ago=2)
    Focus.objects.create(
        school=world.elmgate,
        hub=world.coast,
        decision="Ring before Friday",
        decided_by=world.manager,
    )
    EnhancedSupport.objects.create(
        school=world.elmgate,
        hub=world.coast,
        reason="Many new pupils",
        decided_by=world.manager,
        review_on=timezone.localdate() + timedelta(days=90),
    )

    def found(*wishes):
        schools = take_up.schools_of(world.manager, world.coast)
        return {school.name for school in take_up.narrowed(schools, wishes, SchoolTime())}

    everything = found()
    assert {world.oakfield.name, world.elmgate.name} <= everything
    assert world.elmgate.name not in found("drifting")
    assert world.oakfield.name not in found("untried")
    assert found("enhanced") == found("decided") == {world.elmgate.name}
    assert found("drifting", "enhanced") == set()
    html = page_of(world.manager, "/take-up/?show=drifting&show=enhanced").text
    assert "No school here has all that is ticked." in html


def test_a_wish_that_does_not_exist_is_refused_with_a_sentence(world, page_of):
    html = page_of(world.manager, "/take-up/?show=nonsense").text
    assert "Choose what to show from the list" in html


@pytest.mark.parametrize("query", ["after=", "after=x", "after=999999", "before=-1", "before=²"])
def test_an_edge_that_is_no_school_opens_the_first_page(world, page_of, query):
    assert world.oakfield.name in page_of(world.manager, f"/take-up/?{query}").text


def test_pages_follow_one_another_and_lead_back(world, page_of, monkeypatch):
    monkeypatch.setattr(take_up, "PAGE", 1)
    first = page_of(world.service, "/take-up/?hub=county")
    names, response = [], first
    while True:
        names.append(response.context["rows"][0].school.urn)
        following = response.context["following"]
        if not following:
            break
        response = page_of(world.service, f"/take-up/?hub=county&after={following}")
    assert sorted(names) == sorted(School.objects.open().values_list("urn", flat=True))
    back = page_of(world.service, f"/take-up/?hub=county&before={names[-1]}")
    assert back.context["rows"][0].school.urn == names[-2]


def test_the_hub_of_another_manager_is_not_found(world, page_of):
    assert page_of(world.manager, "/take-up/?hub=downs").status_code == 404
    assert world.beech.name not in page_of(world.manager, "/take-up/?hub=county").text


def test_a_manager_sees_nothing_of_the_school_their_own_child_attends(world, page_of):
    """Rule 001-53."""
    world.manager.own_child_conflicts.create(school=world.elmgate)
    assert OwnChildConflict.objects.filter(user=world.manager).exists()
    assert world.elmgate.name not in page_of(world.manager, "/take-up/").text
    rows = rows_in(page_of(world.manager, "/take-up/csv/"))
    assert world.elmgate.urn not in {row["URN"] for row in rows}


def test_who_looked_is_written_down(world, page_of):
    page_of(world.manager, "/take-up/")
    look = Access.objects.latest("at")
    assert (look.user_id, look.basis) == (world.manager.pk, "manager")


def test_somebody_with_no_hub_left_is_told_so(world, page_of):
    from schools.models import HubGrant

    HubGrant.objects.filter(user=world.manager).delete()
    assert page_of(world.manager, "/take-up/").status_code == 403


# --- the file -------------------------------------------------------------------------------


def test_the_file_has_one_row_for_each_school(world, page_of):
    attempt(world.oakfield, world.primary, days_ago=2, outcome="=1+1")
    rows = rows_in(page_of(world.manager, "/take-up/csv/"))
    urns = [row["URN"] for row in rows]
    assert len(urns) == len(set(urns))
    assert {world.oakfield.urn, world.elmgate.urn} <= set(urns)
    oakfield = next(row for row in rows if row["URN"] == world.oakfield.urn)
    assert oakfield["How"] == "Phone"
    assert oakfield["School answered"] == "No"


def test_the_file_is_narrowed_as_the_page_is(world, page_of):
    silent_for(world.oakfield, weeks=9)
    rows = rows_in(page_of(world.manager, "/take-up/csv/?hub=coast&show=drifting"))
    assert world.oakfield.urn in {row["URN"] for row in rows}
    assert world.elmgate.urn not in {row["URN"] for row in rows}


# --- never a count --------------------------------------------------------------------------


def test_consultations_cannot_be_counted_from_take_up(world, page_of):
    """Rule 001-124: whatever was held before the last one changes no byte of page or file.

    security.md N-28.
    """
    latest = world.consultation(world.oakfield, world.primary, State.COMPLETED)
    Consultation.objects.filter(pk=latest.pk).update(held_at=timezone.now())
    EnhancedSupport.objects.create(
        school=world.oakfield,
        hub=world.coast,
        reason="Many new pupils",
        decided_by=world.manager,
        review_on=timezone.localdate() + timedelta(days=90),
    )
    addresses = [
        "/take-up/?show=drifting",
        "/take-up/",
        "/take-up/?hub=county&show=enhanced&show=drifting",
    ]

    def seen():
        pages = [
            page_of(world.manager, at).text.partition("<main")[2].partition("</main")[0]
            for at in addresses
        ]
        return pages, rows_in(page_of(world.manager, "/take-up/csv/"))

    before = seen()
    for days in range(1, 24):
        earlier = world.consultation(world.oakfield, world.primary, State.COMPLETED)
        Consultation.objects.filter(pk=earlier.pk).update(
            held_at=timezone.localtime() - timedelta(days=days)
        )
    assert seen() == before


def test_no_column_or_heading_tells_of_consultations(world, page_of):
    """Rule 001-124."""
    from overview.take_up_views import HEADER

    html = page_of(world.manager, "/take-up/").text.partition("<main")[2].partition("</main")[0]
    assert "consultation" not in html.lower()
    assert not [name for name in HEADER if "consultation" in name.lower()]


# --- speed ----------------------------------------------------------------------------------


def schools_more(world, number):
    School.objects.bulk_create(
        School(
            urn=str(500000 + n),
            name=f"School {n}",
            type_group=SchoolType.PRIMARY,
            hub=world.coast,
        )
        for n in range(number)
    )
    fresh = School.objects.filter(urn__startswith="5")
    EngagementAttempt.objects.bulk_create(
        EngagementAttempt(
            school=school,
            hub_id=school.hub_id,
            by=world.primary,
            day=timezone.localdate() - timedelta(days=n % 90),
            how=Contacted.PHONE,
            reached=n % 2 == 0,
        )
        for n, school in enumerate(fresh)
    )


def test_the_page_costs_the_same_for_few_and_for_many_schools(world, queries_of):
    few = len(queries_of(world.service, "/take-up/?hub=county"))
    schools_more(world, 1_000)
    many = len(queries_of(world.service, "/take-up/?hub=county"))
    # Two of them read the terms: from when a contact is late, and what is said of each school;
    # one asks for the short work of all of them.
    assert many == few <= 17


def test_short_work_under_way_and_waiting_stands_beside_the_school(world):
    """rule 001-70"""
    under_way(world, child(world, "Ada"))
    work(world, child(world, "Ben"))
    schools = take_up.schools_of(world.manager)
    shown = {row.school.urn: row.short_work for row in take_up.rows_of(schools)}
    assert shown[world.oakfield.urn] == "Short work: 1 open and 1 waiting to be allocated"
    assert shown[world.elmgate.urn] == ""
