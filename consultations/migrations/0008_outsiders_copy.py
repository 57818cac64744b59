"""Whether an outsider’s copy of a note holds what is about no child in particular."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0007_made_chronology'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='share',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='share',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='share',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='share',
            name='with_general',
            field=models.BooleanField(default=True, verbose_name='with the general text'),
        ),
        migrations.AddField(
            model_name='shareevent',
            name='with_general',
            field=models.BooleanField(default=True, verbose_name='with the general text'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='share',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_shareevent" ("consultation_id", "from_school", "how", "id", "is_lead", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shared_at", "shared_by_id", "user_id", "version", "with_general") VALUES (NEW."consultation_id", NEW."from_school", NEW."how", NEW."id", NEW."is_lead", NEW."opened_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."shared_at", NEW."shared_by_id", NEW."user_id", NEW."version", NEW."with_general"); RETURN NULL;', hash='bcd4f6778a75627002922e60dfdb535886d6bf24', operation='INSERT', pgid='pgtrigger_insert_insert_4f921', table='consultations_share', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='share',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."consultation_id" IS DISTINCT FROM (NEW."consultation_id") OR OLD."from_school" IS DISTINCT FROM (NEW."from_school") OR OLD."how" IS DISTINCT FROM (NEW."how") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_lead" IS DISTINCT FROM (NEW."is_lead") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at") OR OLD."shared_at" IS DISTINCT FROM (NEW."shared_at") OR OLD."shared_by_id" IS DISTINCT FROM (NEW."shared_by_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."with_general" IS DISTINCT FROM (NEW."with_general"))', func='INSERT INTO "consultations_shareevent" ("consultation_id", "from_school", "how", "id", "is_lead", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shared_at", "shared_by_id", "user_id", "version", "with_general") VALUES (NEW."consultation_id", NEW."from_school", NEW."how", NEW."id", NEW."is_lead", NEW."opened_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."shared_at", NEW."shared_by_id", NEW."user_id", NEW."version", NEW."with_general"); RETURN NULL;', hash='2da6a3afc8af4dc853f0d22827a3e37cd4c57cd4', operation='UPDATE', pgid='pgtrigger_update_update_b7a5f', table='consultations_share', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='share',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_shareevent" ("consultation_id", "from_school", "how", "id", "is_lead", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shared_at", "shared_by_id", "user_id", "version", "with_general") VALUES (OLD."consultation_id", OLD."from_school", OLD."how", OLD."id", OLD."is_lead", OLD."opened_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."shared_at", OLD."shared_by_id", OLD."user_id", OLD."version", OLD."with_general"); RETURN NULL;', hash='030ede9380430a32710389abd9120909d54923e4', operation='DELETE', pgid='pgtrigger_delete_delete_4a315', table='consultations_share', when='AFTER')),
        ),
    ]
