"""Who organised a meeting before, and why it was handed over."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('panels', '0004_minutes_handed_over'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MeetingHandOver',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('why', models.CharField(max_length=500)),
                ('handed_over_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('former', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('handed_over_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hand_overs', to='panels.meeting')),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-handed_over_at'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetinghandoverevent" ("former_id", "handed_over_at", "handed_over_by_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_id") VALUES (NEW."former_id", NEW."handed_over_at", NEW."handed_over_by_id", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."to_id"); RETURN NULL;', hash='d79fd9ec79fd25e6a32949c57b387d342f45795e', operation='INSERT', pgid='pgtrigger_insert_insert_57a0d', table='panels_meetinghandover', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."former_id" IS DISTINCT FROM (NEW."former_id") OR OLD."handed_over_at" IS DISTINCT FROM (NEW."handed_over_at") OR OLD."handed_over_by_id" IS DISTINCT FROM (NEW."handed_over_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."to_id" IS DISTINCT FROM (NEW."to_id"))', func='INSERT INTO "panels_meetinghandoverevent" ("former_id", "handed_over_at", "handed_over_by_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_id") VALUES (NEW."former_id", NEW."handed_over_at", NEW."handed_over_by_id", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."to_id"); RETURN NULL;', hash='9d2f22770871d2c2aab6f1b2259dc39260f8310c', operation='UPDATE', pgid='pgtrigger_update_update_20627', table='panels_meetinghandover', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetinghandoverevent" ("former_id", "handed_over_at", "handed_over_by_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_id") VALUES (OLD."former_id", OLD."handed_over_at", OLD."handed_over_by_id", OLD."id", OLD."meeting_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."to_id"); RETURN NULL;', hash='9fa81ed7fd1e982d6e2c8c7a3894d2ec4b0499b0', operation='DELETE', pgid='pgtrigger_delete_delete_f15f3', table='panels_meetinghandover', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MeetingHandOverEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('handed_over_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('former', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('handed_over_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meeting')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.meetinghandover')),
                ('to', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='cfc5bcf9ff71d02e56770553b5ec640771a1966c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_594db', table='panels_meetinghandoverevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3a123577b34ab0454e4063a428493a5a72292152', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ee17e', table='panels_meetinghandoverevent', when='BEFORE'))],
            },
        ),
    ]
