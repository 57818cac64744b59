"""HTML in, tagged PDF out, made in a process apart.

Each web process keeps one renderer beside it (``documents.renderer``): loading WeasyPrint
takes seconds and a hundred megabytes, and what people typed may cost any amount of time
and memory to lay out, so both happen where they can be ended.
"""

import logging
import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from documents import libraries
from documents.renderer import DONE, READY, RENDER, UNAVAILABLE, receive, send

logger = logging.getLogger(__name__)

STYLESHEET = libraries.PROJECT / "static" / "css" / "pdf.css"
SECONDS = 25
CPU_SECONDS = 20
MEMORY = 512 * 1024 * 1024  # bytes of address space
LARGEST_HTML = 1_000_000  # bytes; beyond it no layout ends in time
# Laying out a longer run of characters takes minutes, or prints one line beyond the paper.
LONGEST_WORD = 10_000
WORD = re.compile(r"[^\s<>]+")
RENDERS = 100  # documents made by one process before a fresh one


class PdfUnavailable(Exception):
    """This machine cannot make PDF. The message is for whoever runs it."""


class PdfFailed(Exception):
    """This document cannot be made. The message is for the person who asked."""

    def __init__(self):
        super().__init__("The PDF could not be made. Use the print view instead.")


def pdf(html: str, *, title: str) -> bytes:
    """The PDF/UA document of a whole HTML page, in British English, titled ``title``.

    ``html`` comes from a template and holds all it needs: ``static/css/pdf.css`` is the only
    style sheet, nothing is fetched, images, scripts and styles are dropped, and only links to
    http, https, mailto, tel and places within the page are kept (security.md 6.6).

    Takes at most SECONDS. Raises PdfFailed for a document too large or too slow to make,
    PdfUnavailable when system libraries or fonts are missing.
    """
    return _renderer.render(html, title)


class Renderer:
    """One renderer process, started when first needed and replaced when it ends.

    Threads take turns. ``seconds`` covers all of a call: the wait for its turn, the start
    of the process and the work.
    """

    def __init__(
        self,
        *,
        stylesheet: Path = STYLESHEET,
        seconds: float = SECONDS,
        cpu_seconds: int = CPU_SECONDS,
        memory: int = MEMORY,
        renders: int = RENDERS,
    ):
        self.stylesheet = stylesheet
        self.seconds = seconds
        self.cpu_seconds = cpu_seconds
        self.memory = memory
        self.renders = renders
        self.process = None
        self._channel = None
        self._made = 0
        self._turn = threading.Lock()

    def render(self, html: str, title: str) -> bytes:
        """See ``pdf()``."""
        deadline = time.monotonic() + self.seconds
        # The title ends at the first NUL; neither may hold half a surrogate pair.
        job = f"{title.replace(chr(0), '')}\0{html}".encode("utf-8", "replace")
        if len(job) > LARGEST_HTML:
            logger.warning("No PDF: the document has %d bytes", len(job))
            raise PdfFailed
        if any(len(word.group()) > LONGEST_WORD for word in WORD.finditer(html)):
            logger.warning("No PDF: the document has a word too long to break")
            raise PdfFailed
        if not self._turn.acquire(timeout=self.seconds):
            logger.warning("No PDF: another document took too long")
            raise PdfFailed
        try:
            return self._render(job, deadline)
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self.process is None:
            return
        self._channel.close()
        self.process.kill()
        self.process.wait()
        self.process = self._channel = None

    def _render(self, job, deadline):
        answered = False
        try:
            self._ensure_started(deadline)
            self._channel.settimeout(max(deadline - time.monotonic(), 0.001))
            send(self._channel, RENDER, job)
            kind, body = receive(self._channel, deadline)
            if kind != DONE:
                logger.warning("No PDF: %s", body.decode("utf-8", "replace"))
                raise PdfFailed
            answered = True
        except (EOFError, OSError, ValueError) as failure:
            logger.warning("No PDF: the renderer gave no answer (%s)", type(failure).__name__)
            raise PdfFailed from failure
        finally:
            self._made += 1
            if not answered or self._made >= self.renders:
                self.close()
        return body

    def _ensure_started(self, deadline):
        if self.process is not None and self.process.poll() is None:
            return
        self.close()
        self._start()
        kind, body = receive(self._channel, deadline)
        if kind == UNAVAILABLE:
            raise PdfUnavailable(body.decode())
        if kind != READY:
            raise ValueError("The renderer does not speak our language.")

    def _start(self):
        self._channel, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "documents.renderer"),
                    *("--stylesheet", str(self.stylesheet)),
                    *("--seconds", str(self.seconds)),
                    *("--cpu-seconds", str(self.cpu_seconds)),
                    *("--memory", str(self.memory)),
                ],
                cwd=libraries.PROJECT,
                env=libraries.environment(),
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # it would quote the document
                start_new_session=True,
            )
        self._made = 0


_renderer = Renderer()


def _forget_the_parents_renderer():
    """A forked web process starts its own; two must not talk to one."""
    global _renderer
    _renderer = Renderer()


os.register_at_fork(after_in_child=_forget_the_parents_renderer)
