"""Panels that come every fourth school week: on which dates, and each moved on its own."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.grants import drift
from audit.errors import TransitionNotAllowed
from notifications.models import Message
from panels import meeting_page, recurrence
from panels.models import Meeting, MeetingState, PanelRecord
from panels.services import children, meetings, organisers, series
from schools.calendar import calendars_of
from schools.models import PanelArea
from schools.term_list import import_terms
from schools.years import school_year_of
from tests.children import child, works_with
from tests.panels.meetings import about, council_terms, invite, panel_series, prepared
from tests.world import anew

pytestmark = pytest.mark.django_db
FIXTURE = settings.BASE_DIR / "schools/fixtures/term_dates.csv"


@pytest.fixture
def west_sussex(world):
    """The council's calendar with its real dates of 2024/25 and 2025/26."""
    import_terms(FIXTURE, by=world.administrator)
    return calendars_of()[None]


def school_weeks(calendar, first, last):
    """The Mondays of the weeks with a school day between two dates, in order."""
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday <= last:
        if calendar.school_days(monday, monday + timedelta(days=4)):
            weeks.append(monday)
        monday += timedelta(weeks=1)
    return weeks


def test_a_panel_falls_on_every_fourth_school_week_of_the_real_year(west_sussex):
    """Rule 001-94; the dates were counted by hand on West Sussex's calendar of 2025/26."""
    found = recurrence.dates_from(west_sussex, date(2025, 9, 10), 4, date(2026, 8, 31))
    assert found == [
        date(2025, 9, 10),
        date(2025, 10, 8),
        # Half-term from 27 October is not counted.
        date(2025, 11, 12),
        date(2025, 12, 10),
        # Nor the two weeks of Christmas.
        date(2026, 1, 21),
        # Nor half-term from 16 February.
        date(2026, 2, 25),
        date(2026, 3, 25),
        # Nor the two weeks of Easter.
        date(2026, 5, 6),
        # Nor half-term from 25 May.
        date(2026, 6, 10),
        date(2026, 7, 8),
    ]


@pytest.mark.parametrize("weekday", range(5))
def test_a_year_of_panels_in_four_areas_falls_in_the_right_school_weeks(west_sussex, weekday):
    """Rule 001-94: each area has its weekday; none is in a holiday or on a bank holiday."""
    first = date(2025, 9, 8) + timedelta(days=weekday)
    weeks = school_weeks(west_sussex, first, date(2026, 7, 31))
    found = recurrence.dates_from(west_sussex, first, 4, date(2026, 8, 31))
    assert [weeks.index(day - timedelta(days=day.weekday())) % 4 for day in found] == [0] * len(
        found
    )
    assert len(found) == len(weeks[::4])
    assert all(west_sussex.is_school_day(day) for day in found)


def test_a_bank_holiday_moves_that_date_inside_its_week_and_no_other(west_sussex):
    found = recurrence.dates_from(west_sussex, date(2026, 4, 13), 3, date(2026, 6, 30))
    # Monday 4 May 2026 is the early May bank holiday.
    assert found[:3] == [date(2026, 4, 13), date(2026, 5, 5), date(2026, 6, 1)]


def test_four_areas_are_planned_apart_from_the_hubs(world):
    for name in ("Eastern", "Northern", "Western"):
        PanelArea.objects.create(name=name)
    for area in PanelArea.objects.all():
        panel_series(world, title=f"{area} panel", panel_area=area)
    areas = Meeting.objects.values_list("panel_area__name", flat=True)
    assert set(areas) == {"Southern", "Eastern", "Northern", "Western"}
    assert drift() == []


def ahead(made):
    return made.meetings.filter(starts_at__gt=timezone.now()).order_by("starts_at")


def test_one_date_is_moved_and_the_rest_stay(world):
    made = panel_series(world)
    first, *others = ahead(made)
    before = [meeting.starts_at for meeting in others]
    moved = first.starts_at + timedelta(days=1)
    meetings.call(
        anew(world.manager),
        first,
        starts_at=moved,
        minutes=first.minutes,
        place=first.place,
        online_url="",
        version=first.version,
    )
    assert [meeting.starts_at for meeting in list(ahead(made))[1:]] == before
    kept = Meeting.objects.get(pk=first.pk)
    assert (kept.starts_at, kept.planned_on) == (moved, timezone.localdate(first.starts_at))


def test_the_next_year_goes_on_counting_and_is_planned_once(world):
    made = panel_series(world)
    last = made.meetings.order_by("planned_on").last().planned_on
    with pytest.raises(ValidationError):
        series.plan_next_year(anew(world.manager), made)
    council_terms(school_year_of(last) + 1)
    added = series.plan_next_year(anew(world.manager), made)
    assert min(meeting.planned_on for meeting in added) > last
    calendar = calendars_of()[None]
    weeks = school_weeks(calendar, made.first_on, added[0].planned_on)
    assert (len(weeks) - 1) % 4 == 0


def test_a_series_ends_and_cancels_what_lies_ahead(world):
    made = panel_series(world)
    held = made.meetings.exclude(pk__in=ahead(made)).count()
    series.end(anew(world.manager), made)
    assert not ahead(made).exclude(state=MeetingState.CANCELLED).exists()
    assert made.meetings.filter(state=MeetingState.CALLED).count() == held
    with pytest.raises(TransitionNotAllowed):
        series.end(anew(world.manager), made)


