"""``manage.py migrate``, quick on a database that is empty.

Django draws every model that is related to a changed one anew after each operation, and nearly all
are related: on an empty database that takes ten times as long as the statements themselves.
"""

from contextlib import contextmanager

from django.core.management.commands import migrate
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
)
from django.db.migrations.operations.base import Operation
from pgtrigger.migrations import AddTrigger, RemoveTrigger

# What adds something finds its model as it is after it; what changes something needs both.
ADDS = (AddConstraint, AddField, AddIndex, AddTrigger, CreateModel)
CHANGES = (AddField, AlterField, RemoveTrigger)


class Together(Operation):
    """Operations between which nobody has to draw the models."""

    def __init__(self, operations):
        self.operations = operations

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            before = to_state if isinstance(operation, ADDS) else from_state
            operation.database_forwards(app_label, schema_editor, before, to_state)


def grouped(operations):
    """The operations, each run of those that may be done ``Together`` as one."""
    done, run = [], []
    for operation in operations:
        is_simple = isinstance(operation, ADDS + CHANGES)
        if run and not (is_simple and _may_join(run, operation)):
            done.append(Together(run))
            run = []
        (run if is_simple else done).append(operation)
    return [*done, Together(run)] if run else done


def _may_join(run, operation):
    """Not what changes a model made in the same run, or a field changed in it."""
    if not isinstance(operation, CHANGES):
        return True
    name = operation.model_name.lower()
    made = {one.name_lower for one in run if isinstance(one, CreateModel)}
    fields = {
        (one.model_name_lower, one.name_lower)
        for one in run
        if isinstance(one, (AddField, AlterField))
    }
    is_again = isinstance(operation, AlterField) and (name, operation.name_lower) in fields
    return name not in made and not is_again


class FromNothing(MigrationExecutor):
    """Applies migrations to a database that has none, and as Django does to any other."""

    def migrate(self, *args, fake_initial=False, **kwargs):
        self._is_empty = not (self.loader.applied_migrations or fake_initial)
        return super().migrate(*args, fake_initial=fake_initial, **kwargs)

    def apply_migration(self, state, migration, *args, **kwargs):
        if self._is_empty:
            migration.operations = grouped(migration.operations)
        return super().apply_migration(state, migration, *args, **kwargs)


@contextmanager
def _executor(made):
    before, migrate.MigrationExecutor = migrate.MigrationExecutor, made
    try:
        yield
    finally:
        migrate.MigrationExecutor = before


class Command(migrate.Command):
    def handle(self, *args, **options):
        with _executor(FromNothing):
            return super().handle(*args, **options)
