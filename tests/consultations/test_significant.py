"""A child's part marked significant for the chronology after the record was completed."""

import pytest
from django.core.exceptions import PermissionDenied

from audit.errors import TransitionNotAllowed
from audit.models import Access, Act
from consultations.models import Audience, Consultation
from consultations.services.significant import mark_significant, take_back_significant
from tests.children import children_of, works_with
from tests.consultations.about_children import part_about


@pytest.fixture
def part(world):
    """Ada's part of the shared one of Oakfield; she is on current work there."""
    ada = children_of(world).ada
    works_with(world, ada)
    return part_about(world.shared, ada, effect="Sees friends")


def url(part):
    return f"/consultations/{part.consultation_id}/significant/{part.pk}/"


def chronology(as_, world, part):
    return as_(world.primary).get(f"/pupils/{part.pupil_id}/chronology/?significant=1")


def test_a_completed_part_is_marked_and_taken_back_and_the_record_keeps_both(world, as_, part):
    """domain-facts.md 3.4: any note can be marked significant with one line."""
    client = as_(world.primary)
    record = f"/consultations/{part.consultation_id}/"
    assert url(part) in client.get(record).content.decode()
    assert client.post(url(part), {"line": "Back at school"}).url == record
    assert "Back at school" in chronology(as_, world, part).content.decode()
    client = as_(world.primary)
    assert "Back at school" in client.get(url(part)).content.decode()
    assert client.post(url(part), {"back": "1"}).url == record
    assert "Back at school" not in chronology(as_, world, part).content.decode()
    said = [added.text for added in part.consultation.addenda.filter(text__contains="significant")]
    assert sorted(text.partition(". ")[2] for text in said) == [
        "Marked as significant in the chronology: Back at school",
        "Taken back as significant in the chronology: Back at school",
    ]
    assert Act.objects.filter(verb="change", subject_id=part.pk, by=world.primary).count() == 2
    assert as_(world.primary).get(record).content.decode().count("Back at school") >= 2


def test_the_school_reads_nothing_of_the_mark_and_is_not_told_of_it(world, as_, part):
    part.consultation.refresh_from_db()
    before = part.consultation.version
    mark_significant(world.primary, part, "MARKED-LINE")
    for page in ("", "print/"):
        html = as_(world.dsl).get(f"/shared/{part.consultation_id}/{page}").content.decode()
        assert "MARKED-LINE" not in html
    part.consultation.refresh_from_db()
    assert part.consultation.version == before
    assert part.consultation.addenda.filter(text__contains="MARKED").get().audience == Audience.TEAM


def test_a_line_that_stood_in_the_record_is_not_lost_when_another_takes_its_place(world, part):
    part.headline = "As it was typed"
    part.save()
    mark_significant(world.primary, part, "In other words")
    added = part.consultation.addenda.get(text__contains="In other words")
    assert added.text.endswith("In other words In place of: As it was typed")


def test_without_a_line_it_is_not_marked_and_the_page_says_what_to_enter(world, as_, part):
    html = as_(world.primary).post(url(part), {"line": " "}).content.decode()
    assert "Enter one line for the chronology" in html
    part.refresh_from_db()
    assert not part.is_significant


def test_a_second_click_changes_nothing(world, as_, part):
    mark_significant(world.primary, part, "Back at school")
    with pytest.raises(TransitionNotAllowed):
        mark_significant(world.secondary, part, "Another")
    html = as_(world.secondary).post(url(part), {"line": "Another"}, follow=True).content.decode()
    assert "marked as significant already" in html
    take_back_significant(world.primary, part)
    with pytest.raises(TransitionNotAllowed):
        take_back_significant(world.primary, part)
    part.refresh_from_db()
    assert (part.is_significant, part.headline) == (False, "Back at school")


def test_only_who_may_add_to_the_record_and_reads_the_child_marks_it(world, as_, part):
    """Rule 001-58."""
    ben = children_of(world).ben
    closed = part_about(world.completed, ben)
    with pytest.raises(PermissionDenied):
        mark_significant(world.far_worker, part, "Line")
    with pytest.raises(PermissionDenied):
        mark_significant(world.primary, closed, "Line")
    assert "/reason/" in as_(world.primary).get(url(closed)).url
    assert as_(world.dsl).get(url(part)).status_code == 404
    elsewhere = url(part).replace(str(part.pk), str(closed.pk))
    assert as_(world.primary).get(elsewhere).status_code == 404
    draft = part_about(world.draft, ben)
    assert as_(world.primary).get(url(draft)).status_code == 404
    with pytest.raises(PermissionDenied):
        mark_significant(world.primary, draft, "Line")


def test_the_look_at_the_child_is_written_down(world, as_, part):
    as_(world.primary).get(url(part))
    assert Access.objects.filter(child_id=part.pupil_id, basis="current work").count() == 1


def test_a_line_that_comes_second_stays_its_writers(world, as_, part):
    mark_significant(world.primary, part, "Back at school")
    client = as_(world.secondary)
    assert client.post(url(part), {"line": "Back at school"}).url.startswith("/consultations/")
    answer = client.post(url(part), {"line": "MINE-instead"}, follow=True)
    assert "MINE-instead" in answer.content.decode()
    part.refresh_from_db()
    assert part.headline == "Back at school"


def test_a_line_is_looked_over_once_like_other_texts(world, as_, part):
    """Rule 001-118: without names no name is looked for twice, and nothing is blocked."""
    Consultation.objects.filter(pk=part.consultation_id).update(naming="no_names")
    client = as_(world.primary)
    line = f"{part.pupil.first_names} {part.pupil.surname} is back"
    shown = client.post(url(part), {"line": line})
    assert "recorded without names" in shown.content.decode()
    part.refresh_from_db()
    assert not part.is_significant
    press = {"line": line, "looked_at": shown.context["looked_at"]}
    assert client.post(url(part), press).status_code == 302
    part.refresh_from_db()
    assert part.headline == line
