"""The test database: as whom the tests run, and what a test that commits leaves behind."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection, transaction

from tests import migrated
from tests.database import as_owner


def current_user():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_tests_run_as_a_role_that_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        )
        assert cursor.fetchone() == (0,)
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("TRUNCATE auth_group CASCADE")


@pytest.mark.django_db(transaction=True)
def test_the_owner_steps_in_for_a_block_only():
    app = current_user()
    with as_owner():
        assert current_user() != app
    assert current_user() == app


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committed_rows_go_and_the_migrations_rows_stay_with_their_keys(turn, request):
    assert not Group.objects.exists()
    Group.objects.create(name="left behind")
    keys = {
        "permissions": set(Permission.objects.values_list("pk", "codename")),
        "types": set(ContentType.objects.values_list("pk", "model")),
    }
    assert all(keys.values())
    before = request.config.stash.setdefault(KEYS, keys)
    assert before == keys
    Permission.objects.all().delete()


KEYS = pytest.StashKey()


def test_a_kept_database_serves_until_a_migration_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(migrated, "CHECKOUT", tmp_path)
    migration = tmp_path / "schools" / "migrations" / "0001_initial.py"
    migration.parent.mkdir(parents=True)
    migration.write_text("operations = []")
    kept = migrated.name_of_cluster()
    (tmp_path / "schools" / "views.py").touch()
    assert migrated.name_of_cluster() == kept
    migration.write_text("operations = [CreateModel()]")
    assert migrated.name_of_cluster() != kept
