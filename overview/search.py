"""Finding a word: in notes, schools, people and open actions, inside the viewer's scope.

A note is found by its stemmed words under the keys of the viewer's scope, and read through its
own ``visible_to`` before anything of it is shown. There are no totals (rule 001-124).
"""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, reduce
from itertools import islice
from operator import and_, or_

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import BooleanField, F, Func, IntegerField, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast
from django.db.models.lookups import IContains
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from consultations import searching as consultations
from consultations.action_list import lines_of
from consultations.models import SCHOOL_SHARE, Action, Consultation, ConsultationGrant
from govuk.paging import Cursor
from interventions import searching as sessions
from interventions.children import child_ids
from interventions.models import Session
from schools.children import closed_children
from schools.models import School, SchoolContact, SearchEntry
from schools.models.search import SCHOOL_OR_AUTHOR
from schools.names import bare, bare_words, fold
from schools.querysets import schools_holding
from schools.scope import scope_of
from schools.services.search import APOSTROPHES, AS_THEY_STAND, CONFIG

PAGE = 20
# Beside the notes, the first few of each.
FEW = 6
# Held by more notes than this, words are sooner looked for in a link worker's own notes, one by
# one, than in an index of everybody's.
COMMON = 10_000
PREFIX = re.compile(r"(?<!\S)([^\W_](?:[^\W_]|[-'](?=[^\W_]))+)\*(?!\S)")
# PostgreSQL gives up on many minuses that leave out nothing; between words they are a dash.
LONE_MINUS, DASH = re.compile(r'-+(?!["\w])'), re.compile(r"(?<=\w)--+")
# A minus, and a phrase in quotes or a word.
TYPED = re.compile(r'(?<!\S)(-?)(?:"([^"]*)"|(\S+))')
# Where a match begins and ends: taken out of what was typed.
BEGIN, END = "\x02", "\x03"
# As a text is searched, so that its matches are found in it.
SHOWN = {**str.maketrans("", "", BEGIN + END), **APOSTROPHES}
SNIPPET = (
    f"StartSel={BEGIN}, StopSel={END}, MaxFragments=2, MinWords=8, MaxWords=24,"
    ' FragmentDelimiter=" … "'
)


CONSULTATION, SESSION = "Early help consultation", "Session of a short intervention"


@dataclass
class Hit:
    """A note that was found; ``is_closed`` when one of its children is not open to the viewer.

    A closed one shows its school and date, and nothing of its text. ``on`` is a date or a time.
    """

    note: Consultation | Session
    what: str
    school: School
    on: date
    address: str
    text: str = field(repr=False)
    child_ids: frozenset = frozenset()
    is_closed: bool = False
    snippets: list[SafeString] = field(default_factory=list)


@dataclass
class Found:
    """What a search brings; ``older`` is the cursor of the next page of notes, or ""."""

    hits: list
    older: str = ""
    schools: list = field(default_factory=list)
    people: list = field(default_factory=list)
    actions: list = field(default_factory=list)

    def __bool__(self):
        return bool(self.hits or self.schools or self.people or self.actions)


def query_of(words):
    """The ``SearchQuery``: phrases in quotes, ``or``, a minus before a word, ``begin*``; or None.

    Old and new names of one thing find each other, and leave each other out
    (``settings.SEARCH_SYNONYMS``).
    """
    prefixes, rest = _apart(words)
    query = None
    for phrasing in _phrasings(_leaving_out_synonyms(rest)) if rest else []:
        part = SearchQuery(phrasing, config=CONFIG, search_type="websearch")
        query = part if query is None else query | part
    for part in map(_beginning, prefixes):
        query = part if query is None else query & part
    return query


def _beginning(prefix):
    # Not in a configuration that knows words of no meaning: "the*" begins "therapy" too.
    return SearchQuery(prefix, config="simple", search_type="raw")


def _apart(words):
    """``(prefixes, rest)``: the beginnings among the words as tsqueries, and the other words."""
    words = words.translate(APOSTROPHES)
    prefixes = []
    for beginning in PREFIX.findall(words):
        parts = [
            "-".join("".join(fold(piece).split()) for piece in part.split("-"))
            for part in beginning.split("'")
        ]
        if all(part.strip("-") for part in parts):
            *before, last = (f"'{part}'" for part in parts)
            prefixes.append(" <-> ".join([*before, f"{last}:*"]))
    rest = LONE_MINUS.sub(" ", DASH.sub(" ", PREFIX.sub(" ", words)))
    return prefixes, rest.strip()


def _leaving_out_synonyms(words):
    """``words``, and with a name that they leave out every other name of the same."""
    others = [
        other
        for terms in settings.SEARCH_SYNONYMS
        for term in terms
        if re.search(rf'(?<!\S)-("?){re.escape(term)}\1(?!["\w])', words, re.IGNORECASE)
        for other in terms
        if other != term
    ]
    return " ".join([words, *(f'-"{other}"' for other in others)])


