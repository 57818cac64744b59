"""The settings say what is missing, and are safe unless told to be the demonstration."""

import json
import subprocess
import sys

import pytest

from config.embedded.state import CHECKOUT

IN_USE = {
    "SECRET_KEY": "d0nt-guess-me-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "linkbook.example.org",
    "EMAIL_URL": "smtp://localhost:25",
    "DATABASE_URL": "postgres://linkbook@/nowhere/linkbook",
    "REDIS_URL": "redis://localhost:1/0",
}
SHOW = """
import json, sys
from config import settings
names = [name for name in dir(settings) if name.isupper()]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def run(*arguments, **environment):
    """Run the environment's Python with these variables and no others."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def settings_with(**environment):
    """The settings' values under these variables, as JSON spells them."""
    done = run("-c", SHOW, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"])
@pytest.mark.parametrize("given", [None, ""], ids=["missing", "empty"])
def test_what_is_missing_stops_the_start_and_is_named(name, given):
    environment = {key: value for key, value in IN_USE.items() if key != name}
    if given is not None:
        environment[name] = given
    done = run("-c", SHOW, **environment)
    assert done.returncode != 0
    assert f"Set {name} in the environment" in done.stderr


def test_in_use_everything_goes_over_https_with_cookies_bound_to_the_host():
    found = settings_with(**IN_USE)
    assert found["DEBUG"] is False
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_SECURE"] is True
    assert found["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["SECURE_PROXY_SSL_HEADER"] is None


def test_the_demonstration_serves_plain_http_on_this_machine_only():
    needed = {name: IN_USE[name] for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL")}
    found = settings_with(**needed, LINKBOOK_DEMO="1")
    assert found["DEBUG"] is False
    assert found["SECURE_SSL_REDIRECT"] is False
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert found["SESSION_COOKIE_NAME"] == "sessionid"
    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]


def test_migrations_run_as_the_owner_and_everything_else_as_the_app_role():
    owner = {"DATABASE_OWNER_URL": "postgres://linkbook_owner@/nowhere/linkbook"}
    app = settings_with(**IN_USE, **owner)["DATABASES"]["default"]
    assert app["USER"] == "linkbook"
    assert "statement_timeout" in app["OPTIONS"]["options"]
    migrating = settings_with(**IN_USE, **owner, LINKBOOK_AS_OWNER="1")
    assert migrating["DATABASES"]["default"]["USER"] == "linkbook_owner"
    assert migrating["DATABASE_APP_ROLE"] == "linkbook"


@pytest.mark.parametrize("servers", ["named", "not named"])
def test_the_deployment_check_is_clean_with_no_server_running(servers, tmp_path):
    environment = {**IN_USE, "LINKBOOK_STATE": str(tmp_path / "state")}
    if servers == "not named":
        del environment["DATABASE_URL"], environment["REDIS_URL"]
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **environment)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "state" / "database").exists()
