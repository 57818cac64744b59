"""Asking for short work on its form, its page, and the pages on which it is decided."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Access
from config.councils import preset
from consultations.models import Area
from interventions.models import (
    Answer,
    AskedBy,
    LawfulBasis,
    Participant,
    ShortIntervention,
    WorkState,
    WorkType,
)
from linkworkers.models import Absence
from schools.models import Agency, Opening
from schools.services import involve
from tests.children import child, works_with
from tests.consultations.about_children import part_about, status_of
from tests.interventions.asking import posted
from tests.interventions.short_work import agreed, day, plan_with, under_way, work

NEW = "/interventions/new/"
SECRETS = ("CANARY-hoped", "CANARY-risks", "CANARY-why")


@pytest.fixture
def asked(world, ada):
    return work(
        world,
        ada,
        parent="Mary Mother",
        hoped_for="CANARY-hoped",
        risks="CANARY-risks",
        level_reason="CANARY-why",
    )


def text(answer):
    return answer.content.decode()


# --- asking --------------------------------------------------------------------------------------


def ask(client, world, *pupils, query="", **changes):
    query = query or f"?school={world.oakfield.urn}"
    return client.post(f"{NEW}{query}", posted(world, *pupils, **changes))


def test_a_link_worker_asks_for_short_work_at_their_school(world, as_, ada):
    client = as_(world.primary)
    page = text(client.get(f"{NEW}?school=900001"))
    assert f"{ada.name}, {ada.year_text}" in page
    answer = ask(client, world, ada, adults=["Mary Mother"])
    made = ShortIntervention.objects.get()
    assert answer.url == made.get_absolute_url()
    assert [str(person) for person in made.participants.all()] == [ada.name, "Mary Mother"]
    assert made.level == 2


def test_nothing_is_typed_again_when_it_comes_from_a_consultation(world, as_, ada):
    """rule 004-5: the level is the one somebody judged; attendance suggests none."""
    part_about(
        world.completed,
        ada,
        areas=[Area.NEGLECT],
        attendance=12,
        needs_to_happen="A bus pass",
        level=2,
        level_reason="Small steps",
        family_told="yes",
    )
    client = as_(world.primary)
    query = f"?consultation={world.completed.pk}"
    form = client.get(f"{NEW}{query}").context["form"]
    assert form.initial["hoped_for"] == "A bus pass"
    assert (form.initial["level"], form.initial["level_reason"]) == (2, "Small steps")
    assert (form.initial["area"], form.initial["family_told"]) == ("neglect", "yes")
    assert form.initial["identified_by"] == world.primary.pk
    assert "asked_by" not in form.fields
    ask(client, world, ada, query=query)
    made = ShortIntervention.objects.get()
    assert (made.asked_by, made.consultation) == (AskedBy.CONSULTATION, world.completed)


def test_attendance_preselects_no_level(world, as_, ada):
    """rule 004-5"""
    part = part_about(world.completed, ada, areas=[Area.ATTENDANCE], attendance=3)
    query = f"?consultation={world.completed.pk}&child={part.pk}"
    answer = as_(world.primary).get(f"{NEW}{query}")
    assert "level" not in answer.context["form"].initial
    assert not any(
        choice.data["selected"] and choice.data["value"]
        for choice in answer.context["form"]["level"]
    )


def test_one_childs_part_carries_over_that_child_alone(world, as_, ada):
    ben = child(world, "Ben")
    works_with(world, ben)
    part = part_about(world.completed, ada, needs_to_happen="For Ada")
    part_about(world.completed, ben, needs_to_happen="For Ben")
    query = f"?consultation={world.completed.pk}&child={part.pk}"
    answer = as_(world.primary).get(f"{NEW}{query}")
    assert answer.context["form"].initial["hoped_for"] == "For Ada"
    assert answer.context["people"].children.chosen == [ada]


def test_a_consultation_about_closed_children_asks_for_the_reason_first(world, as_):
    part_about(world.completed, child(world, "Sid"))
    answer = as_(world.primary).get(f"{NEW}?consultation={world.completed.pk}")
    assert answer.url == f"/consultations/{world.completed.pk}/reason/"


def test_who_may_not_share_the_consultation_asks_nothing_from_it(world, as_):
    query = f"?consultation={world.completed.pk}"
    assert as_(world.service).get(f"{NEW}{query}").status_code == 403
    assert as_(world.far_worker).get(f"{NEW}{query}").status_code == 404
    assert as_(world.primary).get(f"{NEW}?consultation=nonsense").status_code == 404
    assert as_(world.primary).get(f"{NEW}?consultation={world.draft.pk}").status_code == 404


def test_the_consultations_page_leads_to_the_request(world, as_, ada):
    part = part_about(world.completed, ada)
    page = text(as_(world.primary).get(f"/consultations/{world.completed.pk}/"))
    assert f"{NEW}?consultation={world.completed.pk}" in page
    assert f"child={part.pk}" in page
    page = text(as_(world.service).get(f"/consultations/{world.completed.pk}/"))
    assert NEW not in page


def test_a_child_is_found_and_opened_without_leaving_the_form(world, as_):
    """rule 001-58"""
    client, sid = as_(world.primary), child(world, "Sid")
    looked_for = {
        "find-surname": sid.surname,
        "find-born_on_day": "2",
        "find-born_on_month": "3",
        "find-born_on_year": "2015",
    }
    page = ask(client, world, hoped_for="Kept text", ask="", find="1", **looked_for)
    assert sid.name in text(page)
    assert "Kept text" in text(page)
    assert "govuk-error" not in text(page)
    reason = {"find-reason": "consultation", "open": str(sid.pk)}
    page = ask(client, world, hoped_for="Kept text", ask="", **looked_for)
    data = posted(world, hoped_for="Kept text", **looked_for, **reason)
    page = client.post(f"{NEW}?school=900001", data)
    assert page.context["people"].children.chosen == [sid]
    assert Opening.objects.get().pupil == sid
    assert ask(client, world, sid).status_code == 302


def test_a_found_child_needs_a_reason_and_keeps_what_was_typed(world, as_):
    client, sid = as_(world.primary), child(world, "Sid")
    looked_for = {
        "find-surname": sid.surname,
        "find-born_on_day": "2",
        "find-born_on_month": "3",
        "find-born_on_year": "2015",
    }
    page = text(client.post(f"{NEW}?school=900001", posted(world, **looked_for, open=sid.pk)))
    assert "Select the reason" in page
    assert "Mornings that work" in page
    assert not Opening.objects.exists()


def test_another_adult_gets_a_row_without_a_script(world, as_, ada):
    page = as_(world.primary).post(f"{NEW}?school=900001", posted(world, ada, add="adults"))
    assert len(page.context["people"].adults.forms) == 2
    assert "govuk-error" not in text(page)


def test_level_three_without_a_way_to_go_on_points_to_a_plan(world, as_, ada):
    """rule 001-7"""
    page = text(ask(as_(world.primary), world, ada, level="3", level_three_as="no"))
    assert "/plans/new/?school=900001" in page
    assert "not short work. Start a plan instead" in page
    assert not ShortIntervention.objects.exists()


def test_level_four_shows_what_comes_first_and_waits_for_the_manager(world, as_, ada):
    """rule 001-7"""
    client = as_(world.primary)
    page = text(client.get(ask(client, world, ada, level="4").url))
    assert "Level 4: act first" in page
    assert page.index("Level 4: act first") < page.index("<h1")


def test_everything_that_is_missing_is_said_at_once_and_nothing_typed_is_lost(world, as_, ada):
    page = text(
        ask(
            as_(world.primary),
            world,
            hoped_for="",
            area="",
            work_type="x",
            level_reason="",
            risks="Kept risks",
            **{"adults-0-name": "Mary"},
        )
    )
    for sentence in (
        "Select at least one child",
        "Enter what is hoped for",
        "Select the key area",
        "Select the kind of support",
        "Enter why it is this level",
        "Enter who they are to the child",
        "Kept risks",
    ):
        assert sentence in page
    assert not ShortIntervention.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"hoped_for": "x\x00y"},
        {"hoped_for": "x" * 100_001},
        {"asked_on": "31/2/2026"},
        {"asked_on": "tomorrow"},
        {"level": "9"},
        {"asked_by": "nobody"},
        {"identified_by": "x"},
        {"involved": ["x"]},
        {"children": ["x"]},
        {"children": [uuid.uuid4()]},
        {"adults-TOTAL_FORMS": "9999"},
        {"adults-TOTAL_FORMS": "x"},
        {"find": "1", "find-surname": "x\x00"},
        {"open": "nonsense", "children": []},
    ],
)
def test_bad_input_is_answered_in_words(world, as_, ada, bad):
    answer = ask(as_(world.primary), world, ada, **bad)
    assert answer.status_code in (200, 404)
    assert not ShortIntervention.objects.exists()


def test_text_that_looks_like_markup_comes_back_as_typed(world, as_, ada):
    client = as_(world.primary)
    typed = "<script>x</script> \u202e =1+1"
    answer = ask(client, world, ada, hoped_for=typed, adults=["<b>Mary</b>"])
    page = text(client.get(answer.url))
    assert "<script>x" not in page
    assert "&lt;script&gt;x&lt;/script&gt; \u202e =1+1" in page
    assert ShortIntervention.objects.get().hoped_for == typed


def test_a_double_click_asks_once_and_leads_to_the_same_page(world, as_, ada):
    client, pk = as_(world.primary), str(uuid.uuid4())
    first, second = (ask(client, world, ada, id=pk) for _ in range(2))
    assert first.url == second.url == f"/interventions/{pk}/"
    assert "asked for already" in text(client.get(second.url))
    assert ShortIntervention.objects.count() == 1


def test_a_school_is_chosen_where_none_is_named(world, as_):
    page = text(as_(world.manager).get(NEW))
    assert "?school=900001" in page
    assert "?school=900003" not in page
    assert as_(world.dsl).get(NEW).status_code == 404


# --- the page ------------------------------------------------------------------------------------


def test_the_works_page_says_what_comes_next_and_how_far_it_got(world, as_, asked):
    page = text(as_(world.manager).get(asked.get_absolute_url()))
    assert f"/interventions/{asked.pk}/allocate/" in page
    assert page.index("Decide at the weekly meeting") < page.index("The request")
    for step in ("Asked ", "Allocated", "Agreement confirmed", "Under way", "Closed"):
        assert step in page
    assert all(secret in page for secret in SECRETS)


def test_a_look_is_written_down_once_for_each_child(world, as_, asked, ada):
    as_(world.primary).get(asked.get_absolute_url())
    look = Access.objects.get(subject_id=str(asked.pk))
    assert (look.child_id, look.basis) == (ada.pk, "current work")


def test_whoever_does_the_work_reads_it_without_holding_the_school(world, as_, ada):
    made = under_way(world, ada, child_worker=world.other_worker, hoped_for="CANARY-hoped")
    involve([ada.pk], made, user=world.other_worker)
    page = text(as_(world.other_worker).get(made.get_absolute_url()))
    assert "CANARY-hoped" in page


def test_without_a_reason_a_manager_sees_when_where_and_who_and_nothing_of_the_child(
    world, as_, asked, ada
):
    """rule 001-58"""
    client = as_(world.service)
    page = text(client.get(asked.get_absolute_url()))
    assert "Oakfield Primary School" in page
    assert "Open the work" in page
    for secret in (*SECRETS, ada.first_names, ada.surname, "Mary Mother", "Level 2"):
        assert secret not in page
    look = Access.objects.get(subject_id=str(asked.pk))
    assert (look.child_id, look.basis) == (None, "county")
    answer = client.post(f"{asked.get_absolute_url()}reason/", {"reason": "audit"})
    assert answer.status_code == 302
    assert ada.surname in text(client.get(asked.get_absolute_url()))


def test_the_page_leads_back_to_the_consultation_only_for_who_may_read_it(world, as_, ada):
    made = under_way(world, ada, consultation=world.completed, child_worker=world.other_worker)
    involve([ada.pk], made, user=world.other_worker)
    link = f"/consultations/{world.completed.pk}/"
    assert link in text(as_(world.primary).get(made.get_absolute_url()))
    assert link not in text(as_(world.other_worker).get(made.get_absolute_url()))


def test_the_lawful_basis_is_asked_for_beside_the_familys_knowledge_and_can_be_changed(
    world, as_, ada
):
    """issue 5: agreement, lawful basis and whether the family knows are three things."""
    client = as_(world.primary)
    assert client.get(f"{NEW}?school=900001").context["form"]["lawful_basis"].value() == (
        LawfulBasis.PUBLIC_TASK
    )
    refused = ask(client, world, ada, lawful_basis="consent")
    assert "Select the lawful basis" in text(refused)
    ask(client, world, ada, lawful_basis="legal_duty")
    made = ShortIntervention.objects.get()
    assert "Legal obligation. It does not depend on agreement." in text(
        client.get(made.get_absolute_url())
    )
    client.post(f"{made.get_absolute_url()}change/", posted(world))
    assert "Public task. It does not depend" in text(client.get(made.get_absolute_url()))


def test_how_work_ended_stands_once_on_its_page(world, as_, ada):
    ended = work(world, ada, state=WorkState.CLOSED, end_words="She walks in by herself")
    page = text(as_(world.primary).get(ended.get_absolute_url()))
    assert page.count("She walks in by herself") == 1


def test_a_plan_is_called_what_the_council_calls_it(world, as_, asked, ada, settings):
    """design.md 7: the wording is the council's."""
    settings.COUNCIL = preset("oxfordshire")
    plan_with(world, ada)
    page = text(as_(world.primary).get(asked.get_absolute_url()))
    assert "Early Help Assessment" in page
    assert "Early Help Plan" not in page


