"""Whole names of children in what was typed."""

import re

from django.core.exceptions import ValidationError

from schools.names import fold

# The fields of a ``Pupil`` that the functions take as a name, in this order.
NAME = ("first_names", "known_as", "surname")
# What ends a name: everything but letters, apostrophes and hyphens; and the s of a possessive.
NOT_IN_A_NAME = re.compile(r"['’]s\b|[^\w'’\-]")


def words_in(text):
    """The words of a text as names are compared: ``Zoë Hart’s room`` as zoe, hart, room."""
    return fold(NOT_IN_A_NAME.sub(" ", text)).split()


def ways_of_writing(first_names, known_as, surname):
    """How somebody may write a child's whole name, folded: with either half first."""
    firsts = {first_names, first_names.partition(" ")[0], known_as} - {""}
    halves = ((f"{first} {surname}", f"{surname} {first}") for first in firsts)
    return {fold(name) for names in halves for name in names}


def refuse_names(names, **texts):
    """ValidationError on the text that holds one of the ``names``, each a ``NAME`` of a child.

    What an invitation says is read by everybody invited, and by their calendars.
    """
    ways = {way for name in names for way in ways_of_writing(*name)}
    for field, text in texts.items():
        words = f" {' '.join(words_in(text))} "
        # As in ``Toms mum``: people leave an apostrophe out.
        if any(f" {way} " in words or f" {way}s " in words for way in ways):
            raise ValidationError({field: "Name no child here: everybody invited reads it"})