def _phrasings(words):
    """``words``, and the same with each synonym in place of the term it asks for."""
    found = [words]
    for terms in settings.SEARCH_SYNONYMS:
        for term in terms:
            said = re.compile(rf'(?<![\w-])(?<!-"){re.escape(term)}(?!\w)', re.IGNORECASE)
            if said.search(words):
                found += [
                    said.sub(f'"{other}"' if " " in other else other, words)
                    for other in terms
                    if other != term
                ]
                break
    return found


def search(user, words, before=None):
    """What ``user`` may see of what matches ``words``; ``before`` is a ``Cursor`` of notes."""
    query = query_of(words)
    entries = newest_entries(user, query, before) if query is not None else []
    notes = _notes(user, words, entries[:PAGE])
    last = entries[PAGE - 1] if len(entries) > PAGE else None
    older = str(Cursor(last.at, last.pk)) if last else ""
    return Found(notes, older) if before else Found(notes, older, *_beside(user, words))


def newest_entries(user, query, before=None):
    """A page of entries under the viewer's keys and one more, each subject once, latest first.

    Every key is a scan of its own, so that none reads more than what is under it. Four queries
    at most.
    """
    scope = scope_of(user)
    entries = SearchEntry.objects.exclude(school__in=scope.excluded)
    if before:
        entries = entries.filter(before.older("at"))
    matching = entries.filter(words=query)
    scans = [
        *_hub_scans(scope, matching),
        *_worker_scans(scope, entries, query),
        *_school_scans(user, scope, matching),
    ]
    if not scans:
        return []
    columns = ("at", "pk", "subject_type", "subject_id")
    first, *others = (scan.values_list(*columns, named=True) for scan in scans)
    latest_last = sorted(first.union(*others, all=True))
    latest_first = reversed({entry.subject_id: entry for entry in latest_last}.values())
    return list(islice(latest_first, PAGE + 1))


def _hub_scans(scope, matching):
    """What was said on the team's side in the county, or in the hubs they manage."""
    team = matching.filter(for_school=False)
    scans = [team] if scope.county else [team.filter(hub=hub) for hub in scope.manages]
    return map(_newest_of, scans)


def _worker_scans(scope, entries, query):
    """What was said on the team's side in the schools they support, and what they wrote.

    Never through everybody's newest: whose notes are all old would wait for all since, if their
    words seemed common enough to be soon come by. So the planner is not shown the words: what it
    cannot evaluate beforehand it takes for rare. It plans in less time, too.
    """
    if scope.county or not scope.roles:
        return []
    team = entries.filter(for_school=False)
    unseen = Func(query, template="(SELECT %(expressions)s)")
    matching = CombinedExpression(F("words"), "@@", unseen, output_field=BooleanField())
    if estimated_notes(query, timezone.localdate()) > COMMON:
        theirs = team.filter(Q(school__in=scope.supports) | Q(author=scope.user_id))
        # As a number it is answered by no index of words.
        return [_newest_of(theirs.alias(holds=Cast(matching, IntegerField())).filter(holds=1))]
    # One literal, or the planner puts an array together each time.
    keys = "{" + ",".join(map(str, [*scope.supports, scope.user_id])) + "}"
    # So few, COMMON of everybody at most, that PostgreSQL need not put them in order first.
    return [team.alias(keys=SCHOOL_OR_AUTHOR).filter(matching, keys__overlap=keys).order_by()]


def _newest_of(scan):
    return scan.order_by("-at", "-pk")[: PAGE + 1]


@lru_cache(maxsize=2000)
def estimated_notes(query, day):
    """About how many notes of all match, as PostgreSQL's statistics have it; asked once a ``day``.

    One query that reads no notes.
    """
    matching = SearchEntry.objects.filter(for_school=False, words=query).values("pk")
    [planned] = json.loads(matching.explain(format="json"))
    return planned["Plan"]["Plan Rows"]


def _school_scans(user, scope, matching):
    """What was shared with the viewer's school, and with them."""
    if not scope.posts | scope.reads_shared:
        return []
    # Only what they may read, or a page that looks empty would tell of what is withheld.
    shared = Consultation.objects.shared_with(user).order_by().values("pk")
    for_school = matching.filter(for_school=True, subject_id__in=shared)
    # The words are those of the whole note, of which an outsider has a part: they find nothing.
    granted = ConsultationGrant.objects.live().filter(user=scope.user_id, source_type=SCHOOL_SHARE)
    attended = for_school.filter(
        subject_type=Consultation._meta.label_lower, subject_id__in=granted.values("content_object")
    )
    if scope.reads_shared:
        at_school = for_school.filter(school__in=scope.reads_shared)
        return [_newest_of(at_school), _newest_of(attended)]
    return [_newest_of(attended)]


