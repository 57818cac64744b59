"""The two servers together, for as long as one command or one test run needs them."""

import contextlib
import os

from config.embedded.postgres import APP, DATABASE, OWNER, Postgres
from config.embedded.valkey import Valkey


def addresses(state, database=DATABASE):
    """The variables naming the embedded servers, without those the environment sets itself.

    Computed, not asked: the servers need not run.
    """
    found = {}
    if not os.environ.get("DATABASE_URL"):
        found["DATABASE_URL"] = state.database_url(APP, database)
        found["DATABASE_OWNER_URL"] = state.database_url(OWNER, database)
    if not os.environ.get("REDIS_URL"):
        found["REDIS_URL"] = state.redis_url
    return found


def parts_for(state, variables, *, throwaway=False):
    """The servers that ``addresses`` has promised, in the order they start."""
    parts = []
    if "DATABASE_URL" in variables:
        parts.append(Postgres(state, throwaway=throwaway))
    if "REDIS_URL" in variables:
        parts.append(Valkey(state, throwaway=throwaway))
    return parts


@contextlib.contextmanager
def running(state, parts):
    """Hold the state folder and run the parts; stop them in reverse order.

    Raises InUse when another process holds the folder, PartFailed when one does not start.
    """
    with contextlib.ExitStack() as stack:
        state.hold()
        stack.callback(state.release)
        state.make()
        for part in parts:
            stack.callback(part.stop)
            part.start()
        state.publish(ready=True)
        yield
