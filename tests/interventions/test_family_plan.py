"""The plan made with a family, and what they take home of it."""

from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pypdf import PdfReader

from audit.errors import TransitionNotAllowed
from audit.models import Access, Act, Look, Verb
from interventions.models import Measure, Scale
from interventions.services import family_plan as services
from interventions.services.reviews import next_review
from tests.children import child
from tests.interventions.short_work import day, under_way, work

GOAL = "Mornings without shouting"


@pytest.fixture
def made(world):
    """Work under way with Ada and her mother."""
    return under_way(world, parent="Mary Lovelace", level_reason="SECRET-level", risks="SECRET-dog")


def plan_of(made):
    return f"/interventions/{made.pk}/plan/"


def typed(made, **changes):
    review = next_review(made.school_id, day())
    return {
        "goal": GOAL,
        "planned_words": "Dora meets Ada at the gate",
        "planned_sessions": "6",
        "review_on": f"{review:%d/%m/%Y}",
        **changes,
    }


def page(answer):
    return answer.content.decode()


def test_the_plan_is_written_down_with_the_family(world, made, as_):
    client = as_(world.primary)
    assert client.get(plan_of(made)).status_code == 200
    assert client.post(plan_of(made), typed(made)).url == made.get_absolute_url()
    made.refresh_from_db()
    assert (made.goal, made.planned_sessions, made.planned_on) == (GOAL, 6, day())
    assert made.review_on == next_review(made.school_id, day())
    act = Act.objects.get(verb=Verb.PLAN)
    assert act.detail == {"fields": ["goal", "planned_sessions", "planned_words", "review_on"]}


def test_a_review_is_offered_after_six_school_weeks_and_refused_after_twelve(world, made, as_):
    """Domain-facts 3.7."""
    client = as_(world.primary)
    offered = next_review(made.school_id, day())
    assert f"{offered.day} {offered:%B %Y}" in page(client.get(plan_of(made)))
    late = next_review(made.school_id, day(), weeks=13)
    answer = client.post(plan_of(made), typed(made, review_on=f"{late:%d/%m/%Y}"))
    assert "12 school weeks from now" in page(answer)
    assert GOAL in page(answer)
    assert "after today" in page(client.post(plan_of(made), typed(made, review_on="today")))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"goal": "  "}, "Enter the goal in the family’s own words"),
        ({"goal": "a" * 200_000}, "100,000 characters or fewer"),
        ({"planned_sessions": "0"}, "must be 1 or more"),
        ({"planned_sessions": "many"}, "must be a whole number"),
        ({"review_on": "31 February"}, "Review must be a real date"),
        ({"goal": "a\x00b"}, "a character that cannot be kept"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_on_the_page(world, made, as_, changes, sentence):
    answer = as_(world.primary).post(plan_of(made), typed(made, **changes))
    assert answer.status_code == 200
    assert sentence in page(answer)
    made.refresh_from_db()
    assert made.goal == ""


def test_the_first_score_is_kept_with_the_plan_once(world, made, as_):
    scale = Scale.objects.create(name="How things are at home")
    client, score = as_(world.primary), {"scale": scale.pk, "informant": "parent", "value": "3"}
    half = client.post(plan_of(made), typed(made, scale=scale.pk))
    assert "Choose a number from 0 to 10" in page(half)
    eleven = client.post(plan_of(made), typed(made, **score | {"value": "11"}))
    assert "Choose a number from 0 to 10" in page(eleven)
    assert client.post(plan_of(made), typed(made, **score)).status_code == 302
    first = Measure.objects.get()
    assert (first.point, first.value, first.informant) == ("first", 3, "parent")
    assert first.pupil == made.participants.first().pupil
    assert 'name="scale"' not in page(client.get(plan_of(made)))


def test_a_plan_changed_by_somebody_else_is_not_overwritten(world, made, as_):
    client = as_(world.primary)
    form = client.get(plan_of(made)).context["form"]
    services.plan(
        world.secondary,
        made,
        goal="Theirs",
        planned_sessions=None,
        planned_words="",
        review_on=next_review(made.school_id, day()),
    )
    answer = client.post(plan_of(made), typed(made, seen=form.seen_now))
    assert answer.status_code == 409
    assert GOAL in page(answer)
    made.refresh_from_db()
    assert made.goal == "Theirs"


def test_only_who_works_there_plans_and_only_what_is_open(world, made, as_):
    told = {
        "goal": GOAL,
        "planned_sessions": None,
        "planned_words": "",
        "review_on": next_review(made.school_id, day()),
    }
    with pytest.raises(PermissionDenied):
        services.plan(world.service, made, **told)
    with pytest.raises(ValidationError):
        services.plan(world.primary, made, **told | {"goal": " "})
    waiting = work(world, child(world, "Ben"))
    with pytest.raises(TransitionNotAllowed):
        services.plan(world.primary, waiting, **told)
    answer = as_(world.primary).get(plan_of(waiting))
    assert answer.url == waiting.get_absolute_url()


def test_the_family_gets_a_plain_plan_with_who_to_ring(world, made, as_):
    """Rule 003-48: what they want and need, in plain words; nothing of the team's."""
    world.primary.phone = "01632 960 222"
    world.primary.save()
    client = as_(world.primary)
    client.post(plan_of(made), typed(made))
    printed = page(client.get(f"{plan_of(made)}print/")).partition("<article")[2]
    printed = printed.partition("</article>")[0]
    answer = client.get(f"{plan_of(made)}pdf/")
    document = PdfReader(BytesIO(answer.getvalue()))
    paper = "\n".join(sheet.extract_text() for sheet in document.pages)
    for text in (printed, paper):
        for words in (
            GOAL,
            "Dora meets Ada at the gate",
            "For Ada, Mary Lovelace",
            "We plan to meet 6 times",
            "You can change your mind at any time",
            "01632 960 222",
            "999",
            "Oakfield Primary School",
        ):
            assert words in text.replace("\n", " "), words
        for secret in ("SECRET", "CANARY", "level", "Mosaic", "consent"):
            assert secret not in text
    assert 'filename="our-plan.pdf"' in answer["Content-Disposition"]
    assert "Ada" not in str(document.metadata)
    looks = Access.objects.filter(child_id=made.participants.first().pupil_id)
    assert looks.filter(action=Look.PRINT).count() == looks.filter(action=Look.PDF).count() == 1


def test_there_is_nothing_to_print_before_the_plan(world, made, as_):
    assert as_(world.primary).get(f"{plan_of(made)}pdf/").url == made.get_absolute_url()
