"""The pages: who opens them, what they say, what they do with bad input, what they cost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.services import deactivate
from audit.models import Access
from linkworkers import services
from linkworkers.models import Allocation, CountyAgreement, LinkWorker
from schools.models import Hub, OwnChildConflict, School, SchoolType

BOARD = "/allocations/"
NOBODY = "6b0c1a4e-0000-4000-8000-000000000000"
NEXT_YEAR = timezone.localdate().year + 1


def text(response):
    """The words of the page's main part, tags and repeated spaces left out."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def queries(client, path):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]


def choice(user, kind="secondary", held=None, **typed):
    """What the allocate page posts; ``held`` is the allocation it showed in that place."""
    seen = {"held": str(held.pk)} if held else {}
    return {"kind": kind, "link_worker": str(user.link_worker.pk), **seen, **typed}


# --- who opens what ------------------------------------------------------------------------

SEE = {"manager": 200, "other_manager": 200, "service": 200}
REFUSED = {
    "primary": 403,
    "duty": 403,
    "coordinator": 403,
    "governance": 403,
    "administrator": 403,
    "dsl": 404,
    "attendee": 404,
}


@pytest.mark.parametrize(("who", "status"), {**SEE, **REFUSED}.items())
def test_the_allocations_page_is_for_managers(world, as_, who, status):
    assert as_(getattr(world, who)).get(BOARD).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    {
        **REFUSED,
        "manager": 200,
        "service": 200,
        "other_manager": 403,
        "governance": 404,
        "dsl": 403,
    }.items(),
)
def test_the_allocate_page_is_for_the_hubs_managers(as_, world, who, status):
    """rule 001-50."""
    client = as_(getattr(world, who))
    path = reverse("allocate", args=[world.oakfield.urn])
    assert client.get(path).status_code == status
    if status != 200:
        posted = choice(world.former, "primary", reason="Because")
        assert client.post(path, posted).status_code == status
        assert world.primary_allocation.events.count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    {
        **REFUSED,
        "manager": 200,
        "service": 200,
        "other_manager": 403,
        "governance": 404,
        "dsl": 403,
    }.items(),
)
def test_only_the_hubs_managers_end_an_allocation(as_, world, who, status):
    path = reverse("allocation_end", args=[world.primary_allocation.pk])
    client = as_(getattr(world, who))
    assert client.get(path).status_code == status
    response = client.post(path, {"why": "Left"})
    assert response.status_code == (302 if status == 200 else status)
    world.primary_allocation.refresh_from_db()
    assert world.primary_allocation.has_ended == (status == 200)


@pytest.mark.parametrize(
    ("who", "status"),
    {**REFUSED, "manager": 200, "service": 200, "other_manager": 200}.items(),
)
def test_proposals_are_for_team_managers_and_the_service_manager(as_, world, college, who, status):
    """rule 001-51. For everybody else there is no such page."""
    proposal = services.propose(
        world.manager, college, world.former.link_worker, "primary", "Knows it"
    )
    expected = 404 if status == 403 else status
    path = reverse("agreement", args=[proposal.pk])
    client = as_(getattr(world, who))
    assert client.get(path).status_code == expected
    if expected == 404:
        for act in ("agree", "object", "withdraw"):
            assert client.post(path + f"{act}/", {"reason": "No"}).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    {
        **REFUSED,
        "manager": 200,
        "service": 200,
        "other_manager": 403,
        "administrator": 200,
    }.items(),
)
def test_a_link_worker_is_changed_by_the_managers_of_their_hub(as_, world, who, status):
    path = reverse("link_worker_change", args=[world.former.link_worker.pk])
    assert as_(getattr(world, who)).get(path).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    {
        "primary": 200,
        "manager": 200,
        "duty": 200,
        "administrator": 200,
        "governance": 200,
        "dsl": 404,
        "attendee": 404,
    }.items(),
)
def test_every_council_person_has_a_conflicts_page(world, as_, who, status):
    assert as_(getattr(world, who)).get("/conflicts/").status_code == status


