"""Which children of a meeting a text speaks of: by reference, initials or name.

What it finds is left out for whoever may not read of the child (rule 000-16), so that a doubt goes
against showing: initials with or without stops, a single name with a capital, and one part of a
double surname, count.
"""

import re
from collections import defaultdict
from itertools import chain

from schools.names import fold

# What ends a name: everything but letters, apostrophes and hyphens; and the s of a possessive.
NOT_IN_A_NAME = re.compile(r"['’]s\b|[^\w'’\-]")
REFERENCE = re.compile(r"(?<!\w)[Pp][\s\-–]?(\d{4})(?!\d)")
CAPITAL = "([A-ZÀ-ÖØ-Þ])"
LETTER = r"([^\W\d_])"
# ``A.L.``, ``a. l.``, ``A L``, ``AL``, and with a third letter; each letter may begin another.
INITIALS = [
    re.compile(rf"(?<!\w)(?={LETTER}\.\s?{LETTER}(?:\.\s?{LETTER})?(?!\w))"),
    re.compile(rf"(?<!\w)(?={CAPITAL}\s?{CAPITAL}(?:\s?{CAPITAL})?(?!\w))"),
]


class Mentions:
    """The children of a meeting, as ``MeetingPupil`` rows with their ``pupil``, to look for."""

    def __init__(self, rows):
        self._named = defaultdict(set)
        self._alone = defaultdict(set)
        self._marked = defaultdict(set)
        self._found = {}
        for row in rows:
            pupil = row.pupil
            self._marked[row.reference[1:]].add(row.pk)
            self._marked[fold(pupil.initials.replace(".", " "))].add(row.pk)
            firsts = {pupil.first_names, pupil.first_names.partition(" ")[0], pupil.known_as} - {""}
            for first in firsts:
                self._named[fold(f"{first} {pupil.surname}")].add(row.pk)
                self._named[fold(f"{pupil.surname} {first}")].add(row.pk)
            for name in {*firsts, pupil.surname, *pupil.surname.split("-")}:
                self._alone[fold(name)].add(row.pk)

    def in_text(self, text):
        """The ids of the rows whose child the text speaks of in any way."""
        if text not in self._found:
            self._found[text] = frozenset(self._in_text(text))
        return self._found[text]

    def _in_text(self, text):
        found = set()
        for digits in REFERENCE.findall(text):
            found |= self._marked.get(digits, set())
        for first, *others in chain.from_iterable(shape.findall(text) for shape in INITIALS):
            for last in filter(None, others):
                found |= self._marked.get(fold(f"{first} {last}"), set())
        return found | self.named_in(text)

    def named_in(self, text):
        """The ids of the rows whose child the text names, in full or by one name alone."""
        folded = f" {' '.join(fold(NOT_IN_A_NAME.sub(' ', text)).split())} "
        found = set()
        for name, rows in self._named.items():
            if f" {name} " in folded:
                found |= rows
        capitals = {
            fold(word) for word in NOT_IN_A_NAME.sub(" ", text).split() if word[0].isupper()
        }
        for name, rows in self._alone.items():
            if name in capitals:
                found |= rows
        return found


def with_initials(text, row):
    """The text with initials and reference for the names of the child of a ``MeetingPupil``."""
    pupil = row.pupil
    firsts = {pupil.first_names, pupil.first_names.partition(" ")[0], pupil.known_as} - {""}
    whole = {f"{first} {pupil.surname}" for first in firsts}
    whole |= {f"{pupil.surname} {first}" for first in firsts}
    stands = f"{pupil.initials} ({row.reference})"
    for names, flags in ((whole, re.IGNORECASE), (firsts | {pupil.surname}, 0)):
        ways = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        text = re.sub(rf"(?<![\w-])(?:{ways})(?![\w-])", stands, text, flags=flags)
    return text
