"""CSV that a spreadsheet opens as text and never runs (security.md 1.2.10)."""

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import BinaryIO

# What a spreadsheet takes for the start of a formula, also after characters it skips or does
# not show, and in the full width that East Asian versions read alike.
FORMULA = re.compile("[\\s\0\ufeff\u200b-\u200f\u202a-\u202e]*[=+\\-@＝＋－＠]| *[\t\r\0]")


def safe_cell(value: object) -> str:
    """``value`` as the text of one cell.

    None is empty. Text that could start a formula gets a leading apostrophe, so that
    "+44 1243 777100" stays readable; numbers are no formulas. NUL is removed.
    """
    if value is None:
        return ""
    text = str(value)
    if not isinstance(value, int | float | Decimal) and FORMULA.match(text):
        text = f"'{text}"
    return text.replace("\0", "")


def write_rows(stream: BinaryIO, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write ``header`` and ``rows`` to a binary ``stream``: UTF-8 with BOM, CRLF, safe cells."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(value) for value in header])
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    text.detach()
