"""The embedded servers and their supervisor, run for real in programs of their own."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import psutil
import psycopg2
import pytest

from config.embedded import pair, run
from config.embedded.part import Part, PartFailed
from config.embedded.postgres import APP, DATABASE, OWNER, Postgres
from config.embedded.privileges import Account
from config.embedded.state import CHECKOUT, InUse, State
from config.embedded.supervisor import Supervisor
from config.embedded.valkey import Valkey

AS_ROOT = os.getuid() == 0
linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends orphans on Linux only")

# What make run is made of, without the slow parts: prints its children's pids when all run.
PROGRAM = """
import json, sys
from config.embedded.part import Part, PartFailed
from config.embedded.postgres import Postgres
from config.embedded.state import InUse, State
from config.embedded.supervisor import StopRequested, Supervisor
from config.embedded.valkey import Valkey

state = State(sys.argv[1])
try:
    with Supervisor() as supervisor:
        state.hold()
        supervisor.on_stop(state.release)
        state.make()
        parts = [
            Postgres(state, throwaway=True),
            Valkey(state, throwaway=True),
            Part("sleeper", ["sleep", "600"], log=state.logs / "sleeper.log"),
        ]
        for part in parts:
            supervisor.start(part)
        state.publish(ready=True, address="http://127.0.0.1:1/")
        print(json.dumps({part.name: part.process.pid for part in parts}), flush=True)
        supervisor.watch()
except StopRequested:
    print("stopped")
except (InUse, PartFailed) as error:
    sys.exit(str(error))
"""


def wait_until(condition, seconds=20):
    """Wait for the condition; fail when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def start_program(folder, **options):
    """Start PROGRAM on a state folder and wait for its line: the process and its pids."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    line = process.stdout.readline()
    assert line, process.communicate()[1]
    return process, json.loads(line)


@pytest.fixture
def folder():
    """A state folder with a short path of its own."""
    path = Path(tempfile.mkdtemp(prefix="linkbook-state-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def made():
    """A state folder in which both servers have run: its cluster need not be made again."""
    path = Path(tempfile.mkdtemp(prefix="linkbook-made-"))
    with servers_on(State(path)):
        pass
    yield path
    shutil.rmtree(path)


@pytest.fixture
def used(folder, made):
    """``folder``, for a test that is not about the making of a cluster."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture
def program(used):
    """A running PROGRAM: its process, its children's pids and every process below it."""
    process, pids = start_program(used)
    below = psutil.Process(process.pid).children(recursive=True)
    yield process, pids, below
    process.terminate()
    process.communicate()
    wait_until(lambda: gone(below))


def gone(processes):
    """Whether none of them runs any more."""
    return not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes
    )


@contextlib.contextmanager
def servers_on(state):
    """Both servers on that state, in this process."""
    with pair.running(state, [Postgres(state, throwaway=True), Valkey(state, throwaway=True)]):
        yield


def connect(state, role=APP, database=DATABASE):
    """A connection to a state's database."""
    return psycopg2.connect(host=str(state.sockets), user=role, dbname=database)


def ask(state, question, role=APP):
    """The single value the database answers."""
    with contextlib.closing(connect(state, role)) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


# --- the two roles ------------------------------------------------------------------------


def test_the_app_role_reads_and_writes_rows_and_changes_no_table(used):
    state = State(used)
    with servers_on(state):
        with contextlib.closing(connect(state, OWNER)) as owner, owner, owner.cursor() as cursor:
            cursor.execute("CREATE TABLE school (id serial PRIMARY KEY, name citext)")
        with contextlib.closing(connect(state)) as app:
            app.autocommit = True
            with app.cursor() as cursor:
                cursor.execute("INSERT INTO school (name) VALUES ('Oakfield') RETURNING id")
                cursor.execute("UPDATE school SET name = 'Ashfield'")
                cursor.execute("SELECT name FROM school")
                assert cursor.fetchall() == [("Ashfield",)]
                for forbidden in (
                    "CREATE TABLE mine (id int)",
                    "ALTER TABLE school ADD note text",
                    "TRUNCATE school",
                    "DROP TABLE school",
                    "ALTER TABLE school DISABLE TRIGGER ALL",
                    f"SET ROLE {OWNER}",
                ):
                    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                        cursor.execute(forbidden)


