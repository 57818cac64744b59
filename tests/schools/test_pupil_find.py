"""Finding a child: what is asked, what is forgiven, what is shown and what is written down."""

import re
from datetime import date

import pytest

from audit.models import Access, Look
from schools.models import OwnChildConflict
from tests.children import child, children_of, works_with

PAGE = "/pupils/find/"


@pytest.fixture
def lark(world):
    """Zoë Larkspur-O’Neill, born on 4 May 2014, at Oakfield."""
    return child(world, "Zoë", "Larkspur-O’Neill", date(2014, 5, 4))


def typed(surname="", day="", first_names="", number=""):
    """What the form sends; ``day`` as ``4/5/2014``."""
    parts = zip(("day", "month", "year"), day.split("/") if day else "   ", strict=True)
    born = {f"born_on_{name}": part for name, part in parts}
    return {"surname": surname, "first_names": first_names, "number": number, **born}


def text(response):
    return response.content.decode()


def found(client, **what):
    """The children that the answer to a search shows."""
    return [one.pupil for one in client.post(PAGE, typed(**what), follow=True).context["found"]]


@pytest.mark.parametrize(
    ("surname", "day"),
    [
        ("Larkspur-O’Neill", "4/5/2014"),
        ("larkspur oneill", "4/5/2014"),
        ("Larkspur", "4/5/2014"),
        ("Larkspurr", "4/5/2014"),
        ("Larkspur", "5/4/2014"),
    ],
)
def test_a_search_forgives_spelling_accents_and_a_date_the_other_way_round(
    world, as_, lark, surname, day
):
    assert found(as_(world.primary), surname=surname, day=day) == [lark]


MISSPELT = [
    ("Smyth", "Smith"),
    ("Thorneby", "Thornaby"),
    ("Reed", "Read"),
    ("Johnson", "Jonson"),
    ("Hussain", "Hussein"),
    ("Ahmed", "Ahmad"),
    ("Taylor", "Tailor"),
    ("Stephens", "Stevens"),
    ("Khan", "Kahn"),
]


@pytest.mark.parametrize("day", ["4/5/2014", "5/4/2014"])
@pytest.mark.parametrize(
    ("surname", "held"), [*MISSPELT, *((held, surname) for surname, held in MISSPELT)]
)
def test_a_misspelt_surname_is_found_by_the_date_of_birth_either_way_round(
    world, as_, surname, held, day
):
    meant = child(world, "Zoë", held, date(2014, 5, 4))
    assert found(as_(world.primary), surname=surname, day=day) == [meant]


@pytest.mark.parametrize("surname", ["Khan", "Reed", "Taylor", "Johnson", "Hussain", "Stephens"])
def test_a_child_of_another_name_is_not_found_by_the_date_of_birth(world, as_, surname):
    for held in ("Roberts", "Thompson", "Kaur", "Ryan", "Harris", "Stone", "Turner"):
        child(world, "Zoë", held, date(2014, 5, 4), upn=None)
    assert found(as_(world.primary), surname=surname, day="4/5/2014") == []


def test_a_misspelt_surname_is_not_found_by_another_date_of_birth(world, as_):
    child(world, "Zoë", "Smith", date(2014, 5, 4))
    assert found(as_(world.primary), surname="Smyth", day="4/5/2013") == []


@pytest.mark.parametrize(
    ("surname", "day"), [("Larkspur", "4/5/2013"), ("Entirely", "4/5/2014"), ("%", "4/5/2014")]
)
def test_a_search_finds_nobody_by_the_date_or_the_name_alone(world, as_, lark, surname, day):
    answer = as_(world.primary).post(PAGE, typed(surname, day), follow=True)
    assert "Larkspur-O’Neill" not in text(answer)


def test_a_search_finds_by_an_identifier_in_small_letters_and_with_spaces(world, as_, lark):
    number = lark.identifiers.get().value
    spaced = f" {number[:4].lower()} {number[4:].lower()} "
    assert found(as_(world.primary), number=spaced) == [lark]


def test_a_child_who_was_expected_is_found_by_the_day_of_birth(world, as_, lark):
    """rule 003-43"""
    lark.born_on, lark.due_on = None, date(2014, 6, 1)
    lark.save()
    assert found(as_(world.primary), surname="Larkspur", day="4/5/2014") == [lark]


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({}, "Enter the surname and date of birth, or an identifier"),
        ({"surname": "Larkspur"}, "Enter the date of birth as well as the surname"),
        ({"day": "4/5/2014"}, "Enter the surname"),
        ({"day": "4/5/2014", "surname": " - "}, "Enter the surname"),
        ({"first_names": "Zoë", "day": "4/5/2014"}, "Enter the surname"),
        ({"surname": "Larkspur", "day": "31/2/2014"}, "Date of birth must be a real date"),
        ({"number": "--"}, "Enter the UPN, Mosaic or CED number"),
    ],
)
def test_less_than_a_search_needs_is_asked_for_and_nothing_is_shown(
    world, as_, lark, what, sentence
):
    """rule 001-58: there is no browse-all list."""
    answer = as_(world.primary).post(PAGE, typed(**what), follow=True)
    assert sentence in text(answer)
    assert "Zoë" not in text(answer).replace('value="Zoë"', "")
    assert not Access.objects.exists()


