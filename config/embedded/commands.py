"""What ``manage.py`` does about servers nobody named, before Django reads its settings."""

import contextlib
import os
import time

from config.embedded.pair import addresses, parts_for, running
from config.embedded.state import InUse, State

# These read the code, or files, and never a row.
WITHOUT_DATABASE = {
    "build_assets",
    "check",
    "collectstatic",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "sqlmigrate",
    "startapp",
    "version",
    "watch",
}
# These change tables, so they run as the role that owns them.
AS_OWNER = {"createcachetable", "migrate", "pgtrigger"}

# Printed by make run; the accounts are invented and the pages answer on this machine only.
DEMO_PASSWORD = "linkbook-demo-2026"  # noqa: S105


def needs_database(arguments):
    """Whether the command line, program name left out, reads or writes the database."""
    if not arguments or arguments[0].startswith("-") or {"-h", "--help"} & set(arguments):
        return False
    if arguments[0] == "check":
        return "--database" in arguments
    return arguments[0] not in WITHOUT_DATABASE


@contextlib.contextmanager
def servers_for(arguments):
    """Give the command its servers and the role it runs as, through the environment.

    With DATABASE_URL and REDIS_URL set that is all. Otherwise the servers of a running
    ``make run`` are used, or the embedded ones are started for the command's own duration.
    A command with neither servers nor a secret key is the demonstration's; ``check`` is not,
    since it says what is missing.
    """
    command = arguments[0] if arguments else "help"
    if command in AS_OWNER:
        os.environ["LINKBOOK_AS_OWNER"] = "1"
    state = State()
    if _is_demonstration(command):
        demonstration(state)
    variables = addresses(state)
    os.environ.update(variables)
    if not variables or not needs_database(arguments):
        yield
        return
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(running(state, parts_for(state, variables)))
        except InUse:
            _wait_until_ready(state)
        yield


def demonstration(state):
    """Set what the demonstration has without being told: its mode, secret key and password."""
    os.environ["LINKBOOK_DEMO"] = "1"
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = state.secret_key()
    os.environ.setdefault("LINKBOOK_DEMO_PASSWORD", DEMO_PASSWORD)


def _is_demonstration(command):
    if "LINKBOOK_DEMO" in os.environ:
        return os.environ["LINKBOOK_DEMO"].lower() in ("1", "true", "yes", "on")
    unset = not (os.environ.get("SECRET_KEY") or os.environ.get("DATABASE_URL"))
    return unset and command != "check"


def _wait_until_ready(state, seconds=60):
    deadline = time.monotonic() + seconds
    while not state.holder().get("ready"):
        if time.monotonic() > deadline:
            raise InUse(state.folder, state.holder())
        time.sleep(0.05)
