"""F-3, F-6 and F-9: something is gone for a while, concerns are raised all the same, it returns."""

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from notifications import watch
from tests.chaos.concerns import FIRST_STEP, raise_many, reckon, settle
from tests.chaos.report import Finding
from tests.chaos.rig import Prober, patiently, until

WORKERS = ["worker-1", "worker-2", "urgent"]
BEATS = ["beat-1", "beat-2"]


@dataclass(frozen=True)
class Outage:
    """What is gone, and within how many seconds of its return the first message must be out."""

    fault: str
    parts: list
    first_within: float
    valkey: bool = False


BEAT = Outage("F-3 both beats gone", BEATS, 30)
VALKEY = Outage("F-6 Valkey gone", [], 60, valkey=True)
MAIL = Outage("F-9 mail server gone", ["mail"], 60)
ALL = Outage("F-3 F-6 F-9 Valkey, workers and mail server gone", [*WORKERS, "mail"], 60, True)


class Watcher(threading.Thread):
    """The look from outside, every second; ``alerted_at`` is when it first raised the alarm."""

    def __init__(self, url, limit):
        super().__init__(daemon=True)
        self.command = [sys.executable, "-I", watch.__file__, url, "--limit", str(limit)]
        self.alerted_at = None
        self.enough = threading.Event()

    def run(self):
        while not self.alerted_at and not self.enough.wait(1):
            if subprocess.run(self.command, check=False, stderr=subprocess.DEVNULL).returncode:
                self.alerted_at = time.time()


def outage(rig, what, seconds, concerns, limit):
    """One outage, its concerns raised at its beginning and due again in its middle."""
    from notifications.health import health

    rig.start_usual()
    rig.start_web()
    now_beating = timedelta(seconds=10)
    until(lambda: (health().beat_silent or timedelta.max) < now_beating, 300, "beat is seen")
    for name in what.parts:
        rig.kill(name)
    if what.valkey:
        rig.stop_valkey()
    gone_at = time.time()
    prober = Prober(rig, rig.world.primary)
    watcher = Watcher(rig.health_url, limit)
    prober.start()
    watcher.start()
    aware_at = timezone.now() - FIRST_STEP + timedelta(seconds=seconds / 2)
    raised = raise_many(rig.world.primary, concerns, aware_at)
    time.sleep(max(gone_at + seconds - time.time(), 0))
    prober.finish()
    watcher.enough.set()
    watcher.join()
    if what.valkey:
        rig.start_valkey()
    for name in what.parts:
        rig.start_again(name)
    back_at = time.time()
    settle(raised)
    rig.stop_all()
    return _finding(rig, what, raised, back_at, gone_at, prober, watcher, limit)


def _finding(rig, what, raised, back_at, gone_at, prober, watcher, limit):
    from notifications.models import Message

    found = reckon(rig, raised)
    rows = Message.objects.filter(about_id__in=[str(concern) for concern in raised])
    ids = set(patiently(lambda: list(rows.values_list("message_id", flat=True))))
    after = [one.at - back_at for one in rig.journal.read() if one.id in ids and one.at > back_at]
    first, last = min(after, default=0), max(after, default=0)
    failed = sum(status == 0 or status >= 500 for _, status in prober.answers)
    alarm = watcher.alerted_at and watcher.alerted_at - gone_at
    print(f"{what.fault}: {found}", flush=True)
    first_within, last_within = what.first_within * rig.patience, 300 * rig.patience
    # Between two looks of cron a minute passes.
    alarm_within = (limit + 60) * rig.patience
    return Finding(
        what.fault,
        f"{len(found.lost)} lost, {found.twice} twice, {failed} of {len(prober.answers)} pages"
        f" failed; first {first:.0f} s and last {last:.0f} s after the return, {found.attempts}"
        f" attempts; alarm after {alarm or 0:.0f} s",
        f"0, 0, 0; {first_within:.0f} and {last_within} s, 80; {alarm_within} s",
        found.is_clean
        and not found.twice
        and not failed
        and first <= first_within
        and last <= last_within
        and found.attempts <= 80
        and alarm is not None
        and alarm <= alarm_within,
    )
