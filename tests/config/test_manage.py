"""manage.py finds or starts the servers a command needs, and says plainly what is missing."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from config.embedded import commands
from config.embedded.pair import running
from config.embedded.postgres import Postgres
from config.embedded.state import CHECKOUT, State
from config.embedded.valkey import Valkey

WHO = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT current_user')"
ASK_WHO = f"{WHO}; print(k.fetchone()[0])"
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")


@pytest.fixture
def folder():
    """A state folder with a short path of its own."""
    path = Path(tempfile.mkdtemp(prefix="linkbook-state-"))
    yield path
    shutil.rmtree(path)


def bare_environment(folder, **more):
    """This environment as a new machine would have it, with that state folder."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in OURS and not name.startswith("LINKBOOK_")
    }
    return {**kept, "LINKBOOK_STATE": str(folder), **more}


def manage(folder, *arguments, **more):
    """Run manage.py on that state folder."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env=bare_environment(folder, **more),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ([], False),
        (["--version"], False),
        (["help", "migrate"], False),
        (["migrate", "--help"], False),
        (["check", "--deploy"], False),
        (["check", "--database", "default"], True),
        (["collectstatic", "--noinput"], False),
        (["build_assets"], False),
        (["makemigrations", "--check"], False),
        (["migrate"], True),
        (["seed_demo"], True),
        (["import_schools", "register.csv"], True),
    ],
)
def test_only_commands_that_read_or_write_rows_need_the_database(arguments, needed):
    assert commands.needs_database(arguments) is needed


@pytest.mark.parametrize(
    ("command", "as_owner"), [("migrate", True), ("shell", False), ("seed_demo", False)]
)
def test_only_what_changes_tables_runs_as_their_owner(monkeypatch, folder, command, as_owner):
    named = {"DATABASE_URL": "postgres://app@/a/b", "REDIS_URL": "redis://c", "SECRET_KEY": "d"}
    monkeypatch.setattr(os, "environ", bare_environment(folder, **named))
    with commands.servers_for([command]):
        assert ("LINKBOOK_AS_OWNER" in os.environ) is as_owner
        assert os.environ["DATABASE_URL"] == named["DATABASE_URL"]
        assert "LINKBOOK_DEMO" not in os.environ
    assert list(folder.iterdir()) == []


def test_a_command_starts_the_servers_for_its_own_duration(folder):
    done = manage(folder, "shell", "--no-imports", "-c", ASK_WHO)
    assert (done.stdout, done.stderr) == ("linkbook\n", "")
    assert Postgres(State(folder)).data.exists()
    left = [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(folder) in " ".join(process.info["cmdline"] or ())
    ]
    assert left == []


def test_a_command_uses_the_servers_that_run(folder):
    state = State(folder)
    with running(state, [Postgres(state, throwaway=True), Valkey(state, throwaway=True)]):
        done = manage(folder, "shell", "--no-imports", "-c", ASK_WHO)
        assert (done.stdout, done.stderr) == ("linkbook\n", "")
        assert state.holder() == {"pid": os.getpid(), "ready": True}


def test_a_missing_secret_key_is_one_line_and_no_traceback(folder):
    for more in ({"LINKBOOK_DEMO": "0"}, {"DATABASE_URL": "postgres://linkbook@/nowhere/b"}):
        done = manage(folder, "migrate", **more)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.startswith("Set SECRET_KEY in the environment")
        assert done.stderr.count("\n") == 1


def test_check_does_not_take_itself_for_the_demonstration(folder):
    done = manage(folder, "check")
    assert done.returncode == 1
    assert done.stderr.startswith("Set SECRET_KEY in the environment")


def test_the_demonstrations_secret_key_stays_the_same(folder, monkeypatch):
    found = []
    for _ in range(2):
        monkeypatch.setattr(os, "environ", bare_environment(folder))
        with commands.servers_for(["collectstatic"]):
            assert os.environ["LINKBOOK_DEMO"] == "1"
            found.append(os.environ["SECRET_KEY"])
    assert found[0] == found[1] == (folder / "secret-key").read_text()