def test_a_database_the_owner_makes_has_the_same_extensions_and_rights(used):
    state = State(used)
    with servers_on(state):
        with contextlib.closing(connect(state, OWNER)) as owner:
            owner.autocommit = True
            owner.cursor().execute("CREATE DATABASE another")
        with contextlib.closing(connect(state, OWNER, "another")) as owner, owner:
            owner.cursor().execute("CREATE TABLE school (name citext)")
        with contextlib.closing(connect(state, APP, "another")) as app, app.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM school")
            cursor.execute("SELECT extname FROM pg_extension")
            assert {"btree_gist", "pg_trgm", "unaccent", "citext"} <= {
                name for (name,) in cursor.fetchall()
            }


def test_no_server_listens_on_a_port(used):
    state = State(used)
    with servers_on(state):
        processes = psutil.Process().children(recursive=True)
        assert len(processes) > 2
        assert [process.net_connections("inet") for process in processes if process.is_running()]
        assert not any(
            process.net_connections("inet") for process in processes if process.is_running()
        )
        assert state.sockets.stat().st_mode & 0o077 == 0


# --- as whom it runs ----------------------------------------------------------------------


@pytest.mark.skipif(not AS_ROOT, reason="only root can become another")
def test_root_without_namespaces_runs_the_database_as_nobody(folder):
    state = State(folder, account=Account.NOBODY)
    try:
        with servers_on(state):
            postgres = next(
                child
                for child in psutil.Process().children()
                if "postgres" in child.name() and str(state.database_home) in str(child.cmdline())
            )
            assert postgres.uids().real == pwd.getpwnam("nobody").pw_uid
            assert ask(state, "SELECT current_user::text") == APP
    finally:
        shutil.rmtree(state.database_home)


@pytest.mark.skipif(not AS_ROOT, reason="the other tests run as an ordinary user")
def test_an_ordinary_user_runs_the_pair(folder):
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            state = State(folder, account=Account.OWN)
            with servers_on(state):
                status = 0 if ask(state, "SELECT current_user::text") == APP else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(not AS_ROOT, reason="only root's folders change hands")
def test_root_hands_no_folder_to_another_account(folder):
    state = State(folder)
    with servers_on(state):
        owners = {path.stat().st_uid for path in folder.rglob("*")}
    expected = {0} if state.account is Account.NAMESPACE else owners
    assert owners == expected
    assert folder.stat().st_mode & 0o777 == 0o700


