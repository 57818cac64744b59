"""Lists of link workers: who is appointed, changed, allocated, left alone and rejected."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.grants import drift
from accounts.models import Role, User
from accounts.services import confirm_role
from linkworkers.models import Allocation, AllocationKind, LinkWorker
from notifications.models import Message
from schools.scope import scope_of

HEADING = "email,name,kind,hub,FTE,working days,line manager"
HELD = f"{HEADING},URN,place,reason"
NEW = "nia@example.org,Nia New,FSW,coast,0.6,Mon Tue Thursday,manager@example.org"


@pytest.fixture
def run(tmp_path, world):
    """``run(line, …)``: what the import of these lines printed, and the rejects with reasons."""

    def run(*lines, heading=HEADING, options=()):
        path = tmp_path / "workers.csv"
        path.write_text("\r\n".join([heading, *lines]), encoding="utf-8-sig")
        out = StringIO()
        try:
            call_command("import_link_workers", path, *options, stdout=out)
        except CommandError as error:
            rejects = path.with_suffix(".rejected.csv")
            reasons = rejects.read_text("utf-8-sig") if rejects.exists() else ""
            return out.getvalue(), f"{error} {reasons}"
        return out.getvalue(), ""

    return run


def nia():
    return LinkWorker.objects.select_related("user", "hub").get(user__email="nia@example.org")


def test_a_link_worker_arrives_with_hub_hours_and_role_and_is_not_written_to(run, world):
    assert run(NEW) == ("1 added, 0 changed, 0 unchanged, 0 rejected\n", "")
    worker = nia()
    assert (worker.hub, worker.fte, worker.working_days) == (world.coast, Decimal("0.6"), [0, 1, 3])
    assert worker.line_manager == world.manager
    assert worker.user.has_role(Role.LINK_WORKER)
    assert not Message.objects.exists()


def test_a_second_run_changes_nothing_and_a_new_fact_is_a_change(run, world):
    run(NEW)
    assert run(NEW)[0].startswith("0 added, 0 changed, 1 unchanged")
    changed = NEW.replace("coast,0.6", "Downs,0.8")
    assert run(changed)[0].startswith("0 added, 1 changed, 0 unchanged")
    assert (nia().hub, nia().fte) == (world.downs, Decimal("0.8"))


def test_an_empty_cell_leaves_what_is_known(run):
    run(NEW)
    assert run("nia@example.org,Nia New,fsw,coast,,,")[0].startswith("0 added, 0 changed, 1 unch")
    assert nia().working_days == [0, 1, 3]


def test_a_dry_run_writes_nothing(run):
    assert run(NEW, options=["--dry-run"])[0].startswith("1 added")
    assert not User.objects.filter(email="nia@example.org").exists()


def test_the_schools_they_hold_open_to_them_once_their_role_is_confirmed(run, world):
    """rules 001-47, 001-48: the access an allocation gives comes with the row; security.md 5.3."""
    options = ["--by", world.other_manager.email]
    rows = [
        "nia@example.org,Nia New,FSW,downs,,,,900003,secondary,",
        "nia@example.org,Nia New,FSW,downs,,,,900004,Primary,",
    ]
    assert run(*rows, heading=HELD, options=options)[0].startswith("2 added")
    held = Allocation.objects.filter(link_worker=nia())
    assert {(a.school, a.kind, a.allocated_by) for a in held} == {
        (world.beech, AllocationKind.SECONDARY, world.other_manager),
        (world.larkmead, AllocationKind.PRIMARY, world.other_manager),
    }
    assert scope_of(nia().user).supports == set()
    confirm_role(world.manager, nia().user.staff_roles.get())
    assert scope_of(nia().user).supports == {world.beech.pk, world.larkmead.pk}
    assert list(drift()) == []
    assert run(*rows, heading=HELD, options=options)[0].startswith("0 added, 0 changed, 2 unch")


def test_everybody_hears_once_of_all_that_a_file_changes(run, world):
    rows = [
        f"nia@example.org,Nia New,FSW,downs,,,,{urn},{place},"
        for urn, place in (("900003", "secondary"), ("900004", "primary"))
    ]
    options = ["--by", world.other_manager.email]
    run(*rows, heading=HELD, options=[*options, "--dry-run"])
    assert not Message.objects.exists()
    run(*rows, heading=HELD, options=options)
    assert Message.objects.filter(to=nia().user).count() == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("oda@example.org,Oda Other,FSW,downs,,,,900004,primary,", "row 2 gives it to somebody"),
        ("nia@example.org,Nia New,FSW,downs,,,,900004,secondary,", "row 2 gives them the other"),
    ],
)
def test_two_rows_do_not_give_one_place_twice_nor_both_to_one_person(run, world, line, says):
    """rule 001-48: two different people."""
    first = "nia@example.org,Nia New,FSW,downs,,,,900004,primary,"
    options = ["--by", world.other_manager.email]
    printed, reasons = run(first, line, heading=HELD, options=options)
    assert printed.startswith("1 added, 0 changed, 0 unchanged, 1 rejected")
    assert says in reasons


PRIYA = "primary@example.org,Priya Primary,FSW,coast"
FARAH = "far.worker@example.org,Farah Farhub,FSW,downs"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (",A,FSW,coast,,,,,,", "email is empty"),
        ("nobody,A,FSW,coast,,,,,,", "email must be one address"),
        ("a@example.org,,FSW,coast,,,,,,", "name is empty"),
        ("a@example.org,A,king,coast,,,,,,", "kind has king. It must be FSW or TM"),
        ("a@example.org,A,FSW,moon,,,,,,", "hub: there is no hub moon here"),
        ("a@example.org,A,FSW,coast,1.5,,,,,", "FTE must be a part of full time"),
        ("a@example.org,A,FSW,coast,0,,,,,", "FTE must be a part of full time"),
        ("a@example.org,A,FSW,coast,,Someday,,,,", "working days must be days from Monday"),
        ("a@example.org,A,FSW,coast,,,who@example.org,,,", "line manager: nobody here has"),
        ("a@example.org,A,TM,coast,,,,,,", "kind: A has no team manager’s role yet"),
        ("far.worker@example.org,F,FSW,coast,,,,,,", "hub: Maya Manager may not appoint F there"),
        ("manager@example.org,Maya,FSW,coast,,,,,,", "kind: Maya Manager is a Team manager here"),
        ("deactivated@example.org,A,FSW,coast,,,,,,", "was deactivated. Reactivate them first"),
        (f"{PRIYA},,,,999999,primary,", "No open school here has the URN 999999"),
        (f"{PRIYA},,,,900001,,", "place must be primary or secondary"),
        (f"{PRIYA},,,,,primary,", "URN is empty"),
        (f"{PRIYA},,,,900001,cover,", "place must be primary or secondary"),
        (f"{PRIYA},,,,900001,secondary,", "Priya Primary is already the primary link worker"),
        (f"{PRIYA},,,,900002,primary,", "reason: Enter why Olu Otherschool is replaced"),
        (f"{PRIYA},,,,900003,primary,x", "hub: Priya Primary works in Coast and Beechcroft"),
        (f"{FARAH},,,,900003,secondary,x", "URN: Maya Manager may not allocate at Beechcroft"),
        ("conflicted@example.org,C,FSW,coast,,,,900002,secondary,x", "Conflict declared"),
        ("new@example.org,New Nell,FSW,coast,0.5,,,,,", "row 2 says something else"),
        ("new@example.org,New Nell,FSW,coast,,,,,,", "row 2 says the same"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_and_the_rest_are_kept(run, world, line, says):
    world.conflicted_allocation.ends_at, world.conflicted_allocation.ended_by = (
        world.now,
        world.manager,
    )
    world.conflicted_allocation.save()
    good = "new@example.org,New Nell,FSW,coast,,,,,,"
    printed, reasons = run(good, line, heading=HELD, options=["--by", "manager@example.org"])
    assert printed == "1 added, 0 changed, 0 unchanged, 1 rejected\n"
    assert says in reasons
    assert LinkWorker.objects.filter(user__email="new@example.org").exists()


def test_two_people_of_one_school_swap_their_places_in_one_file(run, world):
    """rule 001-48: the rows of a school are one set of moves."""
    rows = [
        f"{PRIYA},,,,900001,secondary,They swap",
        "secondary@example.org,Sam Secondary,FSW,coast,,,,900001,primary,They swap",
    ]
    options = ["--by", "manager@example.org"]
    assert run(*rows, heading=HELD, options=options)[0].startswith("2 added")
    held = world.oakfield.allocations.current().exclude(kind="cover")
    assert {(a.kind, a.link_worker.user.name) for a in held} == {
        ("primary", "Sam Secondary"),
        ("secondary", "Priya Primary"),
    }
    assert list(drift()) == []


def test_half_a_swap_is_rejected_whatever_else_the_file_says(run, world):
    rows = [
        f"{PRIYA},,,,900001,secondary,They swap",
        "nobody,A,FSW,coast,,,,,,",
        "secondary@example.org,Sam Secondary,FSW,coast,,,,900001,primary,",
    ]
    printed, reasons = run(*rows, heading=HELD, options=["--by", "manager@example.org"])
    assert printed == "0 added, 0 changed, 0 unchanged, 3 rejected\n"
    assert [line.split(",")[1] for line in reasons.splitlines()[1:]] == ["2", "3", "4"]
    assert "Priya Primary is already the primary link worker of Oakfield" in reasons


def test_a_row_may_take_the_place_that_a_later_row_empties(run, world):
    rows = [
        f"{PRIYA},,,,900001,secondary,Less travel",
        "former@example.org,Fay Former,FSW,coast,,,,900001,primary,Knows it",
    ]
    printed, _ = run(*rows, heading=HELD, options=["--by", "manager@example.org"])
    assert printed.startswith("2 added, 0 changed, 0 unchanged, 0 rejected")
    assert world.oakfield.allocations.live().get(kind="primary").link_worker.user == world.former


def test_nothing_of_a_rejected_row_is_kept(run):
    run("nia@example.org,Nia New,FSW,coast,,,,999999,primary,", heading=HELD)
    assert not User.objects.filter(email="nia@example.org").exists()


def test_the_service_itself_allocates_nowhere(run):
    """rule 001-50: allocations are a manager's."""
    _, reasons = run("nia@example.org,Nia New,FSW,downs,,,,900004,primary,", heading=HELD)
    assert "Name a manager of its hub with --by" in reasons


def test_a_school_of_another_council_is_refused(run, world):
    world.larkmead.local_authority = "845"
    world.larkmead.save()
    row = "nia@example.org,Nia New,FSW,downs,,,,900004,primary,"
    _, reasons = run(row, heading=HELD, options=["--by", world.other_manager.email])
    assert "Check that it is not a file from the wrong council" in reasons