@pytest.mark.parametrize(
    "path",
    [
        f"/allocations/{NOBODY}/end/",
        f"/allocations/agreements/{NOBODY}/",
        f"/link-workers/{NOBODY}/change/",
        "/allocations/999999/",
        "/allocations/abc/",
        "/allocations/?hub=nowhere",
        "/allocations/?hub=downs",
    ],
)
def test_what_is_not_there_or_not_theirs_is_not_found(world, as_, path):
    assert as_(world.manager).get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/allocations/{allocation}/resume/",
        "/allocations/agreements/{agreement}/agree/",
        "/allocations/agreements/{agreement}/object/",
        "/allocations/agreements/{agreement}/withdraw/",
        "/conflicts/declare/",
        "/conflicts/{conflict}/withdraw/",
    ],
)
def test_acts_take_a_post(as_, world, college, path):
    agreement = services.propose(
        world.manager, college, world.former.link_worker, "primary", "Knows it"
    )
    path = path.format(
        allocation=world.conflicted_allocation.pk,
        agreement=agreement.pk,
        conflict=OwnChildConflict.objects.get().pk,
    )
    assert as_(world.manager).get(path).status_code == 405


# --- the allocations page ------------------------------------------------------------------


def test_a_school_without_a_link_worker_comes_first_with_its_wait_and_verb(as_, world):
    """rules 001-47, 001-48: no gap goes unnoticed."""
    services.end(world.other_manager, world.far_allocation, why="Left")
    Allocation.objects.filter(pk=world.far_allocation.pk).update(
        ends_at=timezone.now() - timezone.timedelta(days=12)
    )
    page = text(as_(world.other_manager).get(BOARD))
    assert "Gaps first" in page
    assert "No primary for 12 days" in page
    assert "Never had a secondary" in page
    assert "Finn Future from" in page
    assert "Nobody on Monday, Tuesday" not in page
    assert "Allocate for Beechcroft Junior School" in page


def test_a_suspended_allocation_is_there_to_resolve(world, as_):
    """rule 001-53."""
    page = text(as_(world.manager).get(BOARD))
    assert "Connie Conflicted Conflict declared, suspended" in page
    assert "Resolve for Elmgate School" in page
    assert page.index("Gaps first") < page.index("Elmgate") < page.index("Oakfield")
    assert "1 school in Coast is not supported all week" in page


@pytest.mark.parametrize(("kind", "who"), [("primary", "primary"), ("secondary", "secondary")])
def test_a_school_whose_worker_was_deactivated_is_a_gap(as_, world, kind, who):
    """rules 001-47, 001-48: an allocation by somebody who is shut out covers nobody."""
    gone = getattr(world, who)
    deactivate(world.administrator, gone)
    page = text(as_(world.manager).get(BOARD))
    assert f"{gone} is deactivated" in page
    assert "Allocate for Oakfield Primary School" in page
    assert "2 schools in Coast are not supported all week" in page
    offered = as_(world.manager).get(reverse("allocate", args=["900001"]))
    assert offered.status_code == 200
    services.allocate(
        world.manager, world.oakfield, world.other_worker.link_worker, kind, reason="They left"
    )
    assert "is deactivated" not in text(as_(world.manager).get(BOARD))


def test_days_without_anybody_are_told(as_, world):
    """rule 001-48: support at all times in the working week."""
    people = [world.primary, world.secondary]
    LinkWorker.objects.filter(user__in=people).update(working_days=[0, 1, 2, 3])
    client = as_(world.manager)
    page = client.get(BOARD).content.decode()
    assert "Cole Cover covers until" in page
    assert '<li class="x">F</li>' not in page
    services.end(world.manager, world.cover_allocation, why="Not needed")
    page = client.get(BOARD).content.decode()
    assert 'aria-label="Nobody on Friday"' in page
    assert '<li class="x">F</li>' in page
    assert "2 schools in Coast are not supported all week" in page
    assert f"{reverse('cover', args=['900001'])}" in page
    assert "Name cover" in page


