"""Lists of children from schools: who is brought in, changed, moved, left alone and rejected."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifications.models import Message
from schools.models import IdentifierKind, Move, Pupil
from schools.pupil_list import import_pupils
from tests.children import child, children_of, valid_upn

HEADING = "URN,UPN,First names,Surname,Known as,Date of birth,Year group,Starts on"


@pytest.fixture
def run(tmp_path, world):
    """``run(line, …)``: what the import of these lines printed, and the rejects with reasons."""

    def run(*lines, heading=HEADING, encoding="cp1252", options=()):
        path = tmp_path / "children.csv"
        path.write_bytes("\r\n".join([heading, *lines]).encode(encoding))
        out = StringIO()
        try:
            call_command("import_pupils", path, *options, stdout=out)
        except CommandError as error:
            rejects = path.with_suffix(".rejected.csv")
            reasons = rejects.read_text("utf-8-sig") if rejects.exists() else ""
            return out.getvalue(), f"{error} {reasons}"
        return out.getvalue(), ""

    return run


def line(number, first="Zoë", surname="Lovage", born="23/04/2015", **cells):
    """A row about the child with the ``number``th UPN."""
    told = {"urn": "900001", "known_as": "", "year": "", "starts": "", **cells}
    upn = told.get("upn", valid_upn(number))
    return ",".join(
        (told["urn"], upn, first, surname, told["known_as"], born, told["year"], told["starts"])
    )


def added(name="Lovage"):
    return Pupil.objects.get(surname=name)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_children_arrive_with_names_school_and_upn(run, world, encoding):
    printed, _ = run(line(501, starts="03/09/2024"), encoding=encoding)
    assert printed == "1 added, 0 changed, 0 unchanged, 0 rejected\n"
    zoe = added()
    assert (zoe.first_names, zoe.born_on, zoe.folded) == (
        "Zoë",
        date(2015, 4, 23),
        "zoe lovage",
    )
    stay = zoe.enrolments.get()
    assert (stay.school, stay.starts_on) == (world.oakfield, date(2024, 9, 3))
    assert zoe.identifiers.get().value == valid_upn(501)
    assert zoe.added_by.is_system
    assert not Message.objects.exists()


def test_a_second_run_changes_nothing(run):
    rows = line(501, starts="2024-09-03"), line(502, "Noa", upn="")
    run(*rows)
    assert run(*rows)[0].startswith("0 added, 0 changed, 2 unchanged, 0 rejected")


def test_a_dry_run_writes_nothing(run):
    assert run(line(501), options=["--dry-run"])[0].startswith("1 added")
    assert not Pupil.objects.exists()


def test_a_changed_name_and_what_was_missing_are_brought_up_to_date(run):
    run(line(501, "Zoe", upn=""))
    printed, _ = run(line(501, "Zoe", known_as="Zo"))
    assert printed.startswith("0 added, 1 changed")
    printed, _ = run(line(501, "Zoë", "Lovage-Hart"))
    assert printed.startswith("0 added, 1 changed")
    zoe = added("Lovage-Hart")
    assert (zoe.known_as, zoe.folded) == ("Zo", "zoe zo lovage hart")
    assert zoe.identifiers.get().value == valid_upn(501)


def test_a_temporary_upn_makes_way_and_stays_as_a_former_one(run):
    temporary = valid_upn(61, temporary=True)
    run(line(0, upn=temporary))
    assert run(line(501))[0].startswith("0 added, 1 changed")
    held = dict(added().identifiers.values_list("kind", "value"))
    assert held == {
        IdentifierKind.UPN: valid_upn(501),
        IdentifierKind.FORMER_UPN: temporary,
    }
    assert run(line(0, upn=temporary))[0].startswith("0 added, 0 changed, 1 unchanged")


def test_a_child_from_another_school_moves_on_the_day_that_is_told(run, world):
    """rule 003-22"""
    cleo = children_of(world).cleo
    row = {"upn": cleo.identifiers.get().value, "born": "08/06/2014"}
    _, why = run(line(0, "Cleo", cleo.surname, **row))
    assert "Starts on is empty, and the child is on record elsewhere" in why
    printed, _ = run(line(0, "Cleo", cleo.surname, starts="01/09/2026", **row))
    assert printed.startswith("0 added, 1 changed")
    move = Move.objects.get(pupil=cleo)
    assert (move.former.school, move.new.school) == (world.beech, world.oakfield)
    assert move.former.ends_on == date(2026, 9, 1)


def test_twins_are_two_children(run):
    assert run(line(501, "Zoë"), line(502, "Max"))[0].startswith("2 added")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (line(501, urn="999999"), "No open school here has the URN 999999"),
        (line(501, urn="1.00E+05"), "a spreadsheet has rounded it"),
        (line(501, upn="A938400124001"), "UPN has a first letter that does not fit"),
        (line(501, upn="S938400124001"), "UPN cannot have the letters I, O or S"),
        (line(501, upn="123"), "UPN must have 13 characters"),
        (line(501, first=""), "First names is empty"),
        (line(501, surname=" "), "Surname is empty"),
        (line(501, surname="L" * 151), "Surname must be 150 characters or fewer"),
        (line(501, surname="..."), "the surname must have letters"),
        (line(501, surname="a\xadb"), "must not have hidden characters"),
        (line(501, born=""), "Date of birth is empty"),
        (line(501, born="31/02/2016"), "Date of birth must be a date"),
        (line(501, born="1/2/16"), "with all four digits of the year"),
        (line(501, born="42117"), "a number that a spreadsheet made of a date"),
        (line(501, born="23/04/1899"), "too long ago"),
        (line(501, born="23/04/1985"), "too long ago"),
        (line(501, born="23/04/2099"), "in the future"),
        (line(501, year="13"), "Year group does not fit the date of birth"),
        (line(501, year="seven"), "Year group must be R or a number"),
        (line(501, starts="01/09/2099"), "Starts on is in the future"),
        (line(501, starts="01/09/2014"), "Starts on is before the date of birth"),
        (line(501) + ",more", "9 cells"),
        ('900001,"open', "A quotation mark"),
    ],
)
def test_a_row_that_cannot_be_is_left_out_with_the_reason_and_the_rest_is_kept(run, row, why):
    """security.md 6.1"""
    printed, reasons = run(row, line(502, "Noa", "Sorrel"))
    assert why in reasons
    assert printed.startswith("1 added, 0 changed, 0 unchanged, 1 rejected")
    assert added("Sorrel")


@pytest.mark.parametrize(
    "rows",
    [
        (line(501), line(501, "Noa", "Sorrel", "01/02/2016")),
        (line(501), line(502)),
        (line(501), line(501).replace(",", " ,")),
    ],
)
def test_one_child_has_one_row_and_one_upn(run, rows):
    """security.md 6.1: two children one UPN, one child two UPNs."""
    printed, reasons = run(*rows)
    assert printed.startswith("1 added, 0 changed, 0 unchanged, 1 rejected")
    assert "row 2 is about the same child" in reasons


def test_a_upn_on_record_for_somebody_else_is_rejected_and_nobody_is_named(run, world):
    ada = children_of(world).ada
    _, reasons = run(line(0, upn=ada.identifiers.get().value))
    assert "UPN is on record for a child with another name and date of birth" in reasons
    assert "CANARY" not in reasons


def test_a_child_with_another_lasting_upn_is_rejected(run):
    run(line(501))
    _, reasons = run(line(502))
    assert "the child is on record with another one" in reasons


def test_two_on_record_who_may_be_meant_are_told_apart_by_the_upn(run, world):
    for _ in range(2):
        child(world, "Zoë", "Lovage", date(2015, 4, 23), upn=None)
    _, reasons = run(line(0, upn=""))
    assert "more than one child on record" in reasons


def test_a_year_beside_the_ages_own_is_kept_and_not_lost_when_it_is_not_told(run):
    from schools.year_groups import year_group_of

    usual = year_group_of(date(2015, 4, 23), timezone.localdate())
    run(line(501, year=str(usual + 1)))
    assert added().ahead == 1
    assert run(line(501))[0].startswith("0 added, 0 changed, 1 unchanged")


def test_a_row_of_a_school_the_person_does_not_reach_is_rejected(run, world):
    """security.md 6.1; design.md 4"""
    printed, reasons = run(
        line(501),
        line(502, "Noa", "Sorrel", urn="900003"),
        options=["--by", world.primary.email],
    )
    assert printed.startswith("1 added, 0 changed, 0 unchanged, 1 rejected")
    assert "may not bring children to Beechcroft" in reasons
    assert added().added_by == world.primary


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (b"URN,UPN\0", "NUL characters"),
        (HEADING.encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04", "zip or a spreadsheet"),
        (b"URN,UPN,Name\r\n1,2,3", "no column named"),
        (HEADING.encode(), "and no child"),
        (b"URN,UPN,UPN,First names,Surname,Date of birth\r\n", "is there twice"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_with_one_sentence(
    tmp_path, world, content, says
):
    """security.md 6.1"""
    path = tmp_path / "children.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=says):
        call_command("import_pupils", path)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_columns_may_be_in_any_order_and_case_and_with_other_separators(run, mark):
    heading = mark.join(("surname", "FIRST NAMES", "date  of birth", "urn", "upn", "house"))
    row = mark.join(("Lovage", "Zoë", "23/04/2015", "900001", valid_upn(501), "Red"))
    assert run(row, heading=heading)[0].startswith("1 added")


def test_many_rows_take_few_queries(tmp_path, world, django_assert_max_num_queries):
    path = tmp_path / "children.csv"
    day = date(2012, 9, 1)
    rows = [
        line(1000 + n, f"Kim{n}", f"Lovage{n}", f"{day + timedelta(days=n):%d/%m/%Y}")
        for n in range(400)
    ]
    path.write_text("\n".join([HEADING, *rows]))
    with django_assert_max_num_queries(25):
        assert import_pupils(path).added == 400
