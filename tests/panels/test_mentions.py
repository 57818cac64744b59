"""Which children of a meeting a text speaks of (rule 000-16): a doubt goes against showing."""

import unicodedata
from types import SimpleNamespace

import pytest

from panels.mentions import Mentions


def child(first_names, surname, *, known_as="", pk=1, reference="P4172"):
    initials = f"{(known_as or first_names)[:1]}.{surname[:1]}.".upper()
    pupil = SimpleNamespace(
        first_names=first_names, surname=surname, known_as=known_as, initials=initials
    )
    return SimpleNamespace(pk=pk, reference=reference, pupil=pupil)


@pytest.mark.parametrize(
    ("first_names", "surname", "text"),
    [
        ("Tom James", "Smith-Bell", "-Tom was seen"),
        ("Tom James", "Smith-Bell", "'Tom' was seen"),
        ("Tom James", "Smith-Bell", "TOM'S mother"),
        ("Tom James", "Smith-Bell", "Toms mother"),
        ("Tom James", "Smith-Bell", "A Tom-related worry"),
        ("Tom James", "Smith-Bell", "Tom_was seen"),
        ("Tom James", "Smith-Bell", "T\u200bom was seen"),
        ("Tom James", "Smith-Bell", "tom was seen"),
        ("Tom James", "Smith-Bell", "the smith family"),
        ("Tom James", "Smith-Bell", "Jones and T.B."),
        ("Tom James", "Smith-Bell", "Smith‑Bell was seen"),
        ("Mary-Ann", "Garcia Lopez", "Lopez was seen"),
        ("Mary-Ann", "Garcia Lopez", "Ann was seen"),
        ("Róisín", "O'Neill", "the O‘Neill family"),
        ("Róisín", "O'Neill", "the O Neill family"),
        ("Björn", "Øst", unicodedata.normalize("NFD", "Björn was seen")),
        ("Łukasz", "Šimek", "ŁŠ was seen"),
        ("Мария", "Иванова", "Была Мария"),
        ("Мария", "Иванова", "МИ was seen"),
        ("محمد", "علي", "قال محمد"),
        ("मोहित", "सिंह", "मोहित आया"),
        ("美玲", "陈", "美玲 was seen"),
        ("Jo", "Li", "Li was seen"),
        ("Will", "Young", "Will was seen"),
    ],
)
def test_a_name_is_found_in_any_script_and_however_it_is_joined(first_names, surname, text):
    assert Mentions([child(first_names, surname)]).in_text(text) == {1}


@pytest.mark.parametrize(
    ("first_names", "surname", "text"),
    [
        ("Will", "Young", "They will ring, and young people may come"),
        ("Jo", "Li", "jot it down in line"),
        ("Grace", "Bell", "The bells, by the grace of the school"),
        ("Sophie", "van der Berg", "The van is in the yard"),
        ("Peter", "Cole", "The PCs and the TVs"),
    ],
)
def test_words_of_every_day_are_no_names(first_names, surname, text):
    assert Mentions([child(first_names, surname)]).in_text(text) == set()


def test_both_children_of_the_same_initials_are_meant():
    rows = [
        child("Tom", "Smith"),
        child("Tara", "Sand", pk=2, reference="P5521"),
    ]
    assert Mentions(rows).in_text("T.S. was seen") == {1, 2}


def test_a_child_who_is_called_otherwise_is_found_by_the_legal_initials():
    assert Mentions([child("Robert", "Hale", known_as="Bobby")]).in_text("R.H. came") == {1}


def test_what_goes_on_about_a_child_is_about_that_child():
    rows = [child("Tom", "Smith"), child("Cleo", "Best", pk=2, reference="P5521")]
    said = [
        "The bus is late.",
        "He drives it.",
        "T.S. (P4172) was seen by the nurse and",
        "is in pain.",
        "The bus is full.",
        "His brother was there too.",
        "Cleo was not.",
        "Mum agrees.",
        "They were told.",
    ]
    found = Mentions(rows).in_paragraphs(said)
    assert found == [set(), set(), {1}, {1}, set(), {1}, {2}, {2}, set()]
