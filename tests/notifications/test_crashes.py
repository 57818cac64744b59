"""Workers killed at the two worst moments; another takes over."""

import asyncio
import os
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection, transaction

from notifications.models import Message
from notifications.services import dispatch
from tests.notifications.conftest import states

WORKER = """
import django
django.setup()
from datetime import timedelta
from notifications import kinds
from notifications.services import Hold, dispatch
kinds.register("test")
dispatch({False: Hold(batch=20, lease=timedelta(seconds=4))})
"""


@pytest.fixture
def worker(sink):
    """``worker()``: a dispatching process of its own, with a lease of four seconds."""
    processes = []

    def start():
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "tests.settings"),
            "EMAIL_URL": sink.url,
        }
        processes.append(subprocess.Popen([sys.executable, "-c", WORKER], env=environment))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def until(condition, seconds=20):
    """Wait for the condition to hold; AssertionError if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def end_who_waits_for_a_lock():
    """End the server's side of a worker that waits; a dead worker's statement would still run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND usename = current_user"
        )
        return cursor.fetchone()


def test_a_worker_killed_while_sending_is_taken_over_from(transactional_db, sink, worker, write):
    messages = [write(str(number)) for number in range(3)]
    begun, killed = threading.Event(), threading.Event()

    async def hang(message_id):
        begun.set()
        await asyncio.to_thread(killed.wait, 20)
        return "451 nobody is left to read this"

    sink.reply_to_data = hang
    process = worker()
    assert begun.wait(20)
    process.kill()
    process.wait()
    sink.reply_to_data = None
    killed.set()
    assert sink.accepted == []

    assert dispatch() == 0, "the lease still runs"
    until(dispatch)
    assert sorted(sink.ids) == sorted(message.message_id for message in messages)
    assert set(states().values()) == {"sent"}


def test_a_worker_killed_before_it_could_mark_repeats_one_message(
    transactional_db, sink, worker, write
):
    """Accepted but not marked: sent again, with the same Message-ID and Date."""
    first, second = write("first"), write("second")
    begun, go_on = threading.Event(), threading.Event()

    async def wait_for_the_lock(message_id):
        begun.set()
        await asyncio.to_thread(go_on.wait, 20)

    sink.reply_to_data = wait_for_the_lock
    process = worker()
    assert begun.wait(20)
    with transaction.atomic():
        # The worker marks the message after the server's 250, and waits for this lock to do so.
        Message.objects.select_for_update().get(key="first")
        go_on.set()
        until(end_who_waits_for_a_lock)
        process.kill()
        process.wait()
    until(lambda: dispatch() and set(states().values()) == {"sent"})
    assert sink.ids == [first.message_id, first.message_id, second.message_id]
    assert [arrived["Date"] for arrived in sink.accepted[:2]] == [first.date_header] * 2
