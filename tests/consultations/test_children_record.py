"""The record of a consultation about children: behind the gate, part by part, each look logged."""

import pytest
from django.utils import timezone

from audit.models import Access
from consultations.models import Consultation, State
from drafts.models import Draft
from schools.models import Opening, OwnChildConflict
from tests.children import children_of, works_with
from tests.consultations.about_children import action_about, part_about
from tests.consultations.children_typed import about, opened
from tests.consultations.test_children_form import completed

REASON = {"reason": "cover", "words": ""}


@pytest.fixture
def children(world):
    return children_of(world)


@pytest.fixture
def held(world, children):
    """The completed one of Oakfield, about Ada and a child without a name."""
    part_about(world.completed, children.ada, worries="CANARY-ada-worries", level=3)
    world.completed.discussed.create(
        position=1, subject="unnamed", year_group=6, worries="CANARY-nobody-worries"
    )
    return world.completed


def record(client, held):
    return client.get(f"/consultations/{held.pk}/").content.decode()


def test_a_child_s_part_is_read_by_those_on_whose_current_work_the_child_is(
    world, as_, children, held
):
    works_with(world, children.ada)
    for user in (world.primary, world.manager):
        html = record(as_(user), held)
        assert children.ada.name in html
        assert "CANARY-ada-worries" in html
        assert "Level 3" in html


@pytest.mark.parametrize("actor", ["primary", "secondary", "manager", "service"])
def test_without_a_reason_the_record_shows_nothing_of_the_child_and_no_text(
    world, as_, children, held, actor
):
    """rule 001-58, security.md N-14: date, school, people and unnamed parts stay."""
    html = record(as_(getattr(world, actor)), held)
    assert "Give a reason to read the rest" in html
    assert "CANARY-nobody-worries" in html
    assert world.oakfield.name in html
    assert children.ada.first_names + " " not in html
    assert children.ada.surname not in html
    for secret in ("ada-worries", "-internal", "-shared ", "-area", "-team-addendum", "-action"):
        assert f"CANARY-900001-completed{secret}" not in html
    assert "CANARY-ada-worries" not in html


def test_no_reason_is_asked_for_where_none_would_open_the_record(world, as_, children, held):
    """rule 001-53: Ada has gone to the school that the reader's own child attends."""
    children.ada.enrolments.update(school=world.elmgate)
    part_about(held, children.ben)
    OwnChildConflict.objects.create(
        user=world.secondary, school=world.elmgate, starts_at=world.yesterday
    )
    html = record(as_(world.secondary), held)
    assert "Give a reason" not in html
    assert f"/consultations/{held.pk}/reason/" not in html
    assert "The rest is not open to you." in html
    assert "CANARY-ada-worries" not in html
    assert "Give a reason to read the rest" in record(as_(world.primary), held)


def test_no_reason_is_asked_for_a_draft_that_none_would_open(world, as_, children):
    """rule 001-53"""
    children.ada.enrolments.update(school=world.elmgate)
    Draft.objects.filter(target_id=world.draft.pk).update(
        data=about({"who": children.ada.pk}, school=world.oakfield)
    )
    assert "Give a reason" in record(as_(world.manager), world.draft)
    OwnChildConflict.objects.create(
        user=world.manager, school=world.elmgate, starts_at=world.yesterday
    )
    html = record(as_(world.manager), world.draft)
    assert "Give a reason" not in html
    assert "The rest is not open to you." in html


@pytest.mark.parametrize("page", ["pdf/", "share/", "comments/"])
def test_no_other_page_of_the_record_goes_round_the_gate(world, as_, children, held, page):
    """security.md N-14: PDF, print and preview as well."""
    answer = as_(world.manager).get(f"/consultations/{held.pk}/{page}")
    assert answer.status_code == 302
    assert str(held.pk) in answer.url


def test_the_print_view_has_the_gate_for_the_team_and_none_for_the_school(world, as_, children):
    part_about(world.shared, children.ada, worries="CANARY-ada-worries")
    address = f"/shared/{world.shared.pk}/print/"
    assert as_(world.manager).get(address).status_code == 302
    assert as_(world.dsl).get(address).status_code == 200


