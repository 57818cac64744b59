"""Lists of children from schools: who is brought in, changed, moved, left alone and rejected."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Access, Act, Look
from linkworkers.models import AllocationKind
from notifications import kinds
from notifications.models import Message
from schools.children import Door, door_of
from schools.models import (
    FamilyLink,
    IdentifierKind,
    Involvement,
    Move,
    OwnChildConflict,
    Pupil,
    Setting,
    StatusKind,
    Term,
)
from schools.pupil_list import import_pupils
from schools.services import open_children
from schools.years import TermName
from tests.children import child, children_of, valid_upn, works_with
from tests.world import anew

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


def moving(pupil, **cells):
    """A row that brings the child to Oakfield on the first of September 2026."""
    told = {"upn": pupil.identifiers.get().value, "born": f"{pupil.born_on:%d/%m/%Y}", **cells}
    return line(0, pupil.first_names, pupil.surname, starts="01/09/2026", **told)


def moved_messages():
    return {message.to: message for message in Message.objects.filter(kind__startswith="child")}


def test_the_moves_of_a_file_reach_the_workers_of_both_schools_once_each(run, world):
    """rule 003-22; nothing personal in a message."""
    cleo = children_of(world).cleo
    dot = child(world, "Dot", school=world.beech)
    eve = child(world, "Eve", school=world.elmgate, born_on=date(2013, 2, 2))
    for pupil in (cleo, dot, eve):
        works_with(world, pupil, pupil.enrolments.get().school)
    printed, _ = run(moving(cleo), moving(dot), moving(eve))
    assert printed.startswith("0 added, 3 changed")
    told = moved_messages()
    oakfield = {world.primary, world.secondary, world.cover}
    assert set(told) == oakfield | {world.far_worker, world.other_worker}
    assert Message.objects.count() == len(told)
    for message in told.values():
        assert "CANARY" not in message.subject + message.body
        assert kinds.get(message.kind).may_receive(message)
    pages = {move.pupil: f"/pupils/{move.pupil_id}/moves/{move.pk}/" for move in Move.objects.all()}
    assert all(page in told[world.primary].body for page in pages.values())
    assert {pupil for pupil, page in pages.items() if page in told[world.far_worker].body} == {
        cleo,
        dot,
    }
    assert "A child moved" in told[world.other_worker].subject


def test_a_child_on_somebodys_current_work_is_on_that_of_both_schools_once_a_file_moves_them(
    run, world
):
    """rule 003-22"""
    cleo = children_of(world).cleo
    works_with(world, cleo, world.beech)
    run(moving(cleo))
    for user in (world.primary, world.far_worker):
        assert Pupil.objects.on_current_work_of(user).get() == cleo
    assert Act.objects.filter(verb="move", subject_id=str(cleo.pk)).exists()


def test_an_intake_nobody_works_with_moves_by_file_to_nobodys_current_work(run, world):
    """design.md 3: being at my school alone is not current work; rule 001-58"""
    intake = [child(world, f"P{n}", school=world.beech) for n in range(3)]
    over = works_with(world, intake[0], world.beech)
    Involvement.objects.filter(pk=over.pk).update(ends_at=timezone.now())
    printed, _ = run(*map(moving, intake))
    assert printed.startswith("0 added, 3 changed")
    assert Move.objects.count() == 3
    assert not Involvement.objects.current().exists()
    assert not Message.objects.exists()
    assert {door_of(world.primary, pupil) for pupil in intake} == {Door.REASON}


def test_of_a_child_with_a_status_the_workers_are_told_and_open_them_for_a_reason(run, world):
    """rules 003-22, 001-58: vulnerable, and on nobody's current work."""
    cleo = children_of(world).cleo
    by, day = world.manager, date(2026, 1, 5)
    kind = StatusKind.objects.get(name="Child protection plan")
    cleo.statuses.create(kind=kind, starts_on=day, social_worker="Nora Hale", recorded_by=by)
    run(moving(cleo))
    assert {world.primary, world.far_worker} < set(moved_messages())
    assert door_of(world.primary, cleo) is Door.REASON


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_whom_of_elsewhere_a_file_meets_is_logged_as_shown_by_a_search(run, world, options):
    """Rule 001-58: a file is no way to look children up unseen, though nothing is brought in."""
    cleo, ada = child(world, "Cleo", school=world.beech), child(world)
    run(moving(cleo), moving(ada), options=["--by", world.primary.email, *options])
    looks = Access.objects.filter(user=world.primary, action=Look.SEARCH)
    assert set(looks.values_list("child_id", flat=True)) == {None, cleo.pk}