def test_a_page_opened_before_a_change_is_shown_again(world, as_, asked):
    client, url = as_(world.primary), f"/interventions/{asked.pk}/change/"
    seen = client.get(url).context["form"].seen
    data = {**posted(world), "seen": seen}
    assert client.post(url, data).status_code == 302
    again = client.post(url, {**data, "hoped_for": "Typed in the other tab"})
    assert again.status_code == 409
    assert "Typed in the other tab" in text(again)


def test_a_kind_of_support_no_longer_offered_stays_with_its_work(world, as_, asked):
    kind = asked.work_type
    kind.is_offered = False
    kind.save()
    client = as_(world.primary)
    url = f"/interventions/{asked.pk}/change/"
    assert kind.name in text(client.get(url))
    assert client.post(url, posted(world, work_type=kind.pk)).status_code == 302
    assert kind.name not in text(client.get(f"{NEW}?school=900001"))


def test_people_are_changed_on_a_page_of_their_own(world, as_, asked, ada):
    client, url = as_(world.primary), f"/interventions/{asked.pk}/people/"
    mother = asked.participants.get(name="Mary Mother")
    page = client.get(url)
    assert page.context["people"].children.chosen == [ada]
    data = {
        "children": [ada.pk],
        "adults-TOTAL_FORMS": 2,
        "adults-INITIAL_FORMS": 1,
        "adults-0-person": mother.pk,
        "adults-0-name": "Marie Mother",
        "adults-0-relation": "Mother",
        "adults-1-name": "Gran Canary",
        "adults-1-relation": "Grandmother",
        "save": "1",
    }
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 302
    names = [str(person) for person in asked.participants.filter(pupil=None)]
    assert names == ["Marie Mother", "Gran Canary"]
    refused = client.post(url, {**data, "children": []})
    assert "Select at least one child" in text(refused)


