"""The process that turns HTML into PDF: ``python -m documents.renderer``.

It is started and ended by ``documents.pdf`` and talks over its standard input, which is
one end of a socket pair. A message is a kind (one letter), a length and that many bytes:

    renderer      READY, or UNAVAILABLE with a sentence
    web process   RENDER with the title as UTF-8, a NUL, and the HTML as UTF-8
    renderer      DONE with the PDF, or FAILED with the name of the exception

It keeps the libraries loaded between documents and ends when the socket closes. A document
that takes too long or too much is ended by the kernel, so also when its parent has died.
"""

import argparse
import math
import re
import resource
import signal
import socket
import struct
import sys
import time
from pathlib import Path

from documents import libraries

READY, UNAVAILABLE, RENDER, DONE, FAILED = b"A", b"U", b"R", b"D", b"F"
HEADER = struct.Struct("!cI")
LARGEST = 32 * 1024 * 1024  # bytes in one message

# Elements that fetch, run or decide how the rest is read, and foreign ones (SVG, MathML),
# which carry their namespace in braces. All others keep their text.
REMOVED = re.compile(
    "audio|base|embed|frame|iframe|img|link|meta|object|picture|script|source|style|template"
    "|track|video|{.*"
)
KEPT_ATTRIBUTES = re.compile(
    "class|colspan|datetime|dir|headers|href|id|lang|reversed|rowspan|scope|start|value"
)
LINK = re.compile(r"https?://|mailto:|tel:|#", re.IGNORECASE)


def send(channel: socket.socket, kind: bytes, body: bytes = b"") -> None:
    """One message over the channel: its kind, its length, its body."""
    channel.sendall(HEADER.pack(kind, len(body)) + body)


def receive(channel: socket.socket, deadline: float | None = None) -> tuple[bytes, bytes]:
    """The next message as (kind, body), waiting until ``deadline`` (``time.monotonic``).

    Raises TimeoutError when it passes, EOFError when the other side has gone, ValueError
    for a message larger than LARGEST bytes.
    """
    kind, size = HEADER.unpack(_exactly(channel, HEADER.size, deadline))
    if size > LARGEST:
        raise ValueError("The message is too large.")
    return kind, _exactly(channel, size, deadline)


def _exactly(channel, size, deadline):
    received = bytearray()
    while len(received) < size:
        if deadline is not None:
            channel.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = channel.recv(min(size - len(received), 1 << 16))
        if not piece:
            raise EOFError
        received += piece
    return bytes(received)


def clean(root) -> None:
    """Leave in the parsed document ``root`` only what a printed page needs.

    Templates escape what people type; this is the second wall (security.md 1.2.2, 6.6).
    """
    for parent in list(root.iter()):
        _keep_attributes(parent)
        before = None
        for child in list(parent):
            # The tag of a comment is a function.
            if isinstance(child.tag, str) and not REMOVED.fullmatch(child.tag):
                before = child
                continue
            if before is None:
                parent.text = (parent.text or "") + (child.tail or "")
            else:
                before.tail = (before.tail or "") + (child.tail or "")
            parent.remove(child)


def _keep_attributes(element):
    for name in list(element.attrib):
        if not KEPT_ATTRIBUTES.fullmatch(name):
            del element.attrib[name]
    if not LINK.match(element.get("href", "").strip()):
        element.attrib.pop("href", None)


def describe(root, title: str) -> None:
    """Say in the parsed document which language it is in and what it is called."""
    root.set("lang", "en-GB")
    head = root.find("head")
    for old in head.findall("title"):
        head.remove(old)
    element = head.makeelement("title", {})
    element.text = title
    head.append(element)


class Press:
    """WeasyPrint, loaded once, with our style sheet read once."""

    def __init__(self, stylesheet: Path):
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher

        class RefuseAll(URLFetcher):
            def fetch(self, url, headers=None):
                raise ValueError("A document holds all it needs: nothing is fetched.")

        self.html = HTML
        self.fetcher = RefuseAll()
        self.sheet = CSS(string=stylesheet.read_text("utf-8"), url_fetcher=self.fetcher)

    def print(self, title: str, html: str) -> bytes:
        document = self.html(string=html, url_fetcher=self.fetcher)
        document.base_url = None  # set by a <base> element, which is about to go
        clean(document.etree_element)
        describe(document.etree_element, title)
        return document.write_pdf(stylesheets=[self.sheet], pdf_variant="pdf/ua-1")


def forbid_connections() -> None:
    """Let no Python code in this process reach out, whatever a fetcher may let through."""

    def refuse(event, arguments):
        if event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"}:
            raise PermissionError(event)

    sys.addaudithook(refuse)


def limit_memory(size: int) -> None:
    """Hold this process to ``size`` bytes of address space, and never write it to a file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS refuses this limit
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def limit_time(seconds: float, cpu_seconds: int) -> None:
    """Give the document about to be made ``seconds`` on the clock and ``cpu_seconds`` of work."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    used = math.ceil(time.process_time())
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (used + cpu_seconds, hard))


def serve(channel: socket.socket, press: Press, seconds: float, cpu_seconds: int) -> None:
    """Make documents until one fails or nobody asks any more."""
    while True:
        try:
            _, body = receive(channel)
        except EOFError:
            return
        limit_time(seconds, cpu_seconds)
        try:
            title, _, html = body.decode("utf-8").partition("\0")
            made = press.print(title, html)
        except Exception as failure:
            send(channel, FAILED, type(failure).__name__.encode())
            return
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(channel, DONE, made)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--stylesheet", type=Path, required=True)
    options.add_argument("--seconds", type=float, required=True)
    options.add_argument("--cpu-seconds", type=int, required=True)
    options.add_argument("--memory", type=int, required=True)
    given = options.parse_args()

    channel = socket.socket(fileno=sys.stdin.fileno())
    limit_memory(given.memory)
    limit_time(given.seconds, given.cpu_seconds)
    if lacking := libraries.missing():
        send(channel, UNAVAILABLE, libraries.advice(lacking).encode())
        return
    forbid_connections()
    try:
        press = Press(given.stylesheet)
    except (ImportError, OSError) as failure:
        send(channel, UNAVAILABLE, f"WeasyPrint does not load: {failure}".encode())
        return
    signal.setitimer(signal.ITIMER_REAL, 0)
    send(channel, READY)
    serve(channel, press, given.seconds, given.cpu_seconds)


if __name__ == "__main__":
    main()
