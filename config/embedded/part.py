"""A program that runs as our child: started, waited for, watched and stopped."""

import contextlib
import os
import signal
import subprocess
import time

from config.embedded.privileges import Account, prepare_child


class PartFailed(Exception):
    """A part ended or did not get ready. The message has the end of its log."""


class Part:
    """One long-running child.

    ``command`` is its argument list, ``log`` the file that takes its output, ``stops`` the
    signals that end it with the seconds each is given, the last being the surest.
    """

    account = Account.OWN
    patience = 60
    stops = ((signal.SIGTERM, 20), (signal.SIGKILL, 5))

    def __init__(self, name, command=(), *, log, environment=None, folder="/"):
        self.name = name
        self.command = [str(word) for word in command]
        self.log = log
        self.environment = environment
        self.folder = folder
        self.process = None

    def is_ready(self):
        """Whether it answers. Asked until it does."""
        return True

    def spawn(self):
        """Start the program, in a session of its own."""
        with open(self.log, "ab") as log:
            self._log_before = log.tell()
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=prepare_child(self.stops[0][0], self.account),
            )

    def start(self, pause=time.sleep):
        """Start it and wait until it is ready.

        ``pause(seconds)`` is called between questions and may raise to give up. Raises
        PartFailed when the program ends or takes longer than ``patience`` seconds.
        """
        self.spawn()
        deadline = time.monotonic() + self.patience
        while not self.is_ready():
            if not self.is_running():
                raise PartFailed(f"{self.name} did not start.\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise PartFailed(f"{self.name} is not ready.\n{self.last_words()}")
            pause(0.02)

    def is_running(self):
        """Whether the program is still there."""
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """End it and whatever it started in its session. Harmless when it is gone."""
        if self.process is None:
            return
        for number, seconds in self.stops:
            if self.process.poll() is not None:
                break
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self, lines=15):
        """The last lines it logged since it was started."""
        with open(self.log, "rb") as log:
            log.seek(self._log_before)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
