"""Names as a search compares them."""

import unicodedata

from django.db.models import CharField, F, Func, Value

# Letters that are no base letter with a mark.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})

APOSTROPHES = "'’‘"


def fold(name):
    """``Zoë O’Neill-Hart`` as ``zoe oneill hart``: no accents, capitals, hyphens, apostrophes."""
    letters = unicodedata.normalize("NFKD", name.casefold().translate(PLAIN).replace("-", " "))
    return " ".join("".join(c for c in letters if c.isalnum() or c.isspace()).split())


def bare_words(words):
    """``Zoë O’Neill-Hart`` as ``zoe oneill-hart``: no accents, capitals, apostrophes."""
    letters = unicodedata.normalize("NFKD", words.casefold().translate(PLAIN))
    return "".join(c for c in letters if not unicodedata.combining(c) and c not in APOSTROPHES)


def bare(field):
    """The SQL of a text field as ``bare_words`` has it, but for capitals."""
    plain = Func(F(field), function="unaccent")
    return Func(
        plain,
        Value(APOSTROPHES),
        Value(""),
        function="translate",
        output_field=CharField(),
    )