def test_one_reason_opens_all_the_children_of_a_consultation(world, as_, children, held):
    part_about(held, children.ben, worries="CANARY-ben-worries")
    client = as_(world.manager)
    page = client.get(f"/consultations/{held.pk}/reason/").content.decode()
    assert children.ada.surname not in page
    answer = client.post(f"/consultations/{held.pk}/reason/", REASON)
    assert answer.url == f"/consultations/{held.pk}/"
    html = client.get(answer.url).content.decode()
    for text in ("CANARY-ada-worries", "CANARY-ben-worries", children.ben.name):
        assert text in html
    assert {row.pupil for row in Opening.objects.all()} == {children.ada, children.ben}


@pytest.mark.parametrize(
    "reason", [{}, {"reason": "other", "words": "x"}, {"reason": "other", "words": "   "}]
)
def test_a_reason_that_says_nothing_opens_nothing(world, as_, children, held, reason):
    """security.md N-15"""
    client = as_(world.manager)
    page = client.post(f"/consultations/{held.pk}/reason/", reason)
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert "CANARY-ada-worries" not in record(client, held)


def test_the_reason_for_one_child_does_not_open_another(world, as_, children, held):
    """security.md N-15"""
    part_about(held, children.ben, worries="CANARY-ben-worries")
    client = as_(world.primary)
    client.post(f"/pupils/{children.ada.pk}/reason/", REASON)
    html = record(client, held)
    assert "CANARY-ada-worries" not in html
    assert "CANARY-ben-worries" not in html


def test_each_look_at_a_record_leaves_one_row_for_it_and_one_for_each_child_shown(
    world, as_, children, held
):
    """security.md N-16: the row of the record, and of each child the basis they were opened on."""
    part_about(held, children.ben)
    works_with(world, children.ada)
    client = as_(world.primary)
    record(client, held)
    assert [(row.child_id, row.basis) for row in Access.objects.all()] == [(None, "support")]
    client.post(f"/consultations/{held.pk}/reason/", {**REASON, "reason": "audit"})
    before = set(Access.objects.values_list("pk", flat=True))
    record(client, held)
    rows = Access.objects.exclude(pk__in=before)
    assert {(row.child_id, row.basis, row.reason) for row in rows} == {
        (None, "support", ""),
        (children.ada.pk, "current work", ""),
        (children.ben.pk, "reason", "Checking the quality of our work"),
    }
    assert {row.subject_id for row in rows} == {str(held.pk)}


def test_a_linked_consultation_is_named_only_to_who_may_read_it(world, as_):
    """security.md N-04: neither shows the other's child."""
    world.completed.linked.add(world.far_shared)
    assert "Linked" not in record(as_(world.primary), world.completed)
    html = record(as_(world.service), world.completed)
    assert f"/consultations/{world.far_shared.pk}/" in html
    assert "CANARY-900003" not in html


def test_a_child_s_latest_entries_stand_beside_the_form(world, as_, children, held):
    """rule 003-58: prior notes are shown before the family is asked again."""
    works_with(world, children.ada)
    part_about(
        world.far_shared, children.ada, is_significant=True, headline="Moved from Beechcroft"
    )
    part_about(world.draft, children.ada, headline="CANARY-draft")
    html = as_(world.primary).get(f"/consultations/child-story/{children.ada.pk}/").content.decode()
    assert "Moved from Beechcroft" in html
    assert "Beechcroft Junior School" in html
    assert "Level 3" in html
    assert "CANARY-draft" not in html
    assert Access.objects.filter(child_id=children.ada.pk, basis="current work").count() == 1


def test_the_latest_entries_of_a_child_opened_for_a_reason_are_logged_with_it(
    world, as_, children, held
):
    """security.md N-16"""
    client = as_(world.primary)
    client.post(f"/pupils/{children.ada.pk}/reason/", REASON)
    before = set(Access.objects.values_list("pk", flat=True))
    assert client.get(f"/consultations/child-story/{children.ada.pk}/").status_code == 200
    row = Access.objects.exclude(pk__in=before).get()
    assert (row.child_id, row.basis) == (children.ada.pk, "reason")
    assert row.reason == "Covering for a colleague, or on duty"


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_latest_entries_need_a_reason_too(world, as_, children, held, method):
    """security.md N-14"""
    for user in (world.primary, world.manager, world.dsl, world.governance, world.administrator):
        answer = getattr(as_(user), method)(f"/consultations/child-story/{children.ada.pk}/")
        assert answer.status_code in (404, 405)
        assert "CANARY" not in answer.content.decode()


