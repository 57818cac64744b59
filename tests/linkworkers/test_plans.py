"""Plans from asking to applying, and their pages (rules 001-50 to 001-53)."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.services import deactivate
from audit.errors import TransitionNotAllowed
from audit.models import Access, Act, Verb
from linkworkers import planning, services, tasks
from linkworkers.models import (
    Allocation,
    AllocationPlan,
    CountyAgreement,
    EnhancedSupport,
    LinkWorker,
    PlanState,
)
from linkworkers.plan_words import Words
from notifications.models import Message
from schools.models import OwnChildConflict, School, SchoolType
from schools.scope import scope_of

MEETING = "Hub meeting, 23 November"
WISHES = planning.DEFAULT_WISHES
ASKED = WISHES["weights"] | {"managers": "some"}


@pytest.fixture
def at_once(monkeypatch, django_capture_on_commit_callbacks):
    """``with at_once():`` what is enqueued in it is done when it ends, as after a commit."""
    monkeypatch.setattr(tasks.solve_plan, "delay", tasks.solve_plan)
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def planned(world):
    """``planned(hub, **wishes)``: a plan of the hub, found."""

    def make(hub=world.coast, by=world.manager, **wishes):
        made = services.plan(by, hub, WISHES | wishes)
        return services.solve(made.pk)

    return make


def moves(plan):
    return {(move["school"], move["place"]): move for move in plan.outcome["moves"]}


def place(school, kind="secondary"):
    return str(school.pk), kind


def key(user):
    return str(user.link_worker.pk)


def sentences(plan):
    return Words(plan).clashes()


def holders(school):
    live = school.allocations.live()
    return {held.kind: held.link_worker.user for held in live.select_related("link_worker__user")}


# --- asking and finding --------------------------------------------------------------------


def test_a_plan_is_found_after_the_commit_and_not_before(world, at_once):
    with at_once():
        made = services.plan(world.manager, world.coast, WISHES)
        assert AllocationPlan.objects.get(pk=made.pk).state == PlanState.WAITING
    assert AllocationPlan.objects.get(pk=made.pk).state == PlanState.READY
    by = Act.objects.filter(verb=Verb.PLAN, subject_id=str(made.pk)).values_list("by__email")
    assert {email for (email,) in by} == {world.manager.email, "planner@system.invalid"}


def test_asking_twice_is_one_plan_and_finding_it_twice_changes_nothing(world):
    made = services.plan(world.manager, world.coast, WISHES)
    assert services.plan(world.manager, world.coast, WISHES) == made
    found = services.solve(made.pk)
    assert services.solve(made.pk).outcome == found.outcome
    assert services.plan(world.manager, world.coast, WISHES) != made


def test_only_the_hubs_manager_and_the_county_plan_a_hub(world, anew):
    """rule 001-50."""
    for by in (world.other_manager, world.primary, world.duty, world.dsl):
        with pytest.raises(PermissionDenied):
            services.plan(anew(by), world.coast, WISHES)
    assert services.plan(world.service, world.coast, WISHES)


def test_the_gap_is_filled_by_somebody_free_of_conflict(world, planned):
    """rule 001-47, rule 001-53."""
    plan = planned()
    move = moves(plan)[place(world.elmgate)]
    assert move["from"] == key(world.conflicted)
    assert move["to"] not in (key(world.conflicted), key(world.other_worker))
    assert ["conflict", key(world.conflicted)] in move["why"]


def test_whoever_left_or_cannot_sign_in_is_left_out(world, planned):
    deactivate(world.administrator, world.primary)
    for user in (world.former, world.future):
        LinkWorker.objects.filter(user=user).update(left_at=timezone.now())
    plan = planned()
    gone = {key(world.primary), key(world.former), key(world.future)}
    assert gone.isdisjoint(row["worker"] for row in plan.outcome["workers"])
    move = moves(plan)[place(world.oakfield, "primary")]
    assert move["why"][0] == ["gone", key(world.primary)]


def test_a_college_is_no_part_of_a_hubs_plan(world, planned, college):
    """rule 001-51."""
    assert str(college.pk) not in planned().outcome["holders"]


def test_the_managers_own_childs_school_is_no_part_of_the_plan(world, planned, anew):
    """rule 001-53."""
    OwnChildConflict.objects.create(user=world.manager, school=world.elmgate)
    plan = planned(by=anew(world.manager))
    assert list(plan.outcome["holders"]) == [str(world.oakfield.pk)]


def test_a_pin_is_kept_and_a_forbidden_pair_is_not_made(world, planned):
    first = moves(planned())[place(world.elmgate)]["to"]
    again = planned(forbids=[[str(world.elmgate.pk), first]])
    assert moves(again)[place(world.elmgate)]["to"] != first
    pinned = planned(pins=[[*place(world.elmgate), key(world.future)]])
    assert moves(pinned)[place(world.elmgate)]["to"] == key(world.future)


def test_part_time_days_are_covered_by_the_other(world, planned):
    """rule 001-48."""
    workers = LinkWorker.objects
    workers.filter(user__in=[world.other_worker, world.former]).update(working_days=[0, 1, 2, 3])
    workers.filter(user__in=[world.other_worker, world.former]).update(fte="0.8")
    move = moves(planned())[place(world.elmgate)]
    assert move["to"] not in (key(world.former), key(world.conflicted))


def test_loads_count_against_the_hours_and_include_what_is_held_elsewhere(world, planned):
    """rule 001-52."""
    world.allocation(world.beech, world.secondary, "secondary")
    rows = {row["worker"]: row["today"] for row in planned().outcome["workers"]}
    half = world.secondary.link_worker
    half.fte = "0.5"
    half.save()
    later = {row["worker"]: row["today"] for row in planned().outcome["workers"]}
    assert rows[key(world.secondary)] > 0
    assert later[key(world.secondary)] > 1.5 * rows[key(world.secondary)]


def test_enhanced_support_weighs_more(world, planned):
    """rule 001-54."""
    rows = {row["worker"]: row["today"] for row in planned().outcome["workers"]}
    EnhancedSupport.objects.create(
        school=world.oakfield,
        hub=world.coast,
        reason="Many plans",
        decided_by=world.manager,
        review_on=world.tomorrow.date(),
    )
    later = {row["worker"]: row["today"] for row in planned().outcome["workers"]}
    assert later[key(world.primary)] > rows[key(world.primary)]


def test_somebody_who_is_to_begin_keeps_their_place(world, planned):
    world.person("far_second", "Fred Farsecond", Role.LINK_WORKER)
    world.link_worker(world.far_second, world.downs)
    found = moves(planned(world.downs, world.other_manager))
    assert found.keys() == {place(world.beech), place(world.larkmead, "primary")}


# --- no plan holds -------------------------------------------------------------------------


def test_it_says_that_one_person_is_not_enough(world, planned):
    """rule 001-48."""
    plan = planned(world.downs, world.other_manager)
    assert plan.state == PlanState.IMPOSSIBLE
    assert "Only one person can be at Beechcroft Junior School, which needs two." in sentences(plan)


def test_it_says_who_is_missing_on_which_day(world, planned):
    """rule 001-48, rule 001-53."""
    coast = LinkWorker.objects.filter(hub=world.coast)
    coast.exclude(user=world.conflicted).update(working_days=[0, 1, 2, 3])
    assert "Nobody free of conflict works on Friday for Elmgate School." in sentences(planned())


def test_it_says_that_a_pin_meets_a_conflict(world, planned):
    plan = planned(pins=[[*place(world.elmgate), key(world.conflicted)]])
    assert sentences(plan) == [
        "Connie Conflicted is pinned at Elmgate School, where a conflict is declared."
    ]


def test_the_other_schools_are_planned_without_the_one_in_the_way(world, as_):
    """rule 001-48: the one is left as it is, and the page says so."""
    part_time = LinkWorker.objects.filter(hub=world.coast)
    part_time.exclude(user=world.conflicted).update(working_days=[0, 1, 2, 3])
    made = services.plan(world.manager, world.coast, WISHES)
    plan = services.solve(made.pk)
    assert plan.state == PlanState.IMPOSSIBLE
    client = as_(world.manager)
    assert "Nobody free of conflict works on Friday for Elmgate School." in text(
        client.get(reverse("plan_result", args=[plan.pk]))
    )
    answer = client.post(reverse("plan_again", args=[plan.pk]), ASKED | {"leave": "1"})
    again = services.solve(AllocationPlan.objects.latest("asked_at").pk)
    assert answer.url == reverse("plan_result", args=[again.pk])
    assert list(again.outcome["holders"]) == [str(world.oakfield.pk)]
    assert "Left as it is: Elmgate School" in text(client.get(answer.url))


@pytest.mark.parametrize(
    ("clash", "sentence"),
    [
        ({"why": "nobody", "because": ["conflict"]}, "Nobody free of conflict can be at {school}."),
        ({"why": "nobody"}, "Nobody can be at {school}."),
        (
            {"why": "pinned_twice", "who": True},
            "{who} is pinned to both places at {school}. It needs two people.",
        ),
        (
            {"why": "pinned_barred", "who": True, "because": ["forbidden"]},
            "{who} is pinned at {school}, and forbidden there as well.",
        ),
        (
            {"why": "pinned_barred", "who": True},
            "{who} is pinned at {school}, but not among the people of this plan.",
        ),
        (
            {"why": "days", "days": [0, 4], "because": ["forbidden"]},
            "Nobody but those who are forbidden works on Monday and Friday for {school}.",
        ),
        (
            {"why": "pair", "days": [2]},
            "No two people who can be at {school} cover Wednesday between them.",
        ),
        (
            {"why": "pair", "days": [2], "who": True},
            "With {who}, who is pinned at {school}, nobody covers Wednesday there.",
        ),
        (
            {"why": "teams"},
            "Nobody from a second team can be at {school}, which needs two teams.",
        ),
        (
            {"why": "team_limit", "team": True, "school": None},
            "Coast would hold more colleges than its even part. Take a pin or a forbidden pair"
            " back.",
        ),
    ],
)
def test_each_constraint_has_its_sentence(world, clash, sentence):
    facts = {
        "school": str(world.oakfield.pk),
        "worker": key(world.primary) if clash.pop("who", None) else None,
        "days": [],
        "because": [],
    }
    team = str(world.coast.pk) if clash.pop("team", None) else None
    plan = AllocationPlan(outcome={"clashes": [facts | {"team": team} | clash]})
    assert sentences(plan) == [sentence.format(school=world.oakfield, who=world.primary.name)]


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        (["ends", "former"], "Fay’s allocation is about to end."),
        (["suspended", "former"], "Fay’s allocation is suspended."),
        (["gone", "former"], "Fay no longer takes schools of this plan."),
        (["forbidden", "former"], "Maya Manager forbade Fay here."),
        (["pinned"], "Pinned by Maya Manager."),
        (["days", [0]], "Nobody was there on Monday."),
        (["days_beside", "former", [4], "primary"], "Fay works on Friday, when Priya does not."),
        (["lighter", "former", 118, 101], "Fay goes from 118% to 101%."),
        (["knows"], "Priya is primary there now, so the school knows both."),
        (
            ["family", "elmgate", "former", "primary"],
            "Goes with Elmgate School, where Fay is primary.",
        ),
        (["nearer", "former", 3], "3 km nearer to Fay’s other schools."),
        (["makes_room", "former", 1], "Makes room for Fay’s new school."),
        (["makes_room", "former", 2], "Makes room for Fay’s 2 new schools."),
        (["even"], "Evens out the plan as a whole."),
    ],
)
def test_each_reason_has_its_sentence(world, why, sentence):
    ids = {"former": key(world.former), "primary": key(world.primary)}
    ids["elmgate"] = str(world.elmgate.pk)
    names = [ids.get(part, part) if isinstance(part, str) else part for part in why[1:]]
    if why[0] == "family":
        names[-1] = "primary"
    move = {
        "school": str(world.oakfield.pk),
        "place": "secondary",
        "from": key(world.former),
        "to": key(world.primary),
        "why": [[why[0], *names]],
    }
    plan = AllocationPlan(outcome={"moves": [move]}, asked_by=world.manager)
    assert Words(plan).reason(move) == sentence


# --- applying ------------------------------------------------------------------------------


def test_applying_moves_everybody_at_once_and_access_follows(
    world, planned, anew, drift_at_schools
):
    """rule 001-50: with where it was agreed; the grants are right on the next request."""
    plan = planned(pins=[[*place(world.oakfield, "primary"), key(world.former)]])
    applied = services.apply(world.manager, plan, MEETING)
    assert (applied.state, applied.applied_by) == (PlanState.APPLIED, world.manager)
    for (school, kind), move in moves(plan).items():
        held = Allocation.objects.live().get(school=school, kind=kind)
        assert str(held.link_worker_id) == move["to"]
        assert held.agreed_at_meeting == MEETING
        assert held.reason.startswith("Planned.")
    assert holders(world.oakfield)["primary"] == world.former
    for user in (world.primary, world.secondary, world.former, world.conflicted):
        supported = {held.school_id for held in user.link_worker.allocations.live()}
        assert scope_of(anew(user)).supports == supported
    assert drift_at_schools() == []
    assert Act.objects.filter(verb=Verb.APPLY, subject_id=str(plan.pk)).exists()
    assert Message.objects.filter(to=world.former).exists()


def test_a_reason_that_is_kept_tells_of_no_conflict(world, planned):
    """rule 001-53."""
    plan = planned()
    services.apply(world.manager, plan, MEETING)
    kept = Allocation.objects.live().get(school=world.elmgate, kind="secondary")
    assert "conflict" not in kept.reason.lower()
    assert "Connie" not in kept.reason


def test_applying_needs_the_meeting(world, planned):
    """rule 001-50."""
    with pytest.raises(ValidationError, match="where the moves were agreed"):
        services.apply(world.manager, planned(), "  ")


def test_a_plan_is_applied_once(world, planned):
    plan = planned()
    services.apply(world.manager, plan, MEETING)
    with pytest.raises(TransitionNotAllowed, match="applied already"):
        services.apply(world.manager, plan, MEETING)


def test_a_plan_gone_stale_names_the_schools_and_moves_nobody(world, planned):
    plan = planned()
    services.end(world.manager, world.secondary_allocation, why="Moves away")
    before = Allocation.objects.live().count()
    with pytest.raises(TransitionNotAllowed, match="Oakfield Primary School has changed hands"):
        services.apply(world.manager, plan, MEETING)
    assert Allocation.objects.live().count() == before
    plan.refresh_from_db()
    assert plan.state == PlanState.READY


def test_the_other_hubs_manager_applies_nothing(world, planned):
    with pytest.raises(PermissionDenied):
        services.apply(world.other_manager, planned(), MEETING)


# --- the county's colleges -----------------------------------------------------------------


@pytest.fixture
def colleges(world, college):
    """Two colleges, and a second worker in the other hub."""
    other = School.objects.create(
        urn="900010",
        name="Downs Alternative Provision College",
        type_group=SchoolType.APC,
        hub=world.downs,
    )
    world.person("far_second", "Fred Farsecond", Role.LINK_WORKER)
    world.link_worker(world.far_second, world.downs)
    return college, other


def test_the_colleges_are_split_between_the_teams(world, planned, colleges):
    """rule 001-51, rule 001-52."""
    plan = planned(None, world.service)
    teams = {}
    hub_of = {
        str(worker.pk): worker.hub.name for worker in LinkWorker.objects.select_related("hub")
    }
    for (school, _), move in moves(plan).items():
        teams.setdefault(school, []).append(hub_of[move["to"]])
    assert [sorted(pair) for pair in teams.values()] == [["Coast", "Downs"]] * 2


def test_the_colleges_moves_are_proposed_to_every_team_manager(world, planned, colleges):
    """rule 001-51."""
    plan = planned(None, world.service)
    services.apply(world.service, plan)
    proposals = CountyAgreement.objects.open()
    assert {(str(p.school_id), p.kind) for p in proposals} == set(moves(plan))
    assert not Allocation.objects.filter(school__in=colleges).exists()
    again = planned(None, world.service)
    assert again.outcome["moves"] == []


def test_nobody_goes_from_one_place_of_a_college_to_the_other(world, planned, colleges):
    """rule 001-51: each place is agreed by itself, so such a plan could never be applied."""
    college, _ = colleges
    world.allocation(college, world.far_second, "primary")
    world.allocation(college, world.former, "secondary")
    pins = [[*place(college, "primary"), key(world.former)]]
    plan = planned(None, world.service, pins=pins)
    assert plan.state == PlanState.IMPOSSIBLE
    assert sentences(plan) == [
        f"Somebody would go from one place at {college} to the other. Each place of a college is"
        " agreed by itself: end their allocation first, or take the pin back."
    ]
    forbids = [[str(college.pk), key(world.far_second)]]
    applied = services.apply(world.service, planned(None, world.service, forbids=forbids))
    assert applied.state == PlanState.APPLIED


def test_a_team_manager_plans_the_colleges_and_applies_at_their_own_hub_only(
    world, planned, colleges
):
    """rule 001-50, rule 001-51."""
    plan = planned(None, world.manager)
    with pytest.raises(PermissionDenied):
        services.apply(world.manager, plan)


# --- pages ---------------------------------------------------------------------------------


def text(response):
    """The words of the page's main part, tags and repeated spaces left out."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def chosen(plan, **choices):
    """What the page posts when nothing is changed on it."""
    posted = dict(ASKED)
    for school, kind in moves(plan):
        posted[f"choice-{school}-{kind}"] = "move"
    return posted | choices


