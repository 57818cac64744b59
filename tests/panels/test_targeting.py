"""Targeting support meetings: one a term with each school, chased gently (domain-facts.md 2.5)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkworkers.models import Allocation
from notifications import kinds
from notifications.models import Message
from panels import targeting, tasks
from panels.models import Meeting
from panels.services import meetings
from panels.targeting_chasing import UNPLANNED, chase
from schools.calendar import calendars_of
from schools.models import OwnChildConflict, School, Term
from schools.years import TermName
from tests.panels.meetings import begun, called, council_terms, prepared
from tests.referrals.concerns import away
from tests.world import World, anew

pytestmark = pytest.mark.django_db


@pytest.fixture
def autumn(db, time_machine):
    """The world as it is in the autumn before the term of ``in_term``."""
    time_machine.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC))
    return World()


@pytest.fixture
def in_term(autumn, monkeypatch):
    """``in_term(weeks)``: today is a Monday so many weeks before the spring term ends in 2027."""
    council_terms(2026)

    def go_to(weeks):
        # The spring term of council_terms ends on Thursday 25 March.
        day = datetime(2027, 3, 22, 9, tzinfo=UTC) - timedelta(weeks=weeks)
        monkeypatch.setattr(timezone, "now", lambda: day)
        return day

    return go_to


def meeting(autumn, school, day=None, *, is_held=False):
    made = prepared(autumn, autumn.primary, kind="targeting", schools=[school], title="Attendance")
    made = called(made, (day or timezone.now() + timedelta(days=2)).date())
    if is_held:
        made = meetings.hold(anew(autumn.primary), begun(made), people=[], agencies=[])
    return made


def standing(school):
    schools = targeting.with_meetings(School.objects.filter(pk=school.pk))
    return targeting.this_term(schools)[school.pk]


def told():
    return {(m.to.email, m.key.split(":")[1]) for m in Message.objects.filter(kind=UNPLANNED)}


def test_a_term_stands_as_not_yet_then_planned_then_held(autumn, in_term):
    now = in_term(8)
    assert (standing(autumn.oakfield).text, standing(autumn.oakfield).state) == ("Not yet", "")
    made = meeting(autumn, autumn.oakfield)
    assert standing(autumn.oakfield).text.startswith("Planned, ")
    Meeting.objects.filter(pk=made.pk).update(starts_at=now - timedelta(days=3))
    assert standing(autumn.oakfield).text == "Not marked as held, 22 January 2027"
    Meeting.objects.filter(pk=made.pk).update(
        state="held", held_at=now, held_by=autumn.primary, starts_at=now - timedelta(hours=2)
    )
    assert standing(autumn.oakfield).text == "Yes, 25 January 2027"
    assert standing(autumn.oakfield).state == "ok"


def test_a_meeting_of_another_kind_or_cancelled_or_of_another_term_is_none(autumn, in_term):
    """A consultation is none either: the meeting is due, the consultation never (001-60)."""
    now = in_term(8)
    other = called(prepared(autumn, autumn.primary, kind="family", schools=[autumn.oakfield]), now)
    assert other.state == "called"
    cancelled = meeting(autumn, autumn.oakfield)
    meetings.cancel(anew(autumn.primary), cancelled, "Snow")
    meeting(autumn, autumn.oakfield, now + timedelta(weeks=12))
    assert standing(autumn.oakfield).is_missing


def test_a_school_with_terms_of_its_own_is_told_by_those(autumn, in_term):
    now = in_term(8)
    Term.objects.create(
        school=autumn.oakfield,
        school_year=2026,
        name="spring",
        starts_on="2027-01-04",
        ends_on=(now + timedelta(weeks=1)).date(),
    )
    assert standing(autumn.oakfield).step == targeting.MANAGERS
    assert standing(autumn.elmgate).step == ""


def test_types_that_are_offered_none_are_left_out(autumn, in_term):
    in_term(1)
    assert targeting.this_term([autumn.larkmead]) == {}


@pytest.mark.parametrize(
    ("weeks", "who"),
    [(8, set()), (4, {"worker"}), (1, {"worker", "managers"})],
)
def test_towards_the_end_the_link_worker_hears_first_then_the_managers(autumn, in_term, weeks, who):
    in_term(weeks)
    chase()
    assert {step for _, step in told()} == who
    assert (("primary@example.org", "worker") in told()) is bool(who)
    assert (("manager@example.org", "managers") in told()) is ("managers" in who)


def test_a_manager_who_answers_for_a_school_themselves_gets_one_message(autumn, in_term):
    """Rule 003-1: one person, many roles, one message."""
    in_term(1)
    School.objects.exclude(pk=autumn.oakfield.pk).update(type_group="college")
    for allocation in Allocation.objects.filter(school=autumn.oakfield):
        away(allocation.link_worker.user, autumn)
    chase()
    assert told() == {("manager@example.org", "managers")}


def test_of_a_hub_that_nobody_manages_the_service_manager_is_told(autumn, in_term):
    in_term(1)
    School.objects.exclude(pk=autumn.oakfield.pk).update(type_group="college")
    autumn.manager.staff_roles.update(ends_at=autumn.yesterday)
    chase()
    assert told() == {("primary@example.org", "worker"), (autumn.service.email, "managers")}


def test_each_hears_once_a_term_and_of_no_child_and_no_consultation(autumn, in_term):
    in_term(1)
    chase()
    sent = Message.objects.filter(kind=UNPLANNED)
    before = sent.count()
    chase()
    assert sent.count() == before
    for message in sent:
        assert "consultation" not in (message.subject + message.body).lower()
        assert "Oakfield" not in message.subject + message.body


def test_nobody_is_told_where_one_is_planned_nor_at_the_weekend_nor_without_dates(
    autumn, in_term, monkeypatch
):
    now = in_term(1)
    monkeypatch.setattr(timezone, "now", lambda: now - timedelta(days=1))
    chase()
    assert told() == set()
    monkeypatch.setattr(timezone, "now", lambda: now)
    School.objects.exclude(pk=autumn.oakfield.pk).update(type_group="college")
    meeting(autumn, autumn.oakfield)
    chase()
    assert told() == set()
    Term.objects.all().delete()
    Meeting.objects.all().delete()
    chase()
    assert told() == set()


def test_a_manager_whose_own_child_is_there_is_not_told_of_that_school(autumn, in_term):
    """Rule 001-53."""
    in_term(1)
    School.objects.exclude(pk=autumn.oakfield.pk).update(type_group="college")
    OwnChildConflict.objects.create(
        user=autumn.manager, school=autumn.oakfield, starts_at=autumn.yesterday
    )
    chase()
    assert ("manager@example.org", "managers") not in told()
    assert ("primary@example.org", "worker") in told()
    assert (autumn.service.email, "managers") in told()


def test_what_is_planned_meanwhile_is_not_told(autumn, in_term):
    in_term(4)
    School.objects.exclude(pk=autumn.oakfield.pk).update(type_group="college")
    chase()
    message = Message.objects.get(kind=UNPLANNED, to=autumn.primary)
    kind = kinds.get(UNPLANNED)
    assert kind.still_due(message)
    assert kind.may_receive(message)
    meeting(autumn, autumn.oakfield)
    assert not kind.still_due(Message.objects.get(pk=message.pk))


def test_it_is_told_from_half_past_seven_here(autumn, in_term, monkeypatch):
    now = in_term(1)
    monkeypatch.setattr(timezone, "now", lambda: now.replace(hour=6))
    tasks.chase_targeting()
    assert told() == set()
    monkeypatch.setattr(timezone, "now", lambda: now.replace(hour=7, minute=30))
    tasks.chase_targeting()
    assert told()


def test_the_list_says_yes_or_no_by_school_and_term(autumn, in_term, as_):
    in_term(4)
    html = as_(autumn.manager).get("/targeting-support/").content.decode()
    assert "Oakfield" in html
    assert "Beechcroft" not in html
    assert "Not begun" in html
    assert "/meetings/new/?kind=targeting&amp;school=900001" in html
    own = as_(autumn.primary).get("/targeting-support/").content.decode()
    assert "Oakfield" in own
    assert "Beechcroft" in as_(autumn.service).get("/targeting-support/").content.decode()
    for nonsense in ("?after=x", "?before=²", "?after=999999", "?before=" + "9" * 400):
        assert as_(autumn.manager).get(f"/targeting-support/{nonsense}").status_code == 200
    assert as_(autumn.manager).get("/targeting-support/?hub=downs").status_code == 404


def test_the_schools_page_says_how_it_stands(autumn, in_term, as_):
    in_term(1)
    html = as_(autumn.primary).get(f"/schools/{autumn.oakfield.urn}/").content.decode()
    assert "Targeting support, this term" in html
    assert "Plan one before the term ends" in html
    school = as_(autumn.dsl).get(f"/schools/{autumn.oakfield.urn}/").content.decode()
    assert "Targeting support" not in school


def test_only_who_held_it_says_that_it_was_a_consultation_too(autumn, as_):
    """domain-facts.md 2.5: one meeting serves as both only if the user says so."""
    made = meeting(autumn, autumn.oakfield)
    client = as_(autumn.primary)
    address = f"/meetings/{made.pk}/"
    assert "record the consultation" not in client.get(address).content.decode()
    at = timezone.now() - timedelta(days=1)
    Meeting.objects.filter(pk=made.pk).update(
        state="held", held_at=timezone.now(), held_by=autumn.primary, starts_at=at
    )
    held = f"?school={autumn.oakfield.urn}&held={timezone.localtime(at):%Y-%m-%dT%H:%M}"
    assert held.replace("&", "&amp;") in client.get(address).content.decode()
    begun_with = client.get(f"/consultations/new/{held}").context["form"].initial
    assert begun_with["held_on"] == timezone.localdate(at)
    assert client.get("/consultations/new/?school=900001&held=yesterday").status_code == 200


def test_the_list_and_the_chase_cost_the_same_for_many_schools(autumn, in_term, as_):
    in_term(1)
    client = as_(autumn.service)

    def cost(what):
        with CaptureQueriesContext(connection) as captured:
            what()
        return len(captured)

    def page():
        client.get("/targeting-support/")

    page()
    few = cost(page), cost(lambda: targeting.missing(targeting.schools_with_meetings()))
    for number in range(20):
        School.objects.create(
            urn=f"91{number:04}", name=f"School {number}", type_group="primary", hub=autumn.coast
        )
    many = cost(page), cost(lambda: targeting.missing(targeting.schools_with_meetings()))
    assert many == few
    assert calendars_of()[None].term_on(timezone.localdate()).name == TermName.SPRING


def over(made, now):
    """The meeting as if it had been three days ago, and nobody marked it as held."""
    Meeting.objects.filter(pk=made.pk).update(starts_at=now - timedelta(days=3))


def test_one_that_is_over_and_not_marked_as_held_is_asked_about_and_not_counted(
    autumn, in_term, as_
):
    now = in_term(1)
    School.objects.exclude(pk=autumn.oakfield.pk).update(type_group="college")
    made = meeting(autumn, autumn.oakfield)
    over(made, now)
    assert (standing(autumn.oakfield).is_missing, standing(autumn.oakfield).state) == (True, "late")
    chase()
    assert told() == {("primary@example.org", "worker"), ("manager@example.org", "managers")}
    address = f"/meetings/{made.pk}/held/"
    page = as_(autumn.primary).get("/targeting-support/").content.decode()
    assert "Not marked as held, 12 March 2027" in page
    assert address in page
    assert address not in as_(autumn.secondary).get("/targeting-support/").content.decode()
    as_(autumn.primary).post(address, {})
    assert standing(autumn.oakfield).text == "Yes, 12 March 2027"
    assert not targeting.missing(School.objects.filter(pk=autumn.oakfield.pk))


def test_one_that_is_planned_goes_before_one_that_was_never_marked_as_held(autumn, in_term):
    now = in_term(1)
    over(meeting(autumn, autumn.oakfield), now)
    meeting(autumn, autumn.oakfield)
    assert standing(autumn.oakfield).text.startswith("Planned, ")
    assert not standing(autumn.oakfield).is_missing
