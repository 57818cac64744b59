"""A meeting’s action: whom its words speak of, and one taken out by a correction."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0010_meeting_actions'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('schools', '0009_agencies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ActionSubject',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='ActionSubjectEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='action',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='action',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='action',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='action',
            name='is_dropped',
            field=models.BooleanField(default=False, verbose_name='taken out of the minutes'),
        ),
        migrations.AddField(
            model_name='actionevent',
            name='is_dropped',
            field=models.BooleanField(default=False, verbose_name='taken out of the minutes'),
        ),
        migrations.AlterField(
            model_name='actionchange',
            name='was_owner',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='actionsubject',
            name='action',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subjects', to='consultations.action'),
        ),
        migrations.AddField(
            model_name='actionsubject',
            name='pupil',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.pupil'),
        ),
        migrations.AddField(
            model_name='actionsubject',
            name='school',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.AddField(
            model_name='actionsubjectevent',
            name='action',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consultations.action'),
        ),
        migrations.AddField(
            model_name='actionsubjectevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='actionsubjectevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='consultations.actionsubject'),
        ),
        migrations.AddField(
            model_name='actionsubjectevent',
            name='pupil',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil'),
        ),
        migrations.AddField(
            model_name='actionsubjectevent',
            name='school',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_actionevent" ("about_id", "added_at", "consultation_id", "done_at", "done_by_id", "due_on", "id", "is_dropped", "owner_agency_id", "owner_contact_id", "owner_user_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "source_id", "source_type") VALUES (NEW."about_id", NEW."added_at", NEW."consultation_id", NEW."done_at", NEW."done_by_id", NEW."due_on", NEW."id", NEW."is_dropped", NEW."owner_agency_id", NEW."owner_contact_id", NEW."owner_user_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."school_id", NEW."source_id", NEW."source_type"); RETURN NULL;', hash='34074a4cc368024a0b1da77eb5827dc4972fefde', operation='INSERT', pgid='pgtrigger_insert_insert_f8191', table='consultations_action', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."about_id" IS DISTINCT FROM (NEW."about_id") OR OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."consultation_id" IS DISTINCT FROM (NEW."consultation_id") OR OLD."done_at" IS DISTINCT FROM (NEW."done_at") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_dropped" IS DISTINCT FROM (NEW."is_dropped") OR OLD."owner_agency_id" IS DISTINCT FROM (NEW."owner_agency_id") OR OLD."owner_contact_id" IS DISTINCT FROM (NEW."owner_contact_id") OR OLD."owner_user_id" IS DISTINCT FROM (NEW."owner_user_id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."source_type" IS DISTINCT FROM (NEW."source_type"))', func='INSERT INTO "consultations_actionevent" ("about_id", "added_at", "consultation_id", "done_at", "done_by_id", "due_on", "id", "is_dropped", "owner_agency_id", "owner_contact_id", "owner_user_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "source_id", "source_type") VALUES (NEW."about_id", NEW."added_at", NEW."consultation_id", NEW."done_at", NEW."done_by_id", NEW."due_on", NEW."id", NEW."is_dropped", NEW."owner_agency_id", NEW."owner_contact_id", NEW."owner_user_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."school_id", NEW."source_id", NEW."source_type"); RETURN NULL;', hash='30f72c871aa2de0310542aab9fc6eb9123ef7966', operation='UPDATE', pgid='pgtrigger_update_update_73531', table='consultations_action', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_actionevent" ("about_id", "added_at", "consultation_id", "done_at", "done_by_id", "due_on", "id", "is_dropped", "owner_agency_id", "owner_contact_id", "owner_user_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "source_id", "source_type") VALUES (OLD."about_id", OLD."added_at", OLD."consultation_id", OLD."done_at", OLD."done_by_id", OLD."due_on", OLD."id", OLD."is_dropped", OLD."owner_agency_id", OLD."owner_contact_id", OLD."owner_user_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."school_id", OLD."source_id", OLD."source_type"); RETURN NULL;', hash='7985085003c0e228b4af16d5801dd311c82fea78', operation='DELETE', pgid='pgtrigger_delete_delete_639cd', table='consultations_action', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(('is_dropped', False), models.Q(('done_at__isnull', False), ('source_type', 'meeting')), _connector='OR'), name='action_dropped_is_over'),
        ),
        migrations.AddConstraint(
            model_name='actionsubject',
            constraint=models.UniqueConstraint(fields=('action', 'school', 'pupil'), name='action_subject_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='actionsubject',
            constraint=models.CheckConstraint(condition=models.Q(('school__isnull', False), ('pupil__isnull', False), _connector='OR'), name='action_subject_is_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionsubject',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_actionsubjectevent" ("action_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id") VALUES (NEW."action_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."school_id"); RETURN NULL;', hash='4e980811b0f02534f562708470b1283d1c0d0baf', operation='INSERT', pgid='pgtrigger_insert_insert_96798', table='consultations_actionsubject', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionsubject',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "consultations_actionsubjectevent" ("action_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id") VALUES (NEW."action_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."school_id"); RETURN NULL;', hash='f36ee417b215551fdf47a429b48a88e64ff25a65', operation='UPDATE', pgid='pgtrigger_update_update_87adf', table='consultations_actionsubject', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionsubject',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_actionsubjectevent" ("action_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id") VALUES (OLD."action_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."school_id"); RETURN NULL;', hash='e3e74888b243ee8bbed1b381df6a7fb5edb9efdc', operation='DELETE', pgid='pgtrigger_delete_delete_f06a0', table='consultations_actionsubject', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionsubjectevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='d01c94658e9bd267174e808b4554b2638af4d6b6', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_88f33', table='consultations_actionsubjectevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionsubjectevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d3d71c9228e12dd47fd0c439bcc4aeb6404baa43', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_adafe', table='consultations_actionsubjectevent', when='BEFORE')),
        ),
    ]
