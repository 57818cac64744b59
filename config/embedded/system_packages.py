"""What must come from the system: named with its apt-get line, installed only when root.

``python -m config.embedded.system_packages chromium`` asks for the browser as well.
"""

import os
import shutil
import subprocess
import sys

from documents import libraries

CHROMIUM = ("chromium", "chromium-browser")


def find_chromium():
    """The browser's program, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def ensure(*, chromium=False):
    """Install the missing packages when root; otherwise, or where that fails, say what goes
    without them. Nothing here stops the caller."""
    missing = _missing(chromium)
    if missing and os.getuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' '.join(missing)}.", flush=True)
        _install(missing)
        missing = _missing(chromium)
    if missing:
        print(
            f"Missing system packages: apt-get install {' '.join(missing)}\n"
            "Everything works without them but PDF and, in the tests, the browser journeys.",
            flush=True,
        )


def _missing(chromium):
    missing = libraries.missing_elsewhere()
    if chromium and find_chromium() is None:
        missing.append("chromium")
    return missing


def _install(packages):
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", *arguments],  # noqa: S607
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            print("\n".join(done.stdout.splitlines()[-5:]))


if __name__ == "__main__":
    ensure(chromium="chromium" in sys.argv[1:])