def test_a_page_of_people_opened_before_a_change_takes_nobody_out(world, as_, asked, ada):
    ben = child(world, "Ben")
    client, url = as_(world.primary), f"/interventions/{asked.pk}/people/"
    seen = client.get(url).context["seen"]
    Participant.objects.create(intervention=asked, pupil=ben, position=2)
    involve([ben.pk], asked, school=world.oakfield)
    data = {
        "seen": seen,
        "children": [ada.pk],
        "adults-TOTAL_FORMS": 1,
        "adults-INITIAL_FORMS": 0,
        "adults-0-name": "Gran Canary",
        "adults-0-relation": "Grandmother",
    }
    again = client.post(url, data | {"save": "1"})
    assert again.status_code == 409
    said = text(again)
    assert "Tick every child who takes part, then save again" in said
    assert str(ben) in said
    assert "Gran Canary" in said
    assert asked.participants.filter(pupil=ben).exists()
    # A button inside the form does not make the page a newer one.
    assert client.post(url, data | {"add": "adults"}).context["seen"] == seen
    data |= {"seen": again.context["seen"], "children": [ada.pk, ben.pk], "save": "1"}
    assert client.post(url, data).status_code == 302
    assert {str(person) for person in asked.participants.all()} >= {str(ben), "Gran Canary"}


