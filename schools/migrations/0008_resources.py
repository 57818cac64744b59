"""The resources library, and the log of training that was given."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('schools', '0007_search_by_key'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=150, unique=True)),
                ('url', models.URLField(max_length=500, verbose_name='link')),
                ('what_for', models.CharField(blank=True, max_length=300, verbose_name='what it helps with')),
                ('source', models.CharField(max_length=150, verbose_name='who publishes it')),
                ('is_recommended', models.BooleanField(default=False, verbose_name='recommended by the safeguarding partnership')),
            ],
            options={
                'ordering': ['title'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_resourceevent" ("id", "is_recommended", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "title", "url", "what_for") VALUES (NEW."id", NEW."is_recommended", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."title", NEW."url", NEW."what_for"); RETURN NULL;', hash='b179b119140e86fab163618ac32d469c1d39751c', operation='INSERT', pgid='pgtrigger_insert_insert_e9431', table='schools_resource', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_resourceevent" ("id", "is_recommended", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "title", "url", "what_for") VALUES (NEW."id", NEW."is_recommended", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."title", NEW."url", NEW."what_for"); RETURN NULL;', hash='604c043c084d52ac1eef29fd15e3c9ad79becbfd', operation='UPDATE', pgid='pgtrigger_update_update_d51e2', table='schools_resource', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_resourceevent" ("id", "is_recommended", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "title", "url", "what_for") VALUES (OLD."id", OLD."is_recommended", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."title", OLD."url", OLD."what_for"); RETURN NULL;', hash='15e850c7da655f2fb3b035ba766bb9ef5d17ea37', operation='DELETE', pgid='pgtrigger_delete_delete_3e6c8', table='schools_resource', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ResourceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('title', models.CharField(max_length=150)),
                ('url', models.URLField(max_length=500, verbose_name='link')),
                ('what_for', models.CharField(blank=True, max_length=300, verbose_name='what it helps with')),
                ('source', models.CharField(max_length=150, verbose_name='who publishes it')),
                ('is_recommended', models.BooleanField(default=False, verbose_name='recommended by the safeguarding partnership')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.resource')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='582935a0fdc6095a10ef24afec565a5d75bae9f1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_728b4', table='schools_resourceevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8d7367f129add20c1ec2812659c5dbd8238030e9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9b60e', table='schools_resourceevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Training',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('held_on', models.DateField(verbose_name='date')),
                ('topic', models.CharField(max_length=200)),
                ('group', models.CharField(blank=True, max_length=150, verbose_name='group')),
                ('given_by', models.CharField(max_length=150, verbose_name='who gave it')),
                ('for_whom', models.CharField(max_length=200, verbose_name='whom it was for')),
                ('logged_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('logged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='trainings', to='schools.school')),
            ],
            options={
                'ordering': ['-held_on', '-logged_at'],
                'indexes': [models.Index(fields=['-held_on', 'id'], name='training_by_date')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('group', ''), ('school__isnull', False)), models.Q(('school__isnull', True), models.Q(('group', ''), _negated=True)), _connector='OR'), name='training_for_a_school_or_a_group')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_trainingevent" ("held_on", "id", "logged_at", "logged_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "school_id") VALUES (NEW."held_on", NEW."id", NEW."logged_at", NEW."logged_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."school_id"); RETURN NULL;', hash='0b22cc63e11707924a4092e58359e1c995017565', operation='INSERT', pgid='pgtrigger_insert_insert_c1d15', table='schools_training', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."held_on" IS DISTINCT FROM (NEW."held_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."logged_at" IS DISTINCT FROM (NEW."logged_at") OR OLD."logged_by_id" IS DISTINCT FROM (NEW."logged_by_id") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id"))', func='INSERT INTO "schools_trainingevent" ("held_on", "id", "logged_at", "logged_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "school_id") VALUES (NEW."held_on", NEW."id", NEW."logged_at", NEW."logged_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."school_id"); RETURN NULL;', hash='042e2a4c814d6f7221dd3aec67f6914d801239e5', operation='UPDATE', pgid='pgtrigger_update_update_3c280', table='schools_training', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_trainingevent" ("held_on", "id", "logged_at", "logged_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "school_id") VALUES (OLD."held_on", OLD."id", OLD."logged_at", OLD."logged_by_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."school_id"); RETURN NULL;', hash='8afbdee745a9d3efc127636cb68d5284ee84bb9c', operation='DELETE', pgid='pgtrigger_delete_delete_cef5c', table='schools_training', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='TrainingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('held_on', models.DateField(verbose_name='date')),
                ('logged_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('logged_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.training')),
                ('school', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='44c950e55c0a85b2cf6d03312d938f4b18310fbc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_bb2e8', table='schools_trainingevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fcce06f357056909b625668059b904d1ae25e655', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d7bc6', table='schools_trainingevent', when='BEFORE'))],
            },
        ),
    ]
