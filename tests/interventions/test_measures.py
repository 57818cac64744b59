"""Before, at the end and a term later: equal school weeks, honest numbers, nothing averaged."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Access, Act
from govuk.words import long_date
from interventions import measure_page
from interventions.models import Measure, Scale
from interventions.services import measures
from interventions.windows import follow_up_on, window_until
from schools.attendance import monday_of
from schools.calendar import Calendar, calendars_of
from schools.models import AttendanceWeek, Term
from tests.children import child
from tests.interventions.short_work import day, session, under_way, work

pytestmark = pytest.mark.django_db

AUTUMN = {
    "starts_on": date(2025, 9, 3),
    "ends_on": date(2025, 12, 19),
    "half_term_starts_on": date(2025, 10, 27),
    "half_term_ends_on": date(2025, 10, 31),
}
SPRING = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 3, 27)}
SUMMER = {"starts_on": date(2026, 4, 13), "ends_on": date(2026, 7, 17)}


def year_2025():
    """The council's terms of 2025 to 2026, with a half-term in the last week of October."""
    return [
        Term(school_year=2025, name=name, **days)
        for name, days in (("autumn", AUTUMN), ("spring", SPRING), ("summer", SUMMER))
    ]


def pupil_of(made):
    return made.participants.first().pupil


def attend(made, last_day, *, weeks=6, missed=2, possible=10):
    """The school's register of the weeks until a day: so many sessions missed in each."""
    calendar = calendars_of([made.school_id])[made.school_id]
    AttendanceWeek.objects.bulk_create(
        AttendanceWeek(
            pupil=pupil_of(made), school=made.school, week=monday, possible=possible, missed=missed
        )
        for monday in window_until(calendar, last_day, weeks).mondays
    )


def attendance(world, made, **facts):
    facts = {"point": "first", "weeks": 6, "last_day": day(100), **facts}
    return measures.measure_attendance(world.primary, made, pupil=pupil_of(made), **facts)


def scale(world, made, **facts):
    facts = {
        "point": "first",
        "on": day(60),
        "scale": Scale.objects.first(),
        "informant": "child",
        "value": 3,
        **facts,
    }
    return measures.measure_scale(world.primary, made, pupil=pupil_of(made), **facts)


def refusal(act, *args, **facts):
    """What the act says that is wrong: ``{field: sentence}``."""
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        act(*args, **facts)
    return {name: sentences[0] for name, sentences in refused.value.message_dict.items()}


# --- school weeks -------------------------------------------------------------------------


def test_weeks_of_holiday_are_left_out_of_the_six():
    """domain-facts.md 3.9: the same length of school weeks each side, holidays excluded."""
    window = window_until(Calendar(year_2025()), date(2025, 11, 23), 6)
    assert window.mondays == (
        date(2025, 10, 6),
        date(2025, 10, 13),
        date(2025, 10, 20),
        date(2025, 11, 3),
        date(2025, 11, 10),
        date(2025, 11, 17),
    )
    assert (window.first_day, window.last_day) == (date(2025, 10, 6), date(2025, 11, 21))


@pytest.mark.parametrize(("until", "last"), [(20, 10), (21, 17), (23, 17)])
def test_only_a_whole_week_counts(until, last):
    window = window_until(Calendar(year_2025()), date(2025, 11, until), 6)
    assert window.mondays[-1] == date(2025, 11, last)


def test_it_is_asked_whether_it_lasted_twelve_school_weeks_after_the_end():
    """rule 004-16: a follow-up point; Christmas does not count."""
    calendar = Calendar(year_2025())
    asked_on = follow_up_on(calendar, date(2025, 11, 21))
    assert calendar.school_weeks_since(date(2025, 11, 21), asked_on) == 12
    assert calendar.school_weeks_since(date(2025, 11, 21), asked_on - timedelta(days=1)) == 11
    assert asked_on == date(2026, 2, 27)


# --- attendance ---------------------------------------------------------------------------


