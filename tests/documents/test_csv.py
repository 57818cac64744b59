import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.http import HttpResponse
from hypothesis import given
from hypothesis import strategies as st

from documents.csv import safe_cell, write_rows

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://example.org")',
    "=cmd|'/C calc'!A0",
    " =1+1",
    "   @x",
    "\t=1",
    "\tword",
    "\rword",
    "  \tword",
    "\n=1",
    "\u00a0=1",
    "\ufeff=1",
    "\u200b=1",
    "\u202e=1",
    "＝1+1",
    "＠SUM(A1)",
]


def written(rows, header=("One",)):
    stream = io.BytesIO()
    write_rows(stream, header, rows)
    return stream.getvalue()


def read_back(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("typed", FORMULAS)
def test_a_cell_that_could_be_a_formula_is_marked_as_text(typed):
    assert safe_cell(typed) == f"'{typed}"


@pytest.mark.parametrize("typed", ["\0=1", "=\x001", " \0word", "\0"])
def test_nul_is_removed_and_hides_no_formula(typed):
    assert safe_cell(typed) == "'" + typed.replace("\0", "")


def test_a_telephone_number_stays_readable():
    assert safe_cell("+44 1243 777100") == "'+44 1243 777100"


@pytest.mark.parametrize(
    "typed", ["Oakfield", "O'Neill", "'quoted'", "a=b", "1-2", "%0A=", "|x", " two", "שלום", ""]
)
def test_ordinary_text_is_left_alone(typed):
    assert safe_cell(typed) == typed


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (-5, "-5"),
        (-1.5, "-1.5"),
        (Decimal("-2.50"), "-2.50"),
        (datetime.date(2026, 11, 12), "2026-11-12"),
    ],
)
def test_numbers_dates_and_nothing_are_written_plainly(value, cell):
    assert safe_cell(value) == cell


def test_a_file_is_utf8_with_bom_and_windows_line_ends():
    assert written([["Łódź", 1]], ["Place", "Number"]) == (
        b"\xef\xbb\xbfPlace,Number\r\n" + "Łódź,1\r\n".encode()
    )


def test_the_header_is_guarded_like_any_row():
    assert read_back(written([], ["=1+1"])) == [["'=1+1"]]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2)))
def test_what_is_written_is_read_back_as_the_safe_text(rows):
    # No encoding carries half a surrogate pair; it is written as a question mark.
    rows = [[text.encode("utf-8", "replace").decode() for text in row] for row in rows]
    safe = [[safe_cell(text) for text in row] for row in rows]
    assert read_back(written(rows, ["One", "Two"])) == [["One", "Two"], *safe]


def test_half_a_surrogate_pair_does_not_stop_the_file():
    assert read_back(written([["a\ud800b"]]))[1] == ["a?b"]


def test_rows_go_straight_into_a_response_which_stays_open():
    response = HttpResponse(content_type="text/csv")
    write_rows(response, ["One"], ([number] for number in range(3)))
    response.write(b"more")
    assert response.content == b"\xef\xbb\xbfOne\r\n0\r\n1\r\n2\r\nmore"
