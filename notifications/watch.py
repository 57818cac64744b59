"""The look from outside: do Linkbook's messages go out? For cron, on another machine.

Standard library only, and nothing of Linkbook's: ``python3 watch.py URL`` runs wherever this one
file is, and ``manage.py watch URL`` is the same. URL is that of the health page.
"""

import argparse
import contextlib
import http.client
import json
import os
import smtplib
import socket
import ssl
import sys
import time
import urllib.request
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

OLDEST, SILENT = "linkbook_oldest_unsent_seconds", "linkbook_beat_silent_seconds"
WAIT = 20  # seconds for the page, and for the mail server
HOUR = 60 * 60


def add_arguments(parser):
    """What can be said on the command line."""
    parser.add_argument("url", help="the health page: https://linkbook.example.gov.uk/healthz")
    parser.add_argument(
        "--limit",
        type=float,
        default=300,
        metavar="SECONDS",
        help="how long a message may wait, and beat be silent (300)",
    )
    parser.add_argument(
        "--mail-to", action="append", default=[], metavar="ADDRESS", help="several times for more"
    )
    parser.add_argument(
        "--mail-from", default=f"linkbook-watch@{socket.getfqdn()}", metavar="ADDRESS"
    )
    parser.add_argument(
        "--smtp",
        default=os.environ.get("WATCH_SMTP", "smtp://localhost:25"),
        metavar="URL",
        help="a mail server that is not Linkbook's: smtp+tls://USER:PASSWORD@HOST:587;"
        " better in the variable WATCH_SMTP, which nobody else on the machine sees",
    )
    parser.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="remembers the last alert: then there is one an hour while it lasts",
    )


def watch(url, *, limit, mail_to, mail_from, smtp, state):
    """Look once; returns 0 when all is well and otherwise 1, having raised the alert.

    The alert is a line on standard error and, to ``mail_to``, a mail.
    """
    wrong = problems(url, limit)
    if not wrong:
        if state:
            state.unlink(missing_ok=True)
        return 0
    if state and _alerted_within_the_hour(state):
        return 1
    alert = f"Linkbook at {url}: {'; '.join(wrong)}."
    print(alert, file=sys.stderr)
    if mail_to:
        try:
            _mail(alert, mail_to, mail_from, smtp)
        except OSError as error:
            print(f"The alert could not be mailed: {error}", file=sys.stderr)
            return 1
    if state:
        _remember(state)
    return 1


def problems(url, limit):
    """What somebody has to look after, in words; empty when all is well."""
    try:
        found = _numbers(_page(url))
    except (OSError, ValueError, http.client.HTTPException) as error:
        return [f"the address does not answer ({error})"]
    wrong = []
    # Written so that a number which is missing or none at all is wrong as well.
    oldest, silent = found.get(OLDEST), found.get(SILENT)
    if oldest is None or not oldest <= limit:
        wrong.append(f"a message has waited {_minutes(oldest)} to be sent")
    if silent is None or not silent <= limit:
        wrong.append(f"beat has been silent for {_minutes(silent)}")
    return wrong


def _page(url):
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("give one that begins with https://")
    with urllib.request.urlopen(url, timeout=WAIT) as answer:  # noqa: S310 - checked above
        return answer.read(100_000).decode(errors="replace")


def _numbers(page):
    """``{name: number}`` of a page as Prometheus reads them."""
    found = {}
    for line in page.splitlines():
        name, _, number = line.partition(" ")
        with contextlib.suppress(ValueError):
            found[name] = float(number)
    return found


def _minutes(seconds):
    if seconds is None or seconds != seconds:  # NaN
        return "an unknown time"
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def _alerted_within_the_hour(state):
    try:
        return 0 <= time.time() - json.loads(state.read_text())["alerted_at"] < HOUR
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _remember(state):
    try:
        state.write_text(json.dumps({"alerted_at": time.time()}))
    except OSError as error:
        print(f"The alert could not be remembered: {error}", file=sys.stderr)


def _mail(alert, mail_to, mail_from, smtp):
    """Send the alert. Raises OSError."""
    mail = EmailMessage()
    mail["Subject"] = "Linkbook's messages are not going out"
    mail["From"], mail["To"] = mail_from, ", ".join(mail_to)
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid()
    mail.set_content(f"{alert}\n\nUntil this is put right, a concern may reach nobody by e-mail.\n")
    server = urlsplit(smtp)
    place = {"host": server.hostname or "localhost", "port": server.port or 0, "timeout": WAIT}
    secure = ssl.create_default_context()
    if server.scheme == "smtp+ssl":
        begun = smtplib.SMTP_SSL(**place, context=secure)
    else:
        begun = smtplib.SMTP(**place)
    with begun as connection:
        if server.scheme == "smtp+tls":
            connection.starttls(context=secure)
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(mail)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_arguments(parser)
    sys.exit(watch(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
