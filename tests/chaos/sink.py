"""The mail server of ``make chaos``, a process of its own: ``python -m tests.chaos.sink PORT``.

``CHAOS_SLOW`` is how many seconds it takes over a message.
"""

import asyncio
import hashlib
import os
import re
import signal
import sys
import time
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller

from tests.chaos.courier import crash
from tests.chaos.journal import Accepted, Journal


class Sink:
    def __init__(self, folder):
        self.folder = folder
        self.journal = Journal(folder)
        self.slowness = float(os.environ.get("CHAOS_SLOW", "0.01"))

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.slowness)
        pid = self._worker(session)
        if pid and crash(self.folder, "data", pid):
            return "451 nobody is left to read this"
        mail = message_from_bytes(envelope.content)
        self.journal.write(
            Accepted(
                at=time.time(),
                id=mail["Message-ID"],
                date=mail["Date"],
                to=mail["To"],
                kind=mail["X-Linkbook-Kind"],
                digest=hashlib.sha256(mail.get_payload(decode=True)).hexdigest(),
            )
        )
        if pid:
            crash(self.folder, "taken", pid)
        return "250 OK"

    def _worker(self, session):
        found = re.fullmatch(r"pid-(\d+)\.invalid", session.host_name or "")
        return found and int(found[1])


if __name__ == "__main__":
    sink = Sink(Path(os.environ["LINKBOOK_STATE"]))
    Controller(sink, hostname="127.0.0.1", port=int(sys.argv[1])).start()
    signal.pause()