def _notes(user, words, entries):
    """The ``Hit`` of each entry the viewer may read, in their order."""
    ids = {label: [] for label in KINDS}
    for entry in entries:
        ids[entry.subject_type].append(entry.subject_id)
    found = {
        hit.note.pk: hit for label, hits_of in KINDS.items() for hit in hits_of(user, ids[label])
    }
    hits = [found[entry.subject_id] for entry in entries if entry.subject_id in found]
    closed = closed_children(user, frozenset().union(*(hit.child_ids for hit in hits)))
    for hit in hits:
        hit.is_closed = not closed.isdisjoint(hit.child_ids)
    open_hits = [hit for hit in hits if not hit.is_closed]
    snippets = _marked(words, [hit.text for hit in open_hits])
    for hit, marked in zip(open_hits, snippets, strict=True):
        hit.snippets = marked
    return hits


def _consultations(user, ids):
    """As the team has them, and otherwise as they were shared with the viewer."""
    if not ids:
        return
    seen = consultations.with_passages().select_related("school")
    team = {note.pk: note for note in seen.visible_to(user).filter(pk__in=ids)}
    for note in team.values():
        children = frozenset(part.pupil_id for part in note.discussed.all()) - {None}
        text = "\n".join(consultations.passages_of(note)[1])
        address = f"/consultations/{note.pk}/"
        yield Hit(note, CONSULTATION, note.school, note.held_at, address, text, children)
    if others := [pk for pk in ids if pk not in team]:
        for note in seen.shared_with(user).filter(pk__in=others):
            text = "\n".join(consultations.passages_of(note)[0])
            address = f"/shared/{note.pk}/"
            yield Hit(note, CONSULTATION, note.school, note.held_at, address, text)


def _sessions(user, ids):
    if not ids:
        return
    for note in sessions.with_passages().visible_to(user).filter(pk__in=ids):
        work = note.intervention
        children = frozenset(child_ids(work))
        text = "\n".join(sessions.passages_of(note))
        address = note.get_absolute_url()
        yield Hit(note, SESSION, work.school, note.held_on, address, text, children)


# What an entry may stand for.
KINDS = {
    Consultation._meta.label_lower: _consultations,
    Session._meta.label_lower: _sessions,
}


def _marked(words, texts):
    """Of each text, its few passages that match, escaped, with the matches in ``<mark>``."""
    if not texts:
        return []
    config, query = CONFIG, query_of(words)
    # Words are read as stems or as they stand: beginnings are marked alone.
    if beginnings := _apart(words)[0]:
        config, query = AS_THEY_STAND, reduce(or_, map(_beginning, beginnings))
    entries = SearchEntry.objects.all().query
    sql, params = query.resolve_expression(entries).as_sql(
        entries.get_compiler(connection=connection), connection
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ts_headline(%s::regconfig, text, {sql}, %s)"  # noqa: S608
            " FROM unnest(%s::text[]) WITH ORDINALITY AS said(text, place) ORDER BY place",
            [config, *params, SNIPPET, [text.translate(SHOWN) for text in texts]],
        )
        rows = [row for (row,) in cursor.fetchall()]
    return [[_as_html(part) for part in row.split(" … ") if BEGIN in part] for row in rows]


def _as_html(text):
    plain, marked = (re.split(f"[{BEGIN}{END}]", text)[side::2] for side in (0, 1))
    pairs = format_html_join("", "{}<mark>{}</mark>", zip(plain, marked, strict=False))
    return format_html("{}{}", pairs, plain[-1])


def _beside(user, words):
    """``(schools, people, actions)``: the first few of each that hold what was typed."""
    either = _typed(words)
    if not either:
        return [], [], []
    schools = School.objects.visible_to(user).filter(_holding(either, schools_holding))
    people = (
        SchoolContact.objects.visible_to(user)
        .current()
        .filter(_holding(either, lambda words: Q(IContains(bare("name"), words))))
        .select_related("school")
    )
    return (
        list(schools.order_by("name")[:FEW]),
        list(people.order_by("name")[:FEW]),
        _actions(user, either),
    )


def _typed(words):
    """What was typed, for texts that are not stemmed: ``[(wanted, unwanted)]`` with an or between.

    Each a list of words and phrases as ``bare_words`` has them.
    """
    either = [([], [])]
    for minus, phrase, word in TYPED.findall(words):
        if word.casefold() == "or" and not minus:
            either.append(([], []))
        elif len(said := bare_words(phrase or word.strip('*"“”'))) > 1:
            either[-1][bool(minus)].append(said)
    return [(wanted, unwanted) for wanted, unwanted in either if wanted]


def _holding(either, holds):
    """The condition that one way of it is met; ``holds(words)`` is that of holding some words."""
    met = Q()
    for wanted, unwanted in either:
        met |= reduce(and_, [*map(holds, wanted), *(~holds(words) for words in unwanted)])
    return met


def _actions(user, either):
    """Open actions that hold what was typed, of which none is held back (rule 001-58)."""
    found = (
        Action.objects.open()
        .visible_to(user)
        .filter(_holding(either, lambda words: Q(IContains(bare("what"), words))))
        .select_related("school", "about", "owner_user", "owner_contact")
    )
    # Some are held back: the few that are shown are found among more.
    lines = lines_of(user, list(found[: 5 * FEW]), timezone.localdate())
    return [line.action for line in lines if not line.is_held_back][:FEW]
