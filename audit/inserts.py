"""New rows of several tables, written in one statement."""

from collections import defaultdict

from django.db import connection
from django.db.models import AutoField
from django.db.models.sql import InsertQuery


def insert_together(rows):
    """Insert these new rows, of any models, in one statement: one journey, however many tables.

    As ``bulk_create`` would, but that a number the database gives a row is not read back. Rows may
    point at each other in any order, since foreign keys are checked when the transaction ends.
    """
    by_model = defaultdict(list)
    for row in rows:
        by_model[type(row)].append(row)
    if not by_model:
        return
    inserts = [_insert(model, of_model) for model, of_model in by_model.items()]
    *before, last = (sql for sql, _ in inserts)
    named = ", ".join(f"rows_{n} AS ({sql})" for n, sql in enumerate(before))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {named} {last}" if named else last,
            [param for _, params in inserts for param in params],
        )
    for of_model in by_model.values():
        for row in of_model:
            row._state.adding, row._state.db = False, connection.alias


def _insert(model, rows):
    """``(sql, params)`` that inserts the rows of one model."""
    query = InsertQuery(model)
    query.insert_values(
        [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)],
        rows,
    )
    [statement] = query.get_compiler(connection=connection).as_sql()
    return statement
