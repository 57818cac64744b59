"""The way out that kills its own worker where it hurts, and can ask the mail server's journal."""

import os
import random
import signal
import time
from pathlib import Path

from django.core.mail.utils import DNS_NAME

from notifications.delivery import Courier
from tests.chaos.journal import Journal

# What each named point of a crash is, in the order a message passes them.
POINTS = {
    "claimed": "after the claim",
    "data": "after DATA, not taken",
    "taken": "after DATA, taken, no 250 yet",
    "accepted": "after the 250, not marked",
    "marked": "after the mark",
}
CHANCE = 0.08
# How long a relay that answers late says that it does not know.
LATE = 30


class ChaosCourier(Courier):
    """Sends to the sink as usual; what else it does the environment says.

    ``CHAOS_RELAY``: "silent" as plain SMTP is, "knows" at once, or "late", which says "unknown"
    for half a minute first. ``CHAOS_CRASHES``: how often each point is to be hit.
    """

    def __init__(self):
        super().__init__()
        # Tells the sink whom to kill between the message and its answer.
        DNS_NAME._fqdn = f"pid-{os.getpid()}.invalid"
        self._folder = Path(os.environ["LINKBOOK_STATE"])
        self._has_marked = False

    def send(self, message):
        self._crash_after_mark()
        crash(self._folder, "claimed")
        super().send(message)
        crash(self._folder, "accepted")
        self._has_marked = True

    def __exit__(self, *exception):
        self._crash_after_mark()
        super().__exit__(*exception)

    def was_taken(self, message):
        self._crash_after_mark()
        relay = os.environ.get("CHAOS_RELAY", "silent")
        if relay == "silent":
            return super().was_taken(message)
        if relay == "late" and self._is_asked_too_soon(message):
            return None
        return message.message_id in Journal(self._folder).ids()

    def _crash_after_mark(self):
        # The message before was marked when the dispatcher came to the next, or to the end.
        if self._has_marked:
            crash(self._folder, "marked")

    def _is_asked_too_soon(self, message):
        asked = self._folder / f"asked-{message.pk}"
        if not asked.exists():
            asked.touch()
        return time.time() - asked.stat().st_mtime < LATE


def crash(folder, point, pid=None):
    """Now and then kill this process, or ``pid``, until the point was hit often enough."""
    wanted = int(os.environ.get("CHAOS_CRASHES", "0"))
    if not wanted or random.random() > CHANCE or crashes(folder).count(point) >= wanted:  # noqa: S311
        return False
    with open(folder / "crashes", "a") as file:
        file.write(f"{point}\n")
        file.flush()
        os.fsync(file.fileno())
    os.kill(pid or os.getpid(), signal.SIGKILL)
    return True


def crashes(folder):
    """The points that were hit, in their order."""
    file = folder / "crashes"
    return file.read_text().split() if file.exists() else []