def test_the_per_cent_is_worked_out_from_the_register_and_shows_its_sessions(world):
    """rule 004-16"""
    made = under_way(world)
    attend(made, day(100), missed=3)
    kept = attendance(world, made)
    assert (kept.value, kept.attended, kept.possible, kept.weeks) == (Decimal("70.0"), 42, 60, 6)
    assert kept.measured_on == kept.to_on <= day(100)


def test_a_gap_in_the_register_is_told_and_never_guessed(world):
    made = under_way(world)
    attend(made, day(107), weeks=5)
    told = refusal(attendance, world, made)
    assert "5 of the 6 school weeks" in told["attended"] or "4 of the 6" in told["attended"]
    assert "Enter the sessions attended and possible" in told["attended"]


def test_sessions_that_are_typed_make_the_per_cent(world):
    kept = attendance(world, under_way(world), attended=41, possible=58)
    assert (kept.value, kept.attended, kept.possible) == (Decimal("70.7"), 41, 58)


@pytest.mark.parametrize(
    ("attended", "possible", "field", "sentence"),
    [
        (59, 58, "attended", "No more than the 58 possible sessions can be attended"),
        (0, 0, "possible", "Enter how many sessions were possible"),
        (5, None, "possible", "Enter how many sessions were possible"),
        (None, 58, "attended", "Enter how many sessions were attended"),
        (-1, 58, "attended", "Enter how many sessions were attended"),
        (100, 1000, "possible", "6 school weeks have 84 sessions at most"),
    ],
)
def test_attendance_beyond_what_was_possible_is_refused(world, attended, possible, field, sentence):
    """Attendance of 101% cannot be entered, nor be on record."""
    made = under_way(world)
    told = refusal(attendance, world, made, attended=attended, possible=possible)
    assert told == {field: sentence}


def test_the_database_holds_no_attendance_of_101_per_cent(world):
    made = under_way(world)
    kept = attendance(world, made, attended=41, possible=58)
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=kept.pk).update(value=101)
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=kept.pk).update(attended=59)


def test_the_end_counts_as_many_school_weeks_as_the_time_before(world):
    """rule 004-16: equal numbers of school weeks."""
    made = under_way(world)
    attendance(world, made, attended=41, possible=58)
    end = {"point": "last", "last_day": day(), "attended": 90, "possible": 110}
    told = refusal(attendance, world, made, weeks=12, **end)
    assert told == {"weeks": "“Before” is over 6 school weeks: choose 6 here too"}
    kept = attendance(world, made, **{**end, "attended": 50, "possible": 55})
    assert kept.weeks == 6


def test_no_week_counts_both_before_and_after(world):
    made = under_way(world)
    attendance(world, made, last_day=day(40), attended=41, possible=58)
    told = refusal(
        attendance, world, made, point="last", last_day=day(14), attended=41, possible=58
    )
    assert told["last_day"].startswith("These school weeks overlap those of “Before”")


def test_a_child_on_two_registers_counts_in_both(world):
    made = under_way(world)
    attend(made, day(100), possible=6, missed=3)
    for monday in AttendanceWeek.objects.values_list("week", flat=True):
        AttendanceWeek.objects.create(
            pupil=pupil_of(made), school=world.elmgate, week=monday, possible=4, missed=0
        )
    kept = attendance(world, made)
    assert (kept.attended, kept.possible) == (42, 60)


# --- suspensions --------------------------------------------------------------------------


def suspensions(world, made, **facts):
    facts = {"point": "first", "weeks": 6, "last_day": day(100), **facts}
    return measures.measure_suspensions(world.primary, made, pupil=pupil_of(made), **facts)


def test_suspensions_are_days_and_how_often(world):
    kept = suspensions(world, under_way(world), days=Decimal("2.5"), times=2)
    assert (kept.value, kept.times, kept.weeks) == (Decimal("2.5"), 2, 6)


@pytest.mark.parametrize(
    ("days", "times", "field"),
    [
        ("31", 3, "days"),
        ("1.2", 1, "days"),
        ("0", 1, "times"),
        ("2", 0, "times"),
        ("1", 3, "times"),
    ],
)
def test_suspensions_that_cannot_be_are_refused(world, days, times, field):
    made = under_way(world)
    assert list(refusal(suspensions, world, made, days=Decimal(days), times=times)) == [field]