def test_each_worker_is_listed_with_the_schools_they_hold(as_, world):
    """rule 001-52: the split can be seen. It counts schools; suspended and past ones are none."""
    response = as_(world.manager).get(BOARD)
    loads = {
        str(row.link_worker): (row.as_primary, row.as_secondary)
        for row in response.context["carried"]
    }
    assert loads["Priya Primary"] == (1, 0)
    assert loads["Sam Secondary"] == (0, 1)
    assert loads["Connie Conflicted"] == (0, 0)
    assert loads["Fay Former"] == (0, 0)
    assert "Farah Farhub" not in loads


def test_the_service_manager_moves_between_hubs(world, as_):
    client = as_(world.service)
    assert "Oakfield" in text(client.get(f"{BOARD}?hub=coast"))
    page = text(client.get(f"{BOARD}?hub=downs"))
    assert "Beechcroft" in page
    assert "Oakfield" not in page


def test_the_first_hub_shown_is_a_team_s_and_never_schools_without_one(world, as_):
    nowhere = Hub.objects.get_or_create(code=Hub.NOT_YET, defaults={"name": "A list of its own"})[0]
    School.objects.filter(pk=world.larkmead.pk).update(hub=nowhere)
    page = as_(world.service).get("/allocations/").content.decode()
    assert "<title>Allocations, Coast" in page
    chips = page.partition('aria-label="Hub"')[2].partition("</nav>")[0]
    assert chips.index("Coast") < chips.index("Downs") < chips.index(f"{nowhere.name}")


def test_schools_are_found_by_name_town_or_urn(world, as_):
    client = as_(world.manager)
    page = text(client.get(BOARD, {"find": "lancing"}))
    assert "Elmgate" in page
    assert "Oakfield" not in page
    assert "No open school of Coast matches" in text(client.get(BOARD, {"find": "zzz"}))


@pytest.mark.parametrize("words", ["x" * 10_000, "<script>", "%_\\", "\u202e", "'; --"])
def test_nothing_typed_in_the_find_box_breaks_the_page(world, as_, words):
    response = as_(world.manager).get(BOARD, {"find": words})
    assert response.status_code == 200
    assert "<script>" not in response.content.decode().partition("<main")[2]


def test_the_page_costs_the_same_however_many_schools_there_are(as_, world, college):
    client = as_(world.manager)
    services.propose(world.manager, college, world.former.link_worker, "primary", "Knows it")
    client.get(BOARD)
    few = queries(client, BOARD)
    schools = School.objects.bulk_create(
        School(
            urn=f"91{n:04}",
            name=f"School {n}",
            type_group=SchoolType.PRIMARY,
            hub=world.coast,
        )
        for n in range(120)
    )
    Allocation.objects.bulk_create(
        Allocation(
            school=school,
            hub=world.coast,
            link_worker=world.primary.link_worker,
            kind="primary",
            starts_at=world.long_ago,
            ends_at=world.yesterday if n % 2 else None,
            ended_by=world.manager if n % 2 else None,
            allocated_by=world.manager,
        )
        for n, school in enumerate(schools)
    )
    many = queries(client, BOARD)
    assert len(many) == len(few) <= 16


def test_the_allocate_page_costs_the_same_however_many_workers_there_are(as_, world):
    client = as_(world.manager)
    path = reverse("allocate", args=[world.elmgate.urn])
    client.get(path)
    few = queries(client, path)
    for n in range(20):
        world.link_worker(world.person(f"extra_{n}", f"Extra {n}", "link_worker"), world.downs)
    many = queries(client, path)
    assert len(many) == len(few) <= 20


# --- allocating ----------------------------------------------------------------------------


def allocate_page(world, as_, school, *with_, kind="primary"):
    """The words of the page with these people side by side."""
    people = [user.link_worker.pk for user in with_]
    path = reverse("allocate", args=[school.urn])
    return as_(world.manager).get(path, {"kind": kind, "with": people})


