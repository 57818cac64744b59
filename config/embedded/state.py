"""The state folder: data, sockets, logs, the secret key and the lock of one installation."""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

from config.embedded.privileges import Account, database_account, give_to

CHECKOUT = Path(__file__).resolve().parents[2]
# A Unix socket's path may hold 107 bytes on Linux and 103 on macOS, file name included.
LONGEST_SOCKET_FOLDER = 85


class InUse(Exception):
    """Another process holds the state folder. ``holder`` is what it published."""

    def __init__(self, folder, holder):
        super().__init__(f"{folder} is in use by process {holder.get('pid', 'unknown')}.")
        self.holder = holder


class State:
    """One state folder, by default ``var/`` of the checkout or LINKBOOK_STATE.

    ``account`` is as whom the database server runs; it decides where its files can be.
    """

    def __init__(self, folder=None, account=None):
        folder = folder or os.environ.get("LINKBOOK_STATE") or CHECKOUT / "var"
        self.folder = Path(folder).resolve()
        self.account = account or database_account()
        self._lock = None

    @property
    def _mark(self):
        return hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]

    def make(self):
        """Create the folders that are missing, closed to everyone else."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        for folder in (self.database_home, self.sockets):
            _make_private(folder)
            give_to(folder, self.account)

    @property
    def logs(self):
        """The folder of the children's logs."""
        return self.folder / "log"

    @property
    def database_home(self):
        """Where the database keeps its data: in the state folder, unless it runs as nobody,
        who may not be able to pass the folders above it."""
        if self.account is Account.NOBODY:
            return Path("/var/tmp") / f"linkbook-nobody-{self._mark}"  # noqa: S108
        return self.folder / "database"

    @property
    def sockets(self):
        """The folder of both servers' sockets, with a path that a socket can have.

        It is short, and without a comma: PostgreSQL's programs read a list of folders.
        """
        inside = self.database_home / "sockets"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER and "," not in str(inside):
            return inside
        return Path(tempfile.gettempdir()) / f"linkbook-{os.getuid()}-{self._mark}"

    def database_url(self, role, database="linkbook"):
        """A database's address for one of its roles, without a password."""
        return f"postgres://{role}@/{quote(str(self.sockets))}/{database}"

    @property
    def redis_url(self):
        """The broker's address as Celery spells it."""
        return f"redis+socket://{quote(str(self.sockets / 'valkey'))}"

    def secret_key(self):
        """The demonstration's own secret key, made once and readable by this account only."""
        file = self.folder / "secret-key"
        if not file.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished = file.with_suffix(f".{os.getpid()}")
            unfinished.touch(mode=0o600)
            unfinished.write_text(secrets.token_urlsafe(50))
            # Whoever comes first wins, whole; the other reads the winner's.
            with contextlib.suppress(FileExistsError):
                os.link(unfinished, file)
            unfinished.unlink()
        return file.read_text()

    # --- one user at a time -------------------------------------------------------------

    def hold(self):
        """Take the folder for the rest of this process's life. Raises InUse."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open(self.folder / "lock", "a+")  # noqa: SIM115 - open while it is held
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise InUse(self.folder, self.holder()) from None
        self._lock = lock
        self.publish()

    def publish(self, **facts):
        """Tell others who holds the folder and what they can use, such as ``address``."""
        self._lock.truncate(0)
        self._lock.write(json.dumps({"pid": os.getpid(), **facts}))
        self._lock.flush()

    def holder(self):
        """What the process holding the folder published."""
        try:
            return json.loads((self.folder / "lock").read_text())
        except (OSError, ValueError):
            return {}

    def release(self):
        """Let others take the folder."""
        self._lock.truncate(0)
        self._lock.close()
        self._lock = None
        if self.sockets.parent != self.database_home:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def erase(self):
        """Remove everything in the folder but the lock, which the caller holds."""
        for folder in (self.database_home, self.sockets):
            shutil.rmtree(folder, ignore_errors=True)
        for path in self.folder.iterdir():
            if path.name == "lock":
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def _make_private(folder):
    """Create a folder for this account only; refuse one that somebody else put there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if os.getuid() not in (0, found.st_uid) or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to somebody else. Remove it.")
    folder.chmod(0o700)
