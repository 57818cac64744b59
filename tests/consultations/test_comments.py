"""A word between managers and the author, which no school and no PDF ever shows."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Access, Act, Verb
from consultations.models import Comment
from consultations.services import comments as services
from drafts.models import Draft
from notifications import kinds
from notifications.models import Message
from tests.children import child, works_with
from tests.consultations.about_children import part_about
from tests.consultations.children_typed import about
from tests.world import anew

WORDS = "CANARY-900001-shared-comment"


def test_the_author_hears_of_a_managers_word_and_the_manager_of_the_answer(world):
    """peers.md U6: a conversation that stays with the note."""
    services.comment(world.manager, world.completed, "Have you asked the nurse?")
    first = Message.objects.get(kind="consultation_commented")
    assert first.to == world.primary
    services.comment(world.primary, world.completed, "On Monday")
    answer = Message.objects.exclude(pk=first.pk).get(kind="consultation_commented")
    assert answer.to == world.manager
    for message in (first, answer):
        assert "nurse" not in message.subject + message.body
        assert "Monday" not in message.subject + message.body
        assert kinds.get(message.kind).may_receive(message)
    assert Act.objects.filter(verb=Verb.COMMENT).count() == 2


def test_an_author_with_nobody_to_answer_tells_nobody(world):
    services.comment(world.primary, world.completed, "A thought")
    assert not Message.objects.exists()


def test_managers_comment_on_a_draft_too(world, as_):
    services.comment(world.manager, world.draft, WORDS)
    page = as_(world.primary).get(f"/consultations/{world.draft.pk}/comments/")
    assert WORDS in page.content.decode()


@pytest.mark.parametrize("who", ["secondary", "cover", "other_worker", "dsl", "other_manager"])
def test_nobody_else_comments(world, who):
    with pytest.raises(PermissionDenied):
        services.comment(anew(getattr(world, who)), world.shared, "Hello")


def test_a_second_click_adds_nothing(world, as_):
    once = uuid.uuid4()
    client = as_(world.manager)
    for _ in range(2):
        answer = client.post(
            f"/consultations/{world.shared.pk}/comments/", {"text": WORDS, "once": once}
        )
        assert answer.status_code == 302
    assert Comment.objects.count() == Message.objects.count() == 1


def test_an_id_used_on_another_consultation_does_not_show_it(world):
    said = services.comment(world.manager, world.completed, WORDS)
    with pytest.raises(PermissionDenied):
        services.comment(world.manager, world.shared, "x", said.pk)


def test_an_empty_comment_is_refused_in_words(world, as_):
    answer = as_(world.manager).post(f"/consultations/{world.shared.pk}/comments/", {"text": " "})
    assert "Enter your comment" in answer.content.decode()
    assert not Comment.objects.exists()


def test_no_school_and_no_print_shows_a_comment(world, as_):
    """Rule 001-65: the school reads the shared text, and nothing else."""
    services.comment(world.manager, world.shared, WORDS)
    note = f"/shared/{world.shared.pk}/"
    for user, path in (
        (world.dsl, note),
        (world.dsl, f"{note}print/"),
        (world.senco, note),
        (world.secondary, f"/consultations/{world.shared.pk}/"),
    ):
        assert WORDS not in as_(user).get(path).content.decode(), path


def test_with_a_child_not_open_the_thread_waits_behind_the_record(world, as_):
    """Rule 001-58: what managers say of a child is a note on the child."""
    services.comment(world.manager, world.shared, WORDS)
    pupil = child(world, "Ada")
    part_about(world.shared, pupil)
    path = f"/consultations/{world.shared.pk}/comments/"
    assert as_(world.manager).get(path).url == f"/consultations/{world.shared.pk}/"
    works_with(world, pupil)
    assert WORDS in as_(world.manager).get(path).content.decode()


def test_a_comment_typed_before_the_reason_ran_out_is_kept_and_the_thread_stays_closed(world, as_):
    """rule 001-58: writing shows nothing, so nothing typed is lost."""
    part_about(world.completed, child(world, "Ada"))
    path = f"/consultations/{world.completed.pk}/comments/"
    answer = as_(world.manager).post(path, {"text": "Have you asked the nurse?"}, follow=True)
    assert Comment.objects.get().text == "Have you asked the nurse?"
    assert answer.redirect_chain[-1][0] == f"/consultations/{world.completed.pk}/"
    assert "asked the nurse" not in answer.content.decode()


def test_of_a_draft_too_the_thread_waits_until_its_children_are_open(world, as_):
    """security.md N-14: a draft's children are those it names as it was typed."""
    ada = child(world, "Ada")
    Draft.objects.filter(target_id=world.draft.pk).update(
        data=about({"who": ada.pk}, {"who": "unnamed"}, school=world.oakfield)
    )
    services.comment(world.manager, world.draft, WORDS)
    client, path = as_(world.manager), f"/consultations/{world.draft.pk}/comments/"
    assert client.get(path).url == f"/consultations/{world.draft.pk}/"
    assert WORDS not in client.get(path, follow=True).content.decode()
    works_with(world, ada)
    assert WORDS in client.get(path).content.decode()


@pytest.mark.parametrize("who", ["", "unnamed", "nobody", "0b9f4d3e-5f0f-4a39-9f0c-6b0e3a8f2a11"])
def test_a_draft_that_names_nobody_on_record_has_its_thread_open(world, as_, who):
    Draft.objects.filter(target_id=world.draft.pk).update(
        data=about({"who": who}, school=world.oakfield)
    )
    path = f"/consultations/{world.draft.pk}/comments/"
    assert as_(world.manager).get(path).status_code == 200


def waits_for(user):
    return list(Comment.objects.waiting_for(user))


def test_a_managers_word_waits_for_the_author_until_they_have_opened_the_thread(world, as_):
    said = services.comment(world.manager, world.completed, "Have you asked the nurse?")
    path = f"/consultations/{world.completed.pk}/comments/"
    for reader in (world.manager, world.service):
        assert as_(reader).get(path).status_code == 200
        assert waits_for(world.primary) == [said]
        assert waits_for(reader) == []
    as_(world.primary).get(path)
    assert waits_for(world.primary) == []


def test_a_thread_that_stayed_closed_was_not_read(world, as_):
    """Rule 001-58: the author too gives a reason first."""
    said = services.comment(world.manager, world.completed, "Have you asked the nurse?")
    ada = child(world, "Ada")
    part_about(world.completed, ada)
    path = f"/consultations/{world.completed.pk}/comments/"
    assert as_(world.primary).get(path).status_code == 302
    assert waits_for(world.primary) == [said]
    works_with(world, ada)
    assert as_(world.primary).get(path).status_code == 200
    assert waits_for(world.primary) == []


def test_when_a_comment_was_read_is_no_change_of_it(world, as_):
    services.comment(world.manager, world.completed, WORDS)
    said = Comment.objects.get()
    as_(world.primary).get(f"/consultations/{world.completed.pk}/comments/")
    assert said.events.count() == 1


def test_each_look_at_a_thread_leaves_a_row_for_each_child_it_is_about(world, as_):
    """security.md N-16"""
    ada = child(world, "Ada")
    part_about(world.shared, ada)
    works_with(world, ada)
    as_(world.manager).get(f"/consultations/{world.shared.pk}/comments/")
    looks = Access.objects.filter(subject_id=world.shared.pk, user=world.manager)
    assert sorted(looks.values_list("basis", "child_id"), key=str) == [
        ("current work", ada.pk),
        ("manager", None),
    ]