def test_workers_stand_side_by_side_and_a_conflict_cannot_be_chosen(as_, world):
    """rule 001-53: said to managers as "Conflict declared", and not to be pressed."""
    people = world.conflicted, world.former
    page = allocate_page(world, as_, world.elmgate, *people, kind="secondary").content.decode()
    chosen = page.partition(f'id="worker-{world.conflicted.link_worker.pk}"')[2].partition(">")[0]
    assert "disabled" in chosen
    assert "Conflict declared<small>Cannot be chosen</small>" in page
    free = page.partition(f'id="worker-{world.former.link_worker.pk}"')[2].partition(">")[0]
    assert "disabled" not in free


def test_who_fits_best_is_offered_first_and_others_on_asking(as_, world):
    path = reverse("allocate", args=[world.elmgate.urn])
    response = as_(world.manager).get(path, {"kind": "secondary"})
    columns = response.context["comparison"].columns
    assert len(columns) == 3
    assert all(candidate.is_free for candidate in columns)
    assert "Best fit" in text(response)
    asked = allocate_page(world, as_, world.elmgate, world.far_worker)
    assert [str(c.link_worker) for c in asked.context["comparison"].columns] == ["Farah Farhub"]
    assert "Works in another hub Can only cover" in text(asked)


def test_nothing_asked_for_in_the_address_breaks_the_comparison(as_, world):
    path = reverse("allocate", args=[world.elmgate.urn])
    for asked in ("nonsense", NOBODY, "<script>", "x" * 3000):
        response = as_(world.manager).get(path, {"with": asked, "kind": asked})
        assert response.status_code == 200


def test_earlier_time_at_the_school_is_shown(as_, world):
    page = text(
        allocate_page(world, as_, world.oakfield, world.former, world.primary, world.secondary)
    )
    assert f"Primary {timezone.localtime(world.long_ago):%B %Y} to" in page
    assert "Primary now" in page
    assert "Secondary now" in page


def test_a_double_click_makes_one_allocation_and_a_friendly_answer(as_, world):
    services.end(world.manager, world.conflicted_allocation, why="Own child there")
    client = as_(world.manager)
    path = reverse("allocate", args=[world.elmgate.urn])
    posted = choice(world.former, handover_note="Ask for Jo.")
    first, second = client.post(path, posted), client.post(path, posted)
    assert first.status_code == second.status_code == 302
    assert first.url == "/allocations/?hub=coast"
    assert (
        Allocation.objects.filter(link_worker=world.former.link_worker, ends_at=None).count() == 1
    )
    page = text(client.get(second.url))
    assert "Fay Former is now the secondary link worker of Elmgate School." in page
    assert "Fay Former is already the secondary link worker of Elmgate School." in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": ""}, "Choose primary or secondary"),
        ({"kind": "third"}, "Choose primary or secondary"),
        ({"link_worker": ""}, "Choose a link worker from the table"),
        ({"link_worker": NOBODY}, "Choose a link worker from the table"),
        ({"link_worker": "nonsense"}, "Choose a link worker from the table"),
        ({"link_worker": "\x00"}, "Choose a link worker from the table"),
        ({"starts_on": "yesterday"}, "The day it starts must be today or later"),
        ({"starts_on": "1 May 2099"}, "Enter a start date within the next two years"),
        ({"starts_on": "31 June"}, "From must be a real date"),
        ({"starts_on": "\x00"}, "From must be a real date"),
        ({"reason": "x" * 501}, "In your words must be 500 characters or fewer"),
        ({"reason": "a\x00b"}, "In your words has a character that cannot be kept"),
        ({"reason": ""}, "Enter why Priya Primary is replaced"),
        ({"agreed_at_meeting": "x" * 121}, "Agreed at must be 120 characters or fewer"),
        ({"handover_note": "x" * 1_000_000}, "Handover note must be 5,000 characters or fewer"),
    ],
)
def test_bad_input_is_answered_in_a_sentence_and_what_was_typed_is_kept(
    as_, world, typed, sentence
):
    note = "<b>Kept</b> =SUM(1) \u202etext"
    held = world.primary_allocation
    posted = choice(world.former, "primary", held, reason="Knows it", handover_note=note) | typed
    response = as_(world.manager).post(reverse("allocate", args=[world.oakfield.urn]), posted)
    assert response.status_code == 200
    assert sentence in text(response)
    if "handover_note" not in typed:
        assert "&lt;b&gt;Kept&lt;/b&gt; =SUM(1) \u202etext" in response.content.decode()
    assert world.primary_allocation.events.count() == 1