def test_a_manager_plans_pins_plans_again_and_applies(world, as_, at_once, anew):
    client = as_(world.manager)
    page = client.get(reverse("plan"), {"hub": "coast"})
    assert "What matters, and how much" in text(page)
    with at_once():
        asked = client.post(f"{reverse('plan')}?hub=coast", ASKED)
    plan = AllocationPlan.objects.get()
    assert asked.url == reverse("plan_result", args=[plan.pk])
    shown = text(client.get(asked.url))
    assert "Connie has declared a conflict." in shown
    assert "Apply these moves" in shown
    school, kind = place(world.elmgate)
    other = {"school": str(world.oakfield.pk), "link_worker": key(world.former), "wish": "primary"}
    with at_once():
        asked = client.post(
            reverse("plan_again", args=[plan.pk]),
            chosen(plan, **other, **{f"choice-{school}-{kind}": "pin"}),
        )
    again = AllocationPlan.objects.latest("asked_at")
    assert asked.url == reverse("plan_result", args=[again.pk])
    assert again.state == PlanState.READY
    pinned = moves(plan)[school, kind]["to"]
    assert moves(again)[school, kind]["to"] == pinned
    posted = chosen(again, agreed_at=MEETING)
    posted |= {f"choice-{s}-{k}": "pin" for s, k, _ in again.wishes["pins"]}
    done = client.post(reverse("plan_apply", args=[again.pk]), posted, follow=True)
    assert "The moves have been made." in text(done)
    assert holders(world.oakfield)["primary"] == world.former
    for user in (world.primary, world.secondary, world.former, world.other_worker):
        held = user.link_worker.allocations.live().values_list("school", flat=True)
        assert scope_of(anew(user)).supports == set(held)