def test_a_dry_run_tells_nobody_of_a_move(run, world):
    cleo = children_of(world).cleo
    works_with(world, cleo, world.beech)
    run(moving(cleo), options=["--dry-run"])
    assert not Message.objects.exists()


def test_who_brings_the_children_is_not_told_of_their_moves(run, world):
    eve = child(world, "Eve", school=world.elmgate)
    works_with(world, eve)
    run(moving(eve), options=["--by", world.primary.email])
    assert world.primary not in moved_messages()
    assert world.secondary in moved_messages()


@pytest.mark.parametrize("school", ["beech", "elmgate"])
def test_a_link_worker_pulls_no_child_from_a_school_that_is_not_theirs(run, world, school):
    """rule 001-58; design.md 4: in the same hub or another, as on the page of the move."""
    cleo = child(world, "Cleo", school=getattr(world, school))
    printed, why = run(moving(cleo, known_as="Cleopatra"), options=["--by", world.primary.email])
    assert printed.startswith("0 added, 0 changed, 0 unchanged, 1 rejected")
    assert "UPN: the child is on record at another school. Ask the link worker" in why
    assert "of the child’s school to record the move" in why
    assert cleo.enrolments.get().school.name not in why
    cleo.refresh_from_db()
    assert cleo.known_as == ""
    assert cleo.enrolments.get().school == getattr(world, school)
    assert not Message.objects.exists()
    assert not Involvement.objects.exists()


def test_a_reason_that_opens_only_who_the_child_is_pulls_no_child(tmp_path, world):
    """rule 001-58; security.md N-29"""
    cleo = children_of(world).cleo
    path = tmp_path / "children.csv"
    path.write_text("\n".join([HEADING, moving(cleo)]))
    world.primary.sign_in = "x" * 64
    open_children(world.primary, [cleo], "transition")
    assert door_of(world.primary, cleo) is Door.IDENTITY
    outcome = import_pupils(path, by=world.primary)
    assert (outcome.changed, len(outcome.rejected)) == (0, 1)
    assert door_of(anew(world.primary), cleo) is Door.REASON


def test_a_reason_that_opens_the_notes_lets_a_former_worker_bring_the_child_back(tmp_path, world):
    """rule 001-58"""
    cleo = children_of(world).cleo
    Involvement.objects.filter(pk=works_with(world, cleo).pk).update(ends_at=timezone.now())
    path = tmp_path / "children.csv"
    path.write_text("\n".join([HEADING, moving(cleo)]))
    assert len(import_pupils(path, by=world.primary).rejected) == 1
    world.primary.sign_in = "x" * 64
    open_children(world.primary, [cleo], "transition")
    assert door_of(world.primary, cleo) is Door.NOTES
    assert import_pupils(path, by=world.primary).changed == 1


@pytest.mark.parametrize("setting", [Setting.HOME, Setting.NONE])
def test_a_child_taught_at_no_school_is_brought_to_one_by_its_worker(run, world, setting):
    cleo = children_of(world).cleo
    cleo.enrolments.update(setting=setting, school=None)
    printed, _ = run(moving(cleo), options=["--by", world.primary.email])
    assert printed.startswith("0 added, 1 changed")