def test_a_place_that_changed_hands_meanwhile_is_looked_at_again(as_, world):
    client = as_(world.manager)
    path = reverse("allocate", args=[world.oakfield.urn])
    services.allocate(
        world.service, world.oakfield, world.other_worker.link_worker, "primary", reason="Faster"
    )
    posted = choice(world.former, "primary", world.primary_allocation, reason="Kept words")
    page = client.post(path, posted)
    assert "Oakfield Primary School has changed hands meanwhile. Look again." in text(page)
    assert "Kept words" in page.content.decode()
    holder = world.oakfield.allocations.get(kind="primary", ends_at=None)
    assert holder.link_worker == world.other_worker.link_worker
    assert f'name="held" value="{holder.pk}"' in page.content.decode()


def test_what_was_typed_stays_when_the_allocation_cannot_be(as_, world):
    """The handover note outlives a day on which there is no room yet."""
    services.allocate(
        world.service, world.oakfield, world.other_worker.link_worker, "primary", reason="Later"
    )
    held = world.oakfield.allocations.get(link_worker=world.other_worker.link_worker)
    coming = timezone.now() + timezone.timedelta(days=30)
    services.allocate(
        world.service,
        world.oakfield,
        world.future.link_worker,
        "primary",
        reason="Then",
        starts_at=coming,
    )
    posted = choice(world.former, "primary", held, reason="Sooner", handover_note="Kept note")
    page = as_(world.manager).post(reverse("allocate", args=[world.oakfield.urn]), posted)
    assert page.status_code == 200
    assert "Finn Future becomes the primary link worker on" in text(page)
    assert "Kept note" in page.content.decode()
    assert not world.oakfield.allocations.filter(
        link_worker=world.former.link_worker, ends_at=None
    ).exists()


def test_who_holds_a_place_until_midnight_held_it_until_the_day_before(as_, world):
    held = world.primary_allocation
    posted = choice(world.former, "primary", held, reason="Moves", starts_on=f"1 June {NEXT_YEAR}")
    client = as_(world.manager)
    client.post(reverse("allocate", args=[world.oakfield.urn]), posted)
    page = text(client.get(BOARD))
    assert f"Priya Primary Until 31 May {NEXT_YEAR} Fay Former from 1 June {NEXT_YEAR}" in page


# --- the guidance --------------------------------------------------------------------------


def burden(world, user, pupils=6_000):
    """Give somebody more to carry than is fair."""
    school = School.objects.create(
        urn="920001",
        name="Heavy School",
        type_group=SchoolType.SECONDARY,
        hub=world.coast,
        pupils=pupils,
    )
    world.allocation(school, user, "primary")


def free_elmgate(world):
    services.end(world.manager, world.conflicted_allocation, why="Own child there")
    return reverse("allocate", args=[world.elmgate.urn])


def test_going_against_the_guidance_asks_why_and_keeps_it(as_, world):
    """rules 001-50, 001-52: an equitable split, and a reason where it is not."""
    burden(world, world.former)
    path, client = free_elmgate(world), as_(world.manager)
    page = client.post(path, choice(world.former))
    assert "Choose why, or say it in your own words" in text(page)
    assert re.search(
        r"Fay Former goes against the guidance: \d+% of a fair share, when .+ would be at \d+%",
        text(page),
    )
    assert "data-override hidden" not in page.content.decode()
    page = client.post(path, choice(world.former, because=["other"]))
    assert "Enter the other reason" in text(page)
    assert not world.elmgate.allocations.filter(kind="secondary", ends_at=None).exists()
    posted = choice(world.former, because=["knows", "falls"], reason="CANARY words")
    assert client.post(path, posted).status_code == 302
    kept = world.elmgate.allocations.get(kind="secondary", ends_at=None).reason
    assert kept.startswith("They know this school. Their load falls soon. CANARY words Fay Former")
    assert "of a fair share" in kept


