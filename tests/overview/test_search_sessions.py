"""Search finds what was written of short work, for the team and never past a closed child."""

import pytest

from interventions.searching import index_session
from interventions.services import sessions as services
from overview.search import search
from schools.models import Involvement
from tests.interventions.short_work import session, under_way
from tests.world import anew

pytestmark = pytest.mark.django_db
SAID = {
    "support_given": "a timetable of quokkas",
    "analysis": "the stairs are loud",
    "childs_words": "the fridge hums",
    "school_text": "wallabies for the school",
}


@pytest.fixture
def held(world):
    """A session of work with Ada, which can be found."""
    held = session(world, under_way(world), texts=SAID)
    index_session(held)
    return held


def found(user, words):
    return [hit.note for hit in search(anew(user), words).hits]


@pytest.mark.parametrize("words", ["quokka", "loud stairs", '"fridge hums"', "wallab*"])
def test_every_text_of_a_session_is_found_by_the_team_of_its_school(world, held, words):
    for user in (world.primary, world.secondary, world.manager, world.service):
        assert found(user, words) == [held], user


def test_nobody_else_finds_it(world, held):
    """The note for the school is read where it was given; a search opens no other way to it."""
    services.give(world.primary, held)
    for user in (world.far_worker, world.other_manager, world.duty, world.dsl, world.head):
        assert found(user, "quokka or wallabies") == [], user


def test_a_session_of_a_child_not_on_current_work_shows_school_and_date_only(world, held, as_):
    """Rule 001-58: whichever child of the work it is."""
    Involvement.objects.all().delete()
    [hit] = search(anew(world.primary), "quokka").hits
    assert hit.is_closed
    assert not hit.snippets
    client = as_(world.primary)
    page = client.post("/search/", {"words": "quokka"}, follow=True).content.decode()
    assert held.get_absolute_url() in page
    assert "timetable" not in page
    assert "Session of a short intervention" not in page


def test_a_hit_says_what_it_is_and_leads_there(world, held, as_):
    page = as_(world.primary).post("/search/", {"words": "quokka"}, follow=True).content.decode()
    assert "Session of a short intervention" in page
    assert "<mark>quokkas</mark>" in page
    assert as_(world.primary).get(held.get_absolute_url()).status_code == 200


def test_a_draft_is_not_found(world, held):
    held.completed_at = None
    held.save(update_fields=["completed_at"])
    assert found(world.secondary, "quokka") == []


def test_what_is_added_is_found(world, held):
    services.addendum(world.primary, held.parts.get(), "and then came the platypus")
    assert found(world.primary, "platypus") == [held]
    assert found(world.primary, "quokka") == [held]


def test_ten_sessions_cost_as_many_queries_as_one(world, held, django_assert_max_num_queries):
    for ago in range(8, 17):
        index_session(session(world, held.intervention, ago=ago, texts=SAID))
    with django_assert_max_num_queries(17):
        assert len(found(world.primary, "quokka")) == 10