# --- where it is kept ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ['a space, an é, 100%+ and "quotes"', "x" * 120],
    ids=["awkward", "longer than a socket may"],
)
def test_any_folder_will_do(folder, name):
    state = State(folder / name)
    with servers_on(state):
        assert ask(state, "SELECT 1") == 1
        assert len(os.fsencode(state.sockets / ".s.PGSQL.5432")) <= 103
        done = subprocess.run(
            [sys.executable, "-c", URL_PROGRAM],
            env={
                **os.environ,
                "DATABASE_URL": state.database_url(APP),
                "REDIS_URL": state.redis_url,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.split() == [APP, "True"], done.stderr
    assert not state.sockets.exists() or state.sockets.is_relative_to(state.database_home)


# Reads both addresses as the application does.
URL_PROGRAM = """
import os, environ, kombu, psycopg2
found = environ.Env().db_url("DATABASE_URL")
connection = psycopg2.connect(host=found["HOST"], user=found["USER"], dbname=found["NAME"])
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    print(cursor.fetchone()[0])
with kombu.Connection(os.environ["REDIS_URL"]) as broker:
    print(broker.default_channel.client.ping())
"""


def test_the_secret_key_is_made_once_and_is_nobody_elses(folder):
    key = State(folder).secret_key()
    assert len(key) > 50
    assert State(folder).secret_key() == key
    assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600


# --- what goes wrong ----------------------------------------------------------------------


@pytest.mark.parametrize("victim", ["postgres", "valkey", "sleeper"])
def test_one_killed_part_takes_all_down(program, folder, victim):
    process, pids, below = program
    os.kill(pids[victim], signal.SIGKILL)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"{victim} ended" in errors
    wait_until(lambda: gone(below))


@linux
def test_a_killed_supervisor_leaves_nothing_behind_and_the_next_one_starts(program, folder):
    process, _, below = program
    process.kill()
    process.wait()
    again, _ = start_program(folder)
    wait_until(lambda: gone(below))
    again.terminate()
    output, _ = again.communicate(timeout=30)
    assert output == "stopped\n"


def test_rows_survive_a_killed_database(used):
    state = State(used)
    safe = Postgres(state)
    with pair.running(state, [safe]):
        with contextlib.closing(connect(state, OWNER)) as owner, owner:
            owner.cursor().execute("CREATE TABLE kept AS SELECT generate_series(1, 1000)")
        safe.process.kill()
        safe.process.wait()
        safe.start()
        assert ask(state, "SELECT count(*) FROM kept") == 1000


def test_a_pid_file_that_names_another_program_does_not_stand_in_the_way(used):
    state = State(used)
    with servers_on(state):
        pass
    stranger = subprocess.Popen(["sleep", "600"])  # noqa: S607
    try:
        data = Postgres(state).data
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1\n5432\n\n\n 1 1\nready\n")
        with servers_on(state):
            assert ask(state, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_half_made_cluster_is_made_again(folder):
    state = State(folder)
    state.make()
    unfinished = Postgres(state).data.with_suffix(".unfinished")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    with servers_on(state):
        assert ask(state, "SELECT 1") == 1
    assert not unfinished.exists()


def test_a_second_start_is_told_who_is_there(program, folder):
    process, _, _ = program
    with pytest.raises(InUse) as refused:
        State(folder).hold()
    assert refused.value.holder["pid"] == process.pid
    assert refused.value.holder["address"] == "http://127.0.0.1:1/"


def test_a_second_make_run_prints_the_address_of_the_first(program, folder):
    done = subprocess.run(
        [sys.executable, "-m", "config.embedded.run"],
        cwd=CHECKOUT,
        env={**os.environ, "LINKBOOK_STATE": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "Linkbook is already running at http://127.0.0.1:1/\n"
    assert done.returncode == 0


def test_a_taken_port_is_named_with_the_way_out(folder):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "config.embedded.run"],
            cwd=CHECKOUT,
            env={**os.environ, "LINKBOOK_STATE": str(folder), "PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == (
        f"Port {port} is taken by another program. Choose another: make run PORT=8001\n"
    )


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", "8000; ls", "٨٠٠٠"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(run.CannotRun, match="Give a number from 1 to 65535"):
        run.port_number()


def test_a_program_that_ends_at_once_shows_the_end_of_its_log(folder):
    broken = Part("broken", ["sh", "-c", "echo why it failed; exit 3"], log=folder / "broken.log")
    broken.is_ready = lambda: False
    with pytest.raises(PartFailed, match="why it failed"):
        broken.start()


def test_a_command_that_fails_stops_the_start_with_its_output(folder):
    failing = Part("migrate", ["sh", "-c", "echo no such table; exit 1"], log=folder / "log")
    with Supervisor() as supervisor, pytest.raises(PartFailed, match="no such table"):
        supervisor.run(failing)


# --- being told to stop -------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_more_of_them_change_nothing(program, folder, number):
    process, _, below = program
    process.send_signal(number)
    with contextlib.suppress(ProcessLookupError):
        for _ in range(5):
            process.send_signal(number)
    output, errors = process.communicate(timeout=30)
    assert (output, errors, process.returncode) == ("stopped\n", "", 0)
    assert gone(below)
    assert list(Postgres(State(folder)).data.glob("postmaster.pid")) == []


def test_sigint_stops_a_background_job_of_a_script_where_it_began_ignored(used):
    script = textwrap.dedent(
        """
        "$1" -c "$2" "$3" & job=$!
        read -r line
        kill -INT $job
        wait $job
        """
    )
    process = subprocess.Popen(
        ["sh", "-c", script, "sh", sys.executable, PROGRAM, str(used)],  # noqa: S607
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pids = json.loads(process.stdout.readline())
    children = [psutil.Process(pid) for pid in pids.values()]
    output, _ = process.communicate("go on\n", timeout=30)
    assert output == "stopped\n"
    assert process.returncode == 0
    assert gone(children)


def test_a_child_begins_with_signals_as_they_usually_are(folder):
    log = folder / "child.log"
    code = "import signal; print(signal.getsignal(2) is signal.default_int_handler)"
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Supervisor() as supervisor:
            supervisor.run(Part("child", [sys.executable, "-c", code], log=log))
    finally:
        signal.signal(signal.SIGINT, previous)
    assert log.read_text() == "True\n"