def test_an_id_written_otherwise_does_not_pass_by_the_guidance(as_, world):
    """rule 001-52."""
    burden(world, world.former)
    path = free_elmgate(world)
    posted = choice(world.former) | {"link_worker": world.former.link_worker.pk.hex}
    page = as_(world.manager).post(path, posted)
    assert "Choose a link worker from the table" in text(page)
    assert not world.elmgate.allocations.filter(kind="secondary", ends_at=None).exists()


def test_a_choice_that_fits_asks_nothing(as_, world):
    path, client = free_elmgate(world), as_(world.manager)
    assert "data-override hidden" in client.get(path, {"kind": "secondary"}).content.decode()
    assert client.post(path, choice(world.former)).status_code == 302
    assert world.elmgate.allocations.get(kind="secondary", ends_at=None).reason == ""


def test_somebody_who_leaves_a_day_without_anybody_goes_against_the_guidance(as_, world):
    """rule 001-48: support at all times in the working week."""
    LinkWorker.objects.filter(user__in=[world.other_worker, world.former]).update(
        working_days=[0, 1, 2, 3]
    )
    page = text(as_(world.manager).post(free_elmgate(world), choice(world.former)))
    assert "nobody is there on Friday, when" in page
    assert "Choose why, or say it in your own words" in page


def test_somebody_of_another_hub_is_shown_and_cannot_be_chosen(as_, world):
    """rule 001-50: allocation is agreed locally by the hub; others may cover."""
    path, client = free_elmgate(world), as_(world.manager)
    answer = client.post(path, choice(world.far_worker, because=["asked"]))
    assert answer.status_code == 200
    assert "Farah Farhub works in another hub, Downs, and can only cover Elmgate" in text(answer)
    shown = answer.content.decode().partition(f'id="worker-{world.far_worker.link_worker.pk}"')[2]
    assert "disabled" in shown.partition(">")[0]
    assert not world.elmgate.allocations.filter(kind="secondary", ends_at=None).exists()


def test_a_manager_s_small_part_is_no_room_for_a_school(as_, world):
    """A team manager carries little on purpose, so that they do not look the best choice."""
    response = as_(world.manager).get(free_elmgate(world), {"kind": "secondary"})
    best = response.context["comparison"].best
    assert best.link_worker.kind == "fsw"


def test_the_day_it_starts_is_kept(as_, world):
    held = world.primary_allocation
    posted = choice(world.former, "primary", held, reason="Moves", starts_on=f"1 June {NEXT_YEAR}")
    client = as_(world.manager)
    response = client.post(reverse("allocate", args=[world.oakfield.urn]), posted, follow=True)
    assert "Fay Former will be the primary link worker" in text(response)
    held = world.oakfield.allocations.get(link_worker=world.former.link_worker, ends_at=None)
    assert f"{timezone.localtime(held.starts_at):%d %B %Y %H:%M}" == f"01 June {NEXT_YEAR} 00:00"


def test_ending_says_why_and_too_late_is_said_kindly(as_, world):
    client = as_(world.manager)
    path = reverse("allocation_end", args=[world.primary_allocation.pk])
    assert "Enter why the allocation ends" in text(client.post(path, {"why": " "}))
    client.post(path, {"why": "Left the team"})
    response = client.post(path, {"why": "Left the team"}, follow=True)
    assert "This allocation has already ended." in text(response)
    assert "already ended" in text(client.get(path, follow=True))


