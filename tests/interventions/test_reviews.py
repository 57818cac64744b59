"""Reviews: how the work goes, when it is looked at again, and who is told that one is due."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Access, Act, Verb
from govuk.words import day_text, long_date
from interventions import review_chasing
from interventions.models import Review, ShortIntervention, WorkState
from interventions.services import reviews
from interventions.work import mine
from linkworkers.models import Absence
from notifications import kinds
from notifications.models import Message
from schools.calendar import Calendar
from schools.models import Involvement
from tests.children import child
from tests.interventions.short_work import day, under_way, work
from tests.world import anew

BETTER = Review.Direction.BETTER


def noon(days):
    """Noon here, so many days ago, on either side of the change of the clocks."""
    return timezone.make_aware(datetime.combine(day(days), time(12)))


def reviewed(by, made, **facts):
    facts = {
        "reviewed_on": day(),
        "direction": BETTER,
        "text": "He comes every morning",
        "next_on": reviews.next_review(made.school_id, day()),
        **facts,
    }
    return reviews.review(by, made, **facts)


def test_a_review_says_how_it_goes_and_when_it_is_looked_at_again(world):
    """Rules 003-26 and 003-35: a direction in words, and the date of the next."""
    made = under_way(world)
    kept = reviewed(world.primary, made)
    made.refresh_from_db()
    assert made.review_on == kept.next_on > day(-35)
    assert made.reviews.get().get_direction_display() == "Positive change"
    assert Act.objects.get(verb=Verb.REVIEW).subject_id == str(made.pk)


def test_the_next_review_is_six_school_weeks_ahead_unless_another_date_is_set(world):
    """Rule 003-26."""
    calendar = Calendar()
    assert calendar.day_after(date(2026, 9, 7), 6) == date(2026, 10, 19)
    assert reviews.next_review(world.oakfield.pk, date(2026, 9, 7)) == date(2026, 10, 19)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"reviewed_on": day(-1)}, "reviewed_on"),
        ({"reviewed_on": day(71)}, "reviewed_on"),
        ({"next_on": day()}, "next_on"),
        ({"next_on": day(-120)}, "next_on"),
        ({"text": "  "}, "text"),
    ],
)
def test_a_review_that_cannot_be_is_refused_with_a_sentence(world, facts, field):
    with pytest.raises(ValidationError) as refused:
        reviewed(world.primary, under_way(world), **facts)
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize("state", [WorkState.REQUESTED, WorkState.CLOSED])
def test_work_that_is_not_allocated_or_has_ended_is_not_reviewed(world, state):
    with pytest.raises(TransitionNotAllowed):
        reviewed(world.primary, work(world, state=state))


def test_only_who_works_there_reviews(world):
    made = under_way(world)
    for by in (world.dsl, world.other_worker, world.service):
        with pytest.raises(PermissionDenied):
            reviewed(anew(by), made)


def test_the_second_of_two_clicks_adds_no_second_review(world):
    made = under_way(world)
    reviewed(world.primary, made)
    with pytest.raises(TransitionNotAllowed):
        reviewed(world.primary, made)
    assert made.reviews.count() == 1


def test_a_review_written_down_late_does_not_move_the_next_one(world):
    made = under_way(world)
    latest = reviewed(world.primary, made)
    reviewed(world.primary, made, reviewed_on=day(40), next_on=day(10))
    made.refresh_from_db()
    assert made.review_on == latest.next_on


# --- what is due ----------------------------------------------------------------------------


def due_of(user):
    """``{work: what My work says of its review}``, of what has to be reviewed by today."""
    lines = [line for line in mine(anew(user)) if line.work.review_due_on <= day()]
    return {line.work: line.when.partition(". ")[2] for line in lines}


def on(date):
    said = day_text(date, day())
    return said if said in ("today", "yesterday") else f"on {said}"


def test_work_comes_up_for_review_on_its_day_and_to_whoever_does_it(world):
    due = under_way(world, review_on=day())
    under_way(world, child(world, "Ben"), review_on=day(-1))
    under_way(world, child(world, "Dee"), review_on=day(), child_worker=world.secondary)
    work(world, child(world, "Eli"), state=WorkState.CLOSED, review_on=day(9))
    assert due_of(world.primary) == {due: "The review is due today"}


def test_work_without_a_date_comes_up_twelve_weeks_after_it_was_allocated(world):
    under_way(world, allocated_at=noon(83))
    due = under_way(world, child(world, "Ben"), allocated_at=noon(84))
    assert due_of(world.primary) == {due: "The review is due today"}
    assert list(ShortIntervention.objects.to_review(day())) == [due]


def test_work_taken_up_again_without_a_date_has_twelve_weeks_from_then_on(world):
    """Rule 003-54"""
    long_ago = noon(300)
    under_way(world, allocated_at=long_ago, reopened_on=day(83))
    due = under_way(world, child(world, "Ben"), allocated_at=long_ago, reopened_on=day(85))
    assert due_of(world.primary) == {due: f"The review was due {on(day(1))}"}
    assert list(ShortIntervention.objects.to_review(day())) == [due]
    assert ShortIntervention.objects.to_review(day()).get().due_on == due.review_due_on == day(1)


def test_work_that_never_began_comes_up_for_review_as_the_message_says(world):
    """What waits for the family's answer longer than twelve weeks is looked at as well."""
    waits = work(world, state=WorkState.ALLOCATED, allocated_at=noon(90))
    assert due_of(world.primary) == {waits: f"The review was due {on(day(6))}"}


