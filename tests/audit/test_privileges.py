"""Nobody changes the past: neither the web application's role nor, by mistake, the owner."""

import pghistory
import pgtrigger
import pytest
from django.apps import apps
from django.conf import settings
from django.db import InternalError, ProgrammingError, connection, models, transaction
from pghistory.models import Event

from accounts.models import Role, StaffRole, User
from audit.models import Context, Verb
from audit.privileges import append_only_tables, limit_app_role
from audit.services import looked, record
from tests.database import as_owner

EVENT_MODELS = [model for model in apps.get_models() if issubclass(model, Event)]
REFUSED = r"permission denied|must be owner"
EVENTS = User.pgh_event_model._meta.db_table


def make_past():
    """One act, one look, one change with its history and its context."""
    user = User.objects.create_user("past@example.org", "Pat Past")
    record(user, Verb.ADD, user)
    looked(user, user, basis="author")
    with pghistory.context(user=str(user.pk), page="person"):
        User.objects.filter(pk=user.pk).update(phone="01632 960 199")
    return user


@pytest.fixture
def past(db):
    return make_past()


@pytest.fixture
def committed_past(transactional_db):
    return make_past()


def contents(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")  # noqa: S608
        return cursor.fetchall()


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["audit_act", "audit_access", EVENTS])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {}",
        "TRUNCATE {}",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TABLE {}",
    ],
)
def test_the_app_role_cannot_remove_or_unlock_what_is_written(past, table, statement):
    before = contents(table)
    with pytest.raises(ProgrammingError, match=REFUSED):
        run(statement.format(table))
    assert before
    assert contents(table) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_act SET verb = 'end'",
        "UPDATE audit_access SET reason = 'none'",
        "UPDATE accounts_userevent SET pgh_label = 'insert'",
        "INSERT INTO audit_act SELECT * FROM audit_act ON CONFLICT (id) DO UPDATE SET verb = 'end'",
        "DELETE FROM pghistory_context",
        "TRUNCATE pghistory_context",
        "DROP TRIGGER audit_keep_changed ON pghistory_context",
        "SET LOCAL session_replication_role = replica",
        "CREATE TABLE a_table_of_ours (id int)",
        "ALTER FUNCTION _pgh_attach_context() RENAME TO put_aside",
        "UPDATE django_migrations SET name = 'other'",
    ],
)
def test_the_app_role_cannot_tamper(past, statement):
    with pytest.raises(ProgrammingError, match=REFUSED):
        run(statement)


def test_the_app_role_gains_nothing_by_asking_triggers_to_be_ignored(past):
    with (
        pgtrigger.ignore(),  # noqa: TID251 - the attempt is the test
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        run("DELETE FROM audit_act")


def test_who_made_a_change_stays_even_when_triggers_are_ignored(committed_past):
    with (
        pgtrigger.ignore(),  # noqa: TID251 - the attempt is the test
        pytest.raises(InternalError, match="append-only"),
    ):
        run("UPDATE pghistory_context SET metadata = '{}'")
    assert Context.objects.get().metadata == {"user": str(committed_past.pk), "page": "person"}


@pytest.mark.parametrize("table", ["audit_act", "audit_access", EVENTS, "pghistory_context"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_triggers_stop_the_owner_too(committed_past, table, verb):
    changes = {
        "audit_act": "verb = 'end'",
        "audit_access": "reason = 'none'",
        EVENTS: "pgh_label = 'insert'",
        "pghistory_context": "metadata = '{}'",
    }
    statement = {
        "UPDATE": f"UPDATE {table} SET {changes[table]}",  # noqa: S608
        "DELETE": f"DELETE FROM {table}",  # noqa: S608
        "TRUNCATE": f"TRUNCATE {table}",
    }[verb]
    with as_owner(), pytest.raises(InternalError, match=r"append-only|Cannot update or delete"):
        run(statement)


def test_every_history_is_append_only_and_known_to_be():
    assert EVENT_MODELS
    for model in EVENT_MODELS:
        assert {trigger.name for trigger in model._meta.triggers} >= {"append_only", "no_truncate"}
        assert model._meta.db_table in append_only_tables()


def test_no_history_holds_free_text_or_a_password():
    """Free text, passwords and tokens' digests are left out of the history (design.md 3)."""
    for model in EVENT_MODELS:
        kept = [field for field in model._meta.local_fields if not field.name.startswith("pgh_")]
        assert not {field.name for field in kept} & {"password", "token_digest", "last_login"}
        assert not [field for field in kept if isinstance(field, models.TextField)], model


def test_a_password_leaves_no_trace_in_the_history(db):
    user = User.objects.create_user("trace@example.org", "Tracey", "a canary sings at noon")
    user.phone = "01632 960 198"
    user.save()
    assert user.password not in str(contents(EVENTS))


def test_the_limits_can_be_set_again_and_leave_the_rows_writable(db):
    with as_owner():
        assert limit_app_role()
        assert limit_app_role()
    user = User.objects.create_user("again@example.org", "Ag Ain")
    StaffRole.objects.create(user=user, role=Role.LINK_WORKER)
    user.staff_roles.all().delete()
    assert not user.staff_roles.exists()


def test_one_role_for_everything_is_said_in_the_log(db, caplog):
    assert not limit_app_role()
    assert "DATABASE_OWNER_URL" in caplog.text


def test_a_missing_app_role_is_said_in_the_log(db, caplog, settings):
    settings.DATABASE_APP_ROLE = "nobody_yet"
    assert not limit_app_role()
    assert "no role nobody_yet" in caplog.text


def test_the_tests_run_as_the_app_role(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (settings.DATABASE_APP_ROLE,)
