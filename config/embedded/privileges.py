"""What a child process gives up before it becomes another program.

PostgreSQL refuses to run as root. Where kernel namespaces are allowed, root's child calls
itself an ordinary user in a namespace of its own: no account is made and no file changes
hands. Where they are not, it becomes ``nobody``.
"""

import ctypes
import enum
import functools
import os
import pwd
import signal
import subprocess
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
ORDINARY_UID = 1000


class Account(enum.Enum):
    """As whom the database server runs."""

    OWN = "the account that started it"
    NAMESPACE = "an ordinary user in a namespace of its own"
    NOBODY = "nobody"


def _libc():
    return ctypes.CDLL(None, use_errno=True)


def _enter_namespace():
    # Python has os.unshare only from 3.12.
    if _libc().unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed here")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{ORDINARY_UID} 0 1"),
        ("gid_map", f"{ORDINARY_UID} 0 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _become_nobody():
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


@functools.cache
def database_account():
    """The Account the database server can have here, found by trying."""
    if os.getuid() != 0:
        return Account.OWN
    try:
        subprocess.run([sys.executable, "-ISc", ""], preexec_fn=_enter_namespace, check=True)
    except (subprocess.SubprocessError, OSError):
        return Account.NOBODY
    return Account.NAMESPACE


def give_to(path, account):
    """Hand a file or folder to the account, when it is not the caller's own."""
    if account is Account.NOBODY:
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def prepare_child(when_parent_dies, account=Account.OWN):
    """A ``preexec_fn``: own session, default signals, the account, and an end with its parent.

    ``when_parent_dies`` is the signal the kernel sends the child should the parent vanish,
    kill -9 included (Linux only).
    """
    parent = os.getpid()

    def prepare():
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        if account is Account.NAMESPACE:
            _enter_namespace()
        elif account is Account.NOBODY:
            _become_nobody()
        # A change of account clears the wish, so it comes last.
        if sys.platform == "linux":
            _libc().prctl(PR_SET_PDEATHSIG, when_parent_dies)
            if os.getppid() != parent:
                os._exit(1)

    return prepare
