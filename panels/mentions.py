"""Which children of a meeting a text speaks of: by reference, initials or name.

What it finds is left out for whoever may not read of the child (rule 000-16), so that a doubt goes
against showing: initials with or without stops, a single name, and one part of a double name,
count. A name that is a word of every day besides needs its capital.
"""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from itertools import chain, groupby, product

from govuk.words import listed
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
OTHERS = "‘`´ʻʼ′＇"
APOSTROPHES = str.maketrans(dict.fromkeys(OTHERS, "'"))
AROUND = f"'’{OTHERS}-"
BETWEEN_NAMES = re.compile(r"[^\S\r\n]+")
NOBODY = frozenset()
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
        self._told = {}
        for row in rows:
            pupil = row.pupil
            self._told[row.pk] = f"{pupil.initials} ({row.reference})"
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
            found |= self._called(word, self._alone)
            for part in word.split("-"):
                # Half of a double name and half of another word are no name together.
                found |= self._called(part, self._joined)
        return found

    def with_initials(self, text):
        """The text with initials and reference wherever ``named_in`` finds a child's name.

        Names in a row are one child's. A name that several children have, and that nothing beside
        it tells apart, stands for all of them.
        """
        written = []
        for rows, words in self._pieces(text):
            is_in_a_row = rows and len(written) > 1 and BETWEEN_NAMES.fullmatch(written[-1][1])
            same = rows & written[-2][0] if is_in_a_row and not written[-2][1] else None
            if same:
                written[-2:] = [(same, words)]
            else:
                written.append((rows, words))
        return "".join(self._initials(rows) + words for rows, words in written)

    def _initials(self, rows):
        return listed([told for pk, told in self._told.items() if pk in rows])

    def _pieces(self, text):
        """``(ids, words)`` of a text in its order: of names with what stays after them."""
        runs = ["".join(run) for _, run in groupby(text, _is_in_a_name)]
        in_full = self._in_full([folded(run).split() for run in runs])
        pieces = (self._pieces_of(run, in_full[place]) for place, run in enumerate(runs))
        return ((rows, words) for rows, words in chain.from_iterable(pieces) if rows or words)

    def _in_full(self, words):
        """``{place: ids}`` of the lists of words that are part of a name in full."""
        found = defaultdict(frozenset)
        longest = max((name.count(" ") + 1 for name in self._named), default=0)
        for place, first in enumerate(words):
            name, end = list(first), place + 1
            while first and len(name) <= longest:
                for part in range(place, end) if " ".join(name) in self._named else ():
                    found[part] |= self._named[" ".join(name)] if words[part] else frozenset()
                if end == len(words):
                    break
                name, end = name + words[end], end + 1
        return found

    def _pieces_of(self, run, in_full):
        """Of letters and marks in a row: a name, or one that a hyphen joins to other words."""
        _, whole, _ = _parted(run)
        is_one = in_full or self._called(whole, self._alone)
        names = self._alone if is_one else self._joined
        for part in [run] if is_one else re.split("(-)", run):
            before, word, after = _parted(part)
            rows = in_full or self._called(word, names)
            if rows:
                is_possessive = not in_full and fold(_plain(word)) not in names
                yield NOBODY, before
                yield rows, f"’s{after}" if is_possessive else after
            else:
                yield NOBODY, part

    def _called(self, word, names):
        """The ids of whom a word may call, of ``names`` that may stand alone."""
        return NOBODY.union(*(names.get(name, ()) for name in _names_alone(_plain(word))))


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


@lru_cache(maxsize=4096)
def _is_in_a_name(character):
    return not NOT_IN_A_NAME.search(_plain(character))


def _parted(run):
    """``(marks before, word, possessive and marks after)`` of what has no space in it."""
    word = run.strip(AROUND)
    if word[-1:] in ("s", "S") and word[-2:-1] and word[-2] in AROUND[:-1]:
        word = word[:-2]
    before, _, after = run.partition(word) if word else ("", "", run)
    return before, word, after


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
