"""Writing messages down once, and what may be written."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from notifications import kinds
from notifications.models import Message
from notifications.services import enqueue, enqueue_many, store, written
from tests.notifications.conftest import KIND

LETTER = """Subject: Early help consultation at {{ school }}

{{ council.name }} & others shared a note of {{ day }}.
Read it: {{ site_url }}/shared/
"""


@pytest.fixture
def letters(settings):
    """The templates letter.txt and, without a subject, bare.txt."""
    templates = {"letter.txt": LETTER, "bare.txt": "Dear reader,\n"}
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", templates)]},
        }
    ]


@pytest.fixture
def person(db):
    return User.objects.create_user("person@example.org", "Per Son")


def test_a_message_is_written_with_everything_it_will_need(letters, person, settings):
    enqueue(
        KIND,
        "share:1",
        template="letter.txt",
        context={"school": "St Mary's & All Angels", "day": "22 November"},
        about=person,
        to=person,
    )
    message = Message.objects.get()
    assert (message.subject, message.address, message.to) == (
        "Early help consultation at St Mary's & All Angels",
        "person@example.org",
        person,
    )
    assert message.body == (
        f"{settings.COUNCIL.name} & others shared a note of 22 November.\n"
        f"Read it: {settings.SITE_URL}/shared/\n"
    )
    assert message.message_id == f"<{message.id}@example.org>"
    assert message.state == "pending"
    assert message.next_try_at == message.created_at
    assert list(Message.objects.about(person)) == [message]


def test_a_key_writes_one_message_only(db, write):
    first = write("one")
    write("one", subject="Something else")
    assert Message.objects.get().subject == first.subject


def test_twenty_at_once_write_one_message(transactional_db, write):
    ready, together = [], threading.Barrier(20)

    def write_one():
        together.wait()
        try:
            ready.append(write("one"))
        finally:
            connection.close()

    threads = [threading.Thread(target=write_one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Message.objects.count() == 1
    assert len(ready) == 20


def test_a_cause_that_is_rolled_back_leaves_no_message(transactional_db, write):
    with transaction.atomic():
        write("one")
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "no address",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\n",
        "a@example.org, b@example.org",
        "a@example.org,b@example.org",
        '"a,b"@example.org',
        "Ann <a@example.org>",
        "ünne@example.org",
    ],
)
def test_what_is_not_exactly_one_address_is_refused(db, write, address):
    with pytest.raises(ValueError, match="exactly one"):
        write("one", address=address)
    assert not Message.objects.exists()


def test_an_unknown_kind_fails_loudly(db):
    with pytest.raises(kinds.UnknownKind, match="'nothing'"):
        store("nothing", "key", subject="S", body="B", address="a@example.org")


def test_a_kind_is_registered_once():
    with pytest.raises(ValueError, match="already"):
        kinds.register(KIND)


def test_a_template_without_a_subject_is_refused(person, letters):
    with pytest.raises(ValueError, match="subject"):
        enqueue(KIND, "k", template="bare.txt", context={}, about=person, to=person)


@pytest.mark.parametrize("size", [1, 2, 60])
def test_messages_are_written_by_one_query_however_many(db, django_assert_num_queries, size):
    expires_at = timezone.now() + timedelta(hours=1)
    messages = [
        written(
            KIND,
            f"key-{number}",
            subject="S",
            body="B",
            address="a@example.org",
            secret=True,
            expires_at=expires_at,
        )
        for number in range(size)
    ]
    with django_assert_num_queries(1):
        enqueue_many(messages)
    kept = Message.objects.all()
    assert {message.key for message in kept} == {message.key for message in messages}
    assert len({message.message_id for message in kept}) == size


def test_of_many_messages_those_whose_key_was_used_are_left_out(db, write):
    first = write("one")
    again, other = (
        written(KIND, key, subject="New", body="B", address="a@example.org")
        for key in ("one", "two")
    )
    enqueue_many([other, again, other])
    assert list(Message.objects.order_by("key").values_list("id", "subject")) == [
        (first.id, first.subject),
        (other.id, "New"),
    ]


def test_two_acts_with_messages_in_common_do_not_lock_each_other_out(transactional_db):
    keys = [f"key-{number}" for number in range(200)]
    together, finished = threading.Barrier(2), []

    def write_all(order):
        messages = [written(KIND, key, subject="S", body="B", address="a@b.org") for key in order]
        together.wait()
        try:
            enqueue_many(messages)
            finished.append(order)
        finally:
            connection.close()

    threads = [threading.Thread(target=write_all, args=[order]) for order in (keys, keys[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(finished) == 2
    assert Message.objects.count() == len(keys)
