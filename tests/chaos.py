"""``make chaos``: notes are shared while Valkey, the worker and PostgreSQL are killed in turn.

Every message has to arrive, and what arrives twice has to be the same message. No part of
``make test``: it takes minutes, most of them until the lease of a killed worker has run out.
"""

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter

from config.embedded.commands import demonstration
from config.embedded.pair import addresses, parts_for, running
from config.embedded.part import PartFailed
from config.embedded.run import command
from config.embedded.state import CHECKOUT, State
from tests.notifications.sink import Sink

CELERY = ("-m", "celery", "--app", "config.celery", "--quiet")
QUIET = ("--loglevel", "WARNING")
# What the mail server takes to accept a message, so that a kill mostly finds one on its way.
SLOWNESS = 0.05
# Longer than a worker's lease on its messages, and a pause after a failed attempt.
PATIENCE = 600


def until(condition, seconds, what):
    """Wait for the condition; TimeoutError, naming ``what``, if it does not come to hold."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.1)


def kill(part):
    """End a part and its children without a warning, and start it again."""
    os.killpg(part.process.pid, signal.SIGKILL)
    part.process.wait()
    until(lambda: starts(part), 60, f"{part.name} does not start again")


def starts(part):
    # PostgreSQL refuses while a process of the server that was killed is still about.
    with contextlib.suppress(PartFailed):
        part.start()
        return True
    return False


class Writer(threading.Thread):
    """A link worker who shares one note after another, and tries again when it fails."""

    def __init__(self):
        super().__init__()
        self.notes = []
        self.enough = threading.Event()
        self.error = None

    def run(self):
        try:
            while not self.enough.is_set():
                note = uuid.uuid4()
                until(lambda note=note: self.shares(note), 60, "a note cannot be shared")
                self.notes.append(note)
        except Exception as error:
            self.error = error

    def shares(self, note):
        from django.db import InterfaceError, OperationalError, connection, transaction

        from audit.errors import TransitionNotAllowed

        try:
            with transaction.atomic():
                self.complete(note)
        except (InterfaceError, OperationalError):
            connection.close()
            return False
        except TransitionNotAllowed:
            # The answer to the attempt before was lost, and not the attempt.
            return True
        return True

    def complete(self, note):
        """The act as a page asks for it."""
        from django.utils import timezone

        from accounts.models import User
        from consultations import services
        from consultations.forms import Content
        from consultations.models import Consultation
        from consultations.recipients import Decision, Plan, candidates
        from schools.models import School
        from schools.scope import scope_of

        worker = User.objects.get(email="linkworker@example.org")
        school = School.objects.filter(id__in=scope_of(worker).supports).order_by("urn").first()
        services.start(worker, school, note, timezone.now(), {})
        plan = Plan([Decision(person) for person in candidates(school, []) if person.ticked])
        content = Content({"shared_text": "What we talked about."}, [], [], [])
        consultation = Consultation.objects.get(pk=note)
        services.complete(worker, consultation, content, plan, share_now=True)


def check(notes, sink):
    """Every recipient of every note got their message; returns ``{Message-ID: times}``."""
    from consultations.models import Share
    from notifications.models import Message

    messages = Message.objects.filter(about_id__in=map(str, notes))
    until(
        lambda: not messages.filter(state__in=["pending", "sending"]).exists(),
        PATIENCE,
        "messages are still waiting",
    )
    arrived = Counter(sink.ids)
    recipients = set(
        Share.objects.filter(consultation__in=notes).values_list("consultation", "user__email")
    )
    written = {(uuid.UUID(m.about_id), m.address) for m in messages}
    assert len({row[0] for row in recipients}) == len(notes), "a note was shared with nobody"
    assert written == recipients, "who got a note and who is told of it differ"
    assert {m.state for m in messages} == {"sent"}, "a message was not sent"
    lost = {m.message_id for m in messages} - arrived.keys()
    assert not lost, f"{len(lost)} messages were lost: {sorted(lost)}"
    unknown = arrived.keys() - set(Message.objects.values_list("message_id", flat=True))
    assert not unknown, f"{len(unknown)} messages arrived that are not on record"
    versions = {(m["Message-ID"], m["Date"], m.get_payload()) for m in sink.accepted}
    assert len(versions) == len(arrived), "a message changed between two attempts"
    return arrived


def run(state, sink, rounds):
    embedded = addresses(state)
    os.environ.update(embedded)
    valkey_and_postgres = parts_for(state, embedded)
    with running(state, valkey_and_postgres), contextlib.ExitStack() as stack:
        for name in ("migrate", "seed_demo"):
            manage = [sys.executable, "manage.py", name, "--verbosity", "0"]
            subprocess.run(manage, cwd=CHECKOUT, stdout=subprocess.DEVNULL, check=True)
        import django

        django.setup()
        worker = command("worker", *CELERY, "worker", "--concurrency", "2", *QUIET, state=state)
        schedule = str(state.folder / "schedule")
        beat = command("beat", *CELERY, "beat", "--schedule", schedule, *QUIET, state=state)
        for part in (worker, beat):
            stack.callback(part.stop)
            part.start()
        writer = Writer()
        stack.callback(writer.enough.set)
        writer.start()
        postgres, valkey = valkey_and_postgres
        for _ in range(rounds):
            for part in (valkey, worker, postgres):
                count = len(sink.accepted)
                until(lambda n=count: len(sink.accepted) > n, PATIENCE, "nothing arrives any more")
                time.sleep(random.uniform(1, 4))  # noqa: S311
                print(f"kill -9 {part.name}, after {len(sink.accepted)} messages", flush=True)
                kill(part)
        writer.enough.set()
        writer.join()
        if writer.error:
            raise writer.error
        print("Waiting for the rest.", flush=True)
        arrived = check(writer.notes, sink)
        print(f"{len(writer.notes)} notes shared; {len(arrived)} messages, all arrived.")
        for message_id, times in arrived.items():
            if times > 1:
                print(f"arrived {times} times, the same each time: {message_id}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    folder = tempfile.mkdtemp(prefix="linkbook-chaos-")
    sink = Sink()

    async def take_time(message_id):
        await asyncio.sleep(SLOWNESS)

    sink.reply_to_data = take_time
    # Servers of its own, whatever the environment names.
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "EMAIL_URL": sink.url,
        "LINKBOOK_STATE": folder,
    }
    state = State(folder)
    demonstration(state)
    sink.up()
    try:
        run(state, sink, rounds)
    except BaseException:
        print(f"The servers' logs are in {state.logs}.", file=sys.stderr)
        raise
    finally:
        sink.down()
    shutil.rmtree(state.database_home, ignore_errors=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
