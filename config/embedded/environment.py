"""Makes the environment ``.venv`` from a bare Python: ``python3 -m config.embedded.environment``.

Standard library only, and plain enough for an old Python to say that it is too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11")
FOLDER = ".venv"
PYTHON = os.path.join(FOLDER, "bin", "python")
REQUIREMENTS = "requirements.txt"
STAMP = os.path.join(FOLDER, "installed")


def use_new_enough_python():
    """Carry on under a Python that is new enough, or say which is needed."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        program = shutil.which(name)
        if program:
            command = [program, "-m", "config.embedded.environment"]
            os.execv(program, command)  # noqa: S606 - no shell is wanted
    found = ".".join(str(number) for number in sys.version_info[:2])
    sys.exit(
        f"Linkbook needs Python 3.11 or newer; python3 here is {found}."
        " Install one, or name it: make run PYTHON=/path/to/python3.12"
    )


def ensure_venv_module():
    """Debian leaves ``venv`` out of python3: install it as root, otherwise name the package."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if os.getuid() != 0 or not shutil.which("apt-get"):
            sys.exit(f"Python's venv module is missing: apt-get install {package}")
        print(f"Installing {package}.", flush=True)
        quietly("apt-get", "update")
        quietly("apt-get", "install", "--yes", "--no-install-recommends", package)


def ensure_environment():
    """Make ``.venv`` and install what requirements.txt pins, unless it is there already."""
    if installed() == wanted():
        return
    if not works("-m", "pip", "--version"):
        ensure_venv_module()
        quietly(sys.executable, "-m", "venv", "--clear", FOLDER)
    print("Installing the libraries into .venv (about half a minute).", flush=True)
    quietly(
        *(PYTHON, "-m", "pip", "install", "--require-hashes", "--requirement", REQUIREMENTS),
        *("--quiet", "--no-input", "--disable-pip-version-check", "--root-user-action=ignore"),
    )
    with open(STAMP, "w") as stamp:
        stamp.write(wanted())


def wanted():
    """A mark of the environment the checkout asks for."""
    with open(REQUIREMENTS, "rb") as requirements:
        return hashlib.sha256(requirements.read()).hexdigest()


def installed():
    """The mark of the environment that is there, or None when it does not work."""
    try:
        with open(STAMP) as stamp:
            mark = stamp.read()
    except OSError:
        return None
    return mark if works("-c", "") else None


def works(*arguments):
    """Whether the environment's Python runs that."""
    try:
        return (
            subprocess.run((PYTHON, *arguments), capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def quietly(*command):
    """Run the command; show what it printed only when it failed, and stop."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stdout.decode(errors="replace"))
        sys.exit(f"This failed: {' '.join(command)}")


if __name__ == "__main__":
    use_new_enough_python()
    ensure_environment()
