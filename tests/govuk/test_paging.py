"""Pages told by the row at their edge: nothing twice, nothing left out, nonsense ignored."""

import uuid
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from accounts.models import User
from govuk.paging import Cursor, page_around, page_of

KEYS = ("name", "pk")


def asked(before):
    return Cursor.of(RequestFactory().get("/", {"before": before}))


def test_a_cursor_comes_back_from_its_address_as_it_was():
    cursor = Cursor(datetime(2026, 11, 23, 9, 30, 0, 123456, tzinfo=UTC), uuid.uuid4())
    assert asked(str(cursor)) == cursor


@pytest.mark.parametrize(
    "nonsense",
    ["", "~", "x~y", f"2026-11-23T09:30~{uuid.UUID(int=1)}", "2026-13-45T09:30Z~1", "2026~\0"],
)
def test_a_nonsense_cursor_is_the_first_page(nonsense):
    assert asked(nonsense) is None


def test_a_page_says_where_the_older_rows_begin_only_when_there_are_some():
    at = datetime(2026, 11, 23, tzinfo=UTC)
    rows = [SimpleNamespace(at=at, pk=uuid.uuid4()) for _ in range(3)]
    assert page_of(rows, 3, "at") == (rows, "")
    assert page_of(rows, 2, "at") == (rows[:2], str(Cursor(at, rows[1].pk)))


@pytest.fixture
def namesakes(db):
    """Seven people, four of them of one name."""
    names = ["Ann", "Bo", "Bo", "Bo", "Bo", "Cy", "Di"]
    User.objects.bulk_create(
        User(name=name, email=f"{number}@pages.example") for number, name in enumerate(names)
    )
    return User.objects.filter(email__endswith="@pages.example")


def test_every_row_is_on_one_page_forwards_and_back(namesakes):
    wanted = list(namesakes.order_by(*KEYS))
    seen, after, more = [], None, True
    while more:
        page, has_previous, more = page_around(namesakes, KEYS, 2, after=after)
        assert has_previous == (after is not None)
        seen += page
        after = page[-1].name, page[-1].pk
    assert seen == wanted
    back, has_previous, has_next = page_around(
        namesakes, KEYS, 2, before=(wanted[3].name, wanted[3].pk)
    )
    assert (back, has_previous, has_next) == (wanted[1:3], True, True)


def test_nothing_lies_beyond_the_ends(namesakes):
    assert page_around(namesakes, KEYS, 2, after=("Zed", uuid.UUID(int=0))) == ([], False, False)
    assert page_around(namesakes, KEYS, 2, before=("A", uuid.UUID(int=0))) == ([], False, False)
