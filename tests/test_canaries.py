"""What each actor finds by following links from the home page: all that is theirs, and no more.

Every text of the world is a canary (``tests/world.py``). Who may read which is written out here
from design.md 4 and 6.14, and holds both ways: a page that shows nothing must not pass.
"""

import logging
import re
from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from pypdf import PdfReader

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CANARY = re.compile(r"CANARY-[0-9]{6}-[a-z-]+[a-z]")
HOST = "http://testserver"
# More than anybody's pages; a crawl that goes beyond goes round in circles.
MOST_PAGES = 150

# What a finished consultation holds for the school, and for the team besides.
NOTE = {"shared", "updates", "action", "attendee"}
RECORD = NOTE | {"internal", "area", "team-addendum"}
# What came to Oakfield's shared one later.
ANSWERED = {"reply", "school-addendum"}


def canaries(urn, state, fields):
    return {f"CANARY-{urn}-{state}-{field}" for field in fields}


OAKFIELD_NOTE = canaries("900001", "shared", NOTE | ANSWERED)
OAKFIELD_SHARED = canaries("900001", "shared", RECORD | ANSWERED | {"withheld-why"})
OAKFIELD = OAKFIELD_SHARED | canaries("900001", "completed", RECORD)
OAKFIELD_DRAFT = canaries("900001", "draft", {"internal"})
ELMGATE = canaries("900002", "shared", RECORD)
BEECHCROFT = canaries("900003", "shared", RECORD)

READ_BY = {
    "anonymous": set(),
    "invited": set(),
    "deactivated": set(),
    "primary": OAKFIELD | OAKFIELD_DRAFT,
    "secondary": OAKFIELD,
    "former": OAKFIELD_SHARED,
    "future": set(),
    "other_worker": ELMGATE,
    "conflicted": set(),
    "far_worker": BEECHCROFT,
    "manager": OAKFIELD | OAKFIELD_DRAFT | ELMGATE,
    "other_manager": BEECHCROFT,
    "duty": set(),
    "service": OAKFIELD | ELMGATE | BEECHCROFT,
    "coordinator": set(),
    "governance": set(),
    "administrator": set(),
    "dsl": OAKFIELD_NOTE,
    "deputy": OAKFIELD_NOTE,
    "head": OAKFIELD_NOTE,
    "withheld": set(),
    "senco": OAKFIELD_NOTE,
    "attendee": OAKFIELD_NOTE,
    "unconfirmed": set(),
    "left_lead": set(),
    "other_dsl": canaries("900003", "shared", NOTE),
    "head_and_dsl": canaries("900002", "shared", NOTE),
}


@dataclass
class Found:
    """What one crawl came upon: texts of pages and PDFs, and what a browser's history keeps."""

    texts: set = field(default_factory=set)
    history: list = field(default_factory=list)
    pages: int = 0


class Links(HTMLParser):
    """The addresses that a page links to, and its title."""

    def __init__(self, html):
        super().__init__()
        self.addresses, self.title, self._in_title = [], "", False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self._in_title = tag == "title"
        if tag == "a" and (address := dict(attributes).get("href")):
            self.addresses.append(address)

    def handle_data(self, text):
        self.title += text if self._in_title else ""

    def handle_endtag(self, tag):
        self._in_title = False


def crawl(client):
    """Follow every link from ``/`` on this host, once each."""
    found, waiting, met = Found(), deque(["/"]), {"/"}
    while waiting:
        path = waiting.popleft()
        answer = client.get(path)
        assert answer.status_code < 500, path
        found.pages += 1
        assert found.pages <= MOST_PAGES, sorted(met)
        found.history += [path, answer.get("Content-Disposition", "")]
        text, links = read(answer)
        found.texts.update(CANARY.findall(text))
        if links:
            found.history.append(links.title)
        onward = [answer.url] if answer.status_code in (301, 302) else []
        for address in onward + (links.addresses if links else []):
            whole = urldefrag(urljoin(HOST + path, address)).url
            short = whole.removeprefix(HOST)
            if urlsplit(whole).netloc == "testserver" and short not in met:
                met.add(short)
                waiting.append(short)
    return found


def read(answer):
    """``(text, links)`` of an answer; a PDF's text is what it shows and what it is called."""
    if answer.get("Content-Type") == "application/pdf":
        document = PdfReader(BytesIO(answer.content))
        text = "\n".join(page.extract_text() for page in document.pages)
        return text.replace("\n", "") + str(document.metadata), None
    html = answer.content.decode()
    return html, Links(html)


@pytest.fixture
def log(caplog, monkeypatch):
    """Everything that is logged, Django's own lines included."""
    monkeypatch.setattr(logging.getLogger("django"), "propagate", True)
    caplog.set_level(logging.INFO)
    return caplog


@pytest.mark.parametrize("actor", READ_BY)
def test_each_actor_finds_all_that_is_theirs_and_no_more(world, client, log, actor):
    if actor not in ("anonymous", "invited", "deactivated"):
        client.force_login(getattr(world, actor), backend=BACKEND)
    found = crawl(client)
    allowed = READ_BY[actor]
    assert found.texts - allowed == set(), "seen, and not theirs"
    assert allowed - found.texts == set(), "theirs, and not found"
    assert not any(CANARY.search(line) for line in found.history), "in a title or an address"
    assert not CANARY.search(log.text), "in the log"
    print(actor, found.pages)
