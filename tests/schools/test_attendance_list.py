"""Lists of attendance by child and week: what is brought in, changed, left alone and rejected."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import Act, Verb
from schools.attendance import monday_of
from schools.attendance_list import import_attendance
from schools.models import AttendanceWeek, Enrolment
from tests.children import child, valid_upn

WEEK = monday_of(timezone.localdate()) - timedelta(weeks=4)
COUNTS = "URN,UPN,Week,Sessions possible,Sessions missed,Unauthorised"
CODES = "URN,UPN,Week,Codes"


@pytest.fixture
def ada(world):
    return child(world, "Ada")


@pytest.fixture
def upn(ada):
    return ada.identifiers.get().value


@pytest.fixture
def run(tmp_path, world):
    """``run(line, …)``: what the import of these lines printed, and the rejects with reasons."""

    def run(*lines, heading=COUNTS, options=(), content=None):
        path = tmp_path / "register.csv"
        text = "\r\n".join([heading, *lines])
        path.write_bytes(text.encode() if content is None else content)
        path.with_suffix(".rejected.csv").unlink(missing_ok=True)
        out = StringIO()
        try:
            call_command("import_attendance", path, *options, stdout=out)
        except CommandError as error:
            rejects = path.with_suffix(".rejected.csv")
            reasons = rejects.read_text("utf-8-sig") if rejects.exists() else ""
            return out.getvalue(), f"{error} {reasons}"
        return out.getvalue(), ""

    return run


def week_of(pupil):
    return AttendanceWeek.objects.values_list("possible", "missed", "unauthorised").get(pupil=pupil)


def test_a_week_is_brought_in_as_sessions(run, ada, upn):
    printed, _ = run(f"900001,{upn},{WEEK},10,3,1")
    assert printed == "1 added, 0 changed, 0 unchanged, 0 rejected\n"
    held = AttendanceWeek.objects.get(pupil=ada)
    assert (held.school.urn, held.week) == ("900001", WEEK)
    assert week_of(ada) == (10, 3, 1)


def test_a_week_is_brought_in_as_codes(run, ada, upn):
    run(f"900001,{upn.lower()},{WEEK:%d/%m/%Y},/\\ II /O UX #", heading=CODES)
    assert week_of(ada) == (7, 4, 2)


def test_codes_and_counts_that_say_the_same_are_both_taken(run, ada, upn):
    heading = f"{COUNTS},Codes"
    _, reasons = run(f"900001,{upn},{WEEK},4,2,1,/\\IO", heading=heading)
    assert reasons == ""
    assert (
        "Codes and the numbers of sessions differ"
        in run(f"900001,{upn},{WEEK},4,1,1,/\\IO", heading=heading)[1]
    )


def test_the_same_file_twice_changes_nothing(run, upn):
    line = f"900001,{upn},{WEEK},10,3,1"
    run(line)
    acts = Act.objects.filter(verb=Verb.IMPORT)
    assert acts.count() == 1
    assert run(line)[0].startswith("0 added, 0 changed, 1 unchanged, 0 rejected")
    assert acts.count() == 1


def test_a_corrected_week_replaces_the_one_that_is_here(run, ada, upn):
    run(f"900001,{upn},{WEEK},10,3,1")
    assert run(f"900001,{upn},{WEEK},10,2,")[0].startswith("0 added, 1 changed")
    assert week_of(ada) == (10, 2, 0)


def test_who_brought_in_attendance_of_which_school_is_written_down(run, world, upn):
    run(f"900001,{upn},{WEEK},10,3,1", options=["--by", world.manager.email])
    act = Act.objects.get(verb=Verb.IMPORT)
    assert (act.by, act.school_id) == (world.manager, world.oakfield.pk)
    assert upn not in str(act.detail)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("{week},90%,1,0", "Sessions possible must be a whole number of half-day sessions"),
        ("{week},10,0.9,0", "Sessions missed must be a whole number"),
        ('{week},10,"0,9",0', "Sessions missed must be a whole number"),
        ("{week},101,1,0", "Sessions possible must be a whole number"),
        ("{week},15,1,0", "from 0 to 14"),
        ("{week},10,-1,0", "Sessions missed must be a whole number"),
        ("{week},１０,1,0", "Sessions possible must be a whole number"),
        ("{week},10,n/a,0", "Sessions missed must be a whole number"),
        ("{week},10,=1+1,0", "Sessions missed must be a whole number"),
        ("{week},,,", "Sessions possible is empty"),
        ("{week},10,,", "Sessions missed is empty"),
        ("{week},8,9,0", "Sessions missed is 9, more than the 8 possible"),
        ("{week},8,4,5", "Unauthorised is 5, more than the 4 missed"),
        ("{tuesday},10,1,0", "Enter {monday}."),
        ("31/02/2026,10,1,0", "Week must be the date of its Monday"),
        ("44500,10,1,0", "Week must be the date of its Monday"),
        ("1899-01-02,10,1,0", "Week is too long ago"),
        ("{future},10,1,0", "Week is in the future"),
        (",10,1,0", "Week must be the date of its Monday"),
        ("{week},10,1", "The row has 5 cells and the first row of the file has 6"),
    ],
)
def test_a_row_that_makes_no_sense_is_rejected_and_the_rest_are_kept(run, world, upn, cells, says):
    ben = child(world, "Ben")
    words = {
        "week": WEEK,
        "tuesday": WEEK + timedelta(days=1),
        "monday": f"{WEEK.day} {WEEK:%B %Y}",
        "future": monday_of(timezone.localdate()) + timedelta(weeks=1),
    }
    printed, reasons = run(
        f"900001,{upn},{cells.format(**words)}",
        f"900001,{ben.identifiers.get().value},{WEEK},10.0,1,",
    )
    assert printed.startswith("1 added, 0 changed, 0 unchanged, 1 rejected")
    assert says.format(**words) in reasons
    assert week_of(ben) == (10, 1, 0)


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        ("H", "Codes: The code H is no longer in use. Enter C"),
        ("A/", "Codes: A is no attendance code"),
        ("/" * 15, "Codes: A week has 14 sessions at most"),
    ],
)
def test_codes_that_are_none_are_rejected_with_what_to_do(run, upn, codes, says):
    assert says in run(f"900001,{upn},{WEEK},{codes}", heading=CODES)[1]


@pytest.mark.parametrize(
    ("urn", "given", "says"),
    [
        ("900001", "", "UPN is empty"),
        ("900001", "A12", "UPN must be 13 letters and digits"),
        ("900001", "Ａ938400024001", "UPN must be 13 letters and digits"),
        ("900001", valid_upn(999_999), "UPN: no child here has it"),
        ("999999", None, "No open school here has the URN 999999"),
        ("9.00E+05", None, "a spreadsheet has rounded it"),
        ("900002", None, "this child was not at Elmgate School in the week of"),
    ],
)
def test_a_row_about_nobody_here_is_rejected_with_what_to_do(run, upn, urn, given, says):
    printed, reasons = run(f"{urn},{upn if given is None else given},{WEEK},10,1,0")
    assert printed.startswith("0 added, 0 changed, 0 unchanged, 1 rejected")
    assert says in reasons


def test_two_rows_about_one_child_and_week_are_one_too_many(run, ada, upn):
    printed, reasons = run(f"900001,{upn},{WEEK},10,3,1", f"900001,{upn.lower()} ,{WEEK},10,2,0")
    assert printed.startswith("1 added, 0 changed, 0 unchanged, 1 rejected")
    assert "row 2 is about the same child and week" in reasons
    assert week_of(ada) == (10, 3, 1)


def test_a_child_who_moved_has_weeks_at_each_school_as_long_as_they_were_there(run, world, ada):
    moved_on = WEEK + timedelta(weeks=2)
    upn = ada.identifiers.get().value
    ada.enrolments.update(ends_on=moved_on - timedelta(days=1))
    Enrolment.objects.create(pupil=ada, school=world.elmgate, starts_on=moved_on)
    printed, reasons = run(
        f"900001,{upn},{WEEK},10,3,1",
        f"900001,{upn},{moved_on},10,3,1",
        f"900002,{upn},{moved_on},10,3,1",
        f"900002,{upn},{WEEK},10,3,1",
    )
    assert printed.startswith("2 added, 0 changed, 0 unchanged, 2 rejected")
    assert reasons.count("this child was not at") == 2


def test_a_manager_brings_in_attendance_of_their_own_schools_only(run, world, upn):
    """security.md N-23"""
    child(world, "Cleo", school=world.beech, upn=(cleo := valid_upn()))
    printed, reasons = run(
        f"900001,{upn},{WEEK},10,3,1",
        f"900003,{cleo},{WEEK},10,3,1",
        options=["--by", world.manager.email],
    )
    assert printed.startswith("1 added, 0 changed, 0 unchanged, 1 rejected")
    assert "Maya Manager may not bring in attendance of Beechcroft Junior School" in reasons


def test_the_rejects_name_no_child(run, upn):
    _, reasons = run(f"900002,{upn},{WEEK},10,1,0", "900001,A12,x,10,1,0")
    assert "CANARY" not in reasons
    assert upn not in reasons


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (COUNTS.encode(), "and no week"),
        (b"URN,UPN,Week\r\n900001,A,2026-03-02", "neither a column named Codes nor"),
        (b"UPN,Week,Codes\r\nA,B,C", "no column named URN"),
        (COUNTS.encode("utf-16"), "The file is in UTF-16"),
        (b"URN,UPN,Week,Codes\r\n900001,\0,2026-03-02,/", "NUL characters"),
        (b"\x89PNG\r\n\x1a\n", "no column named"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_error(run, content, says):
    assert says in run(content=content)[1]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_come_in_every_usual_encoding_and_with_every_usual_comma(
    run, ada, upn, encoding, delimiter
):
    lines = [f"{COUNTS},Forename", f"900001,{upn},{WEEK},10,3,1,Zoë"]
    content = "\r\n".join(lines).replace(",", delimiter).encode(encoding)
    assert run(content=content)[1] == ""
    assert week_of(ada) == (10, 3, 1)


def test_a_dry_run_writes_nothing(run, upn):
    run(f"900001,{upn},{WEEK},10,3,1", options=["--dry-run"])
    assert not AttendanceWeek.objects.exists()
    assert not Act.objects.filter(verb=Verb.IMPORT).exists()


def test_the_queries_do_not_grow_with_the_rows(world, tmp_path, django_assert_max_num_queries):
    path = tmp_path / "register.csv"
    pupils = [child(world, f"P{n}") for n in range(40)]
    lines = [f"900001,{pupil.identifiers.get().value},{WEEK},10,1,0" for pupil in pupils]
    path.write_text("\n".join([COUNTS, *lines]))
    with django_assert_max_num_queries(14):
        assert import_attendance(path).added == 40
