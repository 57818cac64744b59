"""Which operations of a migration are done together on an empty database."""

from django.db import models
from django.db.migrations.operations import (
    AddField,
    AlterField,
    CreateModel,
    RunSQL,
)

from overview.management.commands.migrate import Together, grouped

PAGE = CreateModel("Page", [("id", models.AutoField(primary_key=True))])
BOOK = CreateModel("Book", [("id", models.AutoField(primary_key=True))])


def shape(operations):
    """The operations as nested lists of their own objects."""
    return [one.operations if isinstance(one, Together) else one for one in grouped(operations)]


def title(model, kind=AddField):
    return kind(model, "title", models.CharField(max_length=9))


def test_tables_that_are_made_one_after_the_other_are_made_together():
    assert shape([PAGE, BOOK]) == [[PAGE, BOOK]]


def test_what_runs_statements_of_its_own_stands_alone_and_in_its_place():
    sql = RunSQL("SELECT 1")
    assert shape([PAGE, sql, BOOK]) == [[PAGE], sql, [BOOK]]


def test_a_table_that_was_just_made_is_changed_in_a_step_of_its_own():
    """A table is made as it is after its step: its column would be there already."""
    column = title("page")
    assert shape([PAGE, BOOK, column]) == [[PAGE, BOOK], [column]]


def test_a_column_is_changed_once_in_a_step():
    added, changed = title("page"), title("page", AlterField)
    assert shape([added, changed]) == [[added], [changed]]
    other = title("book", AlterField)
    assert shape([added, other]) == [[added, other]]
