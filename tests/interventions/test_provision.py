"""What the team does for the pupils of a school, as the school reads it and as the team does."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Access, Look
from interventions.models import Answer, Programme, ProgrammeCase, WorkState
from interventions.provision import year_asked
from overview.looks import in_words
from schools.models import Involvement, SchoolContact
from tests.children import child, works_with
from tests.interventions.short_work import agreed, day, session, under_way, work

pytestmark = pytest.mark.django_db
LIST, CSV = "/shared/short-work/", "/shared/short-work/csv/"


def page(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def rows(answer):
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def case(world, pupil, **fields):
    programme = Programme.objects.create(
        name="Return to school", starts_on=day(90), made_by=world.manager
    )
    return ProgrammeCase.objects.create(
        programme=programme,
        pupil=pupil,
        school=world.oakfield,
        hub_id=world.oakfield.hub_id,
        asked_on=day(),
        asked_who="Dora Lead",
        recorded_by=world.primary,
        **fields,
    )


# --- the school's list --------------------------------------------------------------------------


def test_a_school_reads_what_is_done_for_its_pupils(world, as_):
    """Rule 003-18: support, worker, dates, where it stands, agreement."""
    going = under_way(world, area="attendance", review_on=day(-7))
    shown = page(as_(world.dsl).get(LIST))
    for words in (
        going.participants.get().pupil.name,
        going.work_type.name,
        "Priya Primary",
        "Under way",
        "Agreed",
        "Next review",
    ):
        assert words in shown


def test_a_school_reads_nothing_that_was_written_for_the_team(world, as_):
    going = under_way(
        world,
        hoped_for="CANARY-hoped",
        risks="CANARY-risks",
        level_reason="CANARY-level",
        involved_words="CANARY-involved",
        family_why="CANARY-why",
    )
    session(world, going, texts={"school_text": "CANARY-not-given", "analysis": "CANARY-analysis"})
    for address in (LIST, f"{LIST}{going.pk}/", f"{LIST}{going.pk}/consent/"):
        shown = page(as_(world.dsl).get(address))
        assert "CANARY-900001-ada" in shown
        assert shown.count("CANARY-") == shown.count("CANARY-900001-ada")


def test_a_school_is_asked_to_confirm_and_told_of_notes_to_store(world, as_):
    """Rules 001-79 and 001-114."""
    work(world, state=WorkState.ALLOCATED)
    going = under_way(world, child(world, "Ben"))
    part = session(world, going, texts={"school_text": "Ben did well"}).parts.get()
    shown = page(as_(world.dsl).get(LIST))
    assert "Please confirm" in shown
    assert "Notes to store" not in shown
    part.given_at, part.given_by = timezone.now(), world.primary
    part.save()
    assert "Notes to store" in page(as_(world.dsl).get(LIST))
    assert "Ben CANARY-900001-ben, " in page(as_(world.dsl).get(f"{LIST}{going.pk}/"))


@pytest.mark.parametrize(
    "who", ["senco", "unconfirmed", "left_lead", "attendee", "primary", "manager", "governance"]
)
def test_the_list_is_for_heads_and_safeguarding_leads(world, as_, who):
    going = under_way(world)
    as_(getattr(world, who))
    for address in (LIST, CSV, f"{LIST}{going.pk}/"):
        assert as_(getattr(world, who)).get(address).status_code == 404


def test_a_lead_of_another_school_finds_only_that_schools_pupils(world, as_):
    going = under_way(world)
    assert "CANARY-900001" not in page(as_(world.other_dsl).get(LIST))
    assert as_(world.other_dsl).get(f"{LIST}{going.pk}/").status_code == 404


def test_a_withheld_lead_finds_no_trace_of_work_that_came_from_it(world, as_):
    """Design 6.14."""
    going = under_way(world, consultation=world.shared)
    assert "CANARY-900001-ada" in page(as_(world.dsl).get(LIST))
    assert "CANARY-900001-ada" not in page(as_(world.withheld).get(LIST))
    assert rows(as_(world.withheld).get(CSV)) == []
    for then in ("", "consent/"):
        assert as_(world.withheld).get(f"{LIST}{going.pk}/{then}").status_code == 404
    consent = going.consents.get()
    there = f"{LIST}{going.pk}/consent/{consent.pk}/withdraw/"
    assert as_(world.withheld).post(there, {"on": "today"}).status_code == 404


def test_whose_post_replaced_a_withheld_one_finds_no_trace_either(world, as_):
    """Design 6.14: a changed address makes a new post, and opens nothing."""
    under_way(world, consultation=world.shared)
    newcomer = world.person("will_again", "Will Withheld")
    post = world.post(world.oakfield, newcomer, "dsl")
    assert "CANARY-900001-ada" in page(as_(newcomer).get(LIST))
    SchoolContact.objects.filter(pk=post.pk).update(replaces=world.withheld_post)
    world.withholding.user, world.withholding.contact = None, world.withheld_post
    world.withholding.save()
    assert "CANARY-900001-ada" not in page(as_(newcomer).get(LIST))


def test_a_school_reads_what_it_asked_of_programmes(world, as_):
    case(
        world,
        child(world, "Ben"),
        state="redirected",
        decided_at=timezone.now(),
        decided_by=world.manager,
        reason="CANARY-reason",
        pathway="The school’s attendance officer",
    )
    shown = page(as_(world.dsl).get(LIST))
    assert "Return to school" in shown
    assert "Redirected to: The school’s attendance officer" in shown
    assert "CANARY-reason" not in shown


def test_a_list_is_of_one_school_year(world, as_):
    old = work(
        world,
        state=WorkState.CLOSED,
        asked_on=day(800),
        closed_on=day(760),
        closed_by=world.primary,
    )
    name = old.participants.get().pupil.name
    assert name not in page(as_(world.dsl).get(LIST))
    year = year_asked("", old.asked_on)
    assert name in page(as_(world.dsl).get(f"{LIST}?year={year}"))
    for nonsense in ("", "x", "-1", "99999", "²"):
        assert name not in page(as_(world.dsl).get(LIST, {"year": nonsense}))


def test_an_empty_list_says_so(world, as_):
    assert "Nothing is under way" in page(as_(world.dsl).get(LIST))


def test_the_list_is_written_down_and_the_work_with_its_child(world, as_):
    going = under_way(world)
    as_(world.dsl).get(LIST)
    as_(world.dsl).get(f"{LIST}{going.pk}/")
    listed, named, opened = Access.objects.filter(user=world.dsl).order_by("at")
    assert (listed.action, listed.child_id) == (Look.LIST, None)
    ada = going.participants.get().pupil_id
    assert (named.action, named.child_id, named.basis) == (Look.LIST, ada, "school")
    assert opened.child_id == ada


def looks_of(user):
    """``{child id: how it reads to who asks who looked}`` of the looks at children."""
    rows = Access.objects.filter(user=user, child_id__isnull=False)
    return {row.child_id: (in_words(row).what, in_words(row).why) for row in rows}


@pytest.mark.parametrize("is_file", [False, True])
def test_each_child_who_is_named_is_in_the_access_log_and_so_is_that_it_left_as_a_file(
    world, as_, is_file
):
    """Rule 001-58: who has looked at a child is asked of the child."""
    ada, ben, cleo = child(world), child(world, "Ben"), child(world, "Cleo")
    under_way(world, ada)
    shut = under_way(world, cleo)
    case(world, ben)
    works_with(world, ben)
    Involvement.objects.filter(source_id=shut.pk).delete()
    then, how = ("csv/", "list as a file") if is_file else ("", "list")
    as_(world.dsl).get(LIST + then)
    as_(world.primary).get(TEAM + then)
    what = f"Short intervention, {how}"
    assert looks_of(world.dsl) == {pupil.pk: (what, "School") for pupil in (ada, ben, cleo)}
    assert looks_of(world.primary) == {
        pupil.pk: (what, "On their current work") for pupil in (ada, ben)
    }
    assert Access.objects.filter(child_id=None, action=Look.LIST).count() == 2


def test_the_list_costs_the_same_for_more(world, as_, django_assert_num_queries):
    def more(first):
        going = under_way(world, child(world, first), parent=f"Mother of {first}")
        session(world, going)

    more("Ada")
    case(world, child(world, "Ben"))
    as_(world.dsl).get(LIST)
    with CaptureQueriesContext(connection) as few:
        as_(world.dsl).get(LIST)
    for first in ("Cy", "Di", "Ed", "Flo"):
        more(first)
    with django_assert_num_queries(len(few)):
        as_(world.dsl).get(LIST)


# --- the spreadsheet --------------------------------------------------------------------------


def test_the_spreadsheet_has_a_row_for_each_child(world, as_):
    """Rule 003-18: for all pupils, to feed the school's provision map."""
    going = under_way(world)
    ben = child(world, "Ben")
    going.participants.create(pupil=ben, position=1)
    agreed(world, going, answer=Answer.LIMITED, limits="Not at home")
    answer = as_(world.dsl).get(CSV)
    assert answer["Content-Disposition"] == (
        f'attachment; filename="provision-{timezone.localdate()}.csv"'
    )
    found = rows(answer)
    assert [row["Child"] for row in found] == ["Ada CANARY-900001-ada", "Ben CANARY-900001-ben"]
    assert {row["Agreement"] for row in found} == {"Agreed, with limits"}
    assert {row["Worker"] for row in found} == {"Priya Primary"}


