"""Gentle prompts before a note is locked: good recording, never in the way (domain-facts.md 3.3).

They look at what was typed and say what to look at again; nothing is refused because of them.
"""

import re
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.db.models import Q

from consultations.children import named_beside
from consultations.models import Naming
from govuk.words import lower_first
from schools.models import FamilyLink, Kinship, Pupil
from schools.naming import NAME, ways_of_writing, words_in
from schools.scope import scope_of

INITIALS = re.compile(r"\b[A-Z]\. ?[A-Z]\.(?!\w)|\b[A-Z]\.[A-Z]\b")
CAPITALS = re.compile(r"\b[A-Z]{2}\b")
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Written:
    """One text of the form: what its box is called, and the child whose part it is in, if any."""

    box: str
    text: str
    pupil: Pupil | None = None


def prompts_for(user, sheet, consultation=None):
    """What to look at again in a bound ``Sheet``, as sentences; two queries at most.

    Two more where a sibling is in no part, and the ``consultation`` may be linked to theirs.
    """
    is_nameless = sheet.form["naming"].value() == Naming.NO_NAMES
    return [
        *prompts_of_words(
            sheet.form.school,
            list(_texts(sheet)),
            is_nameless=is_nameless,
            children=sheet.children.chosen,
        ),
        *_siblings(user, sheet, consultation),
        *_dates(sheet),
    ]


def prompts_of_words(school, written, *, is_nameless=False, children=()):
    """What to look at again in what was ``Written`` at a school, as sentences; one query.

    The initials of the ``children`` it is about are met without their dots too.
    """
    return [
        *_names(school, written, is_nameless),
        *_initials(written, children),
        *_opinions(written),
    ]


def prompts_of_addendum(consultation, form):
    """What to look at again in a bound form of dated text, as sentences; one query at most.

    It is part of no child's own part, so that a name is looked for where none may be.
    """
    written = list(texts_of(form))
    is_nameless = consultation.naming == Naming.NO_NAMES
    names = _names(consultation.school, written, is_nameless) if is_nameless else ()
    return [*names, *_initials(written), *_opinions(written)]


def _texts(sheet):
    """Every ``Written`` that somebody typed in words."""
    yield from texts_of(sheet.form)
    for form in kept(sheet.children):
        title = form.title if form.pupil else lower_first(form.title)
        yield from texts_of(form, f"{title}: ", form.pupil)
    for form in kept(sheet.actions):
        yield from texts_of(form)


def texts_of(form, whose="", pupil=None):
    """What was ``Written`` in the boxes of a bound form: ``whose`` part, about which ``pupil``."""
    for field in form:
        is_text = isinstance(field.field, forms.CharField) and not isinstance(
            field.field, forms.EmailField
        )
        text = field.value() if is_text else ""
        if isinstance(text, str) and text.strip():
            yield Written(f"{whose}{lower_first(field.label).rstrip('?')}", text, pupil)


def kept(rows):
    """The forms of the rows that were not taken away."""
    return [form for form in rows.forms if form.has_changed() and not form["DELETE"].value()]


def _names(school, written, is_nameless):
    """Names of children on record at the school, outside the part of that child itself."""
    texts = [(row, words_in(row.text)) for row in written]
    words = {word for _, found in texts for word in found}
    met = {}
    for pk, ways in _called(school):
        # Of a whole school, few have a name whose words all occur.
        for way in (way for way in ways if words.issuperset(way.split())):
            for row, found in texts:
                is_own = row.pupil is not None and row.pupil.pk == pk and not is_nameless
                if not is_own and f" {way} " in f" {' '.join(found)} ":
                    met[row.box] = True
    for box in met:
        yield f"The name of a child on record at the school is in “{box}”. " + (
            "This consultation is recorded without names: take it out."
            if is_nameless
            else "Write about each child in that child’s own part."
        )


def _called(school):
    """``(id, ways)`` of the children taught at the school: how somebody may write their names."""
    for pk, *name in Pupil.objects.at(school).values_list("pk", *NAME):
        yield pk, ways_of_writing(*name)


def _initials(written, children=()):
    undotted = {
        f"{first[0]}{child.surname[0]}".upper()
        for child in children
        for first in (child.first_names, child.known_as)
        if first and child.surname
    }
    for row in written:
        plain = (met for met in CAPITALS.finditer(row.text) if met[0] in undotted)
        if found := INITIALS.search(row.text) or next(plain, None):
            yield (
                f"Initials (“{found[0]}”) are in “{row.box}”. Nobody can tell later who they "
                "stand for: write about the child in a part of their own, or leave them out."
            )


def _opinions(written):
    for row in written:
        words = set(WORD.findall(row.text.casefold()))
        found = [word for word in settings.COUNCIL.opinion_words if word in words]
        if found:
            quoted = " and ".join(f"“{word}”" for word in found[:3])
            yield (
                f"“{row.box}” says {quoted}. Write what was seen or said, in words the family "
                "could read."
            )


def _siblings(user, sheet, consultation):
    """A child's brother or sister on record who is not in the consultation (peers.md U35).

    Nor in one that is linked to it.
    """
    pupils = {pupil.pk: pupil for pupil in sheet.children.chosen}
    if not pupils:
        return
    links = FamilyLink.objects.filter(Q(one__in=pupils) | Q(other__in=pupils))
    reachable = Pupil.objects.not_at(scope_of(user).excluded).values("pk")
    links = links.filter(kind=Kinship.SIBLING, one__in=reachable, other__in=reachable)
    left_out = [
        (one, other) if one in pupils else (other, one)
        for one, other in links.values_list("one", "other")
        if not (one in pupils and other in pupils)
    ]
    beside = named_beside(consultation) if consultation and left_out else ()
    left_out = [pupils[pk] for pk, sibling in left_out if sibling not in beside]
    for pupil in dict.fromkeys(left_out):
        yield f"{pupil.name} has a brother or sister on record. Is this about them too?"


def _dates(sheet):
    for form in kept(sheet.actions):
        if form["what"].value() and not (form["due_on"].value() or "").strip():
            yield "An action has no date. Agree by when it will be done."
            return
