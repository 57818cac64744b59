"""How long two workers take over the outbox, beside a bare loop of ``smtplib`` (performance.md)."""

import smtplib
import subprocess
import sys
import uuid

from config.embedded.run import HOST
from config.embedded.state import CHECKOUT
from tests.chaos.report import Finding
from tests.chaos.rig import until

DRAIN = """
import django
django.setup()
from notifications.services import drain
print("ready", flush=True)
input()
drain(600)
"""


def drain(rig, number=5000, workers=2):
    """Bare, product, bare again, each to the same sink, from its first message to its last."""
    rig.start_mail(CHAOS_SLOW="0")
    before = _bare(rig, number)
    product = _product(rig, number, workers)
    after = _bare(rig, number)
    rig.stop_all()
    ratio = product / ((before + after) / 2)
    return Finding(
        f"sending {number:,} with {workers} workers ÷ a bare loop",
        f"{ratio:.2f} ({product:.0f} s, bare {before:.0f} and {after:.0f} s)",
        "1.0",
        ratio <= 1.0,
    )


def _bare(rig, number):
    mails = [
        f"Message-ID: <{uuid.uuid4()}@example.org>\r\nTo: a@example.org\r\n\r\nB\r\n"
        for _ in range(number)
    ]
    began = len(rig.journal.read())
    with smtplib.SMTP(HOST, rig.mail_port) as server:
        for mail in mails:
            server.sendmail("linkbook@example.org", ["a@example.org"], mail)
    return _seconds(rig, began)


def _product(rig, number, workers):
    from notifications.backends import ACCOUNT
    from notifications.models import Message, State
    from notifications.services import enqueue_many, written

    began = len(rig.journal.read())
    name = uuid.uuid4()
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
    enqueue_many(
        written(ACCOUNT, f"{name}:{n}", subject="S", body="B", address="a@example.org")
        for n in range(number)
    )
    for command in commands:
        command.stdin.write("\n")
        command.stdin.flush()
    unsent = Message.objects.filter(key__startswith=f"{name}:").exclude(state=State.SENT)
    until(lambda: not unsent.exists(), what="everything is sent")
    for command in commands:
        command.communicate()
    return _seconds(rig, began)


def _seconds(rig, began):
    at = [accepted.at for accepted in rig.journal.read()[began:]]
    return max(at) - min(at)