def test_a_child_brought_from_no_school_is_opened_by_a_reason_and_not_by_the_file(run, world):
    """rule 001-58: others work with the child."""
    cleo = children_of(world).cleo
    works_with(world, cleo, school=world.beech)
    cleo.enrolments.update(setting=Setting.HOME, school=None)
    run(moving(cleo), options=["--by", world.primary.email])
    assert cleo.enrolments.get(ends_on=None).school == world.oakfield
    assert door_of(anew(world.primary), cleo) is Door.REASON


@pytest.mark.parametrize("was_there", [False, True], ids=["new there", "there years ago"])
def test_nor_by_a_second_file_that_brings_the_child_on(run, world, was_there):
    """rule 001-58"""
    cleo = children_of(world).cleo
    if was_there:
        former = works_with(world, cleo, school=world.oakfield)
        Involvement.objects.filter(pk=former.pk).update(ends_at=timezone.now())
    works_with(world, cleo, school=world.beech)
    cleo.enrolments.update(setting=Setting.HOME, school=None)
    for school in (world.oakfield, world.elmgate):
        run(moving(cleo, urn=school.urn), options=["--by", world.manager.email])
    assert cleo.enrolments.get(ends_on=None).school == world.elmgate
    assert door_of(anew(world.manager), cleo) is Door.REASON
    assert door_of(anew(world.primary), cleo) is Door.REASON


def test_whose_notes_are_open_is_asked_once_for_all_rows(tmp_path, world):
    """performance.md: the queries do not grow with the rows that are rejected."""
    world.primary.sign_in = "x" * 64
    path = tmp_path / "children.csv"
    pupils = [child(world, f"P{n}", school=world.beech) for n in range(12)]
    open_children(world.primary, pupils, "transition")

    def queries(rows):
        path.write_text("\n".join([HEADING, *map(moving, pupils[:rows])]))
        with CaptureQueriesContext(connection) as captured:
            assert len(import_pupils(path, by=anew_signed_in(world.primary)).rejected) == rows
        return len(captured)

    assert queries(12) == queries(2)


def anew_signed_in(user):
    again = anew(user)
    again.sign_in = user.sign_in
    return again


@pytest.mark.parametrize("who", ["service", "far_worker"])
def test_who_works_with_the_other_school_too_moves_a_child_by_file(run, world, who):
    cleo = children_of(world).cleo
    cover = (AllocationKind.COVER, world.yesterday, world.tomorrow)
    world.cover_allocation.delete()
    world.allocation(world.oakfield, world.far_worker, *cover)
    printed, _ = run(moving(cleo), options=["--by", getattr(world, who).email])
    assert printed.startswith("0 added, 1 changed")


# --- recorded before they were born --------------------------------------------------------


@pytest.fixture
def expected(world):
    """``expected(surname)``: a baby due on 1 May 2015, with a sister at Oakfield."""

    def make(surname="Lovage", sister=True, **changes):
        baby = child(world, "", surname, None, upn=None, due_on=date(2015, 5, 1))
        baby.enrolments.update(setting=Setting.NONE, school=None, starts_on=None)
        if sister:
            elder = child(world, "Ivy", surname, date(2012, 2, 2))
            one, other = sorted((baby, elder), key=lambda pupil: pupil.pk)
            FamilyLink.objects.create(one=one, other=other, added_by=world.manager)
        return baby

    return make


def test_a_child_recorded_before_birth_with_family_at_the_school_is_the_one_who_comes(
    run, world, expected
):
    """rule 003-43"""
    baby = expected()
    printed, _ = run(line(501, starts="03/09/2019"))
    assert printed == "0 added, 1 changed, 0 unchanged, 0 rejected\n"
    baby.refresh_from_db()
    assert (baby.first_names, baby.born_on, baby.due_on) == ("Zoë", date(2015, 4, 23), None)
    assert baby.enrolments.get(ends_on=None).school == world.oakfield
    assert baby.identifiers.get().value == valid_upn(501)
    assert run(line(501, starts="03/09/2019"))[0].startswith("0 added, 0 changed, 1 unchanged")


