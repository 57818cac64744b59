"""The pages that move the schools of a link worker: choose, check, confirm."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linkworkers import services
from linkworkers.models import LinkWorker
from notifications.models import Message
from schools.models import Hub, OwnChildConflict
from tests.linkworkers.test_reallocation import hold_schools

NOBODY = "6b0c1a4e-0000-4000-8000-000000000000"
NEXT_YEAR = timezone.localdate().year + 1


def text(response):
    """The words of the page's main part, tags and repeated spaces left out."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def path_of(user):
    return reverse("reallocate", args=[user.link_worker.pk])


def chosen(*pairs, step="check", **typed):
    """What the page posts for these ``(allocation, user)`` pairs."""
    posted = {"why": "They leave the team", "step": step, **typed}
    for allocation, user in pairs:
        posted[f"move-{allocation.pk}"] = "on"
        posted[f"to-{allocation.pk}"] = str(user.link_worker.pk)
    return posted


# --- who opens what ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    {
        "manager": 200,
        "service": 200,
        "other_manager": 403,
        "primary": 403,
        "duty": 403,
        "coordinator": 403,
        "governance": 403,
        "administrator": 403,
        "dsl": 404,
        "attendee": 404,
    }.items(),
)
def test_only_managers_of_the_worker_or_the_schools_move_them(world, as_, who, status):
    """rule 001-50."""
    client = as_(getattr(world, who))
    assert client.get(path_of(world.primary)).status_code == status
    posted = chosen((world.primary_allocation, world.former), step="apply")
    assert client.post(path_of(world.primary), posted).status_code == (
        302 if status == 200 else status
    )
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.has_ended == (status == 200)


def test_a_manager_moves_only_their_own_hubs_schools_of_a_worker(world, as_):
    world.allocation(world.beech, world.primary, "secondary")
    page = text(as_(world.other_manager).get(path_of(world.primary)))
    assert "Beechcroft" in page
    assert "Oakfield" not in page
    posted = chosen((world.primary_allocation, world.far_worker), step="apply")
    response = as_(world.other_manager).post(path_of(world.primary), posted)
    assert response.status_code == 200
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.ends_at is None


def test_whose_schools_move_is_chosen_from_the_own_hubs(world, as_):
    page = text(as_(world.manager).get(reverse("reallocations")))
    assert "Priya Primary" in page
    assert "Farah Farhub" not in page
    assert as_(world.primary).get(reverse("reallocations")).status_code == 403
    assert as_(world.manager).get(f"/link-workers/{NOBODY}/move/").status_code == 404


def test_whose_schools_move_costs_the_same_however_many_hubs_there_are(world, as_):
    client, path = as_(world.service), reverse("reallocations")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for n in range(8):
        hub = Hub.objects.create(code=f"extra-{n}", name=f"Extra {n}")
        world.link_worker(world.person(f"extra_{n}", f"Extra {n}", "link_worker"), hub)
    assert queries() == few


# --- choosing ------------------------------------------------------------------------------


def test_every_school_is_ticked_and_somebody_suggested(world, as_):
    held = hold_schools(world, 6, world.primary)
    response = as_(world.manager).get(path_of(world.primary))
    form = response.context["form"]
    assert len(form.rows) == 7
    page = response.content.decode()
    for allocation in held:
        assert re.search(rf'name="move-{allocation.pk}"[^>]* checked', page)
    suggested = form.reallocation.suggestions()
    assert len(suggested) == 7
    assert len(set(suggested.values())) > 1
    assert world.primary.link_worker not in suggested.values()
    assert form.reallocation.against(suggested) == {}


def test_nobody_with_a_conflict_or_at_the_school_already_is_suggested_or_taken(world, as_):
    """rules 001-48 and 001-53."""
    OwnChildConflict.objects.create(user=world.former, school=world.oakfield)
    client, path = as_(world.manager), path_of(world.primary)
    response = client.get(path)
    assert "Fay Former: conflict declared" in text(response)
    assert "Sam Secondary: secondary there" in text(response)
    for user, why in ((world.former, "conflict declared"), (world.secondary, "secondary there")):
        page = text(client.post(path, chosen((world.primary_allocation, user))))
        assert f"Choose somebody else for Oakfield Primary School as primary. {user}: {why}" in page
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.ends_at is None