# --- scales and scores --------------------------------------------------------------------


@pytest.mark.parametrize("value", [11, -1, Decimal("4.5")])
def test_a_scale_of_11_is_refused(world, value):
    told = refusal(scale, world, under_way(world), value=value)
    assert told == {"value": "Choose a number from 0 to 10"}


def test_the_child_and_the_parent_each_have_their_own_number(world):
    """rule 003-32: before and after, in both views."""
    made = under_way(world)
    scale(world, made, informant="child", value=2)
    scale(world, made, informant="parent", value=6)
    lines = measure_page.section(world.primary, made).lines
    assert [(line.of, line.marks[0].text) for line in lines] == [
        ("The child", "2 of 10"),
        ("The parent or carer", "6 of 10"),
    ]


def test_a_point_is_measured_once_and_corrected_after(world):
    made = under_way(world)
    first = scale(world, made)
    told = refusal(scale, world, made, value=5)
    assert told == {"point": "“Before” is on record already. Correct it there"}
    scale(world, made, value=5, instead_of=first)
    assert [row.value for row in made.measures.all()] == [5]
    history = Measure.pgh_event_model.objects.filter(pgh_obj_id=first.pk)
    assert sorted(int(event.value) for event in history) == [3, 5]


def test_reviews_are_as_many_as_there_are(world):
    made = under_way(world)
    for ago in (30, 20):
        scale(world, made, point="review", on=day(ago))
    assert made.measures.count() == 2


def test_two_children_of_one_work_each_have_a_scale(world):
    made = under_way(world)
    ben = child(world, "Ben")
    made.participants.create(pupil=ben, position=2)
    scale(world, made)
    facts = {"point": "first", "on": day(60), "informant": "child", "value": 7}
    measures.measure_scale(world.primary, made, pupil=ben, scale=Scale.objects.first(), **facts)
    assert made.measures.count() == 2


def score(world, made, **facts):
    facts = {
        "point": "first",
        "on": day(60),
        "tool": "SDQ",
        "version": "parent, 4 to 17",
        "informant": "parent",
        "total": Decimal("17"),
        **facts,
    }
    return measures.measure_score(world.primary, made, pupil=pupil_of(made), **facts)


def test_of_a_licensed_tool_only_the_total_is_kept_and_nothing_is_said_of_it(world):
    """domain-facts.md 3.9: total, version, informant, date; no question, no band."""
    made = under_way(world)
    score(world, made)
    score(world, made, point="last", on=day(2), tool=" sdq ", total=Decimal("11"))
    [line] = measure_page.section(world.primary, made).lines
    assert line.title == "SDQ, parent, 4 to 17"
    assert [mark.text for mark in line.marks] == ["17", "11"]
    assert line.told == "6 points lower"


def test_another_version_of_a_tool_is_another_measure(world):
    """Never averaged or compared across tools (domain-facts.md 3.9)."""
    made = under_way(world)
    score(world, made)
    score(world, made, point="last", on=day(2), version="teacher", total=Decimal("11"))
    lines = measure_page.section(world.primary, made).lines
    assert [line.told for line in lines] == ["", ""]


# --- order and state ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"on": day(-1)}, "on"),
        ({"on": day(2000)}, "on"),
        ({"point": "last", "on": day(71)}, "on"),
        ({"point": "sustained", "on": day(1)}, "point"),
    ],
)
def test_dates_that_cannot_be_are_refused(world, facts, field):
    assert list(refusal(scale, world, under_way(world), **facts)) == [field]


def test_the_end_does_not_come_before_the_beginning(world):
    made = under_way(world)
    scale(world, made, on=day(20))
    told = refusal(scale, world, made, point="last", on=day(30))
    assert told["on"].startswith("This is before “Before”")


def test_nothing_is_measured_before_somebody_does_the_work(world):
    with pytest.raises(TransitionNotAllowed):
        scale(world, work(world))


