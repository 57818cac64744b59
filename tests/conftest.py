"""The test run's servers, its database's roles, the built assets and the browser."""

import contextlib
import gc
import os
import shutil
import string
from pathlib import Path
from types import SimpleNamespace

import environ
import pytest
from django.core.management import call_command
from django.middleware import csrf
from django.template import RequestContext, Template
from django.test import LiveServerTestCase, TransactionTestCase
from django.test.utils import override_settings, setup_databases, teardown_databases
from pytest_django.live_server_helper import LiveServer

from config.embedded.assets import ensure_built
from config.embedded.pair import parts_for, running
from config.embedded.state import State
from config.embedded.system_packages import find_chromium
from tests.database import (
    as_owner,
    connected_by,
    keep_migrated_rows,
    restore_migrated_rows,
)
from tests.kept import Inhabited, kept_for
from tests.migrated import bring_cluster
from tests.notifications.sink import Sink
from tests.settings import BUILT_STORAGES, THROWAWAY_SERVERS

JOURNEYS = Path(__file__).parent / "journeys"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NO_BROWSER = "no Chromium on the PATH: apt-get install chromium"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if JOURNEYS in item.path.parents:
            item.add_marker(pytest.mark.journey)
        if "world" in item.fixturenames and not commits(item):
            # First of all, since the test's transaction begins with the first other fixture.
            item.fixturenames.insert(0, "in_inhabited_database")


def pytest_collection_finish(session):
    # What is loaded by now stays for the run. Looking through it took up to a fifth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def commits(item):
    """Whether the test's transactions are real, so that it must empty the tables afterwards."""
    marker = item.get_closest_marker("django_db")
    asked = marker is not None and marker.kwargs.get("transaction", False)
    return asked or not {"transactional_db", "live_server"}.isdisjoint(item.fixturenames)


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_BROWSER in str(report.longrepr) for report in skipped):
        terminalreporter.section("BROWSER JOURNEYS NOT RUN", red=True, bold=True)
        terminalreporter.line(NO_BROWSER)


@pytest.fixture(scope="session", autouse=True)
def _no_token_spells_a_name():
    """A page that must not say "Ben" would fail now and then by the random letters in it."""
    in_hex = SimpleNamespace(b64encode=lambda random: random.hex().encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csrf, "CSRF_ALLOWED_CHARS", string.ascii_lowercase + string.digits)
        patch.setattr("csp.middleware.base64", in_hex)
        yield


@pytest.fixture(scope="session", autouse=True)
def only_pages_tell_their_context(django_test_environment):
    """A response knows what its page was made from, and not also each part of the page: copying
    all that took a tenth of the time."""
    told = Template._render

    def render(template, context):
        if isinstance(context, RequestContext) and context.template is template:
            return told(template, context)
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


# --- servers and database -----------------------------------------------------------------


@pytest.fixture(scope="session")
def servers(django_db_blocker):
    """PostgreSQL and Valkey for this run, or those the environment names."""
    state = State(os.environ["LINKBOOK_TEST_STATE"])
    if "DATABASE_URL" in THROWAWAY_SERVERS:
        with django_db_blocker.unblock():
            bring_cluster(state, THROWAWAY_SERVERS)
    with running(state, parts_for(state, THROWAWAY_SERVERS, throwaway=True)):
        yield state
    shutil.rmtree(state.database_home, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, servers):
    """The owner makes and migrates the test database; the tests run as the app role."""
    with django_db_blocker.unblock(), as_owner():
        created = setup_databases(
            verbosity=max(request.config.option.verbose, 0),
            interactive=False,
            aliases=["default"],
            serialized_aliases=[],
            keepdb="DATABASE_URL" in THROWAWAY_SERVERS,
        )
        keep_migrated_rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", lambda test_case: restore_migrated_rows()
        )
        yield
    if "DATABASE_URL" not in THROWAWAY_SERVERS:
        with django_db_blocker.unblock():
            teardown_databases(created, verbosity=0)


@pytest.fixture(scope="session")
def inhabited(django_db_setup, django_db_blocker):
    """Databases where the world already is, one for each thing kept in it (``tests/kept.py``)."""
    with django_db_blocker.unblock(), Inhabited() as databases:
        yield databases


@pytest.fixture
def in_inhabited_database(request, inhabited):
    connection, request.node.begun = inhabited.begin(kept_for(request.node))
    with connected_by(connection):
        yield


@pytest.fixture
def sink(settings):
    """The mail server that is running and that Linkbook delivers to."""
    sink = Sink()
    settings.DELIVERY = environ.Env.email_url_config(sink.url)
    sink.up()
    yield sink
    sink.down()


@pytest.fixture
def world(request, db):
    """Two hubs, two schools each, one of every actor (``tests/world.py``).

    A test that commits makes its own; any other gets a copy of the one made for the run.
    """
    from tests.world import World

    if "in_inhabited_database" in request.fixturenames:
        return request.node.begun.world
    return World()


@pytest.fixture
def as_(client):
    """``as_(user)``: the client, signed in as them."""

    def sign_in(user):
        client.force_login(user, backend=BACKEND)
        return client

    return sign_in


# --- pages in a browser -------------------------------------------------------------------


@pytest.fixture(scope="session")
def built_assets(servers):
    """The assets as they are served in use: built, hashed and collected."""
    ensure_built()
    with override_settings(STORAGES=BUILT_STORAGES):
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def live_server(django_db_setup, built_assets):
    """The application on a port of its own, with its assets as WhiteNoise serves them."""
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = LiveServerTestCase.static_handler
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _built_storage(request):
    """A test with a live server links to the built files; any other to the plain names."""
    with contextlib.ExitStack() as stack:
        if "live_server" in request.fixturenames:
            stack.enter_context(override_settings(STORAGES=BUILT_STORAGES))
        yield


def chromium_program():
    """Where the browser is. Without one a journey is skipped, which the end of the run says;
    LINKBOOK_REQUIRE_CHROMIUM=1 makes it fail instead."""
    program = find_chromium()
    if program is None:
        give_up = pytest.fail if os.environ.get("LINKBOOK_REQUIRE_CHROMIUM") else pytest.skip
        give_up(NO_BROWSER)
    return program


@pytest.fixture(scope="session")
def chromium():
    """A Chromium for the whole run."""
    program = chromium_program()
    from playwright.sync_api import expect, sync_playwright

    # Others test beside this on the same processors: a page may take its time.
    expect.set_options(timeout=15_000)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; the database is used beside it, not in it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def page_at(chromium, live_server):
    """``page_at(width)``: a new page, signed out, with addresses relative to the live server."""
    contexts = []

    def open_page(width=1280, height=900):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
