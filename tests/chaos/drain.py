"""How long two workers take over the outbox, beside a bare loop of ``smtplib`` (performance.md)."""

import smtplib
import subprocess
import sys
import uuid

from config.embedded.run import HOST
from config.embedded.state import CHECKOUT
from tests.chaos.report import Finding

ADDRESS = "a@example.org"
DRAIN = """
import django
django.setup()
from config.celery import keep_what_is_loaded
from notifications.services import drain
keep_what_is_loaded()
print("ready", flush=True)
input()
drain(600)
"""


def drain(rig, slowness=0, number=5000, workers=2):
    """Bare, product, bare again, each to the same sink, from its first message to its last.

    ``slowness`` is for how many seconds the sink waits over a message. With 0.002 the bare loop is
    as fast as that of performance.md, 330 a second. A sink that waits for nothing is a single
    process that two workers can only share.
    """
    rig.start_mail(CHAOS_SLOW=str(slowness))
    before = _bare(rig, number)
    product = _product(rig, number, workers)
    after = _bare(rig, number)
    rig.stop_all()
    ratio = product / ((before + after) / 2)
    return Finding(
        f"sending {number:,} with {workers} workers ÷ a bare loop, {1000 * slowness:g} ms each",
        f"{ratio:.2f} ({product:.0f} s, bare {before:.0f} and {after:.0f} s)",
        "1.0",
        ratio <= 1.0,
    )


def _bare(rig, number):
    from notifications.delivery import email_for

    mails = [email_for(message).message().as_bytes(linesep="\r\n") for message in _messages(number)]
    began = len(rig.journal.read())
    with smtplib.SMTP(HOST, rig.mail_port) as server:
        for mail in mails:
            server.sendmail("linkbook@example.org", [ADDRESS], mail)
    return _seconds(rig, began)


def _product(rig, number, workers):
    from notifications.services import enqueue_many

    began = len(rig.journal.read())
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", DRAIN],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(workers)
    ]
    for command in commands:
        command.stdout.readline()
    messages = _messages(number)
    enqueue_many(messages)
    # Nobody asks the database how far they are: that would be work of the product's.
    for command in commands:
        command.stdin.write("\n")
        command.stdin.flush()
    for command in commands:
        command.communicate()
    if not rig.journal.ids().issuperset(message.message_id for message in messages):
        raise RuntimeError("not everything was sent")
    return _seconds(rig, began)


def _messages(number):
    """The same for both: what the product sends, the bare loop sends byte for byte."""
    from notifications.backends import ACCOUNT
    from notifications.services import written

    name = uuid.uuid4()
    return [
        written(ACCOUNT, f"{name}:{n}", subject="S", body="B", address=ADDRESS)
        for n in range(number)
    ]


def _seconds(rig, began):
    at = [accepted.at for accepted in rig.journal.read()[began:]]
    return max(at) - min(at)
