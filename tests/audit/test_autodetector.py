"""A new table is one operation of its migration, and every trigger reaches the database."""

import pgtrigger
import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

from audit.autodetector import FoldingAutodetector, fold

ADDED = {
    "indexes": models.Index(fields=["text"], name="note_text"),
    "constraints": models.CheckConstraint(condition=~models.Q(text=""), name="note_has_text"),
    "triggers": pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
}
ADDITIONS = {
    "indexes": AddIndex("note", ADDED["indexes"]),
    "constraints": AddConstraint("note", ADDED["constraints"]),
    "triggers": AddTrigger("note", ADDED["triggers"]),
}


def create(name="Note", **options):
    return CreateModel(name, [("text", models.TextField())], options=options)


@pytest.mark.parametrize("option", ADDITIONS)
def test_what_belongs_to_a_new_table_is_written_into_its_creation(option):
    table, addition = create(), ADDITIONS[option]
    assert fold([table], [addition]) == []
    assert table.options[option] == [ADDED[option]]


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [create("Other")],
        [create(proxy=True)],
        [create(), AddField("note", "of", models.ForeignKey("Other", models.CASCADE))],
    ],
    ids=["table there already", "another table", "proxy", "column to come"],
)
@pytest.mark.parametrize("option", ADDITIONS)
def test_an_addition_that_cannot_come_with_the_table_stays_apart(operations, option):
    assert fold(operations, [ADDITIONS[option]]) == [ADDITIONS[option]]


def test_a_table_is_whole_before_its_many_to_many():
    table = create()
    many = AddField("note", "about", models.ManyToManyField("Other"))
    assert fold([table, many], [ADDITIONS["triggers"]]) == []
    assert table.options["triggers"] == [ADDED["triggers"]]


def test_a_tracked_model_needs_one_operation():
    changes = FoldingAutodetector(ProjectState(), ProjectState.from_apps(apps)).changes(
        graph=MigrationLoader(None, ignore_no_migrations=True).graph, trim_to_apps={"accounts"}
    )
    (migration,) = changes["accounts"]
    assert {type(operation) for operation in migration.operations} == {CreateModel}
    (user,) = (op for op in migration.operations if op.name == "User")
    assert [trigger.name for trigger in user.options["triggers"]] == [
        "insert_insert",
        "update_update",
        "delete_delete",
    ]


@pytest.mark.parametrize("name", ["makemigrations", "migrate"])
def test_both_commands_compare_alike(name):
    """Django's check commands.E001: what one writes the other must find complete."""
    assert load_command_class(get_commands()[name], name).autodetector is FoldingAutodetector


@pytest.mark.django_db
def test_migrations_alone_leave_every_declared_trigger_installed():
    """security.md 3.3: the history and its append-only guard are triggers."""
    declared = pgtrigger.registered()
    assert {
        (model._meta.label, trigger.name): trigger.get_installation_status(model)
        for model, trigger in declared
    } == {(model._meta.label, trigger.name): ("INSTALLED", True) for model, trigger in declared}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pgtrigger_%%'")
        assert cursor.fetchone() == (len(declared),)
