"""``make run``: the whole demonstration on this machine, until Ctrl-C."""

import contextlib
import hashlib
import http.client
import os
import socket
import sys
import time

from config.embedded import assets, system_packages
from config.embedded.commands import demonstration
from config.embedded.pair import addresses, parts_for
from config.embedded.part import Part, PartFailed
from config.embedded.state import CHECKOUT, InUse, State
from config.embedded.supervisor import StopRequested, Supervisor

HOST = "127.0.0.1"
ACCOUNTS = (
    ("linkworker", "link worker"),
    ("linkworker2", "link worker in another hub"),
    ("manager", "team manager"),
    ("manager2", "team manager of another hub"),
    ("service.manager", "service manager"),
    ("duty", "duty manager"),
    ("coordinator", "coordinator"),
    ("head", "headteacher"),
    ("dsl", "designated safeguarding lead"),
    ("dsl2", "designated safeguarding lead of another school"),
    ("deputy", "deputy safeguarding lead"),
    ("senco", "SENCO"),
    ("governance", "information governance officer"),
    ("admin", "administrator"),
)


class CannotRun(Exception):
    """Something the person who typed the command can put right. The message says how."""


class Web(Part):
    """The web server; ready when it answers."""

    def __init__(self, port, log):
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket"]
        command += [
            "--bind",
            f"{HOST}:{port}",
            "--workers",
            "2",
            "--threads",
            "4",
            "--timeout",
            "60",
        ]
        super().__init__("web", [*command, "config.wsgi"], log=log, folder=CHECKOUT)
        self.port = port

    def is_ready(self):
        """Whether the health page answers."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        return False


def command(name, *arguments, state):
    """A child that runs our own Python with these arguments."""
    return Part(name, [sys.executable, *arguments], log=state.logs / f"{name}.log", folder=CHECKOUT)


def port_number():
    """The port asked for. Raises CannotRun when it is no port or is taken."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise CannotRun(f"PORT is {text!r}. Give a number from 1 to 65535: make run PORT=8001")
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, int(text)))
        except PermissionError:
            raise CannotRun(f"Port {text} needs root. Choose another: make run PORT=8001") from None
        except OSError:
            raise CannotRun(
                f"Port {text} is taken by another program. Choose another: make run PORT=8001"
            ) from None
    return int(text)


def start_over(state):
    """FRESH=1: forget the demonstration's data. Raises CannotRun when it is not ours."""
    if os.environ.get("DATABASE_URL"):
        raise CannotRun("FRESH=1 starts over with the embedded database only; unset DATABASE_URL.")
    state.erase()


def migrate(state):
    """Bring the tables up to date, as the role that owns them."""
    return command("migrate", "manage.py", "migrate", "--verbosity", "1", state=state)


def seed(supervisor, state):
    """Make the demonstration's data in a new database; the password it was made with."""
    database = hashlib.sha256(os.environ["DATABASE_URL"].encode()).hexdigest()[:12]
    seeded = state.folder / f"seeded-{database}"
    if not seeded.exists():
        print("Making the demonstration data.", flush=True)
        supervisor.run(command("seed_demo", "manage.py", "seed_demo", state=state))
        seeded.write_text(os.environ["LINKBOOK_DEMO_PASSWORD"])
    return seeded.read_text()


def serve(supervisor, state, port):
    """Start everything in order, then watch it until it is to stop."""
    began = time.monotonic()
    os.environ["PORT"] = str(port)
    demonstration(state)
    embedded = addresses(state)
    os.environ.update(embedded)
    assets.ensure_built()
    system_packages.ensure()
    state.make()
    for part in parts_for(state, embedded):
        supervisor.start(part)
    state.publish(ready=True)
    supervisor.run(migrate(state))
    assets.collect_when_changed(state.folder / "static")
    password = seed(supervisor, state)
    supervisor.start(Web(port, state.logs / "web.log"))
    celery = ("-m", "celery", "--app", "config.celery", "--quiet")
    quiet = ("--loglevel", "WARNING")
    worker = (*celery, "worker", "--concurrency", "2", "--without-mingle", *quiet)
    beat = (*celery, "beat", "--schedule", str(state.folder / "beat"), *quiet)
    supervisor.start(command("worker", *worker, state=state))
    supervisor.start(command("beat", *beat, state=state))
    address = f"http://{HOST}:{port}/"
    state.publish(ready=True, address=address)
    print(welcome(address, password, time.monotonic() - began), flush=True)
    supervisor.watch()


def welcome(address, password, seconds):
    """What somebody who has just started it needs to know."""
    people = "\n".join(f"  {name + '@example.org':<30}{role}" for name, role in ACCOUNTS)
    return (
        f"\nLinkbook is at {address} (ready in {seconds:.0f} seconds).\n"
        f"Invented people on real schools. Sign in with the password {password} as\n"
        f"{people}\n\nCtrl-C stops it and keeps its data; make run FRESH=1 starts over.\n"
    )


def main():
    state = State()
    try:
        with Supervisor() as supervisor:
            state.hold()
            supervisor.on_stop(state.release)
            port = port_number()
            if os.environ.get("FRESH", "") not in ("", "0"):
                start_over(state)
            serve(supervisor, state, port)
    except StopRequested:
        print("Stopped.", flush=True)
    except InUse as error:
        address = error.holder.get("address")
        if address is None:
            sys.exit(f"{error} Wait for it to finish, or stop it.")
        print(f"Linkbook is already running at {address}")
    except (CannotRun, PartFailed) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
