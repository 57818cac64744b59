"""The kind of service by which the directory of agencies is sorted (rules 001-44 and 003-49)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('schools', '0016_search_unstemmed'),
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
            name='category',
            field=models.CharField(blank=True, choices=[('education', 'Education and early learning'), ('send', 'SEND services and support groups'), ('family', 'Family and young people support'), ('advice', 'Advice and welfare'), ('health', 'Health')], max_length=9, verbose_name='kind of service'),
        ),
        migrations.AddField(
            model_name='agencyevent',
            name='category',
            field=models.CharField(blank=True, choices=[('education', 'Education and early learning'), ('send', 'SEND services and support groups'), ('family', 'Family and young people support'), ('advice', 'Advice and welfare'), ('health', 'Health')], max_length=9, verbose_name='kind of service'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agency',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_agencyevent" ("category", "id", "is_offered", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what_for") VALUES (NEW."category", NEW."id", NEW."is_offered", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."what_for"); RETURN NULL;', hash='428b806826ce3e2af7002395c0bad2ea585814b3', operation='INSERT', pgid='pgtrigger_insert_insert_2b1fa', table='schools_agency', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agency',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_offered" IS DISTINCT FROM (NEW."is_offered") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."what_for" IS DISTINCT FROM (NEW."what_for"))', func='INSERT INTO "schools_agencyevent" ("category", "id", "is_offered", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what_for") VALUES (NEW."category", NEW."id", NEW."is_offered", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."what_for"); RETURN NULL;', hash='39ce6741c541e95847f331d6f4263c9558b16fe7', operation='UPDATE', pgid='pgtrigger_update_update_96ac8', table='schools_agency', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agency',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_agencyevent" ("category", "id", "is_offered", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what_for") VALUES (OLD."category", OLD."id", OLD."is_offered", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."what_for"); RETURN NULL;', hash='a339bb50c9bc368031e77b1be5b20b6c5a14369f', operation='DELETE', pgid='pgtrigger_delete_delete_d20e5', table='schools_agency', when='AFTER')),
        ),
    ]