def test_resuming_waits_for_the_conflict_to_be_withdrawn(as_, world):
    """rule 001-53."""
    client = as_(world.manager)
    path = reverse("allocation_resume", args=[world.conflicted_allocation.pk])
    page = client.post(path, follow=True)
    assert "Conflict declared" in text(page)
    assert path not in page.content.decode()
    services.withdraw_conflict(world.conflicted, OwnChildConflict.objects.get())
    page = client.get(reverse("allocate", args=[world.elmgate.urn])).content.decode()
    assert path in page
    response = client.post(path, follow=True)
    assert "Connie Conflicted supports Elmgate School again." in text(response)


# --- county agreements ---------------------------------------------------------------------


def test_a_college_is_proposed_agreed_and_then_allocated(as_, world, college):
    """rule 001-51."""
    client = as_(world.manager)
    path = reverse("allocate", args=[college.urn])
    posted = choice(world.former, "primary", reason="Knows the college")
    assert "has been proposed" in text(client.post(path, posted, follow=True))
    assert "already proposed" in text(client.post(path, posted, follow=True))
    agreement = CountyAgreement.objects.get()
    assert "It waits for other team managers" in text(client.get(BOARD))
    client = as_(world.other_manager)
    assert "It waits for your answer" in text(client.get(BOARD))
    page = text(client.get(reverse("agreement", args=[agreement.pk])))
    assert "Knows the college" in page
    assert "Omar Othermanager Not answered" in page
    agree = reverse("agreement_agree", args=[agreement.pk])
    assert "You have agreed." in text(client.post(agree, follow=True))
    assert "This proposal is settled: agreed." in text(client.post(agree, follow=True))
    assert college.allocations.get().is_live


def test_an_objection_without_a_reason_is_asked_for_one(as_, world, college):
    agreement = services.propose(
        world.manager, college, world.former.link_worker, "primary", "Knows it"
    )
    client = as_(world.other_manager)
    path = reverse("agreement_object", args=[agreement.pk])
    assert "Enter why you object" in text(client.post(path, {"reason": " "}))
    page = text(client.post(path, {"reason": "Two already"}, follow=True))
    assert "You have objected. The proposal is closed." in page
    assert "Two already" in page


def test_a_proposal_is_withdrawn_by_its_proposer_only(as_, world, college):
    agreement = services.propose(
        world.manager, college, world.former.link_worker, "primary", "Knows it"
    )
    path = reverse("agreement_withdraw", args=[agreement.pk])
    assert as_(world.other_manager).post(path).status_code == 403
    assert "has been withdrawn" in text(as_(world.manager).post(path, follow=True))


def test_a_proposal_needs_its_reason(as_, world, college):
    response = as_(world.manager).post(
        reverse("allocate", args=[college.urn]), choice(world.former, "primary")
    )
    assert "Enter why you propose this" in text(response)


# --- link workers --------------------------------------------------------------------------

FACTS = {"hub": "", "line_manager": "", "fte": "0.6", "working_days": ["0", "2"]}


def test_a_managers_changes_to_a_worker_are_saved(as_, world):
    worker = world.former.link_worker
    path = reverse("link_worker_change", args=[worker.pk])
    posted = FACTS | {"hub": str(world.downs.pk), "line_manager": str(world.other_manager.pk)}
    response = as_(world.manager).post(path, posted)
    assert response.status_code == 302
    worker.refresh_from_db()
    assert (worker.hub, worker.line_manager) == (world.downs, world.other_manager)
    assert (float(worker.fte), worker.working_days) == (0.6, [0, 2])


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"hub": NOBODY}, "Choose the hub"),
        ({"hub": "nonsense"}, "Choose the hub"),
        ({"line_manager": NOBODY}, "Choose a team manager from the list"),
        ({"fte": ""}, "Enter the full-time equivalent, such as 0.6"),
        ({"fte": "lots"}, "The full-time equivalent must be a number"),
        ({"fte": "NaN"}, "The full-time equivalent must be a number"),
        ({"fte": "1e400"}, "The full-time equivalent must be"),
        ({"fte": "0"}, "must be between 0.05 and 1"),
        ({"fte": "1.5"}, "must be between 0.05 and 1"),
        ({"fte": "0.333"}, "at most two decimal places"),
        ({"working_days": []}, "Choose at least one working day"),
        ({"working_days": ["5"]}, "Choose working days from the list"),
        ({"working_days": ["x"]}, "Choose working days from the list"),
    ],
)
def test_bad_facts_of_a_worker_are_refused_in_a_sentence(as_, world, typed, sentence):
    path = reverse("link_worker_change", args=[world.former.link_worker.pk])
    posted = FACTS | {"hub": str(world.coast.pk)} | typed
    response = as_(world.manager).post(path, posted)
    assert response.status_code == 200
    assert sentence in text(response)


