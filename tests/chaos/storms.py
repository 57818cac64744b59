"""F-1, F-2, F-6 and F-7: everything is killed at random while concerns are raised and fall due."""

import random
import signal
import time
from collections import Counter
from dataclasses import dataclass

from tests.chaos.concerns import Raiser, reckon, settle
from tests.chaos.courier import POINTS, crashes
from tests.chaos.report import Finding
from tests.chaos.rig import Prober

WORKERS = ("worker-1", "worker-2", "urgent")
WEB_WORKERS = 2
RAISERS = 2


@dataclass(frozen=True)
class Storm:
    """How much of it: so many concerns and worker kills, and hits of each named point."""

    concerns: int
    kills: int
    crashes: int
    seconds: float
    postgres_restarts: int = 2


def storm(rig, size, seed, relay):
    """One storm; prints what it did and returns its Reckoning and the pages' failures."""
    chance = random.Random(seed)  # noqa: S311
    (rig.folder / "crashes").unlink(missing_ok=True)
    rig.start_usual(CHAOS_RELAY=relay, CHAOS_CRASHES=str(size.crashes))
    rig.start_web()
    prober = Prober(rig, rig.world.primary)
    raisers = [
        Raiser(rig.world.primary, size.concerns // RAISERS, size.seconds) for _ in range(RAISERS)
    ]
    for thread in (*raisers, prober):
        thread.start()
    answering_since = _rage(rig, size, chance)
    for raiser in raisers:
        raiser.finish()
    raised = [concern for raiser in raisers for concern in raiser.raised]
    settle(raised)
    # A crash after the mark is one of nothing: let what was sent be sent again if it will.
    time.sleep(6)
    prober.finish()
    rig.stop_all()
    found = reckon(rig, raised)
    hits = Counter(crashes(rig.folder))
    failures = _failures(prober.answers, answering_since)
    words = ", ".join(f"{hits[point]} {POINTS[point]}" for point in POINTS) if size.crashes else ""
    print(f"seed {seed}, relay {relay}: {found}", flush=True)
    print(f"  {size.kills} workers killed; {words or 'no named point'};", flush=True)
    print(f"  {len(prober.answers)} pages asked for, {failures} failed", flush=True)
    return found, failures, hits


def _rage(rig, size, chance):
    """Do the damage, spread over the storm. Returns ``[(PostgreSQL ended, answers again)]``."""
    restarts = [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL]
    events = ["worker"] * size.kills + ["postgres"] * size.postgres_restarts
    events += ["beat", "beats", "flush", "flush", "valkey", "mail"]
    chance.shuffle(events)
    away = []
    gap = size.seconds / len(events)
    for event in events:
        time.sleep(gap * chance.uniform(0.5, 1))
        if event == "worker":
            _again(rig, chance.choice(WORKERS))
        elif event == "postgres":
            began = time.time()
            rig.restart_postgres(restarts[len(away) % len(restarts)])
            away.append((began, time.time()))
        elif event == "beat":
            _again(rig, "beat-1")
        elif event == "beats":
            _again(rig, "beat-1", "beat-2", seconds=5)
        elif event == "flush":
            rig.flush_valkey()
        elif event == "valkey":
            rig.stop_valkey()
            time.sleep(3)
            rig.start_valkey()
        elif event == "mail":
            _again(rig, "mail", seconds=min(15, size.seconds / 8))
    return away


def _again(rig, *names, seconds=0):
    for name in names:
        rig.kill(name)
    time.sleep(seconds)
    for name in names:
        rig.start_again(name)


def _failures(answers, away):
    """How many pages failed that were asked for while PostgreSQL was there."""
    return sum(
        status == 0 or status >= 500
        for began, status in answers
        if not any(start - 5 < began < end for start, end in away)
    )


def storms(rig, size, relay, seeds):
    """A storm of each seed, with one kind of relay."""
    lost = twice = changed = failures = 0
    fewest = []
    for seed in seeds:
        found, failed, hits = storm(rig, size, seed, relay)
        lost, twice = lost + len(found.lost), twice + found.twice
        changed, failures = changed + found.two_ids + found.changed, failures + failed
        fewest.append(min(hits[point] for point in POINTS))
        for key in found.lost:
            print(f"  LOST {key}", flush=True)
    # A mail server that cannot be asked may get one message twice for each worker that died.
    deaths = len(seeds) * (size.kills + size.crashes * len(POINTS)) if relay == "silent" else 0
    storms = f"{len(seeds)} storms of {size.concerns}, relay {relay}"
    restarts = len(seeds) * size.postgres_restarts
    return [
        Finding(
            f"F-1 F-2 F-6 F-7 {storms}",
            f"{lost} lost, {twice} twice, {changed} with two Message-IDs or changed",
            f"0, {f'{deaths} at most' if deaths else 0}, 0",
            not lost and not changed and twice <= deaths,
        ),
        Finding(
            f"F-2 {storms}",
            f"each named point hit {min(fewest)} times or more",
            f"{size.crashes}",
            min(fewest) >= size.crashes,
        ),
        Finding(
            f"F-6 F-7 {storms}",
            f"{failures} pages failed with PostgreSQL there, {restarts} restarts",
            f"{WEB_WORKERS} a restart",
            failures <= WEB_WORKERS * restarts,
        ),
    ]
