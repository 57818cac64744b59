"""The look from outside, as cron runs it on another machine: no Django, no setting of ours."""

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import call_command

from notifications import watch
from tests.notifications.sink import Sink

WELL = "# ok\nlinkbook_oldest_unsent_seconds 12\nlinkbook_beat_silent_seconds 9\n"


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.page.encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site():
    """A health page: ``status``, ``page`` and its address, ``url``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.status, server.page = 200, WELL
    server.url = f"http://127.0.0.1:{server.server_port}/healthz"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def mail():
    sink = Sink()
    sink.up()
    yield sink
    sink.down()


def look(site, **options):
    defaults = {
        "limit": 300,
        "mail_to": [],
        "mail_from": "w@example.org",
        "smtp": "",
        "state": None,
    }
    return watch.watch(site.url, **{**defaults, "smtp": "", "state": None, **options})


def test_it_runs_alone_with_nothing_set(site):
    program = [sys.executable, "-I", watch.__file__, site.url]
    bare = {"PATH": os.environ["PATH"]}
    well = subprocess.run(program, env=bare, cwd="/", capture_output=True, text=True)
    assert (well.returncode, well.stdout, well.stderr) == (0, "", "")
    site.status = 503
    ill = subprocess.run(program, env=bare, cwd="/", capture_output=True, text=True)
    assert ill.returncode == 1
    assert ill.stderr.count("\n") == 1
    assert "does not answer" in ill.stderr


def test_the_command_is_the_same_and_asks_no_database(site, capsys):
    with pytest.raises(SystemExit) as end:
        call_command("watch", site.url, "--limit", "5")
    assert end.value.code == 1
    assert "a message has waited 12 seconds" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (WELL.replace("12", "301"), "a message has waited 5 minutes to be sent"),
        (WELL.replace(" 9", " 7200"), "beat has been silent for 120 minutes"),
        (WELL.replace(" 9", " nan"), "beat has been silent for an unknown time"),
        ("<h1>Something else lives here</h1>", "a message has waited an unknown time"),
    ],
)
def test_what_is_wrong_is_said(site, capsys, page, words):
    site.page = page
    assert look(site) == 1
    assert words in capsys.readouterr().err


def test_an_address_where_nobody_answers_is_wrong(site, capsys):
    site.url = "http://127.0.0.1:9/healthz"
    assert look(site) == 1
    site.url = "file:///etc/hostname"
    assert look(site) == 1
    assert capsys.readouterr().err.count("does not answer") == 2


def test_the_alert_is_mailed_by_a_server_of_its_own_once_an_hour(site, mail, tmp_path, capsys):
    state = tmp_path / "watch"
    options = {"mail_to": ["a@example.org", "b@example.org"], "smtp": mail.url, "state": state}
    site.page = WELL.replace("12", "900")
    assert [look(site, **options) for _ in range(3)] == [1, 1, 1]
    assert capsys.readouterr().err.count("\n") == 1
    (alert,) = mail.accepted
    assert alert["To"] == "a@example.org, b@example.org"
    assert "waited 15 minutes" in alert.get_payload()
    state.write_text(json.dumps({"alerted_at": time.time() - 3601}))
    look(site, **options)
    assert len(mail.accepted) == 2
    site.page = WELL
    assert look(site, **options) == 0
    assert not state.exists()


def test_an_alert_that_could_not_be_mailed_is_tried_again(site, mail, tmp_path, capsys):
    options = {"mail_to": ["a@example.org"], "smtp": mail.url, "state": tmp_path / "watch"}
    site.status = 500
    mail.down()
    assert look(site, **options) == 1
    assert "could not be mailed" in capsys.readouterr().err
    mail.up()
    assert look(site, **options) == 1
    assert len(mail.accepted) == 1


@pytest.mark.parametrize("content", ["", "null", '{"alerted_at": "soon"}'])
def test_a_spoilt_memory_does_not_silence_it(site, tmp_path, capsys, content):
    state = tmp_path / "watch"
    state.write_text(content)
    site.status = 500
    look(site, state=state)
    assert capsys.readouterr().err