def test_closed_work_is_not_changed(world, as_, ada):
    made = work(world, ada, state=WorkState.CLOSED)
    client = as_(world.manager)
    for page in ("change", "people", "allocate", "decline"):
        answer = client.get(f"/interventions/{made.pk}/{page}/")
        assert answer.url == made.get_absolute_url(), page


# --- deciding ------------------------------------------------------------------------------------


def test_who_is_already_involved_comes_before_who_does_it(world, as_, asked, ada):
    status_of(world, ada, "Child in need", social_worker="Sasha Social")
    plan = plan_with(world, ada, lead_professional="Selma Senco")
    other = under_way(world, child(world, "Ben"), child_worker=world.secondary)
    Participant.objects.create(intervention=other, pupil=ada, position=1)
    asked.involved.add(Agency.objects.get_or_create(name="Police")[0])
    page = text(as_(world.manager).get(f"/interventions/{asked.pk}/allocate/"))
    for fact in (
        "Sasha Social",
        "Selma Senco",
        "Sam Secondary",
        "Police",
        "Early help consultation",
    ):
        assert fact in page
    assert max(page.index("Sasha Social"), page.index("Police")) < page.index("Who does it")
    assert other.get_absolute_url() in page
    assert plan.get_absolute_url() in page


def test_what_is_restricted_is_not_among_those_involved(world, as_, asked, ada):
    """Only what may be told to whoever works with the child is named."""
    involve([ada.pk], world.oakfield, school=world.oakfield)
    before = text(as_(world.manager).get(f"/interventions/{asked.pk}/allocate/"))
    assert before.count("since") == 1