def test_whether_it_lasted_is_measured_after_the_end(world):
    """rule 004-16"""
    made = work(world, state="closed", closed_on=day(150), asked_on=day(200))
    calendar = calendars_of([made.school_id])[made.school_id]
    earliest = follow_up_on(calendar, day(150)) - timedelta(weeks=2)
    for on in (day(150), earliest - timedelta(days=1)):
        told = refusal(scale, world, made, point="sustained", on=on, value=8)
        assert told == {
            "point": "Whether it lasted is measured about a term after the work ended, from"
            f" {long_date(earliest)}"
        }
    assert scale(world, made, point="sustained", on=earliest, value=8).point == "sustained"


def test_what_was_before_is_measured_before_direct_work_with_the_child_changes_it(world):
    """rule 004-16"""
    made = under_way(world)
    session(world, made, ago=40, contact="other", other_kind="welfare")
    for ago in (20, 30):
        session(world, made, ago=ago)
    told = refusal(scale, world, made, on=day(29))
    assert told == {"on": f"“Before” is measured by {long_date(day(30))}, when direct work began"}
    assert scale(world, made, on=day(30))


def test_what_was_before_is_not_measured_after_the_end(world):
    made = work(world, state="closed", closed_on=day(10))
    told = refusal(scale, world, made, on=day(9))
    assert told == {"on": f"“Before” is measured by {long_date(day(10))}, when the work ended"}
    assert scale(world, made, on=day(10))


def test_who_does_not_work_with_the_family_measures_nothing(world):
    made = under_way(world)
    for user in (world.other_worker, world.service, world.dsl):
        with pytest.raises(PermissionDenied):
            measures.measure_scale(
                user,
                made,
                pupil=pupil_of(made),
                point="first",
                on=day(60),
                scale=Scale.objects.first(),
                informant="child",
                value=3,
            )


def test_a_measure_is_written_down_without_its_number(world):
    made = under_way(world)
    kept = scale(world, made)
    act = Act.objects.get(subject_id=str(kept.pk))
    assert (act.verb, act.by, act.detail) == (
        "measure",
        world.primary,
        {"kind": "scale", "point": "first"},
    )


# --- the page -----------------------------------------------------------------------------


def page(client, made):
    return client.get(f"/interventions/{made.pk}/measures/")


def test_the_page_says_first_last_and_the_way_between_with_a_drawing_in_words(world, as_):
    """rules 003-32 and 004-16"""
    made = under_way(world)
    scale(world, made, value=3)
    scale(world, made, point="last", on=day(2), value=7)
    attendance(world, made, attended=42, possible=60)
    attendance(world, made, point="last", last_day=day(), attended=51, possible=60)
    html = page(as_(world.primary), made).text
    assert "4 steps up" in html
    assert "15 percentage points up" in html
    assert "51 of 60 possible sessions" in html
    assert 'aria-label="Attendance: before 70.0%, at the end 85.0%"' in html


def test_a_look_at_the_measures_is_one_row_of_the_access_log(world, as_):
    made = under_way(world)
    page(as_(world.primary), made)
    [look] = Access.objects.filter(subject_id=str(made.pk))
    assert (look.child_id, look.basis) == (pupil_of(made).pk, "current work")


def test_a_manager_gives_a_reason_before_the_measures(world, as_):
    """rule 001-58"""
    made = under_way(world)
    scale(world, made)
    answer = page(as_(world.service), made)
    assert answer.status_code == 302
    assert "/reason/" in answer.url
    assert not Access.objects.filter(child_id=pupil_of(made).pk, status=200).exists()


def post(client, made, kind, query="", **data):
    return client.post(f"/interventions/{made.pk}/measures/new/{kind}/{query}", data)


def test_a_scale_is_chosen_by_the_words_of_the_council(world, as_):
    made = under_way(world)
    one = Scale.objects.first()
    query = f"?scale={one.pk}"
    client = as_(world.primary)
    html = client.get(f"/interventions/{made.pk}/measures/new/scale/{query}").text
    assert "0: As bad as it could be" in html
    assert html.count('name="value"') == 11
    answer = post(
        client, made, "scale", query, point="first", informant="child", value=4, on="today"
    )
    assert answer.status_code == 302
    assert made.measures.get().value == 4