def test_my_work_and_the_page_of_the_work_say_the_same_of_a_review(world, as_):
    made = under_way(world, allocated_at=noon(90))
    client = as_(world.primary)
    sentence = f"review was due {on(day(6))}"
    assert sentence in client.get("/").text
    assert sentence in client.get(made.get_absolute_url()).text


@pytest.fixture
def monday():
    """A Monday to come on which there is school, and a week later again."""
    coming = (day(-ago) for ago in range(1, 60))
    teaches = Calendar().is_school_day
    return next(
        found
        for found in coming
        if found.weekday() == 0 and teaches(found) and teaches(found + timedelta(days=7))
    )


def chased(today):
    review_chasing.chase(today)
    return list(
        Message.objects.filter(kind=review_chasing.DUE)
        .order_by("created_at")
        .values_list("to__name", "subject")
    )


def test_whoever_does_the_work_hears_on_the_day_and_then_every_week(world, monday):
    under_way(world, review_on=monday)
    assert chased(monday - timedelta(days=3)) == []
    [(name, subject)] = chased(monday)
    assert name == "Priya Primary"
    assert subject.startswith(f"Due on {long_date(monday)}")
    chased(monday)
    assert len(chased(monday + timedelta(days=6))) == 1
    told = chased(monday + timedelta(days=7))
    assert len(told) == 2
    assert told[1][1].startswith(f"Overdue since {long_date(monday)}")


def test_a_reminder_says_nothing_of_the_child(world, monday):
    made = under_way(world, review_on=monday, goal="CANARY-goal", end_words="CANARY-end")
    review_chasing.chase(monday)
    message = Message.objects.get(kind=review_chasing.DUE)
    assert "CANARY" not in message.subject + message.body
    assert f"/interventions/{made.pk}/" in message.body


def test_while_the_worker_is_away_whoever_answers_for_the_school_hears(world, monday):
    under_way(world, review_on=monday)
    Absence.objects.create(
        link_worker=world.primary.link_worker,
        starts_on=monday - timedelta(days=2),
        ends_on=monday + timedelta(days=2),
        added_by=world.manager,
    )
    assert [name for name, _ in chased(monday)] == ["Sam Secondary"]


def test_a_reminder_is_not_sent_once_the_work_was_reviewed_or_has_ended(world, monday):
    made = under_way(world, review_on=monday)
    review_chasing.chase(monday)
    message = Message.objects.get(kind=review_chasing.DUE)
    Message.objects.update(created_at=timezone.make_aware(datetime.combine(monday, time(8))))
    message.refresh_from_db()
    kind = kinds.get(message.kind)
    assert kind.still_due(message)
    assert kind.may_receive(message)
    ShortIntervention.objects.filter(pk=made.pk).update(review_on=monday + timedelta(days=40))
    assert not kind.still_due(message)


def test_as_many_queries_for_many_reviews_as_for_one(world, monday):
    under_way(world, review_on=monday)
    User.objects.system("chasing")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            review_chasing.chase(monday)
        return len(captured)

    queries()
    one = queries()
    for name in ("Ben", "Dee", "Eli"):
        under_way(world, child(world, name), review_on=monday)
    queries()
    assert queries() == one


# --- pages ----------------------------------------------------------------------------------


def test_the_page_asks_for_a_direction_and_keeps_what_was_typed(world, as_):
    made = under_way(world)
    client = as_(world.primary)
    page = client.post(f"/interventions/{made.pk}/review/", {"text": "<b>Better</b>\x00"})
    html = page.content.decode()
    assert page.status_code == 200
    assert "Select how it is going" in html
    assert "&lt;b&gt;Better" in html
    assert Access.objects.filter(user=world.primary, subject_id=str(made.pk)).count() == 1


def test_a_worsening_review_points_to_stepping_up(world, as_):
    """Rule 003-25: no improvement and escalating concerns mean a step up."""
    made = under_way(world)
    client = as_(world.primary)
    answer = client.post(
        f"/interventions/{made.pk}/review/",
        {"reviewed_on": "today", "direction": "worse", "text": "Fewer days", "next_on": "+"},
    )
    assert "must be a real date" in answer.content.decode()
    reviewed(world.primary, made, direction=Review.Direction.WORSE, text="CANARY-fewer days")
    html = client.get(f"/interventions/{made.pk}/").content.decode()
    assert "CANARY-fewer days" in html
    assert "It was getting worse at the last review" in html
    assert f"/interventions/{made.pk}/step-up/" in html


def test_a_review_waits_for_a_reason_to_open_the_child(world, as_):
    """Rule 001-58: nothing of a child who is on current work no longer is shown without one."""
    made = under_way(world, goal="CANARY-goal")
    Involvement.objects.update(ends_at=world.yesterday)
    answer = as_(world.primary).get(f"/interventions/{made.pk}/review/")
    assert answer.status_code == 302
    assert "/reason/" in answer["Location"]
