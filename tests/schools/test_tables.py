"""Files as people hand them over: encodings, delimiters, quotation marks, damage."""

import pytest

from schools.tables import FileRefused, Rejection, Row, RowRejected, Table, urn_of

HEADING = "URN,EstablishmentName,Town\r\n"


@pytest.fixture
def read(tmp_path):
    """``read(content)``: every Row and Rejection of a file with that content, text or bytes."""

    def read(content):
        path = tmp_path / "schools.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with Table(path, ["URN", "EstablishmentName"], ["Town"]) as table:
            return list(table)

    return read


def names(rows):
    return [row.cells["EstablishmentName"] for row in rows if isinstance(row, Row)]


def reasons(rows):
    return [(row.number, row.reason) for row in rows if isinstance(row, Rejection)]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("cp1252"),
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
    ],
    ids=["Windows-1252", "UTF-8", "UTF-8 with a byte order mark"],
)
def test_each_encoding_is_told_by_its_bytes(read, encode):
    assert names(read(encode(HEADING + "125807,St Peter’s École,Arun\r\n"))) == ["St Peter’s École"]


def test_a_late_accent_does_not_change_the_encoding_of_an_early_one(read):
    plain = "".join(f"{urn},Plain School,Arun\r\n" for urn in range(100_000, 150_000))
    rows = read((HEADING + "125807,Łódź School,Arun\r\n" + plain).encode())
    assert names(rows)[0] == "Łódź School"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(read, end):
    text = (HEADING + "125807,Oakfield,Arun\r\n125808,Elmgate,Arun").replace("\r\n", end)
    assert names(read(text)) == ["Oakfield", "Elmgate"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_delimiter_is_found_from_the_heading(read, mark):
    text = (HEADING + "125807,Oakfield,Arun\r\n").replace(",", mark)
    assert names(read(text)) == ["Oakfield"]


def test_the_line_a_spreadsheet_puts_above_the_heading_is_stepped_over(read):
    text = "sep=;\r\n" + (HEADING + "125807,Oakfield,Arun\r\n").replace(",", ";")
    assert names(read(text)) == ["Oakfield"]


def test_columns_are_found_by_name_whatever_their_order_case_and_company(read):
    text = "Ofsted rating,town , establishmentname,URN\r\nGood,Arun,Oakfield,125807\r\n"
    (row,) = read(text)
    assert row.cells == {"URN": "125807", "EstablishmentName": "Oakfield", "Town": "Arun"}


def test_a_missing_optional_column_is_simply_absent(read):
    (row,) = read("URN,EstablishmentName\r\n125807,Oakfield\r\n")
    assert row.cells == {"URN": "125807", "EstablishmentName": "Oakfield"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (b"\r\n", "The file is empty"),
        ("URN,EstablishmentName\r\n1,2\r\n".encode("utf-16"), "UTF-16"),
        (b"URN,EstablishmentName\r\n125807,Oak\0field\r\n", "NUL"),
        (b"PK\x03\x04zip", "zip or a spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\0\0", "NUL"),
        (b"<html><body>Not found</body></html>", "no column named URN or EstablishmentName"),
        (b"125807,Oakfield,Arun\r\n", "no column named URN or EstablishmentName"),
        (b"URN,Town\r\n125807,Arun\r\n", "no column named EstablishmentName"),
        (b"URN,EstablishmentName,URN\r\n1,2,3\r\n", "The column URN is there twice"),
        (b"URN,EstablishmentName\r\n" + b"x" * 1_100_000, "Line 2 is longer than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_understood_is_refused_with_a_sentence(read, content, says):
    with pytest.raises(FileRefused, match=says):
        read(content)


def test_an_open_quotation_mark_costs_one_row(read):
    rows = read(
        HEADING + '125807,"Oakfield,Arun\r\n125808,Elmgate,Arun\r\n125809,"Beech, Green",Arun\r\n'
    )
    assert names(rows) == ["Elmgate", "Beech, Green"]
    assert [number for number, _ in reasons(rows)] == [2]
    assert "opened and not closed" in reasons(rows)[0][1]


def test_an_open_quotation_mark_at_the_end_of_the_file_costs_one_row(read):
    rows = read(HEADING + '125808,Elmgate,Arun\r\n125807,"Oakfield,Arun\r\n')
    assert names(rows) == ["Elmgate"]
    assert reasons(rows)[0][0] == 3


def test_an_open_quotation_mark_costs_one_row_where_every_cell_is_quoted(read):
    rows = read(HEADING + '"125807","Oakfield,"Arun"\r\n"125808","Elmgate","Arun"\r\n')
    assert names(rows) == ["Elmgate"]


def test_a_line_break_inside_a_cell_is_read(read):
    rows = read(HEADING + '125807,"Oakfield\r\nPrimary",Arun\r\n125808,Elmgate,Arun\r\n')
    assert names(rows) == ["Oakfield\r\nPrimary", "Elmgate"]
    assert rows[1].number == 4


def test_a_ragged_row_is_rejected_and_trailing_commas_are_not(read):
    rows = read(HEADING + "125807,Oakfield\r\n125808,Elmgate,Arun,,\r\n125809,B,Arun,x\r\n\r\n")
    assert names(rows) == ["Elmgate"]
    assert [number for number, _ in reasons(rows)] == [2, 4]
    assert "The row has 2 cells and the first row of the file has 3" in reasons(rows)[0][1]


def test_a_byte_that_cannot_be_read_costs_one_row(read):
    rows = read(
        HEADING.encode("utf-8-sig") + b"125807,Oak\xfffield,Arun\r\n125808,Elmgate,Arun\r\n"
    )
    assert names(rows) == ["Elmgate"]
    assert "Save the file as UTF-8" in reasons(rows)[0][1]


def test_a_cell_longer_than_csv_allows_costs_one_row(read):
    rows = read(HEADING + f"125807,{'x' * 140_000},Arun\r\n125808,Elmgate,Arun\r\n")
    assert names(rows) == ["Elmgate"]


@pytest.mark.parametrize("written", ["125807", "12580", "125807.0", "125807.00"])
def test_a_urn_is_read(written):
    assert urn_of({"URN": written}) == written.partition(".")[0]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "1.00E+05",
        "1E5",
        "１２５８０７",
        "1258070",
        "1258",
        "12580a",
        "-125807",
        "=125807",
        "NULL",
    ],
)
def test_a_urn_that_is_not_five_or_six_plain_digits_is_rejected(written):
    with pytest.raises(RowRejected, match="URN"):
        urn_of({"URN": written})
