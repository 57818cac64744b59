"""The models and the migrations say the same, and each migration belongs to its app alone."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader


def test_the_models_need_no_further_migration(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_two_migrations_of_an_app_are_both_the_last(db):
    assert MigrationLoader(connection).detect_conflicts() == {}


@pytest.mark.parametrize(
    "table", ["linkworkers_allocation", "consultations_consultation", "consultations_action"]
)
def test_a_copied_hub_is_held_to_the_school_s(db, table):
    """design.md 3: a composite foreign key, followed when a school moves hub."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT confupdtype FROM pg_constraint WHERE conname = %s", [f"{table}_hub_of_school"]
        )
        assert cursor.fetchone() == ("c",)
