"""The school register: what an import writes, leaves alone and rejects."""

import csv
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.grants import Entitlement, drift, give
from accounts.models import User
from audit.models import Act, Verb
from schools.models import (
    Hub,
    NursingTeam,
    PanelArea,
    Pupil,
    School,
    SchoolContact,
    SchoolGrant,
    SchoolLink,
    SchoolStatus,
    SchoolType,
)
from schools.register import facts_of, import_register
from schools.tables import FileRefused, RowRejected

FIXTURES = Path(__file__).parents[2] / "schools" / "fixtures"
WEST_SUSSEX = FIXTURES / "west_sussex_schools.csv"
LINKS = FIXTURES / "west_sussex_links.csv"

OAKFIELD = {
    "URN": "125807",
    "EstablishmentName": "Oakfield Primary School",
    "LA (code)": "938",
    "EstablishmentNumber": "2001",
    "TypeOfEstablishment (code)": "01",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentStatus (code)": "1",
    "PhaseOfEducation (code)": "2",
    "PhaseOfEducation (name)": "Primary",
    "OpenDate": "01-09-2012",
    "CloseDate": "",
    "NumberOfPupils": "208",
    "PercentageFSM": "",
    "Town": "Shoreham",
    "Postcode": "BN43 5AA",
    "TelephoneNum": "01273845892",
    "SchoolWebsite": "www.oakfield.example.org",
}


