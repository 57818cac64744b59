"""The lists of requests for support: waiting, to be meetings, answered; no totals anywhere.

A page is told by the row at its edge, and names no person.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from govuk.paging import Cursor, page_around
from referrals.request_page import lines_of

WAITING, MEETING, ANSWERED = "waiting", "meeting", "answered"
SHOWS = {WAITING: "Waiting", MEETING: "To be meetings", ANSWERED: "Answered and withdrawn"}
PAGE = 30
# Where the newest end stands: after every real one.
LAST = Cursor(datetime(9999, 1, 1, tzinfo=UTC), uuid.UUID(int=2**128 - 1))


@dataclass(frozen=True)
class Listed:
    """A page of requests, and the values of the edges to go on from, or empty."""

    lines: list
    previous: str
    next: str


def chosen(request):
    """The list of the address; nonsense is what waits."""
    asked = request.GET.get("show", "")
    return asked if asked in SHOWS else WAITING


def requests_of(rows, show, *, after="", before=""):
    """The ``Listed`` page of ``rows``, a query-set; two queries, however long it is.

    What waits stands with the longest waiting first, anything else with the latest.
    """
    rows = rows.named().order_by()
    after, before = Cursor.read(after), Cursor.read(before)
    if show == WAITING:
        page, has_previous, has_next = page_around(
            rows.waiting(), ("received_at", "pk"), PAGE, after=after, before=before
        )
    else:
        rows = rows.filter(state="meeting") if show == MEETING else rows.over()
        page, has_previous, has_next = _newest(rows, after, before)
    return Listed(
        lines_of(page),
        previous=_told(page[0]) if has_previous else "",
        next=_told(page[-1]) if has_next else "",
    )


def _newest(rows, after, before):
    """The latest first: ``page_around`` read from its far end."""
    found, has_older, has_newer = page_around(
        rows,
        ("received_at", "pk"),
        PAGE,
        after=before,
        before=None if before else after or LAST,
    )
    return found[::-1], has_newer and bool(after or before), has_older


def _told(asked):
    return str(Cursor(asked.received_at, asked.pk))