def test_a_candidate_stands_with_what_they_hold_and_when_they_are_away(world, as_, asked, ada):
    """rule 001-86"""
    under_way(world, child(world, "Ben"), parent_worker=world.secondary)
    plan_with(world, ada, lead="dst", holder=world.primary)
    Absence.objects.create(
        link_worker=world.secondary.link_worker, starts_on=day(1), added_by=world.secondary
    )
    answer = as_(world.manager).get(f"/interventions/{asked.pk}/allocate/")
    rows = {row["name"]: row for row in answer.context["form"].rows}
    assert (rows["Priya Primary"]["work"], rows["Priya Primary"]["plans"]) == (1, 1)
    assert (rows["Sam Secondary"]["work"], rows["Sam Secondary"]["plans"]) == (1, 0)
    assert rows["Sam Secondary"]["is_away_now"]
    assert "Farah Farhub" not in rows
    assert "Fay Former" in rows


def test_the_manager_allocates_to_two_workers_on_the_page(world, as_, asked):
    """rules 001-86, 004-13"""
    client, url = as_(world.manager), f"/interventions/{asked.pk}/allocate/"
    data = {
        "child_worker": world.primary.pk,
        "parent_worker": world.other_worker.pk,
        "meeting_on": "yesterday",
        "seen_child": "",
        "seen_parent": "",
    }
    assert client.post(url, data).url == asked.get_absolute_url()
    asked.refresh_from_db()
    assert asked.worker_ids == {world.primary.pk, world.other_worker.pk}
    again = client.post(url, data)
    assert "allocated to them already" in text(client.get(again.url))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"child_worker": ""}, "Select who works with the child"),
        ({"meeting_on": ""}, "Enter the date of the weekly allocations meeting"),
        ({"meeting_on": "32/1"}, "must be a real date"),
        ({"child_worker": "x"}, "Choose a worker from the list"),
    ],
)
def test_what_is_missing_for_an_allocation_is_said(world, as_, asked, changes, sentence):
    data = {"child_worker": world.primary.pk, "meeting_on": "today", **changes}
    page = as_(world.manager).post(f"/interventions/{asked.pk}/allocate/", data)
    assert sentence in text(page)