@pytest.fixture
def write(tmp_path):
    """``write(row, …)``: a register file of these rows, given as changes to Oakfield's."""

    def write(*rows, name="schools.csv", without=()):
        columns = [column for column in OAKFIELD if column not in without]
        path = tmp_path / name
        with open(path, "w", newline="") as stream:
            writer = csv.DictWriter(stream, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows({**OAKFIELD, **row} for row in rows)
        return path

    return write


@pytest.fixture
def write_links(tmp_path):
    def write(*rows):
        path = tmp_path / "links.csv"
        lines = ["URN,LinkURN,LinkName,LinkType,LinkEstablishedDate", *rows]
        path.write_text("\r\n".join(lines) + "\r\n")
        return path

    return write


def run(path, *arguments):
    """``import_schools`` on the path: what it printed, and its complaint where it had one."""
    out, complaint = StringIO(), ""
    try:
        call_command("import_schools", path, *arguments, stdout=out)
    except CommandError as error:
        complaint = str(error)
    return out.getvalue(), complaint


# --- what is read ---------------------------------------------------------------------------


def test_a_row_becomes_a_school(write, db):
    printed, _ = run(write({}))
    school = School.objects.get(urn="125807")
    assert printed == "1 added, 0 changed, 0 unchanged, 0 rejected\n"
    assert school.name_and_place == "Oakfield Primary School, Shoreham, 125807"
    assert school.type_group == SchoolType.PRIMARY
    assert school.status == SchoolStatus.OPEN
    assert school.opened_on == date(2012, 9, 1)
    assert school.pupils == 208
    assert school.hub.code == Hub.NOT_YET
    assert school.register_read_at


@pytest.mark.parametrize(
    ("written", "read"),
    [("12.5", "12.5"), ("12.5%", "12.5"), ("12.5 %", "12.5"), ("0", "0"), ("100", "100")],
)
def test_free_meals_are_read_as_a_percentage(write, db, written, read):
    run(write({"PercentageFSM": written}))
    assert School.objects.get().free_meals == Decimal(read)
    assert run(write({"PercentageFSM": written}))[0].startswith("0 added, 0 changed, 1 unchanged")


def test_an_empty_percentage_says_nothing(write, db):
    run(write({"PercentageFSM": "12.5"}))
    run(write({"PercentageFSM": ""}))
    assert School.objects.get().free_meals == Decimal("12.5")


@pytest.mark.parametrize("written", ["101", "100.1", "-1", "12,5", "SUPP", "1e1", "１２", "%"])
def test_a_percentage_that_is_none_is_rejected(written):
    with pytest.raises(RowRejected, match="PercentageFSM must be a percentage from 0 to 100"):
        facts_of({**OAKFIELD, "PercentageFSM": written})


@pytest.mark.parametrize(
    ("code", "name", "phase", "group"),
    [
        ("18", "Further education", "", SchoolType.COLLEGE),
        ("31", "Sixth form centres", "6", SchoolType.COLLEGE),
        ("45", "Academy 16-19 converter", "6", SchoolType.COLLEGE),
        ("14", "Pupil referral unit", "0", SchoolType.APC),
        ("42", "Academy alternative provision converter", "0", SchoolType.APC),
        ("43", "Academy alternative provision sponsor led", "0", SchoolType.APC),
        ("38", "Free schools alternative provision", "0", SchoolType.APC),
        ("07", "Community special school", "0", SchoolType.SPECIAL),
        ("7", "Community special school", "0", SchoolType.SPECIAL),
        ("10", "Other independent special school", "0", SchoolType.SPECIAL),
        ("32", "Special post 16 institution", "0", SchoolType.SPECIAL),
        ("11", "Other independent school", "0", SchoolType.INDEPENDENT),
        ("15", "Local authority nursery school", "1", SchoolType.NURSERY),
        ("34", "Academy converter", "2", SchoolType.PRIMARY),
        ("34", "Academy converter", "3", SchoolType.PRIMARY),
        ("01", "Community school", "4", SchoolType.SECONDARY),
        ("01", "Community school", "5", SchoolType.SECONDARY),
        ("35", "Free schools", "7", SchoolType.ALL_THROUGH),
        ("", "", "2", SchoolType.PRIMARY),
        ("", "", "0", SchoolType.SPECIAL),
        ("", "Pupil referral unit", "0", SchoolType.APC),
    ],
)
def test_every_establishment_type_has_a_place(code, name, phase, group):
    """rules 001-2 and 001-49: colleges, APCs, special and independent schools are schools."""
    facts = facts_of(
        {
            **OAKFIELD,
            "TypeOfEstablishment (code)": code,
            "TypeOfEstablishment (name)": name,
            "PhaseOfEducation (code)": phase,
            "PhaseOfEducation (name)": "",
        }
    )
    assert facts["type_group"] == group


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("West Dean CofE Primary School", SchoolType.PRIMARY),
        ("Ifield Community College", SchoolType.SECONDARY),
    ],
)
def test_a_new_school_without_type_and_phase_goes_by_its_name(write, db, name, group):
    silent = {column: "" for column in OAKFIELD if column.startswith(("TypeOf", "PhaseOf"))}
    run(write({**silent, "EstablishmentName": name}))
    assert School.objects.get().type_group == group


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("1", SchoolStatus.OPEN),
        ("2", SchoolStatus.CLOSED),
        ("3", SchoolStatus.CLOSING),
        ("4", SchoolStatus.PROPOSED),
    ],
)
def test_every_status_has_a_place(code, status):
    assert facts_of({**OAKFIELD, "EstablishmentStatus (code)": code})["status"] == status


@pytest.mark.parametrize(
    "written", ["31-08-2024", "31/08/2024", "2024-08-31", "2024-08-31 00:00:00"]
)
def test_dates_are_read_both_ways_round(written):
    assert facts_of({**OAKFIELD, "OpenDate": written})["opened_on"] == date(2024, 8, 31)


def test_the_day_the_register_writes_for_unknown_is_no_day():
    assert "opened_on" not in facts_of({**OAKFIELD, "OpenDate": "01-01-1900"})


@pytest.mark.parametrize(
    ("column", "written", "field", "read"),
    [
        ("LA (code)", "2", "local_authority", "002"),
        ("LA (code)", "938.0", "local_authority", "938"),
        ("EstablishmentNumber", "51", "establishment_number", "0051"),
        ("TelephoneNum", "1424424530", "phone", "01424424530"),
        ("NumberOfPupils", "208.0", "pupils", 208),
        ("NumberOfPupils", "1,606", "pupils", 1606),
        ("EstablishmentName", "  St Peter’s\xa0 School ", "name", "St Peter’s School"),
        ("EstablishmentName", "=HYPERLINK(1)", "name", "=HYPERLINK(1)"),
        ("Postcode", "bn43 5aa", "postcode", "BN43 5AA"),
    ],
)
def test_what_a_spreadsheet_did_is_undone(column, written, field, read):
    assert facts_of({**OAKFIELD, column: written})[field] == read