@pytest.mark.parametrize("who", ["primary", "service", "other_manager", "duty", "dsl"])
def test_nobody_but_the_hubs_managers_and_coordinators_plans_a_panel(world, who):
    with pytest.raises(PermissionDenied):
        panel_series(world, getattr(world, who))


def test_a_coordinator_plans_a_placement_panel_and_no_forum(world):
    panel_series(world, world.coordinator)
    with pytest.raises(PermissionDenied):
        panel_series(world, world.coordinator, kind="forum", panel_area=None)


def test_a_series_does_not_begin_in_a_holiday_nor_in_a_year_without_terms(world):
    year = school_year_of(timezone.localdate())
    for first_on in (date(year, 12, 28), date(year + 3, 9, 15)):
        with pytest.raises(ValidationError):
            panel_series(world, first_on=first_on)


def test_the_panels_child_has_a_place_by_the_twentieth_school_day(world):
    """domain-facts.md 2.7, counted by the council's calendar."""
    panel = panel_series(world).meetings.first()
    ada = child(world)
    works_with(world, ada)
    row = about(panel, ada, None)
    agreed_on = timezone.localdate()
    facts = {"category": "out_of_school", "agreed_on": agreed_on, "decision": "Oakfield asked"}
    children.keep_panel_record(anew(world.manager), row, facts)
    calendars = calendars_of()
    row = panel.pupils.get()
    place_by = meeting_page.place_by(row, calendars)
    assert len(calendars[None].school_days(agreed_on + timedelta(days=1), place_by)) == 20
    with pytest.raises(PermissionDenied):
        children.keep_panel_record(anew(world.primary), row, facts)


def test_only_a_panel_keeps_that_record(world):
    meeting = prepared(world)
    ada = child(world)
    row = about(meeting, ada, world.oakfield)
    with pytest.raises(TransitionNotAllowed):
        children.keep_panel_record(anew(world.coordinator), row, {"category": "carer"})
    assert not PanelRecord.objects.exists()


def test_who_is_asked_to_a_planned_panel_hears_that_it_is_moved(world):
    """The managers attend (rule 001-92): a second invitation, with a higher sequence."""
    panel = ahead(panel_series(world)).first()
    invite(world, panel, users=[world.manager])
    panel.refresh_from_db()
    meetings.call(
        anew(world.manager),
        panel,
        starts_at=panel.starts_at + timedelta(days=1),
        minutes=panel.minutes,
        place=panel.place,
        online_url="",
        version=panel.version,
    )
    keys = Message.objects.filter(kind="meeting_called", to=world.manager).values_list("key")
    assert keys.count() == 2
    assert panel.people.get().user == world.manager


def test_who_planned_a_series_ends_it_with_a_meeting_that_somebody_else_organises_now(world):
    """Rule 001-94."""
    made = panel_series(world, world.coordinator)
    one = ahead(made).first()
    organisers.hand_over(anew(world.coordinator), one, world.manager, "Away")
    series.end(anew(world.coordinator), made)
    assert not ahead(made).exclude(state=MeetingState.CANCELLED).exists()


# --- the one after --------------------------------------------------------------------------------


def over(meeting):
    """The panel as held a week ago, as far as its page and the next one go by it."""
    at = timezone.now() - timedelta(weeks=1)
    Meeting.objects.filter(pk=meeting.pk).update(
        state="held", held_at=at, held_by=meeting.organiser, starts_at=at
    )
    return Meeting.objects.get(pk=meeting.pk)


def test_the_next_panel_of_a_series_is_its_next_date(world, as_):
    """Rule 001-94."""
    first, second, *_ = ahead(panel_series(world))
    held = over(first)
    answer = as_(world.manager).get(f"/meetings/new/?previous={held.pk}", follow=True)
    assert answer.redirect_chain == [(f"/meetings/{second.pk}/", 302)]
    assert "is planned already" in answer.content.decode()


def test_after_the_last_date_the_next_panel_is_prepared_as_one_of_the_same_area(world, as_):
    made = panel_series(world)
    held = over(ahead(made).last())
    ahead(made).delete()
    client, address = as_(world.manager), f"/meetings/new/?previous={held.pk}"
    assert "What kind of meeting is it?" not in client.get(address).content.decode()
    client.post(address, {"title": "Southern panel, once more", "our_part": "support"})
    following = Meeting.objects.get(previous=held)
    assert (following.kind, following.panel_area, following.hub) == (
        "panel",
        world.area,
        world.coast,
    )
    assert following.state == "asked"
    page = client.get("/meetings/new/?kind=panel").content.decode()
    assert "What kind of meeting is it?" in page


def test_a_series_that_is_planned_twice_with_other_words_loses_none(world, as_):
    made = panel_series(world)
    sent = {
        "id": made.pk,
        "kind": "panel",
        "title": "CANARY panel",
        "hub": world.coast.pk,
        "panel_area": world.area.pk,
        "first_on": f"{made.first_on:%-d %B %Y}",
        "at": "9:30am",
        "minutes": 120,
        "every_weeks": 4,
        "place": "County hall",
    }
    answer = as_(world.manager).post("/meetings/series/new/", sent, follow=True)
    assert "has been planned already" in answer.content.decode()
    assert "CANARY panel" in answer.content.decode()
