"""Reading a CSV file that somebody hands to the service, row by row (security.md 6.1).

Such a file may be large, in one of several encodings, and damaged by a spreadsheet. A file
that cannot be understood is refused whole with one sentence; a row that cannot be read is
handed on as rejected, and the rows after it are read as if nothing had happened.
"""

import codecs
import csv
import re
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

CHUNK = 1 << 20
LONGEST_LINE = 1_000_000
# A cell with line breaks in it is rare and short; more lines are a quotation mark left open.
MOST_LINES = 10
DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
UNREADABLE = "\ufffd"


class FileRefused(Exception):
    """The file as a whole cannot be used. ``str(error)`` is a sentence for the person."""


class RowRejected(Exception):
    """One row cannot be used. ``str(error)`` says which column and what to do."""


@dataclass(frozen=True)
class Row:
    """A row that could be read. ``number`` is its line in the file, the first line being 1.

    ``cells`` holds the trimmed text of each wanted column that the file has.
    """

    number: int
    cells: dict


@dataclass(frozen=True)
class Rejection:
    """A row that was left out, and why. ``urn`` is as found, empty where it was not readable."""

    number: int
    urn: str
    reason: str
    file: str = ""


REJECTED_COLUMNS = ("File", "Row", "URN", "Reason")


def rejected_row(rejection):
    """The cells of a ``Rejection``, under ``REJECTED_COLUMNS``."""
    return rejection.file, rejection.number, rejection.urn, rejection.reason


@dataclass
class Outcome:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list = field(default_factory=list)

    def __str__(self):
        return (
            f"{self.added} added, {self.changed} changed, "
            f"{self.unchanged} unchanged, {len(self.rejected)} rejected"
        )