@pytest.mark.parametrize(
    ("column", "written", "says"),
    [
        ("EstablishmentName", "", "EstablishmentName is empty"),
        ("EstablishmentName", "x" * 201, "EstablishmentName must be 200 characters or fewer"),
        ("OpenDate", "31/02/2024", "OpenDate must be a real date"),
        ("OpenDate", "1/2/26", "OpenDate must be a real date"),
        ("OpenDate", "42583", "OpenDate must be a real date"),
        ("NumberOfPupils", "-1", "NumberOfPupils must be a whole number"),
        ("NumberOfPupils", "9" * 30, "NumberOfPupils must be a whole number"),
        ("NumberOfPupils", "٣", "NumberOfPupils must be a whole number"),
        ("EstablishmentStatus (code)", "9", "EstablishmentStatus is 9"),
        ("LA (code)", "West Sussex", "LA .code. must be 3 digits"),
        ("SchoolWebsite", "javascript:alert(1)", "SchoolWebsite must start with"),
    ],
)
def test_a_cell_that_cannot_be_used_names_its_column(column, written, says):
    with pytest.raises(RowRejected, match=says):
        facts_of({**OAKFIELD, column: written})


# --- what is written, and what never is -----------------------------------------------------


def test_a_second_run_changes_nothing(write, db):
    path = write({}, {"URN": "125808"})
    run(path)
    history = School.pgh_event_model.objects.count()
    printed, _ = run(path)
    assert printed == "0 added, 0 changed, 2 unchanged, 0 rejected\n"
    assert School.pgh_event_model.objects.count() == history


def test_a_change_is_written_once_and_kept_in_the_history(write, db):
    run(write({}))
    path = write({"EstablishmentName": "Oakfield Academy", "NumberOfPupils": "230"})
    assert run(path)[0].startswith("0 added, 1 changed, 0 unchanged")
    school = School.objects.get()
    assert (school.name, school.pupils) == ("Oakfield Academy", 230)
    labels = School.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_label", "name")
    assert list(labels) == [("insert", "Oakfield Primary School"), ("update", "Oakfield Academy")]


def test_an_import_never_touches_what_the_service_itself_knows(write, db):
    run(write({}))
    ours = {
        "hub": Hub.objects.create(code="coast", name="Coast"),
        "panel_area": PanelArea.objects.create(name="Southern"),
        "nursing_team": NursingTeam.objects.create(name="West"),
        "partnership": "Shoreham partnership",
        "good_to_know": "Mondays are best",
        "deputies_told": True,
    }
    School.objects.update(**ours)
    run(write({"EstablishmentName": "Oakfield Academy"}))
    school = School.objects.get()
    assert school.name == "Oakfield Academy"
    assert {field: getattr(school, field) for field in ours} == ours


def test_an_empty_cell_or_an_absent_column_wipes_nothing(write, db):
    run(write({}))
    before = School.objects.values().get()
    run(write(dict.fromkeys(OAKFIELD.keys() - {"URN", "EstablishmentName"}, "")))
    run(write({}, without=OAKFIELD.keys() - {"URN", "EstablishmentName"}))
    assert {**School.objects.values().get(), "register_read_at": None} == {
        **before,
        "register_read_at": None,
    }


def test_a_closed_school_is_kept_and_can_open_again(write, db):
    run(write({}))
    run(write({"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2024"}))
    school = School.objects.get()
    assert (school.status, school.closed_on) == (SchoolStatus.CLOSED, date(2024, 8, 31))
    run(write({}))
    school.refresh_from_db()
    assert (school.status, school.closed_on) == (SchoolStatus.OPEN, None)


