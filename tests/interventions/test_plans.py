"""Early Help Plans: who leads and holds which, what the school answers, who holds how many."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Access, Act, Verb
from consultations.models import GuidanceLink
from interventions import plan_chasing, plan_notices, plan_page
from interventions.models import EarlyHelpPlan, Lead
from interventions.services import plans
from linkworkers.models import LinkWorker, WorkerKind
from notifications import kinds
from notifications.models import Message
from schools.calendar import Calendar
from schools.models import Agency, Involvement, OwnChildConflict, PupilStatus
from tests.children import child, works_with
from tests.consultations.about_children import status_of
from tests.interventions.short_work import day, plan_with, under_way
from tests.world import anew

BY_SCHOOL = {
    "lead": Lead.SCHOOL,
    "lead_professional": "Dora Lead",
    "level": 3,
    "reference": "CPOMS",
}


def school_led(world, *pupils, by=None, **facts):
    """A plan that Oakfield leads, since last week."""
    facts = {**BY_SCHOOL, "starts_on": day(7), **facts}
    return plans.start(by or world.primary, world.oakfield, pupils, **facts)


def held_by(world, holder, *pupils, **facts):
    """A plan that the team leads, allocated to ``holder``."""
    facts = {"lead": Lead.DST, "level": 3, "starts_on": day(7), "meeting_on": day(7), **facts}
    return plans.start(anew(world.manager), world.oakfield, pupils, holder=holder, **facts)


def asked(world, pupil):
    """A plan that Oakfield was asked to start."""
    made = under_way(world, pupil)
    return plans.ask(world.primary, made, [pupil])


def held(world, number, holder=None):
    """So many plans in one pair of hands."""
    for place in range(number):
        pupil = child(world, f"Child{place}")
        plan_with(world, pupil, lead=Lead.DST, holder=holder or world.secondary)


# --- put on record --------------------------------------------------------------------------


def test_a_plan_says_who_leads_it(world, ada):
    """Rule 001-41: the school, the team or another service."""
    by_school = school_led(world, ada)
    assert (by_school.leader, by_school.lead_professional) == (world.oakfield.name, "Dora Lead")
    agency = Agency.objects.create(name="Young carers")
    by_service = school_led(world, child(world, "Ben"), lead=Lead.SERVICE, agency=agency)
    assert by_service.leader == "Young carers"
    by_us = held_by(world, world.primary, child(world, "Dee"))
    assert by_us.leader == "Dedicated Schools Team"
    assert plan_page.who_leads(by_us) == "Priya Primary"


def test_its_children_are_on_a_plan_from_then_on(world, ada):
    school_led(world, ada)
    status = PupilStatus.objects.get(pupil=ada)
    assert (status.kind.name, status.starts_on) == ("Early Help Plan", day(7))


def test_a_status_that_is_on_record_is_left_as_it_is(world, ada):
    status = status_of(world, ada, "Early Help Plan")
    school_led(world, ada)
    assert PupilStatus.objects.get(pupil=ada) == status


def test_two_plans_at_once_are_refused_with_a_sentence(world, ada):
    school_led(world, ada)
    with pytest.raises(ValidationError, match="There is a plan for Ada"):
        school_led(world, ada, child(world, "Ben"))
    assert EarlyHelpPlan.objects.count() == 1


def test_two_plans_at_once_are_refused_in_the_past_too(world, ada):
    plan = school_led(world, ada, starts_on=day(90))
    plans.end(world.primary, plan, ends_on=day(30), why="All is well")
    with pytest.raises(ValidationError, match="There was a plan until") as refused:
        school_led(world, ada, starts_on=day(31))
    assert list(refused.value.message_dict) == ["starts_on"]
    # One that ended before the other began, put on record after it.
    before = school_led(world, ada, starts_on=day(200), until=day(100))
    plans.end(world.primary, before, ends_on=day(100), why="All is well")
    assert school_led(world, ada, starts_on=day(30)).is_open


def test_a_plan_the_school_was_asked_for_does_not_begin_before_another_ended(world):
    ada = child(world)
    plan = school_led(world, ada, by=anew(world.manager), starts_on=day(90))
    plans.end(world.manager, plan, ends_on=day(30), why="All is well")
    waits = asked(world, ada)
    facts = {"lead_professional": "Dora Lead", "reference": "CPOMS 12"}
    with pytest.raises(ValidationError, match="There was a plan until"):
        plans.started(anew(world.dsl), waits, starts_on=day(40), **facts)
    with pytest.raises(ValidationError) as refused:
        plans.allocate(anew(world.manager), waits, world.secondary, meeting_on=day(40))
    assert list(refused.value.message_dict) == ["meeting_on"]
    plans.started(anew(world.dsl), waits, starts_on=day(30), **facts)


def test_a_plan_that_a_school_was_asked_for_counts_as_one(world):
    ada = child(world)
    asked(world, ada)
    with pytest.raises(ValidationError, match="There is a plan for Ada"):
        school_led(world, ada)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"starts_on": day(-1)}, "starts_on"),
        ({"lead_professional": " "}, "lead_professional"),
        ({"lead": Lead.SERVICE}, "lead_name"),
        ({"level": 7}, "level"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_a_sentence(world, ada, facts, field):
    with pytest.raises(ValidationError) as refused:
        school_led(world, ada, **facts)
    assert list(refused.value.message_dict) == [field]


def test_who_may_put_a_plan_on_record(world, ada):
    for by in (world.other_worker, world.far_worker, world.service, world.dsl):
        with pytest.raises(PermissionDenied):
            school_led(world, ada, by=anew(by))
    school_led(world, ada, by=anew(world.manager))


# --- who holds it ----------------------------------------------------------------------------


def test_a_team_manager_allocates_a_plan_at_the_weekly_meeting(world, ada):
    """Rule 001-86: with the date of the meeting."""
    plan = school_led(world, ada)
    plans.allocate(anew(world.manager), plan, world.secondary, meeting_on=day(1))
    plan.refresh_from_db()
    assert (plan.lead, plan.holder, plan.meeting_on) == (Lead.DST, world.secondary, day(1))
    assert plan.allocated_by == world.manager
    assert Act.objects.get(verb=Verb.ALLOCATE).subject_id == str(plan.pk)
    [message] = Message.objects.filter(kind=plan_notices.ALLOCATED)
    assert message.to == world.secondary
    assert "Ada" not in message.subject + message.body
    assert Involvement.objects.get(source_id=plan.pk).user == world.secondary


def test_nobody_else_allocates_one(world, ada):
    """Rule 001-86."""
    plan = school_led(world, ada)
    for by in (world.primary, world.other_manager, world.service, world.dsl):
        with pytest.raises(PermissionDenied):
            plans.allocate(anew(by), plan, world.secondary, meeting_on=day())
    with pytest.raises(PermissionDenied):
        school_led(world, child(world, "Ben"), lead=Lead.DST, holder=world.primary)


def test_a_plan_is_held_by_a_family_support_worker_in_post(world, ada):
    """Rule 001-84: no manager, nobody who has left, and nobody with a conflict (001-53)."""
    world.secondary.staff_roles.update(ends_at=world.yesterday)
    OwnChildConflict.objects.create(
        user=world.other_worker, school=world.oakfield, starts_at=world.yesterday
    )
    for holder in (world.manager, world.secondary, world.other_worker, world.dsl):
        with pytest.raises(ValidationError) as refused:
            held_by(world, holder, ada)
        assert list(refused.value.message_dict) == ["holder"]


def test_a_third_plan_wants_a_reason_that_is_kept_and_stops_nothing(world, ada):
    """Rule 001-85: not routinely more than two, unless the Continuity Plan says otherwise."""
    held(world, 2)
    with pytest.raises(ValidationError, match="Continuity Plan") as refused:
        held_by(world, world.secondary, ada)
    assert list(refused.value.message_dict) == ["continuity"]
    plan = held_by(world, world.secondary, ada, continuity="Nobody else is in post")
    plan.refresh_from_db()
    assert plan.continuity_reason == "Nobody else is in post"


def test_a_second_plan_wants_no_reason_and_an_ended_one_does_not_count(world, ada):
    """Rule 001-85."""
    held(world, 2)
    EarlyHelpPlan.objects.update(ends_on=day())
    assert held_by(world, world.secondary, ada).continuity_reason == ""


def test_a_plan_that_changes_hands_leaves_the_current_work_of_who_held_it(world, ada):
    plan = held_by(world, world.primary, ada)
    plans.allocate(anew(world.manager), plan, world.secondary, meeting_on=day())
    rows = {row.user: row.ends_at is None for row in Involvement.objects.filter(source_id=plan.pk)}
    assert rows == {world.primary: False, world.secondary: True}
    told = Message.objects.filter(kind__in=[plan_notices.TAKEN, plan_notices.ALLOCATED])
    assert {(message.kind, message.to) for message in told} >= {
        (plan_notices.TAKEN, world.primary),
        (plan_notices.ALLOCATED, world.secondary),
    }
    with pytest.raises(TransitionNotAllowed):
        plans.allocate(anew(world.manager), plan, world.secondary, meeting_on=day())


def test_who_held_a_plan_before_does_not_get_its_child_back_when_it_ends(world, ada):
    plan = held_by(world, world.primary, ada)
    plan = plans.allocate(anew(world.manager), plan, world.secondary, meeting_on=day())
    plans.end(world.manager, plan, ends_on=day(), why="All is well")
    running = Involvement.objects.current().filter(source_id=plan.pk)
    assert [row.user for row in running] == [world.secondary]


def test_a_manager_sees_who_holds_none_and_who_holds_more_than_two(world):
    """Rules 001-84 and 001-85: every family support worker is in the list, no manager is."""
    held(world, 3)
    [(hub, team)] = plan_page.holdings(world.manager)
    assert hub == world.coast
    found = {str(h.link_worker): (h.is_none, h.is_many) for h in team}
    assert found["Sam Secondary"] == (False, True)
    assert found["Priya Primary"] == (True, False)
    assert "Maya Manager" not in found
    assert len(plan_page.holdings(world.service)) == 2


# --- what the school answers -----------------------------------------------------------------


def test_only_the_school_records_that_it_started_a_plan_it_was_asked_for(world):
    """Rules 003-25 and 003-35."""
    ada = child(world)
    plan = asked(world, ada)
    facts = {"starts_on": day(), "lead_professional": "Dora Lead", "reference": "CPOMS 12"}
    for by in (world.primary, world.manager, world.other_dsl, world.senco, world.unconfirmed):
        with pytest.raises(PermissionDenied):
            plans.started(anew(by), plan, **facts)
    assert not PupilStatus.objects.exists()
    plans.started(anew(world.dsl), plan, **facts)
    plan.refresh_from_db()
    assert plan.is_open
    assert PupilStatus.objects.get(pupil=ada).starts_on == day()
    [message] = Message.objects.filter(kind=plan_notices.ANSWERED)
    assert message.to == world.primary
    with pytest.raises(TransitionNotAllowed):
        plans.started(anew(world.head), plan, **facts)


def test_nobody_says_who_leads_instead_before_the_school_has_answered(world, ada, as_):
    """Rules 003-25, 003-35: the school answers what it was asked."""
    plan = asked(world, ada)
    typed = {**BY_SCHOOL, "lead": Lead.SERVICE, "lead_name": "Young carers"}
    client = as_(world.primary)
    answer = client.post(f"{plan.get_absolute_url()}change/", typed)
    assert "The school answers first" in client.get(answer.url).text
    plan.refresh_from_db()
    assert (plan.lead, plan.waits_for_school) == (Lead.SCHOOL, True)


def test_a_school_that_will_not_says_why(world):
    plan = asked(world, child(world))
    with pytest.raises(ValidationError):
        plans.declined(anew(world.head), plan, " ")
    plans.declined(anew(world.head), plan, "The family does not want one")
    plan.refresh_from_db()
    assert plan.was_declined
    assert not plan.is_open
    assert plan.ended_why == "The family does not want one"
    assert not PupilStatus.objects.exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"starts_on": day(-1)}, "starts_on"),
        ({"lead_professional": ""}, "lead_professional"),
        ({"reference": " "}, "reference"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_a_sentence(world, facts, field):
    plan = asked(world, child(world))
    facts = {"starts_on": day(), "lead_professional": "Dora", "reference": "CPOMS", **facts}
    with pytest.raises(ValidationError) as refused:
        plans.started(anew(world.dsl), plan, **facts)
    assert list(refused.value.message_dict) == [field]


def test_a_manager_may_allocate_a_plan_that_the_school_does_not_start(world):
    """Rule 001-86: it begins with the meeting."""
    plan = asked(world, child(world))
    plans.allocate(anew(world.manager), plan, world.secondary, meeting_on=day(1))
    plan.refresh_from_db()
    assert (plan.starts_on, plan.is_open) == (day(1), True)


# --- ending and changing ----------------------------------------------------------------------


def test_a_plan_that_ends_ends_the_status_too_unless_told_otherwise(world, ada):
    plan = school_led(world, ada)
    plans.end(world.primary, plan, ends_on=day(), why="All is well", with_status=False)
    assert PupilStatus.objects.get().ends_on is None
    again = school_led(world, ada, starts_on=day())
    plans.end(world.primary, again, ends_on=day(), why="All is well")
    assert PupilStatus.objects.get().ends_on == day()
    with pytest.raises(TransitionNotAllowed, match="ended already"):
        plans.end(world.primary, again, ends_on=day(), why="All is well")


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"ends_on": day(-1)}, "ends_on"), ({"ends_on": day(8)}, "ends_on"), ({"why": ""}, "why")],
)
def test_an_end_that_cannot_be_is_refused_with_a_sentence(world, ada, facts, field):
    plan = school_led(world, ada)
    with pytest.raises(ValidationError) as refused:
        plans.end(world.primary, plan, **{"ends_on": day(), "why": "All is well", **facts})
    assert list(refused.value.message_dict) == [field]


def test_who_ends_a_plan(world, ada):
    plan = school_led(world, ada)
    for by in (world.other_worker, world.service, world.other_dsl, world.senco):
        with pytest.raises(PermissionDenied):
            plans.end(anew(by), plan, ends_on=day(), why="All is well")
    plans.end(anew(world.dsl), plan, ends_on=day(), why="All is well")


def test_another_service_takes_over(world, ada):
    """Rule 001-41."""
    plan = held_by(world, world.primary, ada)
    facts = {"level": 2, "agency": None, "reference": "Mosaic", "lead_professional": "Yas Carer"}
    plans.change(world.primary, plan, lead=Lead.SERVICE, lead_name="Young carers", **facts)
    plan.refresh_from_db()
    assert (plan.leader, plan.holder, plan.level) == ("Young carers", None, 2)
    assert Involvement.objects.get(source_id=plan.pk).ends_at is not None
    with pytest.raises(ValidationError, match="team manager allocates"):
        plans.change(world.primary, plan, lead=Lead.DST, lead_name="", **facts)


def test_only_a_manager_or_its_holder_takes_a_plan_off_the_team_and_its_holder_hears(
    world, ada, as_
):
    """Rule 001-86: what a team manager allocated, no colleague takes away."""
    plan = held_by(world, world.secondary, ada)
    facts = {"level": 3, "reference": "", "lead_professional": "Yas Carer", "agency": None}
    facts |= {"lead": Lead.SERVICE, "lead_name": "Young carers"}
    with pytest.raises(PermissionDenied):
        plans.change(anew(world.primary), plan, **facts)
    typed = {name: value or "" for name, value in facts.items()}
    client, address = as_(world.primary), f"{plan.get_absolute_url()}change/"
    assert "A team manager or its holder says" in client.get(address).text
    assert "Yas Carer" in client.post(address, typed).text
    plan.refresh_from_db()
    assert plan.holder == world.secondary
    assert not Message.objects.filter(kind=plan_notices.TAKEN).exists()
    plans.change(anew(world.manager), plan, **facts)
    [message] = Message.objects.filter(kind=plan_notices.TAKEN)
    assert message.to == world.secondary
    assert kinds.get(message.kind).may_receive(message)
    assert "Ada" not in message.subject + message.body


# --- pages -----------------------------------------------------------------------------------


def test_the_list_names_no_child(world, as_):
    """Rule 001-58."""
    pupil = child(world)
    plan_with(world, pupil, starts_on=day(), **BY_SCHOOL)
    for user in (world.primary, world.manager, world.service):
        html = as_(user).get("/plans/").content.decode()
        assert "Oakfield Primary School: Dora Lead" in html
        assert "CANARY" not in html


def test_a_plan_of_a_child_who_is_not_open_waits_for_a_reason(world, as_, ada):
    """Rule 001-58: one row of the access log for each child, before the page is made."""
    plan = school_led(world, ada)
    Involvement.objects.all().delete()
    answer = as_(world.primary).get(f"/plans/{plan.pk}/")
    assert answer.status_code == 302
    assert "/reason/" in answer["Location"]
    assert not Access.objects.filter(subject_id=str(plan.pk)).exists()
    works_with(world, ada)
    html = as_(world.primary).get(f"/plans/{plan.pk}/").content.decode()
    assert "CANARY-900001-ada" in html
    assert Access.objects.filter(subject_id=str(plan.pk), child_id=ada.pk).count() == 1


def test_the_page_links_the_guidance_that_plans_follow(world, as_, ada):
    """Rule 001-87: a link the council edits."""
    GuidanceLink.objects.create(
        area="targeted",
        title="Supporting Families Practice Guidance",
        url="https://example.org/guidance",
    )
    html = as_(world.primary).get(f"/plans/{school_led(world, ada).pk}/").content.decode()
    assert 'href="https://example.org/guidance"' in html


def test_a_plan_is_put_on_record_once_from_two_clicks(world, as_, ada):
    client = as_(world.primary)
    page = client.get("/plans/new/?school=900001")
    once = page.context["form"]["once"].value()
    data = {"once": once, "pupils": [ada.pk], "starts_on": "today", **BY_SCHOOL}
    for _ in range(2):
        answer = client.post("/plans/new/?school=900001", data)
        assert answer["Location"] == f"/plans/{once}/"
    assert EarlyHelpPlan.objects.count() == 1


def test_a_manager_gives_a_reason_for_a_third_plan_on_the_page(world, as_, ada):
    """Rule 001-85."""
    held(world, 2)
    plan = school_led(world, ada)
    client = as_(world.manager)
    path = f"/plans/{plan.pk}/allocate/"
    assert "Sam Secondary, holds 2 plans" in client.get(path).content.decode()
    data = {"holder": world.secondary.pk, "meeting_on": "today"}
    answer = client.post(path, data)
    assert "Enter the reason under the Continuity Plan" in answer.content.decode()
    assert client.post(path, {**data, "continuity": "Nobody else"}).status_code == 302
    plan.refresh_from_db()
    assert plan.continuity_reason == "Nobody else"


def test_a_worker_is_not_offered_to_lead_a_plan_without_a_manager(world, as_, ada):
    """Rule 001-86."""
    html = as_(world.primary).get("/plans/new/?school=900001").content.decode()
    assert "allocated by a team manager" in html
    assert 'value="dst"' not in html
    assert 'value="dst"' in as_(world.manager).get("/plans/new/?school=900001").content.decode()


def test_the_school_answers_on_its_own_page(world, as_):
    """Rules 003-25 and 003-35."""
    plan = asked(world, child(world))
    path = f"/shared/plans/{plan.pk}/"
    client = as_(world.dsl)
    assert "We are asked to start one" in client.get("/shared/plans/").content.decode()
    html = client.get(path).content.decode()
    assert "CANARY-900001-ada" in html
    assert "Only your school records that it did" in html
    data = {"started-starts_on": "today", "started-lead_professional": "<b>Dora</b>"}
    answer = client.post(f"{path}started/", data)
    assert "Enter where the plan is kept" in answer.content.decode()
    assert "&lt;b&gt;Dora" in answer.content.decode()
    data["started-reference"] = "CPOMS 12"
    for _ in range(2):
        assert client.post(f"{path}started/", data).status_code == 302
    assert "Your school has answered this already." in client.get(path).content.decode()
    plan.refresh_from_db()
    assert plan.is_open
    assert client.post(f"{path}ended/", {"ends_on": "today", "why": "Well"}).status_code == 302
    plan.refresh_from_db()
    assert plan.ends_on == day()


@pytest.mark.parametrize("text", ["a\x00b", "x" * 1_000_000, "\u202eevil", "=1+1", "<script>"])
def test_no_text_breaks_a_page(world, as_, ada, text):
    plan = asked(world, child(world, "Ben"))
    answer = as_(world.dsl).post(f"/shared/plans/{plan.pk}/declined/", {"declined-why": text})
    assert answer.status_code in (200, 302)
    data = {"pupils": [ada.pk], "starts_on": "today", **BY_SCHOOL, "reference": text}
    answer = as_(world.primary).post("/plans/new/?school=900001", data)
    assert answer.status_code in (200, 302)
    data = {"pupils": [text[:50]], "starts_on": text[:50], "level": text[:50], "once": text[:50]}
    assert as_(world.primary).post("/plans/new/?school=900001", data).status_code == 200


def test_as_many_queries_for_many_plans_as_for_few(world, as_):
    def queries(user, path):
        client = as_(user)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    def plan_of(name, lead, **fields):
        plan_with(world, child(world, name), lead=lead, starts_on=day(), **fields)

    pages = [
        (world.manager, "/plans/"),
        (world.manager, "/plans/holders/"),
        (world.dsl, "/shared/plans/"),
    ]
    plan_of("Ada", Lead.SCHOOL)
    plan_of("Ben", Lead.DST, holder=world.primary)
    few = [queries(*page) for page in pages]
    LinkWorker.objects.filter(user=world.cover).update(kind=WorkerKind.FSW)
    for number in range(6):
        plan_of(f"Child{number}", Lead.SCHOOL)
        plan_of(f"Other{number}", Lead.DST, holder=world.cover)
    assert [queries(*page) for page in pages] == few


# --- a school that does not answer ----------------------------------------------------------


@pytest.fixture
def due(world, ada):
    """``(plan, date)``: asked of Oakfield, and the tenth school day after that."""
    plan = asked(world, ada)
    teaches = Calendar()
    last = timezone.localdate(plan.asked_at)
    for _ in range(10):
        last = teaches.next_school_day(last)
    Message.objects.all().delete()
    return plan, last


def reminded(today):
    plan_chasing.remind(today)
    return [message.to for message in Message.objects.filter(kind=plan_notices.REMINDER)]


def test_the_leads_are_reminded_once_after_ten_school_days(world, due):
    """Rules 003-25, 003-35: only the school records that it started a plan."""
    _, last = due
    assert reminded(last - timedelta(days=1)) == []
    assert set(reminded(last)) == {world.dsl, world.head, world.withheld}
    assert len(reminded(last)) == 3
    assert len(reminded(last + timedelta(days=40))) == 3


def test_nobody_is_reminded_on_a_day_without_school(world, due):
    _, last = due
    saturday = last + timedelta(days=(5 - last.weekday()) % 7)
    assert reminded(saturday) == []


def test_a_reminder_names_no_child_and_leads_to_the_schools_own_page(world, due):
    plan, last = due
    reminded(last)
    message = Message.objects.get(kind=plan_notices.REMINDER, to=world.dsl)
    assert f"/shared/plans/{plan.pk}/" in message.body
    assert "Ada" not in message.subject + message.body
    kind = kinds.get(message.kind)
    assert kind.still_due(message)
    assert kind.may_receive(message)


def test_a_school_that_answered_is_not_reminded(world, due):
    plan, last = due
    reminded(last)
    message = Message.objects.get(kind=plan_notices.REMINDER, to=world.dsl)
    plans.declined(anew(world.dsl), plan, "The family moved")
    assert not kinds.get(message.kind).still_due(message)
    Message.objects.all().delete()
    assert reminded(last) == []


def test_a_lead_from_whom_the_work_is_withheld_is_not_reminded(world, due):
    """Design.md 6.14"""
    plan, last = due
    plan.stepped_up_from.consultation = world.shared
    plan.stepped_up_from.save(update_fields=["consultation"])
    assert set(reminded(last)) == {world.dsl, world.head}


def test_reminding_asks_as_much_for_many_plans_as_for_one(world, due):
    _, last = due
    reminded(last)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            plan_chasing.remind(last)
        return len(captured)

    one = queries()
    for name in ("Ben", "Dee", "Eli"):
        asked(world, child(world, name))
    reminded(last)
    assert queries() == one


def test_the_link_worker_sees_in_my_work_what_the_school_has_not_answered(world, ada, as_):
    plan = asked(world, ada)
    assert plan.get_absolute_url() not in as_(world.primary).get("/").text
    EarlyHelpPlan.objects.update(asked_at=timezone.now() - timedelta(days=120))
    page = as_(world.primary).get("/").text
    assert plan.get_absolute_url() in page
    assert "and has not answered" in page
    assert "Ada" not in page
    assert plan.get_absolute_url() not in as_(world.other_worker).get("/").text
    plans.declined(anew(world.dsl), plan, "The family moved")
    assert plan.get_absolute_url() not in as_(world.primary).get("/").text