def test_who_covers_the_missing_days_is_suggested(world, as_):
    """rule 001-48."""
    team = LinkWorker.objects.filter(hub=world.coast)
    team.update(working_days=[0, 1, 2, 3])
    team.filter(user=world.other_worker).update(working_days=[4])
    form = as_(world.manager).get(path_of(world.primary)).context["form"]
    suggested = form.reallocation.suggestions()
    assert suggested[str(world.primary_allocation.pk)] == world.other_worker.link_worker


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"why": ""}, "Enter why the schools move"),
        ({"why": "x" * 301}, "Why must be 300 characters or fewer"),
        ({"why": "a\x00b"}, "Why has a character that cannot be kept"),
        ({"starts_on": "yesterday"}, "The day it starts must be today or later"),
        ({"starts_on": "1 May 2099"}, "Enter a start date within the next two years"),
        ({"starts_on": "31 June"}, "From must be a real date"),
        ({"handover_note": "x" * 1_000_000}, "Handover note must be 5,000 characters or fewer"),
        ({"to": ""}, "Choose who takes Oakfield Primary School as primary"),
        ({"to": NOBODY}, "Choose who takes Oakfield Primary School, primary"),
        ({"to": "\x00"}, "Choose who takes Oakfield Primary School, primary"),
        ({"move": ""}, "Choose at least one school to move"),
    ],
)
def test_bad_input_is_answered_in_a_sentence_and_what_was_typed_is_kept(
    world, as_, typed, sentence
):
    pk = world.primary_allocation.pk
    keys = {"to": f"to-{pk}", "move": f"move-{pk}"}
    posted = chosen(
        (world.primary_allocation, world.former), agreed_at_meeting="<b>Kept</b> \u202e"
    )
    posted |= {keys.get(name, name): value for name, value in typed.items()}
    for step in ("check", "apply"):
        response = as_(world.manager).post(path_of(world.primary), posted | {"step": step})
        assert response.status_code == 200
        assert sentence in text(response)
        assert "&lt;b&gt;Kept&lt;/b&gt; \u202e" in response.content.decode()
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.ends_at is None


# --- checking and confirming ---------------------------------------------------------------


def test_what_changes_is_shown_first_and_then_made(world, as_, anew, drift_at_schools):
    first, second = hold_schools(world, 2, world.primary)
    client, path = as_(world.manager), path_of(world.primary)
    pairs = (first, world.former), (second, world.other_worker)
    page = client.post(path, chosen(*pairs))
    assert "Priya Primary → Fay Former" in text(page)
    assert "Oakfield" not in text(page)
    assert "Move 2 places" in text(page)
    first.refresh_from_db()
    assert first.ends_at is None
    response = client.post(path, chosen(*pairs, step="apply"), follow=True)
    assert "2 schools have been moved from Priya Primary." in text(response)
    first.refresh_from_db()
    assert first.ended_why == "They leave the team"
    assert Message.objects.filter(kind="reallocated", to=world.former).count() == 1
    assert drift_at_schools() == []