def test_good_rows_are_kept_and_bad_ones_go_to_a_file_with_reasons(write, db, tmp_path):
    path = write(
        {},
        {"URN": "1.00E+05"},
        {"URN": "125808", "OpenDate": "31/02/2024"},
        {"URN": "125807"},
        {"URN": "125809"},
    )
    printed, complaint = run(path)
    assert printed == "2 added, 0 changed, 0 unchanged, 3 rejected\n"
    rejects = tmp_path / "schools.rejected.csv"
    assert str(rejects) in complaint
    with open(rejects, encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["Row"], row["URN"]) for row in rows] == [
        ("3", "1.00E+05"),
        ("4", "125808"),
        ("5", "125807"),
    ]
    assert rows[2]["Reason"] == "URN 125807 is already in row 2."


def test_rejects_go_where_they_are_asked_to(write, db, tmp_path):
    elsewhere = tmp_path / "elsewhere.csv"
    _, complaint = run(write({"URN": "x"}), "--rejects", elsewhere)
    assert elsewhere.exists()
    assert str(elsewhere) in complaint


def test_a_dry_run_says_the_same_and_writes_nothing(write, db):
    printed, _ = run(write({}), "--dry-run")
    assert printed.startswith("1 added, 0 changed, 0 unchanged, 0 rejected\n")
    assert not School.objects.exists()
    assert not Act.objects.exists()


def test_one_local_authority_can_be_picked_out(write, db):
    path = write({}, {"URN": "125808", "LA (code)": "845"}, {"URN": "125809", "LA (code)": "0"})
    assert run(path, "--local-authority", "938")[0].startswith("1 added")
    assert School.objects.get().urn == "125807"


def test_a_local_authority_that_is_not_in_the_file_is_said(write, db):
    assert (
        "No school of the file has the LA (code) 931"
        in run(write({}), "--local-authority", "931")[1]
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("URN,EstablishmentName\r\n", "no schools"),
        ("", "The file is empty"),
        ("EstablishmentName\r\nOakfield\r\n", "no column named URN"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_error(tmp_path, db, content, says):
    path = tmp_path / "schools.csv"
    path.write_text(content)
    assert says in run(path)[1]


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path, db):
    assert "cannot be read" in run(tmp_path / "nowhere.csv")[1]


def test_an_import_is_written_down_once_as_the_system(write, db):
    run(write({}, {"URN": "125808"}))
    act = Act.objects.get(verb=Verb.IMPORT)
    assert act.by == User.objects.system("register")
    assert act.detail == {"added": 2, "changed": 0, "rejected": 0, "links": 0}


@pytest.mark.django_db(transaction=True)
def test_two_imports_never_run_side_by_side(write):
    from django.db import transaction

    from schools.register import IMPORT_LOCK

    other = connection.copy()
    try:
        with transaction.atomic(), other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [IMPORT_LOCK])
            with pytest.raises(FileRefused, match="Another import"):
                import_register(write({}))
    finally:
        other.close()


# --- successors -----------------------------------------------------------------------------


@pytest.fixture
def conversion(write, write_links):
    """A school that closed and the academy it became; returns a function that imports both."""
    schools = write({"EstablishmentStatus (code)": "2"}, {"URN": "140001"})

    def bring(*extra):
        links = write_links(
            "125807,140001,Oakfield Academy,Successor,31-08-2024",
            "140001,125807,Oakfield,Predecessor,31-08-2024",
            "140001,999999,Somewhere else,Predecessor,",
            "140001,125807,Oakfield,Sixth Form Centre Link,",
            *extra,
        )
        return run(schools, "--links", links)

    return bring


def test_a_succession_told_from_both_sides_is_kept_once(conversion, db):
    conversion()
    conversion()
    link = SchoolLink.objects.get()
    assert (link.predecessor.urn, link.successor.urn) == ("125807", "140001")
    assert link.since == date(2024, 8, 31)


def test_the_children_of_a_school_that_became_an_academy_are_taught_there(conversion, db):
    conversion()
    by = User.objects.system("pupils")
    ada = Pupil.objects.create(
        first_names="Ada", surname="Lane", born_on=date(2016, 3, 2), added_by=by
    )
    ada.enrolments.create(school=School.objects.get(urn="125807"), starts_on=date(2022, 9, 1))
    conversion()
    stay = ada.enrolments.get(ends_on=None)
    assert (stay.school.urn, stay.starts_on) == ("140001", date(2024, 8, 31))