# --- conflicts -----------------------------------------------------------------------------


def test_a_conflict_is_declared_by_finding_the_school_and_withdrawn(as_, world):
    """rule 001-53."""
    client = as_(world.primary)
    found = text(client.post("/conflicts/", {"find": "oakfield"}))
    assert "Oakfield Primary School, Shoreham, 900001" in found
    posted = {"school": world.oakfield.urn}
    page = text(client.post("/conflicts/declare/", posted, follow=True))
    assert "The conflict has been declared. Only managers see it." in page
    again = text(client.post("/conflicts/declare/", posted, follow=True))
    assert "This conflict has already been declared." in again
    conflict = OwnChildConflict.objects.get(user=world.primary)
    path = reverse("conflict_withdraw", args=[conflict.pk])
    assert "has been withdrawn" in text(client.post(path, follow=True))
    assert "already been withdrawn" in text(client.post(path, follow=True))


def test_a_manager_declares_for_somebody_of_their_team(as_, world):
    client = as_(world.manager)
    posted = {"school": world.beech.urn, "person": str(world.secondary.pk)}
    client.post("/conflicts/declare/", posted)
    assert OwnChildConflict.objects.filter(user=world.secondary, school=world.beech).exists()
    for person in (world.far_worker, world.dsl):
        client.post("/conflicts/declare/", posted | {"person": str(person.pk)})
        assert not OwnChildConflict.objects.filter(user=person).exists()


def test_a_link_worker_cannot_declare_for_somebody_else(as_, world):
    posted = {"school": world.beech.urn, "person": str(world.secondary.pk)}
    as_(world.primary).post("/conflicts/declare/", posted)
    assert not OwnChildConflict.objects.filter(school=world.beech).exists()


def test_nobody_but_the_person_and_their_managers_sees_a_conflict(as_, world):
    """rule 001-53: the declaration is private."""
    conflict = OwnChildConflict.objects.get(user=world.conflicted)
    path = reverse("conflict_withdraw", args=[conflict.pk])
    for who in ("primary", "other_manager", "administrator", "governance", "duty"):
        client = as_(getattr(world, who))
        assert "Elmgate" not in text(client.get("/conflicts/"))
        assert client.post(path).status_code == 404
    for who in ("conflicted", "manager", "service"):
        assert "Elmgate" in text(as_(getattr(world, who)).get("/conflicts/"))


def test_who_looks_at_conflicts_is_kept(as_, world):
    as_(world.manager).get("/conflicts/")
    look = Access.objects.get(user=world.manager, subject_type="schools.ownchildconflict")
    assert (look.action, look.basis) == ("list", "manager")


@pytest.mark.parametrize("words", ["", "\x00", "x" * 10_000, "<script>", "%_\\"])
def test_nothing_typed_to_find_a_school_breaks_the_page(world, as_, words):
    response = as_(world.primary).post("/conflicts/", {"find": words})
    assert response.status_code == 200


@pytest.mark.parametrize("school", ["", "nonsense", "\x00", "999999", "<script>"])
def test_a_school_that_was_not_found_is_asked_for_again(world, as_, school):
    response = as_(world.primary).post("/conflicts/declare/", {"school": school}, follow=True)
    assert "Look for the school and choose it from the list." in text(response)
