"""Terms and INSET days: who enters them, what is refused in words, and lists of them."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from schools import services
from schools.models import InsetDay, OwnChildConflict, Term
from tests.schools.test_calendar import term

FIXTURE = Path(settings.BASE_DIR) / "schools/fixtures/term_dates.csv"
OWN = "/schools/900001/terms/"
AUTUMN = {
    "school_year": "2025",
    "name": "autumn",
    "starts_on": "3 September 2025",
    "ends_on": "19/12/2025",
    "half_term_starts_on": "27 Oct 2025",
    "half_term_ends_on": "2025-10-31",
    "source": "The council’s letter",
}

pytestmark = pytest.mark.django_db


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- the council's calendar -----------------------------------------------------------------


def test_the_administrator_adds_changes_and_removes_a_term(world, as_):
    client = as_(world.administrator)
    assert client.post("/terms/add/", AUTUMN).url == "/terms/"
    entered = Term.objects.get()
    assert (entered.school, entered.school_year, str(entered)) == (None, 2025, "Autumn term 2025")
    assert (entered.starts_on, entered.half_term_ends_on) == (
        date(2025, 9, 3),
        date(2025, 10, 31),
    )
    page = client.get("/terms/").text
    assert "3 September 2025 to 19 December 2025" in page
    assert "The council’s letter" in page
    change = f"/terms/{entered.pk}/"
    assert "19 December 2025" in client.get(change).text
    client.post(change, {**AUTUMN, "ends_on": "18 December 2025"})
    entered.refresh_from_db()
    assert entered.ends_on == date(2025, 12, 18)
    client.post(f"{change}remove/")
    assert not Term.objects.exists()
    verbs = Act.objects.filter(subject_type="schools.term").values_list("verb", flat=True)
    assert sorted(verbs) == [Verb.ADD, Verb.CHANGE, Verb.REMOVE]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ends_on": "1 September 2025"}, "The last day must be after the first day"),
        ({"starts_on": "3 September 2026"}, "must be in the school year 2025/26"),
        ({"ends_on": "19 December 2026"}, "must be in the school year 2025/26"),
        ({"half_term_ends_on": ""}, "Enter the last day of half-term"),
        ({"half_term_starts_on": ""}, "Enter the first day of half-term"),
        ({"half_term_ends_on": "20 October 2025"}, "must not be before its first day"),
        ({"half_term_ends_on": "24 December 2025"}, "Half-term must be inside the term"),
        ({"starts_on": "soon"}, "First day must be a real date"),
        ({"starts_on": ""}, "Enter the first day of the term"),
        ({"name": "winter"}, "Choose the term from the list"),
        ({"school_year": "1066"}, "Choose the school year from the list"),
        ({"ends_on": "6 January 2026"}, "These days overlap the spring term 2026, 5 January 2026"),
        ({"name": "spring"}, "The spring term 2026 is entered already"),
        ({"name": "summer"}, "This term must be after the spring term 2026"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_nothing_typed_is_lost(
    world, as_, wrong, sentence
):
    term("spring").save()
    asked = as_(world.administrator).post("/terms/add/", {**AUTUMN, **wrong})
    assert asked.status_code == 200
    assert sentence in asked.text
    assert "The council’s letter" in asked.text
    assert Term.objects.count() == 1


def test_the_list_says_what_is_missing_and_what_then_counts(world, as_):
    term("autumn").save()
    page = as_(world.administrator).get("/terms/").text
    assert "Not entered yet: the spring and summer terms." in page


def test_a_term_that_was_removed_meanwhile_is_not_removed_again(world):
    entered = services.save_term(world.administrator, term("autumn"))
    services.remove_term(world.administrator, entered)
    with pytest.raises(TransitionNotAllowed):
        services.remove_term(world.administrator, Term(pk=entered.pk))


def test_only_the_administrator_keeps_the_councils_terms(world):
    for actor in (world.manager, world.service, world.primary, world.head):
        with pytest.raises(PermissionDenied):
            services.save_term(actor, term("autumn"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "autumn"},
        {"name": "spring"},
        {"name": "spring", "starts_on": date(2026, 3, 3), "ends_on": date(2026, 3, 2)},
        {
            "name": "spring",
            "starts_on": date(2026, 1, 5),
            "ends_on": date(2026, 3, 2),
            "half_term_ends_on": date(2026, 4, 2),
        },
    ],
)
def test_the_database_refuses_it_too(wrong):
    term("autumn").save()
    entered = term("autumn")
    for field, value in wrong.items():
        setattr(entered, field, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        entered.save()


# --- a school's own -------------------------------------------------------------------------


def test_a_school_sets_its_own_term_beside_the_councils(world, as_):
    term("autumn").save()
    client = as_(world.manager)
    page = client.get(OWN)
    assert f"{OWN}add/?year=2025&amp;term=autumn" in page.text
    begun = client.get(f"{OWN}add/?year=2025&term=autumn").context["form"]
    assert (begun["school_year"].value(), begun["name"].value()) == (2025, "autumn")
    assert client.post(f"{OWN}add/", {**AUTUMN, "ends_on": "12 December 2025"}).url == OWN
    own = Term.objects.get(school=world.oakfield)
    page = client.get(OWN).text
    assert "12 December 2025" in page
    assert "19 December 2025" not in page
    assert "Own dates" in page
    client.post(f"/terms/{own.pk}/remove/")
    assert "19 December 2025" in client.get(OWN).text


def test_a_manager_who_changes_one_school_changes_no_other_and_not_the_council(world, as_):
    councils = services.save_term(world.administrator, term("autumn"))
    beech = services.save_term(world.administrator, term("autumn", school=world.beech))
    client = as_(world.manager)
    for entered in (councils, beech):
        assert client.post(f"/terms/{entered.pk}/remove/").status_code == 403
    assert Term.objects.count() == 2


def test_nobody_changes_the_terms_of_the_school_their_own_child_attends(world):
    """Rule 001-53."""
    OwnChildConflict.objects.create(user=world.administrator, school=world.elmgate)
    with pytest.raises(PermissionDenied):
        services.save_term(world.administrator, term("autumn", school=world.elmgate))
    with pytest.raises(PermissionDenied):
        services.add_inset_day(world.administrator, world.elmgate, date(2025, 11, 3))


def test_inset_days_are_added_once_and_removed(world, as_):
    client = as_(world.manager)
    for _ in range(2):
        assert client.post(OWN, {"day": "3 November 2025"}).url == OWN
    inset_day = InsetDay.objects.get()
    assert "Monday 3 November 2025" in client.get(OWN).text
    remove = f"/schools/900001/inset-days/{inset_day.pk}/remove/"
    client.post(remove)
    assert not InsetDay.objects.exists()
    assert told(client.post(remove))[-1] == "These dates have been removed already."


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("", "Enter the INSET day"),
        ("32 May", "INSET day must be a real date"),
        ("8 November 2025", "8 November 2025 is a Saturday"),
    ],
)
def test_an_inset_day_that_is_none_is_refused_in_words(world, as_, day, sentence):
    assert sentence in as_(world.manager).post(OWN, {"day": day}).text
    assert not InsetDay.objects.exists()


def test_the_page_of_a_schools_facts_leads_to_its_terms(world, as_):
    assert f'href="{OWN}"' in as_(world.manager).get("/schools/900001/change/").text


# --- lists ----------------------------------------------------------------------------------

HEADING = "School year,Term,First day,Last day,Half-term from,Half-term to,URN"


@pytest.fixture
def run(tmp_path, world):
    """``run(line, …)``: what the import of these lines printed, and the rejects with reasons."""

    def run(*lines, options=()):
        path = tmp_path / "terms.csv"
        path.write_text("\r\n".join([HEADING, *lines]), encoding="utf-8")
        out = StringIO()
        try:
            call_command("import_terms", path, *options, stdout=out)
        except CommandError as error:
            rejects = path.with_suffix(".rejected.csv")
            reasons = rejects.read_text("utf-8-sig") if rejects.exists() else ""
            return out.getvalue(), f"{error} {reasons}"
        return out.getvalue(), ""

    return run


def test_the_fixture_of_west_sussex_is_read_whole_and_a_second_time_changes_nothing():
    for summary in ("6 added, 0 changed, 0", "0 added, 0 changed, 6"):
        out = StringIO()
        call_command("import_terms", FIXTURE, stdout=out)
        assert out.getvalue() == f"{summary} unchanged, 0 rejected\n"
    assert set(Term.objects.values_list("school_year", "school")) == {(2024, None), (2025, None)}


def test_a_list_changes_the_days_of_a_term_that_is_there(run):
    run("2025/26,Autumn,03/09/2025,19/12/2025,,,")
    printed, _ = run("2025-26,autumn term,2025-09-03,2025-12-18,2025-10-27,2025-10-31,")
    assert printed == "0 added, 1 changed, 0 unchanged, 0 rejected\n"
    assert Term.objects.get().ends_on == date(2025, 12, 18)


def test_a_row_with_a_urn_is_a_schools_own_term(run, world):
    run("2025/26,autumn,03/09/2025,19/12/2025,,,", "2025/26,autumn,8/9/2025,12/12/2025,,,900001")
    assert Term.objects.get(school=world.oakfield).ends_on == date(2025, 12, 12)
    assert Term.objects.get(school=None).ends_on == date(2025, 12, 19)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2025,autumn,2025-09-03,2025-12-19,,,", "School year must be"),
        ("2025/26,winter,2025-09-03,2025-12-19,,,", "Term must be autumn, spring or summer"),
        ("2025/26,autumn,soon,2025-12-19,,,", "First day must be a date"),
        ("2025/26,autumn,2025-09-03,,,,", "Last day must be a date"),
        ("2025/26,autumn,2025-12-19,2025-09-03,,,", "The last day must be after the first day"),
        ("2025/26,autumn,2024-09-03,2025-12-19,,,", "must be in the school year 2025/26"),
        ("2025/26,autumn,2025-09-03,2025-12-19,2025-10-27,,", "last day of half-term"),
        ("2025/26,autumn,2025-09-03,2025-12-19,,,999999", "No school here has the URN 999999"),
    ],
)
def test_a_row_that_makes_no_sense_is_rejected_with_the_reason_and_the_rest_is_kept(
    run, line, reason
):
    printed, rejects = run(line, "2025/26,spring,2026-01-05,2026-03-27,,,")
    assert printed == "1 added, 0 changed, 0 unchanged, 1 rejected\n"
    assert reason in rejects
    assert Term.objects.get().name == "spring"


def test_a_dry_run_enters_nothing(run):
    printed, _ = run("2025/26,autumn,2025-09-03,2025-12-19,,,", options=["--dry-run"])
    assert printed.startswith("1 added")
    assert not Term.objects.exists()


def test_a_list_by_somebody_has_their_rights(run, world):
    by = ["--by", world.manager.email]
    printed, rejects = run(
        "2025/26,autumn,2025-09-03,2025-12-19,,,900001",
        "2025/26,autumn,2025-09-03,2025-12-19,,,",
        options=by,
    )
    assert printed == "1 added, 0 changed, 0 unchanged, 1 rejected\n"
    assert "may not change these terms" in rejects


def test_a_save_that_somebody_else_overtook_says_so(world, monkeypatch):
    services.save_term(world.administrator, term("autumn"))
    monkeypatch.setattr(Term, "clean", lambda self: None)
    with pytest.raises(ValidationError, match="Somebody else has entered"):
        services.save_term(world.administrator, term("autumn"))