def test_a_damaged_link_is_rejected_and_the_rest_are_kept(conversion, db):
    printed, complaint = conversion("140001,１２５８０７,Oakfield,Predecessor,")
    assert "1 rejected" in printed
    assert complaint
    assert SchoolLink.objects.count() == 1


def test_new_links_open_the_former_school_to_those_who_read_at_the_new_one(conversion, write, db):
    run(write({}, {"URN": "140001"}))
    former, academy = School.objects.order_by("urn")
    adder, lead, worker = (
        User.objects.create_user(f"{name}@example.org", name) for name in ("a", "b", "c")
    )
    post = SchoolContact.objects.create(
        school=academy,
        user=lead,
        name="Dora Lead",
        email=lead.email,
        roles=["dsl"],
        added_by=adder,
        confirmed_at="2026-01-01T00:00Z",
        starts_at="2026-01-01T00:00Z",
    )
    allocation = Entitlement(
        worker.pk, "support_school", academy.pk, "allocation", academy.pk, post.starts_at
    )
    give(SchoolGrant, [allocation])
    give(
        SchoolGrant,
        [Entitlement(lead.pk, "view_shared_record", academy.pk, "post", post.pk, post.starts_at)],
    )
    conversion()
    reached = SchoolGrant.objects.live().filter(content_object=former)
    assert {(grant.user, grant.permission.codename) for grant in reached} == {
        (lead, "view_shared_record"),
        (worker, "support_school"),
    }
    assert not [finding for finding in drift() if "post" in finding]


# --- the real files -------------------------------------------------------------------------


def test_the_west_sussex_extract_imports_without_a_reject(db):
    printed, complaint = run(WEST_SUSSEX, "--links", LINKS, "--local-authority", "938")
    assert not complaint
    assert "0 rejected" in printed
    assert School.objects.open().count() == 316
    assert SchoolLink.objects.exists()
    college = School.objects.get(name="West Sussex Alternative Provision College")
    assert college.is_apc
    assert run(WEST_SUSSEX, "--links", LINKS)[0].startswith("0 added, 0 changed")


def test_the_extract_is_small_and_names_no_person():
    assert WEST_SUSSEX.stat().st_size + LINKS.stat().st_size < 150_000
    heading = WEST_SUSSEX.read_text().partition("\n")[0]
    assert "Head" not in heading


def england(path, rows):
    """A file of ``rows`` schools, as wide as the daily file."""
    columns = [
        *OAKFIELD,
        *(f"Column {number}" for number in range(135 - len(OAKFIELD))),
    ]
    filler = ["Not applicable"] * (135 - len(OAKFIELD))
    with open(path, "w", encoding="cp1252", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        for urn in range(100_000, 100_000 + rows):
            school = {**OAKFIELD, "URN": urn, "EstablishmentName": f"St Peter’s {urn}"}
            writer.writerow([*school.values(), *filler])
    return path


def test_an_import_needs_a_few_queries_for_each_thousand_rows(tmp_path, db):
    path = england(tmp_path / "england.csv", 3_000)
    with CaptureQueriesContext(
        connection,
    ) as first:
        import_register(path)
    with CaptureQueriesContext(connection) as second:
        import_register(path)
    fixed = 15
    assert len(first) <= fixed + 3 * 4
    assert len(second) <= fixed + 3 * 4


# The kernel's own mark of this program: getrusage would count what started it, too.
MEASURED = """
import re, sys, django
django.setup()
from django.core.management import call_command
call_command("import_schools", sys.argv[1], "--dry-run")
print(int(re.search(r"VmHWM:\\s+([0-9]+) kB", open("/proc/self/status").read())[1]) // 1024)
"""


@pytest.mark.django_db(transaction=True)
def test_a_file_as_large_as_england_needs_little_memory(tmp_path):
    path = england(tmp_path / "england.csv", 10_000)
    result = subprocess.run(
        [sys.executable, "-c", MEASURED, path],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]},
        cwd=FIXTURES.parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    summary, *_, megabytes = result.stdout.splitlines()
    assert summary == "10000 added, 0 changed, 0 unchanged, 0 rejected"
    assert int(megabytes) < 300
