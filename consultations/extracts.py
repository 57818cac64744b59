"""One child's extract from a note, for that child's own record at the school (rule 001-118).

It is made from that child's part alone. What was typed there may name another child all the same:
the team is told before it shares the note, and on the extract.
"""

import re
import unicodedata
from collections import defaultdict

from django.db.models import Q

from govuk.words import date_of, listed, long_date
from schools.models import FamilyLink
from schools.names import fold

# What parts words, beside spaces; and the s that follows a name.
BETWEEN = re.compile(r"[^\w'’\-]|_")
POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)


def words_in(text):
    """The words of a text in their order as names are compared, without and with an ’s."""
    if not text.isascii():
        letters = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in letters if unicodedata.category(c) not in ("Mn", "Cf"))
    spaced = BETWEEN.sub(" ", text)
    return dict.fromkeys([*fold(POSSESSIVE.sub(" ", spaced)).split(), *fold(spaced).split()])


def name_of(pupil):
    """The words of every name of a child, but for single letters, which are words of their own."""
    words = words_in(f"{pupil.first_names} {pupil.known_as} {pupil.surname}")
    return {word for word in words if len(word) > 1 or not word.isascii()}


def others_named(note):
    """``{part id: [names]}``: of other children, in what a note says of one of them; one query.

    The others are the children of the same consultation and the child's family on record; a name
    that the child shares with them is the child's.
    """
    parts = note.named
    family = families_of([part.pupil for part in parts])
    found = {}
    for part in parts:
        near = [other.pupil for other in parts if other != part] + family[part.pupil.pk]
        names = set().union(*map(name_of, near)) - name_of(part.pupil)
        said = [part.text, part.advice, *(action.what for action in part.actions)]
        if named := [word.capitalize() for word in words_in("\n".join(said)) if word in names]:
            found[part.pk] = named
    return found


def prompts(note):
    """What to look at again before a note is shared, as sentences; one query."""
    found = others_named(note)
    return [
        f"What the school gets for the record of {part.pupil.name} may name another child: "
        f"{listed(found[part.pk])}. Each child’s record is about that child alone."
        for part in note.named
        if part.pk in found
    ]


def named_in_general(note):
    """Names of the note's children in what is about nobody in particular."""
    names = set().union(*(name_of(part.pupil) for part in note.named))
    said = [note.text, note.updates, note.training, *(added.text for added in note.additions)]
    said += [action.what for action in note.general_actions]
    return [word.capitalize() for word in words_in("\n".join(said)) if word in names]


def families_of(pupils):
    """``{pupil id: [pupils]}`` as family links say; nobody asks where there is no child."""
    found = defaultdict(list)
    if pupils:
        ids = {pupil.pk for pupil in pupils}
        links = FamilyLink.objects.filter(Q(one__in=ids) | Q(other__in=ids))
        for link in links.select_related("one", "other"):
            found[link.one_id].append(link.other)
            found[link.other_id].append(link.one)
    return found


def text_of(note, part):
    """The extract as plain text, to paste into the school's own system."""
    held = note.consultation
    lines = [
        f"Early help consultation, {date_of(held.held_at)}, {held.school.name}",
        _took_part(note),
        part.title,
        part.text,
    ]
    if part.advice:
        lines.append(f"Advice: {part.advice}")
    if part.reported:
        lines.append(part.reported)
    if part.actions:
        lines.append("\n".join(["Actions:", *map(_line, part.actions)]))
    return "\n\n".join(line.strip() for line in lines if line.strip())


def _took_part(note):
    people = [_who(person) for person in note.took_part]
    people += [writer.name for writer in note.consultation.authors]
    return f"Took part: {listed(people)}."


def _who(attendee):
    of = attendee.role_text or attendee.organisation
    return f"{attendee.name} ({of})" if of else attendee.name


def _line(action):
    when = f", by {long_date(action.due_on)}" if action.due_on else ""
    return f"{action.what.rstrip('.')}. {action.owner_text}{when}"
