"""The migrated test database, made once for as long as migrations and settings stay.

Migrating takes a quarter of a minute of processor time. A cluster whose test database is
migrated is therefore kept under ``var/``, and each run of the tests has a copy to itself.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from itertools import chain

from django.test.utils import setup_databases

from config.embedded.pair import parts_for, running
from config.embedded.postgres import Postgres
from config.embedded.privileges import give_to
from config.embedded.state import CHECKOUT
from tests.database import as_owner

KEPT = CHECKOUT / "var" / "migrated"
# What decides what a migrated database is. ``migrate`` runs on each copy again, so whatever it
# does after the migrations, such as making permissions, always follows the code as it is.
SOURCES = (
    "requirements.txt",
    "*/migrations/*.py",
    "config/councils.py",
    "config/settings.py",
    "config/embedded/postgres.py",
    "overview/management/commands/migrate.py",
    "tests/migrated.py",
)


def bring_cluster(state, variables):
    """Put a cluster with the migrated test database where the state's server looks for its own.

    ``variables`` name the servers as ``addresses`` does. Raises PartFailed when a server does
    not start, InUse when another process holds the state.
    """
    cluster = Postgres(state).data
    with _alone():
        kept = KEPT / name_of_cluster()
        if kept.exists():
            state.make()
            _copy(kept, cluster)
            for path in (cluster, *cluster.rglob("*")):
                give_to(path, state.account)
            return
        for old in KEPT.glob("cluster-*"):
            shutil.rmtree(old)
        with running(state, parts_for(state, variables, throwaway=True)), as_owner():
            setup_databases(
                verbosity=0, interactive=False, aliases=["default"], serialized_aliases=[]
            )
        unfinished = kept.with_suffix(".unfinished")
        _copy(cluster, unfinished)
        unfinished.rename(kept)


@contextlib.contextmanager
def _alone():
    """No other run of this checkout's tests makes, copies or removes a cluster meanwhile."""
    KEPT.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(KEPT / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def name_of_cluster():
    """The name of the cluster that the sources lead to."""
    found = hashlib.sha256(sys.version.encode())
    for path in sorted(chain.from_iterable(map(CHECKOUT.glob, SOURCES))):
        found.update(os.fsencode(path.relative_to(CHECKOUT)))
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return f"cluster-{found.hexdigest()[:16]}"


def _copy(cluster, to):
    shutil.copytree(cluster, to, symlinks=True)
