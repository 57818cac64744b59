"""What the app role may do to the tables, set by the role that owns them.

Triggers stop UPDATE, DELETE and TRUNCATE on what is append-only, but a table's owner can switch
triggers off. The web application therefore runs as a role that owns nothing and lacks the
privileges as well (security.md 3.3).
"""

import logging

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder
from pghistory.models import Event

from audit.models import AppendOnly, Context

logger = logging.getLogger(__name__)


def append_only_tables():
    """Names of the tables that take inserts only: acts, looks and every model's history."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if issubclass(model, (AppendOnly, Event)) and not model._meta.proxy
    )


def limit_app_role(using=DEFAULT_DB_ALIAS):
    """Give ``settings.DATABASE_APP_ROLE`` its rows and take away the past. Safe to repeat.

    Connected as the owner. True when it was done; False, with a line in the log, when there is
    no second role to limit.
    """
    role = settings.DATABASE_APP_ROLE
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role]
        )
        current, exists = cursor.fetchone()
        if current == role:
            logger.warning(
                "The role %s owns the tables it writes to, so only triggers protect the audit. "
                "Set DATABASE_OWNER_URL to a role that migrates.",
                role,
            )
            return False
        if not exists:
            logger.warning("There is no role %s yet: it was given no privileges.", role)
            return False
        there = set(connection.introspection.table_names(cursor))
        cursor.execute(_statements(connection.ops.quote_name, role, there))
    return True


def limit_after_migration(using, **signal):
    """Receiver of ``post_migrate``."""
    limit_app_role(using)


def _statements(quote, role, there):
    """The SQL, for the tables that are ``there`` (a migration run may have removed some)."""
    role = quote(role)
    statements = [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ]
    taken_away = {
        "UPDATE, DELETE": append_only_tables(),
        # pghistory writes a context with ON CONFLICT DO UPDATE, so that right has to stay;
        # the trigger of migration 0002 limits it to the transaction that made the row.
        "DELETE": [Context._meta.db_table],
        "INSERT, UPDATE, DELETE": [MigrationRecorder.Migration._meta.db_table],
    }
    for privileges, tables in taken_away.items():
        if names := ", ".join(quote(table) for table in tables if table in there):
            statements.append(f"REVOKE {privileges} ON {names} FROM {role}")
    return "; ".join(statements)
