"""The PDF of each copy of the minutes, made in the worker."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('panels', '0002_minutes'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='CopyFile',
            fields=[
                ('distribution', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='file', serialize=False, to='panels.distribution')),
                ('is_whole', models.BooleanField()),
                ('pdf', models.BinaryField(null=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_copyfileevent" ("distribution_id", "is_whole", "made_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."distribution_id", NEW."is_whole", NEW."made_at", _pgh_attach_context(), NOW(), \'insert\', NEW."distribution_id"); RETURN NULL;', hash='2775a17c807302ebe8fdcf853d27653d03446053', operation='INSERT', pgid='pgtrigger_insert_insert_f6c36', table='panels_copyfile', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."distribution_id" IS DISTINCT FROM (NEW."distribution_id") OR OLD."is_whole" IS DISTINCT FROM (NEW."is_whole") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at"))', func='INSERT INTO "panels_copyfileevent" ("distribution_id", "is_whole", "made_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."distribution_id", NEW."is_whole", NEW."made_at", _pgh_attach_context(), NOW(), \'update\', NEW."distribution_id"); RETURN NULL;', hash='18520630387a7f6e6e51dc4c325e2acc1f48e9a0', operation='UPDATE', pgid='pgtrigger_update_update_df7d5', table='panels_copyfile', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_copyfileevent" ("distribution_id", "is_whole", "made_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."distribution_id", OLD."is_whole", OLD."made_at", _pgh_attach_context(), NOW(), \'delete\', OLD."distribution_id"); RETURN NULL;', hash='9f1e7974fd2174f1a1814374b5142d3653bd60cf', operation='DELETE', pgid='pgtrigger_delete_delete_8c8e8', table='panels_copyfile', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='CopyFileEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('is_whole', models.BooleanField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('distribution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', serialize=False, to='panels.distribution')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.copyfile')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='59ecec58c7fb0ac0a4369d6ca917f2fde3c39e2f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_8bf52', table='panels_copyfileevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9adfa96ec6ab9f70bb811725040e644a85fcca4b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0e374', table='panels_copyfileevent', when='BEFORE'))],
            },
        ),
    ]