def test_level_four_asks_the_manager_for_the_reason_and_shows_what_comes_first(world, as_, asked):
    """rule 001-7"""
    ShortIntervention.objects.filter(pk=asked.pk).update(level=4)
    client, url = as_(world.manager), f"/interventions/{asked.pk}/allocate/"
    page = text(client.get(url))
    assert page.index("Level 4: act first") < page.index("Already involved")
    data = {"child_worker": world.primary.pk, "meeting_on": "today"}
    assert "Enter why the work goes on beside the social worker" in text(client.post(url, data))
    data["level_four_reason"] = "The social worker asked"
    assert client.post(url, data).status_code == 302


def test_work_is_not_allocated_on_a_page_that_asks_why(world, as_, asked):
    client, url = as_(world.manager), f"/interventions/{asked.pk}/decline/"
    for blank in ("", " "):
        assert "Enter why the work is not allocated" in text(client.post(url, {"reason": blank}))
    assert client.post(url, {"reason": "The nurse sees her"}).url == asked.get_absolute_url()
    page = text(client.get(asked.get_absolute_url()))
    assert "The nurse sees her" in page
    assert "decided already" in text(client.get(client.post(url, {"reason": "x"}).url))


# --- how much the pages ask ----------------------------------------------------------------------


def queries(client, url):
    client.get("/account/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def busy(world, work, numbers):
    """More children take part, each with a status, a plan and other work; more services too."""
    for n in numbers:
        pupil = child(world, f"Child{n}")
        works_with(world, pupil)
        Participant.objects.create(intervention=work, pupil=pupil, position=n + 2)
        under_way(world, pupil, child_worker=world.secondary)
        status_of(world, pupil, "Child in need")
        work.involved.add(Agency.objects.create(name=f"Agency {n}"))
        WorkType.objects.create(name=f"Kind {n}")
        plan_with(world, pupil, lead="dst", holder=world.primary)


@pytest.mark.parametrize("page", ["", "allocate/", "people/", "change/"])
def test_a_page_asks_as_much_for_many_people_and_much_work_as_for_few(world, as_, asked, page):
    client, url = as_(world.manager), f"{asked.get_absolute_url()}{page}"
    busy(world, asked, range(1))
    few = queries(client, url)
    busy(world, asked, range(1, 7))
    assert queries(client, url) == few


def test_the_form_asks_as_much_for_many_children_as_for_few(world, as_, ada):
    client, url = as_(world.manager), f"{NEW}?school=900001"
    few = queries(client, url)
    for n in range(12):
        works_with(world, child(world, f"Child{n}"))
    assert queries(client, url) <= few


def test_who_works_with_the_ticked_children_shows_before_anything_is_asked(world, as_, ada):
    status_of(world, ada, "Child in need", social_worker="Sasha Social")
    data = posted(world, ada, show="1")
    del data["ask"]
    page = text(as_(world.primary).post(f"{NEW}?school=900001", data))
    assert "Sasha Social" in page
    assert "govuk-error" not in page
    assert not ShortIntervention.objects.exists()


def test_a_request_that_waits_stands_before_what_has_not_begun(world, as_, asked, ada):
    page = as_(world.primary).get(asked.get_absolute_url())
    assert page.context["parts"] == ["interventions/_consent.html"]
    assert text(page).index("The request") < text(page).index("Agreement</h2>")
    begun = as_(world.primary).get(under_way(world, ada).get_absolute_url())
    assert "interventions/_sessions.html" in begun.context["parts"]


def test_after_a_refusal_the_page_offers_the_end_and_no_direct_work(world, as_, ada):
    """rule 003-52"""
    made = work(world, ada, state=WorkState.ALLOCATED)
    agreed(world, made, answer=Answer.REFUSED, held_in="")
    step = as_(world.primary).get(made.get_absolute_url()).context["step"]
    assert step.url == f"{made.get_absolute_url()}end/"
    assert "only other contact" in step.words
