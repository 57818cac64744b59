"""The plans that schools lead, read from a file: a summary, and the rows left out with reasons."""

import pytest
from django.core.management import CommandError, call_command

from interventions.models import EarlyHelpPlan
from interventions.plan_import import import_plans
from schools.models import IdentifierKind, PupilStatus
from schools.tables import FileRefused
from tests.children import child, valid_upn
from tests.interventions.short_work import day, under_way

HEADING = "UPN,URN,Lead professional,Level,Start,End"


@pytest.fixture
def ada(world):
    return child(world)


def upn(pupil):
    return pupil.identifiers.get(kind=IdentifierKind.UPN).value


@pytest.fixture
def brought(tmp_path):
    """``brought(row, …)``: the ``Outcome`` of a file with these rows."""

    def bring(*rows, heading=HEADING, **options):
        path = tmp_path / "plans.csv"
        path.write_text("\n".join([heading, *rows]), encoding="utf-8")
        return import_plans(path, **options)

    return bring


def test_a_row_puts_a_school_led_plan_on_record_and_says_nothing_twice(world, ada, brought):
    """Rule 001-41."""
    row = f"{upn(ada)},900001,Dora Lead,Level 2,{day(30):%d/%m/%Y},"
    assert str(brought(row)) == "1 added, 0 changed, 0 unchanged, 0 rejected"
    plan = EarlyHelpPlan.objects.get()
    assert (plan.leader, plan.lead_professional) == ("Oakfield Primary School", "Dora Lead")
    assert (plan.level, plan.starts_on, plan.is_open) == (2, day(30), True)
    assert PupilStatus.objects.get(pupil=ada).kind.name == "Early Help Plan"
    assert str(brought(row)) == "0 added, 0 changed, 1 unchanged, 0 rejected"
    changed = row.replace("Dora Lead", "Hana Head")
    assert str(brought(changed)) == "0 added, 1 changed, 0 unchanged, 0 rejected"
    ended = f"{changed}{day(1):%d/%m/%Y}"
    assert str(brought(ended)) == "0 added, 1 changed, 0 unchanged, 0 rejected"
    plan.refresh_from_db()
    assert (plan.lead_professional, plan.ends_on) == ("Hana Head", day(1))
    assert PupilStatus.objects.get(pupil=ada).ends_on == day(1)
    assert str(brought(ended)) == "0 added, 0 changed, 1 unchanged, 0 rejected"


def test_a_dry_run_changes_nothing(world, ada, brought):
    row = f"{upn(ada)},900001,Dora Lead,,{day(30):%d/%m/%Y},"
    assert brought(row, dry_run=True).added == 1
    assert not EarlyHelpPlan.objects.exists()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{upn},900009,Dora,3,1/9/2025,", "No open school here has the URN"),
        ("{other},900001,Dora,3,1/9/2025,", "no child on record has it"),
        ("nonsense,900001,Dora,3,1/9/2025,", "UPN"),
        (",900001,Dora,3,1/9/2025,", "UPN is empty"),
        ("{upn},900002,Dora,3,1/9/2025,", "not on record at Elmgate"),
        ("{upn},900001,,3,1/9/2025,", "Lead professional is empty"),
        ("{upn},900001,Dora,5,1/9/2025,", "Level must be"),
        ("{upn},900001,Dora,3,,", "Start is empty"),
        ("{upn},900001,Dora,3,31/2/2025,", "Start must be a date"),
        ("{upn},900001,Dora,3,1/9/2099,", "must be today or in the past"),
        ("{upn},900001,Dora,3,1/9/2025,1/8/2025", "must be on or after 1 September 2025"),
        ("{upn},900001," + "x" * 200 + ",3,1/9/2025,", "must be 150 characters or fewer"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(world, ada, brought, row, reason):
    outcome = brought(row.format(upn=upn(ada), other=valid_upn()))
    [rejected] = outcome.rejected
    assert reason in rejected.reason
    assert not EarlyHelpPlan.objects.exists()


def test_two_plans_at_once_are_refused_and_the_other_rows_are_kept(world, ada, brought):
    ben = child(world, "Ben")
    under_way(world, ada)
    outcome = brought(
        f"{upn(ada)},900001,Dora Lead,3,1/9/2025,",
        f"{upn(ada)},900001,Dora Lead,3,1/10/2025,",
        f"{upn(ben)},900001,Dora Lead,3,1/10/2025,",
    )
    assert (outcome.added, len(outcome.rejected)) == (2, 1)
    assert outcome.rejected[0].number == 3
    assert "there is a plan for this child already" in outcome.rejected[0].reason


def test_a_person_brings_plans_to_their_schools_only(world, ada, brought):
    row = f"{upn(ada)},900001,Dora Lead,3,1/9/2025,"
    assert "may not record plans" in brought(row, by=world.other_worker).rejected[0].reason
    assert brought(row, by=world.primary).added == 1


def test_a_file_without_rows_or_columns_is_refused_whole(world, brought):
    with pytest.raises(FileRefused):
        brought()
    with pytest.raises(FileRefused):
        brought("1,2", heading="UPN,URN")


def test_the_command_says_what_it_did_and_writes_the_rejected_rows(world, ada, tmp_path, capsys):
    path = tmp_path / "plans.csv"
    path.write_text(f"{HEADING}\n{upn(ada)},900001,Dora Lead,3,1/9/2025,\n,900001,x,3,1/9/2025,\n")
    with pytest.raises(CommandError, match=r"plans\.rejected\.csv"):
        call_command("import_plans", str(path))
    assert "1 added, 0 changed, 0 unchanged, 1 rejected" in capsys.readouterr().out
    assert "UPN is empty" in (tmp_path / "plans.rejected.csv").read_text()


def test_the_page_shows_what_a_file_would_do_before_it_does_it(world, ada, as_, tmp_path):
    path = tmp_path / "plans.csv"
    path.write_text(f"{HEADING}\n{upn(ada)},900001,Dora Lead,3,1/9/2025,\n")
    client = as_(world.primary)
    with path.open("rb") as file:
        page = client.post("/plans/import/", {"file": file})
    assert "1 added" in page.content.decode()
    assert not EarlyHelpPlan.objects.exists()
    client.post("/plans/import/", {"content": page.context["content"]})
    assert EarlyHelpPlan.objects.count() == 1