def test_a_manager_reads_nothing_of_their_childs_school_in_anothers_plan(world, as_, planned, anew):
    """rule 001-53: what is left can be planned again, and somebody else applies the whole."""
    elmgate = str(world.elmgate.pk)
    plan = planned(
        by=world.service,
        pins=[
            [*place(world.elmgate), key(world.future)],
            [*place(world.oakfield), key(world.former)],
        ],
        forbids=[[elmgate, key(world.former)]],
    )
    OwnChildConflict.objects.create(user=world.manager, school=world.elmgate)
    client = as_(anew(world.manager))
    page = text(client.get(reverse("plan_result", args=[plan.pk])))
    assert "Elmgate" not in page
    assert "Fay Former" in page
    assert "Apply these moves" not in page
    wished = ASKED | {f"choice-{world.oakfield.pk}-secondary": "pin"}
    answer = client.post(reverse("plan_again", args=[plan.pk]), wished)
    again = AllocationPlan.objects.latest("asked_at")
    assert answer.url == reverse("plan_result", args=[again.pk])
    assert again.wishes["pins"] == [[*place(world.oakfield), key(world.former)]]
    assert again.wishes["forbids"] == []


def test_a_clash_at_their_childs_school_is_not_told_to_a_manager(world, as_, planned, anew):
    """rule 001-53."""
    part_time = LinkWorker.objects.filter(hub=world.coast)
    part_time.exclude(user=world.conflicted).update(working_days=[0, 1, 2, 3])
    plan = planned(by=world.service)
    assert plan.state == PlanState.IMPOSSIBLE
    OwnChildConflict.objects.create(user=world.manager, school=world.elmgate)
    page = text(as_(anew(world.manager)).get(reverse("plan_result", args=[plan.pk])))
    assert "Elmgate" not in page