def test_beside_the_form_a_note_about_a_closed_child_says_only_that(world, as_, children):
    part_about(world.shared, children.ada)
    action_about(world.shared.discussed.get(), world.former, what="CANARY-about-ada")
    html = as_(world.primary).get("/consultations/new/?school=900001").content.decode()
    assert "It names children who are not on your current work" in html
    assert "CANARY-900001-shared-shared" not in html
    assert "CANARY-about-ada" not in html
    works_with(world, children.ada)
    html = as_(world.primary).get("/consultations/new/?school=900001").content.decode()
    assert "CANARY-900001-shared-shared" in html
    assert "CANARY-about-ada" in html


# --- drafts ---------------------------------------------------------------------------------


@pytest.fixture
def draft(world, as_, children):
    """A draft of the link worker's about Ada, in the browser in which they gave a reason."""
    client = as_(world.primary)
    client.post(f"/pupils/{children.ada.pk}/reason/", REASON)
    data = about({"who": children.ada.pk, "worries": "CANARY-draft-ada"}, school=world.oakfield)
    pk = "0b9f4d3e-5f0f-4a39-9f0c-6b0e3a8f2a11"
    client.post("/consultations/new/?school=900001", {**data, "id": [pk], "save": ["1"]})
    return Consultation.objects.get(pk=pk)


def test_a_draft_about_a_child_comes_back_as_it_was_typed(world, client, draft, children):
    html = client.get(f"/consultations/{draft.pk}/edit/").content.decode()
    assert "CANARY-draft-ada" in html
    assert f'<option value="{children.ada.pk}" selected>' in html


def test_once_the_reason_has_run_out_a_draft_asks_for_one_again(world, client, draft, children):
    """rule 001-58: three hours at most, for whoever wrote it too."""
    Opening.objects.update(ends_at=timezone.now())
    for address in ("edit/", "edit/?check=1"):
        answer = client.get(f"/consultations/{draft.pk}/{address}")
        assert answer.url == f"/consultations/{draft.pk}/reason/"
    page = client.get(answer.url).content.decode()
    assert children.ada.surname not in page
    client.post(answer.url, REASON)
    assert "CANARY-draft-ada" in client.get(f"/consultations/{draft.pk}/edit/").content.decode()


def test_a_manager_reads_a_draft_s_children_only_with_a_reason(world, as_, draft, children):
    client = as_(world.manager)
    html = record(client, draft)
    assert "Give a reason to read the rest" in html
    assert "CANARY-draft-ada" not in html
    assert children.ada.surname not in html
    client.post(f"/consultations/{draft.pk}/reason/", REASON)
    html = record(client, draft)
    assert "CANARY-draft-ada" in html
    assert children.ada.name in html


def test_an_addendum_is_kept_where_the_reason_has_run_out(world, as_, held):
    client = as_(world.primary)
    address = f"/consultations/{held.pk}/addendum/"
    page = client.post(address, {"text": "CANARY-typed-late"}).content.decode()
    assert "CANARY-typed-late" in page
    assert "CANARY-ada-worries" not in page
    client.post(address, {"text": "CANARY-typed-late", "audience": "team"})
    assert held.addenda.filter(text="CANARY-typed-late").exists()


def test_who_completed_it_reads_the_children_s_parts_at_once(world, as_, children):
    worker = opened(world.primary, children.ada)
    data = about({"who": children.ada.pk, "worries": "CANARY-new"}, school=world.oakfield)
    done = completed(worker, world.oakfield, data)
    assert done.state == State.COMPLETED
    for user in (world.primary, world.secondary, world.manager):
        html = record(as_(user), done)
        assert "CANARY-new" in html
        assert children.ada.name in html


def test_beside_the_form_no_action_of_a_note_about_a_closed_child_is_shown(world, as_, children):
    """rule 001-58: what is about nobody in particular is a text of its note."""
    client = as_(world.primary)
    action = world.shared.actions.get(about=None)
    page = f"/consultations/new/?school={world.oakfield.urn}"
    assert action.what in client.get(page).content.decode()
    part_about(world.shared, children.ada)
    assert action.what not in client.get(page).content.decode()


def test_a_draft_about_a_child_whose_school_is_closed_to_the_manager_is_held_back(
    world, as_, draft, children
):
    """security.md N-08: there is no reason that opens such a child."""
    children.ada.enrolments.update(school=world.beech)
    OwnChildConflict.objects.create(user=world.manager, school=world.beech)
    html = as_(world.manager).get(f"/consultations/{draft.pk}/").content.decode()
    assert "CANARY-draft-ada" not in html
