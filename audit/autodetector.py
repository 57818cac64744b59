"""Migrations that create a table in one operation, with its indexes, constraints and triggers.

Django and pgtrigger write an operation for each of them, and every operation makes ``migrate``
build all the models anew: with five triggers to a tracked model, that was most of its time.
"""

from django.core.management.commands import makemigrations
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from pgtrigger.migrations import AddTrigger

# The attribute of each that holds what is added; ``option_name`` is its option of the model.
FOLDABLE = {AddIndex: "index", AddConstraint: "constraint", AddTrigger: "trigger"}


class FoldingAutodetector(makemigrations.MigrationAutodetector):
    """Writes what belongs to a new table into the operation that creates it."""

    def _optimize_migrations(self):
        migrations = [migration for of_app in self.migrations.values() for migration in of_app]
        # Django folds a foreign key into its table too, but moves it past none of these.
        aside = []
        for migration in migrations:
            aside.append([op for op in migration.operations if type(op) in FOLDABLE])
            migration.operations = [op for op in migration.operations if type(op) not in FOLDABLE]
        super()._optimize_migrations()
        for migration, additions in zip(migrations, aside, strict=True):
            migration.operations += fold(migration.operations, additions)


def fold(operations, additions):
    """Write ``additions`` into the CreateModel of their table; return those that stay apart.

    These belong to a table that exists already, to one that gains a column after its creation,
    or to a proxy, which has no table to create.
    """
    unfinished = {
        op.model_name_lower
        for op in operations
        if isinstance(op, AddField) and not op.field.many_to_many
    }
    created = {
        op.name_lower: op.options
        for op in operations
        if isinstance(op, CreateModel) and not op.options.get("proxy")
    }
    apart = []
    for addition in additions:
        table = addition.model_name_lower
        if table in created and table not in unfinished:
            options = created[table].setdefault(addition.option_name, [])
            options.append(getattr(addition, FOLDABLE[type(addition)]))
        else:
            apart.append(addition)
    return apart
