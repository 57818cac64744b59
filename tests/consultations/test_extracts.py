"""One child's extract: about that child alone, for the child's own record at the school."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Access, Act, Look
from consultations.extracts import (
    name_of,
    named_in_general,
    others_named,
    prompts,
    text_of,
    words_in,
)
from consultations.models import Consultation, ConsultationGrant, PupilDiscussed
from consultations.note import Note, Part, shared_version
from consultations.services import extracts as extract_services
from schools.models import Pupil, School, SchoolGrant
from tests.children import children_of, works_with
from tests.consultations.about_children import action_about, part_about
from tests.consultations.copies import (
    found_in,
    outsiders_copy,
    read_by_school,
    secret_part,
)
from tests.consultations.test_queries import queries


@pytest.fixture
def children(world):
    return children_of(world)


@pytest.fixture
def ada(world, children):
    """Ada's part of the shared one of Oakfield; Ben has one beside it."""
    part = secret_part(world.shared, children.ada, "ada")
    secret_part(world.shared, children.ben, "ben")
    return part


def address(part, page=""):
    return f"/shared/{part.consultation_id}/extracts/{part.pk}/{page}"


EXTRACT = read_by_school("ada") | {"CANARY-900001-ada", "CANARY-900001-shared-attendee"}


@pytest.mark.parametrize("actor", ["dsl", "deputy", "head"])
@pytest.mark.parametrize("page", ["", "pdf/"])
def test_an_extract_holds_one_child_and_who_took_part(world, as_, ada, page, actor):
    """rules 001-118 and 003-19: nothing of the brother, of the general text, of the team's."""
    assert found_in(as_(getattr(world, actor)).get(address(ada, page))) == EXTRACT


def test_the_text_to_copy_says_where_when_and_with_whom(world, ada):
    note = shared_version(world.shared)
    text = text_of(note, note.named[0])
    assert text.startswith("Early help consultation, ")
    assert "Oakfield Primary School" in text
    assert "Took part: CANARY-900001-shared-attendee (Nurses) and Fay Former." in text
    assert "Ada CANARY-900001-ada" in text
    assert "Advice: CANARY_ada_advice" in text
    assert "CANARY_ada_action. Fay Former" in text


def test_nothing_about_the_file_says_whose_it_is(world, as_, ada):
    """security.md N-31, 6.6"""
    answer = as_(world.dsl).get(address(ada, "pdf/"))
    held_on = timezone.localdate(world.shared.held_at)
    name = f"early-help-consultation-extract-{held_on:%Y-%m-%d}.pdf"
    assert name in answer["Content-Disposition"]
    html = as_(world.dsl).get(address(ada)).content.decode()
    assert "<title>Extract for one child’s record" in html


def test_an_extract_about_somebody_without_a_name_does_not_exist(world, as_):
    part = world.shared.discussed.create(subject="unnamed", year_group=3, shared_text="Late.")
    assert as_(world.dsl).get(address(part)).status_code == 404


def test_an_extract_is_found_under_its_own_note_only(world, as_, children, ada):
    elsewhere = secret_part(world.far_shared, children.cleo, "cleo")
    path = f"/shared/{world.shared.pk}/extracts/{elsewhere.pk}/"
    for user in (world.dsl, world.service):
        assert as_(user).get(path).status_code == 404
        assert as_(user).get(f"{path}pdf/").status_code == 404


@pytest.mark.parametrize("page", ["", "pdf/"])
def test_a_colleague_who_took_part_reads_the_note_and_takes_no_extract(world, as_, ada, page):
    assert as_(world.senco).get(address(ada, page)).status_code == 403


@pytest.mark.parametrize("page", ["", "pdf/"])
def test_an_outsider_does_not_learn_that_there_is_an_extract(world, as_, ada, page):
    """404 for a child who is not in their copy."""
    assert as_(world.attendee).get(address(ada, page)).status_code == 404
    outsiders_copy(world.attendee_share, ada)
    assert as_(world.attendee).get(address(ada, page)).status_code == 403


# --- the gate and the log ------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "pdf/"])
def test_the_team_gives_a_reason_before_it_reads_an_extract(world, as_, ada, page):
    """rule 001-58"""
    client = as_(world.primary)
    answer = client.get(address(ada, page))
    assert answer.url == f"/consultations/{world.shared.pk}/reason/"
    works_with(world, ada.pupil)
    assert found_in(client.get(address(ada, page))) == EXTRACT


