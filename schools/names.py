"""Names as a search compares them."""

import unicodedata

# Letters that are no base letter with a mark.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def fold(name):
    """``Zoë O’Neill-Hart`` as ``zoe oneill hart``: no accents, capitals, hyphens, apostrophes."""
    letters = unicodedata.normalize("NFKD", name.casefold().translate(PLAIN).replace("-", " "))
    return " ".join("".join(c for c in letters if c.isalnum() or c.isspace()).split())
