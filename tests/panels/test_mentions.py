"""Which children of a meeting a text speaks of (rule 000-16): a doubt goes against showing."""

import time
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


# --- initials in place of names -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first_names", "surname", "text", "stands"),
    [
        ("Tom James", "Smith-Bell", "Tom James Smith-Bell was seen", "{} was seen"),
        ("Tom James", "Smith-Bell", "SMITH-BELL, TOM was seen", "{}, {} was seen"),
        ("Tom James", "Smith-Bell", "tom smith-bell's mother", "{}'s mother"),
        ("Tom James", "Smith-Bell", "Tom’s mother", "{}’s mother"),
        ("Tom James", "Smith-Bell", "Toms mother", "{}’s mother"),
        ("Tom James", "Smith-Bell", "A Tom-related worry", "A {}-related worry"),
        ("Tom James", "Smith-Bell", "-Tom was seen", "-{} was seen"),
        ("Tom James", "Smith-Bell", "'Tom' was seen", "'{}' was seen"),
        ("Tom James", "Smith-Bell", "T\u200bom was seen", "{} was seen"),
        ("Tom James", "Smith-Bell", "the smith family", "the {} family"),
        ("Tom James", "Smith-Bell", "Smith‑Bell was seen", "{}‑{} was seen"),
        ("Mary-Ann", "Garcia Lopez", "Ann and Lopez", "{} and {}"),
        ("Róisín", "O'Neill", "the O‘Neill family", "the {} family"),
        ("Björn", "Øst", unicodedata.normalize("NFD", "Björn was seen"), "{} was seen"),
        ("Björn", "Øst", "Bjorn Ost was seen", "{} was seen"),
        ("Мария", "Иванова", "Была Мария", "Была {}"),
        ("Will", "Young", "They will ring Will Young", "They will ring {}"),
        ("Will", "Young", "will young was seen", "{} was seen"),
        ("Will", "Young", "Young people will come.\n\nWill Young's mum", None),
    ],
)
def test_initials_stand_wherever_a_name_is_found_however_it_is_spelt(
    first_names, surname, text, stands
):
    """Rule 000-16: what is found as a name is what initials take the place of."""
    row = child(first_names, surname)
    written = Mentions([row]).with_initials(text)
    told = f"{row.pupil.initials} ({row.reference})"
    if stands is not None:
        assert written == stands.format(told, told)
    assert Mentions([row]).named_in(written) == set()


def test_a_name_of_two_children_is_told_apart_by_the_other_or_stands_for_both():
    rows = [child("Tom", "Smith"), child("Cleo", "Smith", pk=2, reference="P5521")]
    written = Mentions(rows).with_initials("Cleo Smith and Tom Smith of the Smith family")
    assert written == ("C.S. (P5521) and T.S. (P4172) of the T.S. (P4172) and C.S. (P5521) family")


def test_a_text_that_names_nobody_stays_as_it_was_typed():
    text = "They will ring,\r\n  and young people\u200b may\tcome – soon…"
    assert Mentions([child("Will", "Young")]).with_initials(text) == text


@pytest.mark.parametrize("run", ["a" + "'" * 50_000 + "b", "tom-" * 12_500, "’s" * 25_000])
def test_a_text_of_marks_alone_costs_no_more_than_any_other(run):
    """security.md: what is typed to slow the page down is read like the rest."""
    began = time.process_time()
    Mentions([child("Tom", "Smith")]).with_initials(run)
    assert time.process_time() - began < 5
