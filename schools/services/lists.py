"""Lists whose rows stand in the order that a council gives them."""

from audit.models import Verb
from audit.services import record


def move_up(by, row, seen_at, among=None):
    """Move a row of its list up by one place; the first stays where it is.

    ``seen_at`` is its place on the list that was looked at, from 0: where it has another by now,
    as after the first of two clicks, nothing moves. Part of an act that has asked whether ``by``
    may. The list is ``among``, a query-set in its order, where it is not the whole table.
    """
    table = type(row).objects
    rows = list((table.all() if among is None else among).select_for_update())
    place = next(n for n, other in enumerate(rows) if other.pk == row.pk)
    if place and place == seen_at:
        rows[place - 1 : place + 1] = rows[place], rows[place - 1]
        for position, moved in enumerate(rows):
            moved.position = position
        table.bulk_update(rows, ["position"])
        record(by, Verb.CHANGE, row, fields=["position"])