def test_the_check_page_carries_everything_that_was_typed(world, as_):
    posted = chosen(
        (world.primary_allocation, world.former),
        starts_on=f"1 June {NEXT_YEAR}",
        agreed_at_meeting="Hub meeting",
        handover_note="Ask for Jo.",
    )
    client, path = as_(world.manager), path_of(world.primary)
    page = client.post(path, posted).content.decode()
    form = page.partition('class="lb-form"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    hidden.pop("csrfmiddlewaretoken", None)
    client.post(path, hidden | {"step": "apply"})
    made = world.oakfield.allocations.get(link_worker=world.former.link_worker, ends_at=None)
    assert (made.agreed_at_meeting, made.handover_note) == ("Hub meeting", "Ask for Jo.")
    assert made.starts_at.year == NEXT_YEAR
    back = client.post(path_of(world.secondary), chosen() | {"step": "back"}).content.decode()
    assert "They leave the team" in back


def test_choices_against_the_guidance_go_through_their_reason(world, as_):
    """rule 001-52."""
    held = hold_schools(world, 12, world.primary)
    client, path = as_(world.manager), path_of(world.primary)
    pairs = [(allocation, world.former) for allocation in held]
    page = text(client.post(path, chosen(*pairs)))
    assert "Against the guidance: say why" in page
    assert "% of a fair share, when" in page
    refused = client.post(path, chosen(*pairs, step="apply"))
    assert "Choose why, or say it in your own words, for Fay Former" in text(refused)
    reasons = {
        f"because-{world.former.link_worker.pk}": ["falls"],
        f"words-{world.former.link_worker.pk}": "CANARY words",
    }
    assert client.post(path, chosen(*pairs, step="apply", **reasons)).status_code == 302
    kept = held[0].school.allocations.get(ends_at=None).reason
    said = "Their load falls soon. They leave the team CANARY words Fay Former goes against"
    assert kept.startswith(said)


def test_somebody_of_another_hub_takes_no_school(world, as_):
    """rule 001-50: the hub allocates among its own."""
    client, path = as_(world.manager), path_of(world.primary)
    page = client.get(path).content.decode()
    option = page.partition(f'<option value="{world.far_worker.link_worker.pk}"')[2]
    assert "disabled" in option.partition(">")[0]
    page = text(client.post(path, chosen((world.primary_allocation, world.far_worker))))
    assert "Farah Farhub: works in another hub" in page
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.ends_at is None


def test_a_selection_that_went_stale_names_the_school_and_keeps_the_rest(world, as_):
    first, second = hold_schools(world, 2, world.primary)
    client, path = as_(world.manager), path_of(world.primary)
    services.allocate(
        world.service, first.school, world.secondary.link_worker, "primary", reason="Faster"
    )
    pairs = (first, world.former), (second, world.other_worker)
    for step in ("check", "apply"):
        page = client.post(path, chosen(*pairs, step=step, agreed_at_meeting="Kept words"))
        said = "Batch School 000 has changed hands meanwhile. The rest is as you chose it."
        assert said in text(page)
        assert "Kept words" in page.content.decode()
        assert f'value="{world.other_worker.link_worker.pk}" selected' in page.content.decode()
    second.refresh_from_db()
    assert second.ends_at is None


def test_a_second_click_moves_nothing_and_says_so(world, as_):
    posted = chosen((world.primary_allocation, world.former), step="apply")
    client, path = as_(world.manager), path_of(world.primary)
    assert client.post(path, posted).status_code == 302
    assert "Oakfield Primary School has changed hands meanwhile." in text(client.post(path, posted))
    assert world.oakfield.allocations.filter(kind="primary", ends_at=None).count() == 1


def test_colleges_cover_and_what_is_to_come_are_dealt_with_one_by_one(world, as_, college):
    """rule 001-51: a college is never moved without the county."""
    world.allocation(college, world.cover, "primary")
    page = text(as_(world.manager).get(path_of(world.cover)))
    assert "holds no school that moves here" in page
    assert "Every team manager agrees to an allocation here" in page
    assert "Cover until" in page
    posted = chosen((college.allocations.get(), world.former), step="apply")
    assert as_(world.manager).post(path_of(world.cover), posted).status_code == 200
    assert college.allocations.get().ends_at is None


def test_the_pages_cost_the_same_however_many_schools_move(world, as_):
    client, path = as_(world.manager), path_of(world.primary)

    def queries(pairs):
        posted = chosen(*pairs)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
            assert client.post(path, posted).status_code == 200
        return len([q for q in captured if "SAVEPOINT" not in q["sql"]])

    pairs = [(a, world.former) for a in hold_schools(world, 2, world.primary)]
    queries(pairs)
    few = queries(pairs)
    for allocation, _ in pairs:
        services.end(world.manager, allocation, why="Anew")
        allocation.school.urn = f"93{allocation.school.urn[2:]}"
        allocation.school.save()
    assert queries([(a, world.former) for a in hold_schools(world, 40, world.primary)]) == few