@pytest.mark.parametrize(("page", "look"), [("", Look.VIEW), ("pdf/", Look.PDF)])
@pytest.mark.parametrize(("actor", "basis"), [("dsl", "school"), ("primary", "current work")])
def test_each_extract_that_is_read_leaves_one_row_with_the_child(
    world, as_, ada, page, look, actor, basis
):
    """security.md N-16"""
    works_with(world, ada.pupil)
    client = as_(getattr(world, actor))
    before = Access.objects.count()
    client.get(address(ada, page))
    row = Access.objects.latest("at")
    assert Access.objects.count() == before + 1
    assert (row.action, row.basis, row.child_id) == (look, basis, ada.pupil_id)
    assert row.subject_id == str(world.shared.pk)


def test_an_extract_is_gone_on_the_instant_a_post_or_an_allocation_ends(world, as_, ada):
    """security.md N-05"""
    works_with(world, ada.pupil)
    for user in (world.dsl, world.secondary):
        client = as_(user)
        assert client.get(address(ada, "pdf/")).status_code == 200
        SchoolGrant.objects.filter(user=user).update(ends_at=timezone.now())
        for page in ("", "pdf/"):
            assert client.get(address(ada, page)).status_code == 404, user
        assert client.post(address(ada, "stored/")).status_code == 404, user


def test_an_outsider_s_copy_is_gone_when_its_ninety_days_are_over(world, as_, ada):
    """security.md N-05"""
    outsiders_copy(world.attendee_share, ada)
    client = as_(world.attendee)
    assert client.get(f"/shared/{world.shared.pk}/pdf/").status_code == 200
    grants = ConsultationGrant.objects.filter(user=world.attendee)
    grants.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert client.get(f"/shared/{world.shared.pk}/pdf/").status_code == 404


# --- stored --------------------------------------------------------------------------------


def test_one_lead_s_word_is_enough_that_an_extract_is_stored(world, as_, ada):
    """rule 001-114: the child's tick is its own, and so is the note's."""
    as_(world.deputy).post(address(ada, "stored/"))
    ada.refresh_from_db()
    assert (ada.stored_on, ada.stored_by) == (timezone.localdate(), world.deputy)
    assert Consultation.objects.get(pk=world.shared.pk).stored_on is None
    assert not PupilDiscussed.objects.exclude(pk=ada.pk).filter(stored_on__isnull=False).exists()
    assert Act.objects.filter(verb="stored", subject_id=str(ada.pk), by=world.deputy).exists()
    page = as_(world.dsl).post(address(ada, "stored/"), follow=True).content.decode()
    assert "marked as stored already" in page
    ada.refresh_from_db()
    assert ada.stored_by == world.deputy


def test_when_every_extract_is_stored_the_whole_note_is_offered(world, as_, ada):
    client = as_(world.dsl)
    offer = "Is the whole note stored too?"
    page = client.post(address(ada, "stored/"), follow=True).content.decode()
    assert offer not in page
    last = world.shared.discussed.last()
    page = client.post(address(last, "stored/"), follow=True).content.decode()
    assert page.count(offer) == 2
    client.post(f"/shared/{world.shared.pk}/stored/", {"on": "today"})
    assert Consultation.objects.get(pk=world.shared.pk).stored_on == timezone.localdate()
    assert offer not in client.get(f"/shared/{world.shared.pk}/").content.decode()


def test_the_team_sees_what_is_stored_and_says_it_for_nobody(world, as_, ada):
    for part in world.shared.discussed.all():
        works_with(world, part.pupil)
    extract_services.stored(world.dsl, world.shared, ada.pk)
    client = as_(world.primary)
    html = client.get(f"/consultations/{world.shared.pk}/").content.decode()
    assert html.count("Stored by the school") == 1
    assert html.count("Not stored by the school yet") == 1
    assert client.post(address(ada, "stored/")).status_code == 403


@pytest.mark.parametrize("actor", ["primary", "manager", "senco", "attendee", "other_dsl"])
def test_only_leads_of_the_school_mark_an_extract_as_stored(world, ada, actor):
    with pytest.raises(PermissionDenied):
        extract_services.stored(getattr(world, actor), world.shared, ada.pk)


def test_a_second_click_on_stored_changes_nothing(world, ada):
    extract_services.stored(world.dsl, world.shared, ada.pk)
    with pytest.raises(TransitionNotAllowed):
        extract_services.stored(world.head, world.shared, ada.pk)


# --- the names of other children -----------------------------------------------------------


def test_the_team_is_told_of_another_child_s_name_and_the_school_is_not(world, as_, children):
    part = part_about(world.shared, children.ada, shared_text="She waits for BEN’s bus.")
    works_with(world, children.ada)
    warning = "This text may name another child: Ben"
    assert warning in as_(world.primary).get(address(part)).content.decode()
    assert warning not in as_(world.dsl).get(address(part)).content.decode()


