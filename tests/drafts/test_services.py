"""What somebody types is kept as typed, once, and for nobody else to write over."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.http import QueryDict

from accounts.models import User
from drafts.errors import StaleDraft
from drafts.models import Draft
from drafts.services import consume, save, start, typed

FORM = "note"
FIRST, SECOND, THIRD = ({"text": [text]} for text in ("first", "second", "third"))


@pytest.fixture
def writer(db):
    return User.objects.create_user("writer@example.org", "Wren Writer")


@pytest.fixture
def other(db):
    return User.objects.create_user("other@example.org", "Otto Other")


@pytest.fixture
def target():
    return uuid.uuid4()


def kept(target):
    draft = Draft.objects.get(form=FORM, target_id=target)
    return draft.data, draft.version


# --- starting ------------------------------------------------------------------------------


def test_the_first_save_makes_the_draft(writer, target):
    draft = start(writer, FORM, target, FIRST)
    assert (draft.user, draft.version) == (writer, 1)
    assert kept(target) == (FIRST, 1)


def test_starting_twice_keeps_one_draft_with_the_later_text(writer, target):
    first = start(writer, FORM, target, FIRST)
    assert start(writer, FORM, target, SECOND).pk == first.pk
    assert kept(target) == (SECOND, 2)


def test_a_start_that_comes_late_does_not_write_over_what_was_saved_since(writer, target):
    draft = start(writer, FORM, target, FIRST)
    save(writer, draft.pk, SECOND, 1)
    save(writer, draft.pk, THIRD, 2)
    with pytest.raises(StaleDraft) as stale:
        start(writer, FORM, target, FIRST)
    assert stale.value.draft.data == THIRD
    assert kept(target) == (THIRD, 3)
    start(writer, FORM, target, FIRST, version=3)
    assert kept(target) == (FIRST, 4)


def test_nobody_starts_over_somebody_else_s_draft(writer, other, target):
    start(writer, FORM, target, FIRST)
    with pytest.raises(PermissionDenied):
        start(other, FORM, target, SECOND)
    assert kept(target) == (FIRST, 1)


def test_another_form_and_another_target_are_other_drafts(writer, target):
    made = {
        start(writer, FORM, target, FIRST).pk,
        start(writer, "other", target, FIRST).pk,
        start(writer, FORM, uuid.uuid4(), FIRST).pk,
    }
    assert len(made) == 3


# --- saving --------------------------------------------------------------------------------


def test_each_save_is_a_version_later(writer, target):
    draft = start(writer, FORM, target, FIRST)
    saved = save(writer, draft.pk, SECOND, 1)
    assert saved.version == 2
    assert saved.saved_at > draft.saved_at
    assert kept(target) == (SECOND, 2)


@pytest.mark.parametrize("seen", [0, 1, 3])
def test_a_page_that_saw_another_version_is_shown_the_one_there_is(writer, target, seen):
    draft = start(writer, FORM, target, FIRST)
    save(writer, draft.pk, SECOND, 1)
    with pytest.raises(StaleDraft) as stale:
        save(writer, draft.pk, THIRD, seen)
    assert (stale.value.draft.data, stale.value.draft.version) == (SECOND, 2)
    assert kept(target) == (SECOND, 2)


@pytest.mark.parametrize("seen", [0, 1])
def test_somebody_else_s_draft_is_neither_saved_nor_shown(writer, other, target, seen):
    draft = start(writer, FORM, target, FIRST)
    with pytest.raises(PermissionDenied):
        save(other, draft.pk, SECOND, seen)
    assert kept(target) == (FIRST, 1)


def test_a_consumed_draft_takes_no_more_text(writer, target):
    draft = start(writer, FORM, target, FIRST)
    beside = start(writer, "other", target, FIRST)
    consume(FORM, target)
    with pytest.raises(Draft.DoesNotExist):
        save(writer, draft.pk, SECOND, 1)
    assert list(Draft.objects.all()) == [beside]


# --- what was typed ------------------------------------------------------------------------


def test_what_a_form_sends_for_itself_is_no_part_of_the_text():
    sent = QueryDict("csrfmiddlewaretoken=x&version=3&author=y&id=z&areas=send&areas=health&text=")
    assert typed(sent) == {"areas": ["send", "health"], "text": [""]}


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "=1+1", "\u202eevil", "O’Brien ŵ 😀\r\n", "x" * 1_000_000],
    ids=["HTML", "formula", "right to left", "letters", "a million"],
)
def test_text_of_every_kind_comes_back_as_it_was_typed(writer, target, text):
    sent = QueryDict(mutable=True)
    sent["text"] = text
    start(writer, FORM, target, typed(sent))
    assert kept(target) == ({"text": [text]}, 1)


def test_a_nul_is_dropped_and_the_rest_is_kept(writer, target):
    start(writer, FORM, target, typed(QueryDict("text=be%00fore&text=%00")))
    assert kept(target) == ({"text": ["before", ""]}, 1)