@pytest.mark.parametrize("choice", ["pin", "forbid"])
def test_what_is_wished_differently_is_planned_again_before_it_is_applied(
    world, as_, planned, choice
):
    plan = planned()
    school, kind = place(world.elmgate)
    posted = chosen(plan, agreed_at=MEETING, **{f"choice-{school}-{kind}": choice})
    answer = as_(world.manager).post(reverse("plan_apply", args=[plan.pk]), posted)
    assert answer.status_code == 200
    assert "Plan again, then apply the moves" in text(answer)
    assert f'value="{choice}" checked' in answer.content.decode()
    assert MEETING in answer.content.decode()
    plan.refresh_from_db()
    assert plan.state == PlanState.READY


def test_whoever_presses_apply_twice_is_told_once_that_the_moves_are_made(world, as_, planned):
    plan = planned()
    client = as_(world.manager)
    for _ in range(2):
        client.post(reverse("plan_apply", args=[plan.pk]), chosen(plan) | {"agreed_at": MEETING})
    page = text(client.get(reverse("plan_result", args=[plan.pk])))
    assert "The moves have been made." in page
    assert "Please check" not in page


def test_a_plan_gone_stale_says_so_on_the_page(world, as_, planned):
    plan = planned()
    services.end(world.manager, world.secondary_allocation, why="Moves away")
    answer = as_(world.manager).post(
        reverse("plan_apply", args=[plan.pk]), chosen(plan, agreed_at=MEETING), follow=True
    )
    assert "Oakfield Primary School has changed hands" in text(answer)