@pytest.mark.parametrize("value", ["11", "-1", "ten", "4.5", "\x00", ""])
def test_a_number_that_is_not_on_the_scale_comes_back_with_a_sentence(world, as_, value):
    made = under_way(world)
    query = f"?scale={Scale.objects.first().pk}"
    data = {"point": "first", "informant": "child", "value": value, "on": "today"}
    answer = post(as_(world.primary), made, "scale", query, **data)
    assert answer.status_code == 200
    assert "Select a number from 0 to 10" in answer.text


@pytest.mark.parametrize(
    ("attended", "sentence"),
    [
        ("61", "No more than the 60 possible sessions can be attended"),
        ("101%", "Sessions attended must be a whole number"),
        ("9" * 30, "Sessions attended must be a number that can be right"),
        ("", "Enter how many sessions were attended"),
    ],
)
def test_attendance_typed_wrong_comes_back_as_it_was_typed(world, as_, attended, sentence):
    made = under_way(world)
    data = {"point": "first", "weeks": 6, "last_day": "1 Sep 2026", "possible": "60"}
    answer = post(as_(world.primary), made, "attendance", attended=attended, **data)
    assert sentence in answer.text
    assert 'value="60"' in answer.text


def test_a_measure_of_nobody_or_of_another_kind_is_no_page(world, as_):
    made = under_way(world)
    client = as_(world.primary)
    for path in ("new/height/", "new/scale/", "new/scale/?scale=x", f"{made.pk}/"):
        assert client.get(f"/interventions/{made.pk}/measures/{path}").status_code == 404


def test_a_measure_is_corrected_and_taken_out_on_its_page(world, as_):
    made = under_way(world)
    kept = score(world, made)
    client = as_(world.primary)
    address = f"/interventions/{made.pk}/measures/{kept.pk}/"
    html = client.get(address).text
    assert 'value="17"' in html
    data = {"point": "first", "tool": "SDQ", "informant": "parent", "total": "16", "on": "today"}
    assert client.post(address, data).status_code == 302
    assert made.measures.get().value == 16
    assert client.post(f"{address}remove/").status_code == 302
    assert client.post(f"{address}remove/").status_code == 302
    assert not made.measures.exists()


def test_the_page_costs_the_same_for_few_and_many(world, as_, django_assert_max_num_queries):
    made = under_way(world)
    scale(world, made)
    client = as_(world.primary)
    page(client, made)
    with django_assert_max_num_queries(30) as few:
        page(client, made)
    for ago in range(1, 30):
        scale(world, made, point="review", on=day(ago))
    with django_assert_max_num_queries(len(few)):
        page(client, made)


# --- did it last --------------------------------------------------------------------------


def closed(world, weeks_ago, **fields):
    on = timezone.localdate() - timedelta(weeks=weeks_ago)
    made = work(
        world,
        state="closed",
        closed_on=on,
        asked_on=on - timedelta(days=60),
        allocated_at=timezone.now() - timedelta(weeks=weeks_ago, days=50),
        **fields,
    )
    scale(world, made, point="last", on=on)
    return made


def test_closed_work_is_to_follow_up_after_twelve_school_weeks(world):
    """rule 004-16"""
    over, early = closed(world, 20), closed(world, 4)
    found = measure_page.to_follow_up(world.primary)
    assert [one.work for one in found] == [over]
    assert found[0].due_on <= timezone.localdate()
    scale(world, over, point="sustained", on=day(1))
    assert measure_page.to_follow_up(world.primary) == []
    assert early.measures.exists()


def test_nobody_follows_up_what_was_never_taken_on_or_is_not_theirs(world):
    made = closed(world, 20)
    assert measure_page.to_follow_up(world.other_worker) == []
    made.end_reason = "refused"
    made.save()
    assert measure_page.to_follow_up(world.primary) == []


def test_a_week_is_found_by_any_of_its_days():
    assert monday_of(date(2025, 11, 23)) == date(2025, 11, 17)
