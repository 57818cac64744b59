"""The history of the criteria, which begins with those that every council starts with."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


def begin(apps, schema_editor):
    event = apps.get_model("linkworkers", "SupportCriterionEvent")
    event.objects.bulk_create(
        event(
            pgh_label="insert",
            pgh_obj=criterion,
            id=criterion.pk,
            name=criterion.name,
            suggests=criterion.suggests,
            position=criterion.position,
            is_used=criterion.is_used,
        )
        for criterion in apps.get_model("linkworkers", "SupportCriterion").objects.all()
    )


class Migration(migrations.Migration):

    dependencies = [
        ('linkworkers', '0005_longer_reasons'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='SupportCriterionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('suggests', models.CharField(blank=True, max_length=20)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_used', models.BooleanField(default=True, verbose_name='used for new decisions')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='linkworkers.supportcriterion')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='16094410549103d28aeca8243f1c64d5ef0ec7d3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_86cd1', table='linkworkers_supportcriterionevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5ec30b163d3d48177b8055b0ef834ec4bd54c49d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c8ba1', table='linkworkers_supportcriterionevent', when='BEFORE'))],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supportcriterion',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "linkworkers_supportcriterionevent" ("id", "is_used", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "suggests") VALUES (NEW."id", NEW."is_used", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."suggests"); RETURN NULL;', hash='f3d15d4b85b5988ed6a21b5c8c31c74205540d62', operation='INSERT', pgid='pgtrigger_insert_insert_515d3', table='linkworkers_supportcriterion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supportcriterion',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "linkworkers_supportcriterionevent" ("id", "is_used", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "suggests") VALUES (NEW."id", NEW."is_used", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."suggests"); RETURN NULL;', hash='00c960e6900ba708696f1e881bd8efa180ec3276', operation='UPDATE', pgid='pgtrigger_update_update_bc0d0', table='linkworkers_supportcriterion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supportcriterion',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "linkworkers_supportcriterionevent" ("id", "is_used", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "suggests") VALUES (OLD."id", OLD."is_used", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."suggests"); RETURN NULL;', hash='69e984326c8e760860cdb2559d352e676b1e8063', operation='DELETE', pgid='pgtrigger_delete_delete_869c9', table='linkworkers_supportcriterion', when='AFTER')),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
