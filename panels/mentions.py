"""Which children of a meeting a text speaks of: by reference, initials or name.

What it finds is left out for whoever may not read of the child (rule 000-16), so that a doubt goes
against showing: initials with or without stops, a single name, and one part of a double name,
count. A name that is a word of every day besides needs its capital.
"""

import re
import unicodedata
from collections import defaultdict
from itertools import chain, product

from schools.names import fold

# What ends a name: everything but letters, apostrophes and hyphens; and the s of a possessive.
NOT_IN_A_NAME = re.compile(r"['’][sS]\b|[^\w'’\-]|_")
REFERENCE = re.compile(r"(?<!\w)[Pp][\s\-–]?(\d{4})(?!\d)")
CAPITAL = f"([{''.join(filter(str.isupper, map(chr, range(0x590))))}])"
LETTER = r"([^\W\d_])"
# ``A.L.``, ``a. l.``, ``A L``, ``AL``, and with a third letter; each letter may begin another.
INITIALS = [
    re.compile(rf"(?<!\w)(?={LETTER}\.\s?{LETTER}(?:\.\s?{LETTER})?(?!\w))"),
    re.compile(rf"(?<!\w)(?={CAPITAL}\s?{CAPITAL}(?:\s?{CAPITAL})?(?!\w))"),
]
APOSTROPHES = str.maketrans(dict.fromkeys("‘`´ʻʼ′＇", "'"))
PARTS = re.compile(r"[\s\-‐‑–]+")
PARTICLES = re.compile(r"al|bin|d[aeiou]|de[lnr]|dos|el|ibn|l[ae]|san|st|ter?n?|van|von")
# Names of children that minutes are full of as words.
EVERYDAY = re.compile(
    "(?:art|bell|best|bill|bird|black|bridge|brook|brown|case|church|close|cook|court|cross|dawn"
    "|day|dean|drew|east|faith|field|fire|ford|fox|frank|gale|grace|grant|gr[ae]y|green|hall|hand"
    "|hill|home|hope|house|hunt|hunter|jack|jay|joy|judge|june|king|lane|law|little|long|love"
    "|major|mark|marsh|may|mile|mill|moon|moore?|music|new|noble|north|oak|page|parent|park|pat"
    "|penny|pool|poor|potter|price|ray|rich|ring|river|rob|rock|rose|ruby|rush|said|savage|self"
    "|sharp|shaw|short|silver|smart|snow|south|stone|storm|street|strong|sue|summer|sunny|swift"
    "|temple|town|victor|violet|wall|ward|ware|warren|water|way|well|west|white|wild|will|wise"
    "|wood|work|worth|young)s?"
)
# What is said of somebody who was named before.
GOES_ON = re.compile(
    r"\b(?:he|she|him|her|hers|his|himself|herself|gran|nan|siblings?"
    r"|(?:grand|step)?(?:mum|mother|dad|father|brother|sister)"
    r"|the (?:boy|girl|child|pupil|student|young person|family|parents?|carers?))\b",
    re.IGNORECASE,
)


class Mentions:
    """The children of a meeting, as ``MeetingPupil`` rows with their ``pupil``, to look for."""

    def __init__(self, rows):
        self._named = defaultdict(set)
        self._alone = defaultdict(set)
        self._joined = defaultdict(set)
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
            surnames = _parts(pupil.surname)
            for first, last in product(firsts, {pupil.surname, *surnames}):
                self._marked[fold(f"{first[:1]} {last[:1]}")].add(row.pk)
            for name in chain(surnames, *map(_parts, firsts)):
                self._alone[name].add(row.pk)
            for name in chain(*map(_words, [pupil.surname, *firsts])):
                self._joined[name].add(row.pk)

    def in_text(self, text):
        """The ids of the rows whose child the text speaks of in any way."""
        if text not in self._found:
            self._found[text] = frozenset(self._in_text(text))
        return self._found[text]

    def in_paragraphs(self, texts):
        """As ``in_text`` for each of the paragraphs of one item, in their order.

        One that names nobody and goes on about somebody, as ``His brother``, or in the middle of a
        sentence, is about whom the last one before it named.
        """
        found, last = [], frozenset()
        for text in texts:
            here = self.in_text(text) or (last if goes_on(text) else frozenset())
            found.append(here)
            last = here or last
        return found

    def _in_text(self, text):
        found, text = self.named_in(text), _plain(text)
        for digits in REFERENCE.findall(text):
            found |= self._marked.get(digits, set())
        for first, *others in chain.from_iterable(shape.findall(text) for shape in INITIALS):
            for last in filter(None, others):
                found |= self._marked.get(fold(f"{first} {last}"), set())
        return found

    def named_in(self, text):
        """The ids of the rows whose child the text names, in full or by one name alone."""
        found, held = set(), folded(text)
        for name, rows in self._named.items():
            if f" {name} " in held:
                found |= rows
        for word in NOT_IN_A_NAME.sub(" ", _plain(text)).split():
            for name in _names_alone(word):
                found |= self._alone.get(name, set())
            for name in chain.from_iterable(map(_names_alone, word.split("-"))):
                # Half of a double name and half of another word are no name together.
                found |= self._joined.get(name, set())
        return found


def goes_on(text):
    """Whether a text is about somebody whom it leaves to the words before it to name."""
    return text[:1].islower() or GOES_ON.search(text) is not None


def folded(text):
    """The words of a text as names are compared, with a space before and after each."""
    return f" {' '.join(fold(NOT_IN_A_NAME.sub(' ', _plain(text))).split())} "


def _plain(text):
    """Without marks on letters and what is not seen, so that a name is one word to ``re``."""
    letters = unicodedata.normalize("NFKD", text.translate(APOSTROPHES))
    return "".join(c for c in letters if unicodedata.category(c) not in ("Mn", "Mc", "Me", "Cf"))


def _words(name):
    """The words of a name that may stand for it, folded: of ``van der Berg`` the last."""
    words = {fold(word) for word in _plain(name).split()}
    return {word for word in words if not PARTICLES.fullmatch(word)} or {fold(name)}


def _parts(name):
    """The words of a name and each part of them: of ``O'Neill-Hart`` both, the first two ways."""
    words = [word for word in PARTS.split(_plain(name)) if word]
    ways = {fold(way) for word in words for way in (word, *word.split("'"))}
    return _words(name) | {way for way in ways if len(way) > 1 and not PARTICLES.fullmatch(way)}


def _names_alone(word):
    """What a word may say as a name, folded: with the s of ``Toms mum``, and without it."""
    word = word.strip("'’-")
    for name in (fold(word), fold(word).removesuffix("s")):
        if not (word[:1].islower() and (len(name) < 3 or EVERYDAY.fullmatch(name))):
            yield name


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
