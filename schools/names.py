"""Names as a search compares them."""

import unicodedata

from django.db.models import CharField, F, Func, Value

# Letters that are no base letter with a mark.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})

APOSTROPHES = "'’‘"

# A name of as many letters may differ in as many places: Reed and Read, Stephens and Stevens.
FEWEST_LETTERS, LONG = 3, 7


def fold(name):
    """``Zoë O’Neill-Hart`` as ``zoe oneill hart``: no accents, capitals, hyphens, apostrophes."""
    letters = unicodedata.normalize("NFKD", name.casefold().translate(PLAIN).replace("-", " "))
    return " ".join("".join(c for c in letters if c.isalnum() or c.isspace()).split())


def is_misspelt(name, names):
    """Whether part of folded ``names`` may be what the folded ``name`` was meant to be.

    One slip of a name of three letters, two of seven: a letter more, less, other or exchanged
    with its neighbour. For children whose date of birth is the same: it is true of many others.
    """
    if len(name) < FEWEST_LETTERS:
        return False
    slips = 2 if len(name) >= LONG else 1
    words, length = names.split(), len(name.split())
    parts = (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
    return any(_slips(name, part) <= slips for part in parts if abs(len(part) - len(name)) <= slips)


def _slips(one, other):
    """The distance of Damerau and Levenshtein, each pair of neighbours exchanged once at most."""
    before, row = [], list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        further, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != there)))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                row[j] = min(row[j], further[j - 2] + 1)
    return row[-1]


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
