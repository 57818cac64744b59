"""Pages told by the row at their edge, so that a deep one costs what the first one does."""

import uuid
from datetime import UTC, date, datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime


class Cursor(NamedTuple):
    """Where a page ended, newest first: the instant and the id of its last row."""

    at: datetime
    key: uuid.UUID

    @classmethod
    def of(cls, request):
        """From ``?before=``; None when there is none or it is nonsense."""
        return cls.read(request.GET.get("before", ""))

    @classmethod
    def read(cls, text):
        """From its text; None when it is empty or nonsense."""
        at, _, key = text.partition("~")
        try:
            at = parse_datetime(at)
            if at is None or timezone.is_naive(at):
                return None
            return cls(at.astimezone(UTC), uuid.UUID(key))
        except (ValueError, OverflowError):
            return None

    def __str__(self):
        return f"{self.at.isoformat()}~{self.key}"

    def older(self, column):
        """Condition for the rows further down, ``column`` being what they are ordered by."""
        return Q(**{f"{column}__lte": self.at}) & (
            Q(**{f"{column}__lt": self.at}) | Q(pk__lt=self.key)
        )

    def newer(self, column):
        """Condition for the rows further up, or further down a list that has the oldest first."""
        return Q(**{f"{column}__gte": self.at}) & (
            Q(**{f"{column}__gt": self.at}) | Q(pk__gt=self.key)
        )


class DayCursor(NamedTuple):
    """Where a page of rows in the order of a day ended: the day and the id of the row there."""

    day: date
    key: uuid.UUID

    @classmethod
    def read(cls, text):
        """From its text; None when it is empty or nonsense."""
        day, _, key = text.partition("~")
        try:
            day = parse_date(day)
            return day and cls(day, uuid.UUID(key))
        except ValueError:
            return None

    def __str__(self):
        return f"{self.day.isoformat()}~{self.key}"


def newest_page(rows, size, column, request):
    """``(page, newer, older)``: newest first, with the cursors of the pages beside it or "".

    ``?before=`` asks for what is older than a cursor, ``?after=`` for what is newer.
    """
    before, after = Cursor.of(request), Cursor.read(request.GET.get("after", ""))
    if after and not before:
        found = list(rows.filter(after.newer(column)).order_by(column, "pk")[: size + 1])
        page, has_newer, has_older = found[:size][::-1], len(found) > size, bool(found)
    else:
        if before:
            rows = rows.filter(before.older(column))
        found = list(rows.order_by(f"-{column}", "-pk")[: size + 1])
        page, has_newer, has_older = found[:size], bool(before and found), len(found) > size
    newer = str(Cursor(getattr(page[0], column), page[0].pk)) if has_newer else ""
    older = str(Cursor(getattr(page[-1], column), page[-1].pk)) if has_older else ""
    return page, newer, older


def earliest_page(rows, size, column, request):
    """``(page, newer, older)`` as ``newest_page``, of a list that has the earliest first."""
    after, before = (Cursor.read(request.GET.get(name, "")) for name in ("after", "before"))
    page, has_older, has_newer = page_around(rows, (column, "pk"), size, after=after, before=before)
    newer = str(Cursor(getattr(page[-1], column), page[-1].pk)) if has_newer else ""
    older = str(Cursor(getattr(page[0], column), page[0].pk)) if has_older else ""
    return page, newer, older


def page_of(rows, size, column):
    """``(rows, cursor)``: the first ``size`` rows, and where the older ones begin or "".

    There are older ones when ``rows`` holds more; ``column`` is what they are ordered by.
    """
    page = rows[:size]
    if len(rows) <= size:
        return page, ""
    return page, str(Cursor(getattr(page[-1], column), page[-1].pk))


def page_around(rows, keys, size, *, after=None, before=None):
    """``(page, has_previous, has_next)``: ``size`` rows in the order of the two columns ``keys``.

    ``after`` and ``before`` hold the values of ``keys`` in the row to go on or back from; with
    neither it is the first page.
    """
    if before and not after:
        nearest_first = [f"-{key}" for key in keys]
        found = list(_beyond(rows, keys, before, "lt").order_by(*nearest_first)[: size + 1])
        return found[:size][::-1], len(found) > size, bool(found)
    beyond = _beyond(rows, keys, after, "gt") if after else rows
    found = list(beyond.order_by(*keys)[: size + 1])
    return found[:size], bool(after and found), len(found) > size


def _beyond(rows, keys, values, side):
    (first, second), (at, and_at) = keys, values
    # The bound on the first column says nothing new, and is what an index can begin at.
    return rows.filter(
        Q(**{f"{first}__{side}": at}) | Q(**{first: at, f"{second}__{side}": and_at}),
        **{f"{first}__{side}e": at},
    )