def test_a_search_is_written_down_with_every_child_it_shows_and_no_word_typed(world, as_, lark):
    """rule 001-58: the search itself is logged."""
    twin = child(world, "Max", "Larkspur", date(2014, 5, 4))
    as_(world.primary).post(PAGE, typed("Larkspurr", "4/5/2014"), follow=True)
    search = Access.objects.get(child_id=None)
    assert (search.action, search.basis) == (Look.SEARCH, "search")
    assert search.reason == "surname and date of birth"
    shown = Access.objects.exclude(child_id=None)
    assert {look.child_id for look in shown} == {lark.pk, twin.pk}
    assert {(look.action, look.basis, look.reason) for look in shown} == {("search", "search", "")}


def test_a_result_offers_to_open_current_work_and_asks_a_reason_for_the_rest(world, as_, lark):
    """rule 001-58"""
    client = as_(world.primary)
    closed = text(client.post(PAGE, typed("Larkspur", "4/5/2014"), follow=True))
    assert f"/pupils/{lark.pk}/reason/" in closed
    assert "Year " in closed
    assert "Oakfield Primary School" in closed
    works_with(world, lark)
    opened = text(client.post(PAGE, typed("Larkspur", "4/5/2014"), follow=True))
    assert f'href="/pupils/{lark.pk}/"' in opened


def test_a_child_at_a_school_closed_to_the_user_never_appears(world, as_):
    """rule 001-53; security.md N-09"""
    cleo = children_of(world).cleo
    what = {"surname": cleo.surname, "day": "8/6/2014"}
    assert found(as_(world.primary), **what) == [cleo]
    OwnChildConflict.objects.create(
        user=world.primary, school=world.beech, starts_at=world.yesterday
    )
    answer = as_(world.primary).post(PAGE, typed(**what), follow=True)
    assert answer.context["found"] == []
    assert not Access.objects.filter(child_id=cleo.pk).exclude(at__lt=world.now)[1:].exists()


def test_of_many_who_match_ten_are_shown_and_a_first_name_is_asked_for(world, as_):
    for number in range(12):
        child(world, f"Kim{chr(97 + number)}", "Larkspur", date(2014, 5, 4), upn=None)
    answer = as_(world.primary).post(PAGE, typed("Larkspur", "4/5/2014"), follow=True)
    assert len(answer.context["found"]) == 10
    assert "More than ten children match" in text(answer)
    assert Access.objects.exclude(child_id=None).count() == 10
    narrowed = as_(world.primary).post(PAGE, typed("Larkspur", "4/5/2014", "Kimc"), follow=True)
    assert narrowed.context["found"][0].pupil.first_names == "Kimc"


def test_nothing_typed_is_in_an_address_and_the_page_is_kept_nowhere(world, as_, lark):
    """security.md N-31"""
    client = as_(world.primary)
    answer = client.post(PAGE, typed("Larkspur", "4/5/2014"), follow=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Larkspur" not in text(answer).partition("</title>")[0]
    assert client.get(f"{PAGE}?surname=Larkspur&born_on_day=4").context["form"].is_bound is False


def test_what_was_found_can_be_gone_back_to_and_is_logged_again(world, as_, lark):
    client = as_(world.primary)
    there = client.post(PAGE, typed("Larkspur", "4/5/2014")).url
    assert re.fullmatch(r"/pupils/find/\?asked=[\w-]+", there)
    for times in (1, 2):
        answer = client.get(there)
        assert [one.pupil for one in answer.context["found"]] == [lark]
        assert answer.context["form"]["surname"].value() == "Larkspur"
        assert Access.objects.filter(child_id=lark.pk, action=Look.SEARCH).count() == times
    assert not as_(world.far_worker).get(there).context["form"].is_bound


def test_a_search_takes_the_same_queries_for_one_child_and_for_ten(
    world, as_, lark, django_assert_max_num_queries
):
    client = as_(world.primary)
    there = client.post(PAGE, typed("Larkspur", "4/5/2014")).url
    with django_assert_max_num_queries(14):
        client.get(there)
    for number in range(9):
        child(world, f"Kim{chr(97 + number)}", "Larkspur", date(2014, 5, 4), upn=None)
    with django_assert_max_num_queries(14):
        assert len(client.get(there).context["found"]) == 10
