"""The test database's two roles, its return to what the migrations left, and its copies."""

import contextlib
import os

import environ
import pgtrigger
from django.db import connections, transaction

# Rows the migrations made, such as permissions and hubs, are kept here for restoring.
KEPT = "migrated"
# The table that keeps its rows by a trigger of its own, which pgtrigger knows nothing of.
KEEPING = "pghistory_context"


@contextlib.contextmanager
def connected_by(connection):
    """Have this thread's queries go through the connection during the block."""
    usual = connections["default"]
    connections["default"] = connection
    try:
        yield
    finally:
        connections["default"] = usual


@contextlib.contextmanager
def as_owner():
    """Run the block as the role that owns the tables, then as the app role again.

    Only this thread changes role: a live server's requests stay with the app role.
    """
    as_app = connections["default"]
    url = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    owner = environ.Env().db_url_config(url)
    settings = {**as_app.settings_dict, "OPTIONS": {}}
    settings.update({name: owner[name] for name in ("USER", "PASSWORD", "HOST", "PORT")})
    connection = type(as_app)(settings, "default")
    with connected_by(connection):
        try:
            yield connection
        finally:
            connection.close()


@contextlib.contextmanager
def copy_of_database(source, name):
    """A connection to a copy of the database ``source`` is connected to; dropped after the block.

    Nothing else may be connected to that while the copy is made.
    """
    source.close()
    with connected_by(source), as_owner() as owner:
        owner.creation.clone_test_db(name, verbosity=0, autoclobber=True)
    connection = type(source)(source.creation.get_test_db_clone_settings(name), "default")
    try:
        yield connection
    finally:
        connection.close()
        with connected_by(source), as_owner() as owner:
            owner.creation.destroy_test_db(suffix=name, verbosity=0)


def keep_migrated_rows():
    """Put aside the rows the migrations made. Called once, as the owner."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {KEPT}")
        for table in _tables_with_rows(cursor):
            cursor.execute(f'CREATE TABLE {KEPT}."{table}" AS TABLE public."{table}"')


def restore_migrated_rows():
    """Empty every table and put the migrations' rows back, with the keys they had.

    Goes round the append-only triggers, which refuse even the owner. TRUNCATE, which would make
    new files for every table and index, takes several times as long.
    """
    with (
        as_owner() as connection,
        pgtrigger.ignore(),  # noqa: TID251 - the one place that may
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"ALTER TABLE {KEEPING} DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in _tables_with_rows(cursor):
            cursor.execute(f'DELETE FROM public."{table}"')  # noqa: S608
        for table, columns in _kept_columns(cursor):
            cursor.execute(
                f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE'  # noqa: S608
                f' SELECT {columns} FROM {KEPT}."{table}"'
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {KEEPING} ENABLE TRIGGER USER")


def _tables_with_rows(cursor):
    cursor.execute(
        """
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND NOT relispartition AND relname <> 'django_migrations'
        """
    )
    questions = [
        f"""SELECT '{table}' WHERE EXISTS (SELECT FROM public."{table}")"""  # noqa: S608
        for (table,) in cursor.fetchall()
    ]
    if not questions:
        return []
    cursor.execute(" UNION ALL ".join(questions))
    return [table for (table,) in cursor.fetchall()]


def _kept_columns(cursor):
    cursor.execute(
        """
        SELECT kept.table_name, string_agg(quote_ident(kept.column_name), ', ')
        FROM information_schema.columns AS kept
        JOIN information_schema.columns AS here USING (table_name, column_name)
        WHERE kept.table_schema = %s AND here.table_schema = 'public'
            AND here.is_generated = 'NEVER'
        GROUP BY kept.table_name
        """,
        [KEPT],
    )
    return cursor.fetchall()