@pytest.mark.parametrize(
    "doubt",
    [
        lambda baby, world: FamilyLink.objects.all().delete(),
        lambda baby, world: Pupil.objects.filter(pk=baby.pk).update(first_names="Max"),
        lambda baby, world: child(world, "", "Lovage", None, upn=None, due_on=date(2015, 6, 1)),
    ],
)
def test_where_it_is_in_doubt_whether_it_is_the_expected_child_the_row_is_rejected(
    run, world, expected, doubt
):
    baby = expected()
    doubt(baby, world)
    before = Pupil.objects.count()
    printed, why = run(line(501, starts="03/09/2019"))
    assert printed.startswith("0 added, 0 changed, 0 unchanged, 1 rejected")
    assert "may be a child recorded before birth under this surname" in why
    assert Pupil.objects.count() == before


def test_two_rows_that_may_be_one_expected_child_are_both_rejected(run, expected):
    expected()
    rows = (
        line(501, starts="03/09/2019"),
        line(502, "Max", starts="03/09/2019"),
    )
    printed, _ = run(*rows)
    assert printed.startswith("0 added, 0 changed, 0 unchanged, 2 rejected")


@pytest.mark.parametrize(("surname", "born"), [("Sorrel", "23/04/2015"), ("Lovage", "23/09/2015")])
def test_a_child_of_another_name_or_born_long_after_is_another_child(run, expected, surname, born):
    expected()
    assert run(line(501, surname=surname, born=born))[0].startswith("1 added")


def test_an_expected_child_at_a_school_closed_to_who_brings_the_file_is_not_told_of(
    run, world, expected
):
    """rule 001-53"""
    baby = expected(sister=False)
    baby.enrolments.update(setting=Setting.SCHOOL, school=world.elmgate)
    OwnChildConflict.objects.create(
        user=world.primary, school=world.elmgate, starts_at=world.yesterday
    )
    printed, why = run(line(501), options=["--by", world.primary.email])
    assert printed.startswith("1 added")
    assert "expected" not in why


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
        (line(501, born="31/02/2016"), "Date of birth must be a real date"),
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


@pytest.mark.parametrize("has_dates", [True, False])
@pytest.mark.parametrize(
    ("day", "year", "ahead"),
    [
        ((7, 15), "6", 0),
        ((7, 15), "7", 1),
        ((8, 26), "5", -1),
        ((8, 26), "6", 0),
        ((8, 26), "7", 0),
        ((8, 26), "8", 1),
        ((9, 1), "7", 0),
        ((9, 1), "8", 1),
    ],
)
def test_before_the_school_year_begins_a_file_may_tell_the_coming_years_group(
    run, time_machine, has_dates, day, year, ahead
):
    """The child is in Year 7 from September 2027, by age; schools tell that from July on."""
    spans = (date(2026, 9, 2), date(2026, 12, 18)), (date(2027, 1, 4), date(2027, 3, 25))
    spans += ((date(2027, 4, 12), date(2027, 7, 21)),)
    for name, (first, last) in zip(TermName, spans, strict=True) if has_dates else ():
        Term.objects.create(school_year=2026, name=name, starts_on=first, ends_on=last)
    time_machine.move_to(datetime(2027, *day, 12, tzinfo=UTC))
    run(line(501, born="23/04/2016", year=year))
    assert added().ahead == ahead


def test_after_the_last_summer_lesson_the_coming_years_group_is_no_year_ahead(run, time_machine):
    Term.objects.create(
        school_year=2026, name="summer", starts_on=date(2027, 4, 12), ends_on=date(2027, 7, 21)
    )
    time_machine.move_to(datetime(2027, 7, 22, 12, tzinfo=UTC))
    run(line(501, born="23/04/2016", year="7"))
    assert added().ahead == 0


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
