"""Raising concerns as people do, and finding out what became of each."""

import threading
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from tests.chaos.report import percentile
from tests.chaos.rig import patiently, until

# Told at once, and again after four hours, which here are over within the run.
FIRST_STEP = timedelta(hours=4)


def raise_one(by, aware_at=None, pk=None):
    """Raise a concern, again until the answer is that it is raised; returns its id."""
    from referrals.services.concerns import raise_concern

    pk = pk or uuid.uuid4()
    patiently(lambda: raise_concern(by, "What was seen.", pk=pk, aware_at=aware_at))
    return pk


def raise_many(by, count, aware_at=None):
    return [raise_one(by, aware_at) for _ in range(count)]


class Raiser(threading.Thread):
    """Somebody who raises a concern every now and then; the four hours of each end in the run."""

    def __init__(self, by, count, seconds):
        super().__init__(daemon=True)
        self.by, self.count, self.seconds = by, count, seconds
        self.raised = []
        self.error = None

    def run(self):
        from django.db import connection
        from django.utils import timezone

        began = time.monotonic()
        try:
            for number in range(self.count):
                wait = began + self.seconds * number / self.count - time.monotonic()
                time.sleep(max(wait, 0))
                ends_in = timedelta(seconds=5 + self.seconds * 0.2)
                self.raised.append(raise_one(self.by, timezone.now() - FIRST_STEP + ends_in))
        except Exception as error:
            self.error = error
        finally:
            connection.close()

    def finish(self):
        self.join()
        if self.error:
            raise self.error


@dataclass
class Reckoning:
    """What became of the messages of some concerns."""

    concerns: int
    messages: int = 0
    lost: list = field(default_factory=list)
    twice: int = 0
    two_ids: int = 0
    changed: int = 0
    lateness: list = field(default_factory=list)
    attempts: int = 0

    @property
    def is_clean(self):
        return not (self.lost or self.two_ids or self.changed)

    def __str__(self):
        late = [percentile(self.lateness, share) for share in (0.5, 0.99, 1)]
        return (
            f"{self.concerns} concerns, {self.messages} messages: {len(self.lost)} lost,"
            f" {self.twice} accepted twice, {self.two_ids} keys with two Message-IDs,"
            f" late p50 {late[0]:.1f} p99 {late[1]:.1f} max {late[2]:.1f} s"
        )


def settle(concerns, steps=("0", "4"), seconds=600):
    """Wait until each of the concerns has its messages of all steps, and none is unsent."""
    from notifications.models import Message

    wanted = {(str(concern), step) for concern in concerns for step in steps}

    def is_settled():
        rows = Message.objects.filter(about_id__in=[str(concern) for concern in concerns])
        written = {_concern_and_step(key) for key in rows.values_list("key", flat=True)}
        return wanted <= written and not rows.unsent().exists()

    until(lambda: patiently(is_settled), seconds, "every concern has its messages, all sent")


def reckon(rig, concerns, steps=("0", "4")):
    """Compare what was to be sent with what the mail server accepted."""
    from notifications.models import Message
    from referrals.models import Concern

    accepted = rig.journal.by_id()
    aware = dict(Concern.objects.filter(pk__in=concerns).values_list("pk", "aware_at"))
    found = Reckoning(len(concerns))
    written, texts = set(), defaultdict(set)
    rows = Message.objects.filter(about_id__in=[str(concern) for concern in concerns])
    for message in rows:
        concern, step = _concern_and_step(message.key)
        written.add((concern, step))
        copies = accepted.get(message.message_id, [])
        found.messages += 1
        found.attempts = max(found.attempts, message.attempts)
        if not copies:
            if message.state != "suppressed":
                found.lost.append(message.key)
            continue
        found.twice += len(copies) - 1
        found.changed += len({(copy.date, copy.digest) for copy in copies}) > 1
        for copy in copies:
            texts[copy.to, copy.digest].add(copy.id)
        due = message.created_at
        if step.isdigit() and int(step):
            due = aware[uuid.UUID(concern)] + timedelta(hours=int(step))
        found.lateness.append(copies[0].at - due.timestamp())
    found.two_ids = sum(len(ids) > 1 for ids in texts.values())
    missing = {(str(concern), step) for concern in concerns for step in steps} - written
    found.lost += [f"concern:{concern}:{step}" for concern, step in missing]
    return found


def _concern_and_step(key):
    _, concern, step, _ = key.split(":")
    return concern, step
