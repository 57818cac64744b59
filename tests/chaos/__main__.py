"""The command: ``python -m tests.chaos [--quick] [--only storms,half_done] [--seeds 2]``."""

import argparse
import shutil
import sys
import tempfile
import time

from tests.chaos.report import table
from tests.chaos.rig import Rig

GROUPS = ("storms", "outages", "crowds", "half_done")
# What is not a fault: measured by ``make bench``.
MEASURES = ("drain", "due")


def quick(rig, seeds):
    """``{group: findings}``, each made when it is asked for; about five minutes."""
    from tests.chaos import crowds, half_done, outages, storms

    size = storms.Storm(concerns=100, kills=3, crashes=1, seconds=30)

    def crowd():
        yield crowds.many_planners(rig, 20)
        yield crowds.many_dispatchers(rig, 100, workers=2)
        yield crowds.slow_server(rig, 5, 30, 0)
        yield crowds.double_click(rig, 10)

    def out():
        yield outages.outage(rig, outages.ALL, seconds=30, concerns=20, limit=20)

    return {
        "half_done": lambda: half_done.half_done(rig, every=6),
        "storms": lambda: storms.storms(rig, size, "knows", seeds or [1]),
        "outages": out,
        "crowds": crowd,
    }


def full(rig, seeds):
    """As ``quick``, at the sizes of security.md 4.3; about an hour and a half."""
    from tests.chaos import crowds, drain, due, half_done, outages, storms

    size = storms.Storm(concerns=1000, kills=20, crashes=15, seconds=120, postgres_restarts=5)
    seeds = seeds or [1, 2, 3, 4, 5]

    def storm():
        yield from storms.storms(rig, size, "knows", seeds)
        yield from storms.storms(rig, size, "late", seeds[:1])
        yield from storms.storms(rig, size, "silent", seeds[:1])

    def out():
        for what in (outages.BEAT, outages.VALKEY):
            yield outages.outage(rig, what, seconds=600, concerns=100, limit=300)
        yield outages.outage(rig, outages.MAIL, seconds=420, concerns=1000, limit=300)
        yield outages.outage(rig, outages.ALL, seconds=420, concerns=100, limit=300)

    def crowd():
        yield crowds.many_planners(rig, 200)
        yield crowds.many_dispatchers(rig, 1000)
        yield crowds.slow_server(rig, 30, 40, 150)
        yield crowds.wrong_clock(rig, 2, 20)
        yield crowds.wrong_clock(rig, -2, 20)
        yield crowds.acknowledged_while_sending(rig, 500)
        yield crowds.double_click(rig, 200)

    return {
        "half_done": lambda: half_done.half_done(rig),
        "drain": lambda: (drain.drain(rig, slowness) for slowness in (0.005, 0.002)),
        "due": lambda: due.due_scan(rig, 30_000, 1_000_000),
        "storms": storm,
        "outages": out,
        "crowds": crowd,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="the small sizes: five minutes")
    parser.add_argument("--seeds", type=int, help="so many storms instead of five, or one")
    parser.add_argument(
        "--only", default=",".join(GROUPS), help=f"some of {','.join(GROUPS + MEASURES)}"
    )
    options = parser.parse_args()
    began = time.monotonic()
    folder = tempfile.mkdtemp(prefix="linkbook-chaos-")
    findings = []
    with Rig(folder, patience=5 if options.quick else 1) as rig:
        groups = (quick if options.quick else full)(rig, range(1, 1 + (options.seeds or 0)))
        for name in options.only.split(","):
            for finding in groups[name]():
                print(table([finding]).splitlines()[-1], flush=True)
                findings.append(finding)
    print(f"\n{table(findings)}\n\n{(time.monotonic() - began) / 60:.0f} minutes")
    if not all(finding.holds for finding in findings):
        sys.exit(f"Not everything holds. The servers' logs are in {rig.state.logs}.")
    shutil.rmtree(rig.state.database_home, ignore_errors=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
