"""What the pages of copies say: who gets which, how they differ, what to know before sending."""

from dataclasses import dataclass

from govuk.words import listed
from panels.copies import SCHOOL, Copy, Reader, Share
from panels.models import Distribution
from panels.recipients import recipients_of
from panels.services.distribution import WITH_RECIPIENT


@dataclass(frozen=True)
class Line:
    """One copy in the list: whose, who gets it, and its difference in words."""

    reader: Reader
    copy: Copy
    title: str
    people: list
    difference: str


def lines_of(minutes, recipients):
    """The ``Line`` of each copy: agencies, schools, and what others of a school read."""
    readers = {reader.key: reader for reader in minutes.readers}
    for one in recipients:
        if one.reader.kind == SCHOOL and one.reader.closed:
            readers.setdefault(one.reader.key, one.reader)
    return [_line(minutes, reader, recipients) for reader in readers.values()]


def _line(minutes, reader, recipients):
    copy = minutes.copy_for(reader)
    people = [one for one in recipients if one.reader.key == reader.key]
    title = reader.name
    if reader.kind == SCHOOL and reader.closed:
        title = f"{reader.name}, without children"
    return Line(reader, copy, title, people, difference(copy))


def difference(copy):
    """``All but items 5 and 6, part of item 4``: what a copy holds of the minutes, in words."""
    gone = [str(n) for n, share in enumerate(copy.shares, 1) if share == Share.NONE]
    parts = [str(n) for n, share in enumerate(copy.shares, 1) if share == Share.PART]
    if len(gone) == len(copy.shares):
        return "Actions alone"
    words = f"All but {_items(gone)}" if gone else "All"
    return f"{words}, part of {_items(parts)}" if parts else words


def titles_of(minutes, closed):
    """The title of each item, in place of one that speaks of a closed child what it is about."""
    return [
        "about a child" if minutes.mentions.in_text(item.title) & closed else item.title
        for item in minutes.items
    ]


def left_out(copy, titles):
    """``item 5, Vaping on the bus`` for each item that is not in a copy, or not whole."""
    return [
        f"{'part of ' if share == Share.PART else ''}item {n}, {title}"
        for n, (title, share) in enumerate(zip(titles, copy.shares, strict=True), 1)
        if share != Share.WHOLE
    ]


def _items(numbers):
    return f"item{'s' if len(numbers) > 1 else ''} {listed(numbers)}"


@dataclass(frozen=True)
class Note:
    """Something to know before sending; ``mute`` is the agency's row that has no address."""

    text: str
    mute: object = None


def to_know(minutes, lines):
    """The ``Note`` of each thing to know before sending; nothing of it stands in the way."""
    idle, found = [], []
    for line in lines:
        own = [row for row in minutes.actions if minutes.is_of(line.reader, row)]
        if not own and not line.reader.closed:
            idle.append(line.title)
        if len(line.copy.actions) < len(own):
            found.append(
                Note(
                    f"{line.title} has an action about a child of whom it may not read:"
                    " that action is not in its copy."
                )
            )
        found += [
            Note(
                f"{one.name}: {one.trouble or one.warning}.",
                one.row if one.is_agency and one.trouble else None,
            )
            for one in line.people
            if one.trouble or one.warning
        ]
    if idle:
        words = f"{listed(idle)} {'has' if len(idle) == 1 else 'have'} no action."
        found.insert(0, Note(words))
    return found


@dataclass(frozen=True)
class Matrix:
    """Items against copies: ``heads`` are ``Line``, ``rows`` are ``(number, title, [Share])``."""

    heads: list
    rows: list


def matrix_of(titles, lines):
    return Matrix(
        lines,
        [
            (number, title, [line.copy.shares[number - 1] for line in lines])
            for number, title in enumerate(titles, 1)
        ],
    )


def sent_of(meeting):
    """The copies that were sent, the latest version first, each with ``is_replaced``; one query."""
    rows = Distribution.objects.filter(version__meeting=meeting)
    rows = list(
        rows.select_related("version", "revoked_by", *WITH_RECIPIENT)
        .defer("copy")
        .order_by("-version__number", "agency__agency__name", "person__name")
    )
    newest = {}
    for row in rows:
        newest.setdefault(row.agency_id or row.person_id, row.version.number)
        row.is_replaced = row.version.number < newest[row.agency_id or row.person_id]
    return rows


def recipients_and_lines(minutes):
    """``(recipients, lines)`` of one page."""
    recipients = recipients_of(minutes)
    return recipients, lines_of(minutes, recipients)
