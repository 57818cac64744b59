"""Runs parts in order, watches them, and stops all of them when one goes or it is told to."""

import contextlib
import signal
import time

from config.embedded.part import PartFailed

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(Exception):
    """The first stop signal has come."""


class Supervisor:
    """Owns every child of one installation. A context manager: leaving it stops them.

    Signals set a mark that every wait looks at, so that none falls between two steps. The
    first begins the stop; later ones change nothing.
    """

    def __init__(self):
        self.parts = []
        self.stop_requested = False
        self._exits = contextlib.ExitStack()

    def __enter__(self):
        # A script's background job begins with SIGINT ignored, so nothing is left to defaults.
        for number in STOP_SIGNALS:
            previous = signal.signal(number, self._request_stop)
            self._exits.callback(signal.signal, number, previous)
        return self

    def __exit__(self, *_):
        self._exits.close()

    def _request_stop(self, *_):
        self.stop_requested = True

    def on_stop(self, function, *arguments):
        """Call the function when everything started after now has stopped."""
        self._exits.callback(function, *arguments)

    def pause(self, seconds):
        """Wait a moment. Raises StopRequested after a signal, PartFailed when a part is gone."""
        if not self.stop_requested:
            time.sleep(seconds)
        if self.stop_requested:
            raise StopRequested
        for part in self.parts:
            if not part.is_running():
                status = part.process.returncode
                raise PartFailed(f"{part.name} ended ({status}).\n{part.last_words()}")

    def start(self, part):
        """Start a part and wait until it is ready. Raises StopRequested and PartFailed."""
        self.on_stop(part.stop)
        part.start(self.pause)
        self.parts.append(part)

    def run(self, part):
        """Run a part to its end, such as a migration. Raises StopRequested and PartFailed."""
        try:
            part.spawn()
            while part.is_running():
                self.pause(0.05)
        finally:
            part.stop()
        if part.process.returncode != 0:
            raise PartFailed(f"{part.name} failed.\n{part.last_words(40)}")

    def watch(self):
        """Wait until a signal comes (StopRequested) or a part is gone (PartFailed)."""
        while True:
            self.pause(0.2)