@pytest.mark.parametrize(
    "said",
    ["ben", "Ben's", "Ben’s", "BEN", "(Ben)", "Ada-Ben", "Ada/Ben", "Bén", "x\nBen.", "Ben_"],
)
def test_a_brother_on_record_is_recognised_however_he_is_written(world, children, said):
    part = part_about(world.shared, children.ada, shared_text=f"Late with {said} again")
    assert others_named(shared_version(world.shared)) == {part.pk: ["Ben"]}


def test_a_name_in_the_advice_or_an_action_counts_and_the_child_s_own_does_not(world, children):
    part = part_about(world.shared, children.ada, shared_text="Ada and her bench.", advice="Ben")
    assert others_named(shared_version(world.shared)) == {part.pk: ["Ben"]}
    part.advice = ""
    part.save()
    assert others_named(shared_version(world.shared)) == {}
    action_about(part, world.primary, what="Ring Ben")
    assert others_named(shared_version(world.shared)) == {part.pk: ["Ben"]}


def test_a_child_of_the_same_consultation_is_another_child(world, children):
    part = part_about(world.shared, children.ada, shared_text="Sits beside Cleo.")
    assert prompts(shared_version(world.shared)) == []
    part_about(world.shared, children.cleo, shared_text="Sits in the front.")
    [sentence] = prompts(shared_version(world.shared))
    assert sentence.startswith(f"What the school gets for the record of {part.pupil.name} may name")


def test_the_names_in_the_general_text_are_pointed_out_beside_an_outsider_s_copy(world, children):
    part_about(world.shared, children.ada)
    world.shared.shared_text = "We talked about Ada."
    assert "Ada" in named_in_general(shared_version(world.shared))
    world.shared.shared_text = "We talked about buses."
    assert "Ada" not in named_in_general(shared_version(world.shared))


NAMES = st.text(
    st.one_of(st.characters(categories=["Lu", "Ll", "Lo"]), st.sampled_from("'’-é ŁßÆ")),
    min_size=1,
    max_size=12,
)
AROUND = st.sampled_from(["", " ", "(", ", ", "\n", "/", "“", "’s ", "'s. ", " – ", "_"])


def pupil_called(first, surname):
    return Pupil(first_names=first, surname=surname)


def note_of(*parts):
    held = Consultation(held_at=timezone.now(), author=User(name="W"), school=School(name="S"))
    return Note(
        consultation=held,
        took_part=[],
        parts=list(parts),
        actions=[],
        additions=[],
        text="",
        updates="",
        training="",
        next_on=None,
    )


def part_of(pupil, text):
    return Part(
        pk=pupil.pk,
        pupil=pupil,
        title=pupil.name,
        text=text,
        advice="",
        reported="",
        actions=[],
        stored_on=None,
        stored_by=None,
    )


@given(first=NAMES, before=AROUND, after=AROUND)
def test_no_name_is_passed_over_whatever_it_is_and_whatever_stands_around_it(first, before, after):
    """rule 001-118: but for single letters, which are words of their own."""
    assert name_of(pupil_called(first, "")) <= set(words_in(f"late {before}{first}{after} again"))


@pytest.mark.django_db
@given(first=NAMES, surname=NAMES, text=st.text(max_size=40), named=st.booleans())
def test_an_extract_is_made_of_one_child_s_part_and_names_another_only_with_a_warning(
    first, surname, text, named
):
    """rule 001-118"""
    own, sibling = pupil_called("Ada", surname), pupil_called(first, surname)
    text = f"{text} {first}" if named else text
    note = note_of(part_of(own, text), part_of(sibling, "CANARY_sibling"))
    extract = text_of(note, note.parts[0])
    assert "CANARY_sibling" not in extract
    added = set(words_in(extract)) - set(words_in(text_of(note, part_of(own, ""))))
    warned = {word.casefold() for word in others_named(note).get(own.pk, [])}
    others = name_of(sibling) - name_of(own)
    assert {word.capitalize().casefold() for word in others & added} <= warned
    assert warned <= {word.capitalize().casefold() for word in others}


def test_an_extract_page_takes_as_many_queries_for_ten_children_as_for_two(world, as_, ada):
    works_with(world, ada.pupil)
    client = as_(world.primary)
    client.get("/account/")

    def counted():
        return len(queries(lambda: client.get(address(ada))))

    few = counted()
    for number in range(8):
        pupil = pupil_called(f"Kim{number}", "Other")
        pupil.born_on, pupil.added_by = timezone.localdate(), world.manager
        pupil.save()
        part_about(world.shared, pupil)
    assert counted() == few <= 16
