"""Programmes: five given cases, triaged by the criteria of the return-to-school project."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.grants import Entitlement, give
from accounts.models import Role
from audit.errors import TransitionNotAllowed
from audit.models import Access, Act, Verb
from interventions import triage
from interventions.models import Answered, CaseState, ProgrammeCase, ShortIntervention, Side
from interventions.services import programmes
from notifications.models import Message
from schools.attendance import monday_of
from schools.models import AttendanceWeek, Enrolment, HubGrant, Involvement
from tests.children import child, works_with
from tests.consultations.about_children import status_of
from tests.interventions.short_work import day, plan_with, session, under_way

pytestmark = pytest.mark.django_db
YES, NO, UNKNOWN = Answered.YES, Answered.NO, Answered.NOT_KNOWN
UNDER, CONTACT, RETURNED, LOOKED_AFTER, WORKER, OTHER, SCHOOLS_OWN = range(7)


@pytest.fixture
def returning(world):
    """The return-to-school programme, as its preset has it, begun a month ago."""
    preset = triage.PRESETS["return"]
    facts = {
        "name": preset.name,
        "about": preset.about,
        "starts_on": day(30),
        "pathways": list(preset.pathways),
    }
    return programmes.add_programme(world.manager, facts, "return")


@pytest.fixture
def ask(world, returning):
    """``ask(pupil=Ada)``: the school asked ten days ago."""

    def asked(pupil=None, by=None, **fields):
        return programmes.ask(
            by or world.primary,
            returning,
            pupil or child(world),
            world.oakfield,
            **{"asked_on": day(10), "asked_who": "Dora Lead", **fields},
        )

    return asked


def answers_to(programme, **other):
    """Everything speaks for the case but the places of the criteria in ``other``."""
    given = {}
    for place, criterion in enumerate(programme.criteria.all()):
        in_scope = YES if criterion.side == Side.IN_SCOPE else NO
        given[criterion] = (other.get(f"c{place}", in_scope), "")
    return given


def test_the_preset_holds_every_criterion_of_the_source(returning):
    """rules 004-6 to 004-10"""
    rules = [(c.side, c.rule) for c in returning.criteria.all()]
    assert [side for side, _ in rules] == ["in"] * 3 + ["out"] * 4
    assert "under 70%" in rules[UNDER][1]
    assert "meaningful contact" in rules[CONTACT][1]
    assert "not returned" in rules[RETURNED][1]
    assert "looked after" in rules[LOOKED_AFTER][1]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({}, "In scope", id="away, not met, not back"),
        pytest.param({f"c{UNDER}": NO}, "Out of scope", id="attended enough before"),
        pytest.param({f"c{LOOKED_AFTER}": YES}, "Out of scope", id="looked after"),
        pytest.param({f"c{WORKER}": YES}, "Out of scope", id="has a worker already"),
        pytest.param({f"c{CONTACT}": UNKNOWN}, "Not clear yet", id="nobody knows of contact"),
    ],
)
def test_five_given_cases_are_triaged_by_the_criteria_of_the_source(returning, changed, expected):
    """rules 004-6 to 004-11"""
    answers = programmes.answers_by_criterion(answers_to(returning, **changed))
    assert str(triage.verdict(answers)) == expected


def test_an_accepted_case_waits_to_be_allocated(world, returning, ask):
    """rules 004-11 and 001-86"""
    case = programmes.accept(world.manager, ask(), answers_to(returning))
    assert case.state == CaseState.ACCEPTED
    assert case.intervention.state == "requested"
    assert case.intervention.participants.get().pupil == case.pupil
    assert case.answers.count() == 7


def test_accepting_makes_the_work_as_any_request_does_and_tells_the_other_managers_once(
    world, returning, ask
):
    """Design.md 3 and 5: one act asks, with its involvement, its history and its messages."""
    other = world.person("second_manager", "Mo Manager", Role.TEAM_MANAGER)
    role = other.staff_roles.get()
    give(
        HubGrant,
        [
            Entitlement(
                other.pk, "manage_hub", world.coast.pk, "staff_role", role.pk, role.starts_at
            )
        ],
    )
    made = programmes.accept(world.manager, ask(asked_why="Mornings"), answers_to(returning))
    work = made.intervention
    assert (work.asked_by, work.asked_who, work.asked_on) == ("school", "Dora Lead", day(10))
    assert (work.area, work.hoped_for, work.recorded_by) == (
        "attendance",
        "Mornings",
        world.manager,
    )
    assert Involvement.objects.get(source_id=work.pk).school == world.oakfield
    assert Act.objects.filter(verb=Verb.ASK, subject_id=str(work.pk)).count() == 1
    [message] = Message.objects.filter(about_id=str(work.pk))
    assert (message.kind, message.to) == ("work_asked", other)


def test_a_case_of_a_child_who_has_left_is_not_accepted_and_the_page_says_so(
    world, returning, ask, as_
):
    """rule 001-58: what a request asks of its children holds for an accepted case."""
    case = ask()
    Enrolment.objects.filter(pupil=case.pupil).update(school=world.beech)
    Involvement.objects.update(school=None, user=world.manager)
    address = f"/interventions/programmes/cases/{case.pk}/"
    form = as_(world.manager).get(address).context["form"]
    typed = {
        form.question(criterion).html_name: reply
        for criterion, (reply, _) in answers_to(returning).items()
    }
    page = as_(world.manager).post(address, {**typed, "decision": "accept"})
    assert f"{case.pupil} is taught at another school. Ask for short work there" in page.text
    assert "Give a reason" not in page.text
    case.refresh_from_db()
    assert case.state == CaseState.WAITING
    assert not ShortIntervention.objects.exists()


def test_attendance_sets_no_level(world, returning, ask):
    """rule 004-5"""
    case = programmes.accept(world.manager, ask(), answers_to(returning))
    assert case.intervention.level is None


def test_a_case_against_a_criterion_is_accepted_for_a_reason_only(world, returning, ask):
    """rule 004-10"""
    case, answers = ask(), answers_to(returning, **{f"c{WORKER}": YES})
    with pytest.raises(ValidationError, match="why this case is accepted"):
        programmes.accept(world.manager, case, answers)
    assert programmes.accept(world.manager, case, answers, "The worker leaves on Friday").reason


def test_a_redirected_case_stays_with_its_reason_and_pathway(world, returning, ask):
    """rules 004-10 and 004-18"""
    answers = answers_to(returning, **{f"c{LOOKED_AFTER}": YES})
    case = programmes.redirect(
        world.manager, ask(), answers, "The child is looked after", "The allocated social worker"
    )
    kept = ProgrammeCase.objects.get(pk=case.pk)
    assert (kept.state, kept.pathway) == ("redirected", "The allocated social worker")
    assert not ShortIntervention.objects.exists()
    ends_at = timezone.localtime(Involvement.objects.get(source_id=case.pk).ends_at)
    assert ends_at > timezone.localtime()
    assert ends_at.time() == time()


def test_a_redirection_says_why_and_whereto(world, returning, ask):
    with pytest.raises(ValidationError) as refused:
        programmes.redirect(world.manager, ask(), answers_to(returning), "", "")
    assert refused.value.message_dict.keys() == {"reason", "pathway"}


def test_a_case_is_decided_once(world, returning, ask):
    case = ask()
    programmes.accept(world.manager, case, answers_to(returning))
    with pytest.raises(TransitionNotAllowed, match="decided already"):
        programmes.redirect(world.manager, case, answers_to(returning), "Late", "Early help")
    assert ShortIntervention.objects.count() == 1


def test_a_school_asks_once_for_a_child(world, ask):
    case = ask()
    with pytest.raises(TransitionNotAllowed, match="already"):
        ask(case.pupil)


def test_a_redirected_child_may_be_asked_for_again(world, returning, ask):
    case = ask()
    programmes.redirect(world.manager, case, answers_to(returning), "Not now", "Early help")
    assert ask(case.pupil).state == "waiting"


def test_a_request_outside_the_dates_is_refused(world, ask):
    with pytest.raises(ValidationError, match="does not run"):
        ask(asked_on=day(31))


def test_a_worker_does_not_triage(world, returning, ask):
    with pytest.raises(PermissionDenied):
        programmes.accept(world.primary, ask(), answers_to(returning))


def test_a_manager_of_another_hub_neither_asks_nor_triages(world, returning, ask):
    with pytest.raises(PermissionDenied):
        ask(by=world.other_manager)
    with pytest.raises(PermissionDenied):
        programmes.accept(world.other_manager, ask(), answers_to(returning))


# --- evidence ------------------------------------------------------------------------------


def evidence(case):
    criteria = list(case.programme.criteria.all())
    found = triage.evidence_for(case, criteria)
    return [found[criterion.pk] for criterion in criteria]


def attended(world, pupil, weeks, missed):
    """``weeks`` full weeks of ten sessions with so many missed in each, up to the request."""
    last = monday_of(day(10))
    AttendanceWeek.objects.bulk_create(
        AttendanceWeek(
            pupil=pupil,
            school=world.oakfield,
            week=last - timedelta(weeks=ago),
            possible=10,
            missed=missed,
        )
        for ago in range(weeks)
    )


def test_attendance_is_shown_with_the_possible_sessions(world, ask):
    """rule 004-6"""
    case = ask()
    attended(world, case.pupil, 6, 4)
    assert evidence(case)[UNDER].startswith("60.0% of 60 possible sessions")
    assert evidence(case)[UNDER].endswith("That is under 70%.")


def test_exactly_seventy_per_cent_is_not_under_it(world, ask):
    """rule 004-6"""
    case = ask()
    attended(world, case.pupil, 4, 3)
    assert evidence(case)[UNDER].endswith("That is not under 70%.")


def test_no_attendance_on_record_is_said(ask):
    assert evidence(ask())[UNDER] == "There is no attendance."


def test_an_attempt_is_no_meaningful_contact(world, ask):
    """rule 004-8"""
    pupil = child(world)
    made = under_way(world, pupil)
    session(world, made, ago=3, contact="other", other_kind="attempt")
    case = ask(pupil)
    assert evidence(case)[CONTACT].startswith("No contact of ours with the child or family")
    session(world, made, ago=4, contact="other", other_kind="welfare")
    assert evidence(case)[CONTACT].startswith("We last met them on")


def test_a_status_and_other_work_on_record_are_shown(world, ask):
    """rule 004-10"""
    pupil = child(world)
    status_of(world, pupil, "Looked after")
    under_way(world, pupil)
    shown = evidence(ask(pupil))
    assert shown[LOOKED_AFTER] == "Looked after since 1 September 2026."
    assert shown[WORKER].startswith("Short intervention, asked for on")
    assert shown[RETURNED] == ""


def test_a_team_around_the_family_meeting_without_the_family_is_no_contact(world, ask):
    """rule 004-8"""
    pupil = child(world)
    made = under_way(world, pupil)
    taf = {"contact": "other", "other_kind": "taf", "absent_family_why": "They were ill"}
    session(world, made, ago=3, family_present=False, **taf)
    case = ask(pupil)
    assert evidence(case)[CONTACT].startswith("No contact of ours with the child or family")
    session(world, made, ago=4, family_present=True, **taf)
    assert evidence(case)[CONTACT].startswith("We last met them on")


def test_a_child_who_was_looked_after_is_not_shown_as_looked_after(world, ask):
    """rule 004-10"""
    pupil = child(world)
    status_of(world, pupil, "Previously looked after")
    assert evidence(ask(pupil))[LOOKED_AFTER] == "No such status."


def test_a_plan_that_stands_as_a_status_alone_is_other_work(world, ask):
    """rule 004-10"""
    pupil = child(world)
    case = ask(pupil)
    assert evidence(case)[WORKER] == "No other work."
    status_of(world, pupil, "Early Help Plan")
    assert evidence(case)[WORKER] == "Early Help Plan since 1 September 2026."
    plan_with(world, pupil)
    assert evidence(case)[WORKER] == "Early Help Plan led by Oakfield Primary School."


# --- the criteria ------------------------------------------------------------------------------


def rule_of(criterion, **changes):
    """The facts of a criterion as its form sends them, with these changes."""
    names = ("side", "rule", "shows", "number", "words", "is_used")
    return {name: getattr(criterion, name) for name in names} | changes


def test_a_rule_that_was_answered_keeps_its_words_and_another_stands_in_its_place(
    world, returning, ask
):
    case = ask()
    programmes.redirect(world.manager, case, answers_to(returning), "It fits", "Early help")
    asked = returning.criteria.first()
    new = programmes.save_criterion(
        world.manager, returning, rule_of(asked, rule="Attendance was under 60% before"), asked
    )
    answer = case.answers.select_related("criterion").get(criterion=asked.pk)
    assert answer.criterion.rule == "Attendance was under 70% before"
    assert not answer.criterion.is_used
    offered = returning.criteria.filter(is_used=True)
    assert offered.first() == new
    assert offered.count() == case.answers.count()


def test_a_rule_without_answers_is_changed_where_it_stands_and_so_is_what_shows_beside_one(
    world, returning, ask
):
    asked = returning.criteria.first()
    facts = rule_of(asked, side=Side.OUT_OF_SCOPE)
    assert programmes.save_criterion(world.manager, returning, facts, asked) == asked
    programmes.redirect(world.manager, ask(), answers_to(returning), "It fits", "Early help")
    facts = rule_of(asked, number=60)
    assert programmes.save_criterion(world.manager, returning, facts, asked) == asked


# --- the pages -----------------------------------------------------------------------------


@pytest.fixture
def page_of(client):
    def get(user, address):
        client.force_login(user)
        return client.get(address)

    return get


def test_a_child_no_longer_on_current_work_is_opened_for_a_reason(world, ask, page_of):
    """rule 001-58"""
    case = ask()
    Involvement.objects.update(ends_at=world.now)
    answer = page_of(world.manager, f"/interventions/programmes/cases/{case.pk}/")
    assert answer.status_code == 302
    assert answer.url.startswith(f"/pupils/{case.pupil_id}/reason/")


def test_the_programmes_page_names_no_child(world, returning, ask, page_of):
    case = ask()
    shown = page_of(world.manager, returning.get_absolute_url()).content.decode()
    assert "Oakfield" in shown
    assert case.pupil.surname not in shown


def test_a_look_at_a_case_is_written_down_once(world, ask, page_of):
    case = ask()
    assert page_of(world.primary, f"/interventions/programmes/cases/{case.pk}/").status_code == 200
    assert Access.objects.filter(user=world.primary, child_id=case.pupil_id).count() == 1


def test_a_manager_triages_in_the_browser(world, returning, ask, client):
    case = ask()
    client.force_login(world.manager)
    sent = {f"criterion-{c.pk}": reply for c, (reply, _) in answers_to(returning).items()}
    address = f"/interventions/programmes/cases/{case.pk}/"
    assert "Select whether the case is" in client.post(address, sent).content.decode()
    assert client.post(address, sent | {"decision": "redirect"}).status_code == 200
    case.refresh_from_db()
    assert case.state == "waiting"
    assert client.post(address, sent | {"decision": "accept"}).status_code == 302
    again = client.post(address, sent | {"decision": "accept"}, follow=True)
    assert "decided already" in again.content.decode()


def test_a_worker_asks_for_a_child_of_theirs(world, returning, client):
    ada = child(world)
    works_with(world, ada)
    client.force_login(world.primary)
    address = f"/interventions/programmes/{returning.pk}/ask/?school={world.oakfield.urn}"
    assert ada.surname in client.get(address).content.decode()
    sent = {"pupil": ada.pk, "asked_on": "yesterday", "asked_who": "Dora Lead"}
    assert client.post(address, sent).status_code == 302
    twice = client.post(address, sent, follow=True)
    assert twice.redirect_chain == [(returning.get_absolute_url(), 302)]
    assert "asked for this child already" in twice.content.decode()


def test_a_manager_is_offered_to_ask_for_a_school_of_their_hub(world, returning, page_of):
    address = f"{returning.get_absolute_url()}ask/"
    assert address in page_of(world.manager, returning.get_absolute_url()).text
    schools = page_of(world.manager, address).text
    assert f"?school={world.oakfield.urn}" in schools
    assert f"?school={world.beech.urn}" not in schools
    assert address not in page_of(world.service, returning.get_absolute_url()).text


def test_a_date_outside_the_programme_is_said_beside_it_and_nothing_typed_is_lost(
    world, returning, client
):
    ada = child(world)
    works_with(world, ada)
    client.force_login(world.primary)
    address = f"/interventions/programmes/{returning.pk}/ask/?school={world.oakfield.urn}"
    sent = {"pupil": ada.pk, "asked_on": str(day(31)), "asked_who": "Dora Lead"}
    page = client.post(address, sent)
    assert "does not run on that date" in page.context["form"].errors["asked_on"][0]
    assert "Dora Lead" in page.content.decode()


def test_a_child_who_is_not_open_cannot_be_asked_for(world, returning, client):
    """rule 001-58"""
    far = child(world, "Cleo", school=world.beech)
    client.force_login(world.primary)
    address = f"/interventions/programmes/{returning.pk}/ask/?school={world.oakfield.urn}"
    sent = {"pupil": far.pk, "asked_on": "yesterday", "asked_who": "Dora Lead"}
    assert "Select the child" in client.post(address, sent).content.decode()
    assert not ProgrammeCase.objects.exists()


def test_a_manager_sets_up_a_programme_with_the_preset(world, client):
    """rules 004-6 to 004-10 and 004-20"""
    client.force_login(world.manager)
    sent = {"name": "Back in", "starts_on": "today", "preset": "return", "pathways": "A\n\nB\nA"}
    assert client.post("/interventions/programmes/new/", sent).status_code == 302
    twice = client.post("/interventions/programmes/new/", sent)
    assert "programme with this name already" in twice.content.decode()


def test_a_programme_that_ends_before_it_begins_is_refused(world, client):
    client.force_login(world.manager)
    sent = {"name": "Odd", "starts_on": "today", "ends_on": "yesterday"}
    answer = client.post("/interventions/programmes/new/", sent).content.decode()
    assert "The last day must be on or after the first day" in answer


def test_a_worker_sets_up_no_programme(world, returning, client):
    client.force_login(world.primary)
    assert client.get("/interventions/programmes/new/").status_code == 403
    assert client.get(f"/interventions/programmes/{returning.pk}/change/").status_code == 403


def test_the_queries_of_a_programme_do_not_grow_with_its_cases(
    world, returning, ask, client, django_assert_max_num_queries
):
    client.force_login(world.manager)
    address = returning.get_absolute_url()
    for first in ("Ada", "Ben"):
        ask(child(world, first))
    client.get(address)
    with django_assert_max_num_queries(100) as few:
        client.get(address)
    for number in range(20):
        ask(child(world, f"Cleo{'abcdefghijklmnopqrstuvwxyz'[number]}"))
    with django_assert_max_num_queries(len(few)):
        client.get(address)
