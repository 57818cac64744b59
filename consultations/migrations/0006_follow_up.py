"""What changes in an action afterwards, and the parts of a note that are asked where it goes."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0005_vulnerabilities'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='recordingtask',
            name='actions',
            field=models.TextField(blank=True, verbose_name='actions, by whom and by when'),
        ),
        migrations.AddField(
            model_name='recordingtask',
            name='decided_why',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.CreateModel(
            name='ActionChange',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('was_owner', models.CharField(blank=True, max_length=150)),
                ('was_due_on', models.DateField(blank=True, null=True)),
                ('reason', models.CharField(max_length=500)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='consultations.action')),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-changed_at'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_actionchangeevent" ("action_id", "changed_at", "changed_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "was_due_on") VALUES (NEW."action_id", NEW."changed_at", NEW."changed_by_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."was_due_on"); RETURN NULL;', hash='a80813c094ed715b4f25676fa9a16e9be691c214', operation='INSERT', pgid='pgtrigger_insert_insert_9cff5', table='consultations_actionchange', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."action_id" IS DISTINCT FROM (NEW."action_id") OR OLD."changed_at" IS DISTINCT FROM (NEW."changed_at") OR OLD."changed_by_id" IS DISTINCT FROM (NEW."changed_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."was_due_on" IS DISTINCT FROM (NEW."was_due_on"))', func='INSERT INTO "consultations_actionchangeevent" ("action_id", "changed_at", "changed_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "was_due_on") VALUES (NEW."action_id", NEW."changed_at", NEW."changed_by_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."was_due_on"); RETURN NULL;', hash='54404a73ce1aa46abc091b2fa7f051191d705608', operation='UPDATE', pgid='pgtrigger_update_update_98d01', table='consultations_actionchange', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_actionchangeevent" ("action_id", "changed_at", "changed_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "was_due_on") VALUES (OLD."action_id", OLD."changed_at", OLD."changed_by_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."was_due_on"); RETURN NULL;', hash='f5d1c0f50caf5d14fdcda9ee2eaf7660d372d4d4', operation='DELETE', pgid='pgtrigger_delete_delete_6284a', table='consultations_actionchange', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ActionChangeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('was_due_on', models.DateField(blank=True, null=True)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('action', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consultations.action')),
                ('changed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='consultations.actionchange')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='4ca1f572cabb2d8efa343785cd32672c70466ddf', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_9b40b', table='consultations_actionchangeevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='24af6f751fbbea945b31a66ef624b2555969e7b0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1ee7c', table='consultations_actionchangeevent', when='BEFORE'))],
            },
        ),
    ]
