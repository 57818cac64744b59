"""The servers of a run, and the ways to break them."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time

from config.embedded.commands import demonstration
from config.embedded.pair import addresses, parts_for, running
from config.embedded.part import Part, PartFailed
from config.embedded.run import HOST, Web
from config.embedded.state import CHECKOUT, State
from tests.chaos.journal import Journal

CELERY = ("-m", "celery", "--app", "config.celery", "--quiet")
QUIET = ("--loglevel", "WARNING")
LONGEST = 900


def until(condition, seconds=LONGEST, what="it"):
    """Wait for the condition; TimeoutError, naming ``what``, if it does not come to hold."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} seconds in vain: {what}")
        time.sleep(0.1)
    return found


def free_port():
    with socket.socket() as free:
        free.bind((HOST, 0))
        return free.getsockname()[1]


class Mail(Part):
    """The sink; ready when it greets."""

    def __init__(self, port, log, **environment):
        command = [sys.executable, "-m", "tests.chaos.sink", str(port)]
        environment = {**os.environ, **environment}
        super().__init__("mail", command, log=log, environment=environment, folder=CHECKOUT)
        self.port = port

    def is_ready(self):
        with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), 5):
            return True
        return False


class Rig:
    """PostgreSQL, Valkey and the world for the whole run; the other parts as a fault needs them.

    A context manager. ``parts`` are those that run, by name. ``patience`` is by how much longer
    than the target everything may take: on a busy machine a bound of time proves nothing.
    """

    def __init__(self, folder, patience=1):
        self.patience = patience
        self.state = State(folder)
        self.folder = self.state.folder
        self.journal = Journal(self.folder)
        self.mail_port, self.web_port = free_port(), free_port()
        self.parts = {}
        self._stack = contextlib.ExitStack()
        # Servers of its own, whatever the environment names.
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "EMAIL_URL": f"smtp://{HOST}:{self.mail_port}",
            "LINKBOOK_STATE": str(folder),
        }
        demonstration(self.state)
        self._addresses = addresses(self.state)
        os.environ |= self._addresses

    def __enter__(self):
        servers = parts_for(self.state, self._addresses)
        self._stack.enter_context(running(self.state, servers))
        self.postgres, self.valkey = servers
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=CHECKOUT, stdout=subprocess.DEVNULL, check=True)
        import django

        django.setup()
        from tests.world import World

        self.world = World()
        return self

    def __exit__(self, *exception):
        self.stop_all()
        self._stack.close()

    # --- parts ----------------------------------------------------------------------------

    def start(self, part):
        """Run a part until it is stopped, by its name."""
        self.parts[part.name] = part
        part.start()

    def start_mail(self, **environment):
        self.start(Mail(self.mail_port, self._log("mail"), **environment))

    def start_web(self):
        self.start(Web(self.web_port, self._log("web")))

    def start_beat(self, name="beat"):
        schedule = str(self.folder / f"schedule-{name}")
        self.start(self._celery(name, "beat", "--schedule", schedule))

    def start_worker(self, name, *, processes=2, queues="celery,urgent", **environment):
        self.start(
            self._celery(
                name,
                *("worker", "--hostname", f"{name}@chaos", "--queues", queues),
                *("--concurrency", str(processes), "--without-mingle", "--without-gossip"),
                **environment,
            )
        )

    def start_usual(self, **environment):
        """Two workers for everything, one for what is urgent, and beat twice."""
        self.start_mail(**environment)
        self.start_worker("worker-1", **environment)
        self.start_worker("worker-2", **environment)
        self.start_worker("urgent", queues="urgent", processes=1, **environment)
        self.start_beat("beat-1")
        self.start_beat("beat-2")

    def stop(self, name):
        """End a part as an operator would."""
        self.parts.pop(name).stop()

    def stop_all(self):
        for name in list(self.parts):
            self.kill(name)
            del self.parts[name]

    def kill(self, name):
        """End a part and its children without a warning."""
        process = self.parts[name].process
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def start_again(self, name):
        self.parts[name].start()

    def _celery(self, name, *arguments, **environment):
        return Part(
            name,
            [sys.executable, *CELERY, *arguments, *QUIET],
            log=self._log(name),
            environment={**os.environ, **environment},
            folder=CHECKOUT,
        )

    def _log(self, name):
        return self.state.logs / f"{name}.log"

    # --- the two servers that are always there ----------------------------------------------

    def restart_postgres(self, number=signal.SIGKILL):
        """SIGINT is "fast", SIGQUIT "immediate"; SIGKILL takes its children as well."""
        self._end(self.postgres, number)
        # It refuses while a process of the server that was killed is still about.
        until(lambda: _starts(self.postgres), 60, "PostgreSQL starts again")

    def stop_valkey(self):
        self._end(self.valkey, signal.SIGKILL)

    def start_valkey(self):
        until(lambda: _starts(self.valkey), 60, "Valkey starts again")

    def flush_valkey(self):
        import redis

        # Celery's spelling of a socket is not the client's.
        path = os.environ["REDIS_URL"].removeprefix("redis+socket://")
        with contextlib.suppress(redis.RedisError):
            redis.Redis(unix_socket_path=path).flushall()

    def _end(self, part, number):
        if number == signal.SIGKILL:
            os.killpg(part.process.pid, number)
        else:
            part.process.send_signal(number)
        part.process.wait()

    # --- pages ------------------------------------------------------------------------------

    def session_of(self, user):
        """The cookie of somebody who is signed in."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        name = settings.SESSION_COOKIE_NAME
        return f"{name}={client.cookies[name].value}"

    def ask(self, method, path, *, cookie="", body=None):
        """``(status, headers, text)`` of a page; status 0 when there was no answer."""
        connection = http.client.HTTPConnection(HOST, self.web_port, timeout=30)
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            with contextlib.closing(connection):
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.headers, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, {}, ""

    @property
    def health_url(self):
        return f"http://{HOST}:{self.web_port}/healthz"


class Prober(threading.Thread):
    """Somebody who looks at their work all the time; ``answers`` are ``(began at, status)``."""

    def __init__(self, rig, user, path="/"):
        super().__init__(daemon=True)
        self.rig, self.path = rig, path
        self.cookie = rig.session_of(user)
        self.answers = []
        self.enough = threading.Event()

    def run(self):
        while not self.enough.wait(0.25):
            began = time.time()
            status, _, _ = self.rig.ask("GET", self.path, cookie=self.cookie)
            self.answers.append((began, status))

    def finish(self):
        self.enough.set()
        self.join()


def patiently(act):
    """What ``act()`` returns, done again for as long as the database is away."""
    from django.db import DataError, Error, IntegrityError, ProgrammingError, connection

    deadline = time.monotonic() + 120
    while True:
        try:
            return act()
        except (DataError, IntegrityError, ProgrammingError):
            raise
        except Error:
            # Not always an OperationalError: libpq says as little as it can of a server that died.
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _starts(part):
    with contextlib.suppress(PartFailed):
        part.start()
        return True
    return False