def test_without_the_meeting_the_page_asks_for_it_and_keeps_what_was_chosen(world, as_, planned):
    plan = planned()
    answer = as_(world.manager).post(reverse("plan_apply", args=[plan.pk]), chosen(plan))
    assert "Enter where the moves were agreed" in text(answer)


def test_an_earlier_wish_can_be_taken_back(world, as_, planned):
    forbidden = [str(world.oakfield.pk), key(world.future)]
    plan = planned(forbids=[forbidden])
    client = as_(world.manager)
    page = client.get(reverse("plan_result", args=[plan.pk]))
    assert "Forbidden: Finn Future at Oakfield Primary School" in text(page)
    client.post(reverse("plan_again", args=[plan.pk]), chosen(plan))
    assert AllocationPlan.objects.latest("asked_at").wishes["forbids"] == []


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"balance": "enormous"}, "Choose even load from the list"),
        ({"school": "x"}, "Choose a school of this plan from the list"),
        ({"wish": "forbid"}, "Choose the school of the pair"),
        ({"link_worker": "\x00"}, "Choose a link worker from the list"),
        ({"keep": "nonsense"}, ""),
    ],
)
def test_bad_input_is_refused_in_a_sentence(world, as_, planned, posted, sentence):
    plan = planned()
    answer = as_(world.manager).post(reverse("plan_again", args=[plan.pk]), chosen(plan, **posted))
    assert answer.status_code in (200, 302)
    if sentence:
        assert sentence in text(answer)


