"""The pages on which the family's answer is confirmed, on the team's side and the school's."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Access
from interventions.models import Answer, ConsentConfirmation, ShortIntervention, WorkState
from schools.models import Involvement
from tests.interventions.short_work import agreed, day, under_way, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(world):
    return work(world, state=WorkState.ALLOCATED, parent="Jane Smith")


def typed(made, **changed):
    return {
        "once": str(uuid.uuid4()),
        "seen": "0-0",
        "answer": "given",
        "people": [str(person.pk) for person in made.participants.all()],
        "from_whom": "The mother",
        "obtained_on": "yesterday",
        "obtained_by": "else",
        "obtained_by_name": "Sue Head of Year",
        "held_in": "MyConcern",
        "limits": "",
        **changed,
    }


def team(made, then="consent/"):
    return f"/interventions/{made.pk}/{then}"


def shared(made, then="consent/"):
    return f"/shared/short-work/{made.pk}/{then}"


def sentences(answer):
    found = re.findall(r'govuk-error-message">(?:<span[^>]*>[^<]*</span>)?\s*([^<]+)', page(answer))
    return {sentence.strip() for sentence in found}


def page(answer):
    return answer.content.decode()


def test_a_lead_confirms_in_the_browser_and_is_back_at_the_work(world, made, as_):
    """Rule 001-80: the school says so itself; nothing is uploaded."""
    shown = as_(world.dsl).get(shared(made))
    assert "CPOMS" in page(shown)
    assert 'type="file"' not in page(shown)
    answer = as_(world.dsl).post(shared(made), typed(made))
    assert answer.url == shared(made, "")
    said = made.consents.get()
    assert (said.obtained_on, said.held_in, said.obtained_by_name) == (
        day(1),
        "MyConcern",
        "Sue Head of Year",
    )
    assert said.people.count() == 2
    assert "agreement is confirmed" in page(as_(world.dsl).get(answer.url))


def test_a_lead_finds_themselves_chosen_as_who_asked(world, made, as_):
    shown = page(as_(world.dsl).get(shared(made)))
    assert f'<option value="{world.dsl_post.pk}" selected>' in shown


def test_a_worker_writes_down_what_the_school_told_them(world, made, as_):
    answer = as_(world.primary).post(
        team(made), typed(made, obtained_by=str(world.dsl_post.pk), obtained_by_name="")
    )
    assert answer.status_code == 302
    said = made.consents.get()
    assert (said.obtained_by, said.confirmed_by) == (world.dsl_post, world.primary)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"answer": ""}, "Select what the family answered"),
        ({"answer": "perhaps"}, "Select what the family answered"),
        ({"people": []}, "Select whom the answer is for"),
        ({"people": ["nonsense"]}, "Select whom the answer is for"),
        ({"from_whom": ""}, "Enter who answered"),
        ({"from_whom": "a\0b"}, "has a character that cannot be kept"),
        ({"from_whom": "x" * 1_000_000}, "must be 200 characters or fewer"),
        ({"obtained_on": ""}, "Enter the date of the answer"),
        ({"obtained_on": "31/2/2026"}, "Date of the answer must be a real date"),
        ({"obtained_on": "tomorrow"}, "must be today or in the past"),
        ({"obtained_by": ""}, "Select who at the school asked the family"),
        ({"obtained_by_name": ""}, "Enter the name of who asked the family"),
        ({"held_in": ""}, "Enter where the school keeps it, for example CPOMS"),
        ({"answer": "limited"}, "Enter what they did not agree to"),
    ],
)
def test_bad_input_is_told_and_what_was_typed_stays(world, made, as_, changed, sentence):
    posted = typed(made, **{"limits": "=1+1 <b>‮", **changed})
    if changed.get("answer") == "limited":
        posted["limits"] = ""
    answer = as_(world.dsl).post(shared(made), posted)
    assert answer.status_code == 200
    assert sentence in page(answer), sentences(answer)
    assert not made.consents.exists()
    if changed.get("answer") != "limited":
        assert "=1+1 &lt;b&gt;‮" in page(answer)


def test_a_name_beside_a_chosen_person_is_asked_about(world, made, as_):
    answer = as_(world.dsl).post(shared(made), typed(made, obtained_by=str(world.dsl_post.pk)))
    assert "Choose somebody else from the list, or clear the name below" in page(answer)


def test_somebody_of_another_works_people_is_not_named(world, made, as_):
    other = under_way(world, made.participants.first().pupil)
    stranger = str(other.participants.get().pk)
    answer = as_(world.dsl).post(shared(made), typed(made, people=[stranger]))
    assert "Select whom the answer is for" in page(answer)


def test_a_double_click_confirms_once_and_is_answered_calmly(world, made, as_):
    posted = typed(made)
    assert [as_(world.dsl).post(shared(made), posted).status_code for _ in range(2)] == [302, 302]
    assert ConsentConfirmation.objects.count() == 1


def test_an_answer_somebody_else_wrote_down_meanwhile_is_shown_first(world, made, as_):
    agreed(world, made, answer=Answer.REFUSED)
    stale = typed(made)
    answer = as_(world.dsl).post(shared(made), stale)
    assert answer.status_code == 409
    assert "Somebody else wrote down an answer" in page(answer)
    assert "Sue Head of Year" in page(answer)
    seen = re.search(r'name="seen" value="([^"]+)"', page(answer))[1]
    assert as_(world.dsl).post(shared(made), {**stale, "seen": seen}).status_code == 302


def test_the_back_button_after_the_work_ended_is_answered_kindly(world, made, as_):
    ShortIntervention.objects.filter(pk=made.pk).update(
        state="closed", closed_on=day(), closed_by=world.primary, end_reason="moved"
    )
    answer = as_(world.dsl).post(shared(made), typed(made), follow=True)
    assert "This work has ended." in page(answer)
    assert not made.consents.exists()


def test_a_worker_who_must_give_a_reason_first_sees_no_name(world, made, as_):
    """Rule 001-58; what they had typed is kept."""
    Involvement.objects.all().delete()
    answer = as_(world.manager).get(team(made))
    assert answer.url.startswith("/pupils/")
    assert "reason" in answer.url
    for then in ("consent/", "watch/", "family-told/"):
        assert as_(world.manager).post(team(made, then), typed(made)).status_code == 302
    assert not made.consents.exists()


def test_a_look_at_a_child_is_written_down_once(world, made, as_):
    as_(world.dsl).get(shared(made))
    as_(world.primary).get(team(made))
    child_id = made.participants.first().pupil_id
    found = Access.objects.filter(child_id=child_id).order_by("at")
    assert [(row.user, row.basis) for row in found] == [
        (world.dsl, "school"),
        (world.primary, "current work"),
    ]


def test_either_side_says_that_they_withdrew(world, made, as_):
    said = agreed(world, made)
    there = f"consent/{said.pk}/withdraw/"
    assert "Direct work stops" in page(as_(world.primary).get(team(made, there)))
    posted = {"people": [str(p.pk) for p in said.people.all()], "on": "today", "words": "Enough"}
    answer = as_(world.dsl).post(shared(made, there), posted)
    assert answer.url == shared(made, "")
    said.refresh_from_db()
    assert (said.withdrawn_on, said.withdrawn_words) == (day(), "Enough")
    again = as_(world.dsl).post(shared(made, there), posted, follow=True)
    assert "no agreement here to withdraw" in page(again)


def test_a_withdrawal_before_they_agreed_is_told(world, made, as_):
    said = agreed(world, made, ago=5)
    posted = {"people": [str(p.pk) for p in said.people.all()], "on": f"{day(9):%d/%m/%Y}"}
    answer = as_(world.dsl).post(shared(made, f"consent/{said.pk}/withdraw/"), posted)
    assert "when they agreed, or later" in page(answer)


def test_a_confirmation_of_other_work_is_not_found(world, made, as_):
    other = agreed(world, under_way(world, made.participants.first().pupil))
    assert as_(world.dsl).get(shared(made, f"consent/{other.pk}/withdraw/")).status_code == 404


def test_a_day_to_look_again_is_proposed_set_and_ended(world, made, as_):
    """Rule 003-51."""
    assert re.search(
        r'name="on" value="[0-9]+ ', page(as_(world.primary).get(team(made, "watch/")))
    )
    assert "after today" in page(as_(world.primary).post(team(made, "watch/"), {"on": "today"}))
    as_(world.primary).post(team(made, "watch/"), {"on": f"{day(-30):%d/%m/%Y}"})
    made.refresh_from_db()
    assert made.watch_on == day(-30)
    as_(world.primary).post(team(made, "watch/"), {"stop": "1"})
    made.refresh_from_db()
    assert made.watch_on is None


def test_whether_the_family_knows_is_asked_for_itself(world, made, as_):
    """Rule 003-53."""
    answer = as_(world.primary).post(team(made, "family-told/"), {"told": "no", "why": ""})
    assert "Enter why the family is not told" in page(answer)
    as_(world.primary).post(team(made, "family-told/"), {"told": "school_will", "why": ""})
    made.refresh_from_db()
    assert made.family_told == "school_will"


def test_the_page_costs_the_same_for_more_people(world, made, as_, django_assert_num_queries):
    agreed(world, made)
    as_(world.dsl).get(shared(made))
    with CaptureQueriesContext(connection) as few:
        as_(world.dsl).get(shared(made))
    for n in range(5):
        person = made.participants.create(name=f"Adult {n}", position=n + 2)
        agreed(world, made, people=[person])
    with django_assert_num_queries(len(few)):
        as_(world.dsl).get(shared(made))
