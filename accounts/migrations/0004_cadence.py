"""How often somebody wants to be written to."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_role_confirmed'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='user',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='user',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='user',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='user',
            name='cadence',
            field=models.CharField(choices=[('at_once', 'As things happen'), ('daily', 'Once a day, at 7:30am'), ('weekly', 'Once a week, on Monday at 7:30am'), ('none', 'No emails: I look at my work here')], default='at_once', max_length=7, verbose_name='how often they are written to'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='cadence',
            field=models.CharField(choices=[('at_once', 'As things happen'), ('daily', 'Once a day, at 7:30am'), ('weekly', 'Once a week, on Monday at 7:30am'), ('none', 'No emails: I look at my work here')], default='at_once', max_length=7, verbose_name='how often they are written to'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_userevent" ("cadence", "email", "id", "invited_at", "is_active", "is_superuser", "is_system", "joined_at", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (NEW."cadence", NEW."email", NEW."id", NEW."invited_at", NEW."is_active", NEW."is_superuser", NEW."is_system", NEW."joined_at", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone"); RETURN NULL;', hash='9f3141dee64efcd4762e79ed143bbf718aae2416', operation='INSERT', pgid='pgtrigger_insert_insert_3867c', table='accounts_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."cadence" IS DISTINCT FROM (NEW."cadence") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invited_at" IS DISTINCT FROM (NEW."invited_at") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."is_system" IS DISTINCT FROM (NEW."is_system") OR OLD."joined_at" IS DISTINCT FROM (NEW."joined_at") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."phone" IS DISTINCT FROM (NEW."phone"))', func='INSERT INTO "accounts_userevent" ("cadence", "email", "id", "invited_at", "is_active", "is_superuser", "is_system", "joined_at", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (NEW."cadence", NEW."email", NEW."id", NEW."invited_at", NEW."is_active", NEW."is_superuser", NEW."is_system", NEW."joined_at", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone"); RETURN NULL;', hash='efa455134e323c76b2ead5f989cbe81870c70b77', operation='UPDATE', pgid='pgtrigger_update_update_0e890', table='accounts_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_userevent" ("cadence", "email", "id", "invited_at", "is_active", "is_superuser", "is_system", "joined_at", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (OLD."cadence", OLD."email", OLD."id", OLD."invited_at", OLD."is_active", OLD."is_superuser", OLD."is_system", OLD."joined_at", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone"); RETURN NULL;', hash='a59d306bf13664c5577d05397feee209d3ba1316', operation='DELETE', pgid='pgtrigger_delete_delete_19f14', table='accounts_user', when='AFTER')),
        ),
    ]