def test_while_it_is_planned_the_page_waits_and_after_long_offers_to_plan_again(world, as_):
    made = services.plan(world.manager, world.coast, WISHES)
    client = as_(world.manager)
    page = client.get(reverse("plan_result", args=[made.pk]))
    assert f'data-await-state="{reverse("plan_state", args=[made.pk])}"' in page.content.decode()
    assert "Look whether it is ready" in text(page)
    assert client.get(reverse("plan_state", args=[made.pk])).json() == {"state": "waiting"}
    AllocationPlan.objects.update(asked_at=timezone.now() - timedelta(minutes=5))
    lost = text(client.get(reverse("plan_result", args=[made.pk])))
    assert "This plan has not come. Nothing has changed. Plan again" in lost
    assert "tell an administrator" in lost
    answer = client.post(reverse("plan_again", args=[made.pk]))
    assert answer.url != reverse("plan_result", args=[made.pk])


def test_opening_a_plan_is_written_down(world, as_, planned):
    plan = planned()
    as_(world.manager).get(reverse("plan_result", args=[plan.pk]))
    assert Access.objects.filter(user=world.manager, subject_id=str(plan.pk)).exists()


def test_a_page_costs_the_same_however_many_schools_there_are(world, as_, planned):
    client = as_(world.manager)
    # The first request of a session saves it.
    client.get(reverse("plan"), {"hub": "coast"})

    def cost():
        plan = planned(weights=WISHES["weights"] | {"change": "little"})
        with CaptureQueriesContext(connection) as reading:
            planning.read(AllocationPlan.objects.select_related("hub", "asked_by").get(pk=plan.pk))
        with CaptureQueriesContext(connection) as showing:
            assert client.get(reverse("plan_result", args=[plan.pk])).status_code == 200
        return len(reading), len([q for q in showing if "SAVEPOINT" not in q["sql"]])

    before = cost()
    for number in range(20):
        added = School.objects.create(
            urn=f"91{number:04}",
            name=f"School {number}",
            type_group=SchoolType.PRIMARY,
            hub=world.coast,
            postcode="BN15 8AA",
            easting=518000 if number < 5 else None,
            northing=104000 if number < 5 else None,
        )
        if number % 2:
            world.allocation(added, world.primary, "primary")
    assert cost() == before
