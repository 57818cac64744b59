"""Lists of people at schools: who is brought in, changed, left alone and rejected."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Message
from schools.models import SchoolContact
from schools.policies import may_confirm

HEADING = "URN,name,roles,email,phone"


@pytest.fixture
def run(tmp_path, world):
    """``run(line, …)``: what the import of these lines printed, and the rejects with reasons."""

    def run(*lines, heading=HEADING, options=()):
        path = tmp_path / "contacts.csv"
        path.write_text("\r\n".join([heading, *lines]), encoding="cp1252")
        out = StringIO()
        try:
            call_command("import_contacts", path, *options, stdout=out)
        except CommandError as error:
            rejects = path.with_suffix(".rejected.csv")
            reasons = rejects.read_text("utf-8-sig") if rejects.exists() else ""
            return out.getvalue(), f"{error} {reasons}"
        return out.getvalue(), ""

    return run


def test_people_arrive_with_all_their_roles_in_one_post(run):
    """rule 003-1"""
    printed, _ = run("900001,Zoë Newhead,Headteacher; DSL ;da_champion,ZOE@example.org,1632960441")
    assert printed == "1 added, 0 changed, 0 unchanged, 0 rejected\n"
    contact = SchoolContact.objects.get(name="Zoë Newhead")
    assert contact.roles == ["head", "dsl", "da_champion"]
    assert contact.user.email == "zoe@example.org"


def test_they_arrive_unconfirmed_and_nobody_is_written_to(run):
    run("900001,Zoe Newhead,head,zoe@example.org,")
    contact = SchoolContact.objects.get(name="Zoe Newhead")
    assert contact.confirmed_at is None
    assert contact.added_by.is_system
    assert not Message.objects.exists()


def test_a_second_run_changes_nothing(run):
    line = "900001,Zoe Newhead,head,zoe@example.org,"
    run(line)
    assert run(line)[0].startswith("0 added, 0 changed, 1 unchanged")


def test_somebody_in_post_gets_what_they_lack_and_keeps_what_they_have(run, world):
    printed, _ = run(f"900001,Selma Senco,attendance,{world.senco.email},01632 960441")
    assert printed.startswith("0 added, 1 changed")
    world.senco_post.refresh_from_db()
    assert world.senco_post.roles == ["senco", "attendance"]
    assert world.senco_post.phone == "01632 960441"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("999999,A,head,a@example.org,", "No open school here has the URN 999999"),
        ("900001,,head,a@example.org,", "name is empty"),
        ("900001,A,,a@example.org,", "roles is empty"),
        ("900001,A,king,a@example.org,", "roles has king, which is not a role here"),
        ("900001,A,head,nobody,", "email must be one address"),
        ("900001,A,head,dsl@example.org,", "Dora Lead already uses this address"),
        ("900001,A,head,contacts@system.invalid,", "Enter the email address of a person"),
        ("9.00E+05,A,head,a@example.org,", "a spreadsheet has rounded it"),
        ("900001,ZOE NEWHEAD,dsl,ZOE@example.org,", "email: row 2 is about the same person"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_and_the_rest_are_kept(run, line, says):
    printed, reasons = run("900001,Zoe Newhead,head,zoe@example.org,", line)
    assert printed.startswith("1 added, 0 changed, 0 unchanged, 1 rejected")
    assert says in reasons


def test_a_dry_run_writes_nothing(run):
    run("900001,Zoe Newhead,head,zoe@example.org,", options=["--dry-run"])
    assert not SchoolContact.objects.filter(name="Zoe Newhead").exists()


def test_a_list_without_its_columns_is_one_clear_error(run):
    assert "no column named roles" in run("900001,A", heading="URN,name")[1]


def test_a_file_from_the_wrong_council_says_so_row_by_row(run, world):
    world.oakfield.local_authority = "845"
    world.oakfield.save()
    printed, reasons = run(
        "900001,Zoe Newhead,head,zoe@example.org,,",
        "900002,Yan Newhead,head,yan@example.org,,845",
        "900002,Xia Newhead,head,xia@example.org,,938.0",
        heading=f"{HEADING},LA (code)",
    )
    assert printed.startswith("1 added, 0 changed, 0 unchanged, 2 rejected")
    assert reasons.count("Check that it is not a file from the wrong council") == 2
    assert SchoolContact.objects.get(name="Xia Newhead").school == world.elmgate


def test_what_somebody_brings_in_is_confirmed_by_somebody_else(run, world):
    """Safeguarding posts wait for a second person, whoever read the file in."""
    printed, reasons = run(
        "900001,Zoe Newhead,head,zoe@example.org,",
        "900003,Yan Newhead,head,yan@example.org,",
        options=["--by", world.manager.email.upper()],
    )
    assert printed.startswith("1 added, 0 changed, 0 unchanged, 1 rejected")
    assert "Maya Manager may not add people at Beechcroft Junior School" in reasons
    contact = SchoolContact.objects.get(name="Zoe Newhead")
    assert contact.added_by == world.manager
    assert not may_confirm(world.manager, contact)
    assert may_confirm(world.dsl, contact)


@pytest.mark.parametrize("who", ["nobody@example.org", "dee", "deactivated@example.org"])
def test_who_brings_people_in_is_somebody_here(run, who):
    assert "Nobody here has the address" in run(options=["--by", who])[1]


def test_a_leading_zero_that_a_spreadsheet_took_comes_back(run):
    run("900001,Zoe Newhead,senco,,1632960441")
    assert SchoolContact.objects.get(name="Zoe Newhead").phone == "01632960441"
