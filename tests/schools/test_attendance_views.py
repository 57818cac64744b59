"""Children to discuss with a school: who is listed, in which order, and what opening one does."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Access, Look
from schools.attendance import monday_of
from schools.attendance_children import to_discuss
from schools.children import open_now
from schools.models import AttendanceWeek, Opening, Reason
from tests.children import child

PAGE = "/schools/900001/attendance/"
DISCUSS = f"{PAGE}discuss/"
THIS_WEEK = monday_of(timezone.localdate())
WEEK = timedelta(weeks=1)


def attended(pupil, school, *weeks):
    """``(possible, missed, unauthorised)`` of the latest weeks, the latest last."""
    first = THIS_WEEK - (len(weeks) - 1) * WEEK
    AttendanceWeek.objects.bulk_create(
        AttendanceWeek(
            pupil=pupil,
            school=school,
            week=first + n * WEEK,
            possible=possible,
            missed=missed,
            unauthorised=unauthorised,
        )
        for n, (possible, missed, unauthorised) in enumerate(weeks)
    )
    return pupil


@pytest.fixture
def listed(world):
    """At Oakfield: on the line, above it, severe, and one who left; all in this week."""
    told = {
        "line": attended(child(world, "Line"), world.oakfield, (10, 1, 0)),
        "above": attended(child(world, "Above"), world.oakfield, (11, 1, 1)),
        "severe": attended(child(world, "Severe"), world.oakfield, (10, 5, 0)),
        "left": attended(child(world, "Left"), world.oakfield, (10, 9, 0)),
        "far": attended(child(world, "Far", school=world.beech), world.beech, (10, 9, 0)),
    }
    told["left"].enrolments.update(ends_on=timezone.localdate() - timedelta(days=1))
    return told


def text(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_who_missed_ten_per_cent_or_more_is_listed_and_nobody_else(as_, world, listed):
    """rule 001-12: at exactly 90.0% a child is talked about; above it nothing of them is here."""
    html = text(as_(world.primary).get(PAGE))
    assert "CANARY-900001-line" in html
    assert "<b>90.0%</b>" in html
    assert "CANARY-900001-severe" in html
    for absent in ("above", "left", "far"):
        assert f"-{absent}" not in html
        assert str(listed[absent].pk) not in html


def test_bands_come_most_missed_first_and_say_where_they_begin(as_, world, listed):
    html = text(as_(world.primary).get(PAGE))
    assert html.index(">50% or more missed</th>") < html.index(">10% to under 20% missed<")
    assert html.index("CANARY-900001-severe") < html.index("CANARY-900001-line")
    assert "has missed 10% or more of the possible sessions: 90.0% attendance exactly" in html
    assert "10% or more missed is persistent absence, 50% or more severe absence" in html


def test_in_a_band_the_steepest_fall_comes_first_and_is_told_in_points(as_, world):
    """rule 001-14: growing disengagement."""
    spring = date(2026, 3, 4)
    for name, before, now in (("Rising", 6, 3), ("New", None, 3), ("Falling", 1, 3)):
        pupil = child(world, name)
        for week, missed in ((date(2025, 12, 8), before), (date(2026, 3, 2), now)):
            if missed is not None:
                AttendanceWeek.objects.create(
                    pupil=pupil, school=world.oakfield, week=week, possible=10, missed=missed
                )
    [(_, rows)] = to_discuss(world.oakfield, spring).groups
    assert [(row.pupil.first_names, row.fall) for row in rows] == [
        ("Falling", Decimal("20.0")),
        ("Rising", Decimal("-30.0")),
        ("New", None),
    ]


def test_the_threshold_is_the_councils(as_, world, listed, settings):
    settings.COUNCIL = replace(settings.COUNCIL, attendance_threshold=60)
    html = text(as_(world.primary).get(PAGE))
    assert "CANARY-900001-severe" in html
    assert "CANARY-900001-line" not in html
    assert "has missed 40% or more" in html


def test_ten_unauthorised_sessions_are_a_fact_and_no_instruction(as_, world):
    """domain-facts.md 2.5: for a person to weigh, never as an instruction to fine."""
    attended(child(world, "Ten"), world.oakfield, (10, 5, 5), (10, 5, 5))
    html = text(as_(world.primary).get(PAGE))
    reached = f"{THIS_WEEK.day} {THIS_WEEK:%B %Y}"
    assert f"10 unauthorised sessions in 10 school weeks: reached in the week of {reached}" in html
    for word in ("fine", "penalty", "notice", "prosecut"):
        assert f" {word}" not in html.partition("<main")[2].partition("</main>")[0].lower()


def test_opening_the_list_is_one_look_with_its_basis(as_, world, listed):
    """security.md N-16: a list leaves one row naming the query."""
    as_(world.primary).get(PAGE)
    look = Access.objects.get(user=world.primary)
    assert (look.action, look.basis, look.status) == (Look.LIST, "attendance discussion", 200)
    assert look.school_id == world.oakfield.pk
    assert look.reason == "Attendance of 90% or less this term"


def test_one_click_opens_a_child_for_the_attendance_discussion(as_, world, listed):
    client = as_(world.primary)
    answer = client.post(DISCUSS, {"open": listed["line"].pk})
    assert answer.url == listed["line"].get_absolute_url()
    opening = Opening.objects.get()
    assert (opening.user, opening.pupil) == (world.primary, listed["line"])
    assert opening.reason == Reason.ATTENDANCE
    looks = Access.objects.filter(user=world.primary, child_id=listed["line"].pk)
    assert [look.reason for look in looks] == ["Attendance discussion with the school"]


def test_children_ticked_go_to_a_new_consultation_by_their_ids_alone(as_, world, listed):
    client = as_(world.primary)
    chosen = [str(listed[name].pk) for name in ("severe", "line")]
    answer = client.post(DISCUSS, {"child": chosen})
    address = urlsplit(answer.url)
    assert address.path == "/consultations/new/"
    assert parse_qsl(address.query) == [
        ("school", "900001"),
        *(("discuss", pk) for pk in chosen),
    ]
    assert {str(pk) for pk in Opening.objects.values_list("pupil", flat=True)} == set(chosen)


@pytest.mark.parametrize("name", ["above", "left", "far"])
def test_nobody_off_the_list_is_opened_from_it_not_even_beside_others(as_, world, listed, name):
    """security.md N-25"""
    client = as_(world.primary)
    mixed = [listed["line"].pk, listed[name].pk]
    for posted in ({"open": listed[name].pk}, {"child": mixed}):
        assert client.post(DISCUSS, posted).url == PAGE
    assert not Opening.objects.exists()
    assert "The list has changed since you opened it" in text(client.get(PAGE))


@pytest.mark.parametrize(
    "posted", [{}, {"child": ""}, {"child": "\0"}, {"open": "1 OR 1=1"}, {"child": ["x"] * 2000}]
)
def test_nonsense_opens_nobody(as_, world, listed, posted):
    answer = as_(world.primary).post(DISCUSS, posted)
    assert answer.status_code in (302, 400)
    assert not Opening.objects.exists()


def test_more_than_a_conversation_holds_are_not_opened_at_once(as_, world):
    pupils = [attended(child(world, f"P{n}"), world.oakfield, (10, 5, 0)) for n in range(11)]
    client = as_(world.primary)
    client.post(DISCUSS, {"child": [pupil.pk for pupil in pupils]})
    assert not Opening.objects.exists()
    assert "Choose 10 children at most" in text(client.get(PAGE))


def test_being_listed_is_not_being_on_current_work(world, listed):
    assert open_now(world.primary, [listed["line"].pk]) == (frozenset(), frozenset())


def test_without_attendance_the_page_says_who_brings_it_in(as_, world):
    html = text(as_(world.primary).get(PAGE))
    assert "No attendance of this term is here yet" in html
    assert "Start a consultation" not in html


def test_a_school_where_everybody_comes_says_so(as_, world):
    attended(child(world, "Present"), world.oakfield, (10, 0, 0))
    html = text(as_(world.primary).get(PAGE))
    assert "No child is at or under 90% this term." in html
    assert "Present" not in html


def test_the_queries_are_the_same_for_one_child_and_for_three_hundred(as_, world):
    client = as_(world.primary)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        return len([q for q in captured if "SAVEPOINT" not in q["sql"]])

    attended(child(world, "One"), world.oakfield, (10, 5, 5), (10, 5, 5))
    queries()
    one = queries()
    for n in range(299):
        attended(child(world, f"P{n}", upn=None), world.oakfield, (10, 5, 5), (10, 5, 5))
    assert queries() == one
    assert one <= 15


def test_the_worst_attendance_begins_a_consultation_without_a_level(as_, world):
    """rule 004-5: attendance never sets, preselects or suggests a level of need."""
    absent = attended(child(world, "Absent"), world.oakfield, (10, 10, 10))
    client = as_(world.primary)
    html = text(client.get(client.post(DISCUSS, {"child": absent.pk}).url))
    levels = re.findall(r'<select name="children-0-[a-z_]*level[a-z_]*".*?</select>', html)
    assert len(levels) == 3
    chosen = [re.findall(r'<option value="([^"]*)" selected', level) for level in levels]
    assert {value for values in chosen for value in values} <= {""}
    reason = re.search(r'<input[^>]+name="children-0-level_reason"[^>]*>', html)[0]
    assert "value=" not in reason
