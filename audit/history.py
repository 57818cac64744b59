"""Change history: every domain table is tracked by pghistory triggers (design.md 3).

The event tables take inserts only. pghistory's own protection stops UPDATE and DELETE;
the statement trigger here stops TRUNCATE, which row triggers never see (security.md 3.3).
"""

import pghistory
import pgtrigger
from pghistory import runtime

# pghistory says before each statement who it is for, unless it knows that it changes no row. These
# change none either: a savepoint, and a union of queries, which every signed-in page asks.
runtime.IGNORED_SQL_PREFIXES += ("savepoint", "release savepoint", "rollback to", "(select")

no_truncate = pgtrigger.Trigger(
    name="no_truncate",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;",
)
append_only = pgtrigger.Trigger(
    name="append_only",
    level=pgtrigger.Row,
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;",
)


def track(*exclude, quiet=(), in_bulk=False):
    """Class decorator that keeps the history of a model's inserts, updates and deletes.

    ``exclude`` names the fields the history never holds: free text, passwords, last-seen
    times. ``quiet`` names copied keys: not held either, and their change alone is no event.
    ``in_bulk``: its rows come by the thousand, and their history is written a statement at a time.
    """
    left_out = [*exclude, *quiet]
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=left_out))
        if left_out
        else pghistory.UpdateEvent(condition=pghistory.AnyChange()),
        pghistory.DeleteEvent(),
        exclude=left_out,
        append_only=True,
        level=pghistory.Statement if in_bulk else pghistory.Row,
        meta={"triggers": [no_truncate]},
    )
