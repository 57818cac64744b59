"""An agency that is no more is offered no more, and stays where it was."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('schools', '0010_attendance_history'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='agency',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='agency',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='agency',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='agency',
            name='is_offered',
            field=models.BooleanField(default=True, verbose_name='offered'),
        ),
        migrations.AddField(
            model_name='agencyevent',
            name='is_offered',
            field=models.BooleanField(default=True, verbose_name='offered'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agency',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_agencyevent" ("id", "is_offered", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what_for") VALUES (NEW."id", NEW."is_offered", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."what_for"); RETURN NULL;', hash='7d0762e8685c0406a93becea58519ec54d0624dd', operation='INSERT', pgid='pgtrigger_insert_insert_2b1fa', table='schools_agency', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agency',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_offered" IS DISTINCT FROM (NEW."is_offered") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."what_for" IS DISTINCT FROM (NEW."what_for"))', func='INSERT INTO "schools_agencyevent" ("id", "is_offered", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what_for") VALUES (NEW."id", NEW."is_offered", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."what_for"); RETURN NULL;', hash='e069b022f2973cbf68d6e74f890ff145d902b99b', operation='UPDATE', pgid='pgtrigger_update_update_96ac8', table='schools_agency', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agency',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_agencyevent" ("id", "is_offered", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what_for") VALUES (OLD."id", OLD."is_offered", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."what_for"); RETURN NULL;', hash='0d8da96aa32261458566382b17bc54928bc992d0', operation='DELETE', pgid='pgtrigger_delete_delete_d20e5', table='schools_agency', when='AFTER')),
        ),
    ]
