"""Chronologies that a worker makes for a referral of a school."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0006_follow_up'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('schools', '0005_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MadeChronology',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=150)),
                ('analysis', models.TextField(blank=True)),
                ('lines', models.JSONField(default=list)),
                ('version', models.PositiveIntegerField(default=1)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='made_chronologies', to='schools.pupil')),
            ],
            options={
                'verbose_name': 'chronology for a school',
                'verbose_name_plural': 'chronologies for schools',
                'ordering': ['-made_at'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_madechronologyevent" ("finished_at", "id", "made_at", "made_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "version") VALUES (NEW."finished_at", NEW."id", NEW."made_at", NEW."made_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."version"); RETURN NULL;', hash='f67b7b940fe25a913fec361c7c1f2f942f7e53b2', operation='INSERT', pgid='pgtrigger_insert_insert_10d40', table='consultations_madechronology', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."finished_at" IS DISTINCT FROM (NEW."finished_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "consultations_madechronologyevent" ("finished_at", "id", "made_at", "made_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "version") VALUES (NEW."finished_at", NEW."id", NEW."made_at", NEW."made_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."version"); RETURN NULL;', hash='c753fbc27e7943a7cd0591cc16428372a88d3d8b', operation='UPDATE', pgid='pgtrigger_update_update_42e60', table='consultations_madechronology', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_madechronologyevent" ("finished_at", "id", "made_at", "made_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "version") VALUES (OLD."finished_at", OLD."id", OLD."made_at", OLD."made_by_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."version"); RETURN NULL;', hash='18e31ba75b26d761375b6fbdd8b39e39862f7beb', operation='DELETE', pgid='pgtrigger_delete_delete_2bba5', table='consultations_madechronology', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MadeChronologyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='consultations.madechronology')),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='1ef6369b0b498fc80e765e3c0aa530f792efb39f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_a557d', table='consultations_madechronologyevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='42ecfe3b506841e331729d5c0c831a11a0036702', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6225d', table='consultations_madechronologyevent', when='BEFORE'))],
            },
        ),
    ]