class Table:
    """A CSV file with a heading row, read by the names of its columns.

    Use as a context manager; iterate for ``Row`` and ``Rejection``. ``columns`` are the wanted
    columns that the file has. Names are matched whatever their case and spacing. FileRefused
    when a required column is missing, the file is empty, or it is not text.
    """

    def __init__(self, path, required, optional=()):
        self.path = Path(path)
        self.required = required
        self.wanted = {_plain(name): name for name in (*required, *optional)}

    def __enter__(self):
        encoding = _encoding_of(self.path)
        # An unreadable byte becomes a mark that rejects its row, and no other.
        self._stream = open(self.path, encoding=encoding, errors="replace", newline="")
        try:
            self._lines = _numbered(self._stream)
            self._read_heading()
        except BaseException:
            self._stream.close()
            raise
        return self

    def __exit__(self, *error):
        self._stream.close()

    @property
    def columns(self):
        return self._positions.keys()

    def rejection(self, row, reason):
        """The ``Rejection`` of a row that was read and cannot be used."""
        return Rejection(row.number, row.cells.get("URN", "")[:20], str(reason), self.path.name)

    def __iter__(self):
        waiting = []
        while line := waiting.pop(0) if waiting else next(self._lines, None):
            if not line[1].strip():
                continue
            record = [line]
            cells, problem = self._cells_of(record)
            while problem is _OPEN_QUOTE and len(record) < MOST_LINES:
                following = waiting.pop(0) if waiting else next(self._lines, None)
                if following is None:
                    break
                record.append(following)
                cells, problem = self._cells_of(record)
            if problem:
                # Only the first line is lost: the lines after it may be rows of their own.
                waiting[:0] = record[1:]
                yield Rejection(line[0], self._urn_in(line[1]), problem, self.path.name)
            elif not any(cells.values()):
                continue
            else:
                yield Row(line[0], cells)

    def batches(self, size, what, progress=None):
        """Lists of up to ``size`` rows and rejections; ``progress`` hears how many were read.

        FileRefused at the end of a file without any; ``what`` one of them is: *child*.
        """
        rows, read = iter(self), 0
        while batch := list(islice(rows, size)):
            yield batch
            read += len(batch)
            if progress:
                progress(read)
        if not read:
            raise FileRefused(
                f"The file has a first row with the names of the columns and no {what}."
            )

    def _read_heading(self):
        first = next(self._lines, None)
        if first and (told := re.fullmatch(r"sep=(.)\s*", first[1], re.IGNORECASE)):
            self._delimiter, first = told[1], next(self._lines, None)
            candidates = [self._delimiter]
        else:
            candidates = list(DELIMITERS)
        if first is None or not first[1].strip():
            raise FileRefused("The file is empty. Choose the file that has the rows in it.")
        readings = {mark: _split(first[1], mark) for mark in candidates}
        self._delimiter, heading = max(
            readings.items(), key=lambda reading: len(self._known(reading[1]))
        )
        known = self._known(heading)
        missing = [name for name in self.required if name not in known]
        if missing:
            raise FileRefused(
                f"The first row has no column named {' or '.join(missing)}. The first row must"
                " hold the names of the columns, with nothing above it."
            )
        twice = [name for name in known if known.count(name) > 1]
        if twice:
            raise FileRefused(f"The column {twice[0]} is there twice. Keep one and try again.")
        names = [self.wanted.get(_plain(cell)) for cell in heading]
        self._positions = {name: position for position, name in enumerate(names) if name}
        self._width = len(heading)

    def _known(self, heading):
        names = (self.wanted.get(_plain(cell)) for cell in heading)
        return [name for name in names if name]

    def _cells_of(self, record):
        """``(cells, None)`` of one record's lines, or ``(None, problem)``."""
        lines = [line for _, line in record]
        try:
            values = next(csv.reader(lines, delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            runs_on = "unexpected end" in str(error) or len(record) > 1
            return None, _OPEN_QUOTE if runs_on else _BAD_QUOTE
        if any(values[self._width :]) or len(values) < self._width:
            # A line break inside a record that is too short or too long: two rows in one.
            return None, _OPEN_QUOTE if len(record) > 1 else self._ragged(values)
        cells = {name: values[at].strip() for name, at in self._positions.items()}
        unreadable = [name for name, value in cells.items() if UNREADABLE in value]
        if unreadable:
            return None, (
                f"{unreadable[0]} has characters that cannot be read. Save the file as UTF-8."
            )
        return cells, None

    def _ragged(self, values):
        return (
            f"The row has {_cells(len(values))} and the first row of the file has {self._width}."
            " Check that no cell is missing and no comma was added."
        )

    def _urn_in(self, line):
        values = _split(line, self._delimiter)
        at = self._positions.get("URN", self._width)
        return values[at].strip()[:20] if at < len(values) else ""


_OPEN_QUOTE = 'A quotation mark (") is opened and not closed. Close it or take it out.'
_BAD_QUOTE = 'A quotation mark (") inside a cell cannot be read. Write it twice or take it out.'


def sentence_of(error):
    """What an act refused, a ValidationError, as the reason for a row: each field and sentence."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(f"{field}: {' '.join(told)}" for field, told in error.message_dict.items())


def text_of(cells, column, longest):
    """The cell as one line of text, or None where the file has no such column or no value.

    RowRejected when it is longer than ``longest`` characters.
    """
    text = " ".join(cells.get(column, "").split())
    if len(text) > longest:
        raise RowRejected(f"{column} must be {longest} characters or fewer.")
    return text or None


def email_of(cells, column):
    """The cell as one address in small letters, or None. RowRejected when it is no address."""
    text = text_of(cells, column, 254)
    if text is None:
        return None
    try:
        validate_email(text)
    except ValidationError:
        raise RowRejected(
            f"{column} must be one address, such as name@example.org, or empty."
        ) from (None)
    return text.lower()


def phone_of(cells, column):
    """The telephone number, with the leading zero that a spreadsheet took off; or None."""
    text = text_of(cells, column, 30)
    return f"0{text}" if text and re.fullmatch("[1-9][0-9]{8,9}", text) else text


def code_of(cells, column, digits):
    """A code of ``digits`` digits, with the leading zeros that a spreadsheet took off; or None."""
    text = re.sub(r"\.0+\Z", "", cells.get(column, ""))
    if text and not re.fullmatch(f"[0-9]{{1,{digits}}}", text):
        raise RowRejected(f"{column} must be {digits} digits.")
    return text.zfill(digits) if text else None


def refuse_other_council(code):
    """RowRejected for the local authority code of another council; None or empty says nothing."""
    ours = settings.COUNCIL.local_authority
    if code and code != ours:
        raise RowRejected(
            f"URN: this school belongs to local authority {code}, and this council is {ours}."
            " Check that it is not a file from the wrong council."
        )


def urn_of(cells, column="URN"):
    """The URN as text of five or six digits; ``100001.0`` is put right. RowRejected otherwise."""
    text = re.sub(r"\.0+\Z", "", cells.get(column, ""))
    if re.fullmatch(r"[0-9]{5,6}", text):
        return text
    if not text:
        raise RowRejected(f"{column} is empty. Enter the school's URN.")
    if re.fullmatch(r"[0-9.]+E\+?[0-9]+", text, re.IGNORECASE):
        raise RowRejected(
            f"{column} is {text[:20]}: a spreadsheet has rounded it. Use the file as it was"
            " downloaded, not one saved from a spreadsheet."
        )
    raise RowRejected(f"{column} must be five or six digits, such as 125807.")


def school_of(cells, schools):
    """The school that the row is about, of ``{URN: open school}``. RowRejected without one."""
    urn = urn_of(cells)
    school = schools.get(urn)
    if school is None:
        raise RowRejected(f"No open school here has the URN {urn}. Import the school first.")
    refuse_other_council(school.local_authority)
    return school


def _encoding_of(path):
    """utf-8-sig, utf-8 or cp1252, from the byte order mark or from every byte of the file."""
    with open(path, "rb") as stream:
        start = stream.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise FileRefused("The file is in UTF-16. Save it as CSV UTF-8 and try again.")
        if start.startswith(b"PK\x03\x04"):
            raise FileRefused(
                "The file is a zip or a spreadsheet, not CSV. Unzip it, or save it as CSV UTF-8."
            )
        encoding = "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"
        decoder = codecs.getincrementaldecoder("utf-8")()
        stream.seek(0)
        while chunk := stream.read(CHUNK):
            if b"\0" in chunk:
                raise FileRefused(
                    "The file is not plain text (it has NUL characters). Save it as CSV UTF-8 and"
                    " try again."
                )
            if decoder:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    decoder = None
        if decoder:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                decoder = None
    return encoding if decoder or encoding == "utf-8-sig" else "cp1252"


def _numbered(stream):
    """``(number, line)`` of each line of the stream, numbered from 1, line ends included."""
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise FileRefused(
                f"Line {number} is longer than {LONGEST_LINE:,} characters. This is not the file"
                " that was downloaded: download it again."
            )
        yield number, line


def _split(line, delimiter):
    """The cells of a line, read leniently; empty where even that fails."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _plain(name):
    return " ".join(name.split()).casefold()


def _cells(number):
    return "1 cell" if number == 1 else f"{number} cells"