def test_a_formula_in_a_name_is_text_in_the_spreadsheet(world, as_):
    under_way(world, child(world, "=HYPERLINK(1)"))
    [row] = rows(as_(world.dsl).get(CSV))
    assert row["Child"].startswith("'=HYPERLINK(1)")


def test_nothing_of_a_consultation_is_in_the_list_or_the_spreadsheet(world, as_):
    """Rule 001-124: no number of consultations follows from what came of them."""
    under_way(world, asked_by="consultation", consultation=world.shared)
    [row] = rows(as_(world.dsl).get(CSV))
    assert "consultation" not in (" ".join([*row, *row.values()])).lower()
    table = page(as_(world.dsl).get(LIST)).split("<table")[1]
    assert "consultation" not in table.split("</table")[0].lower()


# --- the team's list -------------------------------------------------------------------------

TEAM = "/schools/900001/provision/"


@pytest.mark.parametrize("who", ["primary", "secondary", "cover", "manager", "service"])
def test_the_team_has_the_same_list(world, as_, who):
    under_way(world)
    assert "Under way" in page(as_(getattr(world, who)).get(TEAM))


def test_a_child_who_is_not_on_current_work_has_no_name_there(world, as_):
    """Rule 001-58: managers too; a reason opens the work, not the list."""
    going = under_way(world)
    assert "CANARY-900001-ada" in page(as_(world.primary).get(TEAM))
    Involvement.objects.all().delete()
    for who in (world.primary, world.manager):
        shown = page(as_(who).get(TEAM))
        assert "CANARY" not in shown
        assert f"A child, {going.participants.get().pupil.year_text}" in shown
        [row] = rows(as_(who).get(f"{TEAM}csv/"))
        assert row["Child"] == "A child"


@pytest.mark.parametrize(
    "who", ["former", "other_worker", "far_worker", "other_manager", "duty", "dsl", "senco"]
)
def test_nobody_else_has_the_teams_list(world, as_, who):
    """The school has its own; a former worker's schools are no longer theirs."""
    under_way(world)
    for then in ("", "csv/"):
        assert as_(getattr(world, who)).get(TEAM + then).status_code == 404
